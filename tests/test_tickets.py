"""Tickets and keys against the vectors of the scheme, and against plain hashlib."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ceosample.canonical import netstring
from ceosample.period import as_period
from ceosample.sampling.frames.frame import Frame
from ceosample.sampling.frames.units import Unit
from ceosample.sampling.ticket import draw_key, ticket

KEY = "983636e5b569db2482ef3a501d89e1ba"


def test_the_draw_key_is_that_of_the_published_vector() -> None:
    assert draw_key("complaint-responses", "2026-10", "83019274650192837465") == KEY


@pytest.mark.parametrize(
    ("unit_id", "expected"),
    [
        ("CR-1042", "e521b36e358cb6dd2fc5dce74961f6d59606abc06aedff67853e47f1d1b30a39"),
        ("Gŵyn-77", "6a55b5908d938817fb58ae5a94864348029ddbadcb72d347b37528d56dab5d1a"),
        ("4848023", "a75966d4645138db394f52e9a9537699e9f7bd1c7a417e4d67481b8d8620b82f"),
    ],
)
def test_tickets_are_those_of_the_published_vectors(unit_id: str, expected: str) -> None:
    assert ticket(KEY, unit_id) == expected


def test_another_purpose_gives_another_key() -> None:
    """'A key for another purpose has one more netstring, the purpose's name.'"""
    seed = "83019274650192837465"
    text = b"11:ceosample/1,19:complaint-responses,7:2026-10,20:83019274650192837465,4:gate,"
    expected = hashlib.sha256(text).hexdigest()[:32]
    assert draw_key("complaint-responses", "2026-10", seed, purpose="gate") == expected


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_netstring_carries_its_length_in_bytes(text: str) -> None:
    size, _, rest = netstring(text).partition(b":")
    assert int(size) == len(text.encode())
    assert rest == text.encode() + b","


@given(
    st.sets(st.text(st.characters(exclude_categories=["Cc", "Cs"])), max_size=30),
    st.integers(0, 40),
)
def test_the_lowest_tickets_are_those_of_a_full_sort(ids: set[str], count: int) -> None:
    def by_hand(unit_id: str) -> tuple[int, bytes]:
        data = KEY.encode() + b"," + unit_id.encode()
        return int.from_bytes(hashlib.sha256(data).digest(), "big"), unit_id.encode()

    units = [Unit(unit_id, ()) for unit_id in ids]
    frame = Frame("complaint-responses", as_period("2026-10"), (), units)
    drawn = [unit.unit_id for unit in frame.lowest(KEY, {(): count})[()]]
    assert drawn == sorted(ids, key=by_hand)[:count]
