"""Which events can be read: what is malformed under its own rules is named and left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ceosample.signoff.rules.forms import faults_of_form
from ceosample.signoff.rules.in_force import FIRST, rules_after
from ceosample.signoff.store.events import Event, warn_left_out


def readable(
    events: Iterable[Event], begun: Sequence[Event], *, tell: bool = True
) -> Iterator[Event]:
    """The events whose form their own rules allow.

    Args:
        events: events of a ledger.
        begun: its events ``rules``, which say which rules were in force where.
        tell: True to warn of each event that is left out, with its number.
    """
    for event in events:
        fault = fault_of_form(event, begun)
        if fault is None:
            yield event
        elif tell:
            warn_malformed(event, fault)


def warn_malformed(event: Event, fault: str) -> None:
    """Warn of an event whose form is wrong."""
    warn_left_out(f"event {event.sequence}: is malformed ({fault})")


def fault_of_form(event: Event, begun: Sequence[Event]) -> str | None:
    """What is wrong with an event's form under its own rules; None where nothing is."""
    rules = FIRST
    for beginning in begun:
        if beginning.sequence <= event.sequence:
            rules = rules_after(beginning, rules)
    return next(faults_of_form(event, rules), None)
