"""How far a record or a ledger is proved, and a record checked without its folder."""

from __future__ import annotations

from ceosample.sampling.verify import Level, Receipt, verify_record
from ceosample.signoff.check import ChainLevel, ChainReport

__all__ = ["ChainLevel", "ChainReport", "Level", "Receipt", "verify_record"]
