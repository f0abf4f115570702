"""One month from a configuration: freeze, wait for the seed, draw, render, send.

Every step can be taken twice, so a run that was stopped anywhere is finished by the next one, and
a run of a finished month changes nothing.
"""

from ceosample.job.checking import CheckReport, check, no_configuration
from ceosample.job.contents import read_contents
from ceosample.job.month import OFFICE, SAMPLER, Month, Outcome
from ceosample.job.rendering import render_again
from ceosample.job.running import STEPS, promise, run
from ceosample.job.source import Reading, read_source

__all__ = [
    "OFFICE",
    "SAMPLER",
    "STEPS",
    "CheckReport",
    "Month",
    "Outcome",
    "Reading",
    "check",
    "no_configuration",
    "promise",
    "read_contents",
    "read_source",
    "render_again",
    "run",
]
