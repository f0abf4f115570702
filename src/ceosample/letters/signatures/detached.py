"""A signature that stands in a file of its own, beside what it signs (CMS, RFC 5652)."""

from __future__ import annotations

import datetime as dt

from ceosample.errors import SignatureError
from ceosample.letters.signatures.sign import cms_signature, require_valid
from ceosample.letters.signatures.signing_key import SigningKey, require_sign


def sign_detached(data: bytes, key: SigningKey, *, at: dt.datetime) -> bytes:
    """The signature of a file's bytes, DER, with the signer's certificates in it.

    ``openssl cms -verify -binary -inform DER -in SIGNATURE -content FILE -CAfile ROOT`` checks it.

    Args:
        data: what is signed.
        key: the signer's key.
        at: when; aware. The certificate must be valid then. The signature itself claims no time.

    Returns:
        The same bytes each time with RSA (PKCS#1 v1.5); ECDSA's differ.

    Raises:
        SignatureError: the certificate is not valid at ``at``, or the key's device fails.
        MissingPartError: the extra ``sign`` is not installed.
    """
    require_sign()
    if at.tzinfo is None:
        raise SignatureError(f"at: got {at.isoformat()}, without a time zone; give an aware time")
    require_valid(key, at)
    import hashlib

    from ceosample.letters.signatures.run_async import run_async
    from ceosample.letters.signatures.signature_field import HASH

    made: bytes = run_async(cms_signature(key, hashlib.new(HASH, data).digest(), HASH)).dump()
    return made
