"""Months from a configuration: freeze, wait for the seed, draw, render, send.

Every step can be taken twice, so a run that was stopped anywhere is finished by the next one, and
a run of a finished month changes nothing.
"""

from ceosample.job.check_configuration import CheckReport, check, next_month, no_configuration
from ceosample.job.due import Agenda, agenda, due, month_states
from ceosample.job.month import EMPTY, OFFICE, SAMPLER, Month, Outcome
from ceosample.job.pickup_folder import tell_pickup
from ceosample.job.preview import MonthPreview, RunPreview, preview, preview_due
from ceosample.job.render_pack import render_again, unchanged
from ceosample.job.roll_forward import RollForward
from ceosample.job.run_due_months import RunReport, failed, report_of, run_due
from ceosample.job.run_month import STEPS, promise, run
from ceosample.job.sources.letter_contents import read_contents
from ceosample.job.sources.source import SourceReport, read_source
from ceosample.job.still_open import StillOpen, still_open_by_month

__all__ = [
    "EMPTY",
    "OFFICE",
    "SAMPLER",
    "STEPS",
    "Agenda",
    "CheckReport",
    "Month",
    "MonthPreview",
    "Outcome",
    "RollForward",
    "RunPreview",
    "RunReport",
    "SourceReport",
    "StillOpen",
    "agenda",
    "check",
    "due",
    "failed",
    "month_states",
    "next_month",
    "no_configuration",
    "preview",
    "preview_due",
    "promise",
    "read_contents",
    "read_source",
    "render_again",
    "report_of",
    "run",
    "run_due",
    "still_open_by_month",
    "tell_pickup",
    "unchanged",
]
