"""CSV for a spreadsheet and for a machine: what is guarded, for whom, and who is told."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import ceosample as cs
import months
from book import Book
from ceosample.cli import cli
from ceosample.signoff.letters_table import COLUMNS, LettersTable
from ceosample.spreadsheet import MARK, guarded, harmless
from test_verdicts import a_record

#: What a spreadsheet runs, or may run in a release to come; and what it never runs.
RUNS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\u200f=1", "＝1", "'quoted", "(1)")
STILL = ("yes", "2015-01", "R-5HFQJQ", "12e45678", "00012", "JAN-1", "Élan", "٣-ل", "Home loans")


def table_of(*unit_ids: str) -> LettersTable:
    book = Book()
    book.draw({"Home loans": (len(unit_ids) + 1, len(unit_ids))})
    for unit_id in unit_ids:
        book.first(unit_id, "Home loans")
    return cs.figures.letters_table(book.events)


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_for_a_spreadsheet_only_what_could_run_has_a_guard() -> None:
    """'the same to the byte but for cells that begin with a letter or a digit'"""
    table = table_of(*RUNS, *STILL)
    cells = {row["unit_id"] for row in rows_of(table.to_csv())}
    assert cells == {*(MARK + text for text in RUNS), *STILL}
    (stratum,) = {row["stratum"] for row in rows_of(table.to_csv())}
    (period,) = {row["period"] for row in rows_of(table.to_csv())}
    assert (stratum, period) == ("Home loans", "2026-10")
    assert table.to_csv(audience="spreadsheet") == table.to_csv()
    assert [harmless(text) for text in RUNS] == [guarded(text) for text in RUNS]


def test_for_a_machine_every_text_is_as_it_is_and_the_first_column_has_its_name() -> None:
    table = table_of(*RUNS, *STILL)
    data = table.to_csv(audience="machine")
    read = list(csv.DictReader(io.StringIO(data.decode(), newline="")))  # not utf-8-sig
    assert {row["unit_id"] for row in read} == {*RUNS, *STILL}
    assert tuple(read[0]) == COLUMNS
    assert len(read) == len(table.letters)


def test_the_verdicts_are_written_for_either_too(tmp_path: Path) -> None:
    record = a_record()
    record.save(tmp_path / "machine.csv", audience="machine")
    machine = rows_of((tmp_path / "machine.csv").read_bytes())
    sheet = rows_of(record.to_csv())
    assert {row["stratum"] for row in machine} == {"Cards", "=Loans"}
    assert {row["stratum"] for row in sheet} == {"Cards", "'=Loans"}
    assert not (tmp_path / "machine.csv").read_bytes().startswith("\ufeff".encode())


def test_dataframes_json_and_workbooks_never_have_a_guard(tmp_path: Path) -> None:
    """'dataframes and JSON never have one'"""
    table = table_of("=1+1", "yes")
    assert {row["unit_id"] for row in table.letters} == {"=1+1", "yes"}
    for audience in ("spreadsheet", "machine"):
        table.save(tmp_path / f"{audience}.xlsx", audience=audience)
    one, other = (tmp_path / f"{name}.xlsx" for name in ("spreadsheet", "machine"))
    assert one.read_bytes() == other.read_bytes()
    letters = [letter for month in json.loads(a_record().to_json())["months"]
               for letter in month["letters"]]  # fmt: skip
    assert {letter["stratum"][0] for letter in letters} == {"Cards", "=Loans"}
    assert not [letter for letter in letters if letter["unit_id"].startswith(MARK)]
    assert not [record for record in months.drawn_with(months.SEED).to_records()
                if str(record["unit_id"]).startswith(MARK)]  # fmt: skip


def test_another_audience_is_refused_and_writes_nothing(tmp_path: Path) -> None:
    for place in (tmp_path / "letters.csv", tmp_path / "letters.xlsx"):
        with pytest.raises(ValueError, match=r"^audience: got 'excel'; use one of spreadsheet, ma"):
            table_of("A").save(place, audience="excel")  # type: ignore[arg-type]
        assert not place.exists()


def test_the_command_writes_for_a_machine_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'`machine` has no guard and says so'"""
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["init"]).exit_code == 0
    with months.open_ledger("sqlite:///signoff.db") as ledger:
        months.sent(ledger)
    said = {}
    for name, more in {
        "plain.csv": [],
        "sheet.csv": ["--for", "spreadsheet"],
        "machine.csv": ["--for", "machine"],
        "machine.xlsx": ["--for", "machine"],
    }.items():
        done = CliRunner().invoke(cli, ["export", name, *more], catch_exceptions=False)
        assert done.exit_code == 0
        said[name] = done.output
    assert Path("plain.csv").read_bytes() == Path("sheet.csv").read_bytes()
    assert Path("plain.csv").read_bytes() == "\ufeff".encode() + Path("machine.csv").read_bytes()
    assert [name for name, words in said.items() if "without guards" in words] == ["machine.csv"]
    refused = CliRunner().invoke(cli, ["export", "x.csv", "--for", "people"])
    assert refused.exit_code == 2
    assert not Path("x.csv").exists()
