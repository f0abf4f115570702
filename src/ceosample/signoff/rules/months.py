"""Months: freeze, seed, draw, its letters and reserves, what superseding and imports may do."""

from __future__ import annotations

from collections.abc import Iterable

from ceosample.canonical import canonical_file, digest
from ceosample.days import AS_WRITTEN, day_of
from ceosample.errors import ConflictError, LedgerError, raise_faults
from ceosample.period import Period
from ceosample.signoff.replay import methods
from ceosample.signoff.replay.lifecycle import require_step
from ceosample.signoff.replay.seeds import MISTAKE
from ceosample.signoff.replay.valid_events import valid_events, when
from ceosample.signoff.replay.zones import ZONE
from ceosample.signoff.rules.context import Context
from ceosample.signoff.rules.duties import require_hands_off, require_role
from ceosample.signoff.rules.in_force import FIRST
from ceosample.signoff.rules.letters import require_order, subject_of
from ceosample.signoff.store.events import Event
from ceosample.text import quoted

#: What a commitment is the digest of.
_COMMITTED = (
    *("block", "scheme", "population", "period", "plan", "manifest", "excluded", "seed_source"),
    "earlier",
)


def place_of(event: Event) -> tuple[str, str]:
    """The month that an event is about, which its form makes sure of."""
    return str(event.population), str(event.period)


def require_role_of(event: Event, context: Context) -> None:
    """Raise unless the actor holds a role that the event needs, once one was granted."""
    at = when(event)
    zone = event.payload.get(ZONE) or context.zone(event.population, event.period)
    require_role(context.people(event.population), event.kind, event.actor, at, zone)


def require_seeds(event: Event, context: Context) -> None:
    """Raise if what an event holds about chains and seeds cannot follow what the ledger has."""
    by_mistake = event.kind == "chain_published" and event.payload.get("reason_code") == MISTAKE
    if by_mistake and context.rules == FIRST:
        raise LedgerError(
            f"{event.population}, reason_code: got {MISTAKE!r}, which rules {FIRST} do not know; "
            "run 'ceosample upgrade' first"
        )
    context.seeds().require(event)


def require_committed(event: Event, _: Context) -> None:
    """Raise unless a freeze's commitment is the digest of what it says, of its own month."""
    said = event.payload
    if (said["population"], said["period"]) != (event.population, event.period):
        raise LedgerError("frozen: its commitment is about another month")
    committed = {name: said[name] for name in _COMMITTED if name in said}
    if digest(canonical_file(committed)) != said["commitment"]:
        raise LedgerError("frozen: its commitment is not the digest of what it says")


def require_no_seed(event: Event, context: Context) -> None:
    """Raise if a month's seed was revealed: nothing is frozen after it."""
    before = context.month(*place_of(event)).get("seed_revealed")
    if before is not None:
        population, period = place_of(event)
        raise ConflictError(
            f"{population}, {period}: its seed has been revealed (event {before.sequence}), so it "
            f"can no longer be {event.kind}"
        )


def require_whole_block(event: Event, context: Context) -> None:
    """Raise unless a rotation's freeze names all earlier draws of its block, and no other."""
    if "block" in event.payload:
        require_draws(event, context.draws(str(event.population)), "give it in earlier=")


def require_block_as_frozen(event: Event, context: Context) -> None:
    """Raise if an earlier draw of the block came between a rotation's freeze and its seed."""
    frozen = _before(event, context, "frozen")
    if "block" in frozen.payload:
        remedy = f"freeze again with it in earlier= (event {frozen.sequence} is too old)"
        require_draws(frozen, context.draws(str(event.population)), remedy)


def require_draws(frozen: Event, drawn: Iterable[Event], remedy: str) -> None:
    """Raise unless the earlier draws of a freeze are those of its block.

    A person who could leave one out could choose which strata are called, or more likely.

    Args:
        frozen: a freeze under a rotation or ``waiting``.
        drawn: the population's registered draws.
        remedy: what to do about one that was left out.

    Raises:
        ConflictError: they are not.
    """
    first, period = frozen.payload["block"], str(frozen.period)
    month_of = {e.payload["draw"]: e.period for e in drawn if first <= (e.period or "") < period}
    where = f"{frozen.population}, {period}"
    rotates = "rotation" in frozen.payload["plan"]
    counts = "belongs to the block" if rotates else f"counts, as all from {first} on do"
    raise_faults(
        ConflictError,
        (
            f"{where}: the draw {draw[:8]} of {month_of[draw]} is registered here and {counts}; "
            f"{remedy}"
            if draw in month_of
            else f"{where}: got the earlier draw {draw[:8]}, which is not registered here; "
            "register it first, or remove it from earlier="
            for draw in sorted(set(month_of) ^ set(frozen.payload["earlier"]))
        ),
    )


def require_frozen_before(event: Event, context: Context) -> None:
    """Raise unless a seed is revealed once, after its month was frozen."""
    frozen = _before(event, context, "frozen")
    _require_none(event, context)
    _require_after(event, frozen, context)


def require_revealed_before(event: Event, context: Context) -> None:
    """Raise unless a draw is registered once, of what was frozen, after its seed was revealed."""
    revealed = _before(event, context, "seed_revealed")
    _require_none(event, context)
    _require_after(event, revealed, context)
    frozen, said = _before(event, context, "frozen"), event.payload
    if said["commitment"] != frozen.payload["commitment"]:
        raise ConflictError(
            f"drawn: is of another frame or plan than event {frozen.sequence} froze"
        )
    if sum(pool["N"] for pool in said["strata"]) != frozen.payload["count"]:
        raise ConflictError(
            f"drawn: its strata do not add up to the {frozen.payload['count']} responses that "
            f"event {frozen.sequence} froze"
        )


def require_of_the_draw(event: Event, context: Context) -> None:
    """Raise unless a selection or a reserve is one that registering or replacing writes here."""
    history = context.history_of(subject_of(event))
    require_step(str(event.unit_id), None if history is None else history.state, event.kind)
    _before(event, context, "drawn")
    step = context.unfinished
    if step is None or not step.accepts(event):
        raise LedgerError(f"letter {event.unit_id}: was {event.kind} after its draw was registered")
    step.require(event)


def require_sent_whole(event: Event, context: Context) -> None:
    """Raise unless what a pack sends is the version that was rendered."""
    step = context.unfinished
    if step is not None and step.accepts(event):
        step.require(event)


def require_draw_to_supersede(event: Event, context: Context) -> None:
    """Raise unless a month has the draw that is set aside, by a person without a hand in it."""
    drawn = _before(event, context, "drawn")
    if event.payload["draw"] != drawn.payload["draw"]:
        raise LedgerError(f"superseded: is of another draw than event {drawn.sequence} registered")
    population, period = place_of(event)
    told = context.find(population=population, period=period)
    require_hands_off(told, "superseded", event.actor, drawn.actor)


def require_approver_of_superseding(event: Event, context: Context) -> None:
    """Raise unless a person besides the one who asks approves, and had no hand in the month."""
    place, approver = place_of(event), event.payload.get("approver")
    where = f"{', '.join(place)}, approver"
    if approver in (None, event.actor):
        raise LedgerError(
            f"{where}: got {quoted(approver)}; give the id of a person who approves it, besides "
            "the one who asks for it"
        )
    drawn = context.month(*place).get("drawn")
    hands = {} if drawn is None else {drawn.actor: "sampler"}
    for said in context.find(kind="rendered", population=place[0], period=place[1]):
        for name in ("owner", "author"):
            hands.setdefault(said.payload.get(name, ""), name)
    if approver in hands:
        raise LedgerError(
            f"{where}: got {quoted(approver)}, who is the {hands[approver]}; choose "
            "someone who is not the sampler, owner or author"
        )


def require_importable(event: Event, context: Context) -> None:
    """Raise unless an older tracker's claim is of a month before the ledger, and the first one."""
    population, period = place_of(event)
    if context.was_frozen(population, period):
        raise ConflictError(f"{population}, {period}: was frozen here, so it cannot be imported")
    if event.unit_id in context.claims(population, period):
        raise LedgerError(f"letter {event.unit_id}: was imported before, and not withdrawn")
    zone = event.payload.get(ZONE) or context.zone(population)
    today = day_of(when(event), zone)
    signed_on = event.payload["signed_on"]
    if signed_on is not None and signed_on > today.isoformat():
        raise LedgerError(f"letter {event.unit_id}: signed on {signed_on}, after the import")
    if Period.parse(period).first_day > today:
        raise LedgerError(f"letter {event.unit_id}: of {period}, which begins after the import")


def require_zone_unknown(event: Event, context: Context) -> None:
    """Raise unless a zone is stated of a month that was frozen without one, and once."""
    population, period = place_of(event)
    if not context.was_frozen(population, period):
        raise LedgerError(f"{population}, {period}: was not frozen, so it has no dates to state")
    known = context.zone(population, period)
    if known != AS_WRITTEN:
        raise ConflictError(f"{population}, {period}: its zone is {known} already")


def require_method_unknown(event: Event, context: Context) -> None:
    """Raise unless a method is stated of a month that is frozen, and once for each of its draws."""
    _before(event, context, "frozen")
    population, period = place_of(event)
    told = context.find(population=population, period=period, unit_id=None)
    stated = methods.method_of(valid_events(told))
    if stated is not None:
        raise ConflictError(
            f"{population}, {period}: event {stated.sequence} states its method already; correct "
            "that event first"
        )


def require_imported(event: Event, context: Context) -> None:
    """Raise unless a month has claims of the file that is withdrawn."""
    population, period = place_of(event)
    if event.payload["file"] not in context.claims(population, period).values():
        raise LedgerError(f"{population}, {period}: nothing was imported from the file")


def _before(event: Event, context: Context, kind: str) -> Event:
    """The event of a kind that a month must have before this one."""
    found = context.month(*place_of(event)).get(kind)
    if found is None:
        population, period = place_of(event)
        raise LedgerError(
            f"{event.kind} before {kind}: {population}, {period} has none that counts"
        )
    return found


def _require_none(event: Event, context: Context) -> None:
    before = context.month(*place_of(event)).get(event.kind)
    if before is not None:
        raise ConflictError(f"{event.kind} after {event.kind}: event {before.sequence} was the one")


def _require_after(event: Event, before: Event, context: Context) -> None:
    where, at = f"{event.population}, {event.period}", when(event)
    require_order(where, before, event.kind, at, context)
