"""Dockets in which a person has a name where an id is asked for: the ledger keeps it for good."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

#: Two words of letters with a space between, such as ``C. Rowe`` and ``Rowe, Carol``.
_WORDS: Final = re.compile(r"[^\W\d_][.,'’]*\s+['’]?[^\W\d_]")

#: An address of mail tells a name too.
_ADDRESS: Final = re.compile(r"\S@\S")

#: The fields of a docket that hold the id of a person.
_PEOPLE: Final = ("owner", "author")


def looks_like_a_name(text: str) -> bool:
    """Whether a text that should be a person's id reads as their name or their address.

    >>> looks_like_a_name("C. Rowe"), looks_like_a_name("h-042"), looks_like_a_name("team 7")
    (True, False, False)
    """
    return _WORDS.search(text) is not None or _ADDRESS.search(text) is not None


def names_in_dockets(contents: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What to look at: each field that has names in place of ids, counted; no name is told.

    Args:
        contents: unit id to ``{"letter": {...}, "docket": {...}}``, as they come from a table.
    """
    given: dict[str, list[str]] = {}
    for fields in contents.values():
        docket = fields.get("docket") if isinstance(fields, Mapping) else None
        for field in _PEOPLE:
            if isinstance(docket, Mapping) and isinstance(docket.get(field), str):
                given.setdefault(f"docket.{field}", []).append(docket[field])
    found = {field: sum(map(looks_like_a_name, values)) for field, values in given.items()}
    return [
        f"{field}: {count} of {len(given[field])} look like a person's name; give an id, such as "
        "a staff number, for the ledger keeps it"
        for field, count in found.items()
        if count
    ]
