"""The names of this room, as type checkers read them and as ``__init__.py`` fetches each."""

from .check_configuration import CheckReport as CheckReport
from .check_configuration import check as check
from .check_configuration import next_month as next_month
from .check_configuration import no_configuration as no_configuration
from .due import Agenda as Agenda
from .due import agenda as agenda
from .due import month_states as month_states
from .month import OFFICE as OFFICE
from .month import SAMPLER as SAMPLER
from .month import Month as Month
from .month import Outcome as Outcome
from .preview import MonthPreview as MonthPreview
from .preview import RunPreview as RunPreview
from .preview import preview_due as preview_due
from .render_pack import render_again as render_again
from .render_pack import unchanged as unchanged
from .roll_forward import RollForward as RollForward
from .run_due_months import RunReport as RunReport
from .run_due_months import failed as failed
from .run_due_months import report_of as report_of
from .run_due_months import run_due as run_due
from .run_month import STEPS as STEPS
from .run_month import promise as promise
from .run_month import run as run
from .sources.letter_contents import read_contents as read_contents
from .sources.source import SourceReport as SourceReport
from .sources.source import read_source as read_source
from .still_open import StillOpen as StillOpen
from .still_open import still_open_by_month as still_open_by_month

__all__ = [
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
    "failed",
    "month_states",
    "next_month",
    "no_configuration",
    "preview_due",
    "promise",
    "read_contents",
    "read_source",
    "render_again",
    "report_of",
    "run",
    "run_due",
    "still_open_by_month",
    "unchanged",
]
