"""How Word says that a paragraph is a list's: by its style or by itself, through three tables."""

from __future__ import annotations

import re
from typing import Any, Final

import attrs

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

#: Marks of lists that a letter's own lists have; others would be printed otherwise.
KINDS: Final = {"bullet": "ul", "decimal": "ol"}

_LIST_STYLE = re.compile(r"list (?:bullet|number)(?: ([2-5]))?")


def value(node: Any, name: str, default: str = "") -> str:
    """The ``w:val`` of a child, or ``default``."""
    child = None if node is None else node.find(f"{W}{name}")
    return default if child is None else str(child.get(f"{W}val", default))


@attrs.frozen
class Item:
    """A paragraph that is an item of a list.

    Attributes:
        tag: ``ul`` or ``ol``; None for marks that a letter has not, such as a, b, c.
        level: how deep, from 0.
        counter: what counts its number; Word lets several lists share one, and go on counting.
        number: the list's own id.
        restarts: whether the list sets its counter back.
        start: the number that it begins with.
    """

    tag: str | None
    level: int
    counter: str
    number: str
    restarts: bool
    start: str

    def follows(self, other: Item) -> bool:
        """Whether it is the next item of the list that another is of."""
        if self.tag != other.tag:
            return False
        is_same = self.counter == other.counter
        return self.tag == "ul" or (is_same and (self.number == other.number or not self.restarts))


class Numbering:
    """Styles and lists of one file, looked up."""

    def __init__(self, styles: Any, numbering: Any) -> None:
        """Take the roots of ``styles.xml`` and ``numbering.xml``; None where a file has none."""
        self._styles = {
            str(style.get(f"{W}styleId")): style
            for style in ([] if styles is None else styles.iter(f"{W}style"))
        }
        found = [] if numbering is None else [*numbering]
        self._lists = {str(node.get(f"{W}numId")): node for node in found if node.tag == f"{W}num"}
        self._abstract = {
            str(node.get(f"{W}abstractNumId")): node
            for node in found
            if node.tag == f"{W}abstractNum"
        }

    def style_name(self, style_id: str) -> str:
        """A style's name as every language's Word writes it: ``heading 1``."""
        return value(self._styles.get(style_id), "name").lower()

    def item(self, properties: Any) -> Item | None:
        """What list a paragraph with these ``w:pPr`` is an item of, or None."""
        style_id = value(properties, "pStyle")
        own = None if properties is None else properties.find(f"{W}numPr")
        of_style = self._of_style(style_id)
        number = value(own, "numId") or value(of_style, "numId")
        if number in ("", "0") or number not in self._lists:
            return None
        level = value(own, "ilvl") or value(of_style, "ilvl") or "0"
        deeper = _LIST_STYLE.fullmatch(self.style_name(style_id))
        extra = int(deeper[1]) - 1 if deeper and deeper[1] else 0
        node = self._lists[number]
        abstract = value(node, "abstractNumId")
        at = self._level(self._abstract.get(abstract), level)
        restart = next(
            (
                value(override, "startOverride")
                for override in node.iter(f"{W}lvlOverride")
                if override.get(f"{W}ilvl") == level
            ),
            "",
        )
        return Item(
            tag=KINDS.get(value(at, "numFmt", "bullet")),
            level=(int(level) if level.isdecimal() else 0) + extra,
            counter=f"{abstract}, level {level}",
            number=number,
            restarts=bool(restart),
            start=restart or value(at, "start", "1"),
        )

    def _of_style(self, style_id: str) -> Any:
        """The list of a style, or of the one that it is based on."""
        for _ in range(len(self._styles)):  # a style that is based on itself ends somewhere
            style = self._styles.get(style_id)
            if style is None:
                return None
            properties = style.find(f"{W}pPr/{W}numPr")
            if properties is not None:
                return properties
            style_id = value(style, "basedOn")
        return None

    @staticmethod
    def _level(abstract: Any, level: str) -> Any:
        levels = [] if abstract is None else abstract.iter(f"{W}lvl")
        return next((node for node in levels if node.get(f"{W}ilvl") == level), None)
