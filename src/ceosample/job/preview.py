"""What a run would do now: read and counted, with nothing written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import attrs

from ceosample.canonical import Json
from ceosample.configuration import Configuration
from ceosample.errors import joined
from ceosample.job.due import Agenda, agenda, month_for_seed, month_states
from ceosample.job.freeze_month import (
    carried_from,
    earlier_draws,
    frame_of,
    plan_for,
    require_as_frozen,
    seed_source,
)
from ceosample.job.month import Month
from ceosample.job.other_months import OtherMonth, others
from ceosample.job.render_pack import require_contents
from ceosample.job.roll_forward import (
    RollForward,
    come_back,
    require_one_frame,
    roll_forward,
)
from ceosample.job.seed_supply import SeedInputs, awaited
from ceosample.job.still_open import still_open
from ceosample.period import Period
from ceosample.result import Result
from ceosample.sampling.commitment import commit_again
from ceosample.sampling.frames.frame import MOST_IDS, Frame
from ceosample.sampling.plans.promise import Promise
from ceosample.show import stratum_words, text_table
from ceosample.signoff.replay.lifecycle import is_empty
from ceosample.signoff.replay.valid_events import valid_events
from ceosample.signoff.store.events import Event, moment


@attrs.frozen
class MonthPreview(Result):
    """What a run would do with one month.

    Attributes:
        population, period: the month.
        step: the one of ``STEPS`` at which it would begin, or ``done``.
        waits: whether it would then wait for a seed.
        eligible: the number of responses in the frame.
        exclusions: the numbers left out, by reason.
        open: the number of those that are not finished yet.
        roll_forward: the counts that lead to that number.
        lost: ids that were open in the month before and are in no row of this one.
        back: ids that an earlier month left out for good, and which are eligible now.
        seed_source: the source that the freeze names, or would name; a beacon's round is counted
            from now.
        commitment: the digest that is frozen, or would be; None if it depends on draws still to
            come.
        promise: the plan on this frame; None if it depends on draws still to come.
        title: the population as people read it; None shows its id.
    """

    population: str
    period: str
    step: str
    waits: bool
    eligible: int
    exclusions: Mapping[str, int]
    open: int
    roll_forward: RollForward
    lost: tuple[str, ...]
    back: tuple[str, ...]
    seed_source: str
    commitment: str | None
    promise: Promise | None
    title: str | None = None

    def to_dict(self) -> dict[str, Json]:
        """For JSON; the lists of ids are for the operator alone."""
        letters: list[Json] | None = None
        if self.promise is not None:
            letters = [
                {"stratum": list(pool.stratum), "N": pool.size, "n": pool.letters}
                for pool in self.promise.pools
            ]
        return {
            "population": self.population,
            "period": self.period,
            "step": self.step,
            "waits": self.waits,
            "eligible": self.eligible,
            "exclusions": dict(self.exclusions),
            "open": self.open,
            "roll_forward": self.roll_forward.to_dict(),
            "lost": list(self.lost[:MOST_IDS]),
            "back": list(self.back[:MOST_IDS]),
            "seed_source": self.seed_source,
            "commitment": self.commitment,
            "letters": letters,
        }

    def __str__(self) -> str:
        begins = "nothing to do" if self.step == "done" else f"would begin at: {self.step}"
        if not self.eligible:
            begins += "; nothing is eligible, so the month is done once it is frozen"
        left_out = ", ".join(f"{reason} {count}" for reason, count in self.exclusions.items())
        lines = [
            f"{self.title or self.population}, {self.period}: {begins}",
            f"frame        {self.eligible} eligible; left out: {left_out or 'none'}",
            f"still open   {self.open}",
            f"roll-forward {self.roll_forward}",
            f"seed from    {self.seed_source}{', for which it would wait' * self.waits}",
        ]
        if self.lost:
            lines.append(f"lost from sight: {joined(self.lost, MOST_IDS)}")
        if self.back:
            lines.append(f"left out for good before: {joined(self.back, MOST_IDS)}")
        if self.promise is None:
            return "\n".join([*lines, "commitment and letters depend on draws still to come"])
        lines.append(f"commitment   {self.commitment}")
        rows = [
            [stratum_words(pool.stratum), str(pool.size), str(pool.letters)]
            for pool in self.promise.pools
        ]
        lines += ["", text_table(["stratum", "eligible", "letters"], rows, "lrr")]
        return "\n".join(lines)


@attrs.frozen
class RunPreview(Result):
    """What a run would do now.

    Attributes:
        at: the moment of that run.
        months: the months that it would take on, in order; the last may wait for its seed.
        agenda: what is due, and what comes next; None if you asked about one month.
    """

    at: dt.datetime
    months: tuple[MonthPreview, ...]
    agenda: Agenda | None = None

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        coming = {} if self.agenda is None else self.agenda.to_dict()
        months: list[Json] = [month.to_dict() for month in self.months]
        return {"dry_run": True, "at": moment(self.at, "at"), "months": months, **coming}

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.months))


def preview(month: Month, events: Sequence[Event], supply: SeedInputs | None = None) -> RunPreview:
    """What a run of one month would do; the source is read, and nothing is written.

    Args:
        month: the month, and how to run it.
        events: the ledger's ``ledger.month_events(population)``; empty without a ledger.
        supply: what there is for seeds; None for nothing.

    Raises:
        CeosampleError: what the run would find wrong.

    :func:`preview_due` does the same for every month that is due.
    """
    months = month_states(month.configuration, events)
    beside = others(month.configuration, months, month.period, events)
    found, _ = _preview(month, events, beside, supply or SeedInputs())
    return RunPreview(month.at, (found,))


def preview_due(
    configuration: Configuration,
    events: Sequence[Event],
    *,
    at: dt.datetime,
    supply: SeedInputs | None = None,
) -> RunPreview:
    """What a run of the due months would do; the sources are read, and nothing is written.

    What only the ledger refuses, such as a chain that is not published, shows in the run.

    Args:
        configuration: the configuration.
        events: the ledger's ``ledger.month_events(population)``; empty without a ledger.
        at: when the run would happen; aware.
        supply: what there is for seeds.

    Raises:
        CeosampleError: what the run would find wrong.

    The example of ``cs.batch.run_due`` calls it.
    """
    given = supply or SeedInputs()
    months = month_states(configuration, events)
    coming = agenda(configuration, months, at)
    meant = month_for_seed(months, coming.due) if given.known else None
    found: list[MonthPreview] = []
    made: dict[Period, Frame] = {}
    for period in coming.due:
        beside = [
            *(o for o in others(configuration, months, period, events) if o.period not in made),
            *map(OtherMonth.of, made.values()),
        ]
        month = Month(configuration, period, at)
        one, frame = _preview(
            month,
            events,
            sorted(beside, key=lambda other: other.period),
            given if period == meant else given.without_values,
            drawn_by_then=[Period.parse(before.period) for before in found],
        )
        found.append(one)
        made[period] = frame
        if one.waits:
            break
    return RunPreview(at, tuple(found), coming)


def _preview(
    month: Month,
    events: Sequence[Event],
    beside: Sequence[OtherMonth],
    supply: SeedInputs,
    drawn_by_then: Sequence[Period] = (),
) -> tuple[MonthPreview, Frame]:
    configuration = month.configuration
    recorded = [
        e
        for e in events
        if (e.population, e.period) == (configuration.population, str(month.period))
    ]
    mine = valid_events(recorded)
    before = {event.kind: event for event in mine}
    step = "frame" if month.refreeze else _step(before)
    frame = frame_of(month, recorded, known=supply.known)
    if step == "frame":
        require_one_frame(frame, beside)
        require_contents(month, frame)
    source = seed_source(month, before.get("frozen"), supply)
    counts, lost = roll_forward(frame, beside, configuration.source.open)
    commitment, promise = None, None
    if not _same_block(month, drawn_by_then):
        earlier, plan = earlier_draws(month, mine), plan_for(month, frame)
        committed = commit_again(frame, plan, seed_source=source, earlier=earlier)
        require_as_frozen(month, before.get("frozen"), committed)
        commitment = committed.digest
        promise = plan.promise(frame, earlier)
    return MonthPreview(
        population=configuration.population,
        period=str(month.period),
        step=step,
        waits=step in ("frame", "seed")
        and bool(frame.count and awaited(source))
        and not supply.known,
        eligible=frame.count,
        exclusions=frame.exclusions,
        open=still_open(configuration, frame.exclusions),
        roll_forward=counts,
        lost=tuple(lost),
        back=tuple(come_back(frame, beside, configuration.source.open)),
        seed_source=source,
        commitment=commitment,
        promise=promise,
        title=month.title(before.get("frozen")),
    ), frame


def _step(before: Mapping[str, Event]) -> str:
    """Where a run would begin, by what the ledger has."""
    if "frozen" in before and is_empty(before["frozen"]):
        return "done"
    for kind, step in (
        ("sent_for_signature", "done"),
        ("drawn", "render"),
        ("seed_revealed", "draw"),
        ("frozen", "seed"),
    ):
        if kind in before:
            return step
    return "frame"


def _same_block(month: Month, drawn_by_then: Sequence[Period]) -> bool:
    """Whether the month's draw depends on draws that the run would make before it."""
    first = carried_from(month)
    return first is not None and any(first <= period for period in drawn_by_then)
