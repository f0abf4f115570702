"""What a workbook's cells share: texts that many of them have, and how their values are shown."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from ceosample.text import WHITE_SPACE
from ceosample.workbook.cell import Style
from ceosample.workbook.number_format import BUILT_IN, GENERAL, as_format
from ceosample.workbook.package import LONGEST_TEXT, Package

#: How Excel writes characters into a text that XML cannot hold, and the underscore of such a sign.
_ESCAPED: Final = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff])_")


class Texts:
    """Gathers a text from its runs; what is a reading aid above them is left out."""

    def __init__(self, package: Package) -> None:
        self.is_wanted = False
        self._package = package
        self._pieces: list[str] = []
        self._length = 0
        self._is_aid = False

    def begin(self, tag: str) -> None:
        """An element begins."""
        if tag == "rPh":
            self._is_aid = True
        self.is_wanted = tag == "t" and not self._is_aid

    def end(self, tag: str) -> None:
        """An element ends."""
        self.is_wanted = False
        if tag == "rPh":
            self._is_aid = False

    def take(self, text: str) -> None:
        """Text between elements."""
        if self.is_wanted:
            self.add(text)

    def add(self, text: str) -> None:
        """A piece of the text.

        Raises:
            CeosampleError: the package's: it is too long.
        """
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            self._package.refuse(f": got a cell of more than {LONGEST_TEXT} characters; shorten it")
        self._pieces.append(text)

    def whole(self) -> str:
        """The text, and the next one begins."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._length = 0
        return text


def unescaped(text: str) -> str:
    """A text with the characters that XML cannot hold.

    >>> unescaped("one_x000D_"), unescaped("_x005F_x000D_")
    ('one\\r', '_x000D_')
    """
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def plain_text(text: str) -> str:
    """A text in Unicode's NFC, with ordinary blanks, and none at its ends."""
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ")).strip(WHITE_SPACE)


def shared_strings(package: Package, part: str | None) -> list[str]:
    """The texts that cells name by their numbers."""
    found: list[str] = []
    if part is None:
        return found
    texts = Texts(package)

    def start(tag: str, _given: dict[str, str]) -> None:
        texts.begin(tag)

    def end(tag: str, _given: dict[str, str]) -> None:
        texts.end(tag)
        if tag == "si":
            found.append(unescaped(texts.whole()))

    for _ in package.parse(part, start, end, texts.take):
        pass
    return found


def cell_styles(package: Package, part: str | None, *, is_1904: bool) -> list[Style]:
    """How cells show their values, by the numbers that they name."""
    codes: dict[int, str] = dict(BUILT_IN)
    used: list[int] = []
    above: list[str] = []

    def start(tag: str, given: dict[str, str]) -> None:
        above.append(tag)
        if tag == "numFmt" and "numFmts" in above:
            codes[number_in(given.get("numFmtId"))] = given.get("formatCode", GENERAL)
        elif tag == "xf" and above[-2:-1] == ["cellXfs"]:
            used.append(number_in(given.get("numFmtId")))

    def end(_tag: str, _given: dict[str, str]) -> None:
        above.pop()

    if part is not None:
        for _ in package.parse(part, start, end, lambda _text: None):
            pass
    return [Style(as_format(codes.get(number, GENERAL)), is_1904) for number in used]


def number_in(text: str | None) -> int:
    """A whole number of an attribute; 0 where there is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0
