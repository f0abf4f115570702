"""Finished letters as Word files: printed once by LibreOffice, kept, and signed as that PDF."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import docx
import pytest

import ceosample as cs
import existing
from ceosample.canonical import digest
from ceosample.job.sources import existing_files as sources
from ceosample.letters.check_contents import ContentsReport
from ceosample.letters.contents.content_digest import digest_of_fields
from ceosample.letters.existing import convert, read
from ceosample.letters.existing.given import look_at, pdf_of
from command import asked
from test_existing_command import CHECK, DICE, RUN, firm, give, run

pytestmark = pytest.mark.slow

NO_LIBREOFFICE = (
    "pdf: got a Word file, and LibreOffice, which prints it, is not installed; install it"
)


@cache
def word(words: str = "We have paid the fee back.") -> bytes:
    """A finished letter in Word, with a heading, a table and an address of the web."""
    document = docx.Document()
    document.add_heading("Your complaint", 1)
    document.add_paragraph(words)
    document.add_table(rows=1, cols=2).cell(0, 0).text = "Fee"
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def with_part(name: str, old: str, new: str, data: bytes | None = None) -> bytes:
    """A Word file with a piece of one part replaced, or a part added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data or word())) as there, zipfile.ZipFile(made, "w") as to:
        for other in there.namelist():
            text = there.read(other)
            if other == name:
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode(), 1)
            to.writestr(other, text)
        if name not in there.namelist():
            to.writestr(name, new)
    return made.getvalue()


def in_body(xml: str) -> bytes:
    return with_part("word/document.xml", "<w:sectPr", f"{xml}<w:sectPr")


def related(kind: str, mode: str = "Internal") -> bytes:
    relation = f'<Relationship Id="x" Type="http://x/{kind}" Target="y" TargetMode="{mode}"/>'
    return with_part(
        "word/_rels/document.xml.rels", "</Relationships>", f"{relation}</Relationships>"
    )


def given(ids: Any) -> dict[str, Any]:
    return {unit_id: {"letter": {"pdf": word(f"We paid {unit_id}.")}} for unit_id in ids}


# ---- Printed, once ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("word") / "converted"


@pytest.fixture(scope="module")
def pack(office_writer: str, kept: Path) -> cs.Pack:
    return existing.pack_of(given, converted=kept)


def test_a_word_letter_is_signed_as_the_pdf_that_was_made_of_it(pack: cs.Pack, kept: Path) -> None:
    for letter in pack.letters:
        source = digest(word(f"We paid {letter.unit_id}."))
        assert letter.existing is not None
        assert letter.existing["source"] == source
        posted = pack.rendered[letter.pdf]
        assert letter.digest == digest(posted)
        assert (kept / f"{source}.{letter.digest}.pdf").read_bytes() == posted
        assert f"We paid {letter.unit_id}." in letter.existing["pages"][0]["text"]
        html = pack.rendered["pack.html"].decode()
        assert f'<dt>Word file</dt><dd class="digest">{source}</dd>' in html
    assert len([*kept.iterdir()]) == len(pack.letters)


def test_a_second_run_uses_the_pdf_that_was_kept(
    pack: cs.Pack, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Printed again it would be another file, and the signature would be of none."""
    monkeypatch.setattr(convert, "libreoffice", lambda: pytest.fail("was started again"))
    assert existing.pack_of(given, converted=kept).files() == pack.files()


def test_a_kept_pdf_that_was_changed_is_refused(pack: cs.Pack, kept: Path, tmp_path: Path) -> None:
    for path in kept.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(cs.errors.LetterError, match=r"was changed since it was made; restore it"):
        existing.pack_of(given, converted=tmp_path)


def test_a_month_of_word_letters_is_drawn_rendered_and_found_again(
    office_writer: str, tmp_path: Path
) -> None:
    letters = 'existing = "letters/{unit_id}.docx"\npdf = false\n'
    folder = firm(tmp_path / "month", letters)
    give(folder, {f"CR-{n}.docx": word(f"We paid CR-{n}.") for n in range(1, 5)})
    pack = run(folder)
    made = sorted((folder / "packs/2026-10/converted").iterdir())
    assert len(made) == len(pack) == 2  # of four
    assert {path.name.split(".")[1] for path in made} == {letter.digest for letter in pack}
    assert all(path.stat().st_mode & 0o077 == 0 for path in made)
    verified = asked("verify", "packs/2026-10", "--ledger", "sqlite:///signoff.db", folder=folder)
    assert verified.code == 0, verified.err


def test_without_libreoffice_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "_PLACES", ())
    folder = firm(tmp_path / "month", 'existing = "letters/{unit_id}.docx"\npdf = false\n')
    give(folder, {f"CR-{n}.docx": word() for n in range(1, 5)})
    assert asked(*RUN, folder=folder).code == 75
    monkeypatch.setenv("PATH", str(tmp_path))
    ended = asked(*RUN, *DICE, folder=folder)
    assert ended.code == 69
    assert NO_LIBREOFFICE in ended.err


def test_a_check_asks_before_the_draw_for_what_prints_the_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what the files are, not by their names: one of four is a Word file."""
    folder = firm(tmp_path / "month", 'existing = "letters/{unit_id}.pdf"\npdf = false\n')
    give(folder, {"CR-1.pdf": word(), **{f"CR-{n}.pdf": existing.letter() for n in (2, 3, 4)}})
    monkeypatch.setattr(sources, "libreoffice", lambda: "soffice")
    ended = asked(*CHECK, folder=folder)
    assert ended.code == 0, ended.out
    assert "4 letters already written, 1 of them in Word" in ended.out
    monkeypatch.undo()
    monkeypatch.setattr(convert, "_PLACES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    ended = asked(*CHECK, folder=folder)
    assert ended.code == 69
    assert NO_LIBREOFFICE in ended.out


@pytest.mark.parametrize("missing", ["pikepdf", "pypdfium2"])
def test_a_check_asks_before_the_draw_for_what_reads_the_letters(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = firm(tmp_path / "month", 'existing = "letters/{unit_id}.pdf"\npdf = false\n')
    give(folder, {f"CR-{n}.pdf": existing.letter() for n in range(1, 5)})
    monkeypatch.setattr(
        read, "find_spec", lambda name: None if name == missing else find_spec(name)
    )
    ended = asked(*CHECK, folder=folder)
    assert ended.code == 69
    assert f"got a finished letter, and {missing}, which reads it, is not installed" in ended.out


# ---- What goes wrong ----------------------------------------------------------------------------


def program(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Something else in the place of LibreOffice."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\necho x >> {folder}/started\n{script}\n")
    path.chmod(0o700)
    monkeypatch.setattr(convert, "libreoffice", lambda: str(path))
    return folder / "started"


def test_a_program_that_does_not_end_is_stopped_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "SECONDS_TO_START", 1)
    monkeypatch.setattr(convert, "SECONDS_A_LETTER", 0)
    started = program(tmp_path, f"sleep 600 &\necho $! > {tmp_path}/child\nwait", monkeypatch)
    with pytest.raises(cs.errors.LetterError) as caught:
        existing.pack_of(given, converted=tmp_path / "kept")
    assert "LibreOffice took too long over the Word file; print it to PDF" in str(caught.value)
    assert started.read_text().count("x") == 2  # all together, then the first alone
    child, given_up = int((tmp_path / "child").read_text()), time.monotonic() + 300
    while _runs(child):  # what is killed may take a moment to be gone; by itself it sleeps for 600
        assert time.monotonic() < given_up
        time.sleep(0.01)


def _runs(process: int) -> bool:
    """Whether a process is there, and is none that has ended and waits to be asked for."""
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] not in "XZ"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_letters_that_cannot_be_printed_are_named_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "exit 1", monkeypatch)
    with pytest.raises(cs.errors.LetterError) as caught:
        existing.pack_of(given, converted=tmp_path / "kept")
    assert [fault.partition(":")[2] for fault in caught.value.faults] == [
        " LibreOffice cannot print the Word file; print it to PDF in Word, and give that"
    ] * 4
    assert not (tmp_path / "kept").exists()


def test_what_libreoffice_is_given_holds_no_password_and_no_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    script = f'env > {tmp_path}/env\necho "$@" > {tmp_path}/said\ncp -r profile {tmp_path}/\nexit 1'
    program(tmp_path, script, monkeypatch)
    with pytest.raises(cs.errors.LetterError):
        existing.pack_of(given, converted=tmp_path / "kept")
    said = (tmp_path / "said").read_text()
    assert "-env:UserInstallation=file://" in said
    assert "CR-" not in said
    assert "hunter2" not in (tmp_path / "env").read_text()
    settings = (tmp_path / "profile/user/registrymodifications.xcu").read_text()
    assert 'oor:name="DisableMacrosExecution" oor:op="fuse"><value>true<' in settings


def test_without_a_folder_that_keeps_the_pdf_nothing_is_printed() -> None:
    with pytest.raises(cs.errors.LetterError, match=r"pdf: got a Word file; name a folder that"):
        existing.pack_of(given)


# ---- What is refused ----------------------------------------------------------------------------

FIELD = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{}</w:p>'
SPLIT = (
    "<w:r><w:instrText> DA</w:instrText></w:r><w:r><w:instrText>TE \\@ d </w:instrText></w:r>"
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
)
#: A field in the result of another, and a reference to a bookmark that is there, by any case.
IN_THE_RESULT = (
    "<w:r><w:instrText> HYPERLINK x </w:instrText></w:r>"
    '<w:r><w:fldChar w:fldCharType="separate"/><w:t>see page </w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> PAGEREF _REF7 </w:instrText>'
    '<w:fldChar w:fldCharType="separate"/><w:t>4</w:t><w:fldChar w:fldCharType="end"/></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:bookmarkStart w:id="0" w:name="_Ref7"/>'
)

#: A field in the instruction of another.
OTHER = (
    "<w:r><w:instrText> = </w:instrText></w:r>"
    '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> PAGE </w:instrText>'
    '<w:fldChar w:fldCharType="separate"/><w:t>4</w:t><w:fldChar w:fldCharType="end"/></w:r>'
    '<w:r><w:instrText> * 2 </w:instrText><w:fldChar w:fldCharType="separate"/><w:t>8</w:t></w:r>'
)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (with_part("word/vbaProject.bin", "", "x"), "macros; save it as .docx without them"),
        (related("vbaProject"), "macros"),
        (with_part("[Content_Types].xml", "document.main", "document.macroEnabled.main"), "macros"),
        (related("oleObject"), "an embedded object"),
        (related("package"), "an embedded file"),
        (related("control"), "a control that runs a program"),
        (related("aFChunk"), "another document inside"),
        (related("image", "External"), "a part that lies elsewhere ('image')"),
        (in_body("<w:p><w:ins w:id='1'><w:r/></w:ins></w:p>"), "a tracked change"),
        (in_body("<w:p><w:pPr><w:pPrChange w:id='1'/></w:pPr></w:p>"), "a tracked change"),
        (with_part("word/comments.xml", "", "<c xmlns:w='{}'><w:comment/></c>"), "a comment"),
        (
            in_body(FIELD.format(OTHER)),
            "a field inside another one",
        ),
        (in_body("<w:p><w:fldSimple w:instr=' if 1 = 1 a b'/></w:p>"), "a condition (IF), whose"),
        (in_body("<w:p><w:fldSimple w:instr='REF _Ref1 \\h'/></w:p>"), "a place that it does not"),
        (in_body(FIELD.format(SPLIT)), "a date or a name that changes each time it is opened"),
        (in_body("<w:p><w:fldSimple w:instr=' time '/></w:p>"), "a date or a name that changes"),
        (in_body("<w:p><w:fldSimple w:instr='INCLUDETEXT x'/></w:p>"), "a field that takes text"),
        (in_body("<w:p><w:fldSimple w:instr='DDEAUTO x'/></w:p>"), "a field that takes text"),
        (
            in_body("<w:p><w:fldSimple w:instr='MERGEFIELD Name'/></w:p>"),
            "a mail merge that is not",
        ),
        (in_body("<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr></w:sdt>"), "that is not filled in"),
        (with_part("word/x.xml", "", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), "a document type"),
        (with_part("word/x.xml", "", "<a>"), "a damaged part ('word/x.xml')"),
        (with_part("word/../x.xml", "", "<a/>"), "the part 'word/../x.xml' is in another place"),
        (b"PK\x03\x04" + b"x" * 100, "cannot be opened as a Word file"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "an older Word file (.doc), or one with a password"),
    ],
)
def test_a_word_file_that_acts_hides_or_changes_is_refused(data: bytes, reason: str) -> None:
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    if b"xmlns:w='{}'" in data:
        data = data.replace(b"xmlns:w='{}'", f"xmlns:w='{main}'".encode())
        data = with_part("word/comments.xml", "", f"<c xmlns:w='{main}'><w:comment/></c>")
    with pytest.raises(cs.errors.LetterError) as caught:
        pdf_of(data)
    assert all(fault.startswith("pdf: ") for fault in caught.value.faults)
    assert reason in str(caught.value)


def test_another_zip_is_no_letter() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
    with pytest.raises(cs.errors.LetterError, match="got a zip that is no Word document"):
        pdf_of(made.getvalue())


def test_what_a_letter_has_is_let_in() -> None:
    """Pictures, links, a template's name, page numbers, references and comments that are none."""
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    for data in (
        related("hyperlink", "External"),
        related("attachedTemplate", "External"),
        related("image"),
        in_body("<w:p><w:fldSimple w:instr='PAGE'/></w:p>"),
        in_body(FIELD.format(IN_THE_RESULT)),
        with_part("word/comments.xml", "", f"<w:comments xmlns:w='{main}'/>"),
    ):
        assert pdf_of(data).is_word


# ---- Before the draw ----------------------------------------------------------------------------


def trial(letters: Mapping[str, Any], **more: Any) -> ContentsReport:
    return cs.check_contents(
        {unit_id: {"letter": {"pdf": data}} for unit_id, data in letters.items()}, **more
    )


def test_a_trial_prints_nothing_and_names_what_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "libreoffice", lambda: pytest.fail("was started"))
    assert trial({"A-1": word(), "A-2": word("Other.")}).ok
    look_at(word())
    found = trial({"A-1": word(), "A-2": b"\xd0\xcf\x11\xe0"})
    assert [problem.partition(":")[0] for problem in found.problems] == ["letter A-2, pdf"]


def test_a_commitment_is_to_the_word_file() -> None:
    """No PDF of it exists before the draw."""
    salt = "cd" * 32
    letter = {"pdf": word("We paid A-1.")}
    as_digest = {"pdf": digest(word("We paid A-1."))}
    assert cs.content_digest(letter, salt) == digest_of_fields(as_digest, salt)


def test_a_file_that_several_letters_name_is_printed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[int] = []

    def fake(_program: str, letters: list[bytes]) -> tuple[list[bytes], str]:
        printed.append(len(letters))
        return [existing.letter()] * len(letters), ""

    monkeypatch.setattr(convert, "libreoffice", lambda: "soffice")
    monkeypatch.setattr(convert, "_printed", fake)
    same = lambda ids: {unit_id: {"letter": {"pdf": word()}} for unit_id in ids}  # noqa: E731
    pack = existing.pack_of(same, converted=tmp_path)
    assert printed == [1]
    assert {letter.digest for letter in pack} == {digest(existing.letter())}
