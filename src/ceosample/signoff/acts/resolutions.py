"""Resolutions that no policy foresees, from the proposal to the review."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from ceosample.signoff.acts.opened import OpenedLedger
from ceosample.signoff.recording import resolutions
from ceosample.signoff.store.events import Event


class ResolutionActs(OpenedLedger):
    """Out-of-policy resolutions: proposed, co-signed, reviewed, and their words."""

    def propose(
        self,
        resolution: str,
        *,
        population: str,
        policy: str,
        review_by: dt.date,
        by: str,
        at: dt.datetime,
        unit_id: str | None = None,
        division: str | None = None,
        amount: str | int | Decimal | None = None,
        currency: str | None = None,
        what: str | None = None,
        why: str | None = None,
    ) -> Event:
        """Propose a resolution that no policy foresees; a second colleague's agreement applies it.

        Args:
            resolution: an id for it.
            population: the population to which it belongs.
            policy: a code for the policy from which it departs.
            review_by: the date by which it must be reviewed for wider use.
            by, at: the colleague, and when; aware.
            unit_id, division: the response and the division; None to leave them out.
            amount, currency: what it costs; None where it costs nothing.
            what, why: what was done and why, in words that its review and later colleagues read:
                without names of customers and the response's id. They are kept in a table that can
                be erased; None for none.

        Raises:
            LedgerError: every field with a wrong value.
            ConflictError: another resolution has this id.
        """
        with self._writing() as transaction:
            return resolutions.propose(
                transaction,
                resolution,
                population=population,
                policy=policy,
                review_by=review_by,
                unit_id=unit_id,
                division=division,
                amount=amount,
                currency=currency,
                by=by,
                at=at,
                what=what,
                why=why,
            )

    def cosign(self, resolution: str, *, population: str, by: str, at: dt.datetime) -> Event:
        """Record a second colleague's agreement to a resolution, which approves it at once.

        Raises:
            LedgerError: it was not proposed, or this colleague proposed it; or it costs more than
                the limit of either, once people who deal with customers have limits.
            ConflictError: another colleague has co-signed it.
        """
        with self._writing() as transaction:
            return resolutions.cosign(transaction, resolution, population=population, by=by, at=at)

    def review(
        self,
        resolution: str,
        outcome: str,
        *,
        population: str,
        by: str,
        at: dt.datetime,
        text: str | None = None,
    ) -> Event:
        """Record the outcome of a resolution's review: ``adopted``, ``kept`` or ``refused``.

        Args:
            resolution, population: which.
            outcome: what the review came to.
            by, at: who reviewed it, and when; aware.
            text: its words, kept in a table that can be erased; None for none.

        Raises:
            LedgerError: it was not co-signed, or this person proposed or co-signed it.
            ConflictError: it was reviewed with another outcome.
        """
        with self._writing() as transaction:
            return resolutions.review(
                transaction, resolution, outcome, population=population, by=by, at=at, text=text
            )

    def forget_resolution(
        self, resolution: str, *, population: str, by: str, at: dt.datetime, reason_code: str
    ) -> Event:
        """Erase the words of a resolution; the events keep their salted digests.

        Raises:
            LedgerError: it was not proposed, or its response is under a legal hold.
        """
        with self._writing() as transaction:
            return resolutions.forget(
                transaction,
                resolution,
                population=population,
                by=by,
                at=at,
                reason_code=reason_code,
            )

    def resolution_texts(self, population: str) -> dict[str, str]:
        """The words of a population's resolutions that are kept, by the digest in their events."""
        with self._reading() as transaction:
            return transaction.texts(population=population, period=None)
