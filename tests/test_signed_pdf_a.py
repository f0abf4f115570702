"""A signed letter is still the PDF/A and PDF/UA that it says it is."""

from __future__ import annotations

import page as checker
import pytest

from authority import AT, authority, check, key_of, paper, sent, signed
from ceosample.letters.signatures.signature_field import Update
from ceosample.signing import sign as sign_letters


@pytest.mark.parametrize("profile", ["2a", "ua1"])
def test_a_checker_finds_no_fault_in_a_signed_letter(profile: str) -> None:
    assert checker.validate_pdf_bytes(signed(), profile=profile).failures == []


def test_the_signature_begins_a_line_after_the_letter_s_own_bytes() -> None:
    assert sent().endswith(b"%%EOF")
    assert signed().startswith(sent() + b"\n")


def test_a_letter_that_was_signed_without_the_line_end_is_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As releases up to 0.1 signed it."""
    monkeypatch.delattr(Update, "_write_header")
    before = sign_letters(paper(), key_of(authority().ceo), at=AT, unit_ids=["C-0"])["C-0"]
    assert not before.startswith(sent() + b"\n")
    assert check(before).ok
    assert check(signed()).ok
