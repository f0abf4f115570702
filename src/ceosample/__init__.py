"""Draw, render and track the random sample of complaint responses that a chief executive signs.

Four questions about a month, each answered by an object that the next one takes::

    frame = Frame.from_dataframe(...)      # which responses could have been chosen?
    drawn = draw(frame, plan, seed)        # which ones were?
    pack = render(drawn, contents, ...)    # what does the executive sign?
    ledger.send(pack, ...)                 # what happened to each?

Importing it opens nothing, configures no logging and loads neither SQLAlchemy nor Typst.
"""

from __future__ import annotations

from ceosample.errors import (
    BusyError,
    CeosampleError,
    ConfigurationError,
    ConflictError,
    FrameError,
    LedgerError,
    LetterError,
    MissingPartError,
    PlanError,
    RecordError,
    SeedError,
)
from ceosample.period import Period
from ceosample.sampling.commitment import Commitment, commit
from ceosample.sampling.draw import Draw, Reserve, Selection, draw
from ceosample.sampling.frame import Frame
from ceosample.sampling.plan import Plan
from ceosample.sampling.seed import Seed
from ceosample.sampling.verify import Level, Receipt, VerificationReport, verify, verify_record

__all__ = [
    "BusyError",
    "CeosampleError",
    "Commitment",
    "ConfigurationError",
    "ConflictError",
    "Draw",
    "Frame",
    "FrameError",
    "LedgerError",
    "LetterError",
    "Level",
    "MissingPartError",
    "Period",
    "Plan",
    "PlanError",
    "Receipt",
    "RecordError",
    "Reserve",
    "Seed",
    "SeedError",
    "Selection",
    "VerificationReport",
    "commit",
    "draw",
    "verify",
    "verify_record",
]
