"""Which events are signed by whom, which are not, and which signatures are wrong.

Only the events from the first key on are read, and nothing is where no key was ever registered.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from ceosample.canonical import Json
from ceosample.errors import MissingPartError, joined
from ceosample.result import Result
from ceosample.signoff.keys.recorder_key import ed25519, signs_event
from ceosample.signoff.replay.keys import (
    KEY_KINDS,
    REGISTERED,
    REVOKED,
    ROTATED,
    Keys,
    recorder_of,
)
from ceosample.signoff.store import signatures
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.store import Store, event_of_row
from ceosample.text import quoted

#: The numbers of unsigned events that are told.
_SHOWN: Final = 10


@attrs.frozen
class SignatureReport(Result):
    """Who signed the events of a ledger whose recorders have keys.

    Attributes:
        events: the number of events that were looked at.
        signed: the number of them that their recorder signed.
        by: the same by the id of the recorder.
        unsigned: the number of them without such a signature.
        unsigned_with_key: the numbers of those whose recorder held a registered key.
        first: the number of the first event that was looked at.
        checked: whether signatures were verified; False where the extra ``keys`` is missing, and
            then the counts are of what is claimed.
        problems: each wrong signature, in words.
    """

    events: int
    signed: int
    by: Mapping[str, int]
    unsigned: int
    unsigned_with_key: tuple[int, ...]
    first: int = 1
    checked: bool = True
    problems: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """For JSON; the problems are among those of the check."""
        fields = super().to_dict()
        del fields["problems"]
        return fields

    @property
    def words(self) -> str:
        """How many events are signed, and by whom: ``5 of 8 events (ann 5)``."""
        by = ", ".join(f"{person} {count}" for person, count in self.by.items())
        since = "" if self.first == 1 else f" from event {self.first} on"
        told = f"{self.signed} of {self.events} events{since}"
        return f"{told} ({by})" if by else told

    def lines(self) -> list[str]:
        """What it says, a line each."""
        since = "" if self.first == 1 else f" from event {self.first} on"
        lines = [f"signed: {self.words}"]
        if not self.checked:
            lines[0] += "; NOT verified, which needs cryptography: pip install 'ceosample[keys]'"
        lines.append(f"not signed: {self.unsigned} of {self.events} events{since}")
        if self.unsigned_with_key:
            numbers = [str(number) for number in self.unsigned_with_key[:_SHOWN]]
            more = len(self.unsigned_with_key) - len(numbers)
            lines[1] += (
                f", {len(self.unsigned_with_key)} of them although the recorder had a key: "
                f"{joined(numbers)}{f' and {more} more' if more else ''}"
            )
        return lines


def check_signatures(store: Store, count: int, after: int = 0) -> SignatureReport | None:
    """The signatures of a ledger whose events are whole; None where no key was ever registered.

    Args:
        store: the ledger.
        count: the number of events that were checked; later ones are left out.
        after: the number of the event up to which a check was made before.
    """
    registered = next(store.pages(kind=REGISTERED), None)
    if registered is None or registered.sequence > count:
        return None
    with store.transaction() as connection:
        if not signatures.has_table(connection):
            return None  # which the check of the database tells
    first = max(registered.sequence, after + 1)
    before = [e for kind in KEY_KINDS for e in store.pages(kind=kind) if e.sequence < first]
    known = Keys.of(sorted(before, key=lambda event: event.sequence))
    tally = _Tally(known, _can_verify())
    rows = signatures.event_rows(store, first)
    events = map(event_of_row, itertools.takewhile(lambda row: row.sequence <= count, rows))
    stored = itertools.groupby(signatures.rows(store, after), key=lambda row: row.sequence)
    tally.take_all(events, stored, store.count)
    return tally.report(count, after)


def _can_verify() -> bool:
    try:
        ed25519()
    except MissingPartError:
        return False
    return True


class _Tally:
    """What was found on the way through the events."""

    def __init__(self, known: Keys, checked: bool) -> None:
        self._known = known
        self._checked = checked
        self._by: Counter[str] = Counter()
        self._unsigned: list[int] = []
        self._problems: list[str] = []

    def take_all(
        self,
        events: Iterable[Event],
        stored: Iterator[tuple[int, Iterator[Any]]],
        newest: Any,
    ) -> None:
        """Take the events and the signatures, both in order."""
        waiting = next(stored, None)
        last = 0
        for event in events:
            while waiting is not None and waiting[0] < event.sequence:
                self._wrong(waiting[0], "is signed, and no key was registered then")
                waiting = next(stored, None)
            rows: list[Any] = []
            if waiting is not None and waiting[0] == event.sequence:
                rows = [*waiting[1]]
                waiting = next(stored, None)
            self._take(event, rows)
            last = event.sequence
        if waiting is not None:
            count = newest()  # what was appended meanwhile is no problem
            for sequence, _ in itertools.chain([waiting], stored):
                if sequence <= last:
                    self._wrong(sequence, "is signed, and no key was registered then")
                elif sequence > count:
                    self._wrong(sequence, "is signed, and there is no such event")

    def _take(self, event: Event, rows: list[Any]) -> None:
        self._known = self._known.after(event)
        recorder, held = recorder_of(event), self._known.held_by(recorder_of(event))
        signers = []
        for row in rows:
            fault = self._fault(event, row)
            if fault is None:
                signers.append(row.signer)
            else:
                self._wrong(event.sequence, fault)
        signed_by = {key.person for key in map(self._known.find, signers) if key is not None}
        if recorder in signed_by:
            self._by[recorder] += 1
        elif held is not None:
            self._unsigned.append(event.sequence)
        for public in self._must_sign(event):
            if public not in signers:
                self._wrong(
                    event.sequence, f"{event.kind}, and the key {public[:8]} did not sign it"
                )

    def _must_sign(self, event: Event) -> list[str]:
        """The keys without whose signatures an event about keys is wrong."""
        said = event.payload
        if event.kind == REVOKED:
            approvers = self._known.held_by(said["approver"])
            return [] if approvers is None else [approvers.public]
        names = {REGISTERED: ("key",), ROTATED: ("key", "replaces")}.get(event.kind, ())
        return [said[name] for name in names]

    def _fault(self, event: Event, row: Any) -> str | None:
        """What is wrong with a signature; None where nothing is."""
        key = self._known.find(str(row.signer))
        if key is None:
            return f"is signed by the key {str(row.signer)[:8]!r}, which is not registered"
        whose = f"the key {key.public[:8]} of {quoted(key.person)}"
        if not key.signs(event.sequence):
            return (
                f"is signed by {whose}, which was {key.ended} and signs nothing after event "
                f"{key.until}"
            )
        may = {recorder_of(event)}
        if event.kind == REVOKED:
            may |= {event.actor, event.payload["approver"]}
        if key.person not in may:
            return f"is signed by {whose}, and {quoted(recorder_of(event))} recorded it"
        if row.event != event.hash or (
            self._checked and not signs_event(key.public, row.signature, event.hash)
        ):
            return f"its signature by {whose} is wrong: it was changed, or is that of another event"
        return None

    def _wrong(self, sequence: int, words: str) -> None:
        self._problems.append(f"event {sequence}: {words}")

    def report(self, count: int, after: int) -> SignatureReport:
        """What was found."""
        signed = sum(self._by.values())
        return SignatureReport(
            events=count - after,
            signed=signed,
            by=dict(sorted(self._by.items())),
            unsigned=count - after - signed,
            unsigned_with_key=tuple(self._unsigned),
            first=after + 1,
            checked=self._checked,
            problems=tuple(self._problems),
        )
