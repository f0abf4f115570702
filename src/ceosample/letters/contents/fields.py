"""The fields of the drawn letters: fetched for the drawn ids alone, checked, made safe to print."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import Any, Final, TypeAlias

import attrs

from ceosample.canonical import LARGEST_INTEGER, Json
from ceosample.errors import LetterError, joined, raise_faults
from ceosample.form import is_count
from ceosample.letters.contents.content_digest import content_digest
from ceosample.letters.regimes.workdays import day_of
from ceosample.text import (
    BIDI_CONTROLS,
    code_point,
    fault_in_name,
    kind_of_refused,
    quoted,
)

#: What a caller gives: a mapping of unit id to contents, or a function of the drawn ids.
Contents: TypeAlias = (
    Mapping[str, Mapping[str, Any]] | Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]
)

#: What a docket may say; what it does not say is printed as not recorded.
DOCKET_FIELDS: Final = ("owner", "author", "division", "contacts", "received", "due", "regime")

#: Beside letter and docket: the salt of the digest by which the frame commits to the letter.
SALT: Final = "salt"

#: A letter of more characters than this is not a letter.
MOST_CHARACTERS: Final = 200_000

#: A channel's name is a word or two, since it goes into the ledger.
LONGEST_CHANNEL: Final = 40

_DEEPEST = 8
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_ .-]{1,40}")
_WITHOUT_BIDI = str.maketrans("", "", BIDI_CONTROLS)


@attrs.frozen
class LetterContents:
    """One letter's fields, cleaned: text, whole numbers, dates, lists and mappings of them.

    Attributes:
        unit_id: the response.
        letter: what the template prints; None where the caller had a null.
        docket: what was given for the inside page.
        content: the salted digest of the letter's fields as they were given; None without a salt.
        found: what was found out of the docket: its regime's dates, and how the letter stands to
            what the frame committed to.
    """

    unit_id: str
    letter: Mapping[str, Any]
    docket: Mapping[str, Any]
    content: str | None = None
    found: Mapping[str, Json] = attrs.field(factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        """What the inside page says: what was given, and what was found out of it."""
        return {**self.docket, **self.found}


def fetch(contents: Contents, unit_ids: Sequence[str]) -> list[LetterContents]:
    """The fields of exactly these responses, in this order.

    Args:
        contents: a mapping, or a function that is called once with the ids.
        unit_ids: the ids that were drawn; nobody else's fields are asked for.

    Raises:
        LetterError: ids without contents (all of them named), contents of ids that were not asked
            for, and every value that cannot be printed.
    """
    found = _ask(contents, unit_ids)
    faults: list[str] = []
    missing = [unit_id for unit_id in unit_ids if unit_id not in found]
    if missing:
        faults.append(
            f"contents: nothing for {len(missing)} of {len(unit_ids)} letters: "
            f"{joined([quoted(unit_id) for unit_id in missing], len(missing))}"
        )
    fields = [_fields(unit_id, found[unit_id], faults) for unit_id in unit_ids if unit_id in found]
    raise_faults(LetterError, faults)
    return fields


def clean_fields(fields: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Fields that are of no single letter, cleaned as a letter's are.

    Raises:
        LetterError: no mapping, or every value in it that cannot be printed.
    """
    if not isinstance(fields, Mapping):
        raise LetterError(f"{where}: got {type(fields).__name__}, not a mapping")
    faults: list[str] = []
    cleaned = _clean_mapping(fields, where, faults, 0)
    raise_faults(LetterError, faults)
    return cleaned


def docket_facts(docket: Mapping[str, Any]) -> dict[str, Json]:
    """What the ledger keeps of a docket: ids, counts and dates; no name and no text."""
    found: dict[str, Json] = {
        name: str(docket[name])
        for name in ("owner", "author", "regime", "regime_version", "sampling", "content")
        if name in docket
    }
    for name in ("received", "due", "sign_by"):
        day = day_of(docket.get(name))
        if day is not None:
            found[name] = day.isoformat()
    if "contacts" in docket:
        found["contacts"] = dict(docket["contacts"])
    return found


def clean_text(text: str, where: str, faults: list[str]) -> str:
    """``text`` without bidirectional controls and with LF line ends.

    Whatever else prints nothing, or cannot be written down at all, is a fault.
    """
    # str.__str__ sheds a subclass that would call itself markup.
    cleaned = str.__str__(text).translate(_WITHOUT_BIDI).replace("\r\n", "\n").replace("\r", "\n")
    if len(cleaned) > MOST_CHARACTERS:
        faults.append(f"{where}: {len(cleaned)} characters; the most is {MOST_CHARACTERS}")
        return ""
    for character in dict.fromkeys(cleaned):
        if _is_unprintable(character):
            kind = kind_of_refused(character)
            faults.append(f"{where}: holds {kind} ({code_point(character)}); remove it")
    return cleaned


def _is_unprintable(character: str) -> bool:
    if character in "\n\t" or character.isascii():
        return not (character in "\n\t" or character.isprintable())
    # Joiners without width are letters' own in Persian and Hindi, and stay.
    kind = kind_of_refused(character)
    return kind is not None and not kind.startswith("a character without width")


def _ask(contents: Contents, unit_ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    if isinstance(contents, Mapping):
        return contents
    if not callable(contents):
        kind = type(contents).__name__
        raise LetterError(f"contents: got {kind}; give a mapping of id to fields, or a function")
    found = contents(tuple(unit_ids))
    if not isinstance(found, Mapping):
        raise LetterError(f"contents: the function gave {type(found).__name__}, not a mapping")
    others = [unit_id for unit_id in found if unit_id not in unit_ids]
    if others:
        raise LetterError(
            f"contents: the function gave {len(others)} letters that were not drawn; "
            "load only the ids that it is called with"
        )
    return found


def _fields(unit_id: str, given: object, faults: list[str]) -> LetterContents:
    where = f"letter {unit_id}"
    parts: dict[str, Mapping[str, Any]] = {"letter": {}, "docket": {}}
    if not isinstance(given, Mapping) or not isinstance(given.get("letter"), Mapping):
        faults.append(f"{where}: give {{'letter': {{...}}, 'docket': {{...}}}}")
        return LetterContents(unit_id, {}, {})
    for name in given:
        if name == SALT:
            continue
        if name not in parts:
            faults.append(
                f"{where}, {quoted(name)}: not known; there are 'letter', 'docket' and 'salt'"
            )
        elif not isinstance(given[name], Mapping):
            faults.append(f"{where}, {name}: got {type(given[name]).__name__}, not a mapping")
        else:
            parts[name] = _clean(given[name], f"{where}, {name}", faults)
    _check_docket(parts["docket"], f"{where}, docket", faults)
    return LetterContents(unit_id, parts["letter"], parts["docket"], _content(given, where, faults))


def _content(given: Mapping[str, Any], where: str, faults: list[str]) -> str | None:
    """The digest of what was given, before it is cleaned: its exact bytes were committed to."""
    if given.get(SALT) is None:
        return None
    try:
        return content_digest(given["letter"], given[SALT])
    except LetterError as error:
        faults += [f"{where}, {fault}" for fault in error.faults]
        return None


def _clean(value: Any, where: str, faults: list[str], depth: int = 0) -> Any:
    """``value`` in types that a template can do no harm with."""
    if depth > _DEEPEST:
        faults.append(f"{where}: nested more than {_DEEPEST} deep")
        return None
    if isinstance(value, str):
        return clean_text(value, where, faults)
    if isinstance(value, Mapping):
        return _clean_mapping(value, where, faults, depth)
    if isinstance(value, list | tuple):
        return [
            _clean(item, f"{where}, item {number}", faults, depth + 1)
            for number, item in enumerate(value, 1)
        ]
    return _clean_plain(value, where, faults)


def _clean_mapping(
    value: Mapping[Any, Any], where: str, faults: list[str], depth: int
) -> dict[str, Any]:
    cleaned: dict[str, Any] = {}
    for given, item in value.items():
        name = _clean_name(given, where, faults)
        place = f"{where}, {name if _PLAIN_NAME.fullmatch(name) else quoted(name)}"
        if name in cleaned:
            faults.append(f"{place}: two names come to this one; rename one of them")
        cleaned[name] = _clean(item, place, faults, depth + 1)
    return cleaned


def _clean_name(name: object, where: str, faults: list[str]) -> str:
    """A field's name; ``clean_text`` keeps a name from smuggling in what a value may not hold."""
    if not isinstance(name, str) or not name:
        faults.append(f"{where}: got the name {quoted(name)}; names are text")
        return ""
    return clean_text(name, where, faults)


def _clean_plain(value: Any, where: str, faults: list[str]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dt.date | dt.time):
        return value if value == value else None  # pandas' NaT calls itself a datetime
    if isinstance(value, Integral):
        if abs(int(value)) <= LARGEST_INTEGER:
            return int(value)
        faults.append(f"{where}: a whole number of 2**53 or more; give it as text")
        return None
    # NaN is how a dataframe says null; an infinity is a slip that nobody should post.
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, Real) and not isinstance(value, Fraction):
        return float(value) if math.isfinite(value) else None
    faults.append(
        f"{where}: got a value of type {type(value).__name__}; give text, a number or a date"
    )
    return None


def _check_docket(docket: Mapping[str, Any], where: str, faults: list[str]) -> None:
    faults += [
        f"{where}, {quoted(name)}: not known; it has {', '.join(DOCKET_FIELDS)}"
        for name in docket
        if name not in DOCKET_FIELDS
    ]
    faults += [
        f"{where}, {name}: missing; leave the field out if it is not recorded"
        for name, value in docket.items()
        if value is None and name in DOCKET_FIELDS
    ]
    faults += [
        f"{where}, {name}: got {quoted(docket[name])}; give text or a number"
        for name in ("owner", "author", "division", "regime")
        if not isinstance(docket.get(name, ""), str | int | None)
        or isinstance(docket.get(name), bool)
    ]
    # These go into the ledger, which takes names and no texts.
    faults += [
        f"{where}, {name}: {fault}"
        for name in ("owner", "author", "regime")
        if isinstance(docket.get(name), str)
        and (fault := fault_in_name(docket[name]))
        and not any(said.startswith(f"{where}, {name}: ") for said in faults)
    ]
    for name in ("received", "due"):
        if docket.get(name) is not None and day_of(docket[name]) is None:
            faults.append(f"{where}, {name}: got {quoted(docket[name])}; give a date, 2026-10-31")
    faults += _faults_of_contacts(docket.get("contacts", {}), f"{where}, contacts")


def _faults_of_contacts(contacts: object, where: str) -> Iterable[str]:
    if contacts is None:
        return []
    if not isinstance(contacts, Mapping):
        return [f"{where}: got {quoted(contacts)}; give channel -> number of contacts"]
    unnamed = [
        f"{where}, {quoted(channel)}: name the channel in up to {LONGEST_CHANNEL} characters"
        for channel in contacts
        if len(str(channel)) > LONGEST_CHANNEL or fault_in_name(str(channel))
    ]
    return unnamed + [
        f"{where}, {quoted(channel)}: got {quoted(count)}; give a whole number of at least 0"
        for channel, count in contacts.items()
        if not is_count(count)
    ]
