"""A ledger that this release wrote stays readable: the golden one is read, checked, gone on with.

``python tests/test_golden_ledger.py`` writes it anew, which is for a new version of the tables
alone. It is kept twice: as a file of SQLite, and as lines of JSON, which any database can take.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ceosample import Frame, Plan, Seed, Signatory, draw, render
from ceosample.canonical import digest, parse_json
from ceosample.signoff.check import ChainLevel
from ceosample.signoff.figures.coverage import signoff_coverage
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.store import Store, row_of
from ceosample.signoff.store.tables import EVENTS, TEXTS
from postgresql import Server

GOLDEN = Path(__file__).parent / "golden"
FILE, LINES = GOLDEN / "ledger.db", GOLDEN / "ledger.jsonl"

#: The hash of the newest event, as it would stand on paper.
HEAD = "020d3a5e16e6d85955ed4eff64cb20e1664cb21ca371aecdb539ffd7f91fbb29"

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
MONTH = {"population": "complaint-responses", "period": "2026-10"}
SALT = bytes(range(32))
TEXT = "Ms Ŵilliams was told about the parrot."


def write(file: Path) -> None:
    """A month with the ways that letters go, people, what is said beside, and two texts."""
    frame = Frame.from_records(
        [{"id": f"Ŵ-{i}", "division": "Cards" if i % 2 else "Loans"} for i in range(12)],
        population=MONTH["population"],
        period=MONTH["period"],
        unit_id="id",
        strata=["division"],
    )
    plan = Plan(size=6, reserves=1)
    seed = Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    drawn = draw(frame, plan, seed)
    with Ledger.open(
        f"sqlite:///{file}", clock=lambda: AT, ledger_id="0f" * 16, salts=lambda: SALT[::-1]
    ) as ledger:
        _tell_of_people(ledger)
        ledger.freeze(frame, plan, seed_source="dice", by="sampling", at=AT)
        registration = ledger.register(drawn, by="sampling", at=AT)
        pack = render(
            drawn,
            lambda ids: {unit_id: {"letter": LETTER, "docket": DOCKET} for unit_id in ids},
            signatory=Signatory("ceo", "Margaret Llewelyn", "Chief Executive"),
            date=AT.date(),
            registration=registration.hash,
            pdf=False,
        )
        ledger.send(pack, by="office", at=AT)
        one, two, three, four, five, six = drawn.unit_ids
        for unit_id in (one, two):
            ledger.sign(unit_id, letter=pack[unit_id].digest, by="ceo", at=AT)
        ledger.record("dispatched", one, by="office", at=AT)
        ledger.record("replaced", three, by="office", at=AT, reason_code="duplicate")
        ledger.record("returned_for_rework", four, by="ceo", at=AT, reason_code="tone")
        ledger.record("lapsed", five, by="office", at=AT, reason_code="deadline")
        ledger.record("delegated", six, by="ceo", at=AT, to="cfo")
        _say_beside(ledger, one)
    store = Store.connect(f"sqlite:///{file}", create=False)
    with store.transaction(writing=True) as connection:
        store.keep(connection, TEXT, salt=SALT, unit_id=one, person="h-077", **MONTH)
    store.close()


def _tell_of_people(ledger: Ledger) -> None:
    since = AT.date()
    ledger.grant("ceo", "signatory", since=since, by="board", at=AT, limit="500", currency="GBP")
    ledger.grant("cfo", "deputy", since=since, of="ceo", by="board", at=AT)
    ledger.revoke("cfo", "deputy", since=since + dt.timedelta(days=30), by="board", at=AT)


def _say_beside(ledger: Ledger, unit_id: str) -> None:
    ledger.record("finding", unit_id, by="ceo", at=AT, verdict="defective", codes=["tone"])
    ledger.record("note", unit_id, by="office", at=AT, text=NOTE)
    wrong = ledger.record("contact", unit_id, by="ceo", at=AT, channel="call", outcome="sorry")
    ledger.correct(wrong.hash, by="office", at=AT, reason_code="another-customer")
    population = MONTH["population"]
    ledger.propose(
        "OOP-1", population=population, policy="late-fee", review_by=AT.date(), by="h-1", at=AT
    )
    ledger.cosign("OOP-1", population=population, by="h-2", at=AT)


DOCKET = {"owner": "h-1", "author": "h-3", "due": "2026-11-30", "contacts": {"email": 2}}
NOTE = "The parrot is well."
LETTER = {
    "recipient": "Blodwen Quillfeather",
    "address": ["14 Marmalade Crescent"],
    "salutation": "Dear Ms Quillfeather,",
    "subject": "The parrot",
    "body": "We are sorry.",
    "closing": "Yours sincerely,",
}


def lines_of(file: Path) -> Iterator[str]:
    """Each event's text; each kept text as an object with the one name ``text``."""
    store = Store.connect(f"sqlite:///{file}", create=False)
    yield from (row.text for row in store.rows())
    for row in store.kept():
        yield json.dumps({"text": dict(row._mapping)}, ensure_ascii=False)
    store.close()


def load(url: str) -> None:
    """Write the lines into an empty database, with the columns that this release keeps."""
    store = Store.connect(url, create=True)
    with store.transaction(writing=True) as connection:
        store.create(connection)
        for line in LINES.read_text("utf-8").splitlines():
            found: Any = parse_json(line.encode())
            if "text" in found:
                connection.execute(TEXTS.insert(), found["text"])
                continue
            event = Event.parse(line.encode())
            row = {**row_of(event), "hash": digest(line.encode()), "text": line}
            connection.execute(EVENTS.insert(), row)
    store.close()


@pytest.fixture(params=["sqlite, the file itself", "sqlite, its lines", "postgresql, its lines"])
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a copy of the golden ledger."""
    copy = tmp_path / "signoff.db"
    url = f"sqlite:///{copy}"
    with contextlib.ExitStack() as stack:
        if request.param.startswith("postgresql"):
            server: Server = request.getfixturevalue("postgresql")
            url = server.url(stack.enter_context(server.database()))
        if request.param.endswith("lines"):
            load(url)
        else:
            shutil.copy(FILE, copy)
        yield url


def test_a_ledger_of_this_release_is_whole_and_holds_the_head_on_paper(golden: str) -> None:
    """'a ledger written by this release stays readable: a golden ledger is kept in the tests'"""
    with Ledger.open(golden, create=False) as ledger:
        report = ledger.check(HEAD)
        assert (report.ok, report.level, report.head) == (True, ChainLevel.ANCHORED, HEAD)


def test_its_figures_are_what_they_were(golden: str) -> None:
    with Ledger.open(golden, create=False) as ledger:
        coverage = signoff_coverage(ledger.events(**MONTH))
        states = sorted(ledger.history(event.unit_id).state for event in ledger.events()
                        if event.kind == "selected" and event.unit_id)  # fmt: skip
    assert str(coverage.signoff) == "2 of 6 selected letters signed in person (33.3 %)"
    assert str(coverage.completion) == "2 of 6 places filled"
    assert states == [
        "delegated", "dispatched", "lapsed", "replaced", "returned_for_rework", "selected",
        "signed",
    ]  # fmt: skip


def test_its_text_is_still_there_and_can_be_erased(golden: str) -> None:
    store = Store.connect(golden, create=False)
    with store.transaction(writing=True) as connection:
        assert sorted(store.texts(connection, **MONTH).values()) == [TEXT, NOTE]
        assert store.erase(connection, person="h-077") == 1
    store.close()


def test_it_is_gone_on_with(golden: str) -> None:
    with Ledger.open(golden, create=False) as ledger:
        signed = next(e for e in reversed([*ledger.events()]) if e.kind == "signed")
        event = ledger.record("dispatched", str(signed.unit_id), by="office", at=AT)
        assert event.previous == HEAD
        assert ledger.check(HEAD).ok


def test_the_file_and_the_lines_are_the_same_ledger() -> None:
    assert [*lines_of(FILE)] == LINES.read_text("utf-8").splitlines()


if __name__ == "__main__":
    FILE.unlink(missing_ok=True)
    write(FILE)
    LINES.write_text("".join(f"{line}\n" for line in lines_of(FILE)), "utf-8")
    with Ledger.open(f"sqlite:///{FILE}", create=False) as opened:
        sys.stdout.write(f"{opened.head}\n")
