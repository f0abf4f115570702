"""The times of a transaction's events: the recorder's clock, and what may be claimed beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from ceosample.errors import CeosampleError, ClockError, LedgerError, raise_faults
from ceosample.signoff.rules import clock as rules_of_times
from ceosample.signoff.rules.in_force import FIRST, rules_in_force
from ceosample.signoff.rules.in_force import KIND as RULES
from ceosample.signoff.store.events import Event, moment
from ceosample.text import quoted

Clock = Callable[[], dt.datetime]


class Times:
    """The recorder's clock in a transaction, and the rules in force about times.

    The clock is read once for each event.
    """

    def __init__(
        self, clock: Clock, newest: Event | None, find: Callable[[str], list[Event]]
    ) -> None:
        """The times of a transaction.

        Args:
            clock: the recorder's.
            newest: the ledger's newest event; None in an empty one.
            find: returns all events of a kind.
        """
        self._clock = clock
        self._find = find
        self._found: dict[str, list[Event]] = {}
        self._reading: dt.datetime | None = None
        self.newest = newest

    def appended(self, event: Event) -> None:
        """Continue after an event that was appended."""
        self._found.pop(event.kind, None)
        self.newest, self._reading = event, None

    def undone(self, newest: Event | None) -> None:
        """Continue after the event before those that were undone."""
        self._found.clear()
        self.newest = newest

    @property
    def rules(self) -> int:
        """The number of the rules in force."""
        return rules_in_force(self._of(RULES))

    @property
    def now(self) -> dt.datetime:
        """The recorder's clock, in UTC."""
        if self._reading is None:
            self._reading = _read(self._clock)
        return self._reading

    def recorded_at(self, kind: str) -> str:
        """When the next event is recorded; a clock may be a little behind the newest event.

        Raises:
            ClockError: the clock went back further, or forward by years, and the event is not the
                one by which a person says that it is right.
        """
        if self.newest is None:
            return _written(self.now)
        if self.rules == FIRST:
            return max(_written(self.now), self.newest.recorded_at)
        if kind == rules_of_times.CORRECTED:
            return _written(self.now)
        self.require_clock()
        return max(_written(self.now), self.newest.recorded_at)

    def fault_of_clock(self) -> str | None:
        """What is wrong with the recorder's clock after the newest event; None for nothing."""
        if self.newest is None or self.rules == FIRST:
            return None
        newest = rules_of_times.moment_of(self.newest.recorded_at)
        return None if newest is None else rules_of_times.fault_of_clock(self.now, newest)

    def require_clock(self) -> None:
        """Raise if the recorder's clock went back, or forward by years, since the newest event.

        Raises:
            ClockError: it did; the message names the command by which a person says that it is
                right.
        """
        fault = self.fault_of_clock()
        if fault is not None and self.newest is not None:
            rested = " because nothing was recorded for so long" if "after" in fault else ""
            raise ClockError(
                f"clock: got {_written(self.now)}, {fault} event {self.newest.sequence}, the "
                f"newest (recorded at {self.newest.recorded_at}); set this computer's clock. If "
                f"it is right{rested}, a person says so once, by name: 'ceosample run "
                "--clock-is-right ID' (or ledger.correct_clock)"
            )

    def require(self, event: Event) -> None:
        """Raise if the rules in force refuse an event for its times.

        Raises:
            LedgerError: it is claimed to have happened later than the recorder's clock allows, or
                is about a month that has not begun.
        """
        if self.rules > FIRST:
            faults = rules_of_times.faults_of_times(event, self.newest, self.ahead)
            raise_faults(LedgerError, faults)
        elif event.kind == RULES:  # that of an upgrade: rules 2 begin with it
            fault = rules_of_times.fault_of_at(event, self.ahead)
            raise_faults(LedgerError, filter(None, [fault]))

    def require_not_ahead(self, at: dt.datetime) -> None:
        """Raise if something is claimed to have happened later than the recorder's clock allows.

        Raises:
            LedgerError: it is.
        """
        over = self.over(at)
        if over is not None:
            raise LedgerError(
                rules_of_times.words_of_at(moment(at, "at"), over, _written(self.now))
            )

    def over(self, at: dt.datetime, *, less: dt.timedelta = dt.timedelta(0)) -> dt.timedelta | None:
        """How far a time, less a length, is after the recorder's clock; None where it may be."""
        moment(at, "at")
        if self.rules == FIRST:
            return None
        over = at - self.now - less
        return over if over > self.ahead else None

    def happened_by(self, event: Event) -> dt.datetime:
        """The latest time at which an event can have happened, by what is on record.

        Under rules 1 it is the claimed one.
        """
        if self.rules == FIRST:
            return dt.datetime.fromisoformat(event.at)
        corrections = self._of(rules_of_times.CORRECTED)
        return rules_of_times.happened_by(event, corrections, self.ahead)

    @property
    def ahead(self) -> dt.timedelta:
        """How far a claimed time may be ahead of the recorder's clock."""
        return rules_of_times.ahead_in_force(self._of(RULES))

    def _of(self, kind: str) -> list[Event]:
        if kind not in self._found:
            self._found[kind] = self._find(kind)
        return self._found[kind]


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
