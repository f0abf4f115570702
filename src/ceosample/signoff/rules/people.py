"""People and resolutions: who may hold which role, and the steps of what departs from a policy."""

from __future__ import annotations

import datetime as dt

from ceosample.errors import ConflictError, LedgerError, raise_faults
from ceosample.signoff.replay.naming import AGREED
from ceosample.signoff.replay.people import CUSTOMER_FACING
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


def require_new_resolution(event: Event, context: Context) -> None:
    """Raise if a resolution has this id already, or an amount without its currency."""
    name = event.payload["resolution"]
    faults = faults_of_amount(event.payload)
    raise_faults(LedgerError, (f"resolution, {fault}" for fault in faults))
    before = context.resolution(str(event.population), name)
    if before:
        raise ConflictError(
            f"resolution {name}: already exists with other contents (event {before[0].sequence}); "
            "choose another id for this one"
        )


def require_second_colleague(event: Event, context: Context) -> None:
    """Raise unless a resolution was proposed by another, of the same response, and is new."""
    proposed, *later = _story(event, context)
    name = event.payload["resolution"]
    for said in later:
        if said.kind == "oop_cosigned":
            raise ConflictError(
                f"resolution {name}: was co-signed by {said.actor!r} in event {said.sequence}"
            )
    if proposed.actor == event.actor:
        raise LedgerError(
            f"resolution {name}: {event.actor!r} proposed it; ask a second colleague to co-sign"
        )


def require_reviewer(event: Event, context: Context) -> None:
    """Raise unless a resolution was co-signed, not reviewed, and this person had no hand in it."""
    story = {said.kind: said for said in _story(event, context)}
    name = event.payload["resolution"]
    if "oop_cosigned" not in story:
        raise LedgerError(
            f"resolution {name}: was not co-signed, so it was never applied; co-sign it before you "
            "review it"
        )
    if "oop_reviewed" in story:
        said = story["oop_reviewed"]
        raise ConflictError(
            f"resolution {name}: was reviewed in event {said.sequence} "
            f"({said.payload['outcome']}); correct that one first"
        )
    if event.actor in (story["oop_proposed"].actor, story["oop_cosigned"].actor):
        raise LedgerError(
            f"resolution {name}: {event.actor!r} proposed or co-signed it; choose another reviewer"
        )


def _story(event: Event, context: Context) -> list[Event]:
    name, population = event.payload["resolution"], str(event.population)
    story = list(context.resolution(population, name))
    if not story:
        raise LedgerError(
            f"resolution {quoted(name)}: was not proposed in {population}; check its id and the "
            "population"
        )
    if story[0].unit_id != event.unit_id:
        raise LedgerError(f"resolution {quoted(name)}: is about another response")
    return story


def require_customer_facing(event: Event, context: Context) -> None:
    """Raise if someone proposes or co-signs who does not deal with customers, where any role says.

    A ledger in which nobody was ever granted such a role cannot tell.
    """
    people = context.people(event.population)
    on = day_of_event(event, context)
    known = people.knows(*CUSTOMER_FACING)
    if known and not people.having(event.actor, CUSTOMER_FACING, on):
        raise LedgerError(
            f"resolution {event.payload['resolution']}: {quoted(event.actor)} does not deal with "
            f"customers on {on} ({' or '.join(CUSTOMER_FACING)}); choose a colleague who does, or "
            "grant the role first"
        )
