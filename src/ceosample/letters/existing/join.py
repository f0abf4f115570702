"""A slip and the letter behind it as one PDF, and a pack with letters' pages in their places.

It works in the child process. The letter's pages are copied as they are, but for the numbers by
which they belong to the letter's own tags, which stay behind: the joined file is a new document.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

import pikepdf

#: What a place for a page of a letter is called in a pack: its letter's number, and its own.
PLACE: Final = "existing-{}-{}"

#: What the metadata claim of the slip, and is not true of the whole.
_CLAIMS: Final = ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part", "pdfaid:rev")


def join(order: tuple[bytes, bytes]) -> bytes:
    """The slip's pages, then the letter's; the child calls this with the two PDFs."""
    slip, letter = order
    with pikepdf.open(io.BytesIO(slip)) as whole, pikepdf.open(io.BytesIO(letter)) as behind:
        first = len(whole.pages)
        whole.pages.extend(behind.pages)
        for page in whole.pages[first:]:
            _without_tags(page)
        return _saved(whole)


def fill(order: tuple[bytes, Sequence[tuple[int, bytes]]]) -> bytes:
    """A pack with the pages of letters in the places that it keeps for them.

    The child calls this with the pack, and the number and the PDF of each letter.
    """
    pack, letters = order
    with pikepdf.open(io.BytesIO(pack)) as whole:
        names = _names(whole)
        places = {_key(page.obj): number for number, page in enumerate(whole.pages)}
        for number, data in letters:
            with pikepdf.open(io.BytesIO(data)) as letter:
                for count, page in enumerate(letter.pages, 1):
                    name = PLACE.format(number, count)
                    if name not in names:  # a long month has several packs
                        continue
                    place = places[names[name]]
                    whole.pages[place] = page
                    _without_tags(whole.pages[place])
        return _saved(whole)


def _names(pdf: pikepdf.Pdf) -> dict[str, tuple[int, int]]:
    """The page of each named place."""
    there: Any = pdf.Root["/Names"]["/Dests"]["/Names"]
    pairs = zip(there[0::2], there[1::2], strict=True)
    return {str(name): _page_of(place) for name, place in pairs}


def _page_of(place: Any) -> tuple[int, int]:
    where = place["/D"] if isinstance(place, pikepdf.Dictionary) else place
    return _key(where[0])


def _key(part: Any) -> tuple[int, int]:
    found: tuple[int, int] = part.objgen
    return found


def _without_tags(page: Any) -> None:
    """Take a page out of the structure of the document that it comes from."""
    _drop(page.obj, "/StructParents")
    for note in page.obj.get("/Annots", []):
        _drop(note, "/StructParent")


def _drop(part: Any, name: str) -> None:
    if name in part:
        del part[name]


def _saved(pdf: pikepdf.Pdf) -> bytes:
    """The same bytes each time, and no claim that holds for a part alone."""
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
        for claim in _CLAIMS:
            if claim in said:
                del said[claim]
    # A reader that trusts the tags would pass over pages that have none.
    pdf.Root["/MarkInfo"] = pikepdf.Dictionary(Marked=False)
    output = io.BytesIO()
    pdf.save(output, deterministic_id=True, fix_metadata_version=False)
    return output.getvalue()
