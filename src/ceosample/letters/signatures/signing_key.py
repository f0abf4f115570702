"""The key that letters are signed with: from a PKCS#12 file, or inside a PKCS#11 device."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib.util
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import attrs

from ceosample.canonical import digest
from ceosample.errors import MissingPartError, SignatureError

if TYPE_CHECKING:
    from asn1crypto import x509
    from pyhanko.sign.signers.pdf_cms import Signer


def require_sign() -> None:
    """Raise if the extra ``sign`` is not there; nothing is loaded.

    Raises:
        MissingPartError: with the command that installs it.
    """
    for part in ("pyhanko", "typst"):
        if importlib.util.find_spec(part) is None:
            raise MissingPartError(
                f"digital signatures: need {part}, which is not installed; "
                "pip install 'ceosample[sign]'"
            )


@attrs.frozen
class SigningKey:
    """A private key with its certificate, read once for all the letters of a month.

    A key in a device stays there; ``with`` ends the session. No secret is shown or kept in text.

    Attributes:
        subject: the certificate's subject, in full.
        name: the person's name in it.
        certificate: the SHA-256 of the certificate.
        valid: the first and the last moment of the certificate.
    """

    subject: str
    name: str
    certificate: str
    valid: tuple[dt.datetime, dt.datetime]
    signer: Signer = attrs.field(repr=False, eq=False)
    session: Any = attrs.field(default=None, repr=False, eq=False)

    @classmethod
    def from_pkcs12(cls, data: bytes, passphrase: str | None = None) -> Self:
        """A key from the bytes of a PKCS#12 file (``.p12``, ``.pfx``).

        Args:
            data: the file's bytes. Other certificates in it go into each signature.
            passphrase: its passphrase; None if it has none.

        Raises:
            SignatureError: the passphrase does not open it, or it holds no key with a certificate.
            MissingPartError: the extra ``sign`` is not installed.
        """
        require_sign()
        from ceosample.letters.signatures.signers import signer_of_pkcs12

        return cls.of(signer_of_pkcs12(data, passphrase))

    @classmethod
    def from_pkcs11(cls, module: str | Path, token: str, *, pin: str | None, label: str) -> Self:
        """A key inside a device: a smart card, a stick, a security module.

        Args:
            module: the path of the device's PKCS#11 library.
            token: the token's label.
            pin: the token's PIN; None if the device itself asks for it.
            label: the label of the key, and of its certificate. Other certificates of the token go
                into each signature.

        Raises:
            SignatureError: no such token, key or certificate, or the PIN is wrong.
            MissingPartError: the extra ``sign`` is not installed.
        """
        require_sign()
        from ceosample.letters.signatures.signers import signer_of_pkcs11

        signer, session = signer_of_pkcs11(str(module), token, pin, label)
        return cls.of(signer, session)

    @classmethod
    def of(cls, signer: Signer, session: Any = None) -> Self:
        """A key from a pyHanko signer, for other ways to hold one.

        Raises:
            SignatureError: the certificate is not for signing, or the key is too weak.
        """
        from ceosample.letters.signatures.certificates import require_for_signing

        certificate: x509.Certificate | None = signer.signing_cert
        if certificate is None:
            raise SignatureError("key: has no certificate; give a signer that has one")
        require_for_signing(certificate)
        named: Any = certificate.subject.native
        return cls(
            certificate.subject.human_friendly,
            str(named.get("common_name") or certificate.subject.human_friendly),
            digest(certificate.dump()),
            (certificate.not_valid_before, certificate.not_valid_after),
            signer,
            session,
        )

    def close(self) -> None:
        """End the session with a device; a key from a file has none."""
        if self.session is not None:
            with contextlib.suppress(Exception):  # a device that is gone has ended it
                self.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
