"""What a screen reader finds in a tagged PDF: its structure, in order, with the text of each part.

Written from ISO 32000-1, 14.7 (structure) and 14.8 (tagged PDF), on top of pikepdf, which reads
objects and content streams and knows nothing of text. Text from the right stands in a content
stream as on the page, from its left end; to turn it round is the reader's affair.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import attrs
import pikepdf

_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


@attrs.define
class Part:
    """A structure element.

    Attributes:
        tag: its type: P, H1, Table, ...
        language: its own /Lang, or that of what it stands in.
        attributes: its /A entries, by name.
        inside: texts and parts, in reading order.
    """

    tag: str
    language: str
    attributes: dict[str, Any]
    inside: list[str | Part]

    @property
    def text(self) -> str:
        """All that is read out here."""
        return "".join(part if isinstance(part, str) else part.text for part in self.inside)

    @property
    def parts(self) -> list[Part]:
        """The structure elements directly inside."""
        return [part for part in self.inside if isinstance(part, Part)]

    def all(self, *tags: str) -> Iterator[Part]:
        """Every part of these types in here, in reading order; all parts if none is named."""
        for part in self.parts:
            if not tags or part.tag in tags:
                yield part
            yield from part.all(*tags)


def structure(data: bytes) -> Part:
    """The structure tree of a PDF, as one part of the document's language."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        marked = {page.objgen: _marked_texts(page) for page in pdf.pages}
        root = pdf.Root.StructTreeRoot
        inside = _children(root, None, str(pdf.Root.Lang), marked)
        return Part("", str(pdf.Root.Lang), {}, inside)


def _children(node: Any, page: Any, language: str, marked: Any) -> list[str | Part]:
    """What /K holds: marked content by its number, and further elements."""
    found: list[str | Part] = []
    for kid in _listed(node.get("/K")):
        if isinstance(kid, int):
            found.append(marked[page.objgen].pop(kid))
        elif kid.get("/Type") == "/MCR":
            found.append(marked[kid.get("/Pg", page).objgen].pop(int(kid.MCID)))
        elif kid.get("/Type") != "/OBJR":
            own = str(kid.get("/Lang", language))
            inside = _children(kid, kid.get("/Pg", page), own, marked)
            found.append(Part(str(kid.S)[1:], own, _attributes(kid), inside))
    return found


def _attributes(node: Any) -> dict[str, Any]:
    given = _listed(node.get("/A"))
    return {name[1:]: value for one in given for name, value in one.items() if name != "/O"}


def _listed(value: Any) -> list[Any]:
    """What may be nothing, one thing or an array of things."""
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _marked_texts(page: pikepdf.Page) -> dict[int, str]:
    """The text of each marked content of a page, by its number; artifacts are left out."""
    fonts = {name: to_unicode(font) for name, font in page.resources.get("/Font", {}).items()}
    texts: dict[int, str] = {}
    open_: list[tuple[int | None, bool]] = []  # its number if it has one; whether text is replaced
    font: dict[bytes, str] = {}
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        name = str(instruction.operator)
        if name in ("BDC", "BMC"):
            given = operands[1] if len(operands) > 1 else {}
            outer, replaced = open_[-1] if open_ else (None, False)
            number = int(given["/MCID"]) if "/MCID" in given else outer
            if number is not None:
                texts[number] = texts.get(number, "") + str(given.get("/ActualText", ""))
            open_.append((number, replaced or "/ActualText" in given))
        elif name == "EMC":
            open_.pop()
        elif name == "Tf":
            font = fonts[str(operands[0])]
        elif name in ("Tj", "TJ"):
            number, replaced = open_[-1]
            if number is not None and not replaced:
                shown = operands[0] if name == "TJ" else [operands[0]]
                codes = [bytes(one) for one in shown if isinstance(one, pikepdf.String)]
                texts[number] += "".join(_decoded(one, font) for one in codes)
        assert name not in ("'", '"'), "a way to show text that this does not know"
    return texts


def _decoded(codes: bytes, font: dict[bytes, str]) -> str:
    """Codes of two bytes, as /Identity-H has them."""
    return "".join(font[codes[place : place + 2]] for place in range(0, len(codes), 2))


def to_unicode(font: Any) -> dict[bytes, str]:
    """What a font says that its codes mean."""
    assert str(font.Encoding) == "/Identity-H"
    found: dict[bytes, str] = {}
    source = font.ToUnicode.read_bytes()
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", source, re.DOTALL):
        for first, last, text in _RANGE.findall(block):
            for code in range(int(first, 16), int(last, 16) + 1):
                start = bytearray(bytes.fromhex(text.decode()))
                start[-1] += code - int(first, 16)
                found[code.to_bytes(2, "big")] = start.decode("utf-16-be")
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", source, re.DOTALL):
        for code, text in _PAIR.findall(block):
            found[bytes.fromhex(code.decode())] = bytes.fromhex(text.decode()).decode("utf-16-be")
    return found
