"""The months of a range as the ledger has them: what was frozen and drawn, by event and hash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from ceosample.canonical import Json
from ceosample.period import Period
from ceosample.result import Result
from ceosample.signoff.figures.month_summary import summarise
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.valid_events import valid_events
from ceosample.signoff.store.events import Event

#: The kinds of events whose order decides whether the seed could be known beforehand.
_IN_ORDER: Final = ("frozen", "seed_revealed", "drawn")


@attrs.frozen
class EvidenceMonth(Result):
    """One month of the range.

    Attributes:
        period: the month.
        stage: where it stands, as ``ceosample status`` says it.
        is_done: whether each letter that was drawn has come to its end.
        commitment: the digest that counts; None while it is to be frozen again.
        manifest, excluded: the digests of its two tables; None as for ``commitment``.
        draw: the digest of ``draw.json``; None where nothing is drawn.
        erased: whether texts about a letter of it were erased.
        events: of freeze, seed and registration, the event's number, its hash and the time at which
            it was recorded.
    """

    period: str
    stage: str
    is_done: bool
    commitment: str | None
    manifest: str | None
    excluded: str | None
    draw: str | None
    erased: bool
    events: dict[str, dict[str, Json]]

    @property
    def files(self) -> dict[str, str]:
        """The names of the files that the ledger has a digest of, each with its digest."""
        known = {
            "draw.json": self.draw,
            "manifest.csv": self.manifest,
            "exclusions.csv": self.excluded,
        }
        return {name: said for name, said in known.items() if said is not None}


def months_of(
    ledger: Ledger, population: str, first: Period, last: Period, until: int
) -> list[EvidenceMonth]:
    """The months of a range that were ever frozen, oldest first.

    Args:
        ledger: the ledger.
        population: whose months.
        first, last: the months, both included.
        until: the number of the newest event that counts.
    """
    return [
        found for month in _range(first, last) for found in _of(ledger, population, month, until)
    ]


def _range(first: Period, last: Period) -> Iterator[Period]:
    while first <= last:
        yield first
        first = first.next()


def _of(ledger: Ledger, population: str, month: Period, until: int) -> Iterator[EvidenceMonth]:
    told = ledger.events(population=population, period=month)
    events = [event for event in told if event.sequence <= until]
    for summary in summarise(events):
        newest = _newest(valid_events(events))
        frozen: Mapping[str, Any] = newest["frozen"].payload if "frozen" in newest else {}
        drawn: Mapping[str, Any] = newest["drawn"].payload if "drawn" in newest else {}
        yield EvidenceMonth(
            period=summary.period,
            stage=summary.stage,
            is_done=summary.is_done,
            commitment=summary.commitment,
            manifest=frozen.get("manifest"),
            excluded=frozen.get("excluded"),
            draw=drawn.get("draw"),
            erased=any(event.kind == "forgotten" for event in events),
            events={kind: _named(newest[kind]) for kind in _IN_ORDER if kind in newest},
        )


def _newest(events: Iterable[Event]) -> dict[str, Event]:
    return {event.kind: event for event in events if event.kind in _IN_ORDER}


def _named(event: Event) -> dict[str, Json]:
    return {"event": event.sequence, "hash": event.hash, "recorded_at": event.recorded_at}
