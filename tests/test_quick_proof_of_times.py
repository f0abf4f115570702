"""The quick proof that an event's times are right says so only where no rule refuses them."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from ceosample.signoff.rules import clock
from ceosample.signoff.store.events import NOTHING_BEFORE, Event

_MOMENTS = st.datetimes(
    dt.datetime.fromisoformat("2026-10-01"), dt.datetime.fromisoformat("2026-10-02")
)
_FAR = st.datetimes(
    dt.datetime.fromisoformat("2024-01-01"), dt.datetime.fromisoformat("2028-01-01")
)


def _event(at: dt.datetime, recorded_at: dt.datetime, kind: str) -> Event:
    return Event(
        sequence=2,
        at=at.replace(tzinfo=dt.timezone(dt.timedelta(hours=at.hour % 3))).isoformat(),
        recorded_at=f"{recorded_at:%Y-%m-%dT%H:%M:%S.%f}Z",
        actor="ceo",
        kind=kind,
        population="complaints",
        period="2026-10",
        unit_id=None,
        payload={},
        previous=NOTHING_BEFORE,
    )


@given(
    at=_MOMENTS | _FAR,
    recorded=_MOMENTS | _FAR,
    newest=_MOMENTS | _FAR,
    kind=st.sampled_from(["signed", "frozen", "reconciled", clock.CORRECTED]),
)
def test_times_are_told_by_each_rule_whatever_the_quick_proof_says(
    at: dt.datetime, recorded: dt.datetime, newest: dt.datetime, kind: str
) -> None:
    event, before = _event(at, recorded, kind), _event(newest, newest, "signed")

    told = clock.faults_of_times(event, before, clock.AHEAD)

    by_rule = [
        clock.fault_of_recorded_at(event, before),
        clock.fault_of_at(event, clock.AHEAD),
        clock.fault_of_month(event),
    ]
    assert told == [fault for fault in by_rule if fault]
