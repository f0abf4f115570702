"""Letters: the step that each event takes, its duties and its time; what is said next to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ceosample.errors import LedgerError, raise_faults
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import INITIAL
from ceosample.signoff.replay.people import BOARD
from ceosample.signoff.replay.promised import Undertaking, actions, causes, promises
from ceosample.signoff.replay.valid_events import when
from ceosample.signoff.rules.context import Context, day_of_event
from ceosample.signoff.rules.duties import labels_of, require_duties
from ceosample.signoff.rules.times import happened_by
from ceosample.signoff.store.events import Event, Subject
from ceosample.text import quoted


def require_order(where: str, before: Event, kind: str, at: dt.datetime, context: Context) -> None:
    """Raise if a step claims to have happened before the one that it follows."""
    if at < when(before) and at < happened_by(before, context):  # which is never later
        raise LedgerError(
            f"{where}: {kind} at {at.isoformat()} would be before event {before.sequence} "
            f"({before.kind}, {before.at}); give the time at which it happened",
            reason="order",
        )


def subject_of(event: Event) -> Subject:
    """The letter that an event is about, which its form makes sure of."""
    if event.subject is None:
        raise LedgerError(f"{event.kind}: is about no letter")
    return event.subject


def letter_of(event: Event, context: Context) -> History:
    """The history of the letter that an event is about.

    Raises:
        LedgerError: it was not drawn.
    """
    subject = event.subject
    history = None if subject is None else context.history_of(subject)
    if history is None:
        subject_of(event)
        raise LedgerError(f"letter {event.unit_id}: was not drawn")
    return history


def require_step(event: Event, context: Context) -> None:
    """Raise unless the letter's state allows this step, of this letter's digest, by this person."""
    letter_of(event, context).require(event.kind, event.actor, event.payload)


def require_another_allows(event: Event, _context: Context) -> None:
    """Raise if who allows a text that was not committed to is the letter's owner or author."""
    allowed = event.payload.get("edited_by")
    own = [name for name in ("owner", "author") if event.payload.get(name) == allowed]
    if allowed is not None and own:
        raise LedgerError(
            f"letter {event.unit_id}, edited_by: got {quoted(allowed)}, its {own[0]}; let another "
            "person allow the edit"
        )


def require_time(event: Event, context: Context) -> None:
    """Raise if a step that a person records claims to have happened before the one before it."""
    newest = letter_of(event, context).events[-1]
    if event.at == newest.at or newest.kind in INITIAL or _is_sent_by_a_pack(event, context):
        return
    require_order(f"letter {event.unit_id}", newest, event.kind, when(event), context)


#: The fields that duties add.
_LABELS: Final = ("own_letter", "for")


def require_duties_of(event: Event, context: Context) -> None:
    """Raise unless this person may do this, and the event has the labels that duties add."""
    if _is_sent_by_a_pack(event, context):
        return
    history = letter_of(event, context)
    population, period, _ = history.subject
    drawn = context.month(population, period).get("drawn")
    require_duties(
        history,
        event.kind,
        event.actor,
        when(event),
        event.payload,
        context.people(population),
        None if drawn is None else drawn.actor,
        context.zone(population, period),
    )
    labels = labels_of(history, event.kind, event.actor)
    found = {name: event.payload[name] for name in _LABELS if name in event.payload}
    if found != labels:
        raise LedgerError(
            f"letter {event.unit_id}: got the labels {found or 'none'}; {event.kind} has "
            f"{labels or 'none'} here"
        )


def require_next_version(event: Event, context: Context) -> None:
    """Raise unless a rendered letter's version follows from those before it."""
    versions, version = letter_of(event, context).versions, event.payload["version"]
    if version != versions + 1:
        raise LedgerError(
            f"letter {event.unit_id}: got version {version}, after {versions} that were rendered "
            f"before; render it with version={versions + 1}"
        )


def require_recall(event: Event, context: Context) -> None:
    """Raise unless what a pack does not send takes back a delegation: the same letter as before."""
    if _is_sent_by_a_pack(event, context):
        return
    history = letter_of(event, context)
    sent = history.standing("sent_for_signature")
    before = {} if sent is None else sent.payload
    same = all(before.get(name) == event.payload[name] for name in ("letter", "signatory", "pack"))
    if history.state != "delegated" or not same:
        raise LedgerError(
            f"letter {event.unit_id}: was sent again without a new version; only taking back a "
            "delegation does that, of the same letter"
        )


def _is_sent_by_a_pack(event: Event, context: Context) -> bool:
    """Whether an event sends the version that the event before it rendered."""
    if event.kind != "sent_for_signature":
        return False
    before = context.unfinished
    return before is not None and before.accepts(event)


def require_drawn(event: Event, context: Context) -> None:
    """Raise unless an annotation is about a letter that was drawn, and no reserve."""
    if letter_of(event, context).state == "reserve":
        raise LedgerError(f"letter {event.unit_id}: was not drawn")


def require_known(event: Event, context: Context) -> None:
    """Raise unless a hold or an erasure is about a letter that the ledger has heard of."""
    if event.subject is not None and not context.find(**event.subject._asdict()):
        raise LedgerError(
            f"letter {event.unit_id}: is not in this ledger for {event.population}, "
            f"{event.period}; check its id, its population and its month"
        )


def require_hold(event: Event, context: Context) -> None:
    """Raise unless a letter under no hold is held, and one under a hold is let go."""
    held = is_held(_told_of(event, context))
    if (event.kind == "held") == held:
        now = (
            "is under a legal hold already"
            if held
            else "has no legal hold, so nothing can be lifted"
        )
        raise LedgerError(f"letter {event.unit_id}: {now}")


def require_erasable(event: Event, context: Context) -> None:
    """Raise if texts are erased that a legal hold keeps, or of a letter and a person at once."""
    if (event.subject is None) != ("person" in event.payload):
        raise LedgerError("person: give it where a person's name was erased, and nowhere else")
    if event.subject is not None and is_held(_told_of(event, context)):
        raise LedgerError(
            f"letter {event.unit_id}: is under a legal hold; lift it before you erase its texts"
        )


def is_held(events: Iterable[Event]) -> bool:
    """Whether a letter is under a legal hold, by its own events."""
    holds = [event.kind for event in events if event.kind in ("held", "hold_lifted")]
    return bool(holds) and holds[-1] == "held"


def _told_of(event: Event, context: Context) -> Sequence[Event]:
    return context.find(**subject_of(event)._asdict())


def require_for_the_board(event: Event, context: Context) -> None:
    """Raise unless who answers for the board holds its role, and had no hand in the letter."""
    at = day_of_event(event, context)
    faults = [
        f"{quoted(event.actor)} is its {name}, and may not answer for the board; choose someone "
        "else"
        for name in ("owner", "author")
        if event.actor in {docket.get(name) for docket in letter_of(event, context).dockets}
    ]
    if not context.people(event.population).having(event.actor, [BOARD], at):
        faults.append(
            f"{quoted(event.actor)} does not answer for the board on {at}; choose who does, or "
            f"grant the role first: ceosample role grant PERSON {BOARD}"
        )
    raise_faults(LedgerError, (f"letter {event.unit_id}: {fault}" for fault in faults))


def require_a_limit(event: Event, context: Context) -> None:
    """Raise if a resolution with an amount is recorded by a person without a granted limit."""
    fault = None if "amount" not in event.payload else fault_of_no_limit(event, context)
    if fault is not None:
        raise LedgerError(f"letter {event.unit_id}, {fault}")


def fault_of_no_limit(event: Event, context: Context) -> str | None:
    """The problem of an amount by a person without a granted limit; None where there is one."""
    said, on = event.payload, day_of_event(event, context)
    grants = context.people(event.population).having(
        event.actor, ["signatory", "accountable-executive"], on
    )
    if any(g.limit is not None and g.currency == said["currency"] for g in grants):
        return None
    return (
        f"amount: got {said['amount']} {said['currency']}, and {quoted(event.actor)} has no limit "
        f"in {said['currency']}; grant one first: ceosample role grant {event.actor} "
        f"accountable-executive --limit AMOUNT --currency {said['currency']}"
    )


# What was promised, and what is to be done about a cause.


def require_open_promise(event: Event, context: Context) -> None:
    """Raise unless what was kept or broken was promised, and nothing else came of it."""
    _require_open(event, "promise", promises(letter_of(event, context)))


def require_open_action(event: Event, context: Context) -> None:
    """Raise unless what was done is an action that was recorded, of the letter."""
    _require_open(event, "action", actions(letter_of(event, context)))


def _require_open(event: Event, field: str, items: Mapping[str, Undertaking]) -> None:
    name = event.payload[field]
    item = items.get(name)
    if item is None:
        known = ", ".join(sorted(items)) or f"none: record it first, as {field}"
        raise LedgerError(
            f"letter {event.unit_id}, {field}: got {quoted(name)}, which is not on record; give "
            f"one of its own ({known})"
        )
    if item.done is not None and item.done.kind != event.kind:
        raise LedgerError(
            f"letter {event.unit_id}, {field}: {quoted(name)} is {item.done.kind} by event "
            f"{item.done.sequence}; correct that one first"
        )


def require_cause(event: Event, context: Context) -> None:
    """Raise unless an action is against a cause that a finding of the letter names."""
    named = causes(letter_of(event, context))
    if event.payload["cause"] not in named:
        known = ", ".join(sorted(named)) or "none: record a finding with its cause first"
        raise LedgerError(
            f"letter {event.unit_id}, cause: got {quoted(event.payload['cause'])}, which no "
            f"finding names; give one that does ({known})"
        )


def require_nothing_rests_on(event: Event, context: Context) -> None:
    """Raise if a promise, an action or a cause is made void of which more was said."""
    if event.subject is None:
        return
    history = letter_of(event, context)
    before, after = _unsupported(history), _unsupported(history.without(event.payload["event"]))
    new = [said for said in after if said not in before and said.hash != event.payload["event"]]
    if new:
        raise LedgerError(
            f"letter {event.unit_id}: without it event {new[0].sequence} ({new[0].kind}) would "
            "be of nothing; correct that one first"
        )


def _unsupported(history: History) -> list[Event]:
    """What was said to be kept or done, or planned, of which nothing is on record."""
    promised, planned, named = promises(history), actions(history), causes(history)
    return [
        event
        for event in history.annotations
        if (
            event.kind in ("promise_kept", "promise_broken")
            and event.payload["promise"] not in promised
        )
        or (event.kind == "action_done" and event.payload["action"] not in planned)
        or (event.kind == "action" and event.payload["cause"] not in named)
    ]
