"""Letters that exist already, by the configuration: where their files are, and what is posted."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import ceosample as cs
import existing
from ceosample.configuration import Configuration
from ceosample.errors import ConfigurationError
from command import asked

PERIOD = "2026-10"
RUN = ("run", "--period", PERIOD, "--at", "2026-11-02T09:00:00+00:00")
DICE = ("--dice", "83019274650192837465", "--witness", "audit", "--witness", "office")
CHECK = ("check", "--period", PERIOD)
IDS = ("CR-1", "CR-2", "CR-3", "CR-4")

PATTERN = 'existing = "letters/{unit_id}.pdf"\npdf = false\n'


def write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def firm(folder: Path, letters: str = PATTERN, ids: Sequence[str] = IDS, more: str = "") -> Path:
    """A register of four responses, and the configuration of a firm whose letters are PDFs."""
    folder.mkdir()
    write(folder / "responses.csv", [["id"], *([unit_id] for unit_id in ids)])
    (folder / "ceosample.toml").write_text(
        '[population]\nname = "complaint-responses"\n'
        '[source]\ncsv = "responses.csv"\nunit_id = "id"\n[plan]\nsize = 2\nreserves = 1\n'
        '[seed]\nsource = "dice"\n'
        '[signatory]\nid = "ceo"\nname = "Margaret Llewelyn"\ntitle = "Chief Executive"\n'
        f'[letters]\n{letters}[ledger]\nurl = "sqlite:///signoff.db"\n'
        f'[output]\nfolder = "packs"\n{more}'
    )
    (folder / "letters").mkdir()
    return folder


def give(folder: Path, letters: Mapping[str, bytes]) -> None:
    for name, data in letters.items():
        (folder / "letters" / name).write_bytes(data)


def run(folder: Path) -> cs.Pack:
    """The month, drawn and sent."""
    assert asked(*RUN, folder=folder).code == 75
    ended = asked(*RUN, *DICE, folder=folder)
    assert ended.code == 0, ended.err
    return cs.Pack.load(folder / "packs" / PERIOD)


def said_by(folder: Path, *arguments: str) -> str:
    ended = asked(*arguments, folder=folder)
    assert ended.code != 0
    return ended.out + ended.err


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_folder_of_pdfs_and_a_register_are_enough(tmp_path: Path) -> None:
    """'patterns such as letters/{unit_id}.pdf', with no other contents at all."""
    folder = firm(tmp_path / "firm")
    give(folder, {f"{unit_id}.pdf": existing.letter_of(unit_id) for unit_id in IDS})
    assert asked(*CHECK, folder=folder).code == 0
    pack = run(folder)
    assert {letter.unit_id: letter.digest for letter in pack} == {
        letter.unit_id: sha256(existing.letter_of(letter.unit_id)) for letter in pack
    }
    assert asked("verify", f"packs/{PERIOD}", "--ledger", folder=folder).code == 0


def test_a_table_names_the_file_of_each_letter(tmp_path: Path) -> None:
    """'in the table a column with file names', and letters of a template in the same month."""
    folder = firm(
        tmp_path / "firm",
        'contents = "letters.csv"\nexisting = "letters"\npdf = false\n'
        'columns = {pdf = "File", body = "Text", "docket.owner" = "Handler"}\n'
        'shared = {recipient = "A", address = "B", salutation = "C", subject = "D", '
        'closing = "E"}\n',
    )
    rows = [[u, f"letter {n}.pdf", "", "h-1"] for n, u in enumerate(IDS[:3])]
    write(
        folder / "letters.csv",
        [["id", "File", "Text", "Handler"], *rows, ["CR-4", "", "Written here.", "h-2"]],
    )
    give(folder, {f"letter {n}.pdf": existing.letter_of(u) for n, u in enumerate(IDS[:3])})
    pack = run(folder)
    for letter in pack:
        assert (letter.existing is None) is (letter.unit_id == "CR-4")
        assert pack.docket(letter.unit_id)["owner"] in ("h-1", "h-2")


def test_without_a_folder_the_names_of_a_file_are_next_to_it(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm", 'contents = "letters/index.jsonl"\npdf = false\n')
    give(folder, {"a.pdf": existing.letter()})
    lines = [{"unit_id": u, "letter": {"pdf": "a.pdf"}, "docket": {}} for u in IDS]
    (folder / "letters" / "index.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert {letter.digest for letter in run(folder)} == {sha256(existing.letter())}


@pytest.mark.parametrize("unit_id", ["CR/1", "..", "CR\\1", "a:b", ".hidden."])
def test_no_id_leads_out_of_the_folder(unit_id: str, tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm", ids=[unit_id, "CR-2"])
    (folder / "letters" / "CR").mkdir()
    give(folder, {"CR-2.pdf": existing.letter(), "CR/1.pdf": existing.letter()})
    said = said_by(folder, *CHECK)
    assert f"letter {unit_id}, pdf: got the id" in said
    assert "name its file in the contents, in the field pdf" in said


@pytest.mark.parametrize("name", ["../outside.pdf", "/etc/passwd", "out/outside.pdf"])
def test_no_name_in_a_table_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm", 'contents = "c.csv"\nexisting = "letters"\npdf = false\n')
    (folder / "outside.pdf").write_bytes(existing.letter())
    (folder / "letters" / "out").symlink_to(folder)
    write(folder / "c.csv", [["id", "pdf"], *([u, name] for u in IDS)])
    said = said_by(folder, *CHECK)
    assert "pdf: got the file name" in said
    assert "4 letters" in said or "CR-1" in said


def test_a_file_that_is_missing_is_named_before_the_draw(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm")
    give(folder, {f"{unit_id}.pdf": existing.letter() for unit_id in IDS[1:]})
    said = said_by(folder, *CHECK)
    assert "letter CR-1, pdf:" in said
    assert "not there" in said


@pytest.mark.slow
def test_a_letter_that_came_back_is_rendered_from_its_new_file(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm")
    give(folder, {f"{unit_id}.pdf": existing.letter_of(unit_id) for unit_id in IDS})
    unit_id = next(iter(run(folder))).unit_id
    say = ("--by", "ceo", "--at", "2026-11-02T10:00:00+00:00")
    back = asked("record", "returned_for_rework", unit_id, "--reason-code", "tone", *say,
                 folder=folder)  # fmt: skip
    assert back.code == 0, back.err
    again = ("rework", unit_id, "--period", PERIOD, "--at", "2026-11-02T11:00:00+00:00")
    same = shutil.copytree(folder, tmp_path / "same")
    how = "put the new PDF in the place of the old one and render it again"
    assert f"version 2 says what version 1 said; {how}" in asked(*again, folder=same).out
    give(folder, {f"{unit_id}.pdf": existing.letter("We were wrong after all.")})
    assert asked(*again, folder=folder).code == 0
    pack = cs.Pack.load(folder / "packs" / PERIOD / "rework-1")
    assert pack[unit_id].digest == sha256(existing.letter("We were wrong after all."))
    assert asked("verify", f"packs/{PERIOD}", "--ledger", folder=folder).code == 0


def test_a_finished_letter_is_not_edited_in_word(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm")
    give(folder, {f"{unit_id}.pdf": existing.letter_of(unit_id) for unit_id in IDS})
    unit_id = next(iter(run(folder))).unit_id
    said = said_by(folder, "docx", unit_id, "--period", PERIOD, "--out", "word")
    assert f"letter {unit_id}: exists already as PDF; edit it where it was written" in said


@pytest.mark.slow
@pytest.mark.parametrize("posted", ["letter", "with-slip"])
def test_what_is_posted_is_what_the_record_names(posted: str, tmp_path: Path) -> None:
    """'the letter itself or that file, as configured', and the event has its digest."""
    letters = PATTERN.replace("false", "true") + f'posted = "{posted}"\n'
    folder = firm(tmp_path / "firm", letters)
    give(folder, {f"{unit_id}.pdf": existing.letter_of(unit_id) for unit_id in IDS})
    pack = run(folder)
    one, other = pack
    for letter in pack:
        signed = asked("record", "signed", letter.unit_id, "--by", "ceo", "--at",
                       "2026-11-02T12:00:00+00:00", folder=folder)  # fmt: skip
        assert signed.code == 0, signed.err
    write(folder / "to.csv", [["unit_id", "address"], *([x.unit_id, "a@b.example"] for x in pack)])
    mailed = ("mail", "--period", PERIOD, "--to", "to.csv", "--from", "ceo@bank.example")
    assert "is nothing but its PDF; attach that" in said_by(folder, *mailed, "--out", "none")
    assert asked(*mailed, "--pdf", "--out", "mail", folder=folder).code == 0
    by = ("--by", "post-room", "--at", "2026-11-02T13:00:00+00:00")
    single = asked("record", "dispatched", one.unit_id, *by, "--json", folder=folder).json
    write(folder / "out.csv", [["unit_id"], [other.unit_id]])
    (listed,) = asked(
        "record", "dispatched", "--from", "out.csv", *by, "--json", folder=folder
    ).json
    for letter, event in ((one, single), (other, listed)):
        name = letter.pdf if posted == "letter" else letter.signing_pdf
        went = (folder / "packs" / PERIOD / name).read_bytes()
        assert event["payload"]["letter"] == letter.digest
        assert event["payload"].get("file", letter.digest) == sha256(went)
        assert ("file" in event["payload"]) is (posted == "with-slip")
        draft = (folder / "mail" / f"{letter.name}.eml").read_bytes()
        assert _attachment(draft) == went


def _attachment(draft: bytes) -> Any:
    import email
    import email.policy

    message = email.message_from_bytes(draft, policy=email.policy.default)
    (part,) = message.iter_attachments()
    return part.get_content()


@pytest.mark.parametrize(
    ("letters", "fault"),
    [
        ('pdf = false\n', "letters.contents: missing; give the file of the letters' contents"),
        ('existing = "letters"\n', "letters.contents: missing"),
        ('existing = "{unit}.pdf"\ncontents = "a.csv"\n', "use {unit_id} and {period} alone"),
        ('existing = "a/{unit_id}.pdf"\nposted = "both"\n', "letters.posted: got 'both'"),
        ('existing = "a/{unit_id}.pdf"\ncolumns = {a = "b"}\n', "letters.columns: needs contents"),
    ],
)  # fmt: skip
def test_a_configuration_of_such_letters_is_refused_in_words(
    letters: str, fault: str, tmp_path: Path
) -> None:
    folder = firm(tmp_path / "firm", letters)
    with pytest.raises(ConfigurationError) as caught:
        Configuration.load(folder / "ceosample.toml")
    assert fault in str(caught.value)
