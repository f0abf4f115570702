"""Corrections: which events can be made void, by whom, and when later ones rest on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ceosample.errors import LedgerError
from ceosample.signoff.replay import methods, naming, zones
from ceosample.signoff.replay.cases import CASE_KINDS, CASE_TEXTS
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.keys import KEY_KINDS
from ceosample.signoff.replay.lifecycle import ANNOTATIONS, STATES
from ceosample.signoff.replay.valid_events import when
from ceosample.signoff.rules.context import Context
from ceosample.signoff.rules.duties import ROLES_FOR, require_may_correct
from ceosample.signoff.rules.in_force import FIRST
from ceosample.signoff.rules.letters import letter_of
from ceosample.signoff.rules.outside.cases import case_of
from ceosample.signoff.rules.times import happened_by
from ceosample.signoff.store.events import Event
from ceosample.text import quoted

#: The steps of a resolution, each with those that rest on it.
_RESTS_ON = {
    "oop_proposed": ("oop_cosigned", "oop_reviewed"),
    "oop_cosigned": ("oop_reviewed",),
    "oop_reviewed": (),
}

#: What can be corrected, of what is about no letter.
_OTHERS = (
    *("role_granted", "role_revoked", "reconciled", "named", "room_sealed"),
    *(zones.STATED, methods.STATED, naming.AGREED, naming.WITHDRAWN),
)


def require_correction(event: Event, context: Context) -> None:
    """Raise unless an event can be made void, by this person, at this time."""
    wrong = corrected_by(event, context)
    history = require_correctable(wrong, event, context)
    sampler = None
    dockets: list[Mapping[str, Any]] = [] if history is None else history.dockets
    if history is not None:
        drawn = context.month(*history.subject[:2]).get("drawn")
        sampler = None if drawn is None else drawn.actor
    if wrong.kind in CASE_KINDS:
        dockets = [{"owner": case_of(wrong, context).owner}]
    at, people = when(event), context.people(wrong.population)
    zone = context.zone(wrong.population, wrong.period)
    require_may_correct(
        wrong, happened_by(wrong, context), dockets, event.actor, at, people, sampler, zone
    )


def corrected_by(event: Event, context: Context) -> Event:
    """The event that a correction makes void.

    Raises:
        LedgerError: there is none, it is about something else, or was corrected before.
    """
    named = event.payload["event"]
    wrong = next(iter(context.find(hash=named)), None)
    if wrong is None:
        raise LedgerError(
            f"event: got {quoted(named, 64)}, which is not in this ledger; give the hash of one of "
            "its events"
        )
    about = (wrong.population, wrong.period, wrong.unit_id)
    if about != (event.population, event.period, event.unit_id):
        raise LedgerError(f"event {wrong.sequence}: is about something else than its correction")
    for said in context.find(kind="corrected", unit_id=wrong.unit_id):
        if said.payload["event"] == named:
            raise LedgerError(
                f"event {wrong.sequence}: was corrected by event {said.sequence} already, by "
                "another person or for another reason"
            )
    return wrong


def require_correctable(wrong: Event, event: Event, context: Context) -> History | None:
    """The history of the letter that loses an event; None where it is about no letter.

    Raises:
        LedgerError: an event of this kind cannot be corrected, or later ones rest on it.
    """
    if wrong.kind in _RESTS_ON:
        _require_nothing_rests_on(wrong, context)
    elif wrong.kind in CASE_KINDS:
        _require_correctable_of_case(wrong, context)
    elif wrong.subject is not None:
        if wrong.kind not in STATES and wrong.kind not in ANNOTATIONS:
            raise LedgerError(
                f"event {wrong.sequence}: {wrong.kind} cannot be corrected; correct states, "
                "findings and notes, and lift a hold with lift=True"
            )
        history = letter_of(event, context)
        history.without(event.payload["event"])
        return history
    elif wrong.kind == "frozen":
        _require_no_seed(wrong, context)
    elif wrong.kind in KEY_KINDS:
        raise LedgerError(
            f"event {wrong.sequence}: {wrong.kind} cannot be corrected; revoke the key, or "
            "register another one"
        )
    elif wrong.kind not in _OTHERS:
        raise LedgerError(
            f"event {wrong.sequence}: {wrong.kind} cannot be corrected; set a month's draw aside "
            "with supersede"
        )
    if wrong.kind == "role_granted":
        _require_unused(wrong, context)
    return None


def _require_correctable_of_case(wrong: Event, context: Context) -> None:
    """Raise unless an event of a case can be void, and what came after it would be possible."""
    if wrong.kind in CASE_TEXTS:
        raise LedgerError(
            f"event {wrong.sequence}: {wrong.kind} cannot be corrected; lift a hold with lift=True"
        )
    case_of(wrong, context).without(wrong.hash)


def _require_no_seed(freeze: Event, context: Context) -> None:
    """Raise unless a freeze counts, and its month has no seed."""
    where = f"event {freeze.sequence}"
    if context.rules == FIRST:
        raise LedgerError(
            f"{where}: rules {FIRST} do not correct a freeze; run 'ceosample upgrade' first, or "
            "freeze the month again"
        )
    before = context.month(str(freeze.population), str(freeze.period))
    revealed, superseded = before.get("seed_revealed"), before.get("superseded")
    if superseded is not None and superseded.sequence > freeze.sequence:
        raise LedgerError(
            f"{where}: was set aside in event {superseded.sequence}, so it counts no more; leave it"
        )
    if revealed is not None:
        raise LedgerError(
            f"{where}: its month has a seed (event {revealed.sequence}), so the freeze stays; set "
            "the month's draw aside with supersede"
        )


def _require_nothing_rests_on(wrong: Event, context: Context) -> None:
    name = wrong.payload["resolution"]
    for said in context.resolution(str(wrong.population), name):
        if said.sequence > wrong.sequence and said.kind in _RESTS_ON[wrong.kind]:
            raise LedgerError(
                f"resolution {name}: without event {wrong.sequence} ({wrong.kind}) event "
                f"{said.sequence} ({said.kind}) would be impossible; correct that one first"
            )


def _require_unused(grant: Event, context: Context) -> None:
    """Raise if a person acted under a role: a grant that was used is revoked and not corrected."""
    person, role = grant.payload["person"], grant.payload["role"]
    for kind, roles in ROLES_FOR.items():
        acted = context.last_act(person, kind) if role in roles else 0
        if acted > grant.sequence:
            raise LedgerError(
                f"event {grant.sequence}: {quoted(person)} acted as {role} in event {acted}; "
                "revoke the role instead"
            )
