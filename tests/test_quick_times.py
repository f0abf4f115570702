"""Where the times of an event are quickly proved right, the rules about times say nothing of it."""

from __future__ import annotations

import datetime as dt

import attrs
from hypothesis import example, given
from hypothesis import strategies as st

from ceosample.days import AS_WRITTEN, day_of
from ceosample.signoff.rules import clock
from ceosample.signoff.store.events import Event

BEFORE = Event(
    sequence=1,
    at="2026-11-02T09:00:00+01:00",
    recorded_at="2026-11-02T08:00:00.000000Z",
    actor="office",
    kind="viewed",
    population="complaint-responses",
    period="2026-10",
    unit_id="C-1",
    payload={},
    previous="0" * 64,
)
NOW = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)

OFFSETS = st.sampled_from([0, 60, -300, 840]).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))
STEPS = st.sampled_from(
    [-1, 0, 1, -600, 600, 601, 3600, 86400, 60 * 86400, 399 * 86400, 401 * 86400, -401 * 86400]
)
KINDS = st.sampled_from(["viewed", "signed", "frozen", "reconciled", clock.CORRECTED, "rules"])
ODD = st.sampled_from(
    [
        *("", "~", "2026-11-02T08:00:00", "2026-11-02T08:00:00Z", "0001-01-01T00:00:00+14:00"),
        *("2026-11-02T09:00:00.000000+01:00", "2026-02-30T08:00:00.000000Z"),
        "2026-11-02T08:00:00.000000Z\n",
    ]
)


def recorded(step: int) -> str:
    return f"{NOW + dt.timedelta(seconds=step):%Y-%m-%dT%H:%M:%S.%fZ}"


@given(st.tuples(STEPS, STEPS, OFFSETS), KINDS, st.none() | st.tuples(st.integers(0, 2), ODD))
@example((401 * 86400, 401 * 86400, dt.UTC), "viewed", None)
@example((1, 3600, dt.UTC), "viewed", None)
def test_times_that_are_in_order_have_no_fault(
    steps: tuple[int, int, dt.timezone], kind: str, odd: tuple[int, str] | None
) -> None:
    at = (NOW + dt.timedelta(seconds=steps[1])).astimezone(steps[2]).isoformat()
    texts = [BEFORE.recorded_at, recorded(steps[0]), at]
    if odd is not None:
        texts[odd[0]] = odd[1]
    before = attrs.evolve(BEFORE, recorded_at=texts[0])
    event = attrs.evolve(BEFORE, kind=kind, recorded_at=texts[1], at=texts[2])
    if clock.are_in_order(event, before):
        assert clock.fault_of_recorded_at(event, before) is None
        assert clock.fault_of_at(event, dt.timedelta(0)) is None
        assert clock.fault_of_month(event) is None
        assert event.recorded_at >= before.recorded_at
        assert all(map(clock.is_recorded, texts[:2]))


def test_most_events_are_in_order() -> None:
    after = attrs.evolve(BEFORE, sequence=2, recorded_at=recorded(60))
    assert clock.are_in_order(after, BEFORE)
    assert not clock.are_in_order(BEFORE, after)


def test_moments_that_are_equal_have_the_days_of_their_own_offsets() -> None:
    """Days are kept by moment, and Python takes equal moments for one"""
    there, here = (
        dt.datetime.fromisoformat(text)
        for text in ("2026-11-03T01:30:00+14:00", "2026-11-02T11:30:00+00:00")
    )
    assert there == here
    assert [day_of(one, AS_WRITTEN).day for one in (there, here, there)] == [3, 2, 3]
    assert {day_of(one, "Australia/Sydney").day for one in (there, here)} == {2}
