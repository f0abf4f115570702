"""The letters of a month that exist already: read, and looked through for what must be in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from ceosample.canonical import Json
from ceosample.errors import LetterError, raise_faults
from ceosample.letters.contents.fields import LetterContents
from ceosample.letters.existing.existing_letter import ExistingLetter
from ceosample.letters.existing.phrases import found_in
from ceosample.letters.existing.read import read_letters
from ceosample.letters.requirements import LetterRequirements

#: Where a docket keeps the elements of a letter that exists already, each with what was found.
ELEMENTS = "elements"


def with_existing(
    fetched: Sequence[LetterContents], orders: Sequence[LetterRequirements]
) -> list[LetterContents]:
    """The letters' fields, those that exist already read, their dockets with what was found.

    Raises:
        LetterError: every PDF that is refused.
        MissingPartError: there are such letters, and the extra ``pdf`` is not installed.
    """
    read = read_letters({one.unit_id: one.pdf for one in fetched if one.pdf is not None})
    return [
        fields
        if fields.unit_id not in read
        else attrs.evolve(
            fields,
            existing=read[fields.unit_id],
            found={**fields.found, ELEMENTS: looked_for(read[fields.unit_id], order)},
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


def require_new(existing: Sequence[str], unit_ids: Sequence[str]) -> None:
    """Raise where a letter that exists already is to be edited.

    Raises:
        LetterError: every such letter.
    """
    raise_faults(
        LetterError,
        (
            f"letter {unit_id}: exists already as PDF, which is not edited here; edit it where it "
            "was written, and give the new PDF"
            for unit_id in unit_ids
            if unit_id in existing
        ),
    )
