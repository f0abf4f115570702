"""Folders of Parquet that are tables of lakes, and what Parquet's own kinds of cells count as."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import uuid
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet
import pytest

import lakes
from ceosample import job
from ceosample.errors import FrameError, MissingPartError
from ceosample.lakes import Lake, lake_at
from ceosample.rational import as_fraction
from ceosample.sampling.frames.frame import Frame
from ceosample.signoff.ledger import Ledger
from ceosample.warehouse import SqlFrame
from test_sources import ALL_MONTHS, AT, configured, read
from warehouses import POPULATION


def at(month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A time of 2026 without a zone, as a file may have it."""
    return dt.datetime(2026, month, day, hour, minute)  # noqa: DTZ001


#: 1 October, 00:30, in London's summer.
EARLY = at(9, 30, 23, 30)

PARQUET = "parquet = 'responses'"
LONDON = "Europe/London"


def ids(reading: Any) -> list[str]:
    return [unit.unit_id for unit in reading.frame.units]


# Tables of lakes


def test_rows_that_were_removed_from_a_delta_table_stay_removed(tmp_path: Path) -> None:
    """'A folder that is a Delta table is read as loose Parquet: 20 eligible of 10.'"""
    folder = lakes.delta(tmp_path / "responses")
    loose = pa.dataset.dataset(folder, format="parquet").to_table()
    assert loose.num_rows == 30  # what is counted by whoever reads the files as they lie
    reading = read(configured(tmp_path, PARQUET))
    assert (ids(reading), reading.rows) == (lakes.LEFT, 10)
    assert reading.to_dict()["version"] == reading.version == 1
    assert "a Delta table, read in its version 1" in str(reading)


def test_a_delta_table_of_partitions_has_their_column(tmp_path: Path) -> None:
    from deltalake import write_deltalake

    write_deltalake(tmp_path / "responses", lakes.rows(), partition_by=["division"])
    reading = read(configured(tmp_path, PARQUET))
    assert {unit.stratum for unit in reading.frame.units} == {("Cards",)}


def test_deletion_vectors_and_renamed_columns_are_read(tmp_path: Path) -> None:
    """And times of 96 bits have the zone that Delta's schema gives them."""
    rows = {
        "col-1": ["A-1", "A-2", "A-3"],
        "col-2": ["Cards", "Cards", "Loans"],
        "col-3": pa.array([EARLY] * 3, pa.timestamp("ns")),
    }
    names = {"col-1": "id", "col-2": "division", "col-3": "final.date"}
    lakes.delta_of_vectors(tmp_path / "responses", pa.table(rows), [1], **names)
    source = f"{PARQUET}\nperiod_column = 'final.date'"
    there = attrs.evolve(configured(tmp_path, source), zone=LONDON)
    assert ids(read(there)) == ["A-1", "A-3"]


def test_a_row_of_nulls_in_a_delta_table_is_no_row(tmp_path: Path) -> None:
    """Rows are numbered by their cells, however the table's files lie."""
    from deltalake import write_deltalake

    columns = {
        "id": ["A-2", None, None, "A-1", "A-1"],
        "division": ["Cards", None, None, "Loans", "Loans"],
        "other": [None, "x", None, None, None],
    }
    write_deltalake(tmp_path / "responses", pa.table(columns))
    with pytest.raises(FrameError) as raised:
        read(configured(tmp_path, PARQUET))
    assert [fault.partition(":")[0] for fault in raised.value.faults] == [
        "row 2, column 'id'",
        "row 4, column 'id'",
        "row 4, column 'division'",
    ]


def test_a_delta_table_without_its_extra_is_asked_for_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "responses/_delta_log").mkdir(parents=True)
    monkeypatch.setitem(sys.modules, "deltalake", None)
    with pytest.raises(MissingPartError, match=r"pip install 'ceosample\[delta\]'"):
        read(configured(tmp_path, PARQUET))


def test_a_delta_table_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    lakes.delta(tmp_path / "responses")
    (tmp_path / "responses/_delta_log/00000000000000000001.json").write_text("{")
    with pytest.raises(FrameError, match="responses: cannot be read as a Delta table"):
        read(configured(tmp_path, PARQUET))
    shutil.rmtree(tmp_path / "responses/_delta_log")
    (tmp_path / "responses/_delta_log").mkdir()
    with pytest.raises(FrameError, match="responses: cannot be read as a Delta table"):
        read(configured(tmp_path, PARQUET))


def test_a_delta_table_that_lost_a_file_is_told(tmp_path: Path) -> None:
    """And gives no frame of what is left."""
    lakes.delta(tmp_path / "responses")
    for file in (tmp_path / "responses").glob("*.parquet"):
        file.unlink()
    with pytest.raises(FrameError, match="responses: cannot be read as a Delta table"):
        read(configured(tmp_path, PARQUET))


def test_a_column_that_a_delta_table_lacks_is_named(tmp_path: Path) -> None:
    lakes.delta(tmp_path / "responses")
    with pytest.raises(FrameError, match=r"column 'final' \(of source.period_column\): not in"):
        read(configured(tmp_path, f"{PARQUET}\n{ALL_MONTHS}"))


@pytest.mark.parametrize("given", ["", "/data", "/data/part-0.parquet"])
@pytest.mark.parametrize(
    ("made", "kind"),
    [(lakes.iceberg, "Iceberg"), (lakes.hudi, "Hudi"), (lakes.stream, "Spark streaming")],
)
def test_other_lakes_are_refused_with_two_ways_out(
    tmp_path: Path, made: Any, kind: str, given: str
) -> None:
    made(tmp_path / "responses")
    with pytest.raises(FrameError) as raised:
        read(configured(tmp_path, f"parquet = 'responses{given}'"))
    (said,) = raised.value.faults
    assert f" {kind} table" in said
    assert "source.sql" in said
    assert "export its current version to Parquet files in another folder" in said


def test_a_part_of_a_delta_table_is_refused_with_its_folder(tmp_path: Path) -> None:
    folder = lakes.delta(tmp_path / "lake/responses")
    file = min(folder.glob("*.parquet"))
    (tmp_path / "link.parquet").symlink_to(file)
    for given in (
        f"lake/responses/{file.name}",
        "link.parquet",
        "lake",
        "lake/responses/_delta_log",
    ):
        with pytest.raises(FrameError, match=r"give its folder .*/lake/responses as source"):
            read(configured(tmp_path, f"parquet = '{given}'"))


def test_files_that_are_nothing_more_are_no_lake(tmp_path: Path) -> None:
    """Readers pass over what begins with an underscore; a table's neighbours are no part of it."""
    lakes.delta(tmp_path / "all/_old")
    lakes.delta(tmp_path / "neighbour")
    (tmp_path / "all/metadata").mkdir()
    pa.parquet.write_table(lakes.rows(), tmp_path / "all/1.parquet")
    for given in ("all", "all/1.parquet", "all/*.parquet", "nowhere", "a*/?.parquet"):
        assert lake_at(tmp_path / given) is None
    assert lake_at(tmp_path / "*/*.parquet") == Lake("Delta", tmp_path / "neighbour")
    assert len(ids(read(configured(tmp_path, "parquet = 'all'")))) == lakes.ROWS


def test_a_table_that_keeps_icebergs_files_too_is_deltas(tmp_path: Path) -> None:
    lakes.delta(lakes.iceberg(tmp_path / "responses"))
    assert ids(read(configured(tmp_path, PARQUET))) == lakes.LEFT


# Engines that read the files of a lake as they lie


def refused(made: Any, message: str) -> None:
    with pytest.raises(FrameError, match=message):
        made()


@pytest.mark.parametrize("pattern", ["{}", "{}/*.parquet", "{}/**/*.parquet"])
def test_duckdb_reads_no_table_of_a_lake_as_loose_files(tmp_path: Path, pattern: str) -> None:
    import duckdb

    found = pattern.format(lakes.delta(tmp_path / "responses"))
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW files AS SELECT * FROM read_parquet(['{found}'])")
        connection.execute("CREATE VIEW responses AS SELECT upper(id) AS id FROM files")
        connection.execute("CREATE TABLE stored AS SELECT * FROM files WHERE NOT gone")
        for table in ("files", "responses"):
            refused(
                lambda table=table: SqlFrame.from_duckdb(
                    connection, table, **POPULATION, unit_id="id"
                ),
                r"^table: .*: got .*Delta table.*delta_scan",
            )


@pytest.mark.parametrize(
    ("made", "way"),
    [(lakes.iceberg, "read it with iceberg_scan, or query"), (lakes.hudi, "; query")],
)
def test_duckdb_is_told_how_it_reads_a_lake_if_it_can(tmp_path: Path, made: Any, way: str) -> None:
    import duckdb

    files = made(tmp_path / "responses") / "data" / "*.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW files AS SELECT * FROM '{files}'")
        with pytest.raises(FrameError, match=way):
            SqlFrame.from_duckdb(connection, "files", **POPULATION, unit_id="id")


def test_datafusion_reads_no_table_of_a_lake_as_loose_files(tmp_path: Path) -> None:
    import datafusion
    from deltalake import DeltaTable, write_deltalake

    folder = tmp_path / "a folder of responses"
    for rows in (lakes.rows(), lakes.rows().slice(0, len(lakes.LEFT))):
        write_deltalake(folder, rows, mode="overwrite")
    context = datafusion.SessionContext()
    context.register_parquet("responses", str(folder))
    refused(
        lambda: SqlFrame.from_datafusion(context, "responses", **POPULATION, unit_id="id"),
        r"^table: .*Delta table.*register deltalake's DeltaTable",
    )
    context.register_table("delta", DeltaTable(folder))
    with SqlFrame.from_datafusion(context, "delta", **POPULATION, unit_id="id") as frame:
        assert frame.sizes() == {(): len(lakes.LEFT)}


# Engines that guess the types of CSV


def write_csv(folder: Path) -> str:
    """Ids of which DuckDB's sample shows no zero, and one later on: 007 is another id than 7."""
    path = folder / "responses.csv"
    path.write_text("\n".join(["id,division", *(f"{id_},3" for id_ in [*range(7, 3000), "007"])]))
    return str(path)


def test_duckdb_s_numbers_of_a_csv_file_are_refused(tmp_path: Path) -> None:
    """'It keeps zeros only if the lines it sampled show one.'"""
    import duckdb

    path = write_csv(tmp_path)
    with duckdb.connect() as connection:
        guessed = f"read_csv('{path}', sample_size = 5)"
        connection.execute(f"CREATE VIEW guessed AS SELECT * FROM {guessed}")
        connection.execute("CREATE VIEW above AS SELECT * FROM guessed WHERE division > 2")
        connection.execute(f"CREATE VIEW text AS FROM read_csv('{path}', all_varchar = true)")
        for table in ("guessed", "above"):
            with pytest.raises(FrameError) as raised:
                SqlFrame.from_duckdb(
                    connection, table, **POPULATION, unit_id="id", strata=["division"]
                )
            assert [fault.partition(", in which")[0] for fault in raised.value.faults] == [
                "column 'id': got whole numbers of a CSV file",
                "column 'division': got whole numbers of a CSV file",
            ]
            assert "all_varchar = true" in str(raised.value)
        connection.execute("CREATE VIEW casts AS SELECT id::text AS id FROM guessed")
        with pytest.raises(FrameError, match=r"^table: got text that a view makes of numbers"):
            SqlFrame.from_duckdb(connection, "casts", **POPULATION, unit_id="id")
        with SqlFrame.from_duckdb(connection, "text", **POPULATION, unit_id="id") as frame:
            assert b"\n007\n" in b"".join(frame.manifest())


def test_datafusion_s_numbers_of_a_csv_file_are_refused(tmp_path: Path) -> None:
    import datafusion

    path = write_csv(tmp_path)
    context = datafusion.SessionContext()
    context.register_csv("guessed", path)
    texts = pa.schema([("id", pa.string()), ("division", pa.string())])
    context.register_csv("text", path, schema=texts)
    with pytest.raises(FrameError, match=r"^column 'id': got whole numbers of a CSV file.*schema"):
        SqlFrame.from_datafusion(context, "guessed", **POPULATION, unit_id="id")
    context.sql("CREATE VIEW casts AS SELECT CAST(id AS VARCHAR) AS id FROM guessed")
    with pytest.raises(FrameError, match=r"^table: got text that a view makes of numbers"):
        SqlFrame.from_datafusion(context, "casts", **POPULATION, unit_id="id")
    with SqlFrame.from_datafusion(context, "text", **POPULATION, unit_id="id") as frame:
        assert b"\n007\n" in b"".join(frame.manifest())


# Times


def write_times(
    folder: Path, times: Sequence[dt.datetime | None], kind: pa.DataType, **how: Any
) -> None:
    table = pa.table(
        {
            "id": [f"A-{number}" for number, _ in enumerate(times, 1)],
            "division": ["Cards"] * len(times),
            "final": pa.array(times, kind),
        }
    )
    pa.parquet.write_table(table, folder / "responses.parquet", **how)


def in_london(folder: Path, period: str = "2026-10") -> Any:
    configuration = configured(folder, f"parquet = 'responses.parquet'\n{ALL_MONTHS}")
    return read(attrs.evolve(configuration, zone=LONDON), period)


def test_a_time_of_96_bits_is_in_utc(tmp_path: Path) -> None:
    """'A response of 1 October 00:30 in London counts to September today.'"""
    write_times(
        tmp_path,
        [EARLY, at(9, 30, 22, 30), None],
        pa.timestamp("ns"),
        use_deprecated_int96_timestamps=True,
    )
    stated = '[[source.exclusions]]\nreason = "open"\ncolumn = "final"\nmissing = true\n'
    configuration = configured(tmp_path, f"parquet = 'responses.parquet'\n{ALL_MONTHS}", stated)
    reading = read(attrs.evolve(configuration, zone=LONDON))
    assert (ids(reading), reading.others) == (["A-1"], 1)
    assert reading.frame.left_out == (("A-3", "open"),)
    with pytest.raises(FrameError, match=r"got a time in UTC \(INT96\).*give population\.zone"):
        read(configuration)


@pytest.mark.parametrize(
    ("kind", "counted"),
    [
        (pa.timestamp("us", "UTC"), "2026-10"),
        (pa.timestamp("ns", "UTC"), "2026-10"),
        (pa.timestamp("ms", "America/New_York"), "2026-10"),
        (pa.timestamp("us"), "2026-09"),
        (pa.timestamp("ns"), "2026-09"),
    ],
)
def test_other_times_say_whether_they_are_in_utc(
    tmp_path: Path, kind: pa.DataType, counted: str
) -> None:
    """isAdjustedToUTC; a time that is not adjusted is a clock on a wall."""
    write_times(tmp_path, [EARLY], kind)
    assert ids(in_london(tmp_path, counted)) == ["A-1"]
    assert in_london(tmp_path, counted).moved == ()


def test_a_time_that_means_never_is_far_in_the_future(tmp_path: Path) -> None:
    """In nanoseconds, as Arrow reads it, the year 9999 would be 1816."""
    never = at(12, 31, 23, 59).replace(year=9999)
    how = {"use_deprecated_int96_timestamps": True}
    write_times(tmp_path, [never, EARLY], pa.timestamp("us"), **how)
    assert ids(in_london(tmp_path)) == ["A-2"]
    assert ids(in_london(tmp_path, "9999-12")) == ["A-1"]


def test_a_check_tells_once_which_months_move(tmp_path: Path) -> None:
    """'12 rows now belong to October'; a frozen month stays frozen."""
    write_times(
        tmp_path,
        [EARLY] * 12 + [at(10, 5, 9), at(9, 5, 9)],
        pa.timestamp("ns"),
        use_deprecated_int96_timestamps=True,
    )
    configuration = configured(tmp_path, f"parquet = 'responses.parquet'\n{ALL_MONTHS}")
    there = attrs.evolve(configuration, zone=LONDON)
    for period in ("2026-09", "2026-10"):
        report = job.check(job.Month(there, period, AT))
        (part,) = (part for part in report.parts if part.name == "source")
        assert part.state == "look"
        (line,) = (line for line in part.said if "now belong" in line)
        assert line.startswith("12 rows now belong to October 2026, and not to September 2026")
    assert in_london(tmp_path).to_dict()["moved"] == [
        {"from": "2026-09", "to": "2026-10", "rows": 12}
    ]
    assert len(ids(in_london(tmp_path))) == 13


def test_a_frozen_month_stays_frozen_whatever_its_times_count_as_now(tmp_path: Path) -> None:
    """A response that it holds is named in the next month, and is in no second frame."""
    write_times(
        tmp_path,
        [EARLY, at(9, 5, 9), at(10, 5, 9)],
        pa.timestamp("ns"),
        use_deprecated_int96_timestamps=True,
    )
    (tmp_path / "letters.jsonl").write_text("")
    configuration = configured(tmp_path, f"parquet = 'responses.parquet'\n{ALL_MONTHS}")
    september = job.Month(attrs.evolve(configuration, zone="UTC"), "2026-09", AT)
    with Ledger.open(configuration.ledger_url) as ledger:
        before = job.run(september, ledger).commitment
        now = attrs.evolve(september, configuration=attrs.evolve(configuration, zone=LONDON))
        assert job.run(now, ledger).commitment == before
        october = attrs.evolve(now, period="2026-10")
        with pytest.raises(FrameError, match=r"in the frame of another month.*A-1 \(2026-09\)"):
            job.run(october, ledger)
    said = {part.name: part for part in job.check(october).parts}
    assert any(line.startswith("1 row now belongs to October") for line in said["source"].said)
    assert "A-1 (2026-09)" in str(said["ledger"].said)


# Numbers


def test_a_float_of_32_or_16_bits_counts_as_what_was_written(tmp_path: Path) -> None:
    """'A condition from = 24.9 passes over a float32 24.9.'"""
    stated = '[[source.exclusions]]\nreason = "paid"\ncolumn = "paid"\nfrom = 24.9\n'
    for kind in (pa.float32(), pa.float16()):
        paid = pa.array(np.array([24.9, 24.8], kind.to_pandas_dtype()), kind)
        table = pa.table({"id": ["A-1", "A-2"], "division": ["Cards"] * 2, "paid": paid})
        pa.parquet.write_table(table, tmp_path / "responses.parquet")
        reading = read(configured(tmp_path, "parquet = 'responses.parquet'", stated))
        assert reading.frame.left_out == (("A-1", "paid"),)


def test_a_narrow_float_of_a_delta_table_counts_as_what_was_written(tmp_path: Path) -> None:
    from deltalake import write_deltalake

    columns = {"id": ["A-1"], "division": ["Cards"], "paid": pa.array([24.9], pa.float32())}
    write_deltalake(tmp_path / "responses", pa.table(columns))
    stated = '[[source.exclusions]]\nreason = "paid"\ncolumn = "paid"\nis = [24.9]\n'
    assert read(configured(tmp_path, PARQUET, stated)).frame.exclusions == {"paid": 1}


@pytest.mark.parametrize("bits", [16, 32])
def test_a_narrow_float_is_one_number_by_every_road(bits: int) -> None:
    """In a letter's fields, in a design's numbers, alone and in a column of a dataframe."""
    import pandas as pd
    import polars as pl

    from ceosample.plain import plain
    from ceosample.sampling.frames.table import dataframe_rows

    kind = getattr(np, f"float{bits}")
    values = np.array([24.9, np.nan, -1e-3], kind)
    tables: list[Any] = [
        pd.DataFrame({"paid": values}),
        pa.table({"paid": values}),
        pd.DataFrame({"paid": pd.array(values, pd.ArrowDtype(pa.from_numpy_dtype(kind)))}),
    ]
    if (theirs := getattr(pl, f"Float{bits}", None)) is not None:  # polars 1 has none of 16 bits
        tables.append(pl.DataFrame({"paid": pl.Series(values.tolist(), dtype=theirs)}))
    for table in tables:
        found = [row["paid"] for row in dataframe_rows(table)]
        assert [found[0], found[2]] == [24.9, -0.001]
        assert found[1] is None or found[1] != found[1]
    assert plain(kind(24.9)) == 24.9
    assert as_fraction(kind(0.1), "expected") == Fraction(1, 10)


def test_a_float_is_no_id_however_narrow(tmp_path: Path) -> None:
    table = pa.table({"id": pa.array([24.9], pa.float32()), "division": ["Cards"]})
    with pytest.raises(FrameError, match=r"got 24\.9, a float; convert it to text"):
        Frame.from_dataframe(table, **POPULATION, unit_id="id")


def test_uuids_and_whole_decimals_of_parquet_are_ids_and_values(tmp_path: Path) -> None:
    """Of a file whose schema alone says that sixteen bytes are a UUID, as DuckDB writes one."""
    import duckdb

    one = uuid.UUID("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11")
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT '{one}'::UUID AS id, 12::DECIMAL(18,0) AS division) "
            f"TO '{tmp_path / 'responses.parquet'}'"
        )
    (unit,) = read(configured(tmp_path, "parquet = 'responses.parquet'")).frame.units
    assert (unit.unit_id, unit.stratum) == (str(one), ("12",))
    stated = f'[[source.exclusions]]\nreason = "x"\ncolumn = "id"\nis = ["{one}"]\n'
    left_out = read(configured(tmp_path, "parquet = 'responses.parquet'", stated)).frame.left_out
    assert left_out == ((str(one), "x"),)


@pytest.mark.parametrize("value", [Decimal("12.0"), Decimal("12.50"), Decimal("1E+1000000000")])
def test_a_decimal_that_others_write_otherwise_is_no_id(value: Decimal) -> None:
    with pytest.raises(FrameError, match="convert it to text or a whole number"):
        Frame.from_records([{"id": value}], **POPULATION, unit_id="id")
