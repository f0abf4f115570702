"""A check from a head that the caller keeps elsewhere: what it sees, before it and after it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner

import months
from books import Book
from ceosample.canonical import digest
from ceosample.cli import cli
from ceosample.errors import LedgerError
from ceosample.signoff.check import ChainLevel, ChainReport
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.rules.context import Context
from ceosample.signoff.rules.judge import Verdict, judge
from ceosample.signoff.store.events import Event
from postgresql import Server

GOLDEN = Path(__file__).parent / "golden"

#: The golden ledger's events before and after this number are tampered with.
HEAD = 30


def said(report: ChainReport) -> dict[str, Any]:
    """All but where it began, and what was noted of the events before."""
    fields = report.to_dict()
    fields.pop("checked_from", None)
    fields.pop("notes", None)
    return fields


def from_each_event(ledger: Ledger) -> None:
    """From whichever event it starts, a check comes to what the check of all events came to."""
    whole = ledger.check()
    for event in list(ledger.events()):
        report = ledger.check(checked_head=event.hash)
        assert report.checked_from == event.sequence
        assert said(report) == said(whole), event


@pytest.mark.slow
def test_from_each_event_of_a_month_the_rest_is_judged_as_in_the_whole() -> None:
    """A draw's letters, a letter that moves up, a version that goes out: steps of several events"""
    with months.open_ledger() as ledger:
        for role, person in (("signatory", months.CEO), ("sampler", months.SAMPLER)):
            ledger.grant(role=role, person=person, since=dt.date(2026, 1, 1), by="board",
                         at=months.AT)  # fmt: skip
        month = months.sent(ledger)
        month.say("returned_for_rework", reason_code="tone")
        month.send_anew()
        signed = month.sign(month.second)
        ledger.correct(signed.hash, reason_code="slip", by=months.CEO, at=months.AT)
        month.sign(month.second)
        month.sign()
        ledger.supersede(
            **months.MONTH, by="auditor", approver="counsel", reason_code="wrong-frame",
            at=months.AT,
        )  # fmt: skip
        months.registered(ledger, seed=months.FRESH_SEED)
        assert ledger.check().ok
        from_each_event(ledger)


@pytest.mark.slow
def test_from_each_event_of_the_golden_ledger(tmp_path: Path) -> None:
    lines = (GOLDEN / "ledger.jsonl").read_bytes().splitlines(keepends=True)[:41]
    with Ledger.restore(f"sqlite:///{tmp_path / 'signoff.db'}", lines) as ledger:
        from_each_event(ledger)


# Tampering


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Book]:
    """The golden ledger's first events, to be tampered with."""
    if request.param == "sqlite":
        yield Book.of_file(Path(shutil.copy(GOLDEN / "ledger.db", tmp_path / "signoff.db")))
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.database() as name:
        lines = (GOLDEN / "ledger.jsonl").read_bytes().splitlines(keepends=True)[:41]
        Ledger.restore(server.url(name), lines).close()
        yield Book.of_server(server, name)


def checked(book: Book, head: str, paper: str | None = None) -> ChainReport:
    with Ledger.open(book.url, create=False) as ledger:
        return ledger.check(paper, checked_head=head)


SET = "UPDATE events SET {} WHERE sequence = :sequence"


def text_with(row: dict[str, Any], **changes: object) -> str:
    return json.dumps(
        {**json.loads(row["text"]), **changes},
        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    )  # fmt: skip


@pytest.mark.parametrize("sequence", [3, HEAD, HEAD + 5])
@pytest.mark.parametrize("column", ["kind", "population", "period", "unit_id"])
def test_a_plain_column_that_was_changed_is_told_before_the_head_and_after_it(
    book: Book, sequence: int, column: str
) -> None:
    """Figures and roles are looked up by them"""
    head = book.read()[HEAD - 1]["hash"]
    book.tamper(SET.format(f"{column} = 'else'"), sequence=sequence)
    report = checked(book, head)
    assert report.level is ChainLevel.BROKEN
    assert f"event {sequence}: the column {column} holds 'else'" in str(report.first_difference)


@pytest.mark.parametrize("sequence", [3, HEAD, HEAD + 5])
def test_a_text_that_was_changed_is_told_before_the_head_and_after_it(
    book: Book, sequence: int
) -> None:
    row = book.read()[sequence - 1]
    head = book.read()[HEAD - 1]["hash"]
    book.tamper(
        SET.format("text = :text"), sequence=sequence, text=text_with(row, actor="somebody")
    )
    report = checked(book, head)
    assert str(report.first_difference).startswith(f"event {sequence}: its text was changed")


@pytest.mark.parametrize("sequence", [3, HEAD])
def test_a_history_that_was_written_anew_lacks_the_head(book: Book, sequence: int) -> None:
    """An attacker hashes all events again, from the one that was changed on"""
    head = book.read()[HEAD - 1]["hash"]
    book.forge(sequence, actor="somebody")
    assert f"no event has the hash '{head}'" in str(checked(book, head).first_difference)


def test_one_event_that_is_hashed_again_alone_breaks_the_chain(book: Book) -> None:
    """Its row fits its hash, so only the next event can tell: the head's own chain is walked"""
    found = book.read()
    text = text_with(found[9], actor="somebody")
    new = digest(text.encode())
    book.tamper(SET.format("text = :text, hash = :hash"), sequence=10, text=text, hash=new)
    report = checked(book, found[HEAD - 1]["hash"])
    assert str(report.first_difference).startswith("event 11: does not follow from the event")


def test_an_event_that_recording_refuses_is_told_after_the_head(book: Book) -> None:
    """The judge knows the roles and letters of before: nobody signs a letter that is not out"""
    head = book.read()[-1]["hash"]
    last = json.loads(book.read()[-1]["text"])
    book.append("role_granted", {"person": "p-1", "role": "emperor", "from": "2026-01-01"})
    report = checked(book, head)
    assert report.level is ChainLevel.BROKEN
    assert f"event {last['sequence'] + 1}" in str(report.first_difference)
    assert report.checked_from == last["sequence"]


def test_a_cut_tail_and_a_head_of_another_ledger_are_told(book: Book) -> None:
    head = book.read()[-1]["hash"]
    book.tamper("DELETE FROM events WHERE sequence > 35")
    report = checked(book, head)
    assert "events after event 35 were cut off" in str(report.first_difference)
    assert report.checked_from is None


def test_a_head_from_paper_is_looked_for_before_and_after(book: Book) -> None:
    found = [row["hash"] for row in book.read()]
    for paper in (found[0], found[HEAD - 1], found[-1]):
        assert checked(book, found[HEAD - 1], paper).level is ChainLevel.ANCHORED
    assert not checked(book, found[HEAD - 1], "0" * 64).ok


def test_a_part_of_a_head_proves_nothing(book: Book) -> None:
    with pytest.raises(LedgerError, match="checked_head: got 'abc'; give all 64 digits"):
        checked(book, "abc")


def test_what_was_checked_is_told(book: Book) -> None:
    found = book.read()
    report = checked(book, found[HEAD - 1]["hash"])
    words = f"checked from event {HEAD} on, by a head given"
    assert words in str(report)
    assert words in report._repr_html_()
    assert report.to_dict()["checked_from"] == HEAD
    assert "checked_from" not in book.check().to_dict()


def test_a_report_on_a_page_says_from_where_only_if_that_is_not_the_first_event() -> None:
    whole = ChainReport(ChainLevel.INTACT, None, 7, "0" * 64)
    told = attrs.evolve(whole, checked_from=2)._repr_html_().partition(">checked</th>")[2]
    assert ">checked<" not in whole._repr_html_()
    assert "<bdi>checked from event 2 on, by a head given</bdi>" in told


def test_no_event_before_the_head_is_judged(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """'walk only what came after'"""
    judged: list[int] = []

    def judge_and_tell(event: Event, context: Context, right_under: int | None) -> Verdict:
        judged.append(event.sequence)
        return judge(event, context, right_under)

    monkeypatch.setattr("ceosample.signoff.check.judge", judge_and_tell)
    found = book.read()
    assert checked(book, found[HEAD - 1]["hash"]).ok
    assert judged == list(range(HEAD + 1, len(found) + 1))


# The command


@pytest.mark.slow
def test_the_commands_take_a_head_and_say_so_and_a_monitor_waits_for_a_whole_check(
    tmp_path: Path,
) -> None:
    """'the output/page then says "checked from event N on, by a head given"'"""
    firm = Path(shutil.copytree(GOLDEN / "release-0.1" / "ceosample-demo", tmp_path / "firm"))
    config = ("--config", str(firm / "ceosample.toml"))
    with Ledger.open(f"sqlite:///{firm / 'signoff.db'}") as ledger:
        event = list(ledger.events())[99]
    words = "checked from event 100 on, by a head given"
    for command in ("status", "metrics", "policies"):
        told = CliRunner().invoke(cli, [command, "--checked-head", event.hash, *config])
        assert f"; {words}" in told.output
    asked = ["status", "--json", "--checked-head", event.hash, *config]
    said = json.loads(CliRunner().invoke(cli, asked).output)["check"]
    assert said["checked_from"] == 100
    board = firm / "new.html"
    asked = ["report", "--no-pictures", "--out", str(board), "--checked-head", event.hash, *config]
    assert words in CliRunner().invoke(cli, asked).output
    assert words in board.read_text("utf-8")
    assert not list(firm.rglob(".*last-check.lock"))
    assert CliRunner().invoke(cli, ["status", "--checked-head", "0" * 64, *config]).exit_code == 1
    assert not list(firm.rglob(".*last-check.lock"))


@pytest.mark.parametrize("slip", ["", "abc", "no-such-file.note", "A" * 64, f"{'0' * 64} "])
def test_a_slip_in_a_head_is_no_broken_ledger(tmp_path: Path, slip: str) -> None:
    firm = Path(shutil.copytree(GOLDEN / "release-0.1" / "ceosample-demo", tmp_path / "firm"))
    for option in ("--head", "--checked-head"):
        asked = ["status", option, slip, "--config", str(firm / "ceosample.toml")]
        told = CliRunner().invoke(cli, asked)
        assert isinstance(told.exception, LedgerError)
        assert "give all 64 digits" in str(told.exception)


def test_a_monitor_hears_of_a_break_after_the_head(tmp_path: Path) -> None:
    """'health counts checks of all events alone', and any difference that one found."""
    firm = Path(shutil.copytree(GOLDEN / "release-0.1" / "ceosample-demo", tmp_path / "firm"))
    config = ("--config", str(firm / "ceosample.toml"))
    with Ledger.open(f"sqlite:///{firm / 'signoff.db'}") as ledger:
        event = list(ledger.events())[99]
    book = Book.of_file(firm / "signoff.db")
    book.tamper("UPDATE events SET unit_id = 'CR-1' WHERE sequence = 150")
    asked = ["status", "--checked-head", event.hash, *config]
    assert CliRunner().invoke(cli, asked).exit_code == 1
    assert "found a difference" in CliRunner().invoke(cli, ["health", *config]).output
