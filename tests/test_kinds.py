"""NumPy's and pandas' numbers and dates are taken wherever a number or a date is meant."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

import ceosample as cs
from ceosample.days import plain_date
from ceosample.plain import plain, plain_count
from ceosample.regimes import DueDatePolicy
from ceosample.sampling.plans.rotation import Rotation

REGISTER = pd.DataFrame({"id": ["R-1", "R-2"], "n": [1, 1], "with_gap": [2.0, None]})
DAY = dt.date(2026, 12, 25)

COUNTS = (
    REGISTER["n"].sum(), REGISTER["with_gap"].sum(), np.int8(2), np.uint64(2), np.float32(2),
    pd.Series([2], dtype="Int64").iloc[0], Decimal(2), np.array(2),
)  # fmt: skip
DATES = (
    np.datetime64("2026-12-25"), np.datetime64("2026-12-25T00:00:00.000000000"),
    pd.Timestamp("2026-12-25"), DAY,
)  # fmt: skip


@pytest.mark.parametrize("total", COUNTS, ids=lambda one: type(one).__name__)
def test_a_register_s_sum_is_a_control_total(total: Any) -> None:
    """'`register["n"].sum()` is refused today'"""
    frame = cs.Frame.from_dataframe(
        REGISTER, population="p", period="2026-10", unit_id="id", control_total=total
    )
    assert type(frame.control_total) is int
    json.dumps(frame.to_dict())
    with pytest.raises(cs.errors.FrameError, match="the register has 3 responses"):
        cs.Frame.from_dataframe(
            REGISTER, population="p", period="2026-10", unit_id="id", control_total=total + 1
        )


@pytest.mark.parametrize("total", [2.5, np.float64("nan"), np.inf, True, np.True_, "2", -1])
def test_what_is_no_whole_number_is_refused(total: Any) -> None:
    with pytest.raises(cs.errors.FrameError, match="control_total: got"):
        cs.Frame.from_dataframe(
            REGISTER, population="p", period="2026-10", unit_id="id", control_total=total
        )


@pytest.mark.parametrize("period", [pd.Period("2026-10", "M"), np.datetime64("2026-10"), "2026-10"])
def test_a_month_of_pandas_is_a_period(period: Any) -> None:
    assert str(cs.Period.parse("2026-10")) == str(
        cs.Frame.from_records([{"id": 1}], population="p", period=period, unit_id="id").period
    )


@pytest.mark.parametrize("day", DATES, ids=lambda one: type(one).__name__)
def test_holidays_margins_and_dates_are_taken(day: Any) -> None:
    policy = DueDatePolicy(margin=np.int64(3), holidays=pd.Series([day]))
    plainly = DueDatePolicy(margin=3, holidays=(DAY,))
    docket = {"regime": "fca-disp-1.6.2r", "received": "2026-11-02"}
    assert policy.facts(docket) == plainly.facts(docket)
    regime = cs.regimes.Regime.named("fca-disp-1.6.2r")
    deadline = regime.deadline(day, holidays=np.array([day], "datetime64[D]"))
    assert deadline == regime.deadline(DAY, holidays=[DAY])
    assert deadline.sign_by(np.int32(2)) == deadline.sign_by(2)  # type: ignore[arg-type]


@pytest.mark.parametrize("day", DATES, ids=lambda one: type(one).__name__)
def test_a_dataframe_s_date_is_a_docket_s(day: Any) -> None:
    table = pd.DataFrame({
        "unit_id": ["R-1"], "body": ["We were wrong."], "docket.received": [day],
        "docket.regime": ["fca-disp-1.6.2r"], "docket.contacts": [{"telephone": np.int64(2)}],
    })  # fmt: skip
    report = cs.check_contents(table, "{{ body }}", kind="covering")
    assert [said for said in report.problems if "received" in said or "contacts" in said] == []


def test_an_infinity_is_told_as_what_it_is() -> None:
    """'An infinity in a docket is told as `got None`'"""
    contents = {"R-1": {"letter": {"paid": np.inf}, "docket": {"owner": float("-inf")}}}
    problems = cs.check_contents(contents, "{{ letter.paid }}").problems
    assert problems == (
        "letter R-1, letter, paid: got an infinite number; give a finite one, or remove the field",
        "letter R-1, docket, owner: got an infinite number; give a finite one, or remove the field",
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda n: cs.design.allocate({"a": n(30), "b": n(10)}, n(4), minimum=n(1)),
        lambda n: cs.design.size_for(population=n(500), tolerable=0.1, confidence=0.9),
        lambda n: cs.design.allowed_errors(n(50), tolerable=0.1, confidence=0.9),
        lambda n: cs.Plan(size=n(2), minimum=n(0), reserves=n(1), rest=n(2)).to_dict(),
        lambda n: cs.Plan(rotation=Rotation(months=n(3), start="2026-01"), size=2).to_dict(),
        lambda n: cs.Plan(minutes=n(60), per_letter=n(4)).to_dict(),
    ],
)
@pytest.mark.parametrize("kind", [np.int64, np.int16, lambda n: pd.Series([n]).sum()])
def test_every_number_of_a_design_may_be_numpy_s(call: Any, kind: Any) -> None:
    assert json.dumps(_json(call(kind))) == json.dumps(_json(call(int)))


def _json(value: Any) -> Any:
    return value.to_dict() if hasattr(value, "to_dict") else value


def test_a_moment_of_pandas_is_recorded(tmp_path: Any) -> None:
    at = pd.Timestamp("2026-11-02T09:00", tz="Europe/London")
    counts: dict[str, Any] = {
        "opening": np.int64(3), "new": 0, "final": REGISTER["n"].sum(), "carried": 1.0
    }  # fmt: skip
    with cs.Ledger.open(f"sqlite:///{tmp_path}/signoff.db") as ledger:
        event = ledger.reconcile(
            "p",
            pd.Period("2026-10", "M"),
            by="register",
            at=at,
            **counts,
        )
    assert event.to_dict()["at"] == "2026-11-02T09:00:00+00:00"
    assert dict(event.payload) == {"opening": 3, "new": 0, "final": 2, "carried": 1}


def test_a_null_of_theirs_is_none_and_what_has_no_twin_stays() -> None:
    assert [plain(null) for null in (pd.NaT, pd.NA, np.datetime64("NaT"))] == [None] * 3
    series = pd.Series([1, 2])
    assert plain(series) is series
    assert plain_count(np.str_("2")) == "2"
    assert plain_date(pd.Timestamp("2026-12-25T09:00")).hour == 9


@pytest.mark.parametrize("null", [pd.NA, pd.NaT, float("nan"), np.float64("nan")], ids=str)
def test_a_total_that_is_null_is_no_total_that_was_left_out(null: Any) -> None:
    """A query without rows sums up to a null, and the frame would reconcile with nothing."""
    with pytest.raises(cs.errors.FrameError, match=r"control_total: got .*; give a whole number"):
        cs.Frame.from_records(
            [{"id": 1}], population="p", period="2026-10", unit_id="id", control_total=null
        )
