"""The form of a record of verdicts: what each of its fields may be, and what must add up."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ceosample.inference.ledger.record_form import faults_of_record

SCHEME = "verdicts"
LETTER: dict[str, Any] = {
    "unit_id": "C-1",
    "stratum": ["Cards"],
    "take_all": False,
    "line": "stratum",
    "verdict": "defective",
    "basis": "finding",
    "readers": ["ceo"],
    "by_other": False,
    "codes": ["tone"],
    "severity": "1/4",
    "edited": False,
    "events": [12],
}
MONTH: dict[str, Any] = {
    "period": "2026-10",
    "draw": "a" * 64,
    "pools": [{"stratum": ["Cards"], "size": 5, "letters": 1, "take_all": False}],
    "excluded": 0,
    "letters": [LETTER],
    "substitutes": 0,
    "set_aside": 0,
    "method": None,
    "stated": None,
    "first_verdict": 12,
}
RECORD: dict[str, Any] = {
    "scheme": SCHEME,
    "population": "complaint-responses",
    "as_of": "2027-01-01T00:00:00+00:00",
    "head": None,
    "months": [MONTH],
    "undrawn": [],
    "fallback": {
        "confidence": "0.95",
        "missing": "defective",
        "tolerable": "0.05",
        "year_begins": 4,
    },
}


def record(*months: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return copy.deepcopy({**RECORD, **({"months": [*months]} if months else {}), **fields})


def test_a_record_that_adds_up_has_no_fault() -> None:
    assert faults_of_record(record(), SCHEME) == []


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("scheme", [SCHEME], ["other", None]),
        ("population", ["a"], [3, None]),
        ("as_of", ["2026-10-01T12:00:00+02:00"], ["2026-10-01T12:00:00", "today", 3, None]),
        ("head", [None, "0" * 64], ["0" * 63, 3, ""]),
        (
            "undrawn",
            [[], ["2026-11"], ["2026-11", "2026-12"]],
            [["2026-13"], ["x"], "2026-11", [3]],
        ),
        ("fallback", [], [None, {"confidence": "0.5"}, {"year_begins": 13}, {"rate": 1}]),
    ],
)
def test_fields_of_a_record(field: str, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        assert faults_of_record(record(**{field: value}), SCHEME) == []
    for value in bad:
        faults = faults_of_record(record(**{field: value}), SCHEME)
        assert len(faults) == 1
        assert field in faults[0]


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("period", ["2026-12"], ["2026-00", "2026", None, 3]),
        ("draw", ["0123456789abcdef" * 4], ["a" * 65, None]),
        ("excluded", [0, 3], [-1, None, True, "1"]),
        ("substitutes", [0, 3], [-1, None]),
        ("set_aside", [0, 3], [-1, 1.5]),
        ("stated", [None, 1], [0, -1, "1"]),
        ("first_verdict", [None, 1], [0, -1, "1"]),
        ("method", [None, RECORD["fallback"]], [{"tolerable": "1"}, "0.95", 3]),
    ],
)
def test_fields_of_a_month(field: str, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        assert faults_of_record(record({**MONTH, field: value}), SCHEME) == []
    for value in bad:
        faults = faults_of_record(record({**MONTH, field: value}), SCHEME)
        assert len(faults) == 1
        assert field in faults[0]


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("take_all", [True, False], [0, None]),
        ("line", ["stratum", "open"], ["called", None]),
        ("verdict", [None, "sound", "ineligible"], ["good", True]),
        ("readers", [[], ["a", "b"]], ["a", [1], None]),
        ("by_other", [True, False], [1, None]),
        ("severity", [None, "0", "1", "1/3"], ["2", "4/3", "1/0", "0.5", "-1", 1, ""]),
        ("edited", [True, False], ["no", None]),
        ("events", [[], [1, 2]], [[0], ["1"], None]),
    ],
)
def test_fields_of_a_letter(field: str, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        of_letter = {**MONTH, "letters": [{**LETTER, field: value}]}
        assert faults_of_record(record(of_letter), SCHEME) == []
    for value in bad:
        of_letter = {**MONTH, "letters": [{**LETTER, field: value}]}
        faults = faults_of_record(record(of_letter), SCHEME)
        assert len(faults) == 1
        assert field in faults[0]


def test_months_are_in_order_and_each_is_there_once() -> None:
    first, second = MONTH, {**MONTH, "period": "2026-11"}
    assert faults_of_record(record(first, second), SCHEME) == []
    assert faults_of_record(record(second, first), SCHEME) == [
        "months: got 2026-11, 2026-10; give them in order"
    ]
    assert faults_of_record(record(first, first), SCHEME) == [
        "2026-10: got 2 entries; give each month once"
    ]


@pytest.mark.parametrize(
    ("letters", "size", "says"),
    [
        (["C-1"], 1, None),
        (["C-1", "C-2"], 2, None),
        (["C-1", "C-2"], 1, "2026-10, Cards: got 2 letters of 2 drawn from 1"),
        (["C-1", "C-1"], 5, "2026-10, letter 'C-1': got 2 entries; give one"),
    ],
)
def test_letters_are_those_that_were_drawn_each_once(
    letters: list[str], size: int, says: str | None
) -> None:
    pool = {"stratum": ["Cards"], "size": size, "letters": len(letters), "take_all": False}
    drawn = [{**LETTER, "unit_id": unit_id} for unit_id in letters]
    faults = faults_of_record(record({**MONTH, "pools": [pool], "letters": drawn}), SCHEME)
    assert [fault[: len(says or "")] for fault in faults] == ([says] if says else [])
    for count in (len(letters) - 1, len(letters) + 1):
        wrong = {**MONTH, "pools": [{**pool, "letters": count}], "letters": drawn}
        assert any(
            f"of {count} drawn from" in fault for fault in faults_of_record(record(wrong), SCHEME)
        )
