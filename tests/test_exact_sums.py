"""The sums behind exact bounds against counting every sample, for small strata."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import comb, prod

import attrs
import numpy as np
import pytest

from ceosample.inference.cells import Cell
from ceosample.inference.exact.hypergeometric import at_most, chances, fewest, most
from ceosample.inference.exact.sums import Sums

#: Size, letters drawn and defects found of each stratum.
DESIGNS = [
    [(5, 2, 1)],
    [(6, 3, 0), (4, 2, 1)],
    [(6, 2, 1), (4, 4 - 1, 2), (5, 1, 0)],
    [(4, 1, 1), (4, 1, 0), (3, 2, 1)],
]


def sums_of(design: list[tuple[int, int, int]], *, below: bool = False) -> Sums:
    return Sums.of([Cell(*cell) for cell in design], below=below)


def hypergeometric(size: int, drawn: int, defects: int, found: int) -> Fraction:
    return Fraction(comb(defects, found) * comb(size - defects, drawn - found), comb(size, drawn))


def counted(sums: Sums, defects: tuple[int, ...], within: int) -> Fraction:
    """The chance that the sum is at most ``within``, from every sample that there is."""
    every = itertools.product(*(range(cell.drawn + 1) for cell in sums.cells))
    return sum(
        (
            prod(
                (
                    hypergeometric(c.size, c.drawn, g, y)
                    for c, g, y in zip(sums.cells, defects, found, strict=True)
                ),
                start=Fraction(1),
            )
            for found in every
            if sum(y * w for y, w in zip(found, sums.weights, strict=True)) <= within
        ),
        Fraction(0),
    )


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_the_weights_are_those_of_the_letters_and_the_total_is_what_was_found(
    design: list[tuple[int, int, int]],
) -> None:
    sums = sums_of(design)
    assert sums.size == sum(size for size, _, _ in design)
    rates = [
        Fraction(w * cell.drawn, cell.size)
        for w, cell in zip(sums.weights, sums.cells, strict=True)
    ]
    assert len(set(rates)) == 1  # a defect stands for N / n letters
    assert list(sums.weights) == sorted(sums.weights)
    found = sum(w * int(cell.found) for w, cell in zip(sums.weights, sums.cells, strict=True))
    assert (sums.within, sums_of(design, below=True).within) == (found, found - 1)


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_every_chance_is_that_of_counting_every_sample(design: list[tuple[int, int, int]]) -> None:
    sums = sums_of(design)
    widest = attrs.evolve(sums, within=max(sums.within, 2 * max(sums.weights)))
    for one in (sums, widest):
        for defects in itertools.product(*(range(0, cell.size + 1, 2) for cell in one.cells)):
            exact = counted(one, defects, one.within)
            assert one.chance(defects) == exact
            assert one.within_total(defects) == pytest.approx(float(exact), abs=1e-12)
            table = one.distribution(defects)
            expected = [float(counted(one, defects, int(total))) for total in one.all]
            assert table == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_the_sums_are_those_that_the_strata_can_have(design: list[tuple[int, int, int]]) -> None:
    sums = sums_of(design)
    letters = [
        [y * w for y in range(c.drawn + 1)] for c, w in zip(sums.cells, sums.weights, strict=True)
    ]

    def reached(parts: list[list[int]]) -> list[int]:
        return sorted(
            {t for found in itertools.product(*parts) if (t := sum(found)) <= sums.within}
        )

    for place in range(len(letters) + 1):
        assert sums.before[place].tolist() == reached(letters[:place])
        assert sums.behind[place].tolist() == reached(letters[place:])
    assert sums.all.tolist() == reached(letters)


def test_a_stratum_that_is_left_out_counts_as_without_defects() -> None:
    sums = sums_of(DESIGNS[2])
    left_out = sums.distribution((2, 2, 2), without=(1,))
    assert left_out == pytest.approx(sums.distribution((2, 0, 2)))


def test_defects_go_back_to_the_order_of_the_strata_given() -> None:
    given = [Cell(*cell) for cell in ((6, 2, 1), (5, 1, 0), (4, 3, 2), (6, 2, 1))]
    sums = Sums.of(given)
    spread = [10 * cell.size + place for place, cell in enumerate(sums.cells)]
    back = sums.as_given(given, spread)
    assert sorted(back) == sorted(spread)
    assert [g // 10 for g in back] == [6, 5, 4, 6]
    with pytest.raises(ValueError, match="zip"):
        sums.as_given(given, spread[:-1])


@pytest.mark.parametrize(("size", "drawn"), [(1, 1), (5, 2), (7, 7), (9, 4)])
def test_a_table_of_chances_and_its_tails_are_hypergeometric(size: int, drawn: int) -> None:
    table = chances(size, drawn)
    assert table.shape == (size + 1, drawn + 1)
    assert np.allclose(table.sum(axis=1), 1)
    risk = Fraction(1, 20)
    for g, y in itertools.product(range(size + 1), range(drawn + 1)):
        exact = hypergeometric(size, drawn, g, y)
        assert table[g, y] == pytest.approx(float(exact), abs=1e-12)
        tail = sum((hypergeometric(size, drawn, g, k) for k in range(y + 1)), Fraction(0))
        assert at_most(y, size, drawn, g) == tail
    for y in range(drawn + 1):
        few = [g for g in range(size + 1) if at_most(y, size, drawn, g) > risk]
        many = [
            g for g in range(size + 1) if 1 - (at_most(y - 1, size, drawn, g) if y else 0) > risk
        ]
        assert most(y, size, drawn, risk) == max(few)
        assert fewest(y, size, drawn, risk) == min(many)
