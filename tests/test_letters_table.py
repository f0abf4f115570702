"""Letters as a table: what stands in it, and that nothing in it can ever run."""

from __future__ import annotations

import csv
import io
import shutil
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

import ceosample as cs
import months
from book import Book
from ceosample.cli import cli
from ceosample.signoff.letters_table import COLUMNS, COUNTS
from ceosample.spreadsheet import unguarded
from ceosample.workbook.read import read_sheet
from ceosample.workbook.write import LONGEST_TEXT, workbook
from refusals import IS_THERE_ALREADY, refused
from trackers import parts_of

HOSTILE = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|'/c calc'!A0", "'=1", "'", "1e5",
    "00012", "JAN-1", "1/2", "TRUE", "#N/A", "_x0041_", "_x000D_", "=HYPERLINK(\"http://x\")",
    "\u200f=1", "\uff1d1", "a\x01b", "<t>&amp;", " lead", "12345678901234567890",
)  # fmt: skip


def table_of_a_month() -> cs.figures.LettersTable:
    with months.open_ledger() as ledger:
        month = months.sent(ledger)
        month.sign()
        month.say("finding", verdict="defective", codes=["tone", "facts"])
        month.say("returned_for_rework", month.second, reason_code="wrong-facts")
        return cs.figures.letters_table(ledger.events())


def test_a_row_a_letter_says_where_it_stands() -> None:
    table = table_of_a_month()
    assert len(table.letters) == 4
    (signed,) = [row for row in table.letters if row["state"] == "signed"]
    assert {
        "verified": "yes", "period": "2026-10", "drawn": "original", "signed_by": "ceo",
        "signed_on": "2026-11-02", "verdict": "defective", "finding_codes": "tone facts",
        "counted_signed": 1, "counted_of": 1, "version": 1, "owner": "owner-1", "row": None,
    }.items() <= signed.items()  # fmt: skip
    (back,) = [row for row in table.letters if row["state"] == "returned_for_rework"]
    assert (back["reason_codes"], back["counted_signed"]) == ("wrong-facts", 0)
    assert all(set(row) == set(COLUMNS) for row in table.letters)


def test_a_letter_has_one_verdict() -> None:
    """'The verdict cell of `letters_table` says `sound defective`'"""
    with months.open_ledger() as ledger:
        month = months.sent(ledger)
        for verdict in ("sound", "defective"):
            month.say("finding", verdict=verdict)
        table = cs.figures.letters_table(ledger.events())
    assert [row["verdict"] for row in table.letters if row["verdict"]] == ["defective"]


def test_what_was_corrected_is_not_in_it_and_stops_nothing() -> None:
    with months.open_ledger() as ledger:
        month = months.sent(ledger)
        wrong = [
            month.sign(),
            month.say("finding", verdict="defective", codes=["tone"]),
            month.say("contact", channel="telephone", outcome="thanked"),
        ]
        for event in wrong:
            ledger.correct(event.hash, by="office", at=months.AT, reason_code="wrong-letter")
        table, coverage = (
            cs.figures.letters_table(ledger.events()),
            cs.signoff_coverage(ledger.events()),
        )
    assert {row["state"] for row in table.letters} == {"sent_for_signature"}
    assert {row["finding_codes"] for row in table.letters} == {None}
    assert coverage.signoff.count == 0
    assert not any(row["counted_signed"] for row in table.letters)


@pytest.mark.slow
def test_the_sums_of_its_columns_are_sign_off_coverage(demonstration: Path) -> None:
    with cs.Ledger.open(f"sqlite:///{demonstration / 'signoff.db'}") as ledger:
        events = list(ledger.events())
    table, coverage = cs.figures.letters_table(events), cs.signoff_coverage(events)
    assert coverage.signoff.count > 0
    for rows, names in (
        (table.letters, ("counted_signed", "counted_of")),
        (tuple(r for r in table.months if r["in_full"] == "no"), ("signed", "selected")),
    ):
        assert [sum(int(row[name] or 0) for row in rows) for name in names] == [
            coverage.signoff.count, coverage.signoff.of
        ]  # fmt: skip
    assert all(set(row) == set(COUNTS) for row in table.months)


def test_the_workbook_has_its_sheets_and_the_csv_its_rows() -> None:
    table = table_of_a_month()
    book = load_workbook(io.BytesIO(table.to_xlsx()))
    assert book.sheetnames == ["letters", "months", "imported, unverified"]
    assert [cell.value for cell in book["letters"][1]] == list(COLUMNS)
    assert book["letters"].max_row == 5
    properties = parts_of(table.to_xlsx())["docProps/core.xml"]
    assert b"openpyxl" not in properties
    assert b"20" not in properties.replace(b"/2006/", b"")
    rows = list(csv.DictReader(io.StringIO(table.to_csv().decode("utf-8-sig"))))
    assert [unguarded(row["unit_id"]) for row in rows] == [row["unit_id"] for row in table.letters]


@pytest.mark.slow
def test_the_same_table_has_the_same_bytes_whenever_it_is_written() -> None:
    table = table_of_a_month()
    once = table.to_xlsx()
    time.sleep(1.1)  # openpyxl would write the second down
    assert table.to_xlsx() == once


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_workbook_is_ever_a_formula(text: str) -> None:
    data = workbook({"letters": [["id", text], [text, 1]]})
    for row in load_workbook(io.BytesIO(data))["letters"].iter_rows():
        for cell in row:
            if cell.value != 1:
                assert (cell.data_type, cell.number_format) == ("s", "@")
    assert b"<f>" not in data
    assert [*read_sheet(data, "x.xlsx").rows()][1].cell(0).value == text


@given(
    rows=st.lists(
        st.tuples(
            # openpyxl does not mark a text of blanks alone as one to be kept; no name is one.
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip),
            st.one_of(st.none(), st.integers(-(10**14), 10**14)),
        ),
        max_size=8,
    )
)
@pytest.mark.slow
def test_what_is_written_is_read_again(rows: list[tuple[str, int | None]]) -> None:
    data = workbook({"s": [["text", "number"], *rows]})
    found = {row.number: row for row in read_sheet(data, "x.xlsx").rows()}
    for number, (text, count) in enumerate(rows, 2):
        cells = found[number]
        assert (cells.cell(0).value, cells.cell(1).value) == (text, count)


@given(unit_id=st.sampled_from(HOSTILE))
def test_a_cell_of_the_csv_is_text_to_a_spreadsheet(unit_id: str) -> None:
    book = Book()
    book.draw({unit_id: (9, 1)})
    book.first(unit_id, unit_id)
    data = cs.figures.letters_table(book.events).to_csv().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(data, newline=""))
    for name in ("unit_id", "stratum"):
        cell = str(row[name])
        assert cell[0] not in "=+-@\t\r\n"
        assert unguarded(cell) == unit_id


def test_what_a_sheet_cannot_hold_is_said_and_never_cut() -> None:
    with pytest.raises(cs.errors.LedgerError, match="got text of 32768 characters"):
        workbook({"s": [["a" * (LONGEST_TEXT + 1)]]})
    with pytest.raises(ValueError, match=r"ends in \.xlsx or \.csv"):
        table_of_a_month().save("x.ods")


@pytest.mark.slow
def test_the_command_writes_it_by_the_end_of_the_name_and_replaces_nothing(
    demonstration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(demonstration, tmp_path / "bank")
    monkeypatch.chdir(tmp_path / "bank")
    configured = Path("ceosample.toml")
    assert CliRunner().invoke(cli, ["init"]).exit_code == 0 or configured.is_file()
    for name in ("letters.xlsx", "letters.csv", "events.jsonl", "AGAIN.XLSX", "AGAIN.CSV"):
        done = CliRunner().invoke(cli, ["export", name], catch_exceptions=False)
        assert "head" in done.output
        before = Path(name).read_bytes()
        with refused(cs.errors.ConflictError, IS_THERE_ALREADY):
            CliRunner().invoke(cli, ["export", name], catch_exceptions=False)
        assert Path(name).read_bytes() == before
    assert load_workbook("letters.xlsx")["letters"].max_row > 12
    assert Path("AGAIN.XLSX").read_bytes() == Path("letters.xlsx").read_bytes()
    assert Path("AGAIN.CSV").read_bytes() == Path("letters.csv").read_bytes()
    assert Path("events.jsonl").read_bytes().startswith(b'{"actor":"ceosample"')
