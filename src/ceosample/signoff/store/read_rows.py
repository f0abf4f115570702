"""Stored rows as the events that they must be: what a check of the ledger reads, and trusts none.

A page of rows is proved at once, which is quick; one of which anything is wrong is read row by row,
which words it.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from ceosample.canonical import are_canonical, digest, is_digest, read_quickly
from ceosample.signoff.store.events import NOTHING_BEFORE, Event, UnreadEvent, event_of, unread
from ceosample.signoff.store.store import row_of
from ceosample.text import quoted


class After(NamedTuple):
    """Between which events the reading is: after the number and the hash of one."""

    sequence: int
    hash: str


#: Before the first event.
BEGINNING: Final = After(0, NOTHING_BEFORE)


class ReadRow(NamedTuple):
    """A row that was read.

    Attributes:
        hash: the event's hash, as it is stored.
        event: the event; None where the row holds none.
        fault: the first thing that is wrong with the row, in words; None where nothing is.
        is_written: whether a quick reader proved the event's form too.
    """

    hash: str
    event: Event | None
    fault: str | None = None
    is_written: bool = False


#: A quick reader: of a kind and a text, the event of that kind and canonical form that the text is
#: proved to hold; None where it proves nothing.
QuickReader: TypeAlias = Callable[[str, str], Event | None]


def _proves_nothing(_kind: str, _text: str) -> Event | None:
    return None


def read_pages(
    pages: Iterable[Sequence[Any]],
    place: After = BEGINNING,
    quick: QuickReader = _proves_nothing,
) -> Iterator[ReadRow]:
    """The rows of pages in their order, up to the first that is wrong.

    Args:
        pages: rows of all columns of the events' table, in their order there.
        place: after which event they follow.
        quick: what is asked first for the event of each text.
    """
    for page in pages:
        if not page:
            continue
        events = _proved(page, place, quick)
        if events is not None:
            yield from events
        else:
            for read in read_rows(page, place):
                yield read
                if read.event is None or read.fault is not None:
                    return
        place = After(page[-1].sequence, page[-1].hash)


def read_rows(rows: Iterable[Any], place: After = BEGINNING) -> Iterator[ReadRow]:
    """The same of rows, one by one: nothing is read before it is asked for."""
    for row in rows:
        event, fault = read_row(row, place)
        yield ReadRow(row.hash, event, fault)
        if event is None or fault is not None:
            return
        place = After(event.sequence, row.hash)


def _proved(page: Sequence[Any], place: After, quick: QuickReader) -> list[ReadRow] | None:
    """The rows of a page of which each holds an event as it must be; None if any proof fails."""
    number, newest = place
    texts: list[str] = []
    values: list[Any] = []
    found: list[ReadRow] = []
    sha256 = hashlib.sha256
    try:
        for sequence, stored, kind, population, period, unit_id, text in page:
            number += 1
            if sha256(text.encode()).hexdigest() != stored:
                return None
            event = quick(kind, text)
            is_written = event is not None
            if event is None:
                fields = read_quickly(text)
                event = event_of(fields)
                texts.append(text)
                values.append(fields)
            if (
                sequence != number
                or event.sequence != sequence
                or event.kind != kind
                or event.population != population
                or event.period != period
                or event.unit_id != unit_id
                or event.previous != newest
            ):
                return None
            newest = stored
            found.append(ReadRow(stored, event, None, is_written))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None  # no text, no JSON of ours, or other keys
    return found if are_canonical(texts, values) else None


def is_bound(row: Any, place: After) -> bool:
    """Whether a row follows from the event before it and has the columns that its text says.

    Only for a text of which a head is to prove that it is canonical as it was: its fields are
    found by their places in the bytes, and no JSON is read. False may also mean that this quick
    way cannot tell.
    """
    number, stored, kind, population, period, unit_id, text = row
    if number != place.sequence + 1 or not isinstance(text, str):
        return False
    if hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest() != stored:
        return False
    end = f',"sequence":{number},"unit_id":{_written(unit_id)}}}'
    about = (
        f',"period":{_written(period)},"population":{_written(population)}'
        f',"previous":"{place.hash}","recorded_at":"'
    )
    _, _, after = text.partition(',"kind":')
    return (
        text.endswith(end)
        and text[: -len(end) - _A_TIME].endswith(about)
        and after.startswith(f'{_written(kind)},"payload":{{')
    )


#: The length of a recorded time and the quotation mark that ends it.
_A_TIME: Final = len('2026-11-02T09:00:00.000000Z"')


@functools.lru_cache(maxsize=4096)
def _written(value: str | None) -> str:
    """A column as the text of an event has it."""
    return json.dumps(value, ensure_ascii=False)


def read_row(row: Any, place: After) -> tuple[Event | None, str | None]:
    """The event of a row, or the first thing that is wrong with it."""
    expected = place.sequence + 1
    where = f"event {row.sequence}"
    if row.sequence != expected:
        return None, f"event {expected}: missing; the next one there is event {row.sequence}"
    if not isinstance(row.text, str):
        return None, f"{where}: its text is not text"
    data = row.text.encode(errors="surrogateescape")
    if digest(data) != row.hash:
        return None, f"{where}: its text was changed, or its hash; they do not fit each other"
    try:
        event = Event.parse(data)
    except (ValueError, TypeError) as error:
        event = unread(data, row.sequence, str(error))
        if not is_digest(event.previous):
            return None, f"{where}: {error}"
    if event.previous != place.hash:
        return None, f"{where}: does not follow from the event before it; that one was changed"
    columns = {} if isinstance(event, UnreadEvent) else row_of(event)
    for name, value in columns.items():
        if getattr(row, name) != value:
            return (
                None,
                f"{where}: the column {name} holds {quoted(getattr(row, name))}, the event's text "
                f"{quoted(value)}",
            )
    return event, None
