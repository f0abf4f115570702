"""Out-of-policy resolutions: one colleague proposes, another co-signs, and it is reviewed.

Two customer-facing colleagues who agree on a resolution that no policy foresees may apply it at
once; later it is reviewed for wider use.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ceosample.canonical import Json
from ceosample.errors import ConflictError, LedgerError, raise_faults
from ceosample.got import Private, got
from ceosample.signoff.recording.event_fields import code
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.replay.lifecycle import REVIEW_OUTCOMES
from ceosample.signoff.rules.fields import FIELDS, faults_of_amount
from ceosample.signoff.store.events import Event, same
from ceosample.text import fault_in_name, quoted

#: The fields of a resolution's events that are digests of words.
WORDS: Final = ("what", "why", "text")

#: An id of fewer characters can be a word of its own.
_SHORTEST_ID: Final = 4


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
    what: str | None,
    why: str | None,
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
    texts = {name: one for name, one in (("what", what), ("why", why)) if one is not None}
    faults += _faults_of_words(texts, unit_id)
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
            own = (said.actor, said.unit_id) == (by, unit_id)
            if own and _is_same(transaction, said, payload, texts):
                return said
            raise ConflictError(
                f"resolution {resolution}: already exists with other contents (event "
                f"{said.sequence}); choose another id for this one"
            )
    payload |= _kept(transaction, texts, population, unit_id)
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
    text: str | None,
) -> Event:
    """Record what a review came to; see ``Ledger.review``."""
    if outcome not in REVIEW_OUTCOMES:
        raise LedgerError(
            f"resolution {resolution}, outcome: got {quoted(outcome)}; use one of "
            + ", ".join(REVIEW_OUTCOMES)
        )
    story = _story(transaction, population, resolution, missing="proposed")
    payload: dict[str, Json] = {"resolution": resolution, "outcome": outcome}
    texts, unit_id = {} if text is None else {"text": text}, story[0].unit_id
    faults = _faults_of_words(texts, unit_id)
    raise_faults(LedgerError, (f"resolution {resolution}, {fault}" for fault in faults))
    for said in story:
        if said.kind == "oop_reviewed":
            if said.actor == by and _is_same(transaction, said, payload, texts):
                return said
            raise ConflictError(
                f"resolution {resolution}: was reviewed in event {said.sequence} "
                f"({said.payload['outcome']}); correct that one first"
            )
    payload |= _kept(transaction, texts, population, unit_id)
    return transaction.append("oop_reviewed", by, at, payload, population, None, unit_id)


def forget(
    transaction: Transaction,
    resolution: str,
    *,
    population: str,
    by: str,
    at: dt.datetime,
    reason_code: str,
) -> Event:
    """Erase the words of a resolution; see ``Ledger.forget_resolution``."""
    reason = code(reason_code)
    about = transaction.find(population=population, period=None)
    story = [event for event in about if event.payload.get("resolution") == resolution]
    if not story:
        raise LedgerError(
            f"resolution {quoted(resolution)}: was not proposed in {population}; check its id and "
            "the population"
        )
    erased = erase_words(transaction, story)
    newest = story[-1]
    if not erased and newest.kind == "oop_forgotten":
        return newest
    payload: dict[str, Json] = {"resolution": resolution, "texts": erased, "reason_code": reason}
    unit_id = story[0].unit_id
    return transaction.append("oop_forgotten", by, at, payload, population, None, unit_id)


def erase_words(transaction: Transaction, events: Iterable[Event]) -> int:
    """Erase the words that events of resolutions hold digests of; how many there were."""
    return sum(
        transaction.erase(digest=event.payload[name])
        for event in events
        if event.kind.startswith("oop_")
        for name in WORDS
        if name in event.payload
    )


def _faults_of_words(texts: Mapping[str, str], unit_id: str | None) -> Iterator[str]:
    """What is wrong with words that later colleagues will read: they name no response."""
    for name, text in texts.items():
        try:
            FIELDS["text"].read(text)
        except ValueError:
            yield f"{name}: {got(text, Private.CONTENTS)}; give {FIELDS['text'].allowed}"
            continue
        named = unit_id is not None and len(unit_id) >= _SHORTEST_ID
        if named and re.search(rf"(?<!\w){re.escape(str(unit_id))}(?!\w)", text):
            yield f"{name}: names the response; leave its id out, since colleagues will read this"


def _is_same(
    transaction: Transaction, event: Event, payload: Mapping[str, Json], texts: Mapping[str, str]
) -> bool:
    """Whether an event holds just this; an erased text cannot be compared, the rest has to do."""
    plain = {name: value for name, value in event.payload.items() if name not in WORDS}
    digests = {name: event.payload[name] for name in WORDS if name in event.payload}
    return (
        same(plain, payload)
        and digests.keys() == texts.keys()
        and all(transaction.text(digests[n]) in (None, text) for n, text in texts.items())
    )


def _kept(
    transaction: Transaction, texts: Mapping[str, str], population: str, unit_id: str | None
) -> dict[str, Json]:
    """The digests of words that are kept where they can be erased, by name."""
    about = {"population": population, "unit_id": unit_id}
    return {name: transaction.keep(text, **about) for name, text in texts.items()}


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
    found = transaction.resolution(population, resolution)
    if missing is not None and not found:
        raise LedgerError(
            f"resolution {quoted(resolution)}: was not {missing} in {population}; check its id and "
            "the population"
        )
    return found
