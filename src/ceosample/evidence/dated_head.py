"""The hash on a dated commitment sheet, which proves the order of the month that it froze."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import attrs

from ceosample.errors import RecordError, joined
from ceosample.evidence.months import EvidenceMonth
from ceosample.signoff.store.events import Event

_ELSE = "or verify the month's unpacked folder, with --ledger events.jsonl"


@attrs.frozen
class DatedHead:
    """What a commitment sheet and the minutes of the dice say.

    Attributes:
        head: the hash on the sheet's line Event, that of the month's freeze.
        dated: the time on the sheet; aware.
        rolled: the time of the dice, by the minutes; aware.
    """

    head: str
    dated: dt.datetime
    rolled: dt.datetime

    @classmethod
    def of(
        cls, head: str | None, dated: dt.datetime | None, rolled: dt.datetime | None
    ) -> DatedHead | None:
        """The three together; None where no time is given.

        Raises:
            RecordError: one of them is missing, or a time has no zone.
        """
        if dated is None and rolled is None:
            return None
        if head is None or dated is None or rolled is None:
            raise RecordError("head, dated, rolled: got only some of them; give all three")
        for name, moment in (("dated", dated), ("rolled", rolled)):
            if moment.tzinfo is None:
                raise RecordError(f"{name}: no time zone; give an aware datetime")
        return cls(head, dated, rolled)

    def month_in(self, events: Iterable[Event], months: Iterable[EvidenceMonth]) -> EvidenceMonth:
        """The month that the event of this hash froze.

        Args:
            events: those of the file, among them that of the hash.
            months: those of the file, of one population.

        Raises:
            RecordError: it is no freeze of one of them.
        """
        event = next((event for event in events if event.hash == self.head), None)
        if event is None:
            raise RecordError("head: got no hash of an event; give all 64 digits of it")
        what = f"head: got {self.head[:8]}, which is event {event.sequence} ({event.kind})"
        if event.kind != "frozen":
            raise RecordError(f"{what}; give the hash on a commitment sheet's line Event, {_ELSE}")
        # Another population's freeze of the same month has a commitment of its own.
        found = next((m for m in months if m.commitment == event.payload["commitment"]), None)
        if found is None or found.draw is None:
            raise RecordError(
                f"{what} of {event.population}, {event.period}, and this file has no draw of that "
                f"commitment; give the sheet of a month that was drawn, {_ELSE}"
            )
        return found


@attrs.frozen
class RolledMonth:
    """The one month of a file of evidence whose seed came from dice alone, and when they rolled.

    Attributes:
        period: the month.
        at: the time of the dice, by the minutes; aware.
    """

    period: str
    at: dt.datetime

    @classmethod
    def among(
        cls, at: dt.datetime, events: Iterable[Event], months: Iterable[EvidenceMonth]
    ) -> RolledMonth:
        """The month that the time is of.

        Raises:
            RecordError: the time has no zone, or the file has no such month, or several.
        """
        if at.tzinfo is None:
            raise RecordError("rolled: no time zone; give an aware datetime")
        sources = {
            event.payload["commitment"]: str(event.payload["seed_source"])
            for event in events
            if event.kind == "frozen"
        }
        periods = [
            month.period
            for month in months
            if month.draw is not None and sources.get(month.commitment) == "dice"
        ]
        if not periods:
            raise RecordError(
                "rolled: got a time, and this file has no month whose seed is from dice alone; "
                "leave it out"
            )
        if len(periods) > 1:
            raise RecordError(
                f"rolled: got one time for {len(periods)} months from dice, {joined(periods)}; "
                "unpack the file, and verify each month's folder with its own time"
            )
        return cls(periods[0], at)
