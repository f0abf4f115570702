"""A cell of a workbook, and what it says: as a name, a number, a date or a letter's field.

Nothing is guessed. What Excel may have made of a value (a number of an id, a date of a number) is
read where it can mean only one thing, and is an error where it can mean two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Final, TypeAlias, TypeGuard

import attrs

from ceosample.days import date_of
from ceosample.got import Private, got
from ceosample.text import quoted
from ceosample.workbook.number_format import GENERAL, NumberFormat, as_format

#: What a cell can hold; a number with a fraction has the fifteen digits that Excel shows.
Value: TypeAlias = "str | int | Decimal | bool | dt.date | dt.time | dt.timedelta | None"

#: The digits of a number that Excel keeps; it makes zeros of the others.
DIGITS_KEPT: Final = 15
_TOO_LARGE: Final = 10**DIGITS_KEPT

#: A number outside these years, in a column of dates, is no date.
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100

#: Day 0 of the two calendars. The older one has a 29 February 1900 that never was, as day 60.
_EPOCH: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - tables know no zones
_EPOCH_1904: Final = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - tables know no zones
_FALSE_DAY: Final = 60
_LAST_SERIAL: Final = 2_958_466
_DAY_IN_MICROSECONDS: Final = 86_400_000_000

NO_DATE: Final = "which is not a date; write 2026-04-03, or format the cell as a date"


class WorkbookCellError(ValueError):
    """A cell that does not hold what was asked for; its words end a message and never show it."""


@attrs.frozen
class Style:
    """How a cell shows its value: its number format, and whether days count from 1904."""

    format: NumberFormat = attrs.field(factory=lambda: as_format(GENERAL))
    is_1904: bool = False


_PLAIN: Final = Style()


@attrs.frozen
class SheetCell:
    """A cell.

    Attributes:
        value: a text, a number, a date, ...; None where it is empty.
        fault: why its value cannot be relied on; None if it can.
        style: how it is shown.
        behind: the moment in the cell of a date, where it holds a time that it does not show.
    """

    value: Value = None
    fault: str | None = None
    style: Style = _PLAIN
    behind: dt.datetime | None = None

    def reliable(self) -> Value:
        """Its value.

        Raises:
            WorkbookCellError: there is none that can be relied on.
        """
        if self.fault is not None:
            raise WorkbookCellError(f"got {self.fault}")
        return self.value

    def name(self) -> str | None:
        """What it shows, where that is an id; None where it is empty.

        Raises:
            WorkbookCellError: what it shows cannot be said, or is not what was typed.

        >>> SheetCell(123, style=Style(as_format('"CMP-"00000'))).name(), SheetCell(12345).name()
        ('CMP-00123', '12345')
        """
        value = self.reliable()
        if isinstance(value, str):
            return self._shown_text(value)
        if value is None:
            return None
        if isinstance(value, bool):
            raise WorkbookCellError("got TRUE or FALSE; give it as text")
        if isinstance(value, int | Decimal):
            return self._shown(value)
        raise WorkbookCellError(
            "got a date or a time, which Excel may have made of a text; format the cell as text "
            "and type it again"
        )

    def label(self) -> str | None:
        """What it says as a stratum's value: a name, a plain number, or a date in ISO 8601.

        Raises:
            WorkbookCellError: it is none of these.
        """
        value = self.reliable()
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value.isoformat()
        if isinstance(value, Decimal) and self._decimals(value) is not None:
            return f"{value:f}"
        return self.name()

    def number(self) -> int | Decimal:
        """The number in it.

        Raises:
            WorkbookCellError: it is no number.
        """
        value = self.reliable()
        if _is_number(value):
            return value
        raise WorkbookCellError(f"{got(value, Private.CELL)}; give a number")

    def moment(self) -> dt.date | None:
        """The date or the time in it; a bare number counts in the workbook's own calendar.

        Returns:
            None where it is a text, which the caller reads.

        Raises:
            WorkbookCellError: it is no date.
        """
        value = self.reliable()
        if isinstance(value, str):
            return None
        if isinstance(value, dt.date):
            return value
        if _is_number(value):
            found = moment_of(value, is_1904=self.style.is_1904)
            if found is not None:
                require_known_year(found)
                return found
        raise WorkbookCellError(f"{got(value, Private.CELL)}, {NO_DATE}")

    def field(self) -> Value:
        """What it says in a letter: a typed value, or the text that it shows.

        Raises:
            WorkbookCellError: the letter would say something else than the sheet shows.
        """
        value = self.reliable()
        if isinstance(value, str):
            return self._shown_text(value)
        if isinstance(value, dt.timedelta):
            raise WorkbookCellError("got a duration; format the cell as text and type it again")
        if not _is_number(value):
            return value
        if not -_TOO_LARGE < value < _TOO_LARGE:
            raise WorkbookCellError(_too_long())
        if isinstance(value, int) and value >= 0:
            shown = self.style.format.shown(value)
            if shown is not None:
                return value if shown == str(value) else shown
        decimals = self._decimals(value)
        if decimals is None:
            raise WorkbookCellError(self._refused())
        exact = Decimal(value)
        places = max(decimals, -int(exact.as_tuple().exponent))
        return exact.quantize(Decimal(1).scaleb(-places)) if places else value

    def _shown(self, value: int | Decimal) -> str:
        if not -_TOO_LARGE < value < _TOO_LARGE:
            raise WorkbookCellError(_too_long())
        if value < 0 or isinstance(value, Decimal):
            raise WorkbookCellError(
                "got a number that is negative or has a fraction; give the id as text, or correct "
                "it"
            )
        shown = self.style.format.shown(value)
        if not shown:
            raise WorkbookCellError(self._refused())
        return shown

    def _shown_text(self, text: str) -> str | None:
        shown = self.style.format.shown_text(text)
        if shown is None or (text and not shown):
            raise WorkbookCellError(self._refused("a text"))
        return shown or None

    def _decimals(self, value: int | Decimal) -> int | None:
        """How many decimals it shows; None where it is shown as something else than a number."""
        section = self.style.format.section(float(value))
        return None if section is None else section.decimals

    def _refused(self, what: str = "a number") -> str:
        return (
            f"got {what} in the format {quoted(self.style.format.code, 40)}, which shows something "
            "else than the cell holds; format the cell as text and type it as it is shown"
        )


EMPTY: Final = SheetCell()

#: A cell that is covered by the first of those that it is merged with.
COVERED: Final = SheetCell(
    None,
    "a cell that is merged with others, of which only the first has the value; unmerge them and "
    "fill each in",
)


def read_as(value: object, read: Callable[[SheetCell], object]) -> object:
    """A value as it is, and a workbook's cell as it is asked for."""
    return read(value) if isinstance(value, SheetCell) else value


def _is_number(value: object) -> TypeGuard[int | Decimal]:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def require_known_year(found: dt.date) -> None:
    """Raise unless a date can be one of a month.

    Raises:
        WorkbookCellError: it cannot; numbers that lost their meaning have such years.
    """
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise WorkbookCellError(
            f"got the year {found.year}; give a date from {FIRST_YEAR} to {LAST_YEAR}. Excel may "
            "have made it of a number, or cut it short"
        )


def styled(value: int | Decimal, style: Style) -> SheetCell:
    """The cell of a number: a date, a time or a duration where its format shows one."""
    section = style.format.section(float(value)) if style.format.is_dated else None
    if section is None or not section.is_dated:
        return SheetCell(value, None, style)
    if section.is_elapsed:
        return SheetCell(dt.timedelta(microseconds=_microseconds(value)), None, style)
    if not section.has_day and 0 <= value < 1:
        time = (_EPOCH + dt.timedelta(microseconds=_microseconds(value))).time()
        return SheetCell(time, None, style)
    found = moment_of(value, is_1904=style.is_1904)
    if found is None:
        return SheetCell(None, "a date that is not in the calendar; correct it", style)
    if _is_day(found):
        return SheetCell(date_of(found), None, style)
    if section.has_time:
        return SheetCell(found, None, style)
    return SheetCell(date_of(found), None, style, found)


def moment_of(value: int | Decimal, *, is_1904: bool = False) -> dt.datetime | None:
    """The moment of a serial number, to the millisecond; None where there is no such day.

    >>> moment_of(46296).isoformat(), moment_of(44834, is_1904=True).isoformat()
    ('2026-10-01T00:00:00', '2026-10-01T00:00:00')
    >>> moment_of(60), moment_of(1).isoformat()
    (None, '1900-01-01T00:00:00')
    """
    if not (0 if is_1904 else 1) <= value < _LAST_SERIAL:
        return None
    after = dt.timedelta(microseconds=_microseconds(value))
    if is_1904:
        return _EPOCH_1904 + after if value < _LAST_SERIAL - 1462 else None
    if after.days == _FALSE_DAY:
        return None
    return _EPOCH + after + dt.timedelta(days=after.days < _FALSE_DAY)


def _microseconds(days: int | Decimal) -> int:
    # A serial has some eleven digits behind its point, a millisecond being a hundred-millionth.
    return round(Decimal(days) * _DAY_IN_MICROSECONDS / 1000) * 1000


def _is_day(moment: dt.datetime) -> bool:
    return moment.time() == dt.time()


def _too_long() -> str:
    return (
        f"got a number of more than {DIGITS_KEPT} digits, of which Excel keeps no more; copy the "
        "ids from their source again, as text"
    )
