"""What a notice says in a language: its phrases, dates, months and digits."""

from __future__ import annotations

import datetime as dt
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Final

import attrs

from ceosample.errors import LedgerError
from ceosample.letters.markup.languages import (
    ENGLISH,
    direction_of,
    fault_in_language,
    is_language,
    locale_of,
    long_date,
    require_installed,
)
from ceosample.letters.markup.numbers import in_own_digits, shorter
from ceosample.period import Period

#: What stands between names, where it is not a comma as in English.
_COMMA: Final = {"ar": "، "}

_ISOLATE: Final = "\N{FIRST STRONG ISOLATE}"
_POP: Final = "\N{POP DIRECTIONAL ISOLATE}"


@attrs.frozen
class NoticeWords:
    """The words of a notice in one language.

    Attributes:
        language: the tag as it was asked for.
        phrases: by name, with places in braces.
    """

    language: str
    phrases: dict[str, str]

    @classmethod
    def of(cls, language: str) -> NoticeWords:
        """The words of a language.

        Raises:
            LedgerError: no language's tag, or one that no words are there for.
            MissingPartError: its dates need the extra ``locale``, which is not installed.
        """
        if not is_language(language):
            raise LedgerError(fault_in_language(language))
        known = _table()
        tag = next((one for one in shorter(language) if one in known), None)
        if tag is None:
            raise LedgerError(
                f"language: got {language!r}, in which no words of a notice are there; use one of "
                f"{', '.join(known)}"
            )
        require_installed(ENGLISH if tag == ENGLISH else language)
        return cls(language, known[tag])

    @property
    def direction(self) -> str:
        """From which side it is written, ``ltr`` or ``rtl``."""
        return direction_of(self.language)

    def say(self, phrase: str, **places: str) -> str:
        """A phrase with its places filled; nothing in them is a place itself.

        >>> NoticeWords.of("en").say("range", first="{last}", last="May")
        '{last} to May'
        """
        parts = self.phrases[phrase].split("{")
        filled = (
            places[name] + rest for name, _, rest in (part.partition("}") for part in parts[1:])
        )
        return parts[0] + "".join(filled)

    def number(self, value: int) -> str:
        """A whole number in the language's digits."""
        locale = None if self._is_english else locale_of(self.language)
        return str(value) if locale is None else in_own_digits(str(value), locale)

    def day(self, day: dt.date) -> str:
        """A date."""
        return long_date(day, ENGLISH if self._is_english else self.language)

    def month(self, month: Period) -> str:
        """A month with its year."""
        locale = None if self._is_english else locale_of(self.language)
        if locale is None:
            return month.words
        from babel.dates import format_skeleton

        return in_own_digits(format_skeleton("yMMMM", month.first_day, locale=locale), locale)

    def months(self, months: Iterable[Period]) -> str:
        """Months, those that follow on each other as a range."""
        runs: list[list[Period]] = []
        for month in months:
            if runs and runs[-1][-1].next() == month:
                runs[-1].append(month)
            else:
                runs.append([month])
        return self.joined(self._run(run) for run in runs)

    def listed(self, names: Iterable[str]) -> str:
        """Names one after the other, each with its direction to itself where one may differ."""
        return self.joined(map(self._isolated, names))

    def joined(self, phrases: Iterable[str]) -> str:
        """Phrases of the language one after the other."""
        return _COMMA.get(self.language.partition("-")[0], ", ").join(phrases)

    def _isolated(self, name: str) -> str:
        from_the_right = any(unicodedata.bidirectional(one) in ("R", "AL") for one in name)
        if self.direction == "ltr" and not from_the_right:
            return name
        return f"{_ISOLATE}{name}{_POP}"

    def _run(self, run: list[Period]) -> str:
        first, last = self.month(run[0]), self.month(run[-1])
        return first if len(run) == 1 else self.say("range", first=first, last=last)

    @property
    def _is_english(self) -> bool:
        return self.language.partition("-")[0] == ENGLISH


def without_marks(text: str) -> str:
    """A text without the marks around names, for what shows no directions."""
    return text.replace(_ISOLATE, "").replace(_POP, "")


def languages() -> tuple[str, ...]:
    """The languages that there are words for."""
    return tuple(_table())


@cache
def _table() -> dict[str, dict[str, str]]:
    file = resources.files("ceosample.notices") / "words.toml"
    return tomllib.loads(file.read_text("utf-8"))
