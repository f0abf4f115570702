"""Which characters no font has, found by setting them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Final

from ceosample.letters import child_process
from ceosample.letters.pdf.typeset import Page, compile_batches
from ceosample.unseen import unseen_in

#: A page of one line, to see whether there is a font for each of its characters.
_ONE_LINE: Final = b"""
#let data = json("/data.json")
#set document(title: "A line")
#set text(font: data.fonts.map(font => font.name) + ("Libertinus Serif", "DejaVu Sans Mono"))
#data.line
"""

#: Letters up to here are in the fonts of Typst itself.
_LATIN: Final = "\u024f"


def faults_in_lines(lines: Mapping[str, str], fonts: str | None) -> list[str]:
    """What keeps lines from being printed, each with the name of its line: no font has a character.

    Args:
        lines: each by the name that messages call it.
        fonts: a folder of the user's fonts, or None.
    """
    doubted = {name: line for name, line in lines.items() if max(line) > _LATIN}
    pages = [_line(line, fonts) for line in doubted.values()]
    made = compile_batches([pages]) if pages else []
    return [
        f"{name}: {failed.message}"
        for name, failed in zip(doubted, made, strict=True)
        if isinstance(failed, child_process.Failure)
    ]


def faults_of_characters(text: str, fonts: str | None) -> dict[str, str]:
    """The characters of a text that no font has, each with what to do about it."""
    doubted = sorted(
        {one for one in text if one > _LATIN and not one.isspace()} - {*unseen_in(text)}
    )
    found: dict[str, str] = {}
    parts = [doubted] if doubted else []
    while parts:
        pages = [_line("".join(part), fonts) for part in parts]
        failed = [
            (part, made.message)
            for part, made in zip(parts, compile_batches([pages]), strict=True)
            if isinstance(made, child_process.Failure)
        ]
        found |= {part[0]: message for part, message in failed if len(part) == 1}
        halves = [(part, len(part) // 2) for part, _ in failed if len(part) > 1]
        parts = [half for part, middle in halves for half in (part[:middle], part[middle:])]
    return found


def _line(line: str, fonts: str | None) -> Page:
    return Page(json.dumps({"line": line, "fonts": []}), dt.date.min, fonts, _ONE_LINE)
