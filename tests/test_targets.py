"""A target that is met exactly is met: variances, floors, rates and limits at their value."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import ceosample as cs
from ceosample.inference.spread import estimated_variances
from ceosample.sampling.plans.allocation import variance_of_total

SIZES = {"a": 47, "b": 61, "c": 41}
VARIANCES = {"a": 100, "b": 36, "c": 16}


def test_a_variance_exactly_at_the_target_is_low_enough() -> None:
    """'the fewest letters for which the estimated total's variance is at most ``variance``'"""
    for n in (4, 7, 20):
        letters = cs.design.allocate(SIZES, n, method="neyman", variances=VARIANCES)
        exactly = variance_of_total(SIZES, letters, VARIANCES)
        found = cs.design.allocate_for_variance(SIZES, exactly, variances=VARIANCES)
        assert found == letters
        below = exactly - Fraction(1, 10**9)
        more = cs.design.allocate_for_variance(SIZES, below, variances=VARIANCES)
        assert sum(more.values()) == n + 1


def test_the_lowest_variance_that_the_caps_allow_is_reached_and_one_below_it_is_refused() -> None:
    cap = {"a": 5, "b": 6, "c": 4}
    least = variance_of_total(SIZES, cap, VARIANCES)
    assert cs.design.allocate_for_variance(SIZES, least, variances=VARIANCES, cap=cap) == cap
    with pytest.raises(cs.errors.PlanError, match="with at most 15 letters") as raised:
        cs.design.allocate_for_variance(
            SIZES, least - Fraction(1, 10**9), variances=VARIANCES, cap=cap
        )
    assert str(least) in str(raised.value)


def test_all_letters_have_no_variance_which_a_target_of_0_asks_for() -> None:
    assert cs.design.allocate_for_variance(SIZES, 0, variances=VARIANCES) == SIZES


def test_the_variance_of_a_total_is_that_of_the_formula() -> None:
    """sum of N (N - n) S**2 / n: 47 x 43 x 100 / 4 + 61 x 57 x 36 / 4"""
    letters = {"a": 4, "b": 4}
    assert variance_of_total(SIZES | {"c": 0}, letters | {"c": 1}, VARIANCES) == 50525 + 31293


def test_a_stratum_has_its_floor_or_its_own_variance_whichever_is_more() -> None:
    third = Fraction(1, 3)
    findings = {"own": [0, 0, 1, 1], "none": [1, 1], "one": [5], "two": [0, 1]}
    found = estimated_variances(findings, floor=third)
    assert found == {"own": third, "none": third, "one": third, "two": Fraction(1, 2)}
    for floor in (0, "-0.1"):
        with pytest.raises(cs.errors.PlanError, match=r"floor: got .*; give a number above 0"):
            estimated_variances(findings, floor=floor)
    assert estimated_variances({"none": [1, 1]}, floor="1e-9") == {"none": Fraction(1, 10**9)}


@pytest.mark.parametrize("rate", ["0", "1", "-0.1", "1.1"])
def test_a_rate_or_a_confidence_is_above_0_and_below_1(rate: str) -> None:
    asked = ({"tolerable": rate, "confidence": "0.9"}, {"tolerable": "0.1", "confidence": rate})
    for given in asked:
        with pytest.raises(cs.errors.PlanError, match="give a rate above 0 and below 1"):
            cs.design.allowed_errors(10, population=None, **given)


def test_an_expected_rate_may_be_0_and_must_be_below_what_is_tolerable() -> None:
    ask: dict[str, Any] = {"population": 500, "tolerable": "0.05", "confidence": "0.9"}
    assert cs.design.size_for(**ask, expected=0).allowed == 0
    for expected in ("0.05", "0.06", "-0.01"):
        with pytest.raises(cs.errors.PlanError, match=r"expected: got .*less than is tolerable"):
            cs.design.size_for(**ask, expected=expected)


def test_a_sample_of_none_and_one_of_all_are_asked_about_and_one_more_is_not() -> None:
    ask: dict[str, Any] = {"population": 20, "tolerable": "0.1", "confidence": "0.9"}
    assert cs.design.allowed_errors(0, **ask) is None
    assert cs.design.allowed_errors(20, **ask) == 1  # 2 of 20 are not tolerable
    for n in (-1, 21):
        with pytest.raises(cs.errors.PlanError, match="n: got "):
            cs.design.allowed_errors(n, **ask)
