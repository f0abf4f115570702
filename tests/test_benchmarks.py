"""Benchmarks are run, small: what nobody runs is broken when it is needed."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import pytest

from thorough import first_of

PROJECT: Final = Path(__file__).resolve().parents[1]
SOURCE: Final = PROJECT / "src"

#: Every benchmark, with what makes it small, and a word of what it then prints.
ASKED: Final = {
    "committed_spark": (["--rows", "600", "--rounds", "1"], "times"),
    "cost": (["--rows", "600", "--runs", "50", "--only", "growth", "run"], "nothing that was"),
    "decisions": (["--against", str(PROJECT), "--events", "200", "--rounds", "1"], "times as fast"),
    "bounds": (["--designs", "8", "--findings", "1"], "8 of 8 designs are as enumerated"),
    "browser_verify": (["--rows", "300", "--rounds", "1"], "longest task"),
    "changed_exports": (["20"], "20"),
    "check": (
        ["--against", str(PROJECT), "--events", "200", "--rounds", "1", "--flips", "1"],
        "BROKEN, figures right",
    ),
    "everyday": (["--rows", "300", "--letters", "20", "--rounds", "1"], "verify, fresh"),
    "excel": (["--rows", "200"], "200 rows: "),
    "gate": (["--small"], "a register of 20 questions"),
    "import_time": (["--rounds", "1", "--commands"], "at-risk: here"),
    "ledger_scale": (["600"], "full check"),
    "monitor": (["--runs", "200"], "100 months of 50 strata"),
    "packs": (["--existing", "2"], "2 letters: "),
    "recorders": (["--recorders", "2", "--seconds", "0.5"], "busy: 0"),
    "room": (["--rounds", "1", "2"], "loaded in"),
    "signing": (["--small"], "a letter checked"),
    "three_ways": (["--months", "4"], "library and SQL: "),
    "warehouse": (["--rows", "200", "--letters", "8", "--only", "duckdb"], "duckdb"),
}


#: Those that take two seconds of a processor or more, however small: only in a thorough run.
DEAR: Final = {
    "bounds", "browser_verify", "changed_exports", "check", "committed_spark", "cost", "decisions",
    "everyday", "import_time", "ledger_scale", "monitor", "packs", "room", "signing", "three_ways",
    "warehouse",
}  # fmt: skip

#: The names of what can break a benchmark: the package, and the modules beside the tests.
OURS: Final = {"ceosample", *(path.stem for path in (PROJECT / "tests").glob("*.py"))}

NAMES: Final = sorted(path.stem for path in (PROJECT / "benchmarks").glob("*.py"))


def test_every_benchmark_is_run() -> None:
    assert {*NAMES} <= {*ASKED}


def imported_by(text: str) -> list[str]:
    """The lines that import of the project or of its tests, those inside functions too. What is
    imported where that failed is left out: it is of another release."""
    nodes = [*ast.walk(ast.parse(text))]
    otherwise = {
        inner for node in nodes if isinstance(node, ast.ExceptHandler) for inner in ast.walk(node)
    }
    return [
        ast.unparse(node)
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom) and node not in otherwise and _ours(node)
    ]


def _ours(node: ast.Import | ast.ImportFrom) -> bool:
    names = [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        names = [node.module or ""]
    return any(name.partition(".")[0] in OURS for name in names)


def test_an_import_inside_a_function_is_seen_and_one_of_another_release_is_not() -> None:
    text = (
        "import numpy\n"
        "def f():\n    from ceosample.letters import Letter\n"
        "try:\n    import spark\nexcept ImportError:\n    import ceosample.old\n"
    )
    assert imported_by(text) == ["from ceosample.letters import Letter", "import spark"]


@pytest.mark.slow
def test_every_benchmark_finds_the_names_that_it_imports() -> None:
    """What a change of the project breaks in a benchmark is mostly a name that is gone."""
    texts = [(PROJECT / "benchmarks" / f"{name}.py").read_text("utf-8") for name in NAMES]
    lines = dict.fromkeys(line for text in texts for line in imported_by(text))
    order = "\n".join([f"import {', '.join(NAMES)}", *lines])
    path = os.pathsep.join(map(str, (PROJECT / "benchmarks", SOURCE, PROJECT / "tests")))
    subprocess.run(
        [sys.executable, "-c", order], env={**os.environ, "PYTHONPATH": path}, check=True
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", first_of(len({*NAMES} - DEAR), sorted(NAMES, key=lambda name: (name in DEAR, name)))
)
def test_a_benchmark_runs_small_and_finds_nothing_broken(name: str) -> None:
    """'benchmarks are run, small, by the tests'"""
    arguments, told = ASKED[name]
    with tempfile.TemporaryDirectory() as folder:  # of a short name: a browser's socket is in it
        done = subprocess.run(
            [sys.executable, str(PROJECT / "benchmarks" / f"{name}.py"), *arguments],
            env={**os.environ, "PYTHONPATH": str(SOURCE), "TMPDIR": folder},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    assert done.returncode == 0, done.stderr[-2000:]
    assert told in done.stdout
    # The flips of ``check`` are found; anything else that is broken is not meant to be.
    assert "BROKEN" not in done.stdout.replace("BROKEN, figures right", "")


def test_a_name_of_ours_that_is_gone_ends_a_run_and_a_peer_that_is_not_there_does_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(PROJECT / "benchmarks")
    warehouse: Any = importlib.import_module("warehouse")
    reason = "ModuleNotFoundError: No module named 'sklearn'"
    monkeypatch.setattr(
        "subprocess.run", lambda *_, **__: subprocess.CompletedProcess([], 1, "", reason)
    )
    warehouse.run(["scikit-learn"], 1, 1, 1)
    assert f"left out: {reason}" in capsys.readouterr().out
    reason = "ImportError: cannot import name 'Members' from 'ceosample.sampling' (/a/ceosample)"
    with pytest.raises(SystemExit, match="Members"):
        warehouse.run(["memory"], 1, 1, 1)


@pytest.fixture
def mutation(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module of ``benchmarks/mutation``, by its name."""
    monkeypatch.syspath_prepend(PROJECT / "benchmarks" / "mutation")
    return importlib.import_module


@pytest.mark.slow
def test_every_source_keeps_a_test_that_its_mutants_are_asked_of(mutation: Any) -> None:
    """Marks that leave out all tests of a source would let each of its mutants pass."""
    asked = mutation("tests_for")
    files = sorted({file for start in asked.TESTS for file in asked.tests_for(start)})
    assert [file for file in files if not (PROJECT / file).exists()] == []
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-n0", "-q", "--collect-only"),
            *("-p", "no:cacheprovider", "-m", asked.selected(), *files),
        ],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    chosen = {line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line}
    assert [start for start in asked.TESTS if chosen.isdisjoint(asked.tests_for(start))] == []


def test_a_mutant_that_no_test_was_asked_about_is_untested(mutation: Any, tmp_path: Path) -> None:
    mutant = mutation("mutant").Mutant("src/ceosample/sampling/draw.py", 1, "", "", "")
    assert mutation("forks").in_a_fork(None, mutant, [], tmp_path, 1.0) == {"outcome": "untested"}
    assert mutation("fresh").in_a_process(mutant, [], "") == {"outcome": "untested"}


@pytest.mark.slow
def test_a_mutant_whose_tests_are_all_left_out_is_untested(mutation: Any) -> None:
    mutant = mutation("mutant").Mutant("src/ceosample/sampling/draw.py", 1, "", "", "")
    told = mutation("fresh").in_a_process(mutant, ["tests/test_demo_year.py"], "not slow")
    assert told == {"outcome": "untested"}
