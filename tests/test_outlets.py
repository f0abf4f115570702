"""Other ways out, by the command: what was signed is drafted, an edit in Word is a new version."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterable
from email import message_from_bytes
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from ceosample import Pack
from ceosample.letters.markup import tree
from command import Ended, asked, ceosample
from refusals import cannot_become
from test_command import nothing_changes
from test_job import finished, packs, write_input
from test_word_elements import control

PERIOD = "2026-10"
MONTH = ("--period", PERIOD)
MAIL = ("mail", *MONTH, "--to", "addresses.csv", "--from", "ceo@bank.example", "--out", "drafts")


@pytest.fixture(scope="module")
def sent_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outlets") / "month"
    folder.mkdir()
    write_input(folder)
    write_plain_letters(folder / f"letters-{PERIOD}.jsonl")
    finished(folder)
    return folder


def write_plain_letters(path: Path) -> None:
    """The bank's letters with one body each, of paragraphs alone."""
    rows = [json.loads(row) for row in path.read_text("utf-8").splitlines()]
    for row in rows:
        letter = row["letter"]
        del letter["kind"], row["docket"]["regime"]
        letter["body"] = "\n\n".join(letter[name] for name in ("complaint", "findings", "remedy"))
        letter["closing"] = "Yours sincerely,"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")


@pytest.fixture
def sent(sent_month: Path, tmp_path: Path) -> Path:
    """A month whose letters were sent for signature, with an address for each."""
    folder = Path(shutil.copytree(sent_month, tmp_path / "month"))
    write_addresses(folder, ids(folder))
    return folder


def ids(folder: Path) -> list[str]:
    return [letter.unit_id for letter in Pack.load(packs(folder))]


def write_addresses(folder: Path, unit_ids: Iterable[str], **others: str) -> None:
    """The office's file, with a column that is nobody's business here."""
    rows = [
        (unit_id, "Secret Name", others.get(unit_id, f"c{n}@mail.example"))
        for n, unit_id in enumerate(unit_ids)
    ]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("unit_id", "name", "address"), *rows])
    (folder / "addresses.csv").write_text(text.getvalue(), "utf-8")


def record(folder: Path, kind: str, unit_id: str, *rest: str) -> None:
    by = "office" if kind in ("dispatched", "returned_for_rework") else "ceo"
    ended = asked("record", kind, unit_id, "--by", by, *rest, folder=folder)
    assert ended.code == 0, ended.err


def drafts(folder: Path) -> dict[str, Any]:
    return {
        path.name: message_from_bytes(path.read_bytes())
        for path in sorted((folder / "drafts").glob("*"))
    }


def exported(folder: Path, unit_id: str) -> Path:
    ended = asked("docx", unit_id, *MONTH, "--out", "word", folder=folder)
    assert ended.code == 0, ended.err
    (path,) = (folder / "word").glob("*.docx")
    return path


def edit(path: Path, add: str) -> None:
    """What the office does in Word: a paragraph more before the closing."""
    document = docx.Document(str(path))
    document.paragraphs[-2].insert_paragraph_before(add)
    document.save(str(path))


# ---- Mail ---------------------------------------------------------------------------------------


def test_signed_letters_alone_are_drafted(sent: Path) -> None:
    first, second, third, *_ = ids(sent)
    for unit_id in (first, second, third):
        record(sent, "signed", unit_id)
    record(sent, "dispatched", third)
    events = asked("status", "--json", folder=sent).json["head"]
    ended = asked(*MAIL, folder=sent)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("2 drafts in drafts\n")
    assert [message["To"] for message in drafts(sent).values()] == [
        *("c0@mail.example", "c1@mail.example")
    ]
    # Nothing was recorded: whoever sends it says so.
    assert asked("status", "--json", folder=sent).json["head"] == events


def test_a_draft_is_of_the_very_letter_that_was_signed(sent: Path) -> None:
    first, *_ = ids(sent)
    record(sent, "signed", first)
    asked(*MAIL, folder=sent)
    (message,) = drafts(sent).values()
    assert message["Message-ID"] == f"<{Pack.load(packs(sent))[first].digest}@bank.example>"


@pytest.mark.parametrize("state", ["sent_for_signature", "dispatched", "returned_for_rework"])
def test_a_letter_that_is_not_signed_or_went_out_is_refused_by_name(sent: Path, state: str) -> None:
    first, second, *_ = ids(sent)
    record(sent, "signed", second)
    if state != "sent_for_signature":
        record(sent, "signed", first)
    if state == "dispatched":
        record(sent, "dispatched", first)
    if state == "returned_for_rework":
        record(sent, state, first, "--reason-code", "tone")
    with nothing_changes(sent):
        ended = asked(*MAIL, first, second, folder=sent)
    assert ended.code == 65
    assert f"letter {first}: is {state}; draft only letters that are signed" in ended.err
    assert second not in ended.err


def test_addresses_that_are_missing_or_wrong_are_refused_at_once_and_not_quoted(
    sent: Path,
) -> None:
    first, second, third, *_ = ids(sent)
    for unit_id in (first, second, third):
        record(sent, "signed", unit_id)
    hostile = "ann@secret.example\r\nBcc: eve@secret.example"
    write_addresses(sent, [first, second, third], **{first: hostile, second: "a@x, b@x"})
    with nothing_changes(sent):
        ended = asked(*MAIL, folder=sent)
    assert ended.code == 65
    assert f"letters {first} and {second}, address: got text of " in ended.err
    write_addresses(sent, [first, first])
    ended_again = asked(*MAIL, folder=sent)
    both = f"letters {second} and {third}"
    assert f"{both}: no address in addresses.csv; add its row" in ended_again.err
    assert "appears twice in" in ended_again.err
    for said in (ended.err, ended_again.err):
        assert "secret" not in said.lower()
        assert "mail.example" not in said


@pytest.mark.parametrize(
    "data", [b"", b"id,mail\n1,a@b.co\n", b"\xff\xfe", b'unit_id,address\n"a'], ids=str
)
def test_a_file_of_addresses_that_cannot_be_read_is_bad_data(sent: Path, data: bytes) -> None:
    first, *_ = ids(sent)
    record(sent, "signed", first)
    (sent / "addresses.csv").write_bytes(data)
    with nothing_changes(sent):
        ended = asked(*MAIL, folder=sent)
    assert (ended.code, ended.out) == (65, "")
    assert "addresses.csv: " in ended.err


@pytest.mark.parametrize(
    ("mark", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16")]
)
def test_addresses_may_come_from_a_spreadsheet(sent: Path, mark: str, encoding: str) -> None:
    """What Excel saves as CSV in German, or as Unicode text, with an id that it left alone."""
    first, *_ = ids(sent)
    record(sent, "signed", first)
    rows = (("Name", "unit_id", "address"), ("M\u00fcller", f"'{first}", "ann@mail.example"))
    text = "".join(f"{mark.join(row)}\r\n" for row in rows)
    (sent / "addresses.csv").write_bytes(text.encode(encoding))
    ended = asked(*MAIL, folder=sent)
    assert (ended.code, ended.err) == (0, "")
    assert b"To: ann@mail.example" in next((sent / "drafts").iterdir()).read_bytes()


def test_a_draft_that_somebody_changed_stays_and_no_other_is_written(sent: Path) -> None:
    first, second, *_ = ids(sent)
    record(sent, "signed", second)
    assert asked(*MAIL, folder=sent).code == 0
    (draft,) = (sent / "drafts").iterdir()
    with nothing_changes(sent):
        assert asked(*MAIL, folder=sent).code == 0  # the same again is fine
    draft.write_bytes(b"changed")
    record(sent, "signed", first)
    with nothing_changes(sent):
        ended = asked(*MAIL, folder=sent)
    assert ended.code == 3
    assert f"{draft.name}: already exists with other contents and was left unchanged" in ended.err


def test_a_pdf_that_was_never_made_cannot_be_attached(sent: Path) -> None:
    first, *_ = ids(sent)
    record(sent, "signed", first)
    ended = asked(*MAIL, "--pdf", folder=sent)
    assert (ended.code, "the pack has no PDF of it" in ended.err) == (65, True)


# ---- Word ---------------------------------------------------------------------------------------


def test_an_edit_in_word_is_a_new_version_that_needs_a_new_signature(sent: Path) -> None:
    """Out, edited, back: the approval of version 1 is void, and the contents' file is untouched."""
    first, *_ = ids(sent)
    before = Pack.load(packs(sent))[first]
    record(sent, "signed", first)
    edit(exported(sent, first), "We will call you.")
    rework = ("rework", first, *MONTH, "--docx", str(next((sent / "word").iterdir())))
    with nothing_changes(sent):
        refused = asked(*rework, folder=sent)
    assert (refused.code, cannot_become("rendered", "signed") in refused.err) == (65, True)
    record(sent, "returned_for_rework", first, "--reason-code", "tone")
    contents = (sent / f"letters-{PERIOD}.jsonl").read_bytes()
    ended = ceosample(*rework, folder=sent)
    assert (ended.code, ended.err) == (0, "")
    after = Pack.load(packs(sent) / "rework-1")[first]
    assert after.fields["version"] == 2
    assert after.digest != before.digest
    assert b"We will call you." in after.data
    assert (sent / f"letters-{PERIOD}.jsonl").read_bytes() == contents
    old = asked("record", "signed", first, "--by", "ceo", "--letter", before.digest, folder=sent)
    assert (old.code, "was never sent for signature, or came back" in old.err) == (65, True)
    assert asked(*MAIL, first, folder=sent).code == 65
    record(sent, "signed", first, "--letter", after.digest)
    assert asked(*MAIL, first, folder=sent).code == 0
    (message,) = drafts(sent).values()
    assert after.digest in message["Message-ID"]
    assert b"We will call you." in message.get_payload()[0].get_payload(decode=True)


def test_an_edit_of_an_older_version_is_refused(sent: Path) -> None:
    first, *_ = ids(sent)
    path = exported(sent, first)
    edit(path, "We will call you.")
    record(sent, "returned_for_rework", first, "--reason-code", "tone")
    rework = ("rework", first, *MONTH, "--docx", str(path))
    assert asked(*rework, folder=sent).code == 0
    with nothing_changes(sent):
        ended = asked(*rework, folder=sent)
    assert (ended.code, "edit a file that was made of version 2" in ended.err) == (65, True)


def test_the_file_of_another_letter_is_refused(sent: Path) -> None:
    first, second, *_ = ids(sent)
    path = exported(sent, first)
    with nothing_changes(sent):
        ended = asked("rework", second, *MONTH, "--docx", str(path), folder=sent)
    assert (ended.code, f"letter {second}: its code is not in" in ended.err) == (65, True)


def test_a_word_template_is_configured_and_its_edit_comes_back(sent: Path) -> None:
    template = docx.Document()
    for text in (
        *("{{ recipient }}", "{{ salutation }}", "{%p for line in paragraphs %}", "{{ line }}"),
        *("{%p endfor %}", "{{ closing }}", "{{ code }}"),
    ):
        template.add_paragraph(text)
    template.save(str(sent / "letterhead.docx"))
    path = sent / "ceosample.toml"
    path.write_text(path.read_text("utf-8").replace('# word = "', 'word = "'), "utf-8")
    first, *_ = ids(sent)
    word = exported(sent, first)
    edit(word, "We will call you.")
    ended = asked("rework", first, *MONTH, "--docx", str(word), folder=sent)
    assert ended.code == 0, ended.err
    again = Pack.load(packs(sent) / "rework-1")[first]
    assert b"We will call you." in again.data


def test_a_ready_letter_is_edited_in_word_and_a_lost_element_is_named(tmp_path: Path) -> None:
    """With a Word template configured, too: a ready letter is edited in Word's own styles."""
    write_input(tmp_path)
    path = tmp_path / "ceosample.toml"
    path.write_text(path.read_text("utf-8").replace('# word = "', 'word = "'), "utf-8")
    finished(tmp_path)
    first, *_ = ids(tmp_path)
    word = exported(tmp_path, first)
    record(tmp_path, "returned_for_rework", first, "--reason-code", "tone")
    rework = ("rework", first, *MONTH, "--docx", str(word))

    document = docx.Document(str(word))
    remedy = control(document.element.body, "Remedy")
    [*remedy.iter(qn("w:t"))][-1].text = "We will call you."
    document.save(str(word))
    remedy.getparent().remove(remedy)
    document.save(str(tmp_path / "lost.docx"))

    lost = refused(tmp_path, *rework[:-1], "lost.docx")
    assert lost.code == 65
    assert f"letter {first}: the element 'remedy' was removed" in lost.err
    ended = asked(*rework, folder=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    after = Pack.load(packs(tmp_path) / "rework-1")[first]
    (said,) = [inside for name, inside in tree.elements(after.tree) if name == "remedy"]
    assert "We will call you." in tree.to_text(said)


def refused(folder: Path, *arguments: str) -> Ended:
    with nothing_changes(folder):
        return asked(*arguments, folder=folder)


def test_what_cannot_be_made_or_read_is_refused(sent: Path) -> None:
    first, second, *_ = ids(sent)
    docx_ = ("docx", *MONTH, "--out", "word")
    assert refused(sent, *docx_, "R-404").code == 65
    assert refused(sent, "rework", first, second, *MONTH, "--docx", "x.docx").code == 2
    missing = refused(sent, "rework", first, *MONTH, "--docx", "x.docx")
    assert (missing.code, "x.docx: not there" in missing.err) == (65, True)
    (packs(sent) / "pack.json").unlink()
    assert refused(sent, *docx_, first).code == 65
