"""What a selection and a reserve hold and say, each attribute of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ceosample.sampling.draw import Reserve, Selection
from ceosample.sampling.ticket import draw_key, ticket
from months import PERIOD, POPULATION, SEED, drawn_with, frame_of

DRAW = drawn_with(SEED)  # 4 of 10 letters: 6 of Cards, 4 of Loans


def plain_tickets(stratum: str) -> list[tuple[str, str]]:
    """The tickets of a stratum in order, with their letters, as STATISTICS.md words them."""
    key = draw_key(POPULATION, PERIOD, SEED.value)
    return sorted(
        (ticket(key, unit.unit_id), unit.unit_id)
        for unit in frame_of().units
        if unit.stratum == (stratum,)
    )


def test_a_weight_is_one_over_the_probability_and_the_weights_of_a_stratum_count_its_letters() -> (
    None
):
    """'how many responses it stands for'"""
    total: dict[Any, Fraction] = {}
    for selection in DRAW.selections:
        assert selection.weight * selection.probability == 1
        so_far = total.get(selection.stratum, Fraction(0))
        total[selection.stratum] = so_far + selection.weight
    assert total == {("Cards",): 6, ("Loans",): 4}


def test_a_selection_of_a_third_stands_for_three() -> None:
    selection = Selection("C-1", ("Cards",), "ab" * 32, 2, Fraction(1, 3))
    assert selection.weight == 3
    assert selection.line is None
    assert str(selection).split("\n")[0] == "C-1, drawn"
    told = " ".join(str(selection).split())
    assert "stratum Cards rank 2 ticket abab" in told
    assert "inclusion probability 1/3 (33.3 %) stands for 3" in told
    assert " line " not in told


def test_a_selection_says_in_which_line_it_was_drawn() -> None:
    selection = Selection("C-1", ("Cards",), "ab" * 32, 2, Fraction(1, 3), "called")
    assert "line called" in " ".join(str(selection).split())


def test_every_attribute_of_the_selections_is_that_of_the_tickets() -> None:
    """'in each stratum the n units with the lowest tickets, and the next ones as reserves'"""
    sizes = {"Cards": 6, "Loans": 4}
    for name, size in sizes.items():
        tickets = plain_tickets(name)
        mine = [s for s in DRAW.selections if s.stratum == (name,)]
        next_ones = [r for r in DRAW.reserves if r.stratum == (name,)]
        places: list[Selection | Reserve] = [*mine, *next_ones]
        assert [(p.ticket, p.unit_id) for p in places] == tickets[: len(places)]
        assert [p.rank for p in places] == list(range(1, len(places) + 1))
        assert {s.probability for s in mine} == {Fraction(len(mine), size)}
        assert {p.line for p in places} == {None}


def test_the_rows_for_a_dataframe_hold_each_attribute() -> None:
    for row, selection in zip(DRAW.to_records(), DRAW.selections, strict=True):
        assert row == {
            "unit_id": selection.unit_id,
            "division": selection.stratum[0],
            "ticket": selection.ticket,
            "rank": selection.rank,
            "probability": selection.probability,
            "weight": 1 / selection.probability,
        }


def test_a_reserve_says_where_it_is_next_and_nothing_of_a_chance() -> None:
    reserve = DRAW.reserves[0]
    assert str(reserve).split("\n")[0] == f"{reserve.unit_id}, in reserve"
    told = " ".join(str(reserve).split())
    assert f"stratum {reserve.stratum[0]} rank {reserve.rank} ticket {reserve.ticket}" in told
    assert "probability" not in told
