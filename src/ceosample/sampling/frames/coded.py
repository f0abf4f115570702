"""Columns in which values come again and again: each value once, and a number for each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

#: So many different rows at most are counted in a table of all that there could be.
_MOST_COUNTED = 2**22


@attrs.frozen(eq=False)
class Coded:
    """The values of a column.

    Attributes:
        values: the different ones.
        codes: of each row, the place of its value among them.
    """

    values: Sequence[object]
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, cells: Sequence[object]) -> Coded | None:
        """The cells; None unless each is text, a whole number or null.

        A truth value or a float would pass for a whole number.
        """
        if not {*map(type, cells)} <= {str, int, type(None)}:
            return None
        values = [*dict.fromkeys(cells)]
        number = {value: place for place, value in enumerate(values)}
        codes = np.fromiter(map(number.__getitem__, cells), np.int64, len(cells))
        return cls(values, codes)

    @classmethod
    def by_numbers(cls, numbers: NDArray[np.int64], cell: Callable[[int], object]) -> Coded:
        """Rows whose values were numbered, from 0 on, and what gives the value of a row."""
        found, codes = _counted(numbers, int(numbers.max(initial=0)) + 1)
        rows = np.zeros(len(found), np.int64)
        rows[codes] = np.arange(len(codes))
        return cls([cell(row) for row in rows.tolist()], codes)


def rows_of(columns: Sequence[Coded], kept: NDArray[np.bool_]) -> Coded:
    """The different rows of some columns as one column of tuples, of the rows that are kept."""
    rows: list[tuple[object, ...]] = [()]
    codes = np.zeros(int(kept.sum()), np.int64)
    for column in columns:
        size = len(column.values)
        found, codes = _counted(codes * size + column.codes[kept], len(rows) * size)
        rows = [(*rows[one // size], column.values[one % size]) for one in found]
    return Coded(rows, codes)


def _counted(codes: NDArray[np.int64], limit: int) -> tuple[list[int], NDArray[np.int64]]:
    """The different numbers, all of them below a limit, and the place of each among them."""
    if limit > _MOST_COUNTED:
        found, places = np.unique(codes, return_inverse=True)
        return found.tolist(), places
    there = np.bincount(codes, minlength=limit) > 0
    return np.flatnonzero(there).tolist(), (np.cumsum(there) - 1)[codes]
