"""A size that is a limit: the whole number comes of it once a month's frame is known."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any, Final

import attrs

from ceosample.canonical import Json
from ceosample.plain import plain
from ceosample.result import Result

#: The key by which a configuration gives the limit.
AT_MOST: Final = "at_most"


def as_whole(value: Any) -> Any:
    """A whole number of whatever library as one of Python's."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    return int(value) if whole else plain(value)


@attrs.frozen
class AtMost(Result):
    """A limit to the letters of a month: a month that has fewer is read whole.

    Attributes:
        at_most: the most letters beside those of take-all strata, at least 1.
    """

    at_most: int = attrs.field(converter=as_whole)

    def to_dict(self) -> dict[str, Json]:
        """As a configuration writes it."""
        return {AT_MOST: self.at_most}

    def __str__(self) -> str:
        return f"at most {self.at_most}"


class Resolved(int):
    """A size that was worked out on a frame: 0 where nothing was eligible."""

    __slots__ = ()


def as_size(value: Any) -> Any:
    """A number of letters, or a limit to it; what is neither is left for the faults to name."""
    if isinstance(value, AtMost | Resolved):
        return value
    if isinstance(value, Mapping) and set(value) == {AT_MOST}:
        return AtMost(value[AT_MOST])
    return as_whole(value)
