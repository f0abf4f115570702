"""Writers that are killed at random moments: ``kill_writers.py URL KILLS RANDOM_SEED``.

A process of its own, with one thread, so that it can fork: a fresh interpreter for each of some
hundred writers would take minutes. It prints, as JSON, what the writers acknowledged.

No moment is set by the clock alone: before the next one dies, events were acknowledged, and the
moment after that is a part of the time that an event has taken so far. So as much is done on a busy
machine as on an idle one.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import select
import signal
import sys
import time

import attrs

from ceosample import Frame, Period, Plan, Seed, draw
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store import databases

#: How many write at the same time.
WRITERS = 4

#: How many events are acknowledged between two deaths; after 0 the youngest writer dies, which may
#: not have opened the ledger yet.
BETWEEN = (0, 0, 0, 1, 1, 2)

PLAN = Plan(size=4, reserves=2)
AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)


def write(url: str, writer: int, month: int, out: int) -> None:
    """Draw month after month; say each event's hash once the call has returned."""
    with Ledger.open(url) as ledger:
        while True:
            frame = frame_of(writer, month)
            frozen = ledger.freeze(frame, PLAN, seed_source="dice", by="sampling", at=AT)
            os.write(out, f"frozen {frozen.hash}\n".encode())
            seed = Seed.from_dice(f"{writer:04d}{month:016d}", witnesses=["audit"])
            drawn = ledger.register(draw(frame, PLAN, seed), by="sampling", at=AT)
            os.write(out, f"drawn {drawn.hash}\n".encode())
            month += 1


def frame_of(writer: int, month: int) -> Frame:
    """A small month that no other writer has."""
    return Frame.from_records(
        [{"id": f"R-{i}", "division": "Cards" if i % 2 else "Loans"} for i in range(10)],
        population=f"writer-{writer}",
        period=str(Period(2000 + month // 12, month % 12 + 1)),
        unit_id="id",
        strata=["division"],
    )


@attrs.define
class Writer:
    """One line of writers: who comes next goes on where the one before was killed."""

    number: int
    acknowledged: list[str] = attrs.field(factory=list)
    pid: int = 0
    pipe: int = -1
    ended: bool = False
    rest: bytes = b""

    def begin(self, url: str) -> None:
        """Start the next one; the month that was not acknowledged is said again."""
        done = sum(line.startswith("drawn") for line in self.acknowledged)
        self.pipe, out = os.pipe()
        self.ended = False
        self.pid = os.fork()
        if self.pid == 0:
            try:
                write(url, self.number, done, out)
            except BaseException as error:
                os.write(out, f"failed {type(error).__name__}: {error}\n".encode())
            os._exit(1)
        os.close(out)

    def read(self) -> None:
        """Take in what it has said so far; a line that was cut off is none."""
        while select.select([self.pipe], [], [], 0)[0]:
            data = os.read(self.pipe, 65536)
            if not data:
                self.ended = True
                return
            *lines, self.rest = (self.rest + data).split(b"\n")
            self.acknowledged += [line.decode() for line in lines]

    def end(self) -> None:
        """Kill it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.read()
        os.close(self.pipe)
        self.rest = b""


def wait_for(events: int, writers: list[Writer]) -> int:
    """Until all of them together have acknowledged so many; how many they have.

    Whose they are is left open: a database that is busy may keep one of them waiting for long.
    """
    while True:
        for writer in writers:
            writer.read()
        # One that goes on where another was killed is told of that one's event again.
        known = len({line for writer in writers for line in writer.acknowledged})
        if known >= events or any(writer.ended for writer in writers):
            return known
        select.select([writer.pipe for writer in writers], [], [])


def main(url: str, kills: int, random_seed: int) -> None:
    """Kill so many writers, and print what all of them acknowledged."""
    chance = random.Random(random_seed)
    # Once, before any fork, what each writer would else load for itself; nothing is opened yet.
    databases.engine(databases.parse(url)).dispose()
    draw(frame_of(0, 0), PLAN, Seed.from_dice("1" * 20, witnesses=["audit"]))
    writers = [Writer(number) for number in range(WRITERS)]  # in the order in which they began
    for writer in writers:
        writer.begin(url)
    known, began = 0, time.monotonic()
    for _ in range(kills):
        between = chance.choice(BETWEEN)
        known = wait_for(known + between, writers)
        an_event = (time.monotonic() - began) / known if known else 0.0
        time.sleep(chance.uniform(0, an_event))
        dies = writers.pop(chance.randrange(WRITERS) if between else -1)
        dies.end()
        dies.begin(url)
        writers.append(dies)
    for writer in writers:
        writer.end()
    lines = [line for writer in writers for line in writer.acknowledged]
    print(json.dumps(lines))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
