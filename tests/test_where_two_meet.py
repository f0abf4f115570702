"""What was met where two things meet: populations, history and draws, superseding, the register."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import ceosample as cs
from book import POPULATION, Book
from ceosample.errors import LedgerError
from ceosample.signoff.figures.month_summary import summarise
from ceosample.signoff.recording.transaction import Transaction
from months import AT, MONTH, nothing_written, open_ledger

LATER = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)


def test_an_id_in_two_populations_is_never_the_other_one() -> None:
    """'With one id in two populations, a call that names no population lands in the other one's
    letter once the first is dispatched'"""
    with open_ledger() as ledger:
        for name, digit in (("complaints", "3"), ("internal", "4")):
            frame = cs.Frame.from_records(
                [{"id": "R-1"}], population=name, period="2026-10", unit_id="id"
            )
            plan = cs.Plan(size=1, reserves=0)
            ledger.freeze(frame, plan, seed_source="dice", by="sampling", at=AT)
            seed = cs.Seed.from_dice(digit * 20, witnesses=["audit"])
            ledger.register(cs.draw(frame, plan, seed), by="sampling", at=AT)
        said: dict[str, Any] = {"by": "office", "at": AT, "reason_code": "asked", "approver": "b"}
        ledger.record("withdrawn", "R-1", population="complaints", **said)
        with nothing_written(ledger), pytest.raises(LedgerError, match="2 letters have this id"):
            ledger.record("withdrawn", "R-1", **said)
        assert ledger.record("withdrawn", "R-1", population="internal", **said)


def test_a_month_that_was_imported_and_frozen_shows_both() -> None:
    """'A month that was imported as history is frozen without a word and then shows "0 of 6 signed"
    beside "2 of 2 imported"'"""
    book = Book()
    claim: dict[str, Any] = {"verified": False, "outcome": "signed", "stratum": None}
    for row in (1, 2):
        book.write("imported", f"T-{row}", row=row, file="f" * 64, **claim)
    book.write("frozen", count=9, exclusions={}, control_total=None, seed_source="dice",
               commitment="c" * 64)  # fmt: skip
    (summary,) = summarise(book.events)
    assert "imported, unverified, counted in no figure: 2026-10 to 2026-10, 2 of 2" in str(summary)
    fields: Any = summary.to_dict()
    assert fields["imported"][0]["signed"]["count"] == 2


def test_freezing_a_month_of_history_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = {"T-1": "f" * 64, "T-2": "f" * 64}
    frame = cs.Frame.from_records([{"id": "R-1"}], **MONTH, unit_id="id")
    plan = cs.Plan(size=1)
    with open_ledger() as ledger:
        with monkeypatch.context() as patch:
            patch.setattr(Transaction, "claims", lambda *_: claims)
            with pytest.warns(UserWarning, match="2 letters of this month were imported"):
                ledger.freeze(frame, plan, seed_source="dice", by="sampling", at=AT)
        ledger.freeze(frame, plan, seed_source="dice", by="sampling", at=AT)  # without a word


def test_superseding_a_month_does_not_silence_the_next_months_register() -> None:
    """'Superseding a month silences the next month's roll-forward warning'"""
    book = Book()
    for month, opening, carried in (("2026-10", 5, 9), ("2026-11", 4, 6)):
        book.month = month
        book.draw({"Cards": (9, 1)})
        final = 9 + opening - carried
        book.write("reconciled", opening=opening, new=9, final=final, carried=carried)
    found = cs.figures.metrics(book.events, population=POPULATION, as_of=LATER)
    assert [row.gap for row in found.reconciliations] == [None, -5]
    book.month = "2026-10"
    book.write("superseded", draw="d" * 64, reason_code="wrong-frame")
    found = cs.figures.metrics(book.events, population=POPULATION, as_of=LATER)
    (november,) = found.reconciliations
    assert (november.period, november.gap, november.ok) == ("2026-11", -5, False)
