"""The section about the casebook: what reached the executive without being drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ceosample.period import Period
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
            f"{counted(casebook.count, 'case')} reached the chief executive without being drawn, "
            f"and no other figure of this report counts them. {NO_DENOMINATOR}",
            f"{trend[0].upper()}{trend[1:]}." if trend else "",
            f"Open, whenever they came: {counted(len(casebook.open), 'case')}, of which {late} "
            "past the last date."
            if casebook.open
            else "No case is open.",
        ],
        [
            _by_way("Complaints", [(m.period, m.complaints) for m in casebook.months]),
            _by_way("Compliments", [(m.period, m.compliments) for m in casebook.months]),
            table(
                "What became of them",
                ["What happened", "Cases"],
                ([ratio.what.capitalize(), ratio.short] for ratio in casebook.ratios),
            ),
        ],
    )


def _by_way(what: str, months: Sequence[tuple[Period, Mapping[str, int]]]) -> Part:
    """A table of counts by month and way; empty where there is nothing to count."""
    there_are = any(sum(ways.values()) for _, ways in months)
    rows = (
        [period.words, *(str(ways[way]) for way in WAYS), str(sum(ways.values()))]
        for period, ways in months
        if there_are
    )
    header = ["Month", *(way.capitalize() for way in WAYS), "All"]
    return table(f"{what} by month and way", header, rows)


def late_cases(casebook: CasebookSummary | None) -> str:
    """The open cases past their last date, in words; empty without one."""
    waiting = () if casebook is None else casebook.open
    late = sum(case.overdue for case in waiting)
    return f"{late} of {counted(len(waiting), 'open case')} past the last date" if late else ""
