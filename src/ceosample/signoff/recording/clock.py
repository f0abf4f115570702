"""The recorder's clock, set right by name; and how far a claimed time may be ahead of it."""

from __future__ import annotations

import datetime as dt

from ceosample.canonical import Json
from ceosample.duration import in_words
from ceosample.errors import LedgerError
from ceosample.got import got
from ceosample.signoff.recording.event_fields import code
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.rules.clock import AHEAD_SECONDS, CORRECTED, LARGEST_AHEAD
from ceosample.signoff.rules.in_force import FIRST
from ceosample.signoff.rules.in_force import KIND as RULES
from ceosample.signoff.store.events import Event

#: Why the clock is right, where a person gives no reason of their own.
WENT_BACK, WENT_ON = "events-were-ahead", "ledger-rested"


def correct_clock(transaction: Transaction, by: str, reason_code: str | None) -> Event:
    """Record that the recorder's clock is right; see ``Ledger.correct_clock``."""
    times, newest = transaction.times, transaction.last
    if newest is None or transaction.rules == FIRST:
        raise LedgerError(
            f"clock: the ledger is under rules {FIRST}, which ask no person about it; run "
            "'ceosample upgrade' first"
        )
    if times.fault_of_clock() is None:
        raise LedgerError(
            f"clock: agrees with event {newest.sequence}, the newest (recorded at "
            f"{newest.recorded_at}), so there is nothing to correct; leave out --clock-is-right"
        )
    now = times.now
    usual = WENT_BACK if now < dt.datetime.fromisoformat(newest.recorded_at) else WENT_ON
    payload: dict[str, Json] = {
        "newest": newest.recorded_at,
        "reason_code": code(usual if reason_code is None else reason_code),
    }
    return transaction.append(CORRECTED, by, now, payload)


def allow_ahead(transaction: Transaction, ahead: dt.timedelta, by: str, at: dt.datetime) -> Event:
    """Record how far a claimed time may be ahead; see ``Ledger.allow_ahead``."""
    if not isinstance(ahead, dt.timedelta) or not dt.timedelta(0) <= ahead <= LARGEST_AHEAD:
        raise LedgerError(
            f"ahead: {got(ahead)}; give a datetime.timedelta from 0 to {in_words(LARGEST_AHEAD)}"
        )
    if transaction.rules == FIRST:
        raise LedgerError(
            f"ahead: the ledger is under rules {FIRST}, which compare no time with the clock; run "
            "'ceosample upgrade' first"
        )
    newest = transaction.find(kind=RULES)[-1]
    if transaction.ahead == ahead:
        return newest
    payload: dict[str, Json] = {
        "rules": transaction.rules,
        AHEAD_SECONDS: ahead // dt.timedelta(seconds=1),
    }
    return transaction.append(RULES, by, at, payload)
