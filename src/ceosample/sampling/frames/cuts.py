"""Numeric and date variables, cut at points that the plan states, become values of strata.

The manifest keeps the raw values and the plan the points, so the commitment holds both.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from numbers import Integral
from typing import Any

import attrs

from ceosample.errors import FrameError, joined, raise_faults
from ceosample.got import got
from ceosample.sampling.frames.strata import Stratum
from ceosample.text import fault_in_name, quoted

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@attrs.frozen
class Cut:
    """Where a variable is cut.

    Attributes:
        points: numbers or ISO dates, ascending; a value at a point belongs to what begins there.
        uncut: values that stay as they are, such as the label of a missing one.

    >>> cut = Cut(("100", "1000"))
    >>> [cut.label(value) for value in ("99.99", "100", "5000")]
    ['under 100', '100 to under 1000', '1000 and over']
    """

    points: tuple[str, ...]
    uncut: tuple[str, ...] = ()

    def faults(self) -> list[str]:
        """What is wrong with the points: what was got, and what to do."""
        if not self.points:
            return [f"{got(self.points)}; give one point or more"]
        found = []
        for point in self.points:
            try:
                _value(point)
            except ValueError:
                found.append(f"{got(point)}; give numbers, or dates such as 2026-10-01")
        if found or not all(isinstance(point, str) for point in self.points):
            return found or [f"{got(self.points)}; give the points as text or whole numbers"]
        values = [_value(point) for point in self.points]
        if len({kind for kind, _ in values}) > 1:
            return [f"{got(self.points)}, both numbers and dates; cut a variable by one of them"]
        if any(a >= b for a, b in pairwise(values)):
            return [f"{got(self.points)}, not ascending; order the points, and give each once"]
        return []

    def label(self, text: str) -> str:
        """The value of the stratum that a raw value falls in.

        Raises:
            ValueError: it is no number, or no date, as the points are.
        """
        if text in self.uncut:
            return text
        points = [_value(point) for point in self.points]
        value = kind, _ = _value(text)
        if kind != points[0][0]:
            raise ValueError
        place = bisect_right(points, value)
        before, after = ("before", "after") if kind == "dates" else ("under", "over")
        if place == 0:
            return f"{before} {self.points[0]}"
        if place == len(points):
            return f"{self.points[-1]} and {after}"
        low, high = self.points[place - 1 : place + 1]
        return f"{low} to {before} {high}"


def labels(
    strata: Sequence[Stratum], variables: Sequence[str], cuts: Mapping[str, Cut]
) -> dict[Stratum, Stratum]:
    """The stratum, cut, of each raw one.

    Raises:
        FrameError: a variable that the frame does not have; every value that cannot be cut.
    """
    faults = [
        f"plan, cuts: got {quoted(name)}, not a stratum variable of the frame; "
        + (f"use one of {', '.join(variables)}" if variables else "it has none, so leave cuts out")
        for name in cuts
        if name not in variables
    ]
    found: dict[str, dict[str, str]] = {}
    for place, name in enumerate(variables):
        if name in cuts:
            values = sorted({stratum[place] for stratum in strata})
            found[name] = _labels(cuts[name], name, values, faults)
    raise_faults(FrameError, faults)
    return {
        stratum: tuple(
            found[name][value] if name in found else value
            for name, value in zip(variables, stratum, strict=True)
        )
        for stratum in strata
    }


def _labels(cut: Cut, name: str, values: Sequence[str], faults: list[str]) -> dict[str, str]:
    found, refused = {}, []
    for value in values:
        try:
            found[value] = cut.label(value)
        except ValueError:
            refused.append(quoted(value))
    if refused:
        kind, _ = _value(cut.points[0])
        faults.append(
            f"plan, cuts, {quoted(name)}: got {joined(refused, 5)}, and it is cut by {kind}; "
            "correct the values, or name them in uncut"
        )
    return found


def as_point(value: Any) -> Any:
    """A point as the record writes it: text as it is, a whole number or a date in its digits."""
    if isinstance(value, Integral) and not isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float | Decimal):
        number = Decimal(str(value))
        return format(number, "f") if number.is_finite() and abs(number.adjusted()) < 60 else value
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    return value


def _value(text: object) -> tuple[str, Fraction]:
    """What a text stands for, as something to be compared with its own kind."""
    if isinstance(text, str) and fault_in_name(text) is None:
        if _NUMBER.fullmatch(text):
            return "numbers", Fraction(text)
        if _DATE.fullmatch(text):
            return "dates", Fraction(dt.date.fromisoformat(text).toordinal())
    raise ValueError
