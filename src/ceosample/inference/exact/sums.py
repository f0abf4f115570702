"""The estimated total as a sum over strata, and its chance of being as small as it was.

A stratum's weight N/n is made a whole number by the least common multiple of the n. Few sums
matter: those that stay within the total that was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from math import comb, lcm

import attrs
import numpy as np

from ceosample.inference.cells import Cell
from ceosample.inference.exact.hypergeometric import chances
from ceosample.sampling.plans.generating import Floats, Wholes


@attrs.frozen(slots=False, eq=False)
class Sums:
    """Strata that were sampled in part, lightest first, and a total that sums stay within.

    Attributes:
        cells: the strata by weight, of which each has letters that were drawn and others.
        weights: the weight of each, as whole numbers.
        within: sums up to this one count; 0 or more.
    """

    cells: tuple[Cell, ...]
    weights: tuple[int, ...]
    within: int

    @classmethod
    def of(cls, cells: Sequence[Cell], *, below: bool = False) -> Sums:
        """The sums that are at most the total that was found, or below it."""
        scale = lcm(*(cell.drawn for cell in cells))
        pairs = [(scale // cell.drawn * cell.size, cell) for cell in cells]
        found = sum(weight * int(cell.found) for weight, cell in pairs)
        pairs.sort(key=lambda pair: (pair[0], pair[1].size))
        weights, ordered = zip(*pairs, strict=True)
        return cls(ordered, weights, found - 1 if below else found)

    @property
    def size(self) -> int:
        """The letters of all strata."""
        return sum(cell.size for cell in self.cells)

    @cached_property
    def tables(self) -> list[Floats]:
        """For each stratum the chance of each count, by its number of defects."""
        return [chances(cell.size, cell.drawn) for cell in self.cells]

    @cached_property
    def before(self) -> list[Wholes]:
        """The sums that the first strata can have, for none, one, two, ... of them."""
        return self._reachable(range(len(self.cells)))

    @cached_property
    def behind(self) -> list[Wholes]:
        """The sums that the strata from each place on can have; none are left at the end."""
        return self._reachable(reversed(range(len(self.cells))))[::-1]

    def _reachable(self, places: Iterable[int]) -> list[Wholes]:
        found = [np.zeros(1, dtype=np.int64)]
        for place in places:
            found.append(self.with_stratum(found[-1], place))
        return found

    def with_stratum(self, sums: Wholes, place: int) -> Wholes:
        """The sums within the total, once a stratum's letters are added to some."""
        steps = np.arange(self.cells[place].drawn + 1) * self.weights[place]
        more = np.unique((sums[:, None] + steps[None, :]).ravel())
        return np.asarray(more[more <= self.within], dtype=np.int64)

    def as_given(self, given: Sequence[Cell], spread: Sequence[int]) -> tuple[int, ...]:
        """The defects of each stratum in the order in which the strata were given."""
        waiting: dict[Cell, list[int]] = {}
        for cell, g in zip(self.cells, spread, strict=True):
            waiting.setdefault(cell, []).append(g)
        return tuple(waiting[cell].pop(0) for cell in given)

    def chance(self, defects: Sequence[int]) -> Fraction:
        """The chance that the sum stays within the total, with these defects; exact."""
        ways, all_ways = {0: 1}, 1
        for cell, weight, g in zip(self.cells, self.weights, defects, strict=True):
            all_ways *= comb(cell.size, cell.drawn)
            more: dict[int, int] = {}
            for y in range(min(cell.drawn, g) + 1):
                of_count = comb(g, y) * comb(cell.size - g, cell.drawn - y)
                for total, count in ways.items() if of_count else ():
                    if total + weight * y <= self.within:
                        place = total + weight * y
                        more[place] = more.get(place, 0) + count * of_count
            ways = more
        return Fraction(sum(ways.values()), all_ways)

    @cached_property
    def all(self) -> Wholes:
        """Every sum within the total that the strata can have together."""
        return self.before[-1]

    @cached_property
    def _sources(self) -> list[list[Wholes]]:
        """For each stratum and count of its defects the place in ``all`` that each sum comes from.

        Where none does, that is one place behind the last.
        """
        return [
            [self._places_of(self.all - count * weight) for count in range(cell.drawn + 1)]
            for cell, weight in zip(self.cells, self.weights, strict=True)
        ]

    def _places_of(self, wanted: Wholes) -> Wholes:
        places = np.searchsorted(self.all, wanted)
        return np.where(self.all[places] == wanted, places, len(self.all))

    def within_total(self, defects: Sequence[int]) -> float:
        """The chance that the sum stays within the total, nearly; for any number of strata."""
        sums: Wholes = np.zeros(1, dtype=np.int64)
        mass: Floats = np.ones(1)
        for place, g in enumerate(defects):
            if g == 0:
                continue
            shares_of = self.tables[place][g]
            counts = np.flatnonzero(shares_of > 0)
            moved = (sums[:, None] + counts[None, :] * self.weights[place]).ravel()
            shares = (mass[:, None] * shares_of[counts][None, :]).ravel()
            inside = moved <= self.within
            sums, index = np.unique(moved[inside], return_inverse=True)
            added = np.bincount(index.ravel(), weights=shares[inside], minlength=len(sums))
            mass = np.asarray(added, dtype=np.float64)
        return float(np.cumsum(mass)[-1]) if len(mass) else 0.0

    def distribution(self, defects: Sequence[int], without: tuple[int, ...] = ()) -> Floats:
        """The chance of each of ``all`` sums or less, some strata left out.

        For strata of which ``all`` sums are few enough to be searched; it is asked for thousands
        of times, and nothing is sorted for it.
        """
        mass = np.zeros(len(self.all) + 1)  # nothing comes from the last place
        mass[0] = 1.0
        for place, g in enumerate(defects):
            if place in without or g == 0:
                continue
            more = np.zeros_like(mass)
            for share, source in reversed(
                list(zip(self.tables[place][g], self._sources[place], strict=True))
            ):
                if share > 0:
                    more[:-1] += share * mass[source]
            mass = more
        return np.cumsum(mass[:-1])
