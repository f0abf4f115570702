"""The text of a Word file as a tree of the closed set; what is not of that set is refused.

Fonts, sizes, colours and underlining are ignored. What changes the meaning if it is ignored (a
struck word, a raised figure, a comment, a change that no one has accepted) is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any, Final

import attrs

from ceosample.errors import LetterError, raise_faults
from ceosample.letters.contents.clean import clean_text
from ceosample.letters.markup import tree
from ceosample.letters.word.elements import (
    Extents,
    Mark,
    content_of,
    mark_of_control,
    marks_in,
)
from ceosample.letters.word.numbering import Item, Numbering, W, value
from ceosample.letters.word.package import open_parts, parse_part

_TRACKED: Final = frozenset({"ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge"})

#: What is passed over: it says nothing of the text.
_SILENT: Final = frozenset({
    *("pPr", "rPr", "tblPr", "tblGrid", "tblPrEx", "trPr", "tcPr", "sectPr", "proofErr"),
    *("bookmarkStart", "bookmarkEnd", "lastRenderedPageBreak"),
})  # fmt: skip

_TEXTS: Final = {"tab": " ", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}

_REASONS: Final = {
    "hyperlink": "a link; write the address out as text",
    "sdt": "a content control; remove the control and keep its text",
    "drawing": "a picture or a shape; remove it",
    "pict": "a picture or a shape; remove it",
    "AlternateContent": "a picture or a shape; remove it",
    "object": "an embedded object; remove it",
    "fldSimple": "a field; write its text",
    "fldChar": "a field; write its text",
    "instrText": "a field; write its text",
    "sym": "a character of a symbol font; write another",
    "footnoteReference": "a footnote; put it into the text",
    "endnoteReference": "a footnote; put it into the text",
    "commentReference": "a comment; resolve and delete it",
    "commentRangeStart": "a comment; resolve and delete it",
    "commentRangeEnd": "a comment; resolve and delete it",
    "tbl": "a table inside a table; make it one",
    "gridSpan": "cells that were merged; split them",
    "vMerge": "cells that were merged; split them",
    "hMerge": "cells that were merged; split them",
}

_ODD_TEXT: Final = {
    "strike": "struck words; delete them or keep them",
    "dstrike": "struck words; delete them or keep them",
    "vanish": "hidden words; delete them or show them",
    "webHidden": "hidden words; delete them or show them",
    "vertAlign": "raised or lowered characters; write them on the line",
}

_OFF: Final = frozenset({"0", "false", "off", "none", "baseline"})


@attrs.frozen
class WordText:
    """The text of a Word file.

    Attributes:
        blocks: headings, paragraphs, lists and tables, in order.
        margins: the words of its headers and footers.
    """

    blocks: list[dict[str, Any]]
    margins: str


def read_word(data: bytes, where: str, marks: Sequence[Mark] = ()) -> WordText:
    """The text of a Word file.

    Args:
        data: its bytes.
        where: what messages call it.
        marks: the elements that it may mark; each comes back as a section, empty if its text is
            gone, and not at all if nothing of it is left.

    Raises:
        LetterError: not a Word file, or one that holds something that letters cannot hold: every
            problem that was found.
    """
    parts = open_parts(data, where)
    roots = {
        name: parse_part(part, f"{where}, {name}")
        for name, part in parts.items()
        if name.startswith("word/") and name.count("/") == 1 and name.endswith(".xml")
    }
    reader = _Reader(
        where, Numbering(roots.get("word/styles.xml"), roots.get("word/numbering.xml")), marks
    )
    markup = reader.markup(roots["word/document.xml"].find(f"{W}body"))
    raise_faults(LetterError, dict.fromkeys(reader.faults))
    blocks = [node for node in tree.parse(markup) if isinstance(node, dict) and _says(node)]
    return WordText(blocks, _margins(roots))


def _says(node: dict[str, Any]) -> bool:
    """An empty paragraph is space between others."""
    return node["tag"] != "p" or bool(tree.to_text([node]).strip())


def _margins(roots: Mapping[str, Any]) -> str:
    return " ".join(
        "".join(text.text or "" for text in paragraph.iter(f"{W}t"))
        for name in sorted(roots)
        if name.startswith(("word/header", "word/footer"))
        for paragraph in roots[name].iter(f"{W}p")
    )


@attrs.define
class _Reader:
    where: str
    numbering: Numbering
    marks: Sequence[Mark] = ()
    faults: list[str] = attrs.field(factory=list)
    paragraphs: int = 0
    counters: set[str] = attrs.field(factory=set)
    lists: set[str] = attrs.field(factory=set)

    def markup(self, body: Any) -> str:
        if body is None:
            self.faults.append(f"{self.where}: got a file without text; save it as .docx")
            return ""
        extents = Extents()
        leaves = [*self._leaves(body, extents, 0)]
        for place, leaf in enumerate(leaves):
            for mark in marks_in(leaf, self.marks):
                extents.add(mark, place, place)
        self._check_extents(extents)
        blocks = [self._block(leaf) for leaf in leaves]
        return self._sections(blocks, 0, extents.in_order())

    def _leaves(self, body: Any, extents: Extents, place: int) -> Iterator[Any]:
        """What a body holds, with what is inside the controls of elements in their place."""
        for node in body:
            mark = mark_of_control(node, self.marks) if _name(node) == "sdt" else None
            if mark is None:
                inside = [node]
            else:
                inside = [*self._leaves(content_of(node), extents, place)]
                extents.add(mark, place, place + len(inside) - 1, is_control=True)
            yield from inside
            place += len(inside)

    def _check_extents(self, extents: Extents) -> None:
        self.faults += [
            f"{self.where}: the element {mark.name!r} appears twice in the Word file; remove the "
            "copy"
            for mark in extents.twice
        ]
        self.faults += [
            f"{self.where}: the elements {outer.name!r} and {inner.name!r} overlap in the Word "
            "file; move their text apart, or begin again from a new file"
            for outer, inner in extents.crossing().items()
        ]

    def _sections(
        self,
        blocks: Sequence[tuple[Item | None, str]],
        begin: int,
        extents: Sequence[tuple[Mark, int, int]],
    ) -> str:
        """The blocks from ``begin`` on, those of an element in its section."""
        if not extents:
            return self._grouped(blocks)
        (mark, first, last), rest = extents[0], extents[1:]
        inner = [found for found in rest if found[1] <= last]
        after = rest[len(inner) :]
        end = max(first, last + 1)
        inside = self._sections(blocks[first - begin : end - begin], first, inner)
        return (
            self._grouped(blocks[: first - begin])
            + f'<section data-element="{mark.name}">{inside}</section>'
            + self._sections(blocks[end - begin :], end, after)
        )

    def _grouped(self, blocks: Sequence[tuple[Item | None, str]]) -> str:
        """Neighbouring items are a list; anything else stands alone."""
        said = [(item, text) for item, text in blocks if item is None or text]
        return "".join(
            self._list([(item, text) for item, text in group if item is not None])
            if is_list
            else "".join(text for _, text in group)
            for is_list, group in groupby(said, key=lambda block: block[0] is not None)
        )

    def _block(self, node: Any) -> tuple[Item | None, str]:
        if _name(node) == "p":
            return self._paragraph(node)
        if _name(node) == "tbl":
            return None, self._table(node)
        self._pass_over(_name(node))
        return None, ""

    def _fault(self, reason: str) -> None:
        self.faults.append(f"{self.where}, paragraph {self.paragraphs}: holds {reason}")

    def _pass_over(self, name: str) -> None:
        """Nothing for what is silent; a fault for anything else."""
        if name in _TRACKED:
            self._fault("a tracked change; accept or reject it")
        elif name not in _SILENT:
            self._fault(_REASONS.get(name, f"<{name}>, which letters do not need; remove it"))

    def _paragraph(self, node: Any, *, bare: bool = False) -> tuple[Item | None, str]:
        """A paragraph's place in a list, if it has one, and its markup: bare inside an item."""
        self.paragraphs += 1
        properties = node.find(f"{W}pPr")
        self._check_tracked(properties)
        pieces = [piece for child in node for piece in self._run(child)]
        text = _inline(pieces)
        tag = self._tag(properties)
        item = self.numbering.item(properties) if tag == "p" else None
        if item is not None or bare:
            return item, text
        return None, f'<{tag} dir="auto">{text}</{tag}>' if text else ""

    def _tag(self, properties: Any) -> str:
        style = self.numbering.style_name(value(properties, "pStyle"))
        if not style.startswith("heading "):
            return "p"
        if style[8:] not in ("1", "2", "3"):
            self._fault("a heading of the fourth level or below; use the first three")
        return f"h{style[8:9]}" if style[8:] in ("1", "2", "3") else "h3"

    def _check_tracked(self, properties: Any) -> None:
        for node in () if properties is None else properties.iter():
            name = _name(node)
            if name in _TRACKED or name.endswith("Change"):
                self._fault("a tracked change; accept or reject it")

    def _run(self, node: Any) -> Iterator[tuple[bool, bool, str]]:
        """Whether bold, whether italic, and the text, of each piece of a run."""
        if _name(node) == "sdt" and mark_of_control(node, self.marks) is not None:
            # What LibreOffice leaves of an element's control.
            for child in content_of(node):
                yield from self._run(child)
            return
        if _name(node) != "r":
            self._pass_over(_name(node))
            return
        properties = node.find(f"{W}rPr")
        self._check_tracked(properties)
        for name, reason in _ODD_TEXT.items():
            if _is_on(properties, name):
                self._fault(reason)
        style = self.numbering.style_name(value(properties, "rStyle"))
        bold = _is_on(properties, "b") or style == "strong"
        italic = _is_on(properties, "i") or style == "emphasis"
        for child in node:
            yield bold, italic, self._text(child)

    def _text(self, node: Any) -> str:
        name = _name(node)
        if name == "t":
            faults: list[str] = []
            place = f"{self.where}, paragraph {self.paragraphs}"
            # A line end inside a text is white space to Word, and so to us.
            text = clean_text(node.text or "", place, faults).replace("\n", " ")
            self.faults += faults
            return text
        if name == "br":
            if node.get(f"{W}type", "textWrapping") != "textWrapping":
                self._fault("a break of page or column; remove it")
            return "\n"
        if name in _TEXTS:
            return _TEXTS[name]
        self._pass_over(name)
        return ""

    def _list(self, items: Sequence[tuple[Item, str]]) -> str:
        """Items in their order as nested lists."""
        made: list[str] = []
        open_items: list[Item] = []
        for item, text in items:
            depth = min(item.level, len(open_items)) + 1
            while len(open_items) > depth or (
                len(open_items) == depth and not item.follows(open_items[-1])
            ):
                made.append(f"</li></{open_items.pop().tag or 'ul'}>")
            if len(open_items) == depth:
                open_items.pop()
                made.append(f"</li><li>{text}")
            else:
                self._begin(item)
                made.append(f"<{item.tag or 'ul'}><li>{text}")
            open_items.append(item)
        made += [f"</li></{item.tag or 'ul'}>" for item in reversed(open_items)]
        return "".join(made)

    def _begin(self, item: Item) -> None:
        """A letter's lists have dots, or numbers from 1; another is a fault."""
        if item.tag is None:
            self._fault("a list with marks other than dots and 1, 2, 3; change them")
        if item.tag != "ol":
            return
        is_new = item.restarts and item.number not in self.lists
        if item.start != "1" or (item.counter in self.counters and not is_new):
            self._fault("a list that does not begin at 1; restart it, or write its numbers as text")
        self.counters.add(item.counter)
        self.lists.add(item.number)

    def _table(self, table: Any) -> str:
        look = table.find(f"{W}tblPr/{W}tblLook")
        flag = "" if look is None else str(look.get(f"{W}firstColumn", ""))
        by_rows = flag not in ("", *_OFF)
        rows = []
        for node in table:
            if _name(node) == "tr":
                rows.append(self._row(node, by_rows))
            else:
                self._pass_over(_name(node))
        head = [row for is_head, row in rows if is_head]
        body = [row for is_head, row in rows if not is_head]
        parts = (("thead", head), ("tbody", body))
        inside = "".join(f"<{tag}>{''.join(part)}</{tag}>" for tag, part in parts if part)
        return f"<table>{inside}</table>"

    def _row(self, row: Any, by_rows: bool) -> tuple[bool, str]:
        properties = row.find(f"{W}trPr")
        is_head = _is_on(properties, "tblHeader")
        self._check_tracked(properties)
        cells: list[str] = []
        for node in row:
            if _name(node) == "tc":
                cells.append(self._cell(node, is_head, by_rows and not cells))
            else:
                self._pass_over(_name(node))
        return is_head, f"<tr>{''.join(cells)}</tr>"

    def _cell(self, cell: Any, is_head: bool, is_first: bool) -> str:
        properties = cell.find(f"{W}tcPr")
        self._check_tracked(properties)
        for name in ("gridSpan", "vMerge", "hMerge"):
            if properties is not None and properties.find(f"{W}{name}") is not None:
                self._fault(_REASONS[name])
        texts = []
        # LibreOffice puts the control of an element that begins with a table into its first cell.
        for node in self._leaves(cell, Extents(), 0):
            if _name(node) == "p":
                item, text = self._paragraph(node, bare=True)
                texts.append(text)
                if item is not None:
                    self._fault("a list in a table; write it as lines")
            else:
                self._pass_over(_name(node))
        texts = [text for text in texts if text]
        if is_head or is_first:
            scope = "col" if is_head else "row"
            # Headings of a table are bold by themselves.
            plain = "<br>".join(texts).replace("<strong>", "").replace("</strong>", "")
            return f'<th scope="{scope}">{plain}</th>'
        inside = texts[0] if len(texts) == 1 else "".join(f"<p>{text}</p>" for text in texts)
        return f"<td>{inside}</td>"


def _inline(pieces: Sequence[tuple[bool, bool, str]]) -> str:
    """Markup of a paragraph's pieces; Word cuts a text into runs wherever it likes."""
    made = []
    for (bold, italic), group in groupby(pieces, key=lambda piece: piece[:2]):
        text = "".join(text for _, _, text in group)
        inside = escape(text, quote=False).replace("\n", "<br>")
        if text.strip():
            inside = f"<em>{inside}</em>" if italic else inside
            inside = f"<strong>{inside}</strong>" if bold else inside
        made.append(inside)
    whole = "".join(made)
    return whole if whole.replace("<br>", "").strip() else ""


def _is_on(properties: Any, name: str) -> bool:
    node = None if properties is None else properties.find(f"{W}{name}")
    return node is not None and node.get(f"{W}val", "1") not in _OFF


def _name(node: Any) -> str:
    """An element's name without its space; a comment or an instruction has none."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else "proofErr"
