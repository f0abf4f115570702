"""The lines of a manifest as they come out of an engine: in order, each id once, the same bytes."""

from __future__ import annotations

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
