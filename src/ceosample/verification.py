"""How far a record or a ledger is proved, and a record checked without its folder."""

from __future__ import annotations

from ceosample.letters.papers.verify_pack import PackLevel
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
    "FolderReport",
    "Level",
    "PackLevel",
    "PackReport",
    "Receipt",
    "RecorderKey",
    "verify_record",
]
