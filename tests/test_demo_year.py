"""The invented year: what a reader of its figures should be able to find in it is in it."""

from __future__ import annotations

import datetime as dt
import tempfile
from functools import cache
from pathlib import Path

import pytest

import ceosample as cs
from ceosample.demo.year import POPULATION, live

pytestmark = pytest.mark.slow

AS_OF = dt.datetime(2027, 1, 31, 18, tzinfo=dt.UTC)


@cache
def lived() -> bytes:
    """The year's ledger, as a file: lived once, for all that read in it or live a part again."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "year.db")
        live(f"sqlite:///{file}")
        return file.read_bytes()


@cache
def events() -> tuple[cs.Event, ...]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "year.db")
        file.write_bytes(lived())
        with cs.Ledger.open(f"sqlite:///{file}", create=False) as ledger:
            assert ledger.check().level is cs.verification.ChainLevel.INTACT
            return tuple(ledger.events())


def test_it_stays_as_it_is_when_it_is_lived_again_and_another_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "year.db"
    file.write_bytes(lived())
    url = f"sqlite:///{file}"
    with cs.Ledger.open(url, create=False) as ledger:
        head = ledger.head
    live(url, months=2)
    with pytest.raises(cs.errors.ConflictError):
        live(url, count=70, months=1)
    with cs.Ledger.open(url, create=False) as ledger:
        assert ledger.head == head


def test_what_can_become_of_a_letter_happens_in_it() -> None:
    """All but a replacement, which would take a substitute."""
    kinds = {event.kind for event in events()}
    assert kinds >= {
        "viewed", "signed", "signed_by_deputy", "delegated", "returned_for_rework", "declined",
        "issued_under_other_name", "escalated_to_board", "board_answer", "taken_over", "contact",
        "withdrawn", "lapsed", "dispatched", "finding", "recognition", "reconciled",
        "oop_proposed", "oop_cosigned", "oop_reviewed", "role_granted",
    }  # fmt: skip


def test_it_happens_in_order_and_in_its_year() -> None:
    times = [dt.datetime.fromisoformat(event.at) for event in events() if event.period]
    assert times == sorted(times)
    assert times[0] == dt.datetime(2026, 2, 1, 9, tzinfo=dt.UTC)
    assert times[-1] < AS_OF
    assert len({event.period for event in events() if event.kind == "drawn"}) == 12


def test_the_forgotten_division_and_the_missing_count_show_in_the_figures() -> None:
    found = cs.figures.metrics(events(), population=POPULATION, last="2026-12", as_of=AS_OF)
    since = {row.stratum[0]: row.months_since_signed for row in found.strata}
    assert since["Private bank"] == 4
    assert max(months or 0 for name, months in since.items() if name != "Private bank") < 4
    assert (found.reconciled.count, found.reconciled.of) == (11, 12)
    assert 0 < found.sample.signoff.count < found.sample.signoff.of == 144
    by_deputy = {event.period for event in events() if event.kind == "signed_by_deputy"}
    assert by_deputy == {"2026-07"}
