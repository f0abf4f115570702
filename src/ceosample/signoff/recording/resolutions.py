"""Out-of-policy resolutions: one colleague proposes, another co-signs, and it is reviewed.

Two customer-facing colleagues who agree on a resolution that no policy foresees may apply it at
once; later it is reviewed for wider use.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from ceosample.canonical import Json
from ceosample.errors import ConflictError, LedgerError, raise_faults
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.replay.lifecycle import REVIEW_OUTCOMES
from ceosample.signoff.rules.fields import FIELDS, faults_of_amount
from ceosample.signoff.store.events import Event, same, uncorrected
from ceosample.text import fault_in_name, quoted


def propose(
    transaction: Transaction,
    resolution: str,
    *,
    population: str,
    policy: str,
    review_by: dt.date,
    unit_id: str | None,
    division: str | None,
    amount: Any,
    currency: str | None,
    by: str,
    at: dt.datetime,
) -> Event:
    """Record a proposal; see ``Ledger.propose``."""
    faults = [
        f"{name}: got {quoted(value)}; give {what}"
        for name, value, what in (
            ("resolution", resolution, "an id for it"),
            ("unit_id", unit_id, "the response's id, or leave it out"),
            ("division", division, "the division's name, or leave it out"),
        )
        if (not isinstance(value, str) or fault_in_name(value))
        and (value is not None or name in ("resolution", "policy"))
    ]
    try:
        FIELDS["reason_code"].read(policy)
    except ValueError:
        faults.append(f"policy: got {quoted(policy)}; give {FIELDS['reason_code'].allowed}")
    if not isinstance(review_by, dt.date) or isinstance(review_by, dt.datetime):
        faults.append(f"review_by: got {quoted(review_by)}; give a datetime.date")
    faults += faults_of_amount({"amount": amount, "currency": currency})
    payload: dict[str, Json] = {"resolution": resolution, "policy": policy}
    for name, value in (("amount", amount), ("currency", currency)):
        if value is not None:
            try:
                payload[name] = FIELDS[name].read(value)
            except ValueError:
                faults.append(f"{name}: got {quoted(value)}; give {FIELDS[name].allowed}")
    raise_faults(LedgerError, (f"resolution, {fault}" for fault in faults))
    payload["review_by"] = review_by.isoformat()
    if division is not None:
        payload["division"] = division
    for said in _story(transaction, population, resolution, missing=None):
        if said.kind == "oop_proposed":
            if same(said.payload, payload) and (said.actor, said.unit_id) == (by, unit_id):
                return said
            raise ConflictError(
                f"resolution {resolution}: already exists with other contents (event "
                f"{said.sequence}); choose another id for this one"
            )
    return transaction.append("oop_proposed", by, at, payload, population, None, unit_id)


def cosign(
    transaction: Transaction, resolution: str, *, population: str, by: str, at: dt.datetime
) -> Event:
    """Record the second colleague's agreement; see ``Ledger.cosign``."""
    story = _story(transaction, population, resolution, missing="proposed")
    proposed = story[0]
    for said in story:
        if said.kind == "oop_cosigned":
            if said.actor == by:
                return said
            raise ConflictError(
                f"resolution {resolution}: was co-signed by {said.actor!r} in event {said.sequence}"
            )
    payload: dict[str, Json] = {"resolution": resolution}
    return transaction.append("oop_cosigned", by, at, payload, population, None, proposed.unit_id)


def review(
    transaction: Transaction,
    resolution: str,
    outcome: str,
    *,
    population: str,
    by: str,
    at: dt.datetime,
) -> Event:
    """Record what a review came to; see ``Ledger.review``."""
    if outcome not in REVIEW_OUTCOMES:
        raise LedgerError(
            f"resolution {resolution}, outcome: got {quoted(outcome)}; use one of "
            + ", ".join(REVIEW_OUTCOMES)
        )
    story = _story(transaction, population, resolution, missing="proposed")
    payload: dict[str, Json] = {"resolution": resolution, "outcome": outcome}
    for said in story:
        if said.kind == "oop_reviewed":
            if same(said.payload, payload) and said.actor == by:
                return said
            raise ConflictError(
                f"resolution {resolution}: was reviewed in event {said.sequence} "
                f"({said.payload['outcome']}); correct that one first"
            )
    return transaction.append("oop_reviewed", by, at, payload, population, None, story[0].unit_id)


def _story(
    transaction: Transaction, population: str, resolution: str, *, missing: str | None
) -> list[Event]:
    """A resolution's events that count, in order.

    Args:
        missing: the step to name in the error where there are no events; None to allow that.

    Raises:
        LedgerError: there are no events, and there must be one.
    """
    if not isinstance(population, str) or fault_in_name(population):
        raise LedgerError(f"population: got {quoted(population)}; give a population's id")
    events = uncorrected(transaction.find(population=population, period=None))
    found = [event for event in events if event.payload.get("resolution") == resolution]
    if missing is not None and not found:
        raise LedgerError(
            f"resolution {quoted(resolution)}: was not {missing} in {population}; check its id and "
            "the population"
        )
    return found
