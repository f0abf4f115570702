"""The digest of what the handler wrote before anyone knew that the letter would be drawn.

A frame may commit to each letter's contents: its column ``content`` holds SHA-256(salt || bytes),
where the bytes are the canonical JSON of the letter's fields. Without the salt, a person who
guesses the contents cannot check the guess against the digest.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from numbers import Integral
from types import MappingProxyType
from typing import Any, Final

import attrs

from ceosample.canonical import Json, canonical_file, digest
from ceosample.errors import LetterError, raise_faults
from ceosample.got import Private, got, got_name
from ceosample.letters.contents.clean import clean_value
from ceosample.letters.existing.given import PDF, GivenPdf, pdf_of
from ceosample.sampling.names import REASON_CODE

SALT_BYTES: Final = 32

#: A docket without fields of your own.
NO_FIELDS: Final[Mapping[str, Any]] = MappingProxyType({})

#: How a letter's text stands to what the frame committed to, as the ledger holds it.
AS_COMMITTED: Final = "as-committed"
EDITED: Final = "edited"

#: The same, as the docket says it.
WORDS: Final = {
    AS_COMMITTED: "as committed to before the seed",
    EDITED: "EDITED since the draw: not what was committed to before the seed",
}


@attrs.frozen
class Edit:
    """A person's leave to render a letter otherwise than its frame committed to.

    Attributes:
        by: the person's id.
        reason_code: why: a code.
    """

    by: str
    reason_code: str

    def __attrs_post_init__(self) -> None:
        faults = [f"edits, by: {said}" for said in [got_name(self.by)] if said]
        if not isinstance(self.reason_code, str) or REASON_CODE.fullmatch(self.reason_code) is None:
            faults.append(
                f"edits, reason_code: {got(self.reason_code)}; give a code of up to 40 lower-case "
                "letters, digits and hyphens"
            )
        raise_faults(LetterError, faults)


_SALT = re.compile(r"[0-9a-fA-F]{64}")


def content_digest(
    letter: Mapping[str, Any], salt: str | bytes, docket: Mapping[str, Any] = NO_FIELDS
) -> str:
    """The salted digest of a letter's fields: its cell in the frame's column ``content``.

    A person who has the fields and the salt can check it again: SHA-256 of the 32 bytes of the salt
    and then the RFC 8785 JSON of the fields with a final line feed. In that JSON a date or a time
    is ISO 8601 text, a decimal number its digits, and a dataframe's missing date null; all else is
    as it is. A letter that exists already, ``{"pdf": ...}``, has the SHA-256 of its PDF in that
    place. A letter that ``render`` would refuse has no digest, so that none is committed to.

    Args:
        letter: the letter's fields, as ``contents`` gives them to ``render``.
        salt: 32 random bytes, or their 64 hex digits, fresh for each letter; keep it with the
            letter (``secrets.token_hex(32)`` makes one).
        docket: the docket's fields of your own (``DocketField``), where the letter's docket
            has any: the digest is then that of the list of both, letter and docket.

    Returns:
        64 lower-case hex digits.

    Raises:
        LetterError: not such a salt, a field without definite bytes, such as a float, or every
            field with what ``render`` refuses, such as a control character.

    >>> content_digest({"body": "We were wrong."}, "00" * 32)[:16]
    'cf0b7b99bcb6553d'
    """
    letter = with_pdf_digest(letter)[0]
    found = digest_of_fields(letter, salt, docket)
    faults: list[str] = []
    clean_value(letter, "content", faults)
    clean_value(docket, "content, docket", faults)
    raise_faults(LetterError, faults)
    return found


def digest_of_fields(
    letter: Mapping[str, Any], salt: str | bytes, docket: Mapping[str, Any] = NO_FIELDS
) -> str:
    """The digest of fields that need not be such as can be rendered; see ``content_digest``.

    A finished PDF is its SHA-256 in them already.
    """
    # A list, which no letter's fields are: what is committed to can be read in one way only.
    return _digest([letter, docket] if docket else letter, salt, None)


def with_pdf_digest(letter: Mapping[str, Any]) -> tuple[Mapping[str, Any], GivenPdf | None]:
    """The fields, where a finished PDF is its SHA-256, and the PDF; None without one.

    Raises:
        LetterError: the PDF cannot be read.
    """
    if PDF not in letter:
        return letter, None
    value = letter[PDF]
    if value is None or value != value:  # a dataframe's missing value is not itself
        return {name: item for name, item in letter.items() if name != PDF}, None
    given = value if isinstance(value, GivenPdf) else pdf_of(value)
    return {**letter, PDF: digest(given.data)}, given


def digest_of_0_1(letter: Mapping[str, Any], salt: str | bytes) -> str:
    """The digest that 0.1 made of it, with the text ``NaT`` for a dataframe's missing date."""
    return _digest(letter, salt, "NaT")


def _digest(fields: Any, salt: str | bytes, missing_date: Json) -> str:
    try:
        data = canonical_file(_plain(fields, missing_date))
    except (TypeError, ValueError, RecursionError) as error:
        raise LetterError(
            f"content: {error}; give text, whole and decimal numbers, dates, lists and mappings "
            "alone"
        ) from None
    return digest(_salt(salt) + data)


def _salt(salt: object) -> bytes:
    if isinstance(salt, str) and _SALT.fullmatch(salt):
        return bytes.fromhex(salt)
    if isinstance(salt, bytes) and len(salt) == SALT_BYTES:
        return salt
    raise LetterError(
        f"salt: {got(salt, Private.SECRET)}; give {SALT_BYTES} random bytes, or their "
        f"{2 * SALT_BYTES} hex digits"
    )


def _plain(value: Any, missing_date: Json) -> Json:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat() if value == value else missing_date  # pandas' NaT is a date
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    if isinstance(value, Mapping):
        return {name: _plain(item, missing_date) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, missing_date) for item in value]
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)  # a dataframe's, of a type of its own
    found: Json = value
    return found
