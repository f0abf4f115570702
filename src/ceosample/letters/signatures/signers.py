"""Keys that are loaded once: pyHanko's own signer parses and checks its key for every signature."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from ceosample.errors import SignatureError


class LoadedSigner(Signer):
    """A signer whose key was parsed once."""

    def __init__(
        self,
        key: RSAPrivateKey | EllipticCurvePrivateKey,
        certificate: x509.Certificate,
        others: list[x509.Certificate],
    ) -> None:
        registry = SimpleCertificateStore()
        registry.register_multiple(others)  # its own is put beside them by pyHanko
        super().__init__(signing_cert=certificate, cert_registry=registry, embed_roots=False)
        self._key = key

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        """The bare signature of some bytes, with SHA-256."""
        if digest_algorithm != "sha256":
            raise ValueError(f"not signed with {digest_algorithm}")
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), SHA256())
        return self._key.sign(data, ECDSA(SHA256()))


def signer_of_pkcs12(data: bytes, passphrase: str | None) -> Signer:
    """A signer from a PKCS#12 file; see ``SigningKey.from_pkcs12``."""
    try:
        secret = None if passphrase is None else passphrase.encode()
        found = pkcs12.load_pkcs12(data, secret)
    except ValueError:
        # The error of the library beneath is left out: what it says of a file is not ours to vet.
        raise SignatureError(
            "key: cannot be opened; give a PKCS#12 file and its own passphrase"
        ) from None
    if found.key is None or found.cert is None:
        raise SignatureError("key: the file has no key with a certificate; export both together")
    if not isinstance(found.key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise SignatureError("key: got a key that is neither RSA nor ECDSA; give one that is")
    if found.key.public_key() != found.cert.certificate.public_key():
        raise SignatureError("key: does not fit its certificate; export both together")
    certificate, *others = (
        x509.Certificate.load(each.certificate.public_bytes(Encoding.DER))
        for each in (found.cert, *found.additional_certs)
    )
    return LoadedSigner(found.key, certificate, issuers(certificate, others))


def signer_of_pkcs11(module: str, token: str, pin: str | None, label: str) -> tuple[Signer, Any]:
    """A signer inside a device, and its session; see ``SigningKey.from_pkcs11``."""
    from pkcs11.exceptions import PKCS11Error
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    session = None
    try:
        session = open_pkcs11_session(module, token_criteria=TokenCriteria(token), user_pin=pin)
        # Asked for now, so that a label that is wrong is said before anything is signed.
        every = PKCS11Signer(session, cert_label=label, other_certs_to_pull=None)
        certificate, others = every.signing_cert, list(every.cert_registry)
        signer = PKCS11Signer(
            session,
            cert_label=label,
            ca_chain=issuers(certificate, others),
            embed_roots=False,
            # Hashed here: not every device hashes for ECDSA, and every one signs a hash.
            use_raw_mechanism=certificate.public_key.algorithm == "ec",
        )
        _ = signer.signing_cert
    except (PKCS11Error, OSError, RuntimeError) as error:
        if session is not None:
            session.close()
        why = f"{type(error).__name__}: {error}".rstrip(": ")
        raise SignatureError(
            f"device: {why}; check the module, the token {token!r}, its PIN and the label {label!r}"
        ) from None
    return signer, session


def issuers(
    certificate: x509.Certificate, others: Iterable[x509.Certificate]
) -> list[x509.Certificate]:
    """The certificates between this one and its root, found by name; a file may hold more."""
    by_subject = {other.subject.dump(): other for other in others}
    found: list[x509.Certificate] = []
    above = by_subject.get(certificate.issuer.dump())
    while above is not None and above.subject != above.issuer and above not in found:
        found.append(above)
        above = by_subject.get(above.issuer.dump())
    return found
