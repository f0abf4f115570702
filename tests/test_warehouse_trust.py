"""What others put into a database: functions, operators, grants, types and very many strata."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pytest

import ceosample as cs
from ceosample.warehouse import SqlFrame
from storage import ENGINES
from warehouses import (
    POPULATION,
    InDataFusion,
    InDuckDb,
    InPostgreSql,
    InSpark,
    Warehouse,
    in_memory,
    same,
    table_of,
)

ASKED: dict[str, Any] = {
    "unit_id": "id",
    "strata": ["division"],
    "exclusion": "why",
    "missing": "none",
}


def rows_of(count: int) -> list[dict[str, object]]:
    divisions = ("Cards", 'The "rest"', "Loans, old", None)
    return [
        {
            "id": f"R-{n}",
            "division": divisions[n % 5 % 4],
            "why": "late" if n % 9 == 0 else None,
            "salted": f"{n:064x}",
        }
        for n in range(count)
    ]


# Functions and operators that are somebody's

#: What would keep the half of the ids from ever being drawn, and other mischief.
MACROS = [
    "sha256(x) AS CASE WHEN x LIKE '%1' THEN repeat('f', 64) ELSE system.main.sha256(x) END",
    '"||"(a, b) AS a',
    '"~~"(a, b) AS false',
    "chr(n) AS 'x'",
    "contains(a, b) AS false",
    "count_star() AS 7",
    "count(x) AS 7",
    "length(x) AS 64",
    "nullif(a, b) AS 'x'",
    "position(a, b) AS 0",
    "regexp_matches(x, y) AS false",
    "replace(x, y, z) AS 'x'",
    "strlen(x) AS 7",
    "translate(x, y, z) AS ''",
    "txid_current() AS 7",
]


@pytest.mark.parametrize("macro", MACROS, ids=[macro.partition("(")[0] for macro in MACROS])
@pytest.mark.slow
def test_a_macro_in_a_file_of_duckdb_s_changes_no_answer(tmp_path: Path, macro: str) -> None:
    """Whoever wrote the file could else see to it that some letters are never drawn."""
    rows = rows_of(300)
    incoming = table_of(rows)
    with duckdb.connect(tmp_path / "responses.duckdb") as writer:
        writer.execute("CREATE TABLE t AS SELECT * FROM incoming")
        writer.execute("CREATE TABLE bad AS SELECT 'a ' AS id, 'A' || repeat('0', 63) AS salted")
        writer.execute(f"CREATE MACRO {macro}")
    assert len(incoming) == 300
    asked = ASKED | {"content": "salted"}
    with duckdb.connect(tmp_path / "responses.duckdb", read_only=True) as connection:
        with SqlFrame.from_duckdb(connection, "t", **POPULATION | asked) as frame:
            same(frame, in_memory(rows, **asked), cs.Plan(size=12))
            assert frame._held, "it is in no transaction"
        with pytest.raises(cs.errors.FrameError) as caught:
            SqlFrame.from_duckdb(connection, "bad", **POPULATION, unit_id="id", content="salted")
        assert [fault.partition(";")[0] for fault in caught.value.faults] == [
            "column 'id': got 'a ': white space at an end (U+0020)",
            "unit 'a ', column 'salted': got text of 64 characters",
        ]


OPERATORS = {
    "||": ("text", "SELECT left($1 OPERATOR(pg_catalog.||) $2, 33)"),
    "=": ("boolean", "SELECT false"),
    "<>": ("boolean", "SELECT false"),
    "~": ("boolean", "SELECT false"),
    "~~": ("boolean", "SELECT false"),
}


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("kind", ["varchar", "code"])
def test_an_operator_in_a_schema_of_postgresql_s_changes_no_answer(
    pg: InPostgreSql, operator: str, kind: str
) -> None:
    """One that fits a column's type better is taken before PostgreSQL's own, which is for text."""
    rows = rows_of(300)
    table = pg.put(table_of(rows))
    gives, body = OPERATORS[operator]
    pg.connection.execute("CREATE DOMAIN code AS varchar(40)")
    for column in ("id", "division", "why"):
        pg.connection.execute(f"ALTER TABLE {table} ALTER {column} TYPE {kind}")
    pg.connection.execute(
        f"CREATE FUNCTION theirs({kind}, {kind}) RETURNS {gives} LANGUAGE sql AS $$ {body} $$"
    )
    pg.connection.execute(
        f"CREATE OPERATOR {operator} (leftarg = {kind}, rightarg = {kind}, function = theirs)"
    )
    pg.connection.execute(f"INSERT INTO {table} VALUES ('a ')")
    with pytest.raises(cs.errors.FrameError, match="got 'a ': white space at an end"):
        pg.frame(table, **ASKED)
    pg.connection.execute(f"DELETE FROM {table} WHERE id LIKE '% '::text")
    pg.connection.execute(f"DELETE FROM {table} WHERE right(id, 1) OPERATOR(pg_catalog.=) ' '")
    with pg.frame(table, **ASKED) as frame:
        same(frame, in_memory(rows, **ASKED), cs.Plan(size=12))


def test_a_search_path_that_puts_others_before_postgresql_s_own_is_refused(
    pg: InPostgreSql,
) -> None:
    table = pg.put(table_of(rows_of(30)))
    pg.connection.execute("CREATE TEMPORARY TABLE mine (x integer)")
    pg.connection.execute("CREATE TYPE pg_temp.text AS ENUM ('x')")
    for path in ("public", "pg_catalog, public", "pg_temp, pg_catalog, public"):
        pg.connection.execute(f"SET search_path = {path}")
        with pg.frame(table, **ASKED) as frame:
            assert frame.count == 26
    pg.connection.execute("SET search_path = public, pg_catalog")
    with pytest.raises(cs.errors.FrameError, match="search_path has 'public' before pg_catalog"):
        pg.frame(table, **ASKED)
    assert pg.connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


# Rights and types


def test_the_right_to_see_the_columns_that_are_asked_about_is_enough(
    pg: InPostgreSql, postgresql: Any
) -> None:
    rows = rows_of(90)
    table = pg.put(table_of(rows))
    pg.connection.execute("DROP ROLE IF EXISTS sampler")
    pg.connection.execute("CREATE ROLE sampler LOGIN")
    pg.connection.execute(f"GRANT SELECT (id, division, why) ON {table} TO sampler")
    url = postgresql.url(pg.connection.info.dbname, user="sampler").replace("+psycopg", "")
    try:
        with psycopg.connect(url) as poor:
            with SqlFrame.from_postgresql(poor, table, **POPULATION | ASKED) as frame:
                same(frame, in_memory(rows, **ASKED), cs.Plan(size=8))
            for unit_id, said in (("salted", "permission denied"), ("nowhere", "does not exist")):
                with pytest.raises(cs.errors.FrameError, match=f"cannot be asked .*{said}"):
                    SqlFrame.from_postgresql(poor, table, **POPULATION, unit_id=unit_id)
    finally:
        pg.connection.execute("DROP OWNED BY sampler; DROP ROLE sampler")


def test_a_type_of_an_extension_is_refused_by_its_name(pg: InPostgreSql) -> None:
    pg.connection.execute("CREATE TYPE pair AS (a text, b text); CREATE TABLE x (id pair)")
    with pytest.raises(cs.errors.FrameError, match="column 'id': got the type pair; convert it"):
        pg.frame("x", unit_id="id")


@pytest.mark.thorough("spark")
def test_a_column_of_nothing_but_nulls_is_empty(home: Warehouse) -> None:
    """Arrow gives it a type of its own, as what makes a table of Python's rows does."""
    rows = [{"id": f"R-{n}", "division": None, "why": None} for n in range(9)]
    memory = in_memory(rows, **ASKED)
    if home.name == "postgresql":
        home.connection.execute(  # type: ignore[attr-defined]
            "CREATE VIEW nulls AS SELECT 'R-' || n AS id, NULL AS division, NULL AS why "
            "FROM generate_series(0, 8) AS n"
        )
        table = "nulls"
    elif home.name == "spark":
        home.session.sql(  # type: ignore[attr-defined]
            "CREATE OR REPLACE TEMPORARY VIEW nulls AS "
            "SELECT concat('R-', id) AS id, NULL AS division, NULL AS why FROM range(9)"
        )
        table = "nulls"
    elif home.name == "duckdb":
        home.connection.register("nulls", pa.Table.from_pylist(rows))  # type: ignore[attr-defined]
        table = "nulls"
    else:
        table = home.put(pa.Table.from_pylist(rows))
    with home.frame(table, **ASKED) as frame:
        same(frame, memory, cs.Plan(size=2))
    with pytest.raises(cs.errors.FrameError, match=r"column 'why', 9 rows: got an empty cell"):
        home.frame(table, unit_id="why")


@pytest.mark.slow
@pytest.mark.thorough("spark")
def test_very_many_strata_of_very_many_variables_can_be_asked_for(home: Warehouse) -> None:
    """PostgreSQL's protocol takes 65,535 values with one statement."""
    variables = [f"v{place}" for place in range(20)]
    rows = [
        {"id": f"R-{n}"} | dict.fromkeys(variables, "x") | {"v7": str(n % 3301 if n < 7000 else 0)}
        for n in range(8000)
    ]
    asked: dict[str, Any] = {"unit_id": "id", "strata": variables}
    memory = in_memory(rows, **asked)
    counts = {stratum: 1 + size % 3 for stratum, size in memory.sizes().items()}
    with home.frame(home.put(table_of(rows)), **asked) as frame:
        assert frame.lowest("0" * 32, counts) == memory.lowest("0" * 32, counts)


@pytest.mark.parametrize("home", [name for name in ENGINES if name != "arrow"], indirect=True)
def test_rows_that_an_engine_cannot_read_are_a_frame_error(home: Warehouse) -> None:
    """What the engine says of them is told, on one line."""
    numbers = table_of([{"number": str(n)} for n in range(3000)] + [{"number": "x,y"}])
    seen = "SELECT CAST(number AS integer) AS id FROM"
    stored = home.put(numbers)
    view = f"VIEW seen AS {seen} {stored}"
    if isinstance(home, InSpark):
        home.session.sql(f"CREATE OR REPLACE TEMPORARY {view}")
    elif isinstance(home, InDataFusion):
        home.context.sql(f"CREATE {view}")
    else:
        assert isinstance(home, InDuckDb | InPostgreSql)
        home.connection.execute(f"CREATE {view}")
    with pytest.raises(cs.errors.FrameError, match=r"^table: cannot be asked \(") as caught:
        home.frame("seen", unit_id="id")
    assert "\n" not in str(caught.value)
