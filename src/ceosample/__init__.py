"""Draw, render and track the random sample of complaint responses that a chief executive signs.

Four questions about a month, each answered by an object that the next one takes::

    frame = Frame.from_dataframe(...)      # which responses could have been chosen?
    drawn = draw(frame, plan, seed)        # which ones were?
    pack = render(drawn, contents, ...)    # what does the executive sign?
    ledger.send(pack, ...)                 # what happened to each?

Importing it opens nothing, configures no logging and loads neither SQLAlchemy nor Typst.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ceosample.errors import (
    BusyError,
    CeosampleError,
    ConfigurationError,
    ConflictError,
    FrameError,
    GateError,
    LedgerError,
    LetterError,
    MissingPartError,
    PlanError,
    RecordError,
    RegimeError,
    SeedError,
    SignatureError,
)
from ceosample.inference.sizes import SampleSize, allowed_errors, size_for
from ceosample.inference.spread import estimated_variances
from ceosample.letters.contents.content_digest import content_digest
from ceosample.letters.contents.due_dates import Deadlines
from ceosample.letters.letter import Letter, Signatory
from ceosample.letters.papers.attendance_sheet import attendance_sheet
from ceosample.letters.papers.pack import Pack
from ceosample.letters.regimes.deadline import Deadline
from ceosample.letters.regimes.regime import Regime, shipped_regimes
from ceosample.letters.regimes.workdays import public_holidays
from ceosample.letters.render import render
from ceosample.letters.signatures.sign import Consent, sign_letters
from ceosample.letters.signatures.signing_key import SigningKey
from ceosample.letters.signatures.validate import SignedLevel, SignedReport, check_signed
from ceosample.period import Period
from ceosample.sampling.commitment import Commitment, commit
from ceosample.sampling.draw import Draw, Reserve, Selection, draw
from ceosample.sampling.frames.frame import Frame
from ceosample.sampling.gates.gate import Gate
from ceosample.sampling.gates.gate_report import GateReport
from ceosample.sampling.gates.register import GateRegister
from ceosample.sampling.gates.register_lines import GateAnswer
from ceosample.sampling.gates.verify_gate import verify_gate
from ceosample.sampling.plans.allocation import allocate, allocate_for_variance
from ceosample.sampling.plans.plan import Plan
from ceosample.sampling.plans.promise import Promise
from ceosample.sampling.plans.rotation import Rotation
from ceosample.sampling.seeds.chain import SeedChain
from ceosample.sampling.seeds.seed import Seed
from ceosample.sampling.verify import Level, Receipt, VerificationReport, verify, verify_record
from ceosample.schemas import schema

if TYPE_CHECKING:
    from ceosample import warehouse as warehouse
    from ceosample.letters.mail import mail_drafts
    from ceosample.letters.word.edit import edited_body, word_file
    from ceosample.report import pictures
    from ceosample.report.board import BoardReport, board_report
    from ceosample.signoff.check import ChainLevel, ChainReport
    from ceosample.signoff.closing_sheet import closing_sheet
    from ceosample.signoff.figures.coverage import SignoffCoverage, signoff_coverage
    from ceosample.signoff.figures.metrics import Metrics, metrics
    from ceosample.signoff.figures.open_letters import at_risk, without_owner
    from ceosample.signoff.figures.policies import policy_summary
    from ceosample.signoff.figures.ratio import Ratio
    from ceosample.signoff.intake.tracker import Tracker, read_tracker
    from ceosample.signoff.intake.tracker_columns import TrackerColumns
    from ceosample.signoff.ledger import Ledger
    from ceosample.signoff.letters_table import LettersTable, letters_table
    from ceosample.signoff.store.events import Event

__all__ = [
    "BoardReport",
    "BusyError",
    "CeosampleError",
    "ChainLevel",
    "ChainReport",
    "Commitment",
    "ConfigurationError",
    "ConflictError",
    "Consent",
    "Deadline",
    "Deadlines",
    "Draw",
    "Event",
    "Frame",
    "FrameError",
    "Gate",
    "GateAnswer",
    "GateError",
    "GateRegister",
    "GateReport",
    "Ledger",
    "LedgerError",
    "Letter",
    "LetterError",
    "LettersTable",
    "Level",
    "Metrics",
    "MissingPartError",
    "Pack",
    "Period",
    "Plan",
    "PlanError",
    "Promise",
    "Ratio",
    "Receipt",
    "RecordError",
    "Regime",
    "RegimeError",
    "Reserve",
    "Rotation",
    "SampleSize",
    "Seed",
    "SeedChain",
    "SeedError",
    "Selection",
    "Signatory",
    "SignatureError",
    "SignedLevel",
    "SignedReport",
    "SigningKey",
    "SignoffCoverage",
    "Tracker",
    "TrackerColumns",
    "VerificationReport",
    "allocate",
    "allocate_for_variance",
    "allowed_errors",
    "at_risk",
    "attendance_sheet",
    "board_report",
    "check_signed",
    "closing_sheet",
    "commit",
    "content_digest",
    "draw",
    "edited_body",
    "estimated_variances",
    "letters_table",
    "mail_drafts",
    "metrics",
    "pictures",
    "policy_summary",
    "public_holidays",
    "read_tracker",
    "render",
    "schema",
    "shipped_regimes",
    "sign_letters",
    "signoff_coverage",
    "size_for",
    "verify",
    "verify_gate",
    "verify_record",
    "without_owner",
    "word_file",
]

# Who uses the library decides where messages go; without a handler Python would print warnings.
logging.getLogger(__name__).addHandler(logging.NullHandler())

#: Names whose modules load SQLAlchemy or the mail library, fetched when they are first asked for.
_LAZY = {
    "BoardReport": "ceosample.report.board",
    "ChainLevel": "ceosample.signoff.check",
    "ChainReport": "ceosample.signoff.check",
    "Event": "ceosample.signoff.store.events",
    "Ledger": "ceosample.signoff.ledger",
    "LettersTable": "ceosample.signoff.letters_table",
    "Metrics": "ceosample.signoff.figures.metrics",
    "Ratio": "ceosample.signoff.figures.coverage",
    "SignoffCoverage": "ceosample.signoff.figures.coverage",
    "Tracker": "ceosample.signoff.intake.tracker",
    "TrackerColumns": "ceosample.signoff.intake.tracker_columns",
    "at_risk": "ceosample.signoff.figures.open_letters",
    "board_report": "ceosample.report.board",
    "closing_sheet": "ceosample.signoff.closing_sheet",
    "edited_body": "ceosample.letters.word.edit",
    "letters_table": "ceosample.signoff.letters_table",
    "mail_drafts": "ceosample.letters.mail",
    "metrics": "ceosample.signoff.figures.metrics",
    "pictures": "ceosample.report",
    "policy_summary": "ceosample.signoff.figures.policies",
    "read_tracker": "ceosample.signoff.intake.tracker",
    "signoff_coverage": "ceosample.signoff.figures.coverage",
    "without_owner": "ceosample.signoff.figures.open_letters",
    "word_file": "ceosample.letters.word.edit",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "warehouse":  # a part of its own, for those whose frame lives elsewhere
        return import_module("ceosample.warehouse")
    if name not in _LAZY:
        raise AttributeError(f"module 'ceosample' has no attribute {name!r}")
    value = getattr(import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
