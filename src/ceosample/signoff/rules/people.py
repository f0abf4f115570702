"""People: who may hold which role, and lose it."""

from __future__ import annotations

import datetime as dt

from ceosample.errors import LedgerError, raise_faults
from ceosample.signoff.replay.naming import AGREED
from ceosample.signoff.rules.context import Context
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
