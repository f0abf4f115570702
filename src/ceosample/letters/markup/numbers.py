"""Numbers as a language writes them, where Babel leaves something to do.

Babel groups every number from four digits on, writes every language in the digits 0 to 9, and
leaves it to the page in which order a sum stands among words that run from the right. What CLDR
says of the first two is in ``languages/numbers.json``.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from babel import Locale

_LEFT_MARK: Final = "\N{LEFT-TO-RIGHT MARK}"
_RIGHT_MARK: Final = "\N{RIGHT-TO-LEFT MARK}"
_MARKS: Final = (_LEFT_MARK, _RIGHT_MARK, "\N{ARABIC LETTER MARK}")

#: Digits that are grouped in threes, which is every language's last group.
_GROUP: Final = 3


def minimum_grouping_digits(tag: str) -> int:
    """How many digits stand before the first separator at least: 2 where 1234 has none.

    >>> [minimum_grouping_digits(tag) for tag in ("es", "es-ES", "es-MX", "pt-PT", "pt-BR", "de")]
    [2, 2, 1, 2, 1, 1]
    """
    known = _cldr()["minimum_grouping_digits"]
    return next((int(known[one]) for one in shorter(tag) if one in known), 1)


def shorter(tag: str) -> Iterator[str]:
    """A tag, and then without its last subtag until the language is left.

    >>> list(shorter("zh-Hant-HK"))
    ['zh-Hant-HK', 'zh-Hant', 'zh']
    """
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]


def digits_of(locale: Locale) -> str | None:
    """The ten digits of a language that writes others than 0 to 9; None for one that does not."""
    found = _cldr()["digits"].get(locale.default_numbering_system)
    return None if found is None else str(found)


def in_own_digits(text: str, locale: Locale) -> str:
    """A text with the digits of its language."""
    digits = digits_of(locale)
    return text if digits is None else text.translate(str.maketrans("0123456789", digits))


def currency_text(value: Decimal, currency: str, locale: Locale) -> str:
    """A sum of money in a language, as it stands on a page whatever is around it."""
    from babel import numbers

    tag = str(locale).replace("_", "-")
    whole = len(str(int(abs(value))))
    text = numbers.format_currency(
        value,
        currency,
        locale=locale,
        group_separator=whole >= _GROUP + minimum_grouping_digits(tag),
        numbering_system="default",
    )
    if value < 0:
        text = text.replace("-", _minus(locale), 1)
    if locale.character_order == "right-to-left":
        text = _among_words_from_the_right(text, numbers.get_currency_symbol(currency, locale))
    return in_own_digits(text, locale)


def _minus(locale: Locale) -> str:
    """The language's sign, with the mark that keeps it at its side of the figures."""
    system = locale.default_numbering_system
    signs = locale.number_symbols.get(system, {}), locale.number_symbols.get("latn", {})
    return next((str(known["minusSign"]) for known in signs if known.get("minusSign")), "-")


def _among_words_from_the_right(text: str, symbol: str) -> str:
    """The sum with marks: its sign stays in one piece, and its parts stay beside each other.

    ``US$`` would be ``$US``, and ``$1,234`` would have its sign at the other side, where the words
    around run from the right.
    """
    if not text.startswith(_MARKS):
        return f"{_LEFT_MARK}{text}{_LEFT_MARK}"
    in_one_piece = len(symbol) == 1 or any(map(_runs_from_the_right, symbol))
    if text.startswith(_LEFT_MARK) or in_one_piece:
        return text
    # The mark of a minus makes the figures Latin, and what follows them would join their run.
    apart = text.replace(f"{_RIGHT_MARK}{symbol}", symbol)
    return f"{apart.replace(symbol, f'{_RIGHT_MARK}{symbol}{_LEFT_MARK}')}{_RIGHT_MARK}"


def _runs_from_the_right(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("R", "AL")


@cache
def _cldr() -> dict[str, Any]:
    file = resources.files("ceosample.letters") / "languages" / "numbers.json"
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found
