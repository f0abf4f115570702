"""Fields of your own on the inside page: the complaint, the outcome, the redress, the history."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from ceosample.errors import LetterError, raise_faults
from ceosample.got import got
from ceosample.result import Result
from ceosample.text import fault_in_title, quoted

#: What every docket may say; its last line names what it does not say.
FIXED: Final = (
    *("owner", "author", "division", "contacts", "received", "due", "regime"),
    *("counted_from", "passed_between", "promises"),
)

#: An inside page has a place for so many more fields.
MOST_FIELDS: Final = 20

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


@attrs.frozen
class DocketField(Result):
    """A field of your own on the inside page, next to those that every docket has.

    Attributes:
        name: its name in a letter's ``docket``.
        label: what the page prints before it, up to 100 characters.
        long: True for paragraphs over the whole width, under the label as a heading. A text of more
            than 200 characters, or of several lines, is printed so anyway.

    Raises:
        LetterError: a name that cannot be one or is every docket's, or a label that cannot be read.

    >>> DocketField("complaint", "The complaint", long=True).label
    'The complaint'
    """

    name: str
    label: str
    long: bool = False

    def __attrs_post_init__(self) -> None:
        faults = []
        if not isinstance(self.name, str) or _NAME.fullmatch(self.name) is None:
            faults.append(
                f"name: {got(self.name)}; use up to 40 lower-case letters, digits and underscores"
            )
        elif self.name in FIXED:
            faults.append(f"name: got {quoted(self.name)}, which every docket has; remove it")
        if fault := fault_in_title(self.label, "label"):
            faults.append(fault)
        if not isinstance(self.long, bool):
            faults.append(f"long: {got(self.long)}; give True or False")
        raise_faults(LetterError, (f"docket field, {fault}" for fault in faults))


def require_fields(fields: Sequence[DocketField]) -> tuple[DocketField, ...]:
    """The fields, if they are a list of fields with names of their own.

    Raises:
        LetterError: what is wrong with them.
    """
    if isinstance(fields, str | bytes | Mapping) or not isinstance(fields, Sequence):
        raise LetterError(f"docket: {got(fields)}; give a list of DocketField")
    faults = [
        f"docket, field {number}: {got(field)}; give a DocketField"
        for number, field in enumerate(fields, 1)
        if not isinstance(field, DocketField)
    ]
    names = [field.name for field in fields if isinstance(field, DocketField)]
    faults += [
        f"docket: got the field {quoted(name)} {names.count(name)} times; remove one"
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if len(fields) > MOST_FIELDS:
        faults.append(f"docket: got {len(fields)} fields; give at most {MOST_FIELDS}")
    raise_faults(LetterError, faults)
    return tuple(fields)


def own_part(docket: object, fields: Sequence[DocketField]) -> dict[str, Any]:
    """The fields of your own that a docket gives, as they were given."""
    given = docket if isinstance(docket, Mapping) else {}
    return {field.name: given[field.name] for field in fields if field.name in given}
