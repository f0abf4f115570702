"""Whether the ledger is whole: every event, hash, look-up column and kept text, in one pass.

And whether the database gives them back: figures are read through its indexes, which the pass does
not see.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any, Final

import attrs

from ceosample.canonical import Json, is_digest
from ceosample.collector import collector_resting
from ceosample.errors import DamagedError, LedgerError
from ceosample.got import got
from ceosample.problems import gathered
from ceosample.progress import Progress, counted, watched
from ceosample.result import Result
from ceosample.show import html_facts
from ceosample.signoff.checked_before import Passed, pass_to, rest_of
from ceosample.signoff.keys.check_signatures import SignatureReport, check_signatures
from ceosample.signoff.proving.written import WrittenEvents
from ceosample.signoff.rules.in_force import KIND as RULES
from ceosample.signoff.rules.in_force import NEWEST
from ceosample.signoff.rules.judge import judge, readable
from ceosample.signoff.rules.walk import Earlier, Walk
from ceosample.signoff.store.difference import Difference
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.read_rows import ReadRow, read_pages, read_rows
from ceosample.signoff.store.soundness import differences
from ceosample.signoff.store.store import Store, text_digest
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
        problems: every bad event, in words, then ``database``. A check goes on after an event that
            its own rules refuse, and stops at one whose hash is wrong.
        notes: events that later rules would refuse, in words; under their own they count.
        database: what differs in the database's tables, indexes and triggers, in words.
        checked_from: the number of the event whose hash was given as a head up to which a check was
            made before: what came before it is hashed, and not judged again. None where every event
            was judged.
        signatures: who signed which events; None in a ledger whose recorders have no keys.
    """

    level: ChainLevel
    first_difference: str | None
    events: int
    head: str | None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    database: tuple[str, ...] = ()
    checked_from: int | None = None
    signatures: SignatureReport | None = None

    @property
    def ok(self) -> bool:
        """Whether the check found no difference."""
        return self.first_difference is None

    def to_dict(self) -> dict[str, Json]:
        """For JSON; without notes as 0.1 wrote it."""
        fields = super().to_dict()
        if not self.notes:
            del fields["notes"]
        if self.checked_from is None:
            del fields["checked_from"]
        if self.signatures is None:
            del fields["signatures"]
        return {"ok": self.ok, **fields}

    @property
    def checked_words(self) -> str:
        """Which events were judged, where it is not all of them; else empty."""
        if self.checked_from is None:
            return ""
        return f"checked from event {self.checked_from} on, by a head given"

    def __str__(self) -> str:
        verdict = "ok" if self.ok else "NOT ok"
        text = f"{verdict}: {self.level.name}, {self.events} events, head {self.head}"
        text = "; ".join(filter(None, [text, self.checked_words]))
        lines = [] if self.ok else [f"first difference: {self.first_difference}"]
        lines += [f"problem: {problem}" for problem in self.problems[1:]]
        lines += [] if self.signatures is None else self.signatures.lines()
        return "\n  ".join([text, *lines, *(f"note: {note}" for note in gathered(self.notes))])

    def _repr_html_(self) -> str:
        facts = [("events", str(self.events)), ("head", self.head or "none")]
        if self.first_difference is not None:
            facts.insert(0, ("first difference", self.first_difference))
        facts += [("checked", self.checked_words)] if self.checked_words else []
        facts += [("problem", problem) for problem in self.problems[1:]]
        if self.signatures is not None:
            facts += [("signatures", line) for line in self.signatures.lines()]
        facts += [("note", note) for note in gathered(self.notes)]
        return html_facts(f"{'ok' if self.ok else 'NOT ok'}: {self.level.name}", facts)


#: What to do about a database that differs.
REPAIR: Final = "every event is as it was; put the rest right with 'ceosample repair'"

#: A part of a hash, such as the one in the name of a closing sheet.


def check_book(
    store: Store,
    head: str | None,
    progress: Progress | None = None,
    checked_head: str | None = None,
) -> ChainReport:
    """The result of checking a whole ledger: its database, its events and texts.

    Memory does not grow with the ledger while its database is sound.

    Raises:
        LedgerError: what is no hash, or a part of one: a slip, which says nothing of the ledger.
    """
    for name, given in (("head", head), ("checked_head", checked_head)):
        if given is not None and not is_digest(given):
            raise LedgerError(
                f"{name}: {got(given)}; give all 64 digits, as the foot of the closing sheet "
                "has them (a file's name has 8), in lower case"
            )
    report, different = check_parts(store, head, progress, checked_head)
    if not different:
        return _with_signatures(store, report)
    told = tuple(map(str, different))
    return attrs.evolve(
        report,
        level=ChainLevel.BROKEN,
        first_difference=report.first_difference or f"{told[0]}; {REPAIR}",
        problems=(*report.problems, *told),
        database=told,
    )


def _with_signatures(store: Store, report: ChainReport) -> ChainReport:
    """The result with that of checking who signed the events, where these are whole."""
    if not report.ok:
        return report
    found = check_signatures(store, report.events, report.checked_from or 0)
    if found is None or not found.problems:
        return attrs.evolve(report, signatures=found)
    return attrs.evolve(
        report,
        level=ChainLevel.BROKEN,
        first_difference=found.problems[0],
        problems=found.problems,
        signatures=found,
    )


def check_parts(
    store: Store,
    head: str | None = None,
    progress: Progress | None = None,
    checked_head: str | None = None,
) -> tuple[ChainReport, list[Difference]]:
    """The result of checking events and texts alone, and what differs in the database."""
    different = differences(store)
    try:
        # What went before is looked up by an index, which must then be one that gives it.
        if checked_head is None or different:
            report = _check_events(store, head, None if different else _earlier(store), progress)
        else:
            report = _check_after(store, checked_head, head, _earlier(store), progress)
    except LedgerError as error:
        if not different and not isinstance(error, DamagedError):
            raise  # it was refused, and nothing tells that it is broken
        report = _report([str(error)], 0, None, [])
    return report, different


def _earlier(store: Store) -> Earlier:
    """How a walk looks back into a sound database."""
    begun = list(store.pages(kind=RULES))

    def earlier(sequence: int, /, **wanted: str | None) -> list[Event]:
        return [*readable(store.earlier(sequence, **wanted), begun, tell=False)]

    return earlier


def _check_events(
    store: Store, head: str | None, earlier: Earlier | None, progress: Progress | None
) -> ChainReport:
    """The result of walking through all events, and of checking the texts that are kept."""
    with watched("checking the ledger", "event", progress) as tell:
        read = counted(
            read_pages(store.row_pages(), quick=WrittenEvents().read), store.count(), tell
        )
        report = _judged(read, head, Walk(earlier))
    return _with_texts(store, report)


def _check_after(
    store: Store, checked: str, head: str | None, earlier: Earlier, progress: Progress | None
) -> ChainReport:
    """The same, where a head proves the events up to its own, and only later ones are judged."""
    pages, walk = store.row_pages(), Walk(earlier)
    with watched("checking the ledger", "event", progress) as tell:
        passed = pass_to(checked, pages, walk, head)
        number, newest = passed.place
        if passed.fault is not None:
            return _report([passed.fault], number, newest if number else None, [])
        tell(number, of := store.count())
        read = read_pages(rest_of(passed, pages), passed.place, WrittenEvents().read)
        later = counted(read, of, lambda done, of: tell(number + done, of))
        report = _judged(later, head, walk, passed)
    return attrs.evolve(_with_texts(store, report), checked_from=number)


def _with_texts(store: Store, report: ChainReport) -> ChainReport:
    """The result with that of checking the texts that are kept, where the events are whole."""
    if not report.ok:
        return report
    if report.events == 0:
        fault: str | None = "event 1: missing; the ledger is empty"
    else:
        fault = next(filter(None, map(_text_fault, store.kept())), None)
    if fault is None:
        return report
    return attrs.evolve(report, level=ChainLevel.BROKEN, first_difference=fault, problems=(fault,))


def check_rows(
    rows: Iterable[Any], head: str | None, earlier: Earlier | None = None
) -> ChainReport:
    """The result of checking stored rows in their order.

    Args:
        rows: the rows.
        head: a hash from paper that must be among them.
        earlier: how to look back; without it every event is held in memory.
    """
    return _judged(read_rows(rows), head, Walk(earlier))


@collector_resting()  # events have no circles, and are many
def _judged(
    read: Iterable[ReadRow], head: str | None, walk: Walk, passed: Passed | None = None
) -> ChainReport:
    """The result of judging the events of rows in their order, after those that were passed."""
    newest: str | None = None
    count, seen = 0, head is None
    if passed is not None:
        (count, newest), seen = passed.place, passed.seen
    problems: list[str] = []
    notes: list[str] = []
    committed: Event | None = None
    for stored, event, fault, is_written in read:
        if event is None or fault is not None:
            return _report([*problems, str(fault)], count, newest, notes)
        verdict = judge(event, walk, NEWEST if is_written else None)
        if verdict.notes:
            notes += [_at(event, note) for note in verdict.notes]
        if verdict.fault is None:
            walk.take(event)
        else:
            problems.append(_at(event, verdict.fault.faults[0]))
            walk.pass_over(event, malformed=verdict.malformed)
        newest, count = stored, count + 1
        seen = seen or newest == head
        if event.kind == "frozen" and head is not None and event.payload.get("commitment") == head:
            committed = event
    missing = None if walk.unfinished is None else walk.unfinished.missing()
    if missing is not None:
        problems.append(f"event {count + 1}: missing; {missing}")
    if not seen and committed is not None:
        problems.append(
            f"no event has the hash {quoted(head, 64)}: it is the commitment that event "
            f"{committed.sequence} froze; give the hash on the sheet's line Event"
        )
    elif not seen:
        problems.append(
            f"no event has the hash {quoted(head, 64)} that is on paper: events after event "
            f"{count} were cut off, or the ledger was rewritten"
        )
    level = ChainLevel.INTACT if head is None else ChainLevel.ANCHORED
    return _report(problems, count, newest, notes, level)


def _report(
    problems: list[str],
    count: int,
    newest: str | None,
    notes: list[str],
    level: ChainLevel = ChainLevel.BROKEN,
) -> ChainReport:
    """The report of a check; it is broken wherever there is a problem."""
    first = problems[0] if problems else None
    reached = ChainLevel.BROKEN if problems else level
    return ChainReport(reached, first, count, newest, tuple(problems), tuple(notes))


def _at(event: Event, words: str) -> str:
    """What is said of an event, with its number in front."""
    where = f"event {event.sequence}: "
    return words if words.startswith(where) else where + words


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
