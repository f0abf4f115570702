"""What asks an authority for a time stamp: the request of RFC 3161, byte by byte."""

from __future__ import annotations

import re
from typing import Final

from ceosample.canonical import is_digest
from ceosample.errors import RecordError, raise_faults
from ceosample.got import got

_POLICY: Final = re.compile(r"[0-2](\.(0|[1-9][0-9]{0,18})){1,20}")

#: SHA-256 by its object identifier, without parameters but for the NULL that OpenSSL writes.
_SHA256: Final = bytes.fromhex("300d06096086480165030402010500")

#: That the answer is to hold the authority's certificate: BOOLEAN TRUE.
_WITH_CERTIFICATE: Final = bytes.fromhex("0101ff")

#: Longer nonces are not needed, and some authorities refuse them.
_MOST_NONCE: Final = 2**64


def request(digest: str, *, nonce: int, policy: str | None = None) -> bytes:
    """The bytes of a request, for any tool that sends it as ``application/timestamp-query``.

    It holds the digest itself as what is stamped, so ``openssl ts -verify -digest`` can check the
    answer without this library.

    Args:
        digest: a commitment, the hash of an event, or the end of a seed chain: 64 lower-case hex
            digits.
        nonce: a number below 2^64 that you drew at random; the answer repeats it.
        policy: the authority's policy to ask for, such as ``1.2.3.4``; None for its own choice.

    Raises:
        RecordError: every argument that cannot be in a request.

    >>> request("ab" * 32, nonce=7).hex()[:20]
    '303c0201013031300d06'
    """
    raise_faults(RecordError, _faults(digest, nonce, policy))
    imprint = _sequence(_SHA256 + _tagged(0x04, bytes.fromhex(digest)))
    asked = b"" if policy is None else _tagged(0x06, _as_identifier(policy))
    return _sequence(_integer(1) + imprint + asked + _integer(nonce) + _WITH_CERTIFICATE)


def fault_of_policy(policy: object) -> str | None:
    """What is wrong with the name of a policy; None where nothing is."""
    if isinstance(policy, str) and _POLICY.fullmatch(policy):
        first, second = map(int, policy.split(".")[:2])
        if first == 2 or second < 40:
            return None
    return f"policy: {got(policy)}; give an object identifier such as 1.2.3.4"


def _faults(digest: object, nonce: object, policy: object) -> list[str]:
    faults = []
    if not is_digest(digest):
        faults.append(f"time stamp, digest: {got(digest)}; give 64 lower-case hex digits")
    if not isinstance(nonce, int) or isinstance(nonce, bool) or not 0 <= nonce < _MOST_NONCE:
        faults.append(f"time stamp, nonce: {got(nonce)}; give a whole number below 2^64")
    if policy is not None and (fault := fault_of_policy(policy)):
        faults.append(f"time stamp, {fault}")
    return faults


def _tagged(tag: int, content: bytes) -> bytes:
    """An element of DER."""
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
    if 128 <= size < 256:
        length = bytes([0x81, size])
    return bytes([tag]) + length + content


def _sequence(content: bytes) -> bytes:
    return _tagged(0x30, content)


def _integer(number: int) -> bytes:
    return _tagged(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _as_identifier(text: str) -> bytes:
    """An object identifier: the first two numbers in one, each in sevens of bits."""
    first, second, *rest = map(int, text.split("."))
    return b"".join(map(_in_sevens, [40 * first + second, *rest]))


def _in_sevens(number: int) -> bytes:
    found = [number & 127]
    while number := number >> 7:
        found.append(128 | number & 127)
    return bytes(reversed(found))
