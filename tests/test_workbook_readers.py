"""Other programs read the workbooks that are written here, and write those that are read here."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas
import python_calamine

from ceosample.workbook.write import workbook

PAGE = Path(__file__).parents[1] / "docs" / "spreadsheets.md"
CALL = re.compile(r"^\| ([\w-]+) [\d.]+ \| `(.+?)` \| (.+) \|$", re.MULTILINE)
ROWS = CALL.findall(PAGE.read_text("utf-8").split("### Read a workbook")[1])
CALLS = {name: (call, said) for name, call, said in ROWS}

#: What programs take for something else; letters of the first plane, of another, and none at all.
TABLE = [
    ["unit_id", "code", "note"],
    ["00012345", "12e45678", "NA"],
    ["𠮷野", "😀", "é"],
    ["2026-10", "1/2", "TRUE"],
    ["=1+1", "'quoted", "<b>&amp;</b> />"],
    ["99999999999999999999", "&#128512;", " lead"],
]  # fmt: skip

#: What only a sign of Excel's can say in a workbook.
SIGNS = [["a", "b"], ["_x0041_", "one\rtwo"], ["x\x01", "_x005F_"]]

MADE_WITHOUT = (
    "import sys; from ceosample.workbook.write import workbook; import openpyxl;"
    "assert not openpyxl.LXML; sys.stdout.buffer.write(workbook({'letters': eval(sys.argv[1])}))"
)


def read(name: str, data: bytes, tmp_path: Path) -> list[list[Any]]:
    file = tmp_path / "letters.xlsx"
    file.write_bytes(data)
    names = {"pandas": pandas, "openpyxl": openpyxl, "python_calamine": python_calamine}
    found = eval(CALLS[name][0], {**names, "file": str(file)})  # noqa: S307 (the project's page)
    if isinstance(found, pandas.DataFrame):
        return [list(found.columns), *found.values.tolist()]
    return [list(row) for row in found]


def test_texts_come_back_in_every_reader_of_the_page(tmp_path: Path) -> None:
    for name in ("python-calamine", "pandas", "openpyxl"):
        assert read(name, workbook({"letters": TABLE}), tmp_path) == TABLE, name


def test_signs_of_excel_are_read_by_some_and_left_by_others(tmp_path: Path) -> None:
    """The column *what changes*: a reader that learns the signs makes the page out of date."""
    data = workbook({"letters": SIGNS})
    for name in ("python-calamine", "pandas", "openpyxl"):
        is_same = read(name, data, tmp_path) == SIGNS
        assert is_same == (CALLS[name][1] == "nothing"), name


def test_a_letter_is_itself_and_no_number() -> None:
    """SheetJS 0.18.5 takes sixteen bits of a reference by number, so 𠮷 was another letter."""
    with zipfile.ZipFile(io.BytesIO(workbook({"𠮷": TABLE}))) as parts:
        for name in parts.namelist():
            assert re.search(rb"&#\d", parts.read(name)) is None, name
        assert "𠮷野".encode() in parts.read("xl/worksheets/sheet1.xml")


def test_a_workbook_is_the_same_bytes_without_lxml() -> None:
    """openpyxl writes other bytes where lxml is not installed; the extra ``excel`` brings none."""
    made = subprocess.run(
        [sys.executable, "-c", MADE_WITHOUT, repr(TABLE)],
        env={**os.environ, "OPENPYXL_LXML": "False"},
        capture_output=True,
        check=True,
    ).stdout
    assert made == workbook({"letters": TABLE})
