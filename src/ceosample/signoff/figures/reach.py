"""Where the signatory has been: strata reached, months since each, who signed in which month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from ceosample.period import Period, within
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.signoff.figures.coverage import StratumCoverage, reach, rows_of_strata
from ceosample.signoff.figures.letter_facts import LetterFacts
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.replay.history import History
from ceosample.signoff.store.events import Event
from ceosample.text import counted

#: The months over which a reach is looked back on.
_YEAR: Final = 12


@attrs.frozen
class Reach(Result):
    """Strata with a letter signed in person / strata with any letter in the frame.

    Attributes:
        months: over the months asked for.
        month: in the last of them.
        year: in the twelve months that end with it, earlier ones than were asked for included.
        last: that month; None if there is none.
        on_record: the months that ``year`` is about: those of the twelve that were drawn, or 12
            where the record is older than that.
    """

    months: Ratio
    month: Ratio
    year: Ratio
    last: Period | None
    on_record: int

    @property
    def when(self) -> str:
        """The months that ``year`` is about: a year is spoken of only once it is on record."""
        if self.on_record == _YEAR:
            return "in the last twelve months"
        return f"in the {counted(self.on_record, 'month')} on record"

    @property
    def year_words(self) -> str:
        """The reach of the months that ``year`` is about; empty before a month is on record."""
        return f"{self.when} {self.year.short}" if self.on_record else ""

    def __str__(self) -> str:
        last = "" if self.last is None else f"in {self.last} {self.month.short}"
        return "; ".join(filter(None, [str(self.months), last, self.year_words]))


@attrs.frozen
class SignatoryShare(Result):
    """What one signatory signed in a month that had more than one.

    Attributes:
        period: the month.
        signatory: their id.
        signed: letters that they signed / letters whose newest version is addressed to them.
    """

    period: str
    signatory: str
    signed: Ratio

    def __str__(self) -> str:
        return f"{self.period}: {self.signatory}, {self.signed}"


def reaches(
    events: Iterable[Event],
    histories: Iterable[History],
    rows: Iterable[StratumCoverage],
    last: Period | None,
) -> tuple[Reach, Reach]:
    """The reach of the random sample, and that of the strata read in full.

    Args:
        events: those that count, of this month and before.
        histories: their replay.
        rows: the strata of the months asked for.
        last: the last of these months.
    """
    read, known, asked = list(events), list(histories), list(rows)
    month = () if last is None else _rows_since(read, known, last, last)
    year = () if last is None else _rows_since(read, known, last.plus(1 - _YEAR), last)
    on_record = _on_record(drawn_months(read), last)

    def of(take_all: bool) -> Reach:
        months, newest, twelve = (
            reach(row for row in found if row.take_all == take_all)
            for found in (asked, month, year)
        )
        return Reach(months, newest, twelve, last, on_record)

    return of(False), of(True)


def drawn_months(events: Iterable[Event]) -> list[Period]:
    """The months that were drawn, oldest first."""
    drawn = {event.period for event in events if event.kind == "drawn" and event.period is not None}
    return [Period.parse(period) for period in sorted(drawn)]


def _on_record(months: list[Period], last: Period | None) -> int:
    """Twelve where the record goes back so far, else how many of its months were drawn."""
    if last is None or not months:
        return 0
    if months[0] <= last.plus(1 - _YEAR):
        return _YEAR
    return sum(month <= last for month in months)


def newest_signed(histories: Iterable[History]) -> dict[Stratum, Period]:
    """The newest month of which a letter of each stratum was signed in person."""
    newest: dict[Stratum, str] = {}
    for history in histories:
        period = history.subject.period
        if period > newest.get(history.stratum, "") and history.reached("signed"):
            newest[history.stratum] = period
    return {stratum: Period.parse(period) for stratum, period in newest.items()}


def shares_of_signatories(letters: Iterable[LetterFacts]) -> tuple[SignatoryShare, ...]:
    """Who signed what in the months in which letters were addressed to more than one signatory."""
    months: dict[str, dict[str, list[bool]]] = {}
    for letter in letters:
        if letter.signatory is not None:
            addressed = months.setdefault(letter.period, {})
            addressed.setdefault(letter.signatory, []).append(letter.signed is not None)
    return tuple(
        SignatoryShare(period, name, Ratio(sum(signed), len(signed), "letters signed in person"))
        for period, names in sorted(months.items())
        for name, signed in sorted(names.items())
        if len(names) > 1
    )


def _rows_since(
    events: Iterable[Event], histories: Iterable[History], first: Period, last: Period
) -> tuple[StratumCoverage, ...]:
    return rows_of_strata(
        [event for event in events if event.kind == "drawn" and within(event.period, first, last)],
        [history for history in histories if within(history.subject.period, first, last)],
    )


def months_since(stratum: Stratum, newest: Mapping[Stratum, Period], month: Period) -> int | None:
    """Months since a letter of the stratum was signed in person; None if none was."""
    return month.months_since(newest[stratum]) if stratum in newest else None
