"""Letters that are given as they are: one size for a stratum of a month, with room for them."""

from __future__ import annotations

from typing import Any

import pytest

import ceosample as cs
from ceosample.errors import InferenceError
from ceosample.inference.sampled import SampledLetter, sample_of

OCTOBER, NOVEMBER = cs.Period.parse("2026-10"), cs.Period.parse("2026-11")


def letter(size: Any, period: cs.Period | None = None, stratum: str = "Cards") -> SampledLetter:
    return SampledLetter((stratum,), size, 0, period=period)


def sample(*letters: SampledLetter) -> Any:
    return sample_of(letters, None, None, None, "defective")


def test_a_stratum_of_a_month_has_one_size() -> None:
    assert sample(letter(9), letter(9)).sizes == {("", ("Cards",)): 9}
    apart = sample(letter(9, OCTOBER), letter(8, NOVEMBER), letter(7, OCTOBER, "Loans"))
    assert [*apart.sizes.values()] == [9, 8, 7]
    with pytest.raises(InferenceError) as error:
        sample(letter(9), letter(8), letter(9, OCTOBER), letter(7, OCTOBER))
    assert [str(fault) for fault in error.value.faults] == [
        "letters, 'Cards': got sizes [8, 9]; give one size for a stratum",
        "letters, 'Cards', 2026-10: got sizes [7, 9]; give one size for a stratum",
    ]


@pytest.mark.parametrize("size", [1, 0, -3, 2.5, "9", None])
def test_a_stratum_is_at_least_as_large_as_what_was_drawn_of_it(size: Any) -> None:
    assert len(sample(letter(2), letter(2)).letters) == 2
    with pytest.raises(InferenceError, match="as size, and 2 letters were drawn; give N"):
        sample(letter(size), letter(size))


@pytest.mark.parametrize("given", [[letter(9), "a folder of none"], [3], [None, letter(9)]])
def test_letters_are_not_mixed_with_other_things(given: list[Any]) -> None:
    with pytest.raises(cs.errors.CeosampleError):
        sample_of(given, {}, None, None, "defective")


def test_of_nothing_there_is_no_sample() -> None:
    with pytest.raises(InferenceError, match="sampled: none; give draws"):
        sample()
