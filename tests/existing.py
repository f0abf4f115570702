"""Letters that a case system wrote: PDFs made here, and changed into what must be refused."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import pikepdf
import typst

import months
from ceosample import Pack, Signatory, render

SIGNATORY = Signatory("ceo", "Margaret Llewelyn", "Chief Executive")

#: A letter of two pages, the words of a regulator on the second.
WORDS = """\
The Bank

Dear Ms Example,

We were wrong about the fee of 1 September, and have paid it back.
#pagebreak()
You have the right to refer your complaint to the Financial Ombudsman Service, free of charge.
"""


@cache
def letter(words: str = WORDS, paper: str = "a4") -> bytes:
    """The PDF of a letter."""
    made = typst.compile(f'#set page(paper: "{paper}")\n{words}'.encode())
    assert isinstance(made, bytes)
    return made


def letter_of(unit_id: str) -> bytes:
    """A customer's own letter."""
    return letter(f"Our reference: {unit_id}\n\n{WORDS}")


def changed(change: Callable[[pikepdf.Pdf], None], data: bytes | None = None, **how: Any) -> bytes:
    """A PDF with something in it that a letter does not have."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(data or letter())) as pdf:
        change(pdf)
        pdf.save(output, **{"deterministic_id": True, **how})
    return output.getvalue()


def drawn_page(*texts: tuple[int, int, str]) -> bytes:
    """A page that draws these texts, each at its place from the lower left, in this order."""
    shown = "\n".join(f"BT /F1 11 Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET" for x, y, text in texts)
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.Contents = pdf.make_stream(shown.encode())
    output = io.BytesIO()
    pdf.save(output, deterministic_id=True)
    return output.getvalue()


def contents(unit_ids: Iterable[str], **fields: Any) -> dict[str, Any]:
    """What ``contents`` gives for letters that exist already."""
    docket = {"owner": months.OWNER, "author": months.AUTHOR, "received": "2026-10-05"}
    return {
        unit_id: {"letter": {"pdf": letter_of(unit_id), **fields}, "docket": docket}
        for unit_id in unit_ids
    }


def pack_of(given: Any = contents, **arguments: Any) -> Pack:
    """The pack of a month whose letters exist already."""
    return render(
        months.drawn_with(months.SEED),
        given,
        signatory=SIGNATORY,
        date=months.AT.date(),
        **{"registration": "0" * 64, "pdf": False, **arguments},
    )
