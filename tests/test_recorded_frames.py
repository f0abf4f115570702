"""What a build made of 2,000 tables when it looked at each cell is what every later one makes."""

from __future__ import annotations

from collections import Counter

from recorded_frames import COUNT, KINDS, RECORDED, outcomes
from thorough import examples


def test_tables_of_every_kind_give_what_they_gave() -> None:
    """Bytes, digests, draws, reports and errors; each differing table is named by its number."""
    recorded = RECORDED.read_text("ascii").splitlines()
    del recorded[examples(len(recorded), one_in=8) :]
    found = [*outcomes(len(recorded))]
    assert [*enumerate(found)] == [*enumerate(recorded)]


def test_the_recorded_tables_are_good_and_faulty_of_each_kind() -> None:
    """'2,000 random tables of every kind of input, good and faulty'"""
    recorded = RECORDED.read_text("ascii").splitlines()
    assert len(recorded) >= COUNT
    counts = Counter(" ".join(line.split()[:2]) for line in recorded)
    assert {*counts} == {f"{kind} {what}" for kind in KINDS for what in ("good", "faulty")}
    assert min(counts.values()) >= 100
