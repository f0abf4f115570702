"""The laws of the draw, held over generated frames, and allocation against exhaustive search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import ceosample as cs
from ceosample.sampling.frames.cuts import Cut
from ceosample.sampling.frames.strata import Strata, Stratum
from ceosample.sampling.plans.allocation import allocate
from ceosample.sampling.ticket import Ticketed, draw_key, ticket
from refusals import nearest_size

SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
DIVISIONS = ("Cards", "Loans", "Mortgages", "Savings")

units = st.dictionaries(
    st.text("abcŵ01-", min_size=1, max_size=6), st.sampled_from(DIVISIONS), min_size=4, max_size=60
)
seeds = st.integers(0, 10**20 - 1).map(
    lambda number: cs.Seed.from_dice(f"{number:020}", witnesses=["audit"])
)


def frame_of(members: Mapping[str, str], strata: tuple[str, ...] = ("division",)) -> cs.Frame:
    return cs.Frame.from_records(
        [{"id": unit_id, "division": division} for unit_id, division in members.items()],
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
        strata=strata,
    )


def drawn_in(draw: cs.Draw, division: str) -> list[str]:
    return [s.unit_id for s in draw.selections if s.stratum == (division,)]


# Allocation; tests/test_allocation.py has the rest.


def test_a_tie_goes_to_the_stratum_that_comes_first_by_its_bytes() -> None:
    equal: dict[Stratum, int] = {("é",): 9, ("z",): 9, ("a",): 9}
    assert allocate(equal, 4) == {("a",): 2, ("z",): 1, ("é",): 1}
    assert allocate(equal, 5) == {("a",): 2, ("z",): 2, ("é",): 1}


@pytest.mark.parametrize(
    ("n", "minimum", "says"),
    [
        (2, 1, r"cannot reach 3 strata.*nearest possible size is 3"),
        (5, 2, nearest_size(6)),
        (2, 0, r"cannot reach 3 strata.*nearest possible size is 3"),
        (28, 0, nearest_size(27)),
    ],
)
def test_an_impossible_size_is_refused_with_the_nearest_possible_one(
    n: int, minimum: int, says: str
) -> None:
    with pytest.raises(cs.errors.PlanError, match=says):
        allocate({("a",): 9, ("b",): 9, ("c",): 9}, n, minimum=minimum)


# Plans.


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"size": 0}, "plan, size"),
        ({"size": 3.0}, "plan, size"),
        ({"size": True}, "plan, size"),
        ({"size": 3, "minimum": -1}, "plan, minimum"),
        ({"size": 3, "reserves": None}, "plan, reserves"),
        ({"size": 3, "allocation": "best"}, "plan, allocation: got 'best'"),
        (
            {"size": 3, "allocation": "neyman"},
            "plan, variances: missing; give what all",
        ),
        ({"size": 3, "power": "1/2"}, "plan, power: got '1/2', which only allocation='power' uses"),
        ({}, "give one of size, minutes, detect"),
        ({"size": 3, "detect": ["1/20", "9/10"]}, "got size 3 and detect ['1/20', '9/10']"),
        ({"detect": ["1/20"]}, "plan, detect: got ['1/20']; give a rate and a confidence"),
        ({"detect": [1, "9/10"]}, "plan, detect"),
        ({"minutes": 45}, "plan, per_letter: missing"),
        ({"minutes": 0, "per_letter": 4}, "plan, minutes: got '0'"),
        ({"minutes": "soon", "per_letter": 4}, "got 'soon'; give a number"),
        ({"size": 3, "cap": 0}, "plan, cap: got 0"),
        ({"size": 3, "allocation": "srs", "cap": 2}, "plan, cap: got 2, and 'srs' has no strata"),
        ({"minutes": 9, "per_letter": 3, "allocation": {"Cards": 3}}, "sum as the size"),
        ({"size": 3, "allocation": "srs", "minimum": 2}, "no strata"),
        ({"size": 3, "take_all": "Cards"}, "plan, take_all: got 'Cards'; give a list"),
        ({"size": 3, "take_all": [["Cards"], ["Cards"]]}, "got ['Cards'] a second time"),
        ({"size": 3, "take_all": [[3]]}, "give the stratum's values as text"),
        ({"size": 3, "take_all": [" x"]}, "white space"),
    ],
)
def test_a_plan_that_nobody_could_carry_out_is_refused(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(cs.errors.PlanError) as caught:
        cs.Plan(**fields)
    assert says in str(caught.value)


def test_all_faults_of_a_plan_are_named_at_once() -> None:
    with pytest.raises(cs.errors.PlanError) as caught:
        cs.Plan(size=-1, minimum=-1, reserves=-1, allocation="best")
    assert len(caught.value.faults) == 4


def test_a_plan_is_recorded_by_its_size_and_what_differs_from_the_defaults() -> None:
    """'`plan` holds `size` and the fields that differ from their defaults'"""
    assert cs.Plan(size=12).to_dict() == {"size": 12}
    plan = cs.Plan(size=12, minimum=0, reserves=5, take_all=["Escalated"])
    fields = {"size": 12, "minimum": 0, "reserves": 5, "take_all": [["Escalated"]]}
    assert plan.to_dict() == fields
    assert cs.Plan.from_dict(fields) == plan


def test_a_plan_that_is_half_understood_is_refused() -> None:
    with pytest.raises(cs.errors.PlanError, match="'lottery': not known"):
        cs.Plan.from_dict({"size": 3, "lottery": {"months": 4}})


@pytest.mark.parametrize(
    ("value", "witnesses", "says"),
    [
        ("1234567890123456789", ["audit"], "got text of 19 digits; roll at least 20"),
        ("8301927465019283746x", ["audit"], "got text of 20"),
        ("٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩", ["audit"], "got text of 20"),
        (83019274650192837465, ["audit"], "give the digits as text"),
        ("83019274650192837465", [], "got []"),
        ("83019274650192837465", ["audit", "audit"], "got 'audit' a second time"),
        ("83019274650192837465", "audit", "give a list"),
        ("83019274650192837465", [" x"], "white space"),
        ("83019274650192837465", [3], "got 3; give a role as text"),
    ],
)
def test_a_seed_that_could_be_guessed_or_misread_is_refused(
    value: Any, witnesses: Any, says: str
) -> None:
    with pytest.raises(cs.errors.SeedError) as caught:
        cs.Seed.from_dice(value, witnesses=witnesses)
    assert says in str(caught.value)


# The laws.


@given(units, seeds, st.data())
def test_the_lowest_tickets_of_each_stratum_are_drawn_and_the_next_are_in_reserve(
    members: dict[str, str], seed: cs.Seed, data: st.DataObject
) -> None:
    """'In each stratum the `n_h` lowest tickets are selected and the next ones are its reserves'"""
    size = data.draw(st.integers(len(set(members.values())), len(members)))
    draw = cs.draw(frame_of(members), cs.Plan(size=size, reserves=3), seed)
    key = draw_key("complaint-responses", "2026-10", seed.value)
    for pool in draw.pools:
        inside = [unit_id for unit_id, d in members.items() if (d,) == pool.stratum]
        in_order = sorted(inside, key=lambda unit_id: (ticket(key, unit_id), unit_id.encode()))
        assert drawn_in(draw, pool.stratum[0]) == in_order[: pool.letters]
        reserves = [r.unit_id for r in draw.reserves if r.stratum == pool.stratum]
        assert reserves == in_order[pool.letters : pool.letters + 3]
        assert pool.probability == Fraction(pool.letters, len(inside))


@given(units, seeds, st.data())
def test_a_larger_draw_contains_the_smaller_one(
    members: dict[str, str], seed: cs.Seed, data: st.DataObject
) -> None:
    """'A larger draw under the same seed therefore contains the smaller one.'"""
    members["a"] = members.get("a", "Cards")
    members["b"] = members["a"]  # two in a stratum, so that one more letter is possible
    size = data.draw(st.integers(len(set(members.values())), len(members) - 1))
    frame = frame_of(members)
    smaller = cs.draw(frame, cs.Plan(size=size), seed)
    larger = cs.draw(frame, cs.Plan(size=size + 1), seed)
    assert set(smaller.unit_ids) < set(larger.unit_ids)


@given(units, seeds, st.data())
def test_given_the_allocation_no_stratum_feels_what_happens_in_another(
    members: dict[str, str], seed: cs.Seed, data: st.DataObject
) -> None:
    """'a unit keeps its ticket whatever happens to the rest of the frame' (vectors: peer-01)"""
    key = draw_key("complaint-responses", "2026-10", seed.value)
    moved = data.draw(st.sampled_from(sorted(members)))
    elsewhere = [d for d in DIVISIONS if d != members[moved]]
    changes: list[dict[str, str]] = [
        {k: v for k, v in members.items() if k != moved},
        {**members, "new-unit": members[moved]},
    ]
    counts: dict[Stratum, int] = {(division,): 3 for division in elsewhere}
    before = frame_of(members).lowest(key, counts)
    for changed in changes:
        assert frame_of(changed).lowest(key, counts) == before
    other = data.draw(st.sampled_from(elsewhere))
    relabelled = frame_of({**members, moved: other})
    untouched = {stratum: count for stratum, count in counts.items() if stratum != (other,)}
    assert relabelled.lowest(key, untouched) == {s: before[s] for s in untouched}


@given(units, seeds, st.data())
def test_a_removed_selected_unit_is_succeeded_by_the_first_reserve(
    members: dict[str, str], seed: cs.Seed, data: st.DataObject
) -> None:
    strata = Counter(members.values())
    assume(max(strata.values()) > 2)
    draw = cs.draw(frame_of(members), cs.Plan(size=len(strata)), seed)
    with_reserves = [
        s for s in draw.selections if any(r.stratum == s.stratum for r in draw.reserves)
    ]
    gone = data.draw(st.sampled_from(with_reserves))
    first = next(r for r in draw.reserves if r.stratum == gone.stratum)
    left = {unit_id: d for unit_id, d in members.items() if unit_id != gone.unit_id}
    again = cs.draw(frame_of(left), cs.Plan(size=len(strata)), seed)
    assert set(again.unit_ids) == (set(draw.unit_ids) - {gone.unit_id}) | {first.unit_id}


@pytest.mark.slow
def test_over_many_seeds_the_frequencies_fit_the_inclusion_probabilities() -> None:
    members = {f"u{i}": DIVISIONS[i % 3 and 1] for i in range(24)}
    frame, plan, rounds = frame_of(members), cs.Plan(size=5), 4000
    seen: Counter[str] = Counter()
    for number in range(rounds):
        seed = cs.Seed.from_dice(f"{number:020}", witnesses=["audit"])
        draw = cs.draw(frame, plan, seed)
        seen.update(draw.unit_ids)
    probability = {pool.stratum: pool.probability for pool in draw.pools}
    for unit_id, division in members.items():
        p = float(probability[(division,)])
        # Five standard errors: with 24 units a false alarm has a chance below 2 in 100,000.
        assert abs(seen[unit_id] / rounds - p) < 5 * (p * (1 - p) / rounds) ** 0.5


def test_srs_takes_the_lowest_tickets_of_the_whole_frame() -> None:
    """'`srs`: no strata: the n lowest tickets of the whole frame'"""
    members = {f"u{i}": DIVISIONS[i % 4] for i in range(40)}
    draw = cs.draw(frame_of(members), cs.Plan(size=3, allocation="srs", reserves=1), SEED)
    key = draw_key("complaint-responses", "2026-10", SEED.value)
    in_order = sorted(members, key=lambda unit_id: ticket(key, unit_id))
    assert list(draw.unit_ids) == in_order[:3]
    assert [reserve.unit_id for reserve in draw.reserves] == in_order[3:4]
    assert [pool.stratum for pool in draw.pools] == [()]
    assert draw.pools[0].probability == Fraction(3, 40)


def test_take_all_strata_are_drawn_in_full_beside_the_size() -> None:
    """'Take-all strata are signed in full, beside n'"""
    members = {f"u{i}": DIVISIONS[i % 4] for i in range(40)}
    plan = cs.Plan(size=3, take_all=["Cards", "Escalated"])
    draw = cs.draw(frame_of(members), plan, SEED)
    assert len(draw) == 13
    assert set(drawn_in(draw, "Cards")) == {u for u, d in members.items() if d == "Cards"}
    assert all(s.probability == 1 for s in draw.selections if s.stratum == ("Cards",))
    assert "1/1" in draw.record.decode()


def test_a_take_all_stratum_of_another_shape_is_refused() -> None:
    plan = cs.Plan(size=3, take_all=[["Cards", "North"]])
    with pytest.raises(cs.errors.PlanError, match=r"values of 2 variables; .* 1 stratum"):
        cs.draw(frame_of({"a": "Cards", "b": "Loans", "c": "Loans"}), plan, SEED)


@attrs.frozen
class Elsewhere:
    """A frame that answers the named questions and has nothing else, as one in a database will."""

    inner: cs.Frame

    population: str = "complaint-responses"
    period: cs.Period = attrs.field(factory=lambda: cs.Period(2026, 10))
    variables: tuple[str, ...] = ("division",)
    exclusions: Mapping[str, int] = attrs.field(factory=dict)
    control_total: int | None = None
    content: bool = False

    @property
    def digest(self) -> str:
        return self.inner.digest

    @property
    def excluded_digest(self) -> str:
        return self.inner.excluded_digest

    def sizes(self) -> Mapping[Stratum, int]:
        return self.inner.sizes()

    def lowest(self, key: str, counts: Mapping[Stratum, int]) -> Mapping[Stratum, list[Ticketed]]:
        return self.inner.lowest(key, counts)

    def merged(self, names: Mapping[Stratum, Stratum]) -> Strata:
        return self.inner.merged(names)

    def cut(self, cuts: Mapping[str, Cut]) -> Strata:
        return self.inner.cut(cuts)

    def committed(self, unit_ids: Collection[str]) -> Mapping[str, str]:
        return self.inner.committed(unit_ids)

    def manifest(self) -> Iterator[bytes]:
        return self.inner.manifest()

    def excluded(self) -> Iterator[bytes]:
        return self.inner.excluded()


def test_draw_asks_a_frame_only_the_questions_that_are_named() -> None:
    """'`draw()` uses only the questions named in ARCHITECTURE.md'"""
    frame = frame_of({f"u{i}": DIVISIONS[i % 4] for i in range(40)})
    assert cs.draw(Elsewhere(frame), cs.Plan(size=8), SEED).record == (
        cs.draw(frame, cs.Plan(size=8), SEED).record
    )


def test_a_draw_shows_itself_in_a_terminal_and_in_a_notebook() -> None:
    frame = frame_of({"<b>u": "Cards", "u2": "Loans", "u3": "Loans"})
    draw = cs.draw(frame, cs.Plan(size=2), SEED)
    assert str(draw).startswith("2 of 3 responses drawn: complaint-responses, 2026-10, draw ")
    html = draw._repr_html_()
    assert "&lt;b&gt;u" in html
    assert "<b>" not in html
    assert draw.to_records()[0]["division"] == "Cards"
    assert draw["u2"] in (*draw.selections, *draw.reserves)
    with pytest.raises(KeyError):
        draw["nobody"]
