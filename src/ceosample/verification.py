"""How far a record or a ledger is proved, what it says of one response, an auditor's file."""

from __future__ import annotations

from ceosample.evidence.build import Evidence, evidence
from ceosample.evidence.levels import EvidenceLevel, EvidenceReport
from ceosample.evidence.verify import verify_evidence
from ceosample.letters.papers.verify_pack import PackLevel
from ceosample.sampling.explained.explain import explain
from ceosample.sampling.explained.explanation import Explanation
from ceosample.sampling.explained.fields import DrawOutcome, Standing, TurnOfStratum
from ceosample.sampling.verify import Level, Receipt, verify_record
from ceosample.signoff.check import ChainLevel, ChainReport
from ceosample.signoff.keys.compare import Agreement, Comparison
from ceosample.signoff.keys.recorder_key import RecorderKey
from ceosample.signoff.verify_folder import FolderReport, PackReport
from ceosample.verifier.page import verifier_page

__all__ = [
    "Agreement",
    "ChainLevel",
    "ChainReport",
    "Comparison",
    "DrawOutcome",
    "Evidence",
    "EvidenceLevel",
    "EvidenceReport",
    "Explanation",
    "FolderReport",
    "Level",
    "PackLevel",
    "PackReport",
    "Receipt",
    "RecorderKey",
    "Standing",
    "TurnOfStratum",
    "evidence",
    "explain",
    "verifier_page",
    "verify_evidence",
    "verify_record",
]
