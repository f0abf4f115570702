"""Which code points are not seen, so that two names that differ by one look the same.

``unseen14.txt`` has them, for other implementations too. The scheme allows most of them, so records
that were saved with them stay good. Only new frames refuse them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from ceosample.text import WHITE_SPACE, code_point, fault_in_name, kind_of_refused

#: The kinds of the table that a cleaned value replaces by U+0020, in a message's words.
_REPLACED: Final = {
    "blank": "a blank other than U+0020",
    "space": "a space other than U+0020",
}


def unseen_in(text: str) -> str:
    """The different code points of a text that are not seen, in their order.

    >>> unseen_in("CR-1042\\u3164") == "\\u3164", unseen_in("CR-1042")
    (True, '')
    """
    if text.isascii():
        return ""
    kinds = _kinds()
    return "".join(one for one in dict.fromkeys(text) if one in kinds)


def cleaned(text: str) -> str:
    """The text that looks the same, without what is not seen; it can be empty.

    >>> cleaned("Home\\u00a0Loans\\u200b")
    'Home Loans'
    """
    plain = text.translate({ord(one): _replacement(one) for one in unseen_in(text)})
    return unicodedata.normalize("NFC", plain).strip(WHITE_SPACE)


@cache
def spaces() -> str:
    """All spaces other than U+0020."""
    return "".join(one for one, kind in _kinds().items() if kind == "space")


def has_only_spaces(text: str) -> bool:
    """Whether spaces are all that is wrong with a name: ``clean="spaces"`` makes it right.

    >>> has_only_spaces("Home\\u00a0Loans"), has_only_spaces("Home\\u00adLoans")
    (True, False)
    """
    return bool(unseen_in(text)) and fault_in_new_name(with_plain_spaces(text)) is None


def with_plain_spaces(text: str) -> str:
    """The text with U+0020 for every other space.

    >>> with_plain_spaces("Home\\u00a0Loans")
    'Home Loans'
    """
    return text.translate(dict.fromkeys(map(ord, spaces()), " "))


def fault_in_new_name(name: str) -> str | None:
    """What keeps ``name`` out of a new frame: a fault of names, or what is not seen; else None.

    Where there is a name that looks the same and can be used, it is named.

    >>> fault_in_new_name("Home\\u00a0Loans")
    "a space other than U+0020 (U+00A0); use 'Home Loans'"
    """
    fault = fault_in_name(name)
    unseen = unseen_in(name.strip(WHITE_SPACE))
    if not unseen:
        return fault
    what = ", ".join(f"{_words_for(one)} ({code_point(one)})" for one in unseen)
    better = cleaned(name)
    if fault_in_name(better) is None:
        return f"{what}; use {better!r}"
    return f"{what}; give it a value" if not better else fault or f"{what}; remove it"


def _words_for(character: str) -> str:
    replaced = _REPLACED.get(_kinds()[character])
    return replaced or kind_of_refused(character) or "a code point that is not seen"


def _replacement(character: str) -> str:
    return " " if _kinds()[character] in _REPLACED else ""


@cache
def _kinds() -> dict[str, str]:
    """Each code point of the table, with its kind."""
    from importlib import resources  # slow to load, and most text is ASCII

    table = resources.files("ceosample").joinpath("unseen14.txt").read_text("ascii")
    found: dict[str, str] = {}
    for first, last, kind in re.findall(r"(?m)^([0-9A-F]+)(?:-([0-9A-F]+))? (\w+)$", table):
        for number in range(int(first, 16), int(last or first, 16) + 1):
            found[chr(number)] = kind
    return found
