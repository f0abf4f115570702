"""Events: frozen, and hashed in a chain."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import json
import warnings
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final, NamedTuple

import attrs

from ceosample.canonical import Json, canonical_json, digest, is_digest, parse_canonical
from ceosample.errors import LedgerError, MalformedEventWarning
from ceosample.plain import plain
from ceosample.result import Result
from ceosample.show import Described
from ceosample.text import quoted

#: What stands for the hash before the first event.
NOTHING_BEFORE: Final = "0" * 64


#: The field of a month's ``frozen`` and ``drawn`` that names the program of the run.
PROGRAM: Final = "program"

#: The kind of event with which the keys of a ledger's recorders begin.
FIRST_OF_KEYS: Final = "key_registered"


class Subject(NamedTuple):
    """The letter that an event is about."""

    population: str
    period: str
    unit_id: str


@attrs.frozen
class Event(Described, Result):
    """Something that happened, as it is recorded for ever.

    Attributes:
        sequence: 1, 2, 3, ... without gaps.
        at: when it happened, as claimed: RFC 3339 with its offset.
        recorded_at: when it was recorded: UTC, microseconds, ``Z``; it goes back only at
            ``clock_corrected``.
        actor: the person's id, or the role.
        kind: a state of a letter, or ``opened``, ``chain_published``, ``frozen``,
            ``seed_revealed``, ``drawn``.
        population, period, unit_id: the subject; None for a part that the event has not.
        payload: what the kind needs: digests, codes, counts, and the population's title. No
            person's name and no free text.
        previous: the hash of the event before.

    >>> import ceosample as cs
    >>> with cs.Ledger.open("sqlite://") as ledger:
    ...     [(event.sequence, event.kind) for event in ledger.events()]
    [(1, 'opened'), (2, 'rules')]
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

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        about = filter(None, (self.population, self.period, self.unit_id))
        facts = [("at", self.at), ("recorded at", self.recorded_at), ("by", self.actor)]
        facts.append(("about", " / ".join(about)))
        facts += [
            (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
            for name, value in self.payload.items()
        ]
        facts += [("previous", self.previous), ("hash", self.hash)]
        return f"Event {self.sequence}: {self.kind}", [fact for fact in facts if fact[1]]

    @functools.cached_property
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
    def read(cls, text: bytes) -> Event:
        """The event of a text that was found to have its hash: quickly, and in its form alone.

        Raises:
            ValueError: the text is not JSON, or not an event.
        """
        return event_of(json.loads(text))

    @classmethod
    def parse(cls, text: bytes) -> Event:
        """The event of a stored text.

        Raises:
            ValueError: the text is not canonical, or not an event.
        """
        return event_of(parse_canonical(text))


def event_of(fields: Any) -> Event:
    """The event of what its JSON holds.

    Raises:
        ValueError: not an event.
    """
    if not isinstance(fields, dict) or fields.keys() != _TYPES.keys():
        raise ValueError("not an event: its keys are not those of an event")
    if tuple(map(type, map(fields.get, _TYPES))) not in _RIGHT_TYPES or fields["sequence"] < 1:
        wrong = next(
            name
            for name, types in _TYPES.items()
            if type(fields[name]) not in types or (name == "sequence" and fields[name] < 1)
        )
        raise ValueError(f"not an event: its {wrong} has the wrong type")
    if not is_digest(fields["previous"]):
        raise ValueError("not an event: its previous has the wrong type")
    return Event(**fields)


@attrs.frozen
class UnreadEvent(Event):
    """An event whose text has its hash and is none of an event: readers name it and leave it out.

    Its times, actor and kind are those of the text as far as they are text, and else empty; it is
    about nothing.

    Attributes:
        stored: the text.
        fault: why it cannot be read.
    """

    stored: bytes
    fault: str

    @property
    def text(self) -> bytes:
        """The text as it is stored: the next event's hash follows from it."""
        return self.stored


def unread(stored: bytes, sequence: int, fault: str) -> UnreadEvent:
    """What can be told of a text that is not that of an event."""
    try:
        fields = json.loads(stored)
    except (ValueError, RecursionError):
        fields = None
    told: dict[str, Any] = fields if isinstance(fields, dict) else {}
    texts = {
        name: told[name] if _is_text(told.get(name)) else ""
        for name in ("at", "recorded_at", "actor", "kind", "previous")
    }
    return UnreadEvent(
        sequence=sequence,
        **texts,
        population=None,
        period=None,
        unit_id=None,
        payload={},
        stored=stored,
        fault=fault,
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str)


#: What each field of a stored event must be; JSON gives no other types.
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "sequence": (int,),
    **dict.fromkeys(("at", "recorded_at", "actor", "kind"), (str,)),
    **dict.fromkeys(("population", "period", "unit_id"), (str, type(None))),
    "payload": (dict,),
    "previous": (str,),
}

#: The types that they may have together, in that order.
_RIGHT_TYPES: Final = frozenset(itertools.product(*_TYPES.values()))


def uncorrected(events: Iterable[Event]) -> list[Event]:
    """The events without those that a correction made void; the corrections stay.

    A hash is work, so it is computed only for events with the subject of a correction.
    """
    read = list(events)
    named: dict[Hashable, set[object]] = {}
    for event in read:
        if event.kind == "corrected":
            named.setdefault(_about(event), set()).add(event.payload["event"])
    return [
        event
        for event in read
        if event.kind == "corrected"
        or not (void := named.get(_about(event)))
        or event.hash not in void
    ]


def _about(event: Event) -> Hashable:
    return event.population, event.period, event.unit_id


def moment(value: object, where: str) -> str:
    """A time as an event writes it.

    Raises:
        LedgerError: not a datetime, or one without a time zone.
    """
    value, offset, utc = _aware(value, where)
    # RFC 3339 knows offsets of whole minutes alone.
    return (utc if offset % dt.timedelta(minutes=1) else value).isoformat()


def require_aware(value: object, where: str) -> None:
    """Raise unless a value is a time that an event can write.

    Raises:
        LedgerError: not a datetime, or one without a time zone.
    """
    # Far from the ends of the calendar, where UTC has no such time, most need no arithmetic.
    quick = value if type(value) is dt.datetime and 1 < value.year < dt.MAXYEAR else None
    if quick is None or quick.utcoffset() is None:
        _aware(value, where)


def _aware(value: object, where: str) -> tuple[dt.datetime, dt.timedelta, dt.datetime]:
    """A time, its offset, and the same in UTC."""
    value = value if type(value) is dt.datetime else plain(value)
    if not isinstance(value, dt.datetime):
        raise LedgerError(f"{where}: got {quoted(value)}; give an aware datetime")
    offset = value.utcoffset()
    if offset is None:
        raise LedgerError(
            f"{where}: got {value.isoformat()}, which has no time zone; give an aware datetime"
        )
    try:
        return value, offset, value.astimezone(dt.UTC)
    except OverflowError:
        raise LedgerError(
            f"{where}: got {value.isoformat()}, which is outside the years 1 to 9999 in UTC; give "
            "another time"
        ) from None


@functools.lru_cache(maxsize=4096)
def instant(text: str) -> dt.datetime:
    """The moment that an event's text of a time means, in UTC, however it is written."""
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def warn_left_out(fault: str) -> None:
    """Warn of an event that no figure can count: ``event N: what is wrong with it``."""
    warnings.warn(
        f"ledger: {fault}; it is left out, and 'ceosample status --check' or ledger.check() tells "
        "more",
        MalformedEventWarning,
        stacklevel=2,
    )


def same(said: Mapping[str, Json], now: Mapping[str, Json]) -> bool:
    """Whether two payloads hold the same, whoever recorded them, and with which program."""
    return {n: v for n, v in said.items() if n not in ("recorder", PROGRAM)} == dict(now)
