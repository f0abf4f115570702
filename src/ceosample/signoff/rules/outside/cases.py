"""The casebook: which number a case has, the steps of each, and who may take them."""

from __future__ import annotations

from collections.abc import Iterator

from ceosample.errors import LedgerError, raise_faults
from ceosample.signoff.replay.cases import CASE_STATES, PREFIX, CaseHistory
from ceosample.signoff.replay.people import BOARD
from ceosample.signoff.replay.valid_events import when
from ceosample.signoff.rules.context import Context, day_of_event
from ceosample.signoff.rules.duties import faults_of_limit, require_role
from ceosample.signoff.rules.letters import fault_of_no_limit, require_order
from ceosample.signoff.store.events import Event
from ceosample.text import quoted


def require_next_case(event: Event, context: Context) -> None:
    """Raise unless a case has the number after that of the newest one."""
    wanted = context.casebook().next_id
    if event.unit_id != wanted:
        raise LedgerError(f"case: got {quoted(event.unit_id)}; the next case is {wanted}")


def case_of(event: Event, context: Context) -> CaseHistory:
    """The case that an event is about.

    Raises:
        LedgerError: there is none, or its opening was corrected.
    """
    found = context.casebook().get(event.population, event.unit_id)
    if found is None:
        raise LedgerError(
            f"case {quoted(event.unit_id)}: is not in this ledger for {event.population}, or was "
            "corrected; check its id"
        )
    return found


def require_step_of_case(event: Event, context: Context) -> None:
    """Raise unless the case's state allows this step, after the one before it."""
    case, kind = case_of(event, context), event.kind.removeprefix(PREFIX)
    if kind in CASE_STATES:
        case.require(kind)
        newest = case.steps[-1] if case.steps else case.referred
        require_order(f"case {case.id}", newest, kind, when(event), context)


def require_duties_of_case(event: Event, context: Context) -> None:
    """Raise unless this person may do this with a case."""
    case = case_of(event, context)
    faults: list[str] = []
    try:
        require_role(
            context.people(event.population),
            event.kind,
            event.actor,
            when(event),
            context.zone(event.population),
        )
    except LedgerError as error:
        faults += error.faults
    faults += _faults_of_hands(case, event, context)
    if event.kind == "case_resolved_nonstandard" and "amount" in event.payload:
        faults += _faults_of_cost(event, context)
    raise_faults(LedgerError, (f"case {case.id}: {fault}" for fault in faults))


def _faults_of_hands(case: CaseHistory, event: Event, context: Context) -> Iterator[str]:
    """What keeps the owner of a case from deciding about it, and anyone from being the board."""
    approver = event.payload.get("approver")
    if event.kind == "case_withdrawn" and approver == case.owner:
        yield (
            f"{quoted(approver)} owns the case, and may not approve its withdrawal; choose another "
            "approver"
        )
    if event.kind != "case_board_answer":
        return
    if event.actor == case.owner:
        yield (
            f"{quoted(event.actor)} is its owner, and may not answer for the board; choose someone "
            "else"
        )
    on = day_of_event(event, context)
    if not context.people(event.population).having(event.actor, [BOARD], on):
        yield (
            f"{quoted(event.actor)} does not answer for the board on {on}; choose who does, or "
            f"grant the role first: ceosample role grant PERSON {BOARD}"
        )


def _faults_of_cost(event: Event, context: Context) -> list[str]:
    """What keeps a person from spending this: no limit in the currency, or one that is lower."""
    fault = fault_of_no_limit(event, context)
    if fault is not None:
        return [fault]
    people, on = context.people(event.population), day_of_event(event, context)
    grants = people.having(event.actor, ["signatory", "accountable-executive"], on)
    return faults_of_limit(grants, event.payload, people, event.actor)


def require_texts_of_case(event: Event, context: Context) -> None:
    """Raise unless a case is held once, let go once, and erased only while it is not held."""
    key, casebook = (event.population, event.unit_id), context.casebook()
    if key not in casebook.referred:
        raise LedgerError(
            f"case {quoted(event.unit_id)}: is not in this ledger for {event.population}; check "
            "its id"
        )
    held = key in casebook.held
    if event.kind == "case_forgotten" and held:
        raise LedgerError(
            f"case {event.unit_id}: is under a legal hold; lift it before you erase its texts"
        )
    if event.kind == "case_held" and held:
        raise LedgerError(f"case {event.unit_id}: is under a legal hold already")
    if event.kind == "case_hold_lifted" and not held:
        raise LedgerError(f"case {event.unit_id}: has no legal hold, so nothing can be lifted")
