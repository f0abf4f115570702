"""A letter as plain text: wrapped lines, lists with their marks, tables in columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, Final

from ceosample.letters.markup.tree import HEADINGS, INLINE, Node
from ceosample.show import text_table

#: RFC 5322 asks for lines of no more than 78; an answer puts ``> `` before them.
WIDTH: Final = 72

_UNDERLINED: Final = frozenset({"h1", "h2"})


def to_plain(nodes: Sequence[Node], width: int = WIDTH) -> str:
    """The tree as lines of text; a word that is longer than a line stays whole.

    >>> print(to_plain([{"tag": "ul", "attributes": {}, "children": [
    ...     {"tag": "li", "attributes": {}, "children": ["One and two"]}]}], width=9))
    - One and
      two
    """
    return "\n\n".join("\n".join(block) for block in _blocks(nodes, width))


def inline_lines(nodes: Sequence[Node]) -> list[str]:
    """The lines of what stands inside a paragraph: a ``br`` ends one."""
    return "".join(_words(nodes)).split("\n")


def is_inline(node: Node) -> bool:
    """Whether a node stands inside a line."""
    return isinstance(node, str) or node["tag"] in INLINE


def runs(nodes: Sequence[Node]) -> Iterator[list[Node] | dict[str, Any]]:
    """Blocks one by one; neighbours that stand inside a line come together, as a paragraph."""
    line: list[Node] = []
    for node in nodes:
        if isinstance(node, str) or is_inline(node):
            line.append(node)
            continue
        if line:
            yield line
        line = []
        yield node
    if line:
        yield line


def _blocks(nodes: Sequence[Node], width: int) -> Iterator[list[str]]:
    for node in runs(nodes):
        if isinstance(node, list):
            yield _wrapped(node, width)
        elif node["tag"] in HEADINGS:
            yield _heading(node, width)
        elif node["tag"] in ("ul", "ol"):
            yield _list(node, width)
        elif node["tag"] == "table":
            yield _table(node, width)
        elif node["tag"] == "p":
            yield _wrapped(node["children"], width)
        else:
            yield from _blocks(node["children"], width)


def _words(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node["tag"] == "br":
            yield "\n"
        else:
            yield from _words(node["children"])


def _wrapped(nodes: Sequence[Node], width: int) -> list[str]:
    return [
        wrapped
        for line in inline_lines(nodes)
        for wrapped in textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)
        or [""]
    ]


def _heading(node: dict[str, Any], width: int) -> list[str]:
    lines = _wrapped(node["children"], width)
    is_underlined = node["tag"] in _UNDERLINED
    return [*lines, "-" * max(map(len, lines))] if is_underlined else lines


def _list(node: dict[str, Any], width: int) -> list[str]:
    lines = []
    for number, item in enumerate(node["children"], 1):
        mark = "- " if node["tag"] == "ul" else f"{number}. "
        inside = [line for block in _blocks(item["children"], width - len(mark)) for line in block]
        lines += [mark + inside[0]] if inside else [mark.rstrip()]
        lines += [" " * len(mark) + line for line in inside[1:]]
    return lines


def _table(node: dict[str, Any], width: int) -> list[str]:
    """In columns if they fit; else each row as lines, every cell behind its column's heading."""
    rows = [
        [" ".join(" ".join(block) for block in _blocks(cell["children"], width)) for cell in row]
        for row in _rows(node)
    ]
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        return []
    grid = [row + [""] * (columns - len(row)) for row in rows]
    lines = text_table(grid[0], grid[1:], "l" * columns).split("\n")
    if max(map(len, lines)) <= width:
        return lines
    head, *rest = grid
    if not rest:
        return [line for cell in head for line in textwrap.wrap(cell, width)]
    said = [
        [
            line
            for name, cell in zip(head, row, strict=True)
            for line in textwrap.wrap(
                f"{name}: {cell}", width, subsequent_indent="  ", break_on_hyphens=False
            )
        ]
        for row in rest
    ]
    return [line for place, row in enumerate(said) for line in ([""] if place else []) + row]


def _rows(node: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    for child in node["children"]:
        if child["tag"] == "tr":
            yield child["children"]
        else:
            yield from _rows(child)
