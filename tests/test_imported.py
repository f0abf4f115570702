"""What an older table says is a claim: on record, apart, unverified, and counted in no figure."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest
from click.testing import CliRunner

import ceosample as cs
import months
from books import Book
from ceosample.cli import cli
from ceosample.signoff.figures.past_signoffs import counts
from ceosample.signoff.intake.tracker import Tracker, tracker_of
from ceosample.signoff.ledger import Ledger
from inputs import configure
from months import AT, OFFICE, POPULATION, nothing_written
from trackers import COLUMNS, ROWS, workbook_of

WHO: dict[str, Any] = {"population": POPULATION, "by": OFFICE, "at": AT}


#: One file, for openpyxl writes down when it saved one.
OLD = workbook_of()


def tracker(rows: Any = None) -> Tracker:
    return tracker_of(OLD if rows is None else workbook_of(rows), "old.xlsx", COLUMNS)


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    with months.open_ledger(address) as found:
        yield found


def test_each_row_becomes_an_event_that_says_it_is_not_verified(ledger: Ledger) -> None:
    events = ledger.import_history(tracker(), **WHO)
    assert [(e.kind, e.period, e.unit_id, e.payload["row"]) for e in events] == [
        ("imported", "2025-03", "C-17", 2),
        ("imported", "2025-03", "C-23", 3),
        ("imported", "2025-04", "L-5", 4),
        ("imported", "2025-04", "L-9", 5),
    ]
    assert dict(events[0].payload) == {
        "verified": False, "outcome": "signed", "stratum": ["Cards"], "signed_by": "ceo",
        "signed_on": "2025-04-02", "file": tracker().file, "sheet": 1, "row": 2,
    }  # fmt: skip
    for event in events:
        jsonschema.validate(event.to_dict(), cs.schema("event"))
    assert ledger.check().ok
    assert not any(b"Quillfeather" in line or b"Llewelyn" in line for line in ledger.export())


def test_a_second_time_and_a_table_that_has_grown_bring_in_what_is_new(ledger: Ledger) -> None:
    first = ledger.import_history(tracker(), **WHO)
    with nothing_written(ledger):
        assert ledger.import_history(tracker(), **WHO) == first
    grown = ledger.import_history(tracker([*ROWS, ("L-10", *ROWS[2][1:])]), **WHO)
    assert grown[:4] == first
    assert [e.unit_id for e in ledger.imported(POPULATION)] == [
        "C-17",
        "C-23",
        "L-5",
        "L-9",
        "L-10",
    ]


def test_it_is_taken_whole_or_not_at_all(ledger: Ledger) -> None:
    ledger.import_history(tracker(), **WHO)
    changed = [("C-17", *ROWS[0][1:4], "sent back", None, None), ("N-1", *ROWS[0][1:])]
    tomorrow = (AT + dt.timedelta(days=40)).date()
    late = ("N-2", "x", tomorrow, "Cards", "OK", "M. Llewelyn", tomorrow)
    with nothing_written(ledger), pytest.raises(cs.errors.LedgerError) as raised:
        ledger.import_history(tracker([*changed, late]), **WHO)
    assert [fault.partition(",")[0] for fault in raised.value.faults] == [
        "row 2: conflicts with event 3",
        f"row 4: signed on {tomorrow}",
        "row 4: of 2026-12",
    ]


def test_a_month_that_the_ledger_froze_is_not_imported_over(ledger: Ledger) -> None:
    months.registered(ledger)
    row = ("X-1", "x", dt.date(2026, 10, 5), *ROWS[3][3:])
    with (
        nothing_written(ledger),
        pytest.raises(cs.errors.ConflictError, match="was frozen here in event"),
    ):
        ledger.import_history(tracker([*ROWS, row]), **WHO)


def test_a_role_that_is_known_is_needed(ledger: Ledger) -> None:
    ledger.grant("ann", "executive-office", since=AT.date(), by="board", at=AT)
    with pytest.raises(
        cs.errors.LedgerError, match="is not executive-office or accountable-executive"
    ):
        ledger.import_history(tracker(), **WHO)
    assert len(ledger.import_history(tracker(), **{**WHO, "by": "ann"})) == 4


def test_a_file_is_withdrawn_as_a_whole_and_can_come_in_again(ledger: Ledger) -> None:
    file = tracker().file
    why = {**WHO, "reason_code": "wrong-column"}
    with pytest.raises(cs.errors.LedgerError, match="nothing was imported from it"):
        ledger.withdraw_history(file, **why)
    first = ledger.import_history(tracker(), **WHO)
    gone = ledger.withdraw_history(file, **why)
    assert [(e.kind, e.period, e.unit_id) for e in gone] == [
        ("import_withdrawn", "2025-03", None), ("import_withdrawn", "2025-04", None)
    ]  # fmt: skip
    with nothing_written(ledger):
        assert ledger.withdraw_history(file, **why) == gone
    assert counts(ledger.events()) == ()
    again = ledger.import_history(tracker(), **WHO)
    assert not {e.hash for e in again} & {e.hash for e in first}
    assert sum(row.signed.of for row in counts(ledger.events())) == 4
    assert len(ledger.withdraw_history(file, **why)) == 2
    assert counts(ledger.events()) == ()
    assert ledger.check().ok
    with pytest.raises(cs.errors.LedgerError, match="give the file's SHA-256"):
        ledger.withdraw_history("old.xlsx", **why)


def figures(ledger: Ledger) -> list[dict[str, Any]]:
    """All that is counted, without the place where claims are shown apart."""
    events = list(ledger.events())
    report = cs.report.board_report(events, population=POPULATION, as_of=months.LATER)
    found: list[Any] = [
        cs.figures.metrics(events, as_of=months.LATER).to_dict(),
        report.to_dict(),
        cs.signoff_coverage(events).to_dict(),
        cs.figures.at_risk(events, as_of=months.LATER, within=5).to_dict(),
        cs.figures.without_owner(events).to_dict(),
        cs.figures.letters_table(events).to_dict(),
    ]
    for part in (found[0], found[1]["metrics"], found[5]):
        part.pop("imported")
    return found


def drawn_picture(ledger: Ledger) -> bytes:
    return cs.report.pictures.coverage(ledger.events(), as_of=months.LATER).to_svg()


@pytest.mark.slow
def test_no_figure_changes_when_claims_come_in() -> None:
    """'No metric, coverage, reach or picture may count them as sign-offs.'"""
    with months.open_ledger() as ledger:
        month = months.sent(ledger)
        month.sign()
        before, picture = figures(ledger), drawn_picture(ledger)
        row = ("C-0", "x", dt.date(2026, 9, 5), *ROWS[0][3:])
        ledger.import_history(tracker([*ROWS, row]), **WHO)
        assert figures(ledger) == before
        assert drawn_picture(ledger) == picture


def test_they_are_shown_apart_as_of_a_moment_and_by_month() -> None:
    with months.open_ledger() as ledger:
        months.sent(ledger)
        ledger.import_history(tracker(), **WHO)
        events = list(ledger.events())
        found = cs.figures.metrics(events, as_of=months.LATER)
        assert [(str(r.period), r.name, str(r.signed)) for r in found.imported] == [
            ("2025-03", "Cards", "1 of 2 imported letters said to be signed"),
            ("2025-04", "Loans", "1 of 2 imported letters said to be signed"),
        ]
        assert "imported, unverified, counted in no figure: 2025-03 to 2025-04" in str(found)
        assert cs.figures.metrics(events, as_of=AT - dt.timedelta(days=1)).imported == ()
        april = cs.figures.metrics(events, as_of=months.LATER, first="2025-04", last="2025-04")
        assert len(april.imported) == 1
        year: dict[str, Any] = {"population": POPULATION, "as_of": months.LATER}
        page = cs.report.board_report(events, **year, first="2025-01", last="2025-12")
        html = page.to_html(pictures=False).decode()
        assert "Imported from older tables, unverified" in html
        assert "2 of 4 letters said to be signed" in html.replace("\u00a0", " ")
        without = cs.report.board_report(events, **year, first="2026-01", last="2026-12")
        assert "Imported from older tables" not in without.to_html(pictures=False).decode()


@pytest.mark.parametrize(
    "wrong", [{"verified": True}, {"outcome": "great"}, {"file": "x"}, {"stratum": "Cards"}]
)
def test_a_check_finds_a_claim_that_the_ledger_would_not_have_written(
    tmp_path: Path, wrong: dict[str, Any]
) -> None:
    book = Book.of_file(tmp_path / "signoff.db")
    with months.open_ledger(book.url) as ledger:
        event = ledger.import_history(tracker(), **WHO)[0]
    book.forge(event.sequence, payload={**event.payload, **wrong})
    said = str(book.check().first_difference)
    assert said.startswith(f"event {event.sequence}: {next(iter(wrong))}: got ")


def test_the_command_brings_a_table_in_and_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    configure(tmp_path)
    Path("old.xlsx").write_bytes(workbook_of())
    runner = CliRunner()

    def run(*words: str) -> str:
        done = runner.invoke(cli, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    with Ledger.open("sqlite:///signoff.db"):
        pass
    with pytest.raises(cs.errors.ConfigurationError, match="tracker: missing; name the columns"):
        run("import-tracker", "old.xlsx", "--by", "office")
    table = attrs.asdict(COLUMNS, filter=lambda _, value: bool(value))
    lines = [
        f"{name} = "
        + (
            "{" + ", ".join(f'"{k}" = "{v}"' for k, v in value.items()) + "}"
            if isinstance(value, dict)
            else f'"{value}"'
        )
        for name, value in table.items()
    ]
    configure(tmp_path, ("[ledger]", "\n".join(["[tracker]", *lines, "", "[ledger]"])))
    tried = run("import-tracker", "old.xlsx", "--by", "office", "--dry-run")
    assert "4 of 4 are new and would be written; nothing was" in tried
    assert "imported" not in run("status")
    assert "4 of 4 are new and written" in run("import-tracker", "old.xlsx", "--by", "office")
    again = json.loads(run("import-tracker", "old.xlsx", "--by", "office", "--json"))
    assert (again["new"], len(again["tracker"]["rows"])) == (0, 4)
    said = "imported, unverified, counted in no figure: 2025-03 to 2025-04, 2 of 4 letters said"
    assert said in run("status")
    assert said in run("metrics")
    assert len(json.loads(run("status", "--json", "--period", "2025-03"))["imported"]) == 1
    file = again["tracker"]["file"]
    gone = run("withdraw-tracker", file, "--by", "office", "--reason-code", "wrong-column")
    assert gone.count("import_withdrawn") == 2
    assert "imported" not in run("status")


def test_strata_of_a_configuration_and_of_its_tracker_are_the_same(tmp_path: Path) -> None:
    table = '[tracker]\nid = "A"\nperiod = "B"\nsigned_on = "C"\nstrata = {x = "D"}\n\n[ledger]'
    configure(tmp_path, ("[ledger]", table))
    with pytest.raises(
        cs.errors.ConfigurationError, match=r"tracker\.strata: got x; give a heading for each of"
    ):
        cs_configuration(tmp_path)
    configure(tmp_path, ('{x = "D"}', '{division = "D"}'), ('id = "A"', "id = 3"))
    with pytest.raises(cs.errors.ConfigurationError, match=r"tracker\.id: got 3; give the heading"):
        cs_configuration(tmp_path)


def cs_configuration(folder: Path) -> object:
    from ceosample.configuration import Configuration

    return Configuration.load(folder / "ceosample.toml")
