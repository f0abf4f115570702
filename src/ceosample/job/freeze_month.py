"""What a month freezes: the frame, the earlier draws, the seed's source."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence

from ceosample import files
from ceosample.canonical import digest
from ceosample.configuration import Configuration
from ceosample.errors import ConflictError, FrameError
from ceosample.job.month import EMPTY, Month, Outcome
from ceosample.job.render_pack import require_contents
from ceosample.job.seed_supply import SeedInputs
from ceosample.job.sources.source import from_source
from ceosample.job.still_open import still_open
from ceosample.letters.papers import attendance_sheet
from ceosample.period import Period
from ceosample.sampling.commitment import Commitment, commit_again
from ceosample.sampling.frames.frame import Frame
from ceosample.sampling.names import DRAW, EXCLUSIONS, MANIFEST
from ceosample.sampling.plans.plan import Plan
from ceosample.sampling.plans.waiting import MONTHS, WAITING
from ceosample.sampling.record import Record
from ceosample.sampling.seeds.seed_source import SeedSource
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.methods import method_of
from ceosample.signoff.replay.valid_events import valid_events
from ceosample.signoff.rules.in_force import FIRST
from ceosample.signoff.store.events import Event


def seed_source(month: Month, frozen: Event | None, supply: SeedInputs) -> str:
    """The seed's source: the one that the month's freeze names, or the one to freeze now.

    What a freeze named stays named: a later run would count to a later round of a beacon.
    """
    configuration = month.configuration
    if frozen is None or month.refreeze:
        return supply.source(configuration, month.period, month.at)
    named: str = frozen.payload["seed_source"]
    if SeedSource.parse(named).kinds != tuple(configuration.seed_source.split("+")):
        raise ConflictError(
            f"{month.words}: seed.source changed since the freeze (event {frozen.sequence}), which "
            f"named {named}; restore it, or freeze again with --refreeze while there is no seed"
        )
    return named


def frame_of(month: Month, events: Sequence[Event], *, known: bool) -> Frame:
    """The frozen frame from the month's folder, or a new one from the source.

    Args:
        month: the month.
        events: its events.
        known: whether this run was given a seed, or a part of one.
    """
    configuration = month.configuration
    valid = valid_events(events)
    freezes = [event for event in valid if event.kind == "frozen"]
    frozen = freezes[-1] if freezes else None
    if month.refreeze and any(event.kind == "seed_revealed" for event in valid):
        raise ConflictError(
            f"{month.words}: its seed has been revealed, so it can no longer be frozen"
        )
    if known and (frozen is None or month.refreeze):
        raise ConflictError(
            f"{month.words}: nothing is frozen yet, so digits that are already known cannot count; "
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


def carried_from(month: Month) -> Period | None:
    """The first month whose draw the month's draw depends on; None where it depends on none."""
    plan = month.configuration.plan
    if plan.rotation is not None:
        return plan.rotation.block(month.period)[0]
    return month.period.plus(-MONTHS) if plan.allocation == WAITING else None


def earlier_draws(month: Month, events: Sequence[Event]) -> list[Record]:
    """The draws that the month carries on, from their folders: its rotation's, or the last 24.

    Once the month is frozen they are those that were frozen with it.
    """
    first = carried_from(month)
    if first is None:
        return []
    found = []
    for place in range(month.period.months_since(first)):
        path = month.configuration.month_folder(first.plus(place)) / DRAW
        data = files.read_if_there(path)
        if data is not None:
            found.append(Record.parse(data))
    frozen = [event for event in events if event.kind == "frozen"]
    if frozen and not month.refreeze:
        named = frozen[-1].payload["earlier"]
        found = [record for record in found if digest(record.data) in named]
    return found


def plan_for(month: Month, frame: Frame) -> Plan:
    """The configured plan; where nothing is eligible there is nothing that it could ask for."""
    plan = month.configuration.plan
    return plan if frame.count else plan.without_letters()


def freeze(
    month: Month,
    ledger: Ledger,
    frame: Frame,
    seed_source: str,
    earlier: Sequence[Record],
    before: Event | None,
) -> Outcome:
    """Record the freeze, then write its files: a file without an event is never ours."""
    configuration = month.configuration
    plan = plan_for(month, frame)
    if before is None or month.refreeze:
        require_contents(month, frame)
    now = commit_again(frame, plan, seed_source=seed_source, earlier=earlier)
    require_as_frozen(month, before, now)
    # A ledger that this freeze begins holds it, or is not there.
    with contextlib.nullcontext() if ledger.begun else ledger.transaction():
        set_ahead(configuration, ledger, month.by, month.at)
        frozen = ledger.freeze(
            frame,
            plan,
            seed_source=seed_source,
            by=month.by,
            at=month.at,
            earlier=earlier,
            title=configuration.title,
            zone=configuration.zone,
            program=month.program,
            reading=configuration.is_reading,
        )
    if frame.count:  # where nothing was eligible there is no verdict to read
        _state_method(month, ledger)
    for name, chunks in ((MANIFEST, frame.manifest()), (EXCLUSIONS, frame.excluded())):
        data = b"".join(chunks)
        if files.read_if_there(month.folder / name) != data:
            files.write_whole(month.folder / name, data, public=True)
    return Outcome(
        state="waiting" if frame.count else EMPTY,
        population=configuration.population,
        period=month.period,
        seed_source=seed_source,
        commitment=frozen.payload["commitment"],
        frozen=frozen.hash,
        folder=month.folder,
        open=still_open(configuration, frame.exclusions),
        title=month.title(frozen),
        since=frozen.recorded_at,
    )


def set_ahead(configuration: Configuration, ledger: Ledger, by: str, at: dt.datetime) -> None:
    """Have the configuration's key ``ahead`` count from now on, where it has one."""
    if configuration.ahead is not None and ledger.rules > FIRST:
        ledger.allow_ahead(configuration.ahead, by=by, at=at)


def _state_method(month: Month, ledger: Ledger) -> None:
    """Put on record how the month's verdicts will be read, unless that is on record already.

    What is stated stays, whatever the configuration says later: it was chosen before the verdicts.
    """
    method = month.configuration.method
    if method is None or ledger.rules == FIRST:
        return
    told = valid_events(ledger.events(**month.subject))
    if method_of(told) is None:
        ledger.state_method(
            **month.subject,
            confidence=method.confidence,
            missing=method.missing,
            tolerable=method.tolerable,
            year_begins=method.year_begins,
            by=month.by,
            at=month.at,
        )


def require_as_frozen(month: Month, before: Event | None, now: Commitment) -> None:
    """Raise if what would be committed to now differs from the freeze, which must be kept.

    Raises:
        ConflictError: something changed; the message names it.
    """
    if before is None or month.refreeze:
        return
    said = now.to_dict()
    differing = [name for name, value in said.items() if before.payload.get(name) != value]
    if differing:
        raise ConflictError(
            f"{month.words}: {' and '.join(differing)} changed since the freeze (event "
            f"{before.sequence}); restore it, or freeze again with --refreeze while there is no "
            "seed"
        )


def require_over(month: Month) -> None:
    """Raise if the month is not over, unless the run allows that.

    Raises:
        FrameError: it is not over; the message names when it will be.
    """
    if not month.is_over and not month.unfinished:
        raise FrameError(
            f"{month.words}: is not over at {month.at.isoformat()}; wait for {month.end}, or "
            "freeze what there is with --unfinished. Then later responses are in no frame"
        )


def require_own_folder(month: Month, events: Sequence[Event]) -> None:
    """Raise if the month's folder holds the files of something else: another ledger's month.

    Raises:
        ConflictError: it does; they are left unchanged.
    """
    superseded = [n for n, event in enumerate(events) if event.kind == "superseded"]
    # A freeze that was corrected wrote files too.
    since = events[max(superseded) :] if superseded else events
    manifests = {event.payload["manifest"] for event in since if event.kind == "frozen"}
    begun_anew = bool(superseded)
    there = files.read_if_there(month.folder / MANIFEST)
    drawn = files.read_if_there(month.folder / DRAW) is not None
    if drawn and begun_anew and not manifests:
        raise ConflictError(
            f"{month.folder}: holds the draw that was superseded; move the folder to your archive "
            "and run again"
        )
    if drawn or (there is not None and digest(there) not in manifests):
        raise ConflictError(
            f"{month.folder}: holds files of a month that this ledger does not have; they were "
            "left unchanged: move them away, or restore the ledger"
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
