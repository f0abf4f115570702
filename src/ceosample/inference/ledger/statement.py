"""The figures of a statement: what was read, and what may be said of all that was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

import attrs

from ceosample.inference.bounds import Bound
from ceosample.inference.ledger.readings import DEFECTIVE, INELIGIBLE, SOUND, VERDICT_KINDS
from ceosample.inference.ledger.verdict_record import MonthVerdicts
from ceosample.inference.monitoring import Monitor
from ceosample.period import Period
from ceosample.result import Result
from ceosample.signoff.replay.methods import CHOSEN_AFTER, Method

#: How a bound stands to the rate that the firm can tolerate.
Against = Literal["shown", "not shown yet", "exceeded"]


@attrs.frozen
class LetterCounts(Result):
    """Letters, counted from a record of verdicts.

    Attributes:
        eligible: responses that could have been drawn, N.
        drawn: those that were drawn, n, the strata read in full included.
        in_full: those of them of strata that are read in full.
        sound, defective: drawn letters by their verdict.
        defective_by: the defective ones by what says so: a finding, a return, or a letter declined.
        ineligible: drawn letters that turned out, before they were sent, never to have been
            eligible; they count as no defect.
        without: drawn letters without a verdict, by what became of them.
        by_other: letters with a verdict that the person to whom they were sent did not read.
        edited: letters that were edited after the draw before their reader had them.
        substitutes: substitutes with a verdict, which no bound counts.
        set_aside: letters of superseded draws that were read; they count in nothing.
        excluded: responses that the frames left out, of which nothing is said.
    """

    eligible: int
    drawn: int
    in_full: int
    sound: int
    defective: int
    defective_by: Mapping[str, int]
    ineligible: int
    without: Mapping[str, int]
    by_other: int
    edited: int
    substitutes: int
    set_aside: int
    excluded: int

    @property
    def read(self) -> int:
        """Letters with a verdict."""
        return self.sound + self.defective

    @property
    def missing(self) -> int:
        """Drawn letters without a verdict."""
        return sum(self.without.values())

    @property
    def others(self) -> int:
        """Unread responses: not drawn, or drawn and without a verdict."""
        return self.eligible - self.read - self.ineligible

    @classmethod
    def of(cls, months: Sequence[MonthVerdicts]) -> LetterCounts:
        """Those of months together."""
        letters = [letter for month in months for letter in month.letters]
        verdicts = Counter(letter.verdict for letter in letters)
        bad = Counter(letter.basis for letter in letters if letter.verdict == DEFECTIVE)
        without = Counter(letter.basis for letter in letters if letter.verdict is None)
        return cls(
            eligible=sum(pool.size for month in months for pool in month.pools),
            drawn=len(letters),
            in_full=sum(letter.take_all for letter in letters),
            sound=verdicts[SOUND],
            defective=verdicts[DEFECTIVE],
            defective_by={basis: bad[basis] for basis in sorted(bad, key=VERDICT_KINDS.index)},
            ineligible=verdicts[INELIGIBLE],
            without=dict(sorted(without.items())),
            by_other=sum(letter.by_other for letter in letters),
            edited=sum(letter.edited for letter in letters),
            substitutes=sum(month.substitutes for month in months),
            set_aside=sum(month.set_aside for month in months),
            excluded=sum(month.excluded for month in months),
        )


@attrs.frozen
class StatementFigures(Result):
    """What may be said of all responses of a range of months, given the verdicts on record.

    Attributes:
        population: which.
        months: the months of which a draw counts.
        undrawn: months between them without a draw, of which nothing is said.
        method: the method of the first month, by which all of them go.
        stated: the number of the event that states it; None without one.
        chosen_after: whether that is later than the month's first verdict, or there is none.
        differing: later months whose stated method is another, or missing.
        whole_years: whether the range begins where the firm's year begins, or is one month.
        counts: the letters.
        upper: at most so many of the eligible responses are defective, by the method's rule.
        lower: at least so many are, where a letter without a verdict counts as sound; None where
            it was not computed.
        upper_otherwise: ``upper`` by the other rule for letters without a verdict; None where
            every letter has one.
        bound: the exact bound of one month; None for several.
        monitor: the bounds after each month that hold at all months at once.
    """

    population: str
    months: tuple[Period, ...]
    undrawn: tuple[Period, ...]
    method: Method
    stated: int | None
    chosen_after: bool
    differing: tuple[Period, ...]
    whole_years: bool
    counts: LetterCounts
    upper: int
    lower: int | None
    upper_otherwise: int | None
    bound: Bound | None
    monitor: Monitor

    @property
    def label(self) -> str | None:
        """What every output says of a method that was chosen late; None of one that was not."""
        return CHOSEN_AFTER if self.chosen_after else None

    @property
    def others_upper(self) -> int:
        """At most so many of the unread responses are defective."""
        return min(self.upper - self.counts.defective, self.counts.others)

    @property
    def others_otherwise(self) -> int | None:
        """The same by the other rule for letters without a verdict."""
        if self.upper_otherwise is None:
            return None
        return min(self.upper_otherwise - self.counts.defective, self.counts.others)

    @property
    def against(self) -> Against | None:
        """Whether a rate below the tolerable one is shown; None where no rate was stated."""
        if self.method.tolerable is None:
            return None
        tolerable = Fraction(self.method.tolerable)
        if Fraction(self.upper, self.counts.eligible) < tolerable:
            return "shown"
        if self.lower is not None and Fraction(self.lower, self.counts.eligible) > tolerable:
            return "exceeded"
        return "not shown yet"
