"""Random tables of every kind of input, good and faulty, and what a build makes of each.

    PYTHONPATH=CHECKOUT/src python tests/recorded_frames.py

writes ``golden/frames.txt``: of each table the first digits of a SHA-256 of all that comes out, the
frame's bytes, the draw's record, the report on it, or the words of what is wrong. What is recorded
there comes from the build of 6c1904d, in which each cell and each line was looked at by itself.
Cases may be added at the end; those that are there stay as they are.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pandas
import polars
import pyarrow

import ceosample as cs
from ceosample.sampling.frames.frame import Frame
from ceosample.sampling.frames.manifest import rows_to_csv

RECORDED = Path(__file__).parent / "golden" / "frames.txt"
COUNT = 2000

KINDS = ("records", "pandas", "polars", "pyarrow", "dictionary", "csv", "files")
SEED = cs.Seed("83019274650192837465", source="dice", witnesses=["internal audit"])
HERE: dict[str, Any] = {"population": "complaint-responses", "period": "2026-10"}

#: Names that nothing is wrong with, alike at their beginnings, short, long, and in other scripts.
GOOD = (
    *(
        "7",
        "8",
        "A",
        "AB",
        "A,B",
        'A"',
        "A B",
        "a" * 200,
        "é" * 100,
        "Gŵyn",
        "Łódź",
        "東京",
        "-",
        "~",
    ),
    *("CR-0000001", "CR-0000002", "CR-00000020", "!", "A-", "A~", "x" * 64, "x" * 65, "Žižkov"),
)
#: Texts that some rule speaks of.
ODD_TEXTS = (
    *(None, "", " ", "A ", " A", "A\n", "A\r", "\x00", "\x7f", "a" * 201, "é" * 101, "\u200b", "7"),
    *("\u3164", "Home\xa0Loans", "\U0010ffff", "가", "\u1100\u1161", "e\u0301", "In progress"),
)
#: What is no text, which a dataframe's column does not mix with texts.
ODD = (0, 7, -1, 2**64, 10**201, True, False, 1.0, float("nan"), b"7", "\ud800")
REASONS = (None, None, None, "in-progress", "duplicate")
DIGESTS = ("0" * 64, "f" * 64, "0123456789abcdef" * 4)
EDITS = (b"", b"\n", b",", b'"', b"\r", b" ", b"\xff", b"A", b"\xe2\x80\x8b")


def outcomes(count: int = COUNT) -> Iterator[str]:
    """Of each table its kind, whether there was a frame, and the digest of what came out."""
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        good, found = _outcome(kind, Random(number))
        said = hashlib.sha256("\n".join(found).encode("utf-8", "backslashreplace")).hexdigest()
        yield f"{kind} {'good' if good else 'faulty'} {said[:12]}"


def _outcome(kind: str, chance: Random) -> tuple[bool, list[str]]:
    faulty = chance.random() < 0.5
    asked = _asked(chance)
    rows = _rows(chance, kind, faulty=faulty)
    if kind == "files":
        return _of_files(rows, chance, faulty=faulty)
    try:
        frame = _frame(kind, rows, asked)
    except cs.errors.FrameError as error:
        return False, [*error.faults]
    found = [
        repr(frame),
        repr(frame.units),
        repr(frame.left_out),
        frame.digest,
        str(frame.exclusions),
    ]
    size = min(chance.choice([0, 0, 0, 1, 2, 4]), frame.count)
    if not size:  # half of the tables are frozen alone
        return True, found
    try:
        draw = cs.draw(frame, cs.Plan(size=size, reserves=1), SEED)
    except cs.errors.PlanError as error:
        return True, [*found, *error.faults]
    files = draw.files()
    report = cs.verification.verify_record(
        files["draw.json"], files["manifest.csv"], files["exclusions.csv"]
    )
    return True, [
        *found,
        *(f"{name} {data!r}" for name, data in sorted(files.items())),
        str(report),
    ]


def _asked(chance: Random) -> dict[str, Any]:
    strata = chance.choice([(), ("division",), ("division",), ("division", "region"), ("id",)])
    return {
        "strata": strata,
        "exclusion": chance.choice([None, "reason"]),
        "content": chance.choice([None, None, "content"]),
        "missing": chance.choice([None, "none given"]),
        "clean": chance.choice([None, None, "spaces"]),
        "control_total": chance.choice([None, None, None, 6]),
    }


def _rows(chance: Random, kind: str, *, faulty: bool) -> list[dict[str, Any]]:
    odd = (*ODD_TEXTS, *(ODD if kind == "records" else ()))

    def cell(good: Any, share: float = 0.12) -> Any:
        return chance.choice(odd) if faulty and chance.random() < share else good

    whole = chance.random() < 0.2
    names = chance.sample(range(100) if whole else GOOD, chance.randint(0 if faulty else 4, 12))
    rows = [
        {
            "id": one if whole and kind != "records" else cell(one),
            "division": cell(chance.choice(GOOD[:5])),
            "region": cell(chance.choice(GOOD[-3:])),
            "reason": cell(chance.choice(REASONS), 0.03),
            "content": cell(chance.choice(DIGESTS), 0.03),
        }
        for one in names
    ]
    if faulty and rows and chance.random() < 0.3:
        rows.append({**rows[0]} if chance.random() < 0.7 else dict.fromkeys(rows[0]))
    return rows


def _frame(kind: str, rows: list[dict[str, Any]], asked: dict[str, Any]) -> Frame:
    names = ("id", "division", "region", "reason", "content")
    named = {"unit_id": "id", **asked, **HERE}
    if kind == "records":
        return cs.Frame.from_records(rows, **named)
    columns = {name: [row[name] for row in rows] for name in names}
    if kind == "csv":
        file = io.StringIO(newline="")
        csv.writer(file).writerows([names, *([row[name] for name in names] for row in rows)])
        return cs.Frame.from_csv(io.StringIO(file.getvalue(), newline=""), **named)
    if kind in ("pyarrow", "dictionary"):
        table = pyarrow.table(columns)
        if kind == "dictionary":
            table = table.set_column(1, "division", table.column(1).dictionary_encode())
        return cs.Frame.from_dataframe(table, **named)
    library = pandas if kind == "pandas" else polars
    return cs.Frame.from_dataframe(library.DataFrame(columns), **named)


def _of_files(
    rows: list[dict[str, Any]], chance: Random, *, faulty: bool
) -> tuple[bool, list[str]]:
    """A record whose two tables were changed, and the report on it."""
    good = [row for row in rows if row["id"] in GOOD]
    frame = cs.Frame.from_records(
        {row["id"]: {"id": row["id"], "division": "A"} for row in [*good, {"id": "0"}]}.values(),
        unit_id="id", strata=["division"], **HERE,
    )  # fmt: skip
    files = cs.draw(frame, cs.Plan(size=1), SEED).files()
    lines = [(row["id"], str(row["division"])) for row in good]
    tables = [files["manifest.csv"], files["exclusions.csv"]]
    if faulty:
        tables = [
            b"".join(rows_to_csv(["unit_id", "division"], sorted({*lines, ("0", "A")}))),
            b"".join(rows_to_csv(["unit_id", "reason"], [(one, "spam") for one, _ in lines[:1]])),
        ]
        for _ in range(chance.randint(0, 2)):
            which, place = chance.randint(0, 1), chance.randint(0, 90)
            gone = place + chance.randint(0, 2)
            tables[which] = tables[which][:place] + chance.choice(EDITS) + tables[which][gone:]
    report = cs.verification.verify_record(files["draw.json"], *tables)
    return report.ok, [str(report)]


if __name__ == "__main__":
    RECORDED.write_text("\n".join([*outcomes(), ""]), "ascii")
