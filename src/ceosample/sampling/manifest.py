"""The bytes of ``manifest.csv`` and ``exclusions.csv``, and the way back from them.

UTF-8, LF line ends, a field quoted only if it holds a comma or a quotation mark, rows sorted by the
bytes of the id: one table has one file, so its digest names it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from ceosample.errors import RecordError

#: So many rows make one chunk of bytes.
CHUNK = 8192


def rows_to_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The file's bytes in chunks of some thousand rows.

    >>> b"".join(rows_to_csv(["unit_id", "Product"], [("7", 'Loans, "old"')])).decode()
    'unit_id,Product\\n7,"Loans, ""old""\"\\n'
    """
    lines = [_line(header)]
    for row in rows:
        lines.append(_line(row))
        if len(lines) == CHUNK:
            yield "".join(lines).encode()
            lines = []
    yield "".join(lines).encode()


def csv_to_rows(data: bytes, name: str) -> list[list[str]]:
    """Every row of the file, the header first.

    Raises:
        RecordError: the bytes are not those that :func:`rows_to_csv` gives for these rows.
    """
    try:
        text = data.decode()
        # A strict reader of LF lines; what it lets through is compared with our own bytes below.
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise RecordError(f"{name}: cannot be read ({error})") from None
    if not rows or b"".join(rows_to_csv(rows[0], rows[1:])) != data:
        raise RecordError(f"{name}: {_first_odd_line(text, rows)}")
    for number, row in enumerate(rows, 1):
        if not row or len(row) != len(rows[0]):
            raise RecordError(
                f"{name}: line {number} has {len(row)} fields, the header {len(rows[0])}"
            )
    ids = [row[0] for row in rows[1:]]
    for number, (before, after) in enumerate(pairwise(ids), 3):
        if before >= after:
            what = "repeats an id" if before == after else "is out of order"
            raise RecordError(f"{name}: line {number} {what}; rows are sorted by the id's bytes")
    return rows


def _first_odd_line(text: str, rows: list[list[str]]) -> str:
    lines = text.split("\n")
    for number, (line, row) in enumerate(zip(lines, rows, strict=False), 1):
        if f"{line}\n" != _line(row):
            return f"line {number} is not written as the specification has it"
    return "the file does not end with one line feed"


def _line(row: Sequence[str]) -> str:
    return ",".join(map(_field, row)) + "\n"


def _field(text: str) -> str:
    if "," in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text
