"""The seal of a chain's secret: a passphrase, and the public part that is bound to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ceosample.canonical import Json
from ceosample.errors import MissingPartError, SeedError
from ceosample.form import is_text
from ceosample.got import Private, got

#: What seals a file: scrypt with N = 2^17, r = 8, p = 1 and a salt of 16 bytes, then AES-256-GCM
#: with a nonce of 12. Another strength would have another name.
SEAL: Final = "scrypt-17-8-1+aes-256-gcm"
_SALT, _NONCE = 16, 12

#: Shorter passphrases could be tried one by one.
SHORTEST_PASSPHRASE: Final = 12

Random = Callable[[int], bytes]

#: The fields of a seal.
SEAL_FORM: Final[dict[str, Any]] = {
    "seal": lambda value: value == SEAL,
    "salt": is_text,
    "nonce": is_text,
    "box": is_text,
}


def seal(secret: str, bound: bytes, passphrase: str, random: Random) -> dict[str, Json]:
    """A secret under a passphrase, with what opens no longer once the bound bytes are others."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise SeedError(
            f"passphrase: {got(passphrase, Private.SECRET)}, too short; give at least "
            f"{SHORTEST_PASSPHRASE} characters"
        )
    salt, nonce = random(_SALT), random(_NONCE)
    cipher = _cipher(passphrase, salt)
    box = cipher.encrypt(nonce, bytes.fromhex(secret), bound)
    return {"seal": SEAL, "salt": salt.hex(), "nonce": nonce.hex(), "box": box.hex()}


def unseal(fields: dict[str, Any], bound: bytes, passphrase: str, path: Path) -> str:
    """The secret of a file's fields."""
    refused = SeedError(
        f"{path}: this passphrase does not open it; give the one that sealed it, or restore the "
        "file if it was changed"
    )
    try:
        salt, nonce, box = (bytes.fromhex(fields[name]) for name in ("salt", "nonce", "box"))
    except ValueError:
        raise refused from None
    cipher = _cipher(passphrase, salt)
    from cryptography.exceptions import InvalidTag

    try:
        secret: bytes = cipher.decrypt(nonce, box, bound)
    except (InvalidTag, ValueError):
        raise refused from None
    return secret.hex()


def _cipher(passphrase: str, salt: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
    except ImportError:
        raise MissingPartError(
            "a sealed chain needs cryptography; pip install 'ceosample[seal]'"
        ) from None
    try:
        key = passphrase.encode()
    except UnicodeEncodeError:  # whose words hold the passphrase
        raise SeedError(
            f"passphrase: {got(passphrase, Private.SECRET)}, not UTF-8; give one that is"
        ) from None
    return AESGCM(Scrypt(salt=salt, length=32, n=2**17, r=8, p=1).derive(key))
