"""Working days: a week, and the holidays that the caller gives.

Holidays are never guessed: you list them, or call ``public_holidays``, which needs the extra
``deadlines``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import attrs

from ceosample.days import plain_date
from ceosample.errors import MissingPartError, RegimeError, raise_faults
from ceosample.text import quoted

#: The days of a week, as a regime writes them.
WEEK: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

#: The week of a regime that names none.
MONDAY_TO_FRIDAY: Final = WEEK[:5]

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@attrs.frozen
class WorkingDays:
    """The days on which work is done.

    Attributes:
        week: its weekdays, some of ``WEEK``.
        holidays: other dates on which no work is done, in order, each once.

    >>> days = WorkingDays(holidays=(dt.date(2026, 12, 25),))
    >>> days.plus(dt.date(2026, 12, 24), 1).isoformat()
    '2026-12-28'
    """

    week: tuple[str, ...] = MONDAY_TO_FRIDAY
    holidays: tuple[dt.date, ...] = ()

    def works(self, day: dt.date) -> bool:
        """Whether work is done on a date."""
        return WEEK[day.weekday()] in self.week and day not in self.holidays

    def on_or_after(self, day: dt.date) -> dt.date:
        """A day itself if it is a working day, else the next one."""
        return self._offset(day, 0, "forward")

    def on_or_before(self, day: dt.date) -> dt.date:
        """A day itself if it is a working day, else the last one before it."""
        return self._offset(day, 0, "backward")

    def plus(self, day: dt.date, count: int) -> dt.date:
        """The working day that is number ``count`` after a day, which need not be one itself."""
        # From a day off one step forward must be the first working day after it, so the count
        # begins at the last one before.
        return self._offset(day, count, "backward")

    def minus(self, day: dt.date, count: int) -> dt.date:
        """``count`` working days before the last working day on or before a day."""
        return self._offset(day, -count, "backward")

    def also_off(self, holidays: Iterable[Any]) -> WorkingDays:
        """These working days with further holidays.

        Raises:
            RegimeError: a holiday that is not a date.
        """
        return attrs.evolve(self, holidays=_merged(self.holidays, dates(holidays)))

    def _offset(self, day: dt.date, count: int, roll: Literal["forward", "backward"]) -> dt.date:
        import numpy as np  # here, since `import ceosample` is to be fast

        moved = np.busday_offset(
            np.datetime64(day, "D"),
            count,
            roll=roll,
            weekmask=" ".join(self.week),
            holidays=np.array(self.holidays, "datetime64[D]"),
        )
        return dt.date.fromisoformat(str(moved))


def dates(values: Iterable[Any]) -> tuple[dt.date, ...]:
    """Holidays as dates, in order, each once.

    Raises:
        RegimeError: each that is not a date or its ISO text.

    >>> dates(["2026-12-25", dt.date(2026, 1, 1)])
    (datetime.date(2026, 1, 1), datetime.date(2026, 12, 25))
    """
    # A calendar of the holidays package is a mapping that is empty until it is asked for a day:
    # reading it would pass over every holiday without a word.
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise RegimeError(
            f"holidays: got {quoted(values)}; give a list of dates, or what public_holidays(...) "
            "returns"
        )
    found, faults = [], []
    for number, value in enumerate(values, 1):
        day = as_date(value)
        if day is None:
            faults.append(f"holidays, entry {number}: got {quoted(value)}; give a date, 2026-12-25")
        else:
            found.append(day)
    raise_faults(RegimeError, faults)
    return _merged(found)


def as_date(value: Any) -> dt.date | None:
    """A date or its ISO text as a date; None if it is neither, as a moment is not."""
    value = plain_date(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return None
    return None


def public_holidays(
    country: str, subdivision: str | None = None, *, first: dt.date | str, last: dt.date | str
) -> tuple[dt.date, ...]:
    """The public holidays of a place, as the ``holidays`` package knows them.

    The years around the span are asked for too: a holiday on a weekend may be kept in the
    neighbouring year, as New Year's Day 2022 was on 31 December 2021 in the United States.

    Args:
        country: its ISO 3166 code, ``"GB"``.
        subdivision: a part of it by the package's name, ``"ENG"``. None gives only the holidays
            that all parts share.
        first: the first date of the span, included.
        last: the last date, included; well after the deadline, which is not known beforehand.

    Raises:
        MissingPartError: the extra ``deadlines`` is not installed.
        RegimeError: a place that the package does not know, or a last date before the first.

    >>> [str(day) for day in public_holidays("GB", "ENG", first="2026-12-01", last="2026-12-31")]
    ['2026-12-25', '2026-12-26', '2026-12-28']
    """
    span = _span(first, last)
    try:
        import holidays
    except ImportError:
        raise MissingPartError(
            "public holidays: need the package holidays, which is not installed; pip install "
            "'ceosample[deadlines]', or give the dates yourself"
        ) from None
    years = range(span[0].year - 1, span[1].year + 2)
    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=years, expand=False)
    except NotImplementedError as error:
        raise RegimeError(
            f"public holidays: {error}; give a country such as 'GB' and one of its parts "
            "such as 'ENG', or the dates themselves"
        ) from None
    return tuple(sorted(day for day in found if span[0] <= day <= span[1]))


def _span(first: Any, last: Any) -> tuple[dt.date, dt.date]:
    days = {"first": as_date(first), "last": as_date(last)}
    raise_faults(
        RegimeError,
        (
            f"public holidays, {name}: got {quoted(value)}; give a date, 2026-12-25"
            for name, value in (("first", first), ("last", last))
            if days[name] is None
        ),
    )
    start, end = days["first"], days["last"]
    assert start is not None and end is not None  # noqa: S101, PT018 - for mypy
    if end < start:
        raise RegimeError(
            f"public holidays, last: got {end}, which is before the first date, {start}; exchange "
            "them"
        )
    return start, end


def _merged(*groups: Iterable[dt.date]) -> tuple[dt.date, ...]:
    return tuple(sorted({day for group in groups for day in group}))
