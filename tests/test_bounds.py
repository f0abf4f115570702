"""Bounds on the letters that nobody read: full enumeration, published values, a second method."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from fractions import Fraction
from math import comb, lcm
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ceosample as cs
from ceosample.inference.exact import extremes, search
from ceosample.inference.exact.extremes import fewest_defects, most_defects
from ceosample.inference.exact.sums import Sums
from ceosample.sampling.plans.clean import most_after_months, most_if_none
from ceosample.sampling.plans.generating import increments, mean_powers
from thorough import examples

Cell = cs.inference.Cell

#: July 2023 of the shared bank: 886 responses in 8 products, 12 letters by Wright's method.
SIZES = (432, 245, 98, 44, 38, 15, 10, 4)
DRAWN = (4, 2, 1, 1, 1, 1, 1, 1)

#: What was found, by the words of the vectors.
FOUND = {
    "none": (0, 0, 0, 0, 0, 0, 0, 0),
    "one in 432*": (1, 0, 0, 0, 0, 0, 0, 0),
    "one in 245*": (0, 1, 0, 0, 0, 0, 0, 0),
    "one in 98*": (0, 0, 1, 0, 0, 0, 0, 0),
    "one in 44*": (0, 0, 0, 1, 0, 0, 0, 0),
    "one in 4": (0, 0, 0, 0, 0, 0, 0, 1),
    "one in 432 and one in 245*": (1, 1, 0, 0, 0, 0, 0, 0),
}

RISK = Fraction(1, 20)


def flagship(found: tuple[int, ...]) -> list[cs.inference.Cell]:
    return [Cell(*cell) for cell in zip(SIZES, DRAWN, found, strict=True)]


# Against counting everything out


def chances(cells: list[cs.inference.Cell]) -> Iterator[tuple[int, Fraction, Fraction]]:
    """Of every way to have defects: their number, P(T <= t) and P(T >= t)."""
    scale = lcm(*(cell.drawn for cell in cells))
    weights = [scale // cell.drawn * cell.size for cell in cells]
    found = sum(w * int(cell.found) for w, cell in zip(weights, cells, strict=True))
    samples = list(itertools.product(*(range(cell.drawn + 1) for cell in cells)))
    totals = [sum(w * y for w, y in zip(weights, ys, strict=True)) for ys in samples]
    whole = 1
    for cell in cells:
        whole *= comb(cell.size, cell.drawn)
    for defects in itertools.product(*(range(cell.size + 1) for cell in cells)):
        below = above = 0
        for ys, total in zip(samples, totals, strict=True):
            ways = 1
            for cell, g, y in zip(cells, defects, ys, strict=True):
                ways *= comb(g, y) * comb(cell.size - g, cell.drawn - y)
            below += ways * (total <= found)
            above += ways * (total >= found)
        yield sum(defects), Fraction(below, whole), Fraction(above, whole)


def counted_out(cells: list[cs.inference.Cell], risk: Fraction) -> tuple[int, int]:
    """The most and the fewest defects that explain what was found."""
    ways = list(chances(cells))
    most = max(defects for defects, below, _ in ways if below > risk)
    return most, min(defects for defects, _, above in ways if above > risk)


def a_small_design(number: int) -> tuple[list[cs.inference.Cell], Fraction]:
    rng = random.Random(number)
    strata = rng.randint(1, 4)
    cells = []
    for _ in range(strata):
        drawn = rng.randint(1, 2 if strata == 4 else 3)
        size = drawn + rng.randint(1, 4 if strata == 4 else 8)
        cells.append(Cell(size, drawn, rng.choice([0, 0, 1, rng.randint(0, drawn)])))
    if strata > 1 and rng.random() < 0.2:
        cells[1] = cells[0]  # ties
    return cells, rng.choice([Fraction(1, n) for n in (5, 10, 20, 40, 100)])


@pytest.mark.parametrize("tenth", range(10))
def test_bounds_are_those_of_full_enumeration(tenth: int) -> None:
    """'equal to full enumeration'; ``benchmarks/bounds.py`` has 2,000."""
    for number in range(tenth, examples(250, one_in=10), 10):
        cells, risk = a_small_design(number)
        most, fewest = most_defects(cells, risk), fewest_defects(cells, risk)
        assert (most.defects, fewest.defects) == counted_out(cells, risk), (number, cells, risk)
        assert most.slack == fewest.slack == 0, number


def test_a_search_that_is_cut_short_errs_to_the_safe_side(monkeypatch: pytest.MonkeyPatch) -> None:
    """'never below the exact answer', and by how much is computed"""
    off = 0
    for number in range(12):
        cells, risk = a_small_design(number)
        most, fewest = most_defects(cells, risk).defects, fewest_defects(cells, risk).defects
        for steps, effort in ((10**9, 40), (0, 0)):
            with monkeypatch.context() as short:
                short.setattr(extremes, "MOST_STEPS", steps)
                short.setattr(search, "MOST_EFFORT", effort)
                high, low = most_defects(cells, risk), fewest_defects(cells, risk)
            assert high.defects >= most >= sum(high.spread), number
            assert low.defects <= fewest <= sum(low.spread), number
            off += high.slack + low.slack
    assert off  # some were cut short


# The flagship


@pytest.fixture(scope="module")
def exact(shared: Path) -> dict[str, Any]:
    """The bounds of the vectors."""
    found = json.loads((shared / "vectors/inference.json").read_text("utf-8"))
    known: dict[str, Any] = found["exact_upper_95"]
    return known


@pytest.mark.parametrize("name", FOUND)
def test_the_flagship_has_the_known_bounds(name: str, exact: dict[str, Any]) -> None:
    assert exact["design"]["N"] == list(SIZES)
    bound = cs.inference.bound(flagship(FOUND[name]))
    assert (bound.upper, bound.slack, bound.label) == (exact["bounds"][name], 0, "exact")
    assert sum(bound.allocation) == bound.upper


def test_the_flagship_says_where_defects_could_hide(exact: dict[str, Any]) -> None:
    bound = cs.inference.bound(flagship(FOUND["none"]))
    assert list(bound.allocation) == exact["where_the_defects_could_hide"]["none"]


def test_other_designs_of_the_same_month(exact: dict[str, Any]) -> None:
    alone = [cs.inference.bound([(886, 12, y)]).upper for y in range(3)]
    assert alone == list(exact["others"]["srs_12_of_886"].values())
    for drawn, upper in (((6, 3, 1, 2), 202), ((5, 3, 2, 2), 210)):
        merged = zip((432, 245, 98, 111), drawn, (0, 0, 0, 0), strict=True)
        assert cs.inference.bound(merged).upper == upper
    assert list(exact["others"].values())[-2:] == [202, 210]


@pytest.mark.parametrize("name", ["one in 432*", "one in 98*", "one in 44*"])
def test_the_flagship_has_them_by_a_second_method(name: str) -> None:
    """The way that attains the bound, over all samples; and no climb from it with one more."""
    cells = flagship(FOUND[name])
    spread = list(cs.inference.bound(cells).allocation)
    assert chance_of(cells, spread) > 0.05 + 1e-9
    best = 0.0
    for place in range(len(cells)):
        if spread[place] < cells[place].size:
            more = list(spread)
            more[place] += 1
            best = max(best, climbed(cells, more))
    assert 0.045 < best < 0.05 - 1e-9


def chance_of(cells: list[cs.inference.Cell], spread: list[int]) -> float:
    """P(T <= t), counted over what each stratum's sample can hold."""
    found = sum(Fraction(cell.size, cell.drawn) * cell.found for cell in cells)
    left = {Fraction(0): 1.0}
    for cell, g in zip(cells, spread, strict=True):
        more: dict[Fraction, float] = {}
        for y, total in itertools.product(range(cell.drawn + 1), left):
            ways = comb(g, y) * comb(cell.size - g, cell.drawn - y) / comb(cell.size, cell.drawn)
            moved = total + Fraction(cell.size, cell.drawn) * y
            if ways and moved <= found:
                more[moved] = more.get(moved, 0) + left[total] * ways
        left = more
    return sum(left.values())


def climbed(cells: list[cs.inference.Cell], spread: list[int]) -> float:
    """The chance after moves of 8 and 1 defects between two strata, as long as one helps."""
    chance, moved = chance_of(cells, spread), True
    while moved:
        moved = False
        for (a, b), step in itertools.product(itertools.permutations(range(3), 2), (8, 1)):
            if spread[a] >= step and spread[b] + step <= cells[b].size:
                tried = list(spread)
                tried[a], tried[b] = tried[a] - step, tried[b] + step
                better = chance_of(cells, tried)
                if better > chance + 1e-12:
                    spread, chance, moved = tried, better, True
    return chance


# Published


def test_published_values() -> None:
    """Wendell & Schmee (1996), and one simple random sample."""
    cells = [(500, 75, 2), (300, 50, 1), (200, 25, 0)]
    assert cs.inference.bound(cells).upper == 45
    assert cs.inference.interval(cells).upper == 50
    assert cs.inference.bound([(100, 60, 1), (100, 40, 1)]).upper == 10
    assert cs.inference.bound([(886, 12, 1)]).upper == 298


def test_their_program_s_lower_bound_takes_the_smallest_chance_and_ours_the_largest() -> None:
    """It prints [8, 50]. With 5 defects, 4 and 1, so much is found in 2.8 % of samples, which is
    above 2.5 %: 5 is not excluded, and neither are 6 and 7."""
    cells = [(500, 75, 2), (300, 50, 1), (200, 25, 0)]
    assert cs.inference.interval(cells).lower == 5
    sums = Sums.of([Cell(*cell) for cell in cells], below=True)

    def above(*defects: int) -> Fraction:
        order = [cell.size for cell in sums.cells]
        spread = dict(zip((500, 300, 200), defects, strict=True))
        return 1 - sums.chance([spread[size] for size in order])

    assert above(4, 1, 0) > Fraction(1, 40)
    smallest = {
        total: min(
            above(a, b, total - a - b) for a in range(total + 1) for b in range(total - a + 1)
        )
        for total in (7, 8)
    }
    assert smallest[7] <= Fraction(1, 40) < smallest[8]  # theirs


# One stratum, strata in full, strata without a chance


@given(st.integers(2, 60), st.data())
def test_one_stratum_is_the_hypergeometric_bound(size: int, data: st.DataObject) -> None:
    drawn = data.draw(st.integers(1, size - 1))
    found = data.draw(st.integers(0, drawn))
    bound = cs.inference.interval([(size, drawn, found)], confidence="0.9")

    def below(g: int) -> Fraction:
        ways = sum(comb(g, y) * comb(size - g, drawn - y) for y in range(found + 1))
        return Fraction(ways, comb(size, drawn))

    def above(g: int) -> Fraction:
        ways = sum(comb(g, y) * comb(size - g, drawn - y) for y in range(found, drawn + 1))
        return Fraction(ways, comb(size, drawn))

    assert bound.upper == max(g for g in range(size + 1) if below(g) > RISK)
    assert bound.lower == min(g for g in range(size + 1) if above(g) > RISK)


def test_strata_read_in_full_add_their_count_and_those_without_a_chance_all_of_it() -> None:
    cells = [*flagship(FOUND["none"]), Cell(9, 9, 2, "Escalated"), Cell(7, 0, 0, "Abroad")]
    found = cs.inference.interval(cells, confidence="0.9")
    assert found.upper == 270 + 2 + 7
    assert found.lower == 2
    assert found.allocation[-2:] == (2, 7)
    assert (found.read_in_full, found.without_chance) == (("Escalated",), ("Abroad",))
    assert any("No letter of Abroad had a chance: all 7" in words for words in found.assumptions)
    assert cs.inference.bound([(9, 9, 2)]).upper == 2
    # Counts alone have no names, so their places tell them apart.
    bare = cs.inference.bound([(43, 4, 0), (24, 2, 0), (9, 9, 1), (3, 0, 0)])
    assert list(bare.hiding) == ["cell 1", "cell 2", "cell 3", "cell 4"]
    assert sum(bare.hiding.values()) == bare.upper
    assert (bare.read_in_full, bare.without_chance) == (("cell 3",), ("cell 4",))
    assert "No letter of cell 4 had a chance: all 3 may be defective." in bare.assumptions
    assert cs.inference.bound([(9, 0, 0)]).upper == 9


@given(
    st.integers(1, 200),
    st.data(),
    st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0, 1.5, 4.0]),
)
def test_generating_functions_are_their_sums_and_log_concave(
    size: int, data: st.DataObject, z: float
) -> None:
    """'prove it in the docs, or check it as it is used'"""
    drawn = data.draw(st.integers(1, min(size, 8)))
    sums = np.array(
        [
            sum(
                comb(g, y) * comb(size - g, drawn - y) / comb(size, drawn) * z**y
                for y in range(drawn + 1)
            )
            for g in range(size + 1)
        ]
    )
    if z <= 1:
        assert np.allclose(mean_powers(size, drawn, z), sums, rtol=1e-12, atol=0)
    steps = increments(size, drawn, z)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.diff(np.log(sums))
    known = np.isfinite(expected)
    assert np.allclose(steps[known], expected[known], atol=1e-9)
    assert (np.diff(steps[np.isfinite(steps)]) <= 1e-9).all()
    if z <= 1:  # the first ones alone are the first of all
        most = data.draw(st.integers(0, size + 1))
        assert increments(size, drawn, z, most).tolist() == steps[:most].tolist()


def test_a_large_stratum_is_bounded_without_asking_each_letter_for_each_that_is_drawn() -> None:
    """A plan of 2,990 letters from a million computed 9 * 10**9 products before it could print."""
    assert most_if_none([(10**6, 2990)], Fraction(1, 20)) == [999]
    assert most_after_months([(10**6, 2990)], 12, Fraction(1, 20)) == 1124


# From a draw


@pytest.fixture(scope="module")
def draw() -> cs.Draw:
    rows = [
        {"id": f"R-{number}", "division": name}
        for name, size in (("Cards", 120), ("Loans", 60), ("Savings", 20), ("Escalated", 3))
        for number in range(1000 * len(name), 1000 * len(name) + size)
    ]
    rows = [{**row, "id": f"{row['division'][0]}{row['id']}"} for row in rows]
    frame = cs.Frame.from_records(
        rows,
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
        strata=["division"],
    )
    return cs.draw(frame, cs.Plan(size=8, take_all=["Escalated"]), SEED)


SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])


def in_stratum(draw: cs.Draw, name: str) -> list[str]:
    return [s.unit_id for s in draw.selections if s.stratum == (name,)]


def test_a_draw_gives_the_cells_of_its_strata(draw: cs.Draw, tmp_path: Path) -> None:
    verdicts = dict.fromkeys(draw.unit_ids, "sound") | {in_stratum(draw, "Loans")[0]: "defective"}
    found = cs.inference.bound(draw, verdicts)
    shape = [(cell.size, cell.drawn, int(cell.found)) for cell in found.cells]
    letters = {pool.stratum[0]: pool.letters for pool in draw.pools}
    assert shape == [
        (120, letters["Cards"], 0),
        (3, 3, 0),
        (60, letters["Loans"], 1),
        (20, letters["Savings"], 0),
    ]
    assert found.upper == cs.inference.bound(shape).upper
    assert (found.population, str(found.period)) == ("complaint-responses", "2026-10")
    assert (found.eligible, found.drawn, found.read, found.found) == (203, 11, 11, 1)
    draw.save(tmp_path / "record")
    assert cs.inference.bound(tmp_path / "record", list(verdicts.items())) == found
    assert json.loads(found.to_json())["upper"] == found.upper
    assert found.sentence in str(found)
    assert found.sentence in found._repr_html_()


def test_a_missing_verdict_counts_as_defective_and_never_for_a_lower_bound(draw: cs.Draw) -> None:
    sound: dict[str, Any] = dict.fromkeys(draw.unit_ids, "sound")
    (lost, *_) = in_stratum(draw, "Cards")
    known = cs.inference.bound(draw, sound | {lost: True})
    without = {unit_id: verdict for unit_id, verdict in sound.items() if unit_id != lost}
    for verdicts in (without, without | {lost: None}):
        found = cs.inference.bound(draw, verdicts)
        assert (found.upper, found.missing, found.read) == (known.upper, 1, 10)
        assert (found.found, found.counted) == (0, 1)
        assert "1 drawn letter without a verdict: counted as defective" in found.assumptions[2]
        assert cs.inference.interval(draw, verdicts).lower == 0
        clean = cs.inference.bound(draw, verdicts, missing="sound")
        assert clean.upper == cs.inference.bound(draw, sound).upper < known.upper  # type: ignore[operator]
    with pytest.raises(cs.errors.InferenceError, match=f"verdicts, {lost}: missing"):
        cs.inference.bound(draw, without, missing="refuse")


def test_ineligible_is_sound_and_substitutes_are_left_out(draw: cs.Draw) -> None:
    sound: dict[str, Any] = dict.fromkeys(draw.unit_ids, "sound")
    plain = cs.inference.bound(draw, sound)
    found = cs.inference.bound(
        draw, sound | {draw.unit_ids[0]: "ineligible", draw.reserves[0].unit_id: "defective"}
    )
    assert (found.upper, found.eligible) == (plain.upper, plain.eligible)
    assert (found.ineligible, found.substitutes, found.found) == (1, 1, 0)


def test_a_month_in_one_pool_is_one_sample(draw: cs.Draw) -> None:
    alike = cs.draw(draw.frame, cs.Plan(size=12, allocation="srs"), SEED)
    found = cs.inference.bound(alike, dict.fromkeys(alike.unit_ids, False))
    assert [(cell.size, cell.drawn) for cell in found.cells] == [(203, 12)]


def test_a_rotation_s_open_letters_are_one_sample_of_all_that_were_not_called(
    draw: cs.Draw,
) -> None:
    plan = cs.Plan(size=4, rotation=cs.Rotation(months=3, start="2026-10"), take_all=["Escalated"])
    turned = cs.draw(draw.frame, plan, SEED)
    (called,) = (s for s in turned.selections if s.line == "called")
    found = cs.inference.bound(turned, dict.fromkeys(turned.unit_ids, 0) | {called.unit_id: 1})
    shapes = [(cell.size, cell.drawn, cell.found) for cell in found.cells]
    assert shapes == [(3, 3, 0), (1, 1, 1), (199, 3, 0)]
    assert any(words.startswith("Rotation:") for words in found.assumptions)


def test_the_sentence_says_no_less_than_what_was_read() -> None:
    found = cs.inference.interval([(15, 1, 0), (10, 1, 1), (4, 1, 1)], confidence="0.9")
    assert (found.lower, found.found) == (1, 2)
    assert found.sentence.startswith("At least 2 and at most ")


BAD: list[tuple[Any, Any, dict[str, Any], str]] = [
    ([], None, {}, "cells: got none"),
    ([(4, 5, 0)], None, {}, "cell 1, n: got 5 drawn of 4 letters"),
    ([(4, 2, 3)], None, {}, "cell 1, y: got 3 found of 2 letters"),
    ([(4.0, 2, 0)], None, {}, "cell 1, N: got 4.0"),
    ([(4, 2, 0.5)], None, {}, "cell 1, y: got 1/2"),
    ([(4, 2, float("nan"))], None, {}, "cell 1, y: got nan"),
    (["x"], None, {}, "cell 1, cell: got 'x'"),
    ([(4, 2)], None, {}, "cell 1, cell: got"),
    (7, None, {}, "draw: got 7"),
    ([(4, 2, 0)], {}, {}, "verdicts: got some"),
    ([(4, 2, 0)], None, {"confidence": 0}, "confidence: got 0"),
    ([(4, 2, 0)], None, {"confidence": 1}, "confidence: got 1"),
    ([(4, 2, 0)], None, {"confidence": float("nan")}, "confidence: got nan"),
    ([(4, 2, 0)], None, {"missing": "drop"}, "missing: got 'drop'"),
    ([(10**8, 2, 0)], None, {}, "cell 1, N: got 100000000"),
]


@pytest.mark.parametrize(("given", "verdicts", "options", "said"), BAD)
def test_bad_input_is_refused_in_words(
    given: Any, verdicts: Any, options: dict[str, Any], said: str
) -> None:
    for ask in (cs.inference.bound, cs.inference.interval, cs.inference.lower_bound):
        with pytest.raises(cs.errors.InferenceError, match=r"(?s)" + said.replace("(", r"\(")):
            ask(given, verdicts, **options)


def test_bad_verdicts_are_all_told_at_once(draw: cs.Draw) -> None:
    one, two, three, *rest = draw.unit_ids
    pairs: list[tuple[Any, Any]] = [
        *(("nobody", "sound"), (one, float("nan")), (two, 0.5), (three, "sund")),
        *((rest[0], True), (rest[0], True)),
    ]
    with pytest.raises(cs.errors.InferenceError) as caught:
        cs.inference.bound(draw, pairs)
    told = caught.value.faults
    assert len(told) == 5
    assert told[0].startswith("verdicts: got 'nobody', which was not drawn")
    assert "got nan" in told[1]
    assert "scores are for monitor" in told[2]
    assert "did you mean sound?" in told[3]
    assert told[4] == f"verdicts, {rest[0]}: judged twice; give one verdict a letter"


def test_a_float_is_its_shortest_decimal() -> None:
    assert cs.inference.bound([(50, 5, 1)], confidence=0.95).confidence == Fraction(19, 20)
