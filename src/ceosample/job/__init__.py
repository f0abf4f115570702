"""Months from a configuration: freeze, wait for the seed, draw, render, send.

Every step can be taken twice, so a run that was stopped anywhere is finished by the next one, and
a run of a finished month changes nothing.
"""

from ceosample.job.contents import read_contents
from ceosample.job.due import Agenda, agenda, due, told
from ceosample.job.freezing import still_open
from ceosample.job.month import OFFICE, SAMPLER, Month, Outcome
from ceosample.job.rendering import render_again
from ceosample.job.roll_forward import RollForward
from ceosample.job.running import STEPS, promise, run
from ceosample.job.sequence import RunReport, failed, run_due

__all__ = [
    "OFFICE",
    "SAMPLER",
    "STEPS",
    "Agenda",
    "Month",
    "Outcome",
    "RollForward",
    "RunReport",
    "agenda",
    "due",
    "failed",
    "promise",
    "read_contents",
    "render_again",
    "run",
    "run_due",
    "still_open",
    "told",
]
