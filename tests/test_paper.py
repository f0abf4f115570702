"""The pack on paper, printed on both sides: what is posted shares no sheet with anything else."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pypdf
import pytest

import ceosample as cs

SIGNATORY = cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive")
SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])

#: A paragraph of some five lines.
PARAGRAPH = "We have looked into this again, from the first call to the last. " * 7


def made(bodies: dict[str, str], **more: Any) -> cs.Pack:
    """A pack of letters with these bodies."""
    frame = cs.Frame.from_records(
        [{"id": unit_id, "division": "Cards"} for unit_id in bodies],
        population="complaint-responses", period="2026-10", unit_id="id", strata=["division"],
    )  # fmt: skip
    contents = {
        unit_id: {
            "letter": {
                "recipient": "Ann Example", "address": ["1 High Street"], "salutation": "Dear Ann,",
                "subject": "A fee", "body": body, "closing": "Yours sincerely,",
            },
            "docket": {"owner": "h-1"},
        }
        for unit_id, body in bodies.items()
    }  # fmt: skip
    draw = cs.draw(frame, cs.Plan(size=len(bodies)), SEED)
    return cs.render(
        draw, contents, signatory=SIGNATORY, date=dt.date(2026, 11, 2), pdf=True, **more
    )


def pages_of(data: bytes) -> list[str]:
    """The text of each page, white space folded."""
    return [
        " ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(data)).pages
    ]


def whose(page: str) -> str:
    """What a page of the pack belongs to: the front, a docket, a letter, or nothing."""
    if page == "":
        return "nothing"
    if letter := re.search(r"Code ([0-9a-f]{8}) Page \d+ of \d+$", page):
        return f"letter {letter[1]}"
    if docket := re.match(r"Docket (\d+) of", page):
        return f"docket {docket[1]}"
    return "front"


@pytest.fixture(scope="module")
def mixed() -> cs.Pack:
    """Letters of one page, of two, of three and of four."""
    return made({f"R-{n}": "\n\n".join([PARAGRAPH] * n) for n in (1, 8, 13, 22)})


def test_no_sheet_holds_pages_of_two_items(mixed: cs.Pack) -> None:
    """'letters each on their own sheet (duplex-safe)': nothing is on the back of anything else."""
    owners = [whose(page) for page in pages_of(mixed.files()["pack.pdf"])]
    sheets = [set(owners[n : n + 2]) - {"nothing"} for n in range(0, len(owners), 2)]
    assert all(len(sheet) == 1 for sheet in sheets)
    assert {len([o for o in owners if o == f"letter {letter.code}"]) for letter in mixed} == {
        1, 2, 3, 4
    }  # fmt: skip
    begins = [owners.index(owner) for owner in dict.fromkeys(owners) if owner != "nothing"]
    assert all(page % 2 == 0 for page in begins)
    assert len(begins) == 1 + 2 * len(mixed)


def test_a_page_is_left_blank_only_to_begin_a_sheet(mixed: cs.Pack) -> None:
    owners = [whose(page) for page in pages_of(mixed.files()["pack.pdf"])]
    for number, owner in enumerate(owners):
        assert owner != "nothing" or (number % 2 == 1 and owners[number + 1] != "nothing")
    assert owners[-1] != "nothing"


def test_the_list_names_the_page_on_which_each_docket_begins(mixed: cs.Pack) -> None:
    """'docket list with page numbers'"""
    pages = pages_of(mixed.files()["pack.pdf"])
    for number, letter in enumerate(mixed, 1):
        listed = re.search(rf"{letter.unit_id} Cards {letter.code} (\d+)", pages[1])
        assert listed is not None
        assert pages[int(listed[1]) - 1].startswith(f"Docket {number} of {len(mixed)}")
    assert pages[0].endswith(f"Page 1 of {len(pages)}")


@pytest.mark.slow
def test_every_page_of_a_letter_says_which_of_how_many_it_is() -> None:
    """The place of the address is measured on the page, and must not move what it is measured by:
    then pages would never settle, and a foot would say 'Page 1 of 3' on the fourth."""
    pack = made({f"R-{n}": "\n\n".join([PARAGRAPH] * n) for n in range(1, 25)})
    for letter in pack:
        pages = pages_of(pack.files()[f"letters/{letter.name}.pdf"])
        for number, page in enumerate(pages, 1):
            assert page.endswith(f"Page {number} of {len(pages)}"), letter.unit_id


@pytest.mark.parametrize("letterhead", [[], ["The Bank"], ["The Bank", "1 Quay", "XQ1 1AA"]])
def test_the_address_stands_in_the_window_whatever_is_above_it(letterhead: list[str]) -> None:
    pack = made({"R-1": PARAGRAPH}, letterhead=letterhead)
    (page,) = pypdf.PdfReader(io.BytesIO(pack.files()["letters/0001-R-1.pdf"])).pages
    heights: list[float] = []

    def visit(text: str, base: list[float], matrix: list[float], *_: object) -> None:
        if text.startswith("Ann"):
            heights.append(float(page.mediabox.top) - (matrix[5] * base[3] + base[5]))

    page.extract_text(visitor_text=visit)
    (height,) = heights
    assert height / 72 * 25.4 == pytest.approx(60.5, abs=0.1)
