"""The times of an event under rules 2: when it happened, as claimed, and the recorder's clock.

A claimed time may be a little ahead of the recorder's clock. The recorder's clock goes forward from
event to event, and not by years; where a person says by name that it is right all the same, an
event ``clock_corrected`` comes first, at which ``recorded_at`` may go back.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable
from typing import Final

from ceosample.days import month_of
from ceosample.duration import in_words
from ceosample.form import is_count
from ceosample.period import Period
from ceosample.signoff.replay.valid_events import moment_at, when
from ceosample.signoff.store.events import Event

#: The kind of event at which the recorder's clock may go back, or forward by years.
CORRECTED: Final = "clock_corrected"

#: The field that holds what a wrong clock claimed, where `at` is what was made of it.
CLAIMED: Final = "claimed_at"

#: How far a claimed time may be ahead of the recorder's clock, where the ledger says nothing else.
AHEAD: Final = dt.timedelta(minutes=10)

#: How far it may be at most, whatever a firm wants: a day, which is no mistyped year.
LARGEST_AHEAD: Final = dt.timedelta(days=1)

#: The field of the event ``rules`` that says how far, in seconds.
AHEAD_SECONDS: Final = "ahead_seconds"

#: How far the recorder's clock may be behind the newest event: then that event's time is taken.
BEHIND: Final = dt.timedelta(minutes=5)

#: How far the recorder's clock may be ahead of the newest event.
PAUSE: Final = dt.timedelta(days=400)

#: A month begins in the first time zone so long before it does in UTC.
_FIRST_ZONE: Final = dt.timedelta(hours=14)

#: The kinds of events that begin a month, which must have begun.
_OF_A_MONTH: Final = ("frozen", "reconciled")

#: The kinds of events of which more is asked than that they are in order.
_NEVER_QUICK: Final = (CORRECTED, *_OF_A_MONTH)

#: A time as the recorder writes it.
_RECORDED: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


@functools.lru_cache(maxsize=16)
def is_recorded(text: str) -> bool:
    """Whether a time is written as the recorder writes it."""
    try:
        return _RECORDED.fullmatch(text) is not None and bool(dt.datetime.fromisoformat(text))
    except ValueError:
        return False


def ahead_after(event: Event, ahead: dt.timedelta) -> dt.timedelta:
    """How far a claimed time may be ahead after an event, where it was ``ahead`` before it."""
    if event.kind != "rules":
        return ahead
    seconds = event.payload.get(AHEAD_SECONDS)
    return dt.timedelta(seconds=seconds) if is_count(seconds) else ahead


def ahead_in_force(begun: Iterable[Event]) -> dt.timedelta:
    """How far a claimed time may be ahead after these events, of which those of ``rules`` count."""
    ahead = AHEAD
    for event in begun:
        ahead = ahead_after(event, ahead)
    return ahead


@functools.lru_cache(maxsize=4096)
def moment_of(text: str) -> dt.datetime | None:
    """A time with its offset; None for another text, and for a time that UTC does not have."""
    try:
        moment = dt.datetime.fromisoformat(text)
        moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return None if moment.utcoffset() is None else moment


def is_clock_time(text: object) -> bool:
    """Whether a text is a time as a clock shows it: a date and a time of day, without an offset.

    >>> is_clock_time("2026-11-02 14:05"), is_clock_time("2026-11-02"), is_clock_time("14:05")
    (True, False, False)
    """
    if not isinstance(text, str):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        try:
            return dt.datetime.fromisoformat(text).utcoffset() is None
        except ValueError:
            return False
    return False  # a date alone: at which time is not known


def faults_of_times(event: Event, before: Event | None, ahead: dt.timedelta) -> list[str]:
    """What rules 2 refuse in an event for its times.

    Args:
        event: the event.
        before: the one before it; None for the first.
        ahead: how far a claimed time may be ahead of the recorder's clock.
    """
    if before is not None and are_in_order(event, before):
        return []
    recorded = None if before is None else fault_of_recorded_at(event, before)
    at, month = fault_of_at(event, ahead), fault_of_month(event)
    return [fault for fault in (recorded, at, month) if fault]


def are_in_order(event: Event, before: Event) -> bool:
    """Whether the times of an event are right: the quick proof, which most events pass.

    It happened, was recorded then or later, and the clock stood there or a little before. Times
    that are written alike are compared as text, and those of one year are near each other.
    """
    clock, newest = event.recorded_at, before.recorded_at
    return (
        newest <= clock
        and newest[:4] == clock[:4]
        and event.kind not in _NEVER_QUICK
        and _in_utc(event.at) <= clock
        and is_recorded(clock)
        and is_recorded(newest)
    )


@functools.lru_cache(maxsize=4096)
def _in_utc(text: str) -> str:
    """A time as the recorder writes its own; for a text that is none, what is after all of them."""
    moment = moment_of(text)
    if moment is None:
        return "~"
    return f"{moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def fault_of_clock(clock: dt.datetime, newest: dt.datetime) -> str | None:
    """What is wrong with the recorder's clock after the newest event; None for nothing."""
    if newest - clock > BEHIND:
        return f"which is {in_words(newest - clock)} before"
    if clock - newest > PAUSE:
        return f"which is {in_words(clock - newest)} after"
    return None


def fault_of_recorded_at(event: Event, before: Event) -> str | None:
    """What is wrong with when an event was recorded, after the one before it; None for nothing.

    What only rules 2 refuse is among it: a clock that went forward by years.
    """
    clock, newest = moment_of(event.recorded_at), moment_of(before.recorded_at)
    if clock is None or newest is None:
        return None  # the form of the event is at fault
    found = fault_of_clock(clock, newest)
    if event.kind == CORRECTED:
        return None if found else "corrects a clock that was right"
    if found is None and clock < newest:
        found = f"which is {in_words(newest - clock)} before"
    return found and f"recorded_at: got {event.recorded_at}, {found} event {before.sequence}"


def fault_of_at(event: Event, ahead: dt.timedelta) -> str | None:
    """What is wrong with when an event is claimed to have happened; None for nothing."""
    at, recorded_at = moment_of(event.at), moment_of(event.recorded_at)
    if at is None or recorded_at is None or at - recorded_at <= ahead:
        return None
    return words_of_at(event.at, at - recorded_at, event.recorded_at)


def words_of_at(at: str, over: dt.timedelta, clock: str) -> str:
    """What is wrong with a claimed time that is ahead of the recorder's clock."""
    return (
        f"at: got {at}, which is {in_words(over)} after the recorder's clock ({clock}); give the "
        "time at which it happened"
    )


def fault_of_month(event: Event) -> str | None:
    """What is wrong with the month that an event begins: it must have begun; None for nothing."""
    if event.kind not in _OF_A_MONTH or event.period is None:
        return None
    recorded_at = moment_of(event.recorded_at)
    if recorded_at is None:
        return None
    latest = (recorded_at + _FIRST_ZONE).astimezone(dt.UTC)
    try:
        begun = Period.parse(event.period) <= month_of(latest)
    except (ValueError, OverflowError):
        return None
    return (
        None
        if begun
        else f"period: got {event.period}, which has not begun by the recorder's clock "
        f"({event.recorded_at}); give a month that has"
    )


def happened_by(event: Event, corrections: Iterable[Event], ahead: dt.timedelta) -> dt.datetime:
    """The latest time at which an event can have happened, by what is on record.

    It is the claimed one, unless that is too far ahead of the recorder's clock: then it is when the
    event was recorded. Where the recorder's clock was ahead itself, the event that set it right
    tells by when that was.

    Args:
        event: of a time with its offset.
        corrections: the ledger's events ``clock_corrected``.
        ahead: how far a claimed time may be ahead of the recorder's clock.
    """
    at = when(event)
    recorded = recorded_by(event.sequence, event.recorded_at, corrections)
    by_then = moment_at(recorded)
    return at if at - by_then <= ahead else by_then


def recorded_by(sequence: int, recorded_at: str, corrections: Iterable[Event]) -> str:
    """The latest time at which an event was recorded: a clock set right later bounds it."""
    later = [e.recorded_at for e in corrections if e.sequence > sequence]
    return min([recorded_at, *later]) if later else recorded_at
