"""What a plan promises, against simulation in the small: every way to spread, every draw."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.plans.chances import worst_miss
from ceosample.sampling.plans.pool import Pool
from ceosample.show import percent
from thorough import examples

SIZES: dict[Stratum, int] = {("Cards",): 120, ("Loans",): 30, ("Savings",): 6}


def frame_of(sizes: dict[Stratum, int]) -> cs.Frame:
    return cs.Frame.from_records(
        [
            {"id": f"{stratum[0]}-{number}", "division": stratum[0]}
            for stratum, size in sizes.items()
            for number in range(size)
        ],
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
        strata=["division"],
    )


def spreads(sizes: list[int], defective: int) -> Iterator[tuple[int, ...]]:
    """Every way to have so many defective letters in strata of these sizes."""
    choices = (range(min(size, defective) + 1) for size in sizes)
    return (spread for spread in itertools.product(*choices) if sum(spread) == defective)


def missed(size: int, letters: int, marked: int) -> Fraction:
    """Counted out: the share of all samples that hold none of the first ``marked`` units."""
    samples = list(itertools.combinations(range(size), letters))
    return Fraction(sum(all(unit >= marked for unit in s) for s in samples), len(samples))


small = st.lists(st.integers(1, 5), min_size=1, max_size=3)


@settings(max_examples=examples(60, one_in=4))
@given(small, st.data())
def test_the_worst_case_is_the_worst_of_all_ways_to_spread(
    counts: list[int], data: st.DataObject
) -> None:
    """'the chance that at least one defective letter is drawn, at worst over strata'"""
    sizes: dict[Stratum, int] = {(f"s{i}",): count for i, count in enumerate(counts)}
    total = sum(counts)
    n = data.draw(st.integers(len(counts), total))
    rate = Fraction(data.draw(st.integers(0, total)), total)
    promise = cs.Plan(size=n).promise(frame_of(sizes))
    letters = [pool.letters for pool in promise.pools]
    worst = Fraction(0)
    for spread in spreads(counts, int(rate * total)):
        none = Fraction(1)
        for size, drawn, marked in zip(counts, letters, spread, strict=True):
            none *= missed(size, drawn, marked)
        worst = max(worst, none)
    assert promise.detects(rate) == 1 - worst


pools_of_letters = st.lists(
    st.integers(1, 40).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size))),
    min_size=1,
    max_size=6,
)


@given(pools_of_letters, st.data())
def test_the_worst_spread_is_that_of_one_unit_after_the_other(
    sizes: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Each marked unit goes where it lowers the chance of missing all the least."""
    marked = data.draw(st.integers(0, sum(size for size, _ in sizes)))
    pools = [Pool((str(i),), ((str(i),),), *pair) for i, pair in enumerate(sizes)]
    left = [size for size, _ in sizes]
    none = Fraction(1)
    for _ in range(marked):
        factor, place = max(
            (Fraction(max(left[i] - n, 0), left[i]), i) for i, (_, n) in enumerate(sizes) if left[i]
        )
        none *= factor
        left[place] -= 1
    assert worst_miss(pools, marked) == none


@pytest.mark.parametrize("marked", [50_000, 10_000, 100, 1])
def test_to_detect_in_a_million_letters(marked: int) -> None:
    [pool] = cs.Plan.to_detect(Fraction(marked, 10**6), confidence="0.95").pools({("all",): 10**6})

    def missed_by(letters: int) -> float:
        return math.prod(1 - letters / (10**6 - unit) for unit in range(marked))

    assert missed_by(pool.letters) < 0.05 * (1 + 1e-9)
    assert missed_by(pool.letters - 1) > 0.05


@settings(max_examples=examples(40, one_in=4))
@given(small, st.sampled_from(["0.2", "0.4"]), st.sampled_from(["0.5", "0.9"]))
def test_to_detect_takes_the_fewest_letters_that_do(
    counts: list[int], rate: str, confidence: str
) -> None:
    sizes: dict[Stratum, int] = {(f"s{i}",): count for i, count in enumerate(counts)}
    frame = frame_of(sizes)
    found = cs.Plan.to_detect(rate, confidence=confidence).promise(frame)
    assert found.detects(rate) >= Fraction(confidence)
    if found.letters > len(counts):
        fewer = cs.Plan(size=found.letters - 1).promise(frame)
        assert fewer.detects(rate) < Fraction(confidence)


def test_one_stratum_needs_as_many_letters_as_the_published_table_says(
    vectors: dict[str, Any],
) -> None:
    """Touw & Hoogduin (2011), p. 123: 60 defective of 1,200, confidence 90 %."""
    given_, expected = vectors["hyp-02"]["inputs"], vectors["hyp-02"]["expected"]
    frame = frame_of({("all",): given_["N"]})
    assert cs.Plan.to_detect("0.05", confidence="0.9").promise(frame).letters == expected["n"][0]


def test_a_reading_budget_covers_the_letters_read_in_full() -> None:
    """'*Take-all* strata ... are signed in full, beside n, and count in the reading budget.'"""
    frame = frame_of(SIZES)
    assert cs.Plan.for_minutes(45, per_letter=4).promise(frame).letters == 11
    promise = cs.Plan.for_minutes(45, per_letter=4, take_all=["Savings"]).promise(frame)
    assert [pool.letters for pool in promise.pools] == [4, 1, 6]
    assert promise.minutes == 44
    with pytest.raises(
        cs.errors.PlanError, match=r"2 are needed next to the 6.*possible plan is of 32\.0"
    ):
        cs.Plan.for_minutes(25, per_letter=4, take_all=["Savings"]).promise(frame)
    assert cs.Plan.for_minutes(32, per_letter=4, take_all=["Savings"]).promise(frame).letters == 8
    assert cs.Plan.for_minutes(9999, per_letter=4).promise(frame).letters == 156


def test_a_confidence_that_cannot_be_reached_is_refused_with_the_one_that_can() -> None:
    frame = frame_of(SIZES)
    plan = cs.Plan.to_detect("0.05", confidence="0.9", cap=2)
    with pytest.raises(
        cs.errors.PlanError, match=r"at most 6 letters.* confidence is 0\.1294, or raise"
    ):
        plan.promise(frame)
    reached = cs.Plan.to_detect("0.05", confidence="0.1294", cap=2).promise(frame)
    assert reached.detects("0.05") >= Fraction("0.1294")


def test_a_plan_says_what_its_strata_cost_for_finding() -> None:
    """Next to the worst case stands what as many letters find if they are drawn from all alike."""
    frame = frame_of(SIZES)
    for plan in (
        cs.Plan(size=6),
        cs.Plan(size=6, take_all=["Savings"]),
        cs.Plan(size=6, rotation=cs.Rotation(months=2, start="2026-10")),
    ):
        promise = plan.promise(frame)
        alike = cs.Plan(size=promise.letters, allocation="srs").promise(frame)
        for rate in ("0.05", "0.1"):
            chance = percent(alike.detects(rate))
            assert f"{percent(Fraction(rate))} of all letters" in str(promise)
            assert f"; {chance} without strata (srs)" in str(promise)
            assert f"; {chance} without strata (srs)" in promise._repr_html_()
            assert f"a chance of {chance}, wherever they are" in str(alike)
        assert "srs" not in str(alike)


def test_the_chance_that_somebody_s_letter_is_drawn_in_time() -> None:
    """'the chance that at least one is drawn within k months'"""
    promise = cs.Plan(size=6).promise(frame_of(SIZES))
    assert promise.chance("Savings", 1) == Fraction(1, 6)
    assert promise.chance("Savings", 2, months=3) == 1 - Fraction(4, 6) ** 3
    assert promise.chance(("Cards",), 120) == 1
    assert promise.chance("Loans", 0, months=12) == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("Nobody", 1), "got 'Nobody', not in the promise; use one of 'Cards', 'Loans', 'Savings'"),
        (("Savings", 7), "from 0 to 6"),
        (("Savings", 1, 0), "months: got 0"),
    ],
)
def test_a_chance_of_nothing_there_is_is_refused(arguments: Any, says: str) -> None:
    with pytest.raises(cs.errors.PlanError, match=says):
        cs.Plan(size=6).promise(frame_of(SIZES)).chance(*arguments)


def test_a_rate_that_is_none_is_refused() -> None:
    promise = cs.Plan(size=6).promise(frame_of(SIZES))
    for rate in ("1.1", -1, "many"):
        with pytest.raises(cs.errors.PlanError, match="rate: got"):
            promise.detects(rate)
    with pytest.raises(cs.errors.PlanError, match="spread: got 'even'"):
        promise.detects("0.1", spread="even")


def test_a_promise_of_a_draw_is_that_of_its_plan_and_shows_itself() -> None:
    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["audit"])
    plan, frame = cs.Plan(size=6, per_letter=4), frame_of(SIZES)
    promise = plan.promise(frame)
    assert cs.draw(frame, plan, seed).promise().pools == promise.pools
    text = str(promise)
    assert text.startswith("6 of 156 letters a month, about 24.0 minutes to read")
    assert "Savings         6        1  16.7 %         6.0             1.0" in text
    assert "of all letters were defective" in text
    assert "<table>" in promise._repr_html_()
    assert promise.to_dict()["letters"] == 6


@pytest.mark.parametrize(
    "plan",
    [
        cs.Plan.for_minutes(45, per_letter="4.5"),
        cs.Plan.to_detect("0.05", confidence="0.9"),
        cs.Plan(size=9, allocation={"Cards": 4, "Loans": 3, "Savings": 2}),
        cs.Plan(size=9, allocation="neyman", variances={"Cards": 0.3, "Loans": 1, "Savings": "2"}),
        cs.Plan(size=9, allocation="power", power="1/2", cap=5),
        cs.Plan(size=9, allocation="equal", minimum=2),
    ],
)
def test_every_plan_goes_into_the_record_and_comes_back(plan: cs.Plan) -> None:
    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["audit"])
    draw = cs.draw(frame_of(SIZES), plan, seed)
    manifest, excluded, record = draw.files().values()
    report = cs.verification.verify_record(record, manifest, excluded)
    assert report.ok, report.first_difference
    assert cs.Plan.from_dict(plan.to_dict()) == plan


def test_take_all_strata_without_letters_are_named_since_a_name_may_be_mistyped() -> None:
    promise = cs.Plan(size=6, take_all=["savings"]).promise(frame_of(SIZES))
    assert promise.absent == (("savings",),)
    assert "to be read in full, but without letters this month: savings" in str(promise)


def test_a_month_without_responses_is_refused_in_every_way() -> None:
    frame = frame_of({})
    for plan in (cs.Plan(size=3), cs.Plan.for_minutes(9, per_letter=3)):
        with pytest.raises(cs.errors.PlanError, match="no responses, so there is nothing to draw"):
            plan.promise(frame)


@pytest.mark.parametrize("per_letter", ["3.33", "4", "0.1"])
def test_the_minutes_that_are_named_as_possible_are(per_letter: str) -> None:
    frame = frame_of(SIZES)
    with pytest.raises(cs.errors.PlanError, match="nearest possible plan is of") as refused:
        cs.Plan.for_minutes("0.01", per_letter=per_letter).promise(frame)
    minutes = str(refused.value).rsplit(" ", 1)[1]
    assert cs.Plan.for_minutes(minutes, per_letter=per_letter).promise(frame).letters >= 3


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"size": 5, "allocation": "neyman", "variances": 5}, "variances: got .*give a mapping"),
        ({"size": 5, "allocation": [1, 2]}, "allocation: got"),
        ({"size": 5, "allocation": [[]]}, "allocation: got"),
        ({"size": 5, "cuts": [[]]}, "cuts: got"),
        ({"size": 5, "cuts": [{}]}, "cuts: got"),
        ({"minutes": [], "per_letter": 4}, "minutes: got"),
        ({"minutes": "1e999999999", "per_letter": 4}, "minutes: got"),
        ({"detect": "0.05"}, "detect: got '1/20'; give a rate and a confidence"),
        ({"size": 2**60}, "size: got"),
        ({"size": 5, "take_all": {"A", "B"}}, "take_all: got"),
        ({"size": 5, "allocation": "power", "power": 1 / 3}, "power: got .*at most 12ths"),
        (
            {"size": 5, "allocation": "power", "power": "3/2"},
            "power: got 3/2; give a number from 0 to 1",
        ),
    ],
)
def test_junk_in_a_plan_is_refused_with_its_field(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(cs.errors.PlanError, match=f"plan, {says}"):
        cs.Plan(**fields)
    with pytest.raises(cs.errors.PlanError, match=f"plan, {says}"):
        cs.Plan.from_dict(fields)


def test_whole_numbers_of_numpy_are_whole_numbers() -> None:
    assert cs.Plan(size=numpy.int64(5), reserves=numpy.int32(1)) == cs.Plan(size=5, reserves=1)


# If nothing is found

#: July 2023 of a large bank.
MONTH: dict[Stratum, int] = {
    (f"product {number}",): size for number, size in enumerate((432, 245, 98, 44, 38, 15, 10, 4))
}


def test_it_says_what_holds_if_nothing_is_found() -> None:
    """'prints "if nothing is found, at most 270 of 886"', twelve months, and merging"""
    promise = cs.Plan(size=12).promise(frame_of_products(MONTH))
    assert "if nothing is found, at most 270 of 886 may be defective" in str(promise)
    assert "at most 388 of 10632, at whichever month you look" in str(promise)
    assert str(promise).endswith(
        "they would be 219 and 302 (under 20), 202 and 296 (under 50), 196 and 263 (under 120)"
    )
    cells = [(pool.size, pool.letters, 0) for pool in promise.pools]
    monitored = cs.inference.monitor([cells] * 12)
    for months in (1, 2, 12):
        assert promise.bound(months=months) == (
            cs.inference.bound(cells).upper if months == 1 else monitored.months[months - 1].upper
        )
    assert promise.bound(confidence="0.9") == cs.inference.bound(cells, confidence="0.9").upper
    merged = cs.Plan(size=12, merge_below=50, into="other").promise(frame_of_products(MONTH))
    assert merged.bound() == 202
    assert merged.bound(months=12) == 296


def frame_of_products(sizes: dict[Stratum, int]) -> cs.Frame:
    return frame_of({(stratum[0].replace(" ", "-"),): size for stratum, size in sizes.items()})


@pytest.mark.parametrize(
    ("plan", "upper"),
    [
        (cs.Plan(size=12, allocation="srs"), 194),
        (cs.Plan(size=12, take_all=["product-7"]), 245),
        (cs.Plan(size=886), 0),
    ],
)
def test_the_bound_of_other_plans(plan: cs.Plan, upper: int) -> None:
    promise = plan.promise(frame_of_products(MONTH))
    assert promise.bound() == upper
    assert ("merged" in str(promise)) == (plan.take_all != ())


def test_under_a_rotation_the_open_letters_bound_it() -> None:
    plan = cs.Plan(size=4, rotation=cs.Rotation(months=3, start="2026-10"))
    promise = plan.promise(frame_of_products(MONTH))
    assert promise.bound() == cs.inference.bound([(883, 1, 0)]).upper


@given(st.sampled_from(["0.05", "0.1", "0.2"]), st.sampled_from(["0.8", "0.95"]))
def test_a_plan_for_a_bound_is_the_smallest(rate: str, confidence: str) -> None:
    frame = frame_of_products(MONTH)
    promise = cs.Plan.for_bound(rate, confidence=confidence).promise(frame)
    below = Fraction(rate) * 886
    assert promise.bound(confidence=confidence) < below
    if promise.letters > 8:
        less = cs.Plan(size=promise.letters - 1).promise(frame)
        assert less.bound(confidence=confidence) >= below


@pytest.mark.parametrize(
    "wrong", [{"confidence": 0}, {"confidence": 1}, {"confidence": "x"}, {"months": 0}]
)
def test_a_bound_of_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(cs.errors.PlanError, match=next(iter(wrong))):
        cs.Plan(size=3).promise(frame_of(SIZES)).bound(**wrong)
