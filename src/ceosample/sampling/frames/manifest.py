"""The bytes of ``manifest.csv`` and ``exclusions.csv``, and the way back from them.

UTF-8, LF line ends, a field quoted only if it holds a comma or a quotation mark, rows sorted by the
bytes of the id: one table has one file, so its digest names it.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import lt

from ceosample.errors import RecordError
from ceosample.files import Contents, chunks_of
from ceosample.spreadsheet import csv_lines

#: So many rows make one chunk of bytes.
CHUNK = 8192

#: The longest field, in characters: no verdict depends on what a process set for other files.
LONGEST_FIELD = 131072


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
    """Every row of the file, the header first; errors as :func:`batches_of` has them."""
    return [row for batch in batches_of(data, name) for row in batch]


def batches_of(data: Contents, name: str) -> Iterator[list[list[str]]]:
    """The rows of the file as they come, the header first; no more than a batch is ever held.

    Nothing is given from a fault on, but the file is read to its end, for what is said of it does
    not depend on where a batch ends.

    Raises:
        RecordError: the bytes are not those that :func:`rows_to_csv` gives for rows of ascending
            ids, all as wide as the header.
    """
    pieces = _pieces(data, name)
    form = _Form(name)
    try:
        for written in _rows(pieces):
            if form.holds(written):
                yield [row for _, row in written]
    except csv.Error as error:
        deque(pieces, maxlen=0)  # bytes that are no text are the worse fault
        raise RecordError(f"{name}: cannot be read ({error})") from None
    form.require()


def digest_of(chunks: Iterable[bytes | memoryview]) -> str:
    """The SHA-256 of a file that comes in chunks."""
    state = hashlib.sha256()
    for chunk in chunks:
        state.update(chunk)
    return state.hexdigest()


def kept(
    chunks: Iterable[bytes | memoryview], digest: str, changed: Callable[[], Exception]
) -> Iterator[bytes]:
    """The chunks of a file, and at their end an error if they are not those that were hashed."""
    state = hashlib.sha256()
    for chunk in chunks:
        state.update(chunk)
        yield bytes(chunk)
    if state.hexdigest() != digest:
        raise changed()


class _Form:
    """What is wrong with the rows of a file; of each kind of fault the first."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0
        self._width = 0
        self._last = ""
        self._written: str | None = None
        self._fields: str | None = None
        self._order: str | None = None

    def holds(self, written: Sequence[tuple[str | None, list[str]]]) -> bool:
        """Take a batch: each row's text, if it could be another than ours, and its fields."""
        if self._count > 1 and self._goes_on(written):
            self._count += len(written)
            self._last = written[-1][1][0]
        else:
            self._look(written)
        return self._fault is None

    def _goes_on(self, written: Sequence[tuple[str | None, list[str]]]) -> bool:
        """Whether there is nothing to look at row by row."""
        forms = {(text is None, len(row)) for text, row in written}
        if forms != {(True, self._width)} or self._width == 0:
            return False
        ids = [self._last, *(row[0] for _, row in written)]
        return all(map(lt, ids, ids[1:]))

    def _look(self, written: Sequence[tuple[str | None, list[str]]]) -> None:
        for text, row in written:
            self._count += 1
            if self._count == 1:
                self._width = len(row)
            if text is not None and self._written is None:
                self._written = self._fault_of_text(text, row)
            if len(row) != self._width or not row:
                self._fields = self._fields or (
                    f"line {self._count} has {len(row)} fields, the header {self._width}"
                )
            elif self._count > 1:
                if self._last >= row[0] and self._count > 2 and self._order is None:
                    what = "repeats an id" if self._last == row[0] else "is out of order"
                    self._order = f"line {self._count} {what}; rows are sorted by the id's bytes"
                self._last = row[0]

    @property
    def _fault(self) -> str | None:
        return self._written or self._fields or self._order

    def require(self) -> None:
        """Raise if there was a fault; the file is at its end."""
        fault = self._fault if self._count else _NO_LINE_FEED
        if fault is not None:
            raise RecordError(f"{self._name}: {fault}")

    def _fault_of_text(self, text: str, row: list[str]) -> str | None:
        if text == _line(row):
            return None
        if f"{text}\n" == _line(row):
            return _NO_LINE_FEED
        return f"line {self._count} is not written as the specification has it"


_NO_LINE_FEED = "the file does not end with one line feed"


def _pieces(data: Contents, name: str) -> Iterator[str]:
    """The text, in pieces that end where a line does."""
    start, rest = 0, b""
    for chunk in chunks_of(data):
        whole, line_feed, tail = (rest + chunk).rpartition(b"\n")
        if line_feed:
            yield _decoded(whole + line_feed, start, name)
            start += len(whole) + 1
        rest = tail
    if rest:
        yield _decoded(rest, start, name)


def _decoded(data: bytes, start: int, name: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        first, last = start + error.start, start + error.end - 1
        what = f"byte 0x{data[error.start]:02x} in position {first}"
        what = what if first == last else f"bytes in position {first}-{last}"
        raise RecordError(
            f"{name}: cannot be read ('utf-8' codec can't decode {what}: {error.reason})"
        ) from None


def _rows(pieces: Iterator[str]) -> Iterator[list[tuple[str | None, list[str]]]]:
    """Rows in batches, each with its text where that could be another than ours."""
    for piece in pieces:
        lines = piece.split("\n")
        plain = not lines.pop() and '"' not in piece and "\r" not in piece
        if plain and max(map(len, lines)) <= LONGEST_FIELD:
            yield [(None, line.split(",") if line else []) for line in lines]
        else:
            yield [*_read(piece, pieces)]


def _read(piece: str, pieces: Iterator[str]) -> Iterator[tuple[str, list[str]]]:
    """Text and fields of each row by a strict reader, which may want more within quotes."""
    waiting = deque(io.StringIO(piece, newline=""))
    taken: list[str] = []

    def lines() -> Iterator[str]:
        while waiting or (more := next(pieces, None)) is not None:
            if not waiting:
                waiting.extend(io.StringIO(more, newline=""))
            taken.append(waiting.popleft())
            yield taken[-1]

    reader = csv_lines(lines(), at_once=1)  # so that what is taken is this row's
    while waiting:
        row = next(reader)
        if max(map(len, row), default=0) > LONGEST_FIELD:
            raise csv.Error(f"field larger than field limit ({LONGEST_FIELD})")
        yield "".join(taken), row
        taken.clear()


def _line(row: Sequence[str]) -> str:
    return ",".join(map(field, row)) + "\n"


def field(text: str) -> str:
    """A text as a field: in quotation marks only if it holds one, or a comma."""
    if "," in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def has_content(header: Sequence[str]) -> bool:
    """Whether the last column of a manifest commits to the letters' contents."""
    return header[-1] == "content"
