"""What there was before the ledger: an office's own table of earlier months."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from ceosample.signoff.acts.opened import OpenedLedger
from ceosample.signoff.store.events import Event

if TYPE_CHECKING:
    from ceosample.signoff.intake.tracker import Tracker


class PastSignoffActs(OpenedLedger):
    """What an office's own table of earlier months says: imported as claims, and withdrawn."""

    def import_history(
        self,
        tracker: Tracker,
        *,
        population: str,
        by: str,
        at: dt.datetime,
        zone: str | None = None,
    ) -> tuple[Event, ...]:
        """Record an office's own table of earlier months, as claims.

        They are marked as unverified and counted in no figure of what was signed. A row that was
        imported before is not recorded again, from whichever file it came, so you can import a
        table again after it has grown.

        Args:
            tracker: what ``read_tracker`` returns.
            population: the population to which its letters belong.
            by, at: who imports it, and when; aware.
            zone: the time zone of its dates; None for that of the population's newest freeze, or
                UTC.

        Returns:
            The event of each row, in the table's order.

        Raises:
            ConflictError: one of its months was frozen in this ledger.
            LedgerError: every row that conflicts with an earlier import, or has a date that is
                still to come.
        """
        from ceosample.signoff.intake.past_signoffs import import_tracker

        with self._writing() as transaction:
            return import_tracker(transaction, tracker, population, by, at, zone)

    def withdraw_history(
        self, file: str, *, population: str, by: str, at: dt.datetime, reason_code: str
    ) -> tuple[Event, ...]:
        """Make void everything that was imported from a file; it stays on record.

        Args:
            file: its SHA-256, which its events hold.
            population: the population.
            by, at, reason_code: who found it wrong, when and why.

        Returns:
            An event for each of its months.

        Raises:
            LedgerError: nothing was imported from this file.
        """
        from ceosample.signoff.intake.past_signoffs import withdraw

        with self._writing() as transaction:
            return withdraw(transaction, file, population, by, at, reason_code)
