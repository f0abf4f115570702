"""Resolutions outside policy: who may propose, co-sign and review them, and in which order."""

from __future__ import annotations

from ceosample.errors import ConflictError, LedgerError, raise_faults
from ceosample.signoff.replay.people import CUSTOMER_FACING
from ceosample.signoff.rules.context import Context, day_of_event
from ceosample.signoff.rules.fields import as_amount, faults_of_amount
from ceosample.signoff.rules.letters import is_held
from ceosample.signoff.store.events import Event
from ceosample.text import quoted


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


def require_inside_limit(event: Event, context: Context) -> None:
    """Raise if two colleagues apply what costs more than the limit of either of them.

    A ledger in which nobody who deals with customers was ever granted a limit sets none.
    """
    proposed, *_ = _story(event, context)
    people, said = context.people(event.population), proposed.payload
    limited = (g for g in people.grants if g.role in CUSTOMER_FACING and g.limit is not None)
    if "amount" not in said or not any(limited):
        return
    on, amount, currency = day_of_event(event, context), as_amount(said["amount"]), said["currency"]
    limits = [
        grant.limit
        for person in (proposed.actor, event.actor)
        for grant in people.having(person, CUSTOMER_FACING, on)
        if grant.limit is not None and grant.currency == currency
    ]
    if limits and amount <= max(limits):
        return
    most = f"at most {max(limits)} {currency}" if limits else f"nothing in {currency}"
    raise LedgerError(
        f"resolution {event.payload['resolution']}: costs {amount} {currency}, and "
        f"{quoted(proposed.actor)} and {quoted(event.actor)} may apply {most}; ask a colleague "
        "with a higher limit to co-sign it, or the executive to resolve it"
    )


def require_erasable(event: Event, context: Context) -> None:
    """Raise if words are erased of a resolution that nobody proposed, or that a hold keeps."""
    name, about = event.payload["resolution"], (event.population, event.unit_id)
    found = context.find(population=event.population, period=None, unit_id=event.unit_id)
    if not any(said.payload.get("resolution") == name for said in found):
        raise LedgerError(
            f"resolution {quoted(name)}: was not proposed in {event.population}; check its id and "
            "the population"
        )
    if event.unit_id is None:
        return
    told: dict[str | None, list[Event]] = {}
    for said in context.find(population=event.population, unit_id=event.unit_id):
        told.setdefault(said.period, []).append(said)
    if about in context.casebook().held or any(map(is_held, told.values())):
        raise LedgerError(
            f"resolution {name}: {event.unit_id} is under a legal hold; lift it before you erase "
            "these texts"
        )
