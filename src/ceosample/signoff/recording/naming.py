"""Consent to be named in notices, recorded; the name is kept where it can be erased."""

from __future__ import annotations

import datetime as dt

from ceosample.canonical import Json
from ceosample.errors import LedgerError, raise_faults
from ceosample.got import Private, got
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.replay.naming import AGREED, AUDIENCES, WITHDRAWN, consents
from ceosample.signoff.store.events import Event
from ceosample.text import fault_in_name, quoted


def agree(
    transaction: Transaction, person: str, name: str, audience: str, at: dt.datetime
) -> Event:
    """Record that a person agrees to be named; see ``Ledger.agree_to_naming``."""
    faults = []
    if not isinstance(person, str) or fault_in_name(person):
        faults.append(f"person: got {quoted(person)}; give a person's id")
    if not isinstance(name, str) or fault_in_name(name):
        said = got(name, Private.CONTENTS if name else None)
        faults.append(f"name: {said}; give the person's name as text")
    if audience not in AUDIENCES:
        faults.append(f"audience: got {quoted(audience)}; use one of {', '.join(AUDIENCES)}")
    raise_faults(LedgerError, faults)
    events = transaction.of_people(None)
    before = consents(events).get(person)
    if before is not None and before.audience == audience and transaction.text(before.name) == name:
        return next(
            event
            for event in reversed(events)
            if event.kind == AGREED and event.payload["name"] == before.name
        )
    payload: dict[str, Json] = {
        "person": person,
        "audience": audience,
        "name": transaction.keep(name, person=person),
    }
    return transaction.append(AGREED, person, at, payload)


def withdraw(transaction: Transaction, person: str, by: str, at: dt.datetime) -> Event:
    """Record that a person is named no more; see ``Ledger.withdraw_naming``."""
    events = transaction.of_people(None)
    if person not in consents(events):
        for event in reversed(events):
            if event.kind == WITHDRAWN and event.payload["person"] == person:
                return event
    return transaction.append(WITHDRAWN, by, at, {"person": person})


def kept(transaction: Transaction, audience: str) -> dict[str, str]:
    """The names of those who agreed to be named before an audience, by person."""
    if audience not in AUDIENCES:
        raise LedgerError(f"audience: got {quoted(audience)}; use one of {', '.join(AUDIENCES)}")
    found = {
        consent.person: transaction.text(consent.name)
        for consent in consents(transaction.of_people(None)).values()
        if consent.reaches(audience)
    }
    return {person: name for person, name in sorted(found.items()) if name is not None}
