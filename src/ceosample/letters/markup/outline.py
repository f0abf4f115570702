"""The outline of a letter's markup: of the letters of one outline all can be read, or none.

Ten thousand letters of one template have few outlines, and to read a letter takes ten times as long
as to see its outline.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final, TypeAlias

from ceosample.letters.markup.tree import leaves_ink

#: The tags as they are written, and what each text before, between and after them is.
Outline: TypeAlias = tuple[str, ...]

_TAG: Final = re.compile(r"(<[^<>]*>)")

#: A tag in which nothing is quoted or named by a reference: its end is where it looks to be.
_PLAIN: Final = re.compile(r'</?[A-Za-z][A-Za-z0-9]*(?: [a-z-]+="[A-Za-z0-9_-]*")*>')

#: The kinds of text that a reader of markup, and a search for empty elements, tell apart.
_BLANK: Final = "blank"
_NOT_SEEN: Final = "not seen"
_SEEN: Final = "seen"


def outline_of(markup: str) -> Outline | None:
    """The outline of markup; None where only a reader can tell a tag from text.

    >>> outline_of("<p>Dear <em>Ms Lee</em></p>")
    ('blank', '<p>', 'seen', '<em>', 'seen', '</em>', 'blank', '</p>', 'blank')
    >>> outline_of("<p>1 < 2</p>") is None
    True
    """
    parts = _TAG.split(markup)
    tags, texts = parts[1::2], parts[::2]
    if any("<" in text or ">" in text for text in texts):
        return None
    if not all(map(_PLAIN.fullmatch, set(tags))):
        return None
    parts[::2] = map(_kind, texts)
    return tuple(parts)


def _kind(text: str) -> str:
    if not text:
        return _BLANK
    said = unescape(text) if "&" in text else text
    if any(map(leaves_ink, said)):
        return _SEEN
    return _NOT_SEEN if said.strip() else _BLANK
