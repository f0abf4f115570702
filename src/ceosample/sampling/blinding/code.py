"""A salt as a code that a letter can carry: 13 groups of four letters and digits."""

from __future__ import annotations

import base64
from typing import Final

from ceosample.canonical import digest
from ceosample.errors import RecordError
from ceosample.sampling.blinding.formula import SALT_BYTES
from ceosample.sealed.typed import ALPHABET, GROUP, as_typed, grouped

#: The characters of a code: 256 bits of the salt and 4 to check them, 5 a character.
CHARACTERS: Final = 52

_CHECK_BITS: Final = 4

#: Python writes base 32 with other characters: in groups of 40 bits, and in numbers.
_GROUPED: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET)
_IN_NUMBERS: Final = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_FILLED: Final = 35, 20


def code_of(salt: bytes) -> str:
    """The code of a salt.

    >>> code_of(bytes(range(32)))[:14]
    '000g-40r4-0m30'
    """
    size, fill = _FILLED
    bits = (int.from_bytes(salt) << _CHECK_BITS | _check(salt)) << fill
    text = base64.b32encode(bits.to_bytes(size)).decode()
    return grouped(text[:CHARACTERS].translate(_GROUPED))


def salt_of(code: str) -> bytes:
    """The salt of a code, however it was typed: capitals, spaces and hyphens do not matter.

    Raises:
        RecordError: it is none, or was mistyped; the message does not hold it.

    >>> salt_of(code_of(bytes(32)).upper().replace("-", " ").replace("0", "O")) == bytes(32)
    True
    """
    typed = as_typed(code) if isinstance(code, str) else ""
    if len(typed) != CHARACTERS or not set(typed) <= set(ALPHABET):
        raise RecordError(
            f"code: got {len(typed)} characters that are not shown; give the code of the letter, "
            f"{CHARACTERS // GROUP} groups of {GROUP} letters and digits"
        )
    bits = int(typed.translate(_IN_NUMBERS), 32)
    salt = (bits >> _CHECK_BITS).to_bytes(SALT_BYTES)
    if bits & (1 << _CHECK_BITS) - 1 != _check(salt):
        raise RecordError(
            "code: got a code that is not shown, with a character that is not right; compare it "
            "with the letter"
        )
    return salt


def _check(salt: bytes) -> int:
    """The first hexadecimal digit of the salt's SHA-256."""
    return int(digest(salt)[0], 16)
