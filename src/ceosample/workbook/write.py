"""An Excel workbook of texts and whole numbers, always the same bytes, with nothing to run in it.

Every text is written as a text, in cells whose format is text, so that none becomes a formula when
the file is opened nor when somebody edits it.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias
from xml.etree.ElementTree import canonicalize

from ceosample.errors import LedgerError
from ceosample.got import kind_of
from ceosample.workbook.package import require_installed
from ceosample.zipped import dated

#: What a cell of such a table holds.
Plain: TypeAlias = "str | int | None"

#: The limits of Excel itself.
MOST_ROWS: Final = 2**20
LONGEST_TEXT: Final = 32_767

#: The earliest day that a zip can state; the file says of no other when it was made.
_DATE: Final = dt.date(1980, 1, 1)

#: The part that lists the sheets.
_BOOK: Final = "xl/workbook.xml"

#: The part that would say who made the file and when.
_PROPERTIES: Final = "docProps/core.xml"
_NOTHING_SAID: Final = (
    b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    b'core-properties"/>'
)

#: What XML cannot hold, and what Excel would take for a sign of such a character.
_TO_ESCAPE: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)"
)

#: A letter beyond ASCII by its number; an ampersand that somebody wrote is "&amp;".
_REFERENCE: Final = re.compile(rb"&#([1-9][0-9]{2,6});")

_WIDEST: Final = 60


def workbook(sheets: Mapping[str, Sequence[Sequence[Plain]]]) -> bytes:
    """The bytes of a workbook; each sheet's first row is its header.

    Raises:
        LedgerError: more rows or a longer text than a sheet can hold.
        MissingPartError: the extra ``excel`` is not installed.
    """
    require_installed()
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        if len(rows) > MOST_ROWS:
            raise LedgerError(
                f"sheet {name}: got {len(rows)} rows, and Excel has {MOST_ROWS}; write a .csv file"
            )
        _write(book.create_sheet(name), name, rows)
    made = io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as there:
        parts = {name: _evened(there.read(name)) for name in there.namelist()}
    # Whether a namespace is declared where it is used depends on lxml too.
    parts[_BOOK] = canonicalize(parts[_BOOK]).encode()
    return dated(made.getvalue(), _DATE, {**parts, _PROPERTIES: _NOTHING_SAID})


def _evened(part: bytes) -> bytes:
    """A part of XML in the one form that openpyxl writes with lxml installed or without it.

    With lxml, a letter beyond ASCII is a reference by number, which some programs read as another
    letter if it is beyond Unicode's first plane.
    """
    text = _REFERENCE.sub(lambda found: chr(int(found[1])).encode(), part)
    return text.replace(b" />", b"/>")  # in no text: its ">" is "&gt;"


def _write(sheet: Any, name: str, rows: Sequence[Sequence[Plain]]) -> None:
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "A2"
    for number, column in enumerate(zip(*rows, strict=True), 1):
        width = max(len(str(value)) for value in column if value is not None)
        sheet.column_dimensions[get_column_letter(number)].width = min(width, _WIDEST) + 2
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(rows[0]))}{len(rows)}"
    for number, row in enumerate(rows, 1):
        where = f"sheet {name}, row {number}"
        sheet.append([_cell(sheet, value, where, is_header=number == 1) for value in row])


def _cell(sheet: Any, value: Plain, where: str, *, is_header: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    if isinstance(value, int) or value is None:
        return value
    text = _TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
    if len(text) > LONGEST_TEXT:
        raise LedgerError(
            f"{where}: got {kind_of(text)}, and Excel takes {LONGEST_TEXT}; write a .csv file"
        )
    cell = WriteOnlyCell(sheet)
    cell.value = text
    cell.data_type = "s"  # a text, whatever it begins with
    cell.number_format = "@"
    if is_header:
        cell.font = Font(name="Calibri", size=11, bold=True)  # as the cells below it
    return cell
