"""The day of a moment, by a time zone: the one place where a moment becomes a date.

A day is a matter of place: at 22:30 UTC it is tomorrow in Sydney. So no other module takes a
moment's date, and equal instants have equal days however they are written.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from functools import cache, lru_cache
from typing import Any, Final

from ceosample import zone_rules
from ceosample.errors import CeosampleError
from ceosample.form import meant
from ceosample.got import got
from ceosample.period import Period
from ceosample.plain import is_theirs, plain

#: The zone where none is stated.
UTC: Final = "UTC"

#: In place of a zone: the day is that of the offset with which the moment is written. So are those
#: of months that were frozen before zones were on record.
AS_WRITTEN: Final = "as written"

_FRACTION: Final = re.compile(r"(?<=:[0-9]{2}:[0-9]{2})\.[0-9]+")

# 'localtime' and 'posixrules' are another zone on each machine, and 'right/' counts leap seconds.
_NAME = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*)*")


def day_of(moment: dt.datetime, zone: str | None = None) -> dt.date:
    """The date of a moment.

    Args:
        moment: the moment; aware.
        zone: an IANA name, or ``AS_WRITTEN``; None for UTC.

    Returns:
        The date there; at the ends of the calendar its first or its last date.

    Raises:
        CeosampleError: a moment without an offset, or a zone that this machine does not know.

    >>> moment = dt.datetime(2026, 11, 30, 22, 30, tzinfo=dt.UTC)
    >>> str(day_of(moment)), str(day_of(moment, "Australia/Sydney"))
    ('2026-11-30', '2026-12-01')
    """
    return _day(moment, moment.utcoffset(), zone)


@lru_cache(maxsize=1024)
def _day(moment: dt.datetime, _offset: dt.timedelta | None, zone: str | None) -> dt.date:
    """The same; equal moments of other offsets have other dates as they are written."""
    try:
        return local(moment, zone).date()
    except OverflowError:
        return dt.date.max if moment.year == dt.MAXYEAR else dt.date.min


def local(moment: dt.datetime, zone: str | None = None) -> dt.datetime:
    """The same moment, written with a zone's own offset.

    >>> local(dt.datetime(2026, 11, 30, 22, 30, tzinfo=dt.UTC), "Australia/Sydney").isoformat()
    '2026-12-01T09:30:00+11:00'
    """
    if moment.utcoffset() is None:
        raise CeosampleError(f"got {moment.isoformat()}, which has no time zone; give its offset")
    return moment if zone == AS_WRITTEN else moment.astimezone(_zone(zone or UTC))


def on_the_clock(wall: dt.datetime, zone: str | None) -> dt.datetime:
    """The moment at which a clock in a zone shows this.

    Args:
        wall: what it shows: a time without an offset.
        zone: an IANA name; None, or ``AS_WRITTEN``, where none is known.

    Raises:
        CeosampleError: no zone is known, or the clock shows this never or twice, since it was put
            forward or back that day.

    >>> on_the_clock(dt.datetime(2026, 11, 2, 14, 5), "Europe/Berlin").isoformat()
    '2026-11-02T14:05:00+01:00'
    """
    said = wall.isoformat()
    if zone is None or zone == AS_WRITTEN:
        raise CeosampleError(f"got {said}, which has no time zone; give its offset")
    first, second = (wall.replace(tzinfo=_zone(zone), fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    # In the hour that is skipped, the later offset is the larger one.
    is_twice = (first.utcoffset() or dt.timedelta()) > (second.utcoffset() or dt.timedelta())
    shown = "twice" if is_twice else "never"
    raise CeosampleError(f"got {said}, which clocks in {zone} show {shown}; give its offset too")


def month_of(moment: dt.datetime, zone: str | None = None) -> Period:
    """The month of a moment."""
    day = day_of(moment, zone)
    return Period(day.year, day.month)


def plain_date(value: Any) -> Any:
    """A date of any kind as Python's own; anything else as ``plain`` leaves it.

    NumPy and pandas have no dates without a time: their midnight without an offset is its date.
    """
    found = plain(value)
    if is_theirs(value) and isinstance(found, dt.datetime) and found.tzinfo is None:
        return found.date() if found.time() == dt.time() else found
    return found


def date_of(value: object, zone: str | None = None) -> dt.date | None:
    """A date as it is, the date of a moment, or of ISO text of a date; None for anything else.

    A moment without an offset is a clock on somebody's wall, so its date is what it says.
    """
    if isinstance(value, dt.datetime):
        return value.date() if value.utcoffset() is None else day_of(value, zone)
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def midnight(day: dt.date, zone: str | None = None) -> dt.datetime:
    """The moment at which a day begins; where clocks skip midnight, the first moment after it."""
    return dt.datetime.combine(day, dt.time(), _zone(zone or UTC))


def to_the_second(text: str) -> str:
    """A time's ISO text as people read it; what is hashed or compared is the whole text.

    >>> to_the_second("2026-11-30T08:49:16.801023+00:00")
    '2026-11-30T08:49:16+00:00'
    """
    return _FRACTION.sub("", text)


def fault_in_zone(value: object) -> str | None:
    """What is wrong with the name of a time zone, in words; None if this machine knows it."""
    if is_zone(value):
        return None
    hint = meant(value, zoneinfo.available_timezones()) if isinstance(value, str) else ""
    return f"{got(value)}; give an IANA time zone such as Europe/London{hint}"


def is_zone(value: object) -> bool:
    """Whether it is the name of a time zone that this machine knows."""
    try:
        return (
            isinstance(value, str)
            and _NAME.fullmatch(value) is not None
            and bool(zoneinfo.ZoneInfo(value).key)
        )
    except (KeyError, ValueError, OSError):  # not known, or a folder of names
        return False


@cache
def _zone(name: str) -> zoneinfo.ZoneInfo:
    fault = fault_in_zone(name)
    if fault is not None:
        raise CeosampleError(f"zone: {fault}")
    return zone_rules.zone(name)
