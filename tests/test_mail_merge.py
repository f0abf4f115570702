"""Letters' contents from a mail merge's table: the same letters as JSON lines would give."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ceosample.configuration import TEMPLATE, Configuration
from ceosample.errors import ConfigurationError, LetterError
from ceosample.job import read_contents
from ceosample.spreadsheet import separated

HEADINGS = {"unit_id": "Case no", "recipient": "Customer", "docket.owner": "Handler"}


#: What a spreadsheet puts between cells, by its language.
MARKS = (",", ";", "\t")


def table(path: Path, *rows: Sequence[str], mark: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=mark).writerows(rows)
    return path


def faults(path: Path, columns: dict[str, str] = HEADINGS, ids: Sequence[str] = ("R-1",)) -> Any:
    with pytest.raises(LetterError) as refusal:
        read_contents(path, ids, columns)
    return refusal.value.faults


def test_columns_are_the_fields_that_their_headings_name(tmp_path: Path) -> None:
    path = table(
        tmp_path / "letters.csv",
        ["unit_id", "recipient", "address", "docket.owner", "docket.contacts.telephone",
         "payment.amount", "payment.currency", "accepted", "Ref. no", "salt", "body", ""],
        ["R-1", "Ms Lee", "3 Mill Lane\r\nTrefor", "h-1", "2", "12.50", "GBP", "TRUE", "7", "ab",
         "One.\n\nTwo.", "x"],
        ["R-2", "Mr Ho", "", "", "", "", "", "", "", "", "Two.", ""],
        ["", "", "", "", "", "", "", "", "", "", "", ""],
        ["R-3", "Mr Wu", "", "", "", "", "", "false", "", "", "Three.", ""],
    )  # fmt: skip
    assert read_contents(path, ["R-1", "R-3", "R-9"]) == {
        "R-1": {
            "letter": {
                "recipient": "Ms Lee",
                "address": ["3 Mill Lane", "Trefor"],
                "payment": {"amount": "12.50", "currency": "GBP"},
                "accepted": True,
                "Ref. no": "7",
                "body": "One.\n\nTwo.",
            },
            "docket": {"owner": "h-1", "contacts": {"telephone": 2}},
            "salt": "ab",
        },
        "R-3": {
            "letter": {"recipient": "Mr Wu", "accepted": False, "body": "Three."},
            "docket": {},
        },
    }


def test_named_columns_are_taken_and_no_others(tmp_path: Path) -> None:
    path = table(
        tmp_path / "letters.csv",
        ["Customer", "Case no", "Remark", "Remark", "Handler"],
        ["Ms Lee", "R-1", "rude on the phone", "x", "h-1"],
    )
    assert read_contents(path, ["R-1"], HEADINGS) == {
        "R-1": {"letter": {"recipient": "Ms Lee"}, "docket": {"owner": "h-1"}}
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.from_regex(r"R-[0-9]{1,3}", fullmatch=True),
        st.dictionaries(
            st.sampled_from(["recipient", "subject", "body"]),
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
        ),
        min_size=1,
    ),
    st.sampled_from(MARKS),
)
def test_a_table_gives_the_letters_that_json_lines_give(
    tmp_path: Path, letters: dict[str, dict[str, str]], mark: str
) -> None:
    names = ["recipient", "subject", "body"]
    rows = [[unit_id, *(said.get(name, "") for name in names)] for unit_id, said in letters.items()]
    merged = table(tmp_path / "letters.csv", ["unit_id", *names], *rows, mark=mark)
    lines = tmp_path / "letters.jsonl"
    said = ({"unit_id": u, "letter": letter, "docket": {}} for u, letter in letters.items())
    lines.write_text("".join(f"{json.dumps(line)}\n" for line in said), "utf-8")
    assert read_contents(merged, [*letters]) == read_contents(lines, [*letters])


@st.composite
def written(draw: st.DrawFn) -> list[list[str]]:
    """Two headings or more, and rows of as many cells."""
    heading, cell = st.text("aB 1,;\t'\"", min_size=1), st.text('x,;\t\n"')
    headings = draw(st.lists(heading, min_size=2, max_size=4, unique=True))
    row = st.lists(cell, min_size=len(headings), max_size=len(headings))
    return [headings, *draw(st.lists(row))]


@given(written(), st.sampled_from(MARKS))
def test_cells_come_back_whatever_stands_between_them_and_in_them(
    rows: list[list[str]], mark: str
) -> None:
    """'the separator under which the first line names most of these columns'"""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=mark).writerows(rows)
    found, read = separated(io.StringIO(file.getvalue(), newline=""), rows[0])
    assert (found, [*read]) == (mark, rows)


def test_a_heading_may_hold_what_separates_the_cells_of_other_files(tmp_path: Path) -> None:
    headings = {"unit_id": "Case no", "recipient": "Customer; title"}
    for mark in MARKS:
        path = table(tmp_path / "letters.csv", [*headings.values()], ["R-1", "Lee; Ms"], mark=mark)
        assert read_contents(path, ["R-1"], headings)["R-1"]["letter"] == {"recipient": "Lee; Ms"}


@pytest.mark.parametrize(("mark", "word"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")])
def test_a_cell_that_fell_apart_is_told_with_what_separates_cells(
    tmp_path: Path, mark: str, word: str
) -> None:
    path = tmp_path / "letters.csv"
    path.write_text("unit_id,body\nR-1,one,two\n".replace(",", mark), "utf-8")
    (fault,) = faults(path, {"unit_id": "unit_id"})
    assert fault.endswith(f"got 3 cells, and the header names 2; quote a cell that holds a {word}")


def test_a_table_may_be_packed_and_begin_with_a_mark_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "letters.csv.gz"
    path.write_bytes(gzip.compress("\ufeffunit_id,body\nR-1,one\n".encode()))
    assert read_contents(path, ["R-1"]) == {"R-1": {"letter": {"body": "one"}, "docket": {}}}


def test_every_fault_of_a_table_is_named_with_its_row_and_no_customer(tmp_path: Path) -> None:
    """'A check of a table reports every fault it found, not only the first'"""
    path = table(
        tmp_path / "letters.csv",
        ["unit_id", "recipient", "accepted"],
        ["R-1", "Ms Lee", "yes"],
        ["", "Mr Ho", "true"],
        ["R-2", "Mr Wu"],
        ["R-1", "Ms Lee", ""],
    )
    assert faults(path, {"unit_id": "unit_id"}) == (
        "letters.csv, row 1, column 'accepted': got text of 3 characters; give true or false",
        "letters.csv, row 2, column 'unit_id': got an empty cell; give the letter's id",
        "letters.csv, row 4: got 'R-1': it appears in the file before; remove one",
        "letters.csv, row 3: got 2 cells, and the header names 3; quote a cell that holds a comma",
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", r"letters\.csv: empty; the first line must name the columns"),
        (
            "Case no|Customer\n",
            r"letters\.csv, column 'Case no' \(of the letters' unit_id\): not in the table",
        ),
        ("Case no,Customer,Handler,Customer\n", "column 'Customer': appears more than once"),
        ('Case no,Customer,Handler\nR-1,"Ms', "row 1: unexpected end of data; the rest was not"),
        (
            "Case no,Customer,Handler\nR-1,\udcff,h\n",
            r"letters\.csv: row 1, byte 30: got the byte 0xFF, which is not UTF-8",
        ),
    ],
)
def test_a_table_that_cannot_be_read_is_named(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "letters.csv"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(LetterError, match=fault) as refusal:
        read_contents(path, ["R-1"], HEADINGS)
    assert all(said.count("letters.csv") == 1 for said in refusal.value.faults)


def test_a_table_that_is_not_there_holds_letters_and_not_responses(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path / "letters.csv")
    assert "letters.csv: not there; write the letters' contents to it" in fault


def test_a_part_of_a_field_beside_the_field_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "letters.csv", ["unit_id", "payment", "payment.amount"])
    (fault,) = faults(path, {"unit_id": "unit_id"})
    assert fault.startswith(
        "letters.csv, column 'payment.amount': got a part of 'payment', which has a column too"
    )


def configuration(folder: Path, contents: str) -> Configuration:
    text = TEMPLATE.replace('"letters-{period}.jsonl"', f'"{contents}"')
    text = text.replace("# columns =", "columns =")
    (folder / "ceosample.toml").write_text(text, "utf-8")
    return Configuration.load(folder / "ceosample.toml")


def test_the_ids_have_the_heading_of_the_responses_unless_another_is_named(tmp_path: Path) -> None:
    columns = configuration(tmp_path, "letters-{period}.csv").columns
    assert columns == {
        "unit_id": "response_id", "body": "Letter text", "docket.owner": "Handler",
    }  # fmt: skip


def test_columns_of_what_is_no_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"letters\.columns: needs contents that are"):
        configuration(tmp_path, "letters-{period}.jsonl")
