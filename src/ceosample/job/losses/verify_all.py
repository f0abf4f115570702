"""Everything that a configuration keeps, checked at once: its ledger and each month's folder."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ceosample.canonical import Json
from ceosample.configuration import Configuration
from ceosample.job.due import month_states
from ceosample.job.losses.lost_files import LostFiles, lost_files
from ceosample.result import Result
from ceosample.signoff.check import ChainReport
from ceosample.signoff.known_heads import unknown_heads
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.verify_folder import FolderReport, verify
from ceosample.text import counted


@attrs.frozen
class AllMonths(Result):
    """What a check of everything found.

    Attributes:
        ledger: the check of the ledger.
        months: each month that was drawn, with what its folder gave.
        waiting: the months that are frozen and not drawn, whose files are compared alone.
        lost: the files that months' folders lost.
        not_in_ledger: what the folders name and the ledger does not have, in words.
    """

    ledger: ChainReport
    months: Mapping[str, FolderReport]
    waiting: tuple[str, ...]
    lost: tuple[LostFiles, ...]
    not_in_ledger: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing differs and nothing is lost."""
        return (
            self.ledger.ok
            and all(report.ok for report in self.months.values())
            and not self.lost
            and not self.not_in_ledger
        )

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "ok": self.ok,
            "ledger": self.ledger.to_dict(),
            "months": {period: report.to_dict() for period, report in self.months.items()},
            "waiting": [*self.waiting],
            "lost": [month.to_dict() for month in self.lost],
            "not_in_ledger": [*self.not_in_ledger],
        }

    def __str__(self) -> str:
        lines = [f"ledger {self.ledger}"]
        lines += [f"{period} {str(said).splitlines()[0]}" for period, said in self.months.items()]
        lines += [f"{period} waits for its seed" for period in self.waiting]
        lines += [*map(str, self.lost), *self.not_in_ledger]
        verdict = "ok" if self.ok else "NOT ok"
        return "\n".join([*lines, f"{verdict}: {counted(len(self.months), 'month')} drawn"])


def verify_all(configuration: Configuration, ledger: Ledger, *, strict: bool = False) -> AllMonths:
    """Check a ledger, and each month's folder against it; nothing is written.

    Args:
        configuration: the population, and where its months' folders are.
        ledger: the ledger.
        strict: whether a name in ``draw.json`` that proves nothing is a difference.
    """
    events = ledger.month_events(configuration.population)
    states = sorted(month_states(configuration, events).items())
    drawn = [period for period, newest in states if "drawn" in newest and "frozen" in newest]
    return AllMonths(
        ledger=ledger.check(),
        months={
            str(period): verify(configuration.month_folder(period), ledger=ledger, strict=strict)
            for period in drawn
        },
        waiting=tuple(str(p) for p, newest in states if "frozen" in newest and p not in drawn),
        lost=tuple(lost_files(configuration, events)),
        not_in_ledger=tuple(unknown_heads(ledger, configuration.population, configuration.packs)),
    )
