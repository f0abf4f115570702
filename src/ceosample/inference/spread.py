"""How much letters differ within a stratum, from what was found in earlier months."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from ceosample.errors import PlanError
from ceosample.got import got
from ceosample.rational import Rational, as_fraction

S = TypeVar("S", bound=Hashable)


def estimated_variances(
    findings: Mapping[S, Sequence[Rational]], *, floor: Rational
) -> dict[S, Fraction]:
    """S squared of each stratum, for Neyman's allocation, from earlier findings; exact.

    It is the sample variance ``sum of (x - mean)**2 / (n - 1)``, and at least ``floor``: few
    findings that happen to agree do not mean that letters do not differ, and a stratum taken for
    uniform would get no more than its minimum.

    Args:
        findings: of each stratum the values found, 1 for a defective letter and 0 for a sound one
            say; in any order.
        floor: the least S squared, above 0; a stratum with fewer than two findings has it.

    Raises:
        PlanError: a floor that is not above 0, or a finding that is no number.

    >>> estimated_variances({"Cards": [0, 0, 1, 1], "Loans": [0, 0]}, floor="0.05")
    {'Cards': Fraction(1, 3), 'Loans': Fraction(1, 20)}
    """
    least = as_fraction(floor, "floor")
    if least <= 0:
        raise PlanError(f"floor: {got(floor)}; give a number above 0")
    return {
        stratum: max(least, _variance([as_fraction(value, "findings") for value in values]))
        for stratum, values in findings.items()
    }


def _variance(values: Sequence[Fraction]) -> Fraction:
    if len(values) < 2:
        return Fraction(0)
    mean = sum(values, Fraction(0)) / len(values)
    return sum(((value - mean) ** 2 for value in values), Fraction(0)) / (len(values) - 1)
