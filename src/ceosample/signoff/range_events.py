"""The events of which the figures of some months are made: not a whole ledger's, if it is long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from ceosample.period import Period, within
from ceosample.sampling.frames.strata import Stratum
from ceosample.signoff.figures.reach import newest_signed
from ceosample.signoff.replay.valid_events import histories_of, valid_events_at
from ceosample.signoff.store.events import Event

#: How events are read by the values of their columns, in their order.
Read = Callable[..., Iterable[Event]]


def range_events(
    read: Read, population: str, first: Period, last: Period | None, as_of: dt.datetime
) -> list[Event]:
    """The events that give every figure of a range of months as the whole ledger's would.

    They are those about no single letter, and the letters' of these months and of the eleven before
    the last. Where the signatory signed in some division before that only, they are also the
    letters' of earlier months, back to the newest signature there.

    Args:
        read: how events are read: ``read(population=..., period=..., unit_id=...)``, None for
            events without that part.
        population: which.
        first, last: the months, both included; None for the newest: letters of an older tracker
            may be of months that nothing else is about, up to that of ``as_of`` in any zone.
        as_of: the moment of the figures; aware.
    """
    found = {event.sequence: event for event in read(population=population, period=None)}
    about_months = [event for event in read(population=population, unit_id=None) if event.period]
    months = sorted({month for event in about_months if (month := _month(event)) is not None})
    last = last or max([first, *months, Period(as_of.year, as_of.month).next()])
    begin = min(first, last.plus(-11))
    for month in _months(begin, last):
        found |= {e.sequence: e for e in read(population=population, period=str(month))}
    ranged = [event for event in found.values() if event.period is not None]
    missing = _named(about_months, first, last) - _signed(ranged, as_of)
    for month in reversed(months):
        if not missing:
            break
        if month < begin:
            earlier = list(read(population=population, period=str(month)))
            found |= {event.sequence: event for event in earlier}
            missing -= _signed(earlier, as_of)
    found |= {event.sequence: event for event in about_months}
    return [found[sequence] for sequence in sorted(found)]


def _months(first: Period, last: Period) -> Iterator[Period]:
    while first <= last:
        yield first
        first = first.next()


def _month(event: Event) -> Period | None:
    try:
        return Period.parse(str(event.period))
    except ValueError:
        return None  # a malformed event, of which readers warn


def _named(events: Iterable[Event], first: Period, last: Period) -> set[Stratum]:
    """The divisions and strata of the draws of a range: each has its months since a signature."""
    return {
        tuple(name)
        for event in events
        if event.kind == "drawn" and within(event.period, first, last)
        for pool in event.payload["strata"]
        for name in (pool["stratum"], *(one["division"] for one in pool.get("divisions", ())))
    }


def _signed(events: Iterable[Event], as_of: dt.datetime) -> set[Stratum]:
    """The divisions and strata of which the signatory signed a letter, by these months' events."""
    in_order = sorted(events, key=lambda event: event.sequence)
    return {*newest_signed(histories_of(valid_events_at(in_order, as_of)).values(), strata=True)}
