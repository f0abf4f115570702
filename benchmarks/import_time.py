"""How long ``import ceosample`` takes, and all of its names, beside another release's.

Run: ``python benchmarks/import_time.py``, or with ``--against PATH`` of another release's ``src``.
Fresh interpreters take turns, so a busy machine slows all alike; the medians are compared. Each has
imported numpy, jinja2 and attrs before, which most who call it have anyway.
"""

from __future__ import annotations

import argparse
import compileall
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROUNDS = 21
HERE = Path(__file__).resolve().parents[1] / "src"
PEERS = "import numpy, jinja2, attrs"
TIMED = "import time; t = time.perf_counter(); {}; print((time.perf_counter() - t) * 1000)"

#: What is timed: the import alone, then with what a month needs, then with every public name.
ASKED = {
    "the import alone": "import ceosample",
    "what draws a month": ("from ceosample import Frame, Plan, Seed, commit, draw, render, verify"),
    "every public name": "from ceosample import *",
}


def milliseconds(statement: str, source: Path) -> float:
    """The time that a fresh interpreter takes for an import, its bytecode compiled before."""
    environment = {**os.environ, "PYTHONPATH": str(source)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", f"{PEERS}; {TIMED.format(statement)}"]
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    return float(done.stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the time of importing ceosample.")
    parser.add_argument("--against", type=Path, help="the src of another release")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    sources = {"here": HERE} | ({"there": given.against.resolve()} if given.against else {})
    for source in sources.values():
        compileall.compile_dir(source, quiet=2)
    for what, statement in ASKED.items():
        turns = [
            [milliseconds(statement, source) for source in sources.values()]
            for _ in range(given.rounds)
        ]
        medians = map(statistics.median, zip(*turns, strict=True))
        found = ", ".join(
            f"{name} {median:.1f} ms" for name, median in zip(sources, medians, strict=True)
        )
        print(f"{what}: {found} (median of {given.rounds})")


if __name__ == "__main__":
    main()
