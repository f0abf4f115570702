"""Months from a configuration: freeze, wait for the seed, draw, render, send.

Every step can be taken twice, so a run that was stopped anywhere is finished by the next one, and
a run of a finished month changes nothing.
"""

from ceosample.job.contents import read_contents
from ceosample.job.due import Agenda, agenda, due, told
from ceosample.job.month import OFFICE, SAMPLER, Month, Outcome
from ceosample.job.preview import MonthPreview, RunPreview, preview, preview_due
from ceosample.job.rendering import render_again
from ceosample.job.roll_forward import RollForward
from ceosample.job.running import STEPS, promise, run
from ceosample.job.sequence import RunReport, failed, run_due
from ceosample.job.still_open import StillOpen, still_open_by_month

__all__ = [
    "OFFICE",
    "SAMPLER",
    "STEPS",
    "Agenda",
    "Month",
    "MonthPreview",
    "Outcome",
    "RollForward",
    "RunPreview",
    "RunReport",
    "StillOpen",
    "agenda",
    "due",
    "failed",
    "preview",
    "preview_due",
    "promise",
    "read_contents",
    "render_again",
    "run",
    "run_due",
    "still_open_by_month",
    "told",
]
