"""Under a rotation: where defective letters are hardest to find, as far as a search tells.

If none is called, the open letters miss so many defective ones with the same chance wherever they
are. So the spread matters for the calls alone, whose chance of missing all is the sum, over all
sets of called strata, of the products of ``x = 1 - g/N``. Its ``c``-th root is concave in the
strata's x (M. Marcus and L. Lopes, *Inequalities for symmetric functions and Hermitian matrices*,
1957), so moving letters from one stratum to another leads towards the top and to no lesser peak.
Whole letters may stop a step short of it, and so may a spread under which no miss is possible:
hence *found*, and not *the worst*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.plans.chances import shares

#: So many moves for each stratum are enough by far; there are mostly two or three.
_MOVES: Final = 50


def hardest_found(
    sizes: Mapping[Stratum, int], waiting: Sequence[Stratum], calls: int, marked: int
) -> dict[Stratum, int]:
    """A spread of so many letters over strata that calls hardly find.

    Args:
        sizes: N of each stratum, together at least ``marked``.
        waiting: those that can be called.
        calls: how many of them are called.
        marked: the defective letters.
    """
    names = [stratum for stratum in sizes if stratum in set(waiting)]
    spread, left = dict.fromkeys(sizes, 0), marked
    for stratum in sizes:  # nothing is called in the others, so they take what they can
        if stratum not in names:
            spread[stratum] = min(left, sizes[stratum])
            left -= spread[stratum]
    counts = [sizes[stratum] for stratum in names]
    if names:
        moved = _climbed(counts, shares(counts, left), calls)
        spread |= dict(zip(names, moved, strict=True))
    return spread


def _climbed(sizes: Sequence[int], spread: list[int], calls: int) -> list[int]:
    """The spread after moves that each make all letters harder to find. Floats only guide it."""
    for _ in range(_MOVES * len(sizes)):
        sound = [1 - count / size for count, size in zip(spread, sizes, strict=True)]
        slopes = [
            rest / size for rest, size in zip(_without_each(sound, calls - 1), sizes, strict=True)
        ]
        places = range(len(sizes))
        source = max((i for i in places if spread[i]), key=lambda i: (slopes[i], i), default=None)
        target = min(
            (i for i in places if spread[i] < sizes[i]), key=lambda i: (slopes[i], i), default=None
        )
        if source is None or target is None or slopes[source] <= slopes[target]:
            break
        others = [x for i, x in enumerate(sound) if i not in (source, target)]
        step = _best_step(sizes, spread, source, target, _sums(others, calls))
        if step < 1:
            break
        spread[source] -= step
        spread[target] += step
    return spread


def _best_step(
    sizes: Sequence[int], spread: Sequence[int], source: int, target: int, others: Sequence[float]
) -> int:
    """How many letters to move: the chance is ``a x y + b (x + y)`` and more in these two's x."""
    calls = len(others) - 1
    a, b = (others[calls - 2] if calls > 1 else 0.0), others[calls - 1]
    n, m = sizes[source], sizes[target]
    x, y = 1 - spread[source] / n, 1 - spread[target] / m
    most = min(spread[source], m - spread[target])
    rise = a * (y / n - x / m) + b * (1 / n - 1 / m)
    bend = 2 * a / (n * m)
    return most if rise >= bend * most else int(rise / bend + 0.5)


def _sums(values: Sequence[float], degree: int) -> list[float]:
    """The elementary symmetric sums of degree 0 to ``degree``."""
    sums = [1.0] + [0.0] * degree
    for value in values:
        for k in range(degree, 0, -1):
            sums[k] += sums[k - 1] * value
    return sums


def _without_each(values: Sequence[float], degree: int) -> list[float]:
    """The sum of so high a degree, each time without one of the values."""
    sums = _sums(values, degree)
    found = []
    for value in values:
        rest = 0.0
        for total in sums:
            rest = total - value * rest
        found.append(rest)
    return found
