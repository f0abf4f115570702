"""The encoding of a text file: as its first bytes say, as it is named, or UTF-8; and where not."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import BinaryIO, Final

from ceosample.got import got
from ceosample.spreadsheet import csv_lines, separated

#: So many bytes are read at once.
_CHUNK: Final = 1 << 20

_UTF_8: Final = "utf-8-sig"

#: What some programs write first, and the encoding that it says.
_MARKS: Final = {
    codecs.BOM_UTF8: _UTF_8,
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

#: Encodings of Python's that are no files', or another one on each machine.
_NO_FILES: Final = {
    *("idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"),
    *("mbcs", "oem", "hz"),
}

#: Two bytes that are one letter in UTF-8, and two in an encoding of one byte a letter.
_TWO_BYTES: Final = "é".encode()


def encoding_of(first: bytes, named: str | None = None) -> str:
    """The encoding of a file.

    Args:
        first: its first bytes. A byte order mark says what it is, whatever was named.
        named: the encoding that was asked for by name; None for UTF-8.

    >>> encoding_of(b"\\xff\\xfei\\0d\\0"), encoding_of(b"id", "cp1252"), encoding_of(b"id")
    ('utf-16', 'cp1252', 'utf-8-sig')
    """
    marked = (encoding for mark, encoding in _MARKS.items() if first.startswith(mark))
    return next(marked, named or _UTF_8)


def fault_in_encoding(name: object) -> str | None:
    """What is wrong with the name of an encoding; None if this Python knows it.

    >>> fault_in_encoding("cp1252"), fault_in_encoding("windows-1252")
    (None, None)
    >>> fault_in_encoding("ansi")
    "got 'ansi'; give an encoding such as cp1252, iso-8859-15 or utf-16"
    """
    return (
        None
        if is_encoding(name)
        else (f"{got(name)}; give an encoding such as cp1252, iso-8859-15 or utf-16")
    )


def is_encoding(name: object) -> bool:
    """Whether it is the name of an encoding that a file can have."""
    if not isinstance(name, str) or not name.isascii():
        return False
    try:
        found = codecs.lookup(name)
        return found.name not in _NO_FILES and isinstance("a".encode(name), bytes)
    except (LookupError, ValueError):
        return False


def fault_of_bytes(
    opened: Callable[[], AbstractContextManager[BinaryIO]],
    named: str | None,
    *,
    can_be_named: bool = True,
) -> str | None:
    """Where a CSV file is not in its encoding, and what to do; None if it is.

    Args:
        opened: opens the file, each time from its beginning.
        named: the encoding that was asked for by name; None for UTF-8.
        can_be_named: whether there is a place where it is named.
    """
    with opened() as file:
        first = file.read(4)
    encoding = encoding_of(first, named)
    place = _first_fault(opened, encoding)
    if place is not None:
        byte = f"the byte 0x{_byte_at(opened, place):02X}"
        what = "UTF-8" if encoding == _UTF_8 else encoding
        name_it = ', or name its encoding, such as encoding = "cp1252"' if can_be_named else ""
        if named is not None:
            name_it = ", or name the encoding that it has"
        return (
            f"{_row_of(opened, encoding, place)}: got {byte}, which is not {what}; save it as CSV "
            f"in UTF-8{name_it}"
        )
    if encoding != named or not _is_of_single_bytes(encoding):
        return None
    place = _first_fault(opened, "ascii")
    if place is None or _first_fault(opened, _UTF_8) is not None:
        return None
    with opened() as file:
        file.read(place)
        letter = file.read(4).decode("utf-8", "ignore")[0]
    # In capitals with a curly apostrophe, CAFÉ’S, two bytes of cp1252 are one letter of UTF-8 too.
    # An é of UTF-8 is an Ã before a sign, which no language writes.
    if not ("\u0080" <= letter <= "\u00ff" or "\u2010" <= letter <= "\u20ac"):
        return None
    where = _row_of(opened, _UTF_8, place)
    return f"{where}: got UTF-8, and {encoding} was named; remove encoding"


def csv_rows(
    data: bytes,
    columns: Collection[str] = (),
    encoding: str | None = None,
    *,
    can_be_named: bool = True,
) -> list[list[str]]:
    """The rows of a CSV file as a spreadsheet saves it, whatever separates cells.

    Args:
        data: the file; empty lines before its header are passed over.
        columns: some that its header names; none where that is not known.
        encoding: the one that was asked for by name; None for UTF-8, or UTF-16 by its first bytes.
        can_be_named: whether there is a place where it is named.

    Raises:
        ValueError: it cannot be read; the message says why.

    >>> csv_rows("id;month\\r\\nR-1;2026-10\\r\\n".encode("utf-8-sig"), ["id"])
    [['id', 'month'], ['R-1', '2026-10']]
    """
    fault = fault_of_bytes(lambda: io.BytesIO(data), encoding, can_be_named=can_be_named)
    if fault is not None:
        raise ValueError(fault)
    text = data.decode(encoding_of(data, encoding))
    lines = io.StringIO(text, newline="")
    header_on = itertools.dropwhile(lambda line: not line.strip("\r\n"), lines)
    try:
        return list(separated(header_on, columns)[1])
    except csv.Error as error:
        raise ValueError(f"cannot be read ({error}); save it as CSV in UTF-8") from None


def _is_of_single_bytes(encoding: str) -> bool:
    try:
        return len(_TWO_BYTES.decode(encoding)) == 2
    except UnicodeDecodeError:
        return False


def _first_fault(
    opened: Callable[[], AbstractContextManager[BinaryIO]], encoding: str
) -> int | None:
    """The place of the first byte that is not in an encoding, counted from 0."""
    decoder = codecs.getincrementaldecoder(encoding)()
    at = 0
    with opened() as file:
        while True:
            piece = file.read(_CHUNK)
            waiting = len(decoder.getstate()[0])
            try:
                decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                return at - waiting + error.start
            if not piece:
                return None
            at += len(piece)


def _byte_at(opened: Callable[[], AbstractContextManager[BinaryIO]], place: int) -> int:
    with opened() as file:
        file.read(place)
        return file.read(1)[0]


def _row_of(
    opened: Callable[[], AbstractContextManager[BinaryIO]], encoding: str, place: int
) -> str:
    """The row of a byte, and which byte of the file it is; rows are counted below the header."""
    with opened() as file:
        text = file.read(place).decode(encoding, "ignore")
    lines = io.StringIO(f"{text}.", newline="")
    mark, _ = separated([text.partition("\n")[0]], ())
    rows = sum(1 for row in csv_lines(lines, mark, strict=False) if row)
    row = f"row {rows - 1}" if rows > 1 else "the header"
    return f"{row}, byte {place + 1}"
