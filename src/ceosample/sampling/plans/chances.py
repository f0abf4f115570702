"""The chance that a draw holds none of the letters that one would like it to hold, exactly."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from fractions import Fraction
from math import comb

from ceosample.sampling.plans.pool import Pool


def missed(size: int, letters: int, marked: int) -> Fraction:
    """The chance that a simple random sample of ``letters`` holds none of ``marked`` units.

    >>> missed(10, 3, 2)
    Fraction(7, 15)
    """
    if marked > size:  # they cannot all be here
        return Fraction(0)
    return Fraction(comb(size - marked, letters), comb(size, letters))


def missed_everywhere(pools: Sequence[Pool], spread: Sequence[int]) -> Fraction:
    """The chance of holding no marked unit, where strata are sampled apart."""
    chance = Fraction(1)
    for pool, marked in zip(pools, spread, strict=True):
        chance *= missed(pool.size, pool.letters, marked)
    return chance


def worst_miss(pools: Sequence[Pool], marked: int) -> Fraction:
    """The largest chance of drawing none of so many units, however they are spread.

    One more marked unit in a stratum with g of them multiplies the chance of missing them all by
    ``(N - n - g) / (N - g)``, which falls as g grows; so putting each where that is largest is the
    worst there is.
    """
    spread = [0] * len(pools)

    def loss(place: int) -> Fraction:
        """One minus that factor, since a heap gives its smallest."""
        return Fraction(pools[place].letters, pools[place].size - spread[place])

    waiting = [(loss(place), place) for place in range(len(pools))]
    heapq.heapify(waiting)
    for _ in range(marked):
        least, place = waiting[0]
        if least >= 1:
            return Fraction(0)
        spread[place] += 1
        if spread[place] < pools[place].size:
            heapq.heapreplace(waiting, (loss(place), place))
        else:
            heapq.heappop(waiting)
    return missed_everywhere(pools, spread)


def shares(sizes: Sequence[int], marked: int) -> list[int]:
    """So many units spread in proportion to the sizes, rounded by the largest remainders.

    >>> shares([50, 30, 20], 7)
    [4, 2, 1]
    """
    exact = [Fraction(marked * size, sum(sizes)) for size in sizes]
    spread = [int(share) for share in exact]
    by_remainder = sorted(range(len(sizes)), key=lambda i: (spread[i] - exact[i], i))
    for place in by_remainder[: marked - sum(spread)]:
        spread[place] += 1
    return spread


def symmetric_sum(values: Sequence[tuple[int, int]], degree: int) -> Fraction:
    """The sum, over all choices of so many of the fractions, of their products.

    >>> symmetric_sum([(1, 2), (1, 3), (1, 4)], 2)
    Fraction(3, 8)
    """
    # In whole numbers: the coefficient of t**degree in the product of (below + above t).
    sums = [1] + [0] * degree
    whole = 1
    for above, below in values:
        for k in range(degree, 0, -1):
            sums[k] = sums[k] * below + sums[k - 1] * above
        sums[0] *= below
        whole *= below
    return Fraction(sums[degree], whole)
