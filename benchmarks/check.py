"""A check of a ledger beside another release's, and what it finds of bits that flip.

Run: ``python benchmarks/check.py --against PATH [--events N] [--rounds N] [--flips N]``; PATH is a
checkout of the other release. Both check the same file of SQLite in turns, each time in a process
of its own; a processor's seconds are counted, not the clock's. Then one bit after another flips in
the pages of the indexes of a smaller ledger, and nothing may be INTACT with other figures.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import ledger_scale

from ceosample import Ledger
from ceosample.errors import LedgerError

CHECK = """
import sys, time
from ceosample.signoff.ledger import Ledger

with Ledger.open(sys.argv[1], create=False) as ledger:
    begin = time.process_time()
    report = ledger.check()
    print(time.process_time() - begin, report.level.name, report.events)
"""

#: At most so many events has the ledger in which bits flip: a page or two of a month an index.
FEW = 3000


def seconds(tree: Path, url: str) -> float:
    """What a check costs a release."""
    environment = {**os.environ, "PYTHONPATH": str(tree.resolve() / "src")}
    command = [sys.executable, "-c", CHECK, url]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    time, level, _ = done.stdout.split()
    assert level == "INTACT", done.stdout
    return float(time)


def compare(trees: dict[str, Path], url: str, rounds: int) -> None:
    """A check with each release, in turns, and the ratio."""
    times: dict[str, list[float]] = {name: [] for name in trees}
    for _ in range(rounds):
        for name, tree in trees.items():
            times[name].append(seconds(tree, url))
    for name, found in times.items():
        low, middle, high = min(found), statistics.median(found), max(found)
        print(f"{name:6} {middle:6.2f} s ({low:.2f} to {high:.2f})", flush=True)
    ratio = statistics.median(times["this"]) / statistics.median(times["other"])
    print(f"this is {ratio:.2f} times the other, median of {rounds}", flush=True)


def figures(ledger: Ledger) -> list[list[str]]:
    """What the look-ups give: by population and month, by letter, and by kind."""
    about = {"population": ledger_scale.POPULATION, "period": "2021-06"}
    unit_id = next(e.unit_id for e in ledger.events() if e.kind == "signed")
    found = (
        ledger.events(**about),
        ledger.events(unit_id=unit_id),
        ledger.month_events(ledger_scale.POPULATION),
    )
    return [[event.hash for event in events] for events in found]


def flip(file: Path, times: int) -> None:
    """Flip a bit at a time in the pages of the indexes."""
    url, whole, chance = f"sqlite:///{file}", file.read_bytes(), random.Random(250)
    with contextlib.closing(sqlite3.connect(file)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        pages = [
            number
            for (number,) in connection.execute(
                "SELECT pageno FROM dbstat WHERE name IN "
                "(SELECT name FROM sqlite_schema WHERE type = 'index')"
            )
        ]
    with Ledger.open(url) as ledger:
        right = figures(ledger)
    counts: collections.Counter[tuple[str, str]] = collections.Counter()
    for _ in range(times):
        flipped = bytearray(whole)
        place = (chance.choice(pages) - 1) * size + chance.randrange(size)
        flipped[place] ^= 1 << chance.randrange(8)
        file.write_bytes(flipped)
        with Ledger.open(url) as ledger:
            level = ledger.check().level.name
            try:
                found = "right" if figures(ledger) == right else "wrong"
            except LedgerError:
                found = "refused"
        counts[level, found] += 1
        assert level == "BROKEN" or found == "right", place
    for (level, found), count in sorted(counts.items()):
        print(f"{count:4} {level}, figures {found}")


def main() -> None:
    """Build, compare, then flip bits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, required=True)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--flips", type=int, default=250)
    asked = parser.parse_args()
    trees = {"other": asked.against, "this": Path(__file__).resolve().parents[1]}
    with tempfile.TemporaryDirectory() as folder:
        large, small = (Path(folder) / f"{name}.db" for name in ("large", "small"))
        print(ledger_scale.build(f"sqlite:///{large}", asked.events), flush=True)
        if asked.events > FEW:
            print(ledger_scale.build(f"sqlite:///{small}", FEW), flush=True)
        else:
            shutil.copy(large, small)
        compare(trees, f"sqlite:///{large}", asked.rounds)
        flip(small, asked.flips)


if __name__ == "__main__":
    main()
