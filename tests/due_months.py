"""Months that come due: their tables, a chain for their seeds, and a ledger with a clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import ceosample as cs
from ceosample.configuration import Configuration
from ceosample.job import Outcome, RunReport, run_due
from ceosample.job.seed_supply import SeedInputs
from ceosample.sampling.seeds.chain import secret_file
from inputs import configure, write_month

POPULATION = "complaint-responses"
MONTHS = ("2026-09", "2026-10", "2026-11")

#: Before the first month begins, and after the last is over.
EARLY = dt.datetime(2026, 8, 3, 9, 0, tzinfo=dt.UTC)
AT = dt.datetime(2026, 12, 2, 9, 0, tzinfo=dt.UTC)


def on(text: str) -> dt.datetime:
    """Nine in the morning of a day, in UTC."""
    return dt.datetime.fromisoformat(f"{text}T09:00:00+00:00")


def write_months(folder: Path, *months: str, count: int = 40, size: int = 2) -> None:
    """Tables of these months, and a configuration that begins with the first."""
    for period in months:
        write_month(folder, period, count=count)
    configure(
        folder,
        ('# first = "2026-10" ', f'first = "{months[0]}" '),
        ('variables = ["division"]', "variables = []"),
        ("size = 12", f"size = {size}"),
        ("# pdf = true ", "pdf = false "),
    )


def with_chain(folder: Path, first: str = MONTHS[0]) -> None:
    """A chain whose secret every test knows, published before its first month began."""
    configure(folder, ('source = "dice" ', 'source = "chain"\nsecret = "chain.json" '))
    chain = cs.seeds.SeedChain.new(POPULATION, first=first, months=24, random=bytes)
    secret_file.save(chain, folder / "chain.json")
    with ledger_of(folder, EARLY) as ledger:
        ledger.publish(chain, by="custodian", at=EARLY)


@contextmanager
def ledger_of(folder: Path, clock: dt.datetime = AT) -> Iterator[cs.Ledger]:
    """The configuration's ledger, the same bytes whenever it is begun."""
    url = Configuration.load(folder / "ceosample.toml").ledger_url
    with cs.Ledger.open(url, clock=lambda: clock, ledger_id="0" * 32) as ledger:
        yield ledger


def go(
    folder: Path,
    at: dt.datetime = AT,
    *,
    dice: str | None = None,
    beacon: str | None = None,
    outcomes: list[Outcome] | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> RunReport:
    """One run of what is due, in this process."""
    configuration = Configuration.load(folder / "ceosample.toml")
    path = folder / "chain.json"
    supply = SeedInputs(
        chain=(lambda: secret_file.load(path)) if path.exists() else None,
        dice=dice,
        beacon=beacon,
        witnesses=("internal audit",) if dice else (),
    )
    finished = (lambda outcome: None) if outcomes is None else outcomes.append
    with ledger_of(folder, at) as ledger:
        return run_due(
            configuration, ledger, at=at, supply=supply, finished=finished, progress=progress
        )


def everything(folder: Path) -> dict[str, bytes]:
    """Every file and its bytes, but the ledger's and those of locks."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in (".lock", ".db", ".part")
    }


def events(folder: Path) -> list[bytes]:
    """The ledger's events, byte by byte."""
    with ledger_of(folder) as ledger:
        assert ledger.check().ok
        return [*ledger.export()]


def kinds(folder: Path, period: str) -> list[str]:
    """What happened to a month as a whole, in order."""
    with ledger_of(folder) as ledger:
        return [e.kind for e in ledger.events(period=period) if e.unit_id is None]
