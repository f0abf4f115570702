"""Bounds for any number of strata at once: never sharper than the exact ones, and quick.

For z from 0 to 1, ``P(T <= t) <= E[z**T] / z**t``, and the largest ``E[z**T]`` over all ways to
spread the defects is a sort of increments. For z above 1 the same holds of ``P(T >= t)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import exp, log

import numpy as np

from ceosample.inference.cells import Cell
from ceosample.sampling.plans.generating import Wholes, in_order, increments

#: What rounding may do to a logarithm; a bound is given away by as much.
_ROUNDING = 1e-9

#: The largest logarithm of a power that is tried.
_LARGEST = 600

#: Rates of falling that are tried: each power of so much, then finer about the best.
_RATES = [2.0**power for power in range(-16, 9)]


def coarse_most(cells: Sequence[Cell], risk: Fraction) -> tuple[int, Wholes]:
    """A number that the most are not above, and the strata of the worst defects in order."""
    return _best(cells, risk, sign=-1)


def coarse_fewest(cells: Sequence[Cell], risk: Fraction) -> tuple[int, Wholes]:
    """A number that the fewest are not below, and the strata of the worst defects in order."""
    return _best(cells, risk, sign=1)


def _best(cells: Sequence[Cell], risk: Fraction, sign: int) -> tuple[int, Wholes]:
    scale = max(cell.size / cell.drawn for cell in cells)
    found = sum(cell.size / cell.drawn / scale * cell.found for cell in cells)
    tried: dict[float, tuple[int, Wholes]] = {}

    def at(rate: float) -> int:
        if rate not in tried:
            tried[rate] = _with_rate(cells, risk, scale, found, sign * rate)
        return -sign * tried[rate][0]

    centre = min(_RATES, key=at)
    for finer in (2**0.5, 2**0.25, 2**0.125):
        centre = min((centre / finer, centre, centre * finer), key=at)
    return tried[centre]


def _with_rate(
    cells: Sequence[Cell], risk: Fraction, scale: float, found: float, rate: float
) -> tuple[int, Wholes]:
    """The bound with ``z = exp(rate * weight)``, weights in parts of the largest."""
    if rate * max(cell.size / scale for cell in cells) > _LARGEST:
        return 0, np.zeros(0, np.int64)  # beyond what floats hold: nothing is said
    powers = [exp(rate * cell.size / cell.drawn / scale) for cell in cells]
    steps, homes = in_order(
        [increments(c.size, c.drawn, z) for c, z in zip(cells, powers, strict=True)]
    )
    evidence = np.r_[0.0, np.cumsum(steps)] - rate * found
    explains = np.flatnonzero(evidence > log(risk) - _ROUNDING)
    # The evidence falls with more defects for z below 1, and grows for z above.
    if rate < 0:
        defects = int(explains[-1]) if len(explains) else 0
    else:
        defects = int(explains[0]) if len(explains) else len(homes)
    return defects, homes
