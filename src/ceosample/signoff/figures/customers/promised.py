"""Promises to customers and actions against causes: which are open, kept, broken, overdue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import attrs

from ceosample.days import day_of
from ceosample.result import Result
from ceosample.show import html_table, text_table
from ceosample.signoff.figures.open_letters import whole_days
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.replay import promised
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.valid_events import histories_of, valid_events_at
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event

_HEADER: Final = ["promised", "letter", "month", "who", "due", "days left"]
_ALIGN: Final = "lllllr"

OPEN, KEPT, BROKEN = "open", "kept", "broken"


@attrs.frozen
class Promised(Result):
    """A promise to a customer, or an action against a cause.

    Attributes:
        name: what it is, as a code: ``payment``, ``call-back``.
        unit_id, period: the letter.
        cause: the cause of an action; None of a promise.
        owner: who is to do it: the person who was named, or else the letter's owner; None where its
            newest version names nobody.
        due: the date by which it is to be done.
        state: ``open``, ``kept`` or ``broken``.
        days_left: days from the day of asking to ``due``; below 0 once that is over.
        in_time: whether it was kept by ``due``; None unless it was kept.
        evidence: the SHA-256 of the file that shows what came of it, or None.
    """

    name: str
    unit_id: str
    period: str
    cause: str | None
    owner: str | None
    due: dt.date
    state: str
    days_left: int
    in_time: bool | None
    evidence: str | None

    @property
    def is_open(self) -> bool:
        """Whether nothing was said to have come of it."""
        return self.state == OPEN

    @property
    def overdue(self) -> bool:
        """Whether it is open, and its date is over."""
        return self.is_open and self.days_left < 0

    @property
    def cells(self) -> list[str]:
        """Its row of the table."""
        left = f"{self.days_left}{' (overdue)' if self.overdue else ''}"
        what = self.name if self.cause is None else f"{self.name}, against {self.cause}"
        return [what, self.unit_id, self.period, self.owner or "-", self.due.isoformat(), left]


@attrs.frozen
class OpenPromises(Result):
    """Promises and actions that are open.

    Attributes:
        items: each of them, by the date by which it is to be done.
        pressing: of these, overdue ones and those due within the days that were asked for / open.
    """

    items: tuple[Promised, ...]
    pressing: Ratio

    def __iter__(self) -> Iterator[Promised]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __str__(self) -> str:
        rows = [one.cells for one in self.items]
        table = f"\n\n{text_table(_HEADER, rows, _ALIGN)}" if rows else ""
        return f"{self.pressing}{table}"

    def _repr_html_(self) -> str:
        return html_table(str(self.pressing), _HEADER, [one.cells for one in self.items], _ALIGN)


@attrs.frozen
class PromiseFigures(Result):
    """What became of a number of promises.

    Attributes:
        letters: letters with a promise / letters ever selected.
        kept, broken, open: promises by what came of them / promises.
        in_time: kept by their date / kept.
        overdue: open though their date is over / open.
    """

    letters: Ratio
    kept: Ratio
    broken: Ratio
    open: Ratio
    in_time: Ratio
    overdue: Ratio

    def __str__(self) -> str:
        ratios = (self.kept, self.in_time, self.broken, self.overdue)
        return "; ".join(str(ratio) for ratio in ratios if ratio.of) or "no promise is on record"


@attrs.frozen
class DefectCause(Result):
    """Why defects came about, and what is done about it.

    Attributes:
        cause: its code.
        letters: letters with a finding that names it / letters with a finding.
        done: actions that were done / actions against it.
        overdue: open actions whose date is over / open actions.
    """

    cause: str
    letters: Ratio
    done: Ratio
    overdue: Ratio


def open_promises(events: Iterable[Event], *, as_of: dt.datetime, within: int = 0) -> OpenPromises:
    """Promises and actions that were open at a moment, those due first before the others.

    Args:
        events: a ledger's.
        as_of: the moment, aware; its day is that of each letter's zone.
        within: calendar days, 0 or more, for the count of those that press.

    Raises:
        LedgerError: a moment without a time zone, or another number of days.

    >>> at = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
    >>> print(open_promises([], as_of=at, within=5))
    0 of 0 open promises and actions are overdue or due in 5 days
    """
    within = whole_days(within)
    read = list(events)
    histories = histories_of(valid_events_at(read, as_of), annotations=True).values()
    found = [one for one in promised_of(histories, Zones.of(read, as_of), as_of) if one.is_open]
    found.sort(key=lambda one: (one.due, one.period, one.unit_id, one.name))
    pressing = sum(one.days_left <= within for one in found)
    what = f"open promises and actions are overdue or due in {within} days"
    return OpenPromises(tuple(found), Ratio(pressing, len(found), what))


def promised_of(
    histories: Iterable[History], zones: Zones, as_of: dt.datetime
) -> Iterator[Promised]:
    """The promises and the actions of letters, with annotations, as they stand at a moment."""
    for history in histories:
        if history.state != "reserve":
            items = (*promised.promises(history).values(), *promised.actions(history).values())
            yield from (_promised(history, item, zones, as_of) for item in items)


def _promised(
    history: History, item: promised.Undertaking, zones: Zones, as_of: dt.datetime
) -> Promised:
    due, done = dt.date.fromisoformat(item.due), item.done
    today = day_of(as_of, zones.zone(*history.subject[:2]))
    return Promised(
        name=item.name,
        unit_id=history.subject.unit_id,
        period=history.subject.period,
        cause=item.cause,
        owner=item.to or history.docket.get("owner"),
        due=due,
        state=OPEN if done is None else KEPT if item.kept else BROKEN,
        days_left=(due - today).days,
        in_time=None if done is None or not item.kept else zones.day(done) <= due,
        evidence=None if done is None else done.payload.get("evidence"),
    )


def promise_figures(items: Iterable[Promised], letters: int) -> PromiseFigures:
    """What became of promises; actions are left out.

    Args:
        items: what :func:`promised_of` gives.
        letters: letters ever selected.
    """
    found = [one for one in items if one.cause is None]
    counts = {state: sum(one.state == state for one in found) for state in (OPEN, KEPT, BROKEN)}
    return PromiseFigures(
        letters=Ratio(len({(p.period, p.unit_id) for p in found}), letters, "letters promise"),
        kept=Ratio(counts[KEPT], len(found), "promises were kept"),
        broken=Ratio(counts[BROKEN], len(found), "were broken"),
        open=Ratio(counts[OPEN], len(found), "are open"),
        in_time=Ratio(sum(one.in_time is True for one in found), counts[KEPT], "in time"),
        overdue=Ratio(sum(one.overdue for one in found), counts[OPEN], "open promises are overdue"),
    )


def causes_of(histories: Iterable[History], items: Sequence[Promised]) -> tuple[DefectCause, ...]:
    """The causes that findings name, the commonest first, with the actions against each."""
    with_finding = [h for h in histories if any(e.kind == "finding" for e in h.annotations)]
    named: dict[str, int] = {}
    for history in with_finding:
        for cause in promised.causes(history):
            named[cause] = named.get(cause, 0) + 1
    return tuple(
        _cause(cause, Ratio(number, len(with_finding), "letters with a finding"), items)
        for cause, number in sorted(named.items(), key=lambda pair: (-pair[1], pair[0]))
    )


def _cause(cause: str, letters: Ratio, items: Sequence[Promised]) -> DefectCause:
    own = [one for one in items if one.cause == cause]
    still = [one for one in own if one.is_open]
    return DefectCause(
        cause=cause,
        letters=letters,
        done=Ratio(len(own) - len(still), len(own), "actions done"),
        overdue=Ratio(sum(one.overdue for one in still), len(still), "open actions overdue"),
    )
