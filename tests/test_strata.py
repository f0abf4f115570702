"""Strata that a plan makes: variables crossed, cut, small ones merged; and people left in peace."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ceosample as cs
from ceosample.errors import PlanError
from ceosample.sampling.draw import draw_again
from ceosample.sampling.frames.cuts import Cut
from ceosample.sampling.frames.strata import Stratum

SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["audit"])


def frame_of(rows: list[dict[str, Any]], *strata: str, **other: Any) -> cs.Frame:
    return cs.Frame.from_records(
        [{"id": f"u{number}", **row} for number, row in enumerate(rows)],
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
        strata=strata,
        **other,
    )


def sizes_under(plan: cs.Plan, frame: cs.Frame) -> dict[Stratum, int]:
    return {pool.stratum: pool.size for pool in plan.promise(frame).pools}


def verified(draw: cs.Draw) -> cs.Draw:
    manifest, excluded, record = draw.files().values()
    report = cs.verification.verify_record(record, manifest, excluded)
    assert report.ok, report.first_difference
    assert cs.Plan.from_dict(draw.plan.to_dict()) == draw.plan
    return draw


CROSSED = [
    *[{"division": "Cards", "channel": "email"}] * 9,
    *[{"division": "Cards", "channel": "chat"}] * 2,
    *[{"division": "Loans", "channel": "email"}] * 6,
    *[{"division": "Loans", "channel": "letter"}] * 1,
]


def test_variables_are_crossed() -> None:
    frame = frame_of(CROSSED, "division", "channel")
    assert sizes_under(cs.Plan(size=4), frame) == {
        ("Cards", "chat"): 2,
        ("Cards", "email"): 9,
        ("Loans", "email"): 6,
        ("Loans", "letter"): 1,
    }


def test_small_cells_are_merged_by_the_rule_that_is_stated() -> None:
    """'small cells merged by a rule that the user states'"""
    frame = frame_of(CROSSED, "division", "channel")
    plan = cs.Plan(size=6, merge_below=5, into="Other")
    draw = verified(cs.draw(frame, plan, SEED))
    assert {pool.stratum: pool.size for pool in draw.pools} == {
        ("Cards", "email"): 9,
        ("Loans", "email"): 6,
        ("Other", "Other"): 3,
    }
    assert [pool.members for pool in draw.pools][2] == (("Cards", "chat"), ("Loans", "letter"))
    # The rule is in the commitment, the raw values are in the manifest.
    assert draw.plan.to_dict()["merge_below"] == 5
    assert b"Loans,letter" in draw.files()["manifest.csv"]
    other = cs.Plan(size=6, merge_below=3, into="Other")
    assert cs.commit(frame, plan, seed_source="dice").digest != (
        cs.commit(frame, other, seed_source="dice").digest
    )


def test_a_merged_stratum_has_the_name_that_it_is_given_and_takes_in_none_that_is_there() -> None:
    """Issue 17: 'into equal to a real stratum's name swallows it: refuse'"""
    rows = [{"division": name} for name in ["Cards"] * 9 + ["Other"] * 7 + ["Tiny"]]
    frame = frame_of(rows, "division")
    with pytest.raises(PlanError, match=r"into: got 'Other', and the frame has a stratum of that"):
        cs.Plan(size=3, merge_below=5, into=["Other"]).promise(frame)
    rest = cs.Plan(size=3, merge_below=5, into=["Rest"])
    assert sizes_under(rest, frame) == {("Cards",): 9, ("Other",): 7, ("Rest",): 1}
    crossed = cs.Plan(size=3, merge_below=5, into=("Rest", "any"))
    assert ("Rest", "any") in sizes_under(crossed, frame_of(CROSSED, "division", "channel"))


def test_take_all_strata_are_not_merged() -> None:
    rows = [{"division": name} for name in ["Cards"] * 9 + ["Escalated"] * 2 + ["Tiny"]]
    plan = cs.Plan(size=2, merge_below=5, into="Other", take_all=["Escalated"])
    draw = verified(cs.draw(frame_of(rows, "division"), plan, SEED))
    assert {pool.stratum: (pool.letters, pool.take_all) for pool in draw.pools} == {
        ("Cards",): (1, False),
        ("Escalated",): (2, True),
        ("Other",): (1, False),
    }
    all_small = cs.Plan(size=1, merge_below=5, into="Other", take_all=["Other"])
    pools = all_small.promise(frame_of(rows, "division")).pools
    assert [(pool.stratum, pool.take_all) for pool in pools if pool.take_all] == [
        (("Other",), True)
    ]


@given(st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=40), st.integers(2, 9))
def test_a_merge_loses_nobody_and_moves_nobody_else(names: list[str], below: int) -> None:
    """'relabelling a letter ... must not re-roll anything': merged strata keep their tickets."""
    frame = frame_of([{"division": name} for name in names], "division")
    whole = frame.sizes()
    plan = cs.Plan(size=5, merge_below=below, into="Z")
    try:
        draw = cs.draw(frame, plan, SEED)
    except cs.errors.PlanError as error:
        assert "nearest possible size" in str(error)  # noqa: PT017 - not all sizes are possible
        return
    sizes = {pool.stratum: pool.size for pool in draw.pools}
    assert sum(sizes.values()) == len(names)
    small = sum(size for size in whole.values() if size < below)
    expected = {stratum: size for stratum, size in whole.items() if size >= below}
    assert sizes == expected | ({("Z",): small} if small else {})
    merged = cs.draw(
        frame_of([{"division": n if whole[(n,)] >= below else "Z"} for n in names], "division"),
        cs.Plan(size=5),
        SEED,
    )
    assert merged.unit_ids == draw.unit_ids


AMOUNTS = [{"amount": text} for text in ("0", "99.99", "100", "500", "1000", "25000", "-3")]


def test_a_number_is_cut_at_the_points_that_are_stated() -> None:
    """'numeric or date variables cut at stated points'"""
    frame = frame_of(AMOUNTS, "amount")
    draw = verified(cs.draw(frame, cs.Plan(size=3, cuts={"amount": [100, "1000"]}), SEED))
    assert {pool.stratum: pool.size for pool in draw.pools} == {
        ("100 to under 1000",): 2,
        ("1000 and over",): 2,
        ("under 100",): 3,
    }
    assert b",25000\n" in draw.files()["manifest.csv"]
    assert draw.to_dict()["plan"] == {"size": 3, "cuts": [["amount", ["100", "1000"]]]}
    assert draw.plan.words == "size 3, cuts amount: 100 and 1000"


def test_a_date_is_cut_and_crossed_with_a_division_and_small_cells_are_merged() -> None:
    rows = [
        {"received": f"2026-0{month}-15", "division": division}
        for month in (7, 8, 9)
        for division in ["Cards"] * 4 + ["Loans"] * (month - 7)
    ]
    plan = cs.Plan(
        size=4,
        cuts={"received": [dt.date(2026, 8, 1), "2026-09-01"]},
        merge_below=3,
        into="Other",
    )
    draw = verified(cs.draw(frame_of(rows, "received", "division"), plan, SEED))
    assert {pool.stratum: pool.size for pool in draw.pools} == {
        ("2026-08-01 to before 2026-09-01", "Cards"): 4,
        ("2026-09-01 and after", "Cards"): 4,
        ("Other", "Other"): 3,
        ("before 2026-08-01", "Cards"): 4,
    }


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=5, unique=True), st.integers(-60, 60))
def test_every_number_falls_into_one_interval_the_right_one(points: list[int], value: int) -> None:
    cut = Cut(tuple(map(str, sorted(points))))
    label = cut.label(str(value))
    below = [point for point in sorted(points) if point <= value]
    above = [point for point in sorted(points) if point > value]
    if not below:
        assert label == f"under {above[0]}"
    elif not above:
        assert label == f"{below[-1]} and over"
    else:
        assert label == f"{below[-1]} to under {above[0]}"


def test_values_that_cannot_be_cut_are_named_or_stay_if_they_may() -> None:
    rows: list[dict[str, Any]] = [*AMOUNTS, {"amount": "1,000"}, {"amount": None}]
    frame = frame_of(rows, "amount", missing="not stated")
    with pytest.raises(cs.errors.FrameError, match="got '1,000', 'not stated', and it is cut"):
        cs.Plan(size=4, cuts={"amount": [100]}).promise(frame)
    frame = frame_of(
        [row for row in rows if row["amount"] != "1,000"], "amount", missing="not stated"
    )
    plan = cs.Plan(size=4, cuts={"amount": [100]}, uncut=["not stated"])
    assert sizes_under(plan, frame)[("not stated",)] == 1
    verified(cs.draw(frame, plan, SEED))
    with pytest.raises(
        cs.errors.FrameError,
        match=r"got 'age', not a stratum variable .*; use one of amount",
    ):
        cs.Plan(size=4, cuts={"age": [100]}).promise(frame)
    with pytest.raises(cs.errors.FrameError, match="cut by dates"):
        cs.Plan(size=4, cuts={"amount": ["2026-01-01"]}, uncut=["not stated"]).promise(frame)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"cuts": {"a": []}}, r"got \(\); give one point"),
        ({"cuts": {}}, "give a mapping"),
        ({"cuts": "a"}, "give a mapping"),
        ({"cuts": {"a": "100"}}, "give a list of points"),
        ({"cuts": {"a": [100, 100]}}, "not ascending"),
        ({"cuts": {"a": [100, "2026-01-01"]}}, "numbers and dates"),
        ({"cuts": {"a": ["1e3"]}}, "got '1e3'"),
        ({"cuts": {"a": ["2026-02-30"]}}, "got '2026-02-30'"),
        ({"cuts": {"a": [True]}}, "got True"),
        ({"cuts": {"a": [1]}, "uncut": "x"}, "plan, uncut: got 'x'"),
        ({"uncut": ["x"]}, "which only cuts uses"),
        ({"merge_below": 5}, "plan, into: missing, and merge_below is 5; give both"),
        ({"into": "Other"}, "plan, merge_below: missing, and into is 'Other'; give both"),
        ({"merge_below": 1, "into": "Other"}, "merge_below: got 1"),
        ({"merge_below": 5, "into": " Other"}, "plan, into:"),
        ({"merge_below": 5, "into": 7}, "plan, into: got 7"),
        ({"merge_below": 5, "into": "O", "allocation": "srs"}, "and 'srs' has no strata"),
        ({"cuts": {"a": [1]}, "allocation": "srs"}, "and 'srs' has no strata"),
        ({"rest": 0}, "rest: got 0"),
    ],
)
def test_an_impossible_rule_is_refused(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(cs.errors.PlanError, match=says):
        cs.Plan(size=3, **fields)


def test_a_name_for_the_merged_that_does_not_fit_the_variables_is_refused() -> None:
    plan = cs.Plan(size=3, merge_below=5, into=["Other"])
    with pytest.raises(
        cs.errors.PlanError,
        match=r"plan, into: got \['Other'\], values of 1 var.* 2 stratum",
    ):
        plan.promise(frame_of(CROSSED, "division", "channel"))


# Rest.


def test_units_at_rest_are_undercoverage_with_their_count() -> None:
    """'Units at rest are shown as undercoverage with their count'"""
    frame = frame_of(CROSSED, "division", control_total=18).rest(["u0", "u1", "u17"])
    assert frame.exclusions == {"at-rest": 3}
    plan = cs.Plan(size=2, rest=3)
    promise = plan.promise(frame)
    assert "left out, and covered by no promise: at-rest 3" in str(promise)
    draw = verified(cs.draw(frame, plan, SEED))
    record = json.loads(draw.record)
    assert record["plan"] == {"size": 2, "rest": 3}
    assert record["frame"]["exclusions"] == {"at-rest": 3}
    assert not {"u0", "u1", "u17"} & set(draw.unit_ids)
    assert (
        draw.files()["exclusions.csv"] == b"unit_id,reason\nu0,at-rest\nu1,at-rest\nu17,at-rest\n"
    )


def test_rest_is_off_unless_it_is_asked_for() -> None:
    """'off by default'"""
    frame = frame_of(CROSSED, "division")
    assert cs.Plan(size=2).rest is None
    with pytest.raises(cs.errors.PlanError, match="leaves out 1 units as at-rest"):
        cs.commit(frame.rest(["u1"]), cs.Plan(size=2), seed_source="dice")
    assert frame.exclusions == {}


def test_who_rests_must_be_in_the_frame() -> None:
    frame = frame_of([{"why": "duplicate"}, {"why": ""}, {"why": ""}], exclusion="why")
    assert frame.rest(["u0", "u1"]).exclusions == {"at-rest": 1, "duplicate": 1}
    with pytest.raises(cs.errors.FrameError, match="rest: got 'nobody', 'u9', not in the frame"):
        frame.rest(["u1", "nobody", "u9"])
    with pytest.raises(cs.errors.FrameError, match="a float"):
        frame.rest([1.5])  # type: ignore[list-item]


def test_a_tampered_rule_is_a_finding_and_no_exception() -> None:
    """'a record that is wrong is a finding and not an exception'"""
    frame = frame_of(AMOUNTS, "amount")
    manifest, excluded, record = (
        cs.draw(frame, cs.Plan(size=3, cuts={"amount": [100]}), SEED).files().values()
    )
    for old, new in ((b'["amount",["100"]]', b'["nope",["100"]]'), (b'"size":3', b'"size":3.0')):
        report = cs.verification.verify_record(record.replace(old, new), manifest, excluded)
        assert not report.ok
        assert report.first_difference


def test_points_are_numbers_of_any_kind() -> None:
    plan = cs.Plan(size=3, cuts={"amount": [1e-7, Decimal("100.50"), 1e16]})
    assert plan.cuts == {"amount": ("0.0000001", "100.50", "10000000000000000")}


def test_small_strata_are_not_merged_into_a_real_one() -> None:
    """'`into` equal to a real stratum's name swallows it: refuse'"""
    rows = [{"division": name} for name in ["Cards"] * 9 + ["Other"] * 7 + ["Loans"] * 2]
    frame = frame_of(rows, "division")
    plan = cs.Plan(size=4, merge_below=5, into="Other")
    for ask in (
        lambda: plan.promise(frame),
        lambda: cs.commit(frame, plan, seed_source="dice"),
        lambda: cs.draw(frame, plan, SEED),
    ):
        with pytest.raises(
            cs.errors.PlanError, match=r"plan, into: got 'Other', and the frame has"
        ):
            ask()
    small = frame_of([{"division": name} for name in ["Cards"] * 9 + ["Other"] * 7], "division")
    assert sizes_under(plan, small) == {("Cards",): 9, ("Other",): 7}
    # What was drawn so before stays: its record verifies, and its letters are the same.
    drawn = draw_again(frame, plan, SEED)
    assert verified(drawn).pools[-1].members == (("Loans",), ("Other",))


def test_floats_and_dates_are_refused_by_every_road_and_the_page_says_so() -> None:
    """'take them exactly, by every road alike, or correct the page'"""
    for value in (99.5, Decimal("99.50"), dt.date(2026, 7, 1)):
        with pytest.raises(cs.errors.FrameError, match="convert it to text"):
            frame_of([{"amount": value}], "amount")
    frame = frame_of([{"amount": "99.50"}, {"amount": 100}], "amount")
    for points in ([100], [100.0], [Decimal(100)], ["100"]):
        plan = cs.Plan(size=2, cuts={"amount": points})
        assert len(sizes_under(plan, frame)) == 2
