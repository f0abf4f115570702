"""The pack and each letter set as PDF, many at a time; what cannot be set is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NoReturn, TypeVar

import attrs

from ceosample.errors import LetterError, raise_faults
from ceosample.letters import child_process
from ceosample.letters.letter import Letter
from ceosample.letters.papers import shell_pages
from ceosample.letters.pdf import typeset
from ceosample.progress import Progress, watched

#: So many letters are still one ``pack.pdf``.
LETTERS_A_PDF: Final = 250

#: A larger pack is several PDFs of so many letters: setting 250 at once takes 700 MB, 100 take 300.
LETTERS_A_PART: Final = 100

T = TypeVar("T")


def render_pdf(
    page: dict[str, Any],
    letters: Sequence[Letter],
    blank: typeset.Page,
    progress: Progress | None,
) -> dict[str, bytes]:
    """The pack, and every letter alone, set as a blank page; a letter that cannot be is named."""
    size = LETTERS_A_PDF if len(letters) <= LETTERS_A_PDF else LETTERS_A_PART
    packs = [_part(page, part, blank) for part in _batched(page["letters"], size)]
    single = [
        attrs.evolve(blank, data=shell_pages.as_json({**alone, "paper": page["paper"]}))
        for alone in map(shell_pages.letter_page, letters)
    ]
    batches = [[part] for part in packs] + _batched(single, child_process.JOBS_A_CHILD)
    with watched("setting the letters", "PDF", progress) as tell:
        made = typeset.compile_batches(batches, tell)
    set_packs, set_letters = made[: len(packs)], made[len(packs) :]
    raise_faults(
        LetterError,
        (
            f"letter {letter.unit_id}: {failed.message}"
            for letter, failed in zip(letters, set_letters, strict=True)
            if isinstance(failed, child_process.Failure)
        ),
    )
    if any(isinstance(failed, child_process.Failure) for failed in set_packs):
        _blame(page, blank)
    numbers = [""] if len(packs) == 1 else [f"-{i}" for i in range(1, len(packs) + 1)]
    names = [f"pack{number}.pdf" for number in numbers]
    names += [f"letters/{letter.name}.pdf" for letter in letters]
    return {name: data for name, data in zip(names, made, strict=True) if isinstance(data, bytes)}


def _part(page: dict[str, Any], items: list[Any], blank: typeset.Page) -> typeset.Page:
    return attrs.evolve(blank, data=shell_pages.as_json(shell_pages.part_of(page, items)))


def _blame(page: dict[str, Any], blank: typeset.Page) -> NoReturn:
    """Find whose docket cannot be set: the letters themselves can."""
    alone: list[list[dict[str, Any]]] = [[], *([item] for item in page["letters"])]
    cover, *dockets = typeset.compile_batches([[_part(page, part, blank) for part in alone]])
    if isinstance(cover, child_process.Failure):
        raise LetterError(f"pack, cover sheet: {cover.message}")
    raise_faults(
        LetterError,
        (
            f"letter {item['unit_id']}, docket: {made.message}"
            for item, made in zip(page["letters"], dockets, strict=True)
            if isinstance(made, child_process.Failure)
        ),
    )
    raise LetterError(
        "pack: each letter can be set, but not all of them together; split the month with unit_ids="
    )


def _batched(things: list[T], size: int) -> list[list[T]]:
    """The things in lists of this size, the last of what is left."""
    return [things[first : first + size] for first in range(0, len(things), size)]
