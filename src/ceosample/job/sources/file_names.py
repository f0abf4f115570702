"""The file whose name holds a letter's id, where people name files as it comes."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from pathlib import Path
from typing import Final

import attrs

from ceosample.configuration.keys import UNIT
from ceosample.errors import LetterError, joined
from ceosample.text import quoted

#: How many names a message shows.
_MOST_SHOWN: Final = 3

#: What offices leave beside their files while these are open.
_NOT_FILES: Final = (".", "~$")

_WORD: Final = re.compile(r"[^\W_]+")


@attrs.define(slots=False)
class FileNames:
    """The names of the files in a folder, read once.

    Attributes:
        folder: the folder; one that is not there has no names.
    """

    folder: Path

    def named(self, pattern: str, unit_id: str) -> str:
        """The one name that a pattern with ``*`` means for an id.

        The id has no letter and no digit next to it, so 387 is not found in 1387. Capitals count
        in the id alone.

        Raises:
            LetterError: the folder has no such file, or several.
        """
        parts = re.split(f"({re.escape(UNIT)}|[*])", pattern)
        wanted = re.compile("".join([_expression(part, unit_id) for part in parts]))
        found = [name for name in self._with(unit_id) if wanted.fullmatch(_composed(name))]
        if len(found) == 1:
            return found[0]
        shown = pattern.replace(UNIT, unit_id)
        if found:
            raise LetterError(
                f"pdf: got {len(found)} files for {quoted(shown)}: {_shown(found)}; leave one of "
                "them there, or name it in the contents, in the field pdf"
            )
        raise LetterError(
            f"pdf: {quoted(shown)}: not there; give the letter's file{self.near(unit_id)}"
        )

    def near(self, unit_id: str) -> str:
        """What a message adds of files that may be the one: their names hold the id's number."""
        number = unit_id.lstrip("0")
        near = [
            name
            for name in self._names
            if any(word.lstrip("0") == number for word in _WORD.findall(_composed(name)))
            or unit_id in _composed(name)
        ]
        return f", or rename {_shown(near)} if that is the one" if near and number else ""

    def _with(self, unit_id: str) -> list[str]:
        """The names that hold the id's first word, as most names hold others'."""
        word = _WORD.search(_composed(unit_id))
        return self._names if word is None else self._by_word.get(word[0], [])

    @cached_property
    def _names(self) -> list[str]:
        try:
            names = [path.name for path in self.folder.iterdir()]
        except OSError:
            return []
        return sorted(name for name in names if not name.startswith(_NOT_FILES))

    @cached_property
    def _by_word(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self._names:
            for word in {*_WORD.findall(_composed(name))}:
                found.setdefault(word, []).append(name)
        return found


def _expression(part: str, unit_id: str) -> str:
    """A part of a pattern as a regular expression."""
    if part == "*":
        return ".*"
    if part == UNIT:
        return rf"(?<![^\W_]){re.escape(_composed(unit_id))}(?![^\W_])"
    return f"(?i:{re.escape(_composed(part))})"


def _composed(text: str) -> str:
    """A name as one machine and another have it: macOS parts letters from their accents."""
    return unicodedata.normalize("NFC", text)


def _shown(names: list[str]) -> str:
    return joined([*map(quoted, names)], _MOST_SHOWN)
