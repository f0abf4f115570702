"""A ledger of ten years of a large firm: how long things take, and how much memory.

Run: ``python benchmarks/ledger_scale.py [EVENTS] [URL]``, a million events in a temporary file of
SQLite by default; a URL of PostgreSQL must lead to an empty database. The months are alike: drawn,
sent, signed and dispatched, with rework and withdrawals here and there. Each figure is taken in a
process of its own, so that peaks of memory are its own.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ceosample.canonical import digest
from ceosample.signoff.figures.metrics import metrics
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import NOTHING_BEFORE, Event
from ceosample.signoff.store.store import SCHEMA, Store, row_of
from ceosample.signoff.store.tables import EVENTS

MONTHS = 120
POPULATION = "complaint-responses"
BATCH = 5000
STRATA = [[division, region] for division in ("Cards", "Loans", "Home", "Motor") for region in "NS"]
BEGIN = dt.datetime(2017, 1, 1, 9, tzinfo=dt.UTC)
END = dt.datetime(2027, 1, 1, 9, tzinfo=dt.UTC)

Said = tuple[str, str, str | None, str | None, str | None, dict[str, Any]]


def said(events: int) -> Iterator[Said]:
    """What happened, in order: actor, kind, subject, payload; about so many events."""
    yield "ceosample", "opened", None, None, None, {"ledger": "00" * 16, "schema": SCHEMA}
    letters = round(events / MONTHS / 5.38)
    for number in range(MONTHS):
        period = f"{2017 + number // 12}-{number % 12 + 1:02d}"
        for actor, kind, unit_id, payload in month(number, letters):
            yield actor, kind, POPULATION, period, unit_id, payload


def month(number: int, letters: int) -> Iterator[tuple[str, str, str | None, dict[str, Any]]]:
    """A month's events: five or six for each letter, and a reserve for every fifth."""
    key = f"{number:064x}"
    each = max(1, letters // len(STRATA))
    strata = [{"stratum": s, "N": each * 40, "n": each, "take_all": False} for s in STRATA]
    yield "sampling", "frozen", None, {"commitment": key, "seed_source": "dice"}
    yield "sampling", "seed_revealed", None, {"value": f"{number:020d}", "source": "dice"}
    yield "sampling", "drawn", None, {"draw": key, "commitment": key, "strata": strata}
    units = [(f"R-{number:03d}-{i:06d}", STRATA[i % len(STRATA)]) for i in range(letters)]
    for rank, (unit_id, stratum) in enumerate(units, 1):
        yield "sampling", "selected", unit_id, {"stratum": stratum, "take_all": False, "rank": rank}
    for rank in range(1, letters // 5):
        stratum = STRATA[rank % len(STRATA)]
        payload = {"stratum": stratum, "take_all": False, "rank": rank}
        yield "sampling", "reserve", f"S-{number:03d}-{rank:06d}", payload
    for unit_id, _ in units:
        yield from sent(unit_id, 1)
    for place, (unit_id, _) in enumerate(units):
        yield from finished(place, unit_id)


def sent(unit_id: str, version: int) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """A version goes out for signature."""
    letter = digest(f"{unit_id} {version}".encode())
    yield "office", "rendered", unit_id, {"letter": letter, "version": version}
    payload = {"letter": letter, "pack": digest(b"pack"), "signatory": "ceo"}
    yield "office", "sent_for_signature", unit_id, payload


def finished(place: int, unit_id: str) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """What became of a letter; every tenth comes back once, every fiftieth stays open."""
    version = 1
    if place % 50 == 7:
        return
    if place % 10 == 3:
        yield "ceo", "returned_for_rework", unit_id, {"reason_code": "tone"}
        version = 2
        yield from sent(unit_id, version)
    if place % 25 == 9:
        yield "office", "withdrawn", unit_id, {"reason_code": "customer-withdrew"}
        return
    letter = {"letter": digest(f"{unit_id} {version}".encode())}
    yield "ceo", "signed", unit_id, letter
    yield "office", "dispatched", unit_id, letter


def chained(told: Iterable[Said]) -> Iterator[dict[str, Any]]:
    """The same as rows of the table, with a right chain."""
    previous = NOTHING_BEFORE
    for sequence, (actor, kind, population, period, unit_id, payload) in enumerate(told, 1):
        at = BEGIN + dt.timedelta(minutes=sequence)
        event = Event(
            sequence=sequence,
            at=at.isoformat(),
            recorded_at=at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            actor=actor,
            kind=kind,
            population=population,
            period=period,
            unit_id=unit_id,
            payload=payload,
            previous=previous,
        )
        text = event.text
        previous = digest(text)
        yield {**row_of(event), "hash": previous, "text": text.decode()}


def build(url: str, events: int, told: Callable[[int], Iterable[Said]] = said) -> str:
    """Write the ledger."""
    store = Store.connect(url, create=True)
    with store.transaction(writing=True) as connection:
        store.create(connection)
        batch: list[dict[str, Any]] = []
        for row in chained(told(events)):
            batch.append(row)
            if len(batch) == BATCH:
                connection.execute(EVENTS.insert(), batch)
                batch = []
        if batch:
            connection.execute(EVENTS.insert(), batch)
        count = connection.execute(sa.select(sa.func.max(EVENTS.c.sequence))).scalar_one()
    store.close()
    return f"{count} events"


def month_metrics(url: str) -> str:
    """All that a month's events tell."""
    with Ledger.open(url, create=False) as ledger:
        events = ledger.events(population=POPULATION, period="2021-06")
        found = metrics(events, first="2021-06", last="2021-06", as_of=END)
    return str(found.sample.signoff)


def year_metrics(url: str) -> str:
    """The same with the reach over twelve months, for which their events are read."""
    with Ledger.open(url, create=False) as ledger:
        events = ledger.events_for(POPULATION, "2021-06", "2021-06")
        found = metrics(events, first="2021-06", last="2021-06", as_of=END)
    return f"{found.sample.signoff}; {found.reach}"


def record(url: str) -> str:
    """One more event, of a letter that stayed open."""
    with Ledger.open(url, create=False) as ledger:
        event = ledger.record("viewed", "R-053-000007", by="ceo", at=BEGIN)
    return f"event {event.sequence}"


def check(url: str) -> str:
    """The whole book."""
    with Ledger.open(url, create=False) as ledger:
        report = ledger.check()
    if not report.ok:
        raise SystemExit(str(report))
    return f"{report.level.name}, {report.events} events"


def nothing(url: str) -> str:
    """What the imports and an open ledger take by themselves."""
    Ledger.open(url, create=False).close()
    return "opened and closed"


def measured(call: Callable[..., str], queue: Any, *arguments: object) -> None:
    """Run in a child process: what it says, seconds, peak memory in MiB."""
    begin = time.perf_counter()
    answer = call(*arguments)
    seconds = time.perf_counter() - begin
    queue.put((answer, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def measure(name: str, call: Callable[..., str], *arguments: object) -> None:
    """Run, wait, print."""
    spawn = multiprocessing.get_context("spawn")
    queue = spawn.SimpleQueue()
    process = spawn.Process(target=measured, args=(call, queue, *arguments))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{name}: failed")
    answer, seconds, mebibytes = queue.get()
    print(f"{name:<24} {seconds:9.3f} s  peak {mebibytes:6.0f} MiB  {answer}", flush=True)


def main() -> None:
    """Build, then measure."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "signoff.db"
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{file}"
        measure("bulk insert", build, url, events)
        if file.exists():
            print(f"{file.stat().st_size / 2**20:.0f} MiB on disk")
        measure("open and close", nothing, url)
        measure("all metrics of a month", month_metrics, url)
        measure("with twelve months' reach", year_metrics, url)
        measure("one record call", record, url)
        measure("full check", check, url)


if __name__ == "__main__":
    main()
