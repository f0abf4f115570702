"""A figure of a notice: a count, and what it is out of."""

from __future__ import annotations

import attrs

from ceosample.result import Result


@attrs.frozen
class NoticeFigure(Result):
    """A count that is shown, or one that is not.

    Attributes:
        count: how many; None where it is not shown.
        of: out of how many; None where it is out of nothing, as people who were thanked.
    """

    count: int | None
    of: int | None

    def __str__(self) -> str:
        if self.count is None:
            return "not shown"
        return str(self.count) if self.of is None else f"{self.count} of {self.of}"
