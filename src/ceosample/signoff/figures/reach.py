"""Where the signatory has been: divisions reached, months since each, who signed which month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from ceosample.period import Period, within
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.signoff.figures.divisions import (
    DivisionCoverage,
    Reached,
    divisions_of,
    months_as_planned,
    reached,
    total,
)
from ceosample.signoff.figures.letter_facts import LetterFacts
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import IN_PERSON
from ceosample.signoff.store.events import Event
from ceosample.text import counted

#: The months over which a reach is looked back on.
_YEAR: Final = 12


@attrs.frozen
class Reach(Result):
    """Divisions with a letter signed in person / divisions with any response in the frame.

    Attributes:
        months: over the months asked for.
        month: in the last of them.
        year: in the twelve months that end with it, earlier ones than were asked for included.
        last: that month; None if there is none.
        on_record: the months that ``year`` is about: those of the twelve that were drawn, or 12
            where the record is older than that.
        as_planned: the months of ``year`` and of the range in which a division is a stratum as the
            plan made it, since the ledger does not hold the responses' own.
    """

    months: Reached
    month: Reached
    year: Reached
    last: Period | None
    on_record: int
    as_planned: tuple[Period, ...] = ()

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

    @property
    def as_planned_words(self) -> str:
        """In which months a division is a stratum of the plan; empty where in none."""
        if not self.as_planned:
            return ""
        months = ", ".join(map(str, self.as_planned))
        return f"in {months} the ledger holds strata as the plan made them"

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


@attrs.frozen
class DivisionReach(Result):
    """A division of the months asked for, and when the signatory was last there.

    Attributes:
        coverage: what became of its letters in these months.
        months_since_signed: months from the newest month of which the signatory signed one of its
            letters to the last month asked for; None where they signed none in the months on
            record.
        months_on_record: the months that were drawn, of all whose events were given, up to the last
            that was asked for.
    """

    coverage: DivisionCoverage
    months_since_signed: int | None
    months_on_record: int

    @property
    def since_signed(self) -> str:
        """The months since a signature; where there was none, in how many months there was none."""
        return since_words(self.months_since_signed, self.months_on_record)


def reach(
    events: Iterable[Event],
    histories: Iterable[History],
    first: Period | None,
    last: Period | None,
    *,
    in_full: bool = False,
) -> Reach:
    """The reach of a range of months.

    Args:
        events: those that count, of these months and before.
        histories: their replay.
        first: the first of the months; None for the first on record.
        last: the last of them; None where there is none.
        in_full: whether only what was read in full is counted.
    """
    read, known = list(events), list(histories)
    since_year = None if last is None else last.plus(1 - _YEAR)

    def of(begin: Period | None) -> Reached:
        found = () if last is None else divisions_within(read, known, begin, last, in_full=in_full)
        return reached(found)

    begin = min(first, since_year) if first and since_year else None
    shown = [event for event in read if within(event.period, begin, last)]
    return Reach(
        months=of(first),
        month=of(last),
        year=of(since_year),
        last=last,
        on_record=_on_record(drawn_months(read), last),
        as_planned=months_as_planned(shown),
    )


def together(reaches: Iterable[Reach]) -> Reach:
    """The reach in several populations, of whose divisions none is another's by its name."""
    found = list(reaches)
    return Reach(
        months=total(one.months for one in found),
        month=total(one.month for one in found),
        year=total(one.year for one in found),
        last=max((one.last for one in found if one.last is not None), default=None),
        on_record=max(one.on_record for one in found),
        as_planned=tuple(sorted({month for one in found for month in one.as_planned})),
    )


def divisions_within(
    events: Iterable[Event],
    histories: Iterable[History],
    first: Period | None,
    last: Period | None,
    *,
    in_full: bool = False,
) -> tuple[DivisionCoverage, ...]:
    """The divisions of a range of months, both included; see ``divisions_of``."""
    return divisions_of(
        [event for event in events if event.kind == "drawn" and within(event.period, first, last)],
        [history for history in histories if within(history.subject.period, first, last)],
        in_full=in_full,
    )


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


def newest_signed(histories: Iterable[History], *, strata: bool = False) -> dict[Stratum, Period]:
    """The newest month of which a letter of each division was signed in person.

    Args:
        histories: of the letters.
        strata: whether a letter counts for the plan's stratum of its month too: a stratum that
            joins several divisions is signed in by any of their letters.
    """
    newest: dict[Stratum, str] = {}
    for history in histories:
        if history.reached(*IN_PERSON):
            for name in {history.division, history.stratum} if strata else {history.division}:
                newest[name] = max(newest.get(name, ""), history.subject.period)
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


def months_since(stratum: Stratum, newest: Mapping[Stratum, Period], month: Period) -> int | None:
    """Months since a letter of the stratum was signed in person; None if none was."""
    return month.months_since(newest[stratum]) if stratum in newest else None


def since_words(months: int | None, on_record: int) -> str:
    """The months since a signature; where there was none, in how many months there was none."""
    return f"not in {counted(on_record, 'month')}" if months is None else str(months)
