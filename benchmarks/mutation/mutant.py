"""A change of one line of a source, and the sources whose changes are counted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[2]

#: The rooms whose mutants are counted.
ROOMS: Final = ("sampling", "signoff", "inference")


@dataclass(frozen=True)
class Mutant:
    """One change of one line.

    Attributes:
        module: path of the source, from the project's folder.
        line: the line that changes, from 1.
        operator: Cosmic Ray's name of the change.
        before: the line's text without indentation.
        after: what becomes of it; empty where the line goes.
    """

    module: str
    line: int
    operator: str
    before: str
    after: str

    def source(self) -> str | None:
        """The module with the change, or None where no line near the old place has its text."""
        lines = text_of(self.module).splitlines(keepends=True)
        here = [number for number, text in enumerate(lines) if text.strip() == self.before]
        if not here:
            return None
        place = min(here, key=lambda number: abs(number + 1 - self.line))
        lines[place] = lines[place].replace(self.before, self.after) if self.after else ""
        return "".join(lines)


@cache
def text_of(module: str) -> str:
    """A source's text, empty where the source has gone."""
    path = PROJECT / module
    return path.read_text("utf-8") if path.exists() else ""


def modules() -> list[str]:
    """The sources whose mutants are counted, in order."""
    found = [
        path for room in ROOMS for path in (PROJECT / "src" / "ceosample" / room).rglob("*.py")
    ]
    return sorted(path.relative_to(PROJECT).as_posix() for path in found)
