"""The lines of a manifest as they come out of an engine: in order, each id once, the same bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator

from ceosample.errors import FrameError
from ceosample.warehouse import faults
from ceosample.warehouse.engine import Block, Buffer


def lines_of(blocks: Iterable[Block], column: str) -> Iterator[Buffer]:
    """The bytes of the lines; they are in the order of their ids, so equal ids are neighbours.

    Args:
        blocks: what the engine gives.
        column: the column of ids, for messages.

    Raises:
        FrameError: every id that stands twice; an order that is not that of the ids' bytes.
    """
    last: str | None = None
    repeated: list[str] = []
    ordered = True
    for block in blocks:
        repeated += block.repeated
        if block.first == last:
            repeated.append(block.first)
        ordered &= block.ascending and (last is None or last < block.first)
        last = block.last
        yield block.data
    faults.raise_repeats(column, repeated)
    if not ordered:
        raise FrameError(
            f"column {column!r}: the engine does not sort by the bytes of ids; no manifest was made"
        )


class Pieces:
    """A file's lines in pieces that come in any order, in a file without a name on this machine.

    Nobody else can open it, and its place on the disk is free once it is closed or this process is
    over. Lines are given in the order of the pieces' lowest ids, behind a header.
    """

    def __init__(self, header: bytes) -> None:
        self._header = header
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - the frame closes it
        self._places: list[tuple[str, int, int]] = []

    def put(self, pieces: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
        """Keep pieces, each with its lowest id; their lines, once they are kept."""
        for lowest, data in pieces:
            self._places.append((lowest, self._file.tell(), len(data)))
            self._file.write(data)
            yield data
        self._places.sort()

    def __call__(self) -> Iterator[bytes]:
        """The bytes of the whole file.

        Raises:
            FrameError: it is closed.
        """
        yield self._header
        for _, place, size in self._places:
            if self._file.closed:
                raise FrameError("table: the frame is closed; save the draw before you close it")
            self._file.seek(place)
            yield self._file.read(size)

    def close(self) -> None:
        """Give the file up."""
        self._file.close()
