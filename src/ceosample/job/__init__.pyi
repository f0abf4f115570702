"""The names of this room, as type checkers read them and as ``__init__.py`` fetches each."""

from .check_configuration import CheckReport as CheckReport
from .check_configuration import check as check
from .check_configuration import next_month as next_month
from .check_configuration import no_configuration as no_configuration
from .due import Agenda as Agenda
from .due import agenda as agenda
from .due import month_states as month_states
from .losses.lost_files import LostFiles as LostFiles
from .losses.lost_files import lost_files as lost_files
from .losses.named_ledger import open_ledger as open_ledger
from .losses.named_ledger import open_to_read as open_to_read
from .losses.named_ledger import pin as pin
from .losses.rebuild_month import Rebuilt as Rebuilt
from .losses.rebuild_month import rebuild as rebuild
from .losses.verify_all import AllMonths as AllMonths
from .losses.verify_all import verify_all as verify_all
from .month import EMPTY as EMPTY
from .month import OFFICE as OFFICE
from .month import SAMPLER as SAMPLER
from .month import Month as Month
from .month import Outcome as Outcome
from .pickup_folder import tell_pickup as tell_pickup
from .preview import MonthPreview as MonthPreview
from .preview import RunPreview as RunPreview
from .preview import preview_due as preview_due
from .render_pack import folder_of as folder_of
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
    "EMPTY",
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
    "failed",
    "folder_of",
    "lost_files",
    "month_states",
    "next_month",
    "no_configuration",
    "open_ledger",
    "open_to_read",
    "pin",
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
    "tell_pickup",
    "unchanged",
    "verify_all",
]
