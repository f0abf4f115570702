#!/usr/bin/env bash
# pandas 3.1.1 reads six months as six minutes, and half a day as five days.
#
# In a duration of ISO 8601 an M before the T means months and one behind it minutes, and the last number may have a
# fraction. pandas says that it takes such texts, and raises for P1Y, since a year is no fixed time. P6M it takes for
# PT6M. Of a fraction it makes a unit of its own: P0.5D is 5 days, PT1.5H 5 hours and 1 second; only seconds are
# right. isodate keeps months as months and has the fractions right. A customer often has six months to take a
# complaint to an ombudsman: whoever reads time limits from a table of rules finds that every one came too late.
#
# Seen 2026-11-30 with pandas 3.1.1 and isodate 0.7.2, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1 isodate==0.7.2
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
from datetime import date, timedelta

import isodate
import pandas

WRONG = {
    "P6M": timedelta(minutes=6),
    "P2M": timedelta(minutes=2),
    "P0.5D": timedelta(days=5),
    "P10.5D": timedelta(days=5, seconds=10),
    "PT1.5H": timedelta(hours=5, seconds=1),
}
RIGHT = {
    "P8W": timedelta(weeks=8),
    "P56D": timedelta(days=56),
    "PT6M": timedelta(minutes=6),
    "PT1.5S": timedelta(seconds=1.5),
}
column = pandas.to_timedelta(pandas.Series([*WRONG, *RIGHT]))
for text, read in zip([*WRONG, *RIGHT], column):
    kept = isodate.parse_duration(text)
    print(f"{text:7} pandas {str(read):22} isodate {kept}")
    assert read.to_pytimedelta() == pandas.Timedelta(text) == (WRONG | RIGHT)[text], "pandas reads another time now"
    assert (kept == read.to_pytimedelta()) == (text in RIGHT)
assert date(2026, 8, 31) + isodate.parse_duration("P6M") == date(2027, 2, 28)
assert isodate.parse_duration("PT1.5H") == timedelta(minutes=90)
assert isodate.parse_duration("P10.5D") == timedelta(days=10, hours=12)
try:
    pandas.Timedelta("P1Y")
except ValueError as error:
    print("P1Y     pandas raises:", error)
else:
    raise AssertionError("pandas takes years now")
PYTHON
