"""The pages of a letter that exists already, as a person sees them and as a screen reader does."""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import existing
from ceosample.letters.existing import png
from ceosample.letters.existing.given import pdf_of
from ceosample.letters.existing.phrases import found_in
from ceosample.letters.existing.read import job, read_letters
from ceosample.letters.existing.reading_order import TextLine, in_reading_order


def text_of(data: bytes) -> str:
    said = json.loads(job(data))
    assert said["faults"] == []
    return "\f".join(page["text"] for page in said["pages"])


def unpacked(data: bytes) -> Any:
    """The pixels of a PNG of ours, by another way than the one that wrote it."""
    width, height, depth, colour = struct.unpack(">IIBB", data[16:26])
    start = data.index(b"IDAT")
    length = int.from_bytes(data[start - 4 : start])
    rows = np.frombuffer(zlib.decompress(data[start + 4 : start + 4 + length]), np.uint8)
    rows = rows.reshape(height, -1)
    assert not rows[:, 0].any()
    if colour == 2:
        return rows[:, 1:].reshape(height, width, 3)
    halves = np.stack([rows[:, 1:] >> 4, rows[:, 1:] & 15], axis=2).reshape(height, -1)
    assert depth == 4
    return np.repeat(halves[:, :width, None] * 17, 3, axis=2)


@given(st.integers(1, 9), st.integers(1, 70), st.booleans(), st.randoms())
def test_a_picture_is_what_the_page_shows_to_the_nearest_of_sixteen_levels(
    width: int, height: int, grey: bool, luck: Any
) -> None:
    values = [luck.randrange(256) for _ in range(width * height * (1 if grey else 3))]
    pixels = np.array(values, np.uint8).reshape(height, width, -1)
    pixels = np.repeat(pixels, 3, axis=2) if grey else pixels
    given = np.pad(pixels, ((0, 0), (0, 0), (0, 1)), constant_values=255).tobytes()
    shown = unpacked(png.png_of(given, width, height))
    assert shown.shape == pixels.shape
    assert np.abs(shown.astype(int) - pixels.astype(int)).max() <= 8


def test_the_picture_of_a_page_is_the_page() -> None:
    data = existing.letter("#rect(width: 100%, height: 50%, fill: rgb(255, 0, 0))")
    (page,) = read_letters({"A": pdf_of(data)})["A"].pages
    shown = unpacked(page.picture)
    assert shown.shape[1] == 1000
    assert (page.width, page.height) == (595, 842)
    with pypdfium2.PdfDocument(data) as pdf:
        other = pdf[0].render(scale=1000 / pdf[0].get_width(), rev_byteorder=True).to_numpy()
    assert np.abs(shown.astype(int) - other[:, :, :3].astype(int)).max() <= 8


def test_text_is_read_from_top_to_bottom_whatever_order_it_was_drawn_in() -> None:
    page = existing.drawn_page((72, 300, "Third"), (72, 700, "First"), (72, 500, "Second"))
    assert text_of(page) == "First\n\nSecond\n\nThird"


def test_columns_are_read_one_after_the_other() -> None:
    left = [(72, 700 - 14 * row, f"On the left {row}") for row in range(4)]
    right = [(330, 700 - 14 * row, f"On the right {row}") for row in range(4)]
    mixed = [line for pair in zip(right, left, strict=True) for line in pair]
    words = text_of(existing.drawn_page((72, 760, "A heading over both"), *mixed)).split("\n\n")
    assert words == [
        "A heading over both",
        *("\n".join(f"On the {side} {row}" for row in range(4)) for side in ("left", "right")),
    ]


def test_a_table_is_read_row_by_row() -> None:
    cells = [(72, 700, "Refund"), (72, 686, "Interest"), (330, 700, "25.50"), (330, 686, "1.02")]
    assert text_of(existing.drawn_page(*cells)) == "Refund 25.50\nInterest 1.02"


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_that_is_turned_is_read_as_it_is_seen(turned: int) -> None:
    """A scanner's software turns the page, and draws its text the other way round."""

    def turn(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Rotate = turned
        matrix = {90: "0 1 -1 0 595 0", 180: "-1 0 0 -1 595 842", 270: "0 -1 1 0 0 842"}[turned]
        if turned != 180:
            pdf.pages[0].MediaBox = pikepdf.Array([0, 0, 595, 842])
        old = pdf.pages[0].Contents.read_bytes()
        pdf.pages[0].Contents = pdf.make_stream(f"q {matrix} cm\n".encode() + old + b"\nQ")

    page = existing.drawn_page((72, 200, "Second"), (72, 400, "First"))
    assert text_of(existing.changed(turn, page)).split() == ["First", "Second"]


@pytest.mark.parametrize("turned", [0, 90])
def test_words_that_stand_beside_the_page_are_not_there(turned: int) -> None:
    """A docket would say "found" of what nobody can see, and a screen reader would read it."""
    texts = ((72, 700, "Upper"), (590, 640, "Edge"), (72, 300, "Lower"), (72, -50, "Below"))
    data = existing.drawn_page(*texts, (900, 700, "Beside"))

    def cut(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.CropBox = pikepdf.Array([0, 600, 595, 842])
        pdf.pages[0].obj.Rotate = turned

    words = text_of(existing.changed(cut, data)).split()
    assert words[0] == "Upper"
    assert {*words[1:]} <= {"E", "Ed"}


@pytest.mark.parametrize("size", [(72, 1440000), (595, 1), (140, 842), (595, 1702)])
def test_a_page_that_nobody_can_read_is_refused(size: tuple[int, int]) -> None:
    """A picture of it would be a line, or letters of a pixel."""

    def cut(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.MediaBox = pikepdf.Array([0, 0, *size])

    with pytest.raises(ValueError, match=f"a page of {size[0]} by {size[1]} points"):
        job(existing.changed(cut))


def test_a_word_that_is_parted_at_the_end_of_a_line_is_whole_again() -> None:
    words = existing.letter(
        '#set text(lang: "en", hyphenate: true)\n#set par(justify: true)\n'
        "#box(width: 21mm)[Extraordinarily incomprehensible acknowledgements]"
    )
    assert "incomprehensible" in text_of(words)


def test_ligatures_and_line_ends_hide_no_phrase_and_a_part_of_a_word_is_none() -> None:
    words = text_of(existing.letter("Financial \\\n  Ombudsman: we \\ufb01nd for you"))
    assert found_in(words, ["FINANCIAL ombudsman"]) == "found"
    assert (
        found_in("The o\ufb03ce\u2019s last \u2018word\u2019", ["office's last 'word'"]) == "found"
    )
    assert found_in("an ombudsmanlike person", ["ombudsman"]) == "look for it"
    assert found_in("anything", ["", "  "]) == "look for it"


def test_invisible_characters_of_a_pdf_reach_no_page_of_ours() -> None:
    marked = existing.letter("We were \u2068wrong\u2069 about \u200bit.")
    assert text_of(marked) == "We were wrong about it."
    assert text_of(existing.drawn_page((72, 700, "a\\001b\\033[2J"))) == "ab[2J"


lines = st.lists(
    st.builds(
        lambda x, y, w: TextLine("x", x, y, x + w, y + 10),
        *(st.integers(0, 500), st.integers(0, 800), st.integers(5, 200)),
    ),
    max_size=30,
)


@given(lines)
def test_no_line_is_lost_or_read_twice(lines: list[TextLine]) -> None:
    words = [
        TextLine(f"w{number}", x.left, x.top, x.right, x.bottom) for number, x in enumerate(lines)
    ]
    read = [word for block in in_reading_order(words) for x in block for word in x.text.split()]
    assert sorted(read) == sorted(x.text for x in words)


def test_a_scan_has_no_text_and_is_no_error() -> None:
    """A picture alone: what its page says of that is the pages' test."""
    scan = existing.changed(lambda pdf: None, existing.letter("#rect(width: 5cm, height: 5cm)"))
    (page,) = read_letters({"A": pdf_of(scan)})["A"].pages
    assert (page.text, page.has_text) == ("", False)


def test_the_same_letter_is_the_same_pages_each_time() -> None:
    first, second = (read_letters({"A": pdf_of(existing.letter())})["A"] for _ in range(2))
    assert first == second
    assert first.text.startswith("The Bank\n\nDear Ms Example,")
    assert io.BytesIO(first.data).read(5) == b"%PDF-"
