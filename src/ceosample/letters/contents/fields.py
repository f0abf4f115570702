"""The fields of the drawn letters: fetched for the drawn ids alone, checked, made safe to print."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ceosample.canonical import Json
from ceosample.days import date_of, plain_date
from ceosample.errors import LetterError, raise_faults
from ceosample.form import is_count, meant
from ceosample.got import Private, got, got_name
from ceosample.letters.contents.clean import clean_mapping, clean_value
from ceosample.letters.contents.content_digest import (
    digest_of_0_1,
    digest_of_fields,
    with_pdf_digest,
)
from ceosample.letters.contents.docket_fields import FIXED, DocketField, own_part
from ceosample.letters.contents.promises import (
    PROMISES,
    faults_of_promises,
    promises_of,
    with_payment,
)
from ceosample.letters.existing.existing_letter import ExistingLetter
from ceosample.letters.existing.given import GivenPdf
from ceosample.text import fault_in_name, quoted

#: The docket's dates.
_DATES: Final = ("received", "due", "counted_from")

#: What a caller gives: a mapping of unit id to contents, or a function of the drawn ids.
Contents: TypeAlias = (
    Mapping[str, Mapping[str, Any]] | Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]
)

#: Beside letter and docket: the salt of the digest by which the frame commits to the letter.
SALT: Final = "salt"

#: Where the id is blinded: the firm's number, which people read, and the code that leads from it to
#: the id.
NUMBER: Final = "number"
DRAW_CODE: Final = "draw_code"

#: The number of people that the customer was passed between, on a docket and in the ledger.
PASSED_BETWEEN: Final = "passed_between"

_NAMES: Final = (NUMBER, DRAW_CODE)

#: A channel's name is a word or two, since it goes into the ledger.
LONGEST_CHANNEL: Final = 40


@attrs.frozen
class LetterContents:
    """One letter's fields, cleaned: text, whole numbers, dates, lists and mappings of them.

    Attributes:
        unit_id: the response.
        letter: what the template prints; a field is None where you gave a null.
        docket: what you gave for the inside page; ``with_days`` makes dates of its moments.
        content: the salted digest of the letter's fields as you gave them; None without a salt.
        content_0_1: the digest that 0.1 made of them, which is another for a missing date.
        number: the firm's number, where the id is blinded; else None.
        draw_code: the code that leads from it to the id; None where there is none.
        pdf: the finished letter as you gave it; None for one that a template prints.
        existing: the same, once it was read; None before that.
        found: what the docket leads to: its regime's dates, and whether the letter is what the
            frame committed to.
    """

    unit_id: str
    letter: Mapping[str, Any]
    docket: Mapping[str, Any]
    content: str | None = None
    content_0_1: str | None = None
    found: Mapping[str, Json] = attrs.field(factory=dict)
    number: str | None = None
    draw_code: str | None = None
    pdf: GivenPdf | None = None
    existing: ExistingLetter | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """The fields of the inside page: those that were given, and those that follow from them."""
        return {**self.docket, **self.found}


def fetch(
    contents: Contents, unit_ids: Sequence[str], own: Sequence[DocketField] = ()
) -> list[LetterContents]:
    """The fields of exactly these responses, in this order.

    Args:
        contents: a mapping, or a function that is called once with the ids.
        unit_ids: the ids that were drawn; no other fields are asked for.
        own: the docket's fields of your own.

    Raises:
        LetterError: every id without contents, contents of ids that were not asked for, and every
            value that cannot be printed.
    """
    found = _ask(contents, unit_ids)
    faults = [
        f"letter {unit_id}: no contents; give its letter and docket"
        for unit_id in unit_ids
        if unit_id not in found
    ]
    fields = [
        _fields(unit_id, found[unit_id], own, faults) for unit_id in unit_ids if unit_id in found
    ]
    raise_faults(LetterError, faults)
    return fields


def clean_fields(fields: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Fields that belong to no single letter, cleaned like a letter's.

    Raises:
        LetterError: not a mapping, or every value in it that cannot be printed.
    """
    if not isinstance(fields, Mapping):
        raise LetterError(f"{where}: {got(fields, Private.CONTENTS)}; give a mapping")
    faults: list[str] = []
    cleaned = clean_mapping(fields, where, faults, 0)
    raise_faults(LetterError, faults)
    return cleaned


_TEXT_FACTS: Final = (
    *("owner", "author", "regime", "regime_version", "sampling"),
    *("content", "edited_by", "edited_for"),
)


def docket_facts(docket: Mapping[str, Any]) -> dict[str, Json]:
    """The part of a docket that the ledger keeps: ids, counts and dates; no name and no text."""
    found: dict[str, Json] = {name: str(docket[name]) for name in _TEXT_FACTS if name in docket}
    for name in ("received", "due", "sign_by"):
        day = date_of(docket.get(name))
        if day is not None:
            found[name] = day.isoformat()
    if "contacts" in docket:
        found["contacts"] = dict(docket["contacts"])
    if docket.get(PASSED_BETWEEN) is not None:
        found[PASSED_BETWEEN] = docket[PASSED_BETWEEN]
    if docket.get(PROMISES):
        found[PROMISES] = promises_of(docket)
    return found


def _ask(contents: Contents, unit_ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    if isinstance(contents, Mapping):
        return contents
    if not callable(contents):
        raise LetterError(
            f"contents: {got(contents, Private.CONTENTS)}; give a mapping of id to fields, or a "
            "function"
        )
    found = contents(tuple(unit_ids))
    if not isinstance(found, Mapping):
        raise LetterError(
            f"contents: {got(found, Private.CONTENTS)} from the function; return a mapping of id "
            "to fields"
        )
    others = [unit_id for unit_id in found if unit_id not in unit_ids]
    if others:
        raise LetterError(
            f"contents: got {len(others)} letters from the function that were not drawn; load only "
            "the ids with which it is called"
        )
    return found


def _fields(
    unit_id: str, given: object, own: Sequence[DocketField], faults: list[str]
) -> LetterContents:
    where = f"letter {unit_id}"
    parts: dict[str, Mapping[str, Any]] = {"letter": {}, "docket": {}}
    if not isinstance(given, Mapping):
        shown = got(given, Private.CONTENTS)
        faults.append(f"{where}: {shown}; give {{'letter': {{...}}, 'docket': {{...}}}}")
        return LetterContents(unit_id, {}, {})
    if not isinstance(given.get("letter"), Mapping):
        shown = got(given.get("letter"), Private.CONTENTS)
        faults.append(f"{where}, letter: {shown}; give a mapping of its fields")
        return LetterContents(unit_id, {}, {})
    try:
        letter, pdf = with_pdf_digest(given["letter"])
        given = {**given, "letter": letter}
    except LetterError as error:
        faults += [f"{where}, {fault}" for fault in error.faults]
        return LetterContents(unit_id, {}, {})
    for name in given:
        if name in (SALT, NUMBER, DRAW_CODE):
            continue
        if name not in parts:
            faults.append(f"{where}, {quoted(name)}: not known; use 'letter', 'docket' and 'salt'")
        elif not isinstance(given[name], Mapping):
            faults.append(f"{where}, {name}: {got(given[name], Private.CONTENTS)}; give a mapping")
        else:
            part = _with_plain_dates(given[name]) if name == "docket" else given[name]
            parts[name] = clean_value(part, f"{where}, {name}", faults)
    _check_docket(parts["docket"], own, f"{where}, docket", faults)
    docket = with_payment(parts["docket"], parts["letter"])
    content, before = _content(given, own, where, faults)
    number, code = (_name(given.get(name), f"{where}, {name}", faults) for name in _NAMES)
    return LetterContents(
        *(unit_id, parts["letter"], docket, content, before),
        number=number,
        draw_code=code,
        pdf=pdf,
    )


def _name(value: object, where: str, faults: list[str]) -> str | None:
    """A number or a code, which no message shows."""
    if value is None:
        return None
    if fault := got_name(value, Private.CONTENTS):
        faults.append(f"{where}: {fault}")
    return str(value)


def _with_plain_dates(docket: Mapping[str, Any]) -> Mapping[str, Any]:
    """A docket whose dates may be a dataframe's, which has none without a time."""
    dates = {name: plain_date(docket[name]) for name in _DATES if name in docket}
    return {**docket, **dates}


def _content(
    given: Mapping[str, Any], own: Sequence[DocketField], where: str, faults: list[str]
) -> tuple[str | None, str | None]:
    """The digests of what was given, before it is cleaned: its exact bytes were committed to."""
    if given.get(SALT) is None:
        return None, None
    try:
        docket = own_part(given.get("docket"), own)
        content = digest_of_fields(given["letter"], given[SALT], docket)
        # 0.1 knew no fields of one's own, so no frame of it commits to any.
        return content, content if docket else digest_of_0_1(given["letter"], given[SALT])
    except LetterError as error:
        faults += [f"{where}, {fault}" for fault in error.faults]
        return None, None


def _check_docket(
    docket: Mapping[str, Any], own: Sequence[DocketField], where: str, faults: list[str]
) -> None:
    known = (*FIXED, *(field.name for field in own))
    faults += [
        f"{where}, {quoted(name)}: not known; use one of {', '.join(known)}, or name it as a field "
        "of your own (docket=, in the configuration [[letters.docket]])" + meant(str(name), known)
        for name in docket
        if name not in known
    ]
    faults += [
        f"{where}, {name}: {got(value, Private.CONTENTS)}; remove the field if it is not recorded"
        for name, value in docket.items()
        if value is None
        and name in FIXED
        and not any(f"{where}, {name}: " in said for said in faults)
    ]
    faults += [
        f"{where}, {name}: {got(docket[name], Private.CONTENTS)}; give text or a number"
        for name in ("owner", "author", "division", "regime")
        if not isinstance(docket.get(name, ""), str | int | None)
        or isinstance(docket.get(name), bool)
    ]
    # These go into the ledger, which takes names and no texts.
    faults += [
        f"{where}, {name}: {fault}"
        for name in ("owner", "author", "regime")
        if isinstance(docket.get(name), str)
        and (fault := got_name(docket[name], Private.CONTENTS))
        and not any(said.startswith(f"{where}, {name}: ") for said in faults)
    ]
    for name in _DATES:
        if docket.get(name) is not None and date_of(docket[name]) is None:
            faults.append(
                f"{where}, {name}: {got(docket[name], Private.CONTENTS)}; give a date, 2026-10-31"
            )
    faults += _faults_of_contacts(docket.get("contacts", {}), f"{where}, contacts")
    passed = docket.get(PASSED_BETWEEN)
    if passed is not None and not is_count(passed):
        shown = got(passed, None if isinstance(passed, int | float) else Private.CONTENTS)
        faults.append(f"{where}, {PASSED_BETWEEN}: {shown}; give a whole number of at least 0")
    faults += faults_of_promises(docket.get(PROMISES), f"{where}, {PROMISES}")


def _faults_of_contacts(contacts: object, where: str) -> Iterable[str]:
    if contacts is None:
        return []
    if not isinstance(contacts, Mapping):
        return [f"{where}: {got(contacts, Private.CONTENTS)}; give channel -> number of contacts"]
    unnamed = [
        channel
        for channel in contacts
        if len(str(channel)) > LONGEST_CHANNEL or fault_in_name(str(channel))
    ]
    return [
        f"{where}: {got(channel, Private.CONTENTS)} as a channel; give its name in up to "
        f"{LONGEST_CHANNEL} characters"
        for channel in unnamed
    ] + [
        f"{where}, {quoted(channel)}: "
        f"{got(count, None if isinstance(count, int | float) else Private.CONTENTS)}; "
        "give a whole number of at least 0"
        for channel, count in contacts.items()
        if not is_count(count) and channel not in unnamed
    ]
