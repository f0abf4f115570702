"""What ``import ceosample`` adds to importing numpy, jinja2 and attrs.

Run: ``python benchmarks/import_time.py``. Fresh interpreters take turns, so a busy machine slows
both alike; the medians are compared.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

ROUNDS = 21
PEERS = "import numpy, jinja2, attrs"
TIMED = "import time; t = time.perf_counter(); {}; print((time.perf_counter() - t) * 1000)"


def milliseconds(statement: str) -> float:
    """The time that a fresh interpreter takes for an import."""
    command = [sys.executable, "-c", TIMED.format(statement)]
    return float(subprocess.run(command, capture_output=True, check=True).stdout)


def main() -> None:
    """Measure and print."""
    pairs = [
        (milliseconds(PEERS), milliseconds(f"{PEERS}; import ceosample")) for _ in range(ROUNDS)
    ]
    peers, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"numpy, jinja2, attrs: {peers:.0f} ms; with ceosample: {ours:.0f} ms")
    print(f"ceosample adds {ours - peers:.0f} ms (median of {ROUNDS})")


if __name__ == "__main__":
    main()
