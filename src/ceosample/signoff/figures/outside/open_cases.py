"""Cases of the casebook that are open: which, whose, and which are late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

import attrs

from ceosample.days import day_of
from ceosample.result import Result
from ceosample.show import text_table
from ceosample.signoff.figures.open_letters import whole_days
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.replay.cases import CaseHistory, cases_at
from ceosample.signoff.replay.valid_events import when
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event, moment

_HEADER: Final = ("case", "nature", "came by", "on", "state", "owner", "due", "days left")
_ALIGN: Final = "lllllllr"


@attrs.frozen
class OpenCase(Result):
    """A case that is not settled.

    Attributes:
        case, population: which.
        nature, came_by: ``complaint`` or ``compliment``, and how it came.
        on: the date on which it came.
        state: where it is.
        owner: whose it is; None without an owner.
        due: the last date for an answer; None where there is none.
        days_left: days from the date of asking to ``due``, below 0 once that is over; None
            without one.
        overdue: whether its last date is over.
    """

    case: str
    population: str
    nature: str
    came_by: str
    on: dt.date
    state: str
    owner: str | None
    due: dt.date | None
    days_left: int | None
    overdue: bool

    @property
    def cells(self) -> list[str]:
        """Its row of the table."""
        late = " (overdue)" if self.overdue else ""
        return [
            *(self.case, self.nature, self.came_by, self.on.isoformat(), self.state),
            self.owner or "-",
            "-" if self.due is None else self.due.isoformat(),
            "-" if self.days_left is None else f"{self.days_left}{late}",
        ]


@attrs.frozen
class CasesAtRisk(Result):
    """Open cases that must be answered now or soon.

    Attributes:
        cases: these, the first date first.
        ratio: these / open cases with a last date.
        undated: open cases without one.
        unowned: open cases without an owner / open cases.
    """

    cases: tuple[OpenCase, ...]
    ratio: Ratio
    undated: int
    unowned: Ratio

    def __str__(self) -> str:
        undated = f"; {self.undated} more have no last date" if self.undated else ""
        rows = [case.cells for case in self.cases]
        table = [text_table(_HEADER, rows, _ALIGN)] if rows else []
        return "\n\n".join([f"{self.ratio}{undated}", *table, str(self.unowned)])


def open_cases(
    events: Iterable[Event], as_of: dt.datetime, *, within: int | None = None
) -> tuple[OpenCase, ...]:
    """The cases of these events that were open at a moment: the first last date first.

    Args:
        events: a ledger's.
        as_of: the moment, aware.
        within: only cases whose last date is over or within this number of days; None for all.

    Raises:
        LedgerError: a moment without a time zone, or another number of days.
    """
    moment(as_of, "as_of")
    days = None if within is None else whole_days(within)
    read = list(events)
    found = waiting_of(cases_at(read, as_of), Zones.of(read, as_of), as_of)
    return tuple(
        case
        for case in found
        if days is None or (case.days_left is not None and case.days_left <= days)
    )


def cases_at_risk(events: Iterable[Event], *, as_of: dt.datetime, within: int = 0) -> CasesAtRisk:
    """Open cases that must be answered by the date of asking or so many days after it.

    Args:
        events: a ledger's.
        as_of: the moment, aware.
        within: calendar days, 0 or more.

    Raises:
        LedgerError: a moment without a time zone, or another number of days.

    >>> at = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
    >>> print(str(cases_at_risk([], as_of=at)).splitlines()[0])
    0 of 0 open cases at risk
    """
    read = list(events)
    waiting, soon = open_cases(read, as_of), open_cases(read, as_of, within=within)
    dated = sum(case.due is not None for case in waiting)
    unowned = sum(case.owner is None for case in waiting)
    return CasesAtRisk(
        cases=soon,
        ratio=Ratio(len(soon), dated, "open cases at risk"),
        undated=len(waiting) - dated,
        unowned=Ratio(unowned, len(waiting), "open cases without an owner"),
    )


def waiting_of(cases: Iterable[CaseHistory], zones: Zones, as_of: dt.datetime) -> list[OpenCase]:
    """The cases of these that are open: the first last date first."""
    waiting = (case for case in cases if case.settled is None)
    return sorted((_open(case, zones, as_of) for case in waiting), key=_order)


def _open(case: CaseHistory, zones: Zones, as_of: dt.datetime) -> OpenCase:
    zone, due = zones.zone(case.population), case.due
    left = None if due is None else (due - day_of(as_of, zone)).days
    return OpenCase(
        case=case.id,
        population=case.population,
        nature=case.referred.payload["nature"],
        came_by=case.came_by,
        on=day_of(when(case.referred), zone),
        state=case.state,
        owner=case.owner,
        due=due,
        days_left=left,
        overdue=left is not None and left < 0,
    )


def _order(case: OpenCase) -> tuple[bool, dt.date, int]:
    """The first last date first; then those without one, in the order of their numbers."""
    return case.due is None, case.due or case.on, int(case.case.removeprefix("case-"))
