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
from ceosample.signoff.store.events import Event, uncorrected

#: The field of a freeze, and of a statement, that names the zone.
ZONE: Final = "zone"

#: The event that states the zone of a month that was frozen without one.
STATED: Final = "zone_stated"

_Month: TypeAlias = "tuple[str | None, str | None]"


@attrs.frozen
class Zones:
    """In which zone each month's events have their days.

    Attributes:
        of_month: the zone of each frozen month, by population and period.
        newest: the zone of each population's newest freeze: that of what is about no month.
    """

    of_month: Mapping[_Month, str]
    newest: Mapping[str | None, str]

    @classmethod
    def of(cls, events: Iterable[Event], as_of: dt.datetime | None = None) -> Zones:
        """The zones that these events give.

        Args:
            events: a ledger's, in order.
            as_of: the moment of asking: a later freeze changes nothing outside its month.
        """
        read = uncorrected(e for e in events if e.kind in ("frozen", STATED, "corrected"))
        stated = {_month(event): _zone(event) for event in read if event.kind == STATED}
        of_month: dict[_Month, str] = {}
        newest: dict[str | None, str] = {}
        for event in read:
            if event.kind == "frozen":
                zone = _zone(event, stated.get(_month(event), AS_WRITTEN))
                of_month[_month(event)] = zone
                if as_of is None or when(event) <= as_of:
                    newest[event.population] = zone
        return cls(of_month, newest)

    def zone(self, population: str | None, period: str | None = None) -> str:
        """The zone of a month; of a population's newest freeze for what is about no month.

        Args:
            population: which; None for all that there are, which share a zone or have UTC's.
            period: the month; None for no month.
        """
        here = self.of_month.get((population, period))
        if here is not None:
            return here
        if population is not None:
            return self.newest.get(population, UTC)
        everywhere = set(self.newest.values())
        return everywhere.pop() if len(everywhere) == 1 else UTC

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
    found = list(Zones.of(events).newest.values())
    return None if found in ([], [AS_WRITTEN]) else found[-1]


def _month(event: Event) -> _Month:
    return event.population, event.period


def _zone(event: Event, otherwise: str = UTC) -> str:
    zone = event.payload.get(ZONE)
    return zone if isinstance(zone, str) else otherwise
