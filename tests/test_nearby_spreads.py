"""Where a search of spreads begins, and what moving defects between two strata gains."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ceosample.inference.cells import Cell
from ceosample.inference.exact.nearby import improved, starts
from ceosample.inference.exact.sums import Sums
from thorough import examples


@st.composite
def strata(draw: st.DrawFn) -> Sums:
    cells = []
    for _ in range(draw(st.integers(2, 4))):
        drawn = draw(st.integers(1, 3))
        cells.append(
            Cell(drawn + draw(st.integers(1, 6)), drawn, draw(st.integers(0, min(drawn, 2))))
        )
    return Sums.of(cells)


def moves(sums: Sums, spread: list[int]) -> Iterator[list[int]]:
    """Every way that differs in the share of two strata."""
    for a, b in permutations(range(len(spread)), 2):
        for count in range(1, min(spread[a], sums.cells[b].size - spread[b]) + 1):
            moved = list(spread)
            moved[a], moved[b] = moved[a] - count, moved[b] + count
            yield moved


@given(strata(), st.data(), st.booleans())
@settings(max_examples=examples(25, one_in=3), deadline=None)
def test_no_move_between_two_strata_is_better_than_what_was_found(
    sums: Sums, data: st.DataObject, largest: bool
) -> None:
    begin = [data.draw(st.integers(0, cell.size)) for cell in sums.cells]
    found = improved(sums, begin, largest=largest)
    assert sum(found) == sum(begin)
    assert all(0 <= g <= cell.size for g, cell in zip(found, sums.cells, strict=True))
    chance = sums.chance(found)
    better = max if largest else min
    assert better(chance, sums.chance(begin)) == chance
    best = better([chance, *(sums.chance(moved) for moved in moves(sums, found))])
    assert float(abs(best - chance)) < 1e-12


@pytest.mark.parametrize("largest", [True, False])
def test_of_two_strata_the_best_of_all_ways_is_found(largest: bool) -> None:
    for sizes, drawn, y in product([(6, 9), (7, 7), (3, 12)], [(1, 2), (2, 2)], [(1, 0), (1, 1)]):
        sums = Sums.of([Cell(*cell) for cell in zip(sizes, drawn, y, strict=True)])
        room = [cell.size for cell in sums.cells]
        for defects in range(1, sum(room), 3):
            ways = [[g, defects - g] for g in range(defects + 1)]
            ways = [way for way in ways if way[0] <= room[0] and way[1] <= room[1]]
            better = max if largest else min
            best = better(sums.chance(way) for way in ways)
            for begin in (ways[0], ways[-1]):
                found = sums.chance(improved(sums, begin, largest=largest))
                assert float(abs(found - best)) < 1e-12


@pytest.mark.parametrize(("count", "moves_some"), [(24, True), (25, False)])
def test_between_more_than_24_strata_nothing_is_moved(count: int, moves_some: bool) -> None:
    sums = Sums.of([Cell(3, 1, 0)] * (count - 1) + [Cell(9, 1, 1)])
    begin = [0] * (count - 1) + [2]
    found = improved(sums, begin, largest=False)
    assert (found != begin) == moves_some


@given(strata(), st.data())
@settings(max_examples=examples(25, one_in=3), deadline=None)
def test_a_search_begins_with_every_defect_in_some_letter(sums: Sums, data: st.DataObject) -> None:
    room = [cell.size for cell in sums.cells]
    defects = data.draw(st.integers(0, sum(room)))
    for heaviest in (False, True):
        ways = list(starts(sums, defects, heaviest=heaviest))
        assert ways
        for way in ways:
            assert sum(way) == defects
            assert all(0 <= g <= size for g, size in zip(way, room, strict=True))


def none_found(sums: Sums, spread: list[int]) -> Fraction:
    """The chance that no defect is drawn."""
    without = Sums(sums.cells, sums.weights, 0)
    return without.chance(spread)


def test_a_search_begins_where_no_defect_would_be_found_and_with_the_ends_full() -> None:
    sums = Sums.of([Cell(8, 4, 0), Cell(9, 3, 1), Cell(10, 2, 1)])
    lightest = list(starts(sums, 19))
    assert lightest[1][0] == 8
    assert lightest[2][:2] == [8, 9]
    heaviest = list(starts(sums, 20, heaviest=True))
    assert heaviest[1][2] == 10
    assert heaviest[2][1:] == [9, 10]
    assert heaviest[-1] == [1, 9, 10]  # from the heaviest on
    for defects in range(28):
        ways = [[*way] for way in product(range(9), range(10), range(11)) if sum(way) == defects]
        first = none_found(sums, next(starts(sums, defects)))
        assert first == max(none_found(sums, way) for way in ways)
