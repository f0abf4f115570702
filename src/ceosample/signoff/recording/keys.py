"""Recorders' keys: registered and rotated by their holders, revoked by two persons."""

from __future__ import annotations

import datetime as dt

from ceosample.canonical import Json
from ceosample.errors import LedgerError
from ceosample.signoff.recording.event_fields import code
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.replay.keys import REGISTERED, REVOKED, ROTATED, RegisteredKey
from ceosample.signoff.rules.in_force import FIRST
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.signatures import Signer
from ceosample.text import quoted

#: The fewest digits by which a key is named.
_FEWEST: int = 8


def register(transaction: Transaction, key: Signer, by: str, at: dt.datetime) -> Event:
    """Record a person's first key; see ``Ledger.register_key``."""
    _require_signatures(transaction)
    known = transaction.keys().held_by(by)
    if known is not None and known.public == key.public:
        return _event(transaction, REGISTERED, ROTATED, key=key.public)
    _require_themselves(transaction, by)
    payload: dict[str, Json] = {"person": by, "key": key.public}
    return transaction.append(REGISTERED, by, at, payload, signers=[key])


def rotate(transaction: Transaction, new: Signer, by: str, at: dt.datetime) -> Event:
    """Record that a person signs with another key from now on; see ``Ledger.rotate_key``."""
    _require_signatures(transaction)
    known = transaction.keys().held_by(by)
    if known is not None and known.public == new.public:
        return _event(transaction, ROTATED, REGISTERED, key=new.public)
    old = transaction.key
    if old is None or known is None or known.public != old.public:
        got = "no key" if old is None else old.public[:8]
        raise LedgerError(
            f"key: got {got} to rotate for {quoted(by)}; give the key with which they sign now, "
            "or let two persons revoke it"
        )
    _require_themselves(transaction, by)
    payload: dict[str, Json] = {"person": by, "key": new.public, "replaces": old.public}
    # The old key says who takes over, and the new one that it is there.
    event = transaction.append(ROTATED, by, at, payload, signers=[old, new])
    transaction.key = new
    return event


def revoke(
    transaction: Transaction,
    public: str,
    by: str,
    approver: str,
    at: dt.datetime,
    reason_code: str,
    approver_key: Signer | None,
) -> Event:
    """Record that a key signs nothing more; see ``Ledger.revoke_key``."""
    _require_signatures(transaction)
    key, reason = named(transaction, public), code(reason_code)
    if key.ended == "revoked":
        return _event(transaction, REVOKED, key=key.public)
    payload: dict[str, Json] = {
        "person": key.person,
        "key": key.public,
        "reason_code": reason,
        "approver": approver,
    }
    own = transaction.key
    second = _second(transaction, approver, key, approver_key)
    lost = own is not None and own.public == key.public
    signers: list[Signer] | None = [] if lost else None
    return transaction.append(REVOKED, by, at, payload, signers=signers, also=second)


def _second(
    transaction: Transaction, approver: str, lost: RegisteredKey, given: Signer | None
) -> Signer | None:
    """The key with which the approver signs a revocation; None where they hold none."""
    held = transaction.keys().held_by(approver)
    if held == lost:
        held = None  # it is their own that is revoked
    if (None if held is None else held.public) == (None if given is None else given.public):
        return given
    if held is None:
        raise LedgerError(
            f"approver: got a key, and {quoted(approver)} holds none that goes on; leave it out"
        )
    raise LedgerError(
        f"approver: {quoted(approver)} signs with the key {held.public[:8]}; give its file with "
        "--approver-key, so that both sign"
    )


def named(transaction: Transaction, digits: object) -> RegisteredKey:
    """The key whose public part begins with these digits.

    Raises:
        LedgerError: none does, or several do.
    """
    keys = transaction.keys().keys
    if isinstance(digits, str) and len(digits) >= _FEWEST:
        found = [key for key in keys if key.public.startswith(digits)]
        if len(found) == 1:
            return found[0]
    raise LedgerError(
        f"key: got {quoted(digits, 64)}, which names no key of this ledger; give its first "
        f"{_FEWEST} digits or more, as 'ceosample key list' shows them"
    )


def _require_signatures(transaction: Transaction) -> None:
    if transaction.rules == FIRST or not transaction.can_sign:
        raise LedgerError(
            "keys: this ledger was begun by an older release and keeps no signatures; run "
            "'ceosample upgrade' first"
        )


def _require_themselves(transaction: Transaction, by: str) -> None:
    if transaction.recorder not in (None, by):
        raise LedgerError(
            f"recorder: got {quoted(transaction.recorder)} for a key of {quoted(by)}; each person "
            "registers and rotates their own key"
        )


def _event(transaction: Transaction, *kinds: str, key: str) -> Event:
    """The event that recorded just this before."""
    found = (event for kind in kinds for event in transaction.find(kind=kind))
    return next(event for event in found if event.payload["key"] == key)
