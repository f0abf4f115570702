"""What it took the customer: how often they asked, who asked them back, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ceosample.report.table_parts import Part, each, section, table
from ceosample.show import decimal
from ceosample.signoff.figures.customers.contacts import ContactFigures, PerLetter

if TYPE_CHECKING:
    from ceosample.report.figures import BoardFigures


def contacts_section(report: BoardFigures) -> Part:
    """Contacts of the letters drawn by chance; of those read in full a row of their own."""
    sample, in_full = report.metrics.contacts, report.metrics.take_all_contacts
    shown = {"Drawn by chance": sample}
    if report.metrics.take_all.letters:
        shown["Read in full"] = in_full
    return section(
        "contacts",
        "What it took the customer",
        [
            f"{sample.contacts.words('contact')}. {sample.passed_between.words('colleague')}.",
            f"{sample.reached} by the chief executive or the office. A call that reached nobody "
            "does not count. Whether a customer stayed is what the newest call that says so says.",
        ],
        [
            table(
                "Contacts, and colleagues that a customer was passed between",
                ["Letters", "Counted", "In all", "A letter", "At most", "Letters that say it"],
                (
                    [name, what, *_per(found)]
                    for name, one in shown.items()
                    for what, found in (
                        ("contacts", one.contacts),
                        ("colleagues", one.passed_between),
                    )
                    if found.stated.count
                ),
                words=[1],
            ),
            table(
                "Contacts by channel, of the letters drawn by chance",
                ["Channel", "Contacts, of all"],
                each(sample.channels, sample.contacts.total),
            ),
            table(
                "Customers who were called",
                ["Letters", "Reached, of those selected", "Kept", "Left", "Not known"],
                ([name, *_outcomes(one)] for name, one in shown.items() if one.reached.count),
            ),
        ],
    )


def _per(found: PerLetter) -> list[str]:
    """The total, the mean and the largest; dashes where no letter states the number."""
    if found.mean is None:
        return ["-", "-", "-", found.stated.short]
    return [str(found.total), decimal(found.mean), str(found.most), found.stated.short]


def _outcomes(found: ContactFigures) -> list[str]:
    return [ratio.short for ratio in (found.reached, found.kept, found.left, found.unknown)]
