"""A zip whose bytes follow from its files alone, and that is read in no other form.

Nothing in it is compressed: compressed bytes differ from one release of zlib to the next, and what
is not compressed cannot unpack to more than it is. Whoever sends such a file may have made it to
harm, so it is read by what its headers say and then made again: a second list of names, another
order, a hidden part or a path that leads elsewhere gives other bytes.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Mapping
from typing import Final

from ceosample.errors import RecordError
from ceosample.text import counted, quoted

#: The most bytes of a file of evidence.
LARGEST: Final = 50_000_000

#: The most files in one.
_MOST_FILES: Final = 20_000

#: The earliest date that a zip can have.
_DATE: Final = (1980, 1, 1, 0, 0, 0)

#: What stands before each file: signature, version, flags, method, time, date, CRC, two sizes, and
#: the lengths of its name and of what follows the name.
_HEADER: Final = struct.Struct("<4s5H3I2H")
_BEGINS: Final = b"PK\3\4"

#: Names of folders and files that mean the same on every system.
_NAME: Final = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")
_LONGEST_NAME: Final = 200


def packed(files: Mapping[str, bytes]) -> bytes:
    """The zip of these files by name: in order, of one date, not compressed.

    >>> packed({"b": b"2", "a": b"1"}) == packed({"a": b"1", "b": b"2"})
    True
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system = 0  # else Windows would write other bytes
            archive.writestr(entry, files[name])
    return made.getvalue()


def unpacked(data: bytes, where: str) -> dict[str, bytes]:
    """The files in such a zip, by name.

    Args:
        data: the zip.
        where: what messages call it.

    Raises:
        RecordError: it is larger than it may be, or not to the byte as :func:`packed` writes it.
    """
    if len(data) > LARGEST:
        raise RecordError(f"{where}: got {len(data)} bytes; give at most {LARGEST}")
    found: dict[str, bytes] = {}
    place = 0
    while data.startswith(_BEGINS, place) and len(found) <= _MOST_FILES:
        name, start, end = _entry(data, place, where)
        found[name] = data[start:end]
        place = end
    if len(found) > _MOST_FILES:
        raise RecordError(f"{where}: got more than {_MOST_FILES} files; give a shorter range")
    _require_names(found, where)
    if not found or packed(found) != data:
        raise RecordError(
            f"{where}: not a file that 'ceosample evidence' wrote; give it as it was handed over, "
            "not packed again"
        )
    return found


def _entry(data: bytes, place: int, where: str) -> tuple[str, int, int]:
    """A file's name, where it begins, and where it ends."""
    if len(data) < place + _HEADER.size:
        raise RecordError(f"{where}: ends in the middle; give the whole file")
    header = _HEADER.unpack_from(data, place)
    method, size, length, more = header[3], header[8], header[9], header[10]
    start = place + _HEADER.size + length
    if method != zipfile.ZIP_STORED or header[7] != size or more:
        raise RecordError(
            f"{where}: its files are compressed; give it as it was handed over, not packed again"
        )
    if start + size > len(data):
        raise RecordError(f"{where}: ends in the middle; give the whole file")
    # Other letters than ASCII's are refused with the name, below.
    name = data[place + _HEADER.size : start].decode("ascii", "replace")
    return name, start, start + size


def _require_names(found: Mapping[str, bytes], where: str) -> None:
    """Raise unless each name is one that no system reads as another."""
    wrong = [n for n in found if len(n) > _LONGEST_NAME or not _NAME.fullmatch(n)]
    if wrong:
        raise RecordError(
            f"{where}: {counted(len(wrong), 'name')} of files that no evidence has, "
            f"{quoted(wrong[0], 80)} first; open nothing of it, and ask who made it"
        )
    folded = {name.casefold() for name in found}
    folders = {name[:at] for name in folded for at in range(len(name)) if name[at] == "/"}
    if len(folded) < len(found) or folders & folded:
        raise RecordError(f"{where}: two of its names are one on many systems; ask who made it")
