"""How far the check of a file of evidence came, and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

import attrs

from ceosample.canonical import Json
from ceosample.result import Result
from ceosample.show import html_facts
from ceosample.signoff.check import ChainReport
from ceosample.signoff.verify_folder import FolderReport


class EvidenceLevel(IntEnum):
    """How far a check of a file of evidence came. Below ``NUMBERS``, the step of a stop."""

    MALFORMED = 0  #: it is not such a file, or its index cannot be read
    FILES = 1  #: a file is missing, was added, or is not the one that the index names
    EVENTS = 2  #: an event is wrong, or the chain lacks the head that was given
    MONTHS = 3  #: a month is missing, or its files are not those that the ledger froze and drew
    SHEETS = 4  #: a sheet or a time stamp is of no event of the chain, or a time stamp is wrong
    FIGURES = 5  #: the report's figures are not those of the events
    NUMBERS = 6  #: nothing contradicts anything else; another release made the words of the pages
    AGREES = 7  #: and the pages are what the events give, byte by byte


@attrs.frozen
class EvidenceReport(Result):
    """What a check of a file of evidence found.

    Attributes:
        level: how far it came.
        first_difference: what was wrong first, in words; None if nothing was.
        sha256: the digest of the file, to be compared with the one that you were told.
        chain: the check of the events; None where it stopped before.
        months: what drawing each month again gave, as far as it came.
        notes: what was looked at, and what was not.
    """

    level: EvidenceLevel
    first_difference: str | None
    sha256: str
    chain: ChainReport | None = None
    months: Mapping[str, FolderReport] = attrs.field(factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing in it contradicts anything else."""
        return self.first_difference is None

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {"ok": self.ok, **super().to_dict()}

    @property
    def _verdict(self) -> str:
        return f"{'ok' if self.ok else 'NOT ok'}: evidence {self.level.name}"

    def __str__(self) -> str:
        lines = [self._verdict, f"SHA-256 {self.sha256}"]
        if self.chain is not None:
            lines.append(f"events {str(self.chain).splitlines()[0]}")
        lines += [f"{month} {str(said).splitlines()[0]}" for month, said in self.months.items()]
        lines += self.notes
        if self.first_difference is not None:
            lines.append(f"first difference: {self.first_difference}")
        return "\n  ".join(lines)

    def _repr_html_(self) -> str:
        facts = [("SHA-256", self.sha256)]
        facts += [("first difference", self.first_difference)] if self.first_difference else []
        return html_facts(self._verdict, facts, self.notes)


class StoppedAt(Exception):
    """A step of the check that did not come out."""

    def __init__(self, level: EvidenceLevel, difference: str) -> None:
        super().__init__(level, difference)
        self.level = level
        self.difference = difference
