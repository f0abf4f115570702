"""The number of defects among n letters drawn from N, of which g are defective."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import islice
from math import comb

import numpy as np
from numpy.typing import NDArray

from ceosample.inference.few_errors import Hypergeometric


def chances(size: int, drawn: int) -> NDArray[np.float64]:
    """The chance of each count: a row for 0, 1, ... N defects, a column for 0 to n found."""
    defects = np.arange(size + 1, dtype=np.float64)[:, None]
    table = np.ones((size + 1, drawn + 1))
    for y in range(drawn + 1):
        table[:, y] = comb(drawn, y)
        for i in range(y):
            table[:, y] *= np.maximum(defects[:, 0] - i, 0) / (size - i)
        for i in range(drawn - y):
            table[:, y] *= np.maximum(size - defects[:, 0] - i, 0) / (size - y - i)
    return table


def at_most(found: int, size: int, drawn: int, defects: int) -> Fraction:
    """The chance that at most so many of the letters drawn are defective, exactly."""
    whole, terms = Hypergeometric(defects, size - defects).ways(drawn)
    return Fraction(sum(islice(terms, found + 1)), whole)


def most(found: int, size: int, drawn: int, risk: Fraction) -> int:
    """The largest number of defects with which so few are found with a chance above the risk."""
    return _last(size, lambda defects: at_most(found, size, drawn, defects) > risk)


def fewest(found: int, size: int, drawn: int, risk: Fraction) -> int:
    """The smallest number of defects with which so many are found with a chance above the risk."""
    # As many or more defects are found where as few or fewer sound letters are.
    return size - most(drawn - found, size, drawn, risk)


def _last(most: int, holds: Callable[[int], bool]) -> int:
    """The last whole number from 0 on of which it holds; it holds of 0, and then of no more."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
