"""The page about the code names every room and every module of the ground, and no other."""

from __future__ import annotations

import re

from pages import PROJECT

SOURCES = PROJECT / "src" / "ceosample"
#: What every package has and the page need not say.
EVERYWHERE = {"__init__", "py"}


def layout() -> str:
    page = (PROJECT / "docs" / "design.md").read_text("utf-8")
    return page.partition("```text\nsrc/ceosample/\n")[2].partition("```")[0]


def rooms() -> set[str]:
    """Every folder with code or with what the code reads as a room of its own."""
    return {path.parent.name for path in SOURCES.rglob("__init__.py")} - {"ceosample"}


def test_every_room_is_on_the_page_and_every_room_of_the_page_is_there() -> None:
    named = set(re.findall(r"\b([a-z_]+)/", layout()))
    assert rooms() - named == set()
    assert {name for name in named if not any(SOURCES.rglob(name))} == set()


def test_every_module_beside_the_rooms_is_on_the_page() -> None:
    words = set(re.findall(r"\w+", layout())) - EVERYWHERE
    assert {path.stem for path in SOURCES.glob("*.py")} - EVERYWHERE - words == set()
