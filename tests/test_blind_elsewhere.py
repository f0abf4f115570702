"""Blinded ids where the frame is not a dataframe: each kind of source, a database, a gate."""

from __future__ import annotations

import datetime as dt
import hashlib
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import ceosample as cs
from ceosample import job
from ceosample.configuration import Configuration
from ceosample.errors import FrameError
from ceosample.sampling.blinding.salts import load
from months import AT, PERIOD, SEED
from rooms import DOCKET, letter
from test_sources import ROWS, october, write_csv

ABOUT: dict[str, Any] = {
    "population": "p",
    "period": PERIOD,
    "unit_id": "id",
    "strata": ["division"],
}


def bytes_from(start: int = 0) -> Callable[[int], bytes]:
    numbers = iter(range(start, start + 1000))
    return lambda size: hashlib.sha256(str(next(numbers)).encode()).digest()[:size]


def with_salts(configuration: Configuration) -> job.Month:
    """October of the same configuration, with a file of salts."""
    path = configuration.home / "ceosample.toml"
    text = path.read_text("utf-8").replace("[source]", '[source]\nsalts = "private/salts.csv"')
    path.write_text(text, "utf-8")
    return job.Month(Configuration.load(path), PERIOD, AT)


@pytest.mark.parametrize("kind", ["csv", "parquet", "sql"])
def test_each_kind_of_source_has_the_ids_of_the_same_table(kind: str, tmp_path: Path) -> None:
    """'the same ids as with a dataframe, salts of mode 0600'"""
    month = with_salts(october(tmp_path, kind))
    reading = job.read_source(month, kept=True, random=bytes_from())
    salts = tmp_path / "private/salts.csv"
    assert stat.S_IMODE(salts.stat().st_mode) == 0o600
    table = cs.blind(ROWS, unit_id="id", salts=salts, random=bytes_from(500))
    ids = {row["id"]: made["id"] for row, made in zip(ROWS, table, strict=True)}
    assert {unit.unit_id for unit in reading.frame.units} == {
        ids[number] for number in ("A-2", "A-4", "A-5")
    }
    assert reading.frame.left_out == ((ids["A-3"], "in-progress"),)


def test_an_engine_draws_the_same_letters_of_blinded_ids(tmp_path: Path) -> None:
    month = with_salts(october(tmp_path, "csv"))
    plain = job.read_source(month, kept=True, random=bytes_from()).frame
    write_csv(tmp_path)
    path = tmp_path / "ceosample.toml"
    text = path.read_text("utf-8").replace("[source]", '[source]\nengine = "datafusion"')
    path.write_text(text, "utf-8")
    month = job.Month(Configuration.load(path), PERIOD, AT)
    engine = job.read_source(month, kept=True, random=bytes_from(500)).frame
    assert (
        cs.draw(engine, cs.Plan(size=2), SEED).digest
        == cs.draw(plain, cs.Plan(size=2), SEED).digest
    )


def test_a_database_draws_what_the_blinded_table_draws_and_papers_have_the_number(
    tmp_path: Path,
) -> None:
    """The lines of docs/one-person.md: numbers alone are fetched, and pairs are given back."""
    rows = [{"id": f"CR-{n}", "division": "Cards" if n % 3 else "Loans"} for n in range(60)]
    salts = tmp_path / "salts.csv"
    with duckdb.connect() as connection:
        connection.register("responses", pa.Table.from_pylist(rows))
        numbers = connection.sql("SELECT id, id AS number FROM responses").to_arrow_table()
        pairs = cs.blind(numbers, unit_id="id", salts=salts, random=bytes_from())
        connection.register("pairs", pairs)
        connection.execute(
            "CREATE TEMP VIEW blinded AS SELECT pairs.id, division "
            "FROM responses LEFT JOIN pairs ON number = responses.id"
        )
        with cs.warehouse.SqlFrame.from_duckdb(connection, "blinded", **ABOUT) as frame:
            there = cs.draw(frame, cs.Plan(size=3), SEED)
            files = there.files()
    table = cs.blind(rows, unit_id="id", salts=salts, random=bytes_from(500))
    here = cs.draw(cs.Frame.from_records(table, **ABOUT), cs.Plan(size=3), SEED)
    assert files == here.files()
    assert b"CR-" not in b"".join(files.values())
    contents = {row["id"]: {"letter": letter(), "docket": DOCKET} for row in rows}
    pack = cs.render(
        there, contents, salts=salts, pdf=False, date=AT.date(),
        signatory=cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive"),
    )  # fmt: skip
    drawn = {load(salts).numbers[unit_id] for unit_id in there.unit_ids}
    page = pack.rendered["pack.html"].decode()
    assert all(f"<bdi>{number}</bdi>" in page for number in drawn)


def test_a_frame_is_not_blinded_any_more(tmp_path: Path) -> None:
    """Its ids are settled: said at once, and no salts are written."""
    frame = cs.Frame.from_records(ROWS, **ABOUT)
    with cs.warehouse.SqlFrame.from_arrow(pa.Table.from_pylist(ROWS), **ABOUT) as there:
        for given in (frame, there):
            with pytest.raises(FrameError, match="got a frame, whose ids are settled; blind its"):
                cs.blind(given, unit_id="id", salts=tmp_path / "s.csv", random=bytes_from())
    assert [*tmp_path.iterdir()] == []


def test_a_column_called_like_a_frame_s_question_is_a_column(tmp_path: Path) -> None:
    import pandas as pd

    table = pd.DataFrame({"id": ["A-1"], "lowest": ["x"]})
    made = cs.blind(table, unit_id="id", salts=tmp_path / "s.csv", random=bytes_from())
    assert (len(made["id"][0]), made["lowest"][0]) == (64, "x")


def test_a_gate_asks_and_is_checked_with_blinded_ids(tmp_path: Path) -> None:
    """The register has no number, and a letter that went round the gate still shows."""
    salts, path = tmp_path / "salts.csv", tmp_path / "gate.jsonl"
    chance = bytes_from()

    def ids(*numbers: str) -> list[str]:
        rows = [{"id": number} for number in numbers]
        made = cs.blind(rows, unit_id="id", salts=salts, random=chance)
        return [row["id"] for row in made]

    gate = cs.gate.Gate("p", PERIOD, "1/2", "4b" * 32)
    register = cs.gate.Register(path, gate)
    now = dt.datetime(2026, 10, 5, 9, 30, tzinfo=dt.UTC)
    numbers = [f"CR-{number}" for number in range(8)]
    answers = [register.ask(*ids(number), at=now).selected for number in numbers]
    assert 0 < sum(answers) < 8
    assert b"CR-" not in path.read_bytes()
    sent = ids(*numbers)
    with path.open("rb") as lines:
        assert cs.gate.verify(lines, "4b" * 32, sent=sent).ok
    with path.open("rb") as lines:
        report = cs.gate.verify(lines, "4b" * 32, sent=[*sent, *ids("CR-9")])
    assert not report.ok
    assert "CR-" not in str(report)
