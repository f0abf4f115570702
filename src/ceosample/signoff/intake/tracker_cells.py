"""The values in the cells of an office's own table: an id, a month, a date, a word.

Nothing is guessed. What Excel may have made of a value (a number of an id, a date of a number, the
month of the day) is read where it can mean only one thing, and is an error where it can mean two.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Final

from ceosample.days import date_of
from ceosample.got import Private, got, got_name
from ceosample.period import MONTHS, Period
from ceosample.text import WHITE_SPACE
from ceosample.workbook.read import SheetCell

DAY_FIRST: Final = "day-first"
MONTH_FIRST: Final = "month-first"

#: In which order dates that are texts have day and month.
ORDERS: Final = (DAY_FIRST, MONTH_FIRST)

#: A day outside these years is a number that lost its meaning.
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100

#: The digits of a number that Excel keeps; it makes zeros of the others.
_DIGITS_KEPT: Final = 15

_ISO_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?", re.A)
_FIGURES = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.A)
_MONTH_IN_FIGURES = re.compile(r"(\d{1,2})/(\d{4})", re.A)
_DAY_IN_WORDS = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4})", re.A)
_MONTH_IN_WORDS = re.compile(r"([A-Za-z]{3,9})[ -](\d{4})", re.A)


def text_of(cell: SheetCell) -> str | None:
    """The text of a cell, without white space at its ends; None where it is empty.

    Raises:
        ValueError: a value that cannot be a text; its words end a message.

    >>> cells = SheetCell("\\u00a0R-1 "), SheetCell(12345.0), SheetCell(45, digits=6)
    >>> tuple(map(text_of, cells))
    ('R-1', '12345', '000045')
    """
    value = _reliable(cell)
    if isinstance(value, str):
        return cleaned(value) or None
    if value is None:
        return None
    if isinstance(value, bool):
        raise ValueError("got TRUE or FALSE; give it as text")
    if isinstance(value, int | float):
        return _whole(value).zfill(cell.digits)
    raise ValueError(
        "got a date or a time, which Excel may have made of a text; format the cell as text and "
        "type it again"
    )


def name_of(cell: SheetCell) -> str | None:
    """The text of a cell that is an id or a stratum value; None where it is empty.

    Raises:
        ValueError: it is not a text, or not one that can be a name. Its words never quote it, for
            the column may be the wrong one.
    """
    text = text_of(cell)
    fault = None if text is None else got_name(text, Private.CELL)
    if fault is not None:
        raise ValueError(fault)
    return text


def word_of(cell: SheetCell) -> str | None:
    """The text of a cell in small letters, to be looked up; None where it is empty."""
    text = text_of(cell)
    return None if text is None else text.casefold()


def cleaned(text: str) -> str:
    """A text in Unicode's NFC, with ordinary blanks, and none at its ends."""
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ")).strip(WHITE_SPACE)


def day_of(cell: SheetCell, order: str | None, epoch: dt.datetime | None) -> dt.date | None:
    """The date of a cell; None where it is empty.

    Args:
        cell: a date; a number, in a workbook; a text in ISO's form, in words or in figures.
        order: the order of day and month in figures; None where it is not known.
        epoch: the date from which a workbook's numbers count; None for a table without any.

    Raises:
        ValueError: a value that is not a date, or could be two.

    >>> day_of(SheetCell("3/4/2026"), DAY_FIRST, None), day_of(SheetCell("3 Apr 2026"), None, None)
    (datetime.date(2026, 4, 3), datetime.date(2026, 4, 3))
    """
    value = _reliable(cell)
    if isinstance(value, dt.date) or value is None:
        day = date_of(value)  # tables know no zones: a time is a clock's on the wall
    elif isinstance(value, str):
        day = _day_of_text(cleaned(value), order) if cleaned(value) else None
    else:
        day = _day_of_number(value, epoch)
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(
            f"got the year {day.year}; give a date from {FIRST_YEAR} to {LAST_YEAR}. Excel may "
            "have made it of a number, or cut it short"
        )
    return day


def month_of(cell: SheetCell, order: str | None, epoch: dt.datetime | None) -> Period | None:
    """The month of a cell, or of the date in it; None where it is empty.

    Raises:
        ValueError: a value that is neither a month nor a date.

    >>> month_of(SheetCell("March 2026"), None, None), month_of(SheetCell("2026-03-31"), None, None)
    (Period('2026-03'), Period('2026-03'))
    """
    value = cell.value
    if isinstance(value, str) and cell.fault is None:
        month = _month_of_text(cleaned(value))
        if month is not None and FIRST_YEAR <= month.year <= LAST_YEAR:
            return month
    day = day_of(cell, order, epoch)
    return None if day is None else Period(day.year, day.month)


def in_figures(cell: SheetCell) -> tuple[int, int] | None:
    """The first two figures of a text such as ``3/4/2026``, whatever they mean; else None."""
    found = _FIGURES.fullmatch(cleaned(cell.value)) if isinstance(cell.value, str) else None
    return None if found is None else (int(found[1]), int(found[3]))


def _reliable(cell: SheetCell) -> object:
    if cell.fault is not None:
        raise ValueError(f"got {cell.fault}")
    return cell.value


def _whole(value: float) -> str:
    if value != value or abs(value) >= 10**_DIGITS_KEPT:
        raise ValueError(
            f"got a number of more than {_DIGITS_KEPT} digits, of which Excel keeps no more; copy "
            "the ids from their source again, as text"
        )
    if value < 0 or value != int(value):
        raise ValueError(
            "got a number that is negative or has a fraction; give the id as text, or correct it"
        )
    return str(int(value))


def _day_of_text(text: str, order: str | None) -> dt.date:
    found = _FIGURES.fullmatch(text)
    if found and order is None:
        raise ValueError(
            f"got {text!r}, which may begin with the day or with the month; set tracker.dates to "
            f"{DAY_FIRST} or {MONTH_FIRST}"
        )
    try:
        if found:
            first, second, year = int(found[1]), int(found[3]), int(found[4])
            day, month = (first, second) if order == DAY_FIRST else (second, first)
            return dt.date(year, month, day)
        if found := _ISO_DAY.fullmatch(text):
            return dt.date.fromisoformat(found[1])
        if found := _DAY_IN_WORDS.fullmatch(text):
            return dt.date(int(found[3]), _number_of(found[2]), int(found[1]))
    except ValueError:
        shown = got(text, None if found else Private.CELL)
        raise ValueError(f"{shown}, which is not in the calendar; write 2026-04-03") from None
    raise ValueError(f"{got(text, Private.CELL)}, which is not a date; write 2026-04-03")


def _day_of_number(value: object, epoch: dt.datetime | None) -> dt.date:
    if isinstance(value, int | float) and not isinstance(value, bool) and epoch is not None:
        from openpyxl.utils.datetime import from_excel

        try:
            day = date_of(from_excel(value, epoch))
        except (OverflowError, ValueError):
            day = None
        if day is not None:
            return day
    raise ValueError(
        f"{got(value, Private.CELL)}, which is not a date; write 2026-04-03, or format the cell as "
        "a date"
    )


def _month_of_text(text: str) -> Period | None:
    try:
        if found := _MONTH_IN_WORDS.fullmatch(text):
            return Period(int(found[2]), _number_of(found[1]))
        if found := _MONTH_IN_FIGURES.fullmatch(text):
            return Period(int(found[2]), int(found[1]))
        return Period.parse(text)
    except ValueError:
        return None


def _number_of(name: str) -> int:
    """The number of a month's English name, or of its first three letters or more.

    Raises:
        ValueError: no month has this name.
    """
    fitting = [n for n, month in enumerate(MONTHS, 1) if month.lower().startswith(name.lower())]
    if len(fitting) != 1:
        raise ValueError("not a month")
    return fitting[0]
