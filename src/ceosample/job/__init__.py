"""Months from a configuration: freeze, wait for the seed, draw, render, send.

Every step can be taken twice, so a run that was stopped anywhere is finished by the next one, and
a run of a finished month changes nothing.
"""

from ceosample.job.check_configuration import CheckReport, check, next_month, no_configuration
from ceosample.job.due import Agenda, agenda, due, month_states
from ceosample.job.losses.lost_files import LostFiles, lost_files
from ceosample.job.losses.named_ledger import open_ledger, open_to_read, pin
from ceosample.job.losses.rebuild_month import Rebuilt, rebuild
from ceosample.job.losses.verify_all import AllMonths, verify_all
from ceosample.job.month import OFFICE, SAMPLER, Month, Outcome
from ceosample.job.preview import MonthPreview, RunPreview, preview, preview_due
from ceosample.job.render_pack import render_again, unchanged
from ceosample.job.roll_forward import RollForward
from ceosample.job.run_due_months import RunReport, failed, report_of, run_due
from ceosample.job.run_month import STEPS, promise, run
from ceosample.job.sources.letter_contents import read_contents
from ceosample.job.sources.source import SourceReport, read_source
from ceosample.job.still_open import StillOpen, still_open_by_month

__all__ = [
    "OFFICE",
    "SAMPLER",
    "STEPS",
    "Agenda",
    "AllMonths",
    "CheckReport",
    "LostFiles",
    "Month",
    "MonthPreview",
    "Outcome",
    "Rebuilt",
    "RollForward",
    "RunPreview",
    "RunReport",
    "SourceReport",
    "StillOpen",
    "agenda",
    "check",
    "due",
    "failed",
    "lost_files",
    "month_states",
    "next_month",
    "no_configuration",
    "open_ledger",
    "open_to_read",
    "pin",
    "preview",
    "preview_due",
    "promise",
    "read_contents",
    "read_source",
    "rebuild",
    "render_again",
    "report_of",
    "run",
    "run_due",
    "still_open_by_month",
    "unchanged",
    "verify_all",
]
