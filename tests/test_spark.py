"""Frames in Spark: what Spark alone does. That it gives the same bytes is in test_warehouse.py."""

from __future__ import annotations

import contextlib
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pyarrow as pa
import pyarrow.parquet
import pytest

import ceosample as cs
import id_kinds
import lakes
from ceosample.sampling import ticket
from ceosample.warehouse import SqlFrame
from ceosample.warehouse.questions import Query
from months import SEED
from test_id_kinds import on_the_page
from test_sources import configured
from test_sources import read as read_month
from thorough import first_of
from warehouses import POPULATION, in_memory, table_of

ASKED: dict[str, Any] = {
    "unit_id": "id",
    "strata": ["division", "region"],
    "exclusion": "why",
    "missing": "none",
}

#: What a frame that is over leaves behind.
VIEW = re.compile("ceosample_[0-9]+")


def rows_of(count: int) -> list[dict[str, object]]:
    return [
        {
            "id": f"CR-{number}",
            "division": ("Cards", "Loans, old", "Zürich")[number % 5 % 3],
            "region": None if number % 5 == 0 else f"region {number % 2}",
            "why": "in-progress" if number % 9 == 0 else None,
        }
        for number in range(count)
    ]


def read(spark: Any, folder: Path, rows: Any) -> Any:
    """Rows as a DataFrame of a Parquet file."""
    folder.mkdir(exist_ok=True)
    pa.parquet.write_table(table_of(rows), folder / "responses.parquet")
    return spark.read.parquet(str(folder))


@pytest.mark.parametrize("partitions", first_of(1, [17, 1]))
def test_the_number_of_partitions_and_the_order_of_rows_change_nothing(
    spark: Any, tmp_path: Path, partitions: int
) -> None:
    """'the result does not depend on the number of partitions'"""
    rows = rows_of(600)
    memory = in_memory(rows, **ASKED)
    random.Random(partitions).shuffle(rows)
    responses = read(spark, tmp_path, rows).repartition(partitions)
    assert responses.rdd.getNumPartitions() == partitions
    with SqlFrame.from_spark(spark, responses, **POPULATION, **ASKED) as frame:
        assert b"".join(frame.manifest()) == b"".join(memory.manifest())
        draw = cs.draw(frame, cs.Plan(size=24), SEED)
    assert draw.record == cs.draw(memory, cs.Plan(size=24), SEED).record


@pytest.mark.thorough  # a minute; partitions and the order of rows change nothing: above
def test_a_cluster_gives_the_letters_of_one_machine(spark: Any, tmp_path: Path) -> None:
    """'a real `local-cluster[2,1,1024]` session'"""
    rows = rows_of(600)
    for part in range(4):
        table = table_of(rows[part::4])
        pa.parquet.write_table(table, tmp_path / f"{part}.parquet")
    program = Path(__file__).with_name("on_a_cluster.py")
    done = subprocess.run(
        [sys.executable, program, tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    memory = in_memory(rows, **ASKED)
    assert json.loads(done.stdout) == {
        "draw": cs.draw(memory, cs.Plan(size=24), SEED).digest,
        "manifest": memory.digest,
        "executors": 2,
    }


def explained(spark: Any, query: Query) -> list[str]:
    """The steps of a query's plan, the last one first, each without the parts of its line."""
    values = {f"v{place}": value for place, value in enumerate(query.values, 1)}
    plan = spark.sql(query.text, args=values)._jdf.queryExecution().executedPlan().toString()
    return [line.strip(" :+-") for line in plan.splitlines()]


@pytest.mark.parametrize("unequal", [0, 1], ids=["one bound", "a bound for each"])
def test_tickets_are_compared_where_the_rows_are_read(
    spark: Any, tmp_path: Path, unequal: int
) -> None:
    """'the plan keeps its top-k push-down (filter by a constant rank first)'"""
    responses = read(spark, tmp_path, rows_of(20_000)).repartition(5)
    with SqlFrame.from_spark(spark, responses, **POPULATION, **ASKED) as frame:
        bounds = {
            stratum: ticket.bound(5 + place * unequal, size)
            for place, (stratum, size) in enumerate(frame.sizes().items())
        }
        query = frame.questions.below("0" * 32, bounds, everywhere=True)
        steps = explained(spark, query)
        found = [*frame.rows(query)]
    constant = f"{max(bounds.values()):064x}"
    (compared,) = [n for n, step in enumerate(steps) if step.startswith("Filter")]
    (scanned,) = [n for n, step in enumerate(steps) if step.startswith("FileScan")]
    assert re.search(rf"sha2\(.*, 256\) < {constant}", steps[compared])
    # What was shuffled, or sent to whoever asks, comes later: it stands above.
    moved = [n for n, step in enumerate(steps) if step.startswith("Exchange")]
    assert moved, "the DataFrame has an exchange of its own"
    assert max(moved) < compared < scanned
    assert 5 * len(bounds) <= len(found) < (50 + 20 * unequal) * len(bounds)


def test_a_dataframe_is_a_view_for_as_long_as_its_frame_is_used(spark: Any, tmp_path: Path) -> None:
    responses = read(spark, tmp_path, rows_of(50))

    def views() -> list[str]:
        return [table.name for table in spark.catalog.listTables() if VIEW.fullmatch(table.name)]

    with SqlFrame.from_spark(spark, responses, **POPULATION, **ASKED) as frame:
        assert len(views()) == 1
        frame.close()
        assert not views()
    for refused in ({"unit_id": "nowhere"}, {"period": "October"}):
        with pytest.raises(cs.CeosampleError):
            SqlFrame.from_spark(spark, responses, **POPULATION | {"unit_id": "id"} | refused)
        assert not views()
    assert responses.count() == 50


def test_a_dataframe_of_another_session_is_refused(spark: Any, tmp_path: Path) -> None:
    responses = read(spark, tmp_path, rows_of(5))
    with pytest.raises(cs.errors.FrameError, match=r"give dataframe\.sparkSession"):
        SqlFrame.from_spark(spark.newSession(), responses, **POPULATION, unit_id="id")


def test_bytes_that_are_no_text_are_reported_and_not_hashed(spark: Any) -> None:
    """'Spark mangles lone surrogates'; it also takes any bytes for text."""
    broken = "CAST(unhex('61EDA080') AS STRING)"
    rows = f"('a', 'x', NULL), ({broken}, 'x', NULL), ('c', {broken}, NULL), ('d', 'x', {broken})"
    responses = spark.sql(f"SELECT * FROM VALUES {rows} AS given(id, s, why)")
    with pytest.raises(cs.errors.FrameError) as caught:
        SqlFrame.from_spark(
            spark, responses, **POPULATION, unit_id="id", strata=["s"], exclusion="why"
        )
    found = [fault.partition(";")[0] for fault in caught.value.faults]
    what = "got bytes that are not UTF-8, or U+FFFD in their place"
    assert [f"column {name!r}, 1 row: {what}" for name in ("id", "s", "why")] == found[:3]


@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
def test_a_lone_surrogate_of_python_s_is_reported(spark: Any) -> None:
    responses = spark.createDataFrame([("a\ud800",), ("b",)], ["id"])
    with pytest.raises(
        cs.errors.FrameError, match=r"column 'id', 1 row: got bytes that are not UTF-8, or U\+FFFD"
    ):
        SqlFrame.from_spark(spark, responses, **POPULATION, unit_id="id")


def test_columns_that_compare_by_other_than_bytes_are_refused(spark: Any) -> None:
    responses = spark.sql("SELECT 'a' COLLATE UTF8_LCASE AS id, 'b' COLLATE UNICODE AS s")
    with pytest.raises(cs.errors.FrameError) as caught:
        SqlFrame.from_spark(spark, responses, **POPULATION, unit_id="id", strata=["s"])
    assert [fault.partition(";")[0] for fault in caught.value.faults] == [
        "column 'id': got the type string collate UTF8_LCASE",
        "column 's': got the type string collate UNICODE",
    ]


@pytest.mark.parametrize("ansi", ["true", "false"])
def test_both_ways_of_spark_to_read_sql_give_the_same(
    spark: Any, tmp_path: Path, ansi: str
) -> None:
    rows = [row | {"number": n} for n, row in enumerate(rows_of(200))]
    asked = ASKED | {"unit_id": "number"}
    memory = in_memory(rows, **asked)
    responses = read(spark, tmp_path, rows)
    settings = {
        "spark.sql.ansi.enabled": ansi,
        "spark.sql.ansi.doubleQuotedIdentifiers": ansi,
        "spark.sql.ansi.enforceReservedKeywords": ansi,
        "spark.sql.caseSensitive": ansi,
    }
    with (
        set_to(spark, settings),
        SqlFrame.from_spark(spark, responses, **POPULATION, **asked) as frame,
    ):
        draw = cs.draw(frame, cs.Plan(size=24), SEED)
    assert draw.record == cs.draw(memory, cs.Plan(size=24), SEED).record


def test_a_session_that_reads_texts_otherwise_is_refused(spark: Any, tmp_path: Path) -> None:
    """Spark writes values into the statement, with a backslash before a quotation mark."""
    responses = read(spark, tmp_path, rows_of(5))
    settings = {"spark.sql.parser.escapedStringLiterals": "true"}
    refused = pytest.raises(cs.errors.FrameError, match="this Spark reads SQL in another way")
    with set_to(spark, settings), refused:
        SqlFrame.from_spark(spark, responses, **POPULATION, unit_id="id")


@contextlib.contextmanager
def set_to(spark: Any, settings: dict[str, str]) -> Iterator[None]:
    """The session with other settings, for a while."""
    before = {name: spark.conf.get(name) for name in settings}
    try:
        for name, value in settings.items():
            spark.conf.set(name, value)
        yield
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)


def test_a_name_is_not_filled_with_settings(spark: Any, tmp_path: Path) -> None:
    """Spark would put an environment's variable into the statement."""
    rows = [{"${env:HOME}": "a"}]
    with pytest.raises(cs.errors.FrameError, match="which Spark replaces; give another name"):
        SqlFrame.from_spark(spark, read(spark, tmp_path, rows), **POPULATION, unit_id="${env:HOME}")


def test_columns_that_differ_by_case_alone_are_a_frame_error(spark: Any) -> None:
    responses = spark.sql("SELECT 'a' AS id, 'b' AS ID")
    with pytest.raises(cs.errors.FrameError, match=r"cannot be asked .*ambiguous"):
        SqlFrame.from_spark(spark, responses, **POPULATION, unit_id="id")


def test_files_that_change_under_a_frame_are_found_out(spark: Any, tmp_path: Path) -> None:
    rows = rows_of(300)
    folder = tmp_path / "responses"
    with SqlFrame.from_spark(
        spark, read(spark, folder, rows), **POPULATION, **ASKED, manifest=False
    ) as frame:
        read(spark, folder, rows[:-7])
        with pytest.raises(cs.errors.FrameError, match="so it changed after the frame was made"):
            cs.draw(frame, cs.Plan(size=24), SEED)


@pytest.mark.parametrize("column", ["id", "division"])
def test_values_that_are_gone_when_the_manifest_is_hashed_are_found_out(
    spark: Any, tmp_path: Path, column: str
) -> None:
    asked: dict[str, Any] = {"unit_id": "id", "strata": ["division"]}
    rows = rows_of(300)
    folder = tmp_path / "responses"
    with SqlFrame.from_spark(spark, read(spark, folder, rows), **POPULATION, **asked) as frame:
        rows[7][column] = None
        read(spark, folder, rows)
        with pytest.raises(cs.errors.FrameError, match="got 299 units where 300 were counted"):
            cs.draw(frame, cs.Plan(size=24), SEED)


def test_a_view_of_the_caller_s_stays_the_caller_s(spark: Any, tmp_path: Path) -> None:
    responses = read(spark, tmp_path, rows_of(50))
    with SqlFrame.from_spark(spark, responses, **POPULATION, unit_id="id"):
        (name,) = [one.name for one in spark.catalog.listTables() if VIEW.fullmatch(one.name)]
    following = f"ceosample_{int(name.removeprefix('ceosample_')) + 1}"
    spark.range(3).createTempView(following)
    try:
        with SqlFrame.from_spark(spark, responses, **POPULATION, unit_id="id") as frame:
            assert frame.count == 50
        assert spark.table(following).count() == 3
    finally:
        spark.catalog.dropTempView(following)


def test_a_table_of_a_lake_is_not_read_as_loose_files(spark: Any, tmp_path: Path) -> None:
    """But for those that are nothing more; a long path is in no plan."""
    folder = lakes.delta(tmp_path / ("a long folder of " * 8) / "responses")
    table = spark.read.parquet(str(folder)).filter("NOT gone")
    with pytest.raises(cs.errors.FrameError, match=r'Delta table.*read it with format\("delta"\)'):
        SqlFrame.from_spark(spark, table, **POPULATION, unit_id="id")


def test_the_numbers_of_a_csv_file_are_refused(spark: Any, tmp_path: Path) -> None:
    """Spark looks at all lines and drops the zeros all the same."""
    (tmp_path / "r.csv").write_text("id\n7\n007\n")
    guessed = spark.read.csv(str(tmp_path / "r.csv"), header=True, inferSchema=True)
    with pytest.raises(cs.errors.FrameError, match=r"^column 'id': got whole numbers of a CSV"):
        SqlFrame.from_spark(spark, guessed, **POPULATION, unit_id="id")
    casts = guessed.selectExpr("CAST(id AS STRING) AS id")
    with pytest.raises(
        cs.errors.FrameError, match=r"^table: got text that a view makes of numbers"
    ):
        SqlFrame.from_spark(spark, casts, **POPULATION, unit_id="id")
    text = spark.read.csv(str(tmp_path / "r.csv"), header=True)
    with SqlFrame.from_spark(spark, text, **POPULATION, unit_id="id") as frame:
        assert b"".join(frame.manifest()) == b"unit_id\n007\n7\n"


def test_what_spark_writes_to_parquet_is_what_was_meant(spark: Any, tmp_path: Path) -> None:
    """Its times have 96 bits and no zone; its floats have 32 bits, its ids may be decimals."""
    row = (
        "SELECT CAST({0} AS DECIMAL(18, 0)) AS id, 'Cards' AS division, CAST(24.9 AS FLOAT) AS "
        "paid, TIMESTAMP'2026-10-01 00:30:00 Europe/London' AS final, "
        "TIMESTAMP_NTZ'2026-09-30 23:30:00' AS wall"
    )
    rows = spark.sql(f"{row.format(7)} UNION ALL {row.format(8)}")
    rows.coalesce(1).write.parquet(str(tmp_path / "responses"))
    stated = '[[source.exclusions]]\nreason = "paid"\ncolumn = "paid"\nfrom = 24.9\n'
    for column, conditions, period, count in [
        ("final", "", "2026-10", 2),
        ("wall", "", "2026-09", 2),
        ("final", stated, "2026-10", 0),
    ]:
        source = f"parquet = 'responses'\nperiod_column = '{column}'"
        there = attrs.evolve(configured(tmp_path, source, conditions), zone="Europe/London")
        reading = read_month(there, period)
        assert reading.frame.count == count
        assert reading.others == 0
        assert reading.frame.exclusions == ({"paid": 2} if conditions else {})
    assert [unit_id for unit_id, _ in reading.frame.left_out] == ["7", "8"]


def test_spark_takes_the_ids_that_the_page_says(spark: Any, tmp_path: Path) -> None:
    assert id_kinds.row_of("`from_spark`", tmp_path, spark) == on_the_page("`from_spark`")
