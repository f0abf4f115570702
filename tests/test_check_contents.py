"""No trap after the draw: what keeps a letter from being rendered is found before the draw."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample.letters.markup.printed import unprinted
from command import ceosample
from inputs import commit_to_letters, configure, write_letters, write_month
from release_0_1 import FOLDER
from thorough import examples

PLAIN: dict[str, Any] = {
    "recipient": "Ms Lee",
    "address": ["1 High Street", "Swansea"],
    "salutation": "Dear Ms Lee,",
    "subject": "Your complaint",
    "body": "We were wrong.",
    "closing": "Yours sincerely,",
}
UPHELD: dict[str, Any] = {
    **{name: PLAIN[name] for name in ("recipient", "address", "salutation", "subject")},
    "kind": "upheld",
    "received": "2026-09-01",
    "complaint": "The fee.",
    "findings": "It was wrong.",
    "remedy": "We pay it back.",
    "contact": "Call us.",
}


def rows(**changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Four letters, some with changed fields."""
    return [{"unit_id": name, **PLAIN, **changes.get(name, {})} for name in ("A", "B", "C", "D")]


def test_every_letter_is_tried_and_every_problem_comes_at_once() -> None:
    """'try every eligible letter's fields ... and count those without contents'"""
    table = rows(A={"body": "We were\x07wrong."}, B={"subject": None}, C={"body": " \u200b\n"})
    frame = cs.Frame.from_records(
        [{"id": name} for name in "ABCDEF"],
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
    )
    report = cs.check_contents(table, frame=frame)
    assert not report.ok
    assert (report.eligible, report.tried, report.without) == (6, 4, ("E", "F"))
    assert report.problems == (
        "letter A, letter, body: got text of 14 characters with a control character (U+0007); "
        "remove it",
        "letter B: the field 'subject' is missing",
        "letter C: the element 'body' is empty; give it text",
    )
    assert "2 of 6 eligible letters have no contents ('E', 'F'); give them" in str(report)
    assert report.to_dict()["ok"] is False


@pytest.mark.parametrize(
    "table",
    [
        rows(),
        pd.DataFrame(rows()),
        pl.DataFrame(rows()),
        {row["unit_id"]: {"letter": PLAIN} for row in rows()},
        [
            {"unit_id": row["unit_id"], "letter": PLAIN, "docket": {"owner": "kim"}}
            for row in rows()
        ],
    ],
    ids=["rows", "pandas", "polars", "contents", "lines"],
)
def test_a_table_is_what_the_caller_has(table: Any) -> None:
    report = cs.check_contents(table)
    assert report.ok, str(report)
    assert report.tried == report.eligible == 4


def test_a_template_and_a_regime_are_those_that_the_letters_will_have() -> None:
    """'`cs.check_contents(table, template, regime)`'"""
    template = '{% extends "letter.html" %}{% block subject %}{{ policy }}{% endblock %}'
    assert cs.check_contents(rows(), template).problems == (
        "every letter: the field 'policy' is missing",
    )
    upheld = [{"unit_id": "A", **UPHELD}]
    assert cs.check_contents(upheld).ok
    report = cs.check_contents(upheld, None, "fca-disp-1.6.2r")
    assert report.ok, str(report)
    with_docket = cs.check_contents([{**upheld[0], "kind": "holding"}], None, "fca-disp-1.6.2r")
    assert "delay" in str(with_docket)


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(cs.errors.LetterError, match="table: got a whole number; give a pandas"):
        cs.check_contents(7)
    with pytest.raises(cs.errors.LetterError, match="row 1, column 'unit_id': got no id"):
        cs.check_contents([{"body": "We were wrong."}])


def test_characters_that_no_font_has_are_named_with_their_letters() -> None:
    table = rows(B={"body": "We were wrong, 王女士."}, D={"recipient": "王"})
    found = cs.check_contents(table).problems
    assert [fault.partition(";")[0] for fault in found] == [
        "letter B: no font has 士 (U+58EB)",
        "letter B: no font has 女 (U+5973)",
        "letter B: no font has 王 (U+738B)",
        "letter D: no font has 王 (U+738B)",
    ]


LOST = ["body", "remdy", "payment.note", "escalation"]


def test_fields_that_a_ready_letter_does_not_print_are_named() -> None:
    """'unknown and unprinted fields of a ready letter are named'"""
    letter = {
        **UPHELD,
        "body": "We also owe you 500 pounds.",
        "remdy": "We pay it back.",
        "escalation": "Write to us.",
        "payment": {"amount": "5.00", "currency": "GBP", "by": "2026-12-01", "note": "cash"},
    }
    report = cs.check_contents([{"unit_id": "A", **letter}])
    assert report.ok
    assert sorted(
        fault.partition("'")[2].partition("'")[0] for fault in report.unprinted
    ) == sorted(LOST)
    assert not cs.check_contents([{"unit_id": "A", **letter}], strict=True).ok
    assert unprinted(UPHELD, "final-response.html", "upheld", UPHELD) == []
    asked = {**letter, "needed": ["escalation"]}
    assert "escalation" not in unprinted(letter, "final-response.html", "upheld", asked)


VALUES = st.sampled_from(
    ["We.", "2026-10-01", "", " ", "\u200b", "a\x07", None, 5, ["a"], [], {"x": 1}]
)


@given(st.lists(st.dictionaries(st.sampled_from([*UPHELD]), VALUES, max_size=2), max_size=4))
@example([{"recipient": "a\x07"}, {"recipient": None}, {"recipient": None}])
@settings(max_examples=examples(40, one_in=4))
def test_a_trial_says_what_rendering_each_letter_alone_would(changes: list[dict[str, Any]]) -> None:
    """'no trap after the draw': of each shape one letter is rendered, and that says enough."""
    contents = {f"L{n}": {**UPHELD, **change} for n, change in enumerate(changes)}
    together = cs.check_contents({name: {"letter": letter} for name, letter in contents.items()})
    alone = {
        name
        for name, letter in contents.items()
        if not cs.check_contents({name: {"letter": letter}}).ok
    }
    if together.problems and together.problems[0].startswith("every letter"):
        assert alone == {*contents}
    else:
        assert {fault.split(" ")[1].strip(":,") for fault in together.problems} == alone


@pytest.fixture
def letters(tmp_path: Path) -> list[dict[str, Any]]:
    """A month that commits to its letters."""
    write_month(tmp_path, "2026-10", count=24)
    return commit_to_letters(tmp_path, "2026-10")


def told(folder: Path, *arguments: str) -> tuple[int, str]:
    at = (
        "--period",
        "2026-10",
        *(("--at", "2026-11-02T09:00:00+00:00") if "run" in arguments else ()),
    )
    ended = ceosample(*arguments, *at, folder=folder)
    return ended.code, ended.out + ended.err


@pytest.mark.slow
def test_a_month_that_commits_to_letters_is_not_frozen_with_one_that_cannot_be_rendered(
    tmp_path: Path, letters: list[dict[str, Any]]
) -> None:
    """'`ceosample check` and the freeze try every eligible letter's fields'"""
    assert told(tmp_path, "check")[0] == 0
    del letters[3]["letter"]["complaint"]
    lost, *rest = letters
    write_letters(tmp_path, "2026-10", rest)
    code, said = told(tmp_path, "check")
    assert code == 65
    assert "21 of 22 eligible letters have contents, and the frame commits to all" in said
    code, said = told(tmp_path, "run")
    assert code == 65
    assert f"1 of 22 eligible letters have no contents ({lost['unit_id']!r})" in said
    assert f"{letters[3]['unit_id']}: the field 'complaint' is missing" in said
    assert not (tmp_path / "months").exists()
    assert told(tmp_path, "run", "--dry-run")[0] == 65


@pytest.mark.slow
def test_a_check_counts_letters_without_contents_and_is_not_ok(tmp_path: Path) -> None:
    """'`check` says "ok" today to a table that lacks 859 of 909 letters, to an empty body'"""
    write_month(tmp_path, "2026-10", count=24)
    configure(tmp_path, ("# pdf = true", "pdf = false"))
    path = tmp_path / "letters-2026-10.jsonl"
    letters = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    write_letters(tmp_path, "2026-10", letters[:2])
    code, said = told(tmp_path, "check")
    assert code == 0  # letters may be written once they are drawn
    assert "look         contents" in said
    assert "2 of 22 eligible letters have contents" in said
    letters[0]["letter"]["remdy"] = "We pay it back."
    letters[1]["letter"] = {**PLAIN, "body": ""}
    write_letters(tmp_path, "2026-10", letters)
    code, said = told(tmp_path, "check")
    assert code == 65
    assert f"letter {letters[1]['unit_id']}" in said
    write_letters(tmp_path, "2026-10", [letters[0], *letters[2:]])
    code, said = told(tmp_path, "check")
    assert "look         trial" in said
    assert "'remdy': this kind of letter does not print it" in said
    configure(tmp_path, ("# strict = true", "strict = true  #"))
    assert told(tmp_path, "check")[0] == 65


@pytest.mark.slow
def test_a_run_names_fields_that_ready_letters_do_not_print_and_no_letter(tmp_path: Path) -> None:
    """'`run` names unknown and unprinted fields of ready letters in a line of its output'"""
    write_month(tmp_path, "2026-10", count=24)
    configure(tmp_path, ("# pdf = true", "pdf = false"))
    path = tmp_path / "letters-2026-10.jsonl"
    letters = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for letter in letters:
        letter["letter"]["remdy"] = "We pay it back."
    write_letters(tmp_path, "2026-10", letters)
    dice = ("--dice", "83019274650192837465", "--witness", "audit", "--witness", "chair")
    assert told(tmp_path, "run")[0] == 75
    code, said = told(tmp_path, "run", *dice)
    assert code == 0
    drawn = cs.Pack.load(tmp_path / "packs" / "2026-10")
    (line,) = [line for line in said.splitlines() if line.startswith("not printed")]
    assert line.startswith(f"not printed  'remdy' of {len(drawn)} letters; ")
    assert not any(letter["unit_id"] in said for letter in letters)
    assert "not printed" not in told(tmp_path, "run")[1]  # it rendered nothing


@pytest.mark.slow
def test_a_check_names_a_stratum_that_no_font_has(tmp_path: Path) -> None:
    write_month(tmp_path, "2026-10", count=24)
    configure(tmp_path)
    table = tmp_path / "responses-2026-10.csv"
    table.write_text(table.read_text("utf-8").replace("Insurance", "王部"), "utf-8")
    code, said = told(tmp_path, "check")
    assert code == 78
    assert "source, the stratum '王部': no font has 王 (U+738B)" in said


@pytest.mark.slow
def test_a_letter_that_cannot_be_rendered_as_committed_to_is_rendered_by_a_named_person_s_leave(
    tmp_path: Path, letters: list[dict[str, Any]]
) -> None:
    """'a named person lets `rework` render the next version with a reason, marked EDITED and
    counted on the cover sheet'"""
    month = ("--dice", "83019274650192837465", "--witness", "audit", "--witness", "chair")
    assert told(tmp_path, "run")[0] == 75
    drawn = cs.draw(
        frame_of(tmp_path), cs.Plan(size=12), cs.Seed.from_dice(month[1], witnesses=["a", "b"])
    )
    chosen = next(x for x in letters if x["unit_id"] == drawn.unit_ids[0])
    chosen["letter"]["complaint"] += " And so on."
    write_letters(tmp_path, "2026-10", letters)
    code, said = told(tmp_path, "run", *month)
    assert code == 65
    assert "--allowed-by PERSON --reason-code CODE" in said
    unit_id = chosen["unit_id"]
    assert told(tmp_path, "rework", unit_id, "--allowed-by", "kim")[0] == 2
    author = chosen["docket"]["author"]
    leave = ("--reason-code", "cannot-be-rendered", "--allowed-by")
    code, said = told(tmp_path, "rework", unit_id, *leave, author)
    assert code == 65
    assert "let another person allow the edit" in said
    assert told(tmp_path, "rework", unit_id, *leave, "kim")[0] == 0
    page = (tmp_path / "packs" / "2026-10" / "pack.html").read_text("utf-8")
    assert f"1 of {len(drawn)} letters since the draw" in page
    assert "EDITED since the draw" in page
    assert "allowed by kim (cannot-be-rendered)" in page
    with cs.Ledger.open(f"sqlite:///{tmp_path}/signoff.db") as ledger:
        (event,) = [e for e in ledger.events(unit_id=unit_id) if e.kind == "rendered"]
        assert (event.payload["edited_by"], event.payload["edited_for"]) == (
            "kim",
            "cannot-be-rendered",
        )
        assert ledger.check().ok
    assert told(tmp_path, "run")[0] == 0  # the month is sent, and no run is in its way


def frame_of(folder: Path) -> cs.Frame:
    """The frame that the month's folder holds."""
    month = folder / "packs" / "2026-10"
    return cs.Frame.from_manifest(
        (month / "manifest.csv").read_bytes(),
        (month / "exclusions.csv").read_bytes(),
        population="complaint-responses",
        period="2026-10",
    )


def test_under_rules_1_an_allowed_edit_is_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    """'refuse before anything is written, and name `ceosample upgrade`'"""
    folder = Path(shutil.copytree(FOLDER, tmp_path / "old"))
    (folder / "chain.json").chmod(0o600)
    with cs.Ledger.open(f"sqlite:///{folder}/signoff.db") as ledger:
        back = next(
            e.unit_id or "" for e in ledger.events(period="2026-12") if e.kind == "selected"
        )
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    leave = ("--allowed-by", "kim", "--reason-code", "cannot-be-rendered")
    ended = ceosample("rework", back, "--period", "2026-12", *leave, folder=folder)
    assert ended.code == 65
    assert "run 'ceosample upgrade' first" in ended.out + ended.err
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert after.keys() - before.keys() <= {folder / "packs" / "2026-12" / ".lock"}
    assert {path: after[path] for path in before} == before
