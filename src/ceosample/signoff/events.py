"""Events: frozen, hashed in a chain, and replayed into what is true of each letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

import attrs

from ceosample.canonical import Json, canonical_json, digest, is_digest, parse_json
from ceosample.errors import LedgerError
from ceosample.sampling.rotation import OPEN
from ceosample.sampling.strata import Stratum
from ceosample.signoff.lifecycle import STATES, TRANSITIONS, require_step
from ceosample.text import shown

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
        wrong = [name for name in names if not _KINDS[name](found[name])]
        if wrong:
            raise ValueError(f"not an event: its {wrong[0]} is of another kind")
        event = cls(**found)
        if event.text != text:
            raise ValueError("not canonical JSON (RFC 8785)")
        return event


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_or_none(value: object) -> bool:
    return value is None or isinstance(value, str)


#: What each field of a stored event must be.
_KINDS: Final[Mapping[str, Callable[[object], bool]]] = {
    "sequence": lambda value: isinstance(value, int) and not isinstance(value, bool) and value > 0,
    "at": _is_text,
    "recorded_at": _is_text,
    "actor": _is_text,
    "kind": _is_text,
    "population": _is_text_or_none,
    "period": _is_text_or_none,
    "unit_id": _is_text_or_none,
    "payload": lambda value: isinstance(value, dict),
    "previous": is_digest,
}


def moment(value: object, where: str) -> str:
    """A time as an event writes it.

    Raises:
        LedgerError: not a datetime, or one without a time zone.
    """
    if not isinstance(value, dt.datetime):
        raise LedgerError(f"{where}: got {type(value).__name__}; give an aware datetime")
    offset = value.utcoffset()
    if offset is None:
        raise LedgerError(f"{where}: {value.isoformat()} has no time zone; give an aware datetime")
    # RFC 3339 knows offsets of whole minutes alone.
    return (value.astimezone(dt.UTC) if offset % dt.timedelta(minutes=1) else value).isoformat()


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

    def said_before(self, kind: str, actor: str, payload: Mapping[str, Any]) -> Event | None:
        """The event that said just this, if it stands and nothing new can be meant by it."""
        said = self.standing(kind)
        if said is None or (said.actor, said.payload) != (actor, payload):
            return None
        again = kind in TRANSITIONS[self.state] and said is not self.events[-1]
        return None if again else said

    def require(self, kind: str, actor: str, payload: Mapping[str, Any]) -> None:
        """Raise unless this step is allowed now.

        Raises:
            LedgerError: by the table of states, or because a signature is of another letter or of
                another person, or because what goes out is not what was signed.
        """
        unit_id = self.subject.unit_id
        require_step(unit_id, self.state, kind)
        if kind == "signed":
            sent = self.standing("sent_for_signature")
            letter = payload.get("letter")
            out = None if sent is None else sent.payload["letter"]
            if sent is None or out != letter:
                raise LedgerError(
                    f"letter {unit_id}: the digest {shown(letter, 64)} was never sent for "
                    f"signature, or came back; sent was {out or 'none'}"
                )
            if sent.payload["signatory"] != actor:
                raise LedgerError(
                    f"letter {unit_id}: was sent to {sent.payload['signatory']!r} for signature, "
                    f"and {shown(actor)} is somebody else; a signature is its signatory's own"
                )
        elif kind == "dispatched":
            signed = self.standing("signed", "signed_by_deputy")
            if signed is None or signed.payload["letter"] != payload.get("letter"):
                letter = shown(payload.get("letter"), 64)
                raise LedgerError(
                    f"letter {unit_id}: the digest {letter} is not that of the letter that was "
                    "signed; dispatch that one"
                )

    @property
    def line(self) -> tuple[str, ...]:
        """The line that it stood in when it was drawn: its stratum's, or a rotation's open one."""
        open_to_all = self.events[0].payload.get("line") == OPEN
        return (OPEN,) if open_to_all else ("stratum", *self.stratum)

    def standing(self, *kinds: str) -> Event | None:
        """The newest event of these kinds, unless the letter came back for rework after it."""
        standing = None
        for event in self.events:
            if event.kind in kinds:
                standing = event
            elif event.kind == "returned_for_rework":
                standing = None
        return standing

    def latest(self, kind: str) -> Event | None:
        """The newest event of a kind, or None."""
        return next((event for event in reversed(self.events) if event.kind == kind), None)

    def reached(self, *kinds: str) -> bool:
        """Whether one of these states was reached and not made void by a return for rework."""
        return self.standing(*kinds) is not None

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
        follow(histories, event)
    return histories


def follow(histories: dict[Subject, History], event: Event) -> None:
    """Take one event into the histories; one that is about no letter changes nothing.

    Raises:
        LedgerError: a step that is not allowed; the message names the event.
    """
    subject = event.subject
    if subject is None or event.kind not in STATES:
        return
    try:
        if subject in histories:
            histories[subject].add(event)
        else:
            histories[subject] = History.begin(event, subject)
    except LedgerError as error:
        raise LedgerError(f"event {event.sequence}: {error}") from None
    except (KeyError, TypeError):
        raise LedgerError(f"event {event.sequence}: its payload is not that of its kind") from None
