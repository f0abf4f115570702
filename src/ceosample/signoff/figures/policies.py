"""Out-of-policy resolutions: two colleagues agree, it holds at once, and is reviewed later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby

import attrs

from ceosample.canonical import Json
from ceosample.days import day_of
from ceosample.errors import LedgerError
from ceosample.result import Result
from ceosample.show import html_table, text_table
from ceosample.signoff.figures.outside.co_signers import CoSigners, co_signers
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.replay.lifecycle import RESOLUTION_STEPS, REVIEW_OUTCOMES
from ceosample.signoff.replay.valid_events import valid_events_at, when
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event, warn_left_out
from ceosample.text import quoted

_HEADER = ["policy", "proposed", "co-signed", "adopted", "kept", "refused", "review overdue"]
_ALIGN = "lrrrrrr"
_PAIRS = ["colleague", "co-signs with", "of the first's", "of the second's", ""]
_REVIEWS = ["up for review", "policy", "review by"]


@attrs.frozen
class Resolution(Result):
    """One resolution outside a policy.

    Attributes:
        resolution: its id.
        population: whose.
        unit_id: the response that it is about, or None.
        policy: the policy that it goes beyond.
        proposer, cosigner: the two colleagues; None before the co-signature.
        proposed: when it was proposed.
        state: ``proposed``, ``approved``, or what its review came to: ``adopted``, ``kept`` or
            ``refused``.
        review_by: the last day for its review.
        amount, currency: what it cost, where it did.
        explained: whether it was proposed with words that say what was done and why, which may have
            been erased since.
    """

    resolution: str
    population: str | None
    unit_id: str | None
    policy: str
    proposer: str
    cosigner: str | None
    proposed: dt.datetime
    state: str
    review_by: dt.date
    amount: Decimal | None
    currency: str | None
    explained: bool = False

    @property
    def reviewed(self) -> bool:
        """Whether it has been reviewed."""
        return self.state in REVIEW_OUTCOMES

    def overdue(self, today: dt.date) -> bool:
        """Whether it is approved, not reviewed, and the last day for that is over."""
        return self.state == "approved" and self.review_by < today


@attrs.frozen
class OutOfPolicy(Result):
    """What became of a number of resolutions.

    Attributes:
        proposed: how many were proposed.
        cosigned: co-signed, and so approved / proposed.
        adopted, kept, refused: how the review ended / reviewed.
        overdue: review overdue / approved and not reviewed.
    """

    proposed: int
    cosigned: Ratio
    adopted: Ratio
    kept: Ratio
    refused: Ratio
    overdue: Ratio

    @classmethod
    def count(
        cls, resolutions: Iterable[Resolution], as_of: dt.datetime, zones: Zones
    ) -> OutOfPolicy:
        """Count them as they stand at a moment, each on its population's day."""
        found = list(resolutions)
        states = [resolution.state for resolution in found]
        reviewed = sum(resolution.reviewed for resolution in found)
        adopted, kept, refused = (
            Ratio(states.count(outcome), reviewed, f"reviewed resolutions {outcome}")
            for outcome in REVIEW_OUTCOMES
        )
        return cls(
            proposed=len(found),
            cosigned=Ratio(
                sum(resolution.cosigner is not None for resolution in found),
                len(found),
                "proposed resolutions co-signed",
            ),
            adopted=adopted,
            kept=kept,
            refused=refused,
            overdue=Ratio(
                sum(
                    resolution.overdue(day_of(as_of, zones.zone(resolution.population)))
                    for resolution in found
                ),
                states.count("approved"),
                "approved resolutions overdue for review",
            ),
        )

    @property
    def ratios(self) -> dict[str, Ratio]:
        """The ratios by name."""
        return {
            "cosigned": self.cosigned,
            "adopted": self.adopted,
            "kept": self.kept,
            "refused": self.refused,
            "overdue": self.overdue,
        }

    @property
    def lines(self) -> list[str]:
        """The ratios that are out of something, in words."""
        ratios = (self.cosigned, self.adopted, self.overdue)
        return [str(ratio) for ratio in ratios if ratio.of] or ["no resolution was proposed"]

    def __str__(self) -> str:
        return "; ".join(self.lines)


@attrs.frozen
class PolicySummary(Result):
    """How often each policy is overridden; what is overridden often may be a wrong policy.

    Attributes:
        as_of: when.
        policies: each policy's counts, the one that is overridden most often first.
        total: all of them together.
        resolutions: each resolution, in the order of being proposed.
        explained: proposed with words that say what was done and why / proposed.
        co_signers: which colleagues co-signed together, by their ids.
        up_for_review: those approved and not reviewed, by the last date of their review.
    """

    as_of: dt.datetime
    policies: dict[str, OutOfPolicy]
    total: OutOfPolicy
    resolutions: tuple[Resolution, ...]
    explained: Ratio
    co_signers: CoSigners
    up_for_review: tuple[Resolution, ...]

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "as_of": self.as_of.isoformat(),
            "policies": [
                {"policy": policy, **counts.to_dict()} for policy, counts in self.policies.items()
            ],
            "total": self.total.to_dict(),
            "resolutions": [resolution.to_dict() for resolution in self.resolutions],
            "explained": self.explained.to_dict(),
            "co_signers": self.co_signers.to_dict(),
            "up_for_review": [resolution.resolution for resolution in self.up_for_review],
        }

    @property
    def facts(self) -> tuple[Ratio, ...]:
        """What is said of all of them together: their words, and who co-signs with whom."""
        return self.explained, self.co_signers.always, self.co_signers.repeated

    def _rows(self) -> list[list[str]]:
        return [
            [
                policy,
                str(counts.proposed),
                *(ratio.short for ratio in counts.ratios.values()),
            ]
            for policy, counts in self.policies.items()
        ]

    def __str__(self) -> str:
        parts = [str(self.total), text_table(_HEADER, self._rows(), _ALIGN)]
        if self.resolutions:
            parts.append("\n".join(map(str, self.facts)))
        if self.co_signers.pairs:
            pairs = [pair.cells for pair in self.co_signers.pairs]
            parts.append(text_table(_PAIRS, pairs, "llrrl"))
        if self.up_for_review:
            rows = [[r.resolution, r.policy, r.review_by.isoformat()] for r in self.up_for_review]
            parts.append(text_table(_REVIEWS, rows, "lll"))
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        return html_table(str(self.total), _HEADER, self._rows(), _ALIGN)


def policy_summary(events: Iterable[Event], as_of: dt.datetime) -> PolicySummary:
    """How often each policy is overridden, and what the reviews came to.

    Args:
        events: a ledger's.
        as_of: the moment, aware.

    Raises:
        LedgerError: a moment without a time zone.

    >>> at = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
    >>> print(policy_summary([], at).total.cosigned)
    0 of 0 proposed resolutions co-signed
    """
    read = list(events)
    zones = Zones.of(read, as_of)
    return policies_of(resolutions(valid_events_at(read, as_of), zones), as_of, zones)


def policies_of(
    resolutions: Iterable[Resolution], as_of: dt.datetime, zones: Zones
) -> PolicySummary:
    """The same, of some resolutions as they stood at a moment."""
    found = list(resolutions)
    by_policy = groupby(sorted(found, key=lambda r: r.policy), key=lambda r: r.policy)
    counts = {policy: OutOfPolicy.count(group, as_of, zones) for policy, group in by_policy}
    most_first = sorted(
        counts, key=lambda name: (-counts[name].cosigned.count, -counts[name].proposed, name)
    )
    return PolicySummary(
        as_of=zones.local(as_of, None),
        policies={policy: counts[policy] for policy in most_first},
        total=OutOfPolicy.count(found, as_of, zones),
        resolutions=tuple(found),
        explained=Ratio(
            sum(one.explained for one in found),
            len(found),
            "proposed resolutions say what was done and why",
        ),
        co_signers=co_signers((r.proposer, r.cosigner) for r in found if r.cosigner is not None),
        up_for_review=tuple(
            sorted(
                (one for one in found if one.state == "approved"),
                key=lambda one: (one.review_by, one.resolution),
            )
        ),
    )


def resolutions(events: Iterable[Event], zones: Zones) -> list[Resolution]:
    """Each resolution as it stands, in the order of being proposed.

    Args:
        events: those that count.
        zones: by which their times are written.

    A step of one that was never proposed, or that its proposer co-signed, is named in a warning and
    left out.
    """
    found: dict[tuple[str | None, str], Resolution] = {}
    for event in events:
        if event.kind not in RESOLUTION_STEPS:
            continue
        key = (event.population, event.payload["resolution"])
        try:
            proposed = event.kind == "oop_proposed"
            found[key] = _proposed(event, zones) if proposed else _next(found, key, event)
        except LedgerError as error:
            warn_left_out(str(error))
    return list(found.values())


def _proposed(event: Event, zones: Zones) -> Resolution:
    amount = event.payload.get("amount")
    return Resolution(
        resolution=event.payload["resolution"],
        population=event.population,
        unit_id=event.unit_id,
        policy=event.payload["policy"],
        proposer=event.actor,
        cosigner=None,
        proposed=zones.local(when(event), event.population),
        state="proposed",
        review_by=dt.date.fromisoformat(event.payload["review_by"]),
        amount=None if amount is None else Decimal(amount),
        currency=event.payload.get("currency"),
        explained={"what", "why"} <= event.payload.keys(),
    )


def _next(
    found: dict[tuple[str | None, str], Resolution], key: tuple[str | None, str], event: Event
) -> Resolution:
    where = f"event {event.sequence}: resolution {quoted(key[1])}"
    if key not in found:
        raise LedgerError(f"{where}: was never proposed")
    if event.kind == "oop_reviewed":
        return attrs.evolve(found[key], state=event.payload["outcome"])
    if event.actor == found[key].proposer:
        raise LedgerError(f"{where}: {quoted(event.actor)} proposed it, and may not co-sign it too")
    # A second name after the review changes nothing that the review decided.
    state = found[key].state if found[key].reviewed else "approved"
    return attrs.evolve(found[key], cosigner=event.actor, state=state)
