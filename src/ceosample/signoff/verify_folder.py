"""A month's folder re-checked as a whole: the draw, the pack, its pages, and what was sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from ceosample import files
from ceosample.canonical import Json
from ceosample.errors import CeosampleError, RecordError
from ceosample.letters.papers import PACK
from ceosample.letters.papers.signing_room import ROOM
from ceosample.letters.papers.verify_pack import (
    PAGE,
    PackLevel,
    SavedPack,
    Stopped,
    verify_pack,
)
from ceosample.result import Result
from ceosample.sampling.draw import Draw
from ceosample.sampling.engine import EngineName, require_engine
from ceosample.sampling.frames.frame import AnyFrame
from ceosample.sampling.names import DRAW
from ceosample.sampling.record import Record
from ceosample.sampling.stamps.evidence import (
    EvidenceOfOrder,
    OfHead,
    Stamps,
    evidence_of,
    unchecked,
)
from ceosample.sampling.verify import Level, Receipt, VerificationReport, verify_draw
from ceosample.show import html_facts
from ceosample.signoff.verify_empty import verify_empty
from ceosample.text import quoted

if TYPE_CHECKING:  # a folder is verified without a ledger, and mostly has none
    from ceosample.signoff.ledger import Ledger
    from ceosample.signoff.store.events import Event

_REWORK: Final = re.compile(r"rework-[1-9][0-9]*")

_EDITED: Final = (
    "not shown by these files: that nobody edited letter, page, PDF and pack.json together; the "
    "ledger (--ledger) shows what was sent, and the closing sheet's head shows that it is the same "
    "ledger"
)

#: What a folder of letters has at least one of, next to its pack.json.
_OF_LETTERS: Final = (PAGE, "pack.pdf", ROOM, "letters", "rework-1")

_NO_LETTERS: Final = (
    "this folder holds no letters, so none was compared with what the ledger sent; the ledger was "
    "read for the order alone"
)


@attrs.frozen
class PackReport(Result):
    """What was found of the packs in a folder.

    Attributes:
        level: how far the comparison came.
        letters: the number of letters compared, reworks included.
        sent: whether they were compared with those that the ledger sent.
        notes: what was looked at, and what was not.
    """

    level: PackLevel
    letters: int
    sent: bool
    notes: tuple[str, ...]

    @property
    def words(self) -> str | None:
        """What was looked at, in words; None where a difference was found."""
        if self.level < PackLevel.WORDS:
            return None
        pages = (
            "words compared, page not"
            if self.level is PackLevel.WORDS
            else ("words and page compared")
        )
        return f"{pages}; what was sent {'compared' if self.sent else 'not'}"

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {**super().to_dict(), "words": self.words}

    def __str__(self) -> str:
        return "\n  ".join([self._verdict, *self.notes])

    def _repr_html_(self) -> str:
        return html_facts(self._verdict, [("letters", str(self.letters))], self.notes)

    @property
    def _verdict(self) -> str:
        level = f"pack {self.level.name}"
        return f"NOT ok: {level}" if self.words is None else f"ok: {level}: {self.words}"


@attrs.frozen
class FolderReport(VerificationReport):
    """What a verification of a folder found, its letters included.

    Attributes:
        level: how far the draw came.
        first_difference: what was wrong first, in the draw or in the pack; None if nothing was.
        draw: the digest of ``draw.json``, or None where there was nothing to digest.
        notes: what was checked of the draw, and what its level rests on.
        unknown: the names in ``draw.json`` that are not part of its scheme.
        redrawn: the digest of the record that a redraw writes, or None.
        pack: what was found of the pack; None where the folder has none, and the draw alone was
            checked.
    """

    pack: PackReport | None = None

    @property
    def _verdict(self) -> str:
        if self.pack is None:
            return super()._verdict
        found = f"pack {self.pack.level.name}"
        if self.pack.words is None:
            # That the draw alone is right is no verdict on the folder.
            draw = "" if self.level >= Level.REPRODUCED else f"{self.level.name}; "
            return f"NOT ok: {draw}{found}"
        return f"{super()._verdict}; {found}: {self.pack.words}"

    @property
    def _told(self) -> tuple[str, ...]:
        return self.notes if self.pack is None else (*self.notes, *self.pack.notes)


def verify(
    folder: str | Path,
    *,
    receipt: Receipt | None = None,
    stamps: Stamps | None = None,
    frame: AnyFrame | None = None,
    ledger: Ledger | None = None,
    strict: bool = False,
    passphrase: str | None = None,
    engine: EngineName | None = None,
) -> FolderReport:
    """Draw again from the files of a folder, compare its letters, and report the first difference.

    Where the folder has a ``pack.json``, the letters, the PDFs (by their digests), the pages and
    the signing room are compared with each other and with the draw, those of reworks too. The
    folder of a month in which nothing was eligible has two tables alone: with a ledger they are
    compared with its freeze (``REPRODUCED``), without one they show little (``UNCOMMITTED``).

    Args:
        folder: holds ``draw.json``, ``manifest.csv`` and ``exclusions.csv``.
        receipt: evidence that the commitment is older than the seed, if there is any.
        stamps: time stamps to look at for such evidence, and whom to trust for them; None for none.
        frame: a frame to draw from in place of the two tables, which need not be there: one in a
            database, too large or too private for a file.
        ledger: the ledger that sent the letters, to be checked and compared; None to leave it out.
            Where a folder holds no letters, and a receipt or time stamps are given, it serves for
            these alone.
        strict: True to make a name that is not part of the scheme a difference.
        passphrase: opens sealed rooms, which are then compared too; None leaves them closed.
        engine: ``"datafusion"`` to let DataFusion compute the tickets on all cores, with all ids in
            memory at once; None for Python, which reads the tables in small parts.

    Returns:
        A report; a record that is wrong is a finding and not an exception.

    Raises:
        FrameError: another engine.
        MissingPartError: the engine, or what checks time stamps, is not installed.
        RecordError: the roots of the time stamps are no certificates.

    >>> import tempfile, ceosample as cs
    >>> frame = cs.Frame.from_records([{"id": f"R-{i}"} for i in range(100)],
    ...     population="complaint-responses", period="2026-10", unit_id="id")
    >>> seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cs.draw(frame, cs.Plan(size=3), seed).save(folder)
    ...     cs.verify(folder).level.name
    'REPRODUCED'
    """
    require_engine(engine)
    place = Path(folder)
    empty = verify_empty(place, ledger)
    if empty is not None:
        return FolderReport(empty.level, empty.first_difference, None, empty.notes)
    stamped = EvidenceOfOrder(notes=[*unchecked(place)])
    if stamps is not None:
        stamped = evidence_of(place, stamps, None if ledger is None else _of_head(place, ledger))
    draw = verify_draw(
        place, receipt=receipt or stamped.receipt, frame=frame, strict=strict, engine=engine
    )
    known = {field.name: getattr(draw, field.name) for field in attrs.fields(VerificationReport)}
    known["notes"] = (*draw.notes, *stamped.notes)
    known["first_difference"] = draw.first_difference or stamped.fault
    there = (place / PACK).is_symlink() or (place / PACK).exists()
    if not there and ledger is None:
        return FolderReport(**known)
    asks_order = receipt is not None or stamps is not None
    if asks_order and not there and not any((place / name).exists() for name in _OF_LETTERS):
        known["notes"] = (*known["notes"], _NO_LETTERS)
        return FolderReport(**known)
    pack, difference = _packs(place, ledger, draw.redrawn, passphrase)
    return FolderReport(
        **{**known, "first_difference": known["first_difference"] or difference}, pack=pack
    )


def _of_head(place: Path, ledger: Ledger) -> OfHead:
    """What gives a receipt for a head of a ledger."""
    return lambda head, dated, rolled, proof: ledger.receipt(
        Draw.load(place), head=head, dated=dated, rolled=rolled, proof=proof
    )


def _packs(
    place: Path, ledger: Ledger | None, redrawn: str | None, passphrase: str | None
) -> tuple[PackReport, str | None]:
    """What is found of the packs, and the first difference."""
    saved: list[SavedPack] = []
    notes: list[str] = []
    try:
        record = _record(place)
        for folder in (place, *_reworks(place)):
            saved.append(
                verify_pack(
                    folder,
                    record,
                    whole=folder == place,
                    redrawn=redrawn,
                    passphrase=passphrase,
                )
            )
        level = min(pack.level for pack in saved)
        if ledger is None:
            notes.append(_EDITED)
        else:
            notes += _sent(saved, ledger)
            level = PackLevel.RECORDED if level is PackLevel.PAGE else level
        difference = None
    except Stopped as stop:
        level, difference = stop.level, stop.difference
    told = [_where(pack, place, note) for pack in saved for note in pack.notes]
    letters = sum(len(one.pack) for one in saved)
    return PackReport(level, letters, ledger is not None, (*told, *notes)), difference


def _record(place: Path) -> Record:
    try:
        return Record.parse(files.read(place / DRAW))
    except RecordError as error:
        raise Stopped(PackLevel.MALFORMED, error.faults[0]) from None


def _reworks(place: Path) -> list[Path]:
    """The folders of letters that were rendered again."""
    found = [path for path in place.iterdir() if _REWORK.fullmatch(path.name) and path.is_dir()]
    return sorted(
        (path for path in found if (path / PACK).exists()),
        key=lambda path: int(path.name.partition("-")[2]),
    )


def _where(pack: SavedPack, place: Path, note: str) -> str:
    return note if pack.folder == place else f"{pack.folder.name}: {note}"


def _sent(saved: Sequence[SavedPack], ledger: Ledger) -> list[str]:
    """What to say of the ledger, which sent exactly these packs.

    Raises:
        Stopped: it is broken, or it sent others.
    """
    first = saved[0].pack
    try:
        report = ledger.check()
        month = list(ledger.events(population=first.population, period=first.period))
    except CeosampleError as error:
        raise Stopped(PackLevel.SENT, str(error)) from None
    if report.first_difference is not None:
        raise Stopped(PackLevel.SENT, f"ledger: {report.first_difference}")
    begun = max((n for n, e in enumerate(month) if e.kind == "superseded"), default=-1) + 1
    if what := next(filter(None, (_not_sent(one, month) for one in saved)), None):
        raise Stopped(PackLevel.SENT, what)
    here = {one.pack.digest for one in saved}
    for event in month[begun:]:
        other = event.payload.get("pack") if event.kind == "sent_for_signature" else None
        if other is not None and other not in here:
            raise Stopped(
                PackLevel.SENT,
                f"ledger, event {event.sequence}: sent the letter {quoted(event.unit_id)} in the "
                f"pack {str(other)[:8]}, which is not in the folder; restore it from the backup",
            )
    return [
        f"ledger: sent exactly these letters, {report.events} events, all of them checked; compare "
        f"its head {report.head} with the closing sheet"
    ]


def _not_sent(saved: SavedPack, month: Iterable[Event]) -> str | None:
    """The first way in which the ledger did not send a pack, or None."""
    pack, where = saved.pack, saved.folder
    events = list(month)
    registered = {event.hash for event in events if event.kind == "drawn"}
    if pack.registration not in registered:
        return (
            f"{where / PACK}, registration: got {quoted(pack.registration, 64)}, which is no event "
            "of the ledger that registers a draw of the month; give the ledger that sent it"
        )
    for letter in pack.letters:
        sent = [e for e in events if (e.kind, e.unit_id) == ("sent_for_signature", letter.unit_id)]
        digests = [str(event.payload["letter"]) for event in sent]
        if letter.digest not in digests:
            what = f"sent {digests[-1]}" if digests else "never sent it"
            return (
                f"letter {quoted(letter.unit_id)}: the folder holds {letter.digest}, and the "
                f"ledger {what}; restore the letter that was sent"
            )
        if pack.digest not in [event.payload.get("pack") for event in sent]:
            return (
                f"{where / PACK}: its SHA-256 is {pack.digest}, and the ledger sent the pack "
                f"{sent[-1].payload.get('pack')}; restore the one that was sent"
            )
    return None
