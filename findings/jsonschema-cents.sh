#!/usr/bin/env bash
# jsonschema 4.26.0 refuses one amount of money in seven under "multipleOf": 0.01, and other validators none.
#
# The schema is how many people say "an amount with two digits behind the point". jsonschema divides in binary
# floats and asks whether the quotient is whole: 0.07, 0.14 or 0.29 are refused. jsonschema-rs and
# fastjsonschema, asked about the same text, accept every amount from 0.01 to 99.99. Whoever checks redress in
# one program and reports it to another finds letters that are valid in one of them alone.
#
# Seen 2026-11-29 with jsonschema 4.26.0, jsonschema-rs 0.61.2 and fastjsonschema 2.22.3, Python 3.11: 1,363 of
# 9,999 refused, and none. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check \
  jsonschema==4.26.0 jsonschema-rs==0.61.2 fastjsonschema==2.22.3
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
import json

import fastjsonschema
import jsonschema
import jsonschema_rs

SCHEMA = json.loads('{"type": "number", "multipleOf": 0.01}')
AMOUNTS = [json.loads(f"{cents // 100}.{cents % 100:02}") for cents in range(1, 10_000)]


def accepted(validate):
    def accepts(amount):
        try:
            validate(amount)
        except fastjsonschema.JsonSchemaException:
            return False
        return True

    return accepts


ask = {
    "jsonschema": jsonschema.Draft202012Validator(SCHEMA).is_valid,
    "jsonschema-rs": jsonschema_rs.Draft202012Validator(SCHEMA).is_valid,
    "fastjsonschema": accepted(fastjsonschema.compile(SCHEMA)),
}
refused = {name: [one for one in AMOUNTS if not accepts(one)] for name, accepts in ask.items()}
for name, amounts in refused.items():
    print(f"{name} refuses {len(amounts)} of {len(AMOUNTS)}: {amounts[:5]}")
assert {name: len(amounts) for name, amounts in refused.items()} == {
    "jsonschema": 1363,
    "jsonschema-rs": 0,
    "fastjsonschema": 0,
}
assert refused["jsonschema"][:3] == [0.07, 0.14, 0.28]
PYTHON
