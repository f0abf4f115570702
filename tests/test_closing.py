"""The closing sheet: how a month ended, truthfully, and a head that convicts a rewritten ledger."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa

from books import Book
from ceosample import Signatory
from ceosample.errors import ConflictError, LedgerError
from ceosample.office import closing_sheet
from ceosample.signoff.figures.month_summary import summarise
from ceosample.signoff.ledger import Ledger
from months import AT, MONTH, OFFICE, Month, nothing_written, open_ledger, registered, sent
from refusals import NO_DRAW, refused

SIGNATORY = Signatory("ceo", "Margaret <b>Llewelyn</b>", "Chief Executive")
CLOSED = AT + dt.timedelta(days=28)


def sheet(
    ledger: Ledger, *, still_open: bool = False, paper: bool | None = False
) -> dict[str, bytes]:
    return closing_sheet(
        ledger, **MONTH, signatory=SIGNATORY, at=CLOSED, still_open=still_open, paper=paper
    )


def html_of(made: dict[str, bytes]) -> str:
    (html,) = (data.decode() for name, data in made.items() if name.endswith(".html"))
    return html


def finish(month: Month) -> None:
    """Two signed and dispatched, one withdrawn, one lapsed."""
    one, two, three, four = month.draw.unit_ids
    for unit_id in (one, two):
        month.sign(unit_id)
        month.say("dispatched", unit_id, by=OFFICE)
    month.say("withdrawn", three, by=OFFICE, reason_code="settled", approver="head-1")
    month.say("lapsed", four, by="releaser", reason_code="deadline")


def test_a_month_that_is_done_says_so_with_every_denominator() -> None:
    """'the closing sheet, signed when the month is done, the head'"""
    with open_ledger() as ledger:
        month = sent(ledger)
        finish(month)
        with nothing_written(ledger):
            html = html_of(sheet(ledger))
        assert "<h1>Closing sheet</h1>" in html
        assert "The month is done: each of its 4 letters has come to its end." in html
        (summary,) = summarise(ledger.events())
        assert str(summary).partition("\n")[0].endswith(": drawn and done, dates in UTC")
        assert (summary.stage, summary.is_done) == ("drawn", True)
        assert "2 of 4 selected letters signed in person (50.0 %)" in html
        assert "0 of 4 letters, substitutes among them</dd>" in html
        rows = re.findall(r"<tr><td><bdi>([a-zA-Z ]+)</bdi></td><td[^>]*><bdi>(\d+)</bdi>", html)
        assert rows == [("dispatched", "2"), ("lapsed", "1"), ("withdrawn", "1"), ("All", "4")]
        assert ledger.head in html
        assert month.registration.hash in html
        assert "(open)" not in html
        assert "Margaret &lt;b&gt;Llewelyn&lt;/b&gt;, Chief Executive" in html


def test_a_month_with_open_letters_is_not_closed_unless_the_sheet_says_so() -> None:
    with open_ledger() as ledger:
        month = sent(ledger)
        month.sign()
        with pytest.raises(ConflictError, match=r"once it is dispatched.*--still-open") as refusal:
            sheet(ledger)
        others = ", ".join(month.draw.unit_ids[1:])
        assert f"signed: {month.first}; sent_for_signature: {others}; " in str(refusal.value)
        made = sheet(ledger, still_open=True)
        assert [name.split("-")[0] for name in made] == ["interim"]
        html = html_of(made)
        assert "<h1>Interim sheet</h1>" in html
        assert "This sheet does not close the month: 4 of its 4 letters are still open." in html
        assert html.count("(open)") == 4


def test_on_paper_the_head_stands_on_every_page() -> None:
    """'a rewritten history contradicts paper that the executive signed'"""
    with open_ledger() as ledger:
        finish(sent(ledger))
        made = sheet(ledger, paper=None)
        assert [name.rpartition(".")[2] for name in made] == ["html", "pdf"]
        pdf = made[f"closing-{ledger.head[:8]}.pdf"]
        assert sheet(ledger, paper=True) == made
        head = ledger.head
    first, second = (page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert first.count(head) == 2
    assert second.count(head) == 1
    assert "Signed" in first
    assert "Margaret <b>Llewelyn</b>, Chief Executive" in first


def test_the_head_on_the_sheet_finds_a_ledger_that_was_cut_off(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'signoff.db'}"
    with open_ledger(url) as ledger:
        finish(sent(ledger))
        found = re.search(r'Head</dt><dd class="digest">([0-9a-f]{64})', html_of(sheet(ledger)))
        assert found is not None
        head = found[1]
        ledger.grant("ann", "auditor", since=dt.date(2026, 1, 1), by="board", at=AT)
        assert ledger.check(head).level.name == "ANCHORED"
    Book.of_file(tmp_path / "signoff.db").tamper(
        "DELETE FROM events WHERE sequence > (SELECT max(sequence) - 2 FROM events)"
    )
    with open_ledger(url) as ledger:
        assert ledger.check().ok, "a cut tail shows only against paper"
        assert not ledger.check(head).ok
        with pytest.raises(LedgerError, match=r"head: got '[0-9a-f]{8}'; give all 64"):
            ledger.check(head[:8])  # as the closing sheet's file name has it


def test_a_broken_ledger_closes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'signoff.db'}"
    with open_ledger(url) as ledger:
        finish(sent(ledger))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for trigger in connection.scalars(
            sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            connection.execute(sa.text(f'DROP TRIGGER "{trigger}"'))
        connection.execute(sa.text("UPDATE events SET text = replace(text, 'settled', 'refused')"))
    engine.dispose()
    with open_ledger(url) as ledger, pytest.raises(LedgerError, match="its text was changed"):
        sheet(ledger)


def test_there_is_nothing_to_close_before_a_draw_and_after_one_was_set_aside() -> None:
    with open_ledger() as ledger:
        with refused(LedgerError, NO_DRAW):
            sheet(ledger)
        registered(ledger)
        said: dict[str, Any] = {"reason_code": "wrong-frame", "approver": "second"}
        ledger.supersede(**MONTH, by="exec", at=AT, **said)
        with refused(LedgerError, NO_DRAW):
            sheet(ledger, still_open=True)


def test_a_substitute_is_told_apart_and_its_place_counts_once() -> None:
    with open_ledger() as ledger:
        drawn, _ = registered(ledger)
        said: dict[str, Any] = {"reason_code": "duplicate", "approver": "second"}
        ledger.record("replaced", drawn.unit_ids[0], by="exec", at=AT, **said)
        html = html_of(sheet(ledger, still_open=True))
        assert html.count("(substitute)") == 1
        assert "0 of 4 selected letters signed in person" in html
        assert "4 of 5 letters, substitutes among them</dd>" in html
