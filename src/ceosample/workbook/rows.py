"""The rows of a sheet, as its part is unpacked: none is kept."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

import attrs

from ceosample.days import date_of
from ceosample.text import quoted
from ceosample.workbook.cell import COVERED, DIGITS_KEPT, EMPTY, SheetCell, Style, styled
from ceosample.workbook.package import MOST_COLUMNS, MOST_ROWS, NAMESPACES, Package
from ceosample.workbook.shared import Texts, number_in, unescaped

_NEVER: Final = SheetCell(
    None, "a formula that was never calculated; open the file in Excel and save it"
)
_TRUE: Final = ("1", "true")
_LETTERS: Final = re.compile(r"[A-Z]+")
_TAGS: Final = ("row", "c", "f", "v", "is", "r", "t", "rPh")
_Start: TypeAlias = Callable[[str, dict[str, str]], None]
_End: TypeAlias = Callable[[str], None]
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


@attrs.frozen
class Row:
    """A row of a sheet, or of a CSV file.

    Attributes:
        number: as the spreadsheet shows it.
        cells: those that hold something, by their columns, counted from 0.
        hidden: whether it is hidden, by hand or by a filter.
        across: the first and the last column of each cell that is merged over columns of this row
            alone.
    """

    number: int
    cells: Mapping[int, SheetCell]
    hidden: bool = False
    across: Sequence[tuple[int, int]] = ()

    def cell(self, column: int) -> SheetCell:
        """The cell of a column, counted from 0."""
        return self.cells.get(column, EMPTY)

    def is_title(self, columns: Collection[int]) -> bool:
        """Whether one merged cell takes all columns of a table: a title between its rows.

        A table of two columns has none: there it may be a response that was merged by mistake.
        """
        if len(columns) < 3:
            return False
        first, last = min(columns), max(columns)
        return any(left <= first and last <= right for left, right in self.across)


class RowParser:
    """A sheet's part, parsed row by row; rows in which every cell is empty are passed over.

    Attributes:
        only: the columns that are read from the next piece on; None for all of them.
    """

    def __init__(
        self, package: Package, part: str, strings: Sequence[str], styles: Sequence[Style]
    ) -> None:
        self.only: Collection[int] | None = None
        self._package = package
        self._part = part
        self._strings = strings
        plain = styles[0] if styles else Style()
        self._styles: dict[str | None, Style] = {str(n): one for n, one in enumerate(styles)}
        self._styles[None] = plain
        self._places: dict[str, int] = {}
        self._merged = Merged(self._merged_ranges())
        self._totals = frozenset(self._rows_of_totals())

    def rows(self) -> Iterator[Row]:
        """The rows that hold something."""
        ready: list[Row] = []
        start, end, text = self._handlers(ready)
        for _ in self._package.parse_quickly(self._part, start, end, text):
            yield from ready
            ready.clear()

    def _handlers(self, ready: list[Row]) -> tuple[_Start, _End, _End]:
        """What expat calls, millions of times: closures, which are quicker than methods."""
        tags = {f"{space} {tag}": tag for space in NAMESPACES for tag in _TAGS}
        strings, texts, places = self._strings, Texts(self._package), self._places
        only = self.only
        number = column = 0
        cells: dict[int, SheetCell] = {}
        kind: str | None = None
        style: str | None = None
        has_formula = holds = hidden = is_value = is_skipped = False
        is_wanted = True
        value = ""

        # What is asked for most stands first, and of a cell that is skipped nothing is looked up.
        def start(name: str, given: dict[str, str]) -> None:
            nonlocal number, column, cells, kind, style, has_formula, holds, hidden
            nonlocal is_value, is_wanted, is_skipped, only
            tag = tags.get(name, "")
            if tag == "v":
                is_value = not is_skipped
            elif tag == "c":
                place = given.get("r")
                if place is None:
                    column += 1
                else:
                    letters = place.rstrip("0123456789")
                    found = places.get(letters, -1)
                    column = found if found > column else self._place(letters, column, number)
                is_wanted = only is None or column in only
                is_skipped = holds and not is_wanted
                if not is_skipped:
                    kind, style = given.get("t"), given.get("s")
                    has_formula = False
            elif tag == "f":
                has_formula = True
            elif tag == "row":
                number, only = self._row_number(given, number), self.only
                column, cells, holds, is_skipped = -1, {}, False, False
                hidden = given.get("hidden") in _TRUE
            elif not is_skipped:
                texts.begin(tag)

        def text(piece: str) -> None:
            nonlocal value
            if is_value:
                value = value + piece if value else piece
            elif texts.is_wanted:
                texts.add(piece)

        def end(name: str) -> None:
            nonlocal is_value, value, holds
            tag = tags.get(name, "")
            if tag == "v":
                is_value = False
            elif tag == "c":
                if is_skipped:
                    return
                said, value = value, ""
                if kind == "s" and said:
                    said = _shared(strings, said, self._package, number)
                elif kind == "inlineStr":
                    said = texts.whole()
                holds = holds or not (not said or said.isspace())
                if is_wanted and (said or has_formula):
                    cell = self._cell(kind, said, style, has_formula=has_formula)
                    if cell is not EMPTY:
                        cells[column] = cell
            elif tag == "row":
                self._end_row(ready, Row(number, cells, hidden), holds=holds)
            elif tag != "f":
                texts.end(tag)

        return start, end, text

    def _row_number(self, given: Mapping[str, str], before: int) -> int:
        number = number_in(given.get("r", str(before + 1)))
        if not number:
            self._package.refuse(": a row has no number; save it again in Excel")
        if number <= before:
            self._package.refuse(": its rows are not in order; save it again in Excel")
        return number

    def _place(self, letters: str, before: int, row: int) -> int:
        """The column of a cell that is met for the first time, or is not in its order."""
        column = column_of(letters) if len(letters) <= 3 and _LETTERS.fullmatch(letters) else -1
        if not before < column < MOST_COLUMNS:
            self._package.refuse(f", row {row}: its cells are not in order; save it again in Excel")
        self._places[letters] = column
        return column

    def _end_row(self, ready: list[Row], row: Row, *, holds: bool) -> None:
        if not holds or row.number in self._totals:
            return
        if row.number > MOST_ROWS:
            self._package.refuse(
                f": got a value in row {row.number}, and can have {MOST_ROWS} rows; delete what "
                "is far below the table"
            )
        covered = self._merged.columns(row.number)
        hidden_below = {column: COVERED for column in covered if row.cell(column).value is None}
        if covered:
            cells, across = {**row.cells, **hidden_below}, self._merged.across(row.number)
            row = attrs.evolve(row, cells=cells, across=across)
        ready.append(row)

    def _cell(
        self, kind: str | None, text: str, number: str | None, *, has_formula: bool
    ) -> SheetCell:
        style = self._styles.get(number) or self._styles[None]
        if kind == "s":
            return SheetCell(text, None, style)
        if kind in ("str", "inlineStr"):
            text = unescaped(text)
            return SheetCell(text, None, style) if text else EMPTY
        text = text.strip()
        if not text:
            return _NEVER if has_formula else EMPTY
        if kind == "b":
            return SheetCell(text in _TRUE, None, style)
        if kind == "e":
            return SheetCell(None, f"the error {quoted(text, 12)}; correct what it comes from")
        value = _iso_date(text) if kind == "d" else _number(text)
        if value is None:
            return SheetCell(
                None, "a value that Excel does not write; save the file again in Excel"
            )
        return (
            styled(value, style)
            if isinstance(value, int | Decimal)
            else SheetCell(value, None, style)
        )

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


def _shared(strings: Sequence[str], text: str, package: Package, row: int) -> str:
    """The text that a cell names by its number."""
    try:
        return strings[number_in(text.strip())]
    except IndexError:
        package.refuse(
            f", row {row}: a cell has a text that is not in the file; save it again in Excel"
        )


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
    return date_of(found) if len(text) == 10 else found


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

    def across(self, row: int) -> list[tuple[int, int]]:
        """First and last column of each range of the row alone, once its columns were asked for."""
        return [(first, last) for first, top, last, below in self._open if top == below == row]
