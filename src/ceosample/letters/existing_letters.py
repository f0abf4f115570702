"""The letters of a month that exist already: read, and looked through for what must be in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from ceosample.canonical import Json, digest
from ceosample.errors import LetterError
from ceosample.letters.contents.fields import LetterContents
from ceosample.letters.existing.convert import as_pdfs
from ceosample.letters.existing.existing_letter import ExistingLetter
from ceosample.letters.existing.given import PDF, GivenPdf, look_at, pdf_of
from ceosample.letters.existing.phrases import found_in
from ceosample.letters.existing.read import read_letters
from ceosample.letters.letter import Letter
from ceosample.letters.requirements import LetterRequirements

#: Where a docket keeps the elements of a letter that exists already, each with what was found.
ELEMENTS: Final = "elements"

#: And where it keeps the number of the month's other letters that are the same file.
SAME_FILE: Final = "same_file"

#: So many letters of a frame are in memory at once.
_READ_AT_ONCE: Final = 30


def with_existing(
    fetched: Sequence[LetterContents],
    orders: Sequence[LetterRequirements],
    converted: Path | None = None,
) -> list[LetterContents]:
    """The letters' fields, those that exist already read, their dockets with what was found.

    Args:
        fetched: the letters.
        orders: what each must be.
        converted: the folder that keeps the PDFs of those that are Word files.

    Raises:
        LetterError: every PDF that is refused.
        MissingPartError: there are such letters, and the extra ``pdf`` is not installed, or
            LibreOffice, which Word files need.
    """
    given = {one.unit_id: one.pdf for one in fetched if one.pdf is not None}
    read = read_letters(as_pdfs(given, converted))
    times = Counter(letter.digest for letter in read.values())
    return [
        fields
        if fields.unit_id not in read
        else attrs.evolve(
            fields,
            existing=read[fields.unit_id],
            found={
                **fields.found,
                ELEMENTS: looked_for(read[fields.unit_id], order),
                SAME_FILE: times[read[fields.unit_id].digest] - 1,
            },
        )
        for fields, order in zip(fetched, orders, strict=True)
    ]


def looked_for(letter: ExistingLetter, order: LetterRequirements) -> list[Json]:
    """Each element that the regime asks for, and whether a phrase of it is in the letter."""
    return [[one.text, found_in(letter.text, one.phrases)] for one in order.elements]


def slip_context(fields: LetterContents) -> dict[str, Any]:
    """What the slip's template is given beside what every letter has."""
    if fields.existing is None:
        return {}
    return {"pages": len(fields.existing.pages), "sha256": fields.existing.digest}


def require_new(letter: Letter) -> None:
    """Raise where a letter exists already, and so is not edited here.

    Raises:
        LetterError: it does.
    """
    if letter.existing is not None:
        raise LetterError(
            f"letter {letter.unit_id}: exists already as PDF; edit it where it was written, give "
            "the new PDF, and render it again"
        )


def try_files(
    contents: Mapping[str, Mapping[str, Any]], *, whole: bool
) -> tuple[dict[str, Mapping[str, Any]], dict[str, str], list[str]]:
    """Letters before a draw, those that exist already looked at: read whole, or not at all.

    Args:
        contents: the contents by id.
        whole: True to read each PDF, as the frame commits to it; False to look at its file alone.

    Returns:
        The contents, where a PDF is a stand-in that holds nothing; the digest of each PDF that was
        read; and what is wrong.
    """
    found = dict(contents)
    digests: dict[str, str] = {}
    faults: list[str] = []
    existing = [name for name, fields in contents.items() if _has_pdf(fields)]
    for first in range(0, len(existing), _READ_AT_ONCE):
        given: dict[str, GivenPdf] = {}
        for unit_id in existing[first : first + _READ_AT_ONCE]:
            letter = contents[unit_id]["letter"]
            found[unit_id] = {**contents[unit_id], "letter": {**letter, PDF: GivenPdf(b"")}}
            try:
                if whole:
                    given[unit_id] = pdf_of(letter[PDF])
                else:
                    look_at(letter[PDF])
            except LetterError as error:
                faults += [f"letter {unit_id}, {fault}" for fault in error.faults]
        digests |= {unit_id: digest(one.data) for unit_id, one in given.items()}
        try:
            # Of Word files the drawn ones alone are printed, and read as PDF.
            read_letters({name: one for name, one in given.items() if not one.is_word})
        except LetterError as error:
            faults += error.faults
    return found, digests, faults


def _has_pdf(fields: Any) -> bool:
    letter = fields.get("letter") if isinstance(fields, Mapping) else None
    value = letter.get(PDF) if isinstance(letter, Mapping) else None
    return value is not None and value == value  # a dataframe's missing value is not itself
