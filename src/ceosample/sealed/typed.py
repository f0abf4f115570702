"""Characters that people copy from paper: an alphabet without look-alikes, in groups of four."""

from __future__ import annotations

from typing import Final

#: Digits and letters without i, l and o, which look like 1 and 0, and u, which looks like v.
ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"

#: The characters of a group.
GROUP: Final = 4

#: What is read for a letter that looks like another.
_LOOK_ALIKES: Final = str.maketrans("ilo", "110")
_BETWEEN: Final = str.maketrans("", "", " -\t\r\n\u00a0\u2010\u2011\u2012\u2013\u2014\ufeff")


def as_typed(text: str) -> str:
    """The characters of what was typed: capitals, spaces, hyphens and look-alikes do not matter.

    >>> as_typed("ABCD-efg0  tvOl")
    'abcdefg0tv01'
    """
    return text.translate(_BETWEEN).lower().translate(_LOOK_ALIKES)


def grouped(characters: str) -> str:
    """Characters in groups of four, with a hyphen between two.

    >>> grouped("abcdefgh")
    'abcd-efgh'
    """
    starts = range(0, len(characters), GROUP)
    return "-".join(characters[start : start + GROUP] for start in starts)
