"""A count with its denominator, which every figure of the ledger is made of."""

from __future__ import annotations

from fractions import Fraction

import attrs

from ceosample.result import Result
from ceosample.show import html_facts, ratio_text


@attrs.frozen
class Ratio(Result):
    """A count and what it is out of.

    >>> print(Ratio(41, 60, "signed"))
    41 of 60 signed (68.3 %)
    """

    count: int
    of: int
    what: str

    @property
    def share(self) -> Fraction | None:
        """The exact share; None of nothing."""
        return Fraction(self.count, self.of) if self.of else None

    @property
    def short(self) -> str:
        """The count and what it is out of, for a cell under a heading that says what it counts."""
        return f"{self.count} of {self.of}"

    def __str__(self) -> str:
        return ratio_text(self.count, self.of, self.what)

    def _repr_html_(self) -> str:
        return html_facts(str(self), [])
