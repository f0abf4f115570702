"""A letter's way: sent, signed, returned, replaced, dispatched, and what was recorded wrongly."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Unpack

from ceosample.period import Period
from ceosample.signoff.acts.opened import OpenedLedger
from ceosample.signoff.recording import cases, letters
from ceosample.signoff.recording.event_fields import EventDetails
from ceosample.signoff.store.events import Event

if TYPE_CHECKING:
    from ceosample.letters.papers.pack import Pack
    from ceosample.signoff.intake.decisions import Decisions


class LetterActs(OpenedLedger):
    """What is recorded of a letter: sent, signed, every other step, and corrections."""

    def send(self, pack: Pack, *, by: str, at: dt.datetime) -> tuple[Event, ...]:
        """Record that these letters, in exactly these bytes, went to the signatory.

        Returns:
            For each letter its event ``sent_for_signature``, in the pack's order.

        Raises:
            LedgerError: every letter that cannot be sent from the state it is in.
            ConflictError: the pack is not of the registered draw, or does not name its event.
        """
        with self._writing() as transaction:
            return letters.send(transaction, pack, by, at)

    def sign(
        self,
        unit_id: str,
        *,
        letter: str,
        by: str,
        at: dt.datetime,
        population: str | None = None,
        period: str | Period | None = None,
    ) -> Event:
        """Record a signature, bound to the digest of the letter that was read.

        Args:
            unit_id: the response.
            letter: the SHA-256 of the letter, ``pack[unit_id].digest``.
            by: the id of the signatory to whom it was sent.
            at: when it was signed; aware.
            population, period: the month; None where only one open letter has this id.

        Raises:
            LedgerError: the letter was never sent in these bytes, was sent to another person, or
                is not out for signature; the message names what is allowed.
        """
        return self.record(
            "signed", unit_id, by=by, at=at, letter=letter, population=population, period=period
        )

    def record(
        self,
        kind: str,
        unit_id: str,
        *,
        by: str,
        at: dt.datetime,
        population: str | None = None,
        period: str | Period | None = None,
        **what: Unpack[EventDetails],
    ) -> Event:
        """Record that a letter or a case reached a state, or what was found, done or noted of it.

        ``lifecycle.RECORDED_STATES`` and ``ANNOTATIONS`` list the fields that each kind needs, and
        ``event_fields.EventDetails`` describes each field.
        A replaced letter's place goes to the next reserve of its line, in the same transaction.
        The line is its stratum, except under a rotation.
        An id such as ``case-1`` can be a case's: see :meth:`record_case`.

        Args:
            kind: a state, ``returned_for_rework`` for example, or ``finding``, ``recognition``,
                ``contact``, ``board_answer``, ``note``.
            unit_id: the response, or a case such as ``case-1``.
            by: who did it.
            at: when; aware.
            population, period: the month; None where only one open letter has this id, and for a
                case.
            what: the fields that this kind needs: ``letter``, ``reason_code``, ``to``, ... Where a
                letter goes out, ``letter`` is by default its newest version.

        Raises:
            LedgerError: the step is not allowed, this person may not take it, or something that it
                needs is missing.
        """
        with self._writing() as transaction:
            if cases.is_a_case(transaction, unit_id, population, period):
                found = cases.find(transaction, unit_id, population)
                return cases.record(transaction, kind, found, by, at, what)
            return letters.record(transaction, kind, unit_id, by, at, population, period, what)

    def record_all(
        self, decisions: Decisions, *, clock_ahead: dt.timedelta | None = None
    ) -> tuple[Event, ...]:
        """Record a file of decisions, whole or not at all; a second time changes nothing.

        Args:
            decisions: what ``Decisions.read(path)`` returns.
            clock_ahead: how far the clock was ahead of the computer that saved the file: each
                event's ``at`` is the claimed time less that, and its payload keeps the claim. None
                where that clock was right.

        Returns:
            The event of each decision, in the file's order.

        Raises:
            LedgerError: every decision that is not allowed, each with its place in the file; or
                the file was saved later than now, and the message tells by how much.
        """
        from ceosample.signoff.intake.decisions import record_decisions

        with self._writing() as transaction:
            return record_decisions(transaction, decisions, clock_ahead)

    def correct(self, event: str, *, by: str, at: dt.datetime, reason_code: str) -> Event:
        """Make an event void, as if it had never been recorded; it and its correction stay.

        Args:
            event: its hash.
            by, at, reason_code: who found it wrong, when and why.

        Raises:
            LedgerError: no such event, one that cannot be corrected, or one on which later events
                depend.
        """
        with self._writing() as transaction:
            return letters.correct(transaction, event, by, at, reason_code)
