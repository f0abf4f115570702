"""What people record about letters: states, findings, corrections, erasure."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ceosample.canonical import Json, is_digest
from ceosample.errors import LedgerError, raise_faults
from ceosample.period import Period
from ceosample.signoff.recording import event_fields, requirements
from ceosample.signoff.recording.event_fields import code
from ceosample.signoff.recording.resolutions import erase_words
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import ANNOTATIONS, STATES
from ceosample.signoff.rules.clock import CLAIMED
from ceosample.signoff.rules.duties import labels_of
from ceosample.signoff.rules.unfinished import moved_up
from ceosample.signoff.store.events import Event, Subject, instant, moment
from ceosample.text import fault_in_name, quoted

if TYPE_CHECKING:  # a pack comes from where letters are set: who reads a ledger needs none
    from ceosample.letters.papers.pack import Pack

#: What an event holds next to what was given: who recorded it, and the labels that duties add.
_ADDED = ("recorder", "text", "own_letter", "for", CLAIMED)


def send(transaction: Transaction, pack: Pack, by: str, at: dt.datetime) -> tuple[Event, ...]:
    """Record that a pack's letters went to the signatory; see ``Ledger.send``."""
    subject = (pack.population, pack.period)
    requirements.require_pack(pack, transaction.month(*subject).get("drawn"))
    histories = transaction.histories(*subject)
    sent: list[Event] = []
    faults: list[str] = []
    for letter in pack:
        history = histories.get(Subject(*subject, letter.unit_id))
        try:
            found, new = requirements.send(history, letter, pack, transaction.rules)
        except LedgerError as error:
            faults += error.faults
            continue
        for kind, payload in new:
            found = transaction.append(kind, by, at, payload, *subject, letter.unit_id)
        if found is not None:
            sent.append(found)
    raise_faults(LedgerError, faults)  # inside the transaction, which is then undone
    return tuple(sent)


def record(
    transaction: Transaction,
    kind: str,
    unit_id: str,
    by: str,
    at: dt.datetime,
    population: str | None,
    period: str | Period | None,
    said: Mapping[str, Any],
) -> Event:
    """Record an event of a letter; see ``Ledger.record``."""
    if not isinstance(kind, str):
        raise LedgerError(
            f"letter {quoted(unit_id)}, kind: got {quoted(kind)}; give the event's kind as text"
        )
    moment(at, "at")
    return record_of(
        transaction, transaction.history(unit_id, population, period), kind, by, at, said
    )


def record_of(
    transaction: Transaction,
    history: History,
    kind: str,
    by: str,
    at: dt.datetime,
    said: Mapping[str, Any],
    *,
    read: str | None = None,
    recorded: Sequence[Event] = (),
    claimed: dt.datetime | None = None,
) -> Event:
    """Record an event of the letter with this history.

    Args:
        transaction: the ledger.
        history: the letter's.
        kind, by, at, said: what is recorded, by whom, when it happened, and its fields.
        read: the digest of the letter that was read, where that is known: it must be the newest.
        recorded: for what comes from a file, all events of the letter: what one of them has at the
            same moment is not recorded again, whatever came after, a correction too.
        claimed: the time that a wrong clock gave, where ``at`` is what was made of it; or None.
    """
    unit_id = history.subject.unit_id
    payload = _payload(history, kind, unit_id, said)
    text = payload.pop("text", None)
    earlier = history.annotations if kind in ANNOTATIONS else recorded
    said_at = moment(at if claimed is None else claimed, "at")
    before = _said_before(transaction, history, kind, by, said_at, payload, text, earlier)
    if before is not None:
        return before
    if read is not None and read != history.letter:
        newest_one = "not rendered yet" if history.letter is None else history.letter[:8]
        raise LedgerError(
            f"letter {unit_id}: the version {read[:8]} was posted, and the newest is {newest_one}; "
            "give the code of the version that was signed: 'ceosample status --to-post' lists it"
            if kind == "dispatched"
            else f"letter {unit_id}: the version {read[:8]} was read, and the newest is "
            f"{newest_one}; read the newest version and decide again"
        )
    payload |= labels_of(history, kind, by)
    if claimed is not None:
        payload[CLAIMED] = said_at
    if text is not None:
        payload["text"] = transaction.keep(str(text), **history.subject._asdict())
    event = transaction.append(kind, by, at, payload, *history.subject)
    if kind == "replaced":
        _move_up(transaction, history, by, at)
    return event


def _payload(history: History, kind: str, unit_id: str, said: Mapping[str, Any]) -> dict[str, Json]:
    """The event's fields, with the digest of the newest version where a letter goes out."""
    saying = event_fields.RECORDABLE.get(kind)
    if saying is not None and "letter" in saying.needs and not kind.startswith("signed"):
        said = {"letter": history.letter} | {n: v for n, v in said.items() if v is not None}
    found = event_fields.read(kind, unit_id, said)
    if kind == "sent_for_signature":  # a delegation is recalled: the same letter as before
        recalled = _recalls(history)
        sent = history.standing(kind) if history.state == "delegated" else None
        if sent is None and not recalled:
            raise LedgerError(
                f"letter {unit_id}, kind: got {kind!r}, which sending a pack records; record it "
                "by hand only to take back a delegation"
            )
        payload = recalled[-1].payload if sent is None else sent.payload
        return {n: v for n, v in payload.items() if n not in ("recorder", CLAIMED)}
    return found


def _recalls(history: History) -> list[Event]:
    """The events by which a delegation was taken back."""
    return [
        event
        for before, event in itertools.pairwise(history.events)
        if (before.kind, event.kind) == ("delegated", "sent_for_signature")
    ]


def _said_before(
    transaction: Transaction,
    history: History,
    kind: str,
    by: str,
    said_at: str,
    payload: Mapping[str, Json],
    text: Json,
    earlier: Sequence[Event],
) -> Event | None:
    """The event that recorded just this, if recording it again can mean nothing new.

    Of the ``earlier`` events one that has it at the same moment is enough: the one that was
    claimed, however far the clock that gave it was then found to be ahead.
    """

    def is_same(event: Event) -> bool:
        kept = {name: value for name, value in event.payload.items() if name not in _ADDED}
        if (event.kind, event.actor, kept) != (kind, by, dict(payload)):
            return False
        if ("text" in event.payload) != (text is not None):
            return False
        # A text that was erased cannot be compared: the rest has to do.
        return text is None or transaction.text(event.payload["text"]) in (None, text)

    for event in earlier:
        claimed = instant(event.payload.get(CLAIMED, event.at))
        if claimed == instant(said_at) and (is_same(event) or _is_recall(event, kind, by)):
            return event
    standing = None if kind in ANNOTATIONS else history.said_before(kind)
    return standing if standing is not None and is_same(standing) else None


def _is_recall(event: Event, kind: str, by: str) -> bool:
    """Whether a delegation was taken back by it, of whatever version."""
    return kind == event.kind == "sent_for_signature" and event.actor == by


def _move_up(transaction: Transaction, replaced: History, by: str, at: dt.datetime) -> None:
    """Give a replaced letter's place to the next reserve of its line, if there is one."""
    population, period, unit_id = replaced.subject
    up = moved_up(transaction.histories(population, period).values(), replaced)
    if up is not None:
        payload = {**up.events[0].payload, "replaces": unit_id}
        payload.pop("recorder", None)
        transaction.append("selected", by, at, payload, *up.subject)


def correct(
    transaction: Transaction, event: str, by: str, at: dt.datetime, reason_code: str
) -> Event:
    """Make an event void; see ``Ledger.correct``."""
    found = next(iter(transaction.find(hash=event) if is_digest(event) else ()), None)
    if found is None:
        raise LedgerError(
            f"event: got {quoted(event, 64)}, which is not in this ledger; give the hash of one of "
            "its events"
        )
    payload = {"event": event, "reason_code": code(reason_code)}
    subject = (found.population, found.period, found.unit_id)
    for said in transaction.find(kind="corrected", unit_id=found.unit_id):
        if said.payload["event"] == event:
            if (said.actor, said.payload["reason_code"]) == (by, reason_code):
                return said
            raise LedgerError(
                f"event {found.sequence}: was corrected by event {said.sequence} already, by "
                "another person or for another reason"
            )
    if found.subject is not None and found.kind in (*STATES, *ANNOTATIONS):
        transaction.history(found.subject.unit_id, *found.subject[:2])  # of a draw that counts
    moment(at, "at")
    return transaction.append("corrected", by, at, payload, *subject)


def hold(
    transaction: Transaction,
    kind: str,
    subject: Subject,
    by: str,
    at: dt.datetime,
    reason_code: str,
) -> Event:
    """Place or lift a legal hold on a letter's texts."""
    events = _events_of(transaction, subject)
    payload: dict[str, Json] = {"reason_code": code(reason_code)}
    holds = [event for event in events if event.kind in ("held", "hold_lifted")]
    if holds and holds[-1].kind == kind:
        return holds[-1]
    return transaction.append(kind, by, at, payload, *subject)


def _events_of(transaction: Transaction, subject: Subject) -> list[Event]:
    """The events of a letter, of whichever draw.

    Raises:
        LedgerError: a part of the subject is not a name, or there are no events.
    """
    raise_faults(
        LedgerError,
        (
            f"{name}: got {quoted(value)}; give the letter's as text"
            for name, value in subject._asdict().items()
            if not isinstance(value, str) or fault_in_name(value)
        ),
    )
    events = transaction.find(**subject._asdict())
    if not events:
        raise LedgerError(
            f"letter {quoted(subject.unit_id)}: is not in this ledger for {subject.population}, "
            f"{subject.period}; check its id, its population and its month"
        )
    return events


def forget(
    transaction: Transaction, subject: Subject, by: str, at: dt.datetime, reason_code: str
) -> Event:
    """Erase a letter's texts; see ``Ledger.forget``."""
    events = _events_of(transaction, subject)
    outside = transaction.find(population=subject.population, period=None, unit_id=subject.unit_id)
    erased = transaction.erase(**subject._asdict()) + erase_words(transaction, outside)
    payload: dict[str, Json] = {"texts": erased, "reason_code": code(reason_code)}
    newest = events[-1]
    if not erased and newest.kind == "forgotten":
        return newest
    return transaction.append("forgotten", by, at, payload, *subject)
