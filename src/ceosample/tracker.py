"""The table in which you tracked sign-offs before: read, for a ledger to import."""

from __future__ import annotations

from ceosample.signoff.intake.tracker import Tracker
from ceosample.signoff.intake.tracker import read_tracker as read
from ceosample.signoff.intake.tracker_columns import TrackerColumns as Columns

__all__ = ["Columns", "Tracker", "read"]
