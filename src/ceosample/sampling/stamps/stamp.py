"""What the answer of a time-stamping authority shows, checked against roots that the caller gives.

Nothing here asks the machine which authorities it trusts, and nothing is fetched.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Any, Final

import attrs

from ceosample.errors import MissingPartError, RecordError, raise_faults
from ceosample.sampling.stamps.request import fault_of_policy, request
from ceosample.show import Described
from ceosample.text import quoted

#: An answer has a few certificates; more bytes are something else.
MOST_BYTES: Final = 1 << 20

_SHA256: Final = "2.16.840.1.101.3.4.2.1"

#: How OpenSSL begins what it says of a chain, and what it means for a reader.
_REASONS: Final = {
    "certificate has expired": "a certificate had expired by then; give a stamp made while it ran",
    "certificate is not yet valid": "a certificate was not valid yet; give a stamp made later",
    "unsuitable certificate purpose": "its certificate is not for time stamps, which needs the "
    "extended key usage timeStamping, critical and alone; ask an authority for time stamps",
    "invalid CA certificate": "a certificate above its own is no authority's; give the right root",
    **dict.fromkeys(
        ("unable to get local issuer", "unable to get issuer", "self-signed certificate"),
        "its certificates lead to none of the roots; give the root of its authority",
    ),
}
_UNNAMED: Final = (
    "what is signed does not name the certificate of its signer; give one that names it "
    "(signing-certificate)"
)
_NO_CERTIFICATE: Final = "it lacks the certificate of its signer; ask for it in the request"
_CHANGED: Final = "what it says is not what was signed; give the answer as it came"


@attrs.frozen
class TimeStamp(Described):
    """A digest existed at a time, by the word of an authority.

    Attributes:
        digest: what was stamped, 64 lower-case hex digits.
        at: when, by the authority's clock, in UTC. Fractions of a second are left out.
        accuracy: by how much that can be wrong either way; None where the authority does not say.
        policy: the object identifier of the authority's rules.
        serial: the authority's number for it.
        nonce: the number of the request that it answers, or None.
        authority: the subject of the certificate that signed it.
        certificate: the SHA-256 of that certificate, in hex.
    """

    digest: str
    at: dt.datetime
    accuracy: dt.timedelta | None
    policy: str
    serial: int
    nonce: int | None
    authority: str
    certificate: str

    @property
    def latest(self) -> dt.datetime:
        """The latest moment that it can mean: with the accuracy, and the second that began."""
        return self.at + dt.timedelta(seconds=1) + (self.accuracy or dt.timedelta())

    @property
    def words(self) -> str:
        """Whose it is and when, in words for a report."""
        sure = "accuracy not stated"
        if self.accuracy is not None:
            sure = f"to within {self.accuracy.total_seconds():g} s"
        return (
            f"a time stamp of {quoted(self.authority, 200)} at {self.at.isoformat()} "
            f"({sure}; policy {self.policy}, number {self.serial})"
        )

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        accuracy = "not stated" if self.accuracy is None else str(self.accuracy)
        facts = [("digest", self.digest), ("at", self.at.isoformat()), ("accuracy", accuracy)]
        facts += [("authority", self.authority), ("policy", self.policy)]
        return "Time stamp", [*facts, ("certificate", self.certificate)]


def check_stamp(
    answer: bytes,
    *,
    roots: bytes,
    digest: str | None = None,
    query: bytes | None = None,
    policy: str | None = None,
) -> TimeStamp:
    """What an answer shows, if it is right at its own time.

    Its certificate must be for time stamps alone, and lead to one of the roots, each certificate
    valid when the stamp was made. Revocation is not checked.

    Args:
        answer: the bytes of the whole answer (``application/timestamp-reply``).
        roots: the certificates of the authorities that you trust, in PEM.
        digest: what must have been stamped; None to take what was.
        query: the request that it must answer; None if you do not have it.
        policy: the policy that it must be under; None for any.

    Raises:
        RecordError: every way in which it is wrong.
        MissingPartError: the extra ``timestamp`` is not installed.
    """
    _require_installed()
    if policy is not None:
        raise_faults(RecordError, filter(None, [fault_of_policy(policy)]))
    trusted = _certificates(roots)
    response = _decoded(answer)
    found = _read(response)
    raise_faults(
        RecordError,
        (
            f"time stamp: {fault}"
            for fault in [
                *_faults_of_signature(response, trusted, found),
                *_faults_of_asked(found, digest, query, policy),
            ]
        ),
    )
    return found


def _require_installed() -> None:
    try:
        import asn1crypto  # noqa: F401 - asked for, and used where they are needed
        import rfc3161_client  # noqa: F401
    except ImportError:
        raise MissingPartError(
            "a time stamp needs rfc3161-client and asn1crypto; pip install 'ceosample[timestamp]'"
        ) from None


def _certificates(roots: bytes) -> list[Any]:
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(roots)
    except ValueError:
        raise RecordError("roots: got no certificates; give certificates in PEM") from None


def _decoded(answer: bytes) -> Any:
    """The answer, which holds a token.

    Raises:
        RecordError: it is none, or the authority refused.
    """
    from rfc3161_client import PKIStatus, decode_timestamp_response

    try:
        if len(answer) > MOST_BYTES:
            raise ValueError
        response = decode_timestamp_response(_in_order(answer))
        status = PKIStatus(response.status)
    except ValueError:
        raise RecordError(
            "time stamp: got no answer of RFC 3161; give the bytes that the authority sent "
            "(application/timestamp-reply)"
        ) from None
    if status is not PKIStatus.GRANTED:
        raise RecordError(
            f"time stamp: got the status {status.name.lower()}; ask the authority again, until it "
            "grants the request as it is"
        )
    return response


def _in_order(answer: bytes) -> bytes:
    """The answer with its certificates in the order of DER.

    OpenSSL's authority, and those that run on it, send them in another one. They are a set that is
    not signed, and rfc3161-client reads no other order.
    """
    from asn1crypto import tsp

    try:
        held = tsp.TimeStampResp.load(answer)["time_stamp_token"]["content"]["certificates"]
        ordered = b"".join(sorted(one.dump() for one in held))
        return answer.replace(held.contents, ordered, 1) if ordered else answer
    except (ValueError, TypeError, LookupError):
        return answer  # what cannot be read is refused by who reads it next


def _read(response: Any) -> TimeStamp:
    """What an answer says, before any of it is believed."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        info, data = response.tst_info, response.signed_data
        (signer,) = data.signer_infos
        held = [x509.load_der_x509_certificate(one) for one in data.certificates]
        mine = [
            one
            for one in held
            if (one.issuer, one.serial_number) == (signer.issuer, signer.serial_number)
        ]
        algorithm = info.message_imprint.hash_algorithm.dotted_string
        found = TimeStamp(
            digest=bytes(info.message_imprint.message).hex(),
            at=info.gen_time.astimezone(dt.UTC),
            accuracy=_accuracy(info.accuracy),
            policy=info.policy.dotted_string,
            serial=info.serial_number,
            nonce=info.nonce,
            authority=mine[0].subject.rfc4514_string() if mine else "",
            certificate=mine[0].fingerprint(SHA256()).hex() if mine else "",
        )
    except _unreadable():
        raise RecordError(f"time stamp: {_CHANGED}") from None
    if algorithm != _SHA256:
        raise RecordError("time stamp: got one of another digest than SHA-256; ask for SHA-256")
    return found


def _unreadable() -> tuple[type[Exception], ...]:
    """What is raised of certificates, names and numbers that cannot be read."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.x509 import DuplicateExtension, InvalidVersion

    unread = DuplicateExtension, InvalidVersion, UnsupportedAlgorithm
    return (*unread, ValueError, OverflowError, KeyError)


def _accuracy(said: Any) -> dt.timedelta | None:
    if said is None:
        return None
    return dt.timedelta(
        seconds=said.seconds or 0, milliseconds=said.millis or 0, microseconds=said.micros or 0
    )


def _faults_of_signature(response: Any, trusted: list[Any], found: TimeStamp) -> list[str]:
    """Why the signature, or the certificates at the time of the stamp, do not hold."""
    from rfc3161_client import VerificationError, VerifierBuilder

    wrong: tuple[type[Exception], ...] = (VerificationError, *_unreadable())
    if not found.certificate:
        return [_NO_CERTIFICATE]
    try:
        VerifierBuilder(roots=trusted).build().verify(response, bytes.fromhex(found.digest))
    except wrong as error:
        said = re.search(r'Verify error:\s*([^"\\]+)', str(error))
        if said is None:
            return [_CHANGED]
        when = f"of {found.at.isoformat()} by {quoted(found.authority, 200)}"
        return [f"{when}: {_in_words(said[1].strip())}"]
    return [] if _names_its_certificate(response, found.certificate) else [_UNNAMED]


def _names_its_certificate(response: Any, certificate: str) -> bool:
    """Whether what is signed names the certificate by its hash, as RFC 3161 demands.

    rfc3161-client does not look at that, and OpenSSL does.
    """
    from asn1crypto import cms, tsp  # noqa: F401 - tsp tells cms how to read these attributes

    try:
        signed = cms.ContentInfo.load(response.time_stamp_token())["content"]
        held = [hold.dump() for hold in signed["certificates"]]
        (mine,) = {one for one in held if hashlib.sha256(one).hexdigest() == certificate}
        for attribute in signed["signer_infos"][0]["signed_attrs"]:
            kind = attribute["type"].native
            if kind in ("signing_certificate", "signing_certificate_v2"):
                named = attribute["values"][0]["certs"][0]
                old = kind == "signing_certificate"
                algorithm = "sha1" if old else named["hash_algorithm"]["algorithm"].native
                return bool(named["cert_hash"].native == hashlib.new(algorithm, mine).digest())
    except (ValueError, TypeError, LookupError):
        return False
    return False


def _in_words(said: str) -> str:
    known = (reason for begins, reason in _REASONS.items() if said.startswith(begins))
    return next(known, f"{said}; give one with certificates that hold")


def _faults_of_asked(
    found: TimeStamp, digest: str | None, query: bytes | None, policy: str | None
) -> list[str]:
    """In what it is another stamp than was asked for."""
    faults = []
    if digest is not None and found.digest != digest:
        faults.append(f"got one of {found.digest}; give one of {digest}")
    if policy is not None and found.policy != policy:
        faults.append(f"got the policy {found.policy}; give one under {policy}")
    if query is not None and not _answers(found, query):
        faults.append(
            "it does not answer the request, whose digest, number or policy differs; give the "
            "answer to that request"
        )
    return faults


def _answers(found: TimeStamp, query: bytes) -> bool:
    """Whether a request with what the answer says is the request, to the byte."""
    if found.nonce is None or not 0 <= found.nonce < 2**64 or len(found.digest) != 64:
        return False
    policies = [None, *([found.policy] if fault_of_policy(found.policy) is None else [])]
    return query in [request(found.digest, nonce=found.nonce, policy=one) for one in policies]
