"""Cells that go through a spreadsheet and come back as they were.

A spreadsheet that opens a CSV file runs ``=1+1``, adds up ``12e45678`` to the largest number it
knows, drops the zeros of ``00012345`` and makes a day of ``JAN-1``. An apostrophe before a cell
keeps it text: typed by hand or by a scanner it is taken for a mark, read from a file it stays.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

MARK: Final = "'"

#: What spreadsheets put between cells, by language, and what messages call it.
SEPARATORS: Final[Mapping[str, str]] = {",": "a comma", ";": "a semicolon", "\t": "a tab"}

#: What no spreadsheet takes for anything but text, in any language: a letter or two and then a
#: reference, or words without a figure. Months have three letters or more, and eras a full stop.
_PLAIN = re.compile(r"[A-Za-z]{1,2}[0-9_-][0-9A-Za-z]*|[A-Za-z]+([_-][A-Za-z]+)+")


def guarded(text: str) -> str:
    """``text`` as a cell that a spreadsheet leaves alone; nothing is a cell that is empty.

    >>> guarded("R-5HFQJQ"), guarded("12e45678"), guarded("=1+1"), guarded("'quoted'")
    ('R-5HFQJQ', "'12e45678", "'=1+1", "''quoted'")
    """
    return text if not text or _PLAIN.fullmatch(text) else MARK + text


def unguarded(cell: str) -> str:
    """The text of a cell, without the apostrophe that may stand before it.

    >>> unguarded("'12e45678"), unguarded("R-5HFQJQ"), unguarded(guarded("'quoted'"))
    ('12e45678', 'R-5HFQJQ', "'quoted'")
    """
    return cell.removeprefix(MARK)


def csv_rows(data: bytes, columns: Collection[str] = ()) -> list[list[str]]:
    """The rows of a CSV file as a spreadsheet saves it: UTF-8 or UTF-16, whatever separates cells.

    Args:
        data: the file; empty lines before its header are passed over.
        columns: some that its header names; none where that is not known.

    Raises:
        ValueError: it cannot be read; the message says why.

    >>> csv_rows("id;month\\r\\nR-1;2026-10\\r\\n".encode("utf-8-sig"), ["id"])
    [['id', 'month'], ['R-1', '2026-10']]
    """
    try:
        text = data.decode("utf-16" if data.startswith(codecs.BOM_UTF16_LE) else "utf-8-sig")
        lines = io.StringIO(text, newline="")
        header_on = itertools.dropwhile(lambda line: not line.strip("\r\n"), lines)
        return list(separated(header_on, columns)[1])
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"cannot be read ({error}); save it as CSV in UTF-8") from None


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
    return mark, csv.reader(itertools.chain(first, rest), delimiter=mark, strict=True)


def _named(first: Iterable[str], mark: str, columns: Collection[str]) -> int:
    """How many of the columns a line names; a header may go on behind it, in quotation marks."""
    try:
        return len({*columns}.intersection(*csv.reader(first, delimiter=mark)))
    except csv.Error:
        return 0
