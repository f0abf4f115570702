"""What is fixed before the seed exists, so that nothing is left to steer the draw with."""

from __future__ import annotations

from typing import Final

import attrs

from ceosample.canonical import Json, canonical_file, digest
from ceosample.errors import SeedError
from ceosample.period import Period
from ceosample.sampling.frame import AnyFrame
from ceosample.sampling.plan import Plan
from ceosample.sampling.ticket import SCHEME
from ceosample.text import shown

#: Where a seed may come from in this release.
SEED_SOURCES: Final = ("dice",)


@attrs.frozen
class Commitment:
    """Everything that could steer a draw, in one digest.

    Attributes:
        population: the sampled stream.
        period: the ISO month.
        plan: the sampling design, as the record writes it.
        manifest: the digest of ``manifest.csv``.
        excluded: the digest of ``exclusions.csv``.
        seed_source: where the seed will come from.
        earlier: the digests of the earlier draws that the plan refers to; no plan of this release
            refers to any.
    """

    population: str
    period: Period
    plan: dict[str, Json]
    manifest: str
    excluded: str
    seed_source: str
    earlier: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """The object whose canonical JSON is hashed."""
        return {
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


def commit(frame: AnyFrame, plan: Plan, *, seed_source: str) -> Commitment:
    """Commit to a frame, a plan and the kind of seed, before that seed exists.

    Raises:
        PlanError: the plan cannot be carried out on the frame; better said now than after dice.
        SeedError: an unknown kind of seed.
    """
    if seed_source not in SEED_SOURCES:
        raise SeedError(
            f"seed_source: got {shown(seed_source)}; it is one of {', '.join(SEED_SOURCES)}"
        )
    plan.pools(frame.sizes())
    return Commitment(
        population=frame.population,
        period=frame.period,
        plan=plan.to_dict(),
        manifest=frame.digest,
        excluded=frame.excluded_digest,
        seed_source=seed_source,
    )
