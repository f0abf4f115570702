"""The command: its words, its exit codes, and that results alone go to standard output."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner

from ceosample import Ledger, Pack, schema
from ceosample.cli import cli, main
from ceosample.cli.group import SECTIONS
from ceosample.configuration import TEMPLATE, Configuration
from ceosample.sampling.ticket import SCHEME
from ceosample.signoff.replay.lifecycle import REVIEW_OUTCOMES
from ceosample.signoff.replay.people import ROLES
from command import COMMAND, Ended, asked, ceosample, on_a_terminal
from inputs import configure, write_month
from refusals import (
    CHANGED_SINCE_THE_FREEZE,
    IS_THERE_ALREADY,
    NOT_DRAWN,
    NOT_THERE,
    cannot_become,
    nearest_size,
    problems,
)

PERIOD = "2026-10"
DICE = "83019274650192837465"
WITNESSES = ("--witness", "internal audit", "--witness", "executive office")
AT = ("--at", "2026-11-02T09:00:00+01:00")
RUN = ("run", "--period", PERIOD, *AT)
RUN_WITH_DICE = (*RUN, "--dice", DICE, *WITNESSES)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("input")
    write_month(folder, PERIOD)
    configure(folder, ("# pdf = true ", "pdf = false "))
    return folder


@pytest.fixture(scope="module")
def waiting_month(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    folder = tmp_path_factory.mktemp("waiting") / "month"
    shutil.copytree(inputs, folder)
    return folder, ceosample(*RUN, folder=folder)


@pytest.fixture(scope="module")
def sent_month(
    waiting_month: tuple[Path, Ended], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Ended]:
    folder = tmp_path_factory.mktemp("sent") / "month"
    shutil.copytree(waiting_month[0], folder)
    return folder, ceosample(*RUN_WITH_DICE, folder=folder)


@pytest.fixture
def fresh(inputs: Path, tmp_path: Path) -> Path:
    """A folder with the input alone."""
    return Path(shutil.copytree(inputs, tmp_path / "month"))


@pytest.fixture
def waiting(waiting_month: tuple[Path, Ended], tmp_path: Path) -> Path:
    """A copy of a month that is frozen."""
    return Path(shutil.copytree(waiting_month[0], tmp_path / "month"))


@pytest.fixture
def sent(sent_month: tuple[Path, Ended], tmp_path: Path) -> Path:
    """A copy of a month that was sent to the signatory."""
    return Path(shutil.copytree(sent_month[0], tmp_path / "month"))


def everything(folder: Path) -> dict[str, bytes]:
    """Every file and its bytes, but for the locks that runs hold each other off with."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


@contextlib.contextmanager
def nothing_changes(folder: Path) -> Iterator[None]:
    before = everything(folder)
    yield
    after = everything(folder)
    assert sorted(after) == sorted(before)
    assert [name for name in after if after[name] != before[name]] == []


def pack_of(folder: Path) -> Pack:
    return Pack.load(folder / "packs" / PERIOD)


# The command itself


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nonsense",), 2),
        (("run", "--refreeze"), 2),
        (("run", "--period", "2026-13"), 2),
        (("run", "--period", PERIOD, "--dice", "1"), 65),
        (("status", "--head", "0" * 64), 1),
        (("init",), 3),
        (("status", "-c", "nowhere.toml"), 78),
        (("record", "signed", "\udcff", "--by", "ceo"), 65),
    ],
)
def test_each_way_to_end_has_its_code_and_no_trace(
    waiting: Path, arguments: tuple[str, ...], code: int
) -> None:
    """'Exit codes: 0 done ...'"""
    with nothing_changes(waiting):
        ended = ceosample(*arguments, folder=waiting)
    assert ended.code == code
    assert (ended.out == "") is (code != 1)
    assert (ended.err == "") is (code == 1)


def test_the_package_installs_the_command() -> None:
    (script,) = entry_points(group="console_scripts", name="ceosample")
    assert script.load() is main


def test_help_shows_a_month_in_order_and_the_exit_codes() -> None:
    """'Exit codes: 0 done, or already done; 1 a check found a difference; 2 usage; ...'"""
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0
    places = [
        result.output.index(f"ceosample {name}")
        for name in ("init", "run --period", "record", "status", "verify")
    ]
    assert places == sorted(places)
    for code in ("0 done", "1 a check", "2 usage", "3", "65", "69", "70", "75", "78"):
        assert code in " ".join(result.output.split())


def test_help_names_every_command_once_and_cuts_no_sentence_off() -> None:
    """'`ceosample --help` reads like a page of the manual'"""
    named = [name for names in SECTIONS.values() for name in names]
    assert sorted(named) == sorted(cli.commands)
    said = CliRunner().invoke(cli, ["--help"], terminal_width=80).output
    for title in SECTIONS:
        assert f"\n{title}:\n" in said
    listed = said[said.index("\nA month:\n") :]
    for name in named:
        assert f"\n  {name} " in listed
    assert "..." not in listed.replace("ID...", "")
    assert max(map(len, said.splitlines())) <= 100


def test_each_command_explains_itself() -> None:
    for name in sorted(cli.commands):
        result = CliRunner().invoke(cli, [name, "--help"])
        assert result.exit_code == 0, name
        assert result.output.startswith(f"Usage: cli {name}")
        assert len(result.output.splitlines()) > 4, name


def helps(command: click.Command = cli, *above: str) -> Iterator[tuple[str, str]]:
    """What each command says of itself and of its options, by the words that call it."""
    with click.Context(command, info_name=" ".join(above)) as ctx:
        yield " ".join(above), command.get_help(ctx)
    for name, below in command.commands.items() if isinstance(command, click.Group) else ():
        yield from helps(below, *above, name)


@cache
def said_by_help() -> dict[str, str]:
    """The same, once for all tests."""
    return dict(helps())


def test_help_is_plain_english() -> None:
    """Words and sentences that readers stumbled over do not come back."""
    avoided = "nobody|somebody|whoever|anew|beside|need not|written down|fault|likewise"
    for line, said in said_by_help().items():
        assert re.findall(rf"\b({avoided})\b", said) == [], line
        _, about, *_ = said.split("\n\n")
        for sentence in re.split(r"[.;:] ", about):
            assert len(sentence.split()) <= 25, f"{line}: {sentence}"


@pytest.mark.parametrize(
    ("line", "choices"),
    [("role grant", ROLES), ("role revoke", ROLES), ("resolution review", REVIEW_OUTCOMES)],
)
def test_the_help_of_a_command_names_every_choice(line: str, choices: tuple[str, ...]) -> None:
    words = re.findall(r"[a-z-]+", said_by_help()[line])
    assert [choice for choice in choices if choice not in words] == []


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    ended = ceosample("--version", folder=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert re.fullmatch(rf".*, version {re.escape(version('ceosample'))}\n", ended.out)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("run", "--refreeze"),
        ("run", "--control-total", "160"),
        ("run", "--round", "7"),
        ("run", "--unfinished"),
        ("run", "--period", "2026-13"),
        ("run", "--period", "October"),
        ("run", "--period", PERIOD, "--at", "yesterday"),
        ("run", "--period", PERIOD, "--at", "2026-11-02T09:00:00"),
        ("run", "--period", PERIOD, "--control-total", "many"),
        ("run", "--period", PERIOD, "--witness", "internal audit"),
        ("record", "signed", "R-1"),
        ("record", "drawn", "R-1", "--by", "ceo"),
        ("record", "signed", "--by", "ceo"),
        ("status", "--period", "2026"),
        ("verify",),
        ("verify", ".", "--head", "0" * 64),
        ("verify", ".", "--dated", "2026-11-02T09:00:00Z"),
        ("run", "--period", PERIOD, "-c", "."),
    ],
    ids=" ".join,
)
def test_a_slip_of_usage_ends_with_2(arguments: tuple[str, ...], waiting: Path) -> None:
    """'2 usage'"""
    with nothing_changes(waiting):
        ended = asked(*arguments, folder=waiting)
    assert (ended.code, ended.out) == (2, "")
    assert "Error:" in ended.err


# init


def test_init_writes_a_configuration_once(tmp_path: Path) -> None:
    """'3 conflicts with what is on record, which stays'"""
    first = ceosample("init", folder=tmp_path)
    assert (first.code, first.err) == (0, "")
    path = tmp_path / "ceosample.toml"
    assert path.read_text("utf-8") == TEMPLATE
    assert Configuration.load(path).population == "complaint-responses"
    path.write_text("# mine\n", "utf-8")
    again = ceosample("init", folder=tmp_path)
    assert (again.code, again.out) == (3, "")
    assert f"ceosample.toml: {IS_THERE_ALREADY}" in again.err
    assert path.read_text("utf-8") == "# mine\n"


# demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, ceosample("demo", folder=folder)


def test_the_demonstration_says_what_it_made_and_made_it(demo: tuple[Path, Ended]) -> None:
    folder, ended = demo
    assert ended.code == 0
    assert "12 letters of the invented bank's 2026-10, in ceosample-demo:" in ended.out
    assert f"seed {DICE}, commitment " in ended.out
    assert "ceosample report --as-of 2026-11-02T17:00:00+00:00 --out report.html" in ended.out
    assert "re-check: ceosample verify ceosample-demo/packs/2026-10  ->  REPRODUCED" in ended.out
    assert "sign-off coverage: 9 of 12 selected letters signed in person (75.0 %)" in ended.out
    named = [line.split()[0] for line in ended.out.splitlines() if line.startswith("  ")]
    assert named
    for name in named:
        assert (folder / "ceosample-demo" / name).is_file()


def test_the_demonstration_made_again_changes_no_byte(demo: tuple[Path, Ended]) -> None:
    """'in a folder where it was made before, nothing changes'"""
    folder, first = demo
    with nothing_changes(folder):
        again = ceosample("demo", folder=folder)
    assert (again.code, again.out) == (0, first.out)


def test_the_demonstration_is_a_month_that_the_command_can_go_on_with(
    demo: tuple[Path, Ended],
) -> None:
    folder = demo[0] / "ceosample-demo"
    with nothing_changes(folder):
        assert ceosample("verify", f"packs/{PERIOD}", folder=folder).code == 0
        status = ceosample("status", "--check", folder=folder)
        assert (status.code, "ok: INTACT" in status.out) == (0, True)
        done = ceosample("run", "--period", PERIOD, folder=folder)
        assert (done.code, "already done" in done.out) == (0, True)


@pytest.mark.parametrize("name", ["ceosample.toml", "responses-2026-10.csv"])
def test_the_demonstration_leaves_other_peoples_files_alone(tmp_path: Path, name: str) -> None:
    """'3 conflicts with what is on record, which stays'"""
    (tmp_path / name).write_text("# mine\n", "utf-8")
    with nothing_changes(tmp_path):
        ended = ceosample("demo", "--folder", ".", folder=tmp_path)
    assert (ended.code, ended.out) == (3, "")


# run


def test_run_without_a_seed_prints_the_commitment_and_waits(
    waiting_month: tuple[Path, Ended],
) -> None:
    """'75 busy, or waiting for the seed'"""
    folder, ended = waiting_month
    assert ended.code == 75
    words = ended.out.split()
    commitment, event = (words[words.index(name) + 1] for name in ("commitment", "event"))
    assert len(commitment) == len(event) == 64
    assert (
        "Print the commitment sheet, date it and have it signed before there is a seed."
        in ended.out
    )
    assert ended.err == "waiting for the seed: run again with --dice and --witness\n"
    status = ceosample("status", "--json", folder=folder).json
    ledger = Ledger.open_readonly(f"sqlite:///{folder / 'signoff.db'}")
    assert ledger is not None
    with ledger:
        hashes = {found.kind: found.hash for found in ledger.events()}
    assert event == hashes["frozen"]
    assert status["head"] == hashes["method_stated"]
    assert status["months"][0]["commitment"] == commitment
    assert status["months"][0]["stage"] == "waiting for the seed"


def test_run_waits_as_long_as_it_must(waiting: Path, waiting_month: tuple[Path, Ended]) -> None:
    with nothing_changes(waiting):
        again = ceosample("run", "--period", PERIOD, folder=waiting)
    assert again.code == 75
    said, before = (text.replace(str(folder), "") for text, folder in (
        (again.out, waiting), (waiting_month[1].out, waiting_month[0])
    ))  # fmt: skip
    assert said == before


def test_run_with_the_dice_sends_the_letters(sent_month: tuple[Path, Ended]) -> None:
    folder, ended = sent_month
    assert (ended.code, ended.err) == (0, "")
    assert "Complaint responses, 2026-10: 12 letters, sent for signature; see " in ended.out
    assert len(pack_of(folder)) == 12


def test_run_again_is_done_already_and_changes_nothing(sent: Path) -> None:
    """'0 done, or already done'"""
    with nothing_changes(sent):
        for arguments in (RUN, RUN_WITH_DICE, ("run", "--period", PERIOD)):
            again = ceosample(*arguments, folder=sent)
            assert (again.code, again.err) == (0, "")
            assert "12 letters, already done" in again.out


def test_run_in_json_prints_nothing_else(waiting: Path) -> None:
    """'Results go to standard output, everything else to standard error'"""
    first = ceosample(*RUN, "--json", folder=waiting)
    assert (first.code, first.json["state"], first.json["draw"]) == (75, "waiting", None)
    assert "waiting for the seed" in first.err
    sent = ceosample(*RUN_WITH_DICE, "--json", folder=waiting)
    assert (sent.code, sent.json["state"], sent.json["letters"]) == (0, "sent", 12)
    done = ceosample(*RUN, "--json", folder=waiting)
    own = {name: done.json[name] for name in ("months", "run")}
    assert done.json == {**sent.json, "state": "done", **own}
    assert sent.json["commitment"] == first.json["commitment"]
    (month,) = done.json["months"]
    assert month == {name: done.json[name] for name in month}, "as release 0.1 has them, too"
    assert set(month) == {
        "state", "population", "period", "seed_source", "commitment", "frozen", "folder", "draw",
        "registration", "pack", "letters", "open", "roll_forward",
    }  # fmt: skip
    for report in (first, sent, done):
        jsonschema.validate(report.json, schema("run"))
    assert [report.json["waiting"] is None for report in (first, sent, done)] == [False, True, True]


def test_a_month_that_fails_is_the_same_object_in_json(waiting: Path) -> None:
    """'`run --period ... --json` prints no object when it fails.'"""
    other = ("--dice", "1" * 20, "--witness", "audit")
    assert ceosample(*RUN_WITH_DICE, folder=waiting).code == 0
    for arguments, code in (
        ((*RUN, *other), 3),
        (("run", "--period", "2099-01"), 65),
        ((*RUN, "--dice", "12"), 65),
    ):
        ended = ceosample(*arguments, "--json", folder=waiting)
        jsonschema.validate(ended.json, schema("run"))
        assert (ended.code, ended.json["state"]) == (code, "failed"), ended.err
        assert ended.json["error"]["exit_code"] == code
        assert ended.json["error"]["message"] in ended.err
        assert ended.json["months"] == []
        assert ended.json["head"] is not None


def test_other_dice_are_refused(sent: Path) -> None:
    """'3 conflicts with what is on record, which stays'"""
    with nothing_changes(sent):
        ended = ceosample(*RUN, "--dice", "1" * 20, *WITNESSES, folder=sent)
    assert (ended.code, ended.out) == (3, "")
    assert "and this is a different one" in ended.err


@pytest.mark.parametrize(
    ("dice", "witnesses", "words"),
    [
        ("1234567890123456789", WITNESSES, "got text of 19 digits; roll at least 20"),
        ("", WITNESSES, "got empty text; roll at least 20"),
        ("8301927465019283746x", WITNESSES, "got text of 20 characters; give the digits"),
        ("٨٣٠١٩٢٧٤٦٥٠١٩٢٨٣٧٤٦٥", WITNESSES, "got text of 20 characters; give the digits"),
        (DICE, (), "--witness: got []; give the role"),
        (DICE, ("--witness", ""), "witness 1: got ''; give it a value"),
        (
            DICE,
            ("--witness", "audit", "--witness", "audit"),
            "witness 2: got 'audit' a second time",
        ),
        (f" {DICE}", WITNESSES, "got text of 21 characters; give the digits"),
    ],
    ids=["short", "empty", "a letter", "Arabic digits", "nobody", "no role", "twice", "a space"],
)
def test_dice_that_are_no_seed_change_nothing(
    waiting: Path, dice: str, witnesses: tuple[str, ...], words: str
) -> None:
    """'65 bad data'"""
    with nothing_changes(waiting):
        ended = asked(*RUN, "--dice", dice, *witnesses, folder=waiting)
    assert (ended.code, ended.out) == (65, "")
    assert words in ended.err


def test_a_month_that_is_not_over_is_frozen_only_where_that_is_asked_for(fresh: Path) -> None:
    """'65 bad data': there is more to come, and it would be in no frame"""
    early = ("run", "--period", PERIOD, "--at", "2026-10-31T12:00:00+00:00")
    for more in ((), ("--dry-run",)):
        ended = asked(*early, *more, folder=fresh)
        assert (ended.code, ended.out) == (65, "")
        assert "wait for the end of 2026-10-31 (UTC)" in ended.err
        assert "--unfinished" in ended.err
    assert not (fresh / "packs" / PERIOD).exists()
    assert asked(*early, "--unfinished", "--dry-run", folder=fresh).code == 0
    assert asked(*early, "--unfinished", folder=fresh).code == 75


def test_dice_that_were_rolled_before_the_freeze_do_not_count(fresh: Path) -> None:
    """'Digits that are given to a month that is not frozen yet are refused'"""
    ended = ceosample(*RUN_WITH_DICE, folder=fresh)
    assert (ended.code, ended.out) == (3, "")
    assert "roll after that" in ended.err
    assert not (fresh / "packs" / PERIOD).exists()
    assert ceosample(*RUN, folder=fresh).code == 75


def test_the_table_no_longer_counts_after_the_freeze(
    waiting: Path, sent_month: tuple[Path, Ended]
) -> None:
    """'From now on the frozen files count, whatever happens to the table'"""
    (waiting / f"responses-{PERIOD}.csv").write_text("response_id,division\n", "utf-8")
    ended = ceosample(*RUN_WITH_DICE, folder=waiting)
    assert ended.code == 0
    for name in ("draw.json", "manifest.csv", "exclusions.csv"):
        place = Path("packs", PERIOD, name)
        assert (waiting / place).read_bytes() == (sent_month[0] / place).read_bytes()


def test_a_plan_that_changed_after_the_freeze_is_refused(waiting: Path) -> None:
    configure(waiting, ("size = 12", "size = 13"))
    with nothing_changes(waiting):
        ended = ceosample(*RUN_WITH_DICE, folder=waiting)
    assert (ended.code, ended.out) == (3, "")
    assert f"plan {CHANGED_SINCE_THE_FREEZE}" in ended.err
    assert "--refreeze" in ended.err


def test_refreeze_starts_over_while_there_is_no_seed(waiting: Path) -> None:
    """'--refreeze starts over while there is no seed, and that stays on record'"""
    configure(waiting, ("size = 12", "size = 13"))
    again = asked(*RUN, "--refreeze", folder=waiting)
    assert again.code == 75
    assert "frozen 2 times" in asked("status", folder=waiting).out
    assert asked(*RUN_WITH_DICE, "--refreeze", folder=waiting).code == 3
    assert asked(*RUN_WITH_DICE, folder=waiting).code == 0
    configure(waiting, ("size = 13", "size = 12"))
    (waiting / f"responses-{PERIOD}.csv").write_text("response_id,division\n", "utf-8")
    with nothing_changes(waiting):
        late = asked(*RUN, "--refreeze", folder=waiting)
    assert (late.code, late.out) == (3, "")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("responses-2026-10.csv", None, "not there; give the path of the table"),
        ("responses-2026-10.csv", b"", "empty"),
        ("responses-2026-10.csv", b"id,division\nR-1,Cards\n", "column 'response_id'"),
        ("responses-2026-10.csv", b"response_id,d\xe9\n", "the byte 0xE9, which is not UTF-8"),
        ("responses-2026-10.csv", b"\xff\xfe\x00", "which is not utf-16"),
    ],
    ids=["missing", "empty", "another header", "not UTF-8", "cut off"],
)
def test_a_table_that_cannot_be_read_ends_with_65(
    fresh: Path, name: str, data: bytes | None, words: str
) -> None:
    """'65 bad data'"""
    (fresh / name).unlink()
    if data is not None:
        (fresh / name).write_bytes(data)
    ended = asked(*RUN, folder=fresh)
    assert (ended.code, ended.out) == (65, "")
    assert words in ended.err
    assert not (fresh / "packs" / PERIOD).exists()


def test_every_bad_row_of_the_table_is_named(fresh: Path) -> None:
    """'A check of a table reports every fault it found, not only the first'"""
    path = fresh / f"responses-{PERIOD}.csv"
    rows = path.read_text("utf-8").splitlines()
    rows[3] = rows[3].replace("R-", " R-", 1)
    rows[9] = rows[8]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    ended = ceosample(*RUN, folder=fresh)
    assert ended.code == 65
    assert problems(2) in ended.err
    assert "row 3, column 'response_id'" in ended.err
    assert "row 9, column 'response_id': got 'R-PYGWKL' as in row 8" in ended.err


def test_a_register_that_does_not_reconcile_ends_with_65(fresh: Path) -> None:
    ended = ceosample(*RUN, "--control-total", "161", folder=fresh)
    assert (ended.code, ended.out) == (65, "")
    assert "the register has 161 responses, the table has 160" in ended.err
    assert ceosample(*RUN, "--control-total", "160", folder=fresh).code == 75
    assert ceosample(*RUN, "--control-total", "161", folder=fresh).code == 3


@pytest.mark.parametrize(
    "row",
    ["[1, 2]", "nonsense", '{"id": 7}', '{"unit_id": "R-1"}{"unit_id": "R-2"}', '"text"'],
)
def test_a_line_of_contents_that_is_no_letter_ends_with_65(waiting: Path, row: str) -> None:
    with (waiting / f"letters-{PERIOD}.jsonl").open("a", encoding="utf-8") as letters:
        letters.write(f"{row}\n")
    ended = asked(*RUN_WITH_DICE, folder=waiting)
    assert (ended.code, ended.out) == (65, "")
    assert f"letters-{PERIOD}.jsonl, line" in ended.err


def test_letters_without_contents_are_counted_in_one_error(waiting: Path) -> None:
    """'The same cause in many rows is told once, with its count and the first three rows'"""
    (waiting / f"letters-{PERIOD}.jsonl").write_text("", "utf-8")
    ended = ceosample(*RUN_WITH_DICE, folder=waiting)
    assert (ended.code, ended.out) == (65, "")
    assert re.search(r"letters R-\w+, R-\w+, R-\w+ and 9 more: no contents;", ended.err)


def test_progress_goes_to_a_terminal_and_never_into_the_result(waiting: Path) -> None:
    """'Results go to standard output, everything else to standard error'"""
    out, seen = on_a_terminal(*COMMAND, *RUN_WITH_DICE, "--json", folder=waiting)
    assert json.loads(out)["state"] == "sent"
    assert b"render" in seen


# The configuration


def test_every_fault_of_a_configuration_is_named_with_file_and_key(fresh: Path) -> None:
    """'each fault with the file, the key, what it got and what is allowed'"""
    (fresh / "ceosample.toml").write_text(
        """
        [population]
        [source]
        csv = 7
        unit_id = "response_id"
        colour = "red"
        [strata]
        variables = "division"
        [plan]
        size = 0
        allocation = "guess"
        [seed]
        source = "tea leaves"
        [signatory]
        id = "ceo"
        name = ""
        title = "Chief Executive"
        [letters]
        contents = "letters.jsonl"
        pdf = "yes"
        [ledger]
        url = "sqlite:///signoff.db"
        [output]
        folder = "packs"
        [outptu]
        """,
        "utf-8",
    )
    with nothing_changes(fresh):
        ended = ceosample(*RUN, folder=fresh)
    assert (ended.code, ended.out) == (78, "")
    faults = [line.strip() for line in ended.err.splitlines()[1:]]
    assert all(fault.startswith("ceosample.toml, ") for fault in faults)
    keys = [
        "outptu", "population.name", "source.csv", "source.colour", "strata.variables",
        "plan, size", "plan, allocation", "seed.source", "signatory.name", "letters.pdf",
    ]  # fmt: skip
    for key in keys:
        assert sum(fault.startswith(f"ceosample.toml, {key}: ") for fault in faults) == 1, key
    assert len(faults) == len(keys)


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        ("[plan]\nsize = 0\nsiez = 12", ["plan.siez", "plan, size"]),
        ("[plan]\nallocation = 'guess'", ["plan", "plan, allocation"]),
        ("[plan]\nsize = 3\nrotation = {months = 3}", ["plan, rotation"]),
        ("[plan]\nsize = 3\npower = 'x'", ["plan, power"]),
        ("[plan]\nsize = 12\nminimum = -1\nreserves = 1.5", ["plan, minimum", "plan, reserves"]),
        ("[plan]\nsize = '12'", ["plan, size"]),
        ("[plan]\nsize = 12\ntake_all = 'Cards'", ["plan, take_all"]),
        ("[[plan]]\nsize = 12", ["plan"]),
    ],
)
def test_every_fault_of_one_table_is_named(fresh: Path, table: str, faults: list[str]) -> None:
    text = (fresh / "ceosample.toml").read_text("utf-8")
    start, end = text.index("[plan]"), text.index("[seed]")
    (fresh / "ceosample.toml").write_text(f"{text[:start]}{table}\n{text[end:]}", "utf-8")
    ended = asked(*RUN, folder=fresh)
    assert (ended.code, ended.out) == (78, "")
    for fault in faults:
        assert f"ceosample.toml, {fault}: " in ended.err


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "not there; write one to start from with 'ceosample init'"),
        (b"[population\n", "not TOML"),
        (b"\xff\xfe", "not TOML"),
        (b"a = 1\na = 2\n", "not TOML"),
        (b"", "population.name: missing"),
        (b"population = 3\n", "population: got 3; give a table"),
    ],
    ids=["missing", "cut off", "not UTF-8", "twice", "empty", "no table"],
)
def test_a_configuration_that_cannot_be_read_ends_with_78(
    tmp_path: Path, data: bytes | None, words: str
) -> None:
    """'78 configuration'"""
    if data is not None:
        (tmp_path / "ceosample.toml").write_bytes(data)
    for arguments in (RUN, ("status",), ("record", "viewed", "R-1", "--by", "ceo")):
        ended = asked(*arguments, folder=tmp_path)
        assert (ended.code, ended.out) == (78, "")
        assert words in ended.err


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('name = "complaint-responses"', 'name = "Complaint Responses"', 78),
        ('url = "sqlite:///signoff.db"', 'url = "mysql://localhost/signoff"', 65),
        ('url = "sqlite:///signoff.db"', 'url = "sqlite+nonsense:///signoff.db"', 65),
        ('url = "sqlite:///signoff.db"', 'url = "signoff.db"', 65),
        ('url = "sqlite:///signoff.db"', 'url = "sqlite:///nowhere/signoff.db"', 65),
        ('url = "sqlite:///signoff.db"', 'url = "sqlite:///letters-2026-10.jsonl"', 65),
    ],
)
def test_a_configuration_that_leads_nowhere_is_refused_in_words(
    fresh: Path, old: str, new: str, code: int
) -> None:
    configure(fresh, (old, new))
    with nothing_changes(fresh):
        ended = asked(*RUN, folder=fresh)
    assert (ended.code, ended.out) in ((code, ""), (78, ""))
    assert ended.err.startswith("ceosample: ")


@pytest.mark.parametrize("name", ["Where is it?", "100% März", "a#b&c=d", "with space", "ŵ;x"])
def test_a_folder_may_have_any_name(inputs: Path, tmp_path: Path, name: str) -> None:
    """'Paths are relative to this file'"""
    folder = Path(shutil.copytree(inputs, tmp_path / name / "month"))
    assert ceosample(*RUN, folder=folder).code == 75
    assert (folder / "signoff.db").is_file()
    assert ceosample("status", folder=folder).code == 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


# record, rework, status


def test_a_signature_is_recorded_once(sent: Path) -> None:
    letter = pack_of(sent).letters[0]
    arguments = ("record", "signed", letter.unit_id, "--by", "ceo", *AT)
    first = ceosample(*arguments, "--code", letter.code, folder=sent)
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith(f"{letter.unit_id}: signed by ceo, event ")
    with nothing_changes(sent):
        again = ceosample(*arguments, "--json", folder=sent)
        assert again.json["payload"] == {"letter": letter.digest}
        assert again.json["at"] == AT[1]
        assert again.json["hash"] in first.out
    posted = ceosample("record", "dispatched", letter.unit_id, "--by", "post-room", folder=sent)
    assert posted.code == 0
    assert "1 of 12 selected letters signed in person" in ceosample("status", folder=sent).out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("signed", "ID", "--by", "deputy"), 65, "to 'ceo' for signature, and not to 'deputy'"),
        (("signed", "ID", "--by", "ceo", "--letter", "0" * 64), 65, "never sent for signature"),
        (("signed", "ID", "--by", "ceo", "--letter", "abc"), 65, "give the letter's SHA-256"),
        (("signed", "ID", "--by", "ceo", "--code", "00000000"), 65, "not on its newest version"),
        (("signed", "ID", "--by", "ceo", "--code", ""), 65, "code"),
        (("signed", "ID", "--by", ""), 65, "''"),
        (("signed", "R-404", "--by", "ceo"), 65, NOT_DRAWN),
        (("signed", "ID", "--by", "ceo", "--period", "2026-11"), 65, NOT_DRAWN),
        (("dispatched", "ID", "--by", "office"), 65, cannot_become("dispatched")),
        (("declined", "ID", "--by", "ceo"), 65, "--reason-code"),
        (("declined", "ID", "--by", "ceo", "--reason-code", "Not Mine"), 65, "reason"),
        (("viewed", "ID", "--by", "ceo", "--reason-code", "tone"), 65,
         "got 'tone'; remove it, since viewed takes none"),
        (("returned_for_rework", "ID", "--by", "ceo", "--reason-code", "tone",
          "--code", "00000000"), 65, "not on its newest version"),
        (("signed", "\udcff", "--by", "ceo"), 65, ""),
        (("viewed", "ID", "--by", "\udcff"), 65, "by"),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded_is_refused_and_changes_nothing(
    sent: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """'65 bad data'"""
    unit_id = pack_of(sent).letters[0].unit_id
    given = [unit_id if argument == "ID" else argument for argument in arguments]
    with nothing_changes(sent):
        ended = asked("record", *given, folder=sent)
    assert (ended.code, ended.out) == (code, "")
    assert words in ended.err


def test_a_letter_that_came_back_goes_out_again_and_is_signed_as_it_is_then(sent: Path) -> None:
    """'rework ID ... renders letters that came back, or a substitute, anew'"""
    letter = pack_of(sent).letters[0]
    who = (letter.unit_id, "--by", "ceo")
    returned = ceosample(
        *("record", "returned_for_rework", *who, "--reason-code", "tone"), folder=sent
    )
    assert returned.code == 0
    again = ceosample("rework", letter.unit_id, "--period", PERIOD, *AT, folder=sent)
    assert (again.code, again.err) == (0, "")
    # '`rework` sends an unchanged letter again as version 2 without a word'
    same = f"letter {letter.unit_id}: version 2 says what version 1 said; change its contents"
    assert same in again.out
    assert f"see {sent / 'packs' / PERIOD / 'rework-1'}\n" in again.out
    anew = Pack.load(sent / "packs" / PERIOD / "rework-1").letters[0]
    assert (anew.unit_id, anew.fields["version"]) == (letter.unit_id, 2)
    assert anew.code in again.out
    with nothing_changes(sent):
        old = ceosample("record", "signed", *who, "--code", letter.code, folder=sent)
        assert (old.code, old.out) == (65, "")
        assert ceosample("run", "--period", PERIOD, folder=sent).code == 0
    assert ceosample("record", "signed", *who, "--code", anew.code, folder=sent).code == 0


def test_a_letter_that_was_sent_is_found_ineligible_and_not_replaced(sent: Path) -> None:
    """'its place stays empty'; 'the firm's own codes map to one of them by configuration'"""
    unit_id = pack_of(sent).letters[0].unit_id
    why = ("--by", "office", "--approver", "second", "--reason-code", "crm-7")
    config = sent / "ceosample.toml"
    own = 'own_codes = {crm-7 = "duplicate"}\n'
    config.write_text(config.read_text().replace("[ledger]\n", f"[ledger]\n{own}"))
    with nothing_changes(sent):
        replaced = asked("record", "replaced", unit_id, *why, folder=sent)
        assert (replaced.code, "record found_ineligible" in replaced.err) == (65, True)
    found = asked("record", "found_ineligible", unit_id, *why, "--json", folder=sent).json
    assert (found["payload"]["reason_code"], found["payload"]["own_code"]) == (
        "duplicate", "crm-7",
    )  # fmt: skip
    (month,) = asked("status", "--json", folder=sent).json["months"]
    assert [place["places"] for place in month["empty_places"]] == [1]
    assert "places that stay empty: 1" in asked("status", folder=sent).out


def test_rework_of_what_did_not_come_back_is_refused(sent: Path) -> None:
    letters = pack_of(sent).letters
    signed = letters[0].unit_id
    asked("record", "signed", signed, "--by", "ceo", folder=sent)
    with nothing_changes(sent):
        for unit_ids in ((signed,), ("R-404",), (signed, letters[1].unit_id)):
            ended = asked("rework", *unit_ids, "--period", PERIOD, folder=sent)
            assert (ended.code, ended.out) == (65, "")
        assert asked("rework", signed, "--period", "2026-11", folder=sent).code == 65


def test_status_shows_every_denominator_and_what_is_open(sent: Path) -> None:
    """'Show where each month stands: sign-off coverage with every denominator'"""
    ended = ceosample("status", folder=sent)
    assert (ended.code, ended.err) == (0, "")
    for words in (
        "Complaint responses, 2026-10: drawn",
        "sign-off coverage: 0 of 12 selected letters signed in person (0 %)",
        "completion: 0 of 12 places filled",
        "stratum reach: 0 of 8 divisions reached",
        "sent_for_signature: ",
        "head ",
    ):
        assert words in ended.out


def test_status_in_json_is_nothing_but_json(sent: Path) -> None:
    ended = ceosample("status", "--json", "--check", "--period", PERIOD, folder=sent)
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["check"]["level"] == "INTACT"
    assert ended.json["check"]["head"] == ended.json["head"]
    (month,) = ended.json["months"]
    assert month["coverage"]["signoff"]["of"] == len(month["letters"]) == 12
    assert {letter["state"] for letter in month["letters"]} == {"sent_for_signature"}
    assert ceosample("status", "--json", "--period", "2026-11", folder=sent).json["months"] == []


def test_status_before_anything_was_frozen(fresh: Path) -> None:
    none = ceosample("status", folder=fresh)
    assert (none.code, none.out) == (65, "")
    assert "signoff.db does not exist; 'ceosample run' creates one" in none.err
    assert not (fresh / "signoff.db").exists()


def test_status_finds_a_spoilt_ledger_and_a_head_that_is_missing(sent: Path) -> None:
    """'1 a check found a difference'"""
    head = ceosample("status", "--json", folder=sent).json["head"]
    assert ceosample("status", "--head", head, folder=sent).code == 0
    missing = ceosample("status", "--head", "0" * 64, folder=sent)
    assert (missing.code, "NOT ok: BROKEN" in missing.out) == (1, True)
    empty = ceosample("status", "--head", "", folder=sent)  # a variable of the shell that is unset
    assert (empty.code, "give all 64 digits" in empty.err) == (65, True)
    spoil(sent)
    ended = ceosample("status", "--check", "--json", folder=sent)
    assert ended.code == 1
    assert ended.json["check"]["first_difference"].startswith("event 4: ")


def spoil(folder: Path) -> None:
    """Change what an event says, as somebody with the file could."""
    plain = sqlite3.connect(folder / "signoff.db")
    plain.execute("DROP TRIGGER events_no_update")
    plain.execute("UPDATE events SET text = replace(text, 'sampling', 'nobody') WHERE sequence = 4")
    plain.commit()
    plain.close()


# verify


def test_verify_draws_again_from_the_files_alone(
    sent_month: tuple[Path, Ended], tmp_path: Path
) -> None:
    """'anyone re-checks a draw from its public record'"""
    for name in ("draw.json", "manifest.csv", "exclusions.csv"):
        shutil.copy(sent_month[0] / "packs" / PERIOD / name, tmp_path / name)
    with nothing_changes(tmp_path):
        ended = ceosample("verify", ".", folder=tmp_path)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith("ok: REPRODUCED")
        report = ceosample("verify", ".", "--json", folder=tmp_path).json
        assert (report["ok"], report["level"]) == (True, "REPRODUCED")


@pytest.mark.parametrize(
    ("name", "old", "new", "level"),
    [
        ("manifest.csv", "Savings", "Savings!", "FRAME"),
        ("draw.json", '"rank":1', '"rank":2', "SELECTION"),
        ("draw.json", '"scheme":"ceosample/1"', '"scheme":"ceosample/2"', "MALFORMED"),
        ("draw.json", "{", "", "MALFORMED"),
    ],
)
def test_verify_names_the_first_difference(
    sent: Path, name: str, old: str, new: str, level: str
) -> None:
    """'1 a check found a difference'"""
    path = sent / "packs" / PERIOD / name
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    ended = ceosample("verify", f"packs/{PERIOD}", "--json", folder=sent)
    assert (ended.code, ended.err) == (1, "")
    assert (ended.json["ok"], ended.json["level"]) == (False, level)
    words = ceosample("verify", f"packs/{PERIOD}", folder=sent)
    assert (words.code, words.err) == (1, "")
    assert f"NOT ok: {level}" in words.out
    assert ended.json["first_difference"] in words.out


@pytest.mark.parametrize("folder", ["nowhere", "ceosample.toml", "packs"])
def test_verify_of_a_folder_without_a_record_says_so(sent: Path, folder: str) -> None:
    ended = ceosample("verify", folder, folder=sent)
    assert (ended.code, ended.err) == (1, "")
    assert NOT_THERE in ended.out


def test_verify_proves_the_order_from_the_ledger_and_dated_paper(
    sent: Path, waiting_month: tuple[Path, Ended]
) -> None:
    """'only a receipt of the commitment that is older than the seed proves the order'"""
    words = waiting_month[1].out.split()
    head = words[words.index("event") + 1]
    arguments = ("verify", f"packs/{PERIOD}", "--dated", "2026-11-02T09:00:00Z")
    rolled = ("--rolled", "2026-11-02T10:00:00Z")
    proven = ceosample(*arguments, *rolled, "--head", head, "--json", folder=sent)
    assert (proven.code, proven.json["level"]) == (0, "ORDER_PROVEN")
    too_late = ceosample(
        *arguments, "--rolled", "2026-11-02T08:00:00Z", "--head", head, folder=sent
    )
    assert too_late.code == 1
    newest = ceosample("status", "--json", folder=sent).json["head"]
    for wrong in (newest, "0" * 64, ""):
        refused = ceosample(*arguments, *rolled, "--head", wrong, folder=sent)
        assert (refused.code, refused.out) == (65, "")


# Where it is run


@pytest.mark.slow
def test_an_output_that_is_not_utf_8_is_no_fault(sent: Path) -> None:
    """A record names whatever the frame names; an old terminal shows what it can."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    assert ceosample("status", folder=sent, env=environment).code == 0
    ended = ceosample("status", "--json", folder=sent, env=environment)
    assert ended.code == 0
    assert ended.json["months"]


def test_a_disk_that_is_full_is_said_in_words(waiting: Path) -> None:
    """'A full disk exits as bad data (75, "free space and run again")'"""
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*COMMAND, "status"], cwd=waiting, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ended.stderr == b"ceosample: no space left on the disk; free space and run again\n"
    assert ended.returncode == 75


def test_a_folder_where_a_file_must_be_is_said_in_words(waiting: Path) -> None:
    """'70 a fault of ours, or of the disk'"""
    (waiting / "packs" / PERIOD / "draw.json").mkdir()
    ended = ceosample(*RUN_WITH_DICE, folder=waiting)
    assert ended.code not in (0, 1)
    assert "draw.json" in ended.err


# The plan


def test_plan_shows_what_is_promised_and_writes_nothing(fresh: Path) -> None:
    with nothing_changes(fresh):
        ended = ceosample("plan", "--period", PERIOD, folder=fresh)
        as_json = asked("plan", "--period", PERIOD, "--json", folder=fresh)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("12 of ")
    assert "months between" in ended.out
    assert as_json.json["letters"] == 12
    assert sum(row["n"] for row in as_json.json["strata"]) == 12


def test_plan_names_the_nearest_plan_that_is_possible(fresh: Path) -> None:
    configure(fresh, ("size = 12", "size = 3"))
    ended = asked("plan", "--period", PERIOD, folder=fresh)
    assert (ended.code, ended.out) == (65, "")
    assert nearest_size(8) in ended.err


def test_plan_tells_where_a_rotation_s_block_stands(fresh: Path) -> None:
    rotation = 'rotation = {months = 3, start = "2026-08"}'
    configure(fresh, ("size = 12", f"size = 9\n{rotation}"))
    ended = asked("plan", "--period", PERIOD, folder=fresh)
    assert "month 3 of 3 of the block that began in 2026-08: 8 of 8 strata" in ended.out


# What is said beside signatures


SECRET = "Mrs Quillfeather sings in the choir"
APPROVED = ("--approver", "second")
BY = ("--by", "exec", "--reason-code", "slip")
OF_MONTH = ("--period", PERIOD)


def first_of(folder: Path) -> str:
    return pack_of(folder).letters[0].unit_id


def texts_of(folder: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(folder / "signoff.db")) as database:
        return [text for (text,) in database.execute("SELECT text FROM texts")]


@pytest.mark.parametrize(
    "arguments",
    [
        ("finding", "--verdict", "defective", "--codes", "tone", "--codes", "sum"),
        ("recognition", "--colleague", "h-077", "--reason-code", "kindness"),
        ("contact", "--channel", "telephone", "--outcome", "satisfied"),
        ("board_answer", "--outcome", "pay"),
        ("note",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_is_said_of_a_letter_is_recorded_and_its_words_stay_out_of_sight(
    sent: Path, arguments: tuple[str, ...]
) -> None:
    """'Free text and names stay out'"""
    kind, *fields = arguments
    if kind == "board_answer":
        board = ("role", "grant", "ceo", "board", "--since", "2026-01-01", "--by", "chair")
        asked(*board, folder=sent)
    given = ("record", kind, first_of(sent), "--by", "ceo", *fields, "--text", SECRET, *AT)
    said = asked(*given, folder=sent)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"{first_of(sent)}: {kind} by ceo, event ")
    with nothing_changes(sent):
        again = asked(*given, "--json", folder=sent)
    assert (again.code, again.json["kind"], again.json["unit_id"]) == (0, kind, first_of(sent))
    assert again.json["hash"] in said.out
    assert SECRET not in said.out + again.out
    assert texts_of(sent) == [SECRET]
    if kind == "finding":
        assert again.json["payload"]["codes"] == ["tone", "sum"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("note", "ID", "--by", "ceo", "--text", SECRET + "\udcff"),
        ("note", "ID", "--by", "ceo", "--text", SECRET * 1000),
        ("viewed", "ID", "--by", "ceo", "--text", SECRET),
        ("finding", "ID", "--by", "ceo", "--text", SECRET),
        ("note", "R-404", "--by", "ceo", "--text", SECRET),
        ("note", "ID", "--by", "", "--text", SECRET),
    ],
)
def test_a_refusal_does_not_repeat_a_text(sent: Path, arguments: tuple[str, ...]) -> None:
    given = [first_of(sent) if argument == "ID" else argument for argument in arguments]
    with nothing_changes(sent):
        ended = asked("record", *given, folder=sent)
    assert (ended.code, ended.out) == (65, "")
    assert "Quillfeather" not in ended.err


def test_a_letter_is_delegated_to_a_registered_deputy_and_signed_by_them(sent: Path) -> None:
    """'only to a deputy registered beforehand'"""
    unit_id = first_of(sent)
    delegate = ("record", "delegated", unit_id, "--by", "ceo", "--to", "dep")
    with nothing_changes(sent):
        assert asked(*delegate, folder=sent).code == 65
    granted = asked(
        *(
            "role",
            "grant",
            "dep",
            "deputy",
            "--since",
            "2026-01-01",
            "--of",
            "ceo",
            "--by",
            "board",
        ),
        folder=sent,
    )
    assert (granted.code, granted.out.split(",")[0]) == (0, "role_granted by board")
    assert asked(*delegate, folder=sent).code == 0
    signed = asked(
        *("record", "signed_by_deputy", unit_id, "--by", "dep", "--recorder", "office", "--json"),
        folder=sent,
    )
    assert signed.code == 0
    payload = signed.json["payload"]
    assert (payload["for"], payload["recorder"]) == ("ceo", "office")


def test_roles_are_given_shown_and_taken_away(sent: Path) -> None:
    nobody = asked("people", folder=sent)
    assert (nobody.code, nobody.out) == (0, "no roles granted\n")
    grant = (
        *("role", "grant", "ceo", "signatory", "--since", "2026-01-01", "--limit", "5000.00"),
        *("--currency", "GBP", "--by", "board"),
    )
    assert asked(*grant, folder=sent).code == 0
    with nothing_changes(sent):
        assert asked(*grant, folder=sent).code == 0
        shown = asked("people", "--json", folder=sent)
    (held,) = shown.json["grants"]
    assert (held["person"], held["role"], held["limit"]) == ("ceo", "signatory", "5000.00 GBP")
    revoke = ("role", "revoke", "ceo", "signatory", "--since", "2026-06-01", "--by", "board")
    assert asked(*revoke, folder=sent).code == 0
    assert asked("people", "--json", folder=sent).json["grants"][0]["until"] == "2026-05-31"
    with nothing_changes(sent):
        late = asked("role", "revoke", "bo", "signatory", "--since", "2026-06-01", "--by", "board",
                     folder=sent)  # fmt: skip
        assert (late.code, late.out) == (65, "")
        assert "'bo' is not signatory on 2026-06-01" in late.err
        signed = asked("record", "signed", first_of(sent), "--by", "ceo", folder=sent)
        assert (signed.code, signed.out) == (65, "")


def test_a_resolution_is_proposed_co_signed_and_reviewed(sent: Path) -> None:
    """'two different co-signers, automatic approval, review due, adopted or not'"""
    propose = (
        *(
            "resolution",
            "propose",
            "F-1",
            "--policy",
            "fees",
            "--review-by",
            "2026-12-15",
            "--by",
            "ann",
        ),
        *("--amount", "120.50", "--currency", "GBP", "--response", "R-1", "--division", "Cards"),
    )
    said = asked(*propose, folder=sent)
    assert (said.code, said.out.split(",")[0]) == (0, "R-1: oop_proposed by ann")
    with nothing_changes(sent):
        assert asked(*propose, folder=sent).code == 0
        assert asked(*propose[:-2], folder=sent).code == 3  # the id is another one's
        assert asked("resolution", "cosign", "F-1", "--by", "ann", folder=sent).code == 65
        assert asked("resolution", "review", "F-1", "kept", "--by", "cy", folder=sent).code == 65
    assert asked("resolution", "cosign", "F-1", "--by", "bo", folder=sent).code == 0
    with nothing_changes(sent):
        assert asked("resolution", "cosign", "F-1", "--by", "dee", folder=sent).code == 3
        assert asked("resolution", "review", "F-1", "kept", "--by", "bo", folder=sent).code == 65
    assert asked("resolution", "review", "F-1", "kept", "--by", "cy", folder=sent).code == 0
    with nothing_changes(sent):
        assert asked("resolution", "review", "F-1", "kept", "--by", "cy", folder=sent).code == 0
        assert asked("resolution", "review", "F-1", "adopted", "--by", "cy", folder=sent).code == 3


def test_a_correction_takes_the_signature_back_and_status_goes_on(sent: Path) -> None:
    """'that event is void, as if never said; it stays on record'"""
    unit_id = first_of(sent)
    signed = asked("record", "signed", unit_id, "--by", "ceo", "--json", folder=sent).json
    correct = ("correct", signed["hash"], *BY)
    made = asked(*correct, "--json", folder=sent)
    assert (made.code, made.json["payload"]["event"]) == (0, signed["hash"])
    with nothing_changes(sent):
        assert asked(*correct, folder=sent).code == 0
        assert asked("correct", "0" * 64, *BY, folder=sent).code == 65
        assert asked("correct", made.json["hash"], *BY, folder=sent).code == 65
    status = asked("status", folder=sent)
    assert (status.code, status.err) == (0, "")
    assert "0 of 12 selected letters signed in person" in status.out


def test_texts_are_erased_unless_they_are_held(sent: Path) -> None:
    """'a legal hold on a letter'; 'so a customer can be forgotten'"""
    unit_id = first_of(sent)
    asked("record", "note", unit_id, "--by", "ceo", "--text", SECRET, folder=sent)
    assert asked("hold", unit_id, *OF_MONTH, *BY, folder=sent).code == 0
    with nothing_changes(sent):
        assert asked("hold", unit_id, *OF_MONTH, *BY, folder=sent).code == 0
        refused = asked("erase", unit_id, *OF_MONTH, *BY, folder=sent)
        assert (refused.code, refused.out) == (65, "")
        assert "legal hold" in refused.err
        never = pack_of(sent).letters[1].unit_id
        assert asked("hold", never, "--lift", *OF_MONTH, *BY, folder=sent).code == 65
    assert asked("hold", unit_id, "--lift", *OF_MONTH, *BY, folder=sent).code == 0
    gone = asked("erase", unit_id, *OF_MONTH, *BY, "--json", folder=sent)
    assert (gone.code, gone.json["payload"]) == (0, {"texts": 1, "reason_code": "slip"})
    assert texts_of(sent) == []
    assert asked("status", folder=sent).code == 0


def test_a_superseded_month_is_begun_anew_with_fresh_dice(sent: Path) -> None:
    """'superseded: the month's draw no longer counts, nor do its letters'"""
    unit_id = first_of(sent)
    gone = asked("supersede", *OF_MONTH, *BY, *APPROVED, "--json", folder=sent)
    assert (gone.code, gone.json["kind"]) == (0, "superseded")
    with nothing_changes(sent):
        assert asked("supersede", *OF_MONTH, *BY, *APPROVED, folder=sent).code == 0
        assert asked("record", "signed", unit_id, "--by", "ceo", folder=sent).code == 65
        status = asked("status", folder=sent)
        assert (status.code, "2026-10: superseded" in status.out) == (0, True)
    with nothing_changes(sent):
        assert asked("supersede", "--period", "2026-09", *BY, folder=sent).code == 65


def decisions(folder: Path, **changes: Any) -> Path:
    pack = pack_of(folder)
    rows = [
        {"unit_id": letter.unit_id, "letter": letter.digest, "kind": "signed", "at": AT[1],
         "by": "ceo"}
        for letter in pack.letters[:2]
    ]  # fmt: skip
    rows.append({**rows[0], "kind": "note", "text": SECRET})
    rows[1] |= changes
    file = folder / "decisions.json"
    file.write_text(json.dumps({"scheme": SCHEME, "pack": pack.digest, "decisions": rows}), "utf-8")
    return file


def test_a_file_of_decisions_is_recorded_once(sent: Path) -> None:
    """'decisions.json: what was decided'"""
    file = str(decisions(sent))
    taken = ceosample("record", "--from", file, "--recorder", "office", folder=sent)
    assert (taken.code, taken.err, len(taken.out.splitlines())) == (0, "", 4)
    assert SECRET not in taken.out
    line = taken.out.splitlines()[-1]
    assert line.startswith("decisions.json: 3 decisions about 2 letters, 3 of 3 new in the ledger;")
    with nothing_changes(sent):
        again = ceosample("record", "--from", file, "--json", folder=sent)
    assert [event["hash"] in taken.out for event in again.json] == [True] * 3
    assert "3 decisions about 2 letters, 0 of 3 new in the ledger" in again.err
    assert "2 of 12 selected letters signed in person" in asked("status", folder=sent).out


def test_the_attendance_table_is_recorded_as_far_as_it_is_filled_in(sent: Path) -> None:
    """'so that the office can enter outcomes fast (`ceosample record --from` a CSV)'"""
    table = sent / "packs" / PERIOD / "attendance.csv"
    with nothing_changes(sent):
        ended = asked("record", "--from", str(table), "--by", "ceo", *AT, folder=sent)
        assert (ended.code, ended.out) == (0, "")
        assert "not decided yet: 12 letters in the file" in ended.err
    lines = table.read_text("utf-8-sig").splitlines()
    lines[1:4] = [line.replace(",,,", ",signed,,", 1) for line in lines[1:4]]
    table.write_text("\n".join(lines), "utf-8")
    ended = asked("record", "--from", str(table), "--by", "ceo", *AT, folder=sent)
    assert (ended.code, len(ended.out.splitlines())) == (0, 4)
    assert "not decided yet: 9 letters in the file" in ended.err
    assert "3 of 12 selected letters signed in person" in asked("status", folder=sent).out
    run = asked("run", "--period", PERIOD, *AT, folder=sent)
    assert run.code == 0
    assert table.read_text("utf-8") == "\n".join(lines), "a run overwrote what was filled in"


def test_scanned_letters_are_recorded_with_one_word(sent: Path) -> None:
    letters = pack_of(sent).letters[:2]
    scanned = sent / "scanned.csv"
    rows = ["unit_id\tcode", *(f"{letter.unit_id}\t'{letter.code}" for letter in letters)]
    scanned.write_text("\n".join(rows), "utf-8")
    ended = asked("record", "signed", "--from", str(scanned), "--by", "ceo", *AT, folder=sent)
    assert (ended.code, ended.err, len(ended.out.splitlines())) == (0, "", 3)
    assert "2 of 12 selected letters signed in person" in asked("status", folder=sent).out


def test_a_month_is_closed_on_paper_once_it_is_done(sent: Path) -> None:
    """'the closing sheet, signed when the month is done, the head'"""
    folder = sent / "packs" / PERIOD
    close = ("close", "--period", PERIOD, *AT)
    with nothing_changes(sent):
        ended = asked(*close, folder=sent)
        assert (ended.code, ended.out) == (3, "")
        assert "still open: " in ended.err
        assert "--still-open" in ended.err
    interim = asked(*close, "--still-open", folder=sent)
    assert interim.code == 0
    assert asked(*close, folder=sent).code == 3, "a sheet that names open letters closes nothing"
    for letter in pack_of(sent):
        about = (letter.unit_id, *AT)
        assert asked("record", "signed", *about, "--by", "ceo", folder=sent).code == 0
        assert asked("record", "dispatched", *about, "--by", "office", folder=sent).code == 0
    closed = asked(*close, folder=sent)
    assert closed.code == 0
    head = closed.out.split()[-1]
    assert "12 of 12 selected letters" in (folder / f"closing-{head[:8]}.html").read_text("utf-8")
    with nothing_changes(sent):
        assert asked(*close, folder=sent) == closed
    assert "ANCHORED" in asked("status", "--head", head, folder=sent).out


def test_a_file_of_decisions_is_recorded_whole_or_not_at_all(sent: Path) -> None:
    file = str(decisions(sent, by="somebody"))
    with nothing_changes(sent):
        ended = asked("record", "--from", file, folder=sent)
        assert (ended.code, ended.out) == (65, "")
        assert "decisions.json, decision 2 (R-" in ended.err
        assert "Quillfeather" not in ended.err
        assert asked("record", "--from", "nowhere.json", folder=sent).code == 65


@pytest.mark.parametrize(
    "arguments",
    [
        ("record", "--from", "x.json", "signed", "R-1"),
        ("record", "--from", "x.json", "--by", "ceo"),
        ("record", "--from", "x.json", "--code", "01234567"),
        ("record", "--from", "x.json", "--codes", "tone"),
        ("record", "--from", "x.json", "--text", ""),
        ("record", "--from", "x.json", "--period", PERIOD),
        ("record", "--from", "x.json", *AT),
        ("record", "signed", "--from", "x.json"),
        ("record", "signed", "R-1", "--from", "x.csv"),
        ("record", "--from", "x.csv", "--period", PERIOD),
        ("close",),
        ("record",),
        ("record", "rendered", "R-1", "--by", "ceo"),
        ("correct", *BY),
        ("correct", "0" * 64, "--by", "exec"),
        ("hold", "R-1", *BY),
        ("hold", "R-1", "--period", "October", *BY),
        ("erase", "R-1", *OF_MONTH, "--by", "exec"),
        ("supersede", *BY),
        ("role", "grant", "ann", "emperor", "--since", "2026-01-01", "--by", "board"),
        ("role", "grant", "ann", "auditor", "--since", "soon", "--by", "board"),
        ("role", "grant", "ann", "auditor", "--by", "board"),
        ("role", "revoke", "ann", "auditor", "--by", "board"),
        ("resolution", "propose", "F-1", "--policy", "fees", "--by", "ann"),
        (
            "resolution",
            "propose",
            "F-1",
            "--policy",
            "fees",
            "--review-by",
            "2026-13-01",
            "--by",
            "ann",
        ),
        ("resolution", "cosign", "F-1"),
        ("resolution", "review", "F-1", "praised", "--by", "cy"),
    ],
    ids=" ".join,
)
def test_a_slip_in_what_is_said_ends_with_2(arguments: tuple[str, ...], sent: Path) -> None:
    """'2 usage'"""
    with nothing_changes(sent):
        ended = asked(*arguments, folder=sent)
    assert (ended.code, ended.out) == (2, "")
    assert "Error:" in ended.err


# The book as a whole


def test_a_ledger_is_taken_out_and_brought_in_by_the_command(sent: Path, tmp_path: Path) -> None:
    """'Export to and import from JSON Lines, verified on the way in.'"""
    out = asked("export", "events.jsonl", folder=sent)
    head = asked("status", "--json", folder=sent).json["head"]
    assert (out.code, head in out.out) == (0, True)
    assert asked("export", "events.jsonl", folder=sent).code == 3
    assert asked("import", "events.jsonl", folder=sent).code == 3
    (sent / "signoff.db").rename(tmp_path / "old.db")
    assert head in asked("import", "events.jsonl", folder=sent).out
    assert asked("status", "--check", "--head", head, folder=sent).code == 0


def test_the_register_s_counts_are_written_down_and_shown(sent: Path) -> None:
    counts = ("--opening", "3", "--new", "10", "--final", "9", "--carried", "4")
    month = ("reconcile", "--period", PERIOD, "--by", "office", *AT)
    assert asked(*month, *counts, folder=sent).code == 0
    shown = asked("metrics", "--first", PERIOD, "--last", PERIOD, folder=sent)
    assert "3 + 10 - 9 = 4" in shown.out
    assert asked(*month, "--opening", "-1", *counts[2:], folder=sent).code == 65


def test_letters_at_risk_and_policies_are_shown(sent: Path) -> None:
    assert "letters" in asked("at-risk", "--within", "400", folder=sent).out
    assert asked("at-risk", "--json", folder=sent).json["without_owner"]
    propose = (
        "resolution",
        "propose",
        "OOP-1",
        "--policy",
        "late-fee",
        "--review-by",
        "2026-12-31",
    )
    assert asked(*propose, "--by", "h-1", *AT, folder=sent).code == 0
    assert "late-fee" in asked("policies", folder=sent).out
