"""The fields of events: what each may hold, and how it is read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import attrs

from ceosample.canonical import LARGEST_INTEGER, Json, is_digest
from ceosample.days import is_zone
from ceosample.errors import LedgerError
from ceosample.form import is_count
from ceosample.period import Period
from ceosample.sampling.seeds.seed_source import SeedSource
from ceosample.signoff.replay import methods
from ceosample.signoff.replay.lifecycle import REVIEW_OUTCOMES
from ceosample.signoff.replay.naming import AUDIENCES
from ceosample.signoff.replay.past_signoffs import OUTCOMES
from ceosample.signoff.replay.people import ROLES
from ceosample.signoff.replay.titles import require as require_title
from ceosample.signoff.rules.clock import moment_of
from ceosample.text import fault_in_name, quoted

#: What the executive may find about a letter's quality.
VERDICTS: Final = ("sound", "defective")

#: The most characters of a text that is kept next to the ledger.
LONGEST_TEXT: Final = 20_000

_CODE = re.compile(r"[a-z0-9-]{1,40}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SEVERITY = re.compile(r"0(?:\.[0-9]{1,4})?|1(?:\.0{1,4})?")
_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,4})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# How most values are written: text without an escape, and names of ASCII on one line.
A_TEXT_WRITTEN: Final = r'"[^"\\\x00-\x1f]*"'
_NAME_WRITTEN: Final = r'"[!#-\[\]-~](?:[ !#-\[\]-~]{0,198}[!#-\[\]-~])?"'
_CODE_WRITTEN: Final = f'"{_CODE.pattern}"'
_DIGEST_WRITTEN: Final = '"[0-9a-f]{64}"'
#: A date that the calendar has in every year.
A_DATE_WRITTEN: Final = (
    "(?!0000)[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)


def _list_written(item: str) -> str:
    return rf"\[(?:{item}(?:,{item})*)?\]"


def _object_written(name: str, value: str) -> str:
    """Names in any order: whoever reads it proves that they are in the right one."""
    return rf"\{{(?:{name}:{value}(?:,{name}:{value})*)?\}}"


@attrs.frozen
class Field:
    """A field of an event.

    Attributes:
        read: its value as the event holds it; a ValueError for a value that is not allowed.
        allowed: what it may be, in words.
        written: a regular expression of canonical JSON whose value is surely allowed, as most are;
            None where there is none.
    """

    read: Callable[[Any], Json]
    allowed: str
    written: str | None = None


def _code(value: Any) -> str:
    if not isinstance(value, str) or _CODE.fullmatch(value) is None:
        raise ValueError
    return value


def _person(value: Any) -> str:
    if not isinstance(value, str) or fault_in_name(value):
        raise ValueError
    return value


def _digest(value: Any) -> str:
    if not is_digest(value):
        raise ValueError
    return str(value)


def _amount(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    if isinstance(value, bool | float) or _AMOUNT.fullmatch(text) is None:
        raise ValueError
    return text


def _severity(value: Any) -> str:
    text = str(value)
    if not isinstance(value, str | Decimal) or _SEVERITY.fullmatch(text) is None:
        raise ValueError
    return text


def _currency(value: Any) -> str:
    if not isinstance(value, str) or _CURRENCY.fullmatch(value) is None:
        raise ValueError
    return value


def _codes(value: Any) -> Json:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ValueError
    codes = [_code(item) for item in value]
    if len(set(codes)) != len(codes):
        raise ValueError
    return list(codes)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise ValueError
    if "\0" in value or (not value.isascii() and value != value.encode(errors="replace").decode()):
        raise ValueError  # a lone surrogate cannot be stored
    return value


def _moment(value: Any) -> str:
    if not isinstance(value, str) or moment_of(value) is None:
        raise ValueError
    return value


def _day(value: Any) -> str:
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        raise ValueError
    return dt.date.fromisoformat(value).isoformat()


def _month(value: Any) -> str:
    return str(Period.parse(value))


def _seed_source(value: Any) -> str:
    SeedSource.parse(value)
    return str(value)


def _title(value: Any) -> str:
    if value is None:
        raise ValueError
    require_title(value)
    return str(value)


def _is(rule: Callable[[Any], bool]) -> Callable[[Any], Json]:
    """A reader of the values that a rule allows, as they are."""

    def read(value: Any) -> Json:
        if not rule(value):
            raise ValueError
        found: Json = value
        return found

    return read


def one_of(*values: str) -> Field:
    """A field that holds one of these words."""
    return Field(
        _is(lambda value: isinstance(value, str) and value in values),
        " or ".join(values),
        f'"(?:{"|".join(map(re.escape, values))})"',
    )


def maybe(field: Field) -> Field:
    """The same field, or null."""
    return Field(
        lambda value: None if value is None else field.read(value),
        f"{field.allowed}, or null",
        None if field.written is None else f"(?:null|{field.written})",
    )


def count(least: int = 0) -> Field:
    """A whole number of at least ``least``."""

    def read(value: Any) -> int:
        if not is_count(value, least) or value > LARGEST_INTEGER:
            raise ValueError
        return value

    written = {0: "(?:0|[1-9][0-9]{0,14})", 1: "[1-9][0-9]{0,14}"}.get(least)
    return Field(read, f"a whole number of at least {least}", written)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_counts(value: Any) -> bool:
    return isinstance(value, dict) and all(is_count(item) for item in value.values())


def _is_days(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(name, str) and _CODE.fullmatch(name) and _is_day(day)
        for name, day in value.items()
    )


def _is_day(value: Any) -> bool:
    try:
        _day(value)
    except ValueError:
        return False
    return True


def _is_digests(value: Any) -> bool:
    return isinstance(value, list) and all(is_digest(item) for item in value)


def _is_plan(value: Any) -> bool:
    return isinstance(value, dict) and is_count(value.get("reserves", 0))


def _is_pools(value: Any) -> bool:
    return isinstance(value, list) and all(_is_pool(pool) for pool in value)


def _is_pool(pool: Any) -> bool:
    return (
        isinstance(pool, dict)
        and pool.keys() >= {"stratum", "N", "n", "take_all"}
        and _is_texts(pool["stratum"])
        and is_count(pool["N"])
        and is_count(pool["n"])
        and pool["n"] <= pool["N"]
        and isinstance(pool["take_all"], bool)
        and ("divisions" not in pool or _are_divisions(pool["divisions"], pool["N"]))
    )


def _are_divisions(found: Any, size: int) -> bool:
    """Whether a stratum's divisions are of a form, and have its responses among them."""
    return (
        isinstance(found, list)
        and all(isinstance(one, dict) and one.keys() == {"division", "N"} for one in found)
        and all(_is_texts(one["division"]) and is_count(one["N"], 1) for one in found)
        and sum(one["N"] for one in found) == size
    )


A_CODE: Final = Field(
    _code, "a code of up to 40 lower-case letters, digits and hyphens", _CODE_WRITTEN
)
A_PERSON: Final = Field(_person, "a person's id", _NAME_WRITTEN)
A_NAME: Final = Field(_person, "a name", _NAME_WRITTEN)
A_DIGEST: Final = Field(_digest, "a SHA-256 in hexadecimal", _DIGEST_WRITTEN)
A_KEY: Final = Field(_digest, "a public key, Ed25519, as 64 hexadecimal digits", _DIGEST_WRITTEN)
A_MOMENT: Final = Field(_moment, "a time with its offset, '2026-11-02T09:00:00+00:00'")
A_DAY: Final = Field(_day, "a date, '2026-11-02'", f'"{A_DATE_WRITTEN}"')
A_MONTH: Final = Field(_month, "a month, '2026-10'")
A_COUNT: Final = count()
A_CURRENCY: Final = Field(_currency, "a currency's three capitals, 'GBP'", f'"{_CURRENCY.pattern}"')
SOME_TEXT: Final = Field(_is(lambda value: isinstance(value, str)), "text", A_TEXT_WRITTEN)
TEXTS: Final = Field(_is(_is_texts), "a list of texts", _list_written(A_TEXT_WRITTEN))
COUNTS: Final = Field(
    _is(_is_counts),
    "whole numbers by name",
    _object_written(A_TEXT_WRITTEN, str(A_COUNT.written)),
)
DAYS: Final = Field(
    _is(_is_days), "dates by a code each", _object_written(_CODE_WRITTEN, str(A_DAY.written))
)
DIGESTS: Final = Field(
    _is(_is_digests), "a list of SHA-256 in hexadecimal", _list_written(_DIGEST_WRITTEN)
)
YES_OR_NO: Final = Field(
    _is(lambda value: isinstance(value, bool)), "true or false", "(?:true|false)"
)
TRUE: Final = Field(_is(lambda value: value is True), "true", "true")
FALSE: Final = Field(_is(lambda value: value is False), "false", "false")
A_PLAN: Final = Field(_is(_is_plan), "a plan, with its reserves as a whole number")
A_ROLE: Final = one_of(*ROLES)
AN_AUDIENCE: Final = one_of(*AUDIENCES)
AN_OUTCOME: Final = one_of(*REVIEW_OUTCOMES)
A_CLAIM: Final = one_of(*OUTCOMES)
A_SEED_SOURCE: Final = Field(_seed_source, "where a seed comes from, such as 'dice'")
A_TITLE: Final = Field(_title, "a title on one line")
A_ZONE: Final = Field(_is(is_zone), "a time zone, 'Europe/London'")
POOLS: Final = Field(_is(_is_pools), "each stratum with its N, its n and whether it is read whole")

A_RATE: Final = Field(_is(methods.is_rate), methods.RATE)

#: The fields of the event that states how a month's verdicts will be read.
A_METHOD: Final[Mapping[str, Field]] = {
    "method": one_of(*methods.METHODS),
    "confidence": Field(_is(methods.is_confidence), methods.CONFIDENCE),
    "missing": one_of(*methods.MISSING),
    "year_begins": Field(_is(methods.is_month_number), methods.MONTH_NUMBER),
}

#: Every field that people give when they record an event about a letter.
FIELDS: Final[Mapping[str, Field]] = {
    "letter": Field(
        _digest, "the letter's SHA-256 (in a file, the code on it will do)", _DIGEST_WRITTEN
    ),
    "file": Field(_digest, "the signed file's SHA-256", _DIGEST_WRITTEN),
    "certificate": Field(_digest, "the certificate's SHA-256", _DIGEST_WRITTEN),
    "image": Field(_digest, "the image's SHA-256", _DIGEST_WRITTEN),
    "reason_code": A_CODE,
    "own_code": A_CODE,
    "outcome": A_CODE,
    "channel": A_CODE,
    "to": A_PERSON,
    "approver": A_PERSON,
    "colleague": A_PERSON,
    "amount": Field(
        _amount, "an amount below 10 ** 12 in decimals, '250.00'", f'"{_AMOUNT.pattern}"'
    ),
    "currency": A_CURRENCY,
    "verdict": one_of(*VERDICTS),
    "severity": Field(
        _severity,
        "a decimal from 0 to 1 with up to 4 places, '0.25'",
        f'"(?:{_SEVERITY.pattern})"',
    ),
    "codes": Field(_codes, "a list of different codes", rf"\[(?:{_CODE_WRITTEN})?\]"),
    "promise": A_CODE,
    "cause": A_CODE,
    "action": A_CODE,
    "due": A_DAY,
    "evidence": Field(_digest, "the SHA-256 of the file that shows it", _DIGEST_WRITTEN),
    "text": Field(_text, f"text of 1 to {LONGEST_TEXT} characters"),
}


def faults_of_amount(given: Mapping[str, Any], amount: str = "amount") -> list[str]:
    """The problem of an amount without its currency, or of a currency alone.

    >>> faults_of_amount({"amount": "250.00", "currency": None})
    ["currency: missing, and amount is '250.00'; give both or neither"]
    """
    pair = {name: given.get(name) for name in (amount, "currency")}
    there = [name for name, value in pair.items() if value is not None]
    return [
        f"{name}: missing, and {there[0]} is {quoted(pair[there[0]])}; give both or neither"
        for name, value in pair.items()
        if value is None and there
    ]


def as_amount(text: str) -> Decimal:
    """An amount of an event as a number."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise LedgerError(f"amount: got {quoted(text)}; give decimals, '250.00'") from None
