"""A receipt for a draw, from a hash of the ledger on dated paper."""

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
    proof: str,
) -> Receipt:
    """The receipt; see ``Ledger.receipt``.

    Args:
        draw: whose commitment.
        of_month: the events of its month.
        events: all events, oldest first; read as far as the head.
        head: the hash on the paper, which the ledger has.
        dated, rolled: when the paper was dated, and when the seed came to be.
        proof: what dates the head, in words.

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
            f"{draw.population}, {draw.period}, so the ledger holds no evidence for this draw"
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
            f"head: got {head[:8]}, which is not older than the seed (event {seed_at}); give a "
            "head from between the freeze and the seed"
        )
    if frozen_at is None:
        raise LedgerError(
            f"head: got {head[:8]}, which is older than any freeze of the commitment "
            f"{draw.commitment[:8]}; give a head from between the freeze and the seed"
        )
    evidence = f"event {frozen_at} of the ledger, under the head {head} {proof}"
    return Receipt(draw.commitment, dated, rolled, evidence)
