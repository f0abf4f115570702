"""The blinded id of a complaint: a hash of a secret salt and of the number that the firm uses."""

from __future__ import annotations

from typing import Final

from ceosample.canonical import digest, netstring
from ceosample.sampling.ticket import SCHEME

#: The bytes of a salt.
SALT_BYTES: Final = 32

#: What parts these hashes from all others of the scheme.
_PURPOSE: Final = "blind"


def blinded_id(salt: bytes, number: str) -> str:
    """The id under which a complaint is in the frame: 64 lower-case hexadecimal digits.

    Args:
        salt: 32 random bytes of this complaint alone.
        number: the firm's number, as a unit id is written.

    >>> blinded_id(bytes(range(32)), "CR-1042")[:16]
    'f8b24f4f820e9d26'
    """
    # A salt is bytes and no text, so its netstring is written here.
    parts = [netstring(SCHEME), netstring(_PURPOSE), b"%d:%b," % (len(salt), salt)]
    return digest(b"".join([*parts, netstring(number)]))
