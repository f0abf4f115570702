"""A letter as a tree: the closed set of tags that a template may use, and nothing else.

The tree is what is hashed, what is printed and what is shown, so the three cannot differ. A node is
text, or ``{"tag": ..., "attributes": {...}, "children": [...]}``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from typing import Any, Final, TypeAlias

from ceosample.got import Private, got
from ceosample.text import quoted

Node: TypeAlias = str | dict[str, Any]

INLINE: Final = frozenset({"strong", "em", "br", "bdi"})
HEADINGS: Final = frozenset({"h1", "h2", "h3"})
TAGS: Final = INLINE | HEADINGS | {
    *("p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "section")
}  # fmt: skip
ATTRIBUTES: Final = frozenset({"lang", "dir", "scope", "data-element"})

#: What may stand directly in a tag, where that is not everything.
CHILDREN: Final = {
    "ul": {"li"},
    "ol": {"li"},
    "table": {"thead", "tbody", "tr"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"th", "td"},
    **dict.fromkeys((*HEADINGS, "p", "strong", "em", "bdi", "th"), INLINE),
    "br": frozenset[str](),
}

#: Tags that stand in the ones named only, by the table above.
ONLY_IN: Final = {
    inner: {outer for outer, allowed in CHILDREN.items() if inner in allowed}
    for inner in ("li", "thead", "tbody", "tr", "th", "td")
}

_VALUES = {
    "lang": re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"),
    "dir": re.compile(r"ltr|rtl|auto"),
    "scope": re.compile(r"row|col"),
    "data-element": re.compile(r"[a-z][a-z0-9_]{0,39}"),
}
#: Letters and signs by their category that print nothing: Hangul's fillers, Braille's blank cell.
_FILLERS: Final = "\u115f\u1160\u2800\u3164\uffa0"

_SPACE = re.compile(r"[ \t\n\r\f]+")
_DEEPEST = 24
_DECLARATION: Final = "a declaration is not allowed; write the letter alone"


class MarkupError(ValueError):
    """Markup that is not of the closed set; the message names what and where."""


def parse(markup: str) -> list[Node]:
    """The tree of a template's markup.

    White space is folded as HTML folds it, and ``dir="auto"`` becomes the direction of the text's
    first strong character, so a page and a PDF agree on it.

    Raises:
        MarkupError: the first thing that is not allowed.

    >>> parse('<p>Dear <em>Ms  Llewelyn</em>,</p>')[0]["children"]
    ['Dear ', {'tag': 'em', 'attributes': {}, 'children': ['Ms Llewelyn']}, ',']
    """
    builder = _Builder()
    try:
        builder.feed(markup)
        builder.close()
    except AssertionError:  # the standard library's word for a declaration it cannot read
        raise MarkupError(_DECLARATION) from None
    return builder.finish()


def to_html(nodes: list[Node], *, under: int = 0) -> str:
    """The tree as HTML, every text and every value escaped.

    Args:
        nodes: the tree.
        under: the level of the heading that the letter stands under; its own begin one below.
    """
    return "".join(_node_to_html(node, under) for node in nodes)


def to_text(nodes: list[Node]) -> str:
    """The words of the tree, with white space between blocks, for counting and searching."""
    return "".join(_texts(nodes))


def leaves_ink(character: str) -> bool:
    """Whether a reader sees it: no white space, joiner, soft hyphen or filler."""
    kind = unicodedata.category(character)
    # For private use: whether a font has it is found out, and said, where the page is set.
    return (kind[0] in "LNPS" or kind == "Co") and character not in _FILLERS


def elements(nodes: list[Node]) -> Iterator[tuple[str, list[Node]]]:
    """Every part that a template marked with ``element``: its name and what is in it."""
    for node in nodes:
        if isinstance(node, str):
            continue
        name = node["attributes"].get("data-element")
        if name is not None:
            yield name, node["children"]
        yield from elements(node["children"])


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._root: dict[str, Any] = {"tag": "", "children": []}
        self._open = [self._root]

    def finish(self) -> list[Node]:
        if len(self._open) > 1:
            raise MarkupError(f"<{self._open[-1]['tag']}> is not closed; close it")
        return _folded(self._root)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        outer = self._open[-1]["tag"]
        if tag not in TAGS:
            raise MarkupError(
                f"the tag <{quoted(tag)[1:-1]}> is not allowed; use one of {_known(TAGS)}"
            )
        if tag not in CHILDREN.get(outer, TAGS) or outer not in ONLY_IN.get(tag, {outer}):
            raise MarkupError(
                f"<{tag}> is not allowed in {f'<{outer}>' if outer else 'the page'}; move it"
            )
        if len(self._open) > _DEEPEST:
            raise MarkupError(f"tags are nested more than {_DEEPEST} deep; flatten them")
        attributes = dict(_checked(tag, name, value) for name, value in attrs)
        node: dict[str, Any] = {"tag": tag, "attributes": attributes, "children": []}
        self._open[-1]["children"].append(node)
        if tag != "br":
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag == "br":
            return  # <br/> is reported as opened and closed
        if self._open[-1]["tag"] != tag:
            raise MarkupError(f"</{quoted(tag)[1:-1]}> closes no open tag; remove it")
        self._open.pop()

    def handle_data(self, data: str) -> None:
        outer = self._open[-1]["tag"]
        allowed = CHILDREN.get(outer)
        if allowed is not None and not allowed & INLINE and data.strip():
            raise MarkupError(
                f"text is not allowed directly in <{outer}>; put it into a tag inside"
            )
        self._open[-1]["children"].append(data)

    def handle_comment(self, data: str) -> None:
        raise MarkupError("an HTML comment is not allowed; write {# ... #}, which is never sent")

    def handle_decl(self, decl: str) -> None:
        raise MarkupError(_DECLARATION)

    def unknown_decl(self, data: str) -> None:
        raise MarkupError(_DECLARATION)

    def handle_pi(self, data: str) -> None:
        raise MarkupError("a processing instruction is not allowed; remove it")


def _checked(tag: str, name: str, value: str | None) -> tuple[str, str]:
    if name not in ATTRIBUTES:
        raise MarkupError(
            f"<{tag}>: got the attribute {quoted(name)}; use one of {_known(ATTRIBUTES)}"
        )
    if value is None or _VALUES[name].fullmatch(value) is None:
        shown = got(value, Private.CONTENTS)
        raise MarkupError(f"<{tag} {name}>: {shown}, which is not allowed here")
    return name, value


def _folded(node: dict[str, Any]) -> list[Node]:
    """Children with white space folded and directions resolved, innermost first."""
    tag = node["tag"]
    is_flow = tag not in INLINE
    children: list[Node] = []
    for child in _joined(node["children"]):
        if isinstance(child, dict):
            child["children"] = _folded(child)
            _resolve_direction(child)
            children.append(child)
        elif text := _SPACE.sub(" ", child):
            children.append(text)
    if is_flow:
        children = _trimmed(children)
    return children


def _joined(children: list[Node]) -> list[Node]:
    """Neighbouring texts as one; the parser may hand a text over in pieces."""
    joined: list[Node] = []
    for child in children:
        if isinstance(child, str) and joined and isinstance(joined[-1], str):
            joined[-1] += child
        else:
            joined.append(child)
    return joined


def _trimmed(children: list[Node]) -> list[Node]:
    """Without the white space that stands at an edge, or beside a block or a line break."""
    trimmed: list[Node] = []
    for place, child in enumerate(children):
        if isinstance(child, str):
            before = children[place - 1] if place else None
            after = children[place + 1] if place + 1 < len(children) else None
            child = child.lstrip(" ") if _is_edge(before) else child
            child = child.rstrip(" ") if _is_edge(after) else child
        if child:
            trimmed.append(child)
    return trimmed


def _is_edge(neighbour: Node | None) -> bool:
    if neighbour is None:
        return True
    return isinstance(neighbour, dict) and (
        neighbour["tag"] == "br" or neighbour["tag"] not in INLINE
    )


def _resolve_direction(node: dict[str, Any]) -> None:
    attributes = node["attributes"]
    if attributes.get("dir") == "auto":
        attributes["dir"] = first_strong_direction(to_text(node["children"]))


def first_strong_direction(text: str) -> str:
    """``rtl`` if the first letter with a direction of its own runs from the right, else ``ltr``."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            break
    return "ltr"


def _node_to_html(node: Node, under: int) -> str:
    if isinstance(node, str):
        return escape(node, quote=False)
    tag = node["tag"]
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node["attributes"].items())
    if tag == "br":
        return "<br>"
    shown_as = f"h{int(tag[1]) + under}" if tag in HEADINGS else tag
    return f"<{shown_as}{attributes}>{to_html(node['children'], under=under)}</{shown_as}>"


def _texts(nodes: list[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        else:
            yield from _texts(node["children"])
            if node["tag"] == "br" or node["tag"] not in INLINE:
                yield "\n"


def _known(names: frozenset[str]) -> str:
    return " ".join(sorted(names))
