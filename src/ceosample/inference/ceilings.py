"""The most that a mean of a product can be with so many defects, over all ways to spread them.

A ceiling grows month by month, as strata are added to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Protocol

import numpy as np

from ceosample.inference.cells import Cell
from ceosample.sampling.plans.generating import Floats, increments


class Ceiling(Protocol):
    """What counts and scores have in common."""

    def add(self, cells: Sequence[Cell], powers: Sequence[float]) -> None:
        """Take in strata that were sampled in part, each with its z from 0 to 1."""

    def at(self, total: int) -> float:
        """The logarithm of the largest mean of the product; below all for what cannot be."""


class CountCeiling:
    """For defective letters: ``log E[z**Y]`` is concave, so the largest increments come first.

    A stratum has as many as were found, at least, and the letters that were found sound are none.
    No more increments are kept in order than totals that were asked for need.
    """

    def __init__(self) -> None:
        self._all: list[Floats] = []  # increments with the other sign, each month's smallest first
        self._losses = np.zeros(0)
        self._sums = np.zeros(1)
        self._kept = 1024
        self._known: dict[tuple[int, int, float], Floats] = {}
        self._found, self._loss_of_found = 0, 0.0

    def add(self, cells: Sequence[Cell], powers: Sequence[float]) -> None:
        """Merge the strata's increments with those that are there."""
        fresh = [np.zeros(0)]
        for cell, z in zip(cells, powers, strict=True):
            losses, found = self._of(cell, z), int(cell.found)
            self._found += found
            self._loss_of_found += float(losses[:found].sum())
            fresh.append(losses[found : cell.size - cell.drawn + found])
        self._all.append(np.sort(np.concatenate(fresh)))
        self._keep(np.concatenate([self._losses, self._all[-1][: self._kept]]))

    def _keep(self, losses: Floats) -> None:
        # The parts are sorted, so a stable sort merges them.
        self._losses = np.sort(losses, kind="stable")[: self._kept]
        self._sums = np.r_[0.0, np.cumsum(self._losses)]

    def _of(self, cell: Cell, z: float) -> Floats:
        key = cell.size, cell.drawn, z
        if key not in self._known:
            self._known[key] = -increments(*key)
        return self._known[key]

    def at(self, total: int) -> float:
        """The sum of so many of the largest increments; of more than there can be, none."""
        more = max(total - self._found, 0)
        if more > self._kept:
            self._kept = 2 * more
            self._keep(np.concatenate([part[: self._kept] for part in self._all]))
        if more >= len(self._sums):
            return -inf
        return -(self._loss_of_found + float(self._sums[more]))


class ScoreCeiling:
    """For scores: ``prod(1 - a x)`` has its largest mean where all scores of a stratum are equal.

    That is Maclaurin's inequality, and ``n log(1 - a G / N)`` is concave in the stratum's total G.
    So the strata's totals rise together as water does in basins: to ``N/a - n u`` at the level u,
    from 0 on and to N at most.
    """

    def __init__(self) -> None:
        self._drawn = np.zeros(0)
        self._sizes = np.zeros(0)
        self._rates = np.zeros(0)

    def add(self, cells: Sequence[Cell], powers: Sequence[float]) -> None:
        """Take in strata; z is ``1 - a``."""
        self._drawn = np.r_[self._drawn, [float(cell.drawn) for cell in cells]]
        self._sizes = np.r_[self._sizes, [float(cell.size) for cell in cells]]
        self._rates = np.r_[self._rates, [1 - z for z in powers]]
        if not len(self._sizes):
            return
        top = self._sizes / self._rates
        dry, full = top / self._drawn, (top - self._sizes) / self._drawn
        # Between two levels the total is linear in the level, so it can be inverted exactly.
        self._levels = np.unique(np.r_[0.0, dry, full])
        wet = _above(dry, self._levels, top) - self._levels * _above(dry, self._levels, self._drawn)
        brim = _above(full, self._levels, top)
        brim -= self._levels * _above(full, self._levels, self._drawn)
        self._totals = wet - brim + _above(full, self._levels, self._sizes)

    def _spread(self, level: float) -> Floats:
        filled = self._sizes / self._rates - self._drawn * level
        return np.asarray(np.clip(filled, 0, self._sizes), dtype=np.float64)

    def at(self, total: int) -> float:
        """The logarithm at the level at which the strata hold the total."""
        if not len(self._sizes):
            return 0.0
        level = np.interp(-float(total), -self._totals, self._levels)
        with np.errstate(divide="ignore"):
            logs = self._drawn * np.log1p(-self._rates * self._spread(level) / self._sizes)
        return float(logs.sum())


def _above(levels: Floats, at: Floats, values: Floats) -> Floats:
    """For each level asked, the sum of the values of those that are at it or above."""
    order = np.argsort(levels)
    sums = np.r_[0.0, np.cumsum(values[order])]
    return np.asarray(sums[-1] - sums[np.searchsorted(levels[order], at, side="left")])
