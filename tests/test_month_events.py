"""How far each month came is read from a few events of each month, however many letters it has."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ceosample.job.due import month_states
from ceosample.job.losses.lost_files import packs_sent
from ceosample.signoff.acts import opened
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.proving.readers import readable_rows
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.store import Store, event_of_row
from postgresql import Server

GOLDEN = Path(__file__).parent / "golden"
POPULATION = "complaint-responses"
SENT = "sent_for_signature"
NAMED: Any = SimpleNamespace(population=POPULATION)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """What 0.1 left: three months, of which the first has an erased text and a correction."""
    golden = GOLDEN / "release-0.1" / "ceosample-demo" / "signoff.db"
    return Path(shutil.copy(golden, tmp_path / "signoff.db"))


def told(events: Iterable[Event]) -> tuple[Any, dict[str, set[str]]]:
    """What a run and a status make of events: each month's state, and its packs."""
    read = [*events]
    months = {event.period for event in read if event.period is not None}
    packs = {m: {*packs_sent(event for event in read if event.period == m)} for m in months}
    return month_states(NAMED, read), {m: sent for m, sent in packs.items() if sent}


def sent_by_month(events: Iterable[Event]) -> Counter[str | None]:
    return Counter(event.period for event in events if event.kind == SENT)


def test_a_months_letters_are_not_read_one_by_one(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'Consumers need only the newest sent_for_signature per month': one row of each pack"""
    read: list[Any] = []

    def counted(pages: Iterable[Sequence[Any]], begun: Sequence[Event]) -> Iterable[Event]:
        kept = [*pages]
        read.extend(row for page in kept for row in page)
        return readable_rows(kept, begun)

    monkeypatch.setattr(opened, "readable_rows", counted)
    with Ledger.open(f"sqlite:///{file}", create=False) as ledger:
        of_letters = {"2026-11", "2026-12"}
        whole = sent_by_month(ledger.events(population=POPULATION))
        read.clear()
        found = ledger.month_events(POPULATION)
    assert sent_by_month(found) == {"2026-10": 13, "2026-11": 2, "2026-12": 1}
    assert whole == {"2026-10": 13, "2026-11": 9, "2026-12": 8}
    later = [row for row in read if row.period in of_letters and row.unit_id is not None]
    assert Counter(row.kind for row in later) == {SENT: 3}


def test_they_tell_of_each_month_what_all_events_tell(file: Path) -> None:
    with Ledger.open(f"sqlite:///{file}", create=False) as ledger:
        assert told(ledger.month_events(POPULATION)) == told(ledger.events(population=POPULATION))


def test_a_sending_that_was_corrected_counts_no_longer(file: Path) -> None:
    """The newest event of a pack may be void, and another letter of it stays sent"""
    later = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
    with Ledger.open(f"sqlite:///{file}", create=False, clock=lambda: later) as ledger:
        month = [*ledger.events(population=POPULATION, period="2026-12")]
        newest = [event for event in month if event.kind == SENT][-1]
        for event in reversed(month):
            if event.unit_id == newest.unit_id and event.sequence >= newest.sequence:
                ledger.correct(event.hash, by=event.actor, at=later, reason_code="mistake")
        found = ledger.month_events(POPULATION)
        assert told(found) == told(ledger.events(population=POPULATION))
    assert sent_by_month(found)["2026-12"] == 8


def test_an_older_event_of_a_pack_counts_where_the_newest_cannot_be_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = 0

    def but_one(pages: Iterable[Sequence[Any]], begun: Sequence[Event]) -> Iterable[Event]:
        return (e for e in readable_rows(pages, begun) if e.sequence != newest)

    with Ledger.open(f"sqlite:///{file}", create=False) as ledger:
        right = told(ledger.month_events(POPULATION))[1]
        month = ledger.events(population=POPULATION, period="2026-12")
        newest = [event.sequence for event in month if event.kind == SENT][-1]
        monkeypatch.setattr(opened, "readable_rows", but_one)
        found = ledger.month_events(POPULATION)
    assert told(found)[1] == right
    assert sent_by_month(found)["2026-12"] == 7


def test_postgresql_gives_the_same_rows(postgresql: Server, file: Path) -> None:
    with Ledger.open(f"sqlite:///{file}", create=False) as ledger:
        lines = [*ledger.export()]
        rows = ledger._store.newest_by_digest(SENT, "pack", population=POPULATION)
    wanted = [event_of_row(row) for row in rows]
    assert len(wanted) == 5
    with postgresql.database() as name:
        Ledger.restore(postgresql.url(name), lines).close()
        store = Store.connect(postgresql.url(name), create=False)
        rows = store.newest_by_digest(SENT, "pack", population=POPULATION)
        assert [event_of_row(row) for row in rows] == wanted
        store.close()
