"""A month's run, step by step: freeze, wait for the seed, draw, render, send."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import attrs

from ceosample import files
from ceosample.configuration import Configuration
from ceosample.errors import ConflictError
from ceosample.job.due import month_states
from ceosample.job.freeze_month import (
    earlier_draws,
    frame_of,
    freeze,
    plan_for,
    seed_source,
    set_ahead,
)
from ceosample.job.losses.named_ledger import require_named
from ceosample.job.month import EMPTY, OFFICE, Month, Outcome
from ceosample.job.other_months import OtherMonth, others
from ceosample.job.pickup_folder import put_out
from ceosample.job.render_pack import pack_of, write_attendance, write_witness_sheets
from ceosample.job.roll_forward import RollForward, require_one_frame, roll_forward
from ceosample.job.seed_supply import SeedInputs
from ceosample.job.sources.source import SourceReport, read_source
from ceosample.sampling.draw import Draw, draw_again
from ceosample.sampling.frames.frame import Frame
from ceosample.sampling.plans.promise import Promise
from ceosample.sampling.seeds.seed import Seed
from ceosample.signoff.known_heads import require_known_heads
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.valid_events import valid_events
from ceosample.signoff.store.events import Event

_LOG = logging.getLogger("ceosample.job")

#: The steps, in order, as progress names them.
STEPS: Final = ("frame", "freeze", "seed", "draw", "render", "send")


def run(
    month: Month,
    ledger: Ledger,
    *,
    seed: Seed | None = None,
    supply: SeedInputs | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Outcome:
    """Run a month as far as it can go now, and return how far it came.

    Args:
        month: the month, and how to run it.
        ledger: the ledger, which records it.
        seed: the seed; None if there is none yet, or the ledger already has it.
        supply: instead of a seed, what there is for one: a chain, digits, a beacon's value.
        progress: called with the name of each step before it.

    Raises:
        ConflictError: the folder of packs was written with a newer ledger.
        CeosampleError: whatever a step finds wrong; what was done before it stays done.

    The example of ``cs.batch.run_due`` calls it.
    """
    configuration = month.configuration
    with files.locked(configuration.lock_folder, for_group=configuration.for_group):
        require_named(configuration, ledger)
        require_known_heads(ledger, configuration.population, configuration.packs)
        set_clock(configuration, ledger, month.by, month.at)
        return run_alone(month, ledger, seed, supply or SeedInputs(), progress)


def set_clock(configuration: Configuration, ledger: Ledger, by: str, at: dt.datetime) -> None:
    """Begin a run: the recorder's clock must be right, and its key counts from now on.

    Raises:
        ClockError: the clock and the newest event are too far apart.
    """
    ledger.require_clock()
    if ledger.begun:  # a ledger begins with its first freeze, or not at all
        set_ahead(configuration, ledger, by, at)


def run_alone(
    month: Month,
    ledger: Ledger,
    seed: Seed | None,
    supply: SeedInputs,
    progress: Callable[[str], None],
) -> Outcome:
    """Run a month while the caller holds the lock of all the population's months."""
    with files.locked(month.folder, for_group=month.configuration.for_group):
        return _run(month, ledger, seed, supply, progress)


def _run(
    month: Month,
    ledger: Ledger,
    seed: Seed | None,
    supply: SeedInputs,
    progress: Callable[[str], None],
) -> Outcome:
    month.configuration.sealing_passphrase()  # before anything is written without it
    progress("frame")
    recorded = list(ledger.events(**month.subject))
    events = valid_events(recorded)
    before = {event.kind: event for event in events}
    frame = frame_of(month, recorded, known=seed is not None or supply.known)
    beside = others_of(month, ledger)
    if "frozen" not in before or month.refreeze:
        require_one_frame(frame, beside)
    counts = _rolled(month, before, frame, beside)
    earlier = earlier_draws(month, events)
    progress("freeze")
    source = seed_source(month, before.get("frozen"), supply)
    outcome = freeze(month, ledger, frame, source, earlier, before.get("frozen"))
    outcome = attrs.evolve(outcome, roll_forward=counts)
    _LOG.info("%s: frozen, commitment %s", month.words, outcome.commitment)
    if outcome.state == EMPTY:
        known = seed is not None or supply.known
        return _without_letters(month, ledger, frame, outcome, known=known)
    progress("seed")
    revealed = before.get("seed_revealed")
    if seed is None and revealed is not None and not supply.known:
        seed = Seed.from_dict(revealed.payload)
    seed = seed or supply.seed(month.configuration, source, month.period)
    if seed is None:
        _LOG.info("%s: waiting for the seed", month.words)
        write_witness_sheets(month, ledger, outcome.frozen, source)
        return outcome
    # On record before anybody can see what it draws, so that no other can be tried.
    ledger.reveal(seed, **month.subject, by=month.by, at=month.at)
    progress("draw")
    drawn = draw_again(frame, month.configuration.plan, seed, earlier)
    drawn.save(month.folder)
    registration = ledger.register(drawn, by=month.by, at=month.at, program=month.program)
    _LOG.info("%s: %d letters drawn, draw %s", month.words, len(drawn), drawn.digest)
    if counts is not None:
        outcome = attrs.evolve(outcome, roll_forward=_written_down(month, ledger, counts))
    sent = "sent_for_signature" in before
    return _send(month, ledger, drawn, registration, outcome, sent, progress)


def _without_letters(
    month: Month, ledger: Ledger, frame: Frame, outcome: Outcome, *, known: bool
) -> Outcome:
    """The end of a month in which nothing was eligible: its counts are recorded, and that is all.

    Raises:
        ConflictError: a seed is given, which draws nothing.
    """
    if known:
        raise ConflictError(
            f"{month.words}: nothing was eligible, so no seed is used; keep the digits for another "
            "month, or freeze again with --refreeze if responses were missing"
        )
    counts = outcome.roll_forward
    if counts is not None:
        counts = _written_down(month, ledger, counts)
    _LOG.info("%s: nothing was eligible", month.words)
    left_out = dict(frame.exclusions)
    return attrs.evolve(outcome, roll_forward=counts, letters=0, left_out=left_out)


def _send(
    month: Month,
    ledger: Ledger,
    drawn: Draw,
    registration: Event,
    outcome: Outcome,
    sent: bool,
    progress: Callable[[str], None],
) -> Outcome:
    """Render a registered draw, put it out to be fetched, and send it."""
    progress("render")
    pack = pack_of(month, ledger, drawn, registration, sent)
    write_attendance(month, pack, month.folder)
    if not sent:
        put_out(month, pack, month.folder)
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
        unprinted=pack.unprinted,
    )


def others_of(month: Month, ledger: Ledger) -> list[OtherMonth]:
    """The population's other frozen months, as the ledger has them."""
    configuration = month.configuration
    events = ledger.month_events(configuration.population)
    return others(configuration, month_states(configuration, events), month.period, events)


def _rolled(
    month: Month, before: Mapping[str, Event], frame: Frame, beside: Iterable[OtherMonth]
) -> RollForward | None:
    """The counts on record, a person's too; else those of the frame, unless it is too late."""
    if "reconciled" in before:
        return RollForward.said(before["reconciled"].payload)
    if "sent_for_signature" in before:
        return None
    return roll_forward(frame, beside, month.configuration.source.open)[0]


def _written_down(month: Month, ledger: Ledger, counts: RollForward) -> RollForward:
    """The counts, now in the ledger; a person's stay, if they entered them a moment ago."""
    said = {event.kind: event for event in valid_events(ledger.events(**month.subject))}
    event = said.get("reconciled") or ledger.reconcile(
        **month.subject, **attrs.asdict(counts), by=month.by, at=month.at
    )
    return RollForward.said(event.payload)


def promise(month: Month, reading: SourceReport | None = None) -> Promise:
    """What the configured plan promises on the month's source now; nothing is written.

    Args:
        month: the month.
        reading: the source, if it was read already; None to read it.

    Raises:
        FrameError, PlanError: the table, or the plan on it, is impossible.
    """
    frame = (reading or read_source(month, month.control_total)).frame
    return plan_for(month, frame).promise(frame, earlier_draws(month, []))
