"""The chance that a draw holds none of the letters that one would like it to hold, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm, perm

from ceosample.sampling.plans.pool import Pool


def missed(size: int, letters: int, marked: int) -> Fraction:
    """The chance that a simple random sample of ``letters`` holds none of ``marked`` units.

    >>> missed(10, 3, 2)
    Fraction(7, 15)
    """
    if marked > size:  # they cannot all be here
        return Fraction(0)
    # Drawn and marked units can change places: the product of fewer factors is the same.
    few, many = sorted((letters, marked))
    return Fraction(perm(size - many, few), perm(size, few))


def missed_everywhere(pools: Sequence[Pool], spread: Sequence[int]) -> Fraction:
    """The chance of holding no marked unit, where strata are sampled apart."""
    chance = Fraction(1)
    for pool, marked in zip(pools, spread, strict=True):
        chance *= missed(pool.size, pool.letters, marked)
    return chance


def worst_miss(pools: Sequence[Pool], marked: int) -> Fraction:
    """The largest chance of drawing none of so many units, however they are spread.

    One more marked unit in a stratum multiplies the chance of missing them all by ``1 - n / m``, m
    being its units that are not marked yet. So each goes where ``m / n`` is largest.
    """
    if marked > sum(pool.size - pool.letters for pool in pools):
        return Fraction(0)
    if marked <= sum(pool.size for pool in pools if not pool.letters):
        return Fraction(1)
    return missed_everywhere(pools, _hardest_spread(pools, marked))


def _hardest_spread(pools: Sequence[Pool], marked: int) -> list[int]:
    """So many units where ``m / n`` is largest, in one question to all strata at a time.

    All ``m / n`` are whole multiples of one over the least common multiple of the letters. So the
    smallest that is still taken is found by bisection, and those that equal it fill up.
    """
    common = lcm(*(pool.letters for pool in pools if pool.letters))

    def taken(least: int) -> list[int]:
        """The units of each stratum with ``m / n >= least / common``; not its last n."""
        return [
            pool.size - max(-(-pool.letters * least // common) - 1, pool.letters)
            if pool.letters * least <= pool.size * common
            else 0
            for pool in pools
        ]

    low, high = common, common * (1 + max(pool.size for pool in pools))
    while high - low > 1:
        middle = (low + high) // 2
        if sum(taken(middle)) >= marked:
            low = middle
        else:
            high = middle
    spread, most = taken(high), taken(low)
    left = marked - sum(spread)
    for place, count in enumerate(spread):
        more = min(left, most[place] - count)
        spread[place] += more
        left -= more
    return spread


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
