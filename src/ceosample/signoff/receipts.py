"""A receipt for a draw, from a hash of the ledger that stands on dated paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from ceosample.errors import LedgerError
from ceosample.sampling.draw import Draw
from ceosample.sampling.verify import Receipt
from ceosample.signoff.store.events import Event


def receipt_for(
    draw: Draw,
    of_month: Iterable[Event],
    events: Iterable[Event],
    head: str,
    dated: dt.datetime,
    rolled: dt.datetime,
) -> Receipt:
    """The receipt; see ``Ledger.receipt``.

    Args:
        draw: whose commitment.
        of_month: the events of its month.
        events: all events, oldest first; read as far as the head.
        head: the hash on the paper, which the ledger has.
        dated, rolled: when the paper was dated, and when the seed came to be.

    Raises:
        LedgerError: the draw is not the registered one, or the paper does not prove the order.
    """
    month = list(of_month)
    begun = max((n for n, event in enumerate(month) if event.kind == "superseded"), default=0)
    month = month[begun:]
    drawn = next((event for event in month if event.kind == "drawn"), None)
    if drawn is None or drawn.payload["draw"] != draw.digest:
        raise LedgerError(
            f"ledger: the draw {draw.digest[:8]} is not the one registered for "
            f"{draw.population}, {draw.period}, so nothing in it speaks for this one"
        )
    seed_at = next(event.sequence for event in month if event.kind == "seed_revealed")
    frozen_at: int | None = None
    for event in events:
        if event.kind == "frozen" and event.payload["commitment"] == draw.commitment:
            frozen_at = event.sequence
        if event.hash == head:
            break
    if event.sequence >= seed_at:
        raise LedgerError(
            f"ledger: the event {head[:8]} on the paper is not older than the seed, which is "
            f"event {seed_at}; give a head from between the freeze and the seed"
        )
    if frozen_at is None:
        raise LedgerError(
            f"ledger: the event {head[:8]} on the paper is older than any freeze of the "
            f"commitment {draw.commitment[:8]}, so the paper does not prove it"
        )
    evidence = f"event {frozen_at} of the ledger, under the head {head} on dated paper"
    return Receipt(draw.commitment, dated, rolled, evidence)
