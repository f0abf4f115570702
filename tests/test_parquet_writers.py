"""Registers in Parquet as other programs write them: one frame, and times that lost their unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas
import polars
import pyarrow as pa
import pyarrow.parquet
import pytest

from ceosample.errors import FrameError
from test_sources import configured, read

IDS = ["007", "12e45678", "R-1"]
TEAMS = ["Cards", "Loans", "Cards"]
DAYS = [dt.date(2026, 10, 1), dt.date(2026, 10, 31), dt.date(2026, 11, 1)]
TIMES = [dt.datetime.combine(day, dt.time(23, 59, 59)) for day in DAYS]
COLUMNS = {"id": IDS, "division": TEAMS, "day": DAYS, "time": TIMES}


def by_pyarrow(file: Path, ids: pa.DataType, day: pa.DataType, unit: str) -> None:
    table = pa.table(
        {
            "id": pa.array(IDS, ids),
            "division": pa.array(TEAMS).dictionary_encode(),
            "day": pa.array(DAYS, day),
            "time": pa.array(TIMES, pa.timestamp(unit)),
        }
    )
    pyarrow.parquet.write_table(table, file, data_page_version="2.0", compression="zstd")


def by_polars(file: Path) -> None:
    frame = polars.DataFrame(COLUMNS).with_columns(
        polars.col("division").cast(polars.Categorical),
        polars.col("time").cast(polars.Datetime("ns")),
    )
    frame.write_parquet(file)


def by_pandas(file: Path) -> None:
    frame = pandas.DataFrame(COLUMNS)
    frame.assign(division=frame["division"].astype("category")).to_parquet(file)


def by_duckdb(file: Path) -> None:
    with duckdb.connect() as engine:
        engine.execute("CREATE TYPE division AS ENUM ('Cards', 'Loans')")
        engine.execute(
            "CREATE TABLE r (id VARCHAR, division division, day DATE, time TIMESTAMP_NS)"
        )
        engine.executemany(
            "INSERT INTO r VALUES (?, ?, ?, ?)", list(zip(*COLUMNS.values(), strict=True))
        )
        engine.execute(f"COPY r TO '{file}' (PARQUET_VERSION v2)")


WRITERS: dict[str, Callable[[Path], None]] = {
    "pyarrow": lambda file: by_pyarrow(file, pa.string(), pa.date32(), "s"),
    "pyarrow, large": lambda file: by_pyarrow(file, pa.large_string(), pa.date64(), "ns"),
    "pyarrow, views": lambda file: by_pyarrow(file, pa.string_view(), pa.date32(), "ms"),
    "polars": by_polars,
    "pandas": by_pandas,
    "DuckDB": by_duckdb,
}


@pytest.mark.parametrize("column", ["day", "time"])
@pytest.mark.parametrize("writer", WRITERS)
def test_a_register_is_the_same_whoever_writes_it(tmp_path: Path, writer: str, column: str) -> None:
    WRITERS[writer](tmp_path / "responses.parquet")
    found = read(configured(tmp_path, f'parquet = "responses.parquet"\nperiod_column = "{column}"'))
    assert [(unit.unit_id, unit.stratum) for unit in found.frame.units] == [
        ("007", ("Cards",)),
        ("12e45678", ("Loans",)),
    ]
    assert found.others == 1


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def lost(folder: Path, *times: dt.datetime | dt.date) -> int:
    table = {"id": [f"R-{n}" for n in range(len(times))], "division": "x", "final": list(times)}
    polars.DataFrame(table).write_parquet(folder / "responses.parquet")
    source = 'parquet = "responses.parquet"\nperiod_column = "final"'
    return int(read(configured(folder, source)).frame.count)


#: What fastparquet 2026.9.0 writes as INT96 for 1 and 31 October 2026, from pandas 3.1.1.
IN_1970 = [at("1970-01-21T17:26:52.800000"), at("1970-01-21T18:11:31.199000")]


def test_times_that_lost_their_unit_are_told_and_no_empty_month_is_frozen(tmp_path: Path) -> None:
    with pytest.raises(FrameError, match="column 'final': got 2 times, all of them in January"):
        lost(tmp_path, *IN_1970)


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ([*IN_1970, at("2026-10-05")], 1),  # one that is right: the others are somebody's
        ([at("1970-01-01")], 0),  # what some write for "never"
        ([at("2026-09-05")], 0),
        ([], 0),
    ],
)
def test_other_times_are_what_they_are(tmp_path: Path, more: list[dt.datetime], count: int) -> None:
    assert lost(tmp_path, *more) == count


def test_an_encoding_that_pyarrow_writes_and_does_not_read_is_told(tmp_path: Path) -> None:
    """A sound file: to restore it, which was the only advice, brings the same one back."""
    table = pa.table({"id": pa.array(IDS).dictionary_encode(), "division": TEAMS, "final": TIMES})
    encoding = {"use_dictionary": False, "column_encoding": {"id": "DELTA_BYTE_ARRAY"}}
    pyarrow.parquet.write_table(table, tmp_path / "responses.parquet", **encoding)
    source = 'parquet = "responses.parquet"\nperiod_column = "final"'
    with pytest.raises(FrameError, match="or write it again in encodings that pyarrow reads"):
        read(configured(tmp_path, source))
