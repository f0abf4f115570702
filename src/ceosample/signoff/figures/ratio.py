"""A count with its denominator, which every figure of the ledger is made of."""

from __future__ import annotations

from fractions import Fraction

import attrs

from ceosample.canonical import Json
from ceosample.result import Result
from ceosample.show import html_facts, ratio_text, share_text


@attrs.frozen
class Ratio(Result):
    """A count and what it is out of.

    Attributes:
        count: how many.
        of: out of how many.
        what: what is counted, in words.
        always: whether its percentage is printed out of fewer than 30 too, which is for sign-off
            coverage alone. It changes what people read, and no JSON.

    >>> print(Ratio(41, 60, "signed"))
    41 of 60 signed (68.3 %)
    >>> print(Ratio(4, 6, "letters with a finding"))
    4 of 6 letters with a finding
    """

    count: int
    of: int
    what: str
    always: bool = attrs.field(default=False, kw_only=True, repr=False, eq=False)

    @property
    def share(self) -> Fraction | None:
        """The exact share; None of nothing."""
        return Fraction(self.count, self.of) if self.of else None

    @property
    def percentage(self) -> str:
        """The share as people read it; empty out of too few."""
        return share_text(self.count, self.of, always=self.always)

    @property
    def short(self) -> str:
        """The count and what it is out of, for a cell under a heading that says what it counts."""
        return f"{self.count} of {self.of}"

    def __str__(self) -> str:
        return ratio_text(self.count, self.of, self.what, always=self.always)

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {"count": self.count, "of": self.of, "what": self.what}

    def _repr_html_(self) -> str:
        return html_facts(str(self), [])
