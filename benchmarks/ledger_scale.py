"""A ledger of ten years of a large firm: how long things take, and how much memory.

Run: ``python benchmarks/ledger_scale.py [EVENTS] [URL] [--populations N]``, a million events of one
population in a temporary file of SQLite by default; a URL of PostgreSQL must lead to an empty
database. The months are alike: drawn, sent, signed and dispatched, with rework and withdrawals here
and there. Each figure is taken in a process of its own, so that peaks of memory are its own. Those
of a month and of a year are taken first in a book of one year: they must not grow with its age.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import itertools
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ceosample import Draw, Frame, Ledger, Pack, Plan, Seed, Signatory, draw, render
from ceosample.canonical import canonical_file, digest
from ceosample.report.board import board_report
from ceosample.signoff.figures.metrics import metrics
from ceosample.signoff.store.events import NOTHING_BEFORE, Event
from ceosample.signoff.store.store import Store, row_of
from ceosample.signoff.store.tables import EVENTS

MONTHS = 120
POPULATION = "complaint-responses"
BATCH = 5000
STRATA = [(division, region) for division in ("Cards", "Loans", "Home", "Motor") for region in "NS"]
BEGIN = dt.datetime(2017, 1, 1, 9, tzinfo=dt.UTC)
END = dt.datetime(2027, 2, 1, 9, tzinfo=dt.UTC)

#: What a freeze says beside what it commits to.
NOT_COMMITTED = ("commitment", "control_total", "count", "exclusions", "zone")

#: The month that is recorded; what is written here is another month's in its copies.
FIRST = "2017-01"
SEED = "0" * 19 + "1"

LETTER = {
    "recipient": "A. Customer",
    "address": ["1 High Street"],
    "salutation": "Dear A. Customer,",
    "subject": "Your complaint",
    "body": "We are sorry.",
    "closing": "Yours sincerely,",
}

Said = tuple[str, str, str | None, str | None, str | None, dict[str, Any]]


def said(events: int, populations: int = 1, months: int = MONTHS) -> Iterator[Said]:
    """What happened in the first months, in order: actor, kind, subject, payload.

    In all ten years these are about so many events.

    One month is recorded by the library, so each event has the form that it gives them. The others
    are copies with ids, a seed and digests of their own.
    """
    begun, month = recorded(round(events / MONTHS / populations / 5.45))
    yield from begun
    for number, of in itertools.product(range(months), range(populations)):
        period = f"{2017 + number // 12}-{number % 12 + 1:02d}"
        text = json.dumps(month).replace(FIRST, period).replace("-000-", f"-{number:03d}-")
        text = text.replace(SEED, f"{number * populations + of + 1:020d}")
        text = text.replace(f'"{POPULATION}"', f'"{POPULATION}{f"-{of + 1}" if of else ""}"')
        frozen = json.loads(text)[0][-1]
        committed = {name: value for name, value in frozen.items() if name not in NOT_COMMITTED}
        text = text.replace(frozen["commitment"], digest(canonical_file(committed)))
        for event in json.loads(text):
            yield tuple(event)


def recorded(letters: int) -> tuple[list[Said], list[Said]]:
    """How a ledger begins, and a month of it."""
    each = max(1, round(letters / len(STRATA)))
    rows = [
        {"id": f"R-000-{n:06d}", "division": division, "region": region}
        for n, (division, region) in enumerate(STRATA * (each * 40))
    ]
    frame = Frame.from_records(
        rows, population=POPULATION, period=FIRST, unit_id="id", strata=["division", "region"]
    )
    plan = Plan(size=each * len(STRATA), reserves=max(1, each // 5))
    drawn = draw(frame, plan, Seed.from_dice(SEED, witnesses=["audit"]))
    with Ledger.open("sqlite://", clock=lambda: BEGIN, ledger_id="00" * 16) as ledger:
        begun = len(list(ledger.events()))
        ledger.freeze(frame, plan, seed_source="dice", by="sampling", at=BEGIN)
        ledger.register(drawn, by="sampling", at=BEGIN)
        decided(ledger, drawn)
        told = [
            (e.actor, e.kind, e.population, e.period, e.unit_id, dict(e.payload))
            for e in ledger.events()
        ]
    return told[:begun], told[begun:]


def decided(ledger: Ledger, drawn: Draw) -> None:
    """What became of a month's letters; every tenth comes back once, every fiftieth stays open."""
    first = sent(ledger, drawn, drawn.unit_ids, 1)
    places = {unit_id: place for place, unit_id in enumerate(drawn.unit_ids) if place % 50 != 7}
    again = [unit_id for unit_id, place in places.items() if place % 10 == 3]
    for unit_id in again:
        ledger.record("returned_for_rework", unit_id, by="ceo", at=BEGIN, reason_code="tone")
    second = sent(ledger, drawn, again, 2) if again else first
    for unit_id, place in places.items():
        if place % 25 == 9:
            ledger.record(
                *("withdrawn", unit_id),
                by="office", at=BEGIN, reason_code="customer-withdrew", approver="head-of-care",
            )  # fmt: skip
            continue
        letter = (second if unit_id in again else first)[unit_id].digest
        ledger.sign(unit_id, letter=letter, by="ceo", at=BEGIN)
        ledger.record("dispatched", unit_id, by="office", at=BEGIN)


def sent(ledger: Ledger, drawn: Draw, unit_ids: Sequence[str], version: int) -> Pack:
    """A version of letters goes out for signature."""
    docket = {"owner": "h-1", "division": "Cards", "contacts": {"telephone": 3}}
    pack = render(
        drawn,
        lambda ids: {unit_id: {"letter": LETTER, "docket": docket} for unit_id in ids},
        signatory=Signatory("ceo", "A. Chief", "Chief Executive"),
        date=BEGIN.date(),
        registration=next(event.hash for event in ledger.events() if event.kind == "drawn"),
        unit_ids=list(unit_ids),
        version=version,
        pdf=False,
    )
    ledger.send(pack, by="office", at=BEGIN)
    return pack


def chained(told: Iterable[Said]) -> Iterator[dict[str, Any]]:
    """The same as rows of the table, with a right chain; a month's are of one morning."""
    previous = NOTHING_BEFORE
    at = BEGIN
    last: str | None = None
    number = 0
    for sequence, (actor, kind, population, period, unit_id, payload) in enumerate(told, 1):
        if period != last:
            at, last, number = morning(period), period, 0
        number += 1
        event = Event(
            sequence=sequence,
            at=at.isoformat(),
            recorded_at=f"{at + dt.timedelta(seconds=number):%Y-%m-%dT%H:%M:%S.%fZ}",
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


def morning(period: str | None) -> dt.datetime:
    """When a month is run: on the second of the next one."""
    if period is None:
        return BEGIN
    year, month = divmod(int(period[:4]) * 12 + int(period[5:]), 12)
    return dt.datetime(year, month + 1, 2, 9, tzinfo=dt.UTC)


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


def month_metrics(url: str, month: str) -> str:
    """All that a month's events tell."""
    with Ledger.open(url, create=False) as ledger:
        events = ledger.events(population=POPULATION, period=month)
        found = metrics(events, first=month, last=month, as_of=END)
    return str(found.sample.signoff)


def year_metrics(url: str, month: str) -> str:
    """The same with the reach over twelve months, for which their events are read."""
    with Ledger.open(url, create=False) as ledger:
        events = ledger.events_for(POPULATION, month, month)
        found = metrics(events, first=month, last=month, as_of=END)
    return f"{found.sample.signoff}; {found.reach}"


def months_so_far(url: str) -> str:
    """What ``run`` and ``status`` read: how far each month came."""
    with Ledger.open(url, create=False) as ledger:
        return f"{len(ledger.month_events(POPULATION))} events read"


def record(url: str) -> str:
    """One more event, of a letter that stayed open."""
    with Ledger.open(url, create=False, clock=lambda: END) as ledger:
        month = ledger.events(population=POPULATION, period="2021-06")
        unit_ids = [str(event.unit_id) for event in month if event.kind == "selected"]
        event = ledger.record(
            *("viewed", unit_ids[7]), by="ceo", at=END, population=POPULATION, period="2021-06"
        )
    return f"event {event.sequence}"


def check(url: str) -> str:
    """The whole book."""
    with Ledger.open(url, create=False) as ledger:
        report = ledger.check()
    if not report.ok:
        raise SystemExit(str(report))
    return f"{report.level.name}, {report.events} events"


def check_from(url: str) -> str:
    """The newest hundredth, by a head of before."""
    with Ledger.open(url, create=False) as ledger:
        with ledger._store.transaction() as connection:
            event = ledger._store.newest(connection, max(1, ledger.count // 100))[-1]
        report = ledger.check(checked_head=event.hash)
    if not report.ok:
        raise SystemExit(str(report))
    return f"{report.level.name}, {report.checked_words}"


def year_report(url: str, year: int) -> str:
    """The board's report of a year: its events read, its figures counted, its page written."""
    with Ledger.open(url, create=False) as ledger:
        events = ledger.report_events(
            POPULATION, f"{year}-01", f"{year}-12", as_of=END, until=ledger.count
        )
    found = board_report(
        events, population=POPULATION, first=f"{year}-01", last=f"{year}-12", as_of=END
    )
    with tempfile.TemporaryDirectory() as folder:
        found.save(Path(folder) / "report.html", pictures=False)
    return f"{len(events)} events read; {found.metrics.sample.signoff}"


def nothing(url: str) -> str:
    """What the imports and an open ledger take by themselves."""
    Ledger.open(url, create=False).close()
    return "opened and closed"


def measured(call: Callable[..., str], queue: Any, *arguments: object) -> None:
    """Run in a child process: what it says, seconds of its processor, peak memory in MiB."""
    begin = time.process_time()
    answer = call(*arguments)
    seconds = time.process_time() - begin
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


def of_a_book(url: str, year: int) -> None:
    """What must be alike in a young and in an old book, of one of its years."""
    measure("open and close", nothing, url)
    measure("how far each month came", months_so_far, url)
    measure("all metrics of a month", month_metrics, url, f"{year}-12")
    measure("with twelve months' reach", year_metrics, url, f"{year}-12")
    measure("a year's report", year_report, url, year)


def main() -> None:
    """Build, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", type=int, nargs="?", default=1_000_000)
    parser.add_argument("url", nargs="?")
    parser.add_argument("--populations", type=int, default=1)
    asked = parser.parse_args()
    told = functools.partial(said, populations=asked.populations)
    with tempfile.TemporaryDirectory() as folder:
        young, file = (Path(folder) / f"{name}.db" for name in ("young", "signoff"))
        measure("a year's book", build, f"sqlite:///{young}", asked.events,
                functools.partial(told, months=12))  # fmt: skip
        of_a_book(f"sqlite:///{young}", 2017)
        url = asked.url or f"sqlite:///{file}"
        measure("ten years' book", build, url, asked.events, told)
        if file.exists():
            print(f"{file.stat().st_size / 2**20:.0f} MiB on disk")
        of_a_book(url, 2026)
        measure("one record call", record, url)
        measure("full check", check, url)
        measure("check of a hundredth", check_from, url)


if __name__ == "__main__":
    main()
