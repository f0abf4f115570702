"""Roles granted and revoked, recorded in the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from ceosample.canonical import Json
from ceosample.errors import LedgerError, raise_faults
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.replay.people import ROLES
from ceosample.signoff.rules.fields import FIELDS, faults_of_amount
from ceosample.signoff.rules.people import faults_of_deputy
from ceosample.signoff.store.events import Event, same, uncorrected
from ceosample.text import fault_in_name, quoted


def say(
    transaction: Transaction,
    kind: str,
    payload: Mapping[str, Json],
    population: str | None,
    by: str,
    at: dt.datetime,
) -> Event:
    """Record that a role was granted or revoked; see ``Ledger.grant`` and ``Ledger.revoke``."""
    if population is not None and (not isinstance(population, str) or fault_in_name(population)):
        raise LedgerError(
            f"population: got {quoted(population)}; give a population's id, or leave it out for all"
        )
    before = _said_before(transaction.of_people(population), kind, payload, population, by)
    if before is not None:
        return before
    return transaction.append(kind, by, at, payload, population)


def grant_payload(
    person: str,
    role: str,
    since: dt.date,
    until: dt.date | None,
    of: str | None,
    limit: Any,
    currency: str | None,
) -> dict[str, Json]:
    """What the event of a grant holds.

    Raises:
        LedgerError: every field with a wrong value.
    """
    faults = _faults_of_role(person, role)
    for name, day in (("since", since), ("until", until)):
        if not _is_day(day) and (name, day) != ("until", None):
            faults.append(f"{name}: got {quoted(day)}; give a datetime.date")
    if not faults and until is not None and until < since:
        faults.append(f"until: got {until}, which is before {since}; give the role's last date")
    faults += faults_of_deputy(person, role, of)
    faults += faults_of_amount({"limit": limit, "currency": currency}, "limit")
    found: dict[str, Json] = {}
    for name, field, value in (
        ("limit", FIELDS["amount"], limit),
        ("currency", FIELDS["currency"], currency),
    ):
        if value is not None:
            try:
                found[name] = field.read(value)
            except ValueError:
                faults.append(f"{name}: got {quoted(value)}; give {field.allowed}")
    raise_faults(LedgerError, (f"role, {fault}" for fault in faults))
    found |= {"person": person, "role": role, "from": since.isoformat()}
    if until is not None:
        found["until"] = until.isoformat()
    if of is not None:
        found["for"] = of
    return found


def revoke_payload(person: str, role: str, since: dt.date) -> dict[str, Json]:
    """What the event of a revocation holds.

    Raises:
        LedgerError: every field with a wrong value.
    """
    faults = _faults_of_role(person, role)
    if not _is_day(since):
        faults.append(f"since: got {quoted(since)}; give a datetime.date")
    raise_faults(LedgerError, (f"role, {fault}" for fault in faults))
    return {"person": person, "role": role, "from": since.isoformat()}


def _said_before(
    events: Iterable[Event],
    kind: str,
    payload: Mapping[str, Json],
    population: str | None,
    by: str,
) -> Event | None:
    """The event that recorded just this, unless it was corrected or taken back since."""
    found: Event | None = None
    for event in uncorrected(events):
        if event.kind not in ("role_granted", "role_revoked"):
            continue
        if any(event.payload[name] != payload[name] for name in ("person", "role")):
            continue
        if event.kind != kind:
            found = None
        elif (event.population, event.actor) == (population, by) and same(event.payload, payload):
            found = event
    return found


def _faults_of_role(person: object, role: object) -> list[str]:
    faults = []
    if not isinstance(person, str) or fault_in_name(person):
        faults.append(f"person: got {quoted(person)}; give a person's id")
    if role not in ROLES:
        faults.append(f"role: got {quoted(role)}; use one of {', '.join(ROLES)}")
    return faults


def _is_day(value: object) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)
