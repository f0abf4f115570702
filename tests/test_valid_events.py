"""Which events count: not those that were corrected, nor those of a superseded draw."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from book import Book
from ceosample.errors import LedgerError
from ceosample.signoff.figures.coverage import signoff_coverage
from ceosample.signoff.figures.metrics import metrics
from ceosample.signoff.replay.valid_events import valid_events, valid_events_at
from refusals import NO_TIME_ZONE, refused


def kinds(book: Book) -> list[str]:
    return [event.kind for event in valid_events(book.events)]


def begun() -> Book:
    book = Book()
    book.draw({"Cards": (10, 1)})
    book.sent("R-1")
    return book


BEGUN = ["drawn", "selected", "rendered", "sent_for_signature"]


def test_without_corrections_every_event_counts() -> None:
    assert valid_events(begun().events) == begun().events
    assert valid_events([]) == []


def test_a_corrected_event_is_void_and_the_correction_stays() -> None:
    """'that event is void, as if never said; it stays on record'"""
    book = begun()
    book.correct(book.sign("R-1"))
    assert kinds(book) == [*BEGUN, "corrected"]
    assert signoff_coverage(book.events).signoff.count == 0


def test_a_correction_cannot_be_corrected() -> None:
    book = begun()
    once = book.correct(book.sign("R-1"))
    book.correct(once)
    assert kinds(book) == [*BEGUN, "corrected", "corrected"]


def test_a_correction_is_about_its_own_letter_alone() -> None:
    """'Subject as the event's.'"""
    book = begun()
    signed = book.sign("R-1")
    book.write("corrected", "R-2", event=signed.hash, reason_code="slip")
    assert kinds(book) == [*BEGUN, "signed", "corrected"]


def test_events_of_no_month_can_be_corrected() -> None:
    book = Book()
    said = book.write("oop_proposed", monthly=False, resolution="X-1")
    book.write("oop_proposed", monthly=False, resolution="X-2")
    book.correct(said)
    assert kinds(book) == ["oop_proposed", "corrected"]


def test_what_is_before_the_newest_superseded_of_a_month_does_not_count() -> None:
    """'for a month only those after its newest `superseded`'"""
    book = begun()
    book.write("superseded", draw="d" * 64, reason_code="wrong-frame")
    book.draw({"Cards": (9, 1)})
    book.write("superseded", draw="d" * 64, reason_code="wrong-frame")
    book.draw({"Cards": (8, 1)})
    assert kinds(book) == ["superseded", "superseded", "drawn"]
    assert signoff_coverage(book.events).strata[0].eligible == 8


def test_other_months_populations_and_people_are_not_superseded() -> None:
    book = begun()
    book.month = "2026-11"
    book.draw({"Cards": (9, 1)})
    book.population = "internal"
    book.month = "2026-10"
    book.draw({"Cards": (9, 1)})
    book.write("role_granted", monthly=False, person="ann", role="deputy")
    book.population = "complaint-responses"
    book.write("superseded", draw="d" * 64, reason_code="wrong-frame")
    assert kinds(book) == ["drawn", "drawn", "role_granted", "superseded"]


def test_a_superseded_that_was_corrected_supersedes_nothing() -> None:
    book = begun()
    book.correct(book.write("superseded", draw="d" * 64, reason_code="wrong-frame"))
    assert kinds(book) == [*BEGUN, "corrected"]


def test_corrections_and_supersessions_count_from_when_they_were_made() -> None:
    book = begun()
    book.correct(book.sign("R-1", on="2026-11-03"), on="2026-11-05")
    book.write("superseded", on="2026-11-06", draw="d" * 64, reason_code="wrong-frame")

    def told(day: int) -> list[str]:
        at = dt.datetime(2026, 11, day, 23, tzinfo=dt.UTC)
        return [event.kind for event in valid_events_at(book.events, at)]

    assert told(1) == []
    assert told(4) == [*BEGUN, "signed"]
    assert told(5) == [*BEGUN, "corrected"]
    assert told(6) == ["superseded"]


def test_a_moment_has_a_time_zone() -> None:
    with refused(LedgerError, NO_TIME_ZONE):
        valid_events_at([], dt.datetime(2026, 11, 1))  # noqa: DTZ001 - a naive time is the test


@given(st.lists(st.sampled_from(["say", "other", "correct", "supersede"]), max_size=15), st.data())
def test_it_is_idempotent_and_in_order(acts: list[str], data: st.DataObject) -> None:
    """'Everything else in order.'"""
    book = Book()
    for act in acts:
        if act == "correct" and book.events:
            book.correct(data.draw(st.sampled_from(book.events)))
        elif act == "supersede":
            book.write("superseded", draw="d" * 64, reason_code="wrong-frame")
        else:
            book.month = "2026-10" if act == "say" else "2026-11"
            book.write("note", "R-1", text="t" * 64)
    once = valid_events(book.events)
    assert valid_events(once) == once
    assert [event.sequence for event in once] == sorted(event.sequence for event in once)
    void = {event.payload["event"] for event in book.events if event.kind == "corrected"}
    assert all(event.kind == "corrected" or event.hash not in void for event in once)


def test_what_a_later_correction_made_room_for_waits_for_it() -> None:
    """'a correction that was made later included': before it, the story was the old one."""
    book = Book()
    book.draw({"Cards": (10, 1)})
    book.sent("R-1")
    wrong = book.sign("R-1", on="2026-11-03")
    book.correct(wrong, on="2026-11-20")
    book.write("declined", "R-1", on="2026-11-03", actor="ceo", reason_code="tone")
    before, after = (
        metrics(book.events, as_of=dt.datetime(2026, 11, day, 12, tzinfo=dt.UTC)).sample
        for day in (10, 21)
    )
    assert (before.signoff.count, before.rates["declined"].count) == (1, 0)
    assert (after.signoff.count, after.rates["declined"].count) == (0, 1)
