"""The third implementation: the page of SQL finds what the library finds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ceosample import verify
from ceosample.canonical import canonical_file
from ceosample.verification import Level
from generated_months import generated, tampered
from pages import PROJECT

#: Months tried in a run; ``benchmarks/three_ways.py`` tries as many as one likes.
MONTHS = 12

PAGE = PROJECT / "docs" / "verify-in-sql.md"


def statements() -> list[str]:
    blocks = re.findall(r"^```sql\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    return [one for block in blocks for one in re.split(r";\n", block) if one.strip()]


def in_sql(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[tuple[Any, ...], set[str]]:
    """What the page says of a record: verdict, first fault, faults; and what it did not check."""
    monkeypatch.chdir(folder)
    with duckdb.connect(config={"threads": 1}) as connection:
        told = [connection.execute(one).fetchall() for one in statements()]
    (((*verdict, count),), left_out) = told[-2:]
    assert count == len(left_out) > 0
    return tuple(verdict), {what for (what,) in left_out}


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize("number", range(MONTHS))
def test_a_sound_month_comes_out_the_same(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(tmp_path, generated(number))
    assert verify(folder).level == Level.REPRODUCED
    assert in_sql(folder, monkeypatch)[0] == ("REPRODUCED", None, 0)


#: A month in which a changed line puts text where the plan cuts numbers.
TEXT_AMONG_NUMBERS = 137

#: Months in which the letter that moves is taken from a stratum that has none.
FEWER_THAN_NONE = (681, 733)

#: A month of a rotation in which one letter moves between strata that give all they have.
ROTATED = 1376


@pytest.mark.parametrize(
    "number", [*range(2 * MONTHS), TEXT_AMONG_NUMBERS, *FEWER_THAN_NONE, ROTATED]
)
def test_a_changed_month_stops_at_the_same_step(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, files = tampered(generated(number), number)
    folder = written(tmp_path, files)
    ours = verify(folder)
    (level, fault, faults), left_out = in_sql(folder, monkeypatch)
    assert (faults == 0) == (fault is None) == ours.ok
    if ours.level == Level.ALLOCATION and level != "ALLOCATION":
        assert any("chances" in what or "how many letters" in what for what in left_out)
    else:
        assert level == ours.level.name


def test_every_kind_of_month_is_among_them() -> None:
    plans = [generated(number)["draw.json"] for number in range(MONTHS)]
    for asked in (
        "rotation",
        "waiting",
        "srs",
        "equal",
        "power",
        "take_all",
        "merge_below",
        "cuts",
    ):
        assert any(f'"{asked}"'.encode() in plan for plan in plans), asked
    for part in ("dice", "chain", "beacon"):
        assert any(f'"source":"{part}'.encode() in plan or b"+beacon" in plan for plan in plans)


def test_what_is_not_checked_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_power = next(
        files for files in map(generated, range(MONTHS)) if b'"power"' in files["draw.json"]
    )
    _, left_out = in_sql(written(tmp_path, by_power), monkeypatch)
    assert "how many letters each stratum has: allocation power" in left_out
    assert "that the commitment is older than the seed" in left_out


def without(record: Any, *place: Any) -> Any:
    inner = record
    for step in place[:-1]:
        inner = inner[step]
    del inner[place[-1]]
    return record


#: What is no record, or no seed: of a name that is missing, SQL would find nothing wrong.
NO_RECORDS: dict[str, Callable[[Any], Any]] = {
    "null": lambda record: None,
    "a list": lambda record: [],
    "another object": lambda record: {"a": 1},
    "no commitment": lambda record: without(record, "commitment"),
    "no total": lambda record: without(record, "frame", "control_total"),
    "no probability": lambda record: without(record, "strata", 0, "probability"),
    "no selections": lambda record: without(record, "selections"),
    "another scheme": lambda record: {**record, "scheme": "ceosample/2"},
    "no witness": lambda record: {**record, "seed": {**record["seed"], "witnesses": []}},
}


@pytest.mark.parametrize("what", NO_RECORDS)
def test_what_is_no_record_is_none_in_sql(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = generated(1)
    changed = canonical_file(NO_RECORDS[what](json.loads(files["draw.json"])))
    folder = written(tmp_path, {**files, "draw.json": changed})
    assert in_sql(folder, monkeypatch)[0][0] == verify(folder).level.name
