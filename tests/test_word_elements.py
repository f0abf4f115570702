"""Ready letters in Word: each marked element goes out in a control and comes back, or is missed."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

import ceosample as cs
import ready
from ceosample.letters.markup import tree
from ceosample.letters.word.edit import edited_body, require_bodies, word_file
from needed import PATIENCE
from test_letters import entry, render

pytestmark = pytest.mark.slow

REGIME, KIND = "fca-disp-1.6.2r", "upheld"

#: Elements of which one is a table, one a list, one inside another, and two have one name.
MARKED = """{% extends "letter.html" %}{% block body %}{% call element("body") %}
<p>Before.</p>
{% call element("sums") %}<table><tr><td>Fee</td><td>12.00</td></tr></table>{% endcall %}
{% call element("steps") %}<ul><li>One</li><li>Two</li></ul>{% endcall %}
{% call element("outer") %}<h2>Outer</h2>{% call element("inner") %}<p><strong>In</strong>side</p>
{% endcall %}{% endcall %}
{% call element("note") %}<p>First note.</p>{% endcall %}
{% call element("note") %}<p>Second note.</p>{% endcall %}
{% endcall %}{% endblock %}"""


@cache
def ready_pack() -> cs.Pack:
    return ready.pack(ready.contents(REGIME, KIND))


def ready_letter() -> cs.Letter:
    return ready_pack()["A-1"]


@cache
def ready_file() -> bytes:
    return word_file(ready_letter())


def body_of(letter: cs.Letter) -> list[tree.Node]:
    (found,) = [inside for name, inside in tree.elements(letter.tree) if name == "body"]
    return found


def edit(data: bytes, change: Callable[[Any], object]) -> bytes:
    """A Word file after its body was changed and saved."""
    document = docx.Document(io.BytesIO(data))
    change(document.element.body)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def control(body: Any, title: str) -> Any:
    """The control with this title."""
    return next(
        node
        for node in body.iter(qn("w:sdt"))
        if node.find(qn("w:sdtPr")).find(qn("w:alias")).get(qn("w:val")) == title
    )


def paragraphs(control_: Any) -> list[Any]:
    return [*control_.find(qn("w:sdtContent")).iter(qn("w:p"))]


def set_text(paragraph: Any, text: str) -> None:
    for run in paragraph.iter(qn("w:t")):
        run.text, text = text, ""


def drop(node: Any) -> None:
    node.getparent().remove(node)


def through_libreoffice(office_writer: str, profile: str, folder: Path, data: bytes) -> bytes:
    """The file opened in LibreOffice and saved again as one of Word's."""
    (folder / "a.docx").write_bytes(data)
    subprocess.run(
        [office_writer, profile, "--headless",
         "--convert-to", "docx:MS Word 2007 XML", "--outdir", folder / "out", "a.docx"],
        cwd=folder, capture_output=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    return (folder / "out/a.docx").read_bytes()


# ---- As it was ----------------------------------------------------------------------------------


def test_a_ready_letter_that_nobody_edited_comes_back_to_the_node() -> None:
    """Names that keep their direction are no part of Word's text, and are not lost."""
    made = ready_letter()
    body = edited_body(ready_file(), made)
    assert isinstance(body, dict)
    assert "<bdi>Financial Ombudsman Service</bdi>" in body["markup"]
    assert tree.parse(body["markup"]) == body_of(made)


def test_libreoffice_saves_every_element_whole(
    office_writer: str, office_profile: str, tmp_path: Path
) -> None:
    """It drops tags and cuts controls down; bold words at the head of an element stay bold, too."""
    made = ready_letter()
    saved = through_libreoffice(office_writer, office_profile, tmp_path, word_file(made))
    body = edited_body(saved, made)
    assert isinstance(body, dict)
    assert tree.parse(body["markup"]) == body_of(made)


def test_tables_lists_and_elements_in_elements_survive_libreoffice(
    office_writer: str, office_profile: str, tmp_path: Path
) -> None:
    made = render(template=MARKED)["A-1"]
    saved = through_libreoffice(office_writer, office_profile, tmp_path, word_file(made))
    body = edited_body(saved, made)
    assert isinstance(body, dict)
    assert tree.parse(body["markup"]) == body_of(made)


# ---- What was edited ----------------------------------------------------------------------------


def test_an_edited_element_is_the_next_versions_and_keeps_its_mark() -> None:
    made = ready_letter()

    def change(body: Any) -> None:
        *_, last = paragraphs(control(body, "Remedy"))
        set_text(last, "We will pay you twice.")
        more = deepcopy(last)
        set_text(more, "And we are sorry.")
        for mark in [*more.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"))]:
            drop(mark)
        last.addnext(more)

    body = edited_body(edit(ready_file(), change), made)
    contents = ready.contents(REGIME, KIND)
    contents["letter"]["body"] = body
    again = ready.pack(contents, version=2)
    require_bodies(again, {"A-1": body})
    (remedy,) = [inside for name, inside in tree.elements(again["A-1"].tree) if name == "remedy"]
    assert tree.to_text(remedy).endswith("We will pay you twice.\nAnd we are sorry.\n")
    assert again.unprinted == ready_pack().unprinted
    assert edited_body(word_file(again["A-1"]), again["A-1"]) == body


def test_what_libreoffice_left_of_a_control_is_made_whole_by_its_bookmarks() -> None:
    """A control around the first paragraph alone, inside of it: 7.4 writes one for some files."""
    made = ready_letter()

    def change(body: Any) -> None:
        found = control(body, "Remedy")
        for block in reversed([*found.find(qn("w:sdtContent"))]):
            found.addnext(block)
        drop(found)

    body = edited_body(edit(ready_file(), change), made)
    assert isinstance(body, dict)
    assert tree.parse(body["markup"]) == body_of(made)


def test_text_that_replaced_a_controls_paragraphs_is_the_elements() -> None:
    """Typed over, its bookmarks are gone and the control is there."""
    made = ready_letter()

    def change(body: Any) -> None:
        for mark in [*control(body, "Findings").iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"))]:
            drop(mark)

    body = edited_body(edit(ready_file(), change), made)
    assert isinstance(body, dict)
    assert tree.parse(body["markup"]) == body_of(made)


# ---- Removed or emptied -------------------------------------------------------------------------


def refusal(change: Callable[[Any], object]) -> str:
    made = ready_letter()
    with pytest.raises(cs.errors.LetterError) as caught:
        edited_body(edit(ready_file(), change), made)
    assert "second fee" not in str(caught.value)
    return str(caught.value)


def test_an_element_that_was_removed_is_named() -> None:
    said = refusal(lambda body: drop(control(body, "Six months")))
    assert said == (
        "letter A-1: the element 'six_months' was removed in Word; put it back, or change the "
        "letter's fields in the contents and rework it without Word"
    )


def test_an_element_that_was_emptied_is_named() -> None:
    def change(body: Any) -> None:
        for paragraph in paragraphs(control(body, "Remedy")):
            set_text(paragraph, " ")

    assert refusal(change).startswith("letter A-1: the element 'remedy' was emptied in Word; give")


def test_the_words_that_word_shows_in_an_empty_control_are_no_text() -> None:
    def change(body: Any) -> None:
        found = control(body, "Remedy")
        found.find(qn("w:sdtPr")).append(docx.oxml.OxmlElement("w:showingPlcHdr"))
        first, *rest = paragraphs(found)
        for paragraph in rest:
            drop(paragraph)
        set_text(first, "Click or tap here to enter text.")

    assert refusal(change).startswith("letter A-1: the element 'remedy' was emptied in Word; give")


def test_all_elements_that_are_missing_are_named_at_once() -> None:
    def change(body: Any) -> None:
        for title in ("Leaflet", "Right to refer"):
            drop(control(body, title))

    said = refusal(change)
    assert "'leaflet' was removed" in said
    assert "'right_to_refer' was removed" in said


def test_a_copy_of_an_element_is_refused() -> None:
    def change(body: Any) -> None:
        found = control(body, "Leaflet")
        found.addnext(deepcopy(found))

    assert "the element 'leaflet' appears twice in the Word file; remove" in refusal(change)


def test_elements_that_overlap_are_refused() -> None:
    """An end of one was moved into the next: whose text is it?"""

    def change(body: Any) -> None:
        moved = paragraphs(control(body, "Findings"))[-1]
        paragraphs(control(body, "Reasons"))[0].addnext(moved)

    assert "the elements 'findings' and 'reasons' overlap in the Word file; move" in refusal(change)


def test_a_control_of_another_kind_is_still_refused() -> None:
    def change(body: Any) -> None:
        chosen = docx.oxml.OxmlElement("w:dropDownList")
        control(body, "Leaflet").find(qn("w:sdtPr")).append(chosen)

    assert "holds a content control" in refusal(change)


def test_markup_in_the_contents_marks_elements_and_no_part_around_the_body() -> None:
    marked = {"markup": '<section data-element="remedy"><p>We pay.</p></section>'}
    made = render(contents={"A-1": entry(body=marked)})["A-1"]
    assert [name for name, _ in tree.elements(body_of(made))] == ["remedy"]
    markup = {"markup": '<section data-element="body"><p>We pay.</p></section>'}
    with pytest.raises(cs.errors.LetterError, match="marks the element 'body'; mark it in"):
        render(contents={"A-1": entry(body=markup)})


def test_a_body_from_word_must_mark_what_its_regime_asks() -> None:
    """The contents may be edited by hand, too."""
    contents = ready.contents(REGIME, KIND, body={"markup": "<p>We pay.</p>"})
    with pytest.raises(cs.errors.LetterError, match=r"the element 'six_months' .* is missing"):
        ready.pack(contents)
