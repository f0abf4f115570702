"""Rates and spreads as exact fractions, whatever they are written in."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from numbers import Rational as _Rational
from typing import TypeAlias

from ceosample.errors import PlanError
from ceosample.text import shown

#: A number with an exact value: text (``"0.035"``, ``"7/200"``), Fraction, Decimal, int. A float
#: counts as its shortest decimal form, since 0.035 is meant and its binary neighbour is not.
Rational: TypeAlias = str | int | float | Fraction | Decimal


def as_fraction(value: Rational, where: str) -> Fraction:
    """The exact value.

    Raises:
        PlanError: it is no finite number.

    >>> as_fraction(0.035, "expected")
    Fraction(7, 200)
    """
    try:
        if isinstance(value, bool):
            raise ValueError
        if isinstance(value, float):
            return Fraction(repr(float(value))) if math.isfinite(value) else Fraction("x")
        if isinstance(value, str | Decimal | _Rational):
            return Fraction(value)
    except (ValueError, ZeroDivisionError, OverflowError):
        pass
    raise PlanError(f"{where}: got {shown(value)}; give a number, as '0.05' or '1/20'")
