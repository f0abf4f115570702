"""What customers went through, what was asked for and has not come, and why a letter is there."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

import ceosample as cs
from ceosample.errors import LetterError
from command import Ended, done_at
from inputs import configure
from rooms import DOCKET, letter, pack_of

MONTH: Final = "2026-10"
THEN: Final = dt.datetime(2026, 11, 5, 9, tzinfo=dt.UTC)

#: A letter that came back, one before the board, one that was signed.
BACK, BOARD, SIGNED = "R-YWR3C7", "R-8Z6LYZ", "R-BSHQD8"


def do(folder: Path, *line: str, at: dt.datetime = THEN) -> Ended:
    return done_at(at, *line, folder=folder)


@pytest.fixture
def folder(demonstration: Path, tmp_path: Path) -> Path:
    place = Path(shutil.copytree(demonstration, tmp_path / "month"))
    configure(place, ("# pdf = true ", "pdf = false "))
    return place


def contact(folder: Path, unit_id: str, outcome: str, *more: str) -> Any:
    line = ("record", "contact", unit_id, "--channel", "telephone", "--outcome", outcome)
    return do(folder, *line, "--by", "ceo", "--json", *more).json


def waiting(folder: Path, *more: str) -> Any:
    found = do(folder, "at-risk", "--json", *more).json
    jsonschema.validate(found, cs.schema("at-risk"))
    return found["asked_for"]


def open_for(folder: Path) -> list[tuple[str, str, int]]:
    return [(one["kind"], one["unit_id"], one["tries"]) for one in waiting(folder)["waiting"]]


# What was asked for


def test_a_contact_that_was_asked_for_waits_until_one_reaches_the_customer(folder: Path) -> None:
    assert open_for(folder) == [("escalated_to_board", BOARD, 0)]
    asked_first = contact(folder, SIGNED, "asked")
    assert open_for(folder)[1:] == [("contact", SIGNED, 0)]
    contact(folder, SIGNED, "not-reached")
    contact(folder, SIGNED, "asked")  # asked again: it is one thing, and since the first time
    assert open_for(folder)[1:] == [("contact", SIGNED, 1)]
    assert waiting(folder)["waiting"][1]["since"] == "2026-11-05"
    assert waiting(folder)["contacts"] == {
        "count": 1, "of": 1, "what": "letters with a contact asked for still wait for it",
    }  # fmt: skip
    came = contact(folder, SIGNED, "kept")
    assert open_for(folder)[1:] == []
    assert waiting(folder)["contacts"]["of"] == 1
    do(folder, "correct", came["hash"], "--reason-code", "slip", "--by", "ceo")
    assert open_for(folder)[1:] == [("contact", SIGNED, 1)]
    assert asked_first["kind"] == "contact"


def test_a_contact_that_nobody_asked_for_waits_for_nothing(folder: Path) -> None:
    contact(folder, SIGNED, "reached")
    assert waiting(folder)["contacts"]["of"] == 0
    contact(folder, SIGNED, "asked")  # it was asked for after the other
    assert open_for(folder)[1:] == [("contact", SIGNED, 0)]


def test_a_question_to_the_board_waits_until_it_is_answered(folder: Path) -> None:
    assert "the board's answer" in do(folder, "at-risk").out
    found = waiting(folder, "--as-of", "2026-11-04T09:00+00:00")
    assert (found["waiting"][0]["since"], found["waiting"][0]["days"]) == ("2026-11-02", 2)
    assert waiting(folder, "--as-of", "2026-11-01T09:00+00:00")["waiting"] == []
    do(folder, "role", "grant", "chair", "board", "--since", "2026-01-01", "--by", "board")
    do(folder, "record", "board_answer", BOARD, "--outcome", "agreed", "--by", "chair")
    assert open_for(folder) == []
    assert waiting(folder)["questions"]["of"] == 1


# Why a letter is where it is


def test_status_says_why_a_letter_came_back(folder: Path) -> None:
    assert f"  returned_for_rework: {BACK} (tone)\n" in do(folder, "status").out
    found = do(folder, "status", "--json").json
    jsonschema.validate(found, cs.schema("status"))
    reasons = {one["unit_id"]: one["reason"] for one in found["months"][0]["letters"]}
    assert (reasons[BACK], reasons[SIGNED]) == ("tone", None)
    do(folder, "record", "lapsed", BACK, "--reason-code", "no-time", "--by", "releaser")
    told = do(folder, "status").out
    assert f"\nended for a reason:\n  lapsed: {BACK} (no-time)\n" in told
    assert f"returned_for_rework: {BACK}" not in told


# Figures


def metrics(folder: Path) -> Any:
    found = do(folder, "metrics", "--json").json
    jsonschema.validate(found, cs.schema("metrics"))
    return found


def test_thirteen_calls_and_four_mails_are_a_figure(folder: Path) -> None:
    """'contacts per complaint (a customer ... needed 13 calls and 4 emails), people passed between'

    The newest version of a letter says it, so a rework can put it right."""
    before = metrics(folder)["contacts"]
    assert before["passed_between"]["stated"]["count"] == 0
    assert before["contacts"]["stated"] == {
        "count": 12, "of": 12, "what": "letters say how many contacts there were",
    }  # fmt: skip
    assert sum(before["channels"].values()) == before["contacts"]["total"]
    path = folder / f"letters-{MONTH}.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    (mine,) = (one for one in lines if one.get("unit_id", one.get("id")) == BACK)
    was = sum(mine["docket"]["contacts"].values())
    mine["docket"] |= {"contacts": {"telephone": 13, "email": 4}, "passed_between": 7}
    path.write_text("".join(json.dumps(one) + "\n" for one in lines), "utf-8")
    do(folder, "rework", BACK, "--period", MONTH)
    found = metrics(folder)["contacts"]
    assert found["contacts"]["total"] == before["contacts"]["total"] - was + 17
    assert found["contacts"]["most"] == 17
    assert found["contacts"]["spread"]["17"] == 1
    assert sum(found["contacts"]["spread"].values()) == 12
    assert found["passed_between"] == {
        "total": 7, "mean": "7", "most": 7, "spread": {"7": 1},
        "stated": {
            "count": 1, "of": 12,
            "what": "letters say how many colleagues the customer was passed between",
        },
    }  # fmt: skip
    page = (folder / "packs" / MONTH / "rework-1" / "pack.html").read_text("utf-8")
    assert "<dt>Passed between</dt><dd>7 colleagues</dd>" in page
    assert "7 colleagues in 1 letter: 7.0 a letter, 7 at most; 1 of 12" in do(folder, "metrics").out


def test_whether_customers_stayed_is_counted_of_those_who_were_reached(folder: Path) -> None:
    """'outcomes of executive contacts (kept, left, unknown)'"""
    assert metrics(folder)["contacts"]["reached"]["count"] == 0
    contact(folder, SIGNED, "kept")
    contact(folder, SIGNED, "reached")  # says nothing of it, so they are still kept
    contact(folder, BACK, "kept")
    contact(folder, BACK, "left")
    contact(folder, BOARD, "reached")
    contact(folder, "R-C595ZY", "not-reached")
    contact(folder, "R-K3YBQH", "asked")
    found = metrics(folder)["contacts"]
    counts = {name: found[name] for name in ("reached", "kept", "left", "unknown")}
    assert {name: (one["count"], one["of"]) for name, one in counts.items()} == {
        "reached": (3, 12), "kept": (1, 3), "left": (1, 3), "unknown": (1, 3),
    }  # fmt: skip
    do(folder, "report", "--period", MONTH, "--out", "r.html")
    page = (folder / "r.html").read_text("utf-8")
    assert "3 of 12 customers were reached by the chief executive or the office." in page
    assert "What it took the customer" in page
    assert "Contacts that 12 letters took" in page


def test_a_contact_changes_no_figure_of_the_signatures(folder: Path) -> None:
    before = metrics(folder)
    contact(folder, SIGNED, "kept")
    after = metrics(folder)
    for gone in ("contacts", "head", "as_of"):
        del before[gone], after[gone]
    assert after == before


@pytest.mark.parametrize("value", [-1, 1.5, "seven", True, [7]])
def test_passed_between_is_a_whole_number(value: Any) -> None:
    with pytest.raises(LetterError, match="passed_between: got"):
        pack_of({"R-1": {"letter": letter(), "docket": {**DOCKET, "passed_between": value}}})


def test_a_docket_without_it_prints_nothing_of_it() -> None:
    pack = pack_of({"R-1": {"letter": letter(), "docket": DOCKET}})
    assert b"Passed between" not in pack.files()["pack.html"]
    assert "passed_between" not in pack.docket("R-1")
