"""The counts and ranks that a draw's record can hold, at their bounds."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import ceosample as cs
from ceosample.canonical import canonical_file
from ceosample.errors import RecordError
from ceosample.sampling.record import Record


@pytest.fixture(scope="module")
def record() -> bytes:
    frame = cs.Frame.from_records(
        [{"id": f"C-{number}", "division": "AB"[number % 2]} for number in range(12)],
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
        strata=["division"],
    )
    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["audit"])
    return cs.draw(frame, cs.Plan(size=4, reserves=1), seed).files()["draw.json"]


def parsed(record: bytes, change: Callable[[dict[str, Any]], Any]) -> Record:
    fields = json.loads(record)
    change(fields)
    return Record.parse(canonical_file(fields))


@pytest.mark.parametrize(
    ("least", "change", "place"),
    [
        (1, lambda f, n: f["selections"][0].update(rank=n), "selections, entry 1, rank"),
        (1, lambda f, n: f["reserves"][0].update(rank=n), "reserves, entry 1, rank"),
        (0, lambda f, n: f["strata"][1].update(N=n), "strata, entry 2, N"),
        (0, lambda f, n: f["strata"][1].update(n=n), "strata, entry 2, n"),
        (0, lambda f, n: f["frame"].update(count=n), "frame, count"),
        (0, lambda f, n: f["frame"].update(control_total=n), "frame, control_total"),
        (0, lambda f, n: f["frame"].update(exclusions={"duplicate": n}), "frame, exclusions"),
    ],
)
def test_a_count_begins_at_0_and_a_rank_at_1(
    record: bytes, least: int, change: Callable[..., Any], place: str
) -> None:
    parsed(record, lambda fields: change(fields, least))
    for value in (least - 1, True, "1"):
        with pytest.raises(RecordError, match=f"draw.json, {place}: got .*not allowed here"):
            parsed(record, partial(change, n=value))
