"""The events that readers count, of stored rows: proved quickly where that is possible."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ceosample.signoff.proving.written import WrittenEvents
from ceosample.signoff.rules.in_force import NEWEST, rules_in_force
from ceosample.signoff.rules.judge import readable
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.store import event_of_row


def readable_rows(pages: Iterable[Sequence[Any]], begun: Sequence[Event]) -> Iterator[Event]:
    """The events whose form their own rules allow, each hashed; the others are named in warnings.

    Args:
        pages: rows of all columns of the events' table.
        begun: the ledger's events ``rules``, which say which rules were in force where.

    Raises:
        LedgerError: a row whose text and hash do not fit each other.
    """
    quick, first = WrittenEvents(), _first_under_the_newest(begun)
    for page in pages:
        for row in page:
            event = _proved(row, quick)
            if event is not None and first is not None and event.sequence >= first:
                yield event
            else:
                yield from readable([event_of_row(row)], begun)


def _proved(row: Sequence[Any], quick: WrittenEvents) -> Event | None:
    """The event of a row whose text has its hash, in a form that the newest rules allow."""
    _, stored, kind, _, _, _, text = row
    try:
        if hashlib.sha256(text.encode()).hexdigest() != stored:
            return None
    except (AttributeError, UnicodeEncodeError):
        return None
    return quick.read(kind, text)


def _first_under_the_newest(begun: Sequence[Event]) -> int | None:
    """The number of the event that begins the newest rules; None where none does."""
    for number, event in enumerate(begun, 1):
        if rules_in_force(begun[:number]) == NEWEST:
            return event.sequence
    return None
