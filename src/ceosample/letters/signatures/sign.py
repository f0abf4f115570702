"""Signing the letters of a pack digitally (PAdES B-B), a whole month with one key."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from ceosample.canonical import digest
from ceosample.days import local
from ceosample.errors import SignatureError, raise_faults
from ceosample.letters.papers.pack import Pack
from ceosample.letters.signatures.appearance import plain_png, set_appearance
from ceosample.letters.signatures.signing_key import SigningKey, require_sign
from ceosample.text import quoted

if TYPE_CHECKING:
    from asn1crypto import cms


@attrs.frozen
class Consent:
    """A person's consent that a picture of their signature is put on one letter.

    Attributes:
        by: the person's id, as the ledger knows them.
        at: when; aware.
    """

    by: str
    at: dt.datetime


def sign_letters(
    pack: Pack,
    key: SigningKey,
    *,
    at: dt.datetime,
    unit_ids: Sequence[str] | None = None,
    image: bytes | None = None,
    consent: Mapping[str, Consent] | None = None,
    fonts: str | Path | None = None,
) -> dict[str, bytes]:
    """The signed PDFs of letters of a pack, each with its own signature in the field.

    A person who calls this with the key signs: it asks no question. The signed PDF begins with the
    bytes of the letter that was sent.

    Args:
        pack: the pack, with PDFs of its letters.
        key: the signatory's key.
        at: the time that the signatures claim; aware.
        unit_ids: the letters to sign; None for all.
        image: a picture of the signature, PNG, which proves nothing; None for no picture.
        consent: with an image, the consent to it for every letter that is signed.
        fonts: a folder of fonts for a name in a script that Typst's own fonts lack.

    Returns:
        The signed PDFs by unit id. RSA signatures (PKCS#1 v1.5) are the same bytes each time; those
        of ECDSA differ.

    Raises:
        SignatureError: a letter has no PDF, the certificate is not valid at ``at``, a consent is
            missing, or the key's device fails; nothing is returned then.
        MissingPartError: the extra ``sign`` is not installed.
    """
    require_sign()
    wanted = _wanted(pack, unit_ids, at)
    require_valid(key, at)
    reasons = _reasons(wanted, image, consent, at)
    picture = None if image is None else plain_png(image)
    page = set_appearance(key.name, at, image=picture, fonts=None if fonts is None else str(fonts))
    return _signed(wanted, key, page, at, reasons)


def _signed(
    wanted: Mapping[str, bytes],
    key: SigningKey,
    page: bytes,
    at: dt.datetime,
    reasons: Mapping[str, str],
) -> dict[str, bytes]:
    from pyhanko.pdf_utils.reader import PdfFileReader

    from ceosample.letters.signatures.run_async import run_async
    from ceosample.letters.signatures.signature_field import HASH, with_field

    async def sign() -> dict[str, bytes]:
        # A signature of nothing says how much room each of them needs; ECDSA's differ by a few
        # bytes, and 64 are more than a few.
        trial = await cms_signature(key, bytes(32), HASH)
        reserved = 2 * (len(trial.dump()) + 64)
        shown_page = PdfFileReader(io.BytesIO(page))
        signed = {}
        for unit_id, letter in wanted.items():
            unsigned = with_field(
                letter, shown_page, at=at, reserved=reserved, reason=reasons.get(unit_id)
            )
            found = await cms_signature(key, unsigned.digest, HASH)
            signed[unit_id] = unsigned.signed(found.dump())
        return signed

    return run_async(sign())


async def cms_signature(key: SigningKey, data: bytes, hash_name: str) -> cms.ContentInfo:
    """The signature of what has this digest; of ECDSA's two, the lower.

    Raises:
        SignatureError: the key's device fails.
    """
    from ceosample.letters.signatures.cms import lower

    try:
        made = await key.signer.async_sign(data, hash_name, use_pades=True)
    except Exception as error:  # whatever a device's library raises: a card that was pulled out
        raise SignatureError(
            f"key of {key.name}: did not sign ({type(error).__name__}); check its device and sign "
            "again"
        ) from error
    (info,) = made["content"]["signer_infos"]
    info["signature"] = lower(info["signature"].native, key.signer.signing_cert)
    return made


def _wanted(pack: Pack, unit_ids: Sequence[str] | None, at: dt.datetime) -> dict[str, bytes]:
    """The letters' PDFs, if each is there."""
    known = {letter.unit_id: letter.signing_pdf for letter in pack}
    asked = list(known) if unit_ids is None else list(dict.fromkeys(unit_ids))
    faults = [
        f"letter {quoted(name)}: is not in the pack; check the id"
        for name in asked
        if name not in known
    ]
    faults += [
        f"letter {name}: the pack has no PDF of it; render it with pdf=True"
        for name in asked
        if name in known and known[name] not in pack.rendered
    ]
    if at.tzinfo is None:
        faults.append(f"at: got {at.isoformat()}, which has no time zone; give an aware datetime")
    raise_faults(SignatureError, faults)
    return {name: pack.rendered[known[name]] for name in asked}


def require_valid(key: SigningKey, at: dt.datetime) -> None:
    """Raise unless the key's certificate is valid at a moment.

    Raises:
        SignatureError: it is not.
    """
    first, last = key.valid
    if not first <= at <= last:
        raise SignatureError(
            f"certificate of {key.name}: is valid from {first.isoformat()} to {last.isoformat()}, "
            f"and not at {at.isoformat()}; use one that is"
        )


def image_reason(image: str, consent: Consent) -> str:
    """The statement about a signature's image, in the bytes that are signed."""
    return f"signature image {image}, consent of {consent.by} at {consent.at.isoformat()}"


_IMAGE_REASON = re.compile(r"signature image ([0-9a-f]{64}), consent of (.+) at (\S+)")


def image_reason_of(reason: str | None, person: str, at: dt.datetime, *, drawn: bool) -> str | None:
    """The SHA-256 of the image that a signature says it shows; None where it says nothing.

    Raises:
        ValueError: an image without its signer's consent before the signature, or another reason.
    """
    if reason is None:
        if drawn:
            raise ValueError("there is a picture in the field, and no consent to it")
        return None
    said = _IMAGE_REASON.fullmatch(reason)
    if said is None:
        raise ValueError(
            f"it states the reason {quoted(reason, 80)}; a letter's signature has none"
        )
    image, by, when = said.groups()
    if by != person or dt.datetime.fromisoformat(when) > at or not drawn:
        raise ValueError("the consent to the picture is another person's, too late, or missing")
    return image


def _reasons(
    wanted: Mapping[str, bytes],
    image: bytes | None,
    consent: Mapping[str, Consent] | None,
    at: dt.datetime,
) -> dict[str, str]:
    """What each signature says of its image; nothing without one."""
    if image is None:
        if consent:
            raise SignatureError(
                "consent: got a consent without an image; remove it, or give image=..."
            )
        return {}
    given = consent or {}
    raise_faults(
        SignatureError,
        (
            f"letter {unit_id}: no consent to the signature image before {at.isoformat()}; ask for "
            "it letter by letter, or sign without an image"
            for unit_id in wanted
            if unit_id not in given or local(given[unit_id].at) > local(at)
        ),
    )
    return {unit_id: image_reason(digest(image), given[unit_id]) for unit_id in wanted}
