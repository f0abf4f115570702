"""What a finished letter as a Word file may not hold: what runs, fetches, or prints anew each day.

Pictures, links and layout are the letter's own and stay: LibreOffice prints them, see ``convert``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any, Final
from xml.parsers import expat

from ceosample.errors import LetterError, raise_faults
from ceosample.letters.existing.existing_letter import MOST_BYTES
from ceosample.text import quoted
from ceosample.zipped import ZipLimits

#: How every zip begins, and so every Word file of today.
BEGINS: Final = b"PK\x03\x04"

#: How an older Word file begins, and one with a password.
OLD: Final = b"\xd0\xcf\x11\xe0"

_LIMITS: Final = ZipLimits(
    name="Word file",
    save_as=".docx",
    error=LetterError,
    most_bytes=MOST_BYTES,
    most_unpacked=100 * 2**20,
    most_parts=1_000,
)

_DOCUMENT: Final = "word/document.xml"
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATION: Final = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"

#: What may lie in another file: an address that somebody can click, and the name of a template.
_MAY_BE_ELSEWHERE: Final = frozenset({"hyperlink", "attachedTemplate"})

_RELATIONS: Final = {
    "vbaProject": "macros; save it as .docx without them",
    "oleObject": "an embedded object; print it to PDF and give that",
    "package": "an embedded file; print it to PDF and give that",
    "control": "a control that runs a program; remove it",
    "aFChunk": "another document inside; paste its text",
    "subDocument": "another document inside; paste its text",
}

_TRACKED: Final = "a tracked change; accept or reject it"
_ELEMENTS: Final = {
    **dict.fromkeys(("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel"), _TRACKED),
    "comment": "a comment; delete it",
    "altChunk": "another document inside; paste its text",
    "showingPlcHdr": "a content control that is not filled in; fill it in or remove it",
}

_CHANGES: Final = "a date or a name that changes each time it is opened; write it as text"
_FETCHES: Final = "a field that takes text from elsewhere; write it as text"
_INSIDE: Final = "a field inside another one, of which LibreOffice prints both; write it as text"
_LOST: Final = "a reference to a place that it does not have; write it as text"
_SILENT: Final = "a condition (IF), whose words LibreOffice leaves out; write them as text"
_UNFILLED: Final = "a field of a mail merge that is not filled in; merge it first"
_FIELDS: Final = {
    **dict.fromkeys(("DATE", "TIME", "SAVEDATE", "PRINTDATE", "FILENAME", "EDITTIME"), _CHANGES),
    **dict.fromkeys(("INCLUDETEXT", "INCLUDEPICTURE", "LINK", "IMPORT", "INCLUDE"), _FETCHES),
    **dict.fromkeys(("DDE", "DDEAUTO", "DATABASE", "MACROBUTTON", "ASK", "FILLIN"), _FETCHES),
    **dict.fromkeys(("MERGEFIELD", "MERGEREC", "NEXT", "NEXTIF", "GREETINGLINE"), _UNFILLED),
    "ADDRESSBLOCK": _UNFILLED,
    "IF": _SILENT,
}

#: Fields that show what stands at a bookmark, or where it is.
_REFERENCES: Final = frozenset({"REF", "PAGEREF", "NOTEREF"})


def require_word_letter(data: bytes) -> None:
    """Raise unless a Word file is a finished letter that prints the same whenever it is printed.

    Raises:
        LetterError: every reason, in words that fit after the letter's name.
    """
    reader = _Reader()
    with _LIMITS.opened(data, "pdf") as parts:
        for name, pieces in parts.items():
            if posixpath.normpath(name) != name.rstrip("/"):
                raise LetterError(
                    f"pdf: the part {quoted(name)} is in another place; save it again"
                )
            if name.endswith("vbaProject.bin"):
                reader.faults.append(_RELATIONS["vbaProject"])
            if name.endswith((".xml", ".rels")):
                reader.read(pieces, name)
        if _DOCUMENT not in parts:
            raise LetterError(
                "pdf: got a zip that is no Word document; give a PDF, or save it as .docx"
            )
    raise_faults(
        LetterError,
        (f"pdf: got a Word file with {fault}" for fault in dict.fromkeys(reader.all_faults())),
    )


class _Reader:
    """Looks at each part of a Word file as it is unpacked."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        # The instruction of each open field; None once its result has begun.
        self._fields: list[str | None] = []
        self._is_instruction = False
        self._bookmarks: set[str] = set()
        self._wanted: set[str] = set()

    def all_faults(self) -> list[str]:
        """What is wrong with the parts that were read: a bookmark may be in another one."""
        return [*self.faults, *([_LOST] if self._wanted - self._bookmarks else [])]

    def read(self, pieces: Iterator[bytes], name: str) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._element
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        self._fields = []
        try:
            for piece in pieces:
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except expat.ExpatError:
            self.faults.append(f"a damaged part ({quoted(name)}); save it in Word again")

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if name == _RELATION:
            self._relation(attributes)
        elif local == "Override" and "macroEnabled" in attributes.get("ContentType", ""):
            self.faults.append(_RELATIONS["vbaProject"])
        if space != _WORD:
            return
        if local in _ELEMENTS or local.endswith("Change"):
            self.faults.append(_ELEMENTS.get(local, _TRACKED))
        elif local == "fldSimple":
            self._field(attributes.get(f"{_WORD} instr", ""))
        elif local == "bookmarkStart":
            self._bookmarks.add(attributes.get(f"{_WORD} name", "").upper())
        elif local == "fldChar":
            self._mark(attributes.get(f"{_WORD} fldCharType", ""))
        self._is_instruction = local == "instrText"

    def _end(self, _name: str) -> None:
        self._is_instruction = False

    def _mark(self, kind: str) -> None:
        around = self._fields[-1] if self._fields else None
        if kind == "begin":
            if around is not None:  # a field's result may hold others: a table of contents does
                self.faults.append(_INSIDE)
            self._fields.append("")
        elif self._fields and kind == "separate":
            self._field(around or "")
            self._fields[-1] = None
        elif self._fields and kind == "end":
            self._field(self._fields.pop() or "")

    def _text(self, text: str) -> None:
        if self._is_instruction and self._fields and self._fields[-1] is not None:
            self._fields[-1] += text

    def _field(self, instruction: str) -> None:
        kind, place, *_ = [*instruction.upper().split(), "", ""]
        if kind in _FIELDS:
            self.faults.append(_FIELDS[kind])
        elif kind in _REFERENCES:
            self._wanted.add(place.strip('"'))

    def _relation(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        if kind in _RELATIONS:
            self.faults.append(_RELATIONS[kind])
        elif attributes.get("TargetMode") == "External" and kind not in _MAY_BE_ELSEWHERE:
            self.faults.append(f"a part that lies elsewhere ({quoted(kind)}); put it into the file")

    def _doctype(self, *_: Any) -> None:
        self.faults.append("a document type, which Word never writes; save it in Word again")
