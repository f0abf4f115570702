"""Seeds, chains and tickets at their bounds."""

from __future__ import annotations

from typing import Any

import pytest

import ceosample as cs
from ceosample.errors import SeedError
from ceosample.sampling.record import difference
from ceosample.sampling.seeds.seed_source import SeedSource
from ceosample.sampling.ticket import TICKETS, below, bound, limit_bytes, ticket, wider

POPULATION = "complaint-responses"


@pytest.mark.parametrize(
    ("first", "months", "last"), [("2026-11", 1, "2026-11"), ("9999-06", 7, "9999-12")]
)
def test_the_shortest_chain_and_one_to_the_last_month_that_there_is(
    first: str, months: int, last: str
) -> None:
    asked = []

    def random(count: int) -> bytes:
        asked.append(count)
        return bytes(count)

    chain = cs.seeds.SeedChain.new(POPULATION, first=first, months=months, random=random)
    assert str(chain.published.last) == last
    assert chain.link(last) == chain.secret == "00" * 32
    assert asked == [32]
    for month in ("2026-10", "2026-12"):
        assert not chain.published.covers(cs.Period.parse(month))
    if months == 7:
        with pytest.raises(SeedError, match="the last is after the year 9999"):
            cs.seeds.SeedChain.new(POPULATION, first=first, months=8, random=random)


@pytest.mark.parametrize(
    "text",
    [
        "beacon",
        "beacon:lottery",
        "beacon:lottery:1:2",
        "beacon:lottery:",
        "beacon:lottery:x",
        "beacon:lottery:01",
        "beacon:drand-quicknet:5",
        "beacon:Lottery:5",
        "beacons:lottery:5",
        "chain:lottery:5",
        "dice:lottery:5",
        "dice:",
        "chain:601:" + "a" * 64,
        "chain:1:" + "a" * 63,
        "chain:1",
        "links:1:" + "a" * 64,
    ],
)
def test_a_part_of_a_source_is_one_of_three(text: str) -> None:
    for good in ("beacon:lottery:5", "dice", "chain:600:" + "a" * 64):
        assert len(SeedSource.parse(good).parts) == 1
    with pytest.raises(SeedError, match="seed_source: got"):
        SeedSource.parse(text)


def test_a_unit_is_below_a_limit_that_is_above_its_ticket_and_only_then() -> None:
    key, ids = "a" * 64, [b"C-1", b"C-2", b"C-3"]
    numbers = [int(ticket(key, unit_id.decode()), 16) for unit_id in ids]
    for step, found in ((0, []), (1, ids)):
        limits = {kind: limit_bytes(number + step) for kind, number in enumerate(numbers)}
        highest = max(limits.values())
        assert [unit_id for _, _, unit_id in below(key, ids, range(3), limits, highest)] == found
    everything = {0: limit_bytes(TICKETS)}
    assert len(list(below(key, ids, [0, 0, 0], everything, everything[0]))) == 3
    assert list(below(key, ids, [0, 0, 0], {0: b""}, b"")) == []
    for kinds in ([0, 0], [0, 0, 0, 0]):
        with pytest.raises(ValueError, match="zip"):
            list(below(key, ids, kinds, everything, everything[0]))


def test_a_bound_is_below_all_tickets_only_where_not_all_units_are_needed() -> None:
    """``count + 5 (isqrt(count) + 1) + 12`` of them: of 4 letters, 31."""
    assert bound(4, 31) == TICKETS
    assert bound(4, 32) == TICKETS * 31 // 32
    assert wider(TICKETS // 8) == TICKETS
    assert wider(TICKETS // 8 - 1) < TICKETS


@pytest.mark.parametrize(
    ("ours", "theirs"), [(1, True), (1, 2), ("1", 1), (0, None), (0, False), ([], None), ({}, [])]
)
def test_a_value_of_another_kind_is_another_value(ours: Any, theirs: Any) -> None:
    assert difference({"n": ours}, {"n": ours}, "draw.json") is None
    found = difference({"n": ours}, {"n": theirs}, "draw.json")
    assert found is not None
    assert found.startswith("draw.json, n: the record has")
