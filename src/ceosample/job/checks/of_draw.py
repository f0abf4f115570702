"""The parts of a draw: the source and its frame, the plan, where the seed comes from."""

from __future__ import annotations

from collections.abc import Sequence

from ceosample.configuration import PERIOD
from ceosample.errors import (
    ConflictError,
    SeedError,
)
from ceosample.job.checks.context import CheckContext, Doubted, NotChecked
from ceosample.job.freeze_month import (
    earlier_draws,
    frame_of,
    require_as_frozen,
    seed_source,
)
from ceosample.job.seed_supply import SeedInputs
from ceosample.job.sources.source import read_source
from ceosample.sampling.commitment import commit_again
from ceosample.sampling.seeds import drand
from ceosample.sampling.seeds.seed_source import Link, SeedSource
from ceosample.signoff.replay.seeds import published_by


def check_source(seen: CheckContext) -> Sequence[str]:
    """The frame that a run would go on with: once it is frozen, the source is not read again."""
    if seen.frozen() is not None:
        seen.frame = frame_of(seen.month, seen.events, known=False)
        return [f"frozen before: {seen.frame.count} eligible; the source is not read again"]
    reading = read_source(seen.month, seen.month.control_total)
    seen.frame, seen.salts = reading.frame, reading.salts
    source, said = seen.month.configuration.source, str(reading).splitlines()
    if source.kind != "sql" and source.period_column is None and PERIOD not in source.file:
        said.append(
            f"all of its rows count for {seen.month.period}; if it holds several months, set "
            "source.period_column"
        )
    if reading.moved:
        raise Doubted(*said)
    return said


def check_plan(seen: CheckContext) -> Sequence[str]:
    """What the plan promises; of a month that is frozen, nothing may have changed since."""
    frame, plan, frozen = seen.frame_read(), seen.month.configuration.plan, seen.frozen()
    earlier = earlier_draws(seen.month, seen.events)
    promise = plan.promise(frame, earlier)
    if frozen is not None:
        named = frozen.payload["seed_source"]
        now = commit_again(frame, plan, seed_source=named, earlier=earlier)
        require_as_frozen(seen.month, frozen, now)
    return str(promise).splitlines()[:1]


def check_seed(seen: CheckContext) -> Sequence[str]:
    """The source that a freeze named, or would name now; a chain must be published."""
    configuration, month, frozen = seen.month.configuration, seen.month, seen.frozen()
    named = seed_source(month, frozen, SeedInputs(chain=seen.chain))
    if SeedSource.parse(named).link is None or seen.chain is None:
        said = f"{'a freeze now would name' if frozen is None else 'its freeze named'} {named}"
        return _with_beacon(named, said)
    mine = seen.chain().published
    try:
        ledger = seen.ledger()
    except ConflictError as error:
        raise NotChecked("the chains cannot be read, for the ledger has a problem") from error
    if ledger is None:
        raise SeedError(
            "the chain is not published, for there is no ledger; publish it with 'ceosample seed "
            "publish'"
        )
    with ledger:
        chains = [published_by(event) for event in ledger.chains(configuration.population)]
    covering = [chain for chain in chains if chain.covers(month.period)]
    if not covering or covering[-1] != mine:
        what = "not published" if mine not in chains else "not the newest that is published"
        raise SeedError(
            f"the chain {mine.end[:8]} is {what} for {month.period}; publish it with 'ceosample "
            "seed publish'"
        )
    return _with_beacon(
        named,
        f"the secret gives the published end {mine.end[:8]}",
        f"{Link.kind} {mine.first} to {mine.last}",
    )


def _with_beacon(named: str, *said: str) -> Sequence[str]:
    """The same lines, unless a beacon's signature is to come that could not be checked here.

    Raises:
        Doubted: a run would take the round's value as it is given.
    """
    beacon = SeedSource.parse(named).round
    if beacon is not None and beacon.beacon in drand.CHAINS and not drand.is_installed():
        raise Doubted(
            *said,
            "signatures of the beacon are not checked here; pip install 'ceosample[beacon]'",
        )
    return said
