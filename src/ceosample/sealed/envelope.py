"""The envelope of a sealed file: 80 bytes in the open, then AES-256-GCM; docs/sealed-rooms.md.

The key is PBKDF2-HMAC-SHA-256 of the passphrase, because every browser has that. The open bytes are
authenticated with what they envelop, so nobody can change the rounds, or pass a room off as
that of another pack.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import json
import secrets
import struct
from collections.abc import Callable
from typing import Any, Final

import attrs

from ceosample.canonical import canonical_file, parse_json
from ceosample.errors import MissingPartError, RecordError
from ceosample.sealed.passphrase import normal

#: The first bytes, which say what is enveloped, in which layout.
ROOM: Final = b"ceosample-room-1"
DECISIONS: Final = b"ceosample-acts-1"

#: What PBKDF2 takes, and the most of them that a file may ask for.
ROUNDS: Final = 600_000
_MOST_ROUNDS: Final = 10_000_000

#: Kind, rounds, the pack's digest, salt, nonce; the numbers are big-endian.
_HEADER: Final = struct.Struct(">16sI32s16s12s")
_SALT, _NONCE, _TAG = 16, 12, 16

#: What a sealed file of decisions is, as JSON.
SCHEME: Final = "ceosample-sealed/1"


@attrs.frozen
class Seal:
    """What a file is sealed with.

    Attributes:
        passphrase: opens it; see :func:`ceosample.sealed.passphrase.new_passphrase`.
        random: gives so many random bytes, for the salt and the nonce.
    """

    passphrase: str = attrs.field(repr=False, converter=normal)
    random: Callable[[int], bytes] = secrets.token_bytes


def sealed(kind: bytes, pack: str, plain: bytes, seal: Seal) -> bytes:
    """The envelope of some bytes, under a fresh salt and a fresh nonce.

    Args:
        kind: ``ROOM`` or ``DECISIONS``.
        pack: the digest of the pack that they are about.
        plain: the bytes.
        seal: the passphrase.
    """
    salt, nonce = seal.random(_SALT), seal.random(_NONCE)
    header = _HEADER.pack(kind, ROUNDS, bytes.fromhex(pack), salt, nonce)
    enveloped: bytes = _cipher(seal.passphrase, salt, ROUNDS).encrypt(nonce, plain, header)
    return header + enveloped


def opened(data: bytes, kind: bytes, passphrase: str, name: str) -> tuple[str, bytes]:
    """The digest of the pack that an envelope is about, and what is in it.

    Args:
        data: the envelope.
        kind: what must be in it.
        passphrase: what it was sealed with.
        name: the file's, for messages.

    Raises:
        RecordError: it is no such envelope, or this passphrase does not open it.
    """
    if len(data) < _HEADER.size + _TAG or not data.startswith(kind):
        raise RecordError(f"{name}: got a file that is not sealed as {kind.decode()}; restore it")
    _, rounds, pack, salt, nonce = _HEADER.unpack_from(data)
    if not ROUNDS <= rounds <= _MOST_ROUNDS:
        raise RecordError(
            f"{name}, rounds: got {rounds}; give a file with {ROUNDS} to {_MOST_ROUNDS}, or "
            "restore it"
        )
    cipher = _cipher(normal(passphrase), salt, rounds)
    from cryptography.exceptions import InvalidTag

    try:
        plain: bytes = cipher.decrypt(nonce, data[_HEADER.size :], data[: _HEADER.size])
    except InvalidTag:
        raise RecordError(
            f"{name}: this passphrase does not open it; give the one that it was sealed with, or "
            "restore the file if it was changed"
        ) from None
    return pack.hex(), plain


def as_json(envelope: bytes) -> bytes:
    """An envelope as a file of JSON, which every mail program and editor leaves as it is."""
    return canonical_file({"scheme": SCHEME, "sealed": base64.b64encode(envelope).decode()})


def in_json(data: bytes, name: str) -> bytes | None:
    """The envelope in a file of JSON; None where the file is not sealed.

    Raises:
        RecordError: it says that it is, and holds none.
    """
    try:
        fields: Any = parse_json(data)
    except (ValueError, json.JSONDecodeError):
        return None  # whoever reads it says what is wrong
    if not isinstance(fields, dict) or fields.get("scheme") != SCHEME:
        return None
    try:
        return base64.b64decode(fields["sealed"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise RecordError(
            f"{name}, sealed: missing or malformed; find the whole file: this one was changed or "
            "cut"
        ) from None


def require_cipher() -> Any:
    """The cipher.

    Raises:
        MissingPartError: the extra ``seal`` is not installed.
    """
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise MissingPartError(
            "a sealed room needs cryptography; pip install 'ceosample[seal]'"
        ) from None
    return AESGCM


def _cipher(passphrase: str, salt: bytes, rounds: int) -> Any:
    return require_cipher()(_key(passphrase, salt, rounds))


@functools.lru_cache(maxsize=8)
def _key(passphrase: str, salt: bytes, rounds: int) -> bytes:
    """The key, kept for the next file under the same salt: a room's and its decisions'."""
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, rounds, 32)
