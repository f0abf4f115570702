"""What the executive's verdicts mean for the letters that were not drawn."""

from __future__ import annotations

from ceosample.inference.bounds import Bound, bound, interval, lower_bound
from ceosample.inference.cells import Cell
from ceosample.inference.estimates import Estimate, estimate
from ceosample.inference.monitoring import Monitor, MonthBound, monitor
from ceosample.inference.sampled import SampledLetter
from ceosample.inference.verdicts import Judged, judged

__all__ = [
    "Bound",
    "Cell",
    "Estimate",
    "Judged",
    "Monitor",
    "MonthBound",
    "SampledLetter",
    "bound",
    "estimate",
    "interval",
    "judged",
    "lower_bound",
    "monitor",
]
