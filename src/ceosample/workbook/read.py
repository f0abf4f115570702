"""A sheet of an Excel file, or a CSV file, as the cells that people see."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import attrs

from ceosample.encoded import csv_rows
from ceosample.errors import CeosampleError, LedgerError, joined
from ceosample.got import got
from ceosample.spreadsheet import is_blank, unguarded
from ceosample.text import quoted
from ceosample.workbook.cell import SheetCell
from ceosample.workbook.package import Package, is_workbook
from ceosample.workbook.rows import Row, RowParser
from ceosample.workbook.shared import cell_styles, shared_strings

_XLSX: Final = (".xlsx", ".xlsm")
_TRUE: Final = ("1", "true")

#: Sheets that are a diagram or a dialogue hold no table.
_WORKSHEET: Final = "worksheet"


@attrs.frozen
class _SheetPart:
    title: str
    is_visible: bool
    part: str


class Sheet:
    """A sheet whose rows are read as they are asked for, once.

    Attributes:
        number: which of the file's sheets, from 1.
        shown: the titles of the file's sheets that are not hidden; none of a CSV file.
        hidden: how many of the rows that were read are hidden.
    """

    def __init__(
        self,
        number: int,
        rows: Iterator[Row],
        parser: RowParser | None = None,
        shown: Sequence[str] = (),
    ) -> None:
        self.number = number
        self.shown = shown
        self.hidden = 0
        self._rows = rows
        self._parser = parser

    def rows(self) -> Iterator[Row]:
        """The rows that hold something."""
        for row in self._rows:
            self.hidden += row.hidden
            yield row

    def read_only(self, columns: Collection[int]) -> None:
        """Read no cells of other columns from now on."""
        if self._parser is not None:
            self._parser.only = frozenset(columns)


def read_workbook(
    data: bytes, where: str, name: str | None = None, error: type[CeosampleError] = LedgerError
) -> Sheet:
    """A sheet of an ``.xlsx`` or ``.xlsm``.

    Formulas give the value that was last calculated; nothing is run and nothing fetched.

    Args:
        data: the file.
        where: what messages call it.
        name: the sheet's; by default the first one that is not hidden.
        error: what a problem is raised as, here and while rows are read.

    Raises:
        CeosampleError: ``error``: the file cannot be read, is too large, or has no such sheet.
    """
    package = Package(data, where, error)
    book = next(
        (part for kind, part in package.relationships("").values() if kind == "officeDocument"),
        "",
    )
    if not book:
        package.refuse(": not an .xlsx file; open it and save it as .xlsx")
    leads = package.relationships(book)
    sheets, is_1904 = _sheets(package, book)
    sheet = _chosen(package, sheets, name)
    parts = dict(leads.values())
    strings = shared_strings(package, parts.get("sharedStrings"))
    styles = cell_styles(package, parts.get("styles"), is_1904=is_1904)
    parser = RowParser(package, sheet.part, strings, styles)
    shown = [one.title for one in sheets if one.is_visible]
    return Sheet(sheets.index(sheet) + 1, parser.rows(), parser, shown)


def _sheets(package: Package, book: str) -> tuple[list[_SheetPart], bool]:
    """The sheets that hold cells, and whether their days count from 1904."""
    leads = package.relationships(book)
    sheets: list[_SheetPart] = []
    dated = [False]

    def start(tag: str, given: dict[str, str]) -> None:
        if tag == "workbookPr":
            dated[0] = given.get("date1904") in _TRUE
        if tag == "sheet":
            # The id's attribute has a namespace, which Strict writes in another way.
            ids = [value for key, value in given.items() if key.endswith(" id")]
            kind, part = leads.get(ids[0] if ids else "", ("", ""))
            if kind == _WORKSHEET:
                is_visible = given.get("state", "visible") == "visible"
                sheets.append(_SheetPart(given.get("name", ""), is_visible, part))

    package.whole(book, start)
    return sheets, dated[0]


def _chosen(package: Package, sheets: list[_SheetPart], name: str | None) -> _SheetPart:
    visible = [sheet for sheet in sheets if sheet.is_visible]
    wanted = visible if name is None else [sheet for sheet in sheets if sheet.title == name]
    if not wanted and name is not None:
        folded = name.strip().casefold()
        wanted = [sheet for sheet in sheets if sheet.title.strip().casefold() == folded]
    if not wanted:
        names = joined([quoted(sheet.title, 31) for sheet in visible])
        how = f"use one of {names}" if names else "show a sheet, for all of them are hidden"
        package.refuse(f", sheet: {got(name)}; {how}")
    return wanted[0]


def read_sheet(
    data: bytes, where: str, name: str | None = None, encoding: str | None = None
) -> Sheet:
    """A sheet of an ``.xlsx`` or ``.xlsm``, or the rows of anything else as CSV.

    Args:
        data: the file.
        where: what messages call it; its ending says what it is.
        name: the sheet's; by default the first one that is not hidden.
        encoding: that of a CSV file; None for UTF-8, or UTF-16 with a byte order mark.

    Raises:
        LedgerError: the file cannot be read, is too large, or has no such sheet.
    """
    if is_workbook(data) or where.lower().endswith(_XLSX):
        return read_workbook(data, where, name)
    if name is not None:
        raise LedgerError(
            f"{where}, sheet: {got(name)}, and a CSV file has no sheets; leave it out"
        )
    try:
        rows = csv_rows(data, encoding=encoding)
    except ValueError as error:
        raise LedgerError(f"{where}: {error}") from None
    return Sheet(1, (_csv_row(*pair) for pair in enumerate(rows, 1) if not is_blank(pair[1])))


def _csv_row(number: int, texts: list[str]) -> Row:
    cells = {place: SheetCell(unguarded(text) or None) for place, text in enumerate(texts) if text}
    return Row(number, cells)
