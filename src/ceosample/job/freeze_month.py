"""What a month is frozen with: the frame, the earlier draws, where the seed comes from."""

from __future__ import annotations

from collections.abc import Sequence

from ceosample import files
from ceosample.canonical import digest
from ceosample.errors import ConflictError, FrameError
from ceosample.job.month import Month, Outcome
from ceosample.job.seed_supply import SeedInputs
from ceosample.job.sources.source import from_source
from ceosample.job.still_open import still_open
from ceosample.letters.papers import attendance_sheet
from ceosample.sampling.commitment import Commitment, commit
from ceosample.sampling.draw import DRAW
from ceosample.sampling.frames.frame import EXCLUSIONS, MANIFEST, Frame
from ceosample.sampling.record import Record
from ceosample.sampling.seeds.seed_source import SeedSource
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import Event


def seed_source(month: Month, frozen: Event | None, supply: SeedInputs) -> str:
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


def frame_of(month: Month, events: Sequence[Event], *, known: bool) -> Frame:
    """The frozen frame from the month's folder, or a new one from the source.

    Args:
        month: which.
        events: its events that count.
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
    if frozen is None or month.refreeze:
        require_over(month)
    if configuration.pdf:
        attendance_sheet.require_installed()
    if frozen is not None and not month.refreeze:
        kept = _frozen_frame(month, frozen)
        if kept is not None:
            return kept
    require_own_folder(month, events)
    total = month.control_total if frozen is None else _control_total(month, frozen)
    return from_source(month, total)


def earlier_draws(month: Month, events: Sequence[Event]) -> list[Record]:
    """Under a rotation, the draws of the block's earlier months, from their folders.

    Once the month is frozen they are those that were frozen with it.
    """
    rotation = month.configuration.plan.rotation
    if rotation is None:
        return []
    first, left = rotation.block(month.period)
    found = []
    for place in range(rotation.months - left):
        path = month.configuration.month_folder(first.plus(place)) / DRAW
        data = files.read_if_there(path)
        if data is not None:
            found.append(Record.parse(data))
    frozen = [event for event in events if event.kind == "frozen"]
    if frozen and not month.refreeze:
        named = frozen[-1].payload["earlier"]
        found = [record for record in found if digest(record.data) in named]
    return found


def freeze(
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
    require_as_frozen(month, before, commit(frame, plan, seed_source=seed_source, earlier=earlier))
    frozen = ledger.freeze(
        frame,
        plan,
        seed_source=seed_source,
        by=month.by,
        at=month.at,
        earlier=earlier,
        title=configuration.title,
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
        open=still_open(configuration, frame.exclusions),
        title=month.title(frozen),
    )


def require_as_frozen(month: Month, before: Event | None, now: Commitment) -> None:
    """Raise if what would be committed to now is not what was frozen, and is to be kept.

    Raises:
        ConflictError: with what changed.
    """
    if before is None or month.refreeze:
        return
    said = now.to_dict()
    differing = [name for name, value in said.items() if before.payload.get(name) != value]
    if differing:
        raise ConflictError(
            f"{month.words}: {' and '.join(differing)} changed since the freeze (event "
            f"{before.sequence}); put it back, or freeze anew with --refreeze while there "
            "is no seed"
        )


def require_over(month: Month) -> None:
    """Raise if the month still goes on, unless it is asked for like that.

    Raises:
        FrameError: with when it will be over.
    """
    if not month.is_over and not month.unfinished:
        raise FrameError(
            f"{month.words}: is not over at {month.at.isoformat()}; wait for {month.end}, or "
            "freeze what there is with --unfinished, and what comes in after that is in no frame"
        )


def require_own_folder(month: Month, events: Sequence[Event]) -> None:
    """Raise if the month's folder holds the files of something else: another ledger's month.

    Raises:
        ConflictError: it does, and they stay.
    """
    manifests = {event.payload["manifest"] for event in events if event.kind == "frozen"}
    begun_anew = any(event.kind == "superseded" for event in events)
    there = files.read_if_there(month.folder / MANIFEST)
    drawn = files.read_if_there(month.folder / DRAW) is not None
    if drawn and begun_anew and not manifests:
        raise ConflictError(
            f"{month.folder}: holds the draw that was superseded; move the folder to where such "
            "records are kept, and run again"
        )
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
