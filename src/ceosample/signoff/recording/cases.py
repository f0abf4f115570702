"""What people record about cases: that one came, its steps, what is said of it, its texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from ceosample.canonical import Json
from ceosample.errors import LedgerError, raise_faults
from ceosample.got import Private, got
from ceosample.period import Period
from ceosample.plain import plain
from ceosample.signoff.recording.event_fields import code, fields_of
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.replay.cases import (
    CASE_ANNOTATIONS,
    NATURES,
    OF_A_CASE,
    PREFIX,
    REFERRED,
    WAYS,
    CaseHistory,
    may_be_a_case,
)
from ceosample.signoff.rules.fields import A_NAME, A_PERSON, FIELDS, Field, one_of
from ceosample.signoff.rules.in_force import FIRST
from ceosample.signoff.store.events import Event, instant, moment
from ceosample.text import fault_in_name, quoted

_GIVEN: Mapping[str, Field] = {
    "came_by": one_of(*WAYS),
    "nature": one_of(*NATURES),
    "owner": A_PERSON,
    "division": A_NAME,
    "text": FIELDS["text"],
}


def refer(
    transaction: Transaction,
    *,
    population: str,
    due: dt.date | None,
    by: str,
    at: dt.datetime,
    **given: str | None,
) -> Event:
    """Open a case; see ``Ledger.refer``."""
    faults: list[str] = []
    if not isinstance(population, str) or fault_in_name(population):
        faults.append(f"population: got {quoted(population)}; give a population's id")
    payload: dict[str, Json] = {}
    for name, field in _GIVEN.items():
        value = given.get(name)
        if value is None and name not in ("came_by", "nature"):
            continue
        try:
            payload[name] = field.read(value)
        except ValueError:
            said = got(value, Private.CONTENTS if name == "text" else None)
            faults.append(f"{name}: {said}; give {field.allowed}")
    due = plain(due)
    if due is not None and (not isinstance(due, dt.date) or isinstance(due, dt.datetime)):
        faults.append(f"due: got {quoted(due)}; give a datetime.date")
    elif due is not None:
        payload["due"] = due.isoformat()
    raise_faults(LedgerError, (f"case, {fault}" for fault in faults))
    if transaction.rules == FIRST:
        raise LedgerError(
            f"case: a ledger under rules {FIRST} has no casebook; run 'ceosample upgrade' first"
        )
    casebook, text, said_at = transaction.casebook(), payload.pop("text", None), moment(at, "at")
    opened = (case.referred for case in casebook if case.population == population)
    for before in opened:
        if instant(before.at) == instant(said_at) and _is_same(
            transaction, before, by, payload, text
        ):
            return before
    case = casebook.next_id
    if text is not None:
        payload["text"] = transaction.keep(str(text), population=population, unit_id=case)
    return transaction.append(REFERRED, by, at, payload, population, None, case)


def record(
    transaction: Transaction,
    kind: str,
    case: CaseHistory,
    by: str,
    at: dt.datetime,
    said: Mapping[str, Any],
) -> Event:
    """Record an event of a case; see ``Ledger.record``."""
    if kind not in OF_A_CASE:
        raise LedgerError(
            f"case {case.id}, kind: got {quoted(kind)}, which is not recorded about a case; use "
            "one of " + ", ".join(sorted(OF_A_CASE))
        )
    payload = fields_of(f"case {case.id}, {quoted(kind)}", kind, OF_A_CASE[kind], said)
    text, said_at = payload.pop("text", None), moment(at, "at")
    said_before = (
        [event for event in case.said(kind) if instant(event.at) == instant(said_at)]
        if kind in CASE_ANNOTATIONS
        else case.said_before(kind)
    )
    for before in said_before:
        if _is_same(transaction, before, by, payload, text):
            return before
    if text is not None:
        payload["text"] = transaction.keep(str(text), population=case.population, unit_id=case.id)
    return transaction.append(PREFIX + kind, by, at, payload, case.population, None, case.id)


def _is_same(
    transaction: Transaction, event: Event, by: str, payload: Mapping[str, Json], text: Json
) -> bool:
    """Whether an event holds just this; where its text was erased, the rest has to do."""
    kept = {n: value for n, value in event.payload.items() if n not in ("recorder", "text")}
    if (event.actor, kept, "text" in event.payload) != (by, dict(payload), text is not None):
        return False
    return text is None or transaction.text(event.payload["text"]) in (None, text)


def find(transaction: Transaction, case: str, population: str | None) -> CaseHistory:
    """The case of an id; see ``Ledger.case``.

    Raises:
        LedgerError: there is none, or its opening was corrected.
    """
    casebook = transaction.casebook()
    found = [one for one in casebook if one.id == case and population in (None, one.population)]
    if found:
        return found[0]
    for name, unit_id in casebook.referred:
        if unit_id == case and population in (None, name):
            raise LedgerError(f"case {case}: was corrected, so it counts no more; check its id")
    raise LedgerError(f"case {quoted(case)}: is not in this ledger; check its id")


def is_a_case(
    transaction: Transaction,
    unit_id: object,
    population: str | None,
    period: str | Period | None,
) -> bool:
    """Whether an id means a case and no letter; see ``Ledger.is_a_case``.

    Raises:
        LedgerError: it can mean both, or neither.
    """
    if period is not None or not may_be_a_case(unit_id):
        return False
    named = [
        name
        for name, known in transaction.casebook().referred
        if known == unit_id and population in (None, name)
    ]
    where = {} if population is None else {"population": population}
    told = transaction.find(unit_id=str(unit_id), **where)
    if not told:
        raise LedgerError(f"{unit_id}: is neither a case nor a letter of this ledger; check its id")
    letters = _months(told)
    if named and letters:
        raise LedgerError(
            f"{unit_id}: is a case of {named[0]}, and a letter of {'; '.join(letters)}; give the "
            "letter's period (--period), or say that you mean the case (--case)"
        )
    return bool(named)


def _months(events: Iterable[Event]) -> list[str]:
    """The months in which a letter with this id was drawn."""
    drawn = {
        (str(event.population), event.period)
        for event in events
        if event.kind == "selected" and event.period is not None
    }
    return [f"{population}, {period}" for population, period in sorted(drawn)]


def hold(
    transaction: Transaction,
    case: str,
    population: str,
    by: str,
    at: dt.datetime,
    reason_code: str,
    *,
    lift: bool,
) -> Event:
    """Place or lift a legal hold on a case's texts."""
    events = _events_of(transaction, case, population)
    kind = "case_hold_lifted" if lift else "case_held"
    holds = [event for event in events if event.kind in ("case_held", "case_hold_lifted")]
    if holds and holds[-1].kind == kind:
        return holds[-1]
    payload: dict[str, Json] = {"reason_code": code(reason_code)}
    return transaction.append(kind, by, at, payload, population, None, case)


def forget(
    transaction: Transaction, case: str, population: str, by: str, at: dt.datetime, reason_code: str
) -> Event:
    """Erase a case's texts; see ``Ledger.forget``."""
    newest = _events_of(transaction, case, population)[-1]
    reason = code(reason_code)
    erased = transaction.erase(population=population, period=None, unit_id=case)
    if not erased and newest.kind == "case_forgotten":
        return newest
    payload: dict[str, Json] = {"texts": erased, "reason_code": reason}
    return transaction.append("case_forgotten", by, at, payload, population, None, case)


def _events_of(transaction: Transaction, case: str, population: str) -> list[Event]:
    """The events of a case, also of one whose opening was corrected.

    Raises:
        LedgerError: there is none.
    """
    if (population, case) not in transaction.casebook().referred:
        raise LedgerError(
            f"case {quoted(case)}: is not in this ledger for {quoted(population)}; check its id "
            "and its population, or give the period of a letter (--period)"
        )
    return transaction.find(population=population, period=None, unit_id=case)
