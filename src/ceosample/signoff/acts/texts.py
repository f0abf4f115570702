"""Texts about a letter or a case, which are kept where they can be erased."""

from __future__ import annotations

import datetime as dt

from ceosample.period import Period
from ceosample.signoff.acts.opened import OpenedLedger, iso
from ceosample.signoff.recording import cases, letters
from ceosample.signoff.store.events import Event, Subject


class TextActs(OpenedLedger):
    """The texts kept about a letter or a case: read, erased, or held from being erased."""

    def hold(
        self,
        unit_id: str,
        *,
        population: str,
        period: str | Period | None,
        by: str,
        at: dt.datetime,
        reason_code: str,
        lift: bool = False,
    ) -> Event:
        """Place a legal hold on a letter's texts, or lift it; under a hold they cannot be erased.

        Args:
            unit_id, population, period: the letter; a case has no period, which is None.
            by, at, reason_code: who decided it, when and why.
            lift: True to lift the hold.

        Raises:
            LedgerError: no such letter, or no hold to lift.
        """
        with self._writing() as transaction:
            if period is None:
                case = (unit_id, population, by, at, reason_code)
                return cases.hold(transaction, *case, lift=lift)
            subject = Subject(population, iso(period), unit_id)
            return letters.hold(
                transaction, "hold_lifted" if lift else "held", subject, by, at, reason_code
            )

    def forget(
        self,
        unit_id: str,
        *,
        population: str,
        period: str | Period | None,
        by: str,
        at: dt.datetime,
        reason_code: str,
    ) -> Event:
        """Erase a letter's texts; the events keep their salted digests, so the chain still holds.

        Args:
            unit_id, population, period: the letter; a case has no period, which is None.
            by, at, reason_code: who decided it, when and why.

        Raises:
            LedgerError: no such letter, or it is under a legal hold.
        """
        with self._writing() as transaction:
            if period is None:
                return cases.forget(transaction, unit_id, population, by, at, reason_code)
            subject = Subject(population, iso(period), unit_id)
            return letters.forget(transaction, subject, by, at, reason_code)

    def texts(
        self, unit_id: str, *, population: str, period: str | Period | None
    ) -> dict[str, str]:
        """The texts that are kept about a letter, by the digest that its events hold.

        Args:
            unit_id, population, period: the letter; a case has no period, which is None.
        """
        month = None if period is None else iso(period)
        with self._reading() as transaction:
            return transaction.texts(population=population, period=month, unit_id=unit_id)
