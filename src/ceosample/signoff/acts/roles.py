"""Who may do what: roles that people are given from one date to another."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from ceosample.signoff.acts.opened import OpenedLedger
from ceosample.signoff.recording import roles
from ceosample.signoff.replay.people import Ended, People, ended_by
from ceosample.signoff.store.events import Event


class RoleActs(OpenedLedger):
    """Roles: granted, revoked, and who holds which."""

    def grant(
        self,
        person: str,
        role: str,
        *,
        since: dt.date,
        until: dt.date | None = None,
        of: str | None = None,
        limit: str | int | Decimal | None = None,
        currency: str | None = None,
        population: str | None = None,
        by: str,
        at: dt.datetime,
    ) -> Event:
        """Grant a person a role from one date to another.

        Args:
            person: their id.
            role: one of ``people.ROLES``.
            since, until: the first and the last date; None for no last date.
            of: for a deputy, the id of the person for whom they stand in; None for any other role.
            limit, currency: for an executive, what a non-standard resolution may cost at most;
                None for no limit.
            population: where it holds; None for everywhere.
            by, at: who granted it, and when; aware.

        Raises:
            LedgerError: every field with a wrong value.
        """
        payload = roles.grant_payload(person, role, since, until, of, limit, currency)
        with self._writing() as transaction:
            return roles.say(transaction, "role_granted", payload, population, by, at)

    def revoke(
        self,
        person: str,
        role: str,
        *,
        since: dt.date,
        of: str | None = None,
        population: str | None = None,
        by: str,
        at: dt.datetime,
    ) -> Event:
        """Revoke a role from a date on; :meth:`ended_by` says which grants that ended.

        Args:
            person, role: whose role, and which.
            since: the first date without it. A grant that begins later is void.
            of: for a deputy, the id of the person for whom they stand in no longer; None for
                everyone for whom they do.
            population: where; None for everywhere.
            by, at: who decided it, and when; aware.

        Raises:
            LedgerError: a field with a wrong value, or a role that they do not hold on that date.
        """
        payload = roles.revoke_payload(person, role, since, of)
        with self._writing() as transaction:
            return roles.say(transaction, "role_revoked", payload, population, by, at)

    def ended_by(self, revoked: Event) -> tuple[Ended, ...]:
        """The grants that a revocation ended, and those that it made void.

        Args:
            revoked: what :meth:`revoke` returned.
        """
        with self._reading() as transaction:
            return ended_by(transaction.of_people(revoked.population), revoked)

    def people(self, population: str | None = None) -> People:
        """Who holds which role, everywhere or in this population."""
        with self._reading() as transaction:
            return transaction.people(population)
