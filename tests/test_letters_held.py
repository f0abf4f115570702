"""What a check holds of letters as it walks along a ledger, and what it looks up again."""

from __future__ import annotations

from typing import Any

import pytest

from book import POPULATION, Book
from ceosample.signoff.rules.walk import Letters
from ceosample.signoff.store.events import Event, Subject

MONTHS = ("2026-10", "2026-11", "2026-12")


def letter(month: str) -> Subject:
    return Subject(POPULATION, month, f"R-{month}")


def months_of_one_letter() -> list[Event]:
    book = Book()
    for book.month in MONTHS:
        book.draw({"Cards": (9, 1)})
        book.sent(letter(book.month).unit_id)
    return book.events


@pytest.mark.parametrize("held", [3, 8, 9, 10])
def test_only_a_letter_of_a_month_that_was_let_go_is_looked_up(
    held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each month has three events of its letter: the months longest untouched go first."""
    monkeypatch.setattr("ceosample.signoff.rules.walk.HELD", held)
    events, asked = months_of_one_letter(), list[tuple[int, dict[str, Any]]]()

    def earlier(before: int, /, **about: Any) -> list[Event]:
        asked.append((before, about))
        month = [event for event in events if event.period == about["period"]]
        return [event for event in month if event.unit_id is not None]

    look_back: Any = earlier
    letters = Letters(look_back)
    for event in events:
        letters.take(event)
    gone = MONTHS[: 3 - max(1, min(3, held // 3))]
    for month in MONTHS:
        found = letters.of(letter(month), events[-1])
        assert found is not None
        assert found.state == "sent_for_signature"
        assert [*letters.of_month((POPULATION, month), 99)] == [letter(month)]
    after = len(events) + 1
    assert [before for before, _ in asked] == [after, 99] * len(gone)
    assert [about for _, about in asked[::2]] == [letter(month)._asdict() for month in gone]


def test_without_a_way_to_look_back_everything_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ceosample.signoff.rules.walk.HELD", 0)
    letters = Letters(None)
    for event in months_of_one_letter():
        letters.take(event)
    for month in MONTHS:
        assert letters.of(letter(month), None) is not None
        assert [*letters.of_month((POPULATION, month), 99)] == [letter(month)]
