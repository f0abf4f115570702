"""A report reads the events of its months alone, and counts what it would count from them all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from book import POPULATION, Book
from ceosample.period import Period
from ceosample.report.board import board_report
from ceosample.signoff.range_events import range_events
from ceosample.signoff.store.events import Event

AS_OF = dt.datetime(2028, 1, 15, 18, tzinfo=dt.UTC)


def three_years() -> Book:
    """Months of two divisions: Loans is signed in the first month alone, and Home never."""
    book = Book()
    for number in range(36):
        book.month = f"{2025 + number // 12}-{number % 12 + 1:02d}"
        day = f"{Period.parse(book.month).next()}-05"
        book.draw({"Cards": (9, 1), "Loans": (8, 1), "Home": (7, 1)}, on=day)
        for name in ("Cards", "Loans", "Home"):
            unit_id = f"{name}-{number}"
            book.sent(unit_id, name, on=day)
            if name == "Cards" or (name == "Loans" and number in (0, 20)):
                signed = book.sign(unit_id, on=day)
                if number == 20 and name == "Loans":
                    book.correct(signed, on=day)
    book.write("oop_proposed", on="2025-02-03", monthly=False, resolution="r-1", policy="late-fee",
               review_by="2025-05-01")  # fmt: skip
    return book


BOOK = three_years()


class Reader:
    """Reads a book as a database does, and keeps what it gave."""

    def __init__(self) -> None:
        self.given: dict[int, Event] = {}

    def __call__(self, **wanted: str | None) -> Iterator[Event]:
        for event in BOOK.events:
            if all(getattr(event, name) == value for name, value in wanted.items()):
                self.given[event.sequence] = event
                yield event


def told(events: list[Event], first: str | None, last: str | None) -> dict[str, Any]:
    about: dict[str, Any] = {"population": POPULATION, "as_of": AS_OF}
    return board_report(events, first=first, last=last, ids=True, **about).to_dict()


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2027-01", "2027-12"),
        ("2027-06", "2027-06"),
        ("2025-03", "2025-05"),
        ("2026-02", None),
        ("2027-12", None),
        ("2030-01", "2030-02"),
    ],
)
def test_a_range_s_events_tell_what_all_events_tell(first: str, last: str | None) -> None:
    """The months since a signature look back as far as there was one: it was corrected in 2026."""
    read = Reader()
    end = None if last is None else Period.parse(last)
    events = range_events(read, POPULATION, Period.parse(first), end, AS_OF)
    assert told(events, first, last) == told(BOOK.events, first, last)
    assert events == sorted(events, key=lambda event: event.sequence)


def test_what_no_figure_needs_is_not_read() -> None:
    """'the range's events alone': no letter of a month that nothing is counted from."""
    book = [event for event in BOOK.events if "Home" not in str(event.unit_id)]
    read = Reader()
    late = Period.parse("2027-03"), Period.parse("2027-03")

    def without_home(**wanted: str | None) -> Iterator[Event]:
        for event in read(**wanted):
            if event.kind == "drawn":  # of Cards alone, which is signed each month
                yield of_cards_alone(event)
            elif event in book:
                yield event

    range_events(without_home, POPULATION, *late, AS_OF)
    periods = {event.period for event in read.given.values() if event.unit_id is not None}
    assert periods == {str(Period.parse("2026-04").plus(n)) for n in range(12)}


def of_cards_alone(event: Event) -> Event:
    """A draw without the other divisions."""
    pools = [pool for pool in event.payload["strata"] if pool["stratum"] == ["Cards"]]
    return attrs.evolve(event, payload={**event.payload, "strata": pools})
