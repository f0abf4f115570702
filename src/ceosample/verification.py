"""How far a record or a ledger is proved, and a record checked without its folder."""

from __future__ import annotations

from ceosample.letters.papers.verify_pack import PackLevel
from ceosample.sampling.verify import Level, Receipt, verify_record
from ceosample.signoff.check import ChainLevel, ChainReport
from ceosample.signoff.verify_folder import FolderReport, PackReport
from ceosample.verifier.page import verifier_page

__all__ = [
    "ChainLevel",
    "ChainReport",
    "FolderReport",
    "Level",
    "PackLevel",
    "PackReport",
    "Receipt",
    "verifier_page",
    "verify_record",
]
