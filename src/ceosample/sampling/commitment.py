"""What is fixed before the seed exists, so that nothing is left to steer the draw with."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ceosample.canonical import Json, canonical_file, digest
from ceosample.period import Period
from ceosample.result import Result
from ceosample.sampling.frames.frame import AnyFrame
from ceosample.sampling.plans.plan import Plan, require_plan
from ceosample.sampling.plans.plan_fields import in_words
from ceosample.sampling.plans.rotation import HasPast
from ceosample.sampling.plans.waiting import AnyTurn
from ceosample.sampling.seeds.seed_source import SeedSource
from ceosample.sampling.ticket import SCHEME
from ceosample.show import Described


@attrs.frozen
class Commitment(Described, Result):
    """Everything that could steer a draw, in one digest.

    Attributes:
        population: the sampled stream.
        period: the ISO month.
        plan: the sampling design, as the record writes it.
        manifest: the digest of ``manifest.csv``; None for a frame that has none, so that the plan
            and the kind of seed alone are fixed.
        excluded: the digest of ``exclusions.csv``; None for a frame that has none.
        seed_source: where the seed will come from.
        earlier: under a rotation, the digests of the draws of the block's earlier months; under
            ``waiting``, of the 24 months before.
        block: under a rotation, the first month of the block; under ``waiting``, of those months;
            else None.
    """

    population: str
    period: Period
    plan: dict[str, Json]
    manifest: str | None
    excluded: str | None
    seed_source: str
    earlier: tuple[str, ...] = ()
    block: Period | None = None

    def to_dict(self) -> dict[str, Json]:
        """The object whose canonical JSON is hashed."""
        turn: dict[str, Json] = {} if self.block is None else {"block": str(self.block)}
        return turn | {
            "scheme": SCHEME,
            "population": self.population,
            "period": str(self.period),
            "plan": self.plan,
            "manifest": self.manifest,
            "excluded": self.excluded,
            "seed_source": self.seed_source,
            "earlier": list(self.earlier),
        }

    @property
    def digest(self) -> str:
        """The SHA-256 of the canonical JSON and its final newline."""
        return digest(canonical_file(self.to_dict()))

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        facts = [
            ("digest", self.digest),
            ("plan", in_words(self.plan)),
            ("manifest", self.manifest or "none: the frame is not committed to"),
            ("exclusions", self.excluded or "none"),
            ("seed to come from", self.seed_source),
        ]
        if self.block is not None:
            facts.append(("earlier draws count from", str(self.block)))
        facts += [("earlier draw", past) for past in self.earlier]
        return f"Commitment, {self.population} {self.period}", facts


def commit(
    frame: AnyFrame, plan: Plan, *, seed_source: str, earlier: Iterable[HasPast] = ()
) -> Commitment:
    """Commit to a frame, a plan and the kind of seed, before that seed exists.

    Args:
        frame: what can be chosen.
        plan: the design.
        seed_source: where the seed will come from: ``dice``, ``chain:LINK:END``,
            ``beacon:NAME:ROUND``, or several of them joined by ``+``.
        earlier: under a rotation, the draws of the earlier months of its block; under ``waiting``,
            those of the 24 months before.

    Raises:
        PlanError: the plan cannot be carried out on the frame.
        SeedError: a source that is not of the grammar.

    >>> import ceosample as cs
    >>> frame = cs.Frame.from_records([{"id": f"R-{i}"} for i in range(100)],
    ...     population="complaint-responses", period="2026-10", unit_id="id")
    >>> cs.commit(frame, cs.Plan(size=3), seed_source="dice").digest[:16]
    '99b9daf0e144d133'
    """
    commitment = commit_again(frame, plan, seed_source=seed_source, earlier=earlier)
    plan.require_own_name(frame)
    return commitment


def commit_again(
    frame: AnyFrame, plan: Plan, *, seed_source: str, earlier: Iterable[HasPast] = ()
) -> Commitment:
    """The same for what was committed to before, by whichever release."""
    SeedSource.parse(seed_source)
    require_plan(plan)
    design = plan.design(frame, earlier)
    return commitment_of(frame, plan.carried_out(design), design.turn, seed_source)


def commitment_of(
    frame: AnyFrame, plan: Plan, turn: AnyTurn | None, seed_source: str
) -> Commitment:
    """The commitment to a plan that was found possible."""
    return Commitment(
        population=frame.population,
        period=frame.period,
        plan=plan.to_dict(),
        manifest=frame.digest,
        excluded=frame.excluded_digest,
        seed_source=seed_source,
        earlier=() if turn is None else tuple(past.digest for past in turn.earlier),
        block=None if turn is None else turn.block,
    )
