"""What every result can do: be written as JSON, for another system."""

from __future__ import annotations

import datetime as dt
import enum
import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs

from ceosample.canonical import Json
from ceosample.period import Period


def as_json_text(value: Json) -> str:
    """JSON to be read, by people too: two spaces a level, letters as they are."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def as_json(value: Any) -> Json:
    """A field of a result in types of JSON alone: a number that is no whole one is exact text.

    Raises:
        TypeError: a kind of value that no result has; a float is one.

    >>> as_json((Period(2026, 10), Fraction(1, 3), dt.date(2026, 11, 2), None))
    ['2026-10', '1/3', '2026-11-02', None]
    """
    if value is None or (isinstance(value, str | int) and not isinstance(value, enum.Enum)):
        return value
    if isinstance(value, Result):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {str(name): as_json(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(item) for item in value]
    if isinstance(value, dt.date):  # a moment is one too
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, Period | Fraction | Decimal | Path):
        return str(value)
    raise TypeError(f"{type(value).__name__}: no result holds such a value")


class Result:
    """A result that ``to_dict`` returns in types of JSON, and ``to_json`` as text."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Json]:
        """For JSON: objects, lists, text, whole numbers, booleans and nulls.

        Each field by its name, in order; a class whose JSON is another says so itself.
        """
        kind: type[Any] = type(self)
        return {field.name: as_json(getattr(self, field.name)) for field in attrs.fields(kind)}

    def to_json(self) -> str:
        """The result as JSON text."""
        return as_json_text(self.to_dict())
