"""The rules about times, for the judge: what each kind of event asks of them."""

from __future__ import annotations

import datetime as dt
from typing import Final

from ceosample.errors import LedgerError
from ceosample.signoff.replay.valid_events import when
from ceosample.signoff.rules import clock
from ceosample.signoff.rules.context import Context
from ceosample.signoff.rules.in_force import FIRST
from ceosample.signoff.rules.in_force import KIND as RULES
from ceosample.signoff.store.events import Event


def require_forward(event: Event, context: Context) -> None:
    """Raise if the recorder's clock went back without a word of a person."""
    before = context.last
    if before is None or event.kind == clock.CORRECTED:
        return
    if event.recorded_at < before.recorded_at:
        raise LedgerError("was recorded at an earlier time than the event before it")


def require_times(event: Event, context: Context) -> None:
    """Raise unless the times of an event are near each other, and near those of the one before.

    The event that begins rules 2 is recorded by a clock that rules 1 ask nothing about.
    """
    begins = event.kind == RULES and context.rules == FIRST
    before = None if begins else context.last
    faults = clock.faults_of_times(event, before, context.ahead)
    if faults:
        raise LedgerError(*faults)


#: The rules that ask nothing of an event of which ``clock.are_in_order`` is true.
PROVED: Final = (require_forward, require_times)


def happened_by(event: Event, context: Context) -> dt.datetime:
    """The latest time at which an event can have happened; under rules 1 the claimed one."""
    if context.rules == FIRST:
        return when(event)
    return clock.happened_by(event, context.clock_corrections, context.ahead)
