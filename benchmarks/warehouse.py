"""Draws from frames of many sizes: ours on each engine beside tools that people use, in one run.

Run: ``python benchmarks/warehouse.py`` (a million rows, 8 strata, 400 letters), or ``--rows 1000000
10000000 --strata 8 1000 --letters 12 5000``, every combination of them; ``--only ours``. Each line
is a fresh process, so its peak is its own: what a first draw adds to the table and the libraries.
Times are the best of three more, or of all that fit in a second, when nobody looks at the memory.
The peers are ``pip install scikit-learn consistent-sampler``; PostgreSQL is started from the
installed binaries, and Spark, which reads Parquet files, on Java: their cores and memory are not in
the figures, which are this process's. What is not there is left out. A name of ours that is gone
ends the run.

Peers do less: none checks an id, commits to a frame, or can be drawn again elsewhere. Ours without
a word make a frame, which looks at every id, and draw from it without a manifest. Beside them stand
their parts: "frame" makes the frame alone, "draw" draws from one that is made, "question" asks for
the lowest tickets and no more, and "SHA-256" is one statement that compares every ticket with one
number, below which no engine can go. "manifest" makes, draws, sorts every id and hashes the file.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

Work = Callable[[], object]

#: Rounds of each, and the seconds that they take together: quick ones are measured more often.
ROUNDS, AT_LEAST = 3, 1.0
#: Rows of a batch, as an engine's own reader of files gives them.
BATCH = 8192
PEERS = ("pandas", "polars", "duckdb sample", "scikit-learn", "consistent-sampler")
OURS = ("memory", "datafusion", "duckdb", "postgresql", "spark")
COMMITTED = ("datafusion manifest", "duckdb manifest", "postgresql manifest", "spark manifest")
PARTS = tuple(
    f"{engine} {part}"
    for engine in ("datafusion", "duckdb")
    for part in ("frame", "draw", "question", "SHA-256")
)
#: consistent-sampler takes minutes for more.
MOST_FOR_SLOW = 1_000_000
MOST_IN_MEMORY = 10_000_000

#: What Python says where a name of the project is gone, which is no peer that is not there.
OURS_IS_GONE = re.compile(r"^(?:ImportError|ModuleNotFoundError): .*(?:from|named) 'ceosample\b")

ASKED: dict[str, Any] = {
    "population": "complaint-responses",
    "period": "2026-10",
    "unit_id": "id",
    "strata": ["division"],
}


def table_of(rows: int, strata: int) -> Any:
    """Ids as a case system gives them, in strata of unequal sizes; the same for everyone."""
    import numpy as np
    import pyarrow as pa

    names = pa.array([f"division {place:04}" for place in range(strata)])
    shares = np.random.default_rng(2026).zipf(1.3, strata).clip(max=20).astype(float)
    chance = np.random.default_rng(7)
    batches = []
    for start in range(0, rows, BATCH):
        stop = min(rows, start + BATCH)
        numbers = pa.array(range(start, stop)).cast(pa.string())
        ids = pa.compute.binary_join_element_wise("CR-", numbers, "")
        places = chance.choice(strata, stop - start, p=shares / shares.sum())
        batches.append(pa.record_batch({"id": ids, "division": names.take(pa.array(places))}))
    return pa.Table.from_batches(batches)


def ours(frame: Any, letters: int) -> object:
    import ceosample as cs

    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["benchmark"])
    minimum = {} if letters >= len(frame.sizes()) else {"allocation": "srs"}
    return cs.draw(frame, cs.Plan(size=letters, **minimum), seed)


def each(letters: int, strata: int) -> int:
    return max(1, letters // strata)


@contextlib.contextmanager
def pandas(table: Any, letters: int, strata: int) -> Iterator[Work]:
    frame = table.to_pandas()
    yield lambda: frame.groupby("division").sample(each(letters, strata), random_state=1)


@contextlib.contextmanager
def polars(table: Any, letters: int, strata: int) -> Iterator[Work]:
    import polars as pl

    frame = pl.from_arrow(table)
    picked = pl.int_range(pl.len()).shuffle(seed=1).over("division") < each(letters, strata)
    yield lambda: frame.filter(picked)


@contextlib.contextmanager
def duckdb_sample(table: Any, letters: int, strata: int) -> Iterator[Work]:
    import duckdb

    with duckdb.connect() as connection:
        connection.register("incoming", table)
        connection.execute("CREATE TABLE t AS SELECT * FROM incoming")
        query = f"SELECT id FROM t USING SAMPLE reservoir({letters} ROWS) REPEATABLE (1)"
        yield lambda: connection.execute(query).fetchall()


@contextlib.contextmanager
def scikit_learn(table: Any, letters: int, strata: int) -> Iterator[Work]:
    from sklearn.model_selection import StratifiedShuffleSplit

    labels = table.column("division").to_pandas().to_numpy(dtype=object)
    split = StratifiedShuffleSplit(1, train_size=max(letters, strata), random_state=1)
    yield lambda: next(split.split(labels, labels))


@contextlib.contextmanager
def consistent(table: Any, letters: int, strata: int) -> Iterator[Work]:
    from consistent_sampler import sampler

    groups: dict[str, list[str]] = {}
    for unit_id, division in zip(*(column.to_pylist() for column in table.columns), strict=True):
        groups.setdefault(division, []).append(unit_id)
    take = each(letters, strata)
    yield lambda: [
        list(sampler(ids, seed="83019274650192837465", take=take, output="id"))
        for ids in groups.values()
    ]


@contextlib.contextmanager
def memory(table: Any, letters: int, strata: int) -> Iterator[Work]:
    import ceosample as cs

    yield lambda: ours(cs.Frame.from_dataframe(table, **ASKED), letters)


#: A way to make a frame, with its manifest or without.
Make = Callable[[bool], Any]


@contextlib.contextmanager
def datafusion(table: Any) -> Iterator[Make]:
    import datafusion  # noqa: F401 - the library is not in its figures

    from ceosample.warehouse import SqlFrame

    yield lambda manifest: SqlFrame.from_arrow(table, **ASKED, manifest=manifest)


@contextlib.contextmanager
def duckdb(table: Any) -> Iterator[Make]:
    import duckdb as engine

    from ceosample.warehouse import SqlFrame

    with engine.connect() as connection:
        connection.register("incoming", table)
        connection.execute("CREATE TABLE t AS SELECT * FROM incoming")
        yield lambda manifest: SqlFrame.from_duckdb(connection, "t", **ASKED, manifest=manifest)


@contextlib.contextmanager
def postgresql(table: Any) -> Iterator[Make]:
    import postgresql as server
    from ceosample.warehouse import SqlFrame

    programs = [server.find(name) for name in ("initdb", "postgres")]
    if not all(programs):
        raise SystemExit("no PostgreSQL")
    with server.running(str(programs[0]), str(programs[1])) as running, running.connect() as to:
        to.execute("CREATE UNLOGGED TABLE t (id text, division text)")
        with to.cursor() as cursor, cursor.copy("COPY t FROM STDIN") as rows:
            for batch in table.to_batches():
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    rows.write_row(row)
        to.execute("ANALYZE t")
        yield lambda manifest: SqlFrame.from_postgresql(to, "t", **ASKED, manifest=manifest)


@contextlib.contextmanager
def spark(table: Any) -> Iterator[Make]:
    import pyarrow.parquet as pq

    import spark as tests
    from ceosample.warehouse import SqlFrame

    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder, tests.running(f"local[{cores}]") as session:
        rows = -(-len(table) // cores)
        for core in range(cores):
            pq.write_table(table.slice(core * rows, rows), f"{folder}/{core}.parquet")
        responses = session.read.parquet(folder)
        yield lambda manifest: SqlFrame.from_spark(session, responses, **ASKED, manifest=manifest)


@contextlib.contextmanager
def in_engine(engine: str, part: str, table: Any, letters: int) -> Iterator[Work]:
    """A frame and a draw, or a part of that."""
    from ceosample.sampling.ticket import bound

    with ENGINES[engine](table) as make, contextlib.ExitStack() as stack:

        def whole() -> object:
            with make(part == "manifest") as frame:
                return frame if part == "frame" else ours(frame, letters)

        if part in ("", "manifest", "frame"):
            yield whole
            return
        frame = stack.enter_context(make(False))
        sizes = dict(frame.sizes())
        counts = {s: max(1, letters * size // frame.count) for s, size in sizes.items()}
        one = dict.fromkeys(sizes, bound(letters, frame.count))
        yield {
            "draw": lambda: ours(frame, letters),
            "question": lambda: frame.lowest("0" * 32, counts),
            "SHA-256": lambda: [*frame.rows(frame.questions.below("0" * 32, one, everywhere=True))],
        }[part]


TOOLS: dict[str, Callable[..., Any]] = {
    "pandas": pandas,
    "polars": polars,
    "duckdb sample": duckdb_sample,
    "scikit-learn": scikit_learn,
    "consistent-sampler": consistent,
    "memory": memory,
}

ENGINES: dict[str, Callable[..., Any]] = {
    "datafusion": datafusion,
    "duckdb": duckdb,
    "postgresql": postgresql,
    "spark": spark,
}


def work_of(tool: str, table: Any, letters: int, strata: int) -> Any:
    """What is measured, as a context in which it can be called."""
    if tool in TOOLS:
        return TOOLS[tool](table, letters, strata)
    engine, _, part = tool.partition(" ")
    return in_engine(engine, part, table, letters)


class Peak:
    """The most memory while something runs, above what there was before, in MB."""

    def __enter__(self) -> Peak:
        self._before = self._most = _resident()
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def _watch(self) -> None:
        while not self._done.wait(0.002):
            self._most = max(self._most, _resident())

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watcher.join()
        self.most = (self._most - self._before) / 1e6


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def measure(tool: str, rows: int, strata: int, letters: int) -> dict[str, float]:
    """Seconds by the clock and of this process's cores (the best), and megabytes (the most)."""
    table = table_of(rows, strata)
    with work_of(tool, table, letters, strata) as work:
        with Peak() as peak:
            work()
        seconds, cores = [], []
        while len(seconds) < ROUNDS or sum(seconds) < AT_LEAST:
            begun, busy = time.perf_counter(), time.process_time()
            work()
            seconds.append(time.perf_counter() - begun)
            cores.append(time.process_time() - busy)
    return {"seconds": min(seconds), "cores": min(cores), "megabytes": peak.most}


def run(tools: list[str], rows: int, strata: int, letters: int) -> None:
    print(f"\n{rows:,} rows, {strata:,} strata, {letters:,} letters")
    print(f"{'':24}{'seconds':>10}{'of cores':>10}{'rows/s':>14}", end="")
    print(f"{'x pandas':>10}{'x consis.':>10}{'peak MB':>10}")
    seconds_of: dict[str, float] = {}
    for tool in tools:
        if tool == "consistent-sampler" and rows > MOST_FOR_SLOW:
            continue
        if tool == "memory" and rows > MOST_IN_MEMORY:
            continue
        command = [sys.executable, __file__, "--one", tool]
        command += ["--rows", str(rows), "--strata", str(strata), "--letters", str(letters)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            if OURS_IS_GONE.search(reason):
                raise SystemExit(f"{tool}: {reason}")
            print(f"{tool:24}  left out: {reason[:80]}")
            continue
        found = json.loads(done.stdout)
        seconds = found["seconds"]
        seconds_of[tool] = seconds
        line = f"{tool:24}{seconds:10.3f}{found['cores']:10.3f}{rows / seconds:14,.0f}"
        for peer in ("pandas", "consistent-sampler"):
            line += f"{seconds_of[peer] / seconds:10.2f}" if peer in seconds_of else " " * 10
        print(f"{line}{found['megabytes']:10.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--strata", type=int, nargs="+", default=[8])
    parser.add_argument("--letters", type=int, nargs="+", default=[400])
    parser.add_argument("--only", nargs="*", help="peers, ours, parts, manifest, or tools")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        (rows,), (strata,), (letters,) = given.rows, given.strata, given.letters
        print(json.dumps(measure(given.one, rows, strata, letters)))
        return
    groups = {"peers": PEERS, "ours": OURS, "parts": PARTS, "manifest": COMMITTED}
    wanted = [tool for name in given.only or groups for tool in groups.get(name, (name,))]
    tools = sorted(wanted, key=lambda tool: tool not in PEERS)  # ratios are to peers
    for rows, strata, letters in itertools.product(given.rows, given.strata, given.letters):
        run(tools, rows, strata, letters)


if __name__ == "__main__":
    main()
