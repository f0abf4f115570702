"""The events read: all, or as many as a question needs, however long the history is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ceosample.errors import LedgerError
from ceosample.period import Period, as_period
from ceosample.signoff.acts.opened import OpenedLedger, iso
from ceosample.signoff.replay import titles, zones
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.past_signoffs import KINDS
from ceosample.signoff.store.events import Event


class EventReader(OpenedLedger):
    """The events that a question needs: of a month, a range of months, a population, a letter."""

    def events(
        self,
        *,
        population: str | None = None,
        period: str | Period | None = None,
        unit_id: str | None = None,
        kind: str | None = None,
    ) -> Iterator[Event]:
        """The events, oldest first, read a page at a time so that no writer must wait.

        Args:
            population, period, unit_id, kind: which events; None for any.
        """
        month = None if period is None else iso(period)
        wanted = {"population": population, "period": month, "unit_id": unit_id, "kind": kind}
        return self._pages(**{n: value for n, value in wanted.items() if value is not None})

    def substitute_of(self, replaced: Event) -> Event | None:
        """The event by which a reserve took the place of a letter that was replaced.

        None if no reserve was left: the place stays empty, and counts.

        Args:
            replaced: what ``record("replaced", ...)`` returned.
        """
        month = {"population": replaced.population, "period": replaced.period}
        later = (e for e in self._store.pages(**month) if e.sequence > replaced.sequence)
        moved = (e for e in later if e.payload.get("replaces") == replaced.unit_id)
        return next((e for e in moved if e.kind == "selected"), None)

    def events_for(
        self, population: str, first: str | Period, last: str | Period
    ) -> Iterator[Event]:
        """The events that the metrics of a range of months need, however long the history is.

        They are the events of these months and of the eleven before the last, and those about no
        month: people, and resolutions outside policy.
        """
        try:
            begin, end = as_period(first), as_period(last)
        except ValueError as error:
            raise LedgerError(str(error)) from None
        yield from self._pages(population=population, period=None)
        month = min(begin, end.plus(-11))
        while month <= end:
            yield from self._pages(population=population, period=str(month))
            month = month.next()

    def report_events(
        self,
        population: str,
        first: str | Period | None,
        last: str | Period | None,
        *,
        as_of: dt.datetime,
        until: int,
    ) -> list[Event]:
        """The events that a report of a range of months needs, however long the history is.

        Each is hashed as it is read.

        Args:
            population: whose months.
            first, last: the months, both included. Without a first one, all of the population's
                events are needed; without a last one, the range ends with the newest month.
            as_of: the moment of the report; aware.
            until: the number of the newest event that counts, ``ledger.check().events``.

        Raises:
            LedgerError: a text of a month that is none.
        """

        def read(**wanted: str | None) -> Iterator[Event]:
            for event in self._pages(**wanted):
                if event.sequence > until:
                    return
                yield event

        if first is None:
            return list(read(population=population))
        try:
            begin, end = as_period(first), None if last is None else as_period(last)
        except ValueError as error:
            raise LedgerError(str(error)) from None
        from ceosample.signoff.range_events import range_events

        return range_events(read, population, begin, end, as_of)

    def month_events(self, population: str) -> list[Event]:
        """The events that show how far each month of a population came, oldest first.

        They are the events about no single letter, those of letters whose texts were erased,
        corrections, and the newest event that sent a letter of each pack. Of a month in which a
        letter's text was erased or an event of a letter corrected, all that sent letters are there.
        """
        found = [*self._pages(population=population, unit_id=None)]
        found += self._of_kinds(("forgotten", "corrected"), population)
        whole = {event.period for event in found if event.unit_id is not None}
        rows = self._store.newest_by_digest("sent_for_signature", "pack", population=population)
        newest = [*self._readable([rows])]
        if len(newest) < len(rows):  # of a pack whose newest cannot be read an older one counts
            whole |= {row.period for row in rows}
        for period in whole:
            newest += self._pages(population=population, period=period, kind="sent_for_signature")
        found += newest
        return sorted(
            {event.sequence: event for event in found}.values(), key=lambda event: event.sequence
        )

    def chains(self, population: str) -> list[Event]:
        """The events that published the chains of a population's seeds, oldest first."""
        return list(self._pages(population=population, kind="chain_published"))

    def imported(self, population: str) -> list[Event]:
        """The events about what was imported from older trackers, and withdrawn, oldest first."""
        return list(self._of_kinds(KINDS, population))

    def attempts(self, population: str, period: str | Period) -> str:
        """How often a month was frozen and set aside, and its population's chains replaced.

        ``render`` prints it on the cover sheet: ``frozen 1 time`` is how it should be.
        """
        from ceosample.signoff.figures import month_summary

        month = self.events(population=population, period=period)
        return month_summary.attempts([*month, *self.chains(population)])

    def title(self, population: str, period: str | Period) -> str | None:
        """The title that a month was frozen with, for ``render``; None if there is none."""
        return titles.title_of(self.events(population=population, period=period))

    def zone(self, population: str, period: str | Period) -> str | None:
        """The time zone by whose dates a month counts, for ``render``; None if none is on record.

        Months of 0.1 have none until one is stated: their dates are those of the offsets in which
        their events are written.
        """
        return zones.zone_of(self.events(population=population, period=period))

    def history(
        self,
        unit_id: str,
        *,
        population: str | None = None,
        period: str | Period | None = None,
    ) -> History:
        """The history of one letter: its states, annotations and events so far.

        Raises:
            LedgerError: no letter or several have this id.
        """
        with self._reading() as transaction:
            return transaction.history(unit_id, population, period)
