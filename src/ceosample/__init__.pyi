"""The public names, as type checkers read them and as ``__init__.py`` fetches each."""

import ceosample.sampling.draw

from . import batch as batch
from . import design as design
from . import errors as errors
from . import figures as figures
from . import gate as gate
from . import inference as inference
from . import office as office
from . import regimes as regimes
from . import report as report
from . import seeds as seeds
from . import signing as signing
from . import timestamps as timestamps
from . import tracker as tracker
from . import verification as verification
from . import warehouse as warehouse
from .errors import CeosampleError as CeosampleError
from .letters.check_contents import check_contents as check_contents
from .letters.contents.content_digest import content_digest as content_digest
from .letters.letter import Letter as Letter
from .letters.papers.pack import Pack as Pack
from .letters.render import render as render
from .letters.signatory import Signatory as Signatory
from .period import Period as Period
from .sampling.blinding.blind import blind as blind
from .sampling.commitment import Commitment as Commitment
from .sampling.commitment import commit as commit
from .sampling.draw import Draw as Draw
from .sampling.draw import draw as draw
from .sampling.frames.frame import Frame as Frame
from .sampling.plans.plan import Plan as Plan
from .sampling.plans.promise import Promise as Promise
from .sampling.plans.rotation import Rotation as Rotation
from .sampling.seeds.seed import Seed as Seed
from .sampling.verify import VerificationReport as VerificationReport
from .schemas import schema as schema
from .signoff.figures.coverage import SignoffCoverage as SignoffCoverage
from .signoff.figures.coverage import signoff_coverage as signoff_coverage
from .signoff.figures.ratio import Ratio as Ratio
from .signoff.intake.decisions import Decisions as Decisions
from .signoff.ledger import Ledger as Ledger
from .signoff.store.events import Event as Event
from .signoff.verify_folder import verify as verify

__version__: str

__all__ = [
    "CeosampleError",
    "Commitment",
    "Decisions",
    "Draw",
    "Event",
    "Frame",
    "Ledger",
    "Letter",
    "Pack",
    "Period",
    "Plan",
    "Promise",
    "Ratio",
    "Rotation",
    "Seed",
    "Signatory",
    "SignoffCoverage",
    "VerificationReport",
    "__version__",
    "batch",
    "blind",
    "check_contents",
    "commit",
    "content_digest",
    "design",
    "draw",
    "errors",
    "figures",
    "gate",
    "inference",
    "office",
    "regimes",
    "render",
    "report",
    "schema",
    "seeds",
    "signing",
    "signoff_coverage",
    "timestamps",
    "tracker",
    "verification",
    "verify",
    "warehouse",
]

# Flat names of release 0.1, until 0.3. Each warns, and names the place that stands here.

BoardReport = report.BoardReport
BusyError = errors.BusyError
ChainLevel = verification.ChainLevel
ChainReport = verification.ChainReport
ConfigurationError = errors.ConfigurationError
ConflictError = errors.ConflictError
Consent = signing.Consent
Deadline = regimes.Deadline
Deadlines = regimes.DueDatePolicy
FrameError = errors.FrameError
Gate = gate.Gate
GateAnswer = gate.Answer
GateError = errors.GateError
GateRegister = gate.Register
GateReport = gate.Report
LedgerError = errors.LedgerError
LetterError = errors.LetterError
LettersTable = figures.LettersTable
Level = verification.Level
Metrics = figures.Metrics
MissingPartError = errors.MissingPartError
PlanError = errors.PlanError
Receipt = verification.Receipt
RecordError = errors.RecordError
Regime = regimes.Regime
RegimeError = errors.RegimeError
Reserve = ceosample.sampling.draw.Reserve
SampleSize = design.SampleSize
SeedChain = seeds.SeedChain
SeedError = errors.SeedError
Selection = ceosample.sampling.draw.Selection
SignatureError = errors.SignatureError
SignedLevel = signing.Level
SignedReport = signing.Report
SigningKey = signing.SigningKey
Tracker = tracker.Tracker
TrackerColumns = tracker.Columns
allocate = design.allocate
allocate_for_variance = design.allocate_for_variance
allowed_errors = design.allowed_errors
at_risk = figures.at_risk
attendance_sheet = office.attendance_sheet
board_report = report.board_report
check_signed = signing.check
closing_sheet = office.closing_sheet
edited_body = office.edited_body
estimated_variances = design.estimated_variances
letters_table = figures.letters_table
mail_drafts = office.mail_drafts
metrics = figures.metrics
pictures = report.pictures
policy_summary = figures.policy_summary
public_holidays = regimes.public_holidays
read_tracker = tracker.read
shipped_regimes = regimes.shipped
sign_letters = signing.sign
size_for = design.size_for
verify_gate = gate.verify
verify_record = verification.verify_record
without_owner = figures.without_owner
word_file = office.word_file
