"""The month that is sampled, written as ISO 8601 has it: ``2026-10``."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import cache

import attrs

from ceosample.got import got
from ceosample.plain import is_theirs

#: English names of the months; the standard library's follow the process's locale.
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

_ISO_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@attrs.frozen(order=True)
class Period:
    """A calendar month.

    Attributes:
        year: 1 to 9999.
        month: 1 to 12.

    >>> Period.parse("2026-12").next()
    Period('2027-01')
    """

    year: int = attrs.field(validator=[attrs.validators.ge(1), attrs.validators.le(9999)])
    month: int = attrs.field(validator=[attrs.validators.ge(1), attrs.validators.le(12)])

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read an ISO month.

        Raises:
            ValueError: anything but four digits, a hyphen and a month from 01 to 12.
        """
        match = _ISO_MONTH.fullmatch(text) if isinstance(text, str) else None
        if match is None or match[1] == "0000":
            raise ValueError(f"period: {got(text)}; give an ISO month such as '2026-10'")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    def __repr__(self) -> str:
        return f"Period('{self}')"

    def next(self) -> Period:
        """The month after this one."""
        return self.plus(1)

    def previous(self) -> Period:
        """The month before this one."""
        return self.plus(-1)

    def plus(self, months: int) -> Period:
        """The month that is ``months`` later, or earlier if that is negative."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Period(year, month + 1)

    def months_since(self, other: Period) -> int:
        """How many months after another month this one is; negative if it is earlier."""
        return (self.year - other.year) * 12 + self.month - other.month

    @property
    def first_day(self) -> dt.date:
        """The first day of the month."""
        return dt.date(self.year, self.month, 1)

    @property
    def last_day(self) -> dt.date:
        """The last day of the month."""
        return self.first_day.replace(day=calendar.monthrange(self.year, self.month)[1])

    @property
    def words(self) -> str:
        """The month as a letter writes it: ``October 2026``."""
        return f"{MONTHS[self.month - 1]} {self.year}"


def is_month(text: str) -> bool:
    """Whether a text is an ISO month, as the folder of one is called."""
    try:
        return bool(Period.parse(text))
    except ValueError:
        return False


def as_period(value: str | Period) -> Period:
    """A month that may be given as its ISO text.

    Raises:
        ValueError: text that is no ISO month.
    """
    if isinstance(value, Period):
        return value
    # pandas' and NumPy's months are written as ours are.
    return Period.parse(str(value) if is_theirs(value) else value)


def within(period: str | None, first: Period | None, last: Period | None) -> bool:
    """Whether a month is in a range; a bound of None leaves that side open."""
    if period is None:
        return False
    # ISO months are in order when their texts are.
    return (first is None or _text(first) <= period) and (last is None or period <= _text(last))


@cache
def _text(month: Period) -> str:
    """A month's text, which is asked for with every event."""
    return str(month)
