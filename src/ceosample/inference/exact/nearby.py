"""A good way to spread defects, found by moving them between two strata at a time.

It proves nothing about others: it is what a bound is certified against, by its exact chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from ceosample.inference.exact.sums import Sums
from ceosample.sampling.plans.generating import Floats, in_order, increments

#: Moves that gain less are rounding.
_GAIN = 1e-13

#: Between more strata than this nothing is moved: there are too many pairs.
_MOST_CELLS = 24

#: So many rounds over all pairs; they end by themselves long before.
_ROUNDS = 30


def starts(sums: Sums, defects: int, *, heaviest: bool = False) -> Iterator[list[int]]:
    """Ways to begin with: where none would be found, then with the lightest strata full.

    Args:
        sums: the strata, lightest first.
        defects: how many to spread.
        heaviest: whether the heaviest strata are full instead, where defects show most.
    """
    order = in_order([increments(cell.size, cell.drawn, 0.0) for cell in sums.cells])[1]
    places = range(len(sums.cells))
    for count in places:
        full = places[len(places) - count :] if heaviest else places[:count]
        spread = [cell.size if place in full else 0 for place, cell in enumerate(sums.cells)]
        rest = defects - sum(spread)
        if rest < 0:
            break
        homes = order[~np.isin(order, full)][:rest]
        yield (np.bincount(homes, minlength=len(spread)) + spread).tolist()
    if heaviest:  # as many as there is room for, from the heaviest on
        yield _filled(sums, defects)


def _filled(sums: Sums, defects: int) -> list[int]:
    spread: list[int] = []
    for cell in reversed(sums.cells):
        spread.append(min(cell.size, defects - sum(spread)))
    return spread[::-1]


def improved(sums: Sums, spread: Sequence[int], *, largest: bool) -> list[int]:
    """The way with defects moved between pairs of strata, as long as that helps."""
    found, sign = list(spread), 1 if largest else -1
    if len(found) > _MOST_CELLS:
        return found
    for _ in range(_ROUNDS):
        moved = False
        for a, b in combinations(range(len(found)), 2):
            both = found[a] + found[b]
            if both:
                low = max(0, both - sums.cells[b].size)
                chances = sign * _along(sums, found, a, b, low)
                best = int(np.argmax(chances))
                if chances[best] > chances[found[a] - low] + _GAIN:
                    found[a], found[b], moved = low + best, both - low - best, True
        if not moved:
            break
    return found


def _along(sums: Sums, spread: Sequence[int], a: int, b: int, low: int) -> Floats:
    """The chance to stay within the total for each share that the first of two strata can have."""
    chances = sums.distribution(spread, without=(a, b))
    left = (
        sums.within
        - sums.weights[a] * np.arange(sums.cells[a].drawn + 1)[:, None]
        - sums.weights[b] * np.arange(sums.cells[b].drawn + 1)[None, :]
    )
    column = np.searchsorted(sums.all, left, side="right")
    others = np.r_[0.0, chances][column]
    both = spread[a] + spread[b]
    first = np.arange(low, min(sums.cells[a].size, both) + 1)
    mixed = sums.tables[a][first] @ others
    return np.asarray((mixed * sums.tables[b][both - first]).sum(axis=1), dtype=np.float64)
