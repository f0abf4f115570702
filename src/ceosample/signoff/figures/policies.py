"""Out-of-policy resolutions: two colleagues agree, it holds at once, and is reviewed later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby

import attrs

from ceosample.canonical import Json
from ceosample.errors import LedgerError
from ceosample.result import Result
from ceosample.show import html_table, text_table
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.replay.lifecycle import REVIEW_OUTCOMES
from ceosample.signoff.replay.valid_events import valid_events_at, when
from ceosample.signoff.store.events import Event, warn_left_out
from ceosample.text import quoted

#: What a review can come to.

_HEADER = ["policy", "proposed", "co-signed", "adopted", "kept", "refused", "review overdue"]
_ALIGN = "lrrrrrr"


@attrs.frozen
class Resolution(Result):
    """One resolution outside a policy.

    Attributes:
        resolution: its id.
        population: whose.
        unit_id: the response that it is about, or None.
        policy: the policy that it goes beyond.
        proposer, cosigner: the two colleagues; None while nobody has co-signed.
        proposed: when it was proposed.
        state: ``proposed``, ``approved``, or what its review came to: ``adopted``, ``kept`` or
            ``refused``.
        review_by: the last day for its review.
        amount, currency: what it cost, where it did.
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

    @property
    def reviewed(self) -> bool:
        """Whether it has been reviewed."""
        return self.state in REVIEW_OUTCOMES

    def overdue(self, on: dt.date) -> bool:
        """Whether it is approved, not reviewed, and the last day for that is over."""
        return self.state == "approved" and self.review_by < on


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
    def count(cls, resolutions: Iterable[Resolution], on: dt.date) -> OutOfPolicy:
        """Count them as they stand on a day."""
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
                sum(resolution.overdue(on) for resolution in found),
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

    def __str__(self) -> str:
        return "; ".join(map(str, (self.cosigned, self.adopted, self.overdue)))


@attrs.frozen
class PolicySummary(Result):
    """How often each policy is overridden; what is overridden often may be a wrong policy.

    Attributes:
        as_of: when.
        policies: each policy's counts, the one that is overridden most often first.
        total: all of them together.
        resolutions: each resolution, in the order of being proposed.
    """

    as_of: dt.datetime
    policies: dict[str, OutOfPolicy]
    total: OutOfPolicy
    resolutions: tuple[Resolution, ...]

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "as_of": self.as_of.isoformat(),
            "policies": [
                {"policy": policy, **counts.to_dict()} for policy, counts in self.policies.items()
            ],
            "total": self.total.to_dict(),
            "resolutions": [resolution.to_dict() for resolution in self.resolutions],
        }

    def _rows(self) -> list[list[str]]:
        return [
            [
                policy,
                str(counts.proposed),
                *(f"{ratio.count} of {ratio.of}" for ratio in counts.ratios.values()),
            ]
            for policy, counts in self.policies.items()
        ]

    def __str__(self) -> str:
        return f"{self.total}\n\n{text_table(_HEADER, self._rows(), _ALIGN)}"

    def _repr_html_(self) -> str:
        return html_table(str(self.total), _HEADER, self._rows(), _ALIGN)


def policy_summary(events: Iterable[Event], as_of: dt.datetime) -> PolicySummary:
    """How often each policy is overridden, and what the reviews came to.

    Args:
        events: a ledger's.
        as_of: the moment, aware.

    Raises:
        LedgerError: a moment without a time zone.
    """
    found = resolutions(valid_events_at(events, as_of))
    by_policy = groupby(sorted(found, key=lambda r: r.policy), key=lambda r: r.policy)
    counts = {policy: OutOfPolicy.count(group, as_of.date()) for policy, group in by_policy}
    most_first = sorted(
        counts, key=lambda name: (-counts[name].cosigned.count, -counts[name].proposed, name)
    )
    return PolicySummary(
        as_of=as_of,
        policies={policy: counts[policy] for policy in most_first},
        total=OutOfPolicy.count(found, as_of.date()),
        resolutions=tuple(found),
    )


def resolutions(events: Iterable[Event]) -> list[Resolution]:
    """Each resolution as it stands, from the events that count, in the order of being proposed.

    A step of one that was never proposed, or that its proposer co-signed, is named in a warning and
    left out.
    """
    found: dict[tuple[str | None, str], Resolution] = {}
    for event in events:
        if not event.kind.startswith("oop_"):
            continue
        key = (event.population, event.payload["resolution"])
        try:
            proposed = event.kind == "oop_proposed"
            found[key] = _proposed(event) if proposed else _next(found, key, event)
        except LedgerError as error:
            warn_left_out(str(error))
    return list(found.values())


def _proposed(event: Event) -> Resolution:
    amount = event.payload.get("amount")
    return Resolution(
        resolution=event.payload["resolution"],
        population=event.population,
        unit_id=event.unit_id,
        policy=event.payload["policy"],
        proposer=event.actor,
        cosigner=None,
        proposed=when(event),
        state="proposed",
        review_by=dt.date.fromisoformat(event.payload["review_by"]),
        amount=None if amount is None else Decimal(amount),
        currency=event.payload.get("currency"),
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
