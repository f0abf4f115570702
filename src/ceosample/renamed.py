"""Names of release 0.1 that still work: each warns, and says what to write from 0.3 on."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

#: The release in which the old names are removed.
REMOVED_IN: Final = "0.3"


def warn(old: str, new: str, stacklevel: int = 3) -> None:
    """Tell the caller's caller that a name is an old one."""
    warnings.warn(
        f"{old} is an old name; use {new}, since {old} is removed in {REMOVED_IN}",
        DeprecationWarning,
        stacklevel=stacklevel,
    )


class OldName:
    """A method or attribute under its old name: looking it up warns and gives the new one.

    >>> class Ledger:
    ...     def record_all(self) -> str:
    ...         return "recorded"
    ...     take = OldName("record_all")
    """

    def __init__(self, new: str) -> None:
        self._new = new

    def __set_name__(self, owner: type, name: str) -> None:
        self._old = name

    def __get__(self, instance: object, owner: type) -> Any:
        warn(f"{owner.__name__}.{self._old}", f"{owner.__name__}.{self._new}")
        return getattr(owner if instance is None else instance, self._new)


def old_arguments(**names: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a function take arguments under their old names too.

    Args:
        names: old name to new name.
    """

    def decorated(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            for old in names.keys() & kwargs.keys():
                name = function.__name__
                if names[old] in kwargs:
                    raise TypeError(
                        f"{name}: got both {old}= and {names[old]}=; give {names[old]}="
                    )
                warn(f"{name}({old}=)", f"{name}({names[old]}=)")
                kwargs[names[old]] = kwargs.pop(old)
            return function(*args, **kwargs)

        return call

    return decorated
