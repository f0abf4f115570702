"""People: who may hold which role, and lose it; and the keys of recorders."""

from __future__ import annotations

import datetime as dt
from typing import Final

from ceosample.errors import LedgerError, raise_faults
from ceosample.signoff.replay.keys import KEY_KINDS, Keys
from ceosample.signoff.replay.naming import AGREED
from ceosample.signoff.rules.context import Context, day_of_event
from ceosample.signoff.rules.fields import faults_of_amount
from ceosample.signoff.store.events import Event
from ceosample.text import fault_in_name, quoted


def require_grant(event: Event, _: Context) -> None:
    """Raise unless a role ends after it begins, and a deputy is another person's."""
    said = event.payload
    faults = faults_of_amount(said, "limit")
    faults += faults_of_deputy(said["person"], said["role"], said.get("for"))
    if said.get("until", said["from"]) < said["from"]:
        faults.append(
            f"until: got {said['until']}, which is before {said['from']}; give the role's last date"
        )
    raise_faults(LedgerError, (f"role, {fault}" for fault in faults))


def faults_of_deputy(person: str, role: str, of: object) -> list[str]:
    """The problem of a deputy of nobody, or of another role for someone."""
    if role == "deputy" and of is None:
        return ["of: missing; give the id of the person for whom the deputy stands in"]
    if role != "deputy" and of is not None:
        return [f"of: got {quoted(of)}; remove it, since only a deputy stands in for someone"]
    if of is not None and (not isinstance(of, str) or fault_in_name(of) or of == person):
        return [f"of: got {quoted(of)}; give the id of the person for whom the deputy stands in"]
    return []


def require_held(event: Event, context: Context) -> None:
    """Raise unless a person holds the role that is taken from them on that date."""
    person, role, since = (str(event.payload[name]) for name in ("person", "role", "from"))
    people = context.people(event.population)
    of = event.payload.get("for")
    held = people.having(person, [role], dt.date.fromisoformat(since))
    if not any(of in (None, grant.of) for grant in held):
        whose = "" if of is None else f" of {quoted(of)}"
        raise LedgerError(
            f"role: {quoted(person)} is not {role}{whose} on {since}; see who is with "
            "'ceosample people' or ledger.people()"
        )


def require_own_word(event: Event, _: Context) -> None:
    """Raise unless it is the person themselves who agrees to be named."""
    if event.actor != event.payload["person"]:
        raise LedgerError(
            f"naming, person: got {quoted(event.payload['person'])}, for whom "
            f"{quoted(event.actor)} agreed; ask the person, who alone can agree to be named"
        )


def require_agreed(event: Event, context: Context) -> None:
    """Raise unless a person whose name is withdrawn agreed to be named before."""
    person = event.payload["person"]
    if not any(one.payload["person"] == person for one in context.find(kind=AGREED)):
        raise LedgerError(
            f"naming, person: {quoted(person)} has not agreed to be named, so there is nothing to "
            "withdraw; see who has with 'ceosample naming show'"
        )


#: Who may revoke a key, where one of these roles was ever granted.
MAY_REVOKE: Final = ("recorder", "executive-office", "accountable-executive", "auditor")


def require_own_key(event: Event, _: Context) -> None:
    """Raise unless it is the person themselves who registers or rotates a key."""
    for name, who in (("by", event.actor), ("recorder", event.payload.get("recorder"))):
        if who not in (None, event.payload["person"]):
            raise LedgerError(
                f"key, {name}: got {quoted(who)} for a key of {quoted(event.payload['person'])}; "
                "each person registers and rotates their own key"
            )


def require_new_key(event: Event, context: Context) -> None:
    """Raise unless a key was never registered before, and its person holds none that goes on."""
    said, known = event.payload, _keys(context)
    before = known.find(said["key"])
    if before is not None:
        raise LedgerError(
            f"key: {said['key'][:8]} was registered by event {before.since} already; make a new "
            "one with 'ceosample key new'"
        )
    held, replaced = known.held_by(said["person"]), said.get("replaces")
    if replaced is None and held is not None:
        raise LedgerError(
            f"key, person: {quoted(said['person'])} holds the key {held.public[:8]} since event "
            f"{held.since}; rotate it, or revoke it first"
        )
    if replaced is not None and (held is None or held.public != replaced):
        raise LedgerError(
            f"key, replaces: got {replaced[:8]}, with which {quoted(said['person'])} does not sign "
            "now; see the keys with 'ceosample key list'"
        )


def require_revocable(event: Event, context: Context) -> None:
    """Raise unless two persons who may decide it end a key that can sign."""
    said, known = event.payload, _keys(context).find(event.payload["key"])
    if known is None or known.until is not None or known.person != said["person"]:
        raise LedgerError(
            f"key: {said['key'][:8]} is no key with which {quoted(said['person'])} signs now; see "
            "the keys with 'ceosample key list'"
        )
    if said["approver"] == event.actor:
        raise LedgerError(
            f"key, approver: got {quoted(said['approver'])}, who revokes it too; two persons "
            "revoke a key"
        )
    people, day = context.people(None), day_of_event(event, context)
    if not people.knows(*MAY_REVOKE):
        return
    for name, who in (("by", event.actor), ("approver", said["approver"])):
        if who != known.person and not people.having(who, MAY_REVOKE, day):
            raise LedgerError(
                f"key, {name}: {quoted(who)} is not {' or '.join(MAY_REVOKE)} on {day}; choose "
                "someone who is, or grant the role first"
            )


def _keys(context: Context) -> Keys:
    """The keys before an event."""
    found = [event for kind in KEY_KINDS for event in context.find(kind=kind)]
    return Keys.of(sorted(found, key=lambda event: event.sequence))
