"""Bounds that hold at all months at once: the real year, their defining sums, simulated misses."""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any

import pytest

import ceosample as cs

Cell = cs.inference.Cell


@pytest.fixture(scope="module")
def monitored(shared: Path) -> dict[str, Any]:
    """The vectors of the monitor."""
    found = json.loads((shared / "vectors/inference.json").read_text("utf-8"))
    known: dict[str, Any] = found["monitor"]
    return known


def year(monitored: dict[str, Any], defects: int) -> list[list[cs.inference.Cell]]:
    """The real year with a defect in the largest stratum of so many of its first months."""
    months = []
    for number, month in enumerate(monitored["months24"][12:]):
        largest = month["N"].index(max(month["N"]))
        cells = enumerate(zip(month["N"], month["n"], strict=True))
        months.append([
            Cell(size, drawn, int(place == largest and number < defects), f"stratum {place}")
            for place, (size, drawn) in cells
        ])  # fmt: skip
    return months


@pytest.mark.parametrize(("defects", "upper"), [(0, 539), (1, 1085), (3, 1410), (8, 2579)])
def test_the_real_year(monitored: dict[str, Any], defects: int, upper: int) -> None:
    """'539 of 13,391 with nothing found, 1,085 / 1,410 / 2,579 with 1 / 3 / 8 found'"""
    known = monitored["year_2022_08_to_2023_07"]["defects_in_largest_stratum_of_the_first_k_months"]
    found = cs.inference.monitor(year(monitored, defects))
    assert found.upper == upper
    assert upper == known["generating_function_C"][known["k"].index(defects)]
    assert found.widest == 179
    assert (found.months[-1].eligible, found.months[-1].drawn) == (13391, 144)
    assert [month.upper for month in found.months] == sorted(month.upper for month in found.months)
    assert defects <= found.lower <= found.upper


def means(size: int, drawn: int, z: Fraction) -> list[Fraction]:
    return [
        sum(
            (
                Fraction(comb(g, y) * comb(size - g, drawn - y), comb(size, drawn)) * z**y
                for y in range(drawn + 1)
            ),
            Fraction(0),
        )
        for g in range(size + 1)
    ]


def by_definition(cells: list[cs.inference.Cell], widest: Fraction, risk: Fraction) -> int:
    """The largest total that the mixture does not reject: every way to spread it, in fractions.

    In each stratum there are as many as were found, and those that were found sound are none.
    """
    possible = [range(int(c.found), c.size - c.drawn + int(c.found) + 1) for c in cells]
    rates = [
        (Fraction(1, 2), None),
        (Fraction(3, 10), Fraction(4, 5)),
        (Fraction(1, 5), Fraction(1, 2)),
    ]
    shown, tables = [], []
    for _, c in rates:
        powers = [
            Fraction(0) if c is None else max(Fraction(0), 1 - c / widest * cell.size / cell.drawn)
            for cell in cells
        ]
        product = Fraction(1)
        for z, cell in zip(powers, cells, strict=True):
            product *= z ** int(cell.found)
        shown.append(product)
        tables.append([means(c.size, c.drawn, z) for c, z in zip(cells, powers, strict=True)])
    best = 0
    for total in range(sum(cell.size for cell in cells) + 1):
        ways = [spread for spread in itertools.product(*possible) if sum(spread) == total]
        if not ways:
            continue
        evidence = Fraction(0)
        for (weight, _), product, table in zip(rates, shown, tables, strict=True):
            most = Fraction(0)
            for spread in ways:
                mean = Fraction(1)
                for row, g in zip(table, spread, strict=True):
                    mean *= row[g]
                most = max(most, mean)
            if product:
                evidence += weight * product / most if most else 10**9
        if evidence < 1 / risk:
            best = total
    return best


@pytest.mark.parametrize("number", range(6))
def test_it_is_the_mixture_of_its_definition(number: int) -> None:
    rng = random.Random(number)
    months = [
        [Cell(rng.randint(3, 7), rng.randint(1, 2), rng.randint(0, 1)) for _ in range(2)]
        for _ in range(2)
    ]
    widest = max(Fraction(cell.size, cell.drawn) for cell in months[0])
    found = cs.inference.monitor(months, confidence="0.7")
    for count, month in enumerate(found.months, 1):
        cells = [cell for part in months[:count] for cell in part]
        assert month.upper == by_definition(cells, widest, Fraction(3, 10))


def test_strata_in_full_and_strata_without_a_chance() -> None:
    plain = cs.inference.monitor([[(40, 2, 0)], [(40, 2, 1)]])
    more = cs.inference.monitor([[(40, 2, 0), (5, 5, 2)], [(40, 2, 1), (6, 0, 0)]])
    assert [month.upper for month in more.months] == [
        plain.months[0].upper + 2,
        plain.months[1].upper + 8,
    ]
    assert more.lower >= 3
    only = cs.inference.monitor([[(5, 5, 2)]])
    assert (only.upper, only.lower, only.widest) == (2, 2, None)


def test_scores_of_nothing_and_everything_are_next_to_counts() -> None:
    """With one letter a stratum the two are the same process; a score's bound is rounded up."""
    months = [[Cell(90, 1, 0), Cell(40, 1, 1)], [Cell(80, 1, 0)]] * 4
    counts = cs.inference.monitor(months)
    scored = [[Cell(c.size, 1, c.found, scores=(c.found,)) for c in month] for month in months]
    scores = cs.inference.monitor(scored, scores=True)
    for count, score in zip(counts.months, scores.months, strict=True):
        assert count.upper <= score.upper <= count.upper + 2
        assert score.lower == count.lower


def test_a_smaller_score_has_a_smaller_bound() -> None:
    def upper(score: str) -> int:
        months = [[Cell(200, 3, score, scores=(score, 0, 0))], [Cell(200, 3, scores=(0, 0, 0))]] * 6
        return cs.inference.monitor(months, scores=True).upper

    assert upper("0") < upper("0.1") < upper("0.5") < upper("1")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["counts", "scores"])
def test_it_seldom_misses_at_any_month(kind: str) -> None:
    """100 histories at a confidence of 80 %: at most 20 % miss, within the simulation's error.

    ``benchmarks/monitor.py`` has 20,000 of each of several truths, at 95 %.
    """
    rng = random.Random(7)
    missed_above = missed_below = 0
    for _ in range(100):
        months, truth, totals = [], Fraction(0), []
        for _ in range(5):
            month = []
            for size, drawn in ((40, 2), (12, 1)):
                values = [_value(rng, kind) for _ in range(size)]
                truth += sum(values)
                read = tuple(rng.sample(values, drawn))
                scores = read if kind == "scores" else ()
                month.append(Cell(size, drawn, sum(read), scores=scores))
            months.append(month)
            totals.append(truth)
        found = cs.inference.monitor(months, confidence="0.8", scores=kind == "scores")
        pairs = list(zip(found.months, totals, strict=True))
        missed_above += any(month.upper < total for month, total in pairs)
        missed_below += any(month.lower > total for month, total in pairs)
    assert missed_above <= 20 + 3 * 4
    assert missed_below <= 20 + 3 * 4
    assert missed_above + missed_below > 0  # and it is no bound that cannot miss


def _value(rng: random.Random, kind: str) -> Fraction:
    if rng.random() > 0.15:
        return Fraction(0)
    return Fraction(1) if kind == "counts" else Fraction(rng.choice([1, 3, 4]), 4)


def test_draws_and_their_verdicts() -> None:
    history: list[Any] = []
    cells: list[Any] = []
    for month in (10, 11):
        frame = cs.Frame.from_records(
            [{"id": f"{month}-{n}", "division": "AB"[n % 3 == 0]} for n in range(60)],
            population="complaint-responses",
            period=f"2026-{month}",
            unit_id="id",
            strata=["division"],
        )
        seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
        drawn = cs.draw(frame, cs.Plan(size=6), seed)
        verdicts: dict[str, Any] = dict.fromkeys(drawn.unit_ids[1:], "sound")
        history.append((drawn, verdicts))
        cells.append([(40, 4, 1), (20, 2, 0)])
    found = cs.inference.monitor(history)
    assert [str(month.period) for month in found.months] == ["2026-10", "2026-11"]
    assert found.upper == cs.inference.monitor(cells).upper  # missing counts as defective
    last = found.months[-1]
    assert (int(last.found), int(last.counted), last.lower) == (0, 2, 0)
    assert found.sentence in str(found)
    assert json.loads(found.to_json())["months"][1]["upper"] == found.upper
    scored = [(drawn, dict.fromkeys(drawn.unit_ids, "0.25")) for drawn, _ in history]
    assert cs.inference.monitor(scored, scores=True).months[-1].found == 3
    for wrong, said in (
        (history[::-1], "month 2: got 2026-10 after 2026-11; give months in order"),
        (scored, "scores are for monitor"),
        ([], "history: got no months"),
        ("history", "history: got 'history'"),
        ([history[0][0]], "month 1, history: got"),
        ([[(4, 5, 0)]], "month 1, cell 1, n: got 5 drawn of 4 letters"),
    ):
        with pytest.raises(cs.errors.InferenceError, match=r"(?s)" + said):
            cs.inference.monitor(wrong)  # type: ignore[arg-type]
    with pytest.raises(cs.errors.InferenceError, match="give the scores of the letters drawn"):
        cs.inference.monitor([[Cell(5, 2, "0.5")]], scores=True)
    with pytest.raises(cs.errors.InferenceError, match="scores: got 1 with a sum of 1/2"):
        Cell(5, 2, "0.5", scores=("0.5",))
