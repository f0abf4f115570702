"""What was promised to customers, and what is done about the causes of defects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ceosample.report.table_parts import Part, section, table
from ceosample.text import counted

if TYPE_CHECKING:
    from ceosample.report.figures import BoardFigures


def promises_section(report: BoardFigures) -> Part:
    """Promises by what came of them; no promise is named."""
    found = report.metrics.promises
    outcomes = {"Kept": found.kept, "Broken": found.broken, "Open": found.open}
    rows = [[name, ratio.short] for name, ratio in outcomes.items()]
    return section(
        "promises",
        "What was promised to customers",
        [
            f"{found.letters} something by a date: a payment, a remedy, a call. {found.kept}"
            + (f", {found.in_time.short} of them in time." if found.in_time.of else ".")
            + (f" {found.overdue}." if found.overdue.of else ""),
            "That one was kept rests on a file whose digest the ledger holds.",
        ]
        if found.kept.of
        else [f"{found.letters} something by a date: a payment, a remedy, a call."],
        [table("Promises", ["What came of it", "Promises"], rows if found.kept.of else ())],
    )


def causes_section(report: BoardFigures) -> Part:
    """The causes that findings name, and the actions against each."""
    found = report.metrics.causes
    without = sum(not cause.done.of for cause in found)
    actions = sum(cause.done.of for cause in found)
    still = sum(cause.overdue.of for cause in found)
    late = sum(cause.overdue.count for cause in found)
    return section(
        "causes",
        "Causes, and what is done about them",
        [
            f"The findings name {counted(len(found), 'cause')}. Against {without} of them no "
            f"action is on record. Of {counted(actions, 'action')}, {still} "
            f"{'is' if still == 1 else 'are'} open, {late} of these past the date."
            if found
            else "No finding names a cause."
        ],
        [
            table(
                "Causes, the commonest first",
                [
                    "Cause",
                    "Letters, of those with a finding",
                    "Actions done",
                    "Overdue, of those open",
                ],
                ([c.cause, c.letters.short, c.done.short, c.overdue.short] for c in found),
            )
        ],
    )
