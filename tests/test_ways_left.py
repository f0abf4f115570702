"""The search for ways to spread defects: whatever it makes one of, it never loses a way that is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import product

import numpy as np
import pytest

from ceosample.inference.cells import Cell
from ceosample.inference.exact import fronts
from ceosample.inference.exact.extremes import MOST_STEPS
from ceosample.inference.exact.fronts import Effort, ExhaustedError, Left, ways_left
from ceosample.inference.exact.prospects import stages, steps_needed
from ceosample.inference.exact.search import MOST_EFFORT, MOST_WAYS, Search
from ceosample.inference.exact.sums import Sums


@cache
def design(number: int, below: bool) -> Sums:
    rng = random.Random(number)
    cells = []
    for _ in range(2):
        drawn = rng.randint(1, 2)
        cells.append(Cell(drawn + rng.randint(2, 4), drawn, rng.randint(0, drawn)))
    cells.append(Cell(7, 2, 1))
    return Sums.of(cells, below=below)


@cache
def chances(number: int, below: bool) -> dict[int, list[tuple[Fraction, tuple[int, ...]]]]:
    """For each number of defects every way to spread it, with its exact chance."""
    sums = design(number, below)
    found: dict[int, list[tuple[Fraction, tuple[int, ...]]]] = {}
    for way in product(*(range(cell.size + 1) for cell in sums.cells)):
        if sum(way) % 3 == 0:
            found.setdefault(sum(way), []).append((sums.chance(way), way))
    return found


def asked(
    number: int, largest: bool, width: float, most: int
) -> Iterator[tuple[Left, set[tuple[int, ...]]]]:
    """What is left of the ways to spread each number of defects, and the ways that explain it."""
    sums = design(number, not largest)
    every = stages(sums, sums.size, largest=largest)
    line = Fraction(1, 10) if largest else Fraction(9, 10)
    for defects, ways in chances(number, not largest).items():
        left = ways_left(
            sums,
            every,
            defects,
            float(line),
            largest=largest,
            width=width,
            most=most,
            effort=Effort(10**7),
        )
        yield left, {way for chance, way in ways if (chance > line if largest else chance < line)}


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize("number", range(2))
@pytest.mark.parametrize(("width", "most"), [(0.0, 10**6), (0.0, 20), (0.1, 10**6), (3.0, 20)])
def test_none_are_left_only_where_none_explains_it(
    number: int, largest: bool, width: float, most: int
) -> None:
    some = none = 0
    for left, explaining in asked(number, largest, width, most):
        some += bool(explaining)
        none += not explaining
        if explaining:
            assert left.ways
        if left.whole:
            assert bool(explaining) == any(tuple(way) in explaining for way in left.ways)
    assert some
    assert none


@pytest.mark.parametrize("largest", [True, False])
def test_where_nothing_is_made_one_what_is_left_is_whole_and_what_is_made_one_is_not(
    largest: bool,
) -> None:
    assert all(left.whole for left, _ in asked(0, largest, 0.0, 10**6))
    assert not any(left.whole for left, _ in asked(0, largest, 0.1, 10**6))


@pytest.mark.parametrize("width", [0.0, 0.1, 3.0])
@pytest.mark.parametrize("largest", [True, False])
def test_for_every_way_one_that_is_as_good_is_kept(largest: bool, width: float) -> None:
    """With as many defects spread or more, and no smaller chances; or fewer and no larger ones."""
    rng = np.random.default_rng(5)
    for most in (12, 10**6):
        below = np.round(rng.random((60, 3)).cumsum(axis=1) / 3, 1)
        ways = fronts._Ways(
            rng.integers(0, 10, 60), below, rng.integers(0, 9, (60, 2)), below[:, 2]
        )
        kept, taken = fronts._thinned(ways, width, most, Effort(10**6), largest=largest)
        assert len(kept) <= min(most, 60)
        assert taken == width or len(kept) <= 12
        sign = 1 if largest else -1
        for used, chances, worth in zip(ways.used, ways.below, ways.worth, strict=True):
            as_good = (
                (sign * kept.used >= sign * used)
                & (sign * kept.below >= sign * chances).all(axis=1)
                & (sign * kept.worth >= sign * worth)
            )
            assert as_good.any()
        if width == 0 and most > 60:
            exact = {(int(u), *b) for u, b in zip(ways.used, ways.below.tolist(), strict=True)}
            found = {(int(u), *b) for u, b in zip(kept.used, kept.below.tolist(), strict=True)}
            assert found <= exact
            assert len(found) == len(kept)  # of equal ones one


def test_an_effort_is_spent_to_the_last_step_and_no_further() -> None:
    effort = Effort(10)
    effort.spend(4)
    effort.spend(6)
    assert effort.left == 0
    effort.spend(0)
    with pytest.raises(ExhaustedError):
        effort.spend(1)
    fresh = Effort(10)
    with pytest.raises(ExhaustedError):
        fresh.spend(11)
    assert fresh.left == 0


def test_the_steps_of_a_search_are_those_that_the_page_on_bounds_states() -> None:
    """'A stage keeps at most 20,000 partial allocations, and a search at most 2 x 10**8 steps.'"""
    assert (MOST_WAYS, MOST_EFFORT, MOST_STEPS) == (20_000, 200_000_000, 200_000_000)
    assert Search(design(0, False), Fraction(1, 10), True, 5).effort.left == MOST_EFFORT


@pytest.mark.parametrize("most", [1, 4, 30])
def test_the_steps_needed_are_counted_before_a_search_and_no_further_than_enough(most: int) -> None:
    """For each stratum: its defects, all defects, the sums to come and its counts, multiplied."""
    sums = design(0, False)
    each = [
        min(cell.size, most) * (most + 1) * len(sums.behind[place]) * (cell.drawn + 1)
        for place, cell in enumerate(sums.cells)
    ]
    assert steps_needed(sums, most, 10**9) == sum(each)
    assert steps_needed(sums, most, sum(each)) == sum(each)
    assert steps_needed(sums, most, each[-1] - 1) == each[-1]
    assert steps_needed(sums, most, 0) == each[-1]


@pytest.mark.parametrize(("drawn", "counted"), [(500, True), (501, False)])
def test_a_stratum_with_more_than_500_letters_drawn_is_beyond_a_search(
    drawn: int, counted: bool
) -> None:
    sums = Sums.of([Cell(600, drawn, 0), Cell(9, 1, 0)])
    assert (steps_needed(sums, 1, 10**6) <= 10**6) == counted
