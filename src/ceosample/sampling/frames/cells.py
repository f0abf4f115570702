"""One cell of the user's table: which values name a unit, a stratum or a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from numbers import Integral, Real

import attrs

from ceosample.text import LONGEST_NAME, fault_in_name, quoted

#: The code of a reason.
REASON = re.compile(r"[a-z0-9-]{1,40}")
_LONGEST_REASON = 40

#: A whole number of more bits is longer than a name may be, whatever its digits are.
_MOST_BITS = 4 * LONGEST_NAME


@attrs.frozen
class Column:
    """A column and the rule that its values obey.

    Attributes:
        name: as the user's table has it.
        values: one a row, None or empty text where null.
        rule: the text of a value; a ValueError says what is wrong with it.
        missing: the text that stands in for a null, or None where a null is a fault.
    """

    name: str
    values: Sequence[object]
    rule: Callable[[object], str]
    missing: str | None = None

    def read(self, row: int, *, needed: bool) -> str | None:
        """The text of a row's value; None for a null that is not needed.

        Raises:
            ValueError: what the value breaks, and what to do.
        """
        value = self.values[row]
        if is_empty(value):
            if needed and self.missing is None:
                raise ValueError("missing; give it a value")
            return self.missing
        return self.rule(value)


def name_of_unit(value: object) -> str:
    """The text of a unit id: text as it is, a whole number in decimal."""
    return _name(value, "ids are text or whole numbers")


def stratum_value(value: object) -> str:
    """The text of a stratum value, by the rules of ids."""
    return _name(value, "strata are text or whole numbers")


def exclusion_code(value: object) -> str:
    """The code of a reason: up to 40 lower-case letters, digits and hyphens."""
    if isinstance(value, str) and REASON.fullmatch(value):
        return value
    # A long text in this column is somebody's words, and they do not belong into a message.
    long = isinstance(value, str) and len(value) > _LONGEST_REASON
    got = f"a text of {len(str(value))} characters" if long else quoted(value)
    raise ValueError(
        f"got {got}; leave the cell empty for an eligible response, or give a "
        "short code such as 'in-progress'"
    )


def _name(value: object, rule: str) -> str:
    if isinstance(value, str):
        fault = fault_in_name(value)
        if fault is not None:
            raise ValueError(f"got {quoted(str(value))}: {fault}")
        return str(value)
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        raise ValueError(f"got the boolean {value}; {rule}")
    if isinstance(value, Integral):
        if int(value).bit_length() > _MOST_BITS:
            raise ValueError(f"a whole number of too many digits; the most is {LONGEST_NAME}")
        return _name(str(int(value)), rule)  # a whole number may still be too long
    if isinstance(value, Real):
        raise ValueError(
            f"got the number {value}, a float; {rule}: convert the whole column first "
            "(in pandas, a column of whole numbers with gaps: .astype('Int64'))"
        )
    kind = type(value).__name__
    raise ValueError(f"got a value of type {kind}; {rule}: convert the column to text first")


def is_empty(value: object) -> bool:
    """Null, NaN (a dataframe's null) and empty text (a spreadsheet's) are one and the same."""
    return value is None or value == "" or (isinstance(value, Real) and value != value)
