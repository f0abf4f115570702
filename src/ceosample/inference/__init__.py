"""What the executive's verdicts mean for the letters that were not drawn."""

from __future__ import annotations

from ceosample.inference.bounds import Bound, bound, interval
from ceosample.inference.cells import Cell
from ceosample.inference.monitoring import Monitor, MonthBound, monitor
from ceosample.inference.verdicts import Judged, judged

__all__ = [
    "Bound",
    "Cell",
    "Judged",
    "Monitor",
    "MonthBound",
    "bound",
    "interval",
    "judged",
    "monitor",
]
