"""Benchmarks are run, small: what nobody runs is broken when it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

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

NAMES: Final = sorted(path.stem for path in (PROJECT / "benchmarks").glob("*.py"))


def test_every_benchmark_is_run() -> None:
    assert {*NAMES} <= {*ASKED}


def test_every_benchmark_finds_the_names_that_it_imports() -> None:
    """What a change of the project breaks in a benchmark is mostly a name that is gone."""
    order = f"import {', '.join(NAMES)}"
    path = os.pathsep.join(map(str, (PROJECT / "benchmarks", SOURCE)))
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
