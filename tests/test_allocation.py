"""Allocation against exhaustive search and against published tables."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import ceosample as cs
from ceosample.sampling.plans.allocation import allocate, variance_of_total
from refusals import nearest_size

names = st.sampled_from("abcde")
sizes_of = st.dictionaries(names, st.integers(1, 9), min_size=1, max_size=4)
variance = st.fractions(0, 20, max_denominator=9)


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    """Sizes, spreads, bounds, and a size that is possible under them."""
    sizes = draw(sizes_of)
    variances = {name: draw(variance) for name in sizes}
    minimum = {name: draw(st.integers(0, 3)) for name in sizes}
    low = {name: max(1, min(minimum[name], sizes[name])) for name in sizes}
    cap = {name: draw(st.integers(low[name], 10)) for name in sizes}
    high = {name: min(cap[name], sizes[name]) for name in sizes}
    n = draw(st.integers(sum(low.values()), sum(high.values())))
    return {
        "sizes": sizes,
        "n": n,
        "variances": variances,
        "minimum": minimum,
        "cap": cap,
        "choices": [range(low[name], high[name] + 1) for name in sorted(sizes)],
    }


@given(problems())
def test_neyman_has_the_least_variance_of_all_whole_allocations(problem: dict[str, Any]) -> None:
    """'It minimises the variance of the estimated total over all whole allocations'"""
    sizes, n, variances = problem["sizes"], problem["n"], problem["variances"]
    found = cs.design.allocate(
        sizes,
        n,
        method="neyman",
        variances=variances,
        minimum=problem["minimum"],
        cap=problem["cap"],
    )
    assert sum(found.values()) == n
    all_there_are = [
        dict(zip(sorted(sizes), letters, strict=True))
        for letters in itertools.product(*problem["choices"])
        if sum(letters) == n
    ]
    assert found in all_there_are
    best = min(variance_of_total(sizes, letters, variances) for letters in all_there_are)
    assert variance_of_total(sizes, found, variances) == best


@given(problems())
def test_no_single_move_of_a_letter_lowers_what_a_method_minimises(problem: dict[str, Any]) -> None:
    sizes, n = problem["sizes"], problem["n"]
    for method in ("proportional", "equal"):
        weights = {
            name: Fraction(size if method == "proportional" else 1) for name, size in sizes.items()
        }
        found = cs.design.allocate(
            sizes, n, method=method, minimum=problem["minimum"], cap=problem["cap"]
        )
        bounds = dict(zip(sorted(sizes), problem["choices"], strict=True))
        for giver, taker in itertools.permutations(sizes, 2):
            if found[giver] - 1 in bounds[giver] and found[taker] + 1 in bounds[taker]:
                lost = weights[giver] ** 2 / (found[giver] * (found[giver] - 1))
                won = weights[taker] ** 2 / (found[taker] * (found[taker] + 1))
                assert won <= lost


@given(sizes_of, st.integers(1, 40), st.sampled_from(["proportional", "equal", "power"]))
def test_no_stratum_loses_a_letter_when_n_grows(sizes: dict[str, int], n: int, method: str) -> None:
    """'the method of equal proportions, under which no stratum loses a letter when n grows'"""
    assume(len(sizes) <= n < sum(sizes.values()))
    power = "1/2" if method == "power" else None
    before = cs.design.allocate(sizes, n, method=method, power=power)
    after = cs.design.allocate(sizes, n + 1, method=method, power=power)
    assert all(before[stratum] <= after[stratum] for stratum in sizes)


@given(st.dictionaries(st.integers(), st.integers(1, 5000), min_size=1, max_size=60), st.data())
def test_the_head_start_changes_nothing(sizes: dict[int, int], data: st.DataObject) -> None:
    """Letter by letter, as Algorithm III is written, gives what the fast way gives."""
    n = data.draw(st.integers(len(sizes), min(sum(sizes.values()), 400)))
    letters = dict.fromkeys(sorted(sizes, key=str), 1)
    for _ in range(n - len(sizes)):
        best = max(
            (s for s in letters if letters[s] < sizes[s]),
            key=lambda s: Fraction(sizes[s] ** 2, letters[s] * (letters[s] + 1)),
        )
        letters[best] += 1
    assert cs.design.allocate(sizes, n) == letters


def test_a_power_of_one_is_proportional_and_of_nothing_is_equal() -> None:
    sizes = {"a": 900, "b": 80, "c": 7}
    assert cs.design.allocate(sizes, 30, method="power", power=1) == cs.design.allocate(sizes, 30)
    equal = cs.design.allocate(sizes, 30, method="equal")
    assert cs.design.allocate(sizes, 30, method="power", power=0) == equal
    assert equal == {"a": 12, "b": 11, "c": 7}


def test_the_square_root_is_compared_in_whole_numbers() -> None:
    # Weights 1000 and 10: the priorities 1000**2 / (k (k + 1)) and 10**2 / (k (k + 1)).
    sizes = {"a": 1_000_000, "b": 100}
    assert cs.design.allocate(sizes, 102, method="power", power="1/2") == {"a": 101, "b": 1}
    assert cs.design.allocate(sizes, 200, method="power", power="0.5") == {"a": 198, "b": 2}


def test_letters_may_be_stated_stratum_by_stratum() -> None:
    sizes = {"a": 9, "b": 5}
    assert cs.design.allocate(sizes, 7, method={"b": 4, "a": 3}) == {"a": 3, "b": 4}


def test_take_all_strata_come_beside_n_and_srs_knows_no_strata() -> None:
    sizes = {"a": 9, "b": 5, "c": 2}
    assert cs.design.allocate(sizes, 4, take_all=["c"]) == {"a": 3, "b": 1, "c": 2}
    crossed: dict[tuple[str, ...], int] = {("a",): 9, ("b",): 5}
    assert cs.design.allocate(crossed, 1, method="srs") == {(): 1}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"n": 20}, nearest_size(14)),
        ({"n": 1}, "cannot reach 2 strata.*nearest possible size is 2"),
        ({"n": 3, "minimum": 2}, "its minimum; the nearest possible size is 4"),
        ({"n": 3, "cap": 1}, nearest_size(2)),
        ({"n": 3, "cap": 0}, "plan, cap, 'a': got 0"),
        ({"n": 3, "minimum": {"a": 3}, "cap": {"a": 2}}, "got 3, and its letters are at most 2"),
        ({"n": 3, "method": "best"}, "got 'best'"),
        (
            {"n": 3, "method": "neyman"},
            "variances: missing; give what the method 'neyman'",
        ),
        ({"n": 3, "variances": {"a": 1, "b": 1}}, "which only the method 'neyman' uses"),
        ({"n": 3, "method": "neyman", "variances": {"a": 1}}, "plan, variances, 'b': missing"),
        ({"n": 3, "method": "neyman", "variances": {"a": -1, "b": 1}}, "0 or more"),
        ({"n": 3, "method": "neyman", "variances": {"a": "x", "b": 1}}, "give a number"),
        ({"n": 3, "method": "power"}, "plan, power: missing; give what the method 'power' needs"),
        ({"n": 3, "method": "power", "power": 2}, "from 0 to 1"),
        ({"n": 3, "method": {"a": 1, "b": 1}}, "sum to 2, and the size is 3"),
        ({"n": 3, "method": {"a": 3}}, "'b': missing; give a whole number"),
        ({"n": 3, "method": {"a": 1, "b": 1, "c": 1}}, "got 'c', not a stratum"),
        ({"n": 3.5}, "plan, size: got 3.5"),
        ({"n": 3, "take_all": ["z"]}, "got 'z', not a stratum"),
    ],
)
def test_what_is_impossible_is_refused_with_what_is_possible(
    arguments: dict[str, Any], says: str
) -> None:
    with pytest.raises(cs.errors.PlanError, match=says):
        cs.design.allocate({"a": 9, "b": 5}, **arguments)


def by_number(values: list[Any]) -> dict[int, Any]:
    return dict(enumerate(values))


def test_wright_s_example_with_bounds(vectors: dict[str, Any]) -> None:
    """Wright (2017), by way of andrewraim/allocation."""
    found = vectors["wright-01"]
    given, expected = found["inputs"], found["expected"]
    sizes, variances = by_number(given["N"]), by_number(given["S2"])
    letters = cs.design.allocate(
        sizes,
        given["n"],
        method="neyman",
        variances=variances,
        minimum=by_number(given["lo"]),
        cap=by_number(given["hi"]),
    )
    assert list(letters.values()) == expected["n_h"]
    reached = variance_of_total(sizes, letters, variances)
    assert abs(reached - Fraction(str(expected["variance_of_total"]))) < found["tolerance"]


def test_caps_that_bind(vectors: dict[str, Any]) -> None:
    found = vectors["stratallo-02"]["inputs"]
    letters = cs.design.allocate(
        by_number(found["N"]),
        found["n"],
        method="neyman",
        variances=by_number([spread**2 for spread in found["S"]]),
        cap=by_number(found["hi"]),
    )
    exact = vectors["stratallo-02"]["expected"]["exact_integer_here"]
    assert list(letters.values()) == exact


def test_cochran_s_cities(vectors: dict[str, Any]) -> None:
    """Cochran (1977), ch. 5: 64 cities."""
    found = vectors["cochran-01"]
    given, expected = found["inputs"], found["expected"]
    sizes, variances = by_number(given["N"]), by_number(given["S2"])
    assert list(cs.design.allocate(sizes, 24).values()) == [6, 18]
    assert list(cs.design.allocate(sizes, 24, method="neyman", variances=variances).values()) == [
        12,
        12,
    ]
    for letters, name in (([6, 18], "V_total_prop_6_18"), ([12, 12], "V_total_12_12")):
        reached = variance_of_total(sizes, by_number(letters), variances)
        assert abs(reached - expected[name]) <= found["tolerance"]["V"]


@given(problems(), st.fractions(0, 500, max_denominator=5))
def test_the_fewest_letters_for_a_variance_are_the_fewest(
    problem: dict[str, Any], target: Fraction
) -> None:
    sizes, variances = problem["sizes"], problem["variances"]
    bounds = {"minimum": problem["minimum"], "cap": problem["cap"]}
    low = sum(choice[0] for choice in problem["choices"])
    high = sum(choice[-1] for choice in problem["choices"])

    def reached(n: int) -> Fraction:
        letters = cs.design.allocate(sizes, n, method="neyman", variances=variances, **bounds)
        return variance_of_total(sizes, letters, variances)

    enough = [n for n in range(low, high + 1) if reached(n) <= target]
    if not enough:
        with pytest.raises(cs.errors.PlanError, match="lowest possible is"):
            cs.design.allocate_for_variance(sizes, target, variances=variances, **bounds)
        return
    found = cs.design.allocate_for_variance(sizes, target, variances=variances, **bounds)
    assert sum(found.values()) == enough[0]
    assert variance_of_total(sizes, found, variances) <= target


def test_strata_without_spread_get_what_is_left_in_their_order() -> None:
    """'a tie goes to the stratum that comes first': their priorities are all 0."""
    found = cs.design.allocate({"a": 9, "b": 9}, 8, method="neyman", variances={"a": 0, "b": 0})
    assert found == {"a": 7, "b": 1}
    found = cs.design.allocate(
        {"a": 3, "b": 9, "c": 5}, 12, method="neyman", variances={"a": 0, "b": 0, "c": 2}
    )
    assert found == {"a": 3, "b": 4, "c": 5}


@pytest.mark.parametrize(("size", "letters"), [(173, (2, 2)), (174, (1, 3))])
def test_of_two_letters_that_are_nearly_worth_the_same_the_better_one_comes_first(
    size: int, letters: tuple[int, int]
) -> None:
    """Wright's priorities: 100**2 / (1 * 2) = 5000 against 173**2 / (2 * 3) = 4988 and 5046."""
    found = allocate({"A": 100, "B": size}, 4)
    assert (found["A"], found["B"]) == letters
