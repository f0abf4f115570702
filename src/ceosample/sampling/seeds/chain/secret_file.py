"""The file that keeps a chain's secret: readable by its owner alone, and sealed if you like.

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
from ceosample.errors import RecordError, SeedError, raise_faults
from ceosample.form import faults_of_form, is_text
from ceosample.got import got
from ceosample.period import Period
from ceosample.sampling.seeds.chain.published import Published
from ceosample.sampling.seeds.chain.seal import SEAL_FORM, Random, seal, unseal
from ceosample.sampling.seeds.chain.seed_chain import SeedChain

SCHEME: Final = "ceosample-chain/1"

Passphrase = Callable[[], str]


def save(
    chain: SeedChain,
    path: Path,
    *,
    passphrase: str | None = None,
    random: Random | None = None,
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
        fields |= seal(chain.secret, _bound(fields), passphrase, random)
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
        secret = unseal(fields, _bound(fields), passphrase(), path)
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


def _bound(fields: dict[str, Any]) -> bytes:
    """The public part, to which a seal is bound."""
    return canonical_json({name: fields[name] for name in _FORM})


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
    form = _FORM | (SEAL_FORM if sealed else {"secret": is_text})
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


_FORM: Final[dict[str, Any]] = {
    "scheme": is_text,
    "population": is_text,
    "end": is_text,
    "first": is_text,
    "months": lambda value: isinstance(value, int),
}
