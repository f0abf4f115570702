"""Whether a signed letter is the letter that was sent, signed by a person who may sign it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Final

import attrs

from ceosample.canonical import Json, digest
from ceosample.errors import SignatureError
from ceosample.letters.letter import Letter
from ceosample.letters.papers.pack import Pack
from ceosample.letters.signatures.sign import image_reason_of
from ceosample.letters.signatures.signing_key import require_sign
from ceosample.result import Result
from ceosample.show import html_facts
from ceosample.text import printable, quoted

if TYPE_CHECKING:
    from asn1crypto import x509

#: A signature with its appearance takes a few kilobytes; with an image, a few hundred.
LARGEST_UPDATE: Final = 4_000_000

#: So far the signer's clock may be ahead of the one of the check.
CLOCKS_DIFFER: Final = dt.timedelta(minutes=5)

#: What no level says, and every report does.
NOT_CHECKED: Final = (
    "not checked: whether the certificate was revoked (no OCSP, no CRL), and whether its issuer "
    "is on a trusted list",
    "not proven: the time, which the signer's own clock says; there is no time stamp",
)


class SignedLevel(IntEnum):
    """How far a check came. Below ``ACCEPTED``, the step at which it stopped."""

    OTHER_LETTER = 0  #: it does not begin with a letter of the pack, byte by byte
    NOT_COVERED = 1  #: it is not signed once, from its first byte to its last
    BROKEN = 2  #: the signature is damaged, weak, of a kind not taken here, or of other bytes
    UNTRUSTED = 3  #: the certificate does not lead to a root, or is not valid, or not for signing
    OTHER_SIGNER = 4  #: the certificate is of nobody who was named as a signer
    ALTERED = 5  #: more was appended to the letter than a signature
    CLOCK = 6  #: the signer's clock tells a time that cannot be
    ACCEPTED = 7  #: it is the letter that was sent, and was signed, and nothing else


@attrs.frozen
class SignedReport(Result):
    """What a check of a signed letter found.

    Attributes:
        level: how far it came.
        reason: why it was refused; None if it was accepted.
        file: the SHA-256 of the file.
        unit_id, letter: the response, and the letter's digest; None if the pack has no such letter.
        person: the signer's id, from ``people``; None if it is not known.
        in_person: True for the letter's own signatory, False for a deputy.
        subject: the subject of the certificate; None before that step.
        certificate: its SHA-256; None before that step.
        at: the time that the signature claims, which can be some minutes after the check where the
            signer's clock is ahead; None before that step.
        grade: the signature's grade under eIDAS, as the issuer states it; None if it states none.
        image: the SHA-256 of a signature image to which the signer consented; None without one.
        notes: what was not checked.
    """

    level: SignedLevel
    reason: str | None
    file: str
    unit_id: str | None = None
    letter: str | None = None
    person: str | None = None
    in_person: bool = False
    subject: str | None = None
    certificate: str | None = None
    at: dt.datetime | None = None
    grade: str | None = None
    image: str | None = None
    notes: tuple[str, ...] = NOT_CHECKED

    @property
    def ok(self) -> bool:
        """Whether the file is accepted."""
        return self.reason is None

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {**super().to_dict(), "ok": self.ok}

    @property
    def _verdict(self) -> str:
        return f"{'ok' if self.ok else 'NOT ok'}: {self.level.name}"

    def _repr_html_(self) -> str:
        facts = {
            "refused": self.reason,
            "letter": self.unit_id,
            "its digest": self.letter,
            "signed by": self.person,
            "certificate of": self.subject,
            "grade": self.grade,
            "at": self.at and self.at.isoformat(),
            "file": self.file,
        }
        told = [(name, words) for name, words in facts.items() if words]
        return html_facts(self._verdict, told, self.notes)

    def __str__(self) -> str:
        lines = [self._verdict]
        if self.unit_id is not None:
            lines.append(f"letter {self.unit_id}, {self.letter}")
        if self.at is not None:
            lines.append(f"signed by {self.person}, says {self.subject}, at {self.at.isoformat()}")
        if self.grade is not None:
            lines.append(f"{self.grade}, says the certificate")
        if self.reason is not None:
            lines.append(f"refused: {self.reason}")
        return "\n  ".join([*lines, *self.notes])


def check_signed(
    pdf: bytes,
    pack: Pack,
    *,
    roots: Sequence[bytes],
    people: Mapping[str, Sequence[str]],
    at: dt.datetime,
) -> SignedReport:
    """A report on a signed letter. Nothing is fetched, and no clock is read.

    Args:
        pdf: the file that came back.
        pack: the letters that were sent, with their PDFs.
        roots: the certificates to which the signer's must lead, PEM or DER.
        people: who may sign: a person's id, and the SHA-256 of each of their certificates.
        at: the moment of the check, at which the certificates must be valid; aware.

    Returns:
        A report; a file that is refused is a finding and not an exception.

    Raises:
        SignatureError: no roots, or a moment without a time zone.
        MissingPartError: the extra ``sign`` is not installed.
    """
    require_sign()
    from ceosample.letters.signatures.certificates import read_roots

    if at.tzinfo is None:
        raise SignatureError(
            f"at: got {at.isoformat()}, which has no time zone; give an aware datetime"
        )
    anchors = read_roots(roots)
    report = SignedReport(SignedLevel.OTHER_LETTER, None, digest(pdf))
    found = _letter_of(pdf, pack)
    if isinstance(found, str):
        return attrs.evolve(report, reason=found)
    letter, sent = found
    known = attrs.evolve(report, unit_id=letter.unit_id, letter=letter.digest)
    checked = _check(pdf, sent, anchors, people, at, known)
    return attrs.evolve(
        checked, in_person=checked.ok and checked.person == letter.fields["signatory"]["id"]
    )


def _check(
    pdf: bytes,
    sent: bytes,
    roots: Sequence[x509.Certificate],
    people: Mapping[str, Sequence[str]],
    at: dt.datetime,
    report: SignedReport,
) -> SignedReport:
    """The steps, cheap and safe ones first: what is appended is parsed once it is authentic."""
    from ceosample.letters.signatures import certificates, cms
    from ceosample.letters.signatures.incremental_update import read_signature_update

    level = SignedLevel.NOT_COVERED
    try:
        if len(pdf) - len(sent) > LARGEST_UPDATE:
            raise ValueError(f"more than {LARGEST_UPDATE} bytes were appended")
        hole = cms.find_hole(pdf, len(sent))
        level = SignedLevel.BROKEN
        inside = cms.read_envelope(pdf, hole)
        report = attrs.evolve(
            report,
            subject=printable(inside.signer.subject.human_friendly),
            certificate=digest(inside.signer.dump()),
        )
        fault = inside.fault(pdf[: hole.first] + pdf[hole.last :])
        if fault is not None:
            raise ValueError(fault)
        level = SignedLevel.UNTRUSTED
        path = certificates.path_to_root(inside.signer, inside.others, roots, at)
        above = {digest(each.dump()) for each in path.iter_certs(include_root=False)}
        if any(digest(each.dump()) not in above for each in inside.others):
            raise ValueError("it holds a certificate that is not one of those above the signer's")
        level = SignedLevel.OTHER_SIGNER
        person = _person(report.certificate, people)
        level = SignedLevel.ALTERED
        said = read_signature_update(pdf, sent, hole)
        image = image_reason_of(said.reason, person, said.at, drawn=said.image)
        level = SignedLevel.CLOCK
        if not inside.signer.not_valid_before <= said.at <= at + CLOCKS_DIFFER:
            raise ValueError(
                f"it claims to have been signed at {said.at.isoformat()}, which is before its "
                f"certificate or after this check ({at.isoformat()}); set the signer's clock, and "
                "sign again"
            )
    except ValueError as error:
        # Names in certificates are whatever their maker wrote, line feeds and escapes included.
        return attrs.evolve(report, level=level, reason=printable(str(error)))
    return attrs.evolve(
        report,
        level=SignedLevel.ACCEPTED,
        person=person,
        at=said.at,
        grade=certificates.grade(inside.signer),
        image=image,
    )


def _letter_of(pdf: bytes, pack: Pack) -> tuple[Letter, bytes] | str:
    """The letter that a file begins with, or why there is none."""
    nearest, most = None, 0
    for letter in pack:
        sent = pack.rendered.get(letter.signing_pdf)
        if sent is None:
            continue
        same = _same_bytes(pdf, sent)
        if same == len(sent):
            return letter, sent
        if same > most:
            nearest, most = letter, same
    if nearest is None:
        return "it begins with no letter of the pack"
    return (
        f"it begins with no letter of the pack; it is nearest to that of {nearest.unit_id}, from "
        f"which it differs at byte {most}: changed, saved again by a program, or another version"
    )


def _same_bytes(one: bytes, other: bytes) -> int:
    """How many bytes two files have in common at their beginning."""
    shorter = min(len(one), len(other))
    if one[:shorter] == other[:shorter]:
        return shorter
    low, high = 0, shorter
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle)
    return low


def _person(certificate: str | None, people: Mapping[str, Sequence[str]]) -> str:
    named = [person for person, theirs in people.items() if certificate in theirs]
    if len(named) != 1:
        raise ValueError(
            f"the certificate {certificate} is that of "
            + ("no person who may sign" if not named else quoted(", ".join(named), 80))
            + "; list it for one person, if it is theirs"
        )
    return named[0]
