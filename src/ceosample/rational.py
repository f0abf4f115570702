"""Rates and spreads as exact fractions, whatever they are written in."""

from __future__ import annotations

import contextlib
import re
from decimal import Decimal
from fractions import Fraction
from numbers import Rational as _Rational
from typing import TypeAlias

from ceosample.errors import PlanError
from ceosample.got import got
from ceosample.plain import plain

#: As many digits as a rate can need (2**256 has 78); a longer exponent would fill the memory.
_NUMBER = re.compile(
    r"[+-]?([0-9]{1,60}(\.[0-9]{0,60})?|\.[0-9]{1,60})([eE][+-]?[0-9]{1,3})?|[0-9]{1,80}/[0-9]{1,80}"
)

#: A number with an exact value: text (``"0.035"``, ``"7/200"``), Fraction, Decimal, int. A float
#: counts as its shortest decimal form, since 0.035 is meant and its binary neighbour is not.
Rational: TypeAlias = str | int | float | Fraction | Decimal


def as_fraction(value: Rational, where: str) -> Fraction:
    """The exact value of a number.

    Raises:
        PlanError: it is no finite number.

    >>> as_fraction(0.035, "expected")
    Fraction(7, 200)
    """
    value = plain(value)
    if isinstance(value, _Rational) and not isinstance(value, bool):
        return Fraction(value)
    # Text of a float and of a Decimal is their shortest decimal form.
    text = value if isinstance(value, str) else str(value)
    if isinstance(value, str | float | Decimal) and _NUMBER.fullmatch(text):
        with contextlib.suppress(ZeroDivisionError):
            return Fraction(text)
    raise PlanError(f"{where}: {got(value)}; give a number such as '0.05' or '1/20'")


def fraction_text(value: Fraction) -> str:
    """An exact fraction as records write it: always ``p/q``, in lowest terms.

    >>> fraction_text(Fraction(4))
    '4/1'
    """
    return f"{value.numerator}/{value.denominator}"
