"""What Typst says of a page that it cannot set, in words for a reader who knows nothing of it."""

from __future__ import annotations

import re

from ceosample.text import code_point

_NO_GLYPH = re.compile(r"the text `(\".*?\")` could not be displayed", re.DOTALL)
_PRIVATE = re.compile(r"the PDF contains the codepoint `(\".*?\")`", re.DOTALL)
_TYPST_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")


def in_words(message: str) -> str:
    """Typst's message, for a reader who knows nothing of Typst."""
    if match := _NO_GLYPH.search(message):
        return (
            f"no font has {_characters(match[1])}; give a folder of fonts that has it, fonts=..., "
            "or replace it"
        )
    if match := _PRIVATE.search(message):
        return (
            f"{_characters(match[1])} is for private use and means nothing to a reader; remove it"
        )
    return f"the page cannot be set: {message}"


def _characters(quoted: str) -> str:
    """The characters of Typst's quoted text, shown and named."""
    text = _TYPST_ESCAPE.sub(lambda match: chr(int(match[1], 16)), quoted[1:-1])
    return ", ".join(
        f"{character} ({code_point(character)})"
        if character.isprintable()
        else code_point(character)
        for character in dict.fromkeys(text)
    )
