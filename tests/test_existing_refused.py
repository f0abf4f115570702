"""PDFs that cannot be signed as they are, each refused in words that say what to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

import existing
from ceosample.errors import LetterError
from ceosample.letters import child_process
from ceosample.letters.existing import read
from ceosample.letters.existing.existing_letter import MOST_BYTES, MOST_PAGES
from ceosample.letters.existing.given import look_at, path_inside, pdf_of
from ceosample.letters.existing.read import read_letters
from ceosample.letters.existing.refuse import faults_of_pdf


def action(kind: str, **fields: Any) -> Dictionary:
    return Dictionary(S=Name(f"/{kind}"), **fields)


def opens_with(kind: str, **fields: Any) -> Callable[[Pdf], None]:
    def change(pdf: Pdf) -> None:
        pdf.Root.OpenAction = action(kind, **fields)

    return change


def notes(*notes: Dictionary) -> Callable[[Pdf], None]:
    def change(pdf: Pdf) -> None:
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note) for note in notes])

    return change


def note(kind: str, **fields: Any) -> Dictionary:
    return Dictionary(Type=Name.Annot, Subtype=Name(f"/{kind}"), Rect=Array([0, 0, 9, 9]), **fields)


def attach(pdf: Pdf) -> None:
    pdf.attachments["terms.txt"] = b"hello"


def attach_to_page(pdf: Pdf) -> None:
    file = Dictionary(Type=Name.Filespec, F=String("a"), EF=Dictionary(F=pdf.make_stream(b"a")))
    notes(note("FileAttachment", FS=file))(pdf)


def form(pdf: Pdf) -> None:
    field = pdf.make_indirect(note("Widget", FT=Name.Tx, T=String("name")))
    pdf.pages[0].obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


def xfa(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=pdf.make_stream(b"<xdp/>"))


def signature(pdf: Pdf) -> None:
    value = pdf.make_indirect(Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3])))
    field = pdf.make_indirect(note("Widget", FT=Name.Sig, T=String("s"), V=value))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)


def names_script(pdf: Pdf) -> None:
    script = action("JavaScript", JS=String("1"))
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))


def on_page(pdf: Pdf) -> None:
    pdf.pages[1].obj.AA = Dictionary(O=action("GoTo", D=String("x")))


def later_script(pdf: Pdf) -> None:
    """A harmless action whose next one is a script, inside of a bookmark."""
    nested = action("URI", URI=String("https://a.example"), Next=action("JavaScript", JS="1"))
    pdf.Root.Outlines = pdf.make_indirect(Dictionary(First=Dictionary(Title="a", A=nested)))


def hidden_layer(pdf: Pdf) -> None:
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("draft")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))


def elsewhere(pdf: Pdf) -> None:
    stream = pdf.make_stream(b"")
    stream.F = String("other.bin")
    pdf.pages[0].obj.Extra = stream


@pytest.mark.parametrize(
    ("change", "what", "do"),
    [
        (opens_with("JavaScript", JS=String("1")), "a script (JavaScript)", "print it to PDF"),
        (names_script, "a script (JavaScript)", "print it to PDF"),
        (later_script, "a script (JavaScript)", "print it to PDF"),
        (opens_with("Launch", F=String("a")), "an action that starts a program", "print it"),
        (opens_with("SubmitForm", F=String("a")), "an action that sends data", "print it"),
        (opens_with("ImportData", F=String("a")), "an action that reads a file", "print it"),
        (opens_with("GoToR", F=String("a"), D=String("x")), "opens another file", "print it"),
        (opens_with("GoToE", D=String("x")), "an action that opens an attachment", "print it"),
        (opens_with("Hide", T=String("x")), "an action that hides parts of it", "print it"),
        (on_page, "actions that start by themselves", "print it to PDF"),
        (attach, "an attached file", "remove the attachment"),
        (attach_to_page, "an attached file", "remove the attachment"),
        (form, "a form", "its fields become plain text"),
        (xfa, "a form (XFA)", "its fields become plain text"),
        (signature, "a digital signature", "give the letter unsigned"),
        (notes(note("Text", Contents=String("really?"))), "a comment", "delete the comments"),
        (notes(note("FreeText", Contents=String("?"))), "a comment", "delete the comments"),
        (notes(note("Screen")), "a film or a sound", "print it to PDF"),
        (notes(note("RichMedia")), "a film or a sound", "print it to PDF"),
        (hidden_layer, "a layer that is hidden", "print it to PDF as it should be seen"),
        (elsewhere, "parts that lie in another file", "print it to PDF"),
    ],
    ids=lambda value: value.__name__ if callable(value) else str(value)[:24],
)  # fmt: skip
def test_what_could_act_hide_or_be_lost_is_refused(
    change: Callable[[Pdf], None], what: str, do: str
) -> None:
    faults = faults_of_pdf(existing.changed(change))
    assert [fault for fault in faults if what in fault and do in fault]


def test_an_ordinary_letter_with_a_link_and_bookmarks_is_taken() -> None:
    linked = existing.letter('= Your complaint\n#link("https://ombudsman.example")[how]')
    tagged = existing.changed(
        lambda pdf: None, linked, object_stream_mode=pikepdf.ObjectStreamMode.generate
    )
    assert [faults_of_pdf(one) for one in (linked, tagged, existing.letter())] == [[], [], []]


def test_a_layer_that_is_always_seen_is_no_reason_to_refuse() -> None:
    def shown(pdf: Pdf) -> None:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("letterhead")))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(ON=Array([layer])))

    assert faults_of_pdf(existing.changed(shown)) == []


@pytest.mark.parametrize("user", ["", "secret"])
def test_an_encrypted_pdf_is_refused_with_or_without_a_password_to_open_it(user: str) -> None:
    locked = existing.changed(
        lambda pdf: None,
        encryption=pikepdf.Encryption(owner="o", user=user),
        deterministic_id=False,
    )
    (fault,) = faults_of_pdf(locked)
    assert "encrypted" in fault
    assert "save it without a password" in fault


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-200],
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"startxref\n", b"startxref\n9"),
        lambda data: data.replace(b"/Type/Pages", b"/Type/Pagez").replace(b"/Kids", b"/Kidz"),
        lambda data: b"%PDF-1.7\n" + b"x" * 100,
    ],
    ids=["without its end", "half", "wrong offset", "without pages", "not one at all"],
)
def test_a_damaged_pdf_is_refused(damage: Callable[[bytes], bytes]) -> None:
    (fault, *_) = faults_of_pdf(damage(existing.letter()))
    assert "damaged" in fault or "got 0 pages" in fault


def test_a_letter_has_at_most_fifty_pages() -> None:
    def pages(count: int) -> bytes:
        def more(pdf: Pdf) -> None:
            for _ in range(count - len(pdf.pages)):
                pdf.add_blank_page()

        return existing.changed(more)

    assert faults_of_pdf(pages(MOST_PAGES)) == []
    assert faults_of_pdf(pages(MOST_PAGES + 1)) == ["pdf: got 51 pages; give a letter of 1 to 50"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (b"", "pdf: got an empty file; give the finished letter as PDF"),
        (b"GIF89a", "pdf: got a file that does not begin as a PDF; give"),
        (b"%PDF-" + bytes(MOST_BYTES), "pdf: got more than 20 MB; give a smaller PDF"),
        (42, "pdf: got a whole number; give the bytes of a PDF or a Word file, or its path"),
        (["a.pdf"], "pdf: got a list of 1; give the bytes of a PDF or a Word file, or its path"),
    ],
    ids=["empty", "a picture", "too large", "a number", "a list"],
)
def test_what_is_no_pdf_is_refused_before_anything_looks_into_it(given: Any, message: str) -> None:
    for step in (pdf_of, look_at):
        with pytest.raises(LetterError) as caught:
            step(given)
        assert message in str(caught.value)


def test_a_file_is_opened_only_if_it_is_one(tmp_path: Path) -> None:
    """A pipe would wait for ever, and a link lead anywhere."""
    (tmp_path / "letter.pdf").write_bytes(existing.letter())
    (tmp_path / "link.pdf").symlink_to(tmp_path / "letter.pdf")
    (tmp_path / "folder.pdf").mkdir()
    os.mkfifo(tmp_path / "pipe.pdf")
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF-1.7")
    os.truncate(large, MOST_BYTES + 1)
    assert pdf_of(tmp_path / "letter.pdf").data == pdf_of(str(tmp_path / "letter.pdf")).data
    look_at(tmp_path / "letter.pdf")
    for name, what in {
        "link.pdf": "got a link",
        "folder.pdf": "got a folder",
        "pipe.pdf": "got a pipe",
        "large.pdf": "got more than 20 MB",
        "absent.pdf": "not there",
        "nul\0.pdf": "cannot be read",
    }.items():
        for step in (pdf_of, look_at):
            with pytest.raises(LetterError) as caught:
                step(str(tmp_path / name))
            assert what in str(caught.value), (name, step)


@pytest.mark.parametrize(
    "name",
    ["../a.pdf", "/etc/passwd", "a/../../b.pdf", "a//b.pdf", "", ".", "..", "a\\b.pdf", "C:a.pdf",
     "a\n.pdf", "a\0.pdf", " a.pdf", "a.pdf.", "out/a.pdf"],
)  # fmt: skip
def test_no_name_leads_out_of_its_folder(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "out").symlink_to(tmp_path)
    with pytest.raises(LetterError) as caught:
        path_inside(folder, name)
    assert "pdf: got the file name" in str(caught.value)


def test_a_name_below_the_folder_is_a_path(tmp_path: Path) -> None:
    assert path_inside(tmp_path, "oct/Gŵyn 7.pdf") == tmp_path / "oct" / "Gŵyn 7.pdf"


def draws_itself(pdf: Pdf) -> None:
    """A drawing of ten drawings of ten drawings, and so on: a small file, and work for long."""
    drawn = Dictionary()
    for _ in range(6):
        form = pdf.make_stream(b"/F Do " * 10, Type=Name.XObject, Subtype=Name.Form)
        form.BBox, form.Resources = Array([0, 0, 595, 842]), Dictionary(XObject=drawn)
        drawn = Dictionary(F=form)
    pdf.pages[0].obj.Resources = Dictionary(XObject=drawn)
    pdf.pages[0].obj.Contents = pdf.make_stream(b"/F Do")


@pytest.mark.slow
def test_a_pdf_that_takes_too_long_is_refused_and_the_next_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = {"A-1": pdf_of(existing.changed(draws_itself))}
    with monkeypatch.context() as patched:
        patched.setattr(read, "LIMITS", child_process.Limits(seconds=0.3, megabytes=2048))
        with pytest.raises(LetterError, match=r"letter A-1, pdf: took longer than 0.3 seconds"):
            read_letters(given)
    assert [*read_letters({"A-2": pdf_of(existing.letter())})] == ["A-2"]


def test_every_letter_that_is_refused_is_named_with_every_reason() -> None:
    def both(pdf: Pdf) -> None:
        attach(pdf)
        on_page(pdf)

    given = {"A-1": existing.changed(both), "A-2": existing.letter(), "A-3": b"%PDF-1.4 no"}
    with pytest.raises(LetterError) as caught:
        read_letters({name: pdf_of(data) for name, data in given.items()})
    faults = caught.value.faults
    assert [fault.partition(",")[0] for fault in faults] == ["letter A-1"] * 2 + ["letter A-3"]
    assert all(fault.count(";") == 1 for fault in faults)
