"""The steps of the check that are about the months: their files, their draws, their papers."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from ceosample import files
from ceosample.canonical import digest
from ceosample.errors import CeosampleError, LedgerError
from ceosample.evidence.dated_head import DatedHead, RolledMonth
from ceosample.evidence.levels import EvidenceLevel, StoppedAt
from ceosample.evidence.months import EvidenceMonth
from ceosample.evidence.papers import MONTHS, Digests, answers_in, stamp_in
from ceosample.evidence.stamps import CheckedStamps, checked_stamps, proved, unchecked
from ceosample.letters.papers import PACK
from ceosample.sampling.draw import Draw
from ceosample.sampling.verify import Receipt
from ceosample.signoff.figures.month_summary import EMPTY
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import Event
from ceosample.signoff.verify_folder import FolderReport, verify


@attrs.define
class MonthSteps:
    """The months of a file of evidence, checked one after the other.

    Attributes:
        parts: the files of the evidence.
        ledger: its events, as a ledger in memory.
        months: what the ledger has of the months.
        events: all events, oldest first.
        digests: what papers can be named by.
        stamps: what is found of the time stamps; None without roots.
        paper: a dated commitment sheet, and the month that it froze; None without one.
        rolled: the month of dice whose time goes with its time stamps; None without one.
        found: what drawing each month again gave, as far as it came.
        notes: what to say of them.
    """

    parts: Mapping[str, bytes]
    ledger: Ledger
    months: Sequence[EvidenceMonth]
    events: Sequence[Event]
    digests: Digests
    stamps: CheckedStamps | None
    paper: tuple[DatedHead, EvidenceMonth] | None
    rolled: RolledMonth | None
    found: dict[str, FolderReport]
    notes: list[str]

    @classmethod
    def of(
        cls,
        parts: Mapping[str, bytes],
        ledger: Ledger,
        months: Sequence[EvidenceMonth],
        roots: bytes | None,
        dated: DatedHead | None,
        rolled: dt.datetime | None,
        found: dict[str, FolderReport],
        notes: list[str],
    ) -> MonthSteps:
        """The steps for these files; the time stamps are checked against the roots.

        Raises:
            RecordError: the dated hash is no freeze of one of the months, or the time of the dice
                is of none of them, or could be of several.
        """
        events = list(ledger.events())
        digests = Digests.of(events)
        stamps = None if roots is None else checked_stamps(parts, digests, roots)
        paper = None if dated is None else (dated, dated.month_in(events, months))
        dice = None if rolled is None else RolledMonth.among(rolled, events, months)
        return cls(parts, ledger, months, events, digests, stamps, paper, dice, found, notes)

    def require_months(self, *, letters: bool) -> None:
        """Raise unless each month's files are those of the ledger, and the draw comes out again.

        Args:
            letters: whether the letters were asked for.
        """
        known = {month.period for month in self.months}
        for name in self.parts:
            if name.startswith(f"{MONTHS}/") and name.split("/")[1] not in known:
                raise StoppedAt(EvidenceLevel.MONTHS, f"{name}: the ledger froze no such month")
        with tempfile.TemporaryDirectory(prefix="ceosample-") as folder:
            for month in self.months:
                self._require_digests(month)
                if month.draw is not None or month.stage == EMPTY:
                    place = self._written(Path(folder), month)
                    self._require_draw(month, place, letters=letters)

    def require_papers(self) -> None:
        """Raise unless each sheet and time stamp is of an event, and each time stamp is right."""
        for name, data in self.parts.items():
            if (fault := self.digests.fault(name, data)) is not None:
                raise StoppedAt(EvidenceLevel.SHEETS, f"{name}: {fault}")
        if self.stamps is None:
            self.notes += unchecked(self.parts)
        elif not answers_in(self.parts):
            raise StoppedAt(
                EvidenceLevel.SHEETS, "got no time stamp in the file; verify it without its root"
            )
        else:
            for name, fault in self.stamps.faults.items():
                raise StoppedAt(EvidenceLevel.SHEETS, f"{name}: {fault}")

    def _require_digests(self, month: EvidenceMonth) -> None:
        for name, said in month.files.items():
            data = self.parts.get(f"{MONTHS}/{month.period}/{name}")
            if data is None:
                raise StoppedAt(EvidenceLevel.MONTHS, f"{month.period}, {name}: not in the file")
            if digest(data) != said:
                raise StoppedAt(
                    EvidenceLevel.MONTHS,
                    f"{month.period}, {name}: its SHA-256 is {digest(data)}, and the ledger has "
                    f"{said}",
                )

    def _require_draw(self, month: EvidenceMonth, place: Path, *, letters: bool) -> None:
        sent = month.draw is None or (place / PACK).exists()
        receipt, notes = self._proved(month, place)
        report = verify(place, receipt=receipt, ledger=self.ledger if sent else None)
        self.found[month.period] = attrs.evolve(report, notes=(*report.notes, *notes))
        if report.first_difference is not None:
            said = report.first_difference.replace(f"{place}/", "")
            raise StoppedAt(EvidenceLevel.MONTHS, f"{month.period}: {said}")
        self.notes += [f"{month.period}, {note}" for note in (*_order(report, receipt), *notes)]
        if letters and not sent:
            self.notes.append(f"{month.period}: holds no letters")

    def _proved(self, month: EvidenceMonth, place: Path) -> tuple[Receipt | None, list[str]]:
        """What paper and time stamps prove of a month, as far as they were given and are right."""
        on_paper = self.paper is not None and self.paper[1] == month
        if (self.stamps is None and not on_paper) or month.draw is None:
            return None, []
        try:
            draw = Draw.load(place)
        except CeosampleError:
            return None, []  # the verification says what is wrong with the record
        stamped, notes = None, list[str]()
        if self.stamps is not None:
            dice = self.rolled
            rolled = dice.at if dice is not None and dice.period == month.period else None
            stamped, notes = proved(draw, self.stamps.of(month.period), self.events, rolled)
        if on_paper and self.paper is not None:
            return self._by_paper(draw, self.paper[0]), notes
        return stamped, notes

    def _by_paper(self, draw: Draw, paper: DatedHead) -> Receipt:
        """The receipt for the draw that the sheet gives."""
        try:
            return self.ledger.receipt(
                draw, head=paper.head, dated=paper.dated, rolled=paper.rolled
            )
        except LedgerError as error:
            raise StoppedAt(EvidenceLevel.MONTHS, f"{draw.period}: {error.faults[0]}") from None

    def _written(self, folder: Path, month: EvidenceMonth) -> Path:
        """The month's files in a folder of their own, without its time stamps, which are checked
        here; their names were looked at when the file was opened."""
        inside = f"{MONTHS}/{month.period}/"
        place = folder / month.period
        place.mkdir()
        for name, data in self.parts.items():
            if name.startswith(inside) and stamp_in(name) is None:
                files.write_whole(place / name.removeprefix(inside), data)
        return place


def _order(report: FolderReport, receipt: Receipt | None) -> Iterator[str]:
    """What proves the order of a month, in the words of its report."""
    if receipt is not None:
        yield from (note for note in report.notes if note.startswith("the commitment is older"))
