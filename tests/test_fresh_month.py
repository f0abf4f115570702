"""What the command says of a month of finished letters, from the check to the post."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pikepdf import Encryption

import ceosample as cs
import existing
from ceosample.letters.contents.names_of_people import looks_like_a_name
from command import asked
from test_existing_command import CHECK, DICE, IDS, PATTERN, PERIOD, RUN, firm, give, run, write
from test_existing_word import word


def with_people(folder: Path, owner: str) -> Path:
    """A month of PDFs whose table names the handlers."""
    columns = 'columns = {"docket.owner" = "Handler"}\n'
    firm(folder, f'contents = "people.csv"\n{columns}existing = "letters/{{unit_id}}.pdf"\n')
    write(folder / "people.csv", [["id", "Handler"], *([u, owner] for u in IDS)])
    give(folder, {f"{unit_id}.pdf": existing.letter() for unit_id in IDS})
    return folder


@pytest.mark.parametrize(
    "text",
    ["C. Rowe", "Carol Rowe", "Rowe, Carol", "Żaneta Ó Briain", "李 明", "C.\u00a0Rowe",
     "O' Neill Ann", "ann.rowe@bank.example", "Jean-Luc  Picard"],
)  # fmt: skip
def test_a_name_is_seen(text: str) -> None:
    assert looks_like_a_name(text)


@pytest.mark.parametrize("text", ["h-042", "00417", "team 7", "crowe", "rowe.c", "UK 12 34", ""])
def test_an_id_is_no_name(text: str) -> None:
    assert not looks_like_a_name(text)


def test_check_notes_names_in_the_place_of_ids_and_prints_none(tmp_path: Path) -> None:
    ended = asked(*CHECK, folder=with_people(tmp_path / "names", "C. Rowe"))
    assert ended.code == 0
    assert "look         contents " in ended.out
    assert "docket.owner: 4 of 4 look like a person's name; give an id" in ended.out
    assert "Rowe" not in ended.out
    ended = asked(*CHECK, folder=with_people(tmp_path / "ids", "h-042"))
    assert "ok           contents " in ended.out
    assert "docket.owner" not in ended.out


def test_check_tells_what_it_did_with_files_that_are_read_when_drawn(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm", 'contents = "c.csv"\nexisting = "letters"\n')
    write(folder / "c.csv", [["id", "pdf"], *([u, f"{u}.file"] for u in IDS)])
    give(
        folder,
        {f"{unit_id}.file": existing.letter() for unit_id in IDS[:3]} | {"CR-4.file": word()},
    )
    said = asked(*CHECK, folder=folder).out
    assert "3 PDF files are there, by size and first bytes; each is read when drawn" in said
    assert (
        "1 Word file is there, by size and first bytes; each is printed and read when drawn" in said
    )
    assert "can be rendered" not in said
    assert "finished files where the contents name one; for the others template ready ones" in said


def test_what_is_refused_after_the_draw_says_that_the_draw_stays(tmp_path: Path) -> None:
    folder = firm(tmp_path / "firm")
    encrypted = existing.changed(
        lambda pdf: None, deterministic_id=False, encryption=Encryption(owner="a", user="")
    )
    give(folder, {f"{unit_id}.pdf": encrypted for unit_id in IDS})
    assert "4 PDF files are there, by size and first bytes" in asked(*CHECK, folder=folder).out
    assert asked(*RUN, folder=folder).code == 75
    ended = asked(*RUN, *DICE, folder=folder)
    assert ended.code == 65
    assert "these letters were drawn, and the draw stays; correct their files" in ended.err
    give(folder, {f"{unit_id}.pdf": existing.letter_of(unit_id) for unit_id in IDS})
    ended = asked(*RUN, folder=folder)
    assert ended.code == 0, ended.err
    for unit_id in cs.Draw.load(folder / "packs" / PERIOD).unit_ids:
        assert f"letter {unit_id}, pdf" not in ended.out


@pytest.mark.slow
@pytest.mark.parametrize("posted", ["letter", "with-slip"])
def test_the_list_for_the_post_room_has_the_files_that_were_signed(
    posted: str, tmp_path: Path
) -> None:
    """Of a letter that came back, the newest version, in the folder of its rework."""
    paper = "true" if posted == "with-slip" else "false"
    letters = PATTERN.replace("false", paper) + f'posted = "{posted}"\n'
    folder = firm(tmp_path / "firm", letters)
    give(folder, {f"{unit_id}.pdf": existing.letter_of(unit_id) for unit_id in IDS})
    pack = run(folder)
    one, other = pack
    to_post = ("status", "--to-post")
    assert asked(*to_post, folder=folder).out == "unit_id,period,code,path\n"
    by = ("--by", "ceo", "--at", "2026-11-02T12:00:00+00:00")
    for what in (("returned_for_rework", one.unit_id, "--reason-code", "tone"),
                 ("signed", other.unit_id)):  # fmt: skip
        assert asked("record", *what, *by, folder=folder).code == 0
    give(folder, {f"{one.unit_id}.pdf": existing.letter_of("as it should be")})
    again = asked("rework", one.unit_id, *RUN[1:], folder=folder)
    assert again.code == 0, again.err
    assert [row["unit_id"] for row in asked(*to_post, "--json", folder=folder).json] == [
        other.unit_id
    ]
    at = ("--at", "2026-11-02T13:00:00+00:00")
    assert asked("record", "signed", one.unit_id, "--by", "ceo", *at, folder=folder).code == 0
    (folder / "old.csv").write_text(f"unit_id,code\n{one.unit_id},{one.code}\n")
    out = ("record", "dispatched", "--by", "post-room", "--at", "2026-11-02T14:00:00+00:00")
    refused = asked(*out, "--from", "old.csv", folder=folder)
    assert refused.code == 65
    assert f"the version {one.code} was posted, and the newest is" in refused.err
    assert "decide again" not in refused.err
    listed = asked(*to_post, "--period", PERIOD, folder=folder)
    (folder / "to-post.csv").write_text(listed.out)
    rows = asked(*to_post, "--json", folder=folder).json
    posted_files = {row["unit_id"]: (folder / row["path"]).read_bytes() for row in rows}
    assert posted_files.keys() == {one.unit_id, other.unit_id}
    if posted == "letter":
        assert posted_files[one.unit_id] == existing.letter_of("as it should be")
        assert posted_files[other.unit_id] == existing.letter_of(other.unit_id)
    ended = asked(*out, "--from", "to-post.csv", "--json", folder=folder)
    assert ended.code == 0, ended.err
    for event in ended.json:
        if posted == "with-slip":
            went = hashlib.sha256(posted_files[event["unit_id"]]).hexdigest()
            assert event["payload"]["file"] == went
    assert asked(*to_post, folder=folder).out == "unit_id,period,code,path\n"


@pytest.mark.parametrize(
    ("finished", "with_slip", "said"),
    [
        (0, False, "It goes out as it stands here, under your name."),
        (
            2,
            False,
            "It goes out as it stands here, without its slip: the slip, which has your name",
        ),
        (1, False, "under your name. A finished letter is posted without its slip."),
        (2, True, "under your name: a finished letter is posted behind its slip."),
    ],
)
def test_the_cover_says_what_is_posted(finished: int, with_slip: bool, said: str) -> None:
    def contents(unit_ids: Sequence[str]) -> dict[str, Any]:
        fields = {"recipient": "Ann", "address": [], "salutation": "Dear Ann,", "subject": "A fee",
                  "body": "We are sorry.", "closing": "Yours,"}  # fmt: skip
        pdf = {"pdf": existing.letter()}
        return {u: {"letter": pdf if n < finished else fields} for n, u in enumerate(unit_ids)}

    frame = cs.Frame.from_records(
        [{"id": unit_id} for unit_id in IDS], population="p", period=PERIOD, unit_id="id", strata=[]
    )
    pack = cs.render(
        cs.draw(frame, cs.Plan(size=2), cs.Seed.from_dice(DICE[1], witnesses=["audit"])),
        contents,
        signatory=cs.Signatory("ceo", "M. Llewelyn", "Chief Executive"),
        date=dt.date(2026, 11, 2),
        pdf=False,
        with_slip=with_slip,
    )
    page = pack.rendered["pack.html"].decode()
    assert said in page
    assert ("This page says who approves our letter to you" in page) is (finished > 0)
