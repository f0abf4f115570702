"""What the strata that are still to come can add, at best: what makes the search short."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

from ceosample.inference.exact.sums import Sums
from ceosample.sampling.plans.generating import Floats, Wholes


@attrs.frozen(eq=False)
class Stage:
    """The search between two strata: some are decided, the others are to come.

    Attributes:
        limits: sums of the decided strata that are told apart: each leaves others for the rest.
        prospects: for each number of defects left, and each limit, the best chance that the rest
            stays within what that limit leaves. Best for each limit by itself, so never too small.
        room: the letters of the strata to come.
    """

    limits: Wholes
    prospects: Floats
    room: int

    @property
    def worth(self) -> Floats:
        """What each chance ``P(sum <= limit)`` is worth: the prospects' differences."""
        later = np.pad(self.prospects[:, 1:], ((0, 0), (0, 1)))
        with np.errstate(invalid="ignore"):
            return np.asarray(self.prospects - later, dtype=np.float64)


#: Letters drawn from a stratum of which the chances of each count are held as floats.
_MOST_DRAWN = 500


def steps_needed(sums: Sums, most: int, enough: int) -> int:
    """The steps that the stages take for up to so many defects; counted no further than enough."""
    if any(cell.drawn > _MOST_DRAWN for cell in sums.cells):
        return enough + 1
    steps, reached = 0, np.zeros(1, dtype=np.int64)
    for place in reversed(range(len(sums.cells))):
        reached = sums.with_stratum(reached, place)
        cell = sums.cells[place]
        steps += min(cell.size, most) * (most + 1) * len(reached) * (cell.drawn + 1)
        if steps > enough:
            break
    return steps


def stages(sums: Sums, most: int, *, largest: bool) -> list[Stage]:
    """The stages of the search, for up to so many defects in all.

    Args:
        sums: the strata.
        most: the most defects that are looked at.
        largest: whether the largest chance is looked for, or the smallest.
    """
    worst = -np.inf if largest else np.inf
    best = np.full((most + 1, 1), worst)
    best[0, 0] = 1.0
    tables, room = [best], 0
    for place in reversed(range(len(sums.cells))):
        tables.append(_one_more(sums, place, tables[-1], min(room, most), largest=largest))
        room += sums.cells[place].size
    found, room = [], sums.size
    for place, table in enumerate(reversed(tables)):
        limits = _limits(sums, place)
        column = np.searchsorted(sums.behind[place], sums.within - limits)
        found.append(Stage(limits, table[:, column], room))
        room -= sums.cells[place].size if place < len(sums.cells) else 0
    return found


def _limits(sums: Sums, place: int) -> Wholes:
    """The first of the limits between which the decided strata have the same sums."""
    limits = sums.within - sums.behind[place][::-1]
    reached = np.searchsorted(sums.before[place], limits, side="right")
    return np.asarray(limits[(reached > 0) & (np.diff(reached, prepend=0) > 0)], dtype=np.int64)


def _one_more(sums: Sums, place: int, later: Floats, room: int, *, largest: bool) -> Floats:
    """The prospects with one stratum more, from those of the later ones."""
    budgets, cell = sums.behind[place], sums.cells[place]
    found = np.full((len(later), len(budgets)), -np.inf if largest else np.inf)
    shifted = np.zeros((cell.drawn + 1, room + 1, len(budgets)))
    for y in range(cell.drawn + 1):
        left = budgets - y * sums.weights[place]
        column = np.searchsorted(sums.behind[place + 1], left, side="right") - 1
        shifted[y] = np.where(column >= 0, later[: room + 1][:, column], 0.0)
    flat = shifted.reshape(cell.drawn + 1, -1)
    keep = np.maximum if largest else np.minimum
    for g, shares in enumerate(sums.tables[place][: len(later)]):
        rows = min(room, len(later) - 1 - g) + 1
        mixed = (shares @ flat[:, : rows * len(budgets)]).reshape(rows, len(budgets))
        keep(found[g : g + rows], mixed, out=found[g : g + rows])
    return found


def relaxed(stage: Stage) -> NDArray[np.float64]:
    """The best chance of each number of defects, as the first stage has it: never too small."""
    return np.asarray(stage.prospects[:, -1], dtype=np.float64)
