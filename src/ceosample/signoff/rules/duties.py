"""Who may do what with a letter: roles, and duties that must not be in one hand.

Once a role was granted in the ledger, its work needs a person who holds it. A ledger without roles
asks only what the events themselves show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ceosample.canonical import Json
from ceosample.days import day_of
from ceosample.errors import LedgerError, raise_faults
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.people import BOARD, Grant, People
from ceosample.signoff.rules.fields import as_amount
from ceosample.signoff.store.events import Event, require_aware
from ceosample.text import quoted

_EXECUTIVES: Final = ("signatory", "accountable-executive")
_OFFICE: Final = ("executive-office", "accountable-executive")

#: The roles of which one is needed for an event.
ROLES_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    "chain_published": ("seed-custodian", "sampler"),
    "frozen": ("sampler",),
    "method_stated": ("sampler",),
    "seed_revealed": ("seed-custodian", "sampler"),
    "drawn": ("sampler",),
    "superseded": _OFFICE,
    "signed": ("signatory",),
    "read": ("signatory",),
    "escalated_to_board": _EXECUTIVES,
    "taken_over": _EXECUTIVES,
    "delegated": ("signatory",),
    "sent_for_signature": ("signatory",),
    "returned_for_rework": (*_EXECUTIVES, "deputy", "executive-office"),
    "declined": (*_EXECUTIVES, "deputy"),
    "corrected": _OFFICE,
    "signed_by_deputy": ("deputy",),
    "resolved_nonstandard": _EXECUTIVES,
    "dispatched": ("dispatcher", *_OFFICE),
    "issued_under_other_name": ("dispatcher", *_OFFICE),
    "lapsed": _OFFICE,
    "replaced": _OFFICE,
    "found_ineligible": ("executive-office",),
    "eligibility_questioned": (*_EXECUTIVES, "deputy"),
    "board_answer": (BOARD,),
    "withdrawn": _OFFICE,
    "imported": _OFFICE,
    "import_withdrawn": _OFFICE,
    "finding": (*_EXECUTIVES, "deputy"),
    "recognition": (*_EXECUTIVES, "deputy"),
    "case_taken_over": _EXECUTIVES,
    "case_escalated_to_board": _EXECUTIVES,
    "case_resolved_nonstandard": _EXECUTIVES,
    "case_dispatched": ("dispatcher", *_OFFICE),
    "case_withdrawn": _OFFICE,
    "case_board_answer": (BOARD,),
    "case_recognition": (*_EXECUTIVES, "deputy"),
}

#: Acts that only someone without a hand in the letter and in the draw may do.
HANDS_OFF: Final = ("lapsed", "replaced", "superseded")


def require_role(
    people: People, kind: str, person: str, at: dt.datetime, zone: str | None = None
) -> tuple[Grant, ...]:
    """The grants under which a person may do this; empty where no such role was ever granted.

    Args:
        people: who holds which role.
        kind, person, at: what is done, by whom, and when.
        zone: by which roles begin and end; None for UTC.

    Raises:
        LedgerError: the role was granted, and this person does not hold it on that date.
    """
    require_aware(at, "at")
    roles, day = ROLES_FOR.get(kind, ()), day_of(at, zone)
    found = people.having(person, roles, day)
    if found or not roles:
        return found
    # Deputies alone are no register of executives.
    telling = roles if kind == "signed_by_deputy" else [role for role in roles if role != "deputy"]
    if people.knows(*telling):
        raise LedgerError(
            f"{kind}: {quoted(person)} is not {' or '.join(roles)} on {day}; choose someone "
            "who is, or grant the role first"
        )
    return found


def labels_of(history: History, kind: str, by: str) -> dict[str, Json]:
    """The labels of an event of a letter, by what happened to it before.

    ``own_letter`` marks the executive's signature on a letter that they took over and wrote, and
    ``for`` says for whom a deputy signs.
    """
    if kind == "signed" and history.docket.get("author") == by and history.took_over(by):
        return {"own_letter": True}
    return {"for": history.signatory} if kind == "signed_by_deputy" else {}


def require_duties(
    history: History,
    kind: str,
    by: str,
    at: dt.datetime,
    payload: Mapping[str, Any],
    people: People,
    sampler: str | None,
    zone: str,
) -> None:
    """Raise unless this person may record it.

    Args:
        history: the letter's.
        kind, by, at, payload: what is recorded, by whom, and when.
        people: who holds which role.
        sampler: who registered the draw.
        zone: that of the letter's month.

    Raises:
        LedgerError: every reason for which this person may not.
    """
    faults: list[str] = []
    grants: tuple[Grant, ...] = ()
    try:
        grants = require_role(people, kind, by, at, zone)
    except LedgerError as error:
        faults += error.faults
    if kind in ("signed", "signed_by_deputy", "read"):
        faults += _faults_of_signing(history, kind, by, day_of(at, zone), people, sampler)
    if kind in HANDS_OFF:
        faults += _faults_of_hands(history.dockets, by, sampler)
    if kind == "withdrawn" and payload.get("approver") in (history.docket.get("owner"), None):
        faults.append(
            f"{quoted(payload.get('approver'))} owns the letter, and may not approve its "
            "withdrawal; choose another approver"
        )
    if kind == "delegated":
        faults += _faults_of_deputy(people, str(payload["to"]), by, at, zone)
    if kind == "signed_by_deputy":
        faults += _faults_of_deputy(people, by, history.signatory, at, zone)
    if kind == "resolved_nonstandard" and "amount" in payload:
        faults += faults_of_limit(grants, payload, people, by)
    if faults:
        raise LedgerError(*(f"letter {history.subject.unit_id}: {fault}" for fault in faults))


def _faults_of_signing(
    history: History, kind: str, by: str, day: dt.date, people: People, sampler: str | None
) -> list[str]:
    """What keeps a person from signing a letter: they drew it, or wrote it."""
    if by == sampler or people.having(by, ["sampler"], day):
        return [
            f"{quoted(by)} registered the draw, and may not sign its letters; choose another "
            "signatory"
        ]
    if history.docket.get("author") == by and "own_letter" not in labels_of(history, kind, by):
        return [f"{quoted(by)} wrote the letter, and may not sign it; choose another signatory"]
    return []


def require_may_correct(
    wrong: Event,
    happened_by: dt.datetime,
    dockets: Sequence[Mapping[str, Any]],
    by: str,
    at: dt.datetime,
    people: People,
    sampler: str | None,
    zone: str,
) -> None:
    """Raise unless this person may make an event void: its actor, or someone without a hand in it.

    Args:
        wrong: the event.
        happened_by: the time by which it happened.
        dockets: those of each version of its letter; none where it is about no letter.
        by, at: who corrects it, and when.
        people: who holds which role.
        sampler: who registered the draw.

    Raises:
        LedgerError: they are the sampler, or an owner or an author of the letter; or they do not
            hold the role that this needs; or the event is later than the correction.
    """
    if at < happened_by:
        raise LedgerError(
            f"event {wrong.sequence}: happened at {wrong.at}, after this correction; got "
            f"{at.isoformat()}, give a later time"
        )
    if by == wrong.actor:
        return
    require_role(people, "corrected", by, at, zone)
    faults = _faults_of_hands(dockets, by, sampler)
    raise_faults(LedgerError, (f"event {wrong.sequence}: {fault}" for fault in faults))


def require_hands_off(month: Iterable[Event], kind: str, by: str, sampler: str | None) -> None:
    """Raise if a person who had a hand in any letter of a month decides about the month.

    Raises:
        LedgerError: they are its sampler, or an owner or an author of one of its letters.
    """
    dockets = [event.payload for event in month if event.kind == "rendered"]
    raise_faults(LedgerError, (f"{kind}: {f}" for f in _faults_of_hands(dockets, by, sampler)))


def _faults_of_hands(
    dockets: Iterable[Mapping[str, Any]], by: str, sampler: str | None
) -> list[str]:
    hands = {"sampler": by == sampler}
    for docket in dockets:
        for name in ("owner", "author"):
            hands[name] = hands.get(name, False) or docket.get(name) == by
    return [
        f"{quoted(by)} is the {name}, and may not decide this; choose someone who is not the "
        "sampler, owner or author"
        for name, had in hands.items()
        if had
    ]


def _faults_of_deputy(
    people: People, deputy: str, of: str | None, at: dt.datetime, zone: str
) -> list[str]:
    """What keeps a person from being the deputy of another at this time."""
    day = day_of(at, zone)
    grants = [g for g in people.having(deputy, ["deputy"], day) if g.of == of]
    if not grants:
        return [
            f"{quoted(deputy)} is not registered as deputy of {quoted(of)} on {day}; grant "
            "the role first, or ask the signatory to sign"
        ]
    if all(dt.datetime.fromisoformat(grant.recorded_at) > at for grant in grants):
        return [
            f"{quoted(deputy)} was registered as deputy only after {at.isoformat()}; choose "
            "someone who was registered before"
        ]
    return []


def faults_of_limit(
    grants: Iterable[Grant], payload: Mapping[str, Any], people: People, by: str
) -> list[str]:
    """What keeps a person from spending an amount: it is beyond the limit of their newest grant."""
    if not people.knows(*_EXECUTIVES):
        return []
    amount, currency = as_amount(str(payload["amount"])), payload["currency"]
    limits = [g.limit for g in grants if g.currency == currency and g.limit is not None]
    if limits and amount <= limits[-1]:  # the newest grant's
        return []
    most = f"at most {limits[-1]} {currency}" if limits else f"nothing in {currency}"
    return [
        f"got {amount} {currency}, which is beyond this person's authority ({most}); escalate it, "
        f"or grant a limit: ceosample role grant {by} ROLE --limit AMOUNT --currency {currency}"
    ]
