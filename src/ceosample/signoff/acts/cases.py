"""What reached the executive without being drawn: a case, and its steps."""

from __future__ import annotations

import datetime as dt
from typing import Unpack

from ceosample.period import Period
from ceosample.signoff.acts.opened import OpenedLedger
from ceosample.signoff.recording import cases
from ceosample.signoff.recording.event_fields import EventDetails
from ceosample.signoff.replay.cases import CASE_KINDS, CaseHistory
from ceosample.signoff.store.events import Event


class CaseActs(OpenedLedger):
    """The casebook: a case opened, its steps, and what has happened to it."""

    def refer(
        self,
        came_by: str,
        *,
        population: str,
        by: str,
        at: dt.datetime,
        nature: str = "complaint",
        owner: str | None = None,
        division: str | None = None,
        due: dt.date | None = None,
        text: str | None = None,
    ) -> Event:
        """Open a case: something that reached the executive without being drawn.

        The ledger gives it an id, ``case-`` and the next number. No figure of the sample counts it.

        Args:
            came_by: ``letter``, ``social``, ``board``, ``colleague`` or ``walk-in``.
            population: the population to which it belongs.
            by: who refers it.
            at: when it came; aware.
            nature: ``complaint`` or ``compliment``.
            owner: the id of the person who owns it; None without an owner.
            division: the division that it concerns; None to leave it out.
            due: the last date for an answer; None where there is none.
            text: words, kept in a table that can be erased; None for none.

        Raises:
            LedgerError: every field with a wrong value; or the ledger is under rules 1.
        """
        given = {"came_by": came_by, "nature": nature, "owner": owner, "division": division}
        with self._writing() as transaction:
            return cases.refer(
                transaction, population=population, due=due, by=by, at=at, text=text, **given
            )

    def record_case(
        self,
        kind: str,
        case: str,
        *,
        by: str,
        at: dt.datetime,
        population: str | None = None,
        **what: Unpack[EventDetails],
    ) -> Event:
        """Record that a case reached a state, or what was done or noted of it.

        ``replay.cases.OF_A_CASE`` lists the kinds and their fields: ``taken_over``,
        ``escalated_to_board``, ``resolved_nonstandard``, ``dispatched``, ``withdrawn``,
        ``recognition``, ``contact``, ``board_answer``, ``note``.

        Args:
            kind: one of these.
            case: its id, ``case-1``, also where a letter that was drawn has the same.
            by: who did it.
            at: when; aware.
            population: where to look; None for everywhere.
            what: the fields that this kind needs, or may have.

        Raises:
            LedgerError: there is no such case, the step is not allowed, this person may not take
                it, or something that it needs is missing.
        """
        with self._writing() as transaction:
            found = cases.find(transaction, case, population)
            return cases.record(transaction, kind, found, by, at, what)

    def is_a_case(
        self,
        unit_id: str,
        *,
        population: str | None = None,
        period: str | Period | None = None,
    ) -> bool:
        """Whether an id means a case, and no letter.

        Args:
            unit_id: the id.
            population: where to look; None for everywhere.
            period: the letter's month, which no case has; None for none.

        Raises:
            LedgerError: a letter that was drawn has the id of a case, and nothing tells them apart.
        """
        with self._reading() as transaction:
            return cases.is_a_case(transaction, unit_id, population, period)

    def case(self, case: str, *, population: str | None = None) -> CaseHistory:
        """What has happened to a case so far, by the events that are valid.

        Args:
            case: its id, ``case-1``.
            population: where to look; None for everywhere.

        Raises:
            LedgerError: there is no such case, or its opening was corrected.
        """
        with self._reading() as transaction:
            return cases.find(transaction, case, population)

    def case_events(self, population: str) -> list[Event]:
        """The events about the cases of a population, and corrections of them, oldest first."""
        found = self._of_kinds(CASE_KINDS, population)
        corrected = self._pages(population=population, period=None, kind="corrected")
        return sorted([*found, *corrected], key=lambda event: event.sequence)
