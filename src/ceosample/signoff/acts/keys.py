"""Keys with which recorders sign their events."""

from __future__ import annotations

import datetime as dt

from ceosample.signoff.acts.opened import OpenedLedger
from ceosample.signoff.recording import keys
from ceosample.signoff.replay.keys import Keys
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.signatures import Signer


class KeyActs(OpenedLedger):
    """Recorders' keys: registered, rotated, revoked, and all there ever were."""

    def register_key(self, key: Signer, *, by: str, at: dt.datetime) -> Event:
        """Record a person's key, with which they sign from then on; the event is signed by it.

        Args:
            key: the private key; only its public part is recorded.
            by, at: whose it is, and when they register it; aware. Nobody registers another's key.

        Raises:
            LedgerError: the key was registered before, the person has one that goes on, or the
                ledger keeps no signatures yet: run ``upgrade``.
        """
        with self._writing() as transaction:
            return keys.register(transaction, key, by, at)

    def rotate_key(self, new: Signer, *, by: str, at: dt.datetime) -> Event:
        """Record that a person signs with a new key; the old one, which is this ledger's, signs it.

        Events that are recorded afterwards are signed by the new key.

        Args:
            new: the new private key; only its public part is recorded.
            by, at: whose keys they are, and when; aware.

        Raises:
            LedgerError: the ledger was not opened with the key with which the person signs, or the
                new one was registered before.
        """
        with self._writing() as transaction:
            event = keys.rotate(transaction, new, by, at)
        if self._key is not None and event.payload["key"] == new.public:
            self._key = new
        return event

    def revoke_key(
        self,
        key: str,
        *,
        by: str,
        approver: str,
        at: dt.datetime,
        reason_code: str,
        approver_key: Signer | None = None,
    ) -> Event:
        """Record that a lost or stolen key signs nothing more.

        Args:
            key: the public key in hexadecimal, or its first 8 digits or more.
            by, approver: the two persons who revoke it.
            at: when; aware.
            reason_code: why: ``lost``, ``stolen``, ``left``.
            approver_key: the approver's private key, which signs it too; None where the approver
                has none.

        Raises:
            LedgerError: no such key, it ended, or the two are one, or may not; or the approver
                signs with a key, and it was not given.
        """
        with self._writing() as transaction:
            return keys.revoke(transaction, key, by, approver, at, reason_code, approver_key)

    def keys(self) -> Keys:
        """The keys that were ever registered, each with the events that it can sign."""
        with self._reading() as transaction:
            return transaction.keys()
