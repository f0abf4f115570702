"""What is loaded when it is asked for: the modules of the commands, the names of the job."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import click
import pytest

import ceosample.job
from ceosample.cli.group import SECTIONS, VERBS, SectionedGroup, cli
from ceosample.stub import homes
from pages import PROJECT


def loaded_by(code: str) -> set[str]:
    """The modules of the package and the heavy ones that a new interpreter has after a program."""
    asked = "import sys; print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{asked}"], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def test_the_list_of_the_commands_says_what_each_says_of_itself() -> None:
    assert {name: verb.help for name, verb in VERBS.items()} == {
        name: command.get_short_help_str(300) for name, command in cli.commands.items()
    }
    assert [*cli.commands] == [name for verbs in SECTIONS.values() for name in verbs]
    assert {name: f"ceosample.cli.{verb.module}" for name, verb in VERBS.items()} == {
        name: getattr(command.callback, "__module__", None)
        for name, command in cli.commands.items()
    }


def test_no_module_has_a_command_that_the_list_leaves_out() -> None:
    for path in (PROJECT / "src/ceosample/cli").glob("*.py"):
        __import__(f"ceosample.cli.{path.stem}")
    assert {*cli.commands} == {*VERBS}
    assert len(cli.commands) == len(VERBS)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["sattus"]])
def test_help_and_a_slip_load_no_command(arguments: list[str]) -> None:
    code = f"""
import contextlib, io, sys
sys.argv = ["ceosample", *{arguments}]
from ceosample.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    with contextlib.suppress(SystemExit):
        main()
"""
    loaded = loaded_by(code)
    assert {name for name in loaded if name.startswith("ceosample.cli.")} == {
        "ceosample.cli.failures",
        "ceosample.cli.group",
        "ceosample.cli.unattended",
        "ceosample.cli.unattended.endings",
        *(["ceosample.cli.unattended.invocation"] if arguments == ["sattus"] else []),
    }
    assert not loaded & {"sqlalchemy", "jinja2", "numpy", "ceosample.job"}
    told = {"attrs", "hashlib", "json", "rfc8785", "ceosample.errors"}  # what a failure needs
    assert arguments != ["--help"] or not loaded & told


def test_a_command_loads_its_own_module_and_nothing_that_sets_letters() -> None:
    loaded = loaded_by("from ceosample.cli import cli; cli.commands['status']")
    assert "ceosample.cli.status" in loaded
    assert not loaded & {"ceosample.cli.run", "ceosample.cli.report", "ceosample.letters.render"}
    assert not loaded & {"jinja2", "numpy", "tqdm", "typst", "ceosample.job.run_month"}


#: What lets a command open a ledger, and what only some of those that do have a use for.
LEDGER = {"sqlalchemy", "sqlite3", "ceosample.signoff.ledger"}
NO_READER_NEEDS = {
    *(
        "jinja2",
        "numpy",
        "html.parser",
        "sqlalchemy.dialects.postgresql",
        "ceosample.sampling.draw",
    ),
    *("ceosample.sampling.frames.frame", "ceosample.letters.letter", "ceosample.workbook"),
    *("ceosample.signoff.check", "ceosample.signoff.upgrade", "ceosample.signoff.keys.compare"),
    *("ceosample.signoff.intake.tracker", "ceosample.signoff.intake.decisions"),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "unneeded"),
    [
        ("init", LEDGER | NO_READER_NEEDS),
        ("explain R-1 --folder packs/2026-10", LEDGER | {"jinja2", "ceosample.letters.letter"}),
        ("verify packs/2026-10", LEDGER),
        ("status", NO_READER_NEEDS | {"ceosample.signoff.figures.metrics"}),
        ("at-risk", NO_READER_NEEDS),
    ],
)
def test_a_command_that_is_run_loads_what_it_needs(
    command: str, unneeded: set[str], demonstration: Path
) -> None:
    """Every command waits for what it loads: databases, drawing and letters are what is dear."""
    code = f"""
import contextlib, io, os, sys
os.chdir({str(demonstration)!r})
sys.argv = ["ceosample", *{command.split()}]
from ceosample.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    with contextlib.suppress(SystemExit):
        main()
"""
    loaded = loaded_by(code)
    assert f"ceosample.cli.{VERBS[command.split()[0]].module}" in loaded
    assert not loaded & unneeded
    assert ("sqlalchemy" in loaded) == ("sqlalchemy" not in unneeded)


@pytest.mark.parametrize("incomplete", ["", "re", "import", "-", "--v", "nothing"])
def test_a_shell_completes_what_click_itself_would(incomplete: str) -> None:
    context = click.Context(cli)
    usual = click.Group.shell_complete(cli, context, incomplete)
    ours = cli.shell_complete(context, incomplete)
    assert [vars(item) for item in ours] == [vars(item) for item in usual]


def test_a_module_that_is_loaded_leaves_the_collector_as_it_was() -> None:
    code = "import gc; {}; from ceosample.cli import cli; cli.commands['init']; assert {}"
    loaded_by(code.format("gc.enable()", "gc.isenabled()"))
    loaded_by(code.format("gc.disable()", "not gc.isenabled()"))


def test_a_command_can_be_added_and_taken_away() -> None:
    group = type(cli)("outer")
    group.add_command(SectionedGroup("own"))
    assert "own" in group.commands
    assert len(group.commands) == len(VERBS) + 1
    del group.commands["own"]
    assert "own" not in group.commands


def test_the_names_of_the_job_are_those_of_its_stub_and_no_module_of_it_hides_one() -> None:
    stub = ast.parse((PROJECT / "src/ceosample/job/__init__.pyi").read_text("utf-8"))
    (listed,) = (ast.literal_eval(node.value) for node in stub.body if isinstance(node, ast.Assign))
    assert sorted(listed) == ceosample.job.__all__ == sorted(homes("ceosample.job"))
    for name in ceosample.job.__all__:
        assert getattr(ceosample.job, name).__class__.__name__ != "module", name
        assert not (PROJECT / "src/ceosample/job" / f"{name}.py").exists(), name
    with pytest.raises(AttributeError, match="has no attribute 'none_such'"):
        _ = ceosample.job.none_such  # type: ignore[attr-defined]
