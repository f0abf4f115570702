"""One month from a configuration: freeze, wait for the seed, draw, render, send.

Every step can be taken twice, so a run that was stopped anywhere is finished by the next one, and
a run of a finished month changes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import zlib
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypedDict

import attrs

from ceosample import files
from ceosample.canonical import Json, digest
from ceosample.configuration import Configuration
from ceosample.errors import ConflictError, LetterError, RecordError, raise_all
from ceosample.letters import attendance
from ceosample.letters.due import BEFORE_ISSUE, Deadlines
from ceosample.letters.pack import PACK, Pack
from ceosample.letters.regime import Regime
from ceosample.letters.render import render
from ceosample.letters.word.edit import Body, require_bodies, with_bodies
from ceosample.letters.workdays import public_holidays
from ceosample.period import Period
from ceosample.result import Result
from ceosample.sampling.commitment import commit
from ceosample.sampling.draw import DRAW, Draw, draw
from ceosample.sampling.frame import EXCLUSIONS, MANIFEST, Frame
from ceosample.sampling.promise import Promise
from ceosample.sampling.record import Record
from ceosample.sampling.seed import Seed
from ceosample.sampling.seed_source import SeedSource
from ceosample.seeding import Supply
from ceosample.signoff.events import Event
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.lifecycle import require_step
from ceosample.text import shown

_LOG = logging.getLogger(__name__)

#: Who the ledger says did it, where the job did.
SAMPLER: Final = "sampling"
OFFICE: Final = "executive office"

#: The steps, in order, as progress names them.
STEPS: Final = ("frame", "freeze", "seed", "draw", "render", "send")


class Subject(TypedDict):
    """Which month, by name."""

    population: str
    period: str


@attrs.frozen
class Outcome(Result):
    """How far a month's run came.

    Attributes:
        state: ``waiting`` for the seed, ``sent`` to the signatory by this run, or ``done`` before.
        population, period: which month.
        seed_source: where its seed comes from, as the freeze named it.
        commitment: the digest that was frozen.
        frozen: the hash of the event that froze it, to be printed and dated before the roll.
        folder: where the month's files are.
        draw: the draw's digest; None while waiting.
        registration: the hash of the event that registered it; None while waiting.
        pack: the pack's digest; None while waiting.
        letters: how many letters were drawn; None while waiting.
    """

    state: str
    population: str
    period: str
    seed_source: str
    commitment: str
    frozen: str
    folder: Path
    draw: str | None = None
    registration: str | None = None
    pack: str | None = None
    letters: int | None = None

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        fields: dict[str, Json] = {**attrs.asdict(self), "folder": str(self.folder)}
        return fields


@attrs.frozen
class Month:
    """A month that a run works on.

    Attributes:
        configuration: what to do.
        period: the ISO month.
        at: when this run happens, which its events claim; aware.
        control_total: the independent register's count, or None.
        by: the id of the person, or the role, that freezes and draws.
        refreeze: whether a frame that is frozen already may be frozen anew from the source.
    """

    configuration: Configuration
    period: str
    at: dt.datetime
    control_total: int | None = None
    refreeze: bool = False
    by: str = SAMPLER

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.configuration.month_folder(self.period)

    @property
    def subject(self) -> Subject:
        """Population and period, as the ledger's methods take them."""
        return {"population": self.configuration.population, "period": self.period}

    @property
    def words(self) -> str:
        """The month as messages name it."""
        return f"{self.configuration.population}, {self.period}"


def run(
    month: Month,
    ledger: Ledger,
    *,
    seed: Seed | None = None,
    supply: Supply | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Outcome:
    """Take a month as far as it can be taken now.

    Args:
        month: which, and how.
        ledger: where it is written down.
        seed: the seed, if it is there by now; one that the ledger has already need not be given.
        supply: in place of a seed, what there is for one: a chain, digits, a beacon's value.
        progress: called with the name of each step before it.

    Raises:
        CeosampleError: whatever a step finds wrong; what was done before it stays done.
    """
    with files.locked(month.folder):
        return _run(month, ledger, seed, supply or Supply(), progress)


def _run(
    month: Month,
    ledger: Ledger,
    seed: Seed | None,
    supply: Supply,
    progress: Callable[[str], None],
) -> Outcome:
    progress("frame")
    events = [*ledger.events(**month.subject)]
    before = {event.kind: event for event in events}
    frame = _frame(month, events, known=seed is not None or supply.known)
    earlier = _earlier(month, events)
    progress("freeze")
    source = _seed_source(month, before.get("frozen"), supply)
    outcome = _freeze(month, ledger, frame, source, earlier, before.get("frozen"))
    _LOG.info("%s: frozen, commitment %s", month.words, outcome.commitment)
    progress("seed")
    revealed = before.get("seed_revealed")
    if seed is None and revealed is not None and not supply.known:
        seed = Seed.from_dict(revealed.payload)
    seed = seed or supply.seed(month.configuration, source, month.period)
    if seed is None:
        _LOG.info("%s: waiting for the seed", month.words)
        return outcome
    # On record before anybody can see what it draws, so that no other can be tried.
    ledger.reveal(seed, **month.subject, by=month.by, at=month.at)
    progress("draw")
    drawn = draw(frame, month.configuration.plan, seed, earlier)
    drawn.save(month.folder)
    registration = ledger.register(drawn, by=month.by, at=month.at)
    _LOG.info("%s: %d letters drawn, draw %s", month.words, len(drawn), drawn.digest)
    progress("render")
    tried = ledger.tried(**month.subject)
    pack = _pack(month, drawn, registration, tried, "sent_for_signature" in before)
    _write_attendance(month, pack, month.folder)
    progress("send")
    head = ledger.head
    ledger.send(pack, by=OFFICE, at=month.at)
    _LOG.info("%s: sent to %s, pack %s", month.words, month.configuration.signatory.id, pack.digest)
    return attrs.evolve(
        outcome,
        state="done" if ledger.head == head else "sent",
        draw=drawn.digest,
        registration=registration.hash,
        pack=pack.digest,
        letters=len(pack),
    )


def promise(month: Month) -> Promise:
    """What the configured plan promises on the month's source as it stands; nothing is written.

    Raises:
        FrameError, PlanError: the table, or the plan on it, is impossible.
    """
    frame = _source(month, month.control_total)
    return month.configuration.plan.promise(frame, _earlier(month, []))


def render_again(
    month: Month,
    ledger: Ledger,
    unit_ids: Sequence[str],
    bodies: Mapping[str, Body] = MappingProxyType({}),
) -> Pack:
    """Render letters that came back, or substitutes, and send them: a new version, a new folder.

    Args:
        month: whose letters.
        ledger: where it is written down.
        unit_ids: which.
        bodies: unit id to the body that takes the place of the one in the contents.

    Raises:
        LetterError, LedgerError: a letter is not of the month's draw, or cannot be sent now, or
            the letters would have different versions.
    """
    with files.locked(month.folder):
        return _render_again(month, ledger, unit_ids, bodies)


def _render_again(
    month: Month, ledger: Ledger, unit_ids: Sequence[str], bodies: Mapping[str, Body]
) -> Pack:
    drawn = Draw.load(month.folder)
    histories = [ledger.history(unit_id, **month.subject) for unit_id in unit_ids]
    for history in histories:
        require_step(history.subject.unit_id, history.state, "rendered")
    versions = {history.subject.unit_id: history.versions + 1 for history in histories}
    if len(set(versions.values())) != 1:
        said = ", ".join(f"{unit_id} {version}" for unit_id, version in versions.items())
        raise LetterError(f"letters: their next versions differ ({said}); name them one by one")
    registration = ledger.register(drawn, by=month.by, at=month.at)
    tried = ledger.tried(**month.subject)
    pack = _rendered(month, drawn, registration, tried, unit_ids, versions[unit_ids[0]], bodies)
    require_bodies(pack, bodies)
    number = 1
    while files.read_if_there(month.folder / f"rework-{number}" / PACK) is not None:
        number += 1
    folder = month.folder / f"rework-{number}"
    pack.save(folder)
    _write_attendance(month, pack, folder)
    ledger.send(pack, by=OFFICE, at=month.at)
    return pack


def read_contents(path: Path, unit_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The contents of these letters alone from a file of JSON lines; the others are passed over.

    Raises:
        LetterError: the file is not there, or a line cannot be read, or a letter stands twice.
    """
    wanted = set(unit_ids)
    found: dict[str, dict[str, Any]] = {}
    faults: list[str] = []
    try:
        with files.open_text(path) as lines:
            for number, line in enumerate(lines, 1):
                _take_line(line, f"{path.name}, line {number}", wanted, found, faults)
    except FileNotFoundError:
        raise LetterError(f"{path}: not there; it holds the letters' contents") from None
    except UnicodeDecodeError as error:
        raise LetterError(f"{path}: not UTF-8 ({error.reason}); save it as UTF-8") from None
    except (OSError, EOFError, zlib.error) as error:
        raise LetterError(f"{path}: cannot be read ({error}); restore it") from None
    raise_all(LetterError, faults)
    return found


def _take_line(
    line: str,
    where: str,
    wanted: set[str],
    found: dict[str, dict[str, Any]],
    faults: list[str],
) -> None:
    if not line.strip():
        return
    try:
        fields = json.loads(line)
        unit_id = str(fields.pop("unit_id"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError):
        faults.append(f'{where}: not a JSON object with a "unit_id"')
        return
    if unit_id not in wanted:
        return
    if unit_id in found:
        faults.append(f"{where}: the letter {shown(unit_id)} stands in the file already")
    found[unit_id] = fields


def _seed_source(month: Month, frozen: Event | None, supply: Supply) -> str:
    """Where the seed comes from: as the month was frozen, or as it is to be frozen now.

    What a freeze named stays named: a later run would count to a later round of a beacon.
    """
    configuration = month.configuration
    if frozen is None or month.refreeze:
        return supply.source(configuration, month.period, month.at)
    named: str = frozen.payload["seed_source"]
    if SeedSource.parse(named).kinds != tuple(configuration.seed_source.split("+")):
        raise ConflictError(
            f"{month.words}: seed_source changed since the freeze (event {frozen.sequence}), which "
            f"named {named}; put it back, or freeze anew with --refreeze while there is no seed"
        )
    return named


def _frame(month: Month, events: Sequence[Event], *, known: bool) -> Frame:
    """The frozen frame from the month's folder, or a new one from the source.

    Args:
        month: which.
        events: its events.
        known: whether a seed, or a part of one, was given to this run.
    """
    configuration = month.configuration
    freezes = [event for event in events if event.kind == "frozen"]
    frozen = freezes[-1] if freezes else None
    if month.refreeze and any(event.kind == "seed_revealed" for event in events):
        raise ConflictError(f"{month.words}: its seed is out, so nothing can be frozen any more")
    if known and (frozen is None or month.refreeze):
        raise ConflictError(
            f"{month.words}: nothing is frozen yet, so digits that are known already cannot count; "
            "run without them first, and roll after that"
        )
    if configuration.pdf:
        attendance.require_installed()
    if frozen is not None and not month.refreeze:
        kept = _frozen_frame(month, frozen)
        if kept is not None:
            return kept
    _require_own_folder(month, {event.payload["manifest"] for event in freezes})
    total = month.control_total if frozen is None else _control_total(month, frozen)
    return _source(month, total)


def _source(month: Month, control_total: int | None) -> Frame:
    """The frame that the source gives now."""
    configuration = month.configuration
    return Frame.from_csv(
        configuration.path(configuration.csv, month.period),
        population=configuration.population,
        period=month.period,
        unit_id=configuration.unit_id,
        strata=configuration.variables,
        exclusion=configuration.exclusion,
        missing=configuration.missing,
        content=configuration.content,
        control_total=control_total,
    )


def _earlier(month: Month, events: Sequence[Event]) -> list[Record]:
    """Under a rotation, the draws of the block's earlier months, from their folders.

    Once the month is frozen they are those that were frozen with it.
    """
    rotation = month.configuration.plan.rotation
    if rotation is None:
        return []
    period = Period.parse(month.period)
    first, left = rotation.block(period)
    found = []
    for place in range(rotation.months - left):
        path = month.configuration.month_folder(str(first.plus(place))) / DRAW
        data = files.read_if_there(path)
        if data is not None:
            found.append(Record.parse(data))
    frozen = [event for event in events if event.kind == "frozen"]
    if frozen and not month.refreeze:
        named = frozen[-1].payload["earlier"]
        found = [record for record in found if digest(record.data) in named]
    return found


def _freeze(
    month: Month,
    ledger: Ledger,
    frame: Frame,
    seed_source: str,
    earlier: Sequence[Record],
    before: Event | None,
) -> Outcome:
    """The ledger first, the files after: a file that no event speaks of is never ours."""
    configuration = month.configuration
    plan = configuration.plan
    if before is not None and not month.refreeze:
        now = commit(frame, plan, seed_source=seed_source, earlier=earlier).to_dict()
        differing = [name for name, value in now.items() if before.payload.get(name) != value]
        if differing:
            raise ConflictError(
                f"{month.words}: {' and '.join(differing)} changed since the freeze (event "
                f"{before.sequence}); put it back, or freeze anew with --refreeze while there "
                "is no seed"
            )
    frozen = ledger.freeze(
        frame, plan, seed_source=seed_source, by=month.by, at=month.at, earlier=earlier
    )
    for name, chunks in ((MANIFEST, frame.manifest()), (EXCLUSIONS, frame.excluded())):
        data = b"".join(chunks)
        if files.read_if_there(month.folder / name) != data:
            files.write_whole(month.folder / name, data)
    return Outcome(
        state="waiting",
        population=configuration.population,
        period=month.period,
        seed_source=seed_source,
        commitment=frozen.payload["commitment"],
        frozen=frozen.hash,
        folder=month.folder,
    )


def _require_own_folder(month: Month, manifests: Set[str]) -> None:
    """Raise if the month's folder holds the files of something else: another ledger's month."""
    there = files.read_if_there(month.folder / MANIFEST)
    drawn = files.read_if_there(month.folder / DRAW) is not None
    if drawn or (there is not None and digest(there) not in manifests):
        raise ConflictError(
            f"{month.folder}: holds files of a month that this ledger does not have like that; "
            "they stay as they are: move them away, or restore the ledger"
        )


def _frozen_frame(month: Month, frozen: Event) -> Frame | None:
    """The frame as it was frozen: the source may have changed since, and no longer counts.

    None if a run was stopped between the freeze and its files; the source must then still give the
    frame that was frozen.
    """
    manifest = files.read_if_there(month.folder / MANIFEST)
    excluded = files.read_if_there(month.folder / EXCLUSIONS)
    if manifest is None or excluded is None:
        return None
    return Frame.from_manifest(
        manifest,
        excluded,
        population=month.configuration.population,
        period=month.period,
        control_total=_control_total(month, frozen),
    )


def _control_total(month: Month, frozen: Event) -> int | None:
    total: int | None = frozen.payload["control_total"]
    if month.refreeze:
        return month.control_total
    if month.control_total not in (None, total):
        raise ConflictError(
            f"{month.words}: event {frozen.sequence} froze the control total {total}; got "
            f"{month.control_total}, which needs --refreeze while there is no seed"
        )
    return total


def _pack(month: Month, drawn: Draw, registration: Event, tried: str, sent: bool) -> Pack:
    """The pack that the folder holds, or a new one."""
    if files.read_if_there(month.folder / PACK) is not None:
        pack = Pack.load(month.folder)
        if (pack.draw, pack.registration) != (drawn.digest, registration.hash):
            raise ConflictError(
                f"{month.folder / PACK}: is of another draw or registration; move it away"
            )
        return pack
    if sent:
        raise ConflictError(
            f"{month.folder / PACK}: is gone, and its letters were sent; restore it from the backup"
        )
    pack = _rendered(month, drawn, registration, tried)
    pack.save(month.folder)
    return pack


def _rendered(
    month: Month,
    drawn: Draw,
    registration: Event,
    tried: str,
    unit_ids: Sequence[str] | None = None,
    version: int = 1,
    bodies: Mapping[str, Body] = MappingProxyType({}),
) -> Pack:
    configuration = month.configuration
    contents = configuration.path(configuration.contents, month.period)
    return render(
        drawn,
        lambda ids: with_bodies(read_contents(contents, ids), bodies),
        signatory=configuration.signatory,
        date=month.at.date(),
        head=registration.hash,
        letterhead=configuration.letterhead,
        template=_template(configuration),
        kind=configuration.kind,
        shared=configuration.shared,
        language=configuration.language,
        unit_ids=unit_ids,
        version=version,
        pdf=configuration.pdf,
        fonts=_fonts(configuration),
        deadlines=_deadlines(month),
        tried=tried,
    )


def _write_attendance(month: Month, pack: Pack, folder: Path) -> None:
    """The sheet, then its table: where the table is, the office may be filling it in."""
    if files.read_if_there(folder / attendance.TABLE) is not None:
        return
    made = attendance.attendance_sheet(pack, fonts=_fonts(month.configuration))
    for name in reversed(made):
        files.write_whole(folder / name, made[name])


def _fonts(configuration: Configuration) -> Path | None:
    fonts = configuration.fonts
    return None if fonts is None else configuration.home / fonts


def _deadlines(month: Month) -> Deadlines:
    """How due dates are found, as the configuration says."""
    said, home = month.configuration.deadlines, month.configuration.home
    holidays: list[dt.date] = list(said.get("holidays", ()))
    if "country" in said:
        # A deadline of a year and its margin stay inside these.
        first, last = (month.at.date() + dt.timedelta(days=days) for days in (-800, 800))
        holidays += public_holidays(
            said["country"], said.get("subdivision"), first=first, last=last
        )
    return Deadlines(
        margin=said.get("margin", 0),
        holidays=sorted(set(holidays)),
        own=[Regime.load(home / path) for path in said.get("regimes", ())],
        sampling=said.get("sampling", BEFORE_ISSUE),
    )


def _template(configuration: Configuration) -> str | None:
    if configuration.template is None:
        return None
    path = configuration.home / configuration.template
    try:
        return files.read(path).decode()
    except (RecordError, UnicodeDecodeError):
        raise LetterError(f"{path}: not there, or not UTF-8; it is the letters' template") from None
