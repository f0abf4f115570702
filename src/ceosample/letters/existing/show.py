"""The pages of a PDF as pictures and as text, by PDFium; it works in the child process."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import pypdfium2
from pypdfium2 import raw

from ceosample.letters.existing.existing_letter import LetterPage
from ceosample.letters.existing.png import png_of
from ceosample.letters.existing.reading_order import TextLine, in_reading_order
from ceosample.text import BIDI_CONTROLS, kind_of_refused

#: So many pixels wide is a page of paper: sharp on a screen, and two pages in 100 kB.
WIDE: Final = 1000

#: No page has more pixels than a very long one of that width.
_MOST_PIXELS: Final = 6_000_000

#: The sides of a page that can be read in such a picture, in points: from 5 to 60 centimetres.
_SIDES: Final = (141, 1701)

#: Left, bottom, right and top, in points.
Box: TypeAlias = tuple[float, float, float, float]

#: What PDFium writes where a word is parted at the end of a line.
_PARTED: Final = "\ufffe\x02"


def pages_of(data: bytes) -> Iterator[LetterPage]:
    """The pages of a letter.

    Raises:
        ValueError: PDFium cannot read it.
    """
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise ValueError("pdf: got a damaged PDF, which cannot be shown; save it again") from None
    with pdf:
        for page in pdf:
            yield _page(page)


def _page(page: Any) -> LetterPage:
    width, height = page.get_size()
    if not all(_SIDES[0] <= side <= _SIDES[1] for side in (width, height)):
        raise ValueError(
            f"pdf: got a page of {width:.0f} by {height:.0f} points, which nobody can read; print "
            f"it on paper of {_SIDES[0]} to {_SIDES[1]} points (5 to 60 cm)"
        )
    scale = min(WIDE / width, math.sqrt(_MOST_PIXELS / (width * height)))
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
    picture = png_of(bytes(bitmap.buffer), bitmap.width, bitmap.height)
    return LetterPage(round(width), round(height), _text(page), picture)


def _text(page: Any) -> str:
    """The page's words: lines apart by one line feed, blocks by two."""
    blocks = in_reading_order([*_lines(page)])
    joined = ("\n".join(line.text for line in block) for block in blocks)
    text = "\n\n".join(filter(None, map(_joined, joined)))
    refused = {one for one in {*text} - {"\n"} if kind_of_refused(one) is not None}
    return text.translate(dict.fromkeys(map(ord, refused)))


def _joined(block: str) -> str:
    """A block with the words whole again that were parted at the ends of its lines."""
    for mark in _PARTED:
        block = block.replace(f"{mark}\n", "").replace(mark, "")
    lines = (" ".join(line.split()) for line in block.split("\n"))
    return "\n".join(filter(None, lines))


def _lines(page: Any) -> Iterator[TextLine]:
    """The lines as PDFium tells them apart, each with the box around its characters."""
    text_page, seen = page.get_textpage(), _Seen(page)
    # One unit of UTF-16 for each character that PDFium counts, so that places stay places.
    units = [raw.FPDFText_GetUnicode(text_page.raw, n) for n in range(text_page.count_chars())]
    first = 0
    for last, unit in enumerate([*units, _LINE_FEED]):
        if unit not in (_LINE_FEED, _RETURN):
            continue
        for start, end in _pieces(text_page, first, last):
            boxes = _boxes(text_page, start, end)
            places = [*range(start, end)]
            if not all(map(seen.holds, boxes)):  # nobody sees what stands beside the page
                places = [n for n in places if seen.holds_middle(text_page.get_charbox(n))]
                boxes = [box for box in boxes if seen.meets(box)]
            text = _decoded([units[n] for n in places])
            if text.strip() and boxes:
                yield seen.line(text, boxes)
        first = last + 1


def _boxes(text_page: Any, first: int, last: int) -> list[Box]:
    count = text_page.count_rects(first, last - first)
    return [text_page.get_rect(number) for number in range(count)]


def _pieces(text_page: Any, first: int, last: int) -> Iterator[tuple[int, int]]:
    """A line of PDFium's, in pieces where there is room for an empty strip between two columns."""
    boxes = _boxes(text_page, first, last) if first < last else []
    wide = _GAP * max((top - bottom for _, bottom, _, top in boxes), default=0)
    edges = [x for left, _, right, _ in sorted(boxes) for x in (left, right)][1:-1]
    if any(right - left > wide for left, right in zip(edges[::2], edges[1::2], strict=True)):
        end = None
        start = first
        for place in range(first, last):
            left, _, right, _ = text_page.get_charbox(place)
            if right <= left:  # a space that PDFium put in
                continue
            if end is not None and left - end > wide:
                yield start, place
                start = place
            end = right
        first = start
    yield first, last


#: So many times as wide as a line is high is a gap that no words of one line have.
_GAP: Final = 2.0


def _decoded(units: list[int]) -> str:
    data = b"".join(unit.to_bytes(2, "little") for unit in units if unit < _UNITS)
    return data.decode("utf-16-le", errors="ignore").translate(_WITHOUT_BIDI)


_LINE_FEED, _RETURN, _UNITS = 0x0A, 0x0D, 0x10000

_WITHOUT_BIDI: Final = str.maketrans("", "", BIDI_CONTROLS)


class _Seen:
    """Where things stand on a page as it is seen: turned, and measured from its upper left."""

    def __init__(self, page: Any) -> None:
        self.turned = page.get_rotation()
        seen: Box = page.get_bbox()
        self.left, self.bottom, self.right, self.top = seen

    def holds(self, box: Box) -> bool:
        """Whether all of it is on the page."""
        left, bottom, right, top = box
        across = self.left <= left and right <= self.right
        return across and self.bottom <= bottom and top <= self.top

    def meets(self, box: Box) -> bool:
        """Whether any of it is on the page."""
        left, bottom, right, top = box
        return left < self.right and right > self.left and bottom < self.top and top > self.bottom

    def holds_middle(self, box: Box) -> bool:
        left, bottom, right, top = box
        return (
            self.left <= (left + right) / 2 <= self.right
            and self.bottom <= (bottom + top) / 2 <= self.top
        )

    def line(self, text: str, boxes: list[Box]) -> TextLine:
        left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
        bottom, top = min(box[1] for box in boxes), max(box[3] for box in boxes)
        sides = {
            0: (left - self.left, self.top - top, right - self.left, self.top - bottom),
            90: (bottom - self.bottom, left - self.left, top - self.bottom, right - self.left),
            180: (self.right - right, bottom - self.bottom, self.right - left, top - self.bottom),
            270: (self.top - top, self.right - right, self.top - bottom, self.right - left),
        }
        return TextLine(text, *sides[self.turned])
