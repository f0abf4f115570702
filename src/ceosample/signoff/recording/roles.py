"""Roles given and taken away, written into the book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from ceosample.canonical import Json
from ceosample.errors import LedgerError, raise_faults
from ceosample.signoff.recording.event_fields import FIELDS
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.replay.people import ROLES, People
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
    """Write down that a role was granted or revoked; see ``Ledger.grant`` and ``Ledger.revoke``."""
    if population is not None and (not isinstance(population, str) or fault_in_name(population)):
        raise LedgerError(f"population: got {quoted(population)}; name one, or None for all")
    before = _said_before(transaction.of_people(population), kind, payload, population, by)
    if before is not None:
        return before
    if kind == "role_revoked":
        _require_held(transaction.people(population), payload)
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
        LedgerError: every field that is none.
    """
    faults = _faults_of_role(person, role)
    for name, day in (("since", since), ("until", until)):
        if not _is_day(day) and (name, day) != ("until", None):
            faults.append(f"{name}: got {quoted(day)}; give a datetime.date")
    if not faults and until is not None and until < since:
        faults.append(f"until: {until} is before {since}; give the last day of the role")
    if (role == "deputy") != (of is not None):
        faults.append("of: a deputy is somebody's deputy, and nobody else is; give of=...")
    elif of is not None and (not isinstance(of, str) or fault_in_name(of) or of == person):
        faults.append(f"of: got {quoted(of)}; give the id of the person they stand in for")
    if (limit is None) != (currency is None):
        faults.append("limit, currency: go together")
    found: dict[str, Json] = {}
    for name, value in (("amount", limit), ("currency", currency)):
        if value is not None:
            try:
                found["limit" if name == "amount" else name] = FIELDS[name].read(value)
            except ValueError:
                faults.append(f"limit: got {quoted(value)}; give {FIELDS[name].allowed}")
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
        LedgerError: every field that is none.
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
    """The grant or revocation that says just this, unless it was corrected or taken back since."""
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


def _require_held(people: People, payload: Mapping[str, Json]) -> None:
    """Raise unless somebody holds the role that is to be taken from them.

    Raises:
        LedgerError: not on the day from which it is to go.
    """
    person, role, since = (str(payload[name]) for name in ("person", "role", "from"))
    if not people.having(person, [role], dt.date.fromisoformat(since)):
        raise LedgerError(
            f"role: {quoted(person)} is not {role} on {since}; ledger.people() shows who is"
        )


def _faults_of_role(person: object, role: object) -> list[str]:
    faults = []
    if not isinstance(person, str) or fault_in_name(person):
        faults.append(f"person: got {quoted(person)}; give a person's id")
    if role not in ROLES:
        faults.append(f"role: got {quoted(role)}; it is one of {', '.join(ROLES)}")
    return faults


def _is_day(value: object) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)
