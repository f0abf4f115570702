"""Try a mutant in a new process, with a copy of the sources that has the mutant."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import pytest
from mutant import PROJECT, Mutant

#: Seconds after which a mutant hangs, which is noticed.
CLOCK: Final = 600

#: What pytest says of the first test that failed.
FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def in_a_process(mutant: Mutant, tests: list[str], marks: str) -> dict[str, Any]:
    """What came of the tests in a process of its own."""
    tests = [test for test in tests if (PROJECT / test).exists()]
    if not tests:
        return {"outcome": "untested"}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "src"
        shutil.copytree(PROJECT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
        (Path(folder) / mutant.module).write_text(mutant.source() or "", "utf-8")
        running = subprocess.Popen(
            [
                *[sys.executable, "-m", "pytest", "-x", "-n0", "-q", "-p", "no:cacheprovider"],
                *[
                    "-p",
                    "few_examples",
                    "--tb=no",
                    "-m",
                    marks,
                    f"--basetemp={folder}/made",
                    *tests,
                ],
            ],
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": f"{copy}{os.pathsep}{Path(__file__).parent}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )
        try:
            told, _ = running.communicate(timeout=CLOCK)
        except subprocess.TimeoutExpired:
            told = "hangs"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
    if running.returncode == pytest.ExitCode.OK:
        return {"outcome": "survived"}
    if running.returncode == pytest.ExitCode.NO_TESTS_COLLECTED:
        return {"outcome": "untested"}
    failed = FAILED.search(told)
    return {"outcome": "killed", "by": failed[1] if failed else told.strip()[-120:]}
