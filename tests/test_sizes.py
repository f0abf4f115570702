"""Sample sizes against published tables, and against the definition tried letter by letter."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction
from math import ceil, comb
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import ceosample as cs
from thorough import examples


def test_aicpa_table_a_1(vectors: dict[str, Any]) -> None:
    """AICPA, Audit Sampling (2017), App. A, 5 % risk, tolerable 5 %, by way of jfa."""
    found = vectors["aicpa-01"]
    sizes = [
        cs.design.size_for(
            tolerable="0.05", confidence="0.95", expected=Decimal(str(percent)) / 100
        )
        for percent in found["inputs"]["expected_pct"]
    ]
    assert sizes == found["expected"]["n"]


def test_touw_and_hoogduin(vectors: dict[str, Any]) -> None:
    """Touw & Hoogduin (2011), p. 123, by way of jfa."""
    found = vectors["hyp-02"]
    for allowed, n in zip(found["inputs"]["allowed_errors"], found["expected"]["n"], strict=True):
        tolerable = Fraction(found["inputs"]["K"], found["inputs"]["N"])
        asked: dict[str, Any] = {"population": 1200, "tolerable": tolerable, "confidence": "0.9"}
        assert cs.design.allowed_errors(n, **asked) == allowed
        assert cs.design.allowed_errors(n - 1, **asked) == (allowed - 1 if allowed else None)
    assert cs.design.size_for(population=1200, tolerable="0.05", confidence="0.9") == 45


def test_the_worked_example_of_idea(vectors: dict[str, Any]) -> None:
    found = vectors["idea-01"]
    given = found["inputs"]
    size = cs.design.size_for(
        population=given["N"],
        tolerable=given["tolerable"],
        expected=given["expected"],
        confidence=given["conf"],
    )
    assert size == found["expected"]["n"]
    assert size.allowed == found["expected"]["max_deviations"]


rates = st.fractions("0.05", "0.6", max_denominator=40)


@given(
    st.integers(2, 60) | st.none(),
    rates,
    st.fractions(0, "0.5", max_denominator=40),
    st.sampled_from(["0.5", "0.8", "0.9"]),
)
def test_it_is_the_smallest_n_of_the_definition(
    population: int | None, tolerable: Fraction, expected: Fraction, confidence: str
) -> None:
    """'the smallest n such that, with x = ceil(n * expected) errors found, a population with
    K = ceil(N * tolerable) errors would have shown as few with probability at most 1 -
    confidence'"""
    assume(expected * 2 < tolerable)
    risk = 1 - Fraction(confidence)

    def chance(n: int) -> Fraction:
        errors = ceil(n * expected)
        if population is None:
            return sum(
                (comb(n, i) * tolerable**i * (1 - tolerable) ** (n - i) for i in range(errors + 1)),
                Fraction(),
            )
        bad = ceil(population * tolerable)
        ways = sum(comb(bad, i) * comb(population - bad, n - i) for i in range(min(errors, n) + 1))
        return Fraction(ways, comb(population, n))

    upper = population or 400
    first = next((n for n in range(1, upper + 1) if chance(n) <= risk), None)
    asked: dict[str, Any] = {
        "population": population,
        "tolerable": tolerable,
        "expected": expected,
        "confidence": confidence,
    }
    if first is None:
        assume(population is not None)
        with pytest.raises(cs.errors.PlanError, match="read them all"):
            cs.design.size_for(**asked)
        return
    size = cs.design.size_for(**asked)
    assert size == first
    assert size.allowed == ceil(first * expected)
    del asked["expected"]
    assert (cs.design.allowed_errors(first, **asked) or 0) >= size.allowed


def test_rates_are_exact_however_they_are_written() -> None:
    """'`ceil(400 * 0.035)` in floats is 15, and that error is in published software.'"""
    sizes = {
        cs.design.size_for(tolerable="0.07", expected=rate, confidence="0.9").allowed
        for rate in (0.035, "0.035", "7/200", Fraction(7, 200), Decimal("0.035"))
    }
    assert len(sizes) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"expected": "0.05"}, "expected: got '0.05'"),
        ({"expected": -1}, "expected: got -1"),
        ({"tolerable": 0}, "tolerable: got 0"),
        ({"tolerable": "1"}, "tolerable"),
        ({"confidence": 1}, "confidence"),
        ({"confidence": "high"}, "confidence: got 'high'"),
        ({"confidence": float("nan")}, "confidence: got nan"),
        ({"population": 0}, "population: got 0"),
        ({"population": 2.5}, "population: got 2.5"),
        ({"population": 10, "expected": "0.04"}, "read them all"),
    ],
)
def test_a_question_without_an_answer_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(cs.errors.PlanError) as caught:
        cs.design.size_for(**{"tolerable": "0.05", "confidence": "0.95", **change})
    assert says in str(caught.value)


def test_a_sample_size_is_a_whole_number_that_pickles() -> None:
    size = cs.design.size_for(population=1200, tolerable="0.05", confidence="0.9")
    assert size + 1 == 46
    again = pickle.loads(pickle.dumps(size))  # noqa: S301 - our own
    assert (again, again.allowed) == (45, 0)
    assert cs.Plan(size=size).to_dict() == {"size": 45}


@pytest.mark.parametrize(
    ("population", "expected", "n", "allowed"), [(76, "1/25", 75, 3), (112, "9/200", 111, 5)]
)
def test_expected_and_tolerable_rates_that_come_to_the_same_errors_still_have_a_sample(
    population: int, expected: str, n: int, allowed: int
) -> None:
    """Found by brute force over the definition."""
    size = cs.design.size_for(
        population=population, tolerable="1/20", expected=expected, confidence="0.9"
    )
    assert (int(size), size.allowed) == (n, allowed)


@pytest.mark.parametrize(
    ("population", "tolerable", "expected", "n", "allowed"),
    [
        (10**6, "0.01", "0.009", 26_555, 239),
        (10**5, "0.05", "0.045", 5_000, 225),
        (None, "0.05", "0.045", 5_244, 236),
    ],
)
def test_large_questions_have_the_answers_of_whole_numbers(
    population: int | None, tolerable: str, expected: str, n: int, allowed: int
) -> None:
    """Found before in whole numbers throughout, error by error, which took up to 30 seconds."""
    asked: dict[str, Any] = {
        "population": population,
        "tolerable": tolerable,
        "confidence": "0.95",
    }
    size = cs.design.size_for(expected=expected, **asked)
    assert (int(size), size.allowed) == (n, allowed)
    assert cs.design.allowed_errors(n, **asked) == allowed


def test_the_most_errors_of_a_large_sample() -> None:
    asked: dict[str, Any] = {"tolerable": "0.05", "confidence": "0.95"}
    assert cs.design.allowed_errors(10_000, population=20_000, **asked) == 474
    assert cs.design.allowed_errors(500_000, population=10**6, **asked) == 24_820


def test_a_chance_that_equals_the_risk_is_decided_in_whole_numbers() -> None:
    """Three letters of 286, half of them bad: at most one error with a chance of exactly 1/2."""
    size = cs.design.size_for(
        population=286, tolerable="1/2", expected="5/28", confidence=Fraction(1, 2)
    )
    assert (int(size), size.allowed) == (3, 1)


@settings(max_examples=examples(150, one_in=6))
@given(
    st.integers(2, 80) | st.none(),
    st.fractions("0.05", "0.95", max_denominator=60),
    st.fractions("0.05", "0.95", max_denominator=40),
    st.data(),
)
def test_the_errors_that_are_allowed_are_those_of_the_definition(
    population: int | None, tolerable: Fraction, confidence: Fraction, data: st.DataObject
) -> None:
    """Each chance counted out; a risk that equals one of them is what rounding would get wrong."""
    n = data.draw(st.integers(0, population or 60))

    def chance(errors: int) -> Fraction:
        if population is None:
            terms = (
                comb(n, i) * tolerable**i * (1 - tolerable) ** (n - i) for i in range(errors + 1)
            )
            return sum(terms, Fraction())
        bad = ceil(population * tolerable)
        ways = sum(comb(bad, i) * comb(population - bad, n - i) for i in range(errors + 1))
        return Fraction(ways, comb(population, n))

    chances = [chance(errors) for errors in range(n + 1)]
    for sure in {confidence, *(1 - found for found in chances if 0 < found < 1)}:
        told = [errors for errors, found in enumerate(chances) if found <= 1 - sure]
        assert cs.design.allowed_errors(
            n, tolerable=tolerable, confidence=sure, population=population
        ) == (told[-1] if told else None)


def test_spreads_are_estimated_from_findings_and_have_a_floor() -> None:
    """'estimated from earlier findings with a stated floor above 0'"""
    found = cs.design.estimated_variances(
        {"a": [0, 1, 1, 0, "0.5"], "b": [1, 1, 1], "c": [], "d": [1]}, floor="1/8"
    )
    assert found == {
        "a": Fraction(1, 4),
        "b": Fraction(1, 8),
        "c": Fraction(1, 8),
        "d": Fraction(1, 8),
    }
    sizes = {"a": 20, "b": 20, "c": 20, "d": 20}
    letters = cs.design.allocate(sizes, 9, method="neyman", variances=found)
    assert letters == {"a": 3, "b": 2, "c": 2, "d": 2}
    with pytest.raises(cs.errors.PlanError, match="floor: got 0"):
        cs.design.estimated_variances({"a": [1]}, floor=0)
    with pytest.raises(cs.errors.PlanError, match="findings: got 'bad'"):
        cs.design.estimated_variances({"a": ["bad"]}, floor=1)
