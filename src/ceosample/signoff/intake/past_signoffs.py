"""Sign-offs from before the ledger: imported claims, which no one has verified.

A claim is not a state of a letter, and no figure counts it. It names the file and the row from
which it came. A file is withdrawn as a whole, and its claims stay on record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ceosample.canonical import Json, is_digest
from ceosample.errors import ConflictError, LedgerError, raise_faults
from ceosample.period import Period
from ceosample.signoff.intake.tracker import Tracker, TrackerRow
from ceosample.signoff.recording.event_fields import code
from ceosample.signoff.recording.month import require_population
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.replay.past_signoffs import CLAIM, WITHDRAWN, standing
from ceosample.signoff.store.events import Event, moment
from ceosample.text import quoted

#: What a claim holds, next to where it came from.
_SAID: Final = ("outcome", "stratum", "signed_by", "signed_on")


def import_tracker(
    transaction: Transaction, tracker: Tracker, population: str, by: str, at: dt.datetime
) -> tuple[Event, ...]:
    """Record the rows of a tracker; see ``Ledger.import_history``."""
    moment(at, "at")
    require_population(population)
    months = sorted({str(row.period) for row in tracker.rows})
    told = {month: transaction.find(population=population, period=month) for month in months}
    raise_faults(ConflictError, _conflicts(population, told))
    before = {
        (event.period, event.unit_id): event
        for events in told.values()
        for event in standing(events)
    }
    rows = [
        (row, _payload(tracker, row), before.get((str(row.period), row.unit_id)))
        for row in tracker.rows
    ]
    raise_faults(
        LedgerError,
        (
            f"row {row.row}: {fault}"
            for row, payload, found in rows
            for fault in _faults(row, payload, found, at)
        ),
    )
    return tuple(
        found
        or transaction.append(CLAIM, by, at, payload, population, str(row.period), row.unit_id)
        for row, payload, found in rows
    )


def withdraw(
    transaction: Transaction, file: str, population: str, by: str, at: dt.datetime, reason_code: str
) -> tuple[Event, ...]:
    """Make the claims of a file void; see ``Ledger.withdraw_history``."""
    if not is_digest(file):
        raise LedgerError(f"file: got {quoted(file, 64)}; give the file's SHA-256")
    moment(at, "at")
    payload: dict[str, Json] = {"file": file, "reason_code": code(reason_code)}
    claims = [
        e for e in transaction.find(population=population, kind=CLAIM) if e.payload["file"] == file
    ]
    if not claims:
        raise LedgerError(
            f"file: got {quoted(file, 64)}, and nothing was imported from it; find the file in the "
            "output of 'ceosample status'"
        )
    events = []
    for month in sorted({event.period or "" for event in claims}):
        told = transaction.find(population=population, period=month, unit_id=None, kind=WITHDRAWN)
        last = max(event.sequence for event in claims if event.period == month)
        said = (e for e in told if e.payload["file"] == file and e.sequence > last)
        events.append(
            next(said, None) or transaction.append(WITHDRAWN, by, at, payload, population, month)
        )
    return tuple(events)


def _conflicts(population: str, told: Mapping[str, Sequence[Event]]) -> Iterable[str]:
    """The problem of each month that was frozen in this ledger."""
    for month, events in told.items():
        frozen = next((event for event in events if event.kind == "frozen"), None)
        if frozen is not None:
            yield (
                f"{population}, {month}: was frozen here in event {frozen.sequence}, so it cannot "
                "be imported; remove its rows from the table"
            )


def _faults(
    row: TrackerRow, payload: Mapping[str, Json], before: Event | None, at: dt.datetime
) -> Iterable[str]:
    if row.signed_on is not None and row.signed_on > at.date():
        yield f"signed on {row.signed_on}, after the import on {at.date()}; correct the date"
    if row.period > Period(at.year, at.month):
        yield f"of {row.period}, which begins after the import on {at.date()}; correct the month"
    if before is not None and any(before.payload[name] != payload[name] for name in _SAID):
        file = str(before.payload["file"])
        yield (
            f"conflicts with event {before.sequence}, imported from file {file[:8]}; withdraw that "
            "file or correct the row"
        )


def _payload(tracker: Tracker, row: TrackerRow) -> dict[str, Json]:
    said = row.to_dict()
    return {
        "verified": False,
        **{name: said[name] for name in _SAID},
        "file": tracker.file,
        "sheet": tracker.sheet,
        "row": row.row,
    }
