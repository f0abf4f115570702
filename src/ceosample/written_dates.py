"""Dates as people and programs write them, read where they can mean one day alone.

``2026-10-01``, ``1 October 2026``, Oracle's ``01-OCT-26`` and SQL Server's ``Oct  1 2026 12:00AM``
have one meaning. ``03/04/2026`` has two, so its reader must be told which. Names of months are
English, whatever the process's locale.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from functools import cache
from typing import Final

import attrs

from ceosample import zone_rules
from ceosample.got import got
from ceosample.period import MONTHS, Period

_TIME: Final = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.:,](?P<part>\d{1,9}))?)?"
    r"(?: ?(?P<noon>[AaPp])\.?[Mm]\.?)?"
    r"(?: ?(?P<zone>Z|[+-]\d{2}(?::?\d{2})?|[A-Za-z]{3,}(?:/[A-Za-z_/+-]+)?))?"
)
_WITH_TIME: Final = rf"(?:(?:,? +|T){_TIME})?"


def _form(text: str) -> re.Pattern[str]:
    return re.compile(text + _WITH_TIME, re.A)


#: What begins with the year, and what has the month as a word.
_FORMS: Final = (
    _form(r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"),
    _form(r"(?P<day>\d{1,2})\.?[ -](?P<word>[A-Za-z]{3,9})\.?[ -](?P<year>\d{4}|\d{2})"),
    _form(r"(?P<word>[A-Za-z]{3,9})\.? +(?P<day>\d{1,2}),? +(?P<year>\d{4})"),
)
_FIGURES: Final = _form(
    r"(?P<one>\d{1,2})(?P<mark>[/.-])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})"
)

_MONTH_IN_WORDS: Final = re.compile(r"([A-Za-z]{3,9})[ -](\d{4})", re.A)

#: Oracle's rule for years of two digits: 50 to 99 are of the century before.
_HALF: Final = 50

#: What a pattern can hold, and what each of them reads; a width may be left short.
_FIELDS: Final = {
    "d": r"(?P<day>\d{1,2})",
    "m": r"(?P<month>\d{1,2})",
    "Y": r"(?P<year>\d{4})",
    "y": r"(?P<year>\d{2})",
    "b": r"(?P<word>[A-Za-z]{3,9})\.?",
    "B": r"(?P<word>[A-Za-z]{3,9})",
    "H": r"(?P<hour>\d{1,2})",
    "I": r"(?P<hour>\d{1,2})",
    "M": r"(?P<minute>\d{1,2})",
    "S": r"(?P<second>\d{1,2})",
    "f": r"(?P<part>\d{1,9})",
    "p": r"(?P<noon>[AaPp])\.?[Mm]\.?",
    "z": r"(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)",
    "%": "%",
}


#: What to do about a text that could be two dates.
TWO_DATES: Final = (
    "give a date such as 2026-10-01, or set day_first to true or false: it may begin with the day "
    "or with the month"
)


class NoDateError(ValueError):
    """A text that is no date, or one that is not in the calendar."""


class TwoDatesError(NoDateError):
    """A text that may begin with the day or with the month."""


@attrs.frozen
class DateForm:
    """How dates are written where that is not plain.

    Attributes:
        day_first: whether ``03/04/2026`` is the third of April; None where that is not known.
        pattern: a pattern such as ``%d.%m.%y``; None for the forms that have one meaning.
    """

    day_first: bool | None = None
    pattern: str | None = None


#: Nothing was said of how dates are written.
PLAIN: Final = DateForm()


def read_date(text: str, form: DateForm = PLAIN) -> dt.date:
    """The date in a text, or its moment where it has a time.

    Raises:
        TwoDatesError: it could be two dates.
        NoDateError: it is none.

    >>> str(read_date("01-OCT-26")), str(read_date("2026-10-01 09:30:00.000 -0700"))
    ('2026-10-01', '2026-10-01 09:30:00-07:00')
    >>> str(read_date("Oct  1 2026  9:30PM")), str(read_date("1/10/26", DateForm(day_first=True)))
    ('2026-10-01 21:30:00', '2026-10-01')
    """
    if form.pattern is not None and (found := _of_pattern(form.pattern).fullmatch(text)):
        return _date_of(found, None)
    for one in _FORMS:
        if found := one.fullmatch(text):
            return _date_of(found, None)
    if found := _FIGURES.fullmatch(text):
        if form.day_first is None:
            raise TwoDatesError("a date that may begin with the day or with the month")
        return _date_of(found, form.day_first)
    raise NoDateError("not a date")


def in_figures_of(text: str) -> tuple[int, int] | None:
    """The first two figures of a text such as ``3/4/2026``, whatever they mean; else None."""
    found = _FIGURES.fullmatch(text)
    return None if found is None else (int(found["one"]), int(found["two"]))


def month_in_words(text: str) -> Period | None:
    """The month of a text such as ``March 2026`` or ``Mar-2026``; None if it is none.

    >>> month_in_words("Mar 2026"), month_in_words("12 Mar 2026")
    (Period('2026-03'), None)
    """
    found = _MONTH_IN_WORDS.fullmatch(text)
    try:
        return None if found is None else Period(int(found[2]), _month(found[1]))
    except ValueError:
        return None


def fault_in_pattern(pattern: object) -> str | None:
    """What is wrong with a pattern of dates; None if dates can be read with it.

    >>> fault_in_pattern("%d.%m.%Y") is None
    True
    >>> fault_in_pattern("dd.mm.yyyy")
    "got 'dd.mm.yyyy'; give a pattern such as %d.%m.%Y, with a year and a month"
    """
    return (
        None
        if is_pattern(pattern)
        else (f"{got(pattern)}; give a pattern such as %d.%m.%Y, with a year and a month")
    )


def is_pattern(pattern: object) -> bool:
    """Whether dates can be read with a pattern: it has a year and a month, each once."""
    if not isinstance(pattern, str):
        return False
    try:
        names = _of_pattern(pattern).groupindex
    except (KeyError, re.error):  # a field that there is not, or one twice
        return False
    return "year" in names and bool({"month", "word"} & {*names}) and not pattern.endswith("%")


@cache
def _of_pattern(pattern: str) -> re.Pattern[str]:
    pieces = re.split(r"%(.)", pattern)
    plain = (re.sub(r"(?:\\ )+", " +", re.escape(text)) for text in pieces[::2])
    fields = [_FIELDS[name] for name in pieces[1::2]]
    return re.compile("".join(a + b for a, b in zip(plain, [*fields, ""], strict=True)), re.A)


def _date_of(found: re.Match[str], day_first: bool | None) -> dt.date:
    parts = found.groupdict()
    if day_first is not None:
        day, month = (parts["one"], parts["two"]) if day_first else (parts["two"], parts["one"])
    else:
        day, month = parts.get("day") or "1", parts.get("month")
    try:
        number = _month(parts["word"]) if month is None else int(month)
        date = dt.date(_year(parts["year"]), number, int(day))
        return date if parts.get("hour") is None else _with_time(date, parts)
    except (ValueError, OverflowError):
        raise NoDateError("not in the calendar") from None


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < _HALF else 1900)


def _month(name: str) -> int:
    """The number of a month's English name, or of its first three letters or more."""
    fitting = [n for n, month in enumerate(MONTHS, 1) if month.lower().startswith(name.lower())]
    if name.lower() == "sept":
        fitting = [9]
    if len(fitting) != 1:
        raise ValueError("no month")
    return fitting[0]


def _with_time(date: dt.date, parts: dict[str, str | None]) -> dt.datetime:
    hour = int(parts["hour"] or 0)
    if noon := parts.get("noon"):
        if not 1 <= hour <= 12:
            raise ValueError("no hour")
        hour = hour % 12 + 12 * (noon in "Pp")
    part = (parts.get("part") or "0")[:6].ljust(6, "0")
    time = dt.time(hour, int(parts.get("minute") or 0), int(parts.get("second") or 0), int(part))
    return dt.datetime.combine(date, time, _zone(parts.get("zone")))


def _zone(text: str | None) -> dt.tzinfo | None:
    if text is None:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return dt.UTC
    if text[0] in "+-":
        digits = text[1:].replace(":", "").ljust(4, "0")
        minutes = int(digits[:2]) * 60 + int(digits[2:])
        return dt.timezone(dt.timedelta(minutes=-minutes if text[0] == "-" else minutes))
    return zone_rules.zone(_zones()[text.casefold()]) if text.casefold() in _zones() else _none()


def _none() -> dt.tzinfo:
    raise ValueError("no zone")


@cache
def _zones() -> dict[str, str]:
    """The zones by their names in small letters: Oracle writes them in capitals."""
    return {name.casefold(): name for name in zoneinfo.available_timezones() if "/" in name}
