"""Tables as offices and warehouses write them: encodings, dates, long cells, rows that are none."""

from __future__ import annotations

import datetime as dt
import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from ceosample import Frame, job
from ceosample.configuration import Configuration
from ceosample.encoded import fault_in_encoding, fault_of_bytes
from ceosample.errors import CeosampleError, FrameError, LetterError
from ceosample.job import read_contents
from ceosample.job.sources.parquet import parquet_rows
from ceosample.letters.check_contents import check_contents
from ceosample.sampling.frames.arguments import FrameSpec
from ceosample.sampling.frames.frame import freeze
from ceosample.sampling.frames.table import from_rows
from ceosample.tracker import Columns, read
from ceosample.written_dates import (
    DateForm,
    NoDateError,
    TwoDatesError,
    fault_in_pattern,
    read_date,
)
from workbooks import book_of

ASKED: dict[str, Any] = {"population": "p", "period": "2026-10", "unit_id": "id"}


def frame_of(path: Path, **given: Any) -> Frame:
    return Frame.from_csv(path, **{**ASKED, "strata": ["team"], **given})


# Encodings


@pytest.mark.parametrize("encoding", ["cp1252", "iso-8859-15", "cp850", "mac-roman", "utf-16-le"])
@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_a_table_is_read_in_the_encoding_that_is_named(
    tmp_path: Path, encoding: str, name: str
) -> None:
    """'CSV in the encodings that offices have, asked for by name'"""
    data = "id,team\nR-1,Zürich\n".encode(encoding)
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    assert frame_of(tmp_path / name, encoding=encoding).units[0].stratum == ("Zürich",)


def test_a_byte_order_mark_says_what_a_file_is(tmp_path: Path) -> None:
    for encoding in ("utf-16", "utf-8-sig"):
        (tmp_path / "t.csv").write_bytes("id,team\nR-1,Zürich\n".encode(encoding))
        for named in (None, "cp1252"):
            assert frame_of(tmp_path / "t.csv", encoding=named).units[0].stratum == ("Zürich",)


@pytest.mark.parametrize(
    ("data", "named", "said"),
    [
        ("id,team\nR-1,a\nR-2,Zürich\n".encode("cp1252"), None,
         "row 2, byte 20: got the byte 0xFC, which is not UTF-8; save it as CSV in UTF-8, or name "
         'its encoding, such as encoding = "cp1252"'),
        (b'id;team\nR-1;"a\nb"\nR-2;\x81\n', "cp1252",
         "row 2, byte 23: got the byte 0x81, which is not cp1252; save it as CSV in UTF-8, or name "
         "the encoding that it has"),
        ("id,team\nR-1,Zürich\n".encode(), "cp1252",
         "row 1, byte 14: got UTF-8, and cp1252 was named; remove encoding"),
        ("id,Müller\n".encode("cp1252"), None,
         "the header, byte 5: got the byte 0xFC, which is not UTF-8; save it as CSV in UTF-8, or "
         'name its encoding, such as encoding = "cp1252"'),
    ],
)  # fmt: skip
def test_a_file_in_another_encoding_is_told_by_row_and_byte(
    tmp_path: Path, data: bytes, named: str | None, said: str
) -> None:
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(FrameError) as raised:
        frame_of(tmp_path / "t.csv", encoding=named)
    assert raised.value.faults == (f"{tmp_path}/t.csv: {said}",)
    with pytest.raises(LetterError) as letters:
        job.read_contents(tmp_path / "t.csv", ["R-1"], {"unit_id": "id"}, _form(named))
    assert letters.value.faults == (f"{tmp_path}/t.csv: {said}",)


def _form(encoding: str | None) -> Any:
    from ceosample.configuration.source import TableForm

    return TableForm(encoding=encoding)


def test_capitals_with_an_apostrophe_of_cp1252_are_no_utf_8(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("id,team\nR-1,CAFÉ’S\n".encode("cp1252"))
    assert frame_of(tmp_path / "t.csv", encoding="cp1252").units[0].stratum == ("CAFÉ’S",)


@given(st.text("aéß’\n,", max_size=30), st.sampled_from(["utf-8", "cp1252", "utf-16"]))
def test_a_file_that_is_in_its_encoding_has_no_fault(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    named = None if encoding == "utf-8" else encoding
    assert fault_of_bytes(lambda: io.BytesIO(data), named) is None


@pytest.mark.parametrize("name", ["ansi", "utf-7", "idna", "rot13", "base64", "", "cp1252\0", 5])
def test_what_is_no_encoding_of_files_is_refused(tmp_path: Path, name: Any) -> None:
    assert fault_in_encoding(name) is not None
    (tmp_path / "t.csv").write_text("id,team\nR-1,a\n")
    with pytest.raises(FrameError, match=r"encoding: got .*; give an encoding such as cp1252"):
        frame_of(tmp_path / "t.csv", encoding=name)


# Long cells


def test_a_long_cell_in_a_column_that_nobody_asked_for_hinders_nobody(tmp_path: Path) -> None:
    """'refuses the month today, and blames a quotation mark'"""
    (tmp_path / "t.csv").write_text(f"id,team,note\nR-1,a,{'x' * 200_000}\n", "utf-8")
    assert frame_of(tmp_path / "t.csv").count == 1
    (tmp_path / "t.csv").write_text(f"unit_id,body\nR-1,{'x' * 200_000}\n", "utf-8")
    assert len(read_contents(tmp_path / "t.csv", ["R-1"])["R-1"]["letter"]["body"]) == 200_000


# Dates


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-10-01", "2026-10-01"),
        ("2026-10-01 12:34:56.000 -0700", "2026-10-01T12:34:56-07:00"),  # Snowflake
        ("2026-10-01 12:34:56.000000000", "2026-10-01T12:34:56"),
        ("2026-10-01 12:34:56.123456 UTC", "2026-10-01T12:34:56.123456+00:00"),  # BigQuery
        ("2026-10-01T12:34:56", "2026-10-01T12:34:56"),
        ("2026-10-01 12:34:56+00", "2026-10-01T12:34:56+00:00"),  # Redshift, PostgreSQL
        ("01-OCT-26", "2026-10-01"),  # Oracle
        ("01-OCT-26 12.34.56.000000 PM", "2026-10-01T12:34:56"),
        ("01-OCT-26 12.34.56.000000 AM +01:00", "2026-10-01T00:34:56+01:00"),
        ("01-OCT-26 01.34.56.000000000 PM EUROPE/LONDON", "2026-10-01T13:34:56+01:00"),
        ("01-OCT-99", "1999-10-01"),
        ("Oct  1 2026 12:00AM", "2026-10-01T00:00:00"),  # SQL Server
        ("Oct  1 2026  1:34:56:123PM", "2026-10-01T13:34:56.123000"),
        ("2026-10-01 12:34:56.1234567", "2026-10-01T12:34:56.123456"),
        ("2026-10-01 12:34:56.1234567 +01:00", "2026-10-01T12:34:56.123456+01:00"),
        ("2026-10-01T12:34:56Z", "2026-10-01T12:34:56+00:00"),
        ("2026/10/1", "2026-10-01"),
        ("1 October 2026", "2026-10-01"),
        ("October 1, 2026", "2026-10-01"),
        ("1. Oct 2026", "2026-10-01"),
        ("30 Sept 2026", "2026-09-30"),
    ],
)
def test_dates_that_mean_one_day_are_read(text: str, found: str) -> None:
    """'the printed forms of the large warehouses (Snowflake, BigQuery, Redshift, Oracle, ...)'"""
    assert read_date(text).isoformat() == found


@pytest.mark.parametrize(
    ("text", "form", "found"),
    [
        ("3/4/2026", DateForm(day_first=True), "2026-04-03"),
        ("3/4/2026", DateForm(day_first=False), "2026-03-04"),
        ("03.04.26 14:05", DateForm(day_first=True), "2026-04-03T14:05:00"),
        ("3/4/2026 2:05 pm", DateForm(day_first=False), "2026-03-04T14:05:00"),
        ("20260403", DateForm(pattern="%Y%m%d"), "2026-04-03"),
        ("26 04 03", DateForm(pattern="%y %m %d"), "2026-04-03"),
        ("Apr/03/2026", DateForm(pattern="%b/%d/%Y"), "2026-04-03"),
        ("202604", DateForm(pattern="%Y%m"), "2026-04-01"),
        ("2026-04-03", DateForm(pattern="%d.%m.%Y"), "2026-04-03"),
    ],
)
def test_dates_as_people_write_them_are_read_as_they_are_named(
    text: str, form: DateForm, found: str
) -> None:
    assert read_date(text, form).isoformat() == found


@pytest.mark.parametrize("text", ["31/12/2026", "1.2.26", "12-11-2026"])
def test_a_date_that_could_be_two_is_refused(text: str) -> None:
    with pytest.raises(TwoDatesError):
        read_date(text)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-13-01", "2026-02-30", "30/02/2026", "01-OKT-26", "2026-10-01 25:00",
     "2026-10-01 13:00 PM", "2026-10-01 12:00 Nowhere/There", "٢٠٢٦-10-01", "1/2/3"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(NoDateError):
        read_date(text, DateForm(day_first=True))


@given(st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)), st.booleans())
def test_a_date_comes_back_in_every_form(day: dt.date, first: bool) -> None:
    figures = f"{day.day}/{day.month}/{day:%y}" if first else f"{day.month}/{day.day}/{day:%y}"
    assert read_date(figures, DateForm(day_first=first)) == day
    assert read_date(f"{day:%d-%b-%y}".upper()) == day
    assert read_date(f"{day:%B} {day.day}, {day.year}") == day


@pytest.mark.parametrize("pattern", ["dd.mm.yyyy", "%d.%m", "%Y", "%d.%m.%Y%", "%Q", "%Y%m%m", 5])
def test_what_is_no_pattern_is_refused(pattern: Any) -> None:
    assert fault_in_pattern(pattern) is not None


def configured(folder: Path, source: str) -> Configuration:
    (folder / "ceosample.toml").write_text(
        f"""
[population]
name = "p"
zone = "Europe/London"
[source]
unit_id = "id"
period_column = "final"
{source}
[[source.exclusions]]
reason = "early"
column = "opened"
before = 2026-09-04
[plan]
size = 1
[seed]
source = "dice"
[signatory]
id = "ceo"
name = "Margaret Llewelyn"
title = "Chief Executive"
[letters]
contents = "letters.jsonl"
[ledger]
url = "sqlite:///signoff.db"
[output]
folder = "packs"
""",
        "utf-8",
    )
    return Configuration.load(folder / "ceosample.toml")


def reading(folder: Path, source: str) -> Any:
    at = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
    return job.read_source(job.Month(configured(folder, source), "2026-10", at), None)


def test_a_source_is_told_how_its_dates_are_written(tmp_path: Path) -> None:
    rows = "id;final;opened\nR-1;1.10.2026;3.9.2026\nR-2;31.10.2026;4.9.2026\nR-3;1.11.2026;\n"
    (tmp_path / "t.csv").write_text(rows)
    found = reading(tmp_path, 'csv = "t.csv"\nday_first = true')
    assert (found.frame.count, found.frame.exclusions, found.others) == (1, {"early": 1}, 1)
    assert found.frame == reading(tmp_path, 'csv = "t.csv"\ndate_format = "%d.%m.%Y"').frame
    with pytest.raises(FrameError, match=r"column 'final': .*set day_first to true"):
        reading(tmp_path, 'csv = "t.csv"')


# What is no row

TABLE: list[dict[str, Any]] = [
    {"id": "R-1", "team": "a", "note": "x"},
    {"id": None, "team": None, "note": None},
    {"id": "R-2", "team": "b", "note": None},
    {"id": "", "team": " ", "note": "\u00a0"},
]

Reader = Callable[[Path, list[dict[str, Any]]], list[str]]


def _csv(folder: Path, rows: list[dict[str, Any]]) -> Path:
    pd.DataFrame(rows).to_csv(folder / "t.csv", index=False)
    return folder / "t.csv"


def _excel(folder: Path, rows: list[dict[str, Any]]) -> Path:
    (folder / "t.xlsx").write_bytes(book_of([[*rows[0]], *([*row.values()] for row in rows)]))
    return folder / "t.xlsx"


def _ids(frame: Frame) -> list[str]:
    return [unit.unit_id for unit in frame.units]


def _views(rows: list[dict[str, Any]]) -> pa.Table:
    """Texts as DuckDB and polars hand them over, out of which pyarrow takes no rows."""
    table = pa.Table.from_pylist(rows)
    return table.cast(pa.schema([(name, pa.string_view()) for name in table.column_names]))


def _of_parquet(folder: Path, rows: list[dict[str, Any]]) -> list[str]:
    parquet.write_table(pa.Table.from_pylist(rows), folder / "t.parquet")
    rows_read = parquet_rows(folder / "t.parquet", {"id": "source.unit_id", "team": "strata"})
    table = from_rows(rows_read, ["id", "team"])
    return _ids(freeze(table, FrameSpec(**ASKED, strata=["team"])))


def _of_tracker(folder: Path, rows: list[dict[str, Any]]) -> list[str]:
    for row in rows:
        row["month"] = "2026-10" if any(str(v or "").strip() for v in row.values()) else None
    columns = Columns(id="id", period="month", signed_on="team")
    dated = [{**row, "team": None} for row in rows]
    return [row.unit_id for row in read(_excel(folder, dated), columns).rows]


READERS: dict[str, Reader] = {
    "csv": lambda folder, rows: _ids(frame_of(_csv(folder, rows))),
    "excel": lambda folder, rows: _ids(
        Frame.from_excel(_excel(folder, rows), **ASKED, strata=["team"])
    ),
    "records": lambda _, rows: _ids(Frame.from_records(rows, **ASKED, strata=["team"])),
    "pandas": lambda _, rows: _ids(
        Frame.from_dataframe(pd.DataFrame(rows), **ASKED, strata=["team"])
    ),
    "polars": lambda _, rows: _ids(
        Frame.from_dataframe(pl.DataFrame(rows), **ASKED, strata=["team"])
    ),
    "pyarrow": lambda _, rows: _ids(
        Frame.from_dataframe(pa.Table.from_pylist(rows), **ASKED, strata=["team"])
    ),
    "pyarrow's views": lambda _, rows: _ids(
        Frame.from_dataframe(_views(rows), **ASKED, strata=["team"])
    ),
    "parquet": _of_parquet,
    "tracker": _of_tracker,
    "contents": lambda folder, rows: [
        *read_contents(_csv(folder, rows), ["R-1", "R-2"], {"unit_id": "id", "body": "note"})
    ],
    "check_contents": lambda _, rows: [
        f"R-{n}" for n in range(1, check_contents(rows, "x", unit_id="id").tried + 1)
    ],
}


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_agrees_on_what_is_no_row(tmp_path: Path, reader: str) -> None:
    """A row in which every cell is null, empty or blank; it is none, and no fault either."""
    assert READERS[reader](tmp_path, [dict(row) for row in TABLE]) == ["R-1", "R-2"]


@pytest.mark.parametrize("reader", READERS)
def test_a_row_that_holds_anything_is_a_row_and_needs_an_id(tmp_path: Path, reader: str) -> None:
    """It may be a response that lost its id; that the column was not asked for changes nothing."""
    rows: list[dict[str, Any]] = [
        dict(TABLE[0]),
        {"id": None, "team": None, "note": "Mr Ho telephoned"},
    ]
    with pytest.raises(CeosampleError, match=r"row [23].*(empty cell|no id)"):
        READERS[reader](tmp_path, rows)
