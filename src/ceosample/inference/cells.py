"""Cells: letters that were sampled by themselves, and what was found among those that were read."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from ceosample.period import Period
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.show import stratum_words


@attrs.frozen
class Cell(Result):
    """A stratum of a month: a simple random sample of its letters, and what it showed.

    Attributes:
        size: the eligible letters, N.
        drawn: the letters that were drawn from them, n; 0 where none had a chance.
        found: the defective ones among those, y; those without a verdict are counted in it if the
            rule says so. For scores, their sum, as a fraction.
        stratum: what the record calls it; ``()`` for everything.
        period: the month, or None.

    >>> Cell(432, 4, 1, ("Cards",))
    Cell(size=432, drawn=4, found=1, stratum=('Cards',), period=None)
    """

    size: int
    drawn: int
    found: int = 0
    stratum: Stratum = ()
    period: Period | None = None

    @property
    def read_in_full(self) -> bool:
        """Whether every letter was drawn, so that nothing is left to infer."""
        return self.drawn == self.size

    @property
    def without_chance(self) -> bool:
        """Whether no letter could be drawn, so that all of them may be defective."""
        return self.drawn == 0 < self.size

    @property
    def name(self) -> str:
        """The stratum, and the month where there is one, as people read them."""
        words = stratum_words(self.stratum)
        return words if self.period is None else f"{words}, {self.period}"


#: A cell, or N, n and y.
AnyCell: TypeAlias = Cell | tuple[int, int, int]
