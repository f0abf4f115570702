"""Word files: what goes out is what the letter says, what comes back is text of a closed set."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample.canonical import digest
from ceosample.letters.markup import tree
from ceosample.letters.word.edit import edited_body, require_bodies, word_file
from ceosample.letters.word.package import WORD_FILE
from ceosample.letters.word.read import read_word
from needed import PATIENCE
from refusals import problems
from test_letters import entry, letter, part, render
from test_mail import RICH
from thorough import examples, first_of
from tongues import WORDLESS

pytestmark = pytest.mark.slow

BODY = "We have refunded the fee.\n\nWe are sorry."


_made: dict[str, tuple[cs.Letter, bytes]] = {}


def exported(**fields: Any) -> tuple[cs.Letter, bytes]:
    """A letter and its Word file, made once: neither ever changes."""
    key = repr(sorted(fields.items()))
    if key not in _made:
        made = render(contents={"A-1": entry(**fields)})["A-1"]
        _made[key] = made, word_file(made)
    return _made[key]


def edit(data: bytes, change: Callable[[Any], object]) -> bytes:
    """A Word file after somebody changed the document and saved it."""
    document = docx.Document(io.BytesIO(data))
    change(document)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def with_parts(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """A Word file with some of its parts replaced or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as there, zipfile.ZipFile(made, "w") as new:
        for name in there.namelist():
            if name not in parts:
                new.writestr(name, there.read(name))
        for name, part_ in parts.items():
            new.writestr(name, part_, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def part_of(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def with_xml(data: bytes, old: str, new: str, name: str = "word/document.xml") -> bytes:
    """A Word file with a piece of one part's XML replaced."""
    xml = part_of(data, name).decode()
    assert old in xml
    return with_parts(data, {name: xml.replace(old, new, 1).encode()})


def paragraph(document: Any, text: str) -> Any:
    return next(found for found in document.paragraphs if found.text == text)


def refusal(data: bytes, made: cs.Letter) -> str:
    with pytest.raises(cs.errors.LetterError) as caught:
        edited_body(data, made)
    return str(caught.value)


# ---- Out, and back as it was --------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        BODY,
        "One line,\nand its second.\n\nA paragraph.",
        "<w:p/> & {{ 7 * 7 }} {% raw %} ]]> &#x41; {_{",
        "عزيزتي\n\nDear, שלום ŵ 日本",
        "<script>alert(1)</script>",
    ],
)
def test_a_body_that_nobody_changed_comes_back_as_it_was(body: str) -> None:
    made, data = exported(body=body)
    assert edited_body(data, made) == body


WORDS = st.text(st.characters(categories=["L", "N", "P", "S"], max_codepoint=0x2FFF), min_size=1)


@settings(max_examples=examples(25, one_in=6))
@given(st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_any_plain_body_comes_back_as_it_was(paragraphs: list[list[str]]) -> None:
    """It catches an escape that is missing or doubled, and a line that is lost."""
    body = "\n\n".join("\n".join(lines) for lines in paragraphs)
    try:
        made, data = exported(body=body)
    except cs.errors.LetterError as error:
        assert "Unicode 14" in str(error) or "appears 2 times" in str(error)  # noqa: PT017
        return
    assert edited_body(data, made) == body


def test_a_file_says_all_that_the_letter_says_in_its_order() -> None:
    made = render(template=RICH, letterhead=["The Bank", "1 High Street"])["A-1"]
    said = read_word(word_file(made), "file")
    blocks: list[tree.Node] = [*said.blocks]
    assert tree.to_text(blocks).split() == tree.to_text(made.tree).split()
    assert made.code in said.margins
    assert "not this file" in said.margins


def test_lists_tables_and_emphasis_come_back_as_markup_and_are_rendered_the_same() -> None:
    made = render(template=RICH)["A-1"]
    body = edited_body(word_file(made), made)
    assert isinstance(body, dict)
    again = render(contents={"A-1": entry(body=body)}, version=2)
    html = tree.to_html(part(again, "body"))
    assert html == (
        '<p dir="ltr">We looked into it <strong>again</strong>.</p>'
        "<ul><li>One<ol><li>First</li>"
        "<li>Second, which is a line so long that it has to be wrapped</li></ol></li>"
        '<li>Two</li></ul><table><thead><tr><th scope="col">What</th><th scope="col">Sum</th></tr>'
        "</thead><tbody><tr><td>Fee</td><td>12.00</td></tr>"
        "<tr><td>Interest</td><td>1.05</td></tr></tbody></table>"
    )
    second = again["A-1"]
    assert edited_body(word_file(second), second) == body


def test_each_numbered_list_begins_at_one() -> None:
    lists = "<ol><li>a</li><li>b</li></ol><p>then</p><ol><li>c</li></ol>"
    body = {"markup": lists}
    made, data = exported(body=body)
    assert edited_body(data, made) == {"markup": lists.replace("<p>", '<p dir="ltr">')}


def test_a_table_with_headings_by_row_keeps_them() -> None:
    table = (
        '<table><tbody><tr><th scope="row">Fee</th><td>1</td></tr>'
        '<tr><th scope="row">Sum</th><td>2</td></tr></tbody></table>'
    )
    made, data = exported(body={"markup": table})
    assert edited_body(data, made) == {"markup": table}


@pytest.mark.parametrize("seed", first_of(1, ["1", "2"]))
def test_a_file_is_the_same_bytes_in_another_process(seed: str) -> None:
    code = (
        "import sys, hashlib; sys.path.insert(0, 'tests'); from test_word import *\n"
        "print(hashlib.sha256(word_file(render(template=RICH)['A-1'])).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path), "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
    )
    here = word_file(render(template=RICH)["A-1"])
    assert done.stdout.strip() == digest(here)


def test_a_file_holds_no_clock_and_no_machine() -> None:
    _, data = exported()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 11, 2, 0, 0, 0)}
    properties = docx.Document(io.BytesIO(data)).core_properties
    assert str(properties.created) == str(properties.modified) == "2026-11-02 00:00:00+00:00"
    assert properties.author == "Margaret Llewelyn"


def test_libreoffice_saves_a_file_that_comes_back_the_same(
    office_writer: str, office_profile: str, tmp_path: Path
) -> None:
    """Another program's file: other runs, other styles, other ids of lists."""
    made = render(template=RICH)["A-1"]
    (tmp_path / "a.docx").write_bytes(word_file(made))
    subprocess.run(
        [office_writer, office_profile, "--headless",
         "--convert-to", "docx:MS Word 2007 XML", "--outdir", tmp_path / "out", "a.docx"],
        cwd=tmp_path, capture_output=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    saved = (tmp_path / "out/a.docx").read_bytes()
    assert edited_body(saved, made) == edited_body(word_file(made), made)


# ---- What was edited ----------------------------------------------------------------------------


def test_an_edited_body_is_the_next_versions_and_has_a_digest_of_its_own() -> None:
    made, data = exported()

    def change(document: Any) -> None:
        paragraph(document, "We are sorry.").text = "We are very sorry."
        paragraph(document, "Yours sincerely,").insert_paragraph_before("Call us.\nAny day.")

    body = edited_body(edit(data, change), made)
    assert body == "We have refunded the fee.\n\nWe are very sorry.\n\nCall us.\nAny day."
    second = render(contents={"A-1": entry(body=body)}, version=2)
    assert second["A-1"].digest != made.digest
    require_bodies(second, {"A-1": body})


def test_emphasis_and_lists_that_were_added_come_back() -> None:
    made, data = exported()

    def change(document: Any) -> None:
        closing = paragraph(document, "Yours sincerely,")
        added = closing.insert_paragraph_before("")
        added.add_run("Now").bold = True
        added.add_run(" and ")
        added.add_run("then", style="Emphasis")
        closing.insert_paragraph_before("a", style="List Bullet")
        closing.insert_paragraph_before("b", style="List Bullet 2")

    body = edited_body(edit(data, change), made)
    assert isinstance(body, dict)
    assert body["markup"].endswith(
        '<p dir="ltr"><strong>Now</strong> and <em>then</em></p>'
        "<ul><li>a<ul><li>b</li></ul></li></ul>"
    )


def test_a_template_that_prints_the_body_otherwise_is_found_out() -> None:
    other = '{% extends "letter.html" %}{% block body %}{% call element("body") %}<p>Standard.</p>'
    pack = render(template=other + "{% endcall %}{% endblock %}")
    with pytest.raises(cs.errors.LetterError, match="does not print the body as it came back"):
        require_bodies(pack, {"A-1": "Something else."})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ann Example\n1 High Street\nExampleton", "recipient"),
        ("2 November 2026", "date"),
        ("Your complaint about a fee", "subject"),
        ("Dear Ms Example,", "text outside the body"),
        ("Yours sincerely,", "closing"),
        ("I am Margaret Llewelyn, Chief Executive, and I approve this response.", "approval"),
    ],
)
def test_the_body_alone_is_edited_and_the_rest_is_not_quoted(text: str, name: str) -> None:
    made, data = exported()

    def change(document: Any) -> None:
        paragraph(document, text).text = "I approve everything."

    message = refusal(edit(data, change), made)
    assert message.startswith(f"letter A-1: {name} was changed in Word")
    assert text not in message


def test_a_body_that_was_deleted_is_no_body() -> None:
    made, data = exported()

    def change(document: Any) -> None:
        for text in BODY.split("\n\n"):
            paragraph(document, text).text = ""

    assert "body: got empty text" in refusal(edit(data, change), made)


def test_a_file_of_another_version_is_refused() -> None:
    _, data = exported(body="An older text.")
    made, _ = exported()
    assert "its code is not in the Word file; edit a file that was made of version 1" in refusal(
        data, made
    )


# ---- What a letter does not hold ----------------------------------------------------------------

SORRY = "<w:t>We are sorry.</w:t>"
RUN = f"<w:r>{SORRY}</w:r>"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (RUN, f'<w:ins w:id="1" w:author="x">{RUN}</w:ins>', "a tracked change"),
        (RUN, '<w:del w:id="1"><w:r><w:delText>x</w:delText></w:r></w:del>', "a tracked change"),
        (SORRY, f'<w:rPr><w:rPrChange w:id="1"/></w:rPr>{SORRY}', "a tracked change"),
        (RUN, f'<w:commentRangeStart w:id="0"/>{RUN}', "a comment"),
        (RUN, f'<w:hyperlink w:anchor="x">{RUN}</w:hyperlink>', "a link"),
        (RUN, f'<w:fldSimple w:instr="DATE">{RUN}</w:fldSimple>', "a field"),
        (SORRY, "<w:instrText>INCLUDETEXT x</w:instrText>", "a field"),
        (SORRY, "<w:drawing/>", "a picture or a shape"),
        (SORRY, "<w:object/>", "an embedded object"),
        (SORRY, '<w:sym w:font="Wingdings" w:char="F0FC"/>', "a character of a symbol font"),
        (SORRY, '<w:footnoteReference w:id="1"/>', "a footnote"),
        (SORRY, '<w:br w:type="page"/>', "a break of page"),
        (SORRY, f"<w:rPr><w:vanish/></w:rPr>{SORRY}", "hidden words"),
        (SORRY, f"<w:rPr><w:strike/></w:rPr>{SORRY}", "struck words"),
        (
            SORRY,
            f'<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>{SORRY}',
            "raised or lowered characters",
        ),
        (RUN, f"<w:sdt><w:sdtContent>{RUN}</w:sdtContent></w:sdt>", "a content control"),
        (RUN, f'<w:bdo w:val="rtl">{RUN}</w:bdo>', "<bdo>, which letters do not need"),
        (SORRY, "<w:t>a\u200b\u0085</w:t>", "a control character"),
        (
            f"<w:p>{RUN}</w:p>",
            "<w:tbl><w:tr><w:tc><w:tbl/><w:p/></w:tc></w:tr></w:tbl>",
            "a table inside a table",
        ),
        (
            f"<w:p>{RUN}</w:p>",
            '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p/></w:tc></w:tr>'
            "</w:tbl>",
            "cells that were merged",
        ),
        (
            RUN,
            f'<w:pPr><w:pStyle w:val="Heading4"/></w:pPr>{RUN}',
            "a heading of the fourth level",
        ),
    ],
)
def test_what_a_letter_does_not_hold_is_refused_with_its_place(
    old: str, new: str, reason: str
) -> None:
    made, data = exported()
    message = refusal(with_xml(data, old, new), made)
    assert message.startswith("letter A-1, paragraph "), message
    assert reason in message
    assert "We are" not in message


def test_all_that_was_found_is_said_at_once() -> None:
    made, data = exported()
    changed = with_xml(data, RUN, f'<w:ins w:id="1">{RUN}</w:ins>')
    changed = with_xml(changed, "<w:t>We have", "<w:drawing/><w:t>We have")
    assert refusal(changed, made).startswith(problems(2))


@pytest.mark.parametrize(
    ("kind", "mode", "reason"),
    [
        ("hyperlink", "External", "a link"),
        ("image", "Internal", "a picture"),
        ("attachedTemplate", "External", "a template in another file"),
        ("oleObject", "Internal", "an embedded object"),
        ("aFChunk", "Internal", "another document inside"),
        ("comments", "Internal", "comments"),
        ("vbaProject", "Internal", "macros"),
        ("header", "External", "refers to another file ('header')"),
        ("subDocument", "Internal", "'subDocument', which letters do not need"),
    ],
)
def test_a_part_that_runs_fetches_or_hides_is_refused(kind: str, mode: str, reason: str) -> None:
    made, data = exported()
    relation = f'<Relationship Id="x" Type="http://x/{kind}" Target="y" TargetMode="{mode}"/>'
    changed = with_xml(
        data, "</Relationships>", f"{relation}</Relationships>", "word/_rels/document.xml.rels"
    )
    assert reason in refusal(changed, made)


#: What Word keeps comments in, by the kind of the relation, and the name of each part's element.
COMMENTS = {
    "comments": "comments", "commentsExtended": "commentsEx", "commentsIds": "commentsIds",
}  # fmt: skip


@pytest.mark.parametrize("kind", COMMENTS)
@pytest.mark.parametrize("target", ["left.xml", "/word/left.xml", "../word/left.xml"])
def test_a_part_of_comments_that_holds_none_is_no_comment(kind: str, target: str) -> None:
    """Word keeps the part once the last comment is deleted; one comment is still refused."""
    made, data = exported()
    relation = f'<Relationship Id="x" Type="http://x/{kind}" Target="{target}"/>'
    changed = with_xml(
        data, "</Relationships>", f"{relation}</Relationships>", "word/_rels/document.xml.rels"
    )
    tag = COMMENTS[kind]
    empty = f'<?xml version="1.0"?><w:{tag} xmlns:w="http://w"> </w:{tag}>'
    assert isinstance(
        edited_body(with_parts(changed, {"word/left.xml": empty.encode()}), made), str
    )
    one = empty.replace("> <", "><w:comment/><")
    assert "comments" in refusal(with_parts(changed, {"word/left.xml": one.encode()}), made)
    assert "comments" in refusal(changed, made), "a part that is not there is no empty one"
    outside = with_xml(
        changed, f'Target="{target}"', f'Target="{target}" TargetMode="External"',
        "word/_rels/document.xml.rels",
    )  # fmt: skip
    assert "comments" in refusal(with_parts(outside, {"word/left.xml": empty.encode()}), made)


def test_macros_are_refused_whatever_names_them() -> None:
    made, data = exported()
    assert "macros" in refusal(with_parts(data, {"word/vbaProject.bin": b"x"}), made)
    types = part_of(data, "[Content_Types].xml").replace(b"document.main", b"macroEnabled.main")
    assert "macros" in refusal(with_parts(data, {"[Content_Types].xml": types}), made)


LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(10)
)


@pytest.mark.parametrize(
    "declared",
    [
        b"<!DOCTYPE w [" + LAUGHS + b"]>",
        b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE w SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_entities_are_neither_expanded_nor_fetched(declared: bytes) -> None:
    made, data = exported()
    xml = part_of(data, "word/document.xml")
    head, _, rest = xml.partition(b"?>")
    use = b"&l9;" if b"l9" in declared else b"&x;" if b"x SYSTEM" in declared else b""
    hostile = head + b"?>" + declared + rest.replace(b"We are sorry.", use)
    message = refusal(with_parts(data, {"word/document.xml": hostile}), made)
    assert "declares a document type" in message or "not well-formed" in message
    assert "root:" not in message


def test_a_file_that_unpacks_without_end_is_refused_before_it_does() -> None:
    made, data = exported()
    bomb = with_parts(data, {"word/media/a.xml": b"\0" * (WORD_FILE.most_unpacked + 1)})
    assert len(bomb) < 2**20
    assert "unpacks to more than" in refusal(bomb, made)


def test_a_size_in_the_header_that_lies_is_found_out() -> None:
    made, data = exported()
    size = WORD_FILE.most_unpacked + 1
    bomb = with_parts(data, {"word/media/a.xml": b"\0" * size})
    assert refusal(bomb.replace(size.to_bytes(4, "little"), (9).to_bytes(4, "little")), made)


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", b"x" * 100, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600],
    ids=["nothing", "a start", "no zip", "an old .doc"],
)
def test_what_is_no_word_file_is_refused(data: bytes) -> None:
    made, _ = exported()
    assert refusal(data, made).startswith("letter A-1: cannot be opened as a Word file")


def test_another_office_file_is_no_word_document() -> None:
    made, data = exported()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as new:
        for name, part_ in parts.items():
            new.writestr(name.replace("word/", "xl/"), part_)
    assert "got a file without a Word document" in refusal(other.getvalue(), made)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_stands_twice_is_refused() -> None:
    """Two programs would read two letters."""
    made, data = exported()
    twice = io.BytesIO(data)
    with zipfile.ZipFile(twice, "a") as archive:
        archive.writestr("word/document.xml", part_of(data, "word/document.xml"))
    assert "a part appears in it twice" in refusal(twice.getvalue(), made)


@pytest.mark.parametrize("name", ["word/../../evil.xml", "word//document.xml", "./a.xml"])
def test_a_part_that_stands_elsewhere_is_refused(name: str) -> None:
    """What unpacks it would write it outside of its folder, or over another part."""
    made, data = exported()
    assert f"the part {name!r} is in another place" in refusal(with_parts(data, {name: b""}), made)


def test_too_many_parts_and_too_many_bytes_are_refused() -> None:
    made, data = exported()
    many = with_parts(data, {f"word/media/{n}.xml": b"" for n in range(WORD_FILE.most_parts)})
    assert "parts; give at most" in refusal(many, made)
    assert "bytes; give at most" in refusal(data + b"\0" * WORD_FILE.most_bytes, made)


def test_a_list_that_goes_on_counting_is_refused() -> None:
    """Rendered anew it would begin at 1, and a text that speaks of item 3 would be wrong."""
    made, data = exported()

    def change(document: Any) -> None:
        closing = paragraph(document, "Yours sincerely,")
        for text, style in (("a", "List Number"), ("between", None), ("b", "List Number")):
            closing.insert_paragraph_before(text, style=style)

    assert "a list that does not begin at 1" in refusal(edit(data, change), made)


# ---- Bodies that are markup ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        '<p onclick="x()">a</p>',
        '<section data-element="approval"><p>I approve.</p></section>',
        "<p>a&#x202e;b</p>",
        "<p>a&#8232;b</p>",
        "<p>a",
        "<img src=x>",
        None,
    ],
)
def test_markup_in_a_body_is_data_of_the_closed_set(markup: object) -> None:
    with pytest.raises(cs.errors.LetterError, match="letter A-1"):
        render(contents={"A-1": entry(body={"markup": markup})})


# ---- A template of one's own --------------------------------------------------------------------


def template(*paragraphs: str, foot: str = "{{ unit_id }} {{ code }}") -> bytes:
    """A Word template with these paragraphs."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.sections[0].footer.paragraphs[0].text = foot
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


LOOP = ("{%p for line in paragraphs %}", "{{ line }}", "{%p endfor %}")
OWN = template("{{ recipient }}", "{{ date | longdate }}", *LOOP, "{{ signatory.name }}")


def test_a_template_prints_the_fields_and_its_body_comes_back() -> None:
    made = render()["A-1"]
    data = word_file(made, template=OWN, fields=letter())
    texts = [found.text for found in docx.Document(io.BytesIO(data)).paragraphs]
    assert texts == ["Ann Example", "2 November 2026", *BODY.split("\n\n"), "Margaret Llewelyn"]

    def change(document: Any) -> None:
        paragraph(document, "We are sorry.").text = "We apologise."

    body = edited_body(edit(data, change), made, template=OWN, fields=letter())
    assert body == "We have refunded the fee.\n\nWe apologise."


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ 7 * 7 }}",
        "{% for x in range(9) %}x{% endfor %}",
        "</w:t></w:r></w:p><w:p><w:r><w:t>I approve.",
        "<w:p>&amp;&lt;",
        "\"'><!--",
        "&#x41;",
        "{{r recipient }}",
    ],
)
def test_a_field_is_text_in_a_template_and_never_code(hostile: str) -> None:
    fields = letter(recipient=hostile, body=f"{hostile}\n{hostile}\n\nEnd.")
    made = render(contents={"A-1": {"letter": fields}})["A-1"]
    data = word_file(made, template=OWN, fields=fields)
    texts = [found.text for found in docx.Document(io.BytesIO(data)).paragraphs]
    assert texts[0] == hostile
    assert texts[2] == f"{hostile}\n{hostile}"
    assert edited_body(data, made, template=OWN, fields=fields) == fields["body"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ nothing }}", "the field 'nothing' is missing"),
        ("{{ body }}", "the field 'body' is missing"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ paragraphs.append(1) }}", "unsafe"),
        ("{{ cycler.__init__.__globals__ }}", "unsafe"),
        ("{% include 'letter.html' %}", "the Word template"),
        ("{{ recipient | safe }}", "No filter named 'safe'"),
        ("{% autoescape false %}{{ recipient }}{% endautoescape %}", "'autoescape' is always on"),
        ("{{ address }}", "a list of 2 would be printed"),
        ("{{ recipient", "appears 0 times"),
        ("{{ none }}", "'none' is never printed"),
    ],
)
def test_a_template_that_reaches_out_or_breaks_is_refused(text: str, reason: str) -> None:
    made = render()["A-1"]
    with pytest.raises(cs.errors.LetterError) as caught:
        word_file(made, template=template(text, *LOOP), fields=letter())
    assert str(caught.value).startswith("letter A-1: ")
    assert reason in str(caught.value)
    assert "Ann" not in str(caught.value)


def test_a_template_that_loops_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    from ceosample.letters import child_process
    from ceosample.letters.word import template as module

    monkeypatch.setattr(module, "LIMITS", child_process.Limits(seconds=1))
    made = render()["A-1"]
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    with pytest.raises(cs.errors.LetterError, match="took longer than 1 seconds"):
        word_file(made, template=template(loop, *LOOP), fields=letter())


def test_a_template_must_print_the_code_and_the_body_once() -> None:
    made = render()["A-1"]
    with pytest.raises(cs.errors.LetterError, match=r"print \{\{ code \}\} in the Word"):
        word_file(made, template=template(*LOOP, foot=""), fields=letter())
    with pytest.raises(cs.errors.LetterError, match="appears 0 times"):
        word_file(made, template=template("{{ recipient }}"), fields=letter())
    with pytest.raises(cs.errors.LetterError, match="appears 2 times"):
        word_file(made, template=template(*LOOP, "x", *LOOP), fields=letter())


def test_a_template_with_macros_is_refused() -> None:
    made = render()["A-1"]
    hostile = with_parts(OWN, {"word/vbaProject.bin": b"x"})
    with pytest.raises(cs.errors.LetterError, match="the Word template: holds macros"):
        word_file(made, template=hostile, fields=letter())


def test_a_letter_without_a_body_of_its_own_is_refused() -> None:
    bare = '{% call element("approval") %}<p>Approved.</p>{% endcall %}'
    with pytest.raises(cs.errors.LetterError, match="marks 0 bodies"):
        word_file(render(template=bare)["A-1"])


def test_no_style_of_the_file_is_of_another_language() -> None:
    made = render(language="cy", template=WORDLESS)["A-1"]
    styles = part_of(word_file(made), "word/styles.xml").decode()
    assert set(re.findall(r'<w:lang [^>]*w:val="([^"]+)"', styles)) == {"cy"}
