"""Cells that go through a spreadsheet and come back as they were.

A spreadsheet that opens a CSV file runs ``=1+1``, adds up ``12e45678`` to the largest number it
knows, drops the zeros of ``00012345`` and makes a day of ``JAN-1``. An apostrophe before a cell
keeps it text: typed by hand or by a scanner it is taken for a mark, read from a file it stays.
"""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from ceosample.got import got

MARK: Final = "'"

#: For whom a CSV file is written.
Audience: TypeAlias = Literal["spreadsheet", "machine"]
SPREADSHEET: Final = "spreadsheet"
MACHINE: Final = "machine"
AUDIENCES: Final = (SPREADSHEET, MACHINE)

#: What spreadsheets put between cells, by language, and what messages call it.
SEPARATORS: Final[Mapping[str, str]] = {",": "a comma", ";": "a semicolon", "\t": "a tab"}

#: A cell of more characters is most likely one whose quotation mark is not closed. Python's own
#: limit is 131,072, for a whole process, and lower than a letter may be long.
LONGEST_CELL: Final = 2**24

#: So many rows are read before the process has its own limit again.
_AT_ONCE: Final = 512

#: Guards the limit while it is changed, and never while lines are waited for.
_CHANGING = threading.Lock()

#: What the limit was, once for each reader that reads now, in any thread.
_limits_before: list[int] = []

#: What no spreadsheet takes for anything but text, in any language: a letter or two and then a
#: reference, or words without a figure. Months have three letters or more, and eras a full stop.
_PLAIN = re.compile(r"[A-Za-z]{1,2}[0-9_-][0-9A-Za-z]*|[A-Za-z]+([_-][A-Za-z]+)+")


def guarded(text: str) -> str:
    """``text`` as a cell that a spreadsheet leaves alone; nothing is a cell that is empty.

    >>> guarded("R-5HFQJQ"), guarded("12e45678"), guarded("=1+1"), guarded("'quoted'")
    ('R-5HFQJQ', "'12e45678", "'=1+1", "''quoted'")
    """
    return text if not text or _PLAIN.fullmatch(text) else MARK + text


def harmless(text: str) -> str:
    """``text`` as a cell that no spreadsheet runs, with an apostrophe only where one could.

    What begins with a letter or a digit never runs. It may still be shown as a number or a date,
    so a cell that has to come back as it was is :func:`guarded`.

    >>> harmless("2026-10"), harmless("yes"), harmless("=1+1"), harmless("'quoted'")
    ('2026-10', 'yes', "'=1+1", "''quoted'")
    """
    return text if not text or text[0].isalnum() else MARK + text


def csv_table(
    columns: Sequence[str],
    rows: Iterable[Iterable[str | int | None]],
    audience: Audience = SPREADSHEET,
) -> bytes:
    """A table as CSV: for a spreadsheet with guards and a byte order mark, for a machine without.

    Raises:
        ValueError: another audience.

    >>> csv_table(["id"], [["=1"], ["A-1"]], "machine")
    b'id\\r\\n=1\\r\\nA-1\\r\\n'
    """
    require_audience(audience)
    safe = audience == SPREADSHEET
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless(c) if safe and isinstance(c, str) else c for c in row])
    return table.getvalue().encode("utf-8-sig" if safe else "utf-8")


def require_audience(audience: object) -> None:
    """Raise unless it is one of ``AUDIENCES``.

    Raises:
        ValueError: with those that there are.
    """
    if audience not in AUDIENCES:
        raise ValueError(f"audience: {got(audience)}; use one of {', '.join(AUDIENCES)}")


def unguarded(cell: str) -> str:
    """The text of a cell, without the apostrophe that may stand before it.

    >>> unguarded("'12e45678"), unguarded("R-5HFQJQ"), unguarded(guarded("'quoted'"))
    ('12e45678', 'R-5HFQJQ', "'quoted'")
    """
    return cell.removeprefix(MARK)


def is_blank(cells: Iterable[object]) -> bool:
    """Whether a row is no row: each of its cells is null, NaN, or a text without a character.

    >>> is_blank(["", None, " \u00a0", float("nan")]), is_blank(["", 0])
    (True, False)
    """
    return all(_is_nothing(cell) for cell in cells)


def _is_nothing(cell: object) -> bool:
    if isinstance(cell, str):
        return not cell or cell.isspace()
    return is_null(cell)


def is_null(cell: object) -> bool:
    """Whether a cell is null: None, a NaN, pandas' NaT or NA.

    >>> is_null(float("nan")), is_null(None), is_null(0), is_null("")
    (True, True, False, False)
    """
    if cell is None:
        return True
    if isinstance(cell, str | bytes) or not hasattr(cell, "__hash__"):
        return False
    try:
        return bool(cell != cell)
    except (TypeError, ValueError):  # pandas' NA is neither like itself nor unlike it
        return type(cell).__name__ == "NAType"


def separated(lines: Iterable[str], columns: Collection[str]) -> tuple[str, Iterator[list[str]]]:
    """What stands between the cells of a CSV file, and its rows, read as they are asked for.

    It is the separator under which the first line names most of these columns. Where that does
    not tell, it is a comma: a heading may well hold a semicolon. Where no column is known, a tab
    or a semicolon in the first line is the separator.

    Args:
        lines: those of the file.
        columns: some that its header names; none where that is not known.

    Raises:
        csv.Error: while rows are read, a cell that is not closed.

    >>> mark, rows = separated(["id;Name, title\\n", "R-1;Lee, Ms\\n"], ["id"])
    >>> mark, list(rows)
    (';', [['id', 'Name, title'], ['R-1', 'Lee, Ms']])
    """
    rest = iter(lines)
    first = list(itertools.islice(rest, 1))
    if columns:
        mark = max(SEPARATORS, key=lambda mark: _named(first, mark, columns))
    else:
        mark = next((mark for mark in ("\t", ";") if mark in "".join(first)), ",")
    return mark, csv_lines(itertools.chain(first, rest), mark)


def csv_lines(
    lines: Iterable[str], mark: str = ",", *, strict: bool = True, at_once: int = _AT_ONCE
) -> Iterator[list[str]]:
    """The rows of CSV whose cells have up to ``LONGEST_CELL`` characters.

    How long a cell may be is one number for the whole process, which is not ours: it is changed
    while some rows are read, and is what it was whenever a row is handed out.

    Args:
        lines: those of the file.
        mark: what stands between cells.
        strict: False to read on behind a quotation mark that is out of place.
        at_once: so many rows are read ahead of the one that is asked for.

    Raises:
        csv.Error: a cell is not closed, or longer; the rows before it come first.

    >>> list(csv_lines(["id,text\\n", "R-1,Yes\\n"])), csv.field_size_limit()
    ([['id', 'text'], ['R-1', 'Yes']], 131072)
    """
    reader = csv.reader(lines, delimiter=mark, strict=strict)
    fault: Exception | None = None
    rows: list[list[str]] = [[]]
    while rows and fault is None:
        rows = []
        with _long_cells():
            try:
                for row in itertools.islice(reader, at_once):
                    rows.append(row)
            except Exception as error:  # of the reader, or of what gives it lines
                fault = error
        yield from rows
    if fault is not None:
        raise fault


@contextlib.contextmanager
def _long_cells() -> Iterator[None]:
    """Let cells be as long as ours may be; who is last to end gives back the limit that there was.

    What gives a reader its lines may read a table itself, or wait for a thread that does.
    """
    with _CHANGING:
        _limits_before.append(csv.field_size_limit(LONGEST_CELL))
    try:
        yield
    finally:
        with _CHANGING:
            # The first found the process's own limit, whoever ends last.
            limit = _limits_before[0]
            _limits_before.pop()
            if not _limits_before:
                csv.field_size_limit(limit)


def _named(first: Iterable[str], mark: str, columns: Collection[str]) -> int:
    """How many of the columns a line names; a header may go on behind it, in quotation marks."""
    try:
        return len({*columns}.intersection(*csv.reader(first, delimiter=mark)))
    except csv.Error:
        return 0
