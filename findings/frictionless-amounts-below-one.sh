#!/usr/bin/env bash
# frictionless 5.21.0 reads the amount ".50" as 50 if the schema allows a currency sign, and "-.50" as -0.50.
#
# "bareNumber": false of Table Schema lets text stand before and behind a number, which a reader has to strip. A number
# is written as XML Schema's decimal, which may leave out the zero before the point, as Oracle and SPSS print it.
# frictionless strips whatever is no digit and no "-", so the point goes with the sign: fifty cents become fifty, and
# ".05" becomes 5. It says that the file is valid. Without the property, or with the zero, it reads what is written. The
# redress of a month adds up to too much, and small amounts alone do that.
#
# Seen 2026-11-30 with frictionless 5.21.0, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check frictionless==5.21.0
cd "$room"
printf 'redress\n.50\n-.50\n0.50\n.05\n' > bare.csv
printf 'redress\n.50 EUR\n-.50 EUR\n0.50 EUR\n.05 EUR\n' > signed.csv
"$room/venv/bin/python" - <<'PYTHON'
from frictionless import Resource, Schema

found = {}
for file, bare in (("bare.csv", True), ("bare.csv", False), ("signed.csv", False)):
    schema = Schema.from_descriptor({"fields": [{"name": "redress", "type": "number", "bareNumber": bare}]})
    assert Resource(file, schema=schema).validate().valid
    amounts = [str(row["redress"]) for row in Resource(file, schema=schema).read_rows()]
    found[file, bare] = amounts
    print(f"{file}, bareNumber {bare}: {amounts}")
right, wrong = ["0.50", "-0.50", "0.50", "0.05"], ["50", "-0.50", "0.50", "5"]
assert list(found.values()) == [right, wrong, wrong]
PYTHON
