"""A large table in slices by its ids, of which an engine sorts one at a time.

An engine that runs in this process sorts in its memory, and what it does when that is not enough
differs: so it is never asked for more lines at once than take a fixed number of bytes. Where the
slices begin is read off a sample, the ids with the lowest tickets under a key of no other use: a
sample as good as random, and the same each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from ceosample.sampling.ticket import TICKETS

#: So many rows are one slice, however long their ids are.
FEW: Final = 100_000

#: About so many ids are in the sample.
SAMPLE: Final = 16_384

#: The key under which ids are in the sample.
KEY: Final = "0" * 32

#: The lowest id of a slice, and one above its highest; None where the table ends.
Slice: TypeAlias = "tuple[str | None, str | None]"


def slices(
    size: int, count: int, beside: int, sample: Callable[[int], Iterable[str]]
) -> Sequence[Slice]:
    """The slices of a table, in order; together they are all of it.

    Args:
        size: about the number of bytes in the ids and lines of a slice.
        count: its number of rows.
        beside: the number of bytes that all its lines have beside their ids.
        sample: the ids whose tickets under ``KEY`` are below a number.
    """
    if count <= FEW:
        return [(None, None)]
    ids = sorted(sample(TICKETS * min(SAMPLE, count) // count))
    width = 2 * sum(len(unit_id.encode()) for unit_id in ids) / max(1, len(ids))
    number = int((count * width + beside) // size) + 1
    edges = dict.fromkeys(ids[len(ids) * place // number] for place in range(1, number) if ids)
    return [*pairwise([None, *edges, None])]
