"""One cell of a source, read as a text, a number, a date or a month: exactly, or not at all."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from ceosample.errors import PlanError
from ceosample.period import Period
from ceosample.rational import as_fraction

_NUMBER = re.compile(r"[+-]?[0-9]{1,60}(\.[0-9]{1,60})?")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].+)?")


class CellError(ValueError):
    """What a cell is not; the cell itself is never repeated."""


def text_of(cell: object, _zone: ZoneInfo | None = None) -> str:
    """Text as it is, a whole number in decimal, a date as ISO 8601 has it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        return cell.isoformat()
    raise CellError(f"is of type {type(cell).__name__}, and no text")


def number_of(cell: object, _zone: ZoneInfo | None = None) -> Fraction:
    """A number, or its decimal digits; a float counts as its shortest decimal form."""
    is_digits = isinstance(cell, str) and _NUMBER.fullmatch(cell)
    is_number = isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)
    if is_digits or is_number:
        try:
            return as_fraction(cell, "")  # type: ignore[arg-type]
        except PlanError:  # not finite
            pass
    raise CellError("is no number")


def boolean_of(cell: object, _zone: ZoneInfo | None = None) -> bool:
    """True or false, and no word for them."""
    if isinstance(cell, bool):
        return cell
    raise CellError("is neither true nor false; in a table of texts, compare it with a text")


def day_of(cell: object, zone: ZoneInfo | None = None) -> dt.date:
    """A date, a time's date, or either as ISO 8601 writes it.

    Args:
        cell: what is read.
        zone: where a time that carries a zone is dated.
    """
    if isinstance(cell, str) and _DAY.fullmatch(cell):
        try:
            cell = dt.datetime.fromisoformat(cell)
        except ValueError:
            raise CellError("is no date") from None
    if not isinstance(cell, dt.date):
        raise CellError("is no date; write 2026-10-01")
    if not isinstance(cell, dt.datetime):
        return cell
    if cell.tzinfo is None:
        return cell.date()
    if zone is None:
        raise CellError(
            "is a time with a zone, whose day depends on the place; give population.zone"
        )
    return cell.astimezone(zone).date()


def month_of(cell: object, zone: ZoneInfo | None = None) -> Period:
    """The month of a date, or one as ISO 8601 writes it: ``2026-10``."""
    if isinstance(cell, str) and _MONTH.fullmatch(cell):
        try:
            return Period.parse(cell)
        except ValueError:
            raise CellError("is no month") from None
    day = day_of(cell, zone)
    return Period(day.year, day.month)


#: How a cell is read that a condition compares with a value of some kind.
READ_AS: Final[Mapping[str, Callable[[object, ZoneInfo | None], Any]]] = {
    "text": text_of,
    "number": number_of,
    "date": day_of,
    "boolean": boolean_of,
}
