"""What people look at: the board's report, and pictures of the ledger's figures."""

from __future__ import annotations

from ceosample.report import pictures
from ceosample.report.board import BoardReport, board_report

__all__ = ["BoardReport", "board_report", "pictures"]
