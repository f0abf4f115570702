"""Put a mutant into a running process: the functions that it changes get its code.

A process that has imported the project and its tests takes seconds to make, and a fork of it none.
Only what runs when a module is imported cannot be changed in this way.
"""

from __future__ import annotations

import gc
import inspect
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType

from mutant import PROJECT, Mutant, text_of


class Functions:
    """The functions that are alive in this process, by where their code comes from."""

    def __init__(self) -> None:
        gc.unfreeze()
        self._found: dict[tuple[str, str, int], list[FunctionType]] = {}
        for value in gc.get_objects():
            if isinstance(value, FunctionType):
                code = value.__code__
                if "ceosample" in code.co_filename:
                    key = (code.co_filename, code.co_qualname, code.co_firstlineno)
                    self._found.setdefault(key, []).append(value)
        gc.freeze()

    def put(self, mutant: Mutant) -> bool:
        """Whether the mutant could be put in; if it could not, nothing has changed."""
        path = str(Path(PROJECT / mutant.module))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # "is" with a literal runs all the same
            old = compile(text_of(mutant.module), path, "exec", dont_inherit=True)
            new = compile(mutant.source() or "", path, "exec", dont_inherit=True)
        changes = list(_changes(old, new))
        alive = [
            (self._found.get((path, before.co_qualname, before.co_firstlineno)), after)
            for before, after in changes
            if before is not None
        ]
        if not alive or len(alive) < len(changes) or not all(found for found, _ in alive):
            return False
        for found, after in alive:
            for function in found or ():
                function.__code__ = after
        return True


def _changes(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType | None, CodeType]]:
    """The outermost functions that differ; None for what runs when the module is imported."""
    if old == new:
        return
    if old.co_flags & inspect.CO_OPTIMIZED:
        fits = old.co_freevars == new.co_freevars
        yield (old if fits else None), new
        return
    inner, other = ([c for c in code.co_consts if isinstance(c, CodeType)] for code in (old, new))
    if len(inner) != len(other) or _own(old) != _own(new):
        yield None, new
        return
    for before, after in zip(inner, other, strict=True):
        yield from _changes(before, after)


def _own(code: CodeType) -> tuple[object, ...]:
    """What a module or a class does itself."""
    plain = [repr(value) for value in code.co_consts if not isinstance(value, CodeType)]
    return code.co_code, plain, code.co_names
