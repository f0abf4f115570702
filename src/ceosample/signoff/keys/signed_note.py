"""Signed notes (c2sp.org/signed-note): a text, a blank line, and a line for each signature.

A key has a name, and is told apart by the first four bytes of a hash of the name and the key.
Verifiers pass over signatures of keys that they do not know.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

import attrs

from ceosample.errors import SignatureError
from ceosample.signoff.keys.recorder_key import KEY_BYTES, SIGNATURE_BYTES, is_signature
from ceosample.signoff.store.signatures import Signer
from ceosample.text import quoted

#: The algorithm of Ed25519, in the hash of a key and before a public key.
_ED25519: Final = b"\x01"

#: More bytes and signatures than any note of ours has; others are refused unread.
_MOST_BYTES, _MOST_SIGNATURES = 1_000_000, 100

_LINE: Final = re.compile(r"\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_KEY: Final = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")


@attrs.frozen
class NoteKey:
    """A public key with its name, as notes name it.

    Attributes:
        name: without spaces and plus signs.
        public: 32 bytes in hexadecimal.
    """

    name: str
    public: str

    @classmethod
    def of(cls, person: str, public: str) -> NoteKey:
        """The key of a person; what a name cannot hold is written as in an address, ``%20``."""
        return cls(quote(person, safe="@:!$&'()*,;="), public)

    @classmethod
    def parse(cls, text: str) -> NoteKey:
        """The key of a verifier's text, ``NAME+HASH+KEY``.

        Raises:
            SignatureError: it is none, or its hash is another's.

        >>> NoteKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").name
        'PeterNeumann'
        """
        match = _KEY.fullmatch(text)
        data = _decoded(match[3]) if match else b""
        if match is None or data[:1] != _ED25519 or len(data) != 1 + KEY_BYTES:
            raise SignatureError(
                f"key: got {quoted(text, 80)}; give NAME+HASH+KEY of an Ed25519 key, as 'ceosample "
                "key list' shows them"
            )
        key = cls(match[1], data[1:].hex())
        if key.digits != match[2]:
            raise SignatureError(
                f"key: got the hash {match[2]}, and that of {quoted(match[1])} and its key is "
                f"{key.digits}; copy it again"
            )
        return key

    @property
    def hash(self) -> bytes:
        """The four bytes before its signatures."""
        data = self.name.encode() + b"\n" + _ED25519 + bytes.fromhex(self.public)
        return hashlib.sha256(data).digest()[:4]

    @property
    def digits(self) -> str:
        """The same in hexadecimal."""
        return self.hash.hex()

    def __str__(self) -> str:
        key = base64.b64encode(_ED25519 + bytes.fromhex(self.public)).decode()
        return f"{self.name}+{self.digits}+{key}"


@attrs.frozen
class SignedNote:
    """A note as it was read; ``signed_by`` tells which of its signatures count.

    Attributes:
        text: what is signed, its last line end included.
        signatures: name of the key, its hash and the signature, a triple each.
    """

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def parse(cls, data: bytes) -> SignedNote:
        """The note of a file.

        Raises:
            SignatureError: it is none.
        """
        wrong = SignatureError(
            "note: got a file that is no signed note; give a text, a blank line, and lines of "
            "signatures, as 'ceosample ledger head --note' prints them"
        )
        try:
            whole = data.decode() if len(data) <= _MOST_BYTES else ""
        except UnicodeDecodeError:
            raise wrong from None
        text, blank, below = whole.rpartition("\n\n")
        lines = below.removesuffix("\n").split("\n")
        if not blank or not below.endswith("\n") or len(lines) > _MOST_SIGNATURES:
            raise wrong
        if any(ord(one) < ord(" ") and one != "\n" for one in whole):
            raise wrong
        found = []
        for line in lines:
            match = _LINE.fullmatch(line)
            signature = _decoded(match[2]) if match else b""
            if match is None or len(signature) < 5:
                raise wrong
            found.append((match[1], signature[:4], signature[4:]))
        return cls(f"{text}\n", tuple(found))

    def signed_by(self, keys: Iterable[NoteKey]) -> list[NoteKey]:
        """The keys among these that signed it.

        Raises:
            SignatureError: a signature in the name of one of them is none of it.
            MissingPartError: the extra ``keys`` is not installed.
        """
        known = {(key.name, key.hash): key for key in keys}
        found = []
        for name, digits, signature in self.signatures:
            key = known.get((name, digits))
            if key is None:
                continue
            if len(signature) != SIGNATURE_BYTES or not is_signature(
                key.public, signature, self.text.encode()
            ):
                raise SignatureError(
                    f"note: its signature by {quoted(name)} ({key.digits}) is wrong: the text was "
                    "changed, or the signature; ask for the note again"
                )
            found.append(key)
        return [*dict.fromkeys(found)]


def signed(text: str, key: NoteKey, signer: Signer) -> str:
    """A note with one signature.

    Args:
        text: whose last line ends.
        key: the name by which verifiers know the signer's key.
        signer: the private key.
    """
    signature = base64.b64encode(key.hash + signer.sign(text.encode())).decode()
    return f"{text}\n\u2014 {key.name} {signature}\n"


def _decoded(text: str) -> bytes:
    """The bytes of Base64; none where it is not."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
