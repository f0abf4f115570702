"""The columns of an office's table, as a configuration names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from ceosample.encoded import is_encoding
from ceosample.errors import LedgerError, raise_faults
from ceosample.form import Key, faults_of_keys, is_count, is_text
from ceosample.signoff.replay.past_signoffs import OUTCOMES
from ceosample.text import fault_in_name

DAY_FIRST: Final = "day-first"
MONTH_FIRST: Final = "month-first"

#: In which order dates that are texts have day and month.
ORDERS: Final = (DAY_FIRST, MONTH_FIRST)


def _is_texts_by_text(value: object) -> bool:
    return isinstance(value, Mapping) and all(is_text(v) for pair in value.items() for v in pair)


#: What the table [tracker] of a configuration, and ``TrackerColumns``, hold.
KEYS: Final[Mapping[str, Key]] = {
    "id": Key("the heading of the column of ids", is_text, needed=True),
    "period": Key("the heading of the column of months, or of days", is_text, needed=True),
    "signed_on": Key("the heading of the column of days", is_text),
    "outcome": Key("the heading of the column of what happened", is_text),
    "signed_by": Key("the heading of the column of who signed", is_text),
    "strata": Key("a table of stratum variables, each with its heading", _is_texts_by_text),
    "outcomes": Key(
        f"a table of the column's words, each with one of {', '.join(OUTCOMES)}",
        lambda value: _is_texts_by_text(value) and set(value.values()) <= {*OUTCOMES},
    ),
    "people": Key(
        "a table of the column's names, each with a person's id",
        lambda value: _is_texts_by_text(value) and not any(map(fault_in_name, value.values())),
    ),
    "dates": Key(" or ".join(ORDERS), lambda value: value in ORDERS),
    "sheet": Key("a sheet's name", is_text),
    "header": Key("the number of the row of headings", lambda v: is_count(v, 1)),
    "encoding": Key("an encoding such as cp1252, iso-8859-15 or utf-16", is_encoding),
}


@attrs.frozen
class TrackerColumns:
    """The headings of a tracker's columns; capitals do not matter.

    Attributes:
        id: the heading of the responses' ids.
        period: the heading of the months; a date counts as its month.
        signed_on: the heading of the dates of signature; None without such a column. A row with a
            date and no outcome was signed.
        outcome: the heading of what happened, in one of the words of ``OUTCOMES`` or of
            ``outcomes``; None without such a column.
        signed_by: the heading of who signed; None without such a column. Names stay out of the
            ledger, so each must be in ``people``.
        strata: the headings of the stratum variables, by variable.
        outcomes: the office's own words, each with what it means.
        people: the names in the column of who signed, each with the person's id.
        dates: ``day-first`` or ``month-first``, the order of dates in figures; None refuses them.
        sheet: the sheet's name; None for the first that is not hidden.
        header: the number of the row of headings; None for the first row that holds something.
        encoding: that of a CSV file; None for UTF-8, or UTF-16 with a byte order mark.
    """

    id: str
    period: str
    signed_on: str | None = None
    outcome: str | None = None
    signed_by: str | None = None
    strata: Mapping[str, str] = attrs.field(factory=dict)
    outcomes: Mapping[str, str] = attrs.field(factory=dict)
    people: Mapping[str, str] = attrs.field(factory=dict)
    dates: str | None = None
    sheet: str | None = None
    header: int | None = None
    encoding: str | None = None

    def __attrs_post_init__(self) -> None:
        given = attrs.asdict(self, filter=lambda _, value: value is not None, recurse=False)
        raise_faults(LedgerError, faults_of_columns(given, "tracker."))

    @property
    def headings(self) -> dict[str, str]:
        """The heading of each column that is named, by what the column holds."""
        named = {
            "id": self.id,
            "period": self.period,
            "signed_on": self.signed_on,
            "outcome": self.outcome,
            "signed_by": self.signed_by,
        }
        strata = {f"stratum {variable}": heading for variable, heading in self.strata.items()}
        return {name: heading for name, heading in {**named, **strata}.items() if heading}


def faults_of_columns(table: Mapping[str, Any], where: str) -> list[str]:
    """The problems of the table [tracker], key by key."""
    faults = faults_of_keys(table, KEYS, where)
    if faults:
        return faults
    if "signed_on" not in table and "outcome" not in table:
        faults.append(f"{where}signed_on: missing, and outcome too; give one of them")
    if "signed_by" in table and not table.get("people"):
        faults.append(
            f"{where}people: missing, and signed_by is given; give each name in that column a "
            "person's id"
        )
    if "signed_by" not in table and table.get("people"):
        faults.append(
            f"{where}signed_by: missing, and people is given; give the heading of the column of "
            "who signed"
        )
    return faults
