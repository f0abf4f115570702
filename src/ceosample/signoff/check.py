"""Whether the ledger is whole: every event, hash, look-up column and kept text, in one pass."""

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
from ceosample.signoff.rules import clock
from ceosample.signoff.rules.in_force import FIRST, rules_after
from ceosample.signoff.store.events import NOTHING_BEFORE, Event, Subject
from ceosample.signoff.store.store import Store, row_of, text_digest
from ceosample.text import quoted


class ChainLevel(IntEnum):
    """How far a check of the ledger came."""

    BROKEN = 0  #: an event was changed, or one is missing
    INTACT = 1  #: every event follows from the one before; a cut tail would not show
    ANCHORED = 2  #: and the head that is on paper is among them


@attrs.frozen
class ChainReport(Result):
    """What a check of the ledger found.

    Attributes:
        level: how far it came.
        first_difference: the first bad event, in words; None if every event is as it was.
        events: the number of events checked.
        head: the hash of the newest event, or None in an empty ledger.
        notes: what only newer rules than an event's own would refuse in it, in words; it counts as
            before.
    """

    level: ChainLevel
    first_difference: str | None
    events: int
    head: str | None
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the check found no difference."""
        return self.first_difference is None

    def to_dict(self) -> dict[str, Json]:
        """For JSON; without notes as 0.1 wrote it."""
        fields = super().to_dict()
        if not self.notes:
            del fields["notes"]
        return {"ok": self.ok, **fields}

    def __str__(self) -> str:
        verdict = "ok" if self.ok else "NOT ok"
        lines = [f"{verdict}: {self.level.name}, {self.events} events, head {self.head}"]
        if not self.ok:
            lines.append(f"first difference: {self.first_difference}")
        lines += [f"note: {note}" for note in self.notes]
        return "\n  ".join(lines)

    def _repr_html_(self) -> str:
        facts = [("events", str(self.events)), ("head", self.head or "none")]
        if self.first_difference is not None:
            facts.insert(0, ("first difference", self.first_difference))
        title = f"{'ok' if self.ok else 'NOT ok'}: {self.level.name}"
        return html_facts(title, facts, self.notes)


#: Events whose letters' histories are held in memory at most, but for the newest month's.
HELD: Final = 30_000

Month = tuple[str | None, str | None]

#: The events of a letter before a place in the book.
Earlier = Callable[[Subject, int], Iterable[Event]]


def check_book(store: Store, head: str | None, progress: Progress | None = None) -> ChainReport:
    """The result of checking a whole ledger, events and texts, in memory that does not grow."""
    with watched("checking the ledger", "event", progress) as tell:
        rows = counted(store.rows(), store.count(), tell)
        report = check_rows(rows, head, store.earlier)
    if not report.ok:
        return report
    if report.events == 0:
        fault: str | None = "event 1: missing; the ledger is empty"
    else:
        fault = next(filter(None, map(_text_fault, store.kept())), None)
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
            return ChainReport(ChainLevel.BROKEN, fault, count, newest, tuple(story.notes))
        before, newest, count = event, row.hash, count + 1
        seen = seen or newest == head
    if not seen:
        fault = (
            f"no event has the hash {quoted(head, 64)} that is on paper: events after event "
            f"{count} were cut off, or the ledger was rewritten"
        )
        return ChainReport(ChainLevel.BROKEN, fault, count, newest, tuple(story.notes))
    level = ChainLevel.INTACT if head is None else ChainLevel.ANCHORED
    return ChainReport(level, None, count, newest, tuple(story.notes))


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
        self._before: Event | None = None
        self._rules, self._ahead = FIRST, clock.AHEAD
        self.notes: list[str] = []

    def fault(self, event: Event) -> str | None:
        """What is impossible about an event, after those before it."""
        fault = self._fault_of_times(event)
        if fault is not None:
            return f"event {event.sequence}: {fault}"
        self._before = event
        self._rules = rules_after(event, self._rules)
        self._ahead = clock.ahead_after(event, self._ahead)
        return self._fault(event)

    def _fault_of_times(self, event: Event) -> str | None:
        """What the rules in force refuse in an event for its times.

        Rules 1 refuse a time of the recorder's clock that goes back, and nothing else: what rules 2
        would refuse is a note.
        """
        went_back = self._before is not None and event.recorded_at < self._before.recorded_at
        faults = [*clock.faults_of_times(event, self._before, self._ahead)]
        if went_back and (self._rules == FIRST or event.kind != clock.CORRECTED):
            return "was recorded at an earlier time than the event before it"
        if self._rules == FIRST:
            self.notes += [f"event {event.sequence}: {fault}" for fault in faults]
            return None
        return next(iter(faults), None)

    def _fault(self, event: Event) -> str | None:
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
            if self._seeds.waiting.get(month) == []:  # its last freeze was corrected
                self._seen.discard((*month, "frozen"))
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
