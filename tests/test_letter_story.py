"""The history of one letter: nothing of it is missing, and what is void says so."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

import ceosample as cs
from ceosample.signoff.letter_story import LetterStory, letter_story, void_by
from ceosample.signoff.store.events import Event
from command import Ended
from release_0_1 import FOLDER, POPULATION, ask

LATER: Final = dt.datetime(2027, 2, 10, 12, tzinfo=dt.UTC)

#: A letter with a note, one whose note was erased, one of which nothing but its draw is known.
NOTED, ERASED, RESERVE = "R-KBRL2Z", "R-B2CY54", "R-MPSR4L"
NOTE: Final = "The parrot is well."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "month"))


def do(folder: Path, *line: str) -> Ended:
    ended = ask(line, folder, LATER)
    assert ended.code == 0, ended.err
    return ended


def shown(folder: Path, unit_id: str, *more: str) -> Any:
    """The letter's history as JSON, held to its schema."""
    found = do(folder, "ledger", "letter", unit_id, *more, "--json").json
    jsonschema.validate(found, cs.schema("letter"))
    return found


def void_in(story: Any) -> dict[int, int]:
    return {e["sequence"]: e["void_by"] for e in story["events"] if e["void_by"] is not None}


@pytest.mark.slow
def test_every_event_of_every_letter_is_in_its_story_as_the_ledger_has_it(folder: Path) -> None:
    """'every event, who, when, words, corrections'; on the folder that 0.1 left"""
    of_letters: dict[str, list[Any]] = defaultdict(list)
    with cs.Ledger.open(f"sqlite:///{folder / 'signoff.db'}", create=False) as ledger:
        for event in ledger.events():
            if event.unit_id is not None:
                of_letters[event.unit_id].append(event.to_dict() | {"hash": event.hash})
        stories = {unit_id: letter_story(ledger, unit_id) for unit_id in of_letters}
    assert len(stories) > 60
    for unit_id, events in of_letters.items():
        found = stories[unit_id].to_dict()
        jsonschema.validate(found, cs.schema("letter"))
        told: Any = found["events"]
        own = [{n: e[n] for n in events[0]} for e in told if e["unit_id"] is not None]
        assert own == events
        lines = str(stories[unit_id])
        for event in events:
            assert f"{event['sequence']:>5}  {event['at']}  " in lines
            assert event["actor"] in lines


@pytest.fixture
def told(folder: Path) -> LetterStory:
    with cs.Ledger.open(f"sqlite:///{folder / 'signoff.db'}", create=False) as ledger:
        return letter_story(ledger, NOTED)


def test_a_story_says_who_when_and_in_which_words(told: LetterStory) -> None:
    lines = str(told).splitlines()
    assert lines[:4] == [
        f"Letter {NOTED} of {POPULATION}, 2026-10",
        "  state    dispatched",
        "  stratum  Current accounts",
        "  texts    under a legal hold",
    ]
    note = next(n for n, line in enumerate(lines) if " note " in line)
    assert lines[note].split() == ["102", "2026-11-03T09:26:00+00:00", "note", "office"]
    assert lines[note + 1].strip() == f"| {NOTE}"
    assert "letter c693cebe" in str(told)
    assert max(map(len, lines)) <= 80


@pytest.mark.slow
def test_the_schema_of_a_letter_s_story_takes_nothing_else(told: LetterStory) -> None:
    written: Any = told.to_dict()
    without = [{n: v for n, v in written.items() if n != name} for name in written]
    first, *others = written["events"]
    changed = [{n: v for n, v in first.items() if n != name} for name in first]
    changed.append({**first, "surplus": "x"})
    wrong = [*without, {**written, "surplus": "x"}]
    wrong += [{**written, "events": [event, *others]} for event in changed]
    for story in wrong:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(story, cs.schema("letter"))


def test_a_correction_names_the_event_that_it_made_void(folder: Path) -> None:
    """'which event corrected which'"""
    asked = ("record", "finding", NOTED, "--verdict", "defective", "--by", "ceo", "--json")
    finding = do(folder, *asked).json
    correction = do(
        folder, "correct", finding["hash"], "--reason-code", "slip", "--by", "ceo", "--json"
    ).json
    story = shown(folder, NOTED)
    assert void_in(story) == {finding["sequence"]: correction["sequence"]}
    assert [(e["sequence"], e["corrects"]) for e in story["events"] if e["corrects"]] == [
        (correction["sequence"], finding["sequence"])
    ]
    words = do(folder, "ledger", "letter", NOTED).out
    assert f"VOID by event {correction['sequence']}, corrected" in words
    assert f"makes event {finding['sequence']} void, reason code slip" in words


def test_a_text_that_was_erased_stays_erased(folder: Path) -> None:
    before = shown(folder, ERASED)
    assert [e["kind"] for e in before["events"] if e["erased"]] == ["note"]
    assert "its words were erased" in do(folder, "ledger", "letter", ERASED).out
    assert NOTE in do(folder, "ledger", "letter", NOTED).out
    why = ("--period", "2026-10", "--reason-code", "asked", "--by", "office")
    do(folder, "hold", NOTED, "--lift", *why)
    do(folder, "erase", NOTED, *why)
    after = shown(folder, NOTED)
    assert (after["held"], NOTE in json.dumps(after)) == (False, False)
    assert [(e["words"], e["erased"]) for e in after["events"] if e["kind"] == "note"] == [
        (None, True)
    ]


def test_a_month_that_was_superseded_makes_its_letters_void(folder: Path) -> None:
    before = shown(folder, NOTED)
    month = ("--period", "2026-10", "--reason-code", "trial", "--by", "office", "--json")
    superseded = do(folder, "supersede", *month).json
    story = shown(folder, NOTED)
    assert story["state"] is None
    assert "not known by a valid event" in do(folder, "ledger", "letter", NOTED).out
    assert story["events"][-1]["sequence"] == superseded["sequence"]
    events = [(e["sequence"], e["kind"]) for e in before["events"]]
    assert {*void_in(story)} == {number for number, kind in events if kind != "held"}
    assert story["held"]
    assert set(void_in(story).values()) == {superseded["sequence"]}


def test_a_claim_from_a_file_that_was_withdrawn_is_void(folder: Path) -> None:
    do(folder, "import-tracker", "sign-offs.csv", "--by", "office")
    claim = shown(folder, "OLD-1", "--period", "2025-03")
    assert void_in(claim) == {}
    file = claim["events"][0]["payload"]["file"]
    do(folder, "withdraw-tracker", file, "--reason-code", "slip", "--by", "office")
    story = shown(folder, "OLD-1")
    assert [e["kind"] for e in story["events"]] == ["imported", "import_withdrawn"]
    assert list(void_in(story)) == [claim["events"][0]["sequence"]]


def test_an_id_of_several_months_is_asked_for_by_month(folder: Path) -> None:
    past = folder / "sign-offs.csv"
    lines = past.read_text("utf-8").replace("OLD-1,", f"{NOTED},")
    past.write_text(lines, "utf-8")
    do(folder, "import-tracker", "sign-offs.csv", "--by", "office")
    ended = ask(["ledger", "letter", NOTED], folder, LATER)
    assert (ended.code, ended.out) == (65, "")
    assert "2 letters have this id" in ended.err
    assert "2025-03" in ended.err
    assert "2026-10" in ended.err
    assert "give --period or --population" in ended.err
    assert shown(folder, NOTED, "--period", "2026-10")["stratum"] == ["Current accounts"]
    assert shown(folder, NOTED, "--period", "2025-03")["state"] is None


def test_a_month_without_the_letter_is_told_with_those_that_have_it(folder: Path) -> None:
    ended = ask(["ledger", "letter", NOTED, "--period", "2026-12"], folder, LATER)
    assert ended.code == 65
    there = f"the ledger has this id in {POPULATION}, 2026-10"
    assert f"--period: got '2026-12'; {there}" in ended.err
    ended = ask(["ledger", "letter", NOTED, "--population", "other"], folder, LATER)
    assert (ended.code, f"--population: got 'other'; {there}" in ended.err) == (65, True)


@pytest.mark.parametrize(
    ("unit_id", "words"),
    [
        ("r-kbrl2z", "did you mean 'R-KBRL2Z'?"),
        ("R-KBRL2", "did you mean 'R-KBRL2Z'"),
        ("4711", "'ceosample export letters.csv' lists"),
        ("", "'ceosample export letters.csv' lists"),
    ],
)
def test_an_unknown_id_is_told_with_what_helps(unit_id: str, words: str, folder: Path) -> None:
    ended = ask(["ledger", "letter", unit_id], folder, LATER)
    assert (ended.code, ended.out) == (65, "")
    assert f"letter {unit_id!r}: no event of this ledger has this id; {words}" in ended.err


def test_a_response_of_which_only_a_resolution_is_known_has_a_story(folder: Path) -> None:
    line = ("resolution", "propose", "OOP-9", "--policy", "fees", "--review-by", "2027-06-30")
    do(folder, *line, "--response", "R-NEW", "--by", "h-1")
    story = shown(folder, "R-NEW")
    assert (story["period"], story["state"], len(story["events"])) == (None, None, 1)
    assert "resolution proposed" in do(folder, "ledger", "letter", "R-NEW").out


def test_a_reserve_that_nobody_needed_has_a_story(folder: Path) -> None:
    assert shown(folder, RESERVE)["state"] == "reserve"


def test_words_cannot_command_a_terminal_or_pass_for_a_line_of_ours(folder: Path) -> None:
    text = "ok\x1b[2J\n  999  2026-11-03T09:26:00+00:00  signed  ceo"
    do(folder, "record", "note", NOTED, "--by", "office", "--text", text)
    lines = do(folder, "ledger", "letter", NOTED).out.splitlines()
    assert "       | ok\\x1b[2J" in lines
    assert [line for line in lines if "999" in line] == [
        "       |   999  2026-11-03T09:26:00+00:00  signed  ceo"
    ]


def event(sequence: int, kind: str, **payload: str) -> Event:
    when = f"2026-11-{sequence:02}T09:00:00"
    about = {"population": POPULATION, "period": "2026-10", "unit_id": "R-1"}
    return Event(
        sequence, f"{when}+00:00", f"{when}.000000Z", "ceo", kind, **about, payload=payload,
        previous="0" * 64,
    )  # fmt: skip


def test_what_makes_an_event_void_makes_no_other_void() -> None:
    """A claim is of its file, and a hold holds, whatever becomes of the month's draw."""
    events = [
        event(1, "imported", file="a"),
        event(2, "imported", file="b"),
        event(3, "selected"),
        event(7, "held"),
        event(4, "superseded"),
        event(5, "selected"),
        event(6, "import_withdrawn", file="a"),
    ]
    assert void_by(events) == {3: 4, 1: 6}
