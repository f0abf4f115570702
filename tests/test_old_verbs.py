"""The verbs of 0.1 that have a better name still work, and tell the new name to people alone."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from pathlib import Path
from typing import Final

import click
import pytest

from ceosample.cli import cli
from ceosample.cli.group import OLD_VERBS
from command import Ended, ceosample, on_a_terminal
from pages import PROJECT
from release_0_1 import FOLDER, ask
from thorough import first_of

LATER: Final = dt.datetime(2027, 2, 10, 12, tzinfo=dt.UTC)

#: What each old verb is asked in the folder that 0.1 left, and how that ends.
LINES: Final = {
    "open": ("--within 30 --as-of 2027-02-10T12:00:00+00:00", 0),
    "forget": ("R-C7YJ7D --period 2026-10 --reason-code asked --by office", 0),
    "propose": ("OOP-4 --policy parking --review-by 2027-06-30 --by h-1", 0),
    "cosign": ("OOP-3 --by h-2", 0),
    "review": ("OOP-2 kept --by head-of-complaints", 0),
    "grant": ("office dispatcher --since 2027-01-01 --by board", 0),
    "revoke": ("cfo deputy --since 2027-02-05 --by board", 0),
}

#: What each old verb is asked and refuses, by the exit code.
REFUSED: Final = {
    "open": ("--within soon", 2),
    "forget": ("R-404 --period 2026-10 --reason-code asked --by office", 65),
    "propose": ("OOP-3 --policy fees --review-by 2027-06-30 --by h-1", 3),
    "cosign": ("OOP-3 --by h-1", 65),
    "review": ("OOP-2", 2),
    "grant": ("office emperor --since 2027-01-01 --by board", 2),
    "revoke": ("nobody deputy --since 2027-02-05 --by board", 65),
}

VERBS = pytest.mark.parametrize("verb", OLD_VERBS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "old"))


def both(verb: str, rest: str, folder: Path) -> tuple[Ended, Ended]:
    """What the old verb and the new one answer, each in a folder of its own at the same moment."""
    other = Path(shutil.copytree(folder, folder.parent / "new"))
    old, new = ([verb], OLD_VERBS[verb])
    return ask([*old, *rest.split()], folder, LATER), ask([*new, *rest.split()], other, LATER)


def events_of(folder: Path) -> bytes:
    assert ask(["export", "all.jsonl"], folder, LATER).code == 0
    return (folder / "all.jsonl").read_bytes()


@VERBS
def test_an_old_verb_says_and_does_what_the_new_one_does(verb: str, folder: Path) -> None:
    """'hidden aliases with the same output and exit code to the byte'"""
    line, code = LINES[verb]
    old, new = both(verb, line, folder)
    assert old == new
    assert (old.code, old.err) == (code, "")
    assert events_of(folder) == events_of(folder.parent / "new")


@VERBS
def test_an_old_verb_refuses_what_the_new_one_refuses(verb: str, folder: Path) -> None:
    line, code = REFUSED[verb]
    old, new = both(verb, line, folder)
    assert old == new
    assert (old.code, old.out) == (code, "")


@VERBS
def test_an_old_verb_explains_itself_as_the_new_one_does(verb: str, tmp_path: Path) -> None:
    old = ceosample(verb, "--help", folder=tmp_path)
    assert old == ceosample(*OLD_VERBS[verb], "--help", folder=tmp_path)
    assert (old.code, old.err) == (0, "")
    assert f" {' '.join(OLD_VERBS[verb])} [OPTIONS]" in old.out


@VERBS
def test_no_help_lists_an_old_verb(verb: str) -> None:
    assert verb not in cli.list_commands(click.Context(cli))


@pytest.mark.parametrize("verb", first_of(2, sorted(OLD_VERBS)))
@pytest.mark.slow
def test_a_person_at_a_terminal_reads_the_new_name_once(
    verb: str, commands: Path, tmp_path: Path
) -> None:
    """'tell their new name once on standard error of a terminal'"""
    out, seen = on_a_terminal(str(commands / "ceosample"), verb, "--help", folder=tmp_path)
    assert seen.decode() == f"ceosample: '{verb}' is now '{' '.join(OLD_VERBS[verb])}'\r\n"
    assert out.startswith(b"Usage: ")


def test_a_program_never_reads_the_new_name(commands: Path, folder: Path) -> None:
    """'never under --json or without a terminal (cron mails every line)'"""
    program = str(commands / "ceosample")
    assert on_a_terminal(program, "open", "--json", folder=folder)[1] == b""
    assert ceosample("open", folder=folder).err == ""


def test_a_new_verb_tells_nothing(commands: Path, folder: Path) -> None:
    assert on_a_terminal(str(commands / "ceosample"), "at-risk", folder=folder)[1] == b""


def test_a_shell_that_completes_an_old_verb_is_told_nothing(tmp_path: Path) -> None:
    asked = (
        "import os; os.environ |= {'_CEOSAMPLE_COMPLETE': 'bash_complete', 'COMP_CWORD': '2', "
        "'COMP_WORDS': 'ceosample open --wi'}; "
        "from ceosample.cli import cli; cli(prog_name='ceosample')"
    )
    out, seen = on_a_terminal(sys.executable, "-c", asked, folder=tmp_path)
    assert (out, seen) == (b"plain,--within\n", b"")


@pytest.mark.parametrize("page", ["command", "upgrading"])
def test_the_page_names_each_old_verb_with_its_new_one(page: str) -> None:
    text = (PROJECT / f"docs/{page}.md").read_text("utf-8")
    table = text.split("| old verb | new verb |\n|---|---|\n")[1].split("\n\n")[0]
    assert table.splitlines() == [
        f"| `{old}` | `{' '.join(new)}` |" for old, new in OLD_VERBS.items()
    ]
