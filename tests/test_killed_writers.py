"""Nothing is lost: several writers, killed some hundred times in the middle of whatever they do."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ceosample import Seed, draw
from ceosample.signoff.ledger import Ledger
from kill_writers import AT, PLAN, WRITERS, frame_of
from needed import PATIENCE
from thorough import examples

pytestmark = pytest.mark.slow

KILLS = examples(200, one_in=10)
SCRIPT = Path(__file__).with_name("kill_writers.py")


def test_no_acknowledged_event_is_lost_and_none_is_torn(address: str) -> None:
    """'Tests that kill writers (SIGKILL) some hundred times on both databases': nothing is lost,
    the chain verifies, and the next run goes on."""
    done = subprocess.run(
        [sys.executable, SCRIPT, address, str(KILLS), "20261102"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    lines = json.loads(done.stdout)
    assert not [line for line in lines if line.startswith("failed")]
    acknowledged = {line.partition(" ")[2] for line in lines}
    with Ledger.open(address, create=False) as ledger:
        events = list(ledger.events())
        assert ledger.check().ok
        assert acknowledged <= {event.hash for event in events}
        assert len(acknowledged) > KILLS / 10  # they did get something done, on any machine
        letters = Counter(
            (event.population, event.period)
            for event in events
            if event.kind in ("selected", "reserve")
        )
        drawn = {(event.population, event.period) for event in events if event.kind == "drawn"}
        assert set(letters) == drawn
        assert set(letters.values()) == {8}  # 4 letters and 2 reserves for each of 2 strata
        for writer in range(WRITERS):
            go_on(ledger, writer, sum(population == f"writer-{writer}" for population, _ in drawn))
        assert ledger.check().ok


def go_on(ledger: Ledger, writer: int, month: int) -> None:
    """The next run: the month that was begun, or the one after the last."""
    frame = frame_of(writer, month)
    ledger.freeze(frame, PLAN, seed_source="dice", by="sampling", at=AT)
    seed = Seed.from_dice(f"{writer:04d}{month:016d}", witnesses=["audit"])
    assert ledger.register(draw(frame, PLAN, seed), by="sampling", at=AT).kind == "drawn"
