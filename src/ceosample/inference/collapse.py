"""Which strata stand together where one letter was drawn: the caller's names, or a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TypeAlias

from ceosample.errors import InferenceError, raise_faults
from ceosample.inference.linearised import Scored, collapsed
from ceosample.sampling.frames.strata import Stratum, as_stratum
from ceosample.show import stratum_words
from ceosample.text import quoted

#: A month and a stratum.
CellName: TypeAlias = tuple[str, Stratum]


def joined(strata: Mapping[CellName, Scored], names: Mapping[CellName, object]) -> list[Scored]:
    """The strata after joining; still those that hold a letter inside the domain."""
    return [one for one in collapsed(strata, names) if one.scores]


def by_name(
    strata: Mapping[CellName, Scored], given: Mapping[str | Stratum, str]
) -> dict[CellName, object]:
    """Strata of all months under the names that the caller gives; others stay by month.

    Raises:
        InferenceError: a name for a stratum that there is not.
    """
    names = {as_stratum(stratum): name for stratum, name in given.items()}
    known = {stratum for _, stratum in strata}
    raise_faults(
        InferenceError,
        (
            f"lonely, {quoted(stratum_words(stratum))}: not a stratum of the draws; leave it out"
            for stratum in names
            if stratum not in known
        ),
    )
    return {cell: names.get(cell[1], cell) for cell in strata}


def by_rule(strata: Mapping[CellName, Scored]) -> dict[CellName, object]:
    """A lonely stratum joins itself in other months; those that are alone still, each other.

    One that is the only one left joins the smallest of the others.
    """
    alone = {stratum for (_, stratum), one in strata.items() if one.lonely}
    names: dict[CellName, object] = {c: c[1] if c[1] in alone else c for c in strata}
    drawn: Counter[object] = Counter()
    sizes: Counter[object] = Counter()
    for cell, one in strata.items():
        drawn[names[cell]] += one.drawn
        sizes[names[cell]] += one.size
    left = [name for name, n in drawn.items() if n == 1 < sizes[name]]
    others = [name for name in sizes if name not in left and sizes[name] > drawn[name]]
    if len(left) == 1 and others:
        left.append(min(others, key=lambda name: (sizes[name], str(name))))
    return {cell: "joined" if name in left else name for cell, name in names.items()}
