"""The section about the casebook: what reached the executive without being drawn."""

from __future__ import annotations

from ceosample.report.table_parts import Part, section, table
from ceosample.signoff.figures.outside.casebook import NO_DENOMINATOR, CasebookSummary
from ceosample.signoff.replay.cases import WAYS
from ceosample.text import counted


def casebook_section(casebook: CasebookSummary) -> Part:
    """Counts by way and month, and what became of the cases; by their ids they are not named."""
    trend = casebook.trend
    late = sum(case.overdue for case in casebook.open)
    return section(
        "casebook",
        "Cases that nobody drew",
        [
            f"{counted(casebook.count, 'case')} reached the chief executive without being drawn. "
            f"{NO_DENOMINATOR}",
            f"{trend[0].upper()}{trend[1:]}." if trend else "",
            f"Open, whenever they came: {counted(len(casebook.open), 'case')}, of which {late} "
            "past the last date."
            if casebook.open
            else "No case is open.",
        ],
        [
            table(
                "Cases by month and by the way they came",
                ["Month", *(way.capitalize() for way in WAYS), "Complaints", "Compliments"],
                ([month.period.words, *month.cells[1:]] for month in casebook.months),
            ),
            table(
                "What became of them",
                ["", "Cases"],
                ([ratio.what, ratio.short] for ratio in casebook.ratios),
            ),
        ],
    )


def late_cases(casebook: CasebookSummary | None) -> str:
    """The open cases past their last date, in words; empty without one."""
    waiting = () if casebook is None else casebook.open
    late = sum(case.overdue for case in waiting)
    return f"{late} of {counted(len(waiting), 'open case')} past the last date" if late else ""
