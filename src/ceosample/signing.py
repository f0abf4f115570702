"""Digital signatures on letters: the executive signs, anyone checks."""

from __future__ import annotations

from ceosample.letters.signatures.sign import Consent
from ceosample.letters.signatures.sign import sign_letters as sign
from ceosample.letters.signatures.signing_key import SigningKey
from ceosample.letters.signatures.validate import SignedLevel as Level
from ceosample.letters.signatures.validate import SignedReport as Report
from ceosample.letters.signatures.validate import check_signed as check

__all__ = ["Consent", "Level", "Report", "SigningKey", "check", "sign"]
