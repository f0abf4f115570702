"""One cell of the user's table: which values name a unit, a stratum or a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import TypeAlias

import attrs

from ceosample.got import Private, got, got_name
from ceosample.plain import is_uuid, plain
from ceosample.sampling.names import REASON_CODE
from ceosample.spreadsheet import is_null
from ceosample.text import LONGEST_NAME, fault_in_name
from ceosample.unseen import fault_in_new_name, has_only_spaces
from ceosample.workbook.cell import SheetCell, read_as

#: What keeps a text from being an id or a stratum's value; None if nothing does.
NameRule: TypeAlias = Callable[[str], str | None]

#: What to do about an empty cell, and about one of a stratum.
FILL = "give it a value"
FILL_STRATUM = f"{FILL}, or name a label for all such cells with 'missing'"

#: A whole number of more bits is longer than a name may be, whatever its digits are.
_MOST_BITS = 4 * LONGEST_NAME


@attrs.frozen
class Column:
    """A column and the rule that its values obey.

    Attributes:
        name: as the user's table has it.
        values: one a row, None or empty text where null.
        rule: the text of a value; a ValueError says what is wrong with it.
        missing: the text that a null is replaced with, or None where a null is refused.
        fill: what to do about a null that is refused.
        known: texts that were read already, which strata have again and again; None where each
            value is another.
    """

    name: str
    values: Sequence[object]
    rule: Callable[[object], str]
    missing: str | None = None
    fill: str = FILL
    known: dict[str, str] | None = None

    def read(self, row: int, *, needed: bool) -> str | None:
        """The text of a row's value; None for a null that is not needed.

        Raises:
            ValueError: what the value breaks, and what to do.
        """
        value = self.values[row]
        if self.known is not None and type(value) is str:
            if value not in self.known and value:
                self.known[value] = self.rule(value)
            if value:
                return self.known[value]
        if is_empty(value):
            if needed and self.missing is None:
                raise ValueError(got_empty(self.fill))
            return self.missing
        return self.rule(value)


def got_empty(fill: str = FILL) -> str:
    """What a message says of an empty cell."""
    return f"{got(None, Private.CELL)}; {fill}"


def name_of_unit(
    value: object, rule: NameRule = fault_in_name, private: Private | None = None
) -> str:
    """The text of a unit id: text and UUIDs as they are, whole numbers, cells as they are shown.

    ``private`` is given where the id is not to be published, so that no message shows it.
    """
    return _name(read_as(value, SheetCell.name), private, rule)


def stratum_value(
    value: object, private: Private | None = Private.CELL, rule: NameRule = fault_in_name
) -> str:
    """The text of a stratum value, by the rules of ids; as a rule it is a cell."""
    return _name(read_as(value, SheetCell.label), private, rule)


def fault_in_new_stratum(name: str) -> str | None:
    """What a new frame's row cannot have as a stratum's value; spaces are told for the column."""
    return None if has_only_spaces(name) else fault_in_new_name(name)


def exclusion_code(value: object) -> str:
    """The code of a reason: up to 40 lower-case letters, digits and hyphens."""
    value = read_as(value, SheetCell.name)
    if isinstance(value, str) and REASON_CODE.fullmatch(value):
        return value
    raise ValueError(
        f"{got(value, Private.CELL)}; give a short code such as 'in-progress', or leave the cell "
        "empty for an eligible response"
    )


def _name(value: object, private: Private | None, rule: NameRule) -> str:
    if isinstance(value, str):
        said = got_name(value, private, rule)
        if said is not None:
            raise ValueError(said)
        return str(value)
    if is_uuid(value):
        return str(value)
    if isinstance(value, Decimal) and is_whole(value):
        value = int(value)
    if isinstance(value, Integral) and not isinstance(value, bool):
        if int(value).bit_length() > _MOST_BITS:
            raise ValueError(f"{got(int(value), private)}; give at most {LONGEST_NAME} digits")
        return _name(str(int(value)), private, rule)  # a whole number may still be too long
    if isinstance(value, Real) and not isinstance(value, bool | Fraction):
        shown = got(value, private) if private else f"{got(float(plain(value)))}, a float"
        raise ValueError(
            f"{shown}; convert it to text or a whole number (in pandas, a column of whole numbers "
            "with gaps: .astype('Int64'))"
        )
    raise ValueError(f"{got(value, private)}; convert it to text or a whole number")


def is_whole(value: Decimal) -> bool:
    """Whether a decimal has no digit after its point: 12, and not 12.0, which is another text.

    One of more digits than a name may have is none: its exponent alone could fill the memory.

    >>> is_whole(Decimal("12")), is_whole(Decimal("12.0")), is_whole(Decimal("1E+2"))
    (True, False, True)
    """
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= 0 and value.adjusted() < LONGEST_NAME


def is_empty(value: object) -> bool:
    """Null, NaN (a dataframe's null) and empty text (a spreadsheet's) are one and the same."""
    return not value if isinstance(value, str) else is_null(value)
