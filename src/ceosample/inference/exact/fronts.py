"""Whether any way to spread so many defects over strata explains what was found: yes, no, or open.

Strata are decided one after another, lightest first. Of each way to spread defects over the first
ones only the chances ``P(sum so far <= limit)`` matter. A way goes where even the best that the
others can add leaves the chance at the risk or below; where another has no more defects and no
smaller chances; and where it is nearly another, which then takes the better of both chances. All
three err to one side, so *no* is always right.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from ceosample.inference.exact.prospects import Stage
from ceosample.inference.exact.sums import Sums
from ceosample.sampling.plans.generating import Floats, Wholes

#: Computed chances this near to the risk, in parts of it, are settled in whole numbers.
TIE = 1e-11

#: So many of the best ways are returned to be checked exactly.
_BEST = 500


class ExhaustedError(Exception):
    """The search has taken all the steps that it may."""


@attrs.define
class Effort:
    """The steps that a search may still take: numbers that are multiplied or compared.

    A count and no clock ends a search, so the same input has the same bound everywhere.
    """

    left: int

    def spend(self, steps: int) -> None:
        """Count steps off.

        Raises:
            ExhaustedError: there are not so many left.
        """
        if steps > self.left:
            self.left = 0
            raise ExhaustedError
        self.left -= steps


@attrs.frozen
class Left:
    """What is left of all ways to spread the defects.

    Attributes:
        ways: the defects of each stratum, the best first.
        whole: whether these are all that can explain what was found, none merged with another.
    """

    ways: list[list[int]]
    whole: bool


@attrs.frozen(eq=False)
class _Ways:
    """Ways to spread defects over the strata so far.

    Attributes:
        used: the defects that each has spread.
        below: for each the chance of a sum at or below each limit.
        spread: its defects in each stratum.
        worth: the best chance that it can still come to.
    """

    used: Wholes
    below: Floats
    spread: Wholes
    worth: Floats

    def __getitem__(self, rows: Wholes) -> _Ways:
        return _Ways(self.used[rows], self.below[rows], self.spread[rows], self.worth[rows])

    def __len__(self) -> int:
        return len(self.used)


def ways_left(
    sums: Sums,
    found: Sequence[Stage],
    defects: int,
    risk: float,
    *,
    largest: bool,
    width: float,
    most: int,
    effort: Effort,
) -> Left:
    """The ways to spread the defects that may explain what was found; none where none can.

    Args:
        sums: the strata.
        found: their stages, for at least so many defects.
        defects: how many to spread.
        risk: the chance that is looked for: a larger one, or a smaller one.
        largest: whether it is a larger one.
        width: how far apart, in parts, chances must be to be told from each other.
        most: the most ways that are kept at a stage; of more, nearer ones become one.
        effort: the steps that may be taken.

    Raises:
        ExhaustedError: they are not enough.
    """
    start = np.ones((1, len(found[0].limits)))
    ways = _Ways(np.zeros(1, np.int64), start, np.zeros((1, 0), np.int64), np.ones(1))
    whole = width == 0
    for place in range(len(sums.cells)):
        ways = _decided(sums, found, place, ways, defects, risk, effort, largest=largest)
        if not len(ways):
            return Left([], whole)
        if place < len(sums.cells) - 1:
            ways, used = _thinned(ways, width, most, effort, largest=largest)
            whole = whole and used == 0
    best = np.argsort(-ways.worth if largest else ways.worth, kind="stable")[:_BEST]
    return Left(ways.spread[best].tolist(), whole and len(ways) <= _BEST)


def _decided(
    sums: Sums,
    found: Sequence[Stage],
    place: int,
    ways: _Ways,
    defects: int,
    risk: float,
    effort: Effort,
    *,
    largest: bool,
) -> _Ways:
    """Each way with each number of defects in the next stratum that can still come to the risk."""
    now, then = found[place], found[place + 1]
    shifted = []
    for y in range(sums.cells[place].drawn + 1):
        left = then.limits - y * sums.weights[place]
        column = np.searchsorted(now.limits, left, side="right") - 1
        shifted.append(np.where(column >= 0, ways.below[:, column], 0.0))
    worth = then.worth
    kept = []
    for g, shares in enumerate(sums.tables[place][: defects + 1]):
        left = defects - ways.used - g
        rows = np.flatnonzero((left >= 0) & (left <= then.room))
        if not len(rows):
            continue
        effort.spend(len(rows) * len(then.limits) * len(shares))
        below = sum(share * shifted[y][rows] for y, share in enumerate(shares) if share > 0)
        best = np.einsum("ij,ij->i", below, worth[left[rows]])
        held = best > risk * (1 - TIE) if largest else best < risk * (1 + TIE)
        rows = rows[held]
        spread = np.column_stack([ways.spread[rows], np.full(len(rows), g, np.int64)])
        kept.append(_Ways(ways.used[rows] + g, np.asarray(below)[held], spread, best[held]))
    if not kept:
        return ways[np.zeros(0, np.int64)]
    return _Ways(
        np.concatenate([k.used for k in kept]),
        np.concatenate([k.below for k in kept]),
        np.concatenate([k.spread for k in kept]),
        np.concatenate([k.worth for k in kept]),
    )


def _thinned(
    ways: _Ways, width: float, most: int, effort: Effort, *, largest: bool
) -> tuple[_Ways, float]:
    """Without ways that another is as good as, and near ones as one; with the width it took."""
    ways = _front(_merged(ways, width, largest=largest), effort, largest=largest)
    while len(ways) > most:
        width = max(2 * width, 1e-6)
        ways = _front(_merged(ways, width, largest=largest), effort, largest=largest)
    return ways, width


def _merged(ways: _Ways, width: float, *, largest: bool) -> _Ways:
    """Ways of as many defects and nearly equal chances as one that has the best of each chance."""
    near = ways.below if width == 0 else np.log(np.maximum(ways.below, 1e-300)) // width
    key = np.column_stack([ways.used, near])
    order = np.lexsort(key.T)
    key = key[order]
    first = np.flatnonzero(np.r_[True, (key[1:] != key[:-1]).any(axis=1)])
    best = np.maximum if largest else np.minimum
    merged = ways[order[first]]
    return attrs.evolve(
        merged,
        below=best.reduceat(ways.below[order], first, axis=0),
        worth=best.reduceat(ways.worth[order], first),
    )


#: Each way is compared with so many of the best.
_COMPARED = 200


def _front(ways: _Ways, effort: Effort, *, largest: bool) -> _Ways:
    """Without ways to which one of the best is no worse in defects and in every chance."""
    sign = 1 if largest else -1
    ways = ways[np.argsort(-sign * ways.worth, kind="stable")]
    used, columns = sign * ways.used, np.ascontiguousarray(sign * ways.below.T)
    kept = np.ones(len(ways), dtype=bool)
    compared = 0
    for place in range(len(ways)):
        if compared == _COMPARED:
            break
        if not kept[place]:
            continue
        compared += 1
        rows = np.flatnonzero(kept & (used <= used[place]))
        effort.spend(len(ways) + len(rows) * len(columns))
        for column in columns:  # most rows are out after the first few
            rows = rows[column[rows] <= column[place]]
        kept[rows] = False
        kept[place] = True  # no way is worse than itself
    return ways[np.flatnonzero(kept)]
