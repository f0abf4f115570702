"""Events: frozen, hashed in a chain, and replayed into what is true of each letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import attrs

from ceosample.canonical import Json, canonical_json, digest, is_digest, parse_json
from ceosample.errors import LedgerError
from ceosample.sampling.frame import Stratum
from ceosample.signoff.lifecycle import STATES, require_step

#: What stands for the hash before the first event.
NOTHING_BEFORE: Final = "0" * 64


class Subject(NamedTuple):
    """Whom an event is about."""

    population: str
    period: str
    unit_id: str


@attrs.frozen
class Event:
    """Something that happened, as it is written down for ever.

    Attributes:
        sequence: 1, 2, 3, ... without gaps.
        at: when it happened, as claimed: RFC 3339 with its offset.
        recorded_at: when it was written down: UTC, microseconds, ``Z``; never decreasing.
        actor: the person's id, or the role.
        kind: a state of a letter, or ``opened``, ``frozen``, ``seed_revealed``, ``drawn``.
        population, period, unit_id: the subject; None where the event is about none.
        payload: what the kind needs: digests, codes, counts. No names and no free text.
        previous: the hash of the event before.
    """

    sequence: int
    at: str
    recorded_at: str
    actor: str
    kind: str
    population: str | None
    period: str | None
    unit_id: str | None
    payload: Mapping[str, Any]
    previous: str

    @property
    def text(self) -> bytes:
        """The canonical JSON that is hashed and stored."""
        return canonical_json(self.to_dict())

    @property
    def hash(self) -> str:
        """The SHA-256 of :attr:`text`: what the next event names, and paper can carry."""
        return digest(self.text)

    @property
    def subject(self) -> Subject | None:
        """The letter that it is about, or None."""
        if self.population is None or self.period is None or self.unit_id is None:
            return None
        return Subject(self.population, self.period, self.unit_id)

    def to_dict(self) -> dict[str, Json]:
        """The fields by name."""
        fields: dict[str, Json] = attrs.asdict(self, recurse=False)
        fields["payload"] = dict(self.payload)
        return fields

    @classmethod
    def parse(cls, text: bytes) -> Event:
        """The event of a stored text.

        Raises:
            ValueError: the text is not canonical, or not an event.
        """
        fields = parse_json(text)
        names = [field.name for field in attrs.fields(cls)]
        if not isinstance(fields, dict) or sorted(fields) != sorted(names):
            raise ValueError("not an event: its names are not those of an event")
        found: dict[str, Any] = fields
        if not isinstance(found["sequence"], int) or not isinstance(found["payload"], dict):
            raise ValueError("not an event: its sequence or payload is of another kind")
        if not is_digest(found["previous"]):
            raise ValueError("not an event: it does not name the one before")
        event = cls(**found)
        if event.text != text:
            raise ValueError("not canonical JSON (RFC 8785)")
        return event


def moment(value: object, where: str) -> str:
    """A time as an event writes it.

    Raises:
        LedgerError: not a datetime, or one without a time zone.
    """
    if not isinstance(value, dt.datetime):
        raise LedgerError(f"{where}: got {type(value).__name__}; give an aware datetime")
    if value.utcoffset() is None:
        raise LedgerError(f"{where}: {value.isoformat()} has no time zone; give an aware datetime")
    return value.isoformat()


@attrs.define
class History:
    """What has happened to one letter so far.

    Attributes:
        subject: which letter.
        stratum: where it was drawn.
        take_all: whether its stratum is read in full.
        original: whether it was drawn, and not moved up from the reserves.
        state: the state it is in.
        events: its own events, in order.
    """

    subject: Subject
    stratum: Stratum
    take_all: bool
    original: bool
    state: str
    events: list[Event] = attrs.field(factory=list)

    @classmethod
    def begin(cls, event: Event, subject: Subject) -> History:
        """The history that a first event opens."""
        require_step(subject.unit_id, None, event.kind)
        return cls(
            subject=subject,
            stratum=tuple(event.payload["stratum"]),
            take_all=event.payload["take_all"],
            original=event.kind == "selected",
            state=event.kind,
            events=[event],
        )

    def add(self, event: Event) -> None:
        """Take the next step.

        Raises:
            LedgerError: it is not allowed from here.
        """
        require_step(self.subject.unit_id, self.state, event.kind)
        self.state = event.kind
        self.events.append(event)

    def latest(self, kind: str) -> Event | None:
        """The newest event of a kind, or None."""
        return next((event for event in reversed(self.events) if event.kind == kind), None)

    def reached(self, *kinds: str) -> bool:
        """Whether one of these states was reached and not made void by a return for rework."""
        standing = False
        for event in self.events:
            if event.kind in kinds:
                standing = True
            elif event.kind == "returned_for_rework":
                standing = False
        return standing

    @property
    def letter(self) -> str | None:
        """The digest of the newest version, or None before the first."""
        newest = self.latest("rendered")
        return None if newest is None else str(newest.payload["letter"])

    @property
    def versions(self) -> int:
        """How many versions were rendered."""
        return sum(event.kind == "rendered" for event in self.events)


def replay(events: Iterable[Event]) -> dict[Subject, History]:
    """What is true of each letter, from the events alone.

    Raises:
        LedgerError: a step that the table does not allow; the message names the event.
    """
    histories: dict[Subject, History] = {}
    for event in events:
        subject = event.subject
        if subject is None or event.kind not in STATES:
            continue
        try:
            if subject in histories:
                histories[subject].add(event)
            else:
                histories[subject] = History.begin(event, subject)
        except LedgerError as error:
            raise LedgerError(f"event {event.sequence}: {error}") from None
    return histories
