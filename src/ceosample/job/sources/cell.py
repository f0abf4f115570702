"""One cell of a source, read as a text, a number, a date or a month: exactly, or not at all."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from ceosample.days import date_of
from ceosample.errors import PlanError
from ceosample.got import Private, got
from ceosample.period import Period
from ceosample.rational import as_fraction

_NUMBER = re.compile(r"[+-]?[0-9]{1,60}(\.[0-9]{1,60})?")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].+)?")


class CellError(ValueError):
    """A cell of another kind than was asked for; the message tells its kind and never shows it."""


def text_of(cell: object, _zone: str | None = None) -> str:
    """Text as it is, a whole number in decimal, a date in ISO 8601."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        return cell.isoformat()
    raise _refused(cell, "text")


def number_of(cell: object, _zone: str | None = None) -> Fraction:
    """A number, or its decimal digits; a float counts as its shortest decimal form."""
    is_digits = isinstance(cell, str) and _NUMBER.fullmatch(cell)
    is_number = isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)
    if is_digits or is_number:
        try:
            return as_fraction(cell, "")  # type: ignore[arg-type]
        except PlanError:  # not finite
            pass
    raise _refused(cell, "a number")


def boolean_of(cell: object, _zone: str | None = None) -> bool:
    """True or false; a word for them is refused."""
    if isinstance(cell, bool):
        return cell
    raise _refused(cell, "true or false, or compare a column of texts with texts")


def date_in(cell: object, zone: str | None = None) -> dt.date:
    """A date, a time's date, or that of either in ISO 8601.

    Args:
        cell: the cell.
        zone: the zone in which a time that carries one is dated; None refuses such a time.
    """
    read: object = cell
    if isinstance(cell, str) and _DAY.fullmatch(cell):
        try:
            read = dt.datetime.fromisoformat(cell)
        except ValueError:
            raise _refused(cell, "a date such as 2026-10-01") from None
    day = date_of(read, zone) if isinstance(read, dt.date) else None
    if day is None:
        raise _refused(cell, "a date such as 2026-10-01")
    if zone is None and isinstance(read, dt.datetime) and read.utcoffset() is not None:
        raise CellError(
            "got a time with a zone, whose date depends on the place; give population.zone"
        )
    return day


def month_of(cell: object, zone: str | None = None) -> Period:
    """The month of a date, or a month in ISO 8601: ``2026-10``."""
    if isinstance(cell, str) and _MONTH.fullmatch(cell):
        try:
            return Period.parse(cell)
        except ValueError:
            raise _refused(cell, "a month such as 2026-10") from None
    day = date_in(cell, zone)
    return Period(day.year, day.month)


def _refused(cell: object, wanted: str) -> CellError:
    return CellError(f"{got(cell, Private.CELL)}; give {wanted}")


#: How a cell is read that a condition compares with a value of some kind.
READ_AS: Final[Mapping[str, Callable[[object, str | None], Any]]] = {
    "text": text_of,
    "number": number_of,
    "date": date_in,
    "boolean": boolean_of,
}
