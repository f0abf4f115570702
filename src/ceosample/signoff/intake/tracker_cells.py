"""The values in the cells of an office's own table: an id, a month, a date, a word.

Nothing is guessed. What Excel may have made of a value (a number of an id, a date of a number, the
month of the day) is read where it can mean only one thing, and is an error where it can mean two.
"""

from __future__ import annotations

import datetime as dt
import re

from ceosample.days import date_of
from ceosample.got import Private, got, got_name
from ceosample.period import Period
from ceosample.signoff.intake.tracker_columns import DAY_FIRST, MONTH_FIRST
from ceosample.workbook.cell import FIRST_YEAR, LAST_YEAR, SheetCell, require_known_year
from ceosample.workbook.shared import plain_text
from ceosample.written_dates import (
    DateForm,
    NoDateError,
    TwoDatesError,
    in_figures_of,
    month_in_words,
    read_date,
)

_MONTH_IN_FIGURES = re.compile(r"(\d{1,2})/(\d{4})", re.A)


def text_of(cell: SheetCell) -> str | None:
    """The text that a cell shows, without white space at its ends; None where it is empty.

    Raises:
        ValueError: a value that cannot be a text; its words end a message.

    >>> text_of(SheetCell("\u00a0R-1 ")), text_of(SheetCell(12345))
    ('R-1', '12345')
    """
    shown = cell.name()
    return plain_text(shown) or None if shown else None


def name_of(cell: SheetCell) -> str | None:
    """The text of a cell that is an id; None where it is empty.

    Raises:
        ValueError: it is not a text, or not one that can be a name. Its words never quote it, for
            the column may be the wrong one.
    """
    return _named(text_of(cell))


def stratum_of(cell: SheetCell) -> str | None:
    """The text of a cell that is a stratum's value; None where it is empty.

    Raises:
        ValueError: as of an id, but a plain number and a date are values too.
    """
    shown = cell.label()
    return _named(plain_text(shown) or None if shown else None)


def _named(text: str | None) -> str | None:
    fault = None if text is None else got_name(text, Private.CELL)
    if fault is not None:
        raise ValueError(fault)
    return text


def word_of(cell: SheetCell) -> str | None:
    """The text of a cell in small letters, to be looked up; None where it is empty."""
    text = text_of(cell)
    return None if text is None else text.casefold()


def day_of(cell: SheetCell, order: str | None) -> dt.date | None:
    """The date of a cell; None where it is empty.

    Args:
        cell: a date; a number, in a workbook; a text in ISO's form, in words or in figures.
        order: the order of day and month in figures; None where it is not known.

    Raises:
        ValueError: a value that is not a date, or could be two.

    >>> day_of(SheetCell("3/4/2026"), DAY_FIRST), day_of(SheetCell("3 Apr 2026"), None)
    (datetime.date(2026, 4, 3), datetime.date(2026, 4, 3))
    """
    if cell == SheetCell():
        return None
    found = cell.moment()
    if found is None:
        text = plain_text(str(cell.value))
        found = _day_of_text(text, order) if text else None
    day = date_of(found)  # tables know no zones: a time is a clock's on the wall
    if day is not None:
        require_known_year(day)
    return day


def month_of(cell: SheetCell, order: str | None) -> Period | None:
    """The month of a cell, or of the date in it; None where it is empty.

    Raises:
        ValueError: a value that is neither a month nor a date.

    >>> month_of(SheetCell("March 2026"), None), month_of(SheetCell("2026-03-31"), None)
    (Period('2026-03'), Period('2026-03'))
    """
    value = cell.value
    if isinstance(value, str) and cell.fault is None:
        month = _month_of_text(plain_text(value))
        if month is not None and FIRST_YEAR <= month.year <= LAST_YEAR:
            return month
    day = day_of(cell, order)
    return None if day is None else Period(day.year, day.month)


def in_figures(cell: SheetCell) -> tuple[int, int] | None:
    """The first two figures of a text such as ``3/4/2026``, whatever they mean; else None."""
    return in_figures_of(plain_text(cell.value)) if isinstance(cell.value, str) else None


def _day_of_text(text: str, order: str | None) -> dt.date:
    try:
        return read_date(text, DateForm(None if order is None else order == DAY_FIRST))
    except TwoDatesError:
        raise ValueError(
            f"got {text!r}, which may begin with the day or with the month; set tracker.dates to "
            f"{DAY_FIRST} or {MONTH_FIRST}"
        ) from None
    except NoDateError as error:
        shown = got(text, None if in_figures_of(text) else Private.CELL)
        raise ValueError(f"{shown}, which is {error}; write 2026-04-03") from None


def _month_of_text(text: str) -> Period | None:
    try:
        if found := month_in_words(text):
            return found
        if found_in_figures := _MONTH_IN_FIGURES.fullmatch(text):
            return Period(int(found_in_figures[2]), int(found_in_figures[1]))
        return Period.parse(text)
    except ValueError:
        return None
