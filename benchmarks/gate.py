"""What a gate's decision costs, and what a question costs that is written down first.

Run: ``python benchmarks/gate.py``. The register's file is on the disk of the temporary folder;
each question is flushed to it before its answer.
"""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import ceosample as cs

DECISIONS, QUESTIONS, ROUNDS = 20_000, 200, 5


def microseconds(ask: Callable[[str], object], prefix: str, count: int) -> float:
    """The time of one call, of so many."""
    ids = [f"{prefix}-{number:07d}" for number in range(count)]
    began = time.perf_counter()
    for unit_id in ids:
        ask(unit_id)
    return (time.perf_counter() - began) / count * 1e6


def main() -> None:
    """Measure and print."""
    gate = cs.Gate("complaint-responses", "2026-10", {"Cards": "1/40", "Loans": "1/10"}, "ab" * 32)
    at = dt.datetime(2026, 10, 5, 9, tzinfo=dt.UTC)
    with tempfile.TemporaryDirectory() as folder:
        register = cs.GateRegister(Path(folder) / "gate.jsonl", gate)
        rounds = [
            (
                microseconds(lambda unit_id: gate.selects(unit_id, "Cards"), "D", DECISIONS),
                microseconds(
                    lambda unit_id: register.ask(unit_id, "Cards", at=at), f"Q{number}", QUESTIONS
                ),
            )
            for number in range(ROUNDS)
        ]
    decision, question = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"a decision: {decision:.1f} microseconds (median of {ROUNDS} rounds of {DECISIONS})")
    print(f"a question, written down first: {question:.0f} (median of {ROUNDS} of {QUESTIONS})")


if __name__ == "__main__":
    main()
