"""What a letter's PDF may not hold: whatever could act, hide, change or be lost on its way.

It works in the child process, on a PDF that nobody has looked at yet.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from ceosample.letters.existing.existing_letter import MOST_PAGES

#: So many objects and parts of objects are looked at; a letter has a few thousand.
_MOST_PARTS: Final = 1_000_000

#: What actions do, by their type; those that are not here jump inside the letter or open a link.
_ACTIONS: Final = {
    "/JavaScript": "a script (JavaScript)",
    "/Launch": "an action that starts a program",
    "/ImportData": "an action that reads a file",
    "/SubmitForm": "an action that sends data",
    "/ResetForm": "an action that changes a form",
    "/GoToE": "an action that opens an attachment",
    "/GoToR": "an action that opens another file",
    "/Hide": "an action that hides parts of it",
    "/SetOCGState": "an action that switches layers",
    "/Rendition": "a film or a sound",
    "/Movie": "a film or a sound",
    "/Sound": "a film or a sound",
    "/Trans": "an action that changes its pages",
    "/GoTo3DView": "a film or a sound",
    "/RichMediaExecute": "a film or a sound",
}

#: Notes on a page that are no words of the letter, by their kind.
_NOTES: Final = {
    "/FileAttachment": "an attached file",
    "/Widget": "a form",
    "/Movie": "a film or a sound",
    "/Sound": "a film or a sound",
    "/Screen": "a film or a sound",
    "/RichMedia": "a film or a sound",
    "/3D": "a film or a sound",
    "/Link": None,
    "/PrinterMark": None,
    "/TrapNet": None,
}

#: What to do about what was found; the ends of the messages.
_DO: Final = {
    "a form": "print it to PDF, so that its fields become plain text",
    "a form (XFA)": "print it to PDF, so that its fields become plain text",
    "a digital signature": "give the letter unsigned, since the approval is signed with it",
    "an attached file": "remove the attachment",
    "a comment": "accept or delete the comments",
    "a layer that is hidden, on the screen or on paper": "print it to PDF as it should be seen",
}
_ELSE: Final = "print it to PDF, which leaves that out"


def faults_of_pdf(data: bytes) -> list[str]:
    """Why a PDF cannot be signed as it is, each reason once; empty if it can."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                return [_ENCRYPTED]
            return [*dict.fromkeys([*_damage(pdf), *_pages(pdf), *_found(pdf)])]
    except pikepdf.PasswordError:
        return [_ENCRYPTED]
    except pikepdf.PdfError:
        return [_DAMAGED]


_ENCRYPTED: Final = "pdf: got an encrypted PDF; save it without a password and restrictions"
_DAMAGED: Final = "pdf: got a damaged PDF, which programs repair in different ways; save it again"


def _found(pdf: pikepdf.Pdf) -> list[str]:
    """What no letter has; a part that is of another kind than its name says is damage."""
    try:
        return [*_contents(pdf)]
    except (RecursionError, ValueError, TypeError, KeyError, AttributeError):
        return [_DAMAGED]


def _damage(pdf: pikepdf.Pdf) -> Iterator[str]:
    if pdf.get_warnings() or pdf.check_pdf_syntax():
        yield _DAMAGED


def _pages(pdf: pikepdf.Pdf) -> Iterator[str]:
    count = len(pdf.pages)
    if not 0 < count <= MOST_PAGES:
        yield f"pdf: got {count} pages; give a letter of 1 to {MOST_PAGES}"


def _contents(pdf: pikepdf.Pdf) -> Iterator[str]:
    """What is in it that no letter has, in words."""
    for what in dict.fromkeys([*_in_catalog(pdf.Root), *_in_objects(pdf)]):
        yield f"pdf: got a PDF with {what}; {_DO.get(what, _ELSE)}"


def _in_catalog(root: Any) -> Iterator[str]:
    names = root.get("/Names", {})
    if "/JavaScript" in names:
        yield "a script (JavaScript)"
    if "/EmbeddedFiles" in names or "/Collection" in root:
        yield "an attached file"
    form = root.get("/AcroForm")
    if form is not None:
        if "/XFA" in form:
            yield "a form (XFA)"
        elif len(form.get("/Fields", [])):
            yield "a form"
    layers = root.get("/OCProperties")
    if layers is not None and _is_hiding(layers.get("/D", {})):
        yield "a layer that is hidden, on the screen or on paper"


def _is_hiding(shown: Any) -> bool:
    """Whether a layer is off, or is on in one place and off in another."""
    base = str(shown.get("/BaseState", "/ON"))
    return base != "/ON" or len(shown.get("/OFF", [])) > 0 or len(shown.get("/AS", [])) > 0


def _in_objects(pdf: pikepdf.Pdf) -> Iterator[str]:
    """What each dictionary of the file gives away, wherever it hangs."""
    looked_at = 0
    waiting: list[Any] = [pdf.trailer, *pdf.objects]
    while waiting:
        looked_at += 1
        if looked_at > _MOST_PARTS:
            yield "more parts than a letter has"
            return
        part = waiting.pop()
        if isinstance(part, pikepdf.Array):
            waiting += (one for one in part if _is_direct(one))
        elif isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            yield from _in_dictionary(part)
            # The objects that it refers to are in the list of all.
            waiting += (one for _, one in part.items() if _is_direct(one))


def _is_direct(part: Any) -> bool:
    is_nested = isinstance(part, pikepdf.Array | pikepdf.Dictionary)
    return is_nested and not part.is_indirect


def _in_dictionary(part: Any) -> Iterator[str]:
    kind = str(part.get("/S", ""))
    if kind in _ACTIONS and "/P" not in part:  # a tag of a document's structure has a parent
        yield _ACTIONS[kind]
    if "/JS" in part:
        yield "a script (JavaScript)"
    if "/AA" in part:
        yield "actions that start by themselves"
    if str(part.get("/Type", "")) in ("/EmbeddedFile", "/Filespec", "/F") or "/EF" in part:
        yield "an attached file"
    if str(part.get("/FT", "")) == "/Sig" or "/ByteRange" in part:
        yield "a digital signature"
    if isinstance(part, pikepdf.Stream) and "/F" in part:
        yield "parts that lie in another file"
    if str(part.get("/Type", "")) == "/Annot" or ("/Rect" in part and "/Subtype" in part):
        note = _NOTES.get(str(part.get("/Subtype", "")), "a comment")
        if note is not None and "/FT" not in part:
            yield note
