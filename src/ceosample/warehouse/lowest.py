"""The units with the lowest tickets, without ranking the others.

Tickets are as good as random, so of a stratum of N units about m have one below m / N of the
largest. The engine is asked for those, with m a few more than are wanted; Python ranks them exactly
and, should they be too few, asks again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from ceosample.errors import FrameError
from ceosample.sampling.frames.strata import Stratum, lowest_below
from ceosample.sampling.ticket import Numbered, Ticketed, numbering
from ceosample.warehouse import faults

#: One bound for many strata may bring so many times the rows that they need.
_SPARE: Final = 4

#: What an engine is asked: units and strata whose tickets are below the strata's bounds.
Ask = Callable[[Mapping[Stratum, int]], Iterable[tuple[str, Stratum]]]


def lowest(
    key: str,
    counts: Mapping[Stratum, int],
    sizes: Mapping[Stratum, int],
    ask: Ask,
    column: str,
) -> dict[Stratum, list[Ticketed]]:
    """In each stratum so many units with the lowest tickets, in order; all of a smaller one.

    Args:
        key: the draw key.
        counts: how many are wanted of each stratum.
        sizes: how many it has.
        ask: the engine.
        column: the column of ids, for messages.

    Raises:
        FrameError: the table is not what it was, or the engine's tickets are not ours.
    """
    return lowest_below(
        counts,
        sizes,
        lambda bounds: _below(key, bounds, ask(bounds), column),
        lambda: faults.changed("it has fewer units than were counted"),
    )


def statements(
    bounds: Mapping[Stratum, int], sizes: Mapping[Stratum, int], most: int
) -> Iterator[Mapping[Stratum, int]]:
    """Strata that are asked about in one statement each, the highest bounds first.

    A statement that tells strata their own bounds is about ``most`` of them; one that is about more
    asks with the largest of their bounds everywhere. So the strata of which nearly all is wanted
    are told first, until one bound brings few rows that no stratum needs.

    Args:
        bounds: strata to the numbers that the tickets asked for are below.
        sizes: the number of units in every stratum of the table.
        most: the number of strata that can be told their own bounds in a statement.
    """
    highest = sorted(bounds, key=bounds.__getitem__, reverse=True)
    needed, count = sum(bounds[s] * sizes[s] for s in highest), sum(sizes.values())
    while len(highest) > most and bounds[highest[0]] * count > _SPARE * needed:
        some, highest = highest[:most], highest[most:]
        needed -= sum(bounds[s] * sizes[s] for s in some)
        yield {stratum: bounds[stratum] for stratum in some}
    yield {stratum: bounds[stratum] for stratum in highest}


def _below(
    key: str, bounds: Mapping[Stratum, int], units: Iterable[tuple[str, Stratum]], column: str
) -> dict[Stratum, list[Numbered]]:
    """The units below their bounds, by tickets that are computed here."""
    top = max(bounds.values())
    number_of = numbering(key)
    found: dict[Stratum, list[Numbered]] = {stratum: [] for stratum in bounds}
    for unit_id, stratum in units:
        if stratum not in bounds:
            continue
        digits = number_of(unit_id)
        number = int.from_bytes(digits)
        if number >= top:
            raise FrameError("connection: the engine's SHA-256 is not SHA-256; nothing was drawn")
        if number < bounds[stratum]:  # one bound for all brings many that no stratum needs
            found[stratum].append((digits, unit_id))
    times = Counter(unit_id for numbered in found.values() for _, unit_id in numbered)
    faults.raise_repeats(column, (unit_id for unit_id, count in times.items() if count > 1))
    return found
