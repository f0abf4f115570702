"""What people read of a monitored year, what it is given, and its lower bound by definition."""

from __future__ import annotations

from fractions import Fraction
from math import exp, log
from pathlib import Path
from typing import Any

import pytest

import ceosample as cs

Cell = cs.inference.Cell

COUNTS = [[(40, 2, 0)], [(40, 2, 1), (5, 5, 2)]]
SCORES = [
    [Cell(40, 3, "1.25", scores=("0.25", "1", "0"))],
    [Cell(9, 1, "0.5", scores=("0.5",))],
]


def test_a_table_has_a_line_for_each_month() -> None:
    found = cs.inference.monitor(COUNTS)
    assert str(found).splitlines()[:5] == [
        "After 2 months, of 85 eligible letters at most 78 are defective, with 95 % confidence at "
        "every month at once: 9 were drawn, 3 found.",
        "",
        "to  eligible  drawn  found  at most  at least",
        "1         40      2      0       32         0",
        "2         85      9      3       78         3",
    ]
    assert [month.month for month in found.months] == [1, 2]
    assert (found.upper, found.lower) == (78, 3)
    assert str(found.months[0]).startswith("to month 1\n")


def test_scores_are_shown_to_three_digits_and_whole_ones_without_a_point() -> None:
    found = cs.inference.monitor(SCORES, scores=True)
    lines = str(found).splitlines()
    assert lines[0].startswith("After 2 months, of 49 eligible letters the sum of their scores is")
    assert lines[3].split() == ["1", "40", "3", "1.25", "40", "1"]
    assert lines[4].split() == ["2", "49", "4", "1.75", "49", "2"]
    whole = cs.inference.monitor([[Cell(9, 2, 1, scores=("0.5", "0.5"))]], scores=True)
    assert str(whole).splitlines()[3].split()[3] == "1"


def test_a_result_says_its_confidence_and_its_last_month() -> None:
    months: list[Any] = [[(30, 3, 1)], [(30, 3, 0)], [(30, 3, 0)]]
    found = cs.inference.monitor(months, confidence="0.9")
    assert found.confidence == Fraction(9, 10)
    assert found.upper == found.months[2].upper > found.months[1].upper
    assert found.lower == found.months[2].lower
    # The name of the method fixes its constants, so a record of one year is that of another.
    assert [*found.lower_design] == [Fraction(1, 4), 1, 4, 16]
    assert [*found.design] == [
        (Fraction(1, 2), None),
        (Fraction(3, 10), Fraction(4, 5)),
        (Fraction(1, 5), Fraction(1, 2)),
    ]
    assert "90 % confidence" in found.sentence


def least(months: list[list[tuple[int, int, int]]], widest: Fraction, risk: Fraction) -> int:
    """The smallest total under which the evidence stays below 1 in ``risk``.

    By 'the mixture in equal parts of products of (1 + c N/n)**y, over exp(c G)', c times W of
    1/4, 1, 4 and 16.
    """
    cells = [cell for month in months for cell in month]
    rates = [c / float(widest) for c in (0.25, 1, 4, 16)]

    def evidence(total: int) -> float:
        shares = []
        for c in rates:
            shown = sum(y * log(1 + c * size / drawn) for size, drawn, y in cells)
            shares.append(exp(shown - c * total) / 4)
        return sum(shares)

    return next(total for total in range(10_000) if evidence(total) < 1 / risk)


@pytest.mark.parametrize("found", [(1, 0), (2, 1), (3, 3), (12, 6), (10, 0), (0, 6)])
@pytest.mark.parametrize("confidence", ["0.8", "0.95"])
def test_the_lower_bound_is_that_of_its_definition(found: tuple[int, int], confidence: str) -> None:
    months = [[(120, 12, found[0]), (30, 6, found[1])], [(90, 9, 1), (40, 4, 0)]]
    bounds = cs.inference.monitor(months, confidence=confidence)
    risk = 1 - Fraction(confidence)
    for number in (1, 2):
        seen = sum(y for month in months[:number] for *_, y in month)
        expected = max(least(months[:number], Fraction(10), risk), seen)
        assert bounds.months[number - 1].lower == expected


@pytest.mark.parametrize("given", [("a folder",), (Path("a folder"), {}, 1), ([Path("a folder")])])
def test_a_month_is_a_draw_with_its_verdicts_and_nothing_else(given: Any) -> None:
    with pytest.raises(cs.errors.InferenceError, match=r"month 1, cell 1, cell: got"):
        cs.inference.monitor([given])


def test_months_are_in_order_whatever_lies_between_two_that_are_named() -> None:
    def month(named: str | None) -> list[cs.inference.Cell]:
        return [Cell(30, 3, 0, period=None if named is None else cs.Period.parse(named))]

    plain = cs.inference.monitor([month("2026-10"), month(None), month("2026-11")])
    assert [str(one.period) for one in plain.months] == ["2026-10", "None", "2026-11"]
    for last in ("2026-10", "2026-09"):
        with pytest.raises(
            cs.errors.InferenceError,
            match=f"month 3: got {last} after 2026-10; give months in order",
        ):
            cs.inference.monitor([month("2026-10"), month(None), month(last)])
