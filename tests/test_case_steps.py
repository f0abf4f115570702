"""A case's steps: which state it is in, what repeats, and what settled it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ceosample.errors import LedgerError
from ceosample.signoff.figures.outside.open_cases import waiting_of
from ceosample.signoff.replay.cases import CASE_KINDS, REFERRED, CaseHistory, cases_at
from ceosample.signoff.replay.zones import Zones
from months import AT, POPULATION, nothing_written, open_ledger

NEXT = dt.timedelta(seconds=1)
ABOUT: Any = {"population": POPULATION, "by": "pa", "at": AT}
WHY: Any = {"reason_code": "kind"}


def only(ledger: Any, at: dt.datetime = AT) -> CaseHistory:
    (case,) = cases_at(list(ledger.events()), at)
    return case


def test_the_kinds_of_a_case_begin_with_the_same_word() -> None:
    assert CASE_KINDS[0] == REFERRED
    assert all(isinstance(kind, str) and kind.startswith("case_") for kind in CASE_KINDS)


def test_a_case_is_in_the_state_of_its_newest_step() -> None:
    with open_ledger() as ledger:
        ledger.refer("letter", **ABOUT)
        assert (only(ledger).state, only(ledger).settled) == ("referred", None)
        taken = ledger.record("taken_over", "case-1", by="ceo", at=AT)
        assert (only(ledger).state, only(ledger).settled) == ("taken_over", None)
        assert only(ledger).said("taken_over") == [taken]
        assert only(ledger).said("dispatched") == []
        gone = ledger.record("dispatched", "case-1", by="desk", at=AT)
        assert (only(ledger).state, only(ledger).settled) == ("dispatched", gone)


def test_the_newest_step_recorded_again_is_the_same_event() -> None:
    with open_ledger() as ledger:
        ledger.refer("letter", **ABOUT)
        taken = ledger.record("taken_over", "case-1", by="ceo", at=AT)
        assert only(ledger).said_before("taken_over") == [taken]
        assert only(ledger).said_before("dispatched") == []
        with nothing_written(ledger):
            assert ledger.record("taken_over", "case-1", by="ceo", at=AT + NEXT) == taken
        ledger.record("dispatched", "case-1", by="desk", at=AT)
        with nothing_written(ledger), pytest.raises(LedgerError, match="taken_over"):
            ledger.record("taken_over", "case-1", by="coo", at=AT + NEXT)


def test_a_compliment_is_settled_by_its_first_recognition_and_a_letter_is_not() -> None:
    with open_ledger() as ledger:
        ledger.refer("social", nature="compliment", **ABOUT)
        assert only(ledger).settled is None
        thanked = ledger.record("recognition", "case-1", by="ceo", at=AT, colleague="ann", **WHY)
        ledger.record("recognition", "case-1", by="ceo", at=AT + NEXT, colleague="bo", **WHY)
        assert only(ledger, AT + NEXT).settled == thanked


def test_an_open_case_tells_the_days_that_are_left_and_the_first_last_date_comes_first() -> None:
    with open_ledger() as ledger:
        for days in (5, 0, -1):
            due = AT.date() + dt.timedelta(days=days)
            ledger.refer("letter", **ABOUT, due=due, text=str(days))
        ledger.refer("board", **ABOUT)
        ledger.refer("walk-in", **ABOUT)
        ledger.record("dispatched", "case-5", by="desk", at=AT)
        events = list(ledger.events())
    waiting = waiting_of(cases_at(events, AT), Zones.of(events), AT)
    assert [(case.case, case.days_left) for case in waiting] == [
        ("case-3", -1),
        ("case-2", 0),
        ("case-1", 5),
        ("case-4", None),
    ]


def test_what_was_corrected_of_a_case_can_be_recorded_again_or_no_more() -> None:
    """'as if it had never been recorded'"""
    with open_ledger() as ledger:
        ledger.refer("letter", **ABOUT)
        taken = ledger.record("taken_over", "case-1", by="ceo", at=AT)
        ledger.correct(taken.hash, by="ceo", at=AT, reason_code="slip")
        again = ledger.record("taken_over", "case-1", by="ceo", at=AT)
        assert again.sequence > taken.sequence
        with nothing_written(ledger):
            assert ledger.record("taken_over", "case-1", by="ceo", at=AT) == again
        other = ledger.refer("social", **ABOUT)
        ledger.correct(other.hash, by="pa", at=AT, reason_code="slip")
        with nothing_written(ledger), pytest.raises(LedgerError, match="was corrected, so it co"):
            ledger.record("taken_over", "case-2", by="ceo", at=AT)
        assert ledger.refer("social", **ABOUT).unit_id == "case-3"
        assert ledger.check().ok
