"""Queries in files: what is a parameter there, dates that are none, and times that got a zone."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import attrs
import pytest

from ceosample.errors import ConfigurationError, FrameError
from ceosample.job.sources.query_text import read_query
from postgresql import Server
from test_sources import SQLITE, configured, read

MONTH = ("period", "first_day", "last_day", "next_month")

#: Texts in which nothing is a parameter, by the database that reads them.
QUIET = [
    ("sqlite", "SELECT 1 -- all of :year"),
    ("sqlite", "SELECT 1 /* of :year \n and :month */"),
    ("sqlite", "SELECT ':year', 'it''s :month'"),
    ("sqlite", 'SELECT ":year", `:month`, [:day] FROM x'),
    ("sqlite", "SELECT 1 /* not closed :year"),
    ("postgresql", "SELECT 1 /* one /* within :year */ and :month */"),
    ("postgresql", "SELECT E'it\\'s :year', $$of :month$$, $a$ $$ :day $a$"),
    ("postgresql", "SELECT x::text, a[1:2], a[:2], '10:30'::time, x :: date FROM y"),
    ("mysql", "SELECT 'it\\'s :year', \"a \\\" :month\", `:day` # :week"),
    ("mssql", "SELECT [of :year]]s :month], N':day' /* a /* b */ :week */"),
    ("oracle", "SELECT q'[it's :year]', q'!of :month!' FROM dual"),
]

#: Texts with one parameter, which stands behind what ends before it.
LOUD = [
    ("sqlite", "SELECT 1 -- all\n, :year"),
    ("sqlite", "SELECT '\\' , :year"),
    ("sqlite", "SELECT 1 /* a /* b */ , :year"),
    ("postgresql", "SELECT '\\' , :year"),
    ("postgresql", "SELECT 1 /* a /* b */ c */ , :year"),
    ("postgresql", "SELECT $a$ $b$ $a$ , :year"),
    ("postgresql", "SELECT a$b$ , :year, c$b$"),
    ("mysql", "SELECT 5--:year"),
    ("mssql", "SELECT [it's] , :year"),
]


@pytest.mark.parametrize(("dialect", "text"), QUIET)
def test_nothing_is_a_parameter_in_comments_literals_and_names(dialect: str, text: str) -> None:
    """And the database is asked for that text, to the letter."""
    import sqlalchemy as sa

    found = read_query(text, dialect, MONTH)
    assert found.names == ()
    assert str(sa.text(found.text).compile()) == text


@pytest.mark.parametrize(("dialect", "text"), LOUD)
def test_a_parameter_is_found_behind_what_ends_before_it(dialect: str, text: str) -> None:
    assert read_query(text, dialect, MONTH).names == ("year",)


def sqlite_source(folder: Path, query: str) -> Any:
    with sqlite3.connect(folder / "complaints.db") as connection:
        connection.execute("CREATE TABLE responses (id, division, final)")
        connection.execute("INSERT INTO responses VALUES ('A-1', 'Cards', '2026-10-02')")
    connection.close()
    (folder / "responses.sql").write_text(query, "utf-8")
    return configured(folder, SQLITE)


def test_a_query_with_comments_and_literals_runs_as_it_is(tmp_path: Path) -> None:
    query = (
        "-- the month of :report, see wiki: http://x/:y\n"
        "SELECT id, ':first_day of ' || :period AS division /* or :division */ FROM responses "
        'WHERE "final" >= :first_day -- :end'
    )
    (unit,) = read(sqlite_source(tmp_path, query)).frame.units
    assert unit.stratum == (":first_day of 2026-10",)


def test_a_cast_that_a_database_does_not_know_is_told(tmp_path: Path) -> None:
    configuration = sqlite_source(tmp_path, "SELECT * FROM responses WHERE x < :first_day::date")
    with pytest.raises(ConfigurationError, match=r"write CAST\(:first_day AS date\)"):
        read(configuration)


@pytest.fixture
def responses(postgresql: Server, tmp_path: Path) -> Any:
    """Asks a query of three responses, each at an hour of its own in October."""
    with postgresql.database() as name:
        with postgresql.connect(name) as connection:
            connection.execute("CREATE TABLE responses (id text, division text, at timestamptz)")
            connection.execute(
                "INSERT INTO responses VALUES ('A-1', 'Cards', '2026-10-02 10:00+00'), "
                "('A-2', 'Cards', '2026-10-20 11:00+00'), ('A-3', 'Cards', '2026-10-31 12:00+00')"
            )

        def asked(query: str, zone: str | None = "America/New_York") -> Any:
            (tmp_path / "responses.sql").write_text(query, "utf-8")
            url = f"{postgresql.url(name)}?options=-ctimezone%3DUTC"
            source = f'sql = "responses.sql"\nurl = "{url}"\nperiod_column = "final"'
            return read(attrs.evolve(configured(tmp_path, source), zone=zone))

        yield asked


def test_a_parameter_can_be_cast_by_two_colons(responses: Any) -> None:
    query = (
        "SELECT id, division, at AS final FROM responses /* of /* :one */ :year */ "
        "WHERE at >= :first_day::date AND at < :next_month ::date AND $$:day$$ <> E'\\':day'"
    )
    assert responses(query).frame.count == 3


@pytest.mark.parametrize("kind", ["date", "timestamp", "timestamptz"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_an_infinity_of_postgresql_is_told_with_its_column(
    responses: Any, kind: str, sign: str
) -> None:
    query = f"SELECT id, division, '{sign}infinity'::{kind} AS final FROM responses"
    with pytest.raises(FrameError, match=r"column 'final': got infinity, .*CASE WHEN isfinite"):
        responses(query)


def test_the_way_out_of_an_infinity_is_a_row_without_a_date(responses: Any) -> None:
    query = (
        "SELECT id, division, CASE WHEN isfinite(f) THEN f END AS final FROM "
        "(SELECT *, CASE id WHEN 'A-1' THEN 'infinity' ELSE date '2026-10-01' END AS f "
        "FROM responses) AS r"
    )
    with pytest.raises(FrameError, match=r"row 1, column 'final': got an empty cell"):
        responses(query)


def test_a_month_that_got_a_zone_is_told(responses: Any) -> None:
    """In New York the first moment of a month in UTC is in the month before: no row is left."""
    query = "SELECT id, division, date_trunc('month', at) AS final FROM responses"
    with pytest.raises(FrameError) as raised:
        responses(query)
    (said,) = raised.value.faults
    assert said.startswith("column 'final': got 3 times with a zone, all of them midnight")
    assert "moves 3 rows to the month before or after" in said
    better = query.replace("at)", "at AT TIME ZONE 'America/New_York')")
    assert responses(better).frame.count == 3
    assert responses(query, "UTC").frame.count == 3
    assert responses(query.replace("'month', at", "'hour', at")).frame.count == 3


def test_a_date_that_got_a_zone_is_told_where_it_moves_a_month(responses: Any) -> None:
    query = "SELECT id, division, CAST('{}' AS date)::timestamptz AS final FROM responses"
    with pytest.raises(FrameError, match="moves 3 rows to the month before"):
        responses(query.format("2026-10-01"))
    assert responses(query.format("2026-10-02")).frame.count == 3


def test_midnights_of_another_zone_are_told_in_a_file_too(tmp_path: Path) -> None:
    """One ordinary time among them shows that they are times."""
    source = 'csv = "responses.csv"\nperiod_column = "final"'
    there = attrs.evolve(configured(tmp_path, source), zone="America/New_York")
    rows = [f"A-{number},Cards,2026-10-01T00:00:00Z" for number in range(3)]

    def written(*more: str) -> Any:
        (tmp_path / "responses.csv").write_text("\n".join(["id,division,final", *rows, *more]))
        return read(there)

    with pytest.raises(FrameError, match="got 3 times with a zone, all of them midnight"):
        written()
    assert written("A-9,Cards,2026-10-01T09:30:00Z").frame.count == 1
