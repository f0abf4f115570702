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
from ceosample.letters.markup.numbers import currency_text, in_own_digits, shorter
from ceosample.period import MONTHS
from ceosample.text import quoted

if TYPE_CHECKING:
    from babel import Locale

#: The language that our templates are written in.
ENGLISH: Final = "en"

#: How a letter's language is written, BCP 47: ``en``, with a region ``en-GB`` or ``es-419``, with a
#: script ``zh-Hant`` or ``sr-Latn-RS``, with a variant ``ca-valencia``.
LANGUAGE: Final = re.compile(
    r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
)

#: English as it is written without Babel, so that it is the same bytes with Babel.
_BRITISH: Final = (ENGLISH, "en-GB")
_BRITISH_SIGNS: Final = {"GBP": "£", "EUR": "€"}

#: As templates/shell.typ has them.
_FROM_RIGHT: Final = ("ar", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi")
_SCRIPTS_FROM_RIGHT: Final = ("Adlm", "Arab", "Aran", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa")

_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_CODE_AND_FIGURE = re.compile(r"(?<=[^\W\d_])(?=\d)")  # CLDR has a space there, Babel none
_MOST = 10**15


def is_language(value: object) -> bool:
    """Whether it is a language's tag as BCP 47 writes it.

    >>> [is_language(tag) for tag in ("es-419", "zh-Hant", "sr-Latn-RS", "zh-hant", "en_GB", "")]
    [True, True, True, False, False, False]
    """
    return isinstance(value, str) and LANGUAGE.fullmatch(value) is not None


def fault_in_language(value: object) -> str:
    """What is wrong with a language's tag, and the tag that may be meant.

    >>> fault_in_language("zh-hant")
    "language: got 'zh-hant'; give a code such as 'en', 'en-GB' or 'zh-Hant': did you mean zh-Hant?"
    """
    said = f"language: got {quoted(value)}; give a code such as 'en', 'en-GB' or 'zh-Hant'"
    meant = _written(value) if isinstance(value, str) else ""
    return f"{said}: did you mean {meant}?" if is_language(meant) else said


def direction_of(tag: str) -> str:
    """From which side a language is written, ``ltr`` or ``rtl``; a script may turn it round.

    >>> [direction_of(tag) for tag in ("en", "ar-EG", "pa-Arab", "ur-Latn")]
    ['ltr', 'rtl', 'rtl', 'ltr']
    """
    first, *rest = tag.split("-")
    scripts = [one for one in rest if len(one) == 4 and one.isalpha()]
    is_from_right = scripts[0] in _SCRIPTS_FROM_RIGHT if scripts else first.lower() in _FROM_RIGHT
    return "rtl" if is_from_right else "ltr"


def _written(tag: str) -> str:
    """A tag with the hyphens and the capitals of BCP 47: scripts ``Hant``, regions ``TW``."""
    first, *rest = tag.strip().replace("_", "-").lower().split("-")
    case = {2: str.upper, 4: str.capitalize}
    return "-".join([first, *(case.get(len(s), str)(s) if s.isalpha() else s for s in rest)])


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

    return in_own_digits(format_date(value, format="long", locale=locale), locale)


def amount(value: Any, currency: Any, language: str) -> str:
    """A sum of money; nothing is rounded.

    Raises:
        UnsaidError: not an exact number, or one with more decimals than the currency.

    >>> amount("1234.5", "GBP", "en"), amount("1234.5", "EUR", "es")
    ('£1,234.50', '1234,50\\xa0€')
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
    text = currency_text(exact, currency, locale)
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
    found = locale_of(language)
    if found is None:
        raise UnsaidError(
            f"{what}: Babel has no locale {quoted(language)}; choose another language"
        )
    return found


def locale_of(language: str) -> Locale | None:
    """Babel's locale of a language; of a region that CLDR has no customs for, without the region.

    Returns:
        None where Babel has neither, or is not installed.
    """
    if find_spec("babel") is None:
        return None
    from babel import Locale, UnknownLocaleError

    for tag in shorter(language):
        try:
            found = Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            if not _is_region(tag.rpartition("-")[2]):
                return None
        else:
            return found
    return None


def _is_region(subtag: str) -> bool:
    from babel import Locale

    return subtag in Locale("en").territories


def _needs_babel(what: str) -> str:
    return f"{what}: Babel is not installed; pip install 'ceosample[locale]'"


def _base(language: str) -> str:
    """The language without its region: what a catalogue is for."""
    return language.partition("-")[0]


def _folder() -> Traversable:
    return resources.files("ceosample.letters") / "languages"
