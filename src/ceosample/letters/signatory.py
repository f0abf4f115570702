"""The person who signs: known to a configuration, which loads nothing of letters."""

from __future__ import annotations

import attrs

from ceosample.errors import LetterError, raise_faults
from ceosample.got import got_name
from ceosample.letters.contents.clean import clean_text
from ceosample.result import Result
from ceosample.text import quoted


@attrs.frozen
class Signatory(Result):
    """The person who signs.

    Attributes:
        id: the person's id, as the ledger knows them.
        name: the name, as printed.
        title: the job title, as printed.

    Raises:
        LetterError: an id that cannot be a name, or an empty or unprintable name or title.

    >>> Signatory("ceo", "Margaret Llewelyn", "Chief Executive").name
    'Margaret Llewelyn'
    """

    id: str
    name: str
    title: str

    def __attrs_post_init__(self) -> None:
        faults: list[str] = []
        for field in ("id", "name", "title"):
            value = getattr(self, field)
            where = f"signatory, {field}"
            if not isinstance(value, str) or not value.strip():
                faults.append(f"{where}: got {quoted(value)}; give text")
            elif field == "id" and (fault := got_name(value)):
                faults.append(f"{where}: {fault}")
            elif clean_text(value, where, faults, private=None) != value:
                faults.append(
                    f"{where}: got {quoted(value)}, which holds characters that set a direction; "
                    "remove them"
                )
        raise_faults(LetterError, faults)
