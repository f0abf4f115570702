"""A certification authority for tests: roots, intermediates and people, made anew in memory."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zlib
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import attrs
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader

import months
from ceosample import Pack, Signatory, render
from ceosample.canonical import digest as digest
from ceosample.letters.signatures.appearance import set_appearance
from ceosample.letters.signatures.run_async import run_async
from ceosample.letters.signatures.signature_field import HASH, Update, add_field
from ceosample.letters.signatures.signers import LoadedSigner, issuers
from ceosample.signing import Report as SignedReport
from ceosample.signing import SigningKey
from ceosample.signing import check as check_signed
from ceosample.signing import sign as sign_letters

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
    last: dt.datetime = AT + 50 * _YEAR,
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


LETTERS = ("C-0", "C-4")


@cache
def paper(body: str = "We are sorry about the parrot.") -> Pack:
    """Letters with their PDFs: one of one page, one of several."""

    def contents(unit_ids: Iterable[str]) -> dict[str, Any]:
        found = months.contents(unit_ids, months.AUTHOR)
        for number, entry in enumerate(found.values()):
            entry["letter"]["body"] = f"{body} " * (260 if number else 3)
        return found

    return render(
        months.drawn_with(months.SEED),
        contents,
        signatory=Signatory("ceo", "Margaret Llewelyn", "Chief Executive"),
        date=AT.date(),
        registration="0" * 64,
        unit_ids=list(LETTERS),
        pdf=True,
    )


def sent(unit_id: str = "C-0") -> bytes:
    """The PDF of a letter."""
    return paper().rendered[f"letters/{paper()[unit_id].name}.pdf"]


def key_of(holder: Holder) -> SigningKey:
    return SigningKey.from_pkcs12(holder.pkcs12(), SECRET)


@cache
def signed(unit_id: str = "C-0", who: str = "ceo") -> bytes:
    """A letter, signed as it should be."""
    key = key_of(getattr(authority(), who))
    return sign_letters(paper(), key, at=AT, unit_ids=[unit_id])[unit_id]


def check(pdf: bytes, **otherwise: Any) -> SignedReport:
    """A check as it should be made."""
    given = {"roots": [authority().root.pem], "people": authority().people, "at": AT}
    return check_signed(pdf, paper(), **{**given, **otherwise})


@cache
def appearance() -> bytes:
    return set_appearance("Margaret Llewelyn", AT)


def forged(
    change: Callable[[Update], None] = lambda writer: None,
    *,
    by: Holder | None = None,
    letter: bytes | None = None,
    shows: bytes | None = None,
    **field: Any,
) -> bytes:
    """A letter with a change in the very update that signs it, by a key that nobody looked at."""
    holder = by or authority().ceo
    certificate, *above = (
        asn1.Certificate.load(each.public_bytes(Encoding.DER))
        for each in (holder.certificate, *holder.above)
    )
    signer = LoadedSigner(holder.key, certificate, issuers(certificate, above))
    writer = Update(io.BytesIO(letter or sent()))
    change(writer)
    page = PdfFileReader(io.BytesIO(shows or appearance()))
    unsigned = add_field(writer, page, **{"at": AT, "reserved": 8000, **field})
    return unsigned.signed(
        run_async(signer.async_sign(unsigned.digest, HASH, use_pades=True)).dump()
    )


def png(width: int = 60, height: int = 20, depth: int = 8, rows: bytes | None = None) -> bytes:
    """A grey picture; ``rows`` are unpacked bytes where they are to be wrong."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        tail = zlib.crc32(kind + body).to_bytes(4)
        return len(body).to_bytes(4) + kind + body + tail

    size = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    data = (b"\0" + b"\x80" * width) * height if rows is None else rows
    chunks = [(b"IHDR", size), (b"IDAT", zlib.compress(data)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)
