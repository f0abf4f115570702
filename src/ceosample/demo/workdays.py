"""The days on which the invented bank works."""

import re
from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import cache

_PERIOD = re.compile(r"[12][0-9]{3}-(?:0[1-9]|1[0-2])")
_CLOSED = {(1, 1), (12, 25), (12, 26)}


def works(day: date) -> bool:
    """Whether the bank works on a day: Monday to Friday, but not at Christmas or New Year."""
    return day.weekday() < 5 and (day.month, day.day) not in _CLOSED


def days(first: date, last: date) -> list[date]:
    """The working days from `first` to `last`, both counted.

    >>> [day.day for day in days(date(2026, 10, 2), date(2026, 10, 6))]
    [2, 5, 6]
    """
    found: list[date] = []
    for year in range(first.year, last.year + 1):
        of_year = _of_year(year)
        found += of_year[bisect_left(of_year, first) : bisect_right(of_year, last)]
    return found


@cache
def _of_year(year: int) -> list[date]:
    """The working days of a year; most letters name days of the same two or three."""
    every = (date(year, 1, 1) + timedelta(number) for number in range(366))
    return [day for day in every if day.year == year and works(day)]


def on_or_before(day: date) -> date:
    """A day itself if the bank works on it, else the last working day before it."""
    while not works(day):
        day -= timedelta(1)
    return day


def of_month(period: str) -> list[date]:
    """The working days of a period such as "2026-10".

    ValueError if the period is not a year and a month. The years stop at 2999 so that every due
    date can be written.
    """
    if not _PERIOD.fullmatch(period):
        raise ValueError(
            f"period: got {period!r}; give a year and a month such as '2026-10', "
            "with a year from 1000 to 2999"
        )
    first = date.fromisoformat(f"{period}-01")
    following = (first + timedelta(31)).replace(day=1)
    return days(first, following - timedelta(1))
