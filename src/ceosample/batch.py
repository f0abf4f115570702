"""Months from a configuration, for a scheduler: check it, preview a run, run what is due."""

from __future__ import annotations

from ceosample.configuration import Configuration
from ceosample.job.check_configuration import check
from ceosample.job.due import due
from ceosample.job.month import Month
from ceosample.job.pickup_folder import tell_pickup
from ceosample.job.preview import preview, preview_due
from ceosample.job.run_due_months import run_due
from ceosample.job.run_month import run
from ceosample.job.seed_supply import SeedInputs

__all__ = [
    "Configuration",
    "Month",
    "SeedInputs",
    "check",
    "due",
    "preview",
    "preview_due",
    "run",
    "run_due",
    "tell_pickup",
]
