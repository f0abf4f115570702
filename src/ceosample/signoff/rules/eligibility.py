"""What an executive has seen stays seen: who may say that a letter was never eligible, and when.

Until a letter is sent, one that was never eligible is replaced by the next reserve. From then on it
keeps its place, which stays empty: a substitute would be a way to choose the sample.
"""

from __future__ import annotations

from ceosample.errors import LedgerError, raise_faults
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import INELIGIBLE
from ceosample.signoff.replay.people import CUSTOMER_FACING, EXECUTIVES
from ceosample.signoff.rules.context import Context, day_of_event
from ceosample.signoff.rules.letters import letter_of
from ceosample.signoff.store.events import Event
from ceosample.text import quoted

_SENT = "sent_for_signature"


def require_listed_reason(event: Event, _: Context) -> None:
    """Raise unless the reason is one of those that mean *was never eligible*."""
    reason = event.payload["reason_code"]
    if reason not in INELIGIBLE:
        raise LedgerError(
            f"letter {event.unit_id}, reason_code: got {quoted(reason)}; use one of "
            f"{', '.join(INELIGIBLE)}, or map your own code to one of them, own_codes in [ledger]"
        )


def require_never_sent(event: Event, context: Context) -> None:
    """Raise if a letter is replaced that was ever sent, even if its sending was corrected."""
    sent = _sent(event, context)
    if sent is not None:
        raise LedgerError(
            f"letter {event.unit_id}: was sent for signature in event {sent.sequence}, so no "
            "substitute can take its place; if it was never eligible, record found_ineligible"
        )


def require_sent(event: Event, context: Context) -> None:
    """Raise if a letter that was never sent is found ineligible: it can be replaced."""
    if _sent(event, context) is None:
        raise LedgerError(
            f"letter {event.unit_id}: was never sent for signature; record replaced, and the next "
            "reserve takes its place"
        )


def require_two_persons(event: Event, _: Context) -> None:
    """Raise unless a second person confirms what the first one says."""
    approver = event.payload.get("approver")
    if approver in (None, event.actor):
        raise LedgerError(
            f"letter {event.unit_id}, approver: got {quoted(approver)}; give the id of a second "
            "person who confirms it"
        )


def require_not_the_executive(event: Event, context: Context) -> None:
    """Raise if an executive decides that a letter was not eligible: they may only ask."""
    history = letter_of(event, context)
    addressed = {docket.get("signatory") for docket in history.dockets}
    raise_faults(
        LedgerError,
        (
            f"letter {event.unit_id}: {quoted(person)} signs letters or decides for those who do, "
            "and may ask whether it was eligible (eligibility_questioned); choose others to decide"
            for person in _two(event)
            if person in addressed or _has(event, context, person, EXECUTIVES)
        ),
    )


def require_an_independent_person(event: Event, context: Context) -> None:
    """Raise unless one of the two is not the letter's owner, its author, or of its division."""
    history = letter_of(event, context)
    if all(_has_a_hand(event, context, history, person) for person in _two(event)):
        raise LedgerError(
            f"letter {event.unit_id}: {' and '.join(map(quoted, _two(event)))} are its owner, its "
            "author, or of its division; choose one person who is none of these"
        )


def _has_a_hand(event: Event, context: Context, history: History, person: str) -> bool:
    hands = {docket.get(name) for docket in history.dockets for name in ("owner", "author")}
    if person in hands or person in history.division or person in history.stratum:
        return True
    return _has(event, context, person, CUSTOMER_FACING)


def _has(event: Event, context: Context, person: str, roles: tuple[str, ...]) -> bool:
    """Whether a person holds one of these roles on the event's date."""
    on = day_of_event(event, context)
    return bool(context.people(event.population).having(person, roles, on))


def _two(event: Event) -> tuple[str, ...]:
    """The one who records it, and the one who confirms it if one does."""
    approver = event.payload.get("approver")
    return (event.actor,) if approver is None else (event.actor, approver)


def _sent(event: Event, context: Context) -> Event | None:
    """The first sending of a letter in its month, of whatever draw; corrected ones too."""
    place = {"population": event.population, "period": event.period, "unit_id": event.unit_id}
    return next(iter(context.find(kind=_SENT, **place)), None)
