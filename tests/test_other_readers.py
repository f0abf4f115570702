"""Other programs read the files that are written for them, and lose nothing."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.csv
import pytest

from ceosample.spreadsheet import csv_table
from needed import PATIENCE, program

PAGE = Path(__file__).parents[1] / "docs" / "spreadsheets.md"
CALL = re.compile(r"^\| (\w+) [\d.]+ \| `(.+?)` \|", re.MULTILINE)
CALLS = dict(CALL.findall(PAGE.read_text("utf-8").split("### Read a workbook")[0]))

#: What at least one of these programs takes for something else, and two cells with a line end.
TABLE = [
    ["unit_id", "code", "note"],
    ["00012345", "12e45678", ""],
    ["NA", "null", "a\nb"],
    ["nan", "1_000", "a,b"],
    ["None", 'q"uote', "a\r\nb"],
    ["2026-10", "1/2", "TRUE"],
    ["#N/A", "0x1F", "#note"],
    ["-", "=x", "é;\t|"],
]

LETTERS = [*"a01eNAn \"',;\n\r\t-+=#\\|.:/TZ", "é", "\u2028", "\u00a0", "\U0001f600", "\ufeff"]


def of_python(call: str, file: Path) -> list[list[Any]]:
    """Header and rows, as the call gives them."""
    names = {"pandas": pandas, "polars": polars, "duckdb": duckdb, "pyarrow": pyarrow}
    read = eval(call, {**names, "file": str(file)})  # noqa: S307  (the page is the project's own)
    if isinstance(read, pandas.DataFrame):
        return [list(read.columns), *read.values.tolist()]
    if isinstance(read, polars.DataFrame):
        return [read.columns, *map(list, read.rows())]
    if isinstance(read, pyarrow.Table):
        return [read.column_names, *(list(row.values()) for row in read.to_pylist())]
    return [read.columns, *map(list, read.fetchall())]


def of_r(call: str, file: Path) -> list[list[Any]]:
    rscript = program("Rscript", "r-base-core")
    script = f'file <- "{file}"; d <- {call}; cat(c(names(d), t(as.matrix(d))), sep = "\\x1f")'
    return in_threes(printed([rscript, "--vanilla", "-e", script]).split("\x1f"))


def of_sqlite(call: str, file: Path) -> list[list[Any]]:
    sqlite = program("sqlite3", "sqlite3")
    asked = "SELECT unit_id, code, note FROM letters"
    command = [sqlite, ":memory:", "-newline", "\x1f", "-separator", "\x1f"]
    cells = printed([*command, call.replace("FILE", str(file)), asked]).split("\x1f")
    return [TABLE[0], *in_threes(cells[:-1])]


def printed(command: list[str]) -> str:
    return subprocess.run(
        command, capture_output=True, check=True, timeout=PATIENCE
    ).stdout.decode()


def in_threes(cells: list[str]) -> list[list[Any]]:
    return [cells[n : n + 3] for n in range(0, len(cells), 3)]


READERS: dict[str, Callable[[str, Path], list[list[Any]]]] = {"R": of_r, "SQLite": of_sqlite}


def read(name: str, rows: list[list[str]], file: Path, call: str | None = None) -> list[list[Any]]:
    file.write_bytes(csv_table(rows[0], rows[1:], "machine"))
    return READERS.get(name, of_python)(call or CALLS[name], file)


@pytest.mark.parametrize("name", CALLS)
def test_a_program_gives_every_cell_back_by_the_call_on_the_page(name: str, tmp_path: Path) -> None:
    told = TABLE
    if name == "R":
        told = [[cell.replace("\r\n", "\n") for cell in row] for row in TABLE]
    assert read(name, TABLE, tmp_path / "letters.csv") == told


@pytest.mark.parametrize("name", ["pandas", "polars", "DuckDB", "PyArrow"])
def test_any_cells_come_back(name: str, tmp_path: Path) -> None:
    """'With these calls every cell comes back as it was.'"""
    chance = random.Random(4)
    for _ in range(25):
        cells = ["".join(chance.choices(LETTERS, k=chance.randint(1, 6))) for _ in range(12)]
        rows = [TABLE[0], *in_threes(cells)]
        assert read(name, rows, tmp_path / "letters.csv") == rows


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("pandas", "pandas.read_csv(file)"),
        ("polars", "polars.read_csv(file)"),
        ("DuckDB", "duckdb.read_csv(file)"),
        ("R", "read.csv(file)"),
    ],
)
def test_without_the_call_cells_are_lost(name: str, call: str, tmp_path: Path) -> None:
    """The column *without it*: a reader that no longer guesses makes the page out of date."""
    assert read(name, TABLE, tmp_path / "letters.csv", call) != TABLE
