"""What a rendering is given, refused in words where no letter can come of it."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Sequence
from typing import Final

from ceosample.canonical import LARGEST_INTEGER, Json, is_digest
from ceosample.days import fault_in_zone
from ceosample.errors import LetterError, raise_faults
from ceosample.form import is_count
from ceosample.got import Private, got, got_name, kind_of
from ceosample.letters.contents.clean import clean_text
from ceosample.letters.markup import languages
from ceosample.letters.papers.logo import Logo
from ceosample.letters.pdf import typeset
from ceosample.letters.regimes.elements import KINDS, READING
from ceosample.letters.signatory import Signatory
from ceosample.sampling.draw import Draw
from ceosample.text import fault_in_title, quoted

#: The most lines of a letterhead, and the most characters of a line.
LETTERHEAD_LINES: Final = 12
LETTERHEAD_LINE: Final = 200


def check_arguments(
    draw: Draw,
    signatory: Signatory,
    date: dt.date,
    registration: str | None,
    language: str,
    title: str | None,
    firm: str | None,
    zone: str | None,
) -> None:
    """Raise unless the draw, the signatory, the date and the papers' words are what they must be.

    Raises:
        LetterError: each argument that is not.
    """
    faults: list[str] = []
    if not isinstance(draw, Draw):
        faults.append(f"draw: got {kind_of(draw)}; give what cs.draw(...) returns")
    if not isinstance(signatory, Signatory):
        faults.append(f"signatory: {got(signatory, Private.CONTENTS)}; give a Signatory")
    if not isinstance(date, dt.date) or isinstance(date, dt.datetime):
        faults.append(f"date: got {quoted(date)}; give a datetime.date")
    if registration is not None and not is_digest(registration):
        faults.append(
            f"registration: got {quoted(registration)}; give the hash of the registration event"
        )
    if not languages.is_language(language):
        faults.append(languages.fault_in_language(language))
    for name, line in (("title", title), ("firm", firm)):
        if line is not None and (fault := fault_in_title(line, name)):
            faults.append(fault)
    if zone is not None and (fault := fault_in_zone(zone)):
        faults.append(f"zone: {fault}")
    raise_faults(LetterError, faults)


def check_words(template: str | None, kind: str | None, language: str) -> None:
    """Raise unless letters can have this kind and language; your own template can have any."""
    faults: list[str] = []
    if kind is not None and kind not in (*KINDS, READING):
        faults.append(f"kind: got {quoted(kind)}; use one of {', '.join(KINDS)}")
    if template is None and language.partition("-")[0] not in languages.languages():
        faults.append(
            f"language: got {quoted(language)}; use one of {', '.join(languages.languages())}, or "
            "give a template of your own"
        )
    raise_faults(LetterError, faults)
    if template is None:
        languages.require_installed(language)


def clean_letterhead(lines: Sequence[str]) -> list[str]:
    """The lines, cleaned like a letter's fields."""
    if isinstance(lines, str | bytes) or not isinstance(lines, Sequence):
        raise LetterError(f"letterhead: got {quoted(lines)}; give a list of lines of text")
    if len(lines) > LETTERHEAD_LINES:
        raise LetterError(f"letterhead: got {len(lines)} lines; give at most {LETTERHEAD_LINES}")
    faults: list[str] = []
    cleaned = []
    for number, line in enumerate(lines, 1):
        if isinstance(line, str) and len(line) > LETTERHEAD_LINE:
            faults.append(
                f"letterhead, line {number}: {got(line, Private.CONTENTS)}; give at most "
                f"{LETTERHEAD_LINE}"
            )
        elif isinstance(line, str):
            cleaned.append(clean_text(line, f"letterhead, line {number}", faults))
        else:
            faults.append(f"letterhead, line {number}: got {quoted(line)}; give text")
    raise_faults(LetterError, faults)
    return cleaned


def check_selection(unit_ids: Sequence[str] | None, version: int) -> None:
    """Raise unless these can be letters to render, and that their version."""
    faults = []
    if unit_ids is not None and (isinstance(unit_ids, str) or not unit_ids):
        faults.append(f"unit_ids: got {quoted(unit_ids)}; give a list of ids, or None for all")
    if not is_count(version, 1) or version > LARGEST_INTEGER:
        faults.append(f"version: got {quoted(version)}; give a whole number of at least 1")
    raise_faults(LetterError, faults)


def checked_logo(logo: object) -> Logo:
    """The logo; refused is a picture that was not loaded as one."""
    if not isinstance(logo, Logo):
        raise LetterError(f"logo: got {kind_of(logo)}; give what Logo.load(...) returns")
    return logo


def clean_deputies(deputies: Sequence[str]) -> list[Json]:
    """The deputies' ids, each once."""
    given = [deputies] if isinstance(deputies, str) else [*deputies]
    raise_faults(LetterError, (f"deputies: {said}" for one in given if (said := got_name(one))))
    return [*dict.fromkeys(given)]


def wants_pdf(asked: bool | None) -> bool:
    """Whether PDFs are made; where nobody said so, that they are not is told in a warning."""
    if asked:
        typeset.require_installed()
    elif asked is None and not typeset.is_installed():
        warnings.warn(
            "Typst is not installed, so HTML is written and no PDF; pip install 'ceosample[pdf]', "
            "or set pdf=False",
            stacklevel=4,  # past the wrapper that takes the old names of arguments
        )
        return False
    return asked is not False
