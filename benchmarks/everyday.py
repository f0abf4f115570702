"""The way that README shows, freeze to verify, beside another release's and beside its peers.

Run: ``python benchmarks/everyday.py [--against PATH] [--rows N] [--strata N] [--letters N]
[--table KIND] [--names KIND] [--engine NAME] [--rounds N]``; PATH is a checkout of the other
release. Each round is a process of its own for each release, in turns; the seconds of all
processors are counted, not the clock's. An engine is for dataframes, and for this release. The
draw is verified once more in a fresh process, with its memory above the imports. In the same
round, peers: a hash of each id and nothing else, and pandas' sample, which proves nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]

CHAIN = """
import json, random, sys, time
rows, strata, letters, kind, names, engine, folder = sys.argv[1:]
rows, strata, letters = int(rows), int(strata), int(letters)
import pandas, polars, pyarrow
import ceosample as cs

chance = random.Random(7)
form = {"ascii": "CR-%08d", "not-ascii": "Gw\\u0175n-%08d"}[names]
ids = [form % number for number in range(rows)]
chance.shuffle(ids)
division = ["Division %d" % chance.randrange(strata) for _ in ids]
named = {"population": "complaint-responses", "period": "2026-10", "unit_id": "id",
         "strata": ["division"]}
columns = {"id": ids, "division": division}
if kind == "csv":
    with open(folder + "/table.csv", "w") as file:
        file.write("id,division\\n" + "".join(map("%s,%s\\n".__mod__, zip(ids, division))))
table = {
    "pyarrow": lambda: pyarrow.table(columns), "pandas": lambda: pandas.DataFrame(columns),
    "polars": lambda: polars.DataFrame(columns), "csv": lambda: folder + "/table.csv",
    "records": lambda: [{"id": a, "division": b} for a, b in zip(ids, division)],
}[kind]()
sampled = pandas.DataFrame(columns)
del columns, division
cs.Frame, cs.draw, cs.verify, cs.commit  # loads what is loaded late
asked = {"engine": engine} if engine else {}
if engine:
    import datafusion  # the library is not in its figures
freeze = {"csv": cs.Frame.from_csv, "records": cs.Frame.from_records}.get(
    kind, cs.Frame.from_dataframe)
plan, taken, found = cs.Plan(size=letters, reserves=2), {}, None

def timed(name, work):
    began = time.process_time()
    result = work()
    taken[name] = time.process_time() - began
    return result

frame = timed("freeze", lambda: freeze(table, **asked, **named))
timed("commit", lambda: cs.commit(frame, plan, seed_source="dice"))
seed = cs.Seed("83019274650192837465", source="dice", witnesses=["internal audit"])
draw = timed("draw", lambda: cs.draw(frame, plan, seed=seed))
timed("save", lambda: draw.save(folder))
report = timed("verify", lambda: cs.verify(folder, **asked))
assert report.level.name == "REPRODUCED", report
taken["all"] = sum(taken.values())
import hashlib
def bare():
    new = hashlib.sha256(b"0" * 32 + b",").copy
    for unit_id in ids:
        number = new()
        number.update(unit_id.encode())
        number.digest()
timed("hash alone", bare)
timed("pandas' sample", lambda: sampled.groupby("division").sample(n=1, random_state=1))
print(json.dumps([draw.digest, taken]))
"""

FRESH = """
import json, resource, sys, time
import ceosample as cs, numpy

peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
cs.verify
before, began = peak(), time.process_time()
assert cs.verify(sys.argv[1]).level.name == "REPRODUCED"
print(json.dumps([time.process_time() - began, peak() - before]))
"""


def asked(tree: Path, code: str, *arguments: object) -> list:  # type: ignore[type-arg]
    """What a release's process prints."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src")}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def once(tree: Path, given: argparse.Namespace) -> tuple[str, dict[str, float]]:
    """One round of a release: the draw's digest, and seconds and megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        size = (given.rows, given.strata, given.letters, given.table, given.names)
        engine = given.engine if tree == HERE else ""
        digest, taken = asked(tree, CHAIN, *size, engine, folder)
        seconds, megabytes = asked(tree, FRESH, folder)
    return digest, {**taken, "verify, fresh": seconds, "its MB": megabytes}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the way that README shows.")
    parser.add_argument("--against", type=Path, help="a checkout of another release")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--strata", type=int, default=8)
    parser.add_argument("--letters", type=int, default=400)
    tables = ("pyarrow", "pandas", "polars", "csv", "records")
    parser.add_argument("--table", choices=tables, default="pyarrow")
    parser.add_argument("--names", choices=("ascii", "not-ascii"), default="ascii")
    parser.add_argument("--engine", choices=("datafusion",), default="")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    trees = {"here": HERE} | ({"there": given.against.resolve()} if given.against else {})
    rounds = [
        {name: once(tree, given) for name, tree in trees.items()} for _ in range(given.rounds)
    ]
    digests = {found[0] for turn in rounds for found in turn.values()}
    assert len(digests) == 1, "the releases draw different letters"
    middle = {
        name: {what: statistics.median(turn[name][1][what] for turn in rounds) for what in first}
        for name, first in ((name, rounds[0][name][1]) for name in trees)
    }
    print(f"{given.rows} rows, {given.strata} strata, {given.table}; median of {given.rounds}")
    for what, ours in middle["here"].items():
        theirs = middle["there"][what] if "there" in middle else None
        ratio = (
            ""
            if theirs is None
            else f"  there {theirs:8.3f}, {theirs / max(ours, 1e-9):5.1f} times"
        )
        print(f"{what:15} {ours:8.3f}{ratio}")


if __name__ == "__main__":
    main()
