"""One cell of a source, read as a text, a number, a date or a month: exactly, or not at all."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import attrs

from ceosample.days import date_of
from ceosample.errors import PlanError
from ceosample.got import Private, got
from ceosample.job.sources.arrow_cells import UnzonedUtc
from ceosample.period import Period
from ceosample.plain import is_uuid, plain
from ceosample.rational import as_fraction
from ceosample.sampling.frames.cells import is_whole
from ceosample.workbook.cell import SheetCell, WorkbookCellError, read_as
from ceosample.written_dates import TWO_DATES, DateForm, NoDateError, TwoDatesError, read_date

_NUMBER = re.compile(r"[+-]?[0-9]{1,60}(\.[0-9]{1,60})?")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


class CellError(ValueError):
    """A cell of another kind than was asked for; the message tells its kind and never shows it."""


@attrs.frozen
class Dates:
    """How the dates of a source are read.

    Attributes:
        zone: the zone in which a time that carries one is dated; None refuses such a time.
        form: how dates are written.
    """

    zone: str | None = None
    form: DateForm = attrs.field(factory=DateForm)


def text_of(cell: object, _dates: Dates) -> str:
    """Text and a UUID as they are, a whole number in decimal, a date in ISO 8601."""
    cell = _value(cell, SheetCell.label)
    if isinstance(cell, str):
        return cell
    if is_uuid(cell) or (isinstance(cell, int) and not isinstance(cell, bool)):
        return str(cell)
    if isinstance(cell, Decimal) and is_whole(cell):
        return str(int(cell))
    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        return cell.isoformat()
    raise _refused(cell, "text")


def number_of(cell: object, _dates: Dates) -> Fraction:
    """A number, or its decimal digits; a float counts as its shortest decimal form."""
    cell = _value(cell, SheetCell.reliable)
    is_digits = isinstance(cell, str) and _NUMBER.fullmatch(cell)
    is_number = isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)
    if is_digits or is_number:
        try:
            return as_fraction(cell, "")  # type: ignore[arg-type]
        except PlanError:  # not finite
            pass
    raise _refused(cell, "a number")


def boolean_of(cell: object, _dates: Dates) -> bool:
    """True or false; a word for them is refused."""
    cell = _value(cell, SheetCell.reliable)
    if isinstance(cell, bool):
        return cell
    raise _refused(cell, "true or false, or compare a column of texts with texts")


def date_in(cell: object, dates: Dates) -> dt.date:
    """A date, a time's date, or that of either as a text."""
    read = _read_date(cell, dates)
    day = date_of(read, dates.zone) if isinstance(read, dt.date) else None
    if day is None:
        raise _refused(cell, "a date such as 2026-10-01")
    is_aware = isinstance(read, dt.datetime) and read.utcoffset() is not None
    if dates.zone is None and is_aware:
        what = "in UTC (INT96)" if isinstance(read, UnzonedUtc) else "with a zone"
        raise CellError(f"got a time {what}, whose date depends on the place; give population.zone")
    return day


def read_moment(cell: object, dates: Dates) -> dt.datetime | None:
    """The time with a zone in a cell, as it is written; None where it has none."""
    read = None if _is_month(cell) else _read_date(cell, dates)
    is_aware = isinstance(read, dt.datetime) and read.utcoffset() is not None
    return read if isinstance(read, dt.datetime) and is_aware else None


def _read_date(cell: object, dates: Dates) -> object:
    read = _value(cell, lambda one: one.moment() or one.reliable())
    return _date_of_text(read, dates.form) if isinstance(read, str) else read


def month_of(cell: object, dates: Dates) -> Period:
    """The month of a date, or a month in ISO 8601: ``2026-10``."""
    if _is_month(cell):
        text = str(cell.value if isinstance(cell, SheetCell) else cell)
        try:
            return Period.parse(text)
        except ValueError:
            raise _refused(text, "a month such as 2026-10") from None
    day = date_in(cell, dates)
    return Period(day.year, day.month)


def _is_month(cell: object) -> bool:
    text = cell.value if isinstance(cell, SheetCell) and cell.fault is None else cell
    return isinstance(text, str) and _MONTH.fullmatch(text) is not None


def _date_of_text(text: str, form: DateForm) -> dt.date:
    try:
        return read_date(text, form)
    except TwoDatesError:
        raise CellError(f"{got(text, Private.CELL)}; {TWO_DATES}") from None
    except NoDateError:
        raise _refused(text, "a date such as 2026-10-01, or name their date_format") from None


def _value(cell: object, read: Callable[[SheetCell], object]) -> object:
    """A cell as Python's own kinds have it."""
    try:
        return plain(read_as(cell, read))
    except WorkbookCellError as error:
        raise CellError(str(error)) from None


def _refused(cell: object, wanted: str) -> CellError:
    return CellError(f"{got(cell, Private.CELL)}; give {wanted}")


#: How a cell is read that a condition compares with a value of some kind.
READ_AS: Final[Mapping[str, Callable[[object, Dates], Any]]] = {
    "text": text_of,
    "number": number_of,
    "date": date_in,
    "boolean": boolean_of,
}
