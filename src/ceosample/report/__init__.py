"""What people look at: the board's report, notices, and pictures of the ledger's figures."""

from __future__ import annotations

from ceosample.notices.notice import Notice, notice
from ceosample.report import pictures
from ceosample.report.board import BoardReport, board_report

__all__ = ["BoardReport", "Notice", "board_report", "notice", "pictures"]
