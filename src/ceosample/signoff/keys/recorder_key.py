"""A recorder's private key: Ed25519, in a file that its owner alone can read."""

from __future__ import annotations

import base64
import binascii
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import attrs

from ceosample import files
from ceosample.errors import CeosampleError, MissingPartError, RecordError, SignatureError
from ceosample.got import Private, got
from ceosample.signoff.store.signatures import message_of

#: Shorter passphrases could be tried one by one.
SHORTEST_PASSPHRASE = 12

#: The bytes of a public key, and of a signature.
KEY_BYTES, SIGNATURE_BYTES = 32, 64


def ed25519() -> Any:
    """The module of ``cryptography`` for these keys.

    Raises:
        MissingPartError: the extra ``keys`` is not installed.
    """
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519 as module
    except ImportError:
        raise MissingPartError(
            "keys of recorders need cryptography; pip install 'ceosample[keys]'"
        ) from None
    return module


@attrs.frozen
class RecorderKey:
    """A private key with which a recorder signs events; no text shows the private part.

    Attributes:
        public: the public key, 32 bytes in hexadecimal.

    >>> RecorderKey.new(bytes).public[:16]  # of 32 zeros: leave the argument out in your own
    '3b6a27bcceb6a42d'
    """

    public: str
    _private: Any = attrs.field(repr=False, eq=False)

    @classmethod
    def new(cls, random: Callable[[int], bytes] | None = None) -> Self:
        """A new key.

        Args:
            random: returns so many random bytes, for tests; the system's by default.

        Raises:
            MissingPartError: the extra ``keys`` is not installed.
        """
        module = ed25519().Ed25519PrivateKey
        return cls._of(
            module.generate() if random is None else module.from_private_bytes(random(KEY_BYTES))
        )

    @classmethod
    def load(cls, path: Path, *, passphrase: Callable[[], str] | None = None) -> Self:
        """The key of a file: PKCS#8 in PEM, which its owner alone may read.

        Args:
            path: the file.
            passphrase: is asked for it if the file is encrypted; None to ask for none.

        Raises:
            SignatureError: others can read the file, it holds no key of Ed25519, or the passphrase
                is another. The message holds neither.
            RecordError: it is not there.
            MissingPartError: the extra ``keys`` is not installed.
        """
        kind = ed25519().Ed25519PrivateKey
        try:
            data = files.read_secret(path)
        except RecordError:
            raise RecordError(
                f"{path}: not there; restore it from your copy, or make one with 'ceosample key "
                "new'"
            ) from None
        except CeosampleError as error:
            raise SignatureError(*error.faults) from None
        encrypted = b"BEGIN ENCRYPTED PRIVATE KEY" in data
        word = None
        if encrypted:
            if passphrase is None:
                raise SignatureError(f"{path}: is encrypted; give its passphrase")
            word = _bytes_of(passphrase())
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            private = load_pem_private_key(data, word)
        except (ValueError, TypeError):
            what = "this passphrase does not open it" if encrypted else "got no private key in PEM"
            raise SignatureError(
                f"{path}: {what}; give the right one, or restore the file from your copy"
            ) from None
        except Exception as error:
            raise SignatureError(
                f"{path}: got a key that cannot be read ({type(error).__name__}); give one of "
                "Ed25519, which 'ceosample key new' makes"
            ) from None
        if not isinstance(private, kind):
            raise SignatureError(
                f"{path}: got a key of another kind; give one of Ed25519, which 'ceosample key "
                "new' makes"
            )
        return cls._of(private)

    def save(self, path: Path, *, passphrase: str | None = None) -> None:
        """Write it where there is no file yet, for its owner alone (mode 0600).

        Args:
            path: the new file.
            passphrase: encrypts it; None to leave it in the open.

        Raises:
            ConflictError: there is a file already, which stays.
            SignatureError: the passphrase is too short, or not UTF-8.
        """
        from cryptography.hazmat.primitives import serialization

        encryption: Any = serialization.NoEncryption()
        if passphrase is not None:
            if len(passphrase) < SHORTEST_PASSPHRASE:
                raise SignatureError(
                    f"passphrase: {got(passphrase, Private.SECRET)}, too short; give at least "
                    f"{SHORTEST_PASSPHRASE} characters"
                )
            encryption = serialization.BestAvailableEncryption(_bytes_of(passphrase))
        data = self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
        )
        files.write_secret(path, data)

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        signature: bytes = self._private.sign(message)
        return signature

    @classmethod
    def _of(cls, private: Any) -> Self:
        return cls(private.public_key().public_bytes_raw().hex(), private)


@attrs.frozen
class KeyInFile:
    """The key of a file, which is opened when it first signs: readers need no passphrase.

    Attributes:
        path: the file.
        passphrase: is asked for it if the file is encrypted.
    """

    path: Path
    passphrase: Callable[[], str] | None = attrs.field(default=None, repr=False)
    _read: Callable[[], RecorderKey] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        opened = functools.cache(lambda: RecorderKey.load(self.path, passphrase=self.passphrase))
        object.__setattr__(self, "_read", opened)

    @property
    def public(self) -> str:
        """The public key, 32 bytes in hexadecimal."""
        return self._read().public

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        return self._read().sign(message)


def is_signature(public: str, signature: bytes, message: bytes) -> bool:
    """Whether a signature is that of a message by a public key, in hexadecimal.

    Raises:
        MissingPartError: the extra ``keys`` is not installed.
    """
    kind = ed25519().Ed25519PublicKey
    from cryptography.exceptions import InvalidSignature

    try:
        kind.from_public_bytes(bytes.fromhex(public)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def signs_event(public: str, text: str, event_hash: str) -> bool:
    """Whether the text of a stored signature is that of an event by a public key."""
    try:
        signature = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return is_signature(public, signature, message_of(event_hash))


def _bytes_of(passphrase: str) -> bytes:
    try:
        return passphrase.encode()
    except UnicodeEncodeError:  # whose words hold the passphrase
        raise SignatureError(
            f"passphrase: {got(passphrase, Private.SECRET)}, not UTF-8; give one that is"
        ) from None
