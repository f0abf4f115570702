"""The recorder's clock: vouched for, and how far ahead of it a claimed time may be."""

from __future__ import annotations

import datetime as dt

from ceosample.signoff.acts.opened import OpenedLedger
from ceosample.signoff.recording import clock
from ceosample.signoff.store.events import Event


class ClockActs(OpenedLedger):
    """The recorder's clock, and the rules in force by which it is judged."""

    def correct_clock(self, *, by: str, reason_code: str | None = None) -> Event:
        """Record that the recorder's clock is right, though the newest event says otherwise.

        Under rules 2 nothing is recorded while the clock is more than 5 minutes before the newest
        event, or more than 400 days after it. This event lets the ledger continue: at it alone
        ``recorded_at`` may go back. What was recorded by a clock that was ahead then counts as
        recorded by now.

        Args:
            by: the person who looked at the clock.
            reason_code: why it is right, as a code; None for ``events-were-ahead`` or
                ``ledger-rested``.

        Raises:
            LedgerError: the clock agrees with the newest event, or the ledger is under rules 1.
        """
        with self._writing() as transaction:
            return clock.correct_clock(transaction, by, reason_code)

    def allow_ahead(self, ahead: dt.timedelta, *, by: str, at: dt.datetime) -> Event:
        """Record how far ``at`` may be ahead of the recorder's clock from now on.

        Args:
            ahead: the length; a new ledger has 10 minutes.
            by, at: who decided it, and when; aware.

        Returns:
            The event ``rules`` that holds it; the one in force where nothing changes.

        Raises:
            LedgerError: not a length from 0 to a day, or the ledger is under rules 1.
        """
        with self._writing() as transaction:
            return clock.allow_ahead(transaction, ahead, by, at)

    @property
    def rules(self) -> int:
        """The number of the rules in force: 2, or 1 in a ledger of 0.1 that was not upgraded."""
        with self._reading() as transaction:
            return transaction.rules

    def require_clock(self) -> None:
        """Raise if the recorder's clock and the newest event are too far apart to record anything.

        Raises:
            ClockError: they are; the message says what to do.
        """
        with self._reading() as transaction:
            transaction.times.require_clock()
