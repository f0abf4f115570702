"""The ledger's id in the text of a ``ceosample.toml``: one line changes, and nothing else does."""

from __future__ import annotations

import re
import tomllib
from typing import Final

#: The header of the table, alone on its line, with what follows it up to the next header.
_TABLE: Final = re.compile(
    r"^(?P<header>[ \t]*\[[ \t]*ledger[ \t]*\][ \t]*(?:#[^\r\n]*)?(?P<end>\r?\n))"
    r"(?P<body>(?:(?![ \t]*\[)[^\n]*(?:\n|\Z))*)",
    re.M,
)

#: A key of nothing, as ``ceosample init`` writes it, with the blanks and the comment after it.
_EMPTY: Final = re.compile(
    r"""^(?P<key>[ \t]*id[ \t]*=[ \t]*)(?:""|'')(?P<blanks>[ \t]*)(?P<comment>(?:\#[^\r\n]*)?)""",
    re.M,
)

#: An id that needs no escapes in TOML; others are written by hand.
_PLAIN: Final = re.compile(r"[A-Za-z0-9._-]+")


def pinned(text: str, ledger_id: str) -> str | None:
    """The text of a configuration that names its ledger; comments, order and line ends stay.

    Args:
        text: a valid configuration that names no ledger, or this one: another run of its
            populations may have written it meanwhile.
        ledger_id: the ledger's id.

    Returns:
        The new text; None where a person must add the key, as in a table that is written inline.

    >>> print(pinned('[ledger]\\nurl = "sqlite:///a.db"  # ours', "3f9a"))
    [ledger]
    id = "3f9a"
    url = "sqlite:///a.db"  # ours
    """
    if _adds_the_id_alone(text, text, ledger_id):
        return text
    table = _TABLE.search(text)
    if table is None or _PLAIN.fullmatch(ledger_id) is None:
        return None
    empty = _EMPTY.search(text, table.start("body"), table.end("body"))
    if empty is None:
        place = table.end("header")
        new = f'{text[:place]}id = "{ledger_id}"{table["end"]}{text[place:]}'
    else:
        # The comment stays in its column, if there is room.
        blanks = " " * max(len(empty["blanks"]) - len(ledger_id), 2) if empty["comment"] else ""
        line = f'{empty["key"]}"{ledger_id}"{blanks}{empty["comment"]}'
        new = text[: empty.start()] + line + text[empty.end() :]
    return new if _adds_the_id_alone(text, new, ledger_id) else None


def _adds_the_id_alone(old: str, new: str, ledger_id: str) -> bool:
    """Whether a reader of TOML finds what was there and the id, and no other change."""
    try:
        before, after = tomllib.loads(old), tomllib.loads(new)
    except tomllib.TOMLDecodeError:
        return False
    before["ledger"]["id"] = ledger_id
    return before == after
