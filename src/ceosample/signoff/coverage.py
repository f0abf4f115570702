"""Sign-off coverage, completion and stratum reach: always a count and its denominator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction

import attrs

from ceosample.canonical import Json
from ceosample.sampling.strata import Stratum
from ceosample.show import html_table, of, stratum_words, text_table
from ceosample.signoff.events import Event
from ceosample.signoff.history import History, replay

#: States that fill a place of the sample, if nothing made them void.
FILLING = ("signed", "signed_by_deputy", "resolved_nonstandard")

_HEADER = ["stratum", "eligible", "selected", "signed in person", "by deputy", "otherwise"]
_ALIGN = "lrrrrl"


@attrs.frozen
class Ratio:
    """A count and what it is out of.

    >>> print(Ratio(41, 60, "signed"))
    41 of 60 signed (68.3 %)
    """

    count: int
    of: int
    what: str

    @property
    def share(self) -> Fraction | None:
        """The exact share; None of nothing."""
        return Fraction(self.count, self.of) if self.of else None

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {"count": self.count, "of": self.of, "what": self.what}

    def __str__(self) -> str:
        return of(self.count, self.of, self.what)


@attrs.frozen
class StratumCoverage:
    """What became of one stratum's originally selected letters.

    Attributes:
        stratum: its values.
        eligible: responses in the frame, N, over all months counted.
        selected: originally selected letters.
        signed: those that the signatory signed in person.
        by_deputy: those that a deputy signed.
        states: where the others stand, by state.
        take_all: whether the stratum is read in full.
    """

    stratum: Stratum
    eligible: int
    selected: int
    signed: int
    by_deputy: int
    states: Mapping[str, int]
    take_all: bool


@attrs.frozen
class SignoffCoverage:
    """What was signed, of what should have been.

    Attributes:
        signoff: originally selected letters signed in person / originally selected letters.
        completion: places filled by a signature, a deputy's or a non-standard resolution,
            substitutes included / places planned.
        stratum_reach: strata with a letter signed in person / strata with any letter.
        take_all: the same as ``signoff``, for the strata that are read in full.
        strata: each stratum's row.
    """

    signoff: Ratio
    completion: Ratio
    stratum_reach: Ratio
    take_all: Ratio
    strata: tuple[StratumCoverage, ...]

    def to_dict(self) -> dict[str, Json]:
        """For JSON."""
        return {
            "signoff": self.signoff.to_dict(),
            "completion": self.completion.to_dict(),
            "stratum_reach": self.stratum_reach.to_dict(),
            "take_all": self.take_all.to_dict(),
            "strata": [
                {
                    "stratum": list(row.stratum),
                    "eligible": row.eligible,
                    "selected": row.selected,
                    "signed": row.signed,
                    "by_deputy": row.by_deputy,
                    "states": dict(row.states),
                    "take_all": row.take_all,
                }
                for row in self.strata
            ],
        }

    def _summary(self) -> list[str]:
        lines = [f"sign-off coverage: {self.signoff}", f"completion: {self.completion}"]
        lines.append(f"stratum reach: {self.stratum_reach}")
        if self.take_all.of:
            lines.append(f"read in full: {self.take_all}")
        return lines

    def _rows(self) -> list[list[str]]:
        return [
            [
                stratum_words(row.stratum) + (" (in full)" if row.take_all else ""),
                str(row.eligible),
                str(row.selected),
                str(row.signed),
                str(row.by_deputy),
                ", ".join(f"{count} {state}" for state, count in row.states.items()),
            ]
            for row in self.strata
        ]

    def __str__(self) -> str:
        return "\n".join([*self._summary(), "", text_table(_HEADER, self._rows(), _ALIGN)])

    def _repr_html_(self) -> str:
        caption, *notes = self._summary()
        return html_table(caption, _HEADER, self._rows(), _ALIGN, notes)


def signoff_coverage(events: Iterable[Event]) -> SignoffCoverage:
    """Count what was signed, from a ledger's events; of one month or of several.

    A state counts once it was reached, whatever came after: a dispatched letter is still signed.
    A return for rework makes the approval before it void. Substitutes count for completion alone.

    >>> print(signoff_coverage([]).signoff)
    0 of 0 selected letters signed in person
    """
    read = list(events)
    histories = list(replay(read).values())
    sizes, places = _denominators(read)
    rows = [_row(*key, sizes[key], histories) for key in sorted(sizes)]
    sampled = [row for row in rows if not row.take_all]
    in_full = [row for row in rows if row.take_all]
    filled = sum(
        not h.take_all and h.state != "replaced" and h.reached(*FILLING) for h in histories
    )
    return SignoffCoverage(
        signoff=_signed(sampled, "selected letters signed in person"),
        completion=Ratio(filled, places, "places filled"),
        stratum_reach=Ratio(sum(row.signed > 0 for row in sampled), len(sampled), "strata reached"),
        take_all=_signed(in_full, "letters of strata read in full signed in person"),
        strata=tuple(rows),
    )


def _denominators(events: Iterable[Event]) -> tuple[dict[tuple[Stratum, bool], int], int]:
    """Eligible responses of each stratum, where it was read in full apart, and places planned."""
    sizes: dict[tuple[Stratum, bool], int] = {}
    places = 0
    for event in events:
        if event.kind != "drawn":
            continue
        for entry in event.payload["strata"]:
            key = (tuple(entry["stratum"]), entry["take_all"])
            sizes[key] = sizes.get(key, 0) + entry["N"]
            places += 0 if entry["take_all"] else entry["n"]
    return sizes, places


def _row(
    stratum: Stratum, take_all: bool, size: int, histories: Iterable[History]
) -> StratumCoverage:
    letters = [
        h for h in histories if h.original and h.stratum == stratum and h.take_all == take_all
    ]
    in_person = [h.reached("signed") for h in letters]
    by_deputy = [h.reached("signed_by_deputy") for h in letters]
    others = Counter(
        h.state
        for h, mine, theirs in zip(letters, in_person, by_deputy, strict=True)
        if not mine and not theirs
    )
    return StratumCoverage(
        stratum=stratum,
        eligible=size,
        selected=len(letters),
        signed=sum(in_person),
        by_deputy=sum(by_deputy),
        states=dict(sorted(others.items())),
        take_all=take_all,
    )


def _signed(rows: Iterable[StratumCoverage], what: str) -> Ratio:
    found = list(rows)
    return Ratio(sum(row.signed for row in found), sum(row.selected for row in found), what)
