"""Two ledgers for two audiences, found as soon as two heads meet.

What is compared is a ledger, an export, a signed note or a bare head. Of two ledgers the first
event at which they part is told; a head is looked for among the events of a ledger.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from typing import Any

import attrs

from ceosample.canonical import Json
from ceosample.errors import ConflictError, LedgerError
from ceosample.result import Result
from ceosample.show import html_facts
from ceosample.signoff.keys.head_note import HeadNote
from ceosample.signoff.replay.keys import KEY_KINDS, Keys
from ceosample.signoff.store.events import Event
from ceosample.text import quoted


class Agreement(IntEnum):
    """How two ledgers stand to each other."""

    FORKED = 0  #: they part: the two were never one ledger
    UNKNOWN = 1  #: the head is not among the events, and it does not say where it belongs
    BEHIND = 2  #: the note is of a later event than any here: ask again with a newer copy
    PREFIX = 3  #: the one goes on where the other ends
    SAME = 4  #: both end with the same event


@attrs.frozen
class Comparison(Result):
    """How two ledgers, or a ledger and a head, stand to each other.

    Attributes:
        agreement: the verdict.
        ledger: the ledger's id.
        common: the number of events that are proved to be the same; None where none is.
        one, other: what was compared, in words, each with its number of events where that is known.
        first_difference: the first event at which they part, in words; None where they do not.
        signed_by: of a note, the persons whose keys signed it.
    """

    agreement: Agreement
    ledger: str | None
    common: int | None
    one: str
    other: str
    first_difference: str | None = None
    signed_by: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the two are one ledger, as far as both go."""
        return self.agreement >= Agreement.PREFIX

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {"ok": self.ok, **super().to_dict()}

    def __str__(self) -> str:
        lines = [f"{'ok' if self.ok else 'NOT ok'}: {self.agreement.name}, {self._common_words}"]
        lines += [f"one: {self.one}", f"other: {self.other}"]
        if self.signed_by:
            lines.append(f"signed by: {', '.join(self.signed_by)}")
        if self.first_difference is not None:
            lines.append(f"first difference: {self.first_difference}")
        return "\n  ".join(lines)

    @property
    def _common_words(self) -> str:
        if self.common is None:
            return "no event is proved to be the same"
        return f"the same up to event {self.common}"

    def _repr_html_(self) -> str:
        title, *rest = str(self).split("\n  ")
        return html_facts(title, [(a, b) for a, _, b in (line.partition(": ") for line in rest)])


@attrs.frozen
class Chain:
    """A ledger or an export, as far as a comparison reads it.

    Attributes:
        name: what it is, in words.
        texts: reads the texts of its events, oldest first.
    """

    name: str
    texts: Callable[[], Iterable[bytes]]

    def events(self) -> Iterator[Event]:
        """Its events.

        Raises:
            LedgerError: a text is none of an event.
        """
        for number, text in enumerate(self.texts(), 1):
            try:
                event = Event.read(text)
            except (ValueError, RecursionError):
                raise LedgerError(
                    f"{self.name}, event {number}: got a text that is no event; check this copy "
                    "first"
                ) from None
            yield event

    def keys(self) -> Keys:
        """The keys of its recorders."""
        return Keys.of(event for event in self.events() if event.kind in KEY_KINDS)

    @property
    def ledger(self) -> str:
        """Its id.

        Raises:
            LedgerError: it is empty, or begins with another event.
        """
        first = next(self.events(), None)
        if first is None or first.kind != "opened" or "ledger" not in first.payload:
            raise LedgerError(f"{self.name}: begins with no event 'opened'; give a whole ledger")
        return str(first.payload["ledger"])


@attrs.frozen
class BareHead:
    """The hash of an event, and nothing else."""

    hash: str


def compare_chains(one: Chain, other: Chain) -> Comparison:
    """Two ledgers, event by event.

    Raises:
        ConflictError: they are two different ledgers, which have no event in common.
        LedgerError: one of them cannot be read.
    """
    _require_one_ledger(one, other.ledger, other.name)
    common, sizes = 0, [0, 0]
    parted: tuple[bytes, bytes] | None = None
    for pair in itertools.zip_longest(one.texts(), other.texts()):
        sizes = [size + (text is not None) for size, text in zip(sizes, pair, strict=True)]
        if parted is not None or None in pair:
            continue
        if pair[0] == pair[1]:
            common += 1
        else:
            parted = pair
    agreement = (
        Agreement.FORKED
        if parted is not None
        else Agreement.SAME
        if sizes[0] == sizes[1]
        else Agreement.PREFIX
    )
    difference = None
    if parted is not None:
        told = [f"{_told(text)} in {c.name}" for text, c in zip(parted, (one, other), strict=True)]
        difference = f"event {common + 1}: {' and '.join(told)}"
    return Comparison(
        agreement=agreement,
        ledger=one.ledger,
        common=common or None,
        one=f"{one.name}: {sizes[0]} events",
        other=f"{other.name}: {sizes[1]} events",
        first_difference=difference,
    )


def compare_head(chain: Chain, head: HeadNote | BareHead, name: str) -> Comparison:
    """A ledger and a head that was kept elsewhere.

    Args:
        chain: the ledger.
        head: a note that was found to be signed, or a hash.
        name: what the head is, in words.

    Raises:
        ConflictError: the note is of another ledger.
    """
    note = head if isinstance(head, HeadNote) else None
    wanted = head.head if isinstance(head, HeadNote) else head.hash
    if note is not None:
        _require_one_ledger(chain, note.ledger, name)
    count, found, at_size = 0, None, None
    for count, text in enumerate(chain.texts(), 1):
        digest = hashlib.sha256(text).hexdigest()
        if digest == wanted:
            found = count
        if note is not None and count == note.size:
            at_size = digest
    one = f"{chain.name}: {count} events"
    other = name if note is None else f"{name}: event {note.size}"
    signed_by = () if note is None else note.signed_by
    ledger, difference = chain.ledger, None
    if found is not None and (note is None or found == note.size):
        agreement = Agreement.SAME if found == count else Agreement.PREFIX
        return Comparison(agreement, ledger, found, one, other, None, signed_by)
    if note is None:
        difference = (
            f"no event has the hash {wanted}: this copy is older than it, or another ledger"
        )
        return Comparison(Agreement.UNKNOWN, ledger, None, one, other, difference)
    if note.size > count and found is None:
        return Comparison(Agreement.BEHIND, ledger, None, one, other, None, signed_by)
    difference = (
        f"event {note.size} has the hash {at_size} in {chain.name}, and {note.head} in {name}: "
        "they part there or before"
    )
    return Comparison(Agreement.FORKED, ledger, None, one, other, difference, signed_by)


def compare_notes(one: HeadNote, other: HeadNote, names: tuple[str, str]) -> Comparison:
    """Two notes of one event: signed, they prove a fork with no ledger at hand.

    Raises:
        ConflictError: they are of two ledgers.
        LedgerError: they are of two events, between which only a ledger can tell.
    """
    if one.ledger != other.ledger:
        raise _other_ledger(names[0], one.ledger, names[1], other.ledger)
    if one.size != other.size:
        raise LedgerError(
            f"compare: got notes of the events {one.size} and {other.size}, which no note can tell "
            "apart; give the ledger or an export for one of them"
        )
    first, second = (f"{n}: event {o.size}" for n, o in zip(names, (one, other), strict=True))
    signed_by = tuple(dict.fromkeys((*one.signed_by, *other.signed_by)))
    if one.head == other.head:
        return Comparison(Agreement.SAME, one.ledger, one.size, first, second, None, signed_by)
    difference = (
        f"event {one.size} has the hash {one.head} in {names[0]}, and {other.head} in {names[1]}: "
        "both are signed, so two ledgers were shown"
    )
    return Comparison(Agreement.FORKED, one.ledger, None, first, second, difference, signed_by)


def _require_one_ledger(chain: Chain, ledger: str, name: str) -> None:
    if chain.ledger != ledger:
        raise _other_ledger(chain.name, chain.ledger, name, ledger)


def _other_ledger(one: str, its: str, other: str, theirs: str) -> ConflictError:
    return ConflictError(
        f"compare: {one} is the ledger {its}, and {other} is of the ledger {theirs}; give two "
        "copies of one ledger"
    )


def _told(text: Any) -> str:
    """What an event is, for a difference; what it says stays in the ledger."""
    event = Event.read(text)
    return f"{quoted(event.kind)} recorded at {event.recorded_at} ({event.hash[:8]})"
