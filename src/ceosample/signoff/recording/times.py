"""The recorder's clock in a transaction: when events are recorded, and when that is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from ceosample.errors import BusyError, CeosampleError, ClockError
from ceosample.signoff.rules import clock as rules_of_times
from ceosample.signoff.rules.context import Context
from ceosample.signoff.rules.in_force import FIRST
from ceosample.signoff.store.events import moment
from ceosample.text import quoted

Clock = Callable[[], dt.datetime]


class Times:
    """The recorder's clock, read once for each event."""

    def __init__(self, clock: Clock, context: Context) -> None:
        self._clock = clock
        self._context = context
        self._reading: dt.datetime | None = None

    def forget(self) -> None:
        """Read the clock again for the next event."""
        self._reading = None

    @property
    def now(self) -> dt.datetime:
        """What the clock says, in UTC."""
        if self._reading is None:
            self._reading = _read(self._clock)
        return self._reading

    def recorded_at(self, kind: str) -> str:
        """When the next event is recorded: the clock may be a little behind the newest event.

        Raises:
            ClockError: the clock went back further, or forward by years, and the event is not the
                one by which a person says that it is right.
        """
        written, newest = _written(self.now), self._context.last
        if newest is None or kind == rules_of_times.CORRECTED:
            return written
        self.require_clock()
        return max(written, newest.recorded_at)

    def fault_of_clock(self) -> str | None:
        """What is wrong with the clock after the newest event; None for nothing."""
        newest = self._context.last
        if newest is None or self._context.rules == FIRST:
            return None
        recorded_at = rules_of_times.moment_of(newest.recorded_at)
        if recorded_at is None:
            return None
        return rules_of_times.fault_of_clock(self.now, recorded_at)

    def require_clock(self) -> None:
        """Raise if the clock went back, or forward by years, since the newest event.

        Raises:
            ClockError: it did; the message names the command by which a person says that it is
                right.
        """
        fault, newest = self.fault_of_clock(), self._context.last
        if fault is None or newest is None:
            return
        rested = " because nothing was recorded for so long" if "after" in fault else ""
        raise ClockError(
            f"clock: got {_written(self.now)}, {fault} event {newest.sequence}, the newest "
            f"(recorded at {newest.recorded_at}); set this computer's clock. If it is "
            f"right{rested}, a person says so once, by name: 'ceosample run --clock-is-right ID' "
            "(or ledger.correct_clock)"
        )

    def behind(self, refused: CeosampleError) -> BusyError | None:
        """Why an event is refused for its order by a clock that is a little behind; else None."""
        newest = self._context.last
        if refused.reason != "order" or newest is None or newest.recorded_at <= _written(self.now):
            return None
        return BusyError(
            f"clock: got {_written(self.now)}, and event {newest.sequence}, the newest, was "
            f"recorded at {newest.recorded_at}; try again once the clock is past that",
            reason="clock-behind",
        )

    def over(self, at: dt.datetime, *, less: dt.timedelta = dt.timedelta(0)) -> dt.timedelta | None:
        """How far a time, less a length, is after the clock; None where the rules allow it."""
        moment(at, "at")
        if self._context.rules == FIRST:
            return None
        over = at - self.now - less
        return over if over > self._context.ahead else None


def _read(clock: Clock) -> dt.datetime:
    """What a clock says, in UTC."""
    reading: Any = clock()
    if not isinstance(reading, dt.datetime) or reading.utcoffset() is None:
        raise CeosampleError(
            f"clock: got {quoted(reading)}; give a clock that returns aware datetimes"
        )
    return reading.astimezone(dt.UTC)


def _written(reading: dt.datetime) -> str:
    return reading.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
