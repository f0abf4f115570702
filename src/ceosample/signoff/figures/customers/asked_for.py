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
from ceosample.signoff.replay.cases import cases_at
from ceosample.signoff.replay.lifecycle import CONTACT_ASKED, CONTACT_FAILED, NO_CONTACT
from ceosample.signoff.replay.valid_events import histories_of, valid_events_at
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event

_HEADER = ["month", "since", "days", "asked by", "owner"]
_ALIGN = "llllrll"

#: What a thing that was asked for is called, by the kind of event that asks for it.
WAITS_FOR: Final = {"contact": "a contact", "escalated_to_board": "the board's answer"}


@attrs.frozen
class AskedFor(Result):
    """One thing that was asked for about a letter or a case, and has not come.

    Attributes:
        kind: ``contact`` or ``escalated_to_board``.
        unit_id, period: the letter; a case and the month in which it came.
        since: the date on which it was asked for.
        days: days from then to the day of asking.
        by: who asked for it.
        owner: who owns it; None where no owner is named.
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
        contacts: letters, or cases, that wait for a contact / those for which one was asked for.
        questions: those whose newest question waits / those escalated to the board.
    """

    waiting: tuple[AskedFor, ...]
    contacts: Ratio
    questions: Ratio

    def __iter__(self) -> Iterator[AskedFor]:
        return iter(self.waiting)

    def __len__(self) -> int:
        return len(self.waiting)

    @property
    def _header(self) -> list[str]:
        return ["waits for", self.contacts.what.partition("s ")[0], *_HEADER]

    @property
    def _title(self) -> str:
        return f"{self.contacts}; {self.questions}"

    def __str__(self) -> str:
        rows = [one.cells for one in self.waiting]
        return f"{self._title}\n\n{text_table(self._header, rows, _ALIGN)}" if rows else self._title

    def _repr_html_(self) -> str:
        return html_table(self._title, self._header, [one.cells for one in self.waiting], _ALIGN)


def asked_for(events: Iterable[Event], *, as_of: dt.datetime) -> StillAsked:
    """What was asked for by a moment, and had not come by then.

    A contact that was asked for waits until one follows that reached the customer. A question to
    the board waits until it is answered, whatever becomes of the letter.

    Args:
        events: a ledger's.
        as_of: the moment, aware; its day is that of each letter's zone.

    Raises:
        LedgerError: a moment without a time zone.

    >>> at = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
    >>> str(asked_for([], as_of=at)).partition(";")[0]
    '0 of 0 letters with a contact asked for still wait for it'
    """
    read = list(events)
    zones = Zones.of(read, as_of)
    known = histories_of(valid_events_at(read, as_of), annotations=True)
    drawn = [history for history in known.values() if history.state != "reserve"]
    return _still(
        [
            _Asker(
                *(history.subject.unit_id, history.subject.period, history.docket.get("owner")),
                contacts=[e for e in history.annotations if e.kind == "contact"],
                question=history.latest("escalated_to_board"),
                answers=[e for e in history.annotations if e.kind == "board_answer"],
                today=day_of(as_of, zones.zone(*history.subject[:2])),
            )
            for history in drawn
        ],
        zones,
        "letters",
    )


def cases_asked_for(events: Iterable[Event], *, as_of: dt.datetime) -> StillAsked:
    """The same of the casebook: the month of a case is the one in which it came.

    Args:
        events: a ledger's.
        as_of: the moment, aware.

    Raises:
        LedgerError: a moment without a time zone.
    """
    read = list(events)
    zones = Zones.of(read, as_of)
    return _still(
        [
            _Asker(
                *(case.id, str(zones.month(case.referred)), case.owner),
                contacts=case.said("contact"),
                question=next(iter(case.said("escalated_to_board")[-1:]), None),
                answers=case.said("board_answer"),
                today=day_of(as_of, zones.zone(case.population)),
            )
            for case in cases_at(read, as_of)
        ],
        zones,
        "cases",
    )


@attrs.frozen
class _Asker:
    """A letter or a case, with the events that ask for something and those that bring it."""

    unit_id: str
    period: str
    owner: str | None
    contacts: Sequence[Event] = attrs.field(kw_only=True)
    question: Event | None = attrs.field(kw_only=True)
    answers: Sequence[Event] = attrs.field(kw_only=True)
    today: dt.date = attrs.field(kw_only=True)


def _still(askers: Iterable[_Asker], zones: Zones, what: str) -> StillAsked:
    asked = [(asker, *found) for asker in askers for found in _asked(asker)]
    waiting = [
        _waiting(asker, kind, zones.day(event), event.actor, tries)
        for asker, kind, event, tries in asked
        if tries is not None
    ]
    waiting.sort(key=lambda one: (one.since, one.period, one.unit_id, one.kind))
    kinds = [kind for _, kind, _, _ in asked]
    open_kinds = [one.kind for one in waiting]
    contact, question = WAITS_FOR
    return StillAsked(
        waiting=tuple(waiting),
        contacts=Ratio(
            open_kinds.count(contact),
            kinds.count(contact),
            f"{what} with a contact asked for still wait for it",
        ),
        questions=Ratio(
            open_kinds.count(question),
            kinds.count(question),
            f"{what} before the board still wait for its answer",
        ),
    )


def _asked(asker: _Asker) -> Iterator[tuple[str, Event, int | None]]:
    """What was asked for, the newest of each kind; with the tries since if it waits."""
    contact, to_the_board = WAITS_FOR
    asked = [event for event in asker.contacts if event.payload["outcome"] == CONTACT_ASKED]
    if asked:
        first = _first_open(asked, asker.contacts)
        after = [e for e in asker.contacts if e.sequence > (first or asked[-1]).sequence]
        tries = sum(event.payload["outcome"] == CONTACT_FAILED for event in after)
        yield contact, first or asked[-1], None if first is None else tries
    question = asker.question
    if question is not None:
        waits = unanswered(question, asker.answers) is not None
        yield to_the_board, question, 0 if waits else None


def unanswered(question: Event | None, answers: Iterable[Event]) -> Event | None:
    """The newest question to the board, while no answer follows it.

    Args:
        question: the newest question; None where there is none.
        answers: the board's, about the same letter or case.
    """
    if question is None or any(event.sequence > question.sequence for event in answers):
        return None
    return question


def _first_open(asked: Sequence[Event], contacts: Sequence[Event]) -> Event | None:
    """The first request after the newest contact that reached the customer; None if all came."""
    reached = [e.sequence for e in contacts if e.payload["outcome"] not in NO_CONTACT]
    return next((e for e in asked if e.sequence > max(reached, default=0)), None)


def _waiting(asker: _Asker, kind: str, since: dt.date, by: str, tries: int) -> AskedFor:
    return AskedFor(
        kind=kind,
        unit_id=asker.unit_id,
        period=asker.period,
        since=since,
        days=(asker.today - since).days,
        by=by,
        owner=asker.owner,
        tries=tries,
    )
