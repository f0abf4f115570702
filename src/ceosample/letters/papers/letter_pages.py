"""The pages of letters that exist already, in the papers: as HTML, and in the PDFs' places."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, Final

from ceosample.canonical import digest
from ceosample.errors import LetterError, raise_faults
from ceosample.letters import child_process
from ceosample.letters.existing.existing_letter import ExistingLetter
from ceosample.letters.letter import Letter
from ceosample.text import counted

#: Joining copies objects; the megabytes are address space.
LIMITS: Final = child_process.Limits(seconds=60, megabytes=4096)

#: How a picture stands in a page: nothing is loaded from anywhere.
_SOURCE: Final = "data:image/png;base64,"
_SOURCES: Final = re.compile(f' src="{_SOURCE}([A-Za-z0-9+/=]*)"')

#: What a page says of itself where no program can read it.
WITHOUT_TEXT: Final = (
    "This page is a picture without text, such as a scan: no screen reader can read it, and no "
    "phrase was searched for in it."
)


def pages_html(letter: Letter, pictures: Sequence[bytes]) -> str:
    """The pages of a letter that exists already: each as a picture, and as text for other readers.

    Args:
        letter: the letter.
        pictures: a PNG of each of its pages.
    """
    return _html(letter, [base64.b64encode(picture).decode() for picture in pictures])


def other_pages(html: str, letter: Letter) -> bool:
    """Whether HTML in the place of a letter's pages is other, or shows other pictures."""
    sources = _SOURCES.findall(html)
    said = [] if letter.existing is None else letter.existing["pages"]
    if len(sources) != len(said) or html != _html(letter, sources):
        return True
    try:
        found = [digest(base64.b64decode(source, validate=True)) for source in sources]
    except binascii.Error:
        return True
    return found != [page["picture"] for page in said]


def _html(letter: Letter, sources: Sequence[str]) -> str:
    pages = [] if letter.existing is None else letter.existing["pages"]
    figures = "".join(
        _figure(number, len(pages), page, source)
        for number, (page, source) in enumerate(zip(pages, sources, strict=True), 1)
    )
    count = counted(len(pages), "page")
    return (
        f'<section class="pages" aria-label="The letter, {count}" lang="en" dir="ltr">\n'
        f"{figures}</section>\n"
    )


def _figure(number: int, count: int, page: Mapping[str, Any], source: str) -> str:
    where = f"Page {number} of {count}"
    size = f'width="{page["width"]}" height="{page["height"]}"'
    caption, words = f"{where} of the letter", ""
    if page["text"]:
        blocks = page["text"].split("\n\n")
        paragraphs = "".join(f"<p>{escape(block, quote=False)}</p>\n" for block in blocks)
        words = f'<div class="words" dir="auto">\n{paragraphs}</div>\n'
    else:
        caption += f". {WITHOUT_TEXT}"
    return (
        f'<figure>\n<figcaption>{caption}</figcaption>\n<img alt="" {size} src="{_SOURCE}{source}">'
        f"\n{words}</figure>\n"
    )


def with_letters(
    made: Mapping[str, bytes], letters: Sequence[Letter], existing: Mapping[int, ExistingLetter]
) -> dict[str, bytes]:
    """A pack's PDFs with the letters that exist already behind their slips.

    Args:
        made: the PDFs as they were set: parts of the pack, and of each letter, of which that of an
            existing one is its slip.
        letters: the letters, in the order of the pack.
        existing: those that exist already, by their number in the pack.
    """
    if not existing:
        return dict(made)
    # It loads pikepdf, which is in the extra ``pdf``.
    from ceosample.letters.existing.join import fill, join

    known = [letters[number - 1] for number in existing]
    orders = [(made[x.pdf], given.data) for x, given in zip(known, existing.values(), strict=True)]
    parts = [name for name in made if "/" not in name]
    behind = [(number, given.data) for number, given in existing.items()]
    filled, joined = _done(
        [
            (fill, [(made[name], behind) for name in parts], parts),
            (join, orders, [f"letter {letter.unit_id}" for letter in known]),
        ]
    )
    return {
        **made,
        **dict(zip(parts, filled, strict=True)),
        **{letter.signing_pdf: data for letter, data in zip(known, joined, strict=True)},
        **{x.pdf: given.data for x, given in zip(known, existing.values(), strict=True)},
    }


def _done(
    work: Sequence[tuple[Callable[[Any], bytes], Sequence[Any], Sequence[str]]],
) -> list[list[bytes]]:
    """What children made of each task's orders, two tasks at once.

    Args:
        work: each task, its orders, and what messages call these.

    Raises:
        LetterError: every order that failed, with its name.
    """
    batches = [[(task, order) for order in orders] for task, orders, _ in work]
    made = [*child_process.run_beside(child_process.call, batches, LIMITS)]
    raise_faults(
        LetterError,
        (
            f"{name}: {failed.message}; give the letter's PDF printed again"
            for (_, _, names), results in zip(work, made, strict=True)
            for name, failed in zip(names, results, strict=True)
            if isinstance(failed, child_process.Failure)
        ),
    )
    return made
