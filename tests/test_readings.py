"""A population of what is no letter, by the command alone: drawn, shown, read, and not signed."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import ceosample as cs
from ceosample.figures import metrics
from ceosample.letters.room.page_parts import _WORDS, OPEN, part
from command import Ended, asked
from inputs import write_month

PERIOD = "2026-10"
DICE = {"calls": "83019274650192837465", "complaints": "22222222222222222222"}
AT = "2026-11-02T09:00:00+00:00"
LATER = "2026-11-03T09:00:00+00:00"
CONFIGURATION = """
[[population]]
name = "calls"
title = "Calls and chats"
first = "2026-10"
kind = "reading"
[population.source]
csv = "calls-{period}.csv"
unit_id = "call"
[population.strata]
variables = ["channel"]
[population.letters]
contents = "calls-{period}.jsonl"

[[population]]
name = "complaints"
first = "2026-10"
[population.source]
csv = "responses-{period}.csv"
unit_id = "response_id"
[population.letters]
contents = "letters-{period}.jsonl"

[plan]
size = 3
reserves = 1
[seed]
source = "dice"
[signatory]
id = "ceo"
name = "Margaret Llewelyn"
title = "Chief Executive"
[letters]
letterhead = ["The Bank"]
pdf = false
[ledger]
url = "sqlite:///signoff.db"
[output]
folder = "packs"
"""


@pytest.fixture(scope="module")
def sent_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readings")
    write_month(folder, PERIOD, count=20)
    (folder / "ceosample.toml").write_text(CONFIGURATION, "utf-8")
    ids = [f"C-{n}" for n in range(1, 31)]
    with (folder / f"calls-{PERIOD}.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["call", "channel"])
        rows.writerows([unit_id, "chat"] for unit_id in ids)
    lines = [
        {"unit_id": unit_id,
         "letter": {"subject": "A fee that was charged twice", "channel": "Chat",
                    "when": "2026-10-05", "body": "Bot: Hello.\n\nCustomer: Give it back."},
         "docket": {"owner": "h-1", "author": "bot-1", "received": "2026-10-05"}}
        for unit_id in ids
    ]  # fmt: skip
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (folder / f"calls-{PERIOD}.jsonl").write_text(text, "utf-8")
    for population, digits in DICE.items():
        run = ("run", "--population", population, "--period", PERIOD, "--at", AT)
        assert asked(*run, folder=folder).code == 75
        dice = ("--dice", digits, "--witness", "internal audit")
        done = asked(*run, *dice, folder=folder)
        assert done.code == 0, done.err
    return folder


@pytest.fixture
def firm(sent_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sent_once, tmp_path / "firm"))


def ids_of(firm: Path, population: str) -> list[str]:
    pack = json.loads((firm / "packs" / population / PERIOD / "pack.json").read_bytes())
    return [entry["unit_id"] for entry in pack["letters"]]


def record(firm: Path, kind: str, unit_id: str, *more: str) -> Ended:
    return asked("record", kind, unit_id, "--by", "ceo", "--at", LATER, *more, folder=firm)


def figures(firm: Path, population: str) -> Any:
    command = ("metrics", "--population", population, "--as-of", "2026-12-01T00:00:00+00:00")
    found = asked(*command, "--json", folder=firm).json
    jsonschema.validate(found, cs.schema("metrics"))
    return {name: value for name, value in found.items() if name != "head"}


@pytest.mark.slow
def test_it_is_read_found_recognised_and_contacted_and_not_signed(firm: Path) -> None:
    """'drawn, shown, read, found, recognised, contacted, but not signed'"""
    one, two, three = ids_of(firm, "calls")
    for kind in ("signed", "delegated", "declined", "returned_for_rework", "dispatched", "lapsed"):
        options = {"delegated": ["--to", "dep-1"], "signed": [], "dispatched": []}
        more = options.get(kind, ["--reason-code", "tone"])
        refused = record(firm, kind, one, *more)
        assert refused.code == 65
        assert "is a reading, which is no letter: nobody signs it" in refused.err, kind
    for kind, more in (
        ("viewed", []), ("finding", ["--verdict", "defective", "--codes", "tone"]),
        ("recognition", ["--colleague", "h-1", "--reason-code", "kind-tone"]),
        ("contact", ["--channel", "telephone", "--outcome", "reached"]),
        ("note", ["--text", "Listen to the next one too."]), ("read", []),
    ):  # fmt: skip
        assert record(firm, kind, one, *more).code == 0, kind
    assert record(firm, "taken_over", two).code == 0
    assert record(firm, "read", two).code == 0
    other = asked("record", "read", three, "--by", "someone", "--at", LATER, folder=firm)
    assert (other.code, "only they can record it as read" in other.err) == (65, True)

    status = asked("status", "--population", "calls", folder=firm)
    assert "reading coverage: 2 of 3 selected readings read in person" in status.out
    assert "signed" not in status.out.replace("sent_for_signature", "")
    assert f"sent_for_signature: {three}" in status.out
    told = asked("status", "--population", "calls", "--json", folder=firm).json
    jsonschema.validate(told, cs.schema("status"))
    assert told["months"][0]["coverage"]["signoff"] == {
        "count": 2, "of": 3, "what": "selected readings read in person"
    }  # fmt: skip


def test_a_letter_is_not_recorded_as_read(firm: Path) -> None:
    unit_id = ids_of(firm, "complaints")[0]
    refused = record(firm, "read", unit_id)
    assert (refused.code, "is a letter, and only a reading" in refused.err) == (65, True)


def test_the_figures_of_letters_do_not_change_by_a_byte(firm: Path) -> None:
    """'its coverage counts *read* and is never added to one of letters'"""
    record(firm, "signed", ids_of(firm, "complaints")[0])
    before = figures(firm, "complaints")
    whole = asked("status", "--population", "complaints", folder=firm).out.rpartition("head")[0]
    for unit_id in ids_of(firm, "calls"):
        assert record(firm, "read", unit_id).code == 0
    assert figures(firm, "complaints") == before
    again = asked("status", "--population", "complaints", folder=firm).out.rpartition("head")[0]
    assert again == whole
    calls = figures(firm, "calls")
    assert calls["sample"]["signoff"]["count"] == 3
    assert calls["is_reading"] is True
    assert "is_reading" not in before
    with cs.Ledger.open(f"sqlite:///{firm / 'signoff.db'}") as ledger:
        events = list(ledger.events())
    as_of = events[-1].at
    both = metrics(events, as_of=_moment(as_of))
    assert (both.sample.signoff.count, both.sample.signoff.of) == (1, 3)
    assert both.sample.signoff.what == "selected letters signed in person"
    assert [one.is_reading for one in both.populations] == [True, False]
    text = asked("metrics", "--population", "calls", folder=firm).out
    assert "reading coverage" in text
    assert "signed" not in text.replace("co-signed", "")


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text) + dt.timedelta(days=30)


def test_papers_room_and_sheet_use_the_word(firm: Path) -> None:
    """'cover sheet, room and report use the word'"""
    folder = firm / "packs" / "calls" / PERIOD
    page = (folder / "pack.html").read_text("utf-8")
    assert "<h1>To be read</h1>" in page
    assert "3 of the month&#39;s 30 readings were drawn by chance." in page
    assert "approve" not in page
    assert '<p class="signature">' not in page
    room = (folder / "room.html").read_text("utf-8")
    assert '"reading":true' in room
    found = asked("verify", f"packs/calls/{PERIOD}", "--ledger", folder=firm)
    assert found.code == 0
    assert "pack RECORDED: words and page compared" in found.out
    assert asked("verify", "--all", folder=firm).code == 0


def test_what_comes_back_to_its_owner_and_a_colleague_uses_the_word(firm: Path) -> None:
    one = ids_of(firm, "calls")[0]
    assert record(firm, "finding", one, "--verdict", "defective", "--codes", "tone").code == 0
    thanks = ("--colleague", "h-1", "--reason-code", "kind")
    assert record(firm, "recognition", one, *thanks).code == 0
    calls = ("--population", "calls")
    assert asked("words", one, *calls, folder=firm).out.startswith(f"Reading {one} of calls")
    assert asked("slips", "--period", PERIOD, *calls, folder=firm).code == 0
    made = firm / "packs" / "calls" / PERIOD / "slips-1"
    slip = (made / "slip-0001-h-1.txt").read_text("utf-8")
    note = (made / "thanks-0001-h-1.txt").read_text("utf-8")
    assert "What was said of your readings" in slip
    assert "What to change: tone, next time" in slip
    assert f"Margaret Llewelyn read {one}, saw your work in it" in note
    assert "letter" not in slip + note


def test_every_word_that_a_room_of_readings_changes_is_there() -> None:
    """Where this fails, a part of the room has other words now: change the table too."""
    parts = [*OPEN, "tools.html", "room.css", "locked.html"]
    text = "".join(part(name) for name in parts)
    assert [words for words in _WORDS if words not in text] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('kind = "poem"', "population.kind: got 'poem'"),
        ('[population.letters]\nkind = "upheld"', "letters.kind: got a key that only letters have"),
        ('[population.letters]\nexisting = "x-{unit_id}.pdf"', "letters.existing: got a key"),
    ],
)
def test_what_only_letters_have_is_refused(firm: Path, change: str, message: str) -> None:
    path = firm / "ceosample.toml"
    old = 'kind = "reading"' if "poem" in change else "[population.letters]"
    path.write_text(path.read_text("utf-8").replace(old, change, 1), "utf-8")
    ended = asked("status", "--population", "calls", folder=firm)
    assert (ended.code, message in ended.err) == (78, True), ended.err


def test_the_ledger_can_be_imported_and_checked(firm: Path) -> None:
    for unit_id in ids_of(firm, "calls"):
        assert record(firm, "read", unit_id).code == 0
    assert asked("export", "events.jsonl", folder=firm).code == 0
    lines = (firm / "events.jsonl").read_bytes().splitlines()
    with cs.Ledger.restore("sqlite://", lines) as again:
        assert again.check().ok
    event = next(json.loads(line) for line in lines if b'"kind":"read"' in line)
    history = asked("ledger", "letter", event["unit_id"], folder=firm)
    assert (history.code, "read" in history.out) == (0, True)


@pytest.mark.parametrize(
    "command",
    [
        ["at-risk"], ["health"], ["infer", "--year", "2026"], ["close", "--period", PERIOD],
        ["report", "--period", PERIOD, "--out", "board.html"],
    ],
)  # fmt: skip
def test_the_other_commands_work_for_it(firm: Path, command: list[str]) -> None:
    """'metrics/status/report/close/at-risk/verify/health all work for it'"""
    for unit_id in ids_of(firm, "calls"):
        record(firm, "read", unit_id)
    ended = asked(*command, "--population", "calls", folder=firm)
    assert ended.code in ((0, 1, 2) if command == ["health"] else (0,)), ended.err
