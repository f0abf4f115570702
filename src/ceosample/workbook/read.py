"""A sheet of an Excel file, or a CSV file, as the cells that people see."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import attrs

from ceosample.errors import LedgerError, joined
from ceosample.got import got
from ceosample.spreadsheet import csv_rows, unguarded
from ceosample.text import quoted
from ceosample.workbook.package import (
    MOST_COLUMNS,
    MOST_ROWS,
    SheetFacts,
    require_installed,
    scan,
)

#: What a cell can hold.
Value: TypeAlias = "str | int | float | bool | dt.date | dt.time | dt.timedelta | None"

#: How Excel writes characters into a text that XML cannot hold, and the underscore of such a sign.
_ESCAPED: Final = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff])_")

#: A number's format that shows leading zeros: ``00000``.
_ZEROS: Final = re.compile(r"0+")


@attrs.frozen
class SheetCell:
    """A cell.

    Attributes:
        value: a text, a number, a date, ...; None where it is empty.
        fault: why its value cannot be relied on; None if it can.
        digits: with how many digits a whole number is shown, leading zeros among them.
    """

    value: Value = None
    fault: str | None = None
    digits: int = 0


_EMPTY: Final = SheetCell()

#: A cell that is covered by the first of those that it is merged with.
COVERED: Final = SheetCell(
    None,
    "a cell that is merged with others, of which only the first has the value; unmerge them and "
    "fill each in",
)


@attrs.frozen
class Row:
    """A row that holds something.

    Attributes:
        number: as the spreadsheet shows it.
        cells: from the first column on.
        hidden: whether it is hidden, by hand or by a filter.
    """

    number: int
    cells: tuple[SheetCell, ...]
    hidden: bool = False

    def cell(self, column: int) -> SheetCell:
        """The cell of a column, counted from 0."""
        return self.cells[column] if column < len(self.cells) else _EMPTY


@attrs.frozen
class Sheet:
    """A sheet's rows.

    Attributes:
        number: which of the file's sheets, from 1.
        rows: those that hold something.
        epoch: the day from which its serial dates count; None where there are none, as in CSV.
    """

    number: int
    rows: tuple[Row, ...]
    epoch: dt.datetime | None


def read_sheet(data: bytes, where: str, name: str | None = None) -> Sheet:
    """A sheet of an ``.xlsx`` or ``.xlsm``, or the rows of anything else as CSV.

    Formulas give the value that was last calculated; nothing is run and nothing fetched.

    Args:
        data: the file.
        where: what messages call it; its ending says what it is.
        name: the sheet's; by default the first one that is not hidden.

    Raises:
        LedgerError: the file cannot be read, is too large, or has no such sheet.
        MissingPartError: the extra ``excel`` is not installed.
    """
    if data.startswith((b"PK\3\4", bytes.fromhex("d0cf11e0a1b11ae1"))):
        require_installed()
        facts = scan(data, where)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is lost when such a file is written again
            return _of_workbook(data, where, name, facts)
    if where.lower().endswith((".xlsx", ".xlsm")):
        raise LedgerError(f"{where}: cannot be opened as a workbook; save it as .xlsx or CSV")
    if name is not None:
        raise LedgerError(
            f"{where}, sheet: {got(name)}, and a CSV file has no sheets; leave it out"
        )
    try:
        rows = csv_rows(data)
    except ValueError as error:
        raise LedgerError(f"{where}: {error}") from None
    found = (
        Row(number, tuple(SheetCell(unguarded(text) or None) for text in row[:MOST_COLUMNS]))
        for number, row in enumerate(rows, 1)
    )
    kept = tuple(row for row in found if any(cell.value for cell in row.cells))
    if kept and kept[-1].number > MOST_ROWS:
        raise _too_long(where, kept[-1].number)
    return Sheet(1, kept, None)


def _of_workbook(
    data: bytes, where: str, name: str | None, facts: Mapping[str, SheetFacts]
) -> Sheet:
    from openpyxl import load_workbook
    from openpyxl.chartsheet import Chartsheet

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except LedgerError:
        raise
    except Exception:  # whatever stands in it: openpyxl has no error of its own for that
        raise LedgerError(
            f"{where}: cannot be read as a workbook; save it again in Excel"
        ) from None
    sheets = [sheet for sheet in book.worksheets if not isinstance(sheet, Chartsheet)]
    shown_ones = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    wanted = shown_ones[:1] if name is None else [s for s in sheets if s.title == name]
    if not wanted:
        names = joined([quoted(sheet.title, 31) for sheet in shown_ones])
        how = f"use one of {names}" if names else "show a sheet, for all of them are hidden"
        raise LedgerError(f"{where}, sheet: {got(name)}; {how}")
    (sheet,) = wanted
    # Which part it lies in is known to the library alone, and by this name.
    of_sheet = facts[sheet._worksheet_path]
    if of_sheet.last > MOST_ROWS:
        raise _too_long(where, of_sheet.last)
    try:
        rows = tuple(_rows(sheet, of_sheet))
    except Exception:
        raise LedgerError(
            f"{where}, sheet {quoted(sheet.title)}: cannot be read; save it again in Excel"
        ) from None
    return Sheet(sheets.index(sheet) + 1, rows, book.epoch)


def _rows(sheet: Any, facts: SheetFacts) -> Iterator[Row]:
    """The rows that hold something; what the file says of its own size is not believed."""
    merged = Merged(facts.merged)
    sheet.reset_dimensions()
    if not facts.last:
        return
    found = sheet.iter_rows(max_row=facts.last, max_col=MOST_COLUMNS)
    for number, cells in enumerate(found, 1):
        covered = merged.columns(number)
        read = [_cell(cell, facts, column in covered) for column, cell in enumerate(cells, 1)]
        while read and read[-1] == _EMPTY:
            read.pop()
        if read:
            yield Row(number, tuple(read), number in facts.hidden)


def _cell(cell: Any, facts: SheetFacts, covered: bool) -> SheetCell:
    if covered and cell.value is None:
        return COVERED
    if not hasattr(cell, "coordinate"):  # it does not stand in the file
        return _EMPTY
    if cell.value is None and cell.coordinate in facts.uncalculated:
        return SheetCell(
            None, "a formula that was never calculated; open the file in Excel and save it"
        )
    if cell.data_type == "e":
        return SheetCell(
            None, f"the error {quoted(str(cell.value), 12)}; correct what it comes from"
        )
    if isinstance(cell.value, str):
        return SheetCell(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell.value) or None)
    digits = cell.number_format if isinstance(cell.value, int | float) else ""
    return SheetCell(cell.value, None, len(digits) if _ZEROS.fullmatch(digits or "") else 0)


def _too_long(where: str, last: int) -> LedgerError:
    return LedgerError(
        f"{where}: got a value in row {last}, and can have {MOST_ROWS} rows; delete what is far "
        "below the table"
    )


class Merged:
    """Which cells of a row are covered by others that they are merged with, row after row."""

    #: Ranges do not overlap, so no row has more.
    MOST: Final = MOST_COLUMNS

    def __init__(self, ranges: Iterable[str]) -> None:
        from openpyxl.utils import range_boundaries

        bounds = (range_boundaries(text) for text in ranges)
        self._waiting = sorted(bounds, key=lambda bound: bound[1], reverse=True)
        self._open: list[tuple[int, int, int, int]] = []

    def columns(self, row: int) -> set[int]:
        """The columns of a row's covered cells, from 1; rows are asked for in their order."""
        while self._waiting and self._waiting[-1][1] <= row:
            self._open.append(self._waiting.pop())
        self._open = [bound for bound in self._open if bound[3] >= row]
        if len(self._open) > self.MOST:
            raise ValueError("merged cells overlap")
        return {
            column
            for first, top, last, _ in self._open
            for column in range(first, min(last, MOST_COLUMNS) + 1)
            if (column, row) != (first, top)
        }
