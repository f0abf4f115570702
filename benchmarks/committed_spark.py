"""A draw from Spark with a manifest beside the same draw without one, in one session of Spark.

Run: ``python benchmarks/committed_spark.py [--rows N ...] [--partitions N] [--shuffle N]
[--strata N] [--rounds N] [--against PATH]``; PATH is a checkout of another release. Each round
makes the frame, draws and saves, without a manifest and with one, in turns. The seconds are those
of the processor, of Python and of Spark's Java machine together, and of the clock; both are the
middle of the rounds. ``--partitions`` are those of the table, ``--shuffle`` those of the session.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]

CHILD = """
import sys
sys.path[:0] = sys.argv[1:3]
import committed_spark
committed_spark.measure(*map(int, sys.argv[3:]))
"""


def measure(rows: int, strata: int, partitions: int, shuffle: int, rounds: int) -> None:
    """Print the rounds of one release: seconds of the clock, and of the processor."""
    import pyarrow.parquet as pq
    from warehouse import ASKED, table_of

    import ceosample as cs
    import spark

    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["benchmark"])
    table, cores = table_of(rows, strata), os.cpu_count() or 1
    taken: dict[str, list[tuple[float, float]]] = {"without": [], "with": []}
    digests = set()
    with tempfile.TemporaryDirectory() as folder, spark.running(f"local[{cores}]") as session:
        session.conf.set("spark.sql.shuffle.partitions", str(shuffle))
        share = -(-rows // partitions)
        for part in range(partitions):
            pq.write_table(table.slice(part * share, share), f"{folder}/{part:05}.parquet")
        session.conf.set("spark.sql.files.openCostInBytes", "134217728")  # a partition is a file
        responses = session.read.parquet(folder)
        for turn in range(rounds + 1):  # the first warms Java up
            for name, times in taken.items():
                began, busy = time.perf_counter(), _processor()
                with cs.warehouse.SqlFrame.from_spark(
                    session, responses, **ASKED, manifest=name == "with"
                ) as frame:
                    draw = cs.draw(frame, cs.Plan(size=max(400, strata)), seed)
                    with tempfile.TemporaryDirectory() as out:
                        draw.save(out)
                        if turn == 0 and name == "with":
                            assert cs.verify(out).level.name == "REPRODUCED"
                if turn:
                    times.append((time.perf_counter() - began, _processor() - busy))
                digests.add((name, draw.digest))
    print(json.dumps([sorted(digests), taken]))


def _processor() -> float:
    """Seconds of this process's and Java's processors; Linux tells the latter."""
    from pyspark import SparkContext

    gateway: Any = SparkContext._gateway
    fields = Path(f"/proc/{gateway.proc.pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def asked(tree: Path, *numbers: int) -> Any:
    """What a release's process prints."""
    paths = [str(HERE / "tests"), str(HERE / "benchmarks")]
    environment = {**os.environ, "PYTHONPATH": str(tree / "src")}
    command = [sys.executable, "-c", CHILD, *paths, *map(str, numbers)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=3600
    )
    if done.returncode:
        raise SystemExit(f"left out: {(done.stderr.strip().splitlines() or ['?'])[-1][:200]}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=lambda text: int(float(text)), nargs="+", default=[200_000])
    parser.add_argument("--strata", type=int, default=8)
    parser.add_argument("--partitions", type=int, default=2)
    parser.add_argument("--shuffle", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against", type=Path, help="a checkout of another release")
    given = parser.parse_args()
    trees = {"here": HERE} | ({"there": given.against.resolve()} if given.against else {})
    for rows in given.rows:
        print(
            f"{rows:,} rows in {given.partitions} partitions, {given.strata:,} strata, "
            f"{given.shuffle} partitions of a shuffle; middle of {given.rounds}"
        )
        found = {
            name: asked(tree, rows, given.strata, given.partitions, given.shuffle, given.rounds)
            for name, tree in trees.items()
        }
        assert len({str(digests) for digests, _ in found.values()}) == 1, "other letters"
        for name, (_, taken) in found.items():
            clock, busy = (
                {way: statistics.median(one[unit] for one in times) for way, times in taken.items()}
                for unit in (0, 1)
            )
            for unit, seconds in (("clock", clock), ("processor", busy)):
                ratio = seconds["with"] / seconds["without"]
                print(
                    f"{name:6} {unit:10} without {seconds['without']:8.2f} s   "
                    f"with {seconds['with']:8.2f} s   {ratio:5.2f} times",
                    flush=True,
                )


if __name__ == "__main__":
    main()
