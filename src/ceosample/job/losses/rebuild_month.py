"""A month's lost files made again, and compared with the digests that the ledger holds."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from ceosample import files
from ceosample.canonical import Json, digest
from ceosample.days import day_of
from ceosample.errors import CeosampleError, ConflictError
from ceosample.job.due import month_states
from ceosample.job.freeze_month import earlier_draws, require_as_frozen
from ceosample.job.losses.lost_files import lost_of, lost_packs, pack_folders, packs_sent
from ceosample.job.losses.named_ledger import require_named
from ceosample.job.month import Month
from ceosample.job.render_pack import rendered, write_attendance
from ceosample.job.sources.source import from_source
from ceosample.letters.contents.content_digest import Edit
from ceosample.letters.papers import PACK
from ceosample.letters.papers.pack import Pack
from ceosample.result import Result
from ceosample.sampling.commitment import commit_again
from ceosample.sampling.draw import Draw, draw_again
from ceosample.sampling.frames.frame import Frame
from ceosample.sampling.names import DRAW, EXCLUSIONS, MANIFEST
from ceosample.sampling.record import Record
from ceosample.sampling.seeds.seed import Seed
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.valid_events import when
from ceosample.signoff.store.events import Event
from ceosample.text import counted


@attrs.frozen
class Rebuilt(Result):
    """What was made again of a month.

    Attributes:
        population, period: the month.
        written: the files and folders that were written, in the month's folder.
        compared: the digests that agree with the ledger: of the manifest, of the exclusions, of the
            draw, of each pack and of each letter in one.
        problems: what could not be made again, in words; nothing of it was written.
    """

    population: str
    period: str
    written: tuple[str, ...]
    compared: int
    problems: tuple[str, ...]

    def __str__(self) -> str:
        said = [
            f"{self.population}, {self.period}: "
            + (f"rebuilt {', '.join(self.written)}" if self.written else "nothing was written")
            + f"; {counted(self.compared, 'digest')} compared with the ledger"
        ]
        return "\n".join([*said, *self.problems])

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            **super().to_dict(),
            "written": [*self.written],
            "problems": [*self.problems],
        }


def rebuild(month: Month, ledger: Ledger) -> Rebuilt:
    """Make a month's lost files again from the source and the ledger; what is there stays.

    Args:
        month: the month; its time counts for nothing, since letters keep the dates that they had.
        ledger: the ledger, to which nothing is added.

    Raises:
        ConflictError: the month is not frozen, or its frame or its draw differs from the ledger's,
            or a file is there with other contents; nothing was written.
        CeosampleError: the source or the letters cannot be read.
    """
    configuration = month.configuration
    with (
        files.locked(configuration.lock_folder, for_group=configuration.for_group),
        files.locked(month.folder, for_group=configuration.for_group),
    ):
        require_named(configuration, ledger)
        events = [*ledger.events(**month.subject)]
        newest = month_states(configuration, events).get(month.period, {})
        if "frozen" not in newest:
            raise ConflictError(
                f"{month.words}: not frozen in this ledger, so nothing can be compared; restore "
                "the ledger, or run the month"
            )
        _require_nothing_else(month, newest)
        frame, earlier = _frame(month, newest["frozen"], events)
        drawn = _draw(month, newest, frame, earlier)
        packs, problems = ([], []) if drawn is None else _packs(month, ledger, drawn, events)
        written = _write(month, frame, drawn, packs)
    compared = 2 + (drawn is not None) + sum(1 + len(pack) for _, pack in packs)
    return Rebuilt(
        configuration.population, str(month.period), tuple(written), compared, tuple(problems)
    )


def _require_nothing_else(month: Month, newest: dict[str, Event]) -> None:
    """Raise where a file of the public record is there and is not the ledger's."""
    lost = lost_of(month.configuration, month.period, newest, ())
    for name in () if lost is None else lost.names:
        if files.read_if_there(month.folder / name) is not None:
            raise ConflictError(
                f"{month.folder / name}: got other contents than the ledger has; move it away, and "
                "rebuild again"
            )


def _frame(month: Month, frozen: Event, events: Sequence[Event]) -> tuple[Frame, list[Record]]:
    """The frame that was frozen: from its files, or from the source as it is now."""
    total: int | None = frozen.payload["control_total"]
    manifest = files.read_if_there(month.folder / MANIFEST)
    excluded = files.read_if_there(month.folder / EXCLUSIONS)
    frame = (
        from_source(month, total)
        if manifest is None or excluded is None
        else Frame.from_manifest(manifest, excluded, **month.subject, control_total=total)
    )
    for name, chunks in ((MANIFEST, frame.manifest()), (EXCLUSIONS, frame.excluded())):
        said = frozen.payload[{MANIFEST: "manifest", EXCLUSIONS: "excluded"}[name]]
        if digest(b"".join(chunks)) != said:
            raise ConflictError(
                f"{month.words}: the source gives another {name} than was frozen (event "
                f"{frozen.sequence}); restore the source as it was on {_day_of(month, frozen)}, or "
                f"{name} from the backup"
            )
    earlier = earlier_draws(month, events)
    missing = set(frozen.payload["earlier"]) - {digest(record.data) for record in earlier}
    if missing:
        raise ConflictError(
            f"{month.words}: depends on {counted(len(missing), 'earlier draw')} that "
            f"{'is' if len(missing) == 1 else 'are'} lost too; rebuild the earlier months first"
        )
    now = commit_again(
        frame,
        month.configuration.plan,
        seed_source=frozen.payload["seed_source"],
        earlier=earlier,
    )
    require_as_frozen(month, frozen, now)
    return frame, earlier


def _draw(
    month: Month, newest: dict[str, Event], frame: Frame, earlier: Sequence[Record]
) -> Draw | None:
    """The draw that is registered, made again; None for a month that waits for its seed."""
    if "drawn" not in newest:
        return None
    seed = Seed.from_dict(newest["seed_revealed"].payload)
    drawn = draw_again(frame, month.configuration.plan, seed, earlier)
    said = newest["drawn"].payload["draw"]
    if drawn.digest != said:
        raise ConflictError(
            f"{month.words}: the draw made again is {drawn.digest}, and event "
            f"{newest['drawn'].sequence} registered {said}; use the release that drew it, or "
            f"restore {DRAW} from the backup"
        )
    return drawn


def _packs(
    month: Month, ledger: Ledger, drawn: Draw, events: Sequence[Event]
) -> tuple[list[tuple[str, Pack]], list[str]]:
    """The lost packs that could be made again, with their folders, and problems of the others."""
    lost, there = lost_packs(month.folder, events), pack_folders(month.folder)
    made, problems = [], []
    folders = _free_folders(month.folder)
    for number, (pack, sent) in enumerate(packs_sent(events).items()):
        if pack not in lost:
            continue
        folder = "." if number == 0 else next(folders)
        if pack in there:  # without some of its files
            folder = str(there[pack].relative_to(month.folder))
        elif folder == "." and files.read_if_there(month.folder / PACK) is not None:
            problems.append(f"{month.folder / PACK}: is another pack; move it away")
            continue
        try:
            found = _pack(month, ledger, drawn, pack, sent, events)
        except CeosampleError as error:
            problems += [f"the pack {pack[:8]}: {fault}" for fault in error.faults]
        else:
            made.append((folder, found))
    return made, problems


def _free_folders(folder: Path) -> Iterator[str]:
    """The names of reworks that the month's folder does not have."""
    names = (f"rework-{number}" for number in itertools.count(1))
    return (name for name in names if files.read_if_there(folder / name / PACK) is None)


def _pack(
    month: Month,
    ledger: Ledger,
    drawn: Draw,
    wanted: str,
    sent: Sequence[Event],
    events: Sequence[Event],
) -> Pack:
    """One pack as it was sent: with what the ledger knew then, on the day that it was rendered.

    Raises:
        ConflictError: its letters or its papers differ.
    """
    registration = next(e for e in reversed(events) if e.kind == "drawn")
    of_letters = {event.unit_id: event for event in sent if event.unit_id is not None}
    mine = {
        str(event.unit_id): event
        for event in events
        if event.kind == "rendered"
        and event.unit_id in of_letters
        and event.payload["letter"] == of_letters[event.unit_id].payload["letter"]
    }
    version = next(iter(mine.values())).payload["version"]
    edits = {
        unit_id: Edit(event.payload["edited_by"], event.payload["edited_for"])
        for unit_id, event in mine.items()
        if "edited_by" in event.payload
    }
    first = min(event.sequence for event in [*sent, *mine.values()])
    alone = None if version == 1 and len(of_letters) == len(drawn) else [*mine]
    lines = [*itertools.islice(ledger.export(), first - 1)]
    with Ledger.restore("sqlite://", lines) as before:
        # A run that was stopped between draw and dispatch dates its letters by the draw.
        days = dict.fromkeys((sent[0].at, registration.at))
        # Releases before this one printed nothing of what was said of the versions before.
        for words, at in itertools.product((ledger, None)[version == 1 :], days):
            then = attrs.evolve(month, at=dt.datetime.fromisoformat(at))
            pack = rendered(
                then, before, drawn, registration, alone, version, edits=edits, words=words
            )
            if pack.digest == wanted:
                return pack
    differing = [
        letter.unit_id
        for letter in pack
        if letter.digest != of_letters[letter.unit_id].payload["letter"]
    ]
    if differing:
        some = ", ".join(differing[:3]) + (", ..." if len(differing) > 3 else "")
        raise ConflictError(
            f"{counted(len(differing), 'letter')} of {len(of_letters)} would not be what was sent "
            f"({some}); restore their contents as they were on {_day_of(month, sent[0])}, or the "
            "pack from the backup"
        )
    raise ConflictError(
        "its letters are what was sent, and its papers would differ; use the release, the fonts "
        "and the configuration that rendered it, or restore it from the backup"
    )


def _write(
    month: Month, frame: Frame, drawn: Draw | None, packs: Sequence[tuple[str, Pack]]
) -> list[str]:
    """Write what is not there; the names of what was."""
    written = []
    passphrase = month.configuration.sealing_passphrase()
    record = [(MANIFEST, frame.manifest), (EXCLUSIONS, frame.excluded)]
    for name, chunks in record:
        if files.read_if_there(month.folder / name) is None:
            files.write_whole(month.folder / name, b"".join(chunks()), public=True)
            written.append(name)
    if drawn is not None and files.read_if_there(month.folder / DRAW) is None:
        drawn.save(month.folder)
        written.append(DRAW)
    for name, pack in packs:
        folder = month.folder / name
        gone = _put_back(pack, folder, passphrase)
        write_attendance(month, pack, folder)
        told = [PACK] if PACK in gone else gone
        written += told if name == "." else [f"{name}/{one}" for one in told]
    return written


def _put_back(pack: Pack, folder: Path, passphrase: str | None) -> list[str]:
    """Write the files of a pack that its folder does not have; what is there stays."""
    if files.read_if_there(folder / PACK) is None:
        pack.save(folder, passphrase=passphrase)
        return [PACK]
    gone = {name: data for name, data in pack.files().items() if not (folder / name).is_file()}
    files.write_new(folder, gone)
    return [*gone]


def _day_of(month: Month, event: Event) -> dt.date:
    return day_of(when(event), month.configuration.zone)
