"""A signature's own bytes (CMS, RFC 5652): who signed what, and nothing beside it.

A part of these bytes is under no signature: the certificates, the padding, some labels. So only one
way to write them is accepted, and whatever could be otherwise without a trace is refused.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import attrs
from asn1crypto import algos, cms, core, x509
from pyhanko.sign.general import (
    NonexistentAttributeError,
    extract_certificate_info,
    find_unique_cms_attribute,
)
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from ceosample.canonical import digest

#: The hashes and mechanisms that are accepted: SHA-1 and MD5 are not among them.
HASHES: Final = {"sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}
MECHANISMS: Final = frozenset(f"{name}_{kind}" for name in HASHES for kind in ("rsa", "ecdsa"))

#: A certificate is nested about twelve deep.
DEEPEST: Final = 32

#: The orders of the curves (SEC 2, version 2.0).
ORDERS: Final = {
    "secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "secp384r1": int("F" * 48 + "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973", 16),
    "secp521r1": int(
        "1" + "F" * 64 + "FA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409", 16
    ),
}

_BYTE_RANGE = re.compile(rb"/ByteRange *\[ *([0-9]+) +([0-9]+) +([0-9]+) +([0-9]+) *\]")
_HEXADECIMAL = re.compile(rb"<(?:[0-9A-F]{2})+>")


class Hole(NamedTuple):
    """The part of a file that its signature leaves out, to stand in itself."""

    first: int
    last: int


@attrs.frozen
class Envelope:
    """What a signature's bytes hold.

    Attributes:
        signer: the signer's certificate.
        others: the other certificates.
        hash: the name of the hash.
    """

    signer: x509.Certificate
    others: tuple[x509.Certificate, ...]
    hash: str
    _info: cms.SignerInfo

    def fault(self, signed: bytes) -> str | None:
        """Why this is no signature of these bytes by that certificate's key, or None."""
        try:
            intact, valid = validate_sig_integrity(
                self._info, self.signer, "data", _hash(self.hash, signed)
            )
        except Exception as error:  # whatever a library says of bytes that anybody may have made
            return f"the signature cannot be checked ({type(error).__name__})"
        if not intact:
            return "the file was changed after it was signed (its hash is another)"
        return None if valid else "the signature is not that of the certificate's key"


def find_hole(pdf: bytes, start: int) -> Hole:
    """The hole in a file that is signed once, as a whole, from its first byte to its last.

    Args:
        pdf: the file.
        start: where the letter ends, and what was appended begins.

    Raises:
        ValueError: it has no signature, more than one, or one that leaves something out.
    """
    found = list(_BYTE_RANGE.finditer(pdf, start))
    if not found:
        raise ValueError("there is no signature in it")
    if len(found) > 1:
        raise ValueError(f"there are {len(found)} signatures in it; the letter has one field")
    zero, first, last, rest = (int(number) for number in found[0].groups())
    if last + rest < len(pdf):
        raise ValueError(f"{len(pdf) - last - rest} bytes were appended after it was signed")
    if last + rest > len(pdf):
        raise ValueError(f"{last + rest - len(pdf)} bytes at its end are missing")
    if zero != 0 or not start < first < last or not _HEXADECIMAL.fullmatch(pdf, first, last):
        raise ValueError("the signature leaves out more of the file than itself")
    return Hole(first, last)


class NotTakenError(ValueError):
    """A signature that is whole, and of a kind that is not taken here."""


def read_envelope(pdf: bytes, hole: Hole) -> Envelope:
    """What is in the hole.

    Raises:
        ValueError: it is no signature as PAdES B-B has it, or is written in another way than DER.
    """
    padded = bytes.fromhex(pdf[hole.first + 1 : hole.last - 1].decode())
    try:
        return _read(padded)
    except NotTakenError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"the signature's bytes are damaged ({reason})") from None


def _read(padded: bytes) -> Envelope:
    content = cms.ContentInfo.load(padded)
    der = content.dump()
    if padded[len(der) :].strip(b"\0"):
        raise ValueError("something follows it")
    _require_der(der)
    if content["content_type"].native != "signed_data":
        raise ValueError("not signed data")
    data = content["content"]
    if len(data["signer_infos"]) != 1:
        raise ValueError(f"{len(data['signer_infos'])} signers; a letter has one")
    info = data["signer_infos"][0]
    hash_name = info["digest_algorithm"]["algorithm"].native
    mechanism = info["signature_algorithm"]["algorithm"].native
    if mechanism == "rsassa_pss":
        raise NotTakenError(
            "it is signed by RSASSA-PSS, which is sound and is not taken here: its parameters can "
            "be written in several ways; sign with RSA (PKCS #1 v1.5) or ECDSA"
        )
    if hash_name not in HASHES or mechanism not in MECHANISMS:
        raise ValueError(f"{hash_name} with {mechanism} is weak, or not taken here")
    _require_plain(data, info)
    try:
        find_unique_cms_attribute(info["signed_attrs"], "signing_certificate_v2")
    except NonexistentAttributeError:
        raise ValueError("it does not name its certificate, as PAdES B-B does") from None
    found = extract_certificate_info(data)
    _require_named(info["sid"], found.signer_cert)
    if info["signature"].native != lower(info["signature"].native, found.signer_cert):
        raise ValueError("it is the other one of the two that ECDSA has for the same key and bytes")
    for certificate in (found.signer_cert, *found.other_certs):
        _require_one_way(certificate)
    if len({digest(each.dump()) for each in found.other_certs}) != len(data["certificates"]) - 1:
        raise ValueError("it holds a certificate twice")
    return Envelope(found.signer_cert, tuple(found.other_certs), hash_name, info)


def _require_named(named: cms.SignerIdentifier, signer: x509.Certificate) -> None:
    """Raise unless the signer is named in the very bytes of the certificate: names fold case."""
    by_number = named.name == "issuer_and_serial_number"
    if not by_number or named.chosen["issuer"].dump() != signer.issuer.dump():
        raise ValueError("it names its signer in other words than the certificate")


def lower(signature: bytes, signer: x509.Certificate) -> bytes:
    """Of the two ECDSA signatures that anybody can make of one, the lower; another kind as it is.

    Where r and s are valid, so are r and the order less s.
    """
    key = signer.public_key
    if key.algorithm != "ec" or key.curve[1] not in ORDERS:
        return signature
    found = algos.DSASignature.load(signature, strict=True).native
    s = min(found["s"], ORDERS[key.curve[1]] - found["s"])
    made: bytes = algos.DSASignature({"r": found["r"], "s": s}).dump()
    return made


def _require_one_way(certificate: x509.Certificate) -> None:
    """Raise if the part of a certificate that its own signature leaves out could be otherwise."""
    inside = certificate["tbs_certificate"]["signature"].dump()
    if certificate["signature_algorithm"].dump() != inside:
        raise ValueError("a certificate names two algorithms")
    if certificate["signature_value"].contents[:1] != b"\0":
        raise ValueError("a certificate's signature has bits to spare")


def _require_der(data: bytes, depth: int = 0) -> None:
    """Raise unless every length is written in the one way that DER has, all the way down."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    place = 0
    while place < len(data):
        constructed, first = data[place] & 0x20, data[place + 1]
        more = 0 if first < 0x80 else first & 0x7F
        length = int.from_bytes(data[place + 2 : place + 2 + more]) if more else first
        start = place + 2 + more
        place = start + length
        shortest = 0 if length < 0x80 else (length.bit_length() + 7) // 8
        tag = data[start - 2 - more]
        if tag == 0 or tag & 0x1F == 0x1F or more != shortest or place > len(data):
            raise ValueError("not DER")
        if constructed:
            _require_der(data[start:place], depth + 1)


def _require_plain(data: cms.SignedData, info: cms.SignerInfo) -> None:
    """Raise if there is anything that the signature does not cover and could be otherwise."""
    hashes = data["digest_algorithms"]
    plain = {
        "version": (data["version"].native, info["version"].native) == ("v1", "v1"),
        "hashes": len(hashes) == 1 and hashes[0].dump() == info["digest_algorithm"].dump(),
        "content": data["encap_content_info"].dump() == _DETACHED,
        "revocation lists": data["crls"] is core.VOID or data["crls"].native is None,
        "unsigned attributes": info["unsigned_attrs"].native is None,
        "signed attributes": info["signed_attrs"].native is not None,
    }
    wrong = [name for name, is_plain in plain.items() if not is_plain]
    if wrong:
        raise ValueError(f"its {' and '.join(wrong)} are not those of PAdES B-B")


_DETACHED: Final = cms.EncapsulatedContentInfo({"content_type": "data"}).dump()


def _hash(name: str, data: bytes) -> bytes:
    import hashlib

    return hashlib.new(HASHES[name], data).digest()
