"""A rotation at the edges of its blocks: months, calls, and what a verification says of gaps."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import ceosample as cs
from ceosample.sampling.plans.rotation import Turn

START = cs.Period(2026, 1)
SIZES = {"A": 5, "B": 5}


def frame_of(period: cs.Period, sizes: dict[str, int] = SIZES) -> cs.Frame:
    rows = [
        {"id": f"{period}-{d}-{n}", "division": d} for d, size in sizes.items() for n in range(size)
    ]
    return cs.Frame.from_records(
        rows, population="complaint-responses", period=period, unit_id="id", strata=["division"]
    )


def drawn(period: cs.Period, *earlier: cs.Draw, size: int = 3, months: int = 3) -> cs.Draw:
    seed = cs.Seed.from_dice(f"{period.months_since(START) + 50:020}", witnesses=["audit"])
    plan = cs.Plan(size=size, rotation=cs.Rotation(months, START))
    return cs.draw(frame_of(period), plan, seed, earlier)


#: Draws of the months around the second block, April to June 2026.
MARCH, APRIL, MAY, JUNE = (drawn(START.plus(place)) for place in (2, 3, 4, 5))


def test_each_earlier_month_of_the_block_belongs_and_the_first_is_one() -> None:
    last = drawn(START.plus(5), APRIL, MAY)
    assert [str(record.period) for record in last.earlier] == ["2026-04", "2026-05"]
    assert isinstance(last.turn, Turn)
    assert last.turn.left == 1


def test_they_are_taken_in_the_order_of_their_months() -> None:
    assert drawn(START.plus(5), MAY, APRIL).record == drawn(START.plus(5), APRIL, MAY).record


@pytest.mark.parametrize(
    "given",
    [MARCH, MAY, JUNE],
    ids=["the last month of the block before", "the month itself", "a later month"],
)
def test_a_draw_of_any_other_month_is_refused(given: cs.Draw) -> None:
    """'not of an earlier month of the block'"""
    with pytest.raises(
        cs.errors.PlanError, match="is not of an earlier month of the block that began in 2026-04"
    ):
        drawn(START.plus(4), given)


def test_two_draws_are_of_one_month_only_where_their_months_are_the_same() -> None:
    other = drawn(START.plus(3), size=4)
    with pytest.raises(cs.errors.PlanError, match=r"2026-04: .* two draws of one month") as raised:
        drawn(START.plus(5), APRIL, other, MAY)
    assert "2026-05" not in str(raised.value)


@pytest.mark.parametrize("months", [1, 2, 3, 4])
def test_blocks_are_months_long_and_follow_one_another(months: int) -> None:
    rotation = cs.Rotation(months, START)
    for gone in range(9):
        block, left = rotation.block(START.plus(gone))
        assert block == START.plus(gone // months * months)
        assert left == months - gone % months


def turn(left: int, months: int, drawn_before: tuple[str, ...] = ()) -> Turn:
    """A turn of which some strata were drawn before."""
    past = APRIL.past
    earlier = tuple(
        [
            type(past)(
                past.population,
                past.period,
                past.variables,
                past.rotation,
                past.digest,
                past.present,
                frozenset((name,) for name in drawn_before),
                past.data,
            )
        ]
        if drawn_before
        else []
    )
    return Turn(START, months, left, earlier)


STRATA = [(name,) for name in "ABCDEFG"]


def test_the_most_calls_are_this_months_or_those_of_a_block_that_begins() -> None:
    """Seven strata in blocks of three months: a new block calls ceil(7/3) = 3."""
    assert turn(3, 3).most_calls(STRATA) == 3
    # The last month calls all that are left: more than a new block does, as many, and fewer.
    assert turn(1, 3, ("A", "B")).most_calls(STRATA) == 5
    assert turn(1, 3, ("A", "B", "C", "D")).most_calls(STRATA) == 3
    assert turn(1, 3, ("A", "B", "C", "D", "E", "F")).most_calls(STRATA) == 3
    assert turn(2, 3, ("A",)).calls(STRATA) == 3
    assert turn(1, 2, ("A", "B", "C", "D", "E", "F")).most_calls(STRATA) == 4
    assert turn(1, 1).most_calls(STRATA) == 7


def test_a_chance_over_months_counts_on_the_fewest_open_letters() -> None:
    """Two strata of five, blocks of two months, three letters: each month calls one, and two of
    the other nine letters are open, so five letters a month are missed with C(4,2)/C(9,2)."""
    plan = cs.Plan(size=3, rotation=cs.Rotation(2, START))
    promise = plan.promise(frame_of(START))
    missed_open = Fraction(4 * 3, 9 * 8)
    now = Fraction(1, 2) * missed_open
    assert promise.chance("A", 5) == 1 - now
    assert promise.chance("A", 5, months=2) == 1 - now * missed_open
    assert promise.chance("A", 5, months=3) == 1 - now * missed_open**2


@pytest.mark.parametrize(
    ("period", "earlier", "missing"),
    [
        (START.plus(3), [], None),
        (START.plus(4), [], "2026-04"),
        (START.plus(4), [APRIL], None),
        (START.plus(5), [APRIL], "2026-05"),
        (START.plus(5), [MAY], "2026-04"),
        (START.plus(5), [], "2026-04, 2026-05"),
        (START.plus(5), [APRIL, MAY], None),
    ],
)
def test_a_verification_names_the_months_of_the_block_without_a_draw_and_no_others(
    period: cs.Period, earlier: list[cs.Draw], missing: str | None
) -> None:
    """'no draw is named for ...; ask whether there was one'"""
    manifest, excluded, *before, record = drawn(period, *earlier, size=4).files().values()
    report = cs.verification.verify_record(record, manifest, excluded, earlier=before)
    assert report.ok
    rests = [note for note in report.notes if note.startswith("rotation: the block began")]
    named = ", ".join(f"{one.period} ({one.digest[:8]})" for one in earlier) or "none"
    assert len(rests) == 1
    assert f"the block began in 2026-04; earlier draws of it: {named}; they" in rests[0]
    gaps = [note for note in report.notes if "no draw is named" in note]
    expected = f"rotation: no draw is named for {missing}; ask whether there was one"
    assert gaps == ([expected] if missing else [])


def test_of_a_draw_without_a_rotation_nothing_is_said_of_earlier_ones() -> None:
    seed = cs.Seed.from_dice(f"{7:020}", witnesses=["audit"])
    manifest, excluded, record = cs.draw(frame_of(START), cs.Plan(size=3), seed).files().values()
    report = cs.verification.verify_record(record, manifest, excluded)
    assert not [note for note in report.notes if "earlier draws" in note or "no draw is" in note]


@pytest.mark.parametrize("months", [1, 119, 120])
def test_a_block_has_up_to_120_months(months: int) -> None:
    assert cs.Rotation(months, START).months == months


@pytest.mark.parametrize("months", [-1, 0, 121, 1200])
def test_a_longer_block_and_none_are_refused(months: int) -> None:
    with pytest.raises(cs.errors.PlanError, match=f"months: got {months}; give 1 to 120"):
        cs.Rotation(months, START)


@pytest.mark.parametrize("minimum", [0, 1])
@pytest.mark.parametrize("how", [{"rotation": cs.Rotation(3, START)}, {"allocation": "waiting"}])
def test_a_minimum_that_asks_for_nothing_goes_with_turns(minimum: int, how: dict[str, Any]) -> None:
    assert cs.Plan(size=3, minimum=minimum, **how).minimum == minimum
    with pytest.raises(cs.errors.PlanError, match="plan, minimum: got 2"):
        cs.Plan(size=3, minimum=2, **how)
