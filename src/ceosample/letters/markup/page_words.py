"""What a page says below a letter: in the letter's language, or as the firm words it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from ceosample.errors import LetterError, raise_faults
from ceosample.got import got
from ceosample.letters.contents.clean import clean_text
from ceosample.letters.markup.languages import catalogue, languages, locale_of
from ceosample.letters.markup.numbers import digits_of, shorter

#: The phrases in English, which catalogues translate, and what stands in each.
PAGE_WORDS: Final[Mapping[str, str]] = {"page": "Page {x} of {y}", "code": "Code {code}"}

#: Where we know no words: figures alone, for English would stand below another language's letter.
_NO_WORDS: Final[Mapping[str, str]] = {"page": "{x} / {y}", "code": "{code}"}

#: A phrase that is longer leaves no room for the other beside it.
LONGEST: Final = 60

_PLACE: Final = re.compile(r"\{[^{}]*\}|[{}]")


def page_words(language: str, own: Mapping[str, str] | None = None) -> dict[str, str]:
    """The phrases below a letter: ``page``, ``code`` and, where they are others, ten ``digits``.

    Args:
        language: the letter's.
        own: the firm's phrases, in place of ours; None for none.

    >>> page_words("es")
    {'page': 'Página {x} de {y}', 'code': 'Código {code}'}
    >>> page_words("de-AT", {"page": "Blatt {x}/{y}"})
    {'page': 'Blatt {x}/{y}', 'code': 'Code {code}'}
    """
    words = {**_in(language), **(own or {})}
    locale = None if language.partition("-")[0] in languages() else locale_of(language)
    digits = None if locale is None else digits_of(locale)
    return words if digits is None else {**words, "digits": digits}


def require_page_words(own: object) -> dict[str, str]:
    """The firm's phrases, checked.

    Raises:
        LetterError: every problem of them.
    """
    if not isinstance(own, Mapping):
        raise LetterError(f"page_words: {got(own)}; give a table with page, code or both")
    raise_faults(LetterError, _faults(own))
    return {str(name): str(phrase) for name, phrase in own.items()}


def is_page_words(value: object) -> bool:
    """Whether a table has phrases, each with its places and no other."""
    return isinstance(value, Mapping) and bool(value) and not [*_faults(value)]


def _faults(own: Mapping[Any, Any]) -> Iterator[str]:
    for name, phrase in own.items():
        if name not in PAGE_WORDS:
            yield f"page_words: {got(name)}; use one of {', '.join(PAGE_WORDS)}"
            continue
        places = sorted(_PLACE.findall(PAGE_WORDS[name]))
        if not _is_line(phrase) or sorted(_PLACE.findall(phrase)) != places:
            form = f"up to {LONGEST} characters with {' and '.join(places)}, each once"
            yield f"page_words, {name}: {got(phrase)}; give {form}"


def _is_line(phrase: object) -> bool:
    """Whether it is a short text that a page can print."""
    if not isinstance(phrase, str) or len(phrase) > LONGEST or not phrase.isprintable():
        return False
    problems: list[str] = []
    return clean_text(phrase, "", problems) == phrase and not problems


def _in(language: str) -> Mapping[str, str]:
    """Our phrases in a language."""
    if language.partition("-")[0] in languages():
        say = catalogue(language).gettext
        return {name: say(message) for name, message in PAGE_WORDS.items()}
    known = _table()
    return next((known[tag] for tag in shorter(language) if tag in known), _NO_WORDS)


@cache
def _table() -> dict[str, dict[str, str]]:
    file = resources.files("ceosample.letters") / "languages" / "page_words.toml"
    return tomllib.loads(file.read_text("utf-8"))
