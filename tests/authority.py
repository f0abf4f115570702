"""A certification authority for tests: roots, intermediates and people, made anew in memory."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
SECRET = "correct horse"

_YEAR = dt.timedelta(days=365)


@cache
def rsa_key(which: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key for a name: making one is slow."""
    return rsa.generate_private_key(65537, bits)


@attrs.frozen
class Holder:
    """Somebody with a key and a certificate, and those above."""

    key: Any
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def digest(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def pkcs12(self, secret: str = SECRET, others: tuple[x509.Certificate, ...] = ()) -> bytes:
        return pkcs12.serialize_key_and_certificates(
            b"key",
            self.key,
            self.certificate,
            [*self.above, *others],
            BestAvailableEncryption(secret.encode()),
        )


def issue(
    name: str,
    issuer: Holder | None = None,
    *,
    key: Any = None,
    ca: bool = False,
    usage: str = "content_commitment",
    first: dt.datetime = AT - _YEAR,
    last: dt.datetime = AT + 3 * _YEAR,
    statements: bytes | None = None,
) -> Holder:
    """A certificate of this name; one's own where there is no issuer."""
    key = key or rsa_key(name)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usages = dict.fromkeys(
        (
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
            *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        ),
        False,
    )
    usages["key_cert_sign" if ca else usage] = True
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(name.encode()[-16:]) or 1)
        .not_valid_before(first)
        .not_valid_after(last)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(x509.KeyUsage(**usages), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if statements is not None:
        oid = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, statements), critical=False)
    above = (issuer.certificate, *issuer.above) if issuer else ()
    signer = issuer.key if issuer else key
    return Holder(key, builder.sign(signer, hashes.SHA256()), above)


@attrs.frozen
class Authority:
    """A root, the office below it, and the people that it certified."""

    root: Holder
    office: Holder
    ceo: Holder
    deputy: Holder

    @property
    def people(self) -> dict[str, list[str]]:
        """Who has which certificate, as a configuration says it."""
        return {"ceo": [self.ceo.digest], "deputy-1": [self.deputy.digest]}


@cache
def authority() -> Authority:
    root = issue("The Root", ca=True)
    office = issue("The Office", root, ca=True)
    return Authority(
        root,
        office,
        issue("Margaret Llewelyn", office),
        issue("Dilys Protheroe", office, key=ec.generate_private_key(ec.SECP256R1())),
    )
