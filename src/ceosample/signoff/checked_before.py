"""The part of a ledger that was checked before: up to a head that the caller keeps elsewhere.

The head is the hash of an event that names the hash before it, and so on to the first. So every
event up to it is hashed and must be bound to the next one, to the byte; its row must have the
columns that its text says. What is spared is to read each and to judge it by the rules again.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from typing import Any, Final

import attrs

from ceosample.errors import CeosampleError
from ceosample.signoff.replay.lifecycle import INITIAL
from ceosample.signoff.replay.past_signoffs import CLAIM
from ceosample.signoff.rules.following import unfinished_after
from ceosample.signoff.rules.forms import faults_of_form
from ceosample.signoff.rules.in_force import rules_after
from ceosample.signoff.rules.unfinished import Unfinished
from ceosample.signoff.rules.walk import Walk
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.read_rows import BEGINNING, After, is_bound, read_row
from ceosample.signoff.store.store import event_of_row
from ceosample.text import quoted

#: Kinds of events about a letter of which a walk keeps more than the letter's own history.
_KEPT: Final = frozenset({CLAIM})


@attrs.define
class Passed:
    """What was passed on the way to the head.

    Attributes:
        place: after the newest event that was passed.
        seen: whether the hash from paper is among them, or none was given.
        rest: the rows of the last page after it.
        fault: what is wrong on the way, in words; None where nothing is.
    """

    place: After
    seen: bool
    rest: Sequence[Any] = ()
    fault: str | None = None


def pass_to(
    head: str, pages: Iterator[Sequence[Any]], walk: Walk, paper: str | None = None
) -> Passed:
    """Pass all events up to the one with a hash; the walk then knows what it needs of them.

    Args:
        head: the hash, of an event up to which a check was made before.
        pages: the rows of the ledger from its beginning, which are read up to there.
        walk: a new one, which can look back.
        paper: another hash that must be among them or after; or None.
    """
    place, seen = BEGINNING, paper is None
    months: set[tuple[str, str]] = set()
    step: list[Event] = []
    for page in pages:
        for number, row in enumerate(page, 1):
            if not is_bound(row, place):
                event, fault = read_row(row, place)
                if event is None or fault is not None:
                    return Passed(place, seen, fault=str(fault))
            place = After(row.sequence, row.hash)
            seen = seen or row.hash == paper
            if row.unit_id is not None and row.period is not None:
                months.add((row.population, row.period))
            is_last = row.hash == head
            is_of_a_draw = bool(step) and row.kind in INITIAL
            if not is_of_a_draw:
                step = []
            if _tells(row) or is_of_a_draw or is_last:
                event = event_of_row(row)
                if _tells(row):
                    _follow(walk, event)
                if row.kind == "drawn" or is_of_a_draw or is_last:
                    step.append(event)
            if is_last:
                walk.resume(step[-1], months)
                walk.unfinished = _unfinished(step, walk)
                return Passed(place, seen, page[number:])
    return Passed(
        place,
        seen,
        fault=f"no event has the hash {quoted(head, 64)} that was given as checked: events after "
        f"event {place.sequence} were cut off, or the ledger was rewritten",
    )


def _tells(row: Any) -> bool:
    """Whether a walk keeps something of an event: what is about one letter is looked up later."""
    return row.unit_id is None or row.period is None or row.kind in _KEPT


def _follow(walk: Walk, event: Event) -> None:
    """Take an event as the check before did: one that is malformed was left out."""
    malformed = any(faults_of_form(event, rules_after(event, walk.rules)))
    walk.pass_over(event, malformed=malformed)


def _unfinished(step: Sequence[Event], walk: Walk) -> Unfinished | None:
    """What the newest events left to be continued: a draw's letters follow one by one."""
    left: Unfinished | None = None
    # What was refused for its payload left nothing.
    with contextlib.suppress(CeosampleError, KeyError, TypeError, ValueError):
        for event in step:
            left = unfinished_after(event, left, walk)
        return left
    return None


def rest_of(passed: Passed, pages: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The pages of what came after."""
    return itertools.chain([passed.rest], pages)
