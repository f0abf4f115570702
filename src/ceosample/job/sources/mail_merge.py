"""Letters' contents from a mail merge's table: a CSV file, one row a letter."""

from __future__ import annotations

import contextlib
import csv
import re
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any, Final

from ceosample import files
from ceosample.configuration.keys import UNIT_ID
from ceosample.errors import FrameError, LetterError, raise_faults
from ceosample.got import Private, got
from ceosample.letters.contents.fields import SALT
from ceosample.sampling.frames.table import csv_rows
from ceosample.spreadsheet import separated
from ceosample.text import quoted

_DOCKET: Final = "docket"
_CONTACTS: Final = "docket.contacts."

#: Fields that are true or false; a text would be true whatever it says.
_TRUE_OR_FALSE: Final = ("accepted", "refer_now")
_WORDS: Final = {"true": True, "false": False}

_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def table_letters(
    path: Path, columns: Mapping[str, str], wanted: Set[str], faults: list[str]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The place of each wanted letter, its id and its contents; the other rows are ignored.

    Args:
        path: the file.
        columns: the fields of a letter or a docket, each with its column's heading. With the id's
            heading alone, every column is the field with its heading's name.
        wanted: the letters' ids.
        faults: receives what is wrong, with the row's number; the header is not counted.

    Raises:
        LetterError: a column is missing, or rows cannot be read.
        OSError, UnicodeDecodeError: the file cannot be read.
    """
    fields = _fields(path, columns)
    headings = [*fields.values()]
    keys = {heading: f"the letters' {field}" for field, heading in fields.items()}
    own = [*fields].index(UNIT_ID)
    try:
        for number, row in enumerate(csv_rows(path, headings, keys), 1):
            where, unit_id = f"{path.name}, row {number}", row[own]
            if unit_id is None:
                if any(row):
                    faults.append(
                        f"{where}, column {quoted(headings[own])}: got an empty cell; give the "
                        "letter's id"
                    )
            elif unit_id in wanted:
                yield where, str(unit_id), _contents(fields, row, where, faults)
    except FrameError as error:
        whole = str(path)  # begins the fault of a file that cannot be read to its end
        named = (x if x.startswith(whole) else f"{path.name}, {x}" for x in error.faults)
        raise LetterError(*faults, *named) from None


def _fields(path: Path, columns: Mapping[str, str]) -> dict[str, str]:
    """Each field, and the heading of its column."""
    fields = dict(columns)
    header: list[str] = []
    with files.open_text(path) as lines, contextlib.suppress(csv.Error):  # csv_rows says it
        header = next(separated(lines, [columns[UNIT_ID]])[1], [])
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
    fields: Mapping[str, str], row: tuple[object, ...], where: str, faults: list[str]
) -> dict[str, Any]:
    """A row as ``{"letter": {...}, "docket": {...}}``; an empty cell is a missing field."""
    found: dict[str, Any] = {"letter": {}, _DOCKET: {}}
    for (name, heading), cell in zip(fields.items(), row, strict=True):
        if cell is None or name == UNIT_ID:
            continue
        try:
            value = _value(name, str(cell))
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


def _value(name: str, cell: str) -> Any:
    """A cell as its field has it, for what is not text."""
    if name == "address":
        return _LINE_END.split(cell)
    if name in _TRUE_OR_FALSE:
        if cell.strip().lower() not in _WORDS:
            raise ValueError(f"{got(cell, Private.CELL)}; give true or false")
        return _WORDS[cell.strip().lower()]
    if name.startswith(_CONTACTS) and cell.strip().isdecimal():
        return int(cell)
    return cell
