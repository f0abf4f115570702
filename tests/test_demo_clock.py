"""The demonstration by any clock: its dates are its month's, and it says as of when to ask."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from ceosample.demo.story import perform
from command import asked, time_told

#: Before the demonstration's month, years after it, and on the day after a leap year's February.
CLOCKS = ["2019-05-01T12:00:00+00:00", "2035-01-01T00:00:00+13:00"]
AS_OF = "2026-11-02T17:00:00+00:00"


@pytest.mark.parametrize("clock", CLOCKS)
def test_its_report_is_the_same_by_any_clock(
    demonstration: Path, tmp_path: Path, clock: str
) -> None:
    """'With another clock its report says "0 of 0" or "1 of 10 in time".'"""
    # A report leaves word of the check for a monitor, and the folder is every test's.
    folder = Path(shutil.copytree(demonstration, tmp_path / "month"))
    asking = ("report", "--as-of", AS_OF, "--no-pictures", "--out")
    assert asked(*asking, str(tmp_path / "here.html"), folder=folder).code == 0
    with time_told(lambda: dt.datetime.fromisoformat(clock)):
        ended = asked(*asking, str(tmp_path / "there.html"), folder=folder)
        assert ended.code == 0, ended.err
        assert "9 of 12 selected letters signed in person" in ended.out
    assert (tmp_path / "there.html").read_bytes() == (tmp_path / "here.html").read_bytes()


def test_another_month_can_be_invented_and_has_its_own_dates(tmp_path: Path) -> None:
    made = perform(tmp_path, period="2027-12")
    assert made.report.ok
    assert made.as_of == dt.datetime(2028, 1, 2, 17, tzinfo=dt.UTC)
    assert str(made.coverage.signoff).startswith("9 of 12 selected letters")
    events = (tmp_path / "packs" / "2027-12" / "pack.json").read_text("utf-8")
    assert '"date":"2028-01-02"' in events
