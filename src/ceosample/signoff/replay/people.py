"""Persons by id, and the roles that they hold from one day to another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import attrs

from ceosample.canonical import Json
from ceosample.result import Result
from ceosample.show import html_table, text_table
from ceosample.signoff.store.events import Event, uncorrected

#: Every role that there is.
ROLES: Final = (
    *("signatory", "deputy", "accountable-executive", "complaint-owner", "handler", "sampler"),
    *("recorder", "executive-office", "dispatcher", "seed-custodian", "auditor"),
)

_HEADER = ["person", "role", "from", "until", "for", "limit", "population"]


@attrs.frozen
class Grant:
    """A role that a person holds.

    Attributes:
        person: their id.
        role: one of ``ROLES``.
        since: the first day.
        until: the last day, or None.
        of: for a deputy, the id of the person for whom they stand in; None for any other role.
        limit: for an executive, what a resolution may cost at most; None where it was not given.
        currency: the limit's.
        population: where it holds; None for everywhere.
        recorded_at: when it was recorded.
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
        """Whether it holds on a date."""
        return self.since <= on and (self.until is None or on <= self.until)


@attrs.frozen(repr=False)
class People(Result):
    """Who holds which role when; what ``ledger.people()`` returns."""

    grants: tuple[Grant, ...]

    def knows(self, *roles: str) -> bool:
        """Whether one of these roles was ever granted: from then on its work needs one."""
        return any(grant.role in roles for grant in self.grants)

    def having(self, person: str, roles: Iterable[str], on: dt.date) -> tuple[Grant, ...]:
        """The grants under which a person holds one of these roles on a date."""
        wanted = set(roles)
        return tuple(
            grant
            for grant in self.grants
            if grant.person == person and grant.role in wanted and grant.holds(on)
        )

    def deputies_of(self, person: str, on: dt.date) -> list[str]:
        """The ids of those who may sign for a person on a date."""
        found = (
            grant.person
            for grant in self.grants
            if grant.role == "deputy" and grant.of == person and grant.holds(on)
        )
        return [*dict.fromkeys(found)]

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
            return "no roles granted"
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
