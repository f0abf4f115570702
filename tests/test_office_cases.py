"""Words about cases come back too, and a call that nobody made is no contact."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

import ceosample as cs
from command import Ended, done_at
from inputs import configure

THEN: Final = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
COMPLAINT, PRAISE = "Mrs Quillfeather waited nine weeks.", "You heard her out."


def do(folder: Path, line: str, *more: str) -> Ended:
    return done_at(THEN, *line.split(), *more, folder=folder)


@pytest.fixture
def folder(demonstration: Path, tmp_path: Path) -> Path:
    """A complaint of o-3, whom a call is asked for, and a compliment that is passed on."""
    place = Path(shutil.copytree(demonstration, tmp_path / "month"))
    configure(place, ("# pdf = true ", "pdf = false "))
    do(place, "refer --came-by letter --owner o-3 --by pa-2 --text", COMPLAINT)
    do(place, "refer --came-by social --compliment --owner o-3 --by pa-2")
    do(place, "record contact case-1 --channel phone --outcome asked --by ceo")
    do(
        place,
        "record recognition case-2 --colleague h-7 --reason-code kind --by ceo --text",
        PRAISE,
    )
    return place


def slips(folder: Path, number: int = 1) -> dict[str, str]:
    place = folder / "packs" / "casebook" / "2026-11" / f"slips-{number}"
    return {path.stem: path.read_text("utf-8") for path in sorted(place.glob("*.txt"))}


def figures(folder: Path) -> Any:
    return do(folder, "metrics --json").json["casebook"]


def test_what_was_said_of_a_case_is_shown(folder: Path) -> None:
    told = do(folder, "words case-1").out
    assert told.startswith("Case case-1 of complaint-responses")
    assert COMPLAINT in told
    assert "Contact by phone: asked" in told
    assert [one["words"] for one in do(folder, "words case-2 --json").json["said"]] == [PRAISE]


def test_the_owner_of_a_case_and_a_colleague_get_their_papers(folder: Path) -> None:
    do(folder, "slips --period 2026-11")
    made = slips(folder)
    assert [*made] == ["slip-0001-o-3", "thanks-0001-h-7"]
    assert "You own 2 cases" in made["slip-0001-o-3"]
    assert COMPLAINT in made["slip-0001-o-3"]
    assert "Margaret Llewelyn looked into case-2" in made["thanks-0001-h-7"]
    assert PRAISE in made["thanks-0001-h-7"]


def test_erasing_a_case_deletes_what_was_written_of_it(folder: Path) -> None:
    do(folder, "slips --period 2026-11")
    ended = do(folder, "erase case-2 --by dpo --reason-code asked")
    assert slips(folder) == {}  # the owner's slip told of the compliment too
    assert "thanks-0001-h-7.txt" in ended.err
    do(folder, "slips --period 2026-11")
    do(folder, "erase case-1 --by dpo --reason-code asked")
    files = [path for path in folder.rglob("*") if path.is_file()]
    for words in (COMPLAINT, PRAISE):
        assert not [path for path in files if words.encode() in path.read_bytes()]


def test_a_call_that_was_asked_for_is_listed_and_is_no_contact_until_it_came(folder: Path) -> None:
    def waiting() -> list[tuple[str, int]]:
        found = do(folder, "at-risk --json").json
        jsonschema.validate(found, cs.schema("at-risk"))
        return [(one["unit_id"], one["tries"]) for one in found["cases_asked_for"]["waiting"]]

    call = "record contact case-1 --channel phone --by ceo --outcome"
    assert waiting() == [("case-1", 0)]
    do(folder, f"{call} not-reached")
    assert waiting() == [("case-1", 1)]
    assert figures(folder)["contacted"]["count"] == 0
    do(folder, f"{call} kept")
    assert waiting() == []
    assert figures(folder)["contacted"] == {
        "count": 1,
        "of": 1,
        "what": "complaints whose customer was contacted",
    }


def test_a_question_of_a_case_waits_for_the_board(folder: Path) -> None:
    do(folder, "record escalated_to_board case-1 --by ceo")
    assert "the board's answer  case-1" in do(folder, "at-risk").out
    do(folder, "role grant chair board --since 2026-01-01 --by board")
    do(folder, "record board_answer case-1 --outcome agreed --by chair")
    assert "the board's answer  case-1" not in do(folder, "at-risk").out


def test_a_month_of_letters_gets_no_papers_of_cases(folder: Path) -> None:
    do(folder, "slips --period 2026-10")
    assert not (folder / "packs" / "casebook").exists()


def test_erasing_a_name_deletes_the_papers_that_print_it_and_no_other(folder: Path) -> None:
    with cs.Ledger.open(f"sqlite:///{folder / 'signoff.db'}", clock=lambda: THEN) as ledger:
        ledger.name("h-7", "Ana Quillfeather", at=THEN, by="hr")
    do(folder, "slips --period 2026-11")
    assert "Ana Quillfeather (h-7)" in slips(folder)["thanks-0001-h-7"]
    ended = do(folder, "naming erase h-7 --by dpo --reason-code asked")
    assert [*slips(folder)] == ["slip-0001-o-3"]
    assert "thanks-0001-h-7.html" in ended.err
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in files if b"Ana Quillfeather" in path.read_bytes()]
    do(folder, "slips --period 2026-11")
    assert "  To: h-7\n" in slips(folder, 2)["thanks-0001-h-7"]
