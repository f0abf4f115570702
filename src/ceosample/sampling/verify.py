"""Anyone re-checks a draw from its public record, step by step, and sees where it first differs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Final

import attrs

from ceosample import files
from ceosample.canonical import Json, digest
from ceosample.days import local
from ceosample.errors import FrameError, PlanError, RecordError, SeedError, joined
from ceosample.files import Contents
from ceosample.result import Result
from ceosample.sampling.commitment import commit_again
from ceosample.sampling.draw import Draw, draw_again
from ceosample.sampling.engine import EngineName, require_engine
from ceosample.sampling.frames.frame import AnyFrame, summary
from ceosample.sampling.frames.saved_frame import SavedFrame
from ceosample.sampling.names import DRAW, EXCLUSIONS, MANIFEST
from ceosample.sampling.plans.rotation import Turn
from ceosample.sampling.record import Record, difference, fault_of_reasons, unknown_names
from ceosample.sampling.seeds import drand
from ceosample.sampling.seeds.beacon import TIMETABLES, time_of
from ceosample.sampling.seeds.seed import Seed
from ceosample.sampling.seeds.seed_source import Round, SeedSource
from ceosample.sampling.ticket import SCHEME
from ceosample.show import Described, html_facts
from ceosample.text import code_point


class Level(IntEnum):
    """How far a verification came. Below ``REPRODUCED``, the step at which it stopped."""

    MALFORMED = 0  #: the record cannot be read, or its scheme is not known here
    FRAME = 1  #: the manifest or the exclusions are not those of the record
    COMMITMENT = 2  #: the commitment is not that of this frame, plan and kind of seed
    SEED = 3  #: the seed is not one that the scheme allows
    ALLOCATION = 4  #: the letters of a stratum are not those that the plan gives
    SELECTION = 5  #: a selection or a reserve is not the one that the tickets give
    UNCOMMITTED = 6  #: the same letters come out of a frame that was given and not committed to
    REPRODUCED = 7  #: the arithmetic is right: drawn again, everything comes out the same
    ORDER_PROVEN = 8  #: and a receipt shows that the commitment is older than the seed


#: What shows when a seed came to be, where a person says it.
GIVEN: Final = "the time given for it"


@attrs.frozen
class Receipt(Described):
    """Evidence that a commitment is older than the seed. The library cannot judge the evidence.

    Attributes:
        commitment: the digest that was receipted.
        at: when the receipt was given, by paper or time stamp; aware.
        seed_at: when the seed came to be, by the witnesses' minutes; aware.
        evidence: what the receipt is, and whose, in words, for the report.
        seed_evidence: what shows when the seed came to be, in words.

    >>> import datetime as dt
    >>> at = dt.datetime(2026, 11, 2, 9, 10, tzinfo=dt.UTC)
    >>> receipt = Receipt(commitment="ab" * 32, at=at, seed_at=at + dt.timedelta(minutes=20),
    ...                   evidence="the dated commitment sheet")
    >>> receipt.at < receipt.seed_at
    True
    """

    commitment: str
    at: dt.datetime
    seed_at: dt.datetime
    evidence: str
    seed_evidence: str = GIVEN

    def __attrs_post_init__(self) -> None:
        for name in ("at", "seed_at"):
            if getattr(self, name).tzinfo is None:
                raise RecordError(f"receipt, {name}: no time zone; give an aware datetime")

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        facts = [("commitment", self.commitment), ("given at", self.at.isoformat())]
        seed_at = f"{self.seed_at.isoformat()}, by {self.seed_evidence}"
        facts += [("seed came at", seed_at), ("evidence", self.evidence)]
        return "Receipt", facts


@attrs.frozen
class VerificationReport(Result):
    """What a verification found.

    Attributes:
        level: how far it came.
        first_difference: what was wrong first, in words; None if nothing was.
        draw: the digest of ``draw.json``, or None where there was nothing to digest.
        notes: what was checked, and what the level rests on.
        unknown: the names in ``draw.json`` that are not part of its scheme, each with its place.
            They prove nothing.
        redrawn: the digest of the record that a redraw writes, which is ``draw`` where nothing is
            unknown; None where there was no redraw, or it came to other letters.
    """

    level: Level
    first_difference: str | None
    draw: str | None
    notes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    redrawn: str | None = None

    @property
    def ok(self) -> bool:
        """Whether everything that was asked for was found to be so."""
        return self.first_difference is None

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {"ok": self.ok, **super().to_dict()}

    @property
    def _verdict(self) -> str:
        return f"{'ok' if self.ok else 'NOT ok'}: {self.level.name}"

    @property
    def _told(self) -> tuple[str, ...]:
        """All notes, for people."""
        return self.notes

    def __str__(self) -> str:
        lines = [self._verdict, *self._told]
        if self.first_difference is not None:
            lines.append(f"first difference: {self.first_difference}")
        return "\n  ".join(lines)

    def _repr_html_(self) -> str:
        facts = [("first difference", self.first_difference), ("draw.json", self.draw)]
        return html_facts(self._verdict, [(n, said) for n, said in facts if said], self._told)


def verify_draw(
    folder: str | Path,
    *,
    receipt: Receipt | None = None,
    frame: AnyFrame | None = None,
    strict: bool = False,
    engine: EngineName | None = None,
) -> VerificationReport:
    """Draw again from the files of a folder alone, and report the first difference.

    Args:
        folder: holds ``draw.json``, ``manifest.csv`` and ``exclusions.csv``.
        receipt: evidence that the commitment is older than the seed, if there is any.
        frame: a frame to draw from in place of the two tables, which need not be there: one in a
            database, too large or too private for a file.
        strict: True to make a name that is not part of the scheme a difference.
        engine: what is to compute the tickets of the two tables, ``"datafusion"``; None for Python.

    Returns:
        A report; a record that is wrong is a finding and not an exception.

    Raises:
        FrameError: another engine.
        MissingPartError: the engine is not installed.
    """
    require_engine(engine)
    place = Path(folder)
    try:
        data = files.read(place / DRAW)
        record = Record.parse(data)
        tables = record.committed and frame is None
        manifest, excluded = (
            files.there(place / name) if tables else b"" for name in (MANIFEST, EXCLUSIONS)
        )
        earlier = [files.read(place / name) for name in record.earlier_files]
    except RecordError as error:
        return VerificationReport(Level.MALFORMED, str(error), None)
    return verify_record(
        data,
        manifest,
        excluded,
        earlier=earlier,
        receipt=receipt,
        frame=frame,
        strict=strict,
        engine=engine,
    )


def verify_record(
    record: bytes,
    manifest: Contents = b"",
    excluded: Contents = b"",
    *,
    earlier: Sequence[bytes] = (),
    receipt: Receipt | None = None,
    frame: AnyFrame | None = None,
    strict: bool = False,
    engine: EngineName | None = None,
) -> VerificationReport:
    """Verify a record from the bytes of its files, touching no disk.

    Args:
        record: the bytes of ``draw.json``.
        manifest, excluded: those of the two tables, or functions that give them in chunks; they are
            called once for each question, and no table is ever held.
        earlier: under a rotation or ``waiting``, the bytes of each ``draw.json`` that the record
            names, in its order. They are taken at their word; each can be verified with its own
            tables.
        receipt, frame, strict, engine: as :func:`~ceosample.verify` takes them.

    Returns:
        A report; a record that is wrong is a finding and not an exception.

    Raises:
        FrameError: another engine.
        MissingPartError: the engine is not installed.

    >>> import ceosample as cs
    >>> frame = cs.Frame.from_records([{"id": f"R-{i}"} for i in range(100)],
    ...     population="complaint-responses", period="2026-10", unit_id="id")
    >>> seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> files = cs.draw(frame, cs.Plan(size=3), seed).files()
    >>> verify_record(files["draw.json"], files["manifest.csv"], files["exclusions.csv"]).level.name
    'REPRODUCED'
    """
    require_engine(engine)
    report = _verified(record, manifest, excluded, earlier, receipt, frame, engine)
    if strict and report.ok and report.unknown:
        return attrs.evolve(report, first_difference=f"{report.unknown[0]}: {_NOT_PART}")
    return report


def _verified(
    record: bytes,
    manifest: Contents,
    excluded: Contents,
    earlier: Sequence[bytes],
    receipt: Receipt | None,
    frame: AnyFrame | None,
    engine: EngineName | None,
) -> VerificationReport:
    try:
        parsed = Record.parse(record)
    except RecordError as error:
        return VerificationReport(Level.MALFORMED, str(error), None)
    name = digest(record)
    try:
        if frame is None:
            frame = _frame(parsed, manifest, excluded, engine)
        redrawn = _redraw(parsed, frame, earlier)
    except _Stopped as stop:
        return VerificationReport(stop.level, stop.difference, name)
    unknown = tuple(unknown_names(redrawn.to_dict(), dict(parsed.fields), DRAW))
    known = unknown, redrawn.digest
    count = sum(redrawn.frame.sizes().values())
    notes = [
        f"{len(redrawn)} of {count} responses of {redrawn.population}, "
        f"{redrawn.period}, in {len(redrawn.pools)} strata: the same letters come out again",
        f"commitment {redrawn.commitment}",
        "not shown by these files: that the control total and the witnesses are as they say",
    ]
    notes += _notes_on_names(frame)
    notes += [*_notes_on_earlier(redrawn), *_notes_on_seed(redrawn.seed)]
    notes += [f"{place}: {_NOT_PART}" for place in unknown]
    if not parsed.committed:
        return VerificationReport(Level.UNCOMMITTED, _NOT_COMMITTED, name, tuple(notes), *known)
    if receipt is None:
        notes.append("that the commitment is older than the seed was not shown: no receipt given")
        return VerificationReport(Level.REPRODUCED, None, name, tuple(notes), *known)
    fault = _fault_of_receipt(receipt, redrawn.commitment)
    if fault is not None:
        return VerificationReport(Level.REPRODUCED, fault, name, tuple(notes), *known)
    notes.append(
        f"the commitment is older than the seed, by {receipt.evidence}: there by "
        f"{receipt.at.isoformat()}, and the seed came at {receipt.seed_at.isoformat()}, by "
        f"{receipt.seed_evidence}"
    )
    return VerificationReport(Level.ORDER_PROVEN, None, name, tuple(notes), *known)


def _notes_on_names(frame: AnyFrame) -> list[str]:
    """Ids and strata of a saved frame that a new frame could not have."""
    if not isinstance(frame, SavedFrame) or not frame.unseen:
        return []
    points = joined([*map(code_point, frame.unseen)])
    return [
        f"frame: ids or strata hold {points}, which are not seen, so two of them can look the "
        "same; the scheme allows it, and new frames refuse it"
    ]


def _notes_on_earlier(draw: Draw) -> list[str]:
    """What a draw that carries on earlier ones rests on."""
    if draw.turn is None:
        return []
    kind, begun = "waiting", f"draws count from {draw.turn.block}"
    if isinstance(draw.turn, Turn):
        kind, begun = "rotation", f"the block began in {draw.turn.block}"
    given = [past.period for past in draw.turn.earlier]
    # Before the first draw under ``waiting`` there may have been none; a gap after it is looked at.
    first = draw.turn.block if isinstance(draw.turn, Turn) else min([*given, draw.period])
    gone = [first.plus(months) for months in range(draw.period.months_since(first))]
    without = ", ".join(str(period) for period in gone if period not in given)
    named = ", ".join(f"{past.period} ({past.digest[:8]})" for past in draw.turn.earlier) or "none"
    notes = [
        f"{kind}: {begun}; earlier draws of it: {named}; "
        "they are taken as their records have them, and each can be verified by itself"
    ]
    if without:
        notes.append(f"{kind}: no draw is named for {without}; ask whether there was one")
    return notes


def _notes_on_seed(seed: Seed) -> list[str]:
    source = SeedSource.parse(seed.source)
    notes = []
    if source.link is not None:
        notes.append(
            f"seed: link {source.link.number}, hashed so many times, is the end that the "
            f"commitment names, {source.link.end}; ask when that was published"
        )
    if source.label is not None:
        notes.append(f"seed: {source.label}: whoever keeps the chain's secret could foresee it")
    if source.round is not None:
        notes.append(f"seed: {_words_on_round(source.round, seed)}")
    return notes


def _words_on_round(named: Round, seed: Seed) -> str:
    time = time_of(named)
    when = (
        f"came out at {time.isoformat()}; the freeze must be older than that"
        if time is not None
        else "came out when its beacon says; that is not known here and was not checked"
    )
    why = drand.why_unchecked(named, seed.signature, seed.previous_signature)
    if why is None:
        table = TIMETABLES.get(named.beacon)
        whose = named.beacon if table is None else table.name
        value = f"signature checked, with the key of {whose}: it is that round's own"
    elif seed.signature is not None:
        value = f"its value is the SHA-256 of its signature, whose own truth was not checked: {why}"
    else:
        value = "its value was taken as given; compare it with the beacon's"
    return f"round {named.number} of {named.beacon} {when}; {value}"


class _Stopped(Exception):
    """A step of the verification that did not come out."""

    def __init__(self, level: Level, difference: str) -> None:
        super().__init__(level, difference)
        self.level = level
        self.difference = difference


#: What is said of a name that only the record has; readers ignore it by the specification.
_NOT_PART = f"not part of {SCHEME}, proves nothing"

_NOT_COMMITTED = (
    "draw.json, frame, manifest: null, so the draw was not committed to its frame: the same "
    "letters come out of the frame given, and nothing shows that it was this one before the seed"
)


def _frame(
    record: Record, manifest: Contents, excluded: Contents, engine: EngineName | None
) -> AnyFrame:
    """The frame that the record's tables hold."""
    try:
        record.require_committed()
        return record.saved_frame(manifest, excluded, engine)
    except (RecordError, FrameError) as error:
        raise _Stopped(Level.FRAME, error.faults[0]) from None


def _redraw(record: Record, frame: AnyFrame, earlier: Sequence[bytes]) -> Draw:
    """Draw again, one step after the other; stops at the first that differs."""
    recorded = record.fields
    try:
        ours = summary(frame)
    except FrameError as error:
        raise _Stopped(Level.FRAME, error.faults[0]) from None
    _compare(Level.FRAME, "population", frame.population, recorded)
    _compare(Level.FRAME, "period", str(frame.period), recorded)
    _compare(Level.FRAME, "frame", ours, recorded)
    if (fault := fault_of_reasons(frame.exclusions, recorded)) is not None:
        raise _Stopped(Level.FRAME, fault)
    plan, source = record.plan(), recorded["seed"]["source"]
    try:
        before = record.earlier(earlier)
    except RecordError as error:
        raise _Stopped(Level.COMMITMENT, error.faults[0]) from None
    try:
        commitment = commit_again(frame, plan, seed_source=source, earlier=before)
    except SeedError as error:
        raise _Stopped(Level.SEED, error.faults[0]) from None
    except (PlanError, FrameError) as error:
        raise _Stopped(Level.ALLOCATION, error.faults[0]) from None
    _compare(Level.COMMITMENT, "commitment", commitment.digest, recorded)
    try:
        seed = record.seed()
        seed.require_signed()
        redrawn = draw_again(frame, plan, seed, before)
    except SeedError as error:
        raise _Stopped(Level.SEED, error.faults[0]) from None
    except (RecordError, FrameError) as error:
        raise _Stopped(Level.FRAME, error.faults[0]) from None
    ours = redrawn.to_dict()
    _compare(Level.ALLOCATION, "strata", ours["strata"], recorded)
    _compare(Level.SELECTION, "selections", ours["selections"], recorded)
    _compare(Level.SELECTION, "reserves", ours["reserves"], recorded)
    for carried in ("rotation", "waiting"):
        if carried in ours:
            _compare(Level.SELECTION, carried, ours[carried], recorded)
    return redrawn


def _compare(level: Level, name: str, ours: Json, recorded: Mapping[str, Json]) -> None:
    found = difference({name: ours}, dict(recorded))
    if found is not None:
        raise _Stopped(level, found)


def _fault_of_receipt(receipt: Receipt, commitment: str) -> str | None:
    if receipt.commitment != commitment:
        return (
            f"receipt: it is for the commitment {receipt.commitment}, not {commitment}; give the "
            "hash on the sheet's line Commitment"
        )
    if local(receipt.at) >= local(receipt.seed_at):  # clocks that go back show an hour twice
        return (
            f"receipt: given at {receipt.at.isoformat()}, which is not before the seed's "
            f"{receipt.seed_at.isoformat()}"
        )
    return None
