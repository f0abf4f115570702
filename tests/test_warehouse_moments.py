"""What a connection goes through while a frame is in use: it changes, it fails, it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datafusion
import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet
import pytest

import ceosample as cs
from ceosample.warehouse import SqlFrame, questions
from ceosample.warehouse.postgresql import PostgreSql
from months import SEED
from refusals import TRANSACTION_IS_OVER, refused
from warehouses import POPULATION, InDuckDb, InPostgreSql, opened, table_of

PLAN = cs.Plan(size=5)

#: Of DuckDB and PostgreSQL alike.
BEGIN = {
    "duckdb": "BEGIN TRANSACTION",
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ",
}


@pytest.fixture(params=[*BEGIN])
def home(request: pytest.FixtureRequest) -> Iterator[InDuckDb | InPostgreSql]:
    """The engines that have transactions."""
    name = request.param
    server = request.getfixturevalue("postgresql") if name == "postgresql" else None
    with opened(name, server) as warehouse:
        assert isinstance(warehouse, InDuckDb | InPostgreSql)
        yield warehouse


def rows_of(count: int) -> list[dict[str, object]]:
    return [{"id": f"R-{n}", "why": "late" if n % 9 == 0 else None} for n in range(count)]


def fail(connection: Any) -> None:
    """Run a statement that spoils the transaction under way."""
    with pytest.raises((duckdb.ConversionException, psycopg.DataError)):
        connection.execute("SELECT CAST('x' AS integer)").fetchall()


# A transaction of the caller's


def test_what_the_caller_writes_in_a_transaction_of_its_own_is_found_out(
    home: InDuckDb | InPostgreSql,
) -> None:
    """No engine hides from a transaction what it does itself."""
    table = home.put(table_of(rows_of(400)))
    home.connection.execute(BEGIN[home.name])
    frame = home.frame(table, unit_id="id", manifest=False)
    home.connection.execute(f"DELETE FROM {table} WHERE id LIKE 'R-1%'")
    with pytest.raises(cs.errors.FrameError, match="its strata have other sizes"):
        cs.draw(frame, PLAN, SEED)


def test_what_the_caller_began_later_is_not_rolled_back_with_the_frame(
    home: InDuckDb | InPostgreSql,
) -> None:
    frame = home.frame(home.put(table_of(rows_of(60))), unit_id="id")
    home.connection.execute("COMMIT")
    home.connection.execute(BEGIN[home.name])
    home.connection.execute("CREATE TABLE letters AS SELECT 7 AS number")
    with refused(cs.errors.FrameError, TRANSACTION_IS_OVER):
        cs.draw(frame, PLAN, SEED)
    frame.close()
    home.connection.execute("COMMIT")
    assert home.connection.execute("SELECT number FROM letters").fetchall() == [(7,)]


def test_what_psycopg_began_later_is_not_rolled_back_with_the_frame(pg: InPostgreSql) -> None:
    table = pg.put(table_of(rows_of(60)))
    with psycopg.connect(pg.connection.info.dsn) as other:  # not autocommit
        other.execute("SET extra_float_digits = -15")  # moments are told apart all the same
        other.commit()
        frame = SqlFrame.from_postgresql(other, table, **POPULATION, unit_id="id")
        other.commit()
        other.execute("CREATE TABLE letters AS SELECT 7 AS number")
        frame.close()
        other.commit()
    assert pg.connection.execute("SELECT number FROM letters").fetchall() == [(7,)]


# A connection that cannot be asked


def test_a_connection_that_cannot_be_asked_is_a_frame_error(home: InDuckDb | InPostgreSql) -> None:
    table = home.put(table_of(rows_of(60)))
    cannot = r"^connection: cannot be asked \("
    frame = home.frame(table, unit_id="id")
    fail(home.connection)
    with pytest.raises(cs.errors.FrameError, match=cannot):
        cs.draw(frame, PLAN, SEED)
    frame.close()  # a transaction that failed holds nothing, and is ended
    assert home.connection.execute(f"SELECT count(*) FROM {table}").fetchall() == [(60,)]
    home.connection.execute(BEGIN[home.name])
    fail(home.connection)
    with pytest.raises(cs.errors.FrameError, match=cannot):
        home.frame(table, unit_id="id")
    home.connection.execute("ROLLBACK")  # it is the caller's still
    frame = home.frame(table, unit_id="id")
    home.connection.close()
    with pytest.raises(cs.errors.FrameError, match=cannot):
        cs.draw(frame, PLAN, SEED)
    frame.close()
    with pytest.raises(cs.errors.FrameError, match=cannot):
        home.frame(table, unit_id="id")


def test_a_server_that_ends_the_connection_is_a_frame_error(
    pg: InPostgreSql, postgresql: Any
) -> None:
    frame = pg.frame(pg.put(table_of(rows_of(60))), unit_id="id")
    with postgresql.connect() as admin:
        ended = "SELECT pg_terminate_backend(%s, 5000)"
        admin.execute(ended, [pg.connection.info.backend_pid])
    with frame, pytest.raises(cs.errors.FrameError, match=r"^connection: cannot be asked \("):
        cs.draw(frame, PLAN, SEED)


# A table that no transaction holds


def test_a_view_in_postgresql_that_changes_within_a_transaction_is_found_out(
    pg: InPostgreSql,
) -> None:
    """A function that is not STABLE, or a foreign table, can answer otherwise each time."""
    pg.connection.execute(
        "CREATE VIEW seen AS SELECT n AS id "
        "FROM generate_series(1, current_setting('our.size')::integer) AS n"
    )
    pg.connection.execute("SET our.size = 400")
    with pg.frame("seen", unit_id="id", manifest=False) as frame:
        pg.connection.execute("SET our.size = 200")
        with pytest.raises(cs.errors.FrameError, match="its strata have other sizes"):
            cs.draw(frame, PLAN, SEED)


def test_what_postgresql_stores_is_counted_once_and_all_else_twice(
    pg: InPostgreSql, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = pg.put(table_of(rows_of(60)))
    pg.connection.execute(f"CREATE VIEW seen AS SELECT * FROM {stored}")
    pg.connection.execute(f"CREATE MATERIALIZED VIEW kept AS SELECT * FROM {stored}")
    pg.connection.execute("CREATE TABLE parted (id text, why text) PARTITION BY HASH (id)")
    pg.connection.execute(
        "CREATE TABLE part PARTITION OF parted FOR VALUES WITH (MODULUS 1, REMAINDER 0)"
    )
    pg.connection.execute("CREATE TABLE parent (id text, why text)")
    pg.connection.execute("CREATE TABLE child () INHERITS (parent)")  # it could be a foreign one
    pg.connection.execute("CREATE TABLE secured (id text, why text)")
    pg.connection.execute("ALTER TABLE secured ENABLE ROW LEVEL SECURITY")
    for table in ("parted", "parent", "secured"):
        pg.connection.execute(f"INSERT INTO {table} SELECT * FROM {stored}")
    asked: list[str] = []
    ask = PostgreSql.rows

    def listen(home: PostgreSql, query: questions.Query) -> Any:
        asked.append(query.text)
        return ask(home, query)

    monkeypatch.setattr(PostgreSql, "rows", listen)
    tables = {stored: 1, "kept": 1, "seen": 2, "parted": 2, "parent": 2, "secured": 2}
    for table, counts in tables.items():
        asked.clear()
        with pg.frame(["public", table], unit_id="id", exclusion="why") as frame:
            cs.draw(frame, PLAN, SEED)
        assert sum("count(*)" in text for text in asked) == counts


def test_a_file_that_is_another_one_after_the_letters_were_asked_for_leaves_no_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own manifest would be committed to beside letters that are none of its."""
    file = tmp_path / "responses.parquet"
    context = datafusion.SessionContext()
    pa.parquet.write_table(table_of(rows_of(400)), file)
    context.register_parquet("responses", str(file))
    require = SqlFrame.require_same_sizes

    def rewritten(frame: SqlFrame) -> None:
        require(frame)
        rows = [row | {"id": f"another {row['id']}"} for row in rows_of(400)]
        pa.parquet.write_table(table_of(rows), file)

    monkeypatch.setattr(SqlFrame, "require_same_sizes", rewritten)
    with SqlFrame.from_datafusion(
        context, "responses", **POPULATION, unit_id="id", exclusion="why"
    ) as frame:
        draw = cs.draw(frame, PLAN, SEED)
        with pytest.raises(cs.errors.FrameError, match="its manifest has another digest"):
            draw.save(tmp_path / "packs")
    assert not [*(tmp_path / "packs").iterdir()]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id": None}, "got 399 units where 400 were counted"),
        ({"why": "early"}, "its reasons for leaving out have other sizes"),
    ],
    ids=["an id that is gone", "another reason"],
)
def test_rows_that_change_in_a_file_are_found_out_before_a_draw(
    tmp_path: Path, changed: dict[str, object], said: str
) -> None:
    """The number of eligible rows of each stratum is the same."""
    rows: list[dict[str, object]] = [
        {"id": f"R-{n}", "why": "late" if n >= 400 else None} for n in range(440)
    ]
    file = tmp_path / "responses.parquet"
    context = datafusion.SessionContext()
    pa.parquet.write_table(table_of(rows), file)
    context.register_parquet("responses", str(file))
    with SqlFrame.from_datafusion(
        context, "responses", **POPULATION, unit_id="id", exclusion="why"
    ) as frame:
        place = 7 if "id" in changed else 407
        rows[place] = rows[place] | changed
        pa.parquet.write_table(table_of(rows), file)
        with pytest.raises(cs.errors.FrameError, match=said):
            cs.draw(frame, PLAN, SEED)
