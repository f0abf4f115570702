"""JSON at its bounds: every Python, and every other reader, says the same of it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import ceosample as cs
from ceosample.canonical import DEEPEST, parse_json
from ceosample.errors import PlanError
from rooms import SEED

A_NAME = "Expecting property name enclosed in double quotes"
LONG = 2 * DEEPEST


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "nested too deeply"),
        ("[" * (DEEPEST + 1), "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * DEEPEST, f"not JSON at line 1, column {DEEPEST + 1}: Expecting value"),
        ("[]" * DEEPEST, "not JSON at line 1, column 3: Extra data"),
        ('{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1), "nested too deeply"),
        (f'["{"[" * LONG}",]', f"not JSON at line 1, column {LONG + 5}: Expecting value"),
        ("1" * 5000, f"the integer {'1' * 60}... is not below 2**53"),
        ("-" + "9" * 5000, f"the integer -{'9' * 59}... is not below 2**53"),
        ("[1, \n]", "not JSON at line 2, column 1: Expecting value"),
        ('{"a":1 , }', f"not JSON at line 1, column 10: {A_NAME}"),
    ],
)  # fmt: skip
def test_what_is_refused_is_told_in_the_same_words_everywhere(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        parse_json(text.encode())


@pytest.mark.parametrize(
    ("text", "kind", "comma", "said"),
    [
        ("[1, \n]", "array", 2, "line 2, column 1: Expecting value"),
        ('{"a":1,}', "object", 6, f"line 1, column 8: {A_NAME}"),
    ],
)
def test_a_newer_python_s_words_for_a_comma_too_many_are_ours(
    text: str, kind: str, comma: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python 3.13 names the comma, and earlier ones what comes behind it."""

    def loads(text: str, **_: Any) -> Any:
        raise json.JSONDecodeError(f"Illegal trailing comma before end of {kind}", text, comma)

    monkeypatch.setattr(json, "loads", loads)
    with pytest.raises(ValueError, match=f"^not JSON at {said}$"):
        parse_json(text.encode())


def test_what_nests_as_deep_as_it_may_is_read() -> None:
    value: Any = parse_json(b"[" * DEEPEST + b"]" * DEEPEST)
    for _ in range(DEEPEST - 1):
        (value,) = value
    assert value == []


def test_waiting_in_the_first_years_is_refused_in_words() -> None:
    frame = cs.Frame.from_records(
        [{"id": "a", "division": "A"}, {"id": "b", "division": "B"}],
        population="p", period="0002-12", unit_id="id", strata=["division"],
    )  # fmt: skip
    with pytest.raises(PlanError, match="fewer than 24 months come before 0002-12"):
        cs.draw(frame, cs.Plan(size=1, allocation="waiting"), SEED)
