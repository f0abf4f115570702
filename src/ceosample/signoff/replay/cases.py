"""The casebook: what reached the executive without being drawn, replayed from the events.

A case has events of kinds of its own, so no figure of the sample counts any of them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import attrs

from ceosample.errors import LedgerError
from ceosample.signoff.replay.lifecycle import NO_CONTACT, EventFields
from ceosample.signoff.replay.valid_events import when
from ceosample.signoff.store.events import Event, warn_left_out

#: What every kind of event about a case begins with; the rest is what people record.
PREFIX: Final = "case_"

#: The event that opens a case.
REFERRED: Final = "case_referred"

#: How a case came to the executive.
WAYS: Final = ("letter", "social", "board", "colleague", "walk-in")

#: What a case is.
NATURES: Final = ("complaint", "compliment")

#: From a case's state to the states that may follow it; one that leads nowhere is an end.
CASE_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "referred": ("taken_over", "escalated_to_board", "dispatched", "withdrawn"),
    "taken_over": ("escalated_to_board", "resolved_nonstandard", "dispatched", "withdrawn"),
    "escalated_to_board": ("taken_over", "resolved_nonstandard", "dispatched", "withdrawn"),
    "resolved_nonstandard": (),
    "dispatched": (),
    "withdrawn": (),
}

#: The states of a case that people record, and the fields of each.
CASE_STATES: Final[Mapping[str, EventFields]] = {
    "taken_over": EventFields(),
    "escalated_to_board": EventFields((), ("reason_code", "text")),
    "resolved_nonstandard": EventFields((), ("letter", "amount", "currency", "text")),
    "dispatched": EventFields((), ("letter", "file")),
    "withdrawn": EventFields(("reason_code", "approver")),
}

#: What people record about a case at any time.
CASE_ANNOTATIONS: Final[Mapping[str, EventFields]] = {
    "recognition": EventFields(("colleague", "reason_code"), ("text",)),
    "contact": EventFields(("channel", "outcome"), ("text",)),
    "board_answer": EventFields(("outcome",), ("text",)),
    "note": EventFields(("text",)),
}

#: Every kind that people record about a case, by the name that they give it.
OF_A_CASE: Final[Mapping[str, EventFields]] = {**CASE_STATES, **CASE_ANNOTATIONS}

#: What happens to the texts of a case, as events name it.
CASE_TEXTS: Final = ("case_held", "case_hold_lifted", "case_forgotten")

#: Every kind of event about a case.
CASE_KINDS: Final = (REFERRED, *(PREFIX + kind for kind in OF_A_CASE), *CASE_TEXTS)

#: Every kind of event that can tell something of a case.
_TOLD: Final = frozenset({*CASE_KINDS, "corrected"})

_ID = re.compile(r"case-[1-9][0-9]{0,17}")

#: A case is named by its population and its id.
_Key: TypeAlias = "tuple[str | None, str | None]"


def may_be_a_case(unit_id: object) -> bool:
    """Whether an id has the form of a case's.

    >>> may_be_a_case("case-12"), may_be_a_case("case-012"), may_be_a_case("R-8Z6LYZ")
    (True, False, False)
    """
    return isinstance(unit_id, str) and _ID.fullmatch(unit_id) is not None


@attrs.define
class CaseHistory:
    """What has happened to one case so far, by the events that are valid.

    Attributes:
        referred: the event that opened it.
        steps: the events of its states after that, in order.
        annotations: recognitions, contacts, the board's answers and notes, oldest first.
    """

    referred: Event
    steps: list[Event] = attrs.field(factory=list)
    annotations: list[Event] = attrs.field(factory=list)

    @property
    def id(self) -> str:
        """Its id, ``case-`` and a number."""
        return str(self.referred.unit_id)

    @property
    def population(self) -> str:
        """The population to which it belongs."""
        return str(self.referred.population)

    @property
    def came_by(self) -> str:
        """How it came, one of ``WAYS``."""
        return str(self.referred.payload["came_by"])

    @property
    def is_compliment(self) -> bool:
        """Whether it is a compliment, and no complaint."""
        return bool(self.referred.payload["nature"] == "compliment")

    @property
    def owner(self) -> str | None:
        """The id of the person who owns it; None without an owner."""
        return self.referred.payload.get("owner")

    @property
    def due(self) -> dt.date | None:
        """The last date for its answer; None where none was given."""
        due = self.referred.payload.get("due")
        return None if due is None else dt.date.fromisoformat(due)

    @property
    def state(self) -> str:
        """The state that it is in, as people record it; ``referred`` at first."""
        return (self.steps[-1] if self.steps else self.referred).kind.removeprefix(PREFIX)

    def said(self, kind: str) -> list[Event]:
        """Its events of a kind, as people name it, in order."""
        return [e for e in (*self.steps, *self.annotations) if e.kind == PREFIX + kind]

    @property
    def is_contacted(self) -> bool:
        """Whether a contact with the customer came about, and was not only asked for or tried."""
        return any(said.payload["outcome"] not in NO_CONTACT for said in self.said("contact"))

    def said_before(self, kind: str) -> list[Event]:
        """The newest event of a state, if recording it again can mean nothing new; else none."""
        said = self.said(kind)[-1:]
        again = kind in CASE_STEPS[self.state] and said != self.steps[-1:]
        return [] if again else said

    @property
    def settled(self) -> Event | None:
        """The event that settled it; None while it is open.

        A compliment is settled by the first recognition too.
        """
        if not CASE_STEPS[self.state]:
            return self.steps[-1]
        thanked = self.said("recognition") if self.is_compliment else []
        return thanked[0] if thanked else None

    def require(self, kind: str) -> None:
        """Raise unless a step is allowed now.

        Raises:
            LedgerError: it is not; the message says what is.
        """
        allowed = CASE_STEPS[self.state]
        if kind in allowed:
            return
        if not allowed:
            raise LedgerError(
                f"case {self.id}: cannot become {kind}; it is {self.state}, which is final"
            )
        raise LedgerError(
            f"case {self.id}: cannot become {kind} from {self.state}; it can become "
            + ", ".join(sorted(allowed))
        )

    def take(self, event: Event) -> None:
        """Take the next event about it.

        Raises:
            LedgerError: a step that is not allowed.
        """
        kind = event.kind.removeprefix(PREFIX)
        if kind in CASE_STATES:
            self.require(kind)
            self.steps.append(event)
        elif kind in CASE_ANNOTATIONS:
            self.annotations.append(event)

    def without(self, event: str) -> CaseHistory | None:
        """The case as if an event had never been recorded; None without the one that opened it.

        Raises:
            LedgerError: it has no such event, or what came after it would be impossible.
        """
        events = sorted((*self.steps, *self.annotations), key=lambda said: said.sequence)
        if self.referred.hash == event:
            if events:
                raise LedgerError(
                    f"case {self.id}: without it event {events[0].sequence} ({events[0].kind}) "
                    "would be impossible; correct that one first"
                )
            return None
        if event not in (said.hash for said in events):
            raise LedgerError(f"case {self.id}: has no such event, or it was corrected before")
        again = CaseHistory(self.referred)
        for said in events:
            if said.hash == event:
                continue
            try:
                again.take(said)
            except LedgerError as error:
                raise LedgerError(
                    f"case {self.id}: without it event {said.sequence} ({said.kind}) would be "
                    f"impossible ({error}); correct that one first"
                ) from None
        return again


@attrs.define
class Casebook:
    """The casebook, event by event.

    Attributes:
        referred: the event that opened each case, also where it was corrected.
        held: the cases whose texts are under a legal hold.
    """

    referred: dict[_Key, Event] = attrs.field(factory=dict)
    held: set[_Key] = attrs.field(factory=set)
    _valid: dict[_Key, CaseHistory] = attrs.field(factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event], *, tell: bool = True) -> Casebook:
        """The cases that these events tell of.

        A step that is not possible is left out, and named in a warning unless ``tell`` is False.
        """
        found = cls()
        for event in events:
            try:
                found.take(event)
            except LedgerError as error:
                if tell:
                    warn_left_out(f"event {event.sequence}: {error}")
        return found

    @property
    def next_id(self) -> str:
        """The id of the next case: the numbers go through the whole ledger."""
        return f"case-{len(self.referred) + 1}"

    def __iter__(self) -> Iterator[CaseHistory]:
        return iter(self._valid.values())

    def get(self, population: str | None, case: str | None) -> CaseHistory | None:
        """The case of an id; None where there is none, or its opening was corrected."""
        return self._valid.get((population, case))

    def take(self, event: Event) -> None:
        """Take the next event; one that is about no case changes nothing.

        Raises:
            LedgerError: a step that is not possible.
        """
        if event.kind not in _TOLD:
            return
        key = event.population, event.unit_id
        if event.kind == REFERRED:
            self.referred[key] = event
            self._valid[key] = CaseHistory(event)
        elif event.period is not None or key not in self.referred:
            if event.kind in CASE_KINDS:
                raise LedgerError(f"case {event.unit_id}: was never referred")
        elif event.kind == "case_held":
            self.held.add(key)
        elif event.kind == "case_hold_lifted":
            self.held.discard(key)
        elif event.kind == "corrected":
            self._correct(key, event.payload["event"])
        elif event.kind in CASE_KINDS and key in self._valid:
            self._valid[key].take(event)

    def _correct(self, key: _Key, event: str) -> None:
        """Take a correction; one of a resolution for this case is none of its own."""
        case = self._valid.get(key)
        own = () if case is None else (case.referred, *case.steps, *case.annotations)
        if case is None or event not in (said.hash for said in own):
            return
        left = case.without(event)
        if left is None:
            del self._valid[key]
        else:
            self._valid[key] = left


def cases_at(events: Iterable[Event], as_of: dt.datetime) -> Casebook:
    """The casebook as it stood at a moment.

    A case whose correction is later is as it was before it, so its later events do not count.
    """
    return Casebook.of(_told(events, as_of))


def _told(events: Iterable[Event], as_of: dt.datetime) -> Iterator[Event]:
    changed: set[_Key] = set()
    for event in events:
        if event.kind not in _TOLD or event.period is not None:
            continue
        key = event.population, event.unit_id
        if when(event) > as_of:
            if event.kind == "corrected":
                changed.add(key)
        elif key not in changed:
            yield event


def apart_from_cases(events: Iterable[Event]) -> list[Event]:
    """The events that are not about a case: no figure of the sample counts its corrections."""
    read = list(events)
    own: dict[_Key, set[str]] = {}
    corrected = {
        (e.population, e.unit_id) for e in read if e.kind == "corrected" and e.period is None
    }
    for event in read:
        key = event.population, event.unit_id
        if event.kind in CASE_KINDS and key in corrected:
            own.setdefault(key, set()).add(event.hash)
    return [event for event in read if not _is_of(event, own)]


def _is_of(event: Event, own: Mapping[_Key, set[str]]) -> bool:
    named: Any = event.payload.get("event") if event.kind == "corrected" else None
    about = own.get((event.population, event.unit_id), ())
    return event.kind in CASE_KINDS or (named is not None and named in about)
