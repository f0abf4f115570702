"""The time zone whose days a month's events count by: what its freeze says, or what was stated.

A freeze holds its zone. Months of 0.1 hold none: their days are those of the offsets in which their
events are written, until a zone is stated for them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

import attrs

from ceosample.canonical import Json
from ceosample.days import AS_WRITTEN, UTC, day_of, fault_in_zone, local, month_of
from ceosample.errors import LedgerError
from ceosample.period import Period
from ceosample.signoff.replay.valid_events import when
from ceosample.signoff.store.events import Event

#: The field of a freeze, and of a statement, that names the zone.
ZONE: Final = "zone"

#: The event that states the zone of a month that was frozen without one.
STATED: Final = "zone_stated"

#: Every kind of event that can tell something of a zone.
KINDS: Final = ("frozen", STATED, "corrected")

_Month: TypeAlias = "tuple[str | None, str | None]"


@attrs.define
class Zones:
    """In which zone each month's events have their days, event by event."""

    _frozen: dict[_Month, str | None] = attrs.field(factory=dict)
    _stated: dict[_Month, dict[str, str]] = attrs.field(factory=dict)
    _newest: dict[str | None, _Month] = attrs.field(factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event], as_of: dt.datetime | None = None) -> Zones:
        """The zones that these events give.

        Args:
            events: a ledger's, in order.
            as_of: the moment of asking: a later freeze changes nothing outside its month.
        """
        found = cls()
        for event in events:
            found.take(event, as_of)
        return found

    def take(self, event: Event, as_of: dt.datetime | None = None) -> None:
        """Take the next event; one that says nothing of a zone changes nothing."""
        month = event.population, event.period
        if event.kind == "frozen":
            self._frozen[month] = event.payload.get(ZONE)
            if as_of is None or when(event) <= as_of:
                self._newest[event.population] = month
        elif event.kind == STATED:
            self._stated.setdefault(month, {})[event.hash] = event.payload[ZONE]
        elif event.kind == "corrected" and month in self._stated:
            self._stated[month].pop(event.payload["event"], None)

    @property
    def months(self) -> dict[_Month, str]:
        """The zone of each frozen month, by population and period."""
        return {month: self._of(month) for month in self._frozen}

    def zone(self, population: str | None, period: str | None = None, unknown: str = UTC) -> str:
        """The zone of a month; of a population's newest freeze for what is about no month.

        Args:
            population: which; None for all that there are, which share a zone or have UTC's.
            period: the month; None for no month.
            unknown: what stands for a zone where no month of the population was frozen.
        """
        if (population, period) in self._frozen:
            return self._of((population, period))
        if population is not None:
            newest = self._newest.get(population)
            return unknown if newest is None else self._of(newest)
        everywhere = {self._of(month) for month in self._newest.values()}
        return everywhere.pop() if len(everywhere) == 1 else unknown

    def _of(self, month: _Month) -> str:
        stated = self._stated.get(month)
        return self._frozen[month] or (list(stated.values())[-1] if stated else AS_WRITTEN)

    def day(self, event: Event) -> dt.date:
        """The day on which an event happened."""
        return day_of(when(event), self.zone(event.population, event.period))

    def month(self, event: Event) -> Period:
        """The month in which an event happened."""
        return month_of(when(event), self.zone(event.population, event.period))

    def local(self, moment: dt.datetime, population: str | None) -> dt.datetime:
        """A moment as a population's papers write it."""
        return local(moment, self.zone(population))


def require(zone: object) -> None:
    """Raise unless a zone is the name of one; None states none.

    Raises:
        LedgerError: with what is wrong with it.
    """
    fault = None if zone is None else fault_in_zone(zone)
    if fault is not None:
        raise LedgerError(f"{ZONE}: {fault}")


def zoned(payload: Mapping[str, Json], zone: str | None) -> dict[str, Json]:
    """What the event of a freeze holds; without a zone no field says so."""
    return {**payload, **({} if zone is None else {ZONE: zone})}


def unzoned(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What a freeze fixes, without its zone."""
    return {name: value for name, value in payload.items() if name != ZONE}


def zone_of(events: Iterable[Event]) -> str | None:
    """The zone of the newest month that these events froze; None where none is on record."""
    found = list(Zones.of(events).months.values())
    return None if found in ([], [AS_WRITTEN]) else found[-1]
