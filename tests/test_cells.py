"""Cells: the counts that they take, what they are called, and what a month's draw makes of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import ceosample as cs
from ceosample.errors import InferenceError
from ceosample.inference.cells import Cell, as_cells, cells_of_month, names_of, risk_of, sure_words
from ceosample.sampling.plans.pool import Pool

MOST = 10_000_000
OCTOBER = cs.Period.parse("2026-10")


def test_a_cell_has_up_to_ten_million_letters_and_all_cells_together() -> None:
    assert Cell(MOST, MOST, MOST).read_in_full
    assert len(as_cells([(MOST - 1, 1, 0), (1, 1, 0)], "cell")) == 2
    for name, given in {"N": (MOST + 1, 1, 0), "n": (MOST, MOST + 1, 0)}.items():
        with pytest.raises(InferenceError) as error:
            Cell(*given)
        assert str(error.value) == (f"{name}: got 10000001; give a whole number from 0 to 10000000")
    with pytest.raises(InferenceError, match="cells: got more than 10000000 letters in all"):
        as_cells([(MOST, 1, 0), (1, 1, 0)], "cell")


@pytest.mark.parametrize(("drawn", "found"), [(0, 0), (3, 0), (3, 3), (5, 5)])
def test_what_was_found_is_at_most_what_was_drawn_and_that_at_most_the_letters(
    drawn: int, found: int
) -> None:
    cell = Cell(5, drawn, found)
    assert (cell.read_in_full, cell.without_chance, cell.sampled) == (
        drawn == 5,
        drawn == 0,
        drawn == 3,
    )
    with pytest.raises(InferenceError, match=f"y: got {drawn + 1} found of {drawn} letters"):
        Cell(5, drawn, drawn + 1)
    with pytest.raises(InferenceError, match="y: got -1 found"):
        Cell(5, drawn, -1)
    with pytest.raises(InferenceError, match="n: got 6 drawn of 5 letters; give at most N"):
        Cell(5, 6)


def test_an_empty_stratum_is_read_in_full() -> None:
    assert Cell(0, 0).read_in_full
    assert not Cell(0, 0).without_chance


@pytest.mark.parametrize("scores", [("0.5", "-0.5"), ("1.5", "-1"), ("0.5", True), ("0.5", "x")])
def test_scores_are_from_0_to_1(scores: Any) -> None:
    with pytest.raises(InferenceError, match=r"scores: got .*; give numbers from 0 to 1"):
        Cell(5, 2, 0, scores=scores)


def test_there_is_a_score_for_each_letter_and_y_is_their_sum() -> None:
    assert [*Cell(5, 2, 1, scores=(0, 1)).scores] == [0, 1]
    for drawn, found in ((3, 1), (1, 1), (2, "0.5"), (2, 0)):
        with pytest.raises(InferenceError, match="scores: got 2 with a sum of 1; give one for"):
            Cell(5, drawn, found, scores=(0, 1))


def test_cells_are_called_by_what_they_have_and_else_by_their_place() -> None:
    of_month, of_stratum = Cell(9, 1, period=OCTOBER), Cell(9, 1, 0, "Cards")
    both, neither = Cell(9, 1, 0, ("Cards",), OCTOBER), Cell(9, 1)
    assert names_of([of_month, of_stratum, both, neither]) == [
        "all, 2026-10",
        "Cards",
        "Cards, 2026-10",
        "cell 4",
    ]
    assert names_of([neither]) == ["all"]


@pytest.mark.parametrize("given", [(1, 1), (1, 1, 0, 0), "abc", 3, None, {"N": 3}])
def test_a_cell_is_given_as_three_numbers(given: Any) -> None:
    with pytest.raises(InferenceError, match=r"cell 2, cell: got .*; give N, n and y"):
        as_cells([(3, 1, 0), given], "cell")


def test_parts_of_a_defect_are_for_scores() -> None:
    half = Cell(5, 2, "0.5")
    assert as_cells([half], "cell", scores=True) == (half,)
    with pytest.raises(InferenceError, match="cell 1, y: got 1/2; give a whole number"):
        as_cells([half], "cell")


def pool(stratum: str, size: int, *, take_all: bool = False) -> Pool:
    return Pool((stratum,), ((stratum,),), size, size if take_all else 1, take_all=take_all)


def test_a_rotation_makes_a_cell_of_each_called_letter_and_one_of_all_open_ones() -> None:
    one, none = Fraction(1), Fraction(0)
    pools = [pool("all", 3, take_all=True), pool("A", 7), pool("B", 6), pool("C", 5)]
    read = [(("all",), False, one), (("all",), False, none), (("all",), False, one)]
    called = [(("A",), False, one), (("B",), False, none)]
    opened = [(("A",), True, one), (("C",), True, none), (("C",), True, one)]
    letters = [*read, *called, *opened]
    found = list(cells_of_month(pools, letters, OCTOBER, rotates=True, scores=False))
    assert found == [
        Cell(3, 3, 2, "all", OCTOBER),
        Cell(1, 1, 1, "A", OCTOBER),
        Cell(1, 1, 0, "B", OCTOBER),
        Cell(7 + 6 + 5 - 2, 3, 2, (), OCTOBER),
    ]


def test_without_a_rotation_each_stratum_is_a_cell_also_one_that_gave_no_letter() -> None:
    letters = [(("A",), False, Fraction(1, 4)), (("A",), False, Fraction(1))]
    pools = [pool("A", 7), pool("B", 6)]
    found = list(cells_of_month(pools, letters, OCTOBER, rotates=False, scores=True))
    assert found == [
        Cell(7, 2, "1.25", "A", OCTOBER, ("0.25", 1)),
        Cell(6, 0, 0, "B", OCTOBER),
    ]


@pytest.mark.parametrize("confidence", ["0.95", 0.95, Fraction(19, 20)])
def test_a_risk_is_what_is_left_of_the_confidence(confidence: Any) -> None:
    assert risk_of(confidence) == Fraction(1, 20)


@pytest.mark.parametrize("confidence", [0, 1, "1", "-0.1", "1.0001", "95 %", None])
def test_a_confidence_is_above_0_and_below_1(confidence: Any) -> None:
    assert risk_of("0.0001") < 1 > risk_of("0.9999")
    with pytest.raises(InferenceError, match="confidence: "):
        risk_of(confidence)


def test_a_confidence_is_told_with_the_decimals_that_it_has() -> None:
    assert [sure_words(Fraction(n, 1000)) for n in (950, 900, 975)] == ["95 %", "90 %", "97.5 %"]
