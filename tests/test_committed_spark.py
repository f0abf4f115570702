"""Tables that are read once: the manifest's lines come in pieces, and the letters from them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

import ceosample as cs
from ceosample.sampling import ticket
from ceosample.sampling.frames.strata import Stratum
from ceosample.warehouse import SqlFrame, questions, spark
from ceosample.warehouse.lines import Pieces
from ceosample.warehouse.lowest import statements
from months import SEED
from warehouses import POPULATION, InDuckDb, in_memory, opened, table_of

ASKED: dict[str, Any] = {"unit_id": "id", "strata": ["s"], "exclusion": "why"}
PLAN = cs.Plan(size=24)


def rows_of(count: int) -> list[dict[str, object]]:
    return [
        {"id": f'R,"{n}"', "s": f"ẑ {n % 3}", "why": "late" if n % 9 == 0 else None}
        for n in range(count)
    ]


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pieces came, for each time that a table was read for its lines."""
    came: list[int] = []
    given = spark.Spark.pieces

    def noted(home: spark.Spark, *asked: Any) -> Iterator[tuple[str, bytes]]:
        found = [*given(home, *asked)]
        came.append(len(found))
        return iter(found)

    monkeypatch.setattr(spark.Spark, "pieces", noted)
    monkeypatch.setattr(spark, "_IN_A_RANGE", 50)
    return came


def test_a_table_is_read_once_for_its_manifest_its_letters_and_what_is_saved(
    spark: Any, tmp_path: Path, pieces: list[int]
) -> None:
    """'One pass instead of two, sorted by ranges': what changes afterwards is in no letter."""
    rows = rows_of(500)
    path = tmp_path / "responses.parquet"
    pa_table = table_of(rows)
    pyarrow.parquet.write_table(pa_table, path)
    memory = in_memory(rows, **ASKED)
    with SqlFrame.from_spark(spark, spark.read.parquet(str(path)), **POPULATION, **ASKED) as frame:
        assert frame.digest == memory.digest
        pyarrow.parquet.write_table(pa_table.slice(0, 490), path)
        draw = cs.draw(frame, PLAN, SEED)
        draw.save(tmp_path / "draw")
        assert draw.record == cs.draw(memory, PLAN, SEED).record
    assert len(pieces) == 2, "the manifest and the exclusions, once each"
    assert pieces[0] > 1
    assert cs.verify(tmp_path / "draw").level.name == "REPRODUCED"
    with pytest.raises(cs.errors.FrameError, match="the frame is closed; save the draw before"):
        draw.save(tmp_path / "later")
    assert not (tmp_path / "later" / "manifest.csv").exists()


def test_many_partitions_are_few_jobs(spark: Any, pieces: list[int]) -> None:
    """'With many partitions (200) it must end too': each job costs, however little it brings."""
    settings = {"spark.sql.shuffle.partitions": "40", "spark.sql.adaptive.enabled": "false"}
    before = {name: spark.conf.get(name) for name in settings}
    context = spark.sparkContext
    for name, value in settings.items():
        spark.conf.set(name, value)
    try:
        responses = spark.createDataFrame(table_of(rows_of(300))).repartition(40)
        with SqlFrame.from_spark(spark, responses, **POPULATION, **ASKED) as frame:
            context.setJobGroup("manifest", "its lines")
            assert frame.digest == in_memory(rows_of(300), **ASKED).digest
            jobs = context.statusTracker().getJobIdsForGroup("manifest")
    finally:
        context.setLocalProperty("spark.jobGroup.id", None)
        for name, value in before.items():
            spark.conf.set(name, value)
    # Two files; for each a sample of ids, the ranges, and the pieces.
    assert len(jobs) <= 8
    assert pieces[0] > 1


def test_pieces_in_any_order_are_one_file_until_it_is_closed() -> None:
    kept = Pieces(b"unit_id\n")
    came = [("m", b"m\nn\n"), ("a", b"a\n"), ("x", b"x\n")]
    assert [*kept.put(came)] == [data for _, data in came]
    for _ in range(2):
        assert b"".join(kept()) == b"unit_id\na\nm\nn\nx\n"
    kept.close()
    with pytest.raises(cs.errors.FrameError, match="the frame is closed"):
        b"".join(kept())


def test_one_stratum_of_which_all_is_wanted_brings_no_other_out() -> None:
    """'Above 4,000 strata with one take-all stratum a single bound brings all rows'"""
    sizes: dict[Stratum, int] = {(f"s{n}",): 1000 for n in range(10_000)}
    bounds: dict[Stratum, int] = {stratum: ticket.bound(1, 1000) for stratum in sizes}
    assert [*statements(bounds, sizes, 4000)] == [bounds], "one bound suits all: one statement"
    bounds[("s77",)] = ticket.TICKETS
    first, rest = statements(bounds, sizes, 4000)
    assert {**first, **rest} == bounds
    assert len(first) == 4000
    assert ("s77",) in first
    assert max(rest.values()) == ticket.bound(1, 1000)


def test_few_rows_leave_where_one_of_very_many_strata_is_taken_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The letters would be the same if all rows came: what leaves is counted."""
    monkeypatch.setattr(questions, "MOST_BOUNDS", 10)
    rows = [{"id": n, "s": f"s{n % 30}"} for n in range(30_000)]
    rows += [{"id": 30_000 + n, "s": "whole"} for n in range(50)]
    asked: dict[str, Any] = {"unit_id": "id", "strata": ["s"]}
    plan = cs.Plan(size=80, take_all=["whole"], allocation="proportional")
    left: list[object] = []
    given = SqlFrame.rows

    def counted(frame: SqlFrame, query: questions.Query) -> Iterator[tuple[Any, ...]]:
        for row in given(frame, query):
            left.append(row)
            yield row

    monkeypatch.setattr(SqlFrame, "rows", counted)
    with opened("duckdb", None) as home:
        assert isinstance(home, InDuckDb)
        with home.frame(home.put(table_of(rows)), **asked) as frame:
            draw = cs.draw(frame, plan, SEED)
    memory = in_memory(rows, **asked)
    assert draw.record == cs.draw(memory, plan, SEED).record
    assert 80 <= len(left) < 3000
