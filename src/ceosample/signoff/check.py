"""Whether the ledger is whole: every event, hash, look-up column and kept text, in one pass.

And whether the database gives them back: figures are read through its indexes, which the pass does
not see.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import Any, Final

import attrs

from ceosample.canonical import Json, digest
from ceosample.errors import ConflictError, LedgerError, SeedError
from ceosample.progress import Progress, counted, watched
from ceosample.result import Result
from ceosample.show import html_facts
from ceosample.signoff.replay import past_signoffs, titles
from ceosample.signoff.replay.history import History, follow, replay
from ceosample.signoff.replay.lifecycle import STATES, WRONG_PAYLOAD
from ceosample.signoff.replay.seeds import KINDS as SEED_KINDS
from ceosample.signoff.replay.seeds import Seeds
from ceosample.signoff.store.databases import DamagedError
from ceosample.signoff.store.difference import Difference
from ceosample.signoff.store.events import NOTHING_BEFORE, Event, Subject
from ceosample.signoff.store.soundness import differences
from ceosample.signoff.store.store import Store, row_of, text_digest
from ceosample.text import quoted


class ChainLevel(IntEnum):
    """How far a check of the ledger came."""

    #: an event was changed or is missing, or the database does not find each one
    BROKEN = 0
    INTACT = 1  #: every event follows from the one before; a cut tail would not show
    ANCHORED = 2  #: and the head that is on paper is among them


@attrs.frozen
class ChainReport(Result):
    """What a check of the ledger found.

    Attributes:
        level: how far it came.
        first_difference: the first bad event, in words, or else the first of ``database``; None if
            everything is as it was.
        events: the number of events checked.
        head: the hash of the newest event, or None in an empty ledger.
        database: what differs in the database's tables, indexes and triggers, in words.
    """

    level: ChainLevel
    first_difference: str | None
    events: int
    head: str | None
    database: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the check found no difference."""
        return self.first_difference is None

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {"ok": self.ok, **super().to_dict()}

    def _more(self) -> tuple[str, ...]:
        """What differs in the database, but for what the first difference tells."""
        told = self.first_difference or ""
        return tuple(said for said in self.database if not told.startswith(said))

    def __str__(self) -> str:
        verdict = "ok" if self.ok else "NOT ok"
        told = [f"{verdict}: {self.level.name}, {self.events} events, head {self.head}"]
        if not self.ok:
            told.append(f"  first difference: {self.first_difference}")
        told += [f"  database: {said}" for said in self._more()]
        return "\n".join(told)

    def _repr_html_(self) -> str:
        facts = [("events", str(self.events)), ("head", self.head or "none")]
        facts += [("database", said) for said in self._more()]
        if self.first_difference is not None:
            facts.insert(0, ("first difference", self.first_difference))
        return html_facts(f"{'ok' if self.ok else 'NOT ok'}: {self.level.name}", facts)


#: Events whose letters' histories are held in memory at most, but for the newest month's.
HELD: Final = 30_000

#: What to do about a database that differs.
REPAIR: Final = "every event is as it was; put the rest right with 'ceosample repair'"

Month = tuple[str | None, str | None]

#: The events of a letter before a place in the book.
Earlier = Callable[[Subject, int], Iterable[Event]]


def check_book(store: Store, head: str | None, progress: Progress | None = None) -> ChainReport:
    """The result of checking a whole ledger: its database, its events and texts.

    Memory does not grow with the ledger while its database is sound.
    """
    report, different = check_parts(store, head, progress)
    if not different:
        return report
    told = tuple(map(str, different))
    first = report.first_difference or f"{told[0]}; {REPAIR}"
    return attrs.evolve(report, level=ChainLevel.BROKEN, first_difference=first, database=told)


def check_parts(
    store: Store, head: str | None = None, progress: Progress | None = None
) -> tuple[ChainReport, list[Difference]]:
    """The result of checking events and texts alone, and what differs in the database."""
    different = differences(store)
    # A letter's earlier events are looked up by an index, which must then be one that gives them.
    earlier = None if different else store.earlier
    return _check_events(store, head, earlier, progress), different


def _check_events(
    store: Store, head: str | None, earlier: Earlier | None, progress: Progress | None
) -> ChainReport:
    """The result of walking through all events, and of checking the texts that are kept."""
    try:
        with watched("checking the ledger", "event", progress) as tell:
            rows = counted(store.rows(), store.count(), tell)
            report = check_rows(rows, head, earlier)
        if not report.ok:
            return report
        if report.events == 0:
            fault: str | None = "event 1: missing; the ledger is empty"
        else:
            fault = next(filter(None, map(_text_fault, store.kept())), None)
    except LedgerError as error:
        if earlier is not None and not isinstance(error, DamagedError):
            raise  # it was refused, and nothing tells that it is broken
        return ChainReport(ChainLevel.BROKEN, str(error), 0, None)
    if fault is None:
        return report
    return attrs.evolve(report, level=ChainLevel.BROKEN, first_difference=fault)


def check_rows(
    rows: Iterable[Any], head: str | None, earlier: Earlier | None = None
) -> ChainReport:
    """The result of checking stored rows in their order.

    Args:
        rows: the rows.
        head: a hash from paper that must be among them.
        earlier: how to look back; without it every history is held in memory.
    """
    before: Event | None = None
    newest: str | None = None
    count, seen = 0, head is None
    story = _Story(earlier)
    for row in rows:
        event, fault = _check_row(row, before, newest)
        if event is not None:
            fault = story.fault(event)
        if fault is not None or event is None:
            return ChainReport(ChainLevel.BROKEN, fault, count, newest)
        before, newest, count = event, row.hash, count + 1
        seen = seen or newest == head
    if not seen:
        fault = (
            f"no event has the hash {quoted(head, 64)} that is on paper: events after event "
            f"{count} were cut off, or the ledger was rewritten"
        )
        return ChainReport(ChainLevel.BROKEN, fault, count, newest)
    level = ChainLevel.INTACT if head is None else ChainLevel.ANCHORED
    return ChainReport(level, None, count, newest)


class _Letters:
    """What happened to each letter so far, of the months that something happened to lately.

    The months longest untouched are let go when there is too much to hold. A letter of one of
    them that is heard of again is looked up in the book, whose rows were checked on the way.
    """

    def __init__(self, earlier: Earlier | None) -> None:
        self._earlier = earlier
        self._months: OrderedDict[Month, dict[Subject, History]] = OrderedDict()
        self._gone: set[Month] = set()
        self._begun: dict[Month, int] = {}
        self._sizes: Counter[Month] = Counter()

    def around(self, event: Event) -> dict[Subject, History]:
        """Histories, the one of the event's letter among them if it has one.

        Raises:
            LedgerError: the book was changed while it was checked.
        """
        month = (event.population, event.period)
        if event.kind == "superseded":  # the month begins anew, with no letter
            self._begun[month] = event.sequence
            self._gone.discard(month)
            self._months[month] = {}
        if month in self._gone and self._earlier is not None:
            if event.subject is None:
                return {}
            begun = self._begun.get(month, 0)
            events = self._earlier(event.subject, event.sequence)
            return replay(said for said in events if said.sequence > begun)
        histories = self._months.setdefault(month, {})
        self._months.move_to_end(month)
        self._sizes[month] += 1
        self._let_go()
        return histories

    def _let_go(self) -> None:
        if self._earlier is None:
            return
        while self._sizes.total() > HELD and len(self._months) > 1:
            month, _ = self._months.popitem(last=False)
            del self._sizes[month]
            self._gone.add(month)


class _Story:
    """What the events tell: a chain of right hashes can still tell what cannot have happened."""

    #: What a month must have seen before an event of this kind.
    BEFORE: Final = {
        "seed_revealed": "frozen",
        "drawn": "seed_revealed",
        "selected": "drawn",
        "superseded": "drawn",
    }

    #: What a month must not have seen: it has one seed and one draw, and no freeze after them.
    NOT_AFTER: Final = {
        "frozen": "seed_revealed",
        "seed_revealed": "seed_revealed",
        "drawn": "drawn",
        "imported": "frozen",
    }

    def __init__(self, earlier: Earlier | None) -> None:
        self._letters = _Letters(earlier)
        self._seeds = Seeds()
        self._seen: set[tuple[str | None, str | None, str]] = set()

    def fault(self, event: Event) -> str | None:
        """What is impossible about an event, after those before it."""
        if event.kind == "opened" and event.sequence != 1:
            return f"event {event.sequence}: opened again"
        if event.kind != "opened" and event.sequence == 1:
            return f"event 1: got {quoted(event.kind)}; a ledger begins with 'opened'"
        month = (event.population, event.period)
        needed, barred = self.BEFORE.get(event.kind), self.NOT_AFTER.get(event.kind)
        if needed is not None and (*month, needed) not in self._seen:
            return f"event {event.sequence}: {event.kind} before {needed}"
        if barred is not None and (*month, barred) in self._seen:
            return f"event {event.sequence}: {event.kind} after {barred}"
        if event.kind == "superseded":
            self._seen -= {(*month, kind) for kind in (*self.NOT_AFTER, "superseded")}
        self._seen.add((*month, event.kind))
        try:
            self._require_seeds_in_order(event)
            titles.require_in(event)
            if event.kind in past_signoffs.KINDS:
                past_signoffs.require(event)
            histories = self._letters.around(event)
            before = histories.get(event.subject) if event.subject else None
            if before is not None and event.kind in STATES:
                before.require(event.kind, event.actor, event.payload)
            follow(histories, event)
        except (ConflictError, LedgerError, SeedError) as error:
            where = f"event {event.sequence}"
            return str(error) if str(error).startswith(where) else f"{where}: {error}"
        return None

    def _require_seeds_in_order(self, event: Event) -> None:
        """Raise if the ledger would have refused what an event holds about chains and seeds."""
        if event.kind not in SEED_KINDS:
            return
        try:
            self._seeds.require(event)
            self._seeds.take(event)
        except (ConflictError, LedgerError, SeedError):
            raise
        except (KeyError, TypeError, ValueError):
            raise LedgerError(WRONG_PAYLOAD) from None


def _check_row(
    row: Any, before: Event | None, newest: str | None
) -> tuple[Event | None, str | None]:
    """The event of a row, or the first thing that is wrong with it."""
    expected = 1 if before is None else before.sequence + 1
    where = f"event {row.sequence}"
    if row.sequence != expected:
        return None, f"event {expected}: missing; the next one there is event {row.sequence}"
    if not isinstance(row.text, str):
        return None, f"{where}: its text is not text"
    data = row.text.encode(errors="surrogateescape")
    if digest(data) != row.hash:
        return None, f"{where}: its text was changed, or its hash; they do not fit each other"
    try:
        event = Event.parse(data)
    except (ValueError, TypeError) as error:
        return None, f"{where}: {error}"
    if event.previous != (newest or NOTHING_BEFORE):
        return None, f"{where}: does not follow from the event before it; that one was changed"
    for name, value in row_of(event).items():
        if getattr(row, name) != value:
            return (
                None,
                f"{where}: the column {name} holds {quoted(getattr(row, name))}, the event's text "
                f"{quoted(value)}",
            )
    if before is not None and event.recorded_at < before.recorded_at:
        return None, f"{where}: was recorded at an earlier time than the event before it"
    return event, None


def _text_fault(row: Any) -> str | None:
    """What is wrong with a text that is kept; one that was erased is not missing."""
    where = f"text {quoted(row.digest, 64)}"
    if not isinstance(row.text, str) or not isinstance(row.salt, str):
        return f"{where}: it or its salt is not text"
    try:
        salt = bytes.fromhex(row.salt)
    except ValueError:
        return f"{where}: its salt is not hexadecimal"
    if text_digest(salt, row.text) != row.digest:
        return f"{where}: the text or its salt was changed; together they have another digest"
    return None
