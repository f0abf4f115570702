"""Sign-offs of the time before the ledger: claims that somebody brought in, verified by nobody.

A claim is no state of a letter and no figure counts it. It names the file and the row that it came
from; a file is withdrawn as a whole, and what it said stays on record.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import attrs

from ceosample.canonical import Json, is_digest
from ceosample.errors import ConflictError, LedgerError, raise_all
from ceosample.form import is_count
from ceosample.period import Period
from ceosample.sampling.frame import POPULATION
from ceosample.sampling.strata import Stratum
from ceosample.show import of, stratum_words
from ceosample.signoff.book import Book
from ceosample.signoff.coverage import Ratio
from ceosample.signoff.duties import require_role
from ceosample.signoff.effective import when
from ceosample.signoff.events import Event, moment
from ceosample.signoff.reach import within
from ceosample.signoff.said import code
from ceosample.signoff.tracker import Tracker, TrackerRow
from ceosample.signoff.tracker_columns import OUTCOMES
from ceosample.text import shown

CLAIM: Final = "imported"
WITHDRAWN: Final = "import_withdrawn"
KINDS: Final = (CLAIM, WITHDRAWN)

#: What a claim says, beside where it says it.
_SAID: Final = ("outcome", "stratum", "signed_by", "signed_on")


@attrs.frozen
class ImportedCount:
    """What was brought in of a month's stratum. Nobody verified it.

    Attributes:
        period: the month.
        stratum: its values; None where the table had none.
        signed: letters said to be signed / letters brought in.
        outcomes: how many are said to have come to what.
    """

    period: Period
    stratum: Stratum | None
    signed: Ratio
    outcomes: Mapping[str, int]

    @property
    def name(self) -> str:
        """What tables call the stratum."""
        return "not stated" if self.stratum is None else stratum_words(self.stratum)

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "period": str(self.period),
            "stratum": None if self.stratum is None else list(self.stratum),
            "verified": False,
            "signed": self.signed.to_dict(),
            "outcomes": dict(self.outcomes),
        }


def take(
    book: Book, tracker: Tracker, population: str, by: str, at: dt.datetime
) -> tuple[Event, ...]:
    """Write down what a tracker says; see ``Ledger.import_history``."""
    moment(at, "at")
    if not isinstance(population, str) or POPULATION.fullmatch(population) is None:
        raise LedgerError("population: is none; name one in lower-case letters, digits, hyphens")
    require_role(book.people(population), CLAIM, by, at)
    months = sorted({str(row.period) for row in tracker.rows})
    told = {month: book.find(population=population, period=month) for month in months}
    raise_all(ConflictError, _conflicts(population, told))
    before = {
        (event.period, event.unit_id): event
        for events in told.values()
        for event in standing(events)
    }
    events, faults = [], []
    for row in tracker.rows:
        payload = _payload(tracker, row)
        found = before.get((str(row.period), row.unit_id))
        faults += [f"row {row.row}: {fault}" for fault in _faults(row, payload, found, at)]
        events.append(
            found or book.append(CLAIM, by, at, payload, population, str(row.period), row.unit_id)
        )
    raise_all(LedgerError, faults)  # inside the transaction, which is then undone
    return tuple(events)


def withdraw(
    book: Book, file: str, population: str, by: str, at: dt.datetime, reason_code: str
) -> tuple[Event, ...]:
    """Make what a file said void; see ``Ledger.withdraw_history``."""
    if not is_digest(file):
        raise LedgerError(f"file: got {shown(file, 64)}; give the file's SHA-256")
    moment(at, "at")
    payload: dict[str, Json] = {"file": file, "reason_code": code(reason_code)}
    require_role(book.people(population), WITHDRAWN, by, at)
    claims = [e for e in book.find(population=population, kind=CLAIM) if e.payload["file"] == file]
    if not claims:
        raise LedgerError(f"file {file[:8]}: nothing was imported from it; look at 'status'")
    events = []
    for month in sorted({event.period or "" for event in claims}):
        told = book.find(population=population, period=month, unit_id=None, kind=WITHDRAWN)
        last = max(event.sequence for event in claims if event.period == month)
        said = (e for e in told if e.payload["file"] == file and e.sequence > last)
        events.append(
            next(said, None) or book.append(WITHDRAWN, by, at, payload, population, month)
        )
    return tuple(events)


def standing(events: Iterable[Event]) -> list[Event]:
    """The claims of these events that no later one withdrew."""
    found: list[Event] = []
    for event in events:
        if event.kind == CLAIM:
            found.append(event)
        elif event.kind == WITHDRAWN:
            gone = (event.population, event.period, event.payload["file"])
            found = [e for e in found if (e.population, e.period, e.payload["file"]) != gone]
    return found


def counts(
    events: Iterable[Event],
    *,
    as_of: dt.datetime | None = None,
    first: Period | None = None,
    last: Period | None = None,
) -> tuple[ImportedCount, ...]:
    """What stands of the claims, by month and stratum, and is counted nowhere else.

    Args:
        events: a ledger's.
        as_of: the moment; what was brought in or withdrawn later does not count.
        first, last: the months, both included.
    """
    asked = (e for e in events if e.kind in KINDS and within(e.period, first, last))
    told = [event for event in asked if as_of is None or when(event) <= as_of]
    groups: dict[tuple[str, Sequence[str] | None], Counter[str]] = {}
    for claim in standing(told):
        stratum = claim.payload["stratum"]
        key = (claim.period or "", None if stratum is None else tuple(stratum))
        groups.setdefault(key, Counter())[claim.payload["outcome"]] += 1
    return tuple(
        ImportedCount(
            period=Period.parse(period),
            stratum=None if stratum is None else tuple(stratum),
            signed=said_to_be_signed(found),
            outcomes=dict(sorted(found.items())),
        )
        for (period, stratum), found in sorted(
            groups.items(), key=lambda g: (g[0][0], g[0][1] or ())
        )
    )


def said_to_be_signed(outcomes: Counter[str]) -> Ratio:
    """Letters said to be signed in person / letters brought in."""
    return Ratio(outcomes["signed"], outcomes.total(), "imported letters said to be signed")


def in_words(found: Iterable[ImportedCount]) -> str | None:
    """All of them in a sentence; None where there are none."""
    rows = list(found)
    if not rows:
        return None
    total, signed = sum(row.signed.of for row in rows), sum(row.signed.count for row in rows)
    months = f"{rows[0].period} to {rows[-1].period}"
    return f"imported, unverified, counted in no figure: {months}, " + of(
        signed, total, "letters said to be signed"
    )


def require(event: Event) -> None:
    """Raise unless an event of these kinds is one that the ledger would have written.

    Raises:
        LedgerError: its payload is not that of its kind.
    """
    payload: Mapping[str, Any] = event.payload
    file, stratum = payload.get("file"), payload.get("stratum")
    right = is_digest(file)
    if event.kind == CLAIM:
        right = (
            right
            and event.subject is not None
            and payload.get("verified") is False
            and payload.get("outcome") in OUTCOMES
            and (stratum is None or isinstance(stratum, list))
            and is_count(payload.get("row"))
        )
    if not right:
        raise LedgerError("its payload is not that of its kind")


def _conflicts(population: str, told: Mapping[str, Sequence[Event]]) -> Iterable[str]:
    """The months that the ledger knows itself, whatever became of their draws."""
    for month, events in told.items():
        frozen = next((event for event in events if event.kind == "frozen"), None)
        if frozen is not None:
            yield (
                f"{population}, {month}: was frozen here in event {frozen.sequence}; what an older "
                "table says of it is not taken. Leave its rows out"
            )


def _faults(
    row: TrackerRow, payload: Mapping[str, Json], before: Event | None, at: dt.datetime
) -> Iterable[str]:
    if row.signed_on is not None and row.signed_on > at.date():
        yield f"signed on {row.signed_on}, which is after {at.date()}, when it is brought in"
    if row.period > Period(at.year, at.month):
        yield f"of {row.period}, which has not begun on {at.date()}, when it is brought in"
    if before is not None and any(before.payload[name] != payload[name] for name in _SAID):
        file = str(before.payload["file"])
        yield (
            f"says another thing of the letter than event {before.sequence}, which came from the "
            f"file {file[:8]}; withdraw that file, or put the row right"
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
