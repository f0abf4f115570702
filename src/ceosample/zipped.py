"""Files that are a zip of parts, as office programs write them: unpacked under limits, and dated.

Whoever sends such a file may have made it to harm: a few kilobytes unpack to gigabytes, or two
parts of one name show one program another text than the next.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

import attrs

from ceosample.errors import CeosampleError

#: The most that is unpacked at a time, in bytes.
_PIECE: Final = 2**20

#: What comes of a file that is no zip, is torn, is locked, or is packed in a way of its own.
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError),
    *(NotImplementedError, RuntimeError, OSError),
)

_NOTHING: Final[Mapping[str, bytes]] = MappingProxyType({})


@attrs.frozen
class ZipLimits:
    """A kind of such files, and how much of one is taken.

    Attributes:
        name: what messages call one, ``workbook``.
        save_as: what it is to be saved as where it cannot be opened, ``.xlsx or CSV``.
        error: what a fault is raised as.
        most_bytes: how large it may be.
        most_unpacked: how many bytes all its parts may be together.
        most_parts: how many they may be.
    """

    name: str
    save_as: str
    error: type[CeosampleError]
    most_bytes: int
    most_unpacked: int
    most_parts: int

    @contextlib.contextmanager
    def opened(self, data: bytes, where: str) -> Iterator[dict[str, Iterator[bytes]]]:
        """The parts by name, each in pieces that are unpacked as they are asked for in the block.

        Args:
            data: the file.
            where: what messages call it.

        Raises:
            CeosampleError: the kind's own: it is no zip, too large, or has a part twice.
        """
        if len(data) > self.most_bytes:
            raise self.error(f"{where}: got {len(data)} bytes; give at most {self.most_bytes}")
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield self._parts(archive, where)
        except _BROKEN:
            raise self.error(
                f"{where}: cannot be opened as a {self.name}; save it as {self.save_as}"
            ) from None

    def _parts(self, archive: zipfile.ZipFile, where: str) -> dict[str, Iterator[bytes]]:
        entries = archive.infolist()
        if len(entries) > self.most_parts:
            raise self.error(f"{where}: got {len(entries)} parts; give at most {self.most_parts}")
        room = _Room(self.most_unpacked)
        parts = {entry.filename: self._pieces(archive, entry, room, where) for entry in entries}
        if len(parts) < len(entries):
            raise self.error(f"{where}: a part appears in it twice; save it again")
        return parts

    def _pieces(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: _Room, where: str
    ) -> Iterator[bytes]:
        # What a header says of a size may be a lie; what is read is counted.
        with archive.open(entry) as packed:
            while piece := packed.read(_PIECE):
                room.left -= len(piece)
                if room.left < 0:
                    raise self.error(
                        f"{where}: unpacks to more than {self.most_unpacked} bytes; give a smaller "
                        f"{self.name}"
                    )
                yield piece


@attrs.define
class _Room:
    """The bytes that are left for all parts together."""

    left: int


def dated(data: bytes, date: dt.date, replaced: Mapping[str, bytes] = _NOTHING) -> bytes:
    """The file with its parts in one order and of one date: the same bytes on every machine.

    Args:
        data: a file of our own.
        date: what every part is dated with.
        replaced: parts that are to hold something else, by name.
    """
    made = io.BytesIO()
    stamp = (date.year, date.month, date.day, 0, 0, 0)
    with zipfile.ZipFile(io.BytesIO(data)) as there, zipfile.ZipFile(made, "w") as new:
        # The types come first, as the format asks for; its name sorts before every letter.
        for name in sorted(there.namelist()):
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # else Windows would write other bytes
            part = replaced[name] if name in replaced else there.read(name)
            new.writestr(entry, part, compresslevel=6)
    return made.getvalue()
