"""How many letters may be defective, given the verdicts on those that were drawn: exact bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import attrs

from ceosample.errors import InferenceError
from ceosample.inference.cells import AnyCell, Cell, as_cells, names_of, risk_of, sure_words
from ceosample.inference.verdicts import (
    AnyDraw,
    Judged,
    Verdicts,
    judged,
    require_rule,
)
from ceosample.period import Period
from ceosample.rational import Rational
from ceosample.result import Result
from ceosample.sampling.draw import Draw
from ceosample.sampling.names import AT_REST
from ceosample.show import Described
from ceosample.text import counted

if TYPE_CHECKING:
    from ceosample.inference.exact.extremes import Extreme

#: As results and records name it.
METHOD: Final = "Wendell and Schmee 1996: exact, by the estimated total"

#: A draw, its folder, or cells: one month's or several months'.
Sampled: TypeAlias = AnyDraw | Iterable[AnyCell]


@attrs.frozen
class Bound(Described, Result):
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
        """``exact``, or by how much the figures may be off."""
        words = []
        if self.slack:
            words.append(f"upper bound, at most {self.slack} too large")
        if self.lower_slack:
            words.append(f"lower bound, at most {self.lower_slack} too small")
        return "; ".join(words) or "exact"

    @property
    def hiding(self) -> dict[str, int]:
        """Where the defects could be: the name of each cell that could hold some, and how many."""
        found: dict[str, int] = {}
        for name, defects in zip(names_of(self.cells), self.allocation, strict=False):
            if defects:
                found[name] = found.get(name, 0) + defects
        return found

    @property
    def read_in_full(self) -> tuple[str, ...]:
        """The cells of which every letter was drawn."""
        named = zip(names_of(self.cells), self.cells, strict=True)
        return tuple(name for name, cell in named if cell.read_in_full)

    @property
    def without_chance(self) -> tuple[str, ...]:
        """The cells of which no letter could be drawn: all their letters may be defective."""
        named = zip(names_of(self.cells), self.cells, strict=True)
        return tuple(name for name, cell in named if cell.without_chance)

    @property
    def sentence(self) -> str:
        """What is claimed, in one sentence with its counts and its confidence.

        It never says less than what was read: so many are defective, and so many are not.
        """
        claims = []
        if self.lower is not None:
            claims.append(f"at least {max(self.lower, self.found)}")
        if self.upper is not None:
            claims.append(f"at most {min(self.upper, self.eligible - self.drawn + self.counted)}")
        first, *others = claims
        words = " and ".join([first[0].upper() + first[1:], *others])
        sure = sure_words(self.confidence)
        were = "was" if self.drawn == 1 else "were"
        return (
            f"{words} of {counted(self.eligible, 'eligible letter')} are defective, with {sure} "
            f"confidence: {self.drawn} {were} drawn, {self.read} read, {self.found} found "
            "defective."
        )

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        hidden = ", ".join(f"{name}: {count}" for name, count in self.hiding.items())
        facts = [("method", f"{self.method} ({self.label})")]
        facts += [("the defects could be in", hidden)] if hidden else []
        return self.sentence, [*facts, ("assumes", " ".join(self.assumptions))]


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
    risk = risk_of(confidence)
    return _bound(_taken(draw, verdicts, missing), risk, upper=risk, lower=None)


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
    (5, 50)
    """
    risk = risk_of(confidence)
    return _bound(_taken(draw, verdicts, missing), risk, upper=risk / 2, lower=risk / 2)


def lower_bound(
    draw: Sampled,
    verdicts: Verdicts | None = None,
    *,
    confidence: Rational = "0.95",
    missing: str = "defective",
) -> Bound:
    """The fewest letters that must be defective: a one-sided lower bound, exact.

    Args and errors are those of :func:`bound`.

    >>> lower_bound([(500, 75, 2), (300, 50, 1), (200, 25, 0)]).lower
    7
    """
    risk = risk_of(confidence)
    return _bound(_taken(draw, verdicts, missing), risk, upper=None, lower=risk)


@attrs.frozen
class _Taken:
    """What was given: cells, the verdicts' counts if there were some, and the rule."""

    cells: tuple[Cell, ...]
    judged: Judged | None
    rule: str


def _taken(draw: Sampled, verdicts: Verdicts | None, missing: str) -> _Taken:
    require_rule(missing)
    if isinstance(draw, Draw | str | Path):
        if verdicts is None:
            raise InferenceError("verdicts: missing; give a mapping such as {'CR-1042': 'sound'}")
        found = judged(draw, verdicts, missing=missing)
        return _Taken(found.cells, found, missing)
    if not isinstance(draw, Iterable) or isinstance(draw, Mapping | bytes):
        judged(draw, {})  # type: ignore[arg-type]  # it says what is wrong with it
    if verdicts is not None:
        raise InferenceError(
            "verdicts: got some, and cells count theirs already; leave them out, or give a draw"
        )
    return _Taken(as_cells(draw, "cell"), None, missing)


def _bound(
    taken: _Taken, risk: Fraction, *, upper: Fraction | None, lower: Fraction | None
) -> Bound:
    """The bounds with a risk for each side that is asked for."""
    cells, found = taken.cells, taken.judged
    whole = sum(cell.size for cell in cells if cell.without_chance)
    most = None if upper is None else _most_defects(tuple(_partly(cells)), upper)
    # What was not found is no evidence that there are more.
    certain = found.certain if found else cells
    least = None if lower is None else _fewest_defects(tuple(_partly(certain)), lower)
    drawn = sum(cell.drawn for cell in cells)
    count = sum(int(cell.found) for cell in cells)
    return Bound(
        population=found.draw.population if found else None,
        period=found.draw.period if found else None,
        eligible=sum(cell.size for cell in cells),
        drawn=drawn,
        read=found.read if found else drawn,
        found=int(found.found) if found else count,
        missing=len(found.missing) if found else 0,
        counted=count,
        upper=None if most is None else most.defects + _in_full(cells) + whole,
        lower=None if least is None else least.defects + _in_full(certain),
        slack=most.slack if most else 0,
        lower_slack=least.slack if least else 0,
        confidence=1 - risk,
        cells=cells,
        allocation=() if most is None else _allocation(cells, most.spread),
        method=METHOD,
        missing_rule=taken.rule,
        ineligible=found.ineligible if found else 0,
        substitutes=len(found.substitutes) if found else 0,
        assumptions=tuple(assumptions(cells, [found] if found else [], taken.rule)),
    )


@lru_cache(maxsize=64)  # a report, its pictures and its record ask for the same bounds
def _most_defects(cells: tuple[Cell, ...], risk: Fraction) -> Extreme:
    from ceosample.inference.exact.extremes import most_defects  # it loads numpy

    return most_defects(cells, risk)


@lru_cache(maxsize=64)
def _fewest_defects(cells: tuple[Cell, ...], risk: Fraction) -> Extreme:
    from ceosample.inference.exact.extremes import fewest_defects  # it loads numpy

    return fewest_defects(cells, risk)


def _partly(cells: Iterable[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.sampled]


def _in_full(cells: Iterable[Cell]) -> int:
    return sum(int(cell.found) for cell in cells if cell.read_in_full)


def _allocation(cells: Iterable[Cell], spread: Iterable[int]) -> tuple[int, ...]:
    """The defects that each cell could hold, with those that are read in full or had no chance."""
    inferred = iter(spread)
    return tuple(
        next(inferred) if cell.sampled else cell.size if cell.without_chance else int(cell.found)
        for cell in cells
    )


def assumptions(cells: Iterable[Cell], found: Iterable[Judged], rule: str) -> Iterable[str]:
    """Sentences: what a bound assumes, how it counts, and what it leaves out."""
    cells, found = list(cells), list(found)
    yield "Each frame was fixed before its seed, and the seed gave each letter its chance."
    yield "A defect is what the reader recognised; what the reader overlooked is not in the figure."
    missing = sum(len(one.missing) for one in found)
    if missing:
        letters = counted(missing, "drawn letter")
        yield f"{letters} without a verdict: counted as {rule}, and in a lower bound as sound."
    ineligible = sum(one.ineligible for one in found)
    if ineligible:
        letters = counted(ineligible, "drawn letter")
        yield f"{letters} found never eligible: counted as sound, and N stays."
    substitutes = sum(len(one.substitutes) for one in found)
    if substitutes:
        yield f"{counted(substitutes, 'verdict')} on substitutes: left out of the figure."
    resting = sum(one.draw.frame.exclusions.get(AT_REST, 0) for one in found)
    if resting:
        yield f"{counted(resting, 'letter')} at rest: left out of N and of the figure."
    if any(one.draw.turn is not None for one in found):
        yield "Rotation: the open letters are one random sample of all that were not called."
    named = list(zip(names_of(cells), cells, strict=True))
    for name, cell in named:
        if cell.without_chance:
            yield f"No letter of {name} had a chance: all {cell.size} may be defective."
    in_full = [name for name, cell in named if cell.read_in_full and cell.size]
    if in_full:
        yield f"Read in full, so certain: {', '.join(dict.fromkeys(in_full))}."
