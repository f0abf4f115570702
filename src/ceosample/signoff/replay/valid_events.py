"""The events that count: what was corrected or superseded stays on record and counts no longer."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Hashable, Iterable, Iterator

from ceosample.signoff.replay.history import History, replay
from ceosample.signoff.replay.lifecycle import ANNOTATIONS, STATES
from ceosample.signoff.store.events import Event, Subject, moment, uncorrected


def valid_events(events: Iterable[Event]) -> list[Event]:
    """The valid events, in order.

    It leaves out the events that a ``corrected`` event made void (a correction cannot be
    corrected), and in each month those before its newest ``superseded``, whose draw no longer
    counts. It keeps ``corrected`` and ``superseded``, so that you can count them.
    """
    standing = uncorrected(events)
    newest = {_month(e): number for number, e in enumerate(standing) if e.kind == "superseded"}
    if not newest:
        return standing
    return [
        event
        for number, event in enumerate(standing)
        if event.kind == "superseded" or number > newest.get(_month(event), -1)
    ]


def valid_events_at(events: Iterable[Event], as_of: dt.datetime) -> list[Event]:
    """The events that were valid at a moment.

    It leaves out events and corrections whose ``at`` is later. A step counts only after the steps
    before it, and after the correction or the superseded draw that made room for it, so every
    letter's history is cut at one place.

    Args:
        events: the ledger's events, in order.
        as_of: the moment, aware.

    Raises:
        LedgerError: a moment without a time zone.
    """
    moment(as_of, "as_of")
    begun_later: set[Hashable] = set()
    found = []
    for event in valid_events(_told(events, as_of)):
        story = _story(event)
        if when(event) > as_of:
            if story is not None:
                begun_later.add(story)
        elif story not in begun_later:
            found.append(event)
    return found


def histories_of(counted: Iterable[Event], *, annotations: bool = False) -> dict[Subject, History]:
    """What is true of each letter by the events that count: its states, and annotations if asked.

    A correction has done its work by then: what it made void is not among these events.
    """
    kinds = {*STATES, *ANNOTATIONS} if annotations else STATES
    return replay(event for event in counted if event.kind in kinds)


def _told(events: Iterable[Event], as_of: dt.datetime) -> Iterator[Event]:
    """All but the changes after a moment, and what they made room for."""
    changed: set[Hashable] = set()
    for event in events:
        if event.kind in ("corrected", "superseded") and when(event) > as_of:
            changed.add(event.subject if event.kind == "corrected" else _month(event))
            changed.discard(None)  # a correction that is about no letter makes room in none
        elif _month(event) in changed:
            continue
        elif event.kind not in STATES or event.subject not in changed:
            yield event


def when(event: Event) -> dt.datetime:
    """When it happened, as claimed."""
    return moment_at(event.at)


@functools.lru_cache(maxsize=4096)
def moment_at(text: str) -> dt.datetime:
    """The moment that an event's text of a time means, with the offset that it is written with."""
    return dt.datetime.fromisoformat(text)


def _month(event: Event) -> Hashable:
    """The month that an event is about; None where it is about none, which none supersedes."""
    return None if event.period is None else (event.population, event.period)


def _story(event: Event) -> Hashable:
    """What an event is a step of, if the steps before it must count for it to count."""
    if event.kind in STATES:
        return event.subject
    if event.kind.startswith("oop_"):
        return event.population, event.payload.get("resolution")
    return None
