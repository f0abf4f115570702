"""Where there was nothing to count, a zero would be read as a failure: what people see instead."""

from __future__ import annotations

import datetime as dt

import ceosample as cs
from ceosample.notices.figures import NoticeFigure
from ceosample.notices.outline import _count
from ceosample.notices.words import NoticeWords
from ceosample.report.board import board_report
from ceosample.report.outline import page_of
from ceosample.signoff.figures.ratio import Ratio

AT = dt.datetime(2026, 11, 30, 8, 49, 16, 801023, tzinfo=dt.UTC)


def test_a_figure_out_of_nothing_is_a_dash_without_a_bar() -> None:
    page = page_of(board_report([], population="p", as_of=AT), {})
    assert [(one["count"], one["bar"]) for one in page["figures"]] == [("-", None)] * 6
    said = {one["name"]: one["of"] for one in page["figures"]}
    assert said["Answered in time"] == "no letters due"
    assert "0 of 0" not in str(page["figures"])


def test_a_cell_out_of_nothing_is_a_dash_and_a_count_of_none_is_a_count() -> None:
    assert [Ratio(0, of, "due letters on time").short for of in (0, 3)] == ["-", "0 of 3"]
    words = NoticeWords.of("en")
    assert [_count(NoticeFigure(0, of), words) for of in (0, 3)] == ["-", "0 of 3"]


def test_metrics_say_what_there_was_not_and_to_which_month_they_count() -> None:
    printed = str(cs.figures.metrics([], as_of=AT))
    assert "as of 2026-11-30T08:49:16+00:00" in printed
    for words in ("no letter was due", "no promise is on record", "no resolution was proposed"):
        assert words in printed
    assert "months since: the newest month signed, to 2026-11, the month of asking" in printed
    asked = cs.figures.metrics([], as_of=AT, last="2026-10")
    assert "to 2026-10, the last month asked for" in str(asked)
