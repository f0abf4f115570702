"""What was said of the versions before, on the docket of the next: printed whatever was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from ceosample.errors import LetterError, raise_faults
from ceosample.got import kind_of
from ceosample.letters.pdf.unprintable import faults_of_characters
from ceosample.text import BIDI_CONTROLS, code_point, kind_of_refused

#: For each letter what was said of it: a heading, and the words as paragraphs.
SaidBefore: TypeAlias = Mapping[str, Sequence[tuple[str, Sequence[str]]]]

_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_WITHOUT_BIDI: Final = str.maketrans("", "", BIDI_CONTROLS)
_BLANK_LINE: Final = re.compile(r"\n[ \t]*\n\s*")


def lacking(texts: Iterable[str], fonts: str | Path | None, *, on_paper: bool) -> set[str]:
    """The characters of the texts that no font has, where they go on paper."""
    every = "".join(texts)
    folder = None if fonts is None else str(fonts)
    return {*faults_of_characters(every, folder)} if on_paper and every else set()


def legible(text: str, without: Iterable[str] = ()) -> str:
    """A text that can be printed: a character that cannot be is named by its code point.

    What a person typed is told again, so it is never refused.

    Args:
        text: as it was typed.
        without: characters that no font has.

    >>> legible("Thank you \\U0001f44d\\x07", ["\\U0001f44d"])
    'Thank you [U+1F44D][U+0007]'
    """
    missing = {*without}
    cleaned = _LINE_ENDS.sub("\n", text.translate(_WITHOUT_BIDI)).replace("\t", " ")
    return "".join(
        f"[{code_point(one)}]" if one in missing or _is_refused(one) else one for one in cleaned
    )


def _is_refused(character: str) -> bool:
    """Whether it prints nothing; joiners without width are letters' own in Persian and Hindi."""
    kind = None if character == "\n" else kind_of_refused(character)
    return kind is not None and not kind.startswith("a character without width")


def paragraphs(texts: Iterable[str], without: Iterable[str] = ()) -> list[str]:
    """Texts as paragraphs that can be printed, each with its lines."""
    return [
        part.strip("\n")
        for text in texts
        for part in _BLANK_LINE.split(legible(text, without).strip())
        if part.strip()
    ]


def parts_said(
    said: Sequence[tuple[str, Sequence[str]]], without: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """What was said of a letter, in the form in which dockets print the firm's own fields."""
    return [
        {"title": legible(title, without), "text": paragraphs(texts, without)}
        for title, texts in said
    ]


def require_said(said: SaidBefore, unit_ids: Sequence[str]) -> SaidBefore:
    """What was said, if it is about letters of the pack.

    Raises:
        LetterError: it is not a mapping, or is about another letter.
    """
    if not isinstance(said, Mapping):
        raise LetterError(f"said: got {kind_of(said)}; give a mapping of id to what was said")
    raise_faults(
        LetterError,
        (
            f"said: got the letter {unit_id!r}, which is not in this pack; remove it"
            for unit_id in said
            if unit_id not in unit_ids
        ),
    )
    return said
