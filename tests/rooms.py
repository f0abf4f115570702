"""Packs of a few made-up letters, and their signing rooms as files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ceosample as cs

SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
SIGNATORY = cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive")
DATE = dt.date(2026, 11, 2)
HEAD = "ab" * 32


def letter(**fields: Any) -> dict[str, Any]:
    return {
        "recipient": "Ann Example",
        "address": ["1 High Street", "Exampleton"],
        "salutation": "Dear Ms Example,",
        "subject": "Your complaint about a fee",
        "body": "We have refunded the fee.\n\nWe are sorry. " + "A word or two more. " * 20,
        "closing": "Yours sincerely,",
        **fields,
    }


DOCKET = {
    "owner": "h-1", "author": "h-2", "division": "Cards", "contacts": {"telephone": 3, "email": 1},
    "received": dt.date(2026, 10, 5), "due": dt.date(2026, 11, 30),
}  # fmt: skip


def pack_of(contents: Mapping[str, Any], **arguments: Any) -> cs.Pack:
    """A pack of these letters; a population of its own, or none could be drawn."""
    frame = cs.Frame.from_records(
        [{"id": unit_id, "division": "Cards"} for unit_id in contents],
        population="complaint-responses", period="2026-10", unit_id="id", strata=["division"],
    )  # fmt: skip
    drawn = cs.draw(frame, cs.Plan(size=len(contents)), SEED)
    given = {"signatory": SIGNATORY, "date": DATE, "registration": HEAD, "pdf": False, **arguments}
    return cs.render(drawn, contents, **given)


def plain(count: int) -> dict[str, Any]:
    return {f"R-{n}": {"letter": letter(), "docket": DOCKET} for n in range(1, count + 1)}


PACK = pack_of(plain(3), letterhead=["The Bank", "1 Quay Parade"])


def written(folder: Path, pack: cs.Pack = PACK) -> Path:
    path = folder / "room.html"
    path.write_bytes(pack.room())
    return path
