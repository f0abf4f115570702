"""The divisions of a draw: the responses' own strata, however the plan joined them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import attrs

from ceosample.errors import RecordError
from ceosample.sampling.draw import Draw, Reserve, Selection
from ceosample.sampling.frames.strata import Strata, Stratum
from ceosample.sampling.plans.rotation import OPEN
from ceosample.sampling.ticket import draw_key


@attrs.frozen
class Divisions:
    """The frame's strata behind a draw, after its plan's cuts and before it joined any.

    Attributes:
        sizes: for each stratum of the draw its divisions, and how many responses each has.
        of_unit: the division of each selection and reserve.
    """

    sizes: Mapping[Stratum, Mapping[Stratum, int]]
    of_unit: Mapping[str, Stratum]


def divisions_of(draw: Draw) -> Divisions:
    """The divisions of a draw; its frame is asked again only where the plan joined some.

    Raises:
        RecordError: the frame's table changed since the draw.
    """
    joined = {p.stratum: p.members for p in draw.pools if p.members != (p.stratum,)}
    sizes = {p.stratum: {p.stratum: p.size} for p in draw.pools if p.stratum not in joined}
    of_unit = {unit.unit_id: unit.stratum for unit in _drawn(draw)}
    if joined:
        strata = draw.plan.design(draw.frame, draw.earlier).strata
        raw = strata.sizes()
        sizes |= {name: {m: raw.get(m, 0) for m in members} for name, members in joined.items()}
        of_unit |= _of_units(draw, strata, joined, raw)
    return Divisions(dict(sorted(sizes.items())), of_unit)


def _of_units(
    draw: Draw,
    strata: Strata,
    joined: Mapping[Stratum, tuple[Stratum, ...]],
    sizes: Mapping[Stratum, int],
) -> dict[str, Stratum]:
    """The divisions of the units that were drawn from strata that join several."""
    units = [unit for unit in _drawn(draw) if unit.stratum in joined]
    drawn = Counter(unit.stratum for unit in units)
    # Who stands before a unit in its own division was drawn too: no division is asked for more.
    counts = {
        m: min(drawn[name], sizes.get(m, 0)) for name, members in joined.items() for m in members
    }
    identity = draw.population, str(draw.period), draw.seed.value
    keys = [draw_key(*identity), *([draw_key(*identity, purpose=OPEN)] if draw.turn else [])]
    found = {
        unit_id: member
        for key in keys
        for member, lowest in strata.lowest(key, counts).items()
        for _, unit_id in lowest
    }
    lost = sum(found.get(unit.unit_id, ()) not in joined[unit.stratum] for unit in units)
    if lost:
        raise RecordError(
            f"{draw.population}, {draw.period}: {lost} of {len(units)} drawn responses are not "
            "where they were drawn; draw from the table as it was frozen"
        )
    return {unit.unit_id: found[unit.unit_id] for unit in units}


def _drawn(draw: Draw) -> tuple[Selection | Reserve, ...]:
    return (*draw.selections, *draw.reserves)
