"""The search for the most, or the fewest, defects that explain what was found in several strata.

``P(T <= t)`` falls as any stratum has more defects, so its largest value over all ways to spread G
of them falls with G, and a search by halves is right. A number of defects *explains* what was found
if some way to spread it has a chance above the risk. That is proved by one such way, whose chance
is computed in whole numbers, and disproved by ``fronts``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import cached_property
from typing import Final

import attrs

from ceosample.inference.exact.fronts import TIE, Effort, ExhaustedError, Left, ways_left
from ceosample.inference.exact.nearby import improved, starts
from ceosample.inference.exact.prospects import Stage, relaxed, stages
from ceosample.inference.exact.sums import Sums

#: Ways that are told apart at a stage of the search; with more, near ones become one.
MOST_WAYS: Final = 20_000

#: How far apart chances must be to be told from each other, and how many ways are kept: quick
#: looks first, and at the end nothing becomes one but what is equal.
_LOOKS: Final = (
    (1e-1, 500),
    (1e-2, 2_000),
    (1e-3, MOST_WAYS),
    (1e-5, MOST_WAYS),
    (0.0, MOST_WAYS),
)

#: Steps that a search may take in all; what is open then stays open, and is said to be.
MOST_EFFORT: Final = 2 * 10**8

#: So many of the ways that a look leaves are checked as they are, and moved about.
_CHECKED, _MOVED = 20, 3


@attrs.frozen(slots=False, eq=False)
class Search:
    """Strata, a total and a risk.

    Attributes:
        sums: the strata, and the total that sums stay within.
        risk: above 0 and below 1.
        largest: whether the most defects are looked for, by the chance of so small a total; or the
            fewest, by the chance of a larger one than ``sums`` stays within.
        limit: no more defects than this are looked at.
        effort: the steps that the search may still take.
    """

    sums: Sums
    risk: Fraction
    largest: bool
    limit: int
    effort: Effort = attrs.field(factory=lambda: Effort(MOST_EFFORT))

    def explains(self, spread: Sequence[int]) -> bool:
        """Whether this way to spread defects has a chance above the risk; exactly."""
        within = self.sums.chance(spread)
        return (within if self.largest else 1 - within) > self.risk

    @cached_property
    def _stages(self) -> list[Stage]:
        return stages(self.sums, self.limit, largest=self.largest)

    @property
    def _line(self) -> float:
        """The chance to stay within the total that must be passed."""
        return float(self.risk if self.largest else 1 - self.risk)

    def could(self, defects: int) -> bool:
        """Whether so many could explain it if the best for each sum went together."""
        best = float(relaxed(self._stages[0])[defects])
        return best > self._line * (1 - TIE) if self.largest else best < self._line * (1 + TIE)

    def way(self, defects: int) -> list[int] | None:
        """A way to spread so many that explains it, looked for nearby; None if none was found."""
        return self._first(starts(self.sums, defects, heaviest=not self.largest))

    def _first(self, ways: Iterator[Sequence[int]]) -> list[int] | None:
        for begun in ways:
            way = improved(self.sums, begun, largest=self.largest)
            if self.explains(way):
                return way
        return None

    def settle(self, defects: int) -> list[int] | bool:
        """A way to spread so many that explains it; False if there is none, True if it is open."""
        if not self.could(defects):
            return False
        with suppress(ExhaustedError):
            for width, most in _LOOKS:
                left = self._left(defects, width, most)
                for way in left.ways if left.whole else left.ways[:_CHECKED]:
                    if self.explains(way):
                        return way
                if left.whole or not left.ways:
                    return False
                moved = self._first(iter(left.ways[:_MOVED]))
                if moved is not None:
                    return moved
        return True

    def _left(self, defects: int, width: float, most: int) -> Left:
        return ways_left(
            self.sums,
            self._stages,
            defects,
            self._line,
            largest=self.largest,
            width=width,
            most=most,
            effort=self.effort,
        )

    def run(self, best: list[int]) -> tuple[int, list[int]]:
        """The last number of defects that is not disproved, and a way for that or a near one.

        Args:
            best: a way that explains it: with no defects for the most, with ``limit`` of them for
                the fewest.
        """
        first, sign = (0, 1) if self.largest else (self.limit, -1)
        proved, standing, last, reach = 0, 0, self.limit, 0
        while standing < last:
            # Counted from the way that is known. Down from the far end first, in growing steps,
            # since what the first stage allows is nearly right; then by halves.
            middle = max(last - reach, (standing + last + 1) // 2)
            found = self.settle(first + sign * middle)
            if found is False:
                last = middle - 1
                reach = 2 * reach + 1 if self.could(first + sign * last) else 0
            else:
                standing = middle
                if isinstance(found, list):
                    proved, best = middle, found
        while proved < standing:  # open ones: how near is one that is attained?
            middle = (proved + standing + 1) // 2
            near = self.way(first + sign * middle)
            if near is None:
                standing = middle - 1
            else:
                proved, best = middle, near
        return first + sign * last, best
