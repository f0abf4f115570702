"""People's names, kept where they can be erased; events hold ids and salted digests alone."""

from __future__ import annotations

import datetime as dt

from ceosample.canonical import Json
from ceosample.errors import LedgerError
from ceosample.got import Private, got
from ceosample.signoff.recording.event_fields import code
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.store.events import Event, uncorrected
from ceosample.text import fault_in_name, quoted


def keep(transaction: Transaction, person: str, name: str, by: str, at: dt.datetime) -> Event:
    """Keep a person's name; see ``Ledger.name``."""
    _require_id(person)
    if not isinstance(name, str) or fault_in_name(name):
        raise LedgerError(
            f"name: {got(name, Private.CONTENTS if name else None)}; give the person's name as text"
        )
    newest = _newest(transaction).get(person)
    if newest is not None and (newest.actor, transaction.text(newest.payload["name"])) == (
        by,
        name,
    ):
        return newest
    payload: dict[str, Json] = {"person": person, "name": transaction.keep(name, person=person)}
    return transaction.append("named", by, at, payload)


def kept(transaction: Transaction) -> dict[str, str]:
    """The names that were not erased, by person; a person's newest where there are several."""
    found = {
        person: transaction.text(event.payload["name"])
        for person, event in _newest(transaction).items()
    }
    return {person: name for person, name in found.items() if name is not None}


def forget(
    transaction: Transaction, person: str, by: str, at: dt.datetime, reason_code: str
) -> Event:
    """Erase a person's name; see ``Ledger.forget_person``."""
    _require_id(person)
    reason, erased = code(reason_code), transaction.erase(person=person)
    for event in transaction.find(kind="forgotten", population=None):
        if not erased and event.payload["person"] == person:
            return event
    payload: dict[str, Json] = {"person": person, "texts": erased, "reason_code": reason}
    return transaction.append("forgotten", by, at, payload)


def _newest(transaction: Transaction) -> dict[str, Event]:
    """The newest event of each person's name; those that were corrected do not count."""
    events = uncorrected(transaction.of_people(None))
    return {event.payload["person"]: event for event in events if event.kind == "named"}


def _require_id(person: object) -> None:
    if not isinstance(person, str) or fault_in_name(person):
        raise LedgerError(f"person: got {quoted(person)}; give a person's id")
