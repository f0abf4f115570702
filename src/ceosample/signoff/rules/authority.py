"""Who may decide what is more than a letter: a draw set aside, the board's answer, money."""

from __future__ import annotations

import datetime as dt

from ceosample.errors import LedgerError, raise_faults
from ceosample.signoff.replay.people import BOARD, CUSTOMER_FACING, People
from ceosample.signoff.rules.context import Context
from ceosample.signoff.store.events import Event
from ceosample.text import quoted


def require_approver_of_superseding(event: Event, context: Context) -> None:
    """Raise unless a person besides the one who asks approves, and had no hand in the month."""
    where, approver = f"{event.population}, {event.period}", event.payload["approver"]
    if approver == event.actor:
        raise LedgerError(
            f"{where}, approver: got {quoted(approver)}, who asks for it; give the id of another "
            "person who approves it"
        )
    month = (str(event.population), str(event.period))
    drawn = context.month(*month).get("drawn")
    hands = {} if drawn is None else {drawn.actor: "sampler"}
    for said in context.find(kind="rendered", population=month[0], period=month[1]):
        for name in ("owner", "author"):
            hands.setdefault(said.payload.get(name, ""), name)
    if approver in hands:
        raise LedgerError(
            f"{where}, approver: got {quoted(approver)}, who is the {hands[approver]}; choose "
            "someone who is not the sampler, owner or author"
        )


def require_for_the_board(event: Event, context: Context) -> None:
    """Raise unless the board's answer is recorded by a person who holds the board's role."""
    at = dt.datetime.fromisoformat(event.at).date()
    if not context.people(event.population).having(event.actor, [BOARD], at):
        raise LedgerError(
            f"letter {event.unit_id}: {quoted(event.actor)} does not answer for the board on {at}; "
            f"choose who does, or grant the role first: ceosample role grant PERSON {BOARD}"
        )


def require_no_hand_in_the_answer(event: Event, context: Context) -> None:
    """Raise if a letter's owner or author answers for the board."""
    history = None if event.subject is None else context.history_of(event.subject)
    hands = {
        name
        for docket in ([] if history is None else history.dockets)
        for name in ("owner", "author")
        if docket.get(name) == event.actor
    }
    raise_faults(
        LedgerError,
        (
            f"letter {event.unit_id}: {quoted(event.actor)} is its {name}, and may not answer for "
            "the board; choose someone else"
            for name in sorted(hands)
        ),
    )


def require_a_limit(event: Event, context: Context) -> None:
    """Raise if a resolution with an amount is recorded by a person without a granted limit."""
    said, on = event.payload, dt.datetime.fromisoformat(event.at).date()
    if "amount" not in said:
        return
    grants = context.people(event.population).having(
        event.actor, ["signatory", "accountable-executive"], on
    )
    if not any(g.limit is not None and g.currency == said["currency"] for g in grants):
        raise LedgerError(
            f"letter {event.unit_id}, amount: got {said['amount']} {said['currency']}, and "
            f"{quoted(event.actor)} has no limit in {said['currency']}; grant one first: ceosample "
            f"role grant {event.actor} accountable-executive --limit AMOUNT --currency "
            f"{said['currency']}"
        )


def require_customer_facing(event: Event, context: Context) -> None:
    """Raise if someone proposes or co-signs who does not deal with customers, where any role says.

    A ledger in which nobody was ever granted such a role cannot tell.
    """
    people: People = context.people(event.population)
    on = dt.datetime.fromisoformat(event.at).date()
    known = people.knows(*CUSTOMER_FACING)
    if known and not people.having(event.actor, CUSTOMER_FACING, on):
        raise LedgerError(
            f"resolution {event.payload['resolution']}: {quoted(event.actor)} does not deal with "
            f"customers on {on} ({' or '.join(CUSTOMER_FACING)}); choose a colleague who does, or "
            "grant the role first"
        )
