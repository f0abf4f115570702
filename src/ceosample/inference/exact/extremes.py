"""The most and the fewest defects that explain what was found."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import attrs
import numpy as np

from ceosample.inference.cells import Cell
from ceosample.inference.exact import hypergeometric
from ceosample.inference.exact.coarse import coarse_fewest, coarse_most
from ceosample.inference.exact.prospects import steps_needed
from ceosample.inference.exact.search import Search
from ceosample.inference.exact.sums import Sums
from ceosample.sampling.plans.clean import most_if_none
from ceosample.sampling.plans.generating import Wholes

#: Steps that the exact search may take before its first look; beyond them a bound is a coarser one.
MOST_STEPS: Final = 2 * 10**8

#: What rounding may do to a chance, in parts of it; a way that is nearer to the line is not used.
_ROUNDING: Final = 1e-9


@attrs.frozen
class Extreme:
    """The most defects, or the fewest, and how sure that is.

    Attributes:
        defects: no more, or no fewer, explain what was found.
        spread: the defects of each stratum, in the order that the strata were given: a way that
            explains it, with as many or nearly as many.
    """

    defects: int
    spread: tuple[int, ...]

    @property
    def slack(self) -> int:
        """By how much it may be off: 0 where it is exact."""
        return abs(self.defects - sum(self.spread))


def most_defects(cells: Sequence[Cell], risk: Fraction) -> Extreme:
    """The most defects with which so small a total has a chance above the risk.

    Args:
        cells: strata of which some letters were drawn and others were not.
        risk: above 0 and below 1.
    """
    if not cells:
        return _certain([])
    if len(cells) == 1:
        only = cells[0]
        return _certain([hypergeometric.most(int(only.found), only.size, only.drawn, risk)])
    if not any(cell.found for cell in cells):
        return _certain(most_if_none([(cell.size, cell.drawn) for cell in cells], risk))
    sums = Sums.of(cells)
    high, order = coarse_most(sums.cells, risk)
    if steps_needed(sums, high, MOST_STEPS) > MOST_STEPS:
        return Extreme(high, sums.as_given(cells, _nearest(sums, order, risk, high)))
    search = Search(sums, risk, largest=True, limit=high)
    last, way = search.run([0] * len(cells))
    return Extreme(last, sums.as_given(cells, way))


def fewest_defects(cells: Sequence[Cell], risk: Fraction) -> Extreme:
    """The fewest defects with which so large a total has a chance above the risk.

    Args:
        cells, risk: as :func:`most_defects` takes them.
    """
    if not any(cell.found for cell in cells):
        return _certain([0] * len(cells))
    if len(cells) == 1:
        only = cells[0]
        return _certain([hypergeometric.fewest(int(only.found), only.size, only.drawn, risk)])
    sums = Sums.of(cells, below=True)
    low, order = coarse_fewest(sums.cells, risk)
    attained = _nearest(sums, order, 1 - risk, low, largest=False)
    limit = sum(attained)
    if steps_needed(sums, limit, MOST_STEPS) > MOST_STEPS:
        return Extreme(low, sums.as_given(cells, attained))
    last, way = Search(sums, risk, largest=False, limit=limit).run(attained)
    return Extreme(last, sums.as_given(cells, way))


def _nearest(
    sums: Sums, order: Wholes, line: Fraction, bound: int, *, largest: bool = True
) -> list[int]:
    """The most of the worst defects that explain what was found, or the fewest; by halves.

    Args:
        sums: the strata.
        order: the strata of the worst defects.
        line: the chance to stay within the total that must be passed.
        bound: how many there are at most, or at least.
        largest: whether the most are looked for.
    """

    def spread(defects: int) -> list[int]:
        return [int(g) for g in np.bincount(order[:defects], minlength=len(sums.cells))]

    def explains(defects: int) -> bool:
        within = sums.within_total(spread(defects))
        return within > line * (1 + _ROUNDING) if largest else within < line * (1 - _ROUNDING)

    low, high = (0, bound) if largest else (bound, len(order))
    while low < high:
        middle = (low + high + largest) // 2
        if explains(middle) == largest:
            low, high = (middle, high) if largest else (middle + 1, high)
        else:
            low, high = (low, middle - 1) if largest else (low, middle)
    return spread(low)


def _certain(spread: Sequence[int]) -> Extreme:
    return Extreme(sum(spread), tuple(spread))
