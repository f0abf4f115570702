"""Several programs that record without a pause into one ledger: how many turns each one gets.

Run: ``python benchmarks/recorders.py [--recorders N] [--seconds S] [--url URL]``; eight recorders
for a minute in a temporary file of SQLite by default. A URL of PostgreSQL must lead to an empty
database. Each recorder is a process of its own that grants one role after the other. A turn that
ends with "busy" is counted and tried again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import tempfile
import threading
import time
from concurrent import futures
from pathlib import Path

from ceosample import Ledger
from ceosample.errors import BusyError


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recorders", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--url")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or f"sqlite:///{Path(folder) / 'signoff.db'}"
        Ledger.open(url).close()
        start = multiprocessing.Barrier(given.recorders)
        with futures.ProcessPoolExecutor(
            given.recorders, initializer=wait_at, initargs=(start,)
        ) as pool:
            told = [
                pool.submit(record, url, f"recorder-{n}", given.seconds)
                for n in range(given.recorders)
            ]
            turns, busy, longest = zip(*(one.result() for one in told), strict=True)
        with Ledger.open(url) as ledger:
            print(ledger.check())
    print(f"turns of each, of {sum(turns)} in {given.seconds:g} s: {sorted(turns)}")
    print(f"busy: {sum(busy)}; longest wait: {max(longest):.1f} s")


def wait_at(start: threading.Barrier) -> None:
    """A process begins when all are there."""
    start.wait()


def record(url: str, who: str, seconds: float) -> tuple[int, int, float]:
    """Record until the time is over: turns, turns that ended busy, and the longest in seconds."""
    turns, busy, longest = 0, 0, 0.0
    with Ledger.open(url) as ledger:
        end = time.monotonic() + seconds
        while (began := time.monotonic()) < end:
            day = dt.date(2026, 1, 1) + dt.timedelta(turns)
            try:
                ledger.grant(who, "auditor", since=day, by="admin", at=dt.datetime.now(dt.UTC))
            except BusyError:
                busy += 1
            else:
                turns += 1
            longest = max(longest, time.monotonic() - began)
    return turns, busy, longest


if __name__ == "__main__":
    main()
