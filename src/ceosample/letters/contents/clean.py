"""What a letter's field may be: one definition, for what is rendered and what is committed to."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import Any, Final

from ceosample.canonical import LARGEST_INTEGER
from ceosample.got import Private, got
from ceosample.plain import plain
from ceosample.text import BIDI_CONTROLS, code_point, kind_of_refused, quoted

#: A letter of more characters than this is not a letter.
MOST_CHARACTERS: Final = 200_000

_DEEPEST = 8
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_ .-]{1,40}")
_WITHOUT_BIDI = str.maketrans("", "", BIDI_CONTROLS)

#: Line ends of other systems, and the vertical tab of Word and FileMaker.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\u2028\u2029]")


def clean_text(
    text: str, where: str, faults: list[str], private: Private | None = Private.CONTENTS
) -> str:
    """``text`` without bidirectional controls and with LF line ends.

    U+000B, U+2028 and U+2029 are line ends too. Any other character that prints nothing, or
    cannot be stored, goes into ``faults``, which show the text unless it is ``private``.
    """
    # str.__str__ sheds a subclass that would call itself markup.
    cleaned = _LINE_ENDS.sub("\n", str.__str__(text).translate(_WITHOUT_BIDI))
    if len(cleaned) > MOST_CHARACTERS:
        faults.append(f"{where}: {got(text, private)}; give at most {MOST_CHARACTERS}")
        return ""
    for character in dict.fromkeys(cleaned):
        if _is_unprintable(character):
            kind = kind_of_refused(character)
            shown = got(text, private)
            faults.append(f"{where}: {shown} with {kind} ({code_point(character)}); remove it")
    return cleaned


def _is_unprintable(character: str) -> bool:
    if character in "\n\t" or character.isascii():
        return not (character in "\n\t" or character.isprintable())
    # Joiners without width are letters' own in Persian and Hindi, and stay.
    kind = kind_of_refused(character)
    return kind is not None and not kind.startswith("a character without width")


def clean_value(value: Any, where: str, faults: list[str], depth: int = 0) -> Any:
    """``value`` in types that a template can do no harm with."""
    if depth > _DEEPEST:
        faults.append(
            f"{where}: got lists or mappings nested more than {_DEEPEST} deep; flatten them"
        )
        return None
    if isinstance(value, str):
        return clean_text(value, where, faults)
    if isinstance(value, Mapping):
        return clean_mapping(value, where, faults, depth)
    if isinstance(value, list | tuple):
        return [
            clean_value(item, f"{where}, item {number}", faults, depth + 1)
            for number, item in enumerate(value, 1)
        ]
    return _clean_plain(value, where, faults)


def clean_mapping(
    value: Mapping[Any, Any], where: str, faults: list[str], depth: int
) -> dict[str, Any]:
    cleaned: dict[str, Any] = {}
    for given, item in value.items():
        name = _clean_name(given, where, faults)
        place = f"{where}, {name if _PLAIN_NAME.fullmatch(name) else quoted(name)}"
        if name in cleaned:
            faults.append(f"{place}: got two names that read the same; rename one of them")
        cleaned[name] = clean_value(item, place, faults, depth + 1)
    return cleaned


def _clean_name(name: object, where: str, faults: list[str]) -> str:
    """A field's name; ``clean_text`` keeps a name from smuggling in what a value may not hold."""
    if not isinstance(name, str) or not name:
        faults.append(f"{where}: {got(name, Private.CONTENTS)} as a name; give text")
        return ""
    if _PLAIN_NAME.fullmatch(name):
        return str.__str__(name)
    return clean_text(name, where, faults)


def _number(value: Decimal | Real) -> Decimal | float:
    return value if isinstance(value, Decimal) else float(value)


def _clean_plain(value: Any, where: str, faults: list[str]) -> Any:
    value = plain(value)  # pandas' NaT, which calls itself a datetime, is None
    if value is None or isinstance(value, bool | dt.date | dt.time):
        return value
    if isinstance(value, Integral):
        if abs(int(value)) <= LARGEST_INTEGER:
            return int(value)
        faults.append(f"{where}: got a whole number of 2**53 or more; give it as text")
        return None
    if isinstance(value, Decimal) or (isinstance(value, Real) and not isinstance(value, Fraction)):
        if not math.isinf(value):  # NaN is how a dataframe says null
            return None if math.isnan(value) else _number(value)
        faults.append(f"{where}: got an infinite number; give a finite one, or remove the field")
        return None
    faults.append(f"{where}: {got(value, Private.CONTENTS)}; give text, a number or a date")
    return None
