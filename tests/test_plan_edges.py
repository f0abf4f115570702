"""What a plan and a promise take at the bounds of each number, one below and one above."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import ceosample as cs
from ceosample.errors import PlanError
from ceosample.sampling.plans import plan_fields


def frame(**sizes: int) -> cs.Frame:
    return cs.Frame.from_records(
        [
            {"id": f"{name}-{number}", "division": name}
            for name, size in sizes.items()
            for number in range(size)
        ],
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
        strata=["division"],
    )


@pytest.mark.parametrize(
    ("field", "least", "other"),
    [
        ("size", 1, {}),
        ("size", 0, {"take_all": ["A"]}),
        ("minimum", 0, {"size": 5}),
        ("reserves", 0, {"size": 5}),
        ("cap", 1, {"size": 5}),
        ("rest", 1, {"size": 5}),
        ("merge_below", 2, {"size": 5, "into": "merged"}),
    ],
)
def test_whole_numbers_of_a_plan(field: str, least: int, other: dict[str, Any]) -> None:
    assert getattr(cs.Plan(**{**other, field: least}), field) == least
    for value in (least - 1, least + 0.5, "3", True):
        with pytest.raises(PlanError) as error:
            cs.Plan(**{**other, field: value})
        assert any(
            fault.startswith(f"plan, {field}: got ")
            and fault.endswith(f"; give a whole number of at least {least}")
            for fault in error.value.faults
        )


@pytest.mark.parametrize("given", [{}, {"allocation": "neyman"}, {"reserves": 3}])
def test_a_plan_says_how_much_is_drawn_in_one_way(given: dict[str, Any]) -> None:
    with pytest.raises(PlanError, match="plan: got None for each of them; give one of size"):
        cs.Plan(**given)
    with pytest.raises(PlanError, match="plan: got size 5 and minutes '45'; give one of size"):
        cs.Plan(size=5, minutes=45, per_letter=4, **given)


def test_spreads_are_numbers_by_stratum() -> None:
    plan = cs.Plan(size=5, allocation="neyman", variances={"A": "0.25", "B": 0})
    assert plan.variances == {("A",): Fraction(1, 4), ("B",): 0}
    for given in ({}, {"A": "much"}, {"A": None}, {"": 1}, {3: 1}, [1], "A", [["A", 1], ["A", 2]]):
        with pytest.raises(PlanError, match=r"plan, variances: got .*; give a mapping of stratum"):
            cs.Plan(size=5, allocation="neyman", variances=given)


@pytest.mark.parametrize("uncut", ["unknown", [3], [None], 3, {"unknown"}])
def test_values_that_stay_uncut_are_a_list_of_texts(uncut: Any) -> None:
    cuts = {"days": [10, 20]}
    assert cs.Plan(size=5, cuts=cuts, uncut=["unknown"]).uncut == ("unknown",)
    with pytest.raises(PlanError, match=r"plan, uncut: got .*; give a list of values as text"):
        cs.Plan(size=5, cuts=cuts, uncut=uncut)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([["Cards", "email"], ["Loans", "letter"]], "Cards / email and Loans / letter"),
        ([["Cards"], ["Loans"]], "Cards and Loans"),
        ([["Cards", 3], ["Loans", 1]], "Cards: 3 and Loans: 1"),
        ([[["Cards", "email"], 3]], "Cards / email: 3"),
        ([[["Cards"], "1/4"]], "Cards: 1/4"),
        ([["days", [10, 20]]], "days: 10 and 20"),
        ("5/1", "5"),
        ({"at_most": 5}, "at most 5"),
    ],
)
def test_a_plans_fields_are_read_by_people(given: Any, said: str) -> None:
    assert plan_fields.said(given) == said


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ([["A", 3], ["B", 1]], {("A",): 3, ("B",): 1}),
        ({"A": 3}, {("A",): 3}),
        ([[["A", "x"], 3]], {("A", "x"): 3}),
        ([["A", 3], ["A", 1]], [["A", 3], ["A", 1]]),
        ([["A", 3], "B"], [["A", 3], "B"]),
        ([["A", 3, 4]], [["A", 3, 4]]),
        ([[{}, 3]], [[{}, 3]]),
        ("A", "A"),
        (None, None),
    ],
)
def test_pairs_are_a_mapping_or_stay_as_they_are(given: Any, taken: Any) -> None:
    assert plan_fields.as_pairs(given) == taken


def test_exact_numbers_are_told_as_text_wherever_they_are() -> None:
    half = Fraction(1, 2)
    assert plan_fields.as_given((half, {"A": half}, 3)) == ["1/2", {"A": "1/2"}, 3]
    assert plan_fields.as_exact(["0.5", {"A": 0.5}]) == (half, {"A": half})
    assert plan_fields.as_exact("much") == "much"


def test_a_promise_is_asked_about_all_letters_of_a_stratum_and_not_one_more() -> None:
    promise = cs.Plan(size=4).promise(frame(A=12, B=6))
    assert promise.chance("B", letters_a_month=6) == 1
    assert promise.chance("B", letters_a_month=0) == 0
    for count in (7, -1, 0.5):
        with pytest.raises(PlanError, match="give a whole number from 0 to 6"):
            promise.chance("B", letters_a_month=count)  # type: ignore[arg-type]


@pytest.mark.parametrize("months", [1, 1200])
def test_a_promise_is_asked_about_1_to_1200_months(months: int) -> None:
    promise = cs.Plan(size=4).promise(frame(A=12, B=6))
    assert promise.chance("A", letters_a_month=1, months=months) > 0
    assert promise.bound(months=months) > 0
    for wrong in (0, 1201):
        with pytest.raises(PlanError, match="give a whole number from 1 to 1200"):
            promise.chance("A", letters_a_month=1, months=wrong)
        with pytest.raises(PlanError, match="give a whole number from 1 to 1200"):
            promise.bound(months=wrong)


@pytest.mark.parametrize("spread", ["even", "", "found ", "zzz", "Worst"])
def test_another_spread_is_refused(spread: str) -> None:
    promise = cs.Plan(size=4).promise(frame(A=12, B=6))
    assert (
        0 < promise.detects("0.1", spread="found") <= promise.detects("0.1", spread="proportional")
    )
    with pytest.raises(PlanError, match="use 'worst', 'found' or 'proportional'"):
        promise.detects("0.1", spread=spread)


def test_under_a_rotation_the_bound_is_that_of_the_open_letters_alone() -> None:
    """One of four strata is called each month; the others share five open letters."""
    plan = cs.Plan(size=6, rotation=cs.Rotation(4, "2026-10"))
    sizes = {"A": 20, "B": 10, "C": 10, "D": 5}
    promise = plan.promise(frame(**sizes))
    open_alone = cs.inference.bound([(sum(sizes.values()) - 1, 5, 0)]).upper
    assert promise.bound() == open_alone
    strata: Any = promise.to_dict()["strata"]
    assert [one["n"] for one in strata] == [None] * 4
    plain = cs.Plan(size=6).promise(frame(**sizes))
    strata = plain.to_dict()["strata"]
    assert [one["n"] for one in strata] == [pool.letters for pool in plain.pools]


def test_the_fewest_letters_of_a_rotation_are_those_called_and_an_open_one() -> None:
    sizes = {"A": 20, "B": 10, "C": 10, "D": 5}
    turns = cs.Rotation(2, "2026-10")
    assert cs.Plan(size=3, rotation=turns).promise(frame(**sizes)).letters == 3
    with pytest.raises(PlanError, match="the nearest possible size is 3, or make the blocks"):
        cs.Plan(size=2, rotation=turns).promise(frame(**sizes))
    assert cs.Plan(size=45, rotation=turns).promise(frame(**sizes)).detects("0.01") == 1
    with pytest.raises(PlanError, match="the nearest possible size is 45"):
        cs.Plan(size=46, rotation=turns).promise(frame(**sizes))


def test_a_month_without_responses_has_no_letters_where_its_plan_allows_that() -> None:
    nothing = frame()
    assert cs.Plan(size={"at_most": 5}).design(nothing).size == 0
    assert cs.Plan(size={"at_most": 5}).promise(nothing).letters == 0
    assert cs.Plan(size=5).without_letters().promise(nothing).letters == 0
    for plan in (
        cs.Plan(size=5),
        cs.Plan(minutes=45, per_letter=4),
        cs.Plan(detect=["0.1", "0.9"]),
    ):
        with pytest.raises(PlanError, match="the frame has no responses, so there is nothing"):
            plan.promise(nothing)


def test_small_strata_that_could_be_merged_are_told_up_to_twice_the_average() -> None:
    """A letter stands for 25 of 100 responses: what merging below 20 or 50 would do is told."""
    sizes = {"A": 45, "B": 40, "C": 8, "D": 7}
    told = [below for below, _ in cs.Plan(size=4).promise(frame(**sizes)).merged]
    assert told
    assert max(told) <= 50
    assert cs.Plan(size=25).promise(frame(**sizes)).merged == ()


def test_a_stratum_into_which_small_ones_go_has_a_value_for_each_variable() -> None:
    sizes: dict[tuple[str, ...], int] = {("A", "x"): 9, ("B", "x"): 1, ("B", "y"): 1}
    for into in ("small", ("small", "small"), ["small", "small"]):
        plan = cs.Plan(size=2, merge_below=2, into=into)
        assert [pool.stratum for pool in plan.pools(sizes)] == [("A", "x"), ("small", "small")]
    for wrong in (["small"], ["small"] * 3):
        with pytest.raises(PlanError, match="give a value for each of the frame's 2 stratum"):
            cs.Plan(size=2, merge_below=2, into=wrong).pools(sizes)
    with pytest.raises(PlanError, match=r"take_all: got .*; give a value for each"):
        cs.Plan(size=2, take_all=["A"]).pools(sizes)
    assert cs.Plan(size={"at_most": 2}, take_all=["A"]).pools({}) == []


@pytest.mark.parametrize(
    "how", [{"rotation": cs.Rotation(3, "2026-10")}, {"allocation": "waiting"}]
)
def test_a_plan_that_carries_on_earlier_months_needs_a_frame(how: dict[str, Any]) -> None:
    assert len(cs.Plan(size=2).pools({("A",): 9, ("B",): 3})) == 2
    named = "rotation" if "rotation" in how else "waiting"
    with pytest.raises(PlanError, match=f"plan, {named}: needs a frame and its month"):
        cs.Plan(size=2, **how).pools({("A",): 9, ("B",): 3})


def test_a_promise_shows_itself_in_a_line() -> None:
    assert repr(cs.Plan(size=4).promise(frame(A=12, B=6))) == "<Promise 4 of 18 letters a month>"
