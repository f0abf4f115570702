"""The parts of an Excel file, looked through under limits before anything else reads them.

An ``.xlsx`` is a zip of XML parts. A reader that is given a hostile one may unpack gigabytes,
follow entities or make a million rows of one cell. So every part is parsed once here, nothing of
it kept but what a reader of cells would not say: which rows are hidden, which cells are merged,
and which formulas were never calculated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

import attrs

from ceosample.errors import LedgerError, MissingPartError
from ceosample.zipped import ZipLimits

#: The root of a workbook in the form that Excel calls Strict, in which openpyxl finds no sheet.
_STRICT: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main workbook"

#: Ten years of sixty letters a month are two megabytes, and twenty unpacked.
WORKBOOK: Final = ZipLimits(
    name="workbook",
    save_as=".xlsx or CSV",
    error=LedgerError,
    most_bytes=20 * 2**20,
    most_unpacked=200 * 2**20,
    most_parts=2_000,
)
MOST_ELEMENTS: Final = 4_000_000

#: A table has no more rows and columns than these; what stands beyond is a slip or a trap.
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 256

#: What a password, or an .xls of old, begins with.
_OLD_CONTAINER: Final = bytes.fromhex("d0cf11e0a1b11ae1")


@attrs.define
class SheetFacts:
    """What a sheet's part says beside its values.

    Attributes:
        hidden: numbers of the rows that are hidden.
        merged: the ranges of merged cells, ``"A2:A5"``.
        uncalculated: the cells of formulas that hold no value, not even an empty one.
        last: the number of the last row that holds something.
    """

    hidden: set[int] = attrs.field(factory=set)
    merged: list[str] = attrs.field(factory=list)
    uncalculated: set[str] = attrs.field(factory=set)
    last: int = 0


def require_installed() -> None:
    """Raise if the extra is not there.

    Raises:
        MissingPartError: with the command that installs it.
    """
    try:
        import openpyxl  # noqa: F401 - whether it is there is the question
    except ImportError:
        raise MissingPartError(
            "an Excel file was asked for and openpyxl is not installed; "
            "pip install 'ceosample[excel]', or use CSV"
        ) from None


def scan(data: bytes, where: str) -> Mapping[str, SheetFacts]:
    """What each sheet's part says beside its values, once the file was found harmless.

    Args:
        data: the file.
        where: what messages call it.

    Returns:
        The facts of every part, by its name in the zip.

    Raises:
        LedgerError: it is no workbook, or too large, or declares a document type.
    """
    if data.startswith(_OLD_CONTAINER):
        raise LedgerError(
            f"{where}: has a password, or is of the time before .xlsx; open it and save it as "
            ".xlsx without a password"
        )
    with WORKBOOK.opened(data, where) as parts:
        if "xl/workbook.bin" in parts or "[Content_Types].xml" not in parts:
            raise LedgerError(f"{where}: not an .xlsx file; open it and save it as .xlsx or CSV")
        room = ElementBudget()
        found = {}
        for name, pieces in parts.items():
            look = PartScanner(room, where)
            for piece in pieces:
                look.feed(piece)
            found[name] = look.facts
        return found


@attrs.define
class ElementBudget:
    """How many elements are left, for all parts together."""

    elements: int = MOST_ELEMENTS


class PartScanner:
    """One part, parsed as it is unpacked; one that is no XML is passed over."""

    def __init__(self, room: ElementBudget, where: str) -> None:
        self.facts = SheetFacts()
        self._room = room
        self._where = where
        self._row = 0
        self._cell: str | None = None
        self._formula = self._value = self._inside = False
        self._parser: expat.XMLParserType | None = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        if self._parser is not None:
            try:
                self._parser.Parse(piece)
            except expat.ExpatError:
                self._parser = None  # a picture, or broken, and then the reader says so

    def _refuse_doctype(self, *_: object) -> None:
        raise LedgerError(
            f"{self._where}: declares a document type, as no Excel file does; save it again in "
            "Excel"
        )

    def _begin(self, name: str, given: dict[str, str]) -> None:
        self._room.elements -= 1
        if self._room.elements < 0:
            raise LedgerError(
                f"{self._where}: got more than {MOST_ELEMENTS} rows and cells; delete the empty "
                "ones below and next to the table (Ctrl+End shows where it ends for Excel)"
            )
        if name == _STRICT:
            raise LedgerError(
                f"{self._where}: got a workbook in the Strict form; save it as Excel Workbook "
                "(.xlsx) or CSV"
            )
        tag = name.rpartition(" ")[2]
        if tag == "c":
            # A formula that came to an empty text says that it is a text, and holds nothing else.
            self._cell, self._formula, self._value = given.get("r"), False, given.get("t") == "str"
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self._begin_row(given)
        elif tag == "mergeCell":
            self.facts.merged.append(given.get("ref", ""))
        self._inside = tag in ("v", "t")

    def _text(self, text: str) -> None:
        if self._inside and not text.isspace():
            self._value, self.facts.last = True, self._row

    def _begin_row(self, given: dict[str, str]) -> None:
        number = given.get("r", str(self._row + 1))
        if not number.isascii() or not number.isdecimal() or len(number) > 9:
            raise LedgerError(f"{self._where}: a row has no number; save it again in Excel")
        if int(number) <= self._row:
            raise LedgerError(f"{self._where}: its rows are not in order; save it again in Excel")
        self._row = int(number)
        if given.get("hidden") in ("1", "true"):
            self.facts.hidden.add(self._row)

    def _end(self, name: str) -> None:
        self._inside = False
        if name.endswith(" c") and self._formula and not self._value and self._cell:
            self.facts.uncalculated.add(self._cell)
