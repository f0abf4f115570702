"""Past sign-offs that an older tracker claims, by month and stratum; they count in no figure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import attrs

from ceosample.canonical import Json
from ceosample.period import Period, within
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.show import ratio_text, stratum_words
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.replay.past_signoffs import KINDS, standing
from ceosample.signoff.replay.valid_events import when
from ceosample.signoff.store.events import Event


@attrs.frozen
class ImportedCount(Result):
    """What was brought in of a month's stratum. Nobody verified it.

    Attributes:
        period: the month.
        stratum: its values; None where the table had none.
        signed: letters said to be signed / letters brought in.
        outcomes: how many are said to have come to what.
    """

    period: Period
    stratum: Stratum | None
    signed: Ratio
    outcomes: Mapping[str, int]

    @property
    def name(self) -> str:
        """What tables call the stratum."""
        return "not stated" if self.stratum is None else stratum_words(self.stratum)

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "period": str(self.period),
            "stratum": None if self.stratum is None else list(self.stratum),
            "verified": False,
            "signed": self.signed.to_dict(),
            "outcomes": dict(self.outcomes),
        }


def counts(
    events: Iterable[Event],
    *,
    as_of: dt.datetime | None = None,
    first: Period | None = None,
    last: Period | None = None,
) -> tuple[ImportedCount, ...]:
    """What stands of the claims, by month and stratum, and is counted nowhere else.

    Args:
        events: a ledger's.
        as_of: the moment; what was brought in or withdrawn later does not count.
        first, last: the months, both included.
    """
    asked = (e for e in events if e.kind in KINDS and within(e.period, first, last))
    told = [event for event in asked if as_of is None or when(event) <= as_of]
    groups: dict[tuple[str, Sequence[str] | None], Counter[str]] = {}
    for claim in standing(told):
        stratum = claim.payload["stratum"]
        key = (claim.period or "", None if stratum is None else tuple(stratum))
        groups.setdefault(key, Counter())[claim.payload["outcome"]] += 1
    return tuple(
        ImportedCount(
            period=Period.parse(period),
            stratum=None if stratum is None else tuple(stratum),
            signed=said_to_be_signed(found),
            outcomes=dict(sorted(found.items())),
        )
        for (period, stratum), found in sorted(
            groups.items(), key=lambda g: (g[0][0], g[0][1] or ())
        )
    )


def said_to_be_signed(outcomes: Counter[str]) -> Ratio:
    """Letters said to be signed in person / letters brought in."""
    return Ratio(outcomes["signed"], outcomes.total(), "imported letters said to be signed")


def in_words(found: Iterable[ImportedCount]) -> str | None:
    """All of them in a sentence; None where there are none."""
    rows = list(found)
    if not rows:
        return None
    total, signed = sum(row.signed.of for row in rows), sum(row.signed.count for row in rows)
    months = f"{rows[0].period} to {rows[-1].period}"
    return f"imported, unverified, counted in no figure: {months}, " + ratio_text(
        signed, total, "letters said to be signed"
    )
