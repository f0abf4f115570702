"""Several files of decisions at once, as a shell gives them for ``--from decisions*.json``."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ceosample.cli.letters.several_files import with_option_before_each
from ceosample.letters.papers.pack import Pack
from ceosample.signoff.intake.decisions import Decisions
from ceosample.signoff.intake.newer_decisions import newest_of_each_pack
from command import asked

AT = "2026-11-20T10:00:00+00:00"
MONTH = "2026-10"


def saved(pack: str, letters: list[Any], minute: int) -> bytes:
    """A file of a room, with a note about each of the letters."""
    rows = [
        {"unit_id": one.unit_id, "letter": one.digest, "kind": "note", "at": AT, "by": "ceo",
         "text": "Read."}
        for one in letters
    ]  # fmt: skip
    fields = {"scheme": "ceosample/1", "pack": pack, "count": len(rows), "decisions": rows}
    return json.dumps({**fields, "saved_at": f"2026-11-20T10:{minute:02}:00+00:00"}).encode()


@pytest.fixture
def month(demonstration: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demonstration, tmp_path / "month"))


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (["--from", "a.json", "b.json", "c.JSON"],
         ["--from", "a.json", "--from", "b.json", "--from", "c.JSON"]),
        (["--from=a.json", "b.csv", "--by", "ceo"],
         ["--from=a.json", "--from", "b.csv", "--by", "ceo"]),
        (["dispatched", "--from", "a.csv"], ["dispatched", "--from", "a.csv"]),
        (["--from", "a.csv", "signed"], ["--from", "a.csv", "signed"]),
        (["--from", "a", "b.json"], ["--from", "a", "--from", "b.json"]),
        (["--from", "a.csv", "--recorder", "x.json"], ["--from", "a.csv", "--recorder", "x.json"]),
        (["note", "b.json"], ["note", "b.json"]),
        (["--from"], ["--from"]),
    ],
)  # fmt: skip
def test_the_option_goes_before_each_file_that_follows_it(
    given: list[str], taken: list[str]
) -> None:
    assert [*with_option_before_each(given)] == taken


def test_files_of_a_folder_are_recorded_the_newest_of_each_room_alone(month: Path) -> None:
    """'`record --from decisions*.json` with two files' answered with 29 names of kinds."""
    pack = Pack.load(month / "packs" / MONTH)
    letters = [*pack.letters]
    (month / "decisions-2.json").write_bytes(saved(pack.digest, letters[:2], 20))
    (month / "decisions-1.json").write_bytes(saved(pack.digest, letters[:3], 30))
    line = ("record", "--from", "decisions-1.json", "decisions-2.json", "--recorder", "pa-2")
    ended = asked(*line, folder=month)
    assert (ended.code, ended.err) == (0, "")
    assert "decisions-1.json: 3 decisions about 3 letters, 3 of 3 new in the ledger" in ended.out
    assert "decisions-2.json" not in ended.out  # all of it is in the newer file
    one, other = (letter.unit_id for letter in letters[3:5])
    (month / "more.csv").write_text(f"unit_id,kind,text\n{one},note,Read.\n", "utf-8")
    (month / "rest.csv").write_text(f"unit_id,kind\n{other},\n", "utf-8")
    who = ("--by", "ceo", "--at", AT)
    ended = asked("record", "--from", "more.csv", "rest.csv", *who, "--json", folder=month)
    assert [event["unit_id"] for event in ended.json] == [one]
    assert "not decided yet: 1 letter in the file\n" in ended.err


def test_of_one_room_the_newest_file_must_hold_what_the_others_do(month: Path) -> None:
    pack = Pack.load(month / "packs" / MONTH)
    (month / "old.json").write_bytes(saved(pack.digest, [*pack.letters][:2], 20))
    (month / "new.json").write_bytes(saved(pack.digest, [*pack.letters][1:2], 30))
    ended = asked("record", "--from", "new.json", "old.json", folder=month)
    assert (ended.code, ended.out) == (65, "")
    assert "old.json: got 1 decision that the newer file 'new.json' of the same room" in ended.err


def test_files_are_recorded_the_oldest_room_first_and_tables_before_them() -> None:
    def file(name: str, pack: str | None, minute: int | None) -> tuple[Path, Decisions]:
        at = None if minute is None else dt.datetime(2026, 11, 2, 10, minute, tzinfo=dt.UTC)
        return Path(name), Decisions((), pack, saved_at=at, name=name)

    found = [file("b", "2" * 64, 9), file("a", "1" * 64, 3), file("c", None, None)]
    assert [path.name for path, _ in newest_of_each_pack(found)] == ["c", "a", "b"]
    assert newest_of_each_pack([]) == []
