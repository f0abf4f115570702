"""What a gate's decision costs, a question that is written down first, and a month's check.

Run: ``python benchmarks/gate.py``. The register's file is on the disk of the temporary folder;
each question is flushed to it before its answer.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import ceosample as cs
from ceosample.canonical import canonical_file, digest

#: How much is measured; ``--small`` measures little, to see that all of it still runs.
DECISIONS, QUESTIONS, ROUNDS, MONTH = (
    (20, 2, 1, 20) if "--small" in sys.argv else (20_000, 200, 5, 100_000)
)


def microseconds(ask: Callable[[str], object], prefix: str, count: int) -> float:
    """The time of one call, of so many."""
    ids = [f"{prefix}-{number:07d}" for number in range(count)]
    began = time.perf_counter()
    for unit_id in ids:
        ask(unit_id)
    return (time.perf_counter() - began) / count * 1e6


def month_of(gate: cs.gate.Gate, at: dt.datetime) -> Iterator[bytes]:
    """The lines of a register of so many questions, without waiting for a disk."""
    line = canonical_file(gate.to_dict())
    yield line
    for number in range(1, MONTH + 1):
        unit_id, stratum = f"M-{number:07d}", ("Cards", "Loans")[number % 2]
        selected, content = gate.selects(unit_id, stratum), digest(unit_id.encode())
        line = cs.gate.Answer(
            number, at.isoformat(), unit_id, (stratum,), content, selected, digest(line)
        ).line()
        yield line


def main() -> None:
    """Measure and print."""
    gate = cs.gate.Gate(
        "complaint-responses", "2026-10", {"Cards": "1/40", "Loans": "1/10"}, "ab" * 32
    )
    at = dt.datetime(2026, 10, 5, 9, tzinfo=dt.UTC)
    with tempfile.TemporaryDirectory() as folder:
        register = cs.gate.Register(Path(folder) / "gate.jsonl", gate)
        rounds = [
            (
                microseconds(lambda unit_id: gate.selects(unit_id, "Cards"), "D", DECISIONS),
                microseconds(
                    lambda unit_id: register.ask(unit_id, "Cards", at=at), f"Q{number}", QUESTIONS
                ),
            )
            for number in range(ROUNDS)
        ]
        month = Path(folder) / "month.jsonl"
        month.write_bytes(b"".join(month_of(gate, at)))
        began = time.perf_counter()
        cs.gate.Register(month, gate)
        opened = time.perf_counter()
        with month.open("rb") as lines:
            report = cs.gate.verify(lines, gate.seed)
        checked = time.perf_counter()
    assert report.ok
    decision, question = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"a decision: {decision:.1f} microseconds (median of {ROUNDS} rounds of {DECISIONS})")
    print(f"a question, written down first: {question:.0f} (median of {ROUNDS} of {QUESTIONS})")
    print(f"a register of {MONTH} questions: opened in {opened - began:.1f} s", end=", ")
    print(f"checked in {checked - opened:.1f} s")


if __name__ == "__main__":
    main()
