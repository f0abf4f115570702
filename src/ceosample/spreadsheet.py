"""Cells that go through a spreadsheet and come back as they were.

A spreadsheet that opens a CSV file runs ``=1+1``, adds up ``12e45678`` to the largest number it
knows, drops the zeros of ``00012345`` and makes a day of ``JAN-1``. An apostrophe before a cell
keeps it text: typed by hand or by a scanner it is taken for a mark, read from a file it stays.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import Final

MARK: Final = "'"

#: What spreadsheets put between cells, by language; none of these is in a column's name.
SEPARATORS: Final = ("\t", ";", ",")

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


def csv_rows(data: bytes) -> list[list[str]]:
    """The rows of a CSV file as a spreadsheet saves it: UTF-8 or UTF-16, whatever separates cells.

    Raises:
        ValueError: it cannot be read; the message says why.

    >>> csv_rows("id;month\\r\\nR-1;2026-10\\r\\n".encode("utf-8-sig"))
    [['id', 'month'], ['R-1', '2026-10']]
    """
    try:
        text = data.decode("utf-16" if data.startswith(codecs.BOM_UTF16_LE) else "utf-8-sig")
        first = next((line for line in text.splitlines() if line), "")
        separator = next((mark for mark in SEPARATORS if mark in first), ",")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"cannot be read ({error}); save it as CSV in UTF-8") from None
