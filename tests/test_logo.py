"""A letterhead's logo: checked, drawn anew, named by its digest, and shown with words for it."""

from __future__ import annotations

import base64
import email.policy
import io
import re
import struct
import zipfile
import zlib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pypdf
import pytest

import ceosample as cs
from ceosample.canonical import canonical_file, digest
from ceosample.configuration import Configuration
from ceosample.letters.papers import shown_pages
from inputs import configure
from refusals import problems
from test_letters import render

Logo = cs.office.Logo
HEAD = ["The Example Bank", "1 High Street"]
INSIDE = '<circle cx="30" cy="30" r="28" fill="#0b5"/><path d="M70 10h150v16H70z"/>'


def svg(inside: str = INSIDE, more: str = "") -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 240 60" {more}>{inside}</svg>'
    ).encode()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 40, height: int = 20, *more: bytes, pixels: bytes | None = None) -> bytes:
    """A PNG of one grey, or of these pixels, with more chunks before its end."""
    rows = b"".join(b"\0" + b"\x80" * width for _ in range(min(height, 100)))
    data = zlib.compress(pixels if pixels is not None else rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", head), *more, chunk(b"IDAT", data), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.fixture(scope="module")
def logo() -> cs.office.Logo:
    return Logo.load(svg(), "The Example Bank")


@pytest.fixture(scope="module")
def pack(logo: cs.office.Logo) -> cs.Pack:
    return render(logo=logo, letterhead=HEAD, pdf=True)


# ---- What it becomes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "size"),
    [
        (svg(), (756, 189)),
        (svg(more='width="1" height="1"'), (189, 189)),
        (png(40, 20), (40, 20)),
        (png(1600, 100), (756, 47)),
    ],
)
def test_a_logo_becomes_a_small_png_and_no_small_one_is_blown_up(
    given: bytes, size: tuple[int, int]
) -> None:
    made = Logo.load(given, "The Bank")
    assert made.data.startswith(b"\x89PNG\r\n\x1a\n")
    assert (made.width, made.height) == struct.unpack(">II", made.data[16:24])
    assert abs(made.width - size[0]) <= 1
    assert abs(made.height - size[1]) <= 1
    assert made.source == digest(given)
    assert Logo.load(given, "The Bank") == made


def test_nothing_of_the_file_but_its_picture_is_kept() -> None:
    """Places, names and programs that a picture's file tells of, and what hangs at its end."""
    said = chunk(b"tEXt", b"Author\0Ann Example, 1 High Street")
    made = Logo.load(png(40, 20, said) + b"PK\x03\x04<script>", "The Bank")
    assert made == Logo(
        made.data, "The Bank", digest(png(40, 20, said) + b"PK\x03\x04<script>"), 40, 20
    )
    for hidden in (b"Ann Example", b"script", b"tEXt"):
        assert hidden not in made.data


def test_a_path_is_read_like_its_bytes(tmp_path: Path, logo: cs.office.Logo) -> None:
    (tmp_path / "logo.svg").write_bytes(svg())
    assert Logo.load(tmp_path / "logo.svg", "The Example Bank") == logo


# ---- Where it is --------------------------------------------------------------------------------


def test_a_logo_is_above_each_letter_on_paper_with_its_words(
    pack: cs.Pack, logo: cs.office.Logo
) -> None:
    for name, pages in (("pack.pdf", [4]), (pack.letters[0].pdf, [0])):
        data = pack.rendered[name]
        there = [page.images for page in pypdf.PdfReader(io.BytesIO(data)).pages]
        assert [number for number, images in enumerate(there) if len(images)] == pages
        (picture,) = there[pages[0]]
        assert picture.image is not None
        assert picture.image.size == (logo.width, logo.height)
        with pikepdf.open(io.BytesIO(data)) as pdf:
            words = [str(one.Alt) for one in pdf.objects if "/Alt" in _dictionary(one)]
        assert words == ["The Example Bank"]
    text = pypdf.PdfReader(io.BytesIO(pack.rendered[pack.letters[0].pdf])).pages[0].extract_text()
    assert text.startswith("The Example Bank")


def _dictionary(thing: Any) -> Any:
    return thing if isinstance(thing, pikepdf.Dictionary) else {}


def test_a_logo_is_above_each_letter_on_the_page_and_in_the_room(
    pack: cs.Pack, logo: cs.office.Logo
) -> None:
    source = base64.b64encode(logo.data).decode()
    shown = (
        '<p><img alt="The Example Bank" width="242" height="60" src="data:image/png;base64,'
        f'{source}"></p>\n<section data-element="letterhead">'
    )
    for html in (pack.rendered["pack.html"].decode(), pack.room().decode()):
        assert html.count(shown) == 1
        assert "img-src data:;" in html
    assert shown_pages.release_of_page(pack.rendered["pack.html"].decode()) is not None
    assert shown_pages.other_words(pack.rendered["pack.html"].decode(), pack.letters) is None


def test_words_for_a_logo_are_escaped(logo: cs.office.Logo) -> None:
    hostile = Logo(logo.data, '"><script>alert(1)</script> & #[x]', logo.source, 756, 189)
    made = render(logo=hostile, pdf=True)
    html = made.rendered["pack.html"].decode()
    assert "<script" not in html
    assert shown_pages.release_of_page(html) is not None


def test_a_logo_without_a_letterhead_is_above_the_address(logo: cs.office.Logo) -> None:
    made = render(logo=logo, pdf=True, letterhead=[])
    (page,) = pypdf.PdfReader(io.BytesIO(made.rendered[made.letters[0].pdf])).pages
    assert len(page.images) == 1


def test_the_address_stays_in_the_window_of_its_envelope(
    pack: cs.Pack, logo: cs.office.Logo
) -> None:
    """58 mm from the top, with a logo or without one."""

    def place(made: cs.Pack) -> float:
        found: list[float] = []

        def visit(text: str, _cm: Any, matrix: Any, _font: Any, _size: Any) -> None:
            if "Ann Example" in text:
                found.append(matrix[5])

        data = made.rendered[made.letters[0].pdf]
        pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text(visitor_text=visit)
        return found[0]

    assert place(pack) == pytest.approx(place(render(letterhead=HEAD, pdf=True)), abs=0.1)


# ---- What is signed -----------------------------------------------------------------------------


def test_the_pack_and_what_is_signed_name_the_logo(pack: cs.Pack, logo: cs.office.Logo) -> None:
    assert pack.fields["logo"] == logo.to_dict() == pack.letters[0].fields["logo"]
    assert pack.fields["files"]["logo.png"] == logo.digest == digest(pack.rendered["logo.png"])
    other = render(logo=Logo.load(png(), "The Example Bank"), letterhead=HEAD, pdf=False)
    assert other.letters[0].digest != pack.letters[0].digest


def test_a_month_without_a_logo_says_nothing_of_one() -> None:
    made = render(pdf=False)
    assert "logo" not in made.fields
    assert "logo" not in made.letters[0].fields
    assert "logo.png" not in made.files()


def test_a_saved_pack_is_loaded_with_its_logo_and_no_other(pack: cs.Pack, tmp_path: Path) -> None:
    pack.save(tmp_path)
    assert cs.Pack.load(tmp_path).rendered["logo.png"] == pack.rendered["logo.png"]
    (tmp_path / "logo.png").write_bytes(png())
    with pytest.raises(cs.errors.RecordError, match=r"logo.png: changed since the pack was made"):
        cs.Pack.load(tmp_path)
    said = {**pack.fields, "files": {**pack.fields["files"], "logo.png": digest(png())}}
    (tmp_path / "pack.json").write_bytes(canonical_file(said))
    with pytest.raises(cs.errors.RecordError, match=r"logo: its SHA-256 is not that of logo.png"):
        cs.Pack.load(tmp_path)


def test_a_page_that_shows_another_logo_is_told(pack: cs.Pack) -> None:
    html = pack.rendered["pack.html"].decode()
    other = base64.b64encode(Logo.load(png(), "x").data).decode()
    swapped = re.sub('base64,[^"]*', f"base64,{other}", html)
    said = shown_pages.other_words(swapped, pack.letters)
    assert said == "letter 'A-1': another logo than the letter has"
    gone = re.sub("<p><img [^>]*></p>\n", "", html)
    assert shown_pages.other_words(gone, pack.letters) is not None


# ---- What is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (svg("<script>alert(1)</script>"), "an SVG with a script"),
        (svg('<h:script xmlns:h="http://www.w3.org/1999/xhtml">x</h:script>'), "a script"),
        (svg('<path d="M0 0" onclick="x()"/>'), "a script"),
        (svg(more='onload="x()"'), "a script"),
        (svg('<image href="https://example.org/x.png"/>'), "a picture inside"),
        (svg('<use xlink:href="https://example.org/x.svg#a"/>'), "something outside of it"),
        (svg('<use href="javascript:x()"/>'), "something outside of it"),
        (svg('<rect fill="url(https://example.org/#a)"/>'), "something outside of it"),
        (svg('<style>@import "https://example.org/x.css";</style>'), "something outside of it"),
        (svg("<style>.a{fill:url(//example.org/x)}</style>"), "something outside of it"),
        (svg('<style><![CDATA[.a{fill:url( "x")}]]></style>'), "something outside of it"),
        (svg("<foreignObject/>"), "a part of a web page"),
        (svg("<text>The Bank</text>"), "text, whose font may be missing; convert it to paths"),
        (svg('<animate attributeName="x"/>'), "an animation"),
        (svg("<video/>"), "<video>, which a logo does not need"),
        (svg('<a href="#x"/>'), "a link"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"), "a document type"),
        (b'<?xml-stylesheet href="x.css"?>' + svg(), "<?xml-stylesheet?>"),
        (b"<html><body/></html>", "no drawing"),
        (svg("<g>" * 61 + "</g>" * 61), "more shapes than a logo has"),
        (b"GIF89a", "a damaged SVG, or another kind of file; give a PNG or an SVG"),
        (b"\x1f\x8b\x08" + svg(), "another kind of file"),
        (b"", "another kind of file"),
        (b" " * 1_000_001, "got more than 1000000 bytes"),
        (png(40, 20, chunk(b"acTL", b"\0" * 8)), "an animated PNG; save it as a still"),
        (png(4001, 1), "got 4001 x 1 pixels"),
        (png(2_001, 2_000), "got 2001 x 2000 pixels"),
        (png(0, 1), "got 0 x 1 pixels"),
        (png()[:60], "a damaged PNG"),
        (b"\x89PNG\r\n\x1a\n", "a damaged PNG"),
        (png(pixels=b"\0"), "cannot be drawn"),
    ],
)
def test_a_file_that_is_no_still_picture_is_refused(given: bytes, reason: str) -> None:
    with pytest.raises(cs.errors.LetterError) as caught:
        Logo.load(given, "The Bank")
    assert all(fault.startswith("logo: ") for fault in caught.value.faults)
    assert reason in str(caught.value)


def test_a_style_of_its_own_parts_is_no_reference() -> None:
    rect = """<rect class="a" fill="url('#g')" width="9" height="9"/>"""
    inside = f'<style>.a{{fill:url( "#g")}}</style><g id="g"/>{rect}'
    assert Logo.load(svg(inside), "The Bank").width == 756


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(cs.errors.LetterError) as caught:
        Logo.load(svg("<script/><text/>"), "")
    assert str(caught.value).startswith(problems(3))


def test_a_logo_that_stays_large_is_refused() -> None:
    import random

    noise = random.Random(1).randbytes(750 * 180)
    rows = b"".join(b"\0" + noise[750 * y : 750 * (y + 1)] for y in range(180))
    with pytest.raises(cs.errors.LetterError, match="bytes once it was drawn small; give a plain"):
        Logo.load(png(750, 180, pixels=rows), "The Bank")


@pytest.mark.parametrize("given", ["nowhere.png", ".", 7])
def test_what_is_no_file_is_refused(given: Any, tmp_path: Path) -> None:
    with pytest.raises(cs.errors.LetterError, match="give the path of a PNG or an SVG"):
        Logo.load(tmp_path / given if isinstance(given, str) else given, "The Bank")


def test_what_is_no_logo_is_refused_by_render() -> None:
    with pytest.raises(cs.errors.LetterError, match=r"logo: got .* give what Logo.load"):
        render(logo="logo.png")


# ---- The configuration --------------------------------------------------------------------------


def test_the_configuration_names_a_logo(tmp_path: Path) -> None:
    from ceosample.job.render_pack import logo_of

    said = 'logo = {file = "logo.svg", alt = "The Example Bank"}'
    configure(tmp_path, ("\n[letters]\n", f"\n[letters]\n{said}\n"))
    configuration = Configuration.load(tmp_path / "ceosample.toml")
    with pytest.raises(cs.errors.LetterError, match=r"logo.svg: not there, or no file"):
        logo_of(configuration)
    (tmp_path / "logo.svg").write_bytes(svg())
    assert logo_of(configuration) == Logo.load(svg(), "The Example Bank")


def test_a_logo_without_words_is_refused_by_the_configuration(tmp_path: Path) -> None:
    configure(tmp_path, ("\n[letters]\n", '\n[letters]\nlogo = {file = "logo.svg"}\n'))
    with pytest.raises(cs.errors.ConfigurationError, match=r"letters.logo: got .* give a table of"):
        Configuration.load(tmp_path / "ceosample.toml")


# ---- Outlets ------------------------------------------------------------------------------------


def test_a_draft_of_mail_carries_the_logo_with_its_html(
    pack: cs.Pack, logo: cs.office.Logo
) -> None:
    """Nothing is fetched: a message brings its picture, which its HTML names by its id."""
    drafts = [
        cs.office.mail_drafts(
            pack, {"A-1": "ann@example.org"}, sender="ceo@bank.example", pdf=True, inline=inline
        )
        for inline in (False, True, False)
    ]
    assert drafts[0] == drafts[2]
    for made in drafts:
        (data,) = made.values()
        message = email.message_from_bytes(data, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        html = message.get_body(("html",))
        plain = message.get_body(("plain",))
        assert html is not None
        assert plain is not None
        kinds = [part.get_content_type() for part in message.walk()]
        assert kinds == [
            *("multipart/mixed", "multipart/alternative", "text/plain"),
            *("multipart/related", "text/html", "image/png", "application/pdf"),
        ]
        (picture,) = (part for part in message.walk() if part.get_content_type() == "image/png")
        assert picture.get_content() == logo.data
        shown = html.get_content()
        tag = r'<img alt="The Example Bank" width="242" height="60" src="([^"]*)"'
        source = re.search(tag, shown)
        assert source is not None
        named = f"<{source[1].removeprefix('cid:')}>"
        assert f"\r\nContent-ID: {named}\r\n".encode() in data
        assert message["To"] == "ann@example.org"
        assert "img" not in plain.get_content()


def test_a_word_file_has_the_logo_above_its_first_page_and_comes_back(
    pack: cs.Pack, logo: cs.office.Logo
) -> None:
    letter = pack["A-1"]
    made = cs.office.word_file(letter, logo=pack.rendered["logo.png"])
    assert made == cs.office.word_file(letter, logo=pack.rendered["logo.png"])
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        pictures = [name for name in parts.namelist() if name.startswith("word/media/")]
        assert [parts.read(name) for name in pictures] == [logo.data]
    section = docx.Document(io.BytesIO(made)).sections[0]
    (shown,) = section.first_page_header._element.xpath(".//wp:docPr")
    assert shown.get("descr") == "The Example Bank"
    assert letter.code in section.first_page_footer.paragraphs[0].text
    assert not section.header.paragraphs[0].runs
    before = cs.office.word_file(letter)
    assert cs.office.edited_body(made, letter) == cs.office.edited_body(before, letter)


def test_a_word_file_takes_no_logo_but_that_of_its_letter(pack: cs.Pack) -> None:
    with pytest.raises(cs.errors.LetterError, match=r"A-1, logo: got .*has the logo .*; give the"):
        cs.office.word_file(pack["A-1"], logo=b"another")
    with pytest.raises(cs.errors.LetterError, match=r"A-1, logo: got .*has no logo; give the"):
        cs.office.word_file(render()["A-1"], logo=pack.rendered["logo.png"])


@pytest.mark.parametrize(
    ("part", "target", "mode"),
    [
        ("word/_rels/document.xml.rels", "media/image1.png", ""),
        ("word/_rels/header9.xml.rels", "https://tracker.example/x.png", 'TargetMode="External"'),
        ("word/_rels/header9.xml.rels", "media/elsewhere.png", ""),
    ],
)
def test_a_picture_elsewhere_in_a_word_file_is_refused(
    pack: cs.Pack, part: str, target: str, mode: str
) -> None:
    """'word/_rels/header' alone may name one, and it must be in the file."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    made = cs.office.word_file(pack["A-1"], logo=pack.rendered["logo.png"])
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == part:
                said = f'<Relationship Id="x9" Type="{kind}" Target="{target}" {mode}/>'
                data = data.replace(b"</Relationships>", f"{said}</Relationships>".encode())
            new.writestr(name, data)
        if part not in old.namelist():
            space = "http://schemas.openxmlformats.org/package/2006/relationships"
            said = f'<Relationship Id="x9" Type="{kind}" Target="{target}" {mode}/>'
            new.writestr(part, f'<Relationships xmlns="{space}">{said}</Relationships>')
    with pytest.raises(cs.errors.LetterError, match=r"holds a picture; remove it"):
        cs.office.edited_body(changed.getvalue(), pack["A-1"])
