"""How far a record or a ledger is proved, and what a record says of one response."""

from __future__ import annotations

from ceosample.letters.papers.verify_pack import PackLevel
from ceosample.sampling.explained.explain import explain
from ceosample.sampling.explained.explanation import Explanation
from ceosample.sampling.explained.fields import DrawOutcome, Standing, TurnOfStratum
from ceosample.sampling.verify import Level, Receipt, verify_record
from ceosample.signoff.check import ChainLevel, ChainReport
from ceosample.signoff.keys.compare import Agreement, Comparison
from ceosample.signoff.keys.recorder_key import RecorderKey
from ceosample.signoff.verify_folder import FolderReport, PackReport

__all__ = [
    "Agreement",
    "ChainLevel",
    "ChainReport",
    "Comparison",
    "DrawOutcome",
    "Explanation",
    "FolderReport",
    "Level",
    "PackLevel",
    "PackReport",
    "Receipt",
    "RecorderKey",
    "Standing",
    "TurnOfStratum",
    "explain",
    "verify_record",
]
