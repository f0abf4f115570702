"""Month after month: bounds that hold at all months at once, however often they are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import ceil, exp, floor, inf, log, log1p
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from ceosample.errors import InferenceError, raise_faults
from ceosample.got import got
from ceosample.inference.bounds import assumptions
from ceosample.inference.cells import AnyCell, Cell, as_cells, risk_of, sure_words
from ceosample.inference.verdicts import AnyDraw, Judged, Verdicts, judged, require_rule
from ceosample.period import Period
from ceosample.rational import Rational
from ceosample.result import Result
from ceosample.sampling.draw import Draw
from ceosample.sampling.plans.clean import MIXTURE
from ceosample.show import Described, html_table, text_table
from ceosample.text import counted

#: As results and records name it.
METHOD: Final = "mixture of products of generating functions, by Ville's inequality"

#: The mixture of the lower bound, in equal parts: c times W.
LOWER_MIXTURE: Final = (Fraction(1, 4), Fraction(1), Fraction(4), Fraction(16))

#: What rounding may do to a logarithm; a bound is given away by as much.
_ROUNDING: Final = 1e-9

#: A month: a draw and its verdicts, or its cells.
MonitoredMonth: TypeAlias = tuple[AnyDraw, Verdicts] | Sequence[AnyCell]


@attrs.frozen
class MonthBound(Described, Result):
    """What may be said of all letters up to a month.

    Attributes:
        period: the month; None where its cells name none.
        month: its number, from 1.
        eligible: the letters that could have been drawn up to this month, N.
        drawn: the letters that were drawn.
        found: the defective ones, or the sum of the scores.
        counted: the same with letters without a verdict by the rule: what ``upper`` counts.
        upper: at most so many of all letters are defective; for scores, their sum, rounded up.
        lower: at least so many are; for scores, their sum, rounded down.
    """

    period: Period | None
    month: int
    eligible: int
    drawn: int
    found: Fraction
    counted: Fraction
    upper: int
    lower: int

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        title = f"to {self.period or f'month {self.month}'}"
        return title, [*zip(_HEADER[1:], self._cells, strict=True)]

    @property
    def _cells(self) -> list[str]:
        """What a table of months has of it."""
        return [
            *map(str, (self.eligible, self.drawn)),
            _number(self.found),
            *map(str, (self.upper, self.lower)),
        ]


@attrs.frozen
class Monitor(Result):
    """Bounds after each month; what ``monitor`` returns.

    Upper bounds hold at all months at once with this confidence, and so do lower bounds: each
    is a one-sided statement.

    Attributes:
        months: one a month, oldest first.
        confidence: exact.
        widest: W, the largest N/n of the first month that was sampled: the design is fixed by it.
        scores: whether letters have scores from 0 to 1.
        missing_rule: what a letter without a verdict counts as.
        method: the name of the method.
        design: the components of the mixture, as pairs: weight, and c times W (None for z = 0).
        lower_design: the components of the lower bound, in equal parts: c times W.
        assumptions: sentences: what the bounds assume and leave out.
    """

    months: tuple[MonthBound, ...]
    confidence: Fraction
    widest: Fraction | None
    scores: bool
    missing_rule: str
    method: str
    design: tuple[tuple[Fraction, Fraction | None], ...]
    lower_design: tuple[Fraction, ...]
    assumptions: tuple[str, ...]

    @property
    def upper(self) -> int:
        """The upper bound after the last month."""
        return self.months[-1].upper

    @property
    def lower(self) -> int:
        """The lower bound after the last month."""
        return self.months[-1].lower

    @property
    def sentence(self) -> str:
        """What is claimed after the last month, in one sentence."""
        last = self.months[-1]
        what = "the sum of their scores is" if self.scores else "are defective"
        total = counted(last.eligible, "eligible letter")
        claim = f"of {total} at most {last.upper} {what}"
        if self.scores:
            claim = f"of {total} {what} at most {last.upper}"
        return (
            f"After {counted(len(self.months), 'month')}, {claim}, with "
            f"{sure_words(self.confidence)} confidence at every month at once: "
            f"{last.drawn} were drawn, {_number(last.found)} found."
        )

    def _rows(self) -> list[list[str]]:
        return [[str(month.period or month.month), *month._cells] for month in self.months]

    def __str__(self) -> str:
        table = text_table(_HEADER, self._rows(), _ALIGN)
        return "\n".join([self.sentence, "", table, "", *self.assumptions])

    def _repr_html_(self) -> str:
        return html_table(self.sentence, _HEADER, self._rows(), _ALIGN, self.assumptions)


_HEADER = ["to", "eligible", "drawn", "found", "at most", "at least"]
_ALIGN = "lrrrrr"


def _number(found: Fraction) -> str:
    return str(found) if found.denominator == 1 else f"{float(found):.3g}"


def monitor(
    history: Iterable[MonitoredMonth],
    *,
    confidence: Rational = "0.95",
    missing: str = "defective",
    scores: bool = False,
) -> Monitor:
    """Bounds after each month that hold at all months at once.

    Args:
        history: the months in order, each a pair of a draw and its verdicts, or its cells.
        confidence: above 0 and below 1.
        missing: what a drawn letter without a verdict counts as: ``defective`` (for a score, 1),
            ``sound``, or ``refuse``.
        scores: whether verdicts are numbers from 0 to 1, such as the share of the money that was
            wrong. Decide it before the first month.

    Raises:
        InferenceError: months out of order, or verdicts that cannot be, with every problem.

    >>> [month.upper for month in monitor([[(100, 10, 0)], [(100, 10, 1)]]).months]
    [27, 59]
    """
    risk = risk_of(confidence)
    require_rule(missing)
    months = _months(history, missing, scores=scores)
    widest = _widest(months)
    process = _Process(risk, widest, scores=scores)
    found = tuple(process.after(month, number) for number, month in enumerate(months, 1))
    cells = [cell for month in months for cell in month.cells]
    return Monitor(
        months=found,
        confidence=1 - risk,
        widest=widest,
        scores=scores,
        missing_rule=missing,
        method=METHOD,
        design=MIXTURE,
        lower_design=LOWER_MIXTURE,
        assumptions=(
            *assumptions(cells, [month.judged for month in months if month.judged], missing),
            "The letters drawn in a month do not depend on that month's verdicts.",
        ),
    )


@attrs.frozen
class _Month:
    """A month's cells; those of a lower bound; and its verdicts, where it came as a draw."""

    cells: tuple[Cell, ...]
    certain: tuple[Cell, ...]
    judged: Judged | None

    @property
    def period(self) -> Period | None:
        return self.cells[0].period if self.cells else None


def _months(history: Any, missing: str, *, scores: bool) -> list[_Month]:
    if not isinstance(history, Iterable) or isinstance(history, str):
        raise InferenceError(f"history: {got(history)}; give months, oldest first")
    months: list[_Month] = []
    faults: list[str] = []
    for number, given in enumerate(history, 1):
        try:
            months.append(_month(given, missing, scores=scores))
        except InferenceError as error:
            faults += [f"month {number}, {fault}" for fault in error.faults]
    if not months and not faults:
        faults.append("history: got no months; give at least one")
    raise_faults(InferenceError, faults)
    named = [(n, month.period) for n, month in enumerate(months, 1) if month.period is not None]
    for (_, earlier), (number, later) in pairwise(named):
        if later.months_since(earlier) <= 0:
            faults.append(f"month {number}: got {later} after {earlier}; give months in order")
    names = {month.judged.draw.population for month in months if month.judged}
    if len(names) > 1:
        faults.append(f"history: got {', '.join(sorted(names))}; give one population")
    raise_faults(InferenceError, faults)
    return months


def _month(given: Any, missing: str, *, scores: bool) -> _Month:
    if (
        isinstance(given, tuple | list)
        and len(given) == 2
        and isinstance(given[0], Draw | str | Path)
    ):
        found = judged(given[0], given[1], missing=missing, scores=scores)
        return _Month(found.cells, found.certain, found)
    if not isinstance(given, Iterable) or isinstance(given, str | Draw):
        raise InferenceError(f"history: {got(given)}; give a draw and its verdicts, or cells")
    cells = as_cells(given, "cell", scores=scores)
    raise_faults(
        InferenceError,
        (
            f"cell {number}, y: got {cell.found}; give the scores of the letters drawn"
            for number, cell in enumerate(cells, 1)
            if isinstance(cell.found, Fraction) and not cell.scores
        ),
    )
    return _Month(cells, cells, None)


def _widest(months: Sequence[_Month]) -> Fraction | None:
    """The largest N/n of the first month of which some letters were drawn and others were not."""
    for month in months:
        weights = [Fraction(cell.size, cell.drawn) for cell in month.cells if cell.sampled]
        if weights:
            return max(weights)
    return None


class _Process:
    """The evidence so far against each total."""

    def __init__(self, risk: Fraction, widest: Fraction | None, *, scores: bool) -> None:
        from ceosample.inference.ceilings import Ceiling, CountCeiling, ScoreCeiling

        kind = ScoreCeiling if scores else CountCeiling
        self._line, self._scores = -log(risk), scores
        self._rates = [None if c is None or widest is None else c / widest for _, c in MIXTURE]
        self._lower_rates = [c / (widest or 1) for c in LOWER_MIXTURE]
        self._ceilings: list[Ceiling] = [kind() for _ in MIXTURE]
        self._shown = [log(weight) for weight, _ in MIXTURE]
        self._lower_shown = [-log(len(LOWER_MIXTURE))] * len(LOWER_MIXTURE)
        self._last = 0
        # Letters and defects that are counted and not inferred.
        self._in_full, self._in_full_certain = Fraction(0), Fraction(0)
        self._whole = self._sampled = self._eligible = self._drawn = 0
        self._found = self._certain = Fraction(0)

    def after(self, month: _Month, number: int) -> MonthBound:
        """The bounds once a month is taken in."""
        partly = [cell for cell in month.cells if cell.sampled]
        for k, rate in enumerate(self._rates):
            powers = [_power(cell.size, cell.drawn, rate) for cell in partly]
            self._ceilings[k].add(partly, [float(z) for z in powers])
            self._shown[k] += sum(map(_log_shown, partly, powers))
        for k, rate in enumerate(self._lower_rates):
            self._lower_shown[k] += sum(
                _log_gain(cell, rate) for cell in month.certain if cell.sampled
            )
        self._count(month)
        return MonthBound(
            period=month.period,
            month=number,
            eligible=self._eligible,
            drawn=self._drawn,
            found=self._certain,
            counted=self._found,
            upper=self._upper() + ceil(self._in_full) + self._whole,
            lower=max(floor(self._lower() + self._in_full_certain), floor(self._certain)),
        )

    def _count(self, month: _Month) -> None:
        for cell, certain in zip(month.cells, month.certain, strict=True):
            self._eligible += cell.size
            self._drawn += cell.drawn
            self._found += cell.found
            self._certain += certain.found
            if cell.sampled:
                self._sampled += cell.size
            elif cell.read_in_full:
                self._in_full += cell.found
                self._in_full_certain += certain.found
            else:
                self._whole += cell.size

    def _upper(self) -> int:
        """The largest total of the sampled letters that is not rejected; scores are rounded up."""
        # It never falls from month to month, so it is looked for from the last one on.
        low, high, step = self._last, self._sampled, 1
        while low < high:
            middle = min(low + step, (low + high + 1) // 2)
            if self._evidence(middle) >= self._line + _ROUNDING:
                high = middle - 1
            else:
                low, step = middle, 2 * step
        self._last = low
        return min(low + self._scores, self._sampled)

    def _evidence(self, total: int) -> float:
        parts = [
            shown - ceiling.at(total)
            for shown, ceiling in zip(self._shown, self._ceilings, strict=True)
            if shown > -inf
        ]
        return _log_sum(parts)

    def _lower(self) -> int:
        """The smallest total that is not rejected; of scores, the whole number below it."""
        low, high = 0, self._sampled
        while low < high:
            middle = (low + high) // 2
            parts = [
                shown - float(rate) * middle
                for shown, rate in zip(self._lower_shown, self._lower_rates, strict=True)
            ]
            if _log_sum(parts) >= self._line + _ROUNDING:
                low = middle + 1
            else:
                high = middle
        return low


@lru_cache(maxsize=4096)
def _power(size: int, drawn: int, rate: Fraction | None) -> Fraction:
    """z of a cell: ``max(0, 1 - c N/n)``."""
    return Fraction(0) if rate is None else max(Fraction(0), 1 - rate * size / drawn)


def _log_shown(cell: Cell, z: Fraction) -> float:
    """The logarithm of what was found: ``z**y``, or for scores ``prod(1 - a x)``."""
    if cell.scores:
        kept = [1 - (1 - z) * score for score in cell.scores]
        return -inf if 0 in kept else sum(log(share) for share in kept)
    if not cell.found:
        return 0.0
    return int(cell.found) * log(z) if z else -inf


def _log_gain(cell: Cell, rate: Fraction) -> float:
    """The logarithm of ``(1 + c N/n)**y``, or for scores of ``prod(1 + c x N/n)``."""
    step = float(rate) * cell.size / cell.drawn
    if cell.scores:
        return sum(log1p(step * float(score)) for score in cell.scores)
    return int(cell.found) * log1p(step)


def _log_sum(parts: Sequence[float]) -> float:
    top = max(parts, default=-inf)
    return top if abs(top) == inf else top + log(sum(exp(part - top) for part in parts))
