"""What was asked for and has not come yet: contacts with customers, answers of the board."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import attrs

from ceosample.days import day_of
from ceosample.result import Result
from ceosample.show import html_table, text_table
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import CONTACT_ASKED, CONTACT_FAILED
from ceosample.signoff.replay.valid_events import histories_of, valid_events_at
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event

_HEADER = ["waits for", "letter", "month", "since", "days", "asked by", "owner"]
_ALIGN = "llllrll"

#: What a thing that was asked for is called, by the kind of event that asks for it.
WAITS_FOR: Final = {"contact": "a contact", "escalated_to_board": "the board's answer"}


@attrs.frozen
class AskedFor(Result):
    """One thing that was asked for about a letter, and has not come.

    Attributes:
        kind: ``contact`` or ``escalated_to_board``.
        unit_id, period: the letter.
        since: the date on which it was asked for.
        days: days from then to the day of asking.
        by: who asked for it.
        owner: who owns the letter, by its newest version; None where it names nobody.
        tries: the number of contacts since then that did not reach the customer.
    """

    kind: str
    unit_id: str
    period: str
    since: dt.date
    days: int
    by: str
    owner: str | None
    tries: int

    @property
    def cells(self) -> list[str]:
        """Its row of the table."""
        tried = f" ({self.tries} tried)" if self.tries else ""
        what = WAITS_FOR[self.kind] + tried
        since = self.since.isoformat()
        return [what, self.unit_id, self.period, since, str(self.days), self.by, self.owner or "-"]


@attrs.frozen
class StillAsked(Result):
    """What waits for a contact, and for an answer of the board.

    Attributes:
        waiting: each of them, the oldest first.
        contacts: letters that wait for a contact / letters for which one was asked for.
        questions: letters whose newest question waits / letters escalated to the board.
    """

    waiting: tuple[AskedFor, ...]
    contacts: Ratio
    questions: Ratio

    def __iter__(self) -> Iterator[AskedFor]:
        return iter(self.waiting)

    def __len__(self) -> int:
        return len(self.waiting)

    @property
    def _title(self) -> str:
        return f"{self.contacts}; {self.questions}"

    def __str__(self) -> str:
        rows = [one.cells for one in self.waiting]
        return f"{self._title}\n\n{text_table(_HEADER, rows, _ALIGN)}" if rows else self._title

    def _repr_html_(self) -> str:
        return html_table(self._title, _HEADER, [one.cells for one in self.waiting], _ALIGN)


def asked_for(events: Iterable[Event], *, as_of: dt.datetime) -> StillAsked:
    """What was asked for by a moment, and had not come by then.

    A contact that was asked for waits until one follows that reached the customer. A question to
    the board waits until it is answered, whatever becomes of the letter.

    Args:
        events: a ledger's.
        as_of: the moment, aware; its day is that of each letter's zone.

    Raises:
        LedgerError: a moment without a time zone.
    """
    read = list(events)
    zones = Zones.of(read, as_of)
    known = histories_of(valid_events_at(read, as_of), annotations=True)
    drawn = [history for history in known.values() if history.state != "reserve"]
    asked = [pair for history in drawn for pair in _asked(history)]
    waiting = [
        _waiting(history, event, tries, zones, as_of)
        for history, event, tries in asked
        if tries is not None
    ]
    waiting.sort(key=lambda one: (one.since, one.period, one.unit_id, one.kind))
    kinds = [event.kind for _, event, _ in asked]
    open_kinds = [one.kind for one in waiting]
    contact, question = WAITS_FOR
    return StillAsked(
        waiting=tuple(waiting),
        contacts=Ratio(
            open_kinds.count(contact),
            kinds.count(contact),
            "letters with a contact asked for still wait for it",
        ),
        questions=Ratio(
            open_kinds.count(question),
            kinds.count(question),
            "letters before the board still wait for its answer",
        ),
    )


def _asked(history: History) -> Iterator[tuple[History, Event, int | None]]:
    """What was asked for of a letter, the newest of each kind; with the tries since if it waits."""
    contacts = [event for event in history.annotations if event.kind == "contact"]
    asked = [event for event in contacts if event.payload["outcome"] == CONTACT_ASKED]
    if asked:
        first = _first_open(asked, contacts)
        after = [event for event in contacts if event.sequence > (first or asked[-1]).sequence]
        tries = sum(event.payload["outcome"] == CONTACT_FAILED for event in after)
        yield history, first or asked[-1], None if first is None else tries
    question = history.latest("escalated_to_board")
    if question is not None:
        answers = (event for event in history.annotations if event.kind == "board_answer")
        answered = any(event.sequence > question.sequence for event in answers)
        yield history, question, None if answered else 0


def _first_open(asked: Sequence[Event], contacts: Sequence[Event]) -> Event | None:
    """The first request after the newest contact that reached the customer; None if all came."""
    no_contact = (CONTACT_ASKED, CONTACT_FAILED)
    reached = [e.sequence for e in contacts if e.payload["outcome"] not in no_contact]
    return next((e for e in asked if e.sequence > max(reached, default=0)), None)


def _waiting(
    history: History, event: Event, tries: int, zones: Zones, as_of: dt.datetime
) -> AskedFor:
    since = zones.day(event)
    today = day_of(as_of, zones.zone(*history.subject[:2]))
    return AskedFor(
        kind=event.kind,
        unit_id=history.subject.unit_id,
        period=history.subject.period,
        since=since,
        days=(today - since).days,
        by=event.actor,
        owner=history.docket.get("owner"),
        tries=tries,
    )
