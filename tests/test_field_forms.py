"""What each field of an event may hold: values at the edge of it, and those just beyond."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

import pytest

from ceosample.signoff.rules import fields
from ceosample.signoff.rules.fields import Field

NESTED: Any = {"stratum": ["Cards"], "N": 6, "n": 2, "take_all": False}
DIVISIONS: Any = [{"division": ["A"], "N": 4}, {"division": ["B"], "N": 2}]

#: A field, what it may hold, and what it may not.
CASES: dict[str, tuple[Field, list[Any], list[Any]]] = {
    "code": (fields.A_CODE, ["a", "0-9", "x" * 40], ["", "x" * 41, "A", "a_b", "a\n", 1, None]),
    "person": (fields.A_PERSON, ["ceo"], ["", " ceo", 1, None, True]),
    "digest": (fields.A_DIGEST, ["ab" * 32], ["ab" * 31, "ab" * 33, "AB" * 32, "g" * 64, None]),
    "day": (fields.A_DAY, ["2026-02-28"], ["2026-02-30", "2026-2-1", "20260201", 2026, None]),
    "month": (fields.A_MONTH, ["2026-12"], ["2026-13", "2026-00", "2026-1", "2026", None]),
    "moment": (fields.A_MOMENT, ["2026-11-02T09:00:00+00:00"], ["2026-11-02T09:00:00", "", 1]),
    "count": (fields.A_COUNT, [0, 1, 2**53 - 1], [-1, 2**53, 1.0, True, "1", None]),
    "count of 2": (fields.count(2), [2, 3], [1, 0, -2]),
    "currency": (fields.A_CURRENCY, ["GBP"], ["GB", "GBPX", "gbp", "", 826, None]),
    "texts": (fields.TEXTS, [[], ["a", ""]], ["a", ["a", 1], None, {"a": "b"}]),
    "counts": (fields.COUNTS, [{}, {"a": 0, "b": 3}], [{"a": -1}, {"a": True}, [1], None]),
    "days": (
        fields.DAYS,
        [{}, {"a-1": "2026-02-28"}],
        [{"a": "2026-02-30"}, {"a": "2026-2-1"}, {"A": "2026-02-28"}, {"a": 1}, [], None],
    ),
    "digests": (fields.DIGESTS, [[], ["ab" * 32]], [["ab"], "ab" * 32, None]),
    "yes or no": (fields.YES_OR_NO, [True, False], [0, 1, "true", None]),
    "true": (fields.TRUE, [True], [False, 1, "true", None]),
    "false": (fields.FALSE, [False], [True, 0, "", None]),
    "plan": (
        fields.A_PLAN,
        [{}, {"reserves": 0}, {"reserves": 3, "size": "any"}],
        [{"reserves": -1}, {"reserves": None}, {"reserves": True}, [], None, 3],
    ),
    "pools": (
        fields.POOLS,
        [
            [],
            [NESTED],
            [{**NESTED, "n": 6, "take_all": True}],
            [{**NESTED, "n": 0, "more": 1}],
            [{**NESTED, "divisions": DIVISIONS}],
        ],
        [
            NESTED,
            [[]],
            [NESTED, None],
            [{**NESTED, "n": 7}],
            [{**NESTED, "n": -1}],
            [{**NESTED, "N": "6"}],
            [{**NESTED, "N": 6.0}],
            [{**NESTED, "take_all": 1}],
            [{**NESTED, "take_all": None}],
            [{**NESTED, "stratum": "Cards"}],
            [{**NESTED, "stratum": [1]}],
            *([{k: v for k, v in NESTED.items() if k != gone}] for gone in NESTED),
            [{**NESTED, "divisions": None}],
            [{**NESTED, "divisions": DIVISIONS[:1]}],
            [{**NESTED, "divisions": [*DIVISIONS, {"division": ["C"], "N": 1}]}],
            [{**NESTED, "divisions": [*DIVISIONS, {"division": ["C"], "N": 0}]}],
            [{**NESTED, "divisions": [{"division": ["A"], "N": 6, "note": "x"}]}],
            [{**NESTED, "divisions": [{"N": 6}]}],
            [{**NESTED, "divisions": [{"division": "A", "N": 6}]}],
            [{**NESTED, "divisions": ["A"]}],
        ],
    ),
    "letter": (fields.FIELDS["letter"], ["ab" * 32], ["ab", "", None]),
    "amount": (
        fields.FIELDS["amount"],
        ["0", "250.00", "9" * 12, "1.0001"],
        ["", "-1", "1.", ".5", "9" * 13, "1.00001", "1e3", True],
    ),
    "severity": (
        fields.FIELDS["severity"],
        ["0", "1", "0.25", "0.0001", "1.0000", "1.0"],
        ["1.1", "1.0001", "0.00001", "2", "-0.1", "", ".5", 0.5, 1, None],
    ),
    "codes": (
        fields.FIELDS["codes"],
        [[], ["a"], ["a", "b"]],
        [["a", "a"], "ab", ["A"], [1], None, {"a"}],
    ),
    "text": (
        fields.FIELDS["text"],
        ["x", "x" * 20_000, "Gŵyn"],
        ["", " \n", "x" * 20_001, "a\0b", "\ud800", 1, None],
    ),
    "verdict": (fields.FIELDS["verdict"], ["sound", "defective"], ["Sound", "", None, 1]),
    "maybe": (fields.maybe(fields.A_COUNT), [None, 0], ["", -1, False]),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_field_may_hold_is_kept_as_it_is(name: str) -> None:
    field, allowed, _ = CASES[name]
    assert [field.read(value) for value in allowed] == [*allowed]


@pytest.mark.parametrize("name", CASES)
def test_what_a_field_may_not_hold_is_a_value_error(name: str) -> None:
    """'a ValueError for a value that is not allowed'"""
    field, _, refused = CASES[name]
    taken = []
    for value in refused:
        with contextlib.suppress(ValueError):
            field.read(value)
            taken.append(value)
    assert taken == []


def test_numbers_are_kept_as_the_text_of_their_decimals() -> None:
    assert fields.FIELDS["amount"].read(250) == "250"
    assert fields.FIELDS["amount"].read(Decimal("2.50")) == "2.50"
    assert fields.FIELDS["severity"].read(Decimal("0.25")) == "0.25"
    for number in (2.5, True):
        with pytest.raises(ValueError):
            fields.FIELDS["amount"].read(number)


def test_an_amount_and_its_currency_go_together() -> None:
    assert fields.faults_of_amount({}) == []
    assert fields.faults_of_amount({"amount": "1", "currency": "GBP"}) == []
    (said,) = fields.faults_of_amount({"currency": "GBP"})
    assert said == "amount: missing, and currency is 'GBP'; give both or neither"
    (said,) = fields.faults_of_amount({"limit": "5"}, "limit")
    assert said == "currency: missing, and limit is '5'; give both or neither"
