"""Persons by id, and the roles that they hold from one day to another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import attrs

from ceosample.canonical import Json
from ceosample.errors import LedgerError, raise_all
from ceosample.result import Result
from ceosample.show import html_table, text_table
from ceosample.signoff.events import Event, same, uncorrected
from ceosample.signoff.sayings import FIELDS
from ceosample.text import fault_in_name, shown

#: Every role that there is.
ROLES: Final = (
    *("signatory", "deputy", "accountable-executive", "complaint-owner", "handler", "sampler"),
    *("recorder", "executive-office", "dispatcher", "seed-custodian", "auditor"),
)

_HEADER = ["person", "role", "from", "until", "for", "limit", "population"]


@attrs.frozen
class Grant:
    """A role that somebody holds.

    Attributes:
        person: their id.
        role: one of ``ROLES``.
        since: the first day.
        until: the last day, or None.
        of: for a deputy, whose.
        limit: for an executive, up to what a resolution may cost; None where none was stated.
        currency: the limit's.
        population: where it holds; None for everywhere.
        recorded_at: when it was written down.
    """

    person: str
    role: str
    since: dt.date
    until: dt.date | None
    of: str | None
    limit: Decimal | None
    currency: str | None
    population: str | None
    recorded_at: str

    def holds(self, on: dt.date) -> bool:
        """Whether it holds on a day."""
        return self.since <= on and (self.until is None or on <= self.until)


@attrs.frozen(repr=False)
class People(Result):
    """Who holds which role when; what ``ledger.people()`` returns."""

    grants: tuple[Grant, ...]

    def knows(self, *roles: str) -> bool:
        """Whether anybody was ever given one of these roles: then it takes one to do its work."""
        return any(grant.role in roles for grant in self.grants)

    def having(self, person: str, roles: Iterable[str], on: dt.date) -> tuple[Grant, ...]:
        """The grants under which somebody holds one of these roles on a day."""
        wanted = set(roles)
        return tuple(
            grant
            for grant in self.grants
            if grant.person == person and grant.role in wanted and grant.holds(on)
        )

    def _rows(self) -> list[list[str]]:
        return [
            [
                grant.person,
                grant.role,
                grant.since.isoformat(),
                "" if grant.until is None else grant.until.isoformat(),
                grant.of or "",
                "" if grant.limit is None else f"{grant.limit} {grant.currency}",
                grant.population or "all",
            ]
            for grant in self.grants
        ]

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {"grants": [dict(zip(_HEADER, row, strict=True)) for row in self._rows()]}

    def __str__(self) -> str:
        if not self.grants:
            return "nobody holds a role"
        return text_table(_HEADER, self._rows(), "l" * len(_HEADER))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table("Roles", _HEADER, self._rows(), "l" * len(_HEADER))


def people_of(events: Iterable[Event]) -> People:
    """The roles that grants and revocations come to; what was corrected does not count."""
    grants: list[Grant] = []
    for event in uncorrected(events):
        if event.kind == "role_granted":
            grants.append(_grant(event))
        elif event.kind == "role_revoked":
            grants = [_cut(grant, event) for grant in grants]
    return People(tuple(grants))


def _grant(event: Event) -> Grant:
    said = event.payload
    until, limit = said.get("until"), said.get("limit")
    return Grant(
        person=said["person"],
        role=said["role"],
        since=dt.date.fromisoformat(said["from"]),
        until=None if until is None else dt.date.fromisoformat(until),
        of=said.get("for"),
        limit=None if limit is None else Decimal(limit),
        currency=said.get("currency"),
        population=event.population,
        recorded_at=event.recorded_at,
    )


def _cut(grant: Grant, revoked: Event) -> Grant:
    """The grant with its end brought forward, if the revocation is of it.

    What is read for a population holds its own revocations and those of everywhere: either ends
    the role there, wherever it was granted.
    """
    said = revoked.payload
    if (grant.person, grant.role) != (said["person"], said["role"]):
        return grant
    last = dt.date.fromisoformat(said["from"]) - dt.timedelta(days=1)
    return (
        grant
        if grant.until is not None and grant.until <= last
        else attrs.evolve(grant, until=last)
    )


def said_before(
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
            faults.append(f"{name}: got {shown(day)}; give a datetime.date")
    if not faults and until is not None and until < since:
        faults.append(f"until: {until} is before {since}; give the last day of the role")
    if (role == "deputy") != (of is not None):
        faults.append("of: a deputy is somebody's deputy, and nobody else is; give of=...")
    elif of is not None and (not isinstance(of, str) or fault_in_name(of) or of == person):
        faults.append(f"of: got {shown(of)}; give the id of the person they stand in for")
    if (limit is None) != (currency is None):
        faults.append("limit, currency: go together")
    found: dict[str, Json] = {}
    for name, value in (("amount", limit), ("currency", currency)):
        if value is not None:
            try:
                found["limit" if name == "amount" else name] = FIELDS[name].read(value)
            except ValueError:
                faults.append(f"limit: got {shown(value)}; give {FIELDS[name].allowed}")
    raise_all(LedgerError, (f"role, {fault}" for fault in faults))
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
        faults.append(f"since: got {shown(since)}; give a datetime.date")
    raise_all(LedgerError, (f"role, {fault}" for fault in faults))
    return {"person": person, "role": role, "from": since.isoformat()}


def require_held(people: People, payload: Mapping[str, Json]) -> None:
    """Raise unless somebody holds the role that is to be taken from them.

    Raises:
        LedgerError: not on the day from which it is to go.
    """
    person, role, since = (str(payload[name]) for name in ("person", "role", "from"))
    if not people.having(person, [role], dt.date.fromisoformat(since)):
        raise LedgerError(
            f"role: {shown(person)} is not {role} on {since}; ledger.people() shows who is"
        )


def _faults_of_role(person: object, role: object) -> list[str]:
    faults = []
    if not isinstance(person, str) or fault_in_name(person):
        faults.append(f"person: got {shown(person)}; give a person's id")
    if role not in ROLES:
        faults.append(f"role: got {shown(role)}; it is one of {', '.join(ROLES)}")
    return faults


def _is_day(value: object) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)
