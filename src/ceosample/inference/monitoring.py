"""Month after month: bounds that hold at all months at once, however often they are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final, TypeAlias

import attrs

from ceosample.inference.cells import AnyCell
from ceosample.inference.verdicts import AnyDraw, Verdicts
from ceosample.period import Period
from ceosample.rational import Rational
from ceosample.result import Result

#: As results and records name it.
METHOD: Final = "mixture of products of generating functions, by Ville's inequality"

#: A month: a draw and its verdicts, or its cells.
MonitoredMonth: TypeAlias = tuple[AnyDraw, Verdicts] | Sequence[AnyCell]


@attrs.frozen
class MonthBound(Result):
    """What may be said of all letters up to a month.

    Attributes:
        period: the month; None where its cells name none.
        month: its number, from 1.
        eligible: the letters that could have been drawn up to this month, N.
        drawn: the letters that were drawn.
        found: the defects that were counted, or the sum of the scores.
        upper: at most so many of all letters are defective; for scores, their sum, rounded up.
        lower: at least so many are; for scores, their sum, rounded down.
    """

    period: Period | None
    month: int
    eligible: int
    drawn: int
    found: Fraction
    upper: int
    lower: int


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
        assumptions: sentences: what the bounds assume and leave out.
    """

    months: tuple[MonthBound, ...]
    confidence: Fraction
    widest: Fraction | None
    scores: bool
    missing_rule: str
    method: str
    design: tuple[tuple[Fraction, Fraction | None], ...]
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
        raise NotImplementedError


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
    """
    raise NotImplementedError
