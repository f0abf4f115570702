"""What every way of making a frame asks: one list of arguments, checked in one place."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NotRequired, ParamSpec, TypedDict, TypeVar

import attrs

from ceosample.errors import FrameError, raise_faults
from ceosample.form import meant
from ceosample.got import got
from ceosample.period import Period
from ceosample.plain import plain_count
from ceosample.sampling.frames.rows import ColumnNames

P = ParamSpec("P")
T = TypeVar("T")

_EMPTY = inspect.Parameter.empty


class FrameArguments(TypedDict):
    """The arguments of ``Frame.from_dataframe``, ``from_records``, ``from_csv`` and ``from_excel``.

    Attributes:
        population: the name of the sampled stream.
        period: the ISO month, ``"2026-10"``.
        unit_id: the column of ids: text or whole numbers.
        strata: the columns whose values make the strata; none at all makes one stratum.
        exclusion: the column that is empty for an eligible response and otherwise holds the
            reason for leaving it out, a code such as ``in-progress``.
        content: the column of salted digests of the letters, where they are committed to.
        missing: the label for a missing stratum value; without it, one is an error.
        control_total: the count of an independent register, excluded rows included.
        clean: ``"spaces"`` to replace every other space in a stratum's value, such as U+00A0, by
            U+0020; None to refuse them.
    """

    population: str
    period: str | Period
    unit_id: str
    strata: NotRequired[Sequence[str]]
    exclusion: NotRequired[str | None]
    content: NotRequired[str | None]
    missing: NotRequired[str | None]
    control_total: NotRequired[int | None]
    clean: NotRequired[Literal["spaces"] | None]


@attrs.frozen(kw_only=True)
class FrameSpec:
    """The arguments of a frame and their defaults, as they were given and not yet checked."""

    population: str
    period: str | Period
    unit_id: str
    strata: Sequence[str] = ()
    exclusion: str | None = None
    content: str | None = None
    missing: str | None = None
    control_total: int | None = attrs.field(default=None, converter=plain_count)
    clean: Literal["spaces"] | None = None

    @property
    def columns(self) -> ColumnNames:
        """Which column is what.

        Raises:
            FrameError: every one that is no name, or no list of names: a text would be taken for
                its letters.
        """
        faults = [
            f"{name}: {got(value)}; give the name of a column"
            for name in ("unit_id", "exclusion", "content")
            if not isinstance(value := getattr(self, name), str)
            and (value is not None or name == "unit_id")
        ]
        if isinstance(self.strata, str | bytes) or not isinstance(self.strata, Iterable):
            faults.append(f"strata: {got(self.strata)}; give a list of column names")
            raise FrameError(*faults)
        strata = tuple(self.strata)
        faults += [
            f"strata, variable {place}: {got(name)}; give the name of a column"
            for place, name in enumerate(strata, 1)
            if not isinstance(name, str)
        ]
        raise_faults(FrameError, faults)
        return ColumnNames(self.unit_id, strata, self.exclusion, self.content)


def takes(spec: type[attrs.AttrsInstance]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a function with ``**arguments`` show a class's fields as its own, and refuse others.

    ``help`` and the pages then list every argument, and a wrong one is refused by the name of the
    function that was called.
    """

    def decorated(function: Callable[P, T]) -> Callable[P, T]:
        own = inspect.signature(function)
        named = [p for p in own.parameters.values() if p.kind is not p.VAR_KEYWORD]
        keywords = [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty
                if field.default is attrs.NOTHING
                else field.default,
                annotation=field.type,
            )
            for field in attrs.fields(spec)
            if field.name not in own.parameters
        ]
        signature = own.replace(parameters=[*named, *keywords])
        names = [*signature.parameters]

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            # Before bind, which would call the right name missing and not say which was given.
            for name in kwargs:
                if name not in names:
                    raise TypeError(
                        f"{function.__qualname__}: got an unexpected keyword argument "
                        f"{name!r}{meant(name, names)}"
                    )
            try:
                signature.bind(*args, **kwargs)
            except TypeError as error:
                raise TypeError(f"{function.__qualname__}: {error}") from None
            return function(*args, **kwargs)

        call.__signature__ = signature  # type: ignore[attr-defined]  # read by inspect
        return call

    return decorated
