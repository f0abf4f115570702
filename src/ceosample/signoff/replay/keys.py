"""The keys of recorders: who registered which, and from which event to which it can sign."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from ceosample.canonical import Json
from ceosample.errors import LedgerError
from ceosample.result import Result
from ceosample.show import html_table, text_table
from ceosample.signoff.store.events import FIRST_OF_KEYS, Event
from ceosample.text import quoted

#: The events by which a key begins, is exchanged for another by its holder, and ends.
REGISTERED: Final = FIRST_OF_KEYS
ROTATED: Final = "key_rotated"
REVOKED: Final = "key_revoked"

#: All of them.
KEY_KINDS: Final = (REGISTERED, ROTATED, REVOKED)

_HEADER: Final = ["person", "key", "from event", "to event", "ended"]


@attrs.frozen
class RegisteredKey(Result):
    """A recorder's public key.

    Attributes:
        person: the id of the person who holds its private part.
        public: the public key, Ed25519, 32 bytes in hexadecimal.
        since: the number of the event that registered it; the first that it signs.
        until: the number of the last event that it can sign; None while it can.
        ended: how it ended: ``rotated`` or ``revoked``; None while it can sign.
    """

    person: str
    public: str
    since: int
    until: int | None = None
    ended: str | None = None

    def signs(self, sequence: int) -> bool:
        """Whether it can sign the event of a number."""
        return self.since <= sequence and (self.until is None or sequence <= self.until)


@attrs.frozen(repr=False)
class Keys(Result):
    """All keys that were ever registered in a ledger, in order; ``ledger.keys()`` returns it."""

    keys: tuple[RegisteredKey, ...] = ()

    @classmethod
    def of(cls, events: Iterable[Event]) -> Keys:
        """The keys that these events come to; others than those about keys change nothing."""
        found = cls()
        for event in events:
            found = found.after(event)
        return found

    def after(self, event: Event) -> Keys:
        """The keys after one more event."""
        if event.kind not in KEY_KINDS:
            return self
        said: Mapping[str, Any] = event.payload
        if event.kind == REVOKED:
            # The revocation is the first event that it cannot sign.
            return Keys(tuple(self._ended(said["key"], event.sequence - 1, "revoked")))
        kept = self.keys
        if event.kind == ROTATED:
            kept = tuple(self._ended(said["replaces"], event.sequence, "rotated"))
        return Keys((*kept, RegisteredKey(said["person"], said["key"], event.sequence)))

    def _ended(self, public: str, until: int, how: str) -> Iterator[RegisteredKey]:
        for key in self.keys:
            ends = key.public == public and key.until is None
            yield attrs.evolve(key, until=until, ended=how) if ends else key

    def find(self, public: str) -> RegisteredKey | None:
        """The key with this public part; None if it was never registered."""
        return next((key for key in self.keys if key.public == public), None)

    def able(self, public: str) -> RegisteredKey:
        """The key with this public part, which can sign the next event.

        Raises:
            LedgerError: it was never registered, or it ended.
        """
        known = self.find(public)
        if known is None:
            raise LedgerError(
                f"key: {public[:8]} is not registered in this ledger; register it with "
                "'ceosample key register', or remove ledger.key"
            )
        if known.until is not None:
            raise LedgerError(
                f"key: {known.public[:8]} of {quoted(known.person)} was {known.ended} and signs no "
                f"event after event {known.until}; use the newest key, which 'ceosample key list' "
                "shows"
            )
        return known

    def held_by(self, person: str) -> RegisteredKey | None:
        """The key with which a person signs now; None without one."""
        held = (key for key in self.keys if key.person == person and key.until is None)
        return next(held, None)

    @property
    def active(self) -> tuple[RegisteredKey, ...]:
        """The keys that can sign now."""
        return tuple(key for key in self.keys if key.until is None)

    def _rows(self) -> list[list[str]]:
        return [
            [
                key.person,
                key.public,
                str(key.since),
                "" if key.until is None else str(key.until),
                key.ended or "",
            ]
            for key in self.keys
        ]

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {"keys": [key.to_dict() for key in self.keys]}

    def __str__(self) -> str:
        if not self.keys:
            return "no keys registered"
        return text_table(_HEADER, self._rows(), "llrrl")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table("Keys of recorders", _HEADER, self._rows(), "llrrl")


def recorder_of(event: Event) -> str:
    """The id of the person who recorded an event: the one that it names, or else its actor."""
    return str(event.payload.get("recorder", event.actor))
