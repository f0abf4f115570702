"""A letter's marked elements in a Word file: content controls, which other programs may lose.

Each element is one content control over its blocks, which Word keeps and does not let anybody
delete. LibreOffice 7.4 drops the tag of a control and keeps its title; and a control over
paragraphs it cuts down to the first of them, whose bold and italic words it loses, unless the
control calls itself a part of a gallery. So ours do, and each block of an element has a bookmark of
its own: an element reaches from the first block that any of them still marks to the last.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from ceosample.letters.markup.tree import Node
from ceosample.letters.word.numbering import W, value

if TYPE_CHECKING:
    from docx.document import Document

_GALLERY: Final = "ceosample"

_MARK: Final = re.compile(r"ceosample_([0-9]+)(?:_[0-9]+)?")

#: What a control of ours may say of itself; another is a list, a date or a picture to choose.
_PLAIN_CONTROL: Final = frozenset({
    *("rPr", "alias", "tag", "id", "lock", "placeholder", "temporary", "showingPlcHdr", "label"),
    *("tabIndex", "text", "richText", "appearance", "color", "docPartObj"),
})  # fmt: skip


@attrs.frozen
class Mark:
    """An element that a letter's body marks.

    Attributes:
        number: its place among them, from 1; two elements may have one name.
        name: the element's name.
        title: what an editor shows above it; each has another.
    """

    number: int
    name: str
    title: str

    @property
    def key(self) -> str:
        """Its name in the file."""
        return f"ceosample_{self.number}"


def marks_of(body: Sequence[Node]) -> list[tuple[Mark, dict[str, Any]]]:
    """The elements of a body with the sections that are marked, in their order."""
    found = []
    seen: Counter[str] = Counter()
    for number, node in enumerate(_sections(body), 1):
        name = node["attributes"]["data-element"]
        seen[name] += 1
        title = name.replace("_", " ").capitalize() + (f" {seen[name]}" if seen[name] > 1 else "")
        found.append((Mark(number, name, title), node))
    return found


def _sections(nodes: Sequence[Node]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        if isinstance(node, dict):
            if "data-element" in node["attributes"]:
                yield node
            yield from _sections(node["children"])


def put_control(document: Document, mark: Mark, first: int) -> None:
    """Put what was added to a document since it had ``first`` blocks into an element's control."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    body = document.element.body
    inside = [*body][first:-1]  # the last is the section's layout
    control, properties = OxmlElement("w:sdt"), OxmlElement("w:sdtPr")
    # Locked, the control stays when its text is deleted; the text is open to edits.
    for name, said in (
        ("alias", mark.title),
        ("tag", mark.key),
        ("id", str(mark.number)),
        ("lock", "sdtLocked"),
    ):
        child = OxmlElement(f"w:{name}")
        child.set(qn("w:val"), said)
        properties.append(child)
    part, gallery = OxmlElement("w:docPartObj"), OxmlElement("w:docPartGallery")
    gallery.set(qn("w:val"), _GALLERY)
    part.append(gallery)
    properties.append(part)
    content = OxmlElement("w:sdtContent")
    control.extend([properties, content])
    body.insert(first, control)
    content.extend(inside)
    for place, block in enumerate(inside, 1):
        paragraph = next(block.iter(qn("w:p")), None)
        if block.tag != qn("w:sdt") and paragraph is not None:
            _put_bookmark(paragraph, f"{mark.key}_{place}", mark.number * 10_000 + place)


def _put_bookmark(paragraph: Any, name: str, number: int) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for node in (start, end):
        node.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    paragraph.insert(0 if paragraph.pPr is None else 1, start)
    paragraph.append(end)


def mark_of_control(control: Any, marks: Sequence[Mark]) -> Mark | None:
    """The element whose control this is, by its tag or its title; None if it is another's."""
    properties = control.find(f"{W}sdtPr")
    if properties is None or any(_local(node) not in _PLAIN_CONTROL for node in properties):
        return None
    tag, title = value(properties, "tag"), value(properties, "alias")
    by_tag = next((mark for mark in marks if mark.key == tag), None)
    return by_tag or next((mark for mark in marks if mark.title == title), None)


def content_of(control: Any) -> Sequence[Any]:
    """What stands in a control; nothing where it is empty and Word shows words of its own in it."""
    empty = control.find(f"{W}sdtPr/{W}showingPlcHdr")
    if empty is not None and empty.get(f"{W}val", "1") not in ("0", "false", "off"):
        return ()
    content = control.find(f"{W}sdtContent")
    return () if content is None else [*content]


def marks_in(block: Any, marks: Sequence[Mark]) -> Iterator[Mark]:
    """The elements that a paragraph or a table is of, by its bookmarks and controls."""
    for node in block.iter(f"{W}bookmarkStart", f"{W}sdt"):
        if _local(node) == "sdt":
            found = mark_of_control(node, marks)
        else:
            key = _MARK.fullmatch(node.get(f"{W}name", ""))
            found = key and next((m for m in marks if m.key == f"ceosample_{key[1]}"), None)
        if found is not None:
            yield found


def _local(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


@attrs.define
class Extents:
    """From which block to which each element reaches, the last one counted in.

    An element without a block reaches from one to the one before it.
    """

    found: dict[Mark, tuple[int, int]] = attrs.field(factory=dict)
    twice: list[Mark] = attrs.field(factory=list)
    controls: set[Mark] = attrs.field(factory=set)

    def add(self, mark: Mark, first: int, last: int, *, is_control: bool = False) -> None:
        """An element was seen on these blocks; a second control of it is a copy."""
        if is_control and mark in self.controls:
            self.twice.append(mark)
        if is_control:
            self.controls.add(mark)
        before = self.found.get(mark)
        if before is not None and before[1] >= before[0] and last >= first:
            first, last = min(first, before[0]), max(last, before[1])
        elif before is not None and last < first:
            first, last = before
        self.found[mark] = (first, last)

    def in_order(self) -> list[tuple[Mark, int, int]]:
        """The elements, an outer one before those inside it."""
        return sorted(
            ((mark, first, last) for mark, (first, last) in self.found.items()),
            key=lambda found: (found[1], -found[2], found[0].number),
        )

    def crossing(self) -> Mapping[Mark, Mark]:
        """Elements of which one begins inside another and ends after it."""
        ordered = self.in_order()
        return {
            outer: inner
            for place, (outer, first, last) in enumerate(ordered)
            for inner, begins, ends in ordered[place + 1 :]
            if first <= begins <= last < ends
        }
