"""The rows of a sheet, as its part is unpacked: none is kept."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

import attrs

from ceosample.text import quoted
from ceosample.workbook.cell import COVERED, DIGITS_KEPT, EMPTY, Cell, Style, styled
from ceosample.workbook.package import MOST_COLUMNS, MOST_ROWS, Package
from ceosample.workbook.shared import Texts, number_in, unescaped

_NEVER: Final = Cell(
    None, "a formula that was never calculated; open the file in Excel and save it"
)
_TRUE: Final = ("1", "true")
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


@attrs.frozen
class Row:
    """A row of a sheet, or of a CSV file.

    Attributes:
        number: as the spreadsheet shows it.
        cells: those that hold something, by their columns, counted from 0.
        hidden: whether it is hidden, by hand or by a filter.
    """

    number: int
    cells: Mapping[int, Cell]
    hidden: bool = False

    def cell(self, column: int) -> Cell:
        """The cell of a column, counted from 0."""
        return self.cells.get(column, EMPTY)


class RowParser:
    """A sheet's part, parsed row by row; rows in which every cell is empty are passed over.

    Attributes:
        only: the columns that are read from the next row on; None for all of them.
    """

    def __init__(
        self, package: Package, part: str, strings: Sequence[str], styles: Sequence[Style]
    ) -> None:
        self.only: Collection[int] | None = None
        self._package = package
        self._part = part
        self._strings = strings
        self._styles = styles or [Style()]
        self._texts = Texts(package)
        self._ready: list[Row] = []
        self._number = 0
        self._cells: dict[int, Cell] = {}
        self._holds = self._hidden = False
        self._column = -1
        self._given: dict[str, str] = {}
        self._has_formula = self._has_value = False
        self._places: dict[str, int] = {}
        self._merged = Merged(self._merged_ranges())
        self._covered: Collection[int] = ()
        self._totals = frozenset(self._rows_of_totals())

    def rows(self) -> Iterator[Row]:
        """The rows that hold something."""
        for _ in self._package.parse(self._part, self._start, self._end, self._text):
            yield from self._ready
            self._ready.clear()

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "c":
            self._begin_cell(given)
        elif tag == "v":
            self._texts.is_wanted = self._has_value = True
        elif tag == "f":
            self._has_formula = True
        elif tag == "row":
            self._begin_row(given)
        else:
            self._texts.begin(tag)

    def _end(self, tag: str, _given: dict[str, str]) -> None:
        if tag == "c":
            self._end_cell()
        elif tag == "row":
            self._end_row()
        else:
            self._texts.end(tag)

    def _text(self, text: str) -> None:
        self._texts.take(text)

    def _begin_row(self, given: dict[str, str]) -> None:
        text = given.get("r", str(self._number + 1))
        number = number_in(text)
        if not number:
            self._package.refuse(": a row has no number; save it again in Excel")
        if number <= self._number:
            self._package.refuse(": its rows are not in order; save it again in Excel")
        self._number, self._column = number, -1
        self._cells, self._holds = {}, False
        self._hidden = given.get("hidden") in _TRUE
        self._covered = self._merged.columns(number)

    def _end_row(self) -> None:
        if not self._holds or self._number in self._totals:
            return
        if self._number > MOST_ROWS:
            self._package.refuse(
                f": got a value in row {self._number}, and can have {MOST_ROWS} rows; delete what "
                "is far below the table"
            )
        for column in self._covered:
            if self._cells.get(column, EMPTY).value is None:
                self._cells[column] = COVERED
        self._ready.append(Row(self._number, self._cells, self._hidden))

    def _begin_cell(self, given: dict[str, str]) -> None:
        letters = given.get("r", "").rstrip("0123456789")
        column = self._place(letters) if letters else self._column + 1
        if not self._column < column < MOST_COLUMNS:
            self._package.refuse(
                f", row {self._number}: its cells are not in order; save it again in Excel"
            )
        self._column, self._given = column, given
        self._has_formula = self._has_value = False

    def _place(self, letters: str) -> int:
        found = self._places.get(letters)
        if found is None:
            if len(letters) > 3 or not letters.isascii() or not letters.isupper():
                self._package.refuse(
                    f", row {self._number}: a cell has no column; save it again in Excel"
                )
            found = self._places[letters] = column_of(letters)
        return found

    def _end_cell(self) -> None:
        text = self._texts.whole()
        kind = self._given.get("t", "n")
        if kind == "s":
            text = self._shared(text)
        is_blank = not text or text.isspace()
        self._holds |= not is_blank
        if self.only is not None and self._column not in self.only:
            return
        if text or self._has_formula:
            cell = self._cell(kind, text)
            if cell is not EMPTY:
                self._cells[self._column] = cell

    def _shared(self, text: str) -> str:
        if not text:
            return ""
        number = number_in(text.strip())
        if number >= len(self._strings):
            self._package.refuse(
                f", row {self._number}: a cell has a text that is not in the file; save it again "
                "in Excel"
            )
        return self._strings[number]

    def _cell(self, kind: str, text: str) -> Cell:
        style = self._style()
        if kind == "s":
            return Cell(text, None, style)
        if kind in ("str", "inlineStr"):
            text = unescaped(text)
            return Cell(text, None, style) if text else EMPTY
        text = text.strip()
        if not text:
            return _NEVER if self._has_formula else EMPTY
        if kind == "b":
            return Cell(text in _TRUE, None, style)
        if kind == "e":
            return Cell(None, f"the error {quoted(text, 12)}; correct what it comes from")
        value = _iso_date(text) if kind == "d" else _number(text)
        if value is None:
            return Cell(None, "a value that Excel does not write; save the file again in Excel")
        return (
            styled(value, style) if isinstance(value, int | Decimal) else Cell(value, None, style)
        )

    def _style(self) -> Style:
        number = number_in(self._given.get("s"))
        return self._styles[number if number < len(self._styles) else 0]

    def _merged_ranges(self) -> list[str]:
        """The ranges of merged cells. They stand behind the rows, and are needed before them."""
        found: list[str] = []
        if not _may_hold(self._package.pieces(self._part), b"mergeCell"):
            return found

        def start(tag: str, given: dict[str, str]) -> None:
            if tag == "mergeCell":
                found.append(given.get("ref", ""))

        self._package.whole(self._part, start)
        return found

    def _rows_of_totals(self) -> Iterator[int]:
        """The rows of totals below tables that people made one with Insert, Table."""
        for kind, part in self._package.relationships(self._part).values():
            if kind == "table":
                yield from self._totals_of(part)

    def _totals_of(self, part: str) -> Iterator[int]:
        found: list[int] = []

        def start(tag: str, given: dict[str, str]) -> None:
            bounds = _bounds(given.get("ref", "")) if tag == "table" else None
            if bounds and number_in(given.get("totalsRowCount")):
                found.append(bounds[3])

        self._package.whole(part, start)
        yield from found


def column_of(letters: str) -> int:
    """A column's number, counted from 0.

    >>> column_of("A"), column_of("Z"), column_of("AA"), column_of("XFD")
    (0, 25, 26, 16383)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _may_hold(pieces: Iterable[bytes], word: bytes) -> bool:
    """Whether a part may hold a word: it does in ASCII, or its letters have two bytes."""
    end = b""
    for number, piece in enumerate(pieces):
        if word in end + piece or (number == 0 and b"\0" in piece[:200]):
            return True
        end = piece[-len(word) :]
    return False


def _number(text: str) -> int | Decimal | None:
    """A number as Excel shows it, with fifteen digits; None if it is none."""
    if text.isdecimal() and text.isascii() and len(text) <= DIGITS_KEPT:
        return int(text)
    try:
        number = float(text) if len(text) <= 40 and "_" not in text else float("nan")
        found = Decimal(f"{number:.{DIGITS_KEPT}g}")
    except (ValueError, InvalidOperation):
        return None
    if not found.is_finite():
        return None
    return int(found) if found == found.to_integral_value() else found


def _iso_date(text: str) -> dt.date | None:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.date() if len(text) == 10 else found


def _bounds(reference: str) -> tuple[int, int, int, int] | None:
    """First column, first row, last column and last row of a range; None if it is none.

    >>> _bounds("A2:B5"), _bounds("C7")
    ((0, 2, 1, 5), (2, 7, 2, 7))
    """
    first, _, last = reference.replace("$", "").partition(":")
    ends = [_REFERENCE.fullmatch(end) for end in (first, last or first)]
    if ends[0] is None or ends[1] is None:
        return None
    (left, top), (right, bottom) = ends[0].groups(), ends[1].groups()
    return column_of(left), int(top), column_of(right), int(bottom)


class Merged:
    """Which cells of a row are covered by others that they are merged with, row after row."""

    def __init__(self, ranges: Iterable[str]) -> None:
        bounds = [bound for bound in map(_bounds, ranges) if bound is not None]
        self._waiting = sorted(bounds, key=lambda bound: bound[1], reverse=True)
        self._open: list[tuple[int, int, int, int]] = []

    def columns(self, row: int) -> Collection[int]:
        """The columns of a row's covered cells, from 0; rows are asked for in their order."""
        while self._waiting and self._waiting[-1][1] <= row:
            self._open.append(self._waiting.pop())
        if not self._open:
            return ()
        # Ranges do not overlap, so no row has more of them than columns.
        self._open = [bound for bound in self._open if bound[3] >= row][:MOST_COLUMNS]
        return {
            column
            for first, top, last, _ in self._open
            for column in range(first, min(last, MOST_COLUMNS - 1) + 1)
            if (column, row) != (first, top)
        }
