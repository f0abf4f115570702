"""Persons by id, and the roles that they hold from one day to another."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import attrs

from ceosample.canonical import Json
from ceosample.result import Result
from ceosample.show import html_table, text_table
from ceosample.signoff.store.events import Event, uncorrected

#: Who answers for the board.
BOARD: Final = "board"

#: Who deals with customers: the people of the divisions.
CUSTOMER_FACING: Final = ("complaint-owner", "handler")

#: Who signs, or decides in the executive's place.
EXECUTIVES: Final = ("signatory", "accountable-executive", "deputy")

#: Every role that there is.
ROLES: Final = (
    *("signatory", "deputy", "accountable-executive", "complaint-owner", "handler", "sampler"),
    *("recorder", "executive-office", "dispatcher", "seed-custodian", "auditor", BOARD),
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
        recorded_at: when it was recorded, at the latest: a clock that was set right later shows
            that it was before that.
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

    @property
    def cells(self) -> list[str]:
        """Its row of the table."""
        return [
            self.person,
            self.role,
            self.since.isoformat(),
            "" if self.until is None else self.until.isoformat(),
            self.of or "",
            "" if self.limit is None else f"{self.limit} {self.currency}",
            self.population or "all",
        ]

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
        grants = self._of.get(person)
        if grants is None:
            return ()
        wanted = set(roles)
        return tuple(grant for grant in grants if grant.role in wanted and grant.holds(on))

    @functools.cached_property
    def _of(self) -> dict[str, list[Grant]]:
        """The grants of each person, in their order."""
        found: dict[str, list[Grant]] = {}
        for grant in self.grants:
            found.setdefault(grant.person, []).append(grant)
        return found

    def deputies_of(self, person: str, on: dt.date) -> list[str]:
        """The ids of those who may sign for a person on a date."""
        found = (
            grant.person
            for grant in self.grants
            if grant.role == "deputy" and grant.of == person and grant.holds(on)
        )
        return [*dict.fromkeys(found)]

    def _rows(self) -> list[list[str]]:
        return [grant.cells for grant in self.grants]

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
    """The roles that grants and revocations come to; what was corrected does not count.

    A grant that was revoked before it began is void.

    Args:
        events: those about no month, in order.
    """
    grants: list[Grant] = []
    for event in uncorrected(events):
        if event.kind == "role_granted":
            grants.append(_grant(event))
        elif event.kind == "role_revoked":
            grants = [left for grant in grants for left in _cut(grant, event)]
        elif event.kind == "clock_corrected":
            grants = [_recorded_by(grant, event.recorded_at) for grant in grants]
    return People(tuple(grants))


@attrs.frozen
class Ended(Result):
    """A grant that a revocation ended, or made void.

    Attributes:
        grant: as it was before.
        last: its last date now; None where it never began, so that it is void.
    """

    grant: Grant
    last: dt.date | None

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        last = None if self.last is None else self.last.isoformat()
        fields = dict(zip(_HEADER, self.grant.cells, strict=True))
        return {**fields, "ended": last, "void": self.last is None}

    def __str__(self) -> str:
        grant = self.grant
        what = f"{grant.role} of {grant.of}" if grant.of else grant.role
        if self.last is None:
            return f"void: {grant.person} as {what}, which was to begin on {grant.since}"
        return f"ended: {grant.person} as {what}, from {grant.since}, is over after {self.last}"


def ended_by(events: Iterable[Event], revoked: Event) -> tuple[Ended, ...]:
    """The grants that a revocation ended or made void.

    Args:
        events: those about roles, of everywhere and of its population.
        revoked: the revocation.
    """
    before = people_of(event for event in events if event.sequence < revoked.sequence)
    found = ((grant, _cut(grant, revoked)) for grant in before.grants)
    return tuple(
        Ended(grant, left[0].until if left else None) for grant, left in found if left != [grant]
    )


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


def _recorded_by(grant: Grant, time: str) -> Grant:
    return attrs.evolve(grant, recorded_at=min(grant.recorded_at, time))


def _cut(grant: Grant, revoked: Event) -> list[Grant]:
    """The grant with its end brought forward, if the revocation is of it; none if it never began.

    What is read for a population holds its own revocations and those of everywhere: either ends
    the role there, wherever it was granted.
    """
    said = revoked.payload
    if (grant.person, grant.role) != (said["person"], said["role"]):
        return [grant]
    if said.get("for", grant.of) != grant.of:
        return [grant]
    last = dt.date.fromisoformat(said["from"]) - dt.timedelta(days=1)
    if grant.until is not None and grant.until <= last:
        return [grant]
    return [attrs.evolve(grant, until=last)] if grant.since <= last else []
