"""Gates, their registers' lines, and the rule by hand."""

from __future__ import annotations

import datetime as dt
import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import ceosample as cs

SEED = hashlib.sha256(b"a seed of the tests").hexdigest()
AT = dt.datetime(2026, 10, 5, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
CHANCES = {"Cards": "1/4", "Loans": "1/2", "Complaints about us": 1, "Nothing": 0}


def gate_of(chances: Any = None, seed: str = SEED) -> cs.gate.Gate:
    return cs.gate.Gate(
        "complaint-responses", "2026-10", CHANCES if chances is None else chances, seed
    )


def by_hand(unit_id: str, chance: Fraction, seed: str = SEED) -> bool:
    """The specification, in hashlib alone."""
    parts = ["ceosample/1", "complaint-responses", "2026-10", seed, "gate"]
    text = "".join(f"{len(part)}:{part}," for part in parts)
    key = hashlib.sha256(text.encode()).hexdigest()[:32]
    ticket = hashlib.sha256(f"{key},{unit_id}".encode()).hexdigest()
    return int(ticket, 16) < chance.numerator * 2**256 // chance.denominator


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)
