"""How many letters may be defective, given the verdicts on those that were drawn: exact bounds."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final, TypeAlias

import attrs

from ceosample.inference.cells import AnyCell, Cell
from ceosample.inference.verdicts import AnyDraw, Verdicts
from ceosample.period import Period
from ceosample.rational import Rational
from ceosample.result import Result

#: As results and records name it.
METHOD: Final = "Wendell and Schmee 1996: exact, by the estimated total"

#: A draw, its folder, or cells: one month's or several months'.
Sampled: TypeAlias = AnyDraw | Iterable[AnyCell]


@attrs.frozen
class Bound(Result):
    """How many of the eligible letters may be defective; what ``bound`` and ``interval`` return.

    Attributes:
        population: the sampled stream; None where only cells were given.
        period: the month; None where only cells were given.
        eligible: the letters that could have been drawn, N.
        drawn: the letters that were drawn, n.
        read: those of them that have a verdict; with cells alone, all that were drawn.
        found: those of them that were judged defective; with cells alone, all that they count.
        missing: those that were drawn and have no verdict.
        counted: the defects that the bound counts: ``found``, and ``missing`` if these count so.
        upper: at most so many of the eligible letters are defective; None if it was not asked for.
        lower: at least so many are; None if it was not asked for.
        slack: 0 where ``upper`` is exact; otherwise it is at most so many too large.
        lower_slack: 0 where ``lower`` is exact; otherwise it is at most so many too small.
        confidence: of the statement as a whole, exact: an interval gives half the risk to each
            side.
        cells: the strata, each with its letters and what was found.
        allocation: for each cell the defects that it could hold: the worst case, which attains
            ``upper - slack``. Empty if ``upper`` was not asked for.
        method: the name of the method.
        missing_rule: what a letter without a verdict counts as: ``defective`` or ``sound``.
        ineligible: letters that turned out never to have been eligible: each is 0, and N stays.
        substitutes: letters of the reserve that were judged, which no bound counts.
        assumptions: sentences: what the bound assumes and leaves out.
    """

    population: str | None
    period: Period | None
    eligible: int
    drawn: int
    read: int
    found: int
    missing: int
    counted: int
    upper: int | None
    lower: int | None
    slack: int
    lower_slack: int
    confidence: Fraction
    cells: tuple[Cell, ...]
    allocation: tuple[int, ...]
    method: str
    missing_rule: str
    ineligible: int
    substitutes: int
    assumptions: tuple[str, ...]

    @property
    def label(self) -> str:
        """``exact``, or ``upper bound, at most 3 too large``."""
        raise NotImplementedError

    @property
    def hiding(self) -> dict[str, int]:
        """Where the defects could be: the name of each cell that could hold some, and how many."""
        raise NotImplementedError

    @property
    def read_in_full(self) -> tuple[str, ...]:
        """The cells of which every letter was drawn."""
        return tuple(cell.name for cell in self.cells if cell.read_in_full)

    @property
    def without_chance(self) -> tuple[str, ...]:
        """The cells of which no letter could be drawn: all their letters may be defective."""
        return tuple(cell.name for cell in self.cells if cell.without_chance)

    @property
    def sentence(self) -> str:
        """What is claimed, in one sentence with its counts and its confidence."""
        raise NotImplementedError


def bound(
    draw: Sampled,
    verdicts: Verdicts | None = None,
    *,
    confidence: Rational = "0.95",
    missing: str = "defective",
) -> Bound:
    """The most letters that may be defective: a one-sided upper bound, exact.

    Args:
        draw: a draw, the folder of its public record, or cells ``(N, n, y)``, of which several
            months may be given together.
        verdicts: unit id to verdict; None where cells are given, which count them already.
        confidence: above 0 and below 1; a float counts as its shortest decimal form.
        missing: what a drawn letter without a verdict counts as: ``defective``, ``sound``, or
            ``refuse``, which asks for all of them.

    Raises:
        InferenceError: cells or verdicts that cannot be, with every problem.

    >>> found = bound([(432, 4, 0), (245, 2, 0), (98, 1, 0), (44, 1, 0), (38, 1, 0), (15, 1, 0),
    ...     (10, 1, 0), (4, 1, 0)])
    >>> found.upper, found.allocation
    (270, (143, 101, 26, 0, 0, 0, 0, 0))
    """
    raise NotImplementedError


def interval(
    draw: Sampled,
    verdicts: Verdicts | None = None,
    *,
    confidence: Rational = "0.95",
    missing: str = "defective",
) -> Bound:
    """The fewest and the most letters that may be defective: two-sided, half the risk each side.

    Args and errors are those of :func:`bound`.

    >>> found = interval([(500, 75, 2), (300, 50, 1), (200, 25, 0)])
    >>> found.lower, found.upper
    (8, 50)
    """
    raise NotImplementedError
