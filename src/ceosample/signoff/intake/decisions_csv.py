"""A CSV file of decisions as an office fills it in: in a spreadsheet, by hand or with a scanner."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ceosample.encoded import csv_rows
from ceosample.errors import LedgerError, raise_faults
from ceosample.form import meant
from ceosample.letters.letter import CODE_DIGITS
from ceosample.spreadsheet import unguarded
from ceosample.text import quoted

#: The columns that tell which letter a row is about; a row with no other is not decided yet.
WHICH: Final = ("unit_id", "code", "population", "period", "letter")

#: The column of a list for posting that says where each file lies: no decision, so passed over.
PATH: Final = "path"

#: What can be given once, where no column gives it row by row.
FOR_ALL: Final = ("by", "at")

#: The words of a text are its own; in any other cell an apostrophe in front is a mark.
_WORDS: Final = "text"

#: A cell of codes has them with spaces between.
_LISTS: Final = ("codes",)

_CODE = re.compile(rf"[0-9a-f]{{{CODE_DIGITS}}}")

#: A row's place in the file and its cells, empty ones left out.
DecisionRow = tuple[int, dict[str, Any]]


def read_rows(
    data: bytes,
    name: str,
    needed: Sequence[str],
    known: Sequence[str],
    given: Mapping[str, str],
) -> tuple[list[DecisionRow], int]:
    """The rows with a decision, and the number of rows without one yet.

    Args:
        data: the file.
        name: its name, for messages.
        needed: columns that there must be, unless they are given.
        known: all that there may be.
        given: the values for empty cells of a row with a decision. A ``kind`` stands for a column
            that is missing: an empty cell of a column ``kind`` means no decision yet.

    Raises:
        LedgerError: every problem of the table.
    """
    header, rows = _table(data, name, known)
    faults = [*_faults_of_header(header, name, needed, known, given)]
    faults += [
        f"{name}, row {number}: got {len(row)} cells; give {len(header)}, one for each column"
        for number, row in rows
        if len(row) != len(header)
    ]
    raise_faults(LedgerError, faults)
    said: list[DecisionRow] = []
    for number, row in rows:
        cells = _cells(dict(zip(header, row, strict=True)))
        cells.pop(PATH, None)
        if "kind" not in header:
            cells["kind"] = given["kind"]
        faults += _faults_of_row(cells, f"{name}, row {number}")
        if "kind" in cells:
            said.append((number, {**given, **cells}))
    raise_faults(LedgerError, faults)
    return said, len(rows) - len(said)


def _table(
    data: bytes, name: str, known: Sequence[str]
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and the numbered rows, without those that are empty."""
    try:
        lines = csv_rows(data, known, can_be_named=False)
    except ValueError as error:
        raise LedgerError(f"{name}: {error}") from None
    place = next((number for number, row in enumerate(lines) if row), len(lines))
    header, rows = next(iter(lines[place:]), []), lines[place + 1 :]
    return header, [(number, row) for number, row in enumerate(rows, 1) if any(row)]


def _faults_of_header(
    header: Sequence[str],
    name: str,
    needed: Sequence[str],
    known: Sequence[str],
    given: Mapping[str, str],
) -> list[str]:
    faults = [
        f"{name}: no column {column!r}; add it"
        + f", or give it once for all rows ({column}=, --{column})" * (column in FOR_ALL)
        for column in needed
        if column not in header and column not in given
    ]
    faults += [
        f"{name}, column {quoted(column)}: not known; use one of {', '.join(known)}"
        + meant(column, known)
        for column in header
        if column not in known and column != PATH
    ]
    faults += [
        f"{name}, column {quoted(column)}: appears {header.count(column)} times; remove all but one"
        for column in dict.fromkeys(header)
        if header.count(column) > 1
    ]
    if "kind" in given and "kind" in header:
        faults.append(
            f"{name}: got kind {quoted(given['kind'])} for a file that has a column 'kind'; remove "
            "one of the two"
        )
    return faults


def _cells(row: Mapping[str, str]) -> dict[str, Any]:
    """A row without its empty cells, as it was before a spreadsheet had it."""
    cells = {name: cell if name == _WORDS else unguarded(cell) for name, cell in row.items()}
    kept: dict[str, Any] = {name: cell for name, cell in cells.items() if cell != ""}
    if "kind" in kept:  # as the attendance sheet prints it: returned for rework
        kept["kind"] = kept["kind"].strip().lower().replace(" ", "_")
    if "code" in kept:  # as people write it: 12E4-5678
        kept["code"] = kept["code"].replace("-", "").replace(" ", "").lower()
    return kept | {name: kept[name].split() for name in _LISTS if name in kept}


def _faults_of_row(cells: Mapping[str, Any], where: str) -> list[str]:
    faults = []
    code = cells.get("code")
    if code is not None and _CODE.fullmatch(code) is None:
        faults.append(
            f"{where}, code: got {quoted(code)}; give the {CODE_DIGITS} digits and letters a to f "
            "on the letter. If a spreadsheet made a number of them, put an apostrophe in front"
        )
    half = [name for name in cells if name not in WHICH]
    if half and "kind" not in cells:
        faults.append(
            f"{where}, kind: missing, and {', '.join(half)} is filled in; give what was decided, "
            "or empty the row"
        )
    return faults
