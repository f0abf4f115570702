"""Which rules are in force after an event: they rise by events of one kind, and by no other."""

from __future__ import annotations

from typing import Any

import pytest

from ceosample.errors import LedgerError
from ceosample.signoff.rules.in_force import (
    FIRST,
    KIND,
    NEWEST,
    require_begun,
    rules_after,
    rules_in_force,
)
from ceosample.signoff.store.events import Event


def event_of(payload: dict[str, Any], kind: str = KIND) -> Event:
    at = "2026-11-02T09:00:00+00:00"
    return Event(1, at, at, "office", kind, None, None, None, payload, "0" * 64)


@pytest.mark.parametrize("kind", ["frozen", "rule", "rules_", "viewed", ""])
def test_an_event_of_another_kind_begins_no_rules(kind: str) -> None:
    assert rules_after(event_of({"rules": NEWEST}, kind), FIRST) == FIRST


@pytest.mark.parametrize("begun", [None, True, "2", 2.0, 0, -1, FIRST, NEWEST + 1])
def test_what_is_no_later_number_that_is_known_changes_nothing(begun: Any) -> None:
    """'the number only rises, and a number that this release does not know is none'"""
    assert rules_after(event_of({"rules": begun}), FIRST) == FIRST
    assert rules_after(event_of({}), FIRST) == FIRST


def test_the_number_rises_once_and_never_falls() -> None:
    newer = event_of({"rules": NEWEST})
    assert rules_after(newer, FIRST) == NEWEST
    assert rules_after(newer, NEWEST) == NEWEST
    assert rules_in_force([event_of({}, "opened"), newer, event_of({"rules": FIRST})]) == NEWEST


def test_only_later_rules_that_are_known_can_be_begun() -> None:
    require_begun(event_of({"rules": NEWEST}), NEWEST - 1)
    with pytest.raises(LedgerError, match=f"rules {NEWEST} are in force already"):
        require_begun(event_of({"rules": NEWEST}), NEWEST)
    with pytest.raises(LedgerError, match=f"rules {NEWEST} are in force already"):
        require_begun(event_of({"rules": NEWEST - 1}), NEWEST)
    with pytest.raises(LedgerError, match="use a newer one"):
        require_begun(event_of({"rules": NEWEST + 1}), NEWEST)


def test_how_far_a_time_may_be_ahead_changes_under_the_same_rules() -> None:
    require_begun(event_of({"rules": NEWEST, "ahead_seconds": 60}), NEWEST)
    with pytest.raises(LedgerError, match="in force already"):
        require_begun(event_of({"rules": NEWEST - 1, "ahead_seconds": 60}), NEWEST)
