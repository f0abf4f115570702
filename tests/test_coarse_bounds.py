"""The quick bounds by generating functions against their definition, over all ways to spread."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import cache
from math import comb, exp, inf, log

import pytest

from ceosample.inference.cells import Cell
from ceosample.inference.exact.coarse import coarse_fewest, coarse_most
from ceosample.inference.exact.extremes import fewest_defects, most_defects
from ceosample.sampling.plans.clean import most_if_none
from ceosample.sampling.plans.generating import in_order

RISK = Fraction(1, 20)

#: Base rates, and rates between them, as finely as any that a search could end on.
COARSE = [2.0**power for power in range(-16, 5)]
FINE = [2.0 ** (power / 8) for power in range(-24, 24)]


@cache
def logs(size: int, drawn: int, z: float) -> list[float]:
    """``log E[z**Y]`` for each number of defects."""
    found = []
    for g in range(size + 1):
        ways = [comb(g, y) * comb(size - g, drawn - y) for y in range(drawn + 1)]
        found.append(log(sum(w / comb(size, drawn) * z**y for y, w in enumerate(ways))))
    return found


def hardest(cells: list[Cell], rate: float, scale: float) -> list[float]:
    """For each number of defects the largest ``log E[z**T]`` over all ways to spread them."""
    best = [0.0]
    for cell in cells:
        table = logs(cell.size, cell.drawn, exp(rate * cell.size / cell.drawn / scale))
        more = [-inf] * (len(best) + cell.size)
        for place, value in enumerate(best):
            for g, step in enumerate(table):
                more[place + g] = max(more[place + g], value + step)
        best = more
    return best


def by_rate(cells: list[Cell], rate: float) -> list[int]:
    """The numbers of defects that a rate does not exclude."""
    scale = max(cell.size / cell.drawn for cell in cells)
    found = sum(cell.size / cell.drawn / scale * int(cell.found) for cell in cells)
    known = hardest(cells, rate, scale)
    return [g for g, value in enumerate(known) if value - rate * found > log(RISK) - 1e-9]


def design(number: int) -> list[Cell]:
    rng = random.Random(number)
    cells = []
    for _ in range(rng.randint(2, 3)):
        drawn = rng.randint(1, 4)
        cells.append(Cell(drawn + rng.randint(1, 12), drawn, rng.randint(0, min(2, drawn))))
    return cells if any(cell.found for cell in cells) else design(number + 100)


@pytest.mark.parametrize("number", range(8))
def test_the_most_are_those_of_the_best_rate(number: int) -> None:
    cells = design(number)
    coarse = coarse_most(cells, RISK)[0]
    assert most_defects(cells, RISK).defects <= coarse
    assert coarse <= min(max(by_rate(cells, -rate), default=0) for rate in COARSE)
    assert coarse <= min(max(by_rate(cells, -rate), default=0) for rate in FINE) + 1


@pytest.mark.parametrize("number", range(8))
def test_the_fewest_are_those_of_the_best_rate(number: int) -> None:
    cells = design(number)
    whole = sum(cell.size for cell in cells)
    coarse = coarse_fewest(cells, RISK)[0]
    assert fewest_defects(cells, RISK).defects >= coarse
    assert coarse >= max(min(by_rate(cells, rate), default=whole) for rate in COARSE)
    assert coarse >= max(min(by_rate(cells, rate), default=whole) for rate in FINE) - 1


def test_a_rate_beyond_what_floats_hold_says_nothing_and_fails_nothing() -> None:
    """A stratum with many letters drawn: powers of 256 times as many are no floats."""
    cells = [Cell(400, 100, 90), Cell(50, 5, 1)]
    few, homes = coarse_fewest(cells, RISK)
    assert 300 < few <= fewest_defects(cells, RISK).defects
    assert len(homes) == 450


def test_between_two_powers_of_two_lies_a_better_rate() -> None:
    cells = [Cell(120, 8, 4), Cell(90, 9, 2)]
    powers, finer = [0.25, 0.5, 1.0, 2.0], [2.0 ** (power / 8) for power in range(-4, 12)]
    assert min(max(by_rate(cells, -rate)) for rate in powers) == 142
    assert min(max(by_rate(cells, -rate)) for rate in finer) == coarse_most(cells, RISK)[0] == 139
    assert max(min(by_rate(cells, rate)) for rate in powers) == 30
    assert max(min(by_rate(cells, rate)) for rate in finer) == coarse_fewest(cells, RISK)[0] == 31


def test_of_no_strata_there_are_no_increments() -> None:
    steps, homes = in_order([])
    assert len(steps) == len(homes) == 0
    assert most_if_none([], RISK) == []
