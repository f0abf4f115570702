"""The figures of a number of letters: of the random sample, of those read in full, of a stratum."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from ceosample.period import Period
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.show import decimal, stratum_words
from ceosample.signoff.figures.coverage import StratumCoverage, completion, signed_in_person
from ceosample.signoff.figures.letter_facts import LetterFacts
from ceosample.signoff.figures.on_time import OnTime, on_time
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.figures.reach import months_since, since_words
from ceosample.signoff.figures.reading_time import ReadingTime, reading
from ceosample.signoff.figures.turnaround import Turnaround, turnaround

if TYPE_CHECKING:
    import numpy as np

#: The rates: what each is called, and the state that a letter was ever in.
RATES: Mapping[str, str] = {
    "replaced": "replaced",
    "ineligible": "found_ineligible",
    "withdrawn": "withdrawn",
    "lapsed": "lapsed",
    "declined": "declined",
    "reworked": "returned_for_rework",
}


@attrs.frozen
class Figures(Result):
    """The figures of a number of letters: the random sample, those read in full, or a stratum's.

    Attributes:
        letters: letters ever selected, substitutes included.
        fraction: places planned / eligible responses.
        signoff: originally selected letters signed in person / originally selected letters.
        by_deputy: those that a deputy signed / the same.
        completion: places filled by a signature, a deputy's or a non-standard resolution,
            substitutes included / places planned.
        rates: ``replaced``, ``ineligible``, ``withdrawn``, ``lapsed``, ``declined`` and
            ``reworked``: letters that it ever happened to / letters ever selected.
        on_time, turnaround, reading: see there.
    """

    letters: int
    fraction: Ratio
    signoff: Ratio
    by_deputy: Ratio
    completion: Ratio
    rates: Mapping[str, Ratio]
    on_time: OnTime
    turnaround: Turnaround
    reading: ReadingTime

    @property
    def lines(self) -> dict[str, str]:
        """Each figure in words, by its name."""
        return {
            "sampling fraction": str(self.fraction),
            "sign-off coverage": str(self.signoff),
            "by deputy": str(self.by_deputy),
            "completion": str(self.completion),
            **{name: str(ratio) for name, ratio in self.rates.items()},
            "on time": str(self.on_time),
            "turnaround": str(self.turnaround),
            "reading": str(self.reading),
        }


@attrs.frozen
class StratumMetrics(Result):
    """A stratum's figures; where it was read in full in some months, those are a row of their own.

    Attributes:
        stratum: its values.
        take_all: whether these are the months in which it was read in full.
        figures: its figures.
        months_since_signed: months from the newest month of which the signatory signed one of its
            letters, of the sample or in full, or under another stratum's name, to the last month
            asked for; None where they signed none in the months on record.
        months_on_record: the months that were drawn, of all whose events were given, up to the last
            that was asked for.
    """

    stratum: Stratum
    take_all: bool
    figures: Figures
    months_since_signed: int | None
    months_on_record: int

    @property
    def name(self) -> str:
        """What tables call it."""
        return stratum_words(self.stratum) + (" (in full)" if self.take_all else "")

    @property
    def since_signed(self) -> str:
        """The months since a signature; where there was none, in how many months there was none."""
        return since_words(self.months_since_signed, self.months_on_record)

    @property
    def cells(self) -> list[str]:
        """Its row of the table, the rates apart."""
        figures = self.figures
        ratios = [figures.fraction, figures.signoff, figures.by_deputy, figures.completion]
        return [
            self.name,
            *(ratio.short for ratio in [*ratios, figures.on_time.ratio]),
            *figures.turnaround.cells,
            decimal(figures.reading.minutes) if figures.reading.counted.count else "-",
            self.since_signed,
        ]

    @property
    def rates(self) -> list[str]:
        """The cells of its rates."""
        return [ratio.short for ratio in self.figures.rates.values()]


@attrs.frozen
class Measure:
    """What figures are taken with.

    Attributes:
        as_of: the moment of asking.
        calendar: the working days.
        speed: words that are read in a minute.
    """

    as_of: dt.datetime
    calendar: np.busdaycalendar
    speed: Fraction

    def figures(
        self, rows: Iterable[StratumCoverage], letters: Iterable[LetterFacts], *, take_all: bool
    ) -> Figures:
        """Those of the random sample, or of what is read in full."""
        return self._figures(
            [row for row in rows if row.take_all == take_all],
            [letter for letter in letters if letter.take_all == take_all],
        )

    def strata(
        self,
        rows: Iterable[StratumCoverage],
        letters: Iterable[LetterFacts],
        newest: Mapping[Stratum, Period],
        month: Period,
        on_record: int,
    ) -> tuple[StratumMetrics, ...]:
        """Those of each stratum; ``newest`` is the month of its last signature, if it has one."""
        own: dict[tuple[Stratum, bool], list[LetterFacts]] = {}
        for letter in letters:
            own.setdefault((letter.stratum, letter.take_all), []).append(letter)
        return tuple(
            StratumMetrics(
                stratum=row.stratum,
                take_all=row.take_all,
                figures=self._figures([row], own.get((row.stratum, row.take_all), [])),
                months_since_signed=months_since(row.stratum, newest, month),
                months_on_record=on_record,
            )
            for row in rows
        )

    def reading(
        self, months: Iterable[Period], letters: Iterable[LetterFacts], budget: Fraction | None
    ) -> dict[Period, ReadingTime]:
        """Each month's reading."""
        own: dict[str, list[LetterFacts]] = {str(month): [] for month in months}
        for letter in letters:
            own.setdefault(letter.period, []).append(letter)
        return {
            Period.parse(month): reading(found, self.speed, budget) for month, found in own.items()
        }

    def _figures(self, rows: Sequence[StratumCoverage], letters: Sequence[LetterFacts]) -> Figures:
        happened = Counter(state for letter in letters for state in letter.happened)
        signoff = signed_in_person(rows)
        planned, eligible = sum(r.planned for r in rows), sum(r.eligible for r in rows)
        return Figures(
            letters=len(letters),
            fraction=Ratio(planned, eligible, "eligible responses drawn"),
            signoff=signoff,
            by_deputy=Ratio(
                sum(row.by_deputy for row in rows), signoff.of, "selected letters signed by deputy"
            ),
            completion=completion(rows),
            rates={
                name: Ratio(happened[state], len(letters), f"letters {name}")
                for name, state in RATES.items()
            },
            on_time=on_time(letters, self.as_of),
            turnaround=turnaround(letters, self.as_of, self.calendar),
            reading=reading(letters, self.speed),
        )
