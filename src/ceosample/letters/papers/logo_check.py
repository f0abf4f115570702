"""What a logo's file may be: a still PNG, or an SVG that draws and neither runs nor fetches."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any, Final
from xml.parsers import expat

#: A logo is a few kilobytes; one with a photograph is not.
MOST_BYTES: Final = 1_000_000

#: The most pixels of a PNG, and the longest side.
MOST_PIXELS: Final = 4_000_000
LONGEST_SIDE: Final = 4_000

#: So many elements of an SVG are looked at, and so deep.
MOST_ELEMENTS: Final = 20_000
DEEPEST: Final = 60

PNG: Final = b"\x89PNG\r\n\x1a\n"
_SVG: Final = "http://www.w3.org/2000/svg"

#: What draws, or names what is drawn.
_DRAWS: Final = frozenset({
    *("svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line"),
    *("polyline", "polygon", "linearGradient", "radialGradient", "stop", "clipPath", "mask"),
    *("pattern", "title", "desc", "metadata", "style", "switch"),
})  # fmt: skip

_REASONS: Final = {
    "script": "a script; remove it",
    "foreignObject": "a part of a web page; draw it as shapes",
    "image": "a picture inside; draw it as shapes, or save the logo as PNG",
    "text": "text, whose font may be missing; convert it to paths",
    "tspan": "text, whose font may be missing; convert it to paths",
    "textPath": "text, whose font may be missing; convert it to paths",
    "a": "a link; remove it",
    "animate": "an animation; save it as a still",
    "animateMotion": "an animation; save it as a still",
    "animateTransform": "an animation; save it as a still",
    "set": "an animation; save it as a still",
    "filter": "a filter; draw it as shapes, or save the logo as PNG",
}
_ELSEWHERE: Final = "a reference to something outside of it; draw that inside"

#: Any way to name something by its address, but for a part of the file itself.
_FETCHES: Final = re.compile(r"url\((?!\s*['\"]?\s*#)|@import|@font-face|expression\(", re.I)
_LINKS: Final = ("href", "src", "base")


def faults_of_png(data: bytes) -> list[str]:
    """Why the bytes are no logo as PNG, by its chunks; nothing is decoded."""
    try:
        chunks = [*_chunks(data)]
    except (struct.error, ValueError):
        return ["got a damaged PNG; save it again"]
    kinds = [kind for kind, _ in chunks]
    if not kinds or kinds[0] != b"IHDR" or len(chunks[0][1]) != 13 or kinds[-1] != b"IEND":
        return ["got a damaged PNG; save it again"]
    width, height = struct.unpack(">II", chunks[0][1][:8])
    if b"acTL" in kinds:
        return ["got an animated PNG; save it as a still"]
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE) or (
        width * height > MOST_PIXELS
    ):
        return [
            f"got {width} x {height} pixels; give at most {LONGEST_SIDE} a side and {MOST_PIXELS} "
            "in all"
        ]
    return []


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The kind and the bytes of each part of a PNG, up to its end; what follows is dropped."""
    place = len(PNG)
    while True:
        size, kind = struct.unpack_from(">I4s", data, place)
        body = data[place + 8 : place + 8 + size]
        if len(body) != size:
            raise ValueError("cut off")
        yield kind, body
        if kind == b"IEND":
            return
        place += 12 + size


def faults_of_svg(data: bytes) -> list[str]:
    """Why the bytes are no logo as SVG: what would run, fetch, move or depend on a font."""
    looker = _Looker()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = looker.element
    parser.EndElementHandler = looker.end
    parser.CharacterDataHandler = looker.text
    parser.StartDoctypeDeclHandler = looker.doctype
    parser.ProcessingInstructionHandler = looker.instruction
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        return ["got a damaged SVG, or another kind of file; give a PNG or an SVG"]
    except _EnoughError:
        pass
    if not looker.faults and looker.styles and _FETCHES.search("".join(looker.styles)):
        looker.faults.append(_ELSEWHERE)
    return [f"got an SVG with {fault}" for fault in dict.fromkeys(looker.faults)]


class _EnoughError(Exception):
    """What was read decides."""


class _Looker:
    """Looks at each part of an SVG as it is read."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.styles: list[str] = []
        self.depth = 0
        self.elements = 0

    def element(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > DEEPEST or self.elements > MOST_ELEMENTS:
            self.faults.append("more shapes than a logo has; simplify it")
            raise _EnoughError
        space, _, local = name.rpartition(" ")
        if self.elements == 1 and (space, local) != (_SVG, "svg"):
            self.faults.append("no drawing; save it as SVG")
            raise _EnoughError
        if space == _SVG and local not in _DRAWS:
            self.faults.append(_REASONS.get(local, f"<{local[:40]}>, which a logo does not need"))
        elif space != _SVG and local == "script":
            self.faults.append(_REASONS["script"])
        for key, value in attributes.items():
            self.attribute(key.rpartition(" ")[2], value)

    def attribute(self, name: str, value: str) -> None:
        if name.lower().startswith("on"):
            self.faults.append(_REASONS["script"])
        is_elsewhere = name.lower() in _LINKS and not value.strip().startswith("#")
        if is_elsewhere or _FETCHES.search(value) or "javascript:" in value.lower():
            self.faults.append(_ELSEWHERE)

    def end(self, _name: str) -> None:
        self.depth -= 1

    def text(self, text: str) -> None:
        self.styles.append(text)  # of style sheets, and of titles, which hold none of this

    def doctype(self, *_: Any) -> None:
        self.faults.append("a document type, which can hold entities; save it as plain SVG")
        raise _EnoughError

    def instruction(self, target: str, _data: str) -> None:
        self.faults.append(f"<?{target[:40]}?>; save it as plain SVG")
