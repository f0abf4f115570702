"""The languages of letters: what our own templates say in each, and dates and money by locale.

English needs nothing. Another language needs a catalogue for the words that stand in our templates
and the extra ``locale`` (Babel) for dates and money. What cannot be said in a letter's language is
an error, never a line of English in the middle of it.
"""

from __future__ import annotations

import datetime as dt
import gettext
import re
from decimal import Decimal
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from ceosample.errors import MissingPartError
from ceosample.got import Private, got
from ceosample.period import MONTHS
from ceosample.text import quoted

if TYPE_CHECKING:
    from babel import Locale

#: The language that our templates are written in.
ENGLISH: Final = "en"

#: How a letter's language is written: ``en``, or with a region ``en-GB``.
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")

#: What a page itself says below a letter.
PAGE_WORDS: Final = {"page": "Page {x} of {y}", "code": "Code {code}"}

#: English as it is written without Babel, so that it is the same bytes with Babel.
_BRITISH: Final = (ENGLISH, "en-GB")
_BRITISH_SIGNS: Final = {"GBP": "£", "EUR": "€"}

_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_CODE_AND_FIGURE = re.compile(r"(?<=[^\W\d_])(?=\d)")  # CLDR has a space there, Babel none
_MOST = 10**15


class UnsaidError(ValueError):
    """Words that a language does not have; the message ends with what to do."""


class _Unsaid(gettext.NullTranslations):
    """The end of the chain of catalogues: it raises for a message that none has."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def gettext(self, message: str) -> str:
        if _base(self._language) in languages():
            why = f"the catalogue of {self._language!r} does not have it"
        else:
            why = f"{self._language!r} has no catalogue, only {', '.join(languages())} have one"
        raise UnsaidError(
            f"no translation of {quoted(message)}: {why}; write it in a template of your own"
        )

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1)


@cache
def languages() -> tuple[str, ...]:
    """The languages that our own templates can be read in.

    >>> languages()
    ('en', 'es')
    """
    names = (entry.name for entry in _folder().iterdir())
    return (ENGLISH, *sorted(n.removesuffix(".mo") for n in names if n.endswith(".mo")))


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The messages of a language; asking for one that it lacks raises :class:`UnsaidError`."""
    base = _base(language)
    if base == ENGLISH:
        return gettext.NullTranslations()
    if base not in languages():
        return _Unsaid(language)
    with (_folder() / f"{base}.mo").open("rb") as file:
        found = gettext.GNUTranslations(file)
    found.add_fallback(_Unsaid(language))
    return found


def page_words(language: str) -> dict[str, str]:
    """The words below a letter in its language; in English where there is no catalogue."""
    known = _base(language) in languages()
    say = catalogue(language if known else ENGLISH).gettext
    return {name: say(message) for name, message in PAGE_WORDS.items()}


def require_installed(language: str) -> None:
    """Raise if letters in this language need the extra, and it is not there.

    Raises:
        MissingPartError: with the command that installs it.
    """
    if language not in _BRITISH and find_spec("babel") is None:
        raise MissingPartError(_needs_babel(f"letters in {language!r}"))


def long_date(value: dt.date, language: str) -> str:
    """A date as a letter writes it.

    >>> long_date(dt.date(2026, 11, 2), "en"), long_date(dt.date(2026, 11, 2), "es")
    ('2 November 2026', '2 de noviembre de 2026')
    """
    if language in _BRITISH:
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    locale = _locale(language, f"a date in {language!r}")
    from babel.dates import format_date

    return format_date(value, format="long", locale=locale)


def amount(value: Any, currency: Any, language: str) -> str:
    """A sum of money; nothing is rounded.

    Raises:
        UnsaidError: not an exact number, or one with more decimals than the currency.

    >>> amount("1234.5", "GBP", "en"), amount("1234.5", "EUR", "es")
    ('£1,234.50', '1.234,50\\xa0€')
    """
    exact = _exact(value)
    if not isinstance(currency, str) or _CURRENCY.fullmatch(currency) is None:
        raise UnsaidError(
            f"money: {got(currency, Private.CONTENTS)} as currency; give a code such as 'GBP'"
        )
    sign = _BRITISH_SIGNS.get(currency) if language in _BRITISH else None
    if sign is not None:
        _require_decimals(exact, currency, 2)
        return f"{'-' if exact < 0 else ''}{sign}{abs(exact):,.2f}"
    locale = _locale("en-GB" if language == ENGLISH else language, f"{currency} in {language!r}")
    from babel import numbers

    if not numbers.is_currency(currency):
        raise UnsaidError(f"money: got {currency}, which is not a currency; give another code")
    _require_decimals(exact, currency, numbers.get_currency_precision(currency))
    text = numbers.format_currency(exact, currency, locale=locale)
    return _CODE_AND_FIGURE.sub("\N{NO-BREAK SPACE}", text)


def _exact(value: Any) -> Decimal:
    """The number, if it is exact; a float is not, and 0.1 + 0.2 is how a letter gets it wrong."""
    is_text = isinstance(value, str) and len(value) < 40 and _AMOUNT.fullmatch(value) is not None
    if isinstance(value, bool) or not (is_text or isinstance(value, int | Decimal)):
        raise UnsaidError(
            f"money: {got(value, Private.CONTENTS)}; give a Decimal, a whole number, or text such "
            "as '1234.50'"
        )
    exact = Decimal(value)
    if not exact.is_finite() or abs(exact) >= _MOST:
        raise UnsaidError(
            "money: got a sum too large for a letter; give less than 1,000,000,000,000,000"
        )
    return exact


def _require_decimals(value: Decimal, currency: str, most: int) -> None:
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > most:
        raise UnsaidError(f"money: got {-exponent} decimals, and {currency} has {most}; round it")


def _locale(language: str, what: str) -> Locale:
    if find_spec("babel") is None:
        raise UnsaidError(_needs_babel(what))
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        raise UnsaidError(
            f"{what}: Babel has no locale {quoted(language)}; choose another language"
        ) from None


def _needs_babel(what: str) -> str:
    return f"{what}: Babel is not installed; pip install 'ceosample[locale]'"


def _base(language: str) -> str:
    """The language without its region: what a catalogue is for."""
    return language.partition("-")[0]


def _folder() -> Traversable:
    return resources.files("ceosample.letters") / "languages"
