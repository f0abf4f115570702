#!/usr/bin/env bash
# sqlglot 30.30.0 makes months of 30 days out of date_diff for SQLite, and days for MySQL, and warns of neither.
#
# date_diff('month', a, b) of DuckDB counts how often a month begins between two days. Written for SQLite it becomes the
# days, divided by 30 and cut off; written for MySQL it becomes DATEDIFF, which has no unit and counts days. Both pass
# with unsupported_level=RAISE, which is there to stop what a database cannot say ("week" for SQLite is stopped).
# Written for PostgreSQL the months are kept. A report on complaints that were open into the next month names
# others on each database.
#
# Seen 2026-11-30 with sqlglot 30.30.0 and duckdb 2.0.1, SQLite of Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check sqlglot==30.30.0 duckdb==2.0.1
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
import sqlite3

import duckdb
import sqlglot

strict = {"read": "duckdb", "unsupported_level": sqlglot.ErrorLevel.RAISE}
found = {}
for first, last in (("2026-10-31", "2026-11-01"), ("2026-02-01", "2026-03-01"), ("2026-01-01", "2026-12-31")):
    query = f"SELECT date_diff('month', DATE '{first}', DATE '{last}')"
    for_sqlite = sqlglot.transpile(query, write="sqlite", **strict)[0]
    found[first, last] = (
        duckdb.connect().execute(query).fetchone()[0],
        sqlite3.connect(":memory:").execute(for_sqlite).fetchone()[0],
    )
    print(f"{first} to {last}: DuckDB {found[first, last][0]}, SQLite {found[first, last][1]}")
print("SQLite:", for_sqlite)
for_mysql = sqlglot.transpile(query, write="mysql", **strict)[0]
print("MySQL: ", for_mysql)
for_postgres = sqlglot.transpile(query, write="postgres", **strict)[0]
print("PostgreSQL:", for_postgres)
try:
    sqlglot.transpile(query.replace("'month'", "'week'"), write="sqlite", **strict)
    said = "nothing"
except sqlglot.UnsupportedError as error:
    said = str(error)
print("of weeks it says:", said)
assert list(found.values()) == [(1, 0), (1, 0), (11, 12)]
assert "DATE_TRUNC('MONTH'" in for_postgres
assert "MONTH" not in for_mysql.upper() and for_mysql.startswith("SELECT DATEDIFF(")
assert "WEEK" in said
PYTHON
