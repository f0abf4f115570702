"""The file that keeps a chain's secret: readable by its owner alone, and sealed if one likes.

It is JSON with the public part in the open, so that what it is a secret of can be read without a
passphrase. Sealed, the secret is encrypted under a key that scrypt makes of the passphrase, and the
public part is bound to it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ceosample import files
from ceosample.canonical import Json, canonical_file, canonical_json, parse_json
from ceosample.errors import MissingPartError, RecordError, SeedError, raise_faults
from ceosample.form import faults_of_form, is_text
from ceosample.got import Private, got
from ceosample.period import Period
from ceosample.sampling.seeds.chain import Published, SeedChain

SCHEME: Final = "ceosample-chain/1"

#: What seals a file: scrypt with N = 2^17, r = 8, p = 1 and a salt of 16 bytes, then AES-256-GCM
#: with a nonce of 12. Another strength would have another name.
SEAL: Final = "scrypt-17-8-1+aes-256-gcm"
_SALT, _NONCE = 16, 12

#: Shorter passphrases could be tried one by one.
SHORTEST_PASSPHRASE: Final = 12

Random = Callable[[int], bytes]
Passphrase = Callable[[], str]


def save(
    chain: SeedChain, path: Path, *, passphrase: str | None = None, random: Random | None = None
) -> None:
    """Write a chain where there is no file yet, for its owner alone (mode 0600).

    Args:
        chain: the chain, with its secret.
        path: a file that does not exist yet.
        passphrase: seals the file: 12 characters or more. None leaves it unsealed.
        random: returns a number of random bytes, for the seal: ``secrets.token_bytes``.

    Raises:
        ConflictError: a file exists already and is left unchanged.
        SeedError: the passphrase is too short.
        MissingPartError: a seal needs the extra ``seal``.

    >>> import tempfile, ceosample as cs
    >>> chain = cs.seeds.SeedChain.new(
    ...     "complaint-responses", first="2026-11", months=60, random=bytes)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cs.seeds.save_chain(chain, Path(folder, "chain.json"))
    ...     cs.seeds.load_chain(Path(folder, "chain.json")).published == chain.published
    True
    """
    fields = _public(chain.published)
    if passphrase is None:
        fields["secret"] = chain.secret
    elif random is None:
        raise SeedError("random: got None, and a seal needs random bytes; give secrets.token_bytes")
    else:
        fields |= _sealed(chain, passphrase, random)
    files.write_secret(path, canonical_file(fields))


def load(path: Path, *, passphrase: Passphrase | None = None) -> SeedChain:
    """Read a chain, its secret included.

    Args:
        path: the file, which its owner alone may read.
        passphrase: returns the passphrase; called only if the file is sealed.

    Raises:
        SeedError: the file is of another kind, others can read it, or the passphrase is wrong.
        MissingPartError: it is sealed, and the extra ``seal`` is not installed.

    The example of :func:`save_chain` reads a file back.
    """
    fields = _fields(path)
    published = _published(fields, path)
    if "secret" in fields:
        secret = fields["secret"]
    elif passphrase is None:
        raise SeedError(f"{path}: is sealed; give its passphrase")
    else:
        secret = _unsealed(fields, passphrase(), path)
    try:
        return SeedChain(published, secret)
    except SeedError as error:
        raise SeedError(f"{path}: {error}") from None


def load_published(path: Path) -> Published:
    """The public part of a file, for which no passphrase is needed.

    Raises:
        SeedError: it is no such file, or others can read it.
    """
    return _published(_fields(path), path)


def is_sealed(path: Path) -> bool:
    """Whether a passphrase is needed to read the secret."""
    return "box" in _fields(path)


def _public(published: Published) -> dict[str, Json]:
    return {"scheme": SCHEME, "population": published.population, **published.to_dict()}


def _fields(path: Path) -> dict[str, Any]:
    """What the file holds; no message repeats any of it but for the scheme."""
    try:
        data = files.read_secret(path)
    except RecordError:
        raise SeedError(f"{path}: not there; 'ceosample seed new' makes one") from None
    try:
        fields = parse_json(data)
    except ValueError:
        raise SeedError(f"{path}: not JSON; restore it from a copy") from None
    if not isinstance(fields, dict) or fields.get("scheme") != SCHEME:
        found = fields.get("scheme") if isinstance(fields, dict) else None
        raise SeedError(f"{path}, scheme: {got(found)}; this release reads {SCHEME}")
    sealed = "box" in fields
    form = _FORM | (_SEAL_FORM if sealed else {"secret": is_text})
    wrong = [fault.partition(": ")[0] for fault in faults_of_form(fields, form, str(path))]
    raise_faults(
        SeedError,
        (f"{place}: missing or malformed; restore the file from a copy" for place in wrong),
    )
    return fields


def _published(fields: dict[str, Any], path: Path) -> Published:
    try:
        first = Period.parse(fields["first"])
        return Published(fields["population"], first, fields["months"], fields["end"])
    except ValueError as error:
        raise SeedError(f"{path}: {error}") from None


def _sealed(chain: SeedChain, passphrase: str, random: Random) -> dict[str, Json]:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise SeedError(
            f"passphrase: {got(passphrase, Private.SECRET)}, too short; give at least "
            f"{SHORTEST_PASSPHRASE} characters"
        )
    salt, nonce = random(_SALT), random(_NONCE)
    cipher = _cipher(passphrase, salt)
    bound = canonical_json(_public(chain.published))
    box = cipher.encrypt(nonce, bytes.fromhex(chain.secret), bound)
    return {"seal": SEAL, "salt": salt.hex(), "nonce": nonce.hex(), "box": box.hex()}


def _unsealed(fields: dict[str, Any], passphrase: str, path: Path) -> str:
    bound = canonical_json({name: fields[name] for name in _FORM})
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


_FORM: Final[dict[str, Any]] = {
    "scheme": is_text,
    "population": is_text,
    "end": is_text,
    "first": is_text,
    "months": lambda value: isinstance(value, int),
}
_SEAL_FORM: Final[dict[str, Any]] = {
    "seal": lambda value: value == SEAL,
    "salt": is_text,
    "nonce": is_text,
    "box": is_text,
}
