"""Readings: populations of what is no letter, such as calls, chats, posts and answers of a bot.

The event that freezes a month says so, and so does the first event of each of its units. They are
drawn, shown and read; nobody signs them or sends them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ceosample.canonical import Json
from ceosample.signoff.store.events import Event

READING: Final = "reading"


def marked(payload: Mapping[str, Json], is_reading: bool) -> dict[str, Json]:
    """A payload that says that it is about readings; of letters no field says anything."""
    return {**payload, **({READING: True} if is_reading else {})}


def unmarked(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload without that."""
    return {name: value for name, value in payload.items() if name != READING}


def is_of_readings(frozen: Event | None) -> bool:
    """Whether a freeze is of a month of readings."""
    return frozen is not None and frozen.payload.get(READING) is True


def populations_of_readings(events: Iterable[Event]) -> set[str]:
    """The populations whose newest freeze, by month and number, is of readings."""
    newest: dict[str, Event] = {}
    for event in events:
        if event.kind == "frozen" and event.population is not None:
            before = newest.get(event.population)
            if before is None or _order(before) <= _order(event):
                newest[event.population] = event
    return {name for name, frozen in newest.items() if is_of_readings(frozen)}


def _order(frozen: Event) -> tuple[str, int]:
    return frozen.period or "", frozen.sequence
