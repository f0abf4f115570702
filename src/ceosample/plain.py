"""NumPy's and pandas' kinds of numbers, dates and texts as Python's own; pandas is not imported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from typing import Any, Final
from uuid import UUID

_THEIRS: Final = ("numpy", "pandas", "cupy")

#: A float holds each whole number below this one, and JSON's readers agree on them.
_EXACT: Final = 2**53


def is_theirs(value: object) -> bool:
    """Whether it is of a kind of NumPy's or pandas'."""
    return type(value).__module__.partition(".")[0] in _THEIRS


def plain(value: Any) -> Any:
    """A scalar of NumPy or pandas as Python's own kind; anything else as it is.

    A null of theirs (NaT, NA) is None. A float of 16 or 32 bits is the number that its shortest
    decimal form says. What has no twin in Python stays as it is.
    """
    kind = type(value)
    if not is_theirs(value):
        return value
    if kind.__name__ in ("NaTType", "NAType"):
        return None
    if kind.__name__ == "datetime64":
        return _date_of(value)
    if isinstance(value, dt.datetime):  # pandas' own is one, with nanoseconds
        return dt.datetime(  # noqa: DTZ001 - it has the zone that it has
            *(value.year, value.month, value.day, value.hour, value.minute, value.second),
            value.microsecond,
            value.tzinfo,
            fold=value.fold,
        )
    if kind.__name__ in ("float16", "float32"):
        return float(str(value))
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return value.item()
    return value


def is_uuid(value: object) -> bool:
    """Whether it is a UUID, whose text is the same everywhere."""
    return isinstance(value, UUID)


def plain_count(value: Any) -> Any:
    """A whole number of any kind as an int; anything else as it is.

    A sum of a column with gaps is a float, and that of a database a Decimal: 75.0 is 75. A null of
    pandas stays one: as None, a total that is missing would be one that nobody asked for.

    >>> plain_count(75.0), plain_count(Decimal("75")), plain_count(75.5), plain_count(True)
    (75, 75, 75.5, True)
    """
    found = plain(value)
    value = value if found is None else found
    if isinstance(value, bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    if not isinstance(value, Decimal | float | Fraction) or not -_EXACT < value < _EXACT:
        return value
    return int(value) if value == int(value) else value


def shortest_floats(cells: Iterable[object], bits: int) -> list[object]:
    """The floats of a column of 16 or 32 bits, which Python shows with all of its own 64.

    24.9 in 32 bits is 24.899999618530273, which nobody wrote.

    Args:
        cells: the column's, as floats of Python's, with nulls of any kind among them.
        bits: the width of the column's floats.

    >>> shortest_floats([24.899999618530273, None], 32)
    [24.9, None]
    """
    import numpy as np

    narrow = np.float16 if bits == 16 else np.float32
    return [float(str(narrow(cell))) if isinstance(cell, float) else cell for cell in cells]


def _date_of(value: Any) -> dt.date | None:
    """A date where its unit is a day, or longer; else the moment to the microsecond."""
    unit = str(value.dtype).partition("[")[2].rstrip("]")
    if unit in ("Y", "M", "W", "D"):
        found = value.astype("datetime64[D]").item()
    else:
        found = value.astype("datetime64[us]").item()
    return found if isinstance(found, dt.date) else None
