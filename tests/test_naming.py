"""Consent to be named: only the person gives it, anybody may withdraw it, a name can be erased."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from ceosample.errors import LedgerError
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.naming import consents
from command import asked, time_told
from notice_books import programs, run_page

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


@pytest.fixture
def book() -> Ledger:
    return Ledger.open("sqlite://", clock=lambda: AT)


def named(book: Ledger) -> tuple[dict[str, str], dict[str, str]]:
    return book.may_be_named("staff"), book.may_be_named("public")


def test_the_newest_word_of_a_person_counts(book: Ledger) -> None:
    assert named(book) == ({}, {})
    first = book.agree_to_naming("ann", "Ann Lee", "staff", at=AT)
    assert named(book) == ({"ann": "Ann Lee"}, {})
    assert book.agree_to_naming("ann", "Ann Lee", "staff", at=AT) == first
    book.agree_to_naming("ann", "A. Lee", "public", at=AT)
    assert named(book) == ({"ann": "A. Lee"}, {"ann": "A. Lee"})
    gone = book.withdraw_naming("ann", by="pa", at=AT)
    assert named(book) == ({}, {})
    assert book.withdraw_naming("ann", by="pa", at=AT) == gone
    book.correct(gone.hash, by="pa", at=AT, reason_code="slip")
    assert named(book) == ({"ann": "A. Lee"}, {"ann": "A. Lee"})
    again = book.withdraw_naming("ann", by="pa", at=AT)
    assert (again != gone, named(book)) == (True, ({}, {}))
    assert book.check().ok


def test_a_corrected_consent_is_none_and_an_erased_name_ends_it(book: Ledger) -> None:
    said = book.agree_to_naming("ann", "Ann Lee", "public", at=AT)
    book.correct(said.hash, by="pa", at=AT, reason_code="slip")
    assert named(book) == ({}, {})
    book.agree_to_naming("bo", "Bo Ek", "public", at=AT)
    event = book.forget_person("bo", by="dpo", at=AT, reason_code="erasure-request")
    assert (event.payload["texts"], named(book)) == (1, ({}, {}))
    assert consents(book.events()) == {}
    assert book.check().ok


def test_nobody_agrees_for_another(book: Ledger) -> None:
    with pytest.raises(LedgerError, match="'zoe' has not agreed to be named"):
        book.withdraw_naming("zoe", by="pa", at=AT)
    with pytest.raises(LedgerError) as refusal:
        book.agree_to_naming("", "", "press", at=AT)
    assert [fault.partition(":")[0] for fault in refusal.value.faults] == [
        "person", "name", "audience",
    ]  # fmt: skip
    payload = {"person": "ann", "audience": "staff", "name": "ab" * 32}
    for other in ("aaron", "pa"):
        with (
            book._writing() as transaction,
            pytest.raises(LedgerError, match="who alone can agree to be named"),
        ):
            transaction.append("naming_agreed", other, AT, payload)


@pytest.mark.slow
def test_a_month_of_thanks_by_the_command_alone(demonstration: Path, tmp_path: Path) -> None:
    """Thanked, named before staff, taken back: in text, HTML and JSON; the bytes are the same."""
    folder = Path(shutil.copytree(demonstration, tmp_path / "month"))

    def run(*line: str, code: int = 0) -> str:
        ended = asked(*line, folder=folder)
        assert ended.code == code, ended.err
        return ended.out if code == 0 else ended.err

    with time_told(lambda: dt.datetime(2026, 11, 30, 18, tzinfo=dt.UTC)):
        run("record", "recognition", "R-KBRL2Z", "--colleague", "h-007", "--reason-code", "kind",
            "--by", "ceo")  # fmt: skip
        assert "We thank" not in run("notice", "staff")
        name = "Siân <b>Rhys</b>"
        run("naming", "agree", "h-007", "--name", name, "--to", "staff", "--recorder", "pa")
        assert name in run("naming", "show")
        assert json.loads(run("naming", "show", "--json")) == {
            "agreed": [{"person": "h-007", "audience": "staff", "name": name}]
        }
        staff, public = run("notice", "staff"), run("notice", "public", "--period", "2026-10")
        assert f"We thank {name}." in staff
        assert "Rhys" not in public
        assert "Ask us where you can check" in public
        for path in ("a.html", "b.html"):
            assert "12 of 12 answers read" in run("notice", "staff", "--out", path)
        pages = [(folder / path).read_bytes() for path in ("a.html", "b.html")]
        assert (pages[0] == pages[1], b"&lt;b&gt;Rhys" in pages[0]) == (True, True)
        assert "left unchanged" in run("notice", "staff", "--out", "a.html", code=3)
        assert "give a name that ends in" in run("notice", "staff", "--out", "a.doc", code=2)
        run("export", "events.jsonl")
        programs(folder)
        found = json.loads(run("notice", "public", "--period", "2026-10", "--json"))["figures"]
        assert run_page(folder, "2026-10", "2026-10", "2026-11-30T18:00:00+00:00") == found
        run("naming", "withdraw", "h-007", "--by", "pa")
        assert "Rhys" not in run("notice", "staff", "--as-of", "2026-11-30T18:00:00+00:00")
        assert "nobody has agreed" in run("naming", "show")
