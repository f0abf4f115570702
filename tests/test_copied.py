"""What a reader searches for or copies from a letter's PDF, and pastes into a command."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from typing import Any

import pypdf
import pypdfium2
import pytest

import ceosample as cs
from ceosample.errors import LedgerError
from months import AT, OFFICE, Month, open_ledger, sent
from needed import program
from rooms import letter, pack_of

ISOLATES = "\u2066\u2067\u2068\u2069"
NAME = "Zoë O'Brien (Ms)"


def of_pypdf(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def of_pdfium(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document)


def of_poppler(pdf: bytes) -> str:
    found = subprocess.run(
        [program("pdftotext", "poppler-utils"), "-", "-"],
        input=pdf,
        capture_output=True,
        check=True,
    )
    return found.stdout.decode()


READERS: dict[str, Callable[[bytes], str]] = {
    "pypdf": of_pypdf, "pdfium": of_pdfium, "poppler": of_poppler,
}  # fmt: skip


def pdf_of(signatory: str = NAME, title: str = "Chief Executive") -> bytes:
    pack = pack_of(
        {"A/1 & (2)": {"letter": letter(), "docket": {"owner": "h-1"}}},
        signatory=cs.Signatory("ceo", signatory, title), pdf=True,
        firm="The Bank (UK)", title="Responses (all)",
    )  # fmt: skip
    return pack.rendered["pack.pdf"]


@pytest.fixture(scope="module")
def english() -> bytes:
    return pdf_of()


@pytest.mark.parametrize("reader", READERS)
def test_a_search_finds_the_approval_and_a_copy_is_the_reference(
    english: bytes, reader: str
) -> None:
    """'A search for the approval sentence finds nothing in three readers.'"""
    text = READERS[reader](english)
    assert not set(text) & set(ISOLATES)
    words = " ".join(text.split())
    assert f"I am {NAME}, Chief Executive, and I approve this response." in words
    assert words.count("Our reference: A/1 & (2)") == 1


def test_a_name_from_the_right_still_ends_where_it_ends() -> None:
    """'Isolate only where a text has strong right-to-left characters': there the name stays apart
    from the figures and the Hebrew word after it, which would else change places."""
    pdf = pdf_of("\u05d0\u05d1", title="77 \u05d3\u05d4")
    name, figure = places(pdf, "\u05d0"), places(pdf, "7")
    line = max(name)  # the approval; the name below the rule is lower
    assert name[line] < figure[line]
    assert "Our reference: A/1 & (2)" in " ".join(of_pypdf(pdf).split())


def places(pdf: bytes, wanted: str) -> dict[int, float]:
    """How far from the left a character is first, by the height of its line, on the last page."""
    document = pypdfium2.PdfDocument(pdf)
    text = document[len(document) - 1].get_textpage()
    found: dict[int, float] = {}
    for number in range(text.count_chars()):
        if text.get_text_range(number, 1) == wanted:
            left, bottom, *_ = text.get_charbox(number, loose=True)
            line = round(bottom)
            found[line] = min(left, found.get(line, left))
    return found


# ---- Pasted ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def month() -> Any:
    with open_ledger() as ledger:
        yield ledger, sent(ledger)


PASTED = [
    ("{}\u2069", "a bidirectional control character (U+2069); use '{}'"),
    ("\u2068{}", "a bidirectional control character (U+2068); use '{}'"),
    ("\ufeff{}", "a character without width (U+FEFF); use '{}'"),
    ("{}\u00ad", "a code point that is not seen (U+00AD); use '{}'"),
    ("{}\u00a0", "white space at an end (U+00A0); remove it"),
    ("{} ", "white space at an end (U+0020); remove it"),
]


@pytest.mark.parametrize(("pasted", "said"), PASTED)
def test_an_invisible_character_of_a_pasted_id_is_named(
    month: tuple[cs.Ledger, Month], pasted: str, said: str
) -> None:
    """'`record` names an invisible character of a pasted id.'"""
    ledger, drawn = month
    with pytest.raises(LedgerError) as refusal:
        ledger.record("note", pasted.format(drawn.first), by=OFFICE, at=AT, text="Aye.")
    assert said.format(drawn.first) in str(refusal.value)
    assert drawn.first in str(refusal.value)
