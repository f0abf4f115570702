"""What is true of each letter, replayed from the events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from ceosample.errors import LedgerError
from ceosample.renamed import OldName
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.plans.rotation import OPEN
from ceosample.signoff.replay.lifecycle import (
    ANNOTATIONS,
    OF_READINGS,
    STATES,
    TRANSITIONS,
    WRONG_PAYLOAD,
    require_step,
)
from ceosample.signoff.replay.readings import READING
from ceosample.signoff.store.events import Event, Subject, warn_left_out
from ceosample.text import quoted


@attrs.define
class History:
    """What has happened to one letter so far.

    Attributes:
        subject: which letter.
        stratum: where it was drawn.
        take_all: whether its stratum is read in full.
        division: its stratum as the response has it; where the ledger does not hold that, as the
            plan made it.
        original: whether it was drawn, and not moved up from the reserves.
        state: the state it is in.
        is_reading: whether it is no letter, but a call, a chat or a post, which is read.
        events: the events of its states, in order; those that were corrected are not among them.
        annotations: findings, recognitions, contacts and notes, oldest first.
    """

    subject: Subject
    stratum: Stratum
    take_all: bool
    division: Stratum
    original: bool
    state: str
    events: list[Event] = attrs.field(factory=list)
    annotations: list[Event] = attrs.field(factory=list)
    is_reading: bool = False
    beside = OldName("annotations")

    @classmethod
    def begin(cls, event: Event, subject: Subject) -> History:
        """The history that a first event opens."""
        require_step(subject.unit_id, None, event.kind)
        return cls(
            subject=subject,
            stratum=tuple(event.payload["stratum"]),
            take_all=event.payload["take_all"],
            division=tuple(event.payload.get("division", event.payload["stratum"])),
            original=event.kind == "selected",
            state=event.kind,
            events=[event],
            is_reading=event.payload.get(READING, False),
        )

    def add(self, event: Event) -> None:
        """Take the next step.

        Raises:
            LedgerError: it is not allowed from here.
        """
        self._require_step(event.kind)
        self.state = event.kind
        self.events.append(event)

    def _require_step(self, kind: str) -> None:
        if kind not in (OF_READINGS if self.is_reading else TRANSITIONS)[self.state]:
            require_step(self.subject.unit_id, self.state, kind, is_reading=self.is_reading)

    def said_before(self, kind: str) -> Event | None:
        """The standing event of a kind, if recording it again can mean nothing new."""
        said = self.standing(kind)
        steps = OF_READINGS if self.is_reading else TRANSITIONS
        again = kind in steps[self.state] and said is not self.events[-1]
        return None if again else said

    def require(self, kind: str, actor: str, payload: Mapping[str, Any]) -> None:
        """Raise unless this step is allowed now.

        Raises:
            LedgerError: by the table of states, or because a signature is of another letter or of
                another person, or because what goes out is not what was signed.
        """
        self._require_step(kind)
        unit_id = self.subject.unit_id
        if kind in ("signed", "signed_by_deputy", "read"):
            self._require_sent(payload.get("letter"))
        if kind in ("signed", "delegated") and self.signatory != actor:
            raise LedgerError(
                f"letter {unit_id}: was sent to {self.signatory!r} for signature, and not to "
                f"{quoted(actor)}; only they can sign or delegate it"
            )
        if kind == "read" and self.signatory != actor:
            raise LedgerError(
                f"letter {unit_id}: was sent to {self.signatory!r} to read, and not to "
                f"{quoted(actor)}; only they can record it as read"
            )
        if payload.get("own_letter") and not self.took_over(actor):
            raise LedgerError(
                f"letter {unit_id}: {quoted(actor)} wrote it, and may sign it only after taking it "
                "over; record taken_over first"
            )
        if kind == "signed_by_deputy" and self.events[-1].payload.get("to") != actor:
            raise LedgerError(
                f"letter {unit_id}: was delegated to {quoted(self.events[-1].payload.get('to'))}, "
                f"and got {quoted(actor)}; the deputy must sign in their own name"
            )
        if kind == "dispatched":
            signed = self.standing("signed", "signed_by_deputy")
            if signed is None or signed.payload["letter"] != payload.get("letter"):
                letter = quoted(payload.get("letter"), 64)
                raise LedgerError(
                    f"letter {unit_id}: got the digest {letter}, which is not that of the letter "
                    "that was signed; dispatch that one"
                )

    @property
    def line(self) -> tuple[str, ...]:
        """The line of reserves behind it: its stratum's, or a rotation's open one."""
        open_to_all = self.events[0].payload.get("line") == OPEN
        return (OPEN,) if open_to_all else ("stratum", *self.stratum)

    def _require_sent(self, letter: object) -> None:
        sent = self.standing("sent_for_signature")
        out = None if sent is None else sent.payload["letter"]
        if sent is None or out != letter:
            now = "no version is out" if out is None else f"the version out for signature is {out}"
            raise LedgerError(
                f"letter {self.subject.unit_id}: got the digest {quoted(letter, 64)}, which was "
                f"never sent for signature, or came back; {now}"
            )

    def without(self, event: str) -> History:
        """The letter's history as if an event had never been recorded.

        Raises:
            LedgerError: it is not one of this letter's, or what came after it would be impossible.
        """
        unit_id = self.subject.unit_id
        if event in (said.hash for said in self.annotations):
            kept = [said for said in self.annotations if said.hash != event]
            return attrs.evolve(self, events=list(self.events), annotations=kept)
        if event not in (said.hash for said in self.events):
            raise LedgerError(
                f"letter {unit_id}: has no event {quoted(event, 64)}, or it was corrected before"
            )
        if self.events[0].hash == event or any(
            said.hash == event and said.kind in ("selected", "replaced") for said in self.events
        ):
            raise LedgerError(
                f"letter {unit_id}: an event that drew or replaced it cannot be corrected; "
                "supersede the month's draw instead"
            )
        again = History.begin(self.events[0], self.subject)
        again.annotations = list(self.annotations)
        for said in self.events[1:]:
            if said.hash == event:
                continue
            try:
                again.require(said.kind, said.actor, said.payload)
            except LedgerError as error:
                raise LedgerError(
                    f"letter {unit_id}: without it event {said.sequence} ({said.kind}) would be "
                    f"impossible ({error}); correct that one first"
                ) from None
            again.add(said)
        return again

    @property
    def docket(self) -> Mapping[str, Any]:
        """The docket in the newest version's event: owner, author, due, ...; empty before one."""
        newest = self.latest("rendered")
        return {} if newest is None else newest.payload

    @property
    def dockets(self) -> list[Mapping[str, Any]]:
        """What the event of each version holds."""
        return [event.payload for event in self.events if event.kind == "rendered"]

    @property
    def signatory(self) -> str | None:
        """The id of the person to whom it is out for signature, or None."""
        sent = self.standing("sent_for_signature")
        return None if sent is None else str(sent.payload["signatory"])

    def took_over(self, person: str) -> bool:
        """Whether this person took it over."""
        return any(said.kind == "taken_over" and said.actor == person for said in self.events)

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


def replay(events: Iterable[Event], *, tell: bool = True) -> dict[Subject, History]:
    """What is true of each letter, from the events alone.

    A step that is not possible is left out, and named in a warning unless ``tell`` is False.
    """
    histories: dict[Subject, History] = {}
    for event in events:
        try:
            follow(histories, event)
        except LedgerError as error:
            if tell:
                warn_left_out(str(error))
    return histories


def follow(histories: dict[Subject, History], event: Event) -> None:
    """Take one event into the histories; one that is about no letter changes nothing.

    Raises:
        LedgerError: a step that is not allowed; the message names the event.
    """
    try:
        _follow(histories, event)
    except LedgerError as error:
        raise LedgerError(f"event {event.sequence}: {error}") from None
    except (KeyError, TypeError):
        raise LedgerError(f"event {event.sequence}: {WRONG_PAYLOAD}") from None


def _follow(histories: dict[Subject, History], event: Event) -> None:
    subject = event.subject
    if event.kind == "superseded":
        month = (event.population, event.period)
        for other in [subject for subject in histories if subject[:2] == month]:
            del histories[other]
    if subject is None:
        return
    history = histories.get(subject)
    if event.kind in STATES:
        if history is None:
            histories[subject] = History.begin(event, subject)
        else:
            history.add(event)
    elif event.kind in ANNOTATIONS or event.kind == "corrected":
        if history is None:
            raise LedgerError(f"letter {subject.unit_id}: was not drawn")
        if event.kind == "corrected":
            histories[subject] = history.without(event.payload["event"])
        else:
            history.annotations.append(event)
