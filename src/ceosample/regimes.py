"""What a regulation asks of a letter, and by when."""

from __future__ import annotations

from ceosample.letters.contents.due_dates import DueDatePolicy
from ceosample.letters.regimes.deadline import Deadline
from ceosample.letters.regimes.regime import Regime
from ceosample.letters.regimes.regime import shipped_regimes as shipped
from ceosample.letters.regimes.workdays import public_holidays

__all__ = ["Deadline", "DueDatePolicy", "Regime", "public_holidays", "shipped"]
