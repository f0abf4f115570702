"""Whether a letter's text holds a phrase by which an element of its regime may be recognised.

A phrase that is found says where to begin reading, and no more: words around it may take back what
it says. So the answer is never that a letter is complete.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

#: What the docket says of an element.
FOUND: Final = "found"
LOOK: Final = "look for it"

#: Characters that programs print in place of plain ones.
_PLAIN: Final = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-"),
    }
)
_SPACES: Final = re.compile(r"\s+")


def found_in(text: str, phrases: Iterable[str]) -> str:
    """Whether one of the phrases is in the text, whole words, whatever its capitals and line ends.

    >>> found_in("You may refer it to the Financial\\nOmbudsman Service.", ["ombudsman service"])
    'found'
    >>> found_in("We are sorry.", [])
    'look for it'
    """
    words = _plain(text)
    is_there = any(
        re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", words)
        for phrase in phrases
        if (plain := _plain(phrase))
    )
    return FOUND if is_there else LOOK


def _plain(text: str) -> str:
    """The text without what differs from program to program: ligatures, quotation marks, spaces."""
    folded = unicodedata.normalize("NFKC", text).translate(_PLAIN).casefold()
    return _SPACES.sub(" ", folded).strip()
