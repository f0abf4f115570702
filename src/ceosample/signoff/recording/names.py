"""People's names, kept where they can be erased; events hold ids and salted digests alone."""

from __future__ import annotations

import datetime as dt

from ceosample.canonical import Json
from ceosample.errors import LedgerError
from ceosample.signoff.recording.event_fields import code
from ceosample.signoff.recording.transaction import Book
from ceosample.signoff.store.events import Event, uncorrected
from ceosample.text import fault_in_name, shown


def keep(book: Book, person: str, name: str, by: str, at: dt.datetime) -> Event:
    """Keep a person's name; see ``Ledger.name``."""
    _require_id(person)
    if not isinstance(name, str) or fault_in_name(name):
        raise LedgerError("name: is none; give text")
    newest = _newest(book).get(person)
    if newest is not None and (newest.actor, book.text(newest.payload["name"])) == (by, name):
        return newest
    payload: dict[str, Json] = {"person": person, "name": book.keep(name, person=person)}
    return book.append("named", by, at, payload)


def kept(book: Book) -> dict[str, str]:
    """The names that were not erased, by person; of several the newest."""
    found = {person: book.text(event.payload["name"]) for person, event in _newest(book).items()}
    return {person: name for person, name in found.items() if name is not None}


def forget(book: Book, person: str, by: str, at: dt.datetime, reason_code: str) -> Event:
    """Erase a person's name; see ``Ledger.forget_person``."""
    _require_id(person)
    reason, erased = code(reason_code), book.erase(person=person)
    for event in book.find(kind="forgotten", population=None):
        if not erased and event.payload["person"] == person:
            return event
    payload: dict[str, Json] = {"person": person, "texts": erased, "reason_code": reason}
    return book.append("forgotten", by, at, payload)


def _newest(book: Book) -> dict[str, Event]:
    """The newest event of each person's name; those that were corrected do not count."""
    events = uncorrected(book.of_people(None))
    return {event.payload["person"]: event for event in events if event.kind == "named"}


def _require_id(person: object) -> None:
    if not isinstance(person, str) or fault_in_name(person):
        raise LedgerError(f"person: got {shown(person)}; give a person's id")
