"""A wrong clock as the command meets it: what it refuses, and what a person says."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ceosample as cs
from command import Ended, asked, time_told
from due_months import POPULATION, write_months
from inputs import configure

NOW = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
YEAR = dt.timedelta(days=365)
GRANT = ("role", "grant", "ann", "sampler", "--since", "2026-01-01", "--by", "board")


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a month that was drawn and sent."""
    folder = tmp_path_factory.mktemp("sent")
    write_months(folder, "2026-10")
    assert ask(folder, "run").code == 75
    dice = ("--dice", "83019274650192837465", "--witness", "audit")
    assert ask(folder, "run", *dice).code == 0
    return folder


@pytest.fixture
def folder(sent: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sent, tmp_path / "sent"))


def ask(folder: Path, *arguments: str, at: dt.datetime = NOW) -> Ended:
    """The command, on a computer whose clock says this."""
    with time_told(lambda: at):
        return asked(*arguments, folder=folder)


def events(folder: Path) -> Iterator[cs.Event]:
    with cs.Ledger.open(f"sqlite:///{folder / 'signoff.db'}", create=False) as ledger:
        assert ledger.check().ok
        yield from ledger.events()


def decided(folder: Path, saved: dt.datetime) -> Path:
    """What the signing room saves by a clock that says this."""
    pack = cs.Pack.load(folder / "packs" / "2026-10")
    entry = {
        "population": POPULATION, "period": "2026-10", "unit_id": pack.letters[0].unit_id,
        "letter": pack.letters[0].digest, "by": "ceo", "kind": "signed", "at": saved.isoformat(),
    }  # fmt: skip
    file: dict[str, Any] = {
        "scheme": "ceosample/1", "pack": pack.digest, "saved_at": saved.isoformat(),
        "decisions": [entry],
    }  # fmt: skip
    path = folder / "decisions.json"
    path.write_text(json.dumps(file), "utf-8")
    return path


@pytest.mark.parametrize("wrong", [NOW - YEAR, NOW + 2 * YEAR], ids=["back", "on"])
@pytest.mark.parametrize("json_too", [(), ("--json",)], ids=["words", "json"])
def test_an_unattended_run_that_meets_a_wrong_clock_ends_with_75_and_names_the_command(
    folder: Path, wrong: dt.datetime, json_too: tuple[str, ...]
) -> None:
    """Also where nothing is due by that clock: a scheduler would else be content for years."""
    before = list(events(folder))
    ended = ask(folder, "run", *json_too, at=wrong)
    assert ended.code == 75
    assert "'ceosample run --clock-is-right ID'" in ended.err
    if json_too:
        assert (ended.json["state"], ended.json["error"]["code"]) == ("failed", "ClockError")
    assert list(events(folder)) == before


def test_a_person_says_by_name_that_the_clock_is_right_and_the_next_run_goes_on(
    folder: Path,
) -> None:
    earlier = NOW - YEAR
    why = ("--clock-reason", "time-server")
    assert ask(folder, "run", "--clock-is-right", "pat", *why, at=earlier).code == 0
    newest = list(events(folder))[-1]
    assert (newest.kind, newest.actor) == ("clock_corrected", "pat")
    assert newest.payload["reason_code"] == "time-server"
    assert ask(folder, "run", at=earlier).code == 0
    again = ask(folder, "run", "--clock-is-right", "pat", at=earlier)
    assert (again.code, list(events(folder))[-1]) == (65, newest)
    assert "leave out --clock-is-right" in again.err


def test_every_command_that_records_takes_the_word_of_a_person(folder: Path) -> None:
    """The event with who and why comes before what is recorded."""
    earlier = NOW - YEAR
    refused = ask(folder, *GRANT, at=earlier)
    assert (refused.code, "--clock-is-right" in refused.err) == (75, True)
    assert ask(folder, *GRANT, "--clock-is-right", "pat", at=earlier).code == 0
    assert [(e.kind, e.actor) for e in events(folder)][-2:] == [
        ("clock_corrected", "pat"), ("role_granted", "board")
    ]  # fmt: skip
    alone = ask(folder, *GRANT, "--clock-reason", "why")
    assert (alone.code, "goes with --clock-is-right" in alone.err) == (2, True)


def test_a_time_that_is_ahead_is_refused_by_the_option_s_name(folder: Path) -> None:
    ended = ask(folder, *GRANT, "--at", "2062-11-02T09:00:00+00:00")
    assert ended.code == 65
    assert ended.err.startswith("ceosample: --at: got 2062-11-02T09:00:00+00:00, which is 13149 ")


def test_the_file_of_a_computer_whose_clock_is_ahead_is_recorded_when_that_is_said(
    folder: Path,
) -> None:
    """'`record --clock-ahead 365d` takes it'; twice is once"""
    file = ("record", "--from", decided(folder, NOW + YEAR).name, "--json")
    refused = ask(folder, *file)
    assert refused.code == 65
    assert "clock is 365 days ahead of the clock here" in refused.err
    assert "--clock-ahead 365d " in refused.err
    (event,) = ask(folder, *file, "--clock-ahead", "365d").json
    assert dt.datetime.fromisoformat(event["at"]) == NOW
    assert dt.datetime.fromisoformat(event["payload"]["claimed_at"]) == NOW + YEAR
    assert ask(folder, *file, "--clock-ahead", "365d").json == [event]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("signed", "R-1", "--by", "ceo", "--clock-ahead", "1d"), "goes with --from or --signed"),
        (("--from", "decisions.json", "--clock-ahead", "1y"), "give days, hours and minutes"),
    ],
)
def test_a_length_that_goes_with_nothing_is_a_slip(
    folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    ended = ask(folder, "record", *arguments)
    assert (ended.code, words in ended.err) == (2, True)


def test_a_changed_key_is_on_record_by_who_runs(folder: Path) -> None:
    """'a key': how far a claimed time may be ahead is an event, so that the check knows it too"""
    late = ("--at", (NOW + dt.timedelta(minutes=50)).isoformat())
    assert ask(folder, *GRANT, *late).code == 65
    configure(folder, ("# ahead = 10 ", "ahead = 60 "))
    assert ask(folder, "run", "--by", "pat").code == 0
    newest = list(events(folder))[-1]
    assert (newest.kind, newest.actor, newest.payload["ahead_seconds"]) == ("rules", "pat", 3600)
    assert ask(folder, "run", "--by", "bo").code == 0
    assert list(events(folder))[-1] == newest
    assert ask(folder, *GRANT, *late).code == 0
    configure(folder, ("ahead = 60 ", "ahead = -1 "))
    wrong = ask(folder, "run")
    assert (wrong.code, "ledger.ahead: got -1; give minutes from 0 to 1440" in wrong.err) == (
        78,
        True,
    )
