#!/usr/bin/env bash
# fastparquet 2026.9.0 writes times of pandas 3 into January 1970, if it is asked for INT96.
#
# times="int96" is the form that Spark and Impala read. pandas 3 keeps times that it parses in microseconds, and
# fastparquet writes their numbers as if they were nanoseconds: 31 October 2026 becomes 21 January 1970. Nothing is
# raised, and fastparquet, pyarrow and polars read the same wrong times back. With times="int64", the default,
# the times are right. A register that is filtered by its month seems to be empty.
#
# Seen 2026-11-30 with fastparquet 2026.9.0, pandas 3.1.1, pyarrow 26.0.1 and polars 2.1.0, Python 3.11. Fails if that
# changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check \
  fastparquet==2026.9.0 pandas==3.1.1 pyarrow==26.0.1 polars==2.1.0
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
import fastparquet
import pandas
import polars
import pyarrow.parquet

register = pandas.DataFrame({"answered": pandas.to_datetime(["2026-10-31 09:30"])})
unit = register.dtypes["answered"]
found = {}
for times in ("int64", "int96"):
    file = f"{times}.parquet"
    fastparquet.write(file, register, times=times)
    found[times] = {
        str(fastparquet.ParquetFile(file).to_pandas()["answered"][0])[:10],
        str(pyarrow.parquet.read_table(file)["answered"][0])[:10],
        str(polars.read_parquet(file)["answered"][0])[:10],
    }
    print(f"pandas has {unit}, written as {times}: three readers have {sorted(found[times])}")
assert str(unit) == "datetime64[us]"
assert found == {"int64": {"2026-10-31"}, "int96": {"1970-01-21"}}
PYTHON
