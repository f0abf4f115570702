"""Which rules are in force: they have numbers, and an event ``rules`` begins the next number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ceosample.errors import LedgerError
from ceosample.form import is_count
from ceosample.signoff.rules.clock import AHEAD_SECONDS
from ceosample.signoff.store.events import Event

#: The kind of event that begins the rules of the number in its payload.
KIND: Final = "rules"

#: The rules of release 0.1, in force until an event says otherwise.
FIRST: Final = 1

#: The newest rules that this release knows; a new ledger begins with them.
NEWEST: Final = 2


def rules_after(event: Event, rules: int) -> int:
    """The number of the rules in force after an event, where ``rules`` were in force before it.

    An event that cannot begin rules changes nothing: the number only rises, and a number that this
    release does not know is none.
    """
    if event.kind != KIND:
        return rules
    begun = event.payload.get("rules")
    return begun if is_count(begun) and rules < begun <= NEWEST else rules


def require_begun(event: Event, rules: int) -> None:
    """Raise unless an event begins rules that this release knows, after those in force.

    Raises:
        LedgerError: they are in force already, or of a later release.
    """
    begun = event.payload["rules"]
    if begun > NEWEST:
        raise LedgerError(
            f"rules: got {begun}, and this release knows rules {FIRST} to {NEWEST}; use a newer one"
        )
    if begun == rules and AHEAD_SECONDS in event.payload:
        return  # how far a claimed time may be ahead changes, and nothing else
    if begun <= rules:
        raise LedgerError(f"rules: got {begun}, and rules {rules} are in force already")


def rules_in_force(begun: Iterable[Event]) -> int:
    """The number of the rules in force after these events, of which those of ``KIND`` count.

    >>> rules_in_force([])
    1
    """
    rules = FIRST
    for event in begun:
        rules = rules_after(event, rules)
    return rules
