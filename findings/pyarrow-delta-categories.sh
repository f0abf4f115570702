#!/usr/bin/env bash
# pyarrow 26.0.1 cannot read its own file, if a column of categories was written in DELTA_BYTE_ARRAY.
#
# The encoding makes sorted ids and names small, and pandas or Arrow hold repeated texts as dictionaries. The file is
# valid: polars reads it. pyarrow wants the dictionary back that its schema in the metadata promises, and its decoder
# of that encoding has no dictionaries ("Not yet implemented"). Nothing says so while the file is written. Written with
# store_schema=False it comes back as plain texts. A register that was archived so is found unreadable when it is needed.
#
# Seen 2026-11-30 with pyarrow 26.0.1 and polars 2.1.0, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1 polars==2.1.0
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
import polars
import pyarrow
import pyarrow.parquet

TEAMS = ["Cards", "Cards", "Loans"]
register = pyarrow.table({"team": pyarrow.array(TEAMS).dictionary_encode()})
how = {"use_dictionary": False, "column_encoding": {"team": "DELTA_BYTE_ARRAY"}}
pyarrow.parquet.write_table(register, "register.parquet", **how)
pyarrow.parquet.write_table(register, "plain.parquet", store_schema=False, **how)
try:
    said = str(pyarrow.parquet.read_table("register.parquet")["team"].to_pylist())
except OSError as error:
    said = str(error)
print("pyarrow:", said)
print("polars: ", polars.read_parquet("register.parquet")["team"].to_list())
assert said.startswith("Not yet implemented"), "pyarrow reads it now"
assert polars.read_parquet("register.parquet")["team"].to_list() == TEAMS
assert pyarrow.parquet.read_table("plain.parquet")["team"].to_pylist() == TEAMS
PYTHON
