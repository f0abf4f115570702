"""Tables of responses, or of letters, in a sheet of an Excel file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

from ceosample import files
from ceosample.errors import FrameError, RecordError
from ceosample.form import is_count
from ceosample.got import got, kind_of
from ceosample.sampling.frames.table import NO_KEYS, NumberedRow, require_columns
from ceosample.text import quoted
from ceosample.workbook.cell import SheetCell, WorkbookCellError
from ceosample.workbook.read import Sheet, read_workbook
from ceosample.workbook.rows import Row
from ceosample.workbook.shared import plain_text

#: The row of headings is looked for in so many rows that hold something.
_MOST_ABOVE: Final = 50


@attrs.define
class ExcelTable:
    """A sheet with a row of headings, from which columns are taken.

    Attributes:
        source: the file's path, or its bytes.
        sheet: the sheet's name; None for the first that is not hidden.
        header: the number of the row of headings; None for the first row that names every column.
        hidden: how many of the rows that were read are hidden.
        titles: how many rows were passed over, since one merged cell takes all of their columns.
    """

    source: str | Path | bytes
    sheet: str | None = None
    header: int | None = None
    hidden: int = 0
    titles: int = 0

    def rows(
        self, wanted: Sequence[str], keys: Mapping[str, str] = NO_KEYS
    ) -> Iterator[NumberedRow]:
        """The cells of the wanted columns, row by row: None, a text, or a workbook's cell.

        Args:
            wanted: the columns, by their headings.
            keys: which key of a configuration names a column.

        Raises:
            FrameError: the file cannot be read, or lacks a column.
        """
        sheet = self._opened(self.sheet)
        rows = sheet.rows()
        above, heading = self._heading(rows, wanted)
        places = self._places(sheet, heading, wanted, keys)
        sheet.read_only(places)
        self.titles, columns = 0, [*_titles(heading)]
        for row in [*above, *rows]:
            if row.number <= heading.number:
                continue
            if row.across and row.is_title(columns):
                self.titles += 1
            else:
                yield row.number, tuple([_value(row.cell(place)) for place in places])
        self.hidden = sheet.hidden

    def headings(self, wanted: Sequence[str]) -> list[str]:
        """All headings of the row that names the wanted columns, or of the row that was named."""
        _, heading = self._heading(self._opened(self.sheet).rows(), wanted)
        return [*_titles(heading).values()]

    def _opened(self, title: str | None) -> Sheet:
        if self.header is not None and not is_count(self.header, 1):
            raise FrameError(f"header: {got(self.header)}; give the number of the row of headings")
        if self.sheet is not None and not isinstance(self.sheet, str):
            raise FrameError(f"sheet: {got(self.sheet)}; give the name of a sheet")
        if isinstance(self.source, bytes):
            return read_workbook(self.source, "table", title, FrameError)
        if not isinstance(self.source, str | Path) or "\0" in str(self.source):
            raise FrameError(f"table: got {kind_of(self.source)}; give the path of an Excel file")
        try:
            data = files.read(Path(self.source))
        except (RecordError, OSError):
            raise FrameError(
                f"{self.source}: not there, or no file; give the path of the Excel file"
            ) from None
        return read_workbook(data, str(self.source), title, FrameError)

    def _heading(self, rows: Iterator[Row], wanted: Sequence[str]) -> tuple[list[Row], Row]:
        """The rows that were read meanwhile, and that of the headings."""
        seen: list[Row] = []
        asked = set(map(plain_text, wanted))
        for row in rows:
            seen.append(row)
            if self.header is not None:
                if row.number < self.header:
                    continue
                if row.number == self.header:
                    return seen, row
                break
            if asked <= {*_titles(row).values()}:
                return seen, row
            if len(seen) == _MOST_ABOVE:
                break
        if self.header is not None:
            raise FrameError(f"header: got {self.header}, an empty row; give the row of headings")
        if not seen:
            raise FrameError(f"{self._where}: has no rows; the first must name the columns")
        return seen, max(seen, key=lambda row: len(asked & {*_titles(row).values()}))

    def _places(
        self, sheet: Sheet, heading: Row, wanted: Sequence[str], keys: Mapping[str, str]
    ) -> list[int]:
        titles = _titles(heading)
        known = {plain_text(name): name for name in wanted}
        try:
            require_columns(wanted, [known.get(title, title) for title in titles.values()], keys)
        except FrameError as error:
            if self.header is not None or all("more than once" in said for said in error.faults):
                raise
            if better := self._sheet_with(sheet, wanted):
                raise FrameError(
                    f"{self._where}, sheet: got {quoted(sheet.shown[0], 31)}, the first that is "
                    f"shown; give sheet = {quoted(better, 31)}, which has all the columns"
                ) from None
            hint = (
                f"row {heading.number}: was taken for the row of headings; if it is not, give the "
                "number of that row as header"
            )
            raise FrameError(*error.faults, hint) from None
        columns = {title: column for column, title in titles.items()}
        return [columns[plain_text(name)] for name in wanted]

    def _sheet_with(self, read: Sheet, wanted: Sequence[str]) -> str | None:
        """The title of another sheet that has all the columns, where none was named."""
        if self.sheet is not None:
            return None
        for title in read.shown[1:]:
            with contextlib.suppress(FrameError):
                _, heading = self._heading(self._opened(title).rows(), wanted)
                if set(map(plain_text, wanted)) <= {*_titles(heading).values()}:
                    return title
        return None

    @property
    def _where(self) -> str:
        return "table" if isinstance(self.source, bytes) else str(self.source)


def _titles(row: Row) -> dict[int, str]:
    """The headings of a row, by their columns."""
    found: dict[int, str] = {}
    for column in sorted(row.cells):
        try:
            title = row.cells[column].label()
        except WorkbookCellError:
            continue
        if title:
            found[column] = plain_text(title)
    return found


def _value(cell: SheetCell) -> object:
    """A cell as tables have it: nothing, a text as it is, and anything else as a workbook's."""
    if cell.value is None and cell.fault is None:
        return None
    if isinstance(cell.value, str) and cell.style.format.shown_text(cell.value) == cell.value:
        return cell.value
    return cell
