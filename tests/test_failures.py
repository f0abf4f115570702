"""How the command fails: its errors name options, and under --json it is an object with words."""

from __future__ import annotations

import datetime as dt
import errno
import re
import shlex
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import jsonschema
import pytest

import ceosample as cs
from ceosample.cli import cli
from ceosample.cli.failures import with_option_names
from ceosample.error_report import ErrorReport
from ceosample.errors import ConfigurationError, LedgerError
from ceosample.signoff.recording.event_fields import RECORDABLE
from ceosample.signoff.store import databases
from command import Ended, ceosample
from release_0_1 import FOLDER, ask

LATER: Final = dt.datetime(2027, 2, 10, 12, tzinfo=dt.UTC)


def leaves(command: click.Command = cli, *above: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that runs something, by the words that call it."""
    if isinstance(command, click.Group):
        for name, one in command.commands.items():
            yield from leaves(one, *above, name)
    else:
        yield " ".join(above), command


COMMANDS: Final = dict(leaves())
WITH_JSON: Final = [
    line for line, one in COMMANDS.items() if "as_json" in {param.name for param in one.params}
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of 0.1, which no test here changes."""
    return Path(shutil.copytree(FOLDER, tmp_path_factory.mktemp("failures") / "month"))


def as_typed(param: click.Parameter) -> str:
    """What people type for a parameter, told otherwise than the command does: by its help."""
    with click.Context(click.Command("it")) as ctx:
        if isinstance(param, click.Option):
            record = param.get_help_record(ctx)
            assert record is not None
            return str(re.findall(r"--[a-z0-9-]+", record[0])[0])
        named = re.findall(r"[A-Z_0-9-]+", param.make_metavar(ctx))
        return named[0] if named else str(param.name).upper()  # the usage lists its choices


@pytest.mark.parametrize("line", COMMANDS)
def test_an_error_of_the_library_names_the_option_for_every_parameter(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'the command says `reason_code=...` where the option is `--reason-code`'"""
    command = COMMANDS[line]
    params = [param for param in command.params if param.name not in ("as_json", "config", "help")]
    names = {str(param.name).strip("_"): as_typed(param) for param in params}

    def refuse(**_: Any) -> None:
        raise LedgerError(*(f"{name}: got 'x'; give {name}=..." for name in names))

    monkeypatch.setattr(command, "callback", refuse)
    ctx = click.Context(command)
    with ctx, pytest.raises(LedgerError) as caught:
        command.invoke(ctx)
    assert [*caught.value.faults] == [f"{typed}: got 'x'; give {typed}" for typed in names.values()]


def test_an_error_of_the_configuration_names_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    command = COMMANDS["run"]

    def refuse(**_: Any) -> None:
        raise ConfigurationError("round: missing; give round=...")

    monkeypatch.setattr(command, "callback", refuse)
    ctx = click.Context(command)
    with ctx, pytest.raises(ConfigurationError, match=r"^round: missing; give round=\.\.\.$"):
        command.invoke(ctx)


OPTIONS: Final = [
    click.Argument(["resolution"]),
    click.Argument(["unit_ids"], metavar="[ID]...", nargs=-1),
    *(click.Option([name]) for name in ("--by", "--reason-code", "--policy", "--until")),
    click.Option(["--round", "round_"]),
    click.Option(["--witness", "witnesses"], multiple=True),
]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("resolution, policy: got 'Late Fee'; give a code",
         "resolution, --policy: got 'Late Fee'; give a code"),
        ("resolution, resolution: got ''; give an id",
         "resolution, RESOLUTION: got ''; give an id"),
        ("policy, until: got 'b' and 'a'", "--policy, --until: got 'b' and 'a'"),
        ("unit_id: got ''; give an id", "ID: got ''; give an id"),
        ("reason code: got 'No!'; give a code", "--reason-code: got 'No!'; give a code"),
        ("unit_ids: got ''; give an id", "ID: got ''; give an id"),
        ("round: got 0; give 1 or more", "--round: got 0; give 1 or more"),
        ("seed, witnesses: got ''; name each", "seed, --witness: got ''; name each"),
        ("letter R/1.2: no reason; reason_code=...", "letter R/1.2: no reason; --reason-code"),
        ("month: freeze it with round=7, by=...", "month: freeze it with --round 7, --by"),
    ],
)  # fmt: skip
def test_an_argument_is_told_by_where_it_is(said: str, shown: str) -> None:
    assert with_option_names([said], OPTIONS) == (shown,)


@pytest.mark.parametrize(
    "said",
    [
        "letter R-1: was returned by ceo until the policy is known",
        "letter 'by': got 'policy=...'; give an id",
        "by-laws: policy-by=x, x.by=y, nearby=z, byte=0",
        "taken/decisions.csv, row 2, reason_code: got 'No!'; give a code, reason_code=...",
        "C:\\by\\decisions.csv, row 2, by: got ''; give by=...",
        "seed.source, policy: missing; give policy=...",
        "",
        "by",
    ],
)
def test_words_values_and_files_stay_as_they_are(said: str) -> None:
    assert with_option_names([said], OPTIONS) == (said,)
    assert with_option_names([said], []) == (said,)


@pytest.mark.parametrize("kind", [kind for kind, fields in RECORDABLE.items() if fields.needs])
def test_what_a_state_needs_is_named_as_an_option(kind: str, folder: Path) -> None:
    """'An error names the key or option that would help'"""
    needs = [name for name in RECORDABLE[kind].needs if name != "letter"]
    ended = ask(["record", kind, "R-DBH76Z", "--by", "ceo"], folder, LATER)
    assert [name for name in needs if f"--{name.replace('_', '-')}" not in ended.err] == []
    assert "=..." not in ended.err


@pytest.mark.parametrize("option", ["--first", "--last"])
def test_a_month_that_is_none_is_told_by_its_own_option(option: str, folder: Path) -> None:
    ended = ask(["metrics", option, "2026-13"], folder, LATER)
    assert (ended.code, f"for '{option}': got '2026-13'; give" in ended.err) == (2, True)


def words_of(ended: Ended) -> str:
    """What standard error says, without the name of who says it."""
    return ended.err.split("Error: ")[-1].removeprefix("ceosample: ").rstrip("\n")


@pytest.mark.parametrize("line", WITH_JSON)
def test_every_command_with_json_tells_its_slips_as_json(line: str, tmp_path: Path) -> None:
    """'`--json` runs that fail print the words too'"""
    ended = ceosample(*line.split(), "--json", "--no-such-option", folder=tmp_path)
    jsonschema.validate(ended.json, cs.schema("failure"))
    assert ended.json["error"] == {
        "code": "UsageError", "exit_code": ended.code, "message": words_of(ended),
    }  # fmt: skip
    assert (ended.code, "--no-such-option" in words_of(ended)) == (2, True)


#: What each command is given beside --json, so that only the missing configuration stops it.
GIVEN: Final = {
    "plan": "--period 2026-10",
    "rebuild": "2026-10",
    "room": "2026-10 --by ceo",
    "run": "--period 2026-10",
    "record": "viewed R-1 --by ceo",
    "correct": f"{'0' * 64} --reason-code slip --by ceo",
    "supersede": "--period 2026-10 --reason-code slip --by ceo",
    "hold": "R-1 --period 2026-10 --reason-code slip --by ceo",
    "erase": "R-1 --period 2026-10 --reason-code slip --by ceo",
    "ledger letter": "R-1",
    "compare": "0" * 64,
    "refer": "--came-by letter --by ceo",
    "words": "R-1",
    "explain": "R-1",
    "resolution show": "OOP-1",
    "import-tracker": "past.csv --by ceo",
    "notice": "public",
    "upgrade": "--by ceo",
    "repair": "--by ceo",
}
#: They say what is wrong in a report of their own.
REPORTS: Final = {"check": "", "verify": "nowhere"}


@pytest.mark.parametrize("line", [line for line in WITH_JSON if line not in REPORTS])
def test_every_command_with_json_tells_its_errors_as_json(line: str, tmp_path: Path) -> None:
    ended = ceosample(*line.split(), *GIVEN.get(line, "").split(), "--json", folder=tmp_path)
    jsonschema.validate(ended.json, cs.schema("failure"))
    assert ended.json["error"] == {
        "code": "ConfigurationError", "exit_code": 78, "message": words_of(ended),
    }  # fmt: skip
    assert (ended.code, "ceosample.toml" in words_of(ended)) == (78, True)


@pytest.mark.parametrize("line", REPORTS)
def test_a_report_of_problems_is_the_only_object(line: str, tmp_path: Path) -> None:
    ended = ceosample(line, *REPORTS[line].split(), "--json", folder=tmp_path)
    assert (ended.code != 0, ended.err, "error" in ended.json) == (True, "", False)


def test_without_json_a_failure_leaves_standard_output_empty(tmp_path: Path) -> None:
    assert [ceosample(*line, folder=tmp_path).out for line in (["status"], ["run", "--by"])] == [
        "", "",
    ]  # fmt: skip


def test_what_a_failure_says_is_the_same_in_both_places(folder: Path) -> None:
    asked = ("record", "declined", "R-DBH76Z", "--by", "ceo", "--json")
    ended = ceosample(*asked, folder=folder)
    assert ended.json["error"]["message"] == words_of(ended)
    assert "--reason-code" in words_of(ended)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("docx '' --period 2026-10 --out drafts", "ID: got ''; give the response's id as text"),
        ("role grant '' auditor --since 2027-01-01 --by ceo",
         "role, PERSON: got ''; give a person's id"),
        ("role revoke ceo auditor --since 2027-01-01 --by ceo", "'ceosample people'"),
        ("withdraw-tracker x --reason-code late --by ceo",
         "SHA256: got 'x'; give the file's SHA-256"),
        ("record --from nowhere.json", "nowhere.json: not there; restore it, or give the path of"),
        ("reconcile --period 2026-10 --new 1 --final 1 --carried 1 --by ceo "
         "--opening 99999999999999999999",
         "--opening: got 99999999999999999999; give a whole number from 0 to 9007199254740991"),
    ],
)  # fmt: skip
def test_what_to_do_is_told_in_the_words_of_the_command(folder: Path, line: str, said: str) -> None:
    ended = ceosample(*shlex.split(line), folder=folder)
    assert ended.code == 65
    assert said in ended.err
    assert "None" not in ended.err


SECRET: Final = "correct horse battery"


@pytest.mark.parametrize(
    ("line", "old", "new"),
    [
        ("status", 'url = "sqlite:///signoff.db"',
         f'url = "sqlite:///nowhere.db?password={SECRET}"'),
        ("seed new --months 3 --seal", 'secret = "chain.json"',
         f'secret = "chain.json"\npassphrase = "{SECRET}"'),
        ("seed new --months 3 --seal", 'secret = "chain.json"',
         'secret = "chain.json"\npassphrase = 20261130'),
    ],
)  # fmt: skip
def test_a_secret_in_the_wrong_place_of_the_configuration_is_not_repeated(
    folder: Path, tmp_path: Path, line: str, old: str, new: str
) -> None:
    """'Private are ... secrets, URLs': a cron job mails what the command says."""
    there = (folder / "ceosample.toml").read_text("utf-8")
    assert old in there
    (tmp_path / "ceosample.toml").write_text(there.replace(old, new, 1), "utf-8")
    ended = ceosample(*line.split(), folder=tmp_path)
    assert ended.code in (65, 78)
    assert ended.err
    assert SECRET not in ended.err
    assert "20261130" not in ended.err


def test_a_full_disk_is_no_bad_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """'A full disk exits as bad data (75, "free space and run again")'"""
    full = OSError(errno.ENOSPC, "No space left on device", "packs/2026-10/draw.json")
    assert ErrorReport.of(full) == (
        "OSError",
        75,
        "packs/2026-10/draw.json: no space left on the disk; free space and run again",
    )
    set_up = databases._set_up_sqlite
    with cs.Ledger.open(f"sqlite:///{tmp_path / 'signoff.db'}", clock=lambda: LATER):
        pass  # the file is there

    def on_a_full_disk(connection: sqlite3.Connection, record: object) -> None:
        set_up(connection, record)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    monkeypatch.setattr(databases, "_set_up_sqlite", on_a_full_disk)
    with cs.Ledger.open(f"sqlite:///{tmp_path / 'signoff.db'}", clock=lambda: LATER) as ledger:

        def fill() -> None:
            for number in range(100):
                ledger.name(f"kim-{number}", "Kim" * 50, by="office", at=LATER)

        with pytest.raises(cs.errors.BusyError, match="no space left on the disk; free space"):
            fill()
