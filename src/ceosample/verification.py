"""How far a record or a ledger is proved, and what an auditor is handed to check both."""

from __future__ import annotations

from ceosample.evidence.build import Evidence, evidence
from ceosample.evidence.levels import EvidenceLevel, EvidenceReport
from ceosample.evidence.verify import verify_evidence
from ceosample.letters.papers.verify_pack import PackLevel
from ceosample.sampling.verify import Level, Receipt, verify_record
from ceosample.signoff.check import ChainLevel, ChainReport
from ceosample.signoff.verify_folder import FolderReport, PackReport
from ceosample.verifier.page import verifier_page

__all__ = [
    "ChainLevel",
    "ChainReport",
    "Evidence",
    "EvidenceLevel",
    "EvidenceReport",
    "FolderReport",
    "Level",
    "PackLevel",
    "PackReport",
    "Receipt",
    "evidence",
    "verifier_page",
    "verify_evidence",
    "verify_record",
]
