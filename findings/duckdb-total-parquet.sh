#!/usr/bin/env bash
# DuckDB 2.0.0 writes the sum of whole numbers to Parquet as a double, so totals lose their last digits.
#
# sum() of a BIGINT column is a HUGEINT, which holds 38 digits and prints exactly. Parquet has no whole number
# of 128 bits, and COPY turns the column into DOUBLE without a word, as it does ids of 17 digits or more that
# are HUGEINT: two of them become one number. DECIMAL(38,0) next to it is written exactly. A register's control
# total in the smallest unit of money, or its ids, should be cast to DECIMAL before they are exported.
#
# Seen 2026-11-29 with duckdb 2.0.0 and pyarrow 26.0.1, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.0 pyarrow==26.0.1
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
import duckdb
import pyarrow.parquet

engine = duckdb.connect()
engine.execute("CREATE TABLE redress AS SELECT 9007199254740993::BIGINT AS cents UNION ALL SELECT 0")
exact = engine.execute("SELECT sum(cents)::VARCHAR FROM redress").fetchone()[0]
engine.execute(
    "COPY (SELECT sum(cents) AS total, sum(cents)::DECIMAL(38,0) AS exact FROM redress) TO 'total.parquet'"
)
table = pyarrow.parquet.read_table("total.parquet")
print("DuckDB prints", exact)
print("Parquet has", dict(zip(table.column_names, map(str, table.schema.types))), table.to_pylist())

engine.execute(
    "COPY (SELECT unnest([90071992547409930, 90071992547409931])::HUGEINT AS id) TO 'ids.parquet'"
)
ids = engine.execute("SELECT count(*), count(DISTINCT id) FROM 'ids.parquet'").fetchone()
print("of", ids[0], "ids", ids[1], "is left")
assert exact == "9007199254740993"
assert str(table.schema.field("total").type) == "double"
assert int(table["total"][0].as_py()) == 9007199254740992
assert int(table["exact"][0].as_py()) == 9007199254740993
assert ids == (2, 1)
PYTHON
