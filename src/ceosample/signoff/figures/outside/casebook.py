"""The casebook in figures: how many cases came by which way, and what became of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs

from ceosample.days import AS_WRITTEN, day_of, month_of
from ceosample.period import Period, within
from ceosample.result import Result
from ceosample.show import html_table, text_table
from ceosample.signoff.figures.outside.open_cases import OpenCase, waiting_of
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.replay.cases import NATURES, WAYS, CaseHistory, cases_at
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event, moment
from ceosample.text import counted

#: What no count of cases by itself can be a share of.
NO_DENOMINATOR: Final = (
    "How many were never recorded is not known, so counts by way have no denominator."
)

_MONTHS_HEADER: Final = ("month", *WAYS, "compliments")
_MONTHS_ALIGN: Final = "l" + "r" * (len(_MONTHS_HEADER) - 1)


@attrs.frozen
class CaseMonth(Result):
    """The cases that came in a month: counts, which have no denominator.

    Attributes:
        period: the month.
        complaints, compliments: how many came by each way.
    """

    period: Period
    complaints: Mapping[str, int]
    compliments: Mapping[str, int]

    @property
    def cells(self) -> list[str]:
        """Its row of the table: the complaints by way, then the compliments."""
        ways = (str(self.complaints[way]) for way in WAYS)
        return [str(self.period), *ways, str(sum(self.compliments.values()))]


@attrs.frozen
class CasebookSummary(Result):
    """The casebook of a range of months, as it stood at a moment; apart from the sample's figures.

    Attributes:
        population: which.
        first, last: the months in which the cases came; None where none did.
        as_of: the moment, written by the population's zone.
        months: each month's counts by way, those in which no case came included.
        taken_over, escalated_to_board, resolved_nonstandard, contacted: complaints that it happened
            to / complaints.
        settled: complaints that are settled / complaints.
        on_time: complaints that were settled on or before their last date / complaints whose last
            date is over, or that were settled before it.
        recognised: compliments after which a colleague was recognised / compliments.
        open: the cases that are open, whenever they came, oldest first.
    """

    population: str
    first: Period | None
    last: Period | None
    as_of: dt.datetime
    months: tuple[CaseMonth, ...]
    taken_over: Ratio
    escalated_to_board: Ratio
    resolved_nonstandard: Ratio
    contacted: Ratio
    settled: Ratio
    on_time: Ratio
    recognised: Ratio
    open: tuple[OpenCase, ...]

    @property
    def count(self) -> int:
        """The cases that came in the range."""
        return self.settled.of + self.recognised.of

    @property
    def ratios(self) -> tuple[Ratio, ...]:
        """What became of the cases of the range."""
        return (
            *(self.settled, self.on_time, self.taken_over, self.escalated_to_board),
            *(self.resolved_nonstandard, self.contacted, self.recognised),
        )

    @property
    def trend(self) -> str:
        """Whether letters to the executive become fewer: the newest months against those before.

        Only months that are over count. Empty where these are less than four.
        """
        now = month_of(self.as_of, AS_WRITTEN)
        over = [month.complaints["letter"] for month in self.months if month.period < now]
        half = min(len(over) // 2, 6)
        if half < 2:
            return ""
        newest, before = sum(over[-half:]), sum(over[-2 * half : -half])
        return (
            f"letters of complaint to the executive: {newest} in the last {half} whole months, "
            f"{before} in the {half} months before"
        )

    def __str__(self) -> str:
        cases = counted(self.count, "case")
        lines = [f"casebook: {cases} that nobody drew, and that no figure above counts"]
        lines += [NO_DENOMINATOR, ""]
        lines += map(str, self.ratios)
        lines += filter(None, [self.trend])
        table = text_table(_MONTHS_HEADER, [m.cells for m in self.months], _MONTHS_ALIGN)
        return "\n".join([*lines, "", "complaints by way, and compliments:", table])

    def _repr_html_(self) -> str:
        rows = [month.cells for month in self.months]
        notes = [*map(str, self.ratios), *filter(None, [self.trend])]
        title = f"Casebook: {counted(self.count, 'case')} that nobody drew. {NO_DENOMINATOR}"
        return html_table(title, _MONTHS_HEADER, rows, _MONTHS_ALIGN, notes)


def casebook_summary(
    events: Iterable[Event],
    *,
    population: str,
    first: Period | str | None = None,
    last: Period | str | None = None,
    as_of: dt.datetime,
) -> CasebookSummary:
    """The casebook of a range of months, as it stood at a moment.

    Args:
        events: a ledger's.
        population: which.
        first, last: the months in which the cases came, both included; open by default.
        as_of: the moment, aware.

    Raises:
        LedgerError: a moment without a time zone.
        ValueError: a month that is none.

    >>> found = casebook_summary([], population="complaint-responses",
    ...                          as_of=dt.datetime(2026, 11, 30, tzinfo=dt.UTC))
    >>> print(found.settled)
    0 of 0 complaints settled
    """
    moment(as_of, "as_of")
    begin, end = (Period.parse(m) if isinstance(m, str) else m for m in (first, last))
    read = [event for event in events if event.population == population]
    zones = Zones.of(read, as_of)
    every = list(cases_at(read, as_of))
    dated = [(case, zones.month(case.referred)) for case in every]
    asked = [(case, month) for case, month in dated if within(str(month), begin, end)]
    months = _months(asked, begin, end or month_of(as_of, zones.zone(population)))
    complaints = [case for case, _ in asked if not case.is_compliment]
    compliments = [case for case, _ in asked if case.is_compliment]

    def happened(kind: str, words: str) -> Ratio:
        return Ratio(sum(bool(c.said(kind)) for c in complaints), len(complaints), words)

    return CasebookSummary(
        population=population,
        first=months[0].period if months else None,
        last=months[-1].period if months else None,
        as_of=zones.local(as_of, population),
        months=months,
        taken_over=happened("taken_over", "complaints taken over"),
        escalated_to_board=happened("escalated_to_board", "complaints escalated to the board"),
        resolved_nonstandard=happened("resolved_nonstandard", "complaints resolved outside policy"),
        contacted=Ratio(
            sum(c.is_contacted for c in complaints),
            len(complaints),
            "complaints whose customer was contacted",
        ),
        settled=Ratio(
            sum(c.settled is not None for c in complaints), len(complaints), "complaints settled"
        ),
        on_time=_on_time(complaints, zones, as_of),
        recognised=Ratio(
            sum(bool(c.said("recognition")) for c in compliments),
            len(compliments),
            "compliments after which a colleague was recognised",
        ),
        open=tuple(waiting_of(every, zones, as_of)),
    )


def _months(
    cases: Sequence[tuple[CaseHistory, Period]], first: Period | None, last: Period
) -> tuple[CaseMonth, ...]:
    """Each month from the first to the last, if there is a case."""
    came = [month for _, month in cases]
    if not came:
        return ()
    month, found = first or min(came), []
    while month <= max(last, *came):
        counts = {nature: Counter[str]() for nature in NATURES}
        for case, own in cases:
            if own == month:
                counts[case.referred.payload["nature"]][case.came_by] += 1
        ways = [{way: counts[nature][way] for way in WAYS} for nature in NATURES]
        found.append(CaseMonth(month, *ways))
        month = month.next()
    return tuple(found)


def _on_time(cases: Iterable[CaseHistory], zones: Zones, as_of: dt.datetime) -> Ratio:
    """Complaints that kept their last date, out of those of which it can be said."""
    kept = over = 0
    for case in cases:
        if case.due is None:
            continue
        settled = None if case.settled is None else zones.day(case.settled)
        if settled is not None and settled <= case.due:
            kept += 1
        elif settled is not None or case.due < day_of(as_of, zones.zone(case.population)):
            over += 1
    return Ratio(kept, kept + over, "complaints settled by their last date")
