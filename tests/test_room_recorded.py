"""A month of twelve letters, decided in the browser and recorded: nothing but the one file."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from browser import Room, opened
from ceosample import Ledger, Pack
from ceosample.figures import metrics
from ceosample.signoff.figures.month_summary import summarise
from command import asked
from inputs import configure, write_month
from thorough import first_of

PERIOD = "2026-10"
#: Of the running clock, because the browser reads it too.
SENT = dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)
COMMENT = 'Say sorry first.\n\n<b>Ms "Quillfeather"</b> sings; so does O’Brien: \\u2028 \u2028 =1+1'


def ceosample(folder: Path, *arguments: str) -> tuple[int, str]:
    """The command, in this process: its exit code, and its result or what was wrong."""
    ended = asked(*arguments, folder=folder)
    return ended.code, ended.err if ended.code else ended.out


@pytest.fixture(scope="module")
def sent_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sent")
    write_month(folder, PERIOD)
    configure(folder, ("# pdf = true ", "pdf = false "))
    run = ("run", "--period", PERIOD, "--at", SENT.isoformat())
    assert ceosample(folder, *run)[0] == 75
    dice = ("--dice", "83019274650192837465", "--witness", "internal audit")
    assert ceosample(folder, *run, *dice)[0] == 0
    people = (("ceo", "signatory", ()), ("dep-1", "deputy", ("--of", "ceo")))
    for person, role, more in people:
        granted = ("--since", "2020-01-01", "--by", "office", "--at", SENT.isoformat())
        assert ceosample(folder, "role", "grant", person, role, *more, *granted)[0] == 0
    return folder


@pytest.fixture
def month(sent_once: Path, tmp_path: Path) -> Path:
    """A copy of a month that was sent to the signatory; the deputy is registered."""
    return Path(shutil.copytree(sent_once, tmp_path / "month"))


@contextlib.contextmanager
def nothing_written(month: Path) -> Iterator[None]:
    before = head_of(month)
    yield
    assert head_of(month) == before


def head_of(month: Path) -> str:
    with Ledger.open(f"sqlite:///{month / 'signoff.db'}") as ledger:
        return ledger.head


def room_of(month: Path) -> Path:
    return month / "packs" / PERIOD / "room.html"


def record(month: Path, data: bytes) -> tuple[int, str]:
    (month / "decisions.json").write_bytes(data)
    return ceosample(month, "record", "--from", "decisions.json", "--recorder", "office", "--json")


def decide_everything(room: Room) -> None:
    """A morning's work: twelve letters, every action, some letters with more than one."""
    room.press("n", "s")
    room.press("n", "r")
    room.choose("Why", "tone")
    room.write("Comment for the writer (optional)", COMMENT)
    room.submit()
    room.press("n", "d")
    room.choose("Why", "my-cousin-s")
    room.submit()
    room.press("n", "e")
    room.submit()
    room.press("n", "t")
    room.press("n", "g")
    room.choose("The deputy's id", "dep-1")
    room.submit()
    room.press("n", "f")
    room.choose("Verdict", "defective")
    room.dialog.get_by_label("It is late (late)").check()
    room.write("Other codes, with spaces between", "one-two  three")
    room.submit()
    room.press("w")
    room.choose("The colleague's id", "h-999")
    room.choose("For what", "kind-tone")
    room.write("Words for them (optional)", "Thank you.")
    room.submit()
    room.press("s")
    room.press("n", "c")
    room.choose("What you ask, or what came of it", "asked")
    room.choose("How", "telephone")
    room.write("Who is to do it, and what about (optional)", "The branch, about the fee.")
    room.submit()
    room.press("s")
    room.press("n", "o")
    room.write("Note", "Look at this again in spring.")
    room.submit()
    room.press("e")
    room.choose("Why (optional)", "systemic")
    room.write("What the board should know (optional)", "It is the third.")
    room.submit()
    room.press("n", "l")
    room.press("n", "s")
    room.press("n", "s")


def expected(pack: Pack) -> list[dict[str, Any]]:
    """What the file then says, but for the moments."""
    ids = [letter.unit_id for letter in pack]
    said: list[tuple[int, str, dict[str, Any]]] = [
        (1, "signed", {}),
        (2, "returned_for_rework", {"reason_code": "tone", "text": COMMENT}),
        (3, "declined", {"reason_code": "my-cousin-s"}),
        (4, "escalated_to_board", {}),
        (5, "taken_over", {}),
        (6, "delegated", {"to": "dep-1"}),
        (7, "finding", {"verdict": "defective", "codes": ["late", "one-two", "three"]}),
        (7, "recognition", {"colleague": "h-999", "reason_code": "kind-tone",
                            "text": "Thank you."}),
        (7, "signed", {}),
        (8, "contact", {"outcome": "asked", "channel": "telephone",
                        "text": "The branch, about the fee."}),
        (8, "signed", {}),
        (9, "note", {"text": "Look at this again in spring."}),
        (9, "escalated_to_board", {"reason_code": "systemic", "text": "It is the third."}),
        (10, "viewed", {}),
        (11, "signed", {}),
        (12, "signed", {}),
    ]  # fmt: skip
    return [
        {
            "population": "complaint-responses", "period": PERIOD, "unit_id": ids[number - 1],
            "letter": pack[ids[number - 1]].digest, "by": "ceo", "kind": kind, **what,
        }
        for number, kind, what in said
    ]  # fmt: skip


@pytest.mark.parametrize("zone", first_of(1, ["America/St_Johns", "Asia/Kolkata", "UTC"]))
def test_what_was_decided_in_the_room_is_what_the_ledger_then_holds(
    browser: Browser, month: Path, zone: str
) -> None:
    """'An executive's month of 12 letters can be read, decided and recorded with nothing but a
    browser and the one file.'"""
    pack = Pack.load(month / "packs" / PERIOD)
    before = dt.datetime.now(dt.UTC) - dt.timedelta(milliseconds=1)
    with opened(browser, room_of(month), timezone_id=zone) as room:
        decide_everything(room)
        assert room.text("tally").startswith("11 of 12 decided, about")
        data = room.save()
    after = dt.datetime.now(dt.UTC)
    file = json.loads(data)
    assert (file["scheme"], file["pack"]) == ("ceosample/1", pack.digest)
    moments = [dt.datetime.fromisoformat(entry.pop("at")) for entry in file["decisions"]]
    saved_at = dt.datetime.fromisoformat(file["saved_at"])
    assert (saved_at.utcoffset(), moments[-1] <= saved_at) == (moments[-1].utcoffset(), True)
    assert file["decisions"] == expected(pack)
    assert moments == sorted(moments)
    assert before <= moments[0] <= moments[-1] <= after
    offset = moments[0].utcoffset()
    assert offset is not None
    if zone != "UTC":
        assert offset.total_seconds() % 3600 == 1800

    code, said = record(month, data)
    assert code == 0, said
    events = json.loads(said)
    kinds = [entry["kind"] for entry in file["decisions"]]
    assert [event["kind"] for event in events] == kinds
    assert [dt.datetime.fromisoformat(event["at"]) for event in events] == moments
    assert {(event["actor"], event["payload"]["recorder"]) for event in events} == {
        ("ceo", "office")
    }
    with Ledger.open(f"sqlite:///{month / 'signoff.db'}") as ledger:
        returned = events[1]
        texts = ledger.texts(returned["unit_id"], population=returned["population"], period=PERIOD)
        assert texts == {returned["payload"]["text"]: COMMENT}
        found = metrics(ledger.events(), as_of=after)
        assert ledger.check().ok
    assert str(found.sample.signoff) == "5 of 12 selected letters signed in person (41.7 %)"
    rates = {name: ratio.count for name, ratio in found.sample.rates.items()}
    assert (rates["declined"], rates["reworked"]) == (1, 1)


def test_a_file_that_was_taken_is_taken_again_without_a_trace(
    browser: Browser, month: Path
) -> None:
    """'Twice is once', also when the room was opened again with it and went on."""
    with opened(browser, room_of(month)) as room:
        room.press("n", "s", "n", "l", "n", "f")
        room.choose("Verdict", "sound")
        room.submit()
        first = room.save()
    assert record(month, first)[0] == 0
    with nothing_written(month):
        assert record(month, first)[0] == 0
    with opened(browser, room_of(month)) as room:
        room.open(first)
        room.press("n", "n", "s", "n", "d")
        room.choose("Why", "disagree")
        room.submit()
        second = room.save()
    code, said = record(month, second)
    assert code == 0, said
    entries = json.loads(second)["decisions"]
    assert [entry["kind"] for entry in entries] == ["signed", "finding", "signed", "declined"]
    with Ledger.open(f"sqlite:///{month / 'signoff.db'}") as ledger:
        heard = [event.kind for event in ledger.events() if event.actor == "ceo"]
        (summary,) = summarise(ledger.events())
    assert heard == ["signed", "viewed", "finding", "signed", "declined"]
    assert "2 of 12" in str(summary)
    code, status = ceosample(month, "status", "--json")
    assert code == 0
    assert json.loads(status)["months"][0]["coverage"]["signoff"]["count"] == 2


def test_a_file_about_an_altered_letter_or_another_pack_is_refused_whole(
    browser: Browser, month: Path
) -> None:
    """'It refuses one for another pack or an altered letter.'"""
    with opened(browser, room_of(month)) as room:
        room.press("n", "s", "n", "s", "n", "s")
        data = room.save()
    file = json.loads(data)
    altered = json.loads(data)
    altered["decisions"][1]["letter"] = "0" * 64
    swapped = json.loads(data)
    swapped["decisions"][0]["letter"] = file["decisions"][1]["letter"]
    for wrong, place in ((altered, 2), (swapped, 1)):
        with nothing_written(month):
            code, said = record(month, json.dumps(wrong).encode())
        assert code == 65
        assert said.startswith(f"ceosample: decisions.json, decision {place} (")
        assert "give the digest of the letter that was read" in said
    with nothing_written(month):
        code, said = record(month, json.dumps({**file, "pack": "1" * 64}).encode())
    assert code == 65
    assert re.match(r"ceosample: decisions\.json, decisions 1 \(.+\), 2 \(.+\) and 3 \(", said)
    assert said.count("give the decisions about the pack that was sent") == 1


def test_a_letter_that_was_reworked_meanwhile_refuses_the_whole_file(
    browser: Browser, month: Path
) -> None:
    """'A new version needs a new signature', and the others wait for it to be sorted out."""
    pack = Pack.load(month / "packs" / PERIOD)
    ids = [letter.unit_id for letter in pack]
    with opened(browser, room_of(month)) as room:
        room.press("n", "s", "n", "s")
        data = room.save()
    back = ("record", "returned_for_rework", ids[1], "--by", "ceo", "--reason-code", "tone")
    assert ceosample(month, *back)[0] == 0
    assert ceosample(month, "rework", ids[1], "--period", PERIOD)[0] == 0
    with nothing_written(month):
        code, said = record(month, data)
    assert code == 65
    assert said.startswith(f"ceosample: decisions.json, decision 2 ({ids[1]}): the version ")
    assert "was read, and the newest is" in said

    with opened(browser, month / "packs" / PERIOD / "rework-1" / "room.html") as room:
        assert room.text("tally").startswith("0 of 1 decided")
        room.press("n", "s")
        anew = room.save()
    assert record(month, anew)[0] == 0
    assert json.loads(anew)["decisions"][0]["letter"] != pack[ids[1]].digest


def test_a_clock_that_is_wrong_is_told_of_in_the_room_and_by_the_ledger(
    browser: Browser, month: Path
) -> None:
    """'`at` may not be before the letter was sent (the ledger refuses)': it says which and why."""
    with opened(browser, room_of(month), timezone_id="UTC") as room:
        room.page.clock.set_fixed_time(dt.datetime(2019, 5, 1, 12, 0, tzinfo=dt.UTC))
        room.page.reload()
        assert f"clock says 2019-05-01, and the letters are dated {SENT.date()}" in room.text(
            "warning"
        )
        room.press("n", "s")
        data = room.save()
    with nothing_written(month):
        code, said = record(month, data)
    assert code == 65
    assert said.startswith("ceosample: decisions.json, decision 1 (")
    assert "signed at 2019-05-01T12:00:00+00:00 would be before event" in said
    assert "sent_for_signature" in said
