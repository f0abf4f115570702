"""The parts of an Excel file: found by its relationships, and parsed under limits.

An ``.xlsx`` is a zip of XML parts. A reader that is given a hostile one may unpack gigabytes,
follow entities or make a million rows of one cell. So what is unpacked, and each element, is
counted; a document type is refused before anything of it is read. Macros, pictures and links to
other files are parts that nothing here opens.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NoReturn
from xml.parsers import expat

import attrs

from ceosample.errors import CeosampleError, LedgerError, MissingPartError
from ceosample.zipped import ZipLimits

#: A million rows of ten columns are some sixty megabytes, and six hundred unpacked.
WORKBOOK: Final = ZipLimits(
    name="workbook",
    save_as=".xlsx",
    error=LedgerError,
    most_bytes=100 * 2**20,
    most_unpacked=2**30,
    most_parts=10_000,
)

#: Each beginning and end of a row, a cell and a value counts, so a cell counts as four.
MOST_ELEMENTS: Final = 100_000_000

#: Excel's own limits are 32,767 characters a cell, and so many rows and columns.
LONGEST_TEXT: Final = 2**20
MOST_ROWS: Final = 2**20
MOST_COLUMNS: Final = 2**14

#: What a password, or an .xls of old, begins with; and its older kin.
_OLD_CONTAINER: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_OLDER: Final = tuple(
    bytes((9, version, size, 0)) for version in (0, 2, 4, 8) for size in (4, 6, 8)
)
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_ZIP: Final = b"PK\3\4"

#: The two namespaces of a workbook's parts: Transitional, which Excel writes, and Strict.
NAMESPACES: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)

#: A workbook has some dozens of elements' names; a hostile file may have millions.
_MOST_NAMES: Final = 1_000

#: What is told of an element: its name without its namespace, and its attributes.
Start = Callable[[str, dict[str, str]], None]


def is_workbook(data: bytes) -> bool:
    """Whether a file's first bytes are those of a workbook, of whatever kind."""
    return data.startswith((_ZIP, _OLD_CONTAINER, *_OLDER))


def require_installed() -> None:
    """Raise if the extra that writes workbooks is not there.

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


@attrs.define
class ElementBudget:
    """How many elements are left, for all parts together."""

    elements: int = MOST_ELEMENTS


class Package:
    """An Excel file's parts, each read when it is asked for.

    Args:
        data: the file.
        where: what messages call it.
        error: what a problem is raised as.

    Raises:
        CeosampleError: ``error``: it is another kind of file, or is locked.
    """

    def __init__(self, data: bytes, where: str, error: type[CeosampleError]) -> None:
        self.where = where
        self._data = data
        self._error = error
        self._limits = attrs.evolve(WORKBOOK, error=error)
        self._budget = ElementBudget()
        _require_workbook(data, where, error)
        with self._limits.opened(data, where) as parts:
            self._names = {name.replace("\\", "/").lower(): name for name in parts}
            if "mimetype" in parts and b"opendocument" in b"".join(parts["mimetype"])[:200]:
                raise error(f"{where}: got an OpenDocument file; open it and save it as .xlsx")
        if "xl/workbook.bin" in self._names:
            raise error(f"{where}: got an .xlsb file; open it in Excel and save it as .xlsx")
        if "[content_types].xml" not in self._names:
            raise error(f"{where}: not an .xlsx file; open it and save it as .xlsx")

    def refuse(self, words: str) -> NoReturn:
        """Raise the caller's error about this file."""
        raise self._error(f"{self.where}{words}")

    def has(self, part: str) -> bool:
        """Whether there is a part of this name, whatever its capitals."""
        return part.lower() in self._names

    def pieces(self, part: str) -> Iterator[bytes]:
        """The bytes of a part, in pieces."""
        with self._limits.opened(self._data, self.where) as parts:
            yield from parts[self._names[part.lower()]]

    def parse(
        self, part: str, start: Start, end: Start, text: Callable[[str], None]
    ) -> Iterator[None]:
        """Parse a part, and pause after each piece of it.

        Args:
            part: its name.
            start, end: called with each element; those of others than a workbook have no name.
            text: called with what is between them.
        """
        names, nothing = _Names(), dict[str, str]()
        return self.parse_quickly(
            part,
            lambda name, given: start(names[name], given),
            lambda name: end(names[name], nothing),
            text,
        )

    def parse_quickly(
        self, part: str, start: Start, end: Callable[[str], None], text: Callable[[str], None]
    ) -> Iterator[None]:
        """Parse a part, and pause after each piece; elements have their whole names."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        try:
            for piece in self.pieces(part):
                # In UTF-16, too, each of them has this byte.
                self._budget.elements -= piece.count(b"<")
                if self._budget.elements < 0:
                    self.refuse(
                        f": got more than {MOST_ELEMENTS} rows and cells; delete the empty ones "
                        "below and next to the table (Ctrl+End shows where it ends for Excel)"
                    )
                parser.Parse(piece)
                yield
            parser.Parse(b"", True)
            yield
        except expat.ExpatError:
            self.refuse(": cannot be read as a workbook; save it again in Excel")

    def _refuse_doctype(self, *_: object) -> None:
        self.refuse(": declares a document type, as no Excel file does; save it again in Excel")

    def whole(self, part: str, start: Start, text: Callable[[str], None] | None = None) -> None:
        """Parse a part to its end."""
        for _ in self.parse(part, start, _nothing, text or _nothing):
            pass

    def relationships(self, part: str) -> Mapping[str, tuple[str, str]]:
        """The parts that a part leads to: id to the kind and the name; outside files are none."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, given: dict[str, str]) -> None:
            target = given.get("Target", "").replace("\\", "/")
            if tag == "Relationship" and given.get("TargetMode") != "External" and target:
                kind = given.get("Type", "").rpartition("/")[2]
                whole = target if target.startswith("/") else posixpath.join("/", folder, target)
                found[given.get("Id", "")] = (kind, posixpath.normpath(whole).lstrip("/"))

        if self.has(rels):
            self.whole(rels, start)
        return {id_: entry for id_, entry in found.items() if self.has(entry[1])}


def _require_workbook(data: bytes, where: str, error: type[CeosampleError]) -> None:
    if data.startswith(_ZIP):
        return
    if data.startswith(_OLD_CONTAINER) and _ENCRYPTED in data:
        raise error(f"{where}: has a password; open it and save it as .xlsx without a password")
    if data.startswith((_OLD_CONTAINER, *_OLDER)):
        raise error(
            f"{where}: got an .xls file, or one with a password; open it and save it as .xlsx "
            "without a password"
        )
    raise error(f"{where}: cannot be opened as a workbook; open it in Excel and save it as .xlsx")


class _Names(dict[str, str]):
    """An element's name with its namespace to the one without it; that of others is empty."""

    def __missing__(self, name: str) -> str:
        space, _, tag = name.rpartition(" ")
        is_ours = space in NAMESPACES or space.endswith("/package/2006/relationships")
        found = tag if is_ours else ""
        if len(self) < _MOST_NAMES:
            self[name] = found
        return found


def _nothing(*_: object) -> None:
    pass
