"""Letters' contents from a mail merge's table: a CSV or an Excel file, one row a letter."""

from __future__ import annotations

import contextlib
import csv
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any, Final

from ceosample import files
from ceosample.configuration.keys import UNIT_ID, is_excel
from ceosample.configuration.source import TableForm
from ceosample.errors import FrameError, LetterError, raise_faults
from ceosample.got import Private, got
from ceosample.letters.contents.fields import PASSED_BETWEEN, SALT
from ceosample.sampling.frames.excel import ExcelTable
from ceosample.sampling.frames.table import NumberedRow, csv_rows
from ceosample.spreadsheet import separated
from ceosample.text import quoted
from ceosample.workbook.cell import SheetCell, WorkbookCellError, read_as
from ceosample.written_dates import TWO_DATES, NoDateError, TwoDatesError, read_date

_DOCKET: Final = "docket"
_CONTACTS: Final = "docket.contacts."
_PASSED_BETWEEN: Final = f"docket.{PASSED_BETWEEN}"

#: Fields that are true or false; a text would be true whatever it says.
_TRUE_OR_FALSE: Final = ("accepted", "refer_now")
_WORDS: Final = {"true": True, "false": False}

#: Fields of which a deadline is counted.
_DATES: Final = ("docket.received", "docket.due")

_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def table_letters(
    path: Path,
    columns: Mapping[str, str],
    form: TableForm,
    wanted: Set[str],
    faults: list[str],
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The place of each wanted letter, its id and its contents; the other rows are ignored.

    Args:
        path: the file.
        columns: the fields of a letter or a docket, each with its column's heading. With the id's
            heading alone, every column is the field with its heading's name.
        form: how the table is written.
        wanted: the letters' ids.
        faults: receives what is wrong, with the row's number: in a CSV file the header is not
            counted, and in an Excel file it is Excel's own.

    Raises:
        LetterError: a column is missing, or rows cannot be read.
        OSError, UnicodeDecodeError: the file cannot be read.
    """
    try:
        fields = _fields(path, columns, form)
        headings = [*fields.values()]
        keys = {heading: f"the letters' {field}" for field, heading in fields.items()}
        own = [*fields].index(UNIT_ID)
        for number, row in _rows(path, headings, keys, form):
            where = f"{path.name}, row {number}"
            try:
                unit_id = read_as(row[own], SheetCell.name)
            except WorkbookCellError as error:
                faults.append(f"{where}, column {quoted(headings[own])}: {error}")
                continue
            if unit_id is None:
                faults.append(
                    f"{where}, column {quoted(headings[own])}: got an empty cell; give the "
                    "letter's id"
                )
            elif unit_id in wanted:
                yield where, str(unit_id), _contents(fields, row, form, where, faults)
    except FrameError as error:
        whole = str(path)  # begins the fault of a file that cannot be read to its end
        named = (x if x.startswith(whole) else f"{path.name}, {x}" for x in error.faults)
        raise LetterError(*faults, *named) from None


def _rows(
    path: Path, headings: Sequence[str], keys: Mapping[str, str], form: TableForm
) -> Iterator[NumberedRow]:
    if is_excel(path.name):
        return ExcelTable(path, form.sheet, form.header).rows(headings, keys)
    return csv_rows(path, headings, keys, form.encoding)


def _header(path: Path, column: str, form: TableForm) -> list[str]:
    """The headings of a table, as far as they can be read: what reads the rows says what is wrong.

    Raises:
        FileNotFoundError: there is no such file.
    """
    if is_excel(path.name):
        path.stat()
        return ExcelTable(path, form.sheet, form.header).headings([column])
    with (
        files.open_text(path, form.encoding) as lines,
        contextlib.suppress(csv.Error, UnicodeError, LookupError),
    ):
        return next(separated(lines, [column])[1], [])
    return []


def _fields(path: Path, columns: Mapping[str, str], form: TableForm) -> dict[str, str]:
    """Each field, and the heading of its column."""
    fields = dict(columns)
    header = _header(path, columns[UNIT_ID], form)
    if len(fields) == 1:
        fields |= {name: name for name in header if name and name != columns[UNIT_ID]}
    raise_faults(
        LetterError,
        (
            f"{path.name}, column {quoted(fields[name])}: got a part of {quoted(whole)}, which has "
            "a column too; remove one"
            for name in fields
            for whole in fields
            if name.startswith(f"{whole}.")
        ),
    )
    return fields


def _contents(
    fields: Mapping[str, str],
    row: tuple[object, ...],
    form: TableForm,
    where: str,
    faults: list[str],
) -> dict[str, Any]:
    """A row as ``{"letter": {...}, "docket": {...}}``; an empty cell is a missing field."""
    found: dict[str, Any] = {"letter": {}, _DOCKET: {}}
    for (name, heading), cell in zip(fields.items(), row, strict=True):
        if cell is None or name == UNIT_ID:
            continue
        try:
            value = _value(name, read_as(cell, SheetCell.field), form)
        except ValueError as error:
            faults.append(f"{where}, column {quoted(heading)}: {error}")
            continue
        *above, last = [name] if name == SALT else _path(name)
        place = found
        for step in above:
            place = place.setdefault(step, {})
        place[last] = value
    return found


def _path(name: str) -> list[str]:
    """Where a field is: ``docket.owner``, or ``payment.amount`` in the letter."""
    parts = name.split(".")
    if not all(map(str.isidentifier, parts)) and parts[0] != _DOCKET:
        return ["letter", name]  # a heading that happens to hold a full stop
    return parts if parts[0] == _DOCKET else ["letter", *parts]


def _value(name: str, cell: Any, form: TableForm) -> Any:
    """A cell as its field has it, for what is not text; what is typed already stays."""
    if name in _DATES and isinstance(cell, str):
        return _date(cell, form)
    if not isinstance(cell, str):
        return cell
    if name == "address":
        return _LINE_END.split(cell)
    if name in _TRUE_OR_FALSE:
        if cell.strip().lower() not in _WORDS:
            raise ValueError(f"{got(cell, Private.CELL)}; give true or false")
        return _WORDS[cell.strip().lower()]
    if (name.startswith(_CONTACTS) or name == _PASSED_BETWEEN) and cell.strip().isdecimal():
        return int(cell)
    return cell


def _date(text: str, form: TableForm) -> object:
    """A date as its table writes it; what is none stays, and the docket's check says so.

    Raises:
        ValueError: it could be two dates.
    """
    try:
        return read_date(text.strip(), form.dates)
    except TwoDatesError:
        raise ValueError(f"{got(text, Private.CELL)}; {TWO_DATES}") from None
    except NoDateError:
        return text
