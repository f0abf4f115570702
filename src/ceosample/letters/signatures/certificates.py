"""Certificates: which may sign a letter, which roots they lead to, and what they say of themselves.

Nothing is fetched, ever. Whether a certificate was revoked is not known here, and not asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Final

from asn1crypto import pem, x509
from pyhanko.sign.ades.qualified_asn1 import get_qc_statements
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import DisallowWeakAlgorithmsPolicy

from ceosample.errors import SignatureError
from ceosample.letters.signatures.run_async import run_async

#: Either key usage lets a certificate sign documents; qualified ones mostly have the second.
USAGES: Final = frozenset({"digital_signature", "non_repudiation"})

SMALLEST_RSA: Final = 2048
CURVES: Final = frozenset({"secp256r1", "secp384r1", "secp521r1"})

_POLICY: Final = DisallowWeakAlgorithmsPolicy(
    weak_hash_algos=frozenset({"md2", "md5", "sha1"}), rsa_key_size_threshold=SMALLEST_RSA
)


def require_for_signing(certificate: x509.Certificate) -> None:
    """Raise unless letters can be signed with a certificate's key.

    Raises:
        SignatureError: its usage is another, or its key is too weak, or of a kind not taken here.
    """
    fault = fault_in_usage(certificate) or _fault_in_key(certificate)
    if fault is not None:
        raise SignatureError(f"certificate: {fault}; use another key to sign")


def fault_in_usage(certificate: x509.Certificate) -> str | None:
    """Why a certificate is not for signing documents, or None."""
    usage = certificate.key_usage_value
    if usage is None or not USAGES & usage.native:
        return "its key usage is not signing (digitalSignature or nonRepudiation)"
    return "it is a certification authority's, not a person's" if certificate.ca else None


def _fault_in_key(certificate: x509.Certificate) -> str | None:
    key = certificate.public_key
    if key.algorithm in ("rsa", "rsassa_pss") and key.bit_size >= SMALLEST_RSA:
        return None
    if key.algorithm == "ec" and key.curve[1] in CURVES:
        return None
    return (
        f"its key ({key.algorithm}, {key.bit_size} bits) is not RSA of {SMALLEST_RSA} bits or "
        "more, or ECDSA on P-256, P-384 or P-521"
    )


def read_roots(given: Iterable[bytes]) -> list[x509.Certificate]:
    """The roots in some files, PEM (one or more in a file) or DER.

    Raises:
        SignatureError: a file holds no certificate, or there is none at all.
    """
    found: list[x509.Certificate] = []
    for number, data in enumerate(given, 1):
        try:
            blocks = [der for _, _, der in pem.unarmor(data, True)] if pem.detect(data) else [data]
            read = [x509.Certificate.load(der, strict=True) for der in blocks]
            _ = [certificate.subject.native for certificate in read]
        except (ValueError, TypeError) as error:
            raise SignatureError(
                f"root {number}: got a file that is not a certificate ({error}); give PEM or DER"
            ) from None
        found += read
    if not found:
        raise SignatureError("roots: got none; give the certificates to which signatures must lead")
    return found


def path_to_root(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    at: dt.datetime,
) -> ValidationPath:
    """The certificates from a root to this one, each valid at a moment and signed by the one above.

    Raises:
        ValueError: why there is no such path.
    """
    context = ValidationContext(
        trust_roots=list(roots),
        other_certs=list(others),
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=at,
        algorithm_usage_policy=_POLICY,
    )
    validator = CertificateValidator(
        certificate, intermediate_certs=list(others), validation_context=context
    )
    fault = fault_in_usage(certificate) or _fault_in_key(certificate)
    if fault is not None:
        raise ValueError(fault)
    try:
        return run_async(validator.async_validate_path())
    except PathBuildingError:
        raise ValueError(
            f"its issuer, {certificate.issuer.human_friendly}, does not lead to any of the roots"
        ) from None
    except ValidationError as error:
        raise ValueError(str(error).rstrip(".")) from None
    except Exception as error:  # whatever a library says of bytes that anybody may have made
        raise ValueError(f"its certificates cannot be read ({type(error).__name__})") from None


def grade(certificate: x509.Certificate) -> str | None:
    """What the certificate itself makes of its signatures under eIDAS, or None where it is silent.

    It is the issuer's statement (ETSI EN 319 412-5). Whether the issuer stands on a trusted list,
    on which the law looks, is not asked.
    """
    said: dict[str, Any] = {
        statement["statement_id"].native: statement["statement_info"]
        for statement in get_qc_statements(certificate)
    }
    kinds = said["qc_type"].native if "qc_type" in said else ["qct_esign"]
    if "qc_compliance" not in said or "qct_esign" not in kinds:
        return None
    if "qc_sscd" in said:
        return "qualified"
    return "advanced, with a qualified certificate"
