"""The reserves of the lines of a rotation, against all units in the order of their tickets."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

import ceosample as cs
from ceosample.sampling.ticket import draw_key, ticket


def ordered(units: Iterable[str], key: str) -> list[str]:
    return sorted(units, key=lambda unit: ticket(key, unit))


@pytest.mark.parametrize(
    ("sizes", "months"),
    [({"A": 9, "B": 2, "C": 1}, 3), ({"A": 4}, 1), ({"A": 12, "B": 3}, 1), ({"A": 30, "B": 1}, 2)],
)
def test_each_line_has_its_next_units_as_reserves_and_nobody_stands_twice(
    sizes: dict[str, int], months: int
) -> None:
    """'a called unit is not open, a selected one is no reserve, and a reserve is of one line'"""
    rng = random.Random(2)
    ids = {name: [f"{name}-{number}" for number in range(size)] for name, size in sizes.items()}
    everyone = [unit for units in ids.values() for unit in units]
    frame = cs.Frame.from_records(
        [{"id": unit, "division": unit[0]} for unit in everyone],
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
        strata=["division"],
    )
    calls = -(-len(sizes) // months)
    for n, reserves in ((calls + 1, 1), (calls + 1, 3), (calls + 2, 1), (calls + 2, 4)):
        if n > len(everyone):
            continue
        plan = cs.Plan(size=n, rotation=cs.Rotation(months, "2026-10"), reserves=reserves)
        for _ in range(6):
            digits = "".join(rng.choices("0123456789", k=20))
            draw = cs.draw(frame, plan, cs.Seed.from_dice(digits, witnesses=["audit"]))
            own = draw_key("complaint-responses", "2026-10", digits)
            opened = draw_key("complaint-responses", "2026-10", digits, purpose="open")
            called = [one.unit_id for one in draw if one.line == "called"]
            lines = {unit[0]: ordered(ids[unit[0]], own) for unit in called}
            assert sorted(called) == sorted(line[0] for line in lines.values())
            order = [unit for unit in ordered(everyone, opened) if unit not in called]
            free = n - len(called)
            assert {one.unit_id for one in draw if one.line == "open"} == {*order[:free]}
            taken = {*called, *order[:free]}
            found = {
                unit[0]: [
                    r.unit_id
                    for r in draw.reserves
                    if r.line == "called" and r.stratum == (unit[0],)
                ]
                for unit in called
            }
            for unit in called:
                assert set(found[unit[0]]) <= set(lines[unit[0]]) - taken
                behind = [one for one in lines[unit[0]] if one not in taken][:reserves]
                assert found[unit[0]] == behind
            taken |= {unit for behind in found.values() for unit in behind}
            behind = [unit for unit in order[free:] if unit not in taken][:reserves]
            assert {r.unit_id for r in draw.reserves if r.line == "open"} == {*behind}
