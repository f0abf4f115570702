"""A time-stamping authority for tests, made anew in memory: right answers, and each wrong one."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import attrs
from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from authority import Holder

AT = dt.datetime(2026, 11, 2, 9, 12, 30, tzinfo=dt.UTC)
YEAR = dt.timedelta(days=365)
POLICY = "1.2.3.4.1"

#: An answer without a token, whose status is *rejection* (2).
REJECTED = bytes.fromhex("30053003020102")
STAMPING = (ExtendedKeyUsageOID.TIME_STAMPING,)


@attrs.frozen
class Certified(Holder):
    """A holder whose certificate is also looked at as ASN.1."""

    @property
    def asn1(self) -> Any:
        return asn1.Certificate.load(self.certificate.public_bytes(Encoding.DER))


def certify(
    name: str,
    issuer: Certified | None = None,
    *,
    ca: bool = False,
    usages: Sequence[x509.ObjectIdentifier] = (),
    critical: bool = True,
    first: dt.datetime = AT - 4 * YEAR,
    last: dt.datetime = AT + 20 * YEAR,
) -> Certified:
    """A certificate of this name, by an issuer or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = "digital_signature content_commitment key_encipherment data_encipherment "
    names += "key_agreement key_cert_sign crl_sign encipher_only decipher_only"
    allowed = dict.fromkeys(names.split(), False)
    allowed["key_cert_sign" if ca else "digital_signature"] = True
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(x509.KeyUsage(**allowed), critical=True)
    )
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=critical)
    above = (issuer.certificate, *issuer.above) if issuer else ()
    signed = builder.sign(issuer.key if issuer else key, hashes.SHA256())
    return Certified(key, signed, above)


@cache
def root() -> Certified:
    return certify("Test Root", ca=True)


@cache
def office() -> Certified:
    return certify("Test Issuing CA", root(), ca=True)


@cache
def clock() -> Certified:
    """The authority that answers."""
    return certify("Test Clock", office(), usages=STAMPING)


def answer(
    digest: str,
    *,
    by: Certified | None = None,
    at: dt.datetime = AT,
    nonce: int | None = 7,
    policy: str = POLICY,
    accuracy: int | None = 1,
    algorithm: str = "sha256",
    status: str = "granted",
    content_type: str = "tst_info",
    named: Certified | None = None,
    unnamed: bool = False,
    embedded: bool = True,
    stated: str | None = None,
) -> bytes:
    """The answer to a request.

    Args:
        digest: what is stamped, in hex.
        by: who signs it.
        at, nonce, policy, accuracy, algorithm, status: what it says; accuracy in seconds.
        content_type: what the signed content claims to be.
        named: whose certificate the signature names by hash, as RFC 3161 demands; None for its own.
        unnamed: whether it names none.
        embedded: whether the certificates are in it.
        stated: another digest that is put into the content after it was signed.
    """
    signer = by or clock()
    content = _content(digest, at, nonce, policy, accuracy, algorithm)
    attributes = [
        {"type": "content_type", "values": [content_type]},
        {"type": "message_digest", "values": [hashlib.sha256(content).digest()]},
    ]
    certificate = signer.certificate
    if not unnamed:
        fingerprint = (named or signer).certificate.fingerprint(hashes.SHA256())
        listed = tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2({"cert_hash": fingerprint})]})
        attributes.append({"type": "signing_certificate_v2", "values": [listed]})
    signed = cms.CMSAttributes([cms.CMSAttribute(one) for one in attributes])
    signature = signer.key.sign(signed.dump(), ec.ECDSA(hashes.SHA256()))
    if stated is not None:
        content = content.replace(bytes.fromhex(digest), bytes.fromhex(stated))
    hashing = algos.DigestAlgorithm({"algorithm": "sha256"})
    of_signer = {"issuer": signer.asn1.issuer, "serial_number": certificate.serial_number}
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": of_signer}),
        "digest_algorithm": hashing,
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        "signed_attrs": signed,
        "signature": signature,
    }
    inner = {"content_type": content_type, "content": core.ParsableOctetString(content)}
    data: dict[str, Any] = {
        "version": "v3",
        "digest_algorithms": [hashing],
        "encap_content_info": inner,
        "signer_infos": [info],
    }
    if embedded:
        above = [asn1.Certificate.load(one.public_bytes(Encoding.DER)) for one in signer.above]
        data["certificates"] = [signer.asn1, *above[:-1]]
    token = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)})
    said = {"status": {"status": status}, "time_stamp_token": token}
    return bytes(tsp.TimeStampResp(said).dump())


def _content(
    digest: str,
    at: dt.datetime,
    nonce: int | None,
    policy: str,
    accuracy: int | None,
    algorithm: str,
) -> bytes:
    imprint = {
        "hash_algorithm": {"algorithm": algorithm},
        "hashed_message": bytes.fromhex(digest),
    }
    said: dict[str, Any] = {
        "version": "v1",
        "policy": policy,
        "message_imprint": imprint,
        "serial_number": 4711,
        "gen_time": at,
    }
    if accuracy is not None:
        said["accuracy"] = {"seconds": accuracy}
    if nonce is not None:
        said["nonce"] = nonce
    return bytes(tsp.TSTInfo(said).dump())


def openssl(
    folder: Path,
    data: bytes,
    roots: bytes,
    *,
    digest: str | None = None,
    request: bytes | None = None,
    at: dt.datetime = AT,
) -> str | None:
    """What ``openssl ts -verify`` says against an answer at a time; None where it agrees."""
    (folder / "answer.tsr").write_bytes(data)
    (folder / "roots.pem").write_bytes(roots)
    asked = ["-digest", str(digest)]
    if request is not None:
        (folder / "request.tsq").write_bytes(request)
        asked = ["-queryfile", str(folder / "request.tsq")]
    ended = subprocess.run(
        [
            *("openssl", "ts", "-verify", *asked, "-in", str(folder / "answer.tsr")),
            *("-CAfile", str(folder / "roots.pem"), "-attime", str(int(at.timestamp()))),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return None if ended.returncode == 0 else ended.stdout + ended.stderr


def answer_of_openssl(folder: Path, request: bytes, *, names_by: str) -> bytes:
    """What OpenSSL's own authority answers now, by the test's certificates.

    Args:
        folder: for its files.
        request: what it answers.
        names_by: the hash by which it names its certificate; SHA-1 is an attribute of its own.
    """
    holder = clock()
    key = holder.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    settings = (
        f"[t]\nserial = {folder / 'serial'}\ndefault_policy = {POLICY}\nsigner_digest = sha256\n"
        f"digests = sha256\naccuracy = secs:1\ness_cert_id_alg = {names_by}\n"
    )
    for name, data in {
        "query.tsq": request,
        "clock.pem": holder.pem,
        "key.pem": key,
        "chain.pem": office().pem,
        "openssl.cnf": settings.encode(),
        "serial": b"01\n",
    }.items():
        (folder / name).write_bytes(data)
    asked = "ts -reply -config openssl.cnf -section t -queryfile query.tsq -signer clock.pem"
    asked += " -inkey key.pem -chain chain.pem -out reply.tsr"
    subprocess.run(
        ["openssl", *asked.split()], cwd=folder, check=True, capture_output=True, timeout=60
    )
    return (folder / "reply.tsr").read_bytes()
