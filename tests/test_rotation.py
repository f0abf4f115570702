"""Rotation over years of months, against its promise as worded and against simulation."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample.demo import month
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.plans.chances import shares, symmetric_sum
from ceosample.sampling.plans.hardest_spread import hardest_found
from ceosample.sampling.plans.rotation import Turn
from refusals import nearest_size, refused
from thorough import examples

START = cs.Period(2026, 1)
DIVISIONS = "ABCDEFGH"


def seed_of(number: int) -> cs.Seed:
    return cs.Seed.from_dice(f"{number:020}", witnesses=["audit"])


def frame_of(sizes: dict[str, int], period: cs.Period = START, **other: Any) -> cs.Frame:
    return cs.Frame.from_records(
        [
            {"id": f"{period}-{name}-{number}", "division": name}
            for name, size in sizes.items()
            for number in range(size)
        ],
        population="complaint-responses",
        period=period,
        unit_id="id",
        strata=["division"],
        **other,
    )


def plan_of(size: int, months: int, **other: Any) -> cs.Plan:
    return cs.Plan(size=size, rotation=cs.Rotation(months, START), **other)


months_of_divisions = st.dictionaries(
    st.sampled_from(DIVISIONS), st.integers(1, 4), min_size=1, max_size=8
)


@settings(max_examples=examples(60, one_in=6))
@given(
    st.lists(months_of_divisions, min_size=1, max_size=26),
    st.integers(1, 6),
    st.integers(0, 3),
    st.integers(0, 10**6),
    st.sets(st.integers(0, 25)),
)
@pytest.mark.slow
def test_the_promise_as_worded_holds_in_every_block(
    years: list[dict[str, int]], months: int, more: int, number: int, skipped: set[int]
) -> None:
    """'a stratum that has letters in every month of a block, or in its last, is drawn at least
    once in it; any other that was missed is reported as unreached'

    Divisions appear, vanish and have no letters in some months; some months have no draw.
    """
    block: list[tuple[set[str], cs.Draw]] = []
    for place, sizes in enumerate(years):
        if place % months == 0:
            block = []
        period = START.plus(place)
        last = place % months == months - 1
        if place in skipped and not last:
            continue
        earlier = [draw for _, draw in block]
        drawn_before = {s.stratum[0] for draw in earlier for s in draw}
        waiting = len(set(sizes) - drawn_before)
        calls = -(-waiting // (months - place % months))
        n = min(calls + 1 + more, sum(sizes.values()))
        frame = frame_of(sizes, period)
        plan = plan_of(n, months)
        draw = cs.draw(frame, plan, seed_of(number + place), earlier)
        block.append((set(sizes), draw))
        # The design's own numbers.
        assert len(draw) == n == len(set(draw.unit_ids))
        assert sum(s.line == "called" for s in draw) == calls
        assert sum(pool.expected for pool in draw.pools) == n
        assert not set(draw.unit_ids) & {reserve.unit_id for reserve in draw.reserves}
        assert len({reserve.unit_id for reserve in draw.reserves}) == len(draw.reserves)
        # What was missed is reported, and nothing else.
        present = set[str]().union(*(names for names, _ in block))
        reached = {s.stratum[0] for _, one in block for s in one}
        assert [stratum[0] for stratum in draw.unreached] == sorted(present - reached)
        if last:
            in_all = set.intersection(*(names for names, _ in block))
            all_months_drawn = len(block) == months
            promised = set(sizes) | (in_all if all_months_drawn else set())
            assert promised <= reached
        # Anyone can check it again, with the earlier records and without our objects.
        manifest, excluded, *before, record = draw.files().values()
        report = cs.verification.verify_record(record, manifest, excluded, earlier=before)
        assert report.ok, report.first_difference


def by_hand(frame: cs.Frame, plan: cs.Plan, seed: cs.Seed, drawn: set[str]) -> list[str]:
    """The rotation in plain hashlib, as STATISTICS.md words it."""

    def key(purpose: str | None) -> str:
        parts = ["ceosample/1", frame.population, str(frame.period), seed.value]
        parts += [purpose] if purpose else []
        text = "".join(f"{len(part.encode())}:{part}," for part in parts)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def ticket(purpose: str | None, text: str) -> str:
        return hashlib.sha256(f"{key(purpose)},{text}".encode()).hexdigest()

    assert plan.rotation is not None
    place = (frame.period.year - START.year) * 12 + frame.period.month - START.month
    left = plan.rotation.months - place % plan.rotation.months
    waiting = sorted(
        (name for (name,) in frame.sizes() if name not in drawn),
        key=lambda name: ticket("stratum", f"{len(name.encode())}:{name},"),
    )
    called = waiting[: -(-len(waiting) // left)]
    chosen = [
        min((u.unit_id for u in frame.units if u.stratum == (name,)), key=lambda i: ticket(None, i))
        for name in called
    ]
    rest = sorted(
        (unit.unit_id for unit in frame.units if unit.unit_id not in chosen),
        key=lambda unit_id: ticket("open", unit_id),
    )
    assert isinstance(plan.size, int)
    return sorted(chosen + rest[: plan.size - len(chosen)])


def test_a_rotation_in_plain_hashlib_gives_the_same_letters() -> None:
    sizes = {"Cards": 40, "Gŵyn": 7, "Loans": 12, "Savings": 3, "Trusts": 1}
    earlier: list[cs.Draw] = []
    drawn: set[str] = set()
    for place in range(3):
        frame, plan = frame_of(sizes, START.plus(place)), plan_of(4, 3)
        draw = cs.draw(frame, plan, seed_of(place), earlier)
        assert sorted(draw.unit_ids) == by_hand(frame, plan, seed_of(place), drawn)
        drawn |= {s.stratum[0] for s in draw}
        earlier.append(draw)
    assert drawn == set(sizes)


@pytest.mark.parametrize("earlier_months", [0, 1])
@pytest.mark.slow
def test_the_probabilities_agree_with_simulation(earlier_months: int) -> None:
    """'pi = a + (1 - a)(n - c)/(N - c)'"""
    sizes = {"A": 2, "B": 3, "C": 6, "D": 1}
    period = START.plus(earlier_months)
    earlier = [
        cs.draw(frame_of(sizes, START.plus(i)), plan_of(3, 3), seed_of(10**7))
        for i in range(earlier_months)
    ]
    frame, plan = frame_of(sizes, period), plan_of(3, 3, reserves=0)
    draws = examples(4000, one_in=3)
    counts: Counter[str] = Counter()
    for number in range(draws):
        counts.update(cs.draw(frame, plan, seed_of(number), earlier).unit_ids)
    pools = cs.draw(frame, plan, seed_of(0), earlier).pools
    chances = {pool.stratum: pool.probability for pool in pools}
    for unit in frame.units:
        chance = float(chances[unit.stratum])
        allowed = 4.5 * (draws * chance * (1 - chance)) ** 0.5
        assert abs(counts[unit.unit_id] - draws * chance) < allowed, unit.unit_id


def test_the_probabilities_are_those_of_the_formula() -> None:
    """Four strata waiting, three months left: c = 2 of them are called; N = 12, n = 3."""
    draw = cs.draw(frame_of({"A": 2, "B": 3, "C": 6, "D": 1}), plan_of(3, 3), seed_of(1))
    chances = {pool.stratum[0]: pool.probability for pool in draw.pools}
    a = {name: Fraction(2, 4 * size) for name, size in {"A": 2, "B": 3, "C": 6, "D": 1}.items()}
    assert chances == {name: a_h + (1 - a_h) * Fraction(1, 10) for name, a_h in a.items()}
    assert all(s.probability == chances[s.stratum[0]] for s in draw)


@pytest.mark.slow
def test_a_promise_under_a_rotation_agrees_with_simulation() -> None:
    """Chances for one month are exact; for a rate spread in proportion too; at worst, bounds."""
    sizes = {"A": 4, "B": 6, "C": 10}
    frame, plan = frame_of(sizes), plan_of(3, 2, reserves=0)
    promise = plan.promise(frame)
    mine = {f"{START}-B-{number}" for number in range(2)}
    bad = {f"{START}-{name}-0" for name in sizes} | {f"{START}-C-1"}  # 4 of 20: 1, 1 and 2
    found = Counter[str]()
    draws = examples(4000, one_in=3)
    for number in range(draws):
        drawn = set(cs.draw(frame, plan, seed_of(number)).unit_ids)
        found["mine"] += bool(drawn & mine)
        found["bad"] += bool(drawn & bad)
    for name, chance in (
        ("mine", promise.chance("B", 2)),
        ("bad", promise.detects("0.2", spread="proportional")),
    ):
        p = float(chance)
        assert abs(found[name] - draws * p) < 4.5 * (draws * p * (1 - p)) ** 0.5, name
    assert promise.detects("0.2") <= promise.detects("0.2", spread="proportional")
    months = [promise.chance("B", 2, months=k) for k in range(1, 5)]
    assert months == sorted(months)
    assert promise.chance("C", 10) > promise.chance("C", 1)
    assert promise.letters == 3
    text = str(promise)
    assert "month 1 of 2 of the block that began in 2026-01" in text
    assert "is drawn at least once in it" in text


def test_the_bound_and_the_worst_spread_found_have_a_name_each() -> None:
    """Half of the bound was slack, which no name told."""
    frame = cs.Frame.from_records(
        month("2026-10").responses,
        population="complaint-responses",
        period="2026-10",
        unit_id="response_id",
        strata=["division"],
        exclusion="why_excluded",
    )
    promise = cs.Plan(size=4, rotation=cs.Rotation(3, "2026-10")).promise(frame)
    assert "5.0 % or more (a bound), 10.5 % at the worst spread found, 18.8 %" in str(promise)
    plain = cs.Plan(size=8).promise(frame)
    assert plain.detects("0.1", spread="found") == plain.detects("0.1")
    assert "spread found" not in str(plain)


@settings(max_examples=examples(60, one_in=4))
@given(st.lists(st.integers(1, 7), min_size=1, max_size=4), st.integers(1, 4), st.data())
def test_the_worst_spread_found_lies_between_an_even_one_and_the_worst(
    counts: list[int], calls: int, data: st.DataObject
) -> None:
    """Against every spread; with one call it is the worst."""
    sizes: dict[Stratum, int] = {(str(i),): count for i, count in enumerate(counts)}
    calls = min(calls, len(counts))
    marked = data.draw(st.integers(0, sum(counts)))

    def uncalled(spread: Sequence[int]) -> Fraction:
        sound = [(size - g, size) for size, g in zip(counts, spread, strict=True)]
        return symmetric_sum(sound, calls) / comb(len(counts), calls)

    found = hardest_found(sizes, list(sizes), calls, marked)
    assert sum(found.values()) == marked
    assert all(0 <= found[stratum] <= size for stratum, size in sizes.items())
    every = (range(size + 1) for size in counts)
    worst = max(uncalled(g) for g in itertools.product(*every) if sum(g) == marked)
    even = uncalled(shares(counts, marked))
    assert even <= uncalled([found[stratum] for stratum in sizes]) <= worst <= 1
    if calls == 1 and len(set(counts)) == len(counts):
        assert uncalled([found[stratum] for stratum in sizes]) == worst


@pytest.mark.slow
def test_a_chance_over_months_is_no_more_than_simulation_finds() -> None:
    sizes = {"A": 4, "B": 6, "C": 10}
    frames = [frame_of(sizes, START.plus(place)) for place in range(3)]
    plan = plan_of(3, 2, reserves=0)
    bound = plan.promise(frames[0]).chance("B", 2, months=3)
    found, runs = 0, examples(1500, one_in=3)
    for run in range(runs):
        earlier: list[cs.Draw] = []
        hit = False
        for place, frame in enumerate(frames):
            earlier = [] if place % 2 == 0 else earlier
            draw = cs.draw(frame, plan, seed_of(3 * run + place), earlier)
            earlier.append(draw)
            hit = hit or bool({f"{frame.period}-B-0", f"{frame.period}-B-1"} & set(draw.unit_ids))
        found += hit
    p = float(bound)
    assert found > runs * p - 4.5 * (runs * p * (1 - p)) ** 0.5


def test_too_few_letters_are_refused_with_the_size_that_works() -> None:
    """'c must be below n: otherwise a PlanError names the size that works'"""
    frame = frame_of(dict.fromkeys(DIVISIONS, 5))
    with pytest.raises(cs.errors.PlanError, match=r"so 4 are called.*nearest possible size is 5"):
        plan_of(4, 2).promise(frame)
    with pytest.raises(cs.errors.PlanError, match=r"so 1 is called.*nearest possible size is 2"):
        plan_of(1, 8).promise(frame)
    assert len(cs.draw(frame, plan_of(5, 2), seed_of(1))) == 5


def test_a_month_so_small_that_all_is_read_is_read() -> None:
    draw = cs.draw(frame_of({"A": 1, "B": 1}), plan_of(2, 1), seed_of(1))
    assert len(draw) == 2
    assert {pool.probability for pool in draw.pools} == {1}
    with refused(cs.errors.PlanError, nearest_size(2)):
        cs.draw(frame_of({"A": 1, "B": 1}), plan_of(3, 1), seed_of(1))


def test_take_all_strata_do_not_rotate() -> None:
    """'take-all strata do not rotate'"""
    frame = frame_of({"A": 9, "B": 5, "Escalated": 3})
    draw = cs.draw(frame, plan_of(2, 2, take_all=["Escalated"]), seed_of(1))
    assert [pool.letters for pool in draw.pools if pool.take_all] == [3]
    assert len(draw) == 5
    assert {s.line for s in draw if s.stratum == ("Escalated",)} == {None}
    later = cs.draw(
        frame_of({"A": 9, "B": 5, "Escalated": 2}, START.next()),
        plan_of(3, 2, take_all=["Escalated"]),
        seed_of(2),
        [draw],
    )
    assert later.unreached == ()
    assert isinstance(later.turn, Turn)
    assert ("Escalated",) not in later.turn.drawn
    assert later.promise().letters == 5


def test_a_larger_reserve_moves_no_letter_and_stands_in_line() -> None:
    frame = frame_of({"A": 9, "B": 9, "C": 9})
    few = cs.draw(frame, plan_of(4, 2, reserves=0), seed_of(5))
    many = cs.draw(frame, plan_of(4, 2, reserves=30), seed_of(5))
    assert few.unit_ids == many.unit_ids
    assert not few.reserves
    assert len(many) + len(many.reserves) == 27
    lines = Counter(reserve.line for reserve in many.reserves)
    assert set(lines) <= {"called", "open"}


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"allocation": "srs"}, "plan, allocation: got 'srs', and a rotation"),
        ({"minimum": 2}, "plan, minimum: got 2, and a rotation"),
        ({"cap": 3}, "plan, cap: got 3, and a rotation"),
        ({"rotation": {"months": 0, "start": "2026-01"}}, "months: got 0; give 1 to 120"),
        ({"rotation": {"months": 3, "start": "January"}}, "start: got 'January'; give a month"),
        ({"rotation": {"months": 3}}, "plan, rotation: got"),
        ({"rotation": 3}, "plan, rotation: got 3"),
    ],
)
def test_what_does_not_go_with_a_rotation_is_refused(other: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        cs.Plan(**{"size": 3, "rotation": cs.Rotation(3, "2026-01"), **other})
    if "rotation" not in other:
        assert cs.Plan(size=3, **other)


def refused_earlier() -> list[tuple[str, Sequence[cs.Draw], str]]:
    sizes = {"A": 5, "B": 5}
    first = cs.draw(frame_of(sizes), plan_of(3, 3), seed_of(1))
    other = cs.draw(frame_of(sizes), plan_of(3, 3), seed_of(2))
    plain = cs.draw(frame_of(sizes), cs.Plan(size=3), seed_of(1))
    later = cs.draw(frame_of(sizes, START.plus(3)), plan_of(3, 3), seed_of(1))
    return [
        ("twice", [first, first], "given twice"),
        ("two of one month", [first, other], "two draws of one month"),
        ("without rotation", [plain], "has another rotation"),
        ("another block", [later], "not of an earlier month of the block"),
    ]


@pytest.mark.parametrize("case", refused_earlier(), ids=lambda case: case[0])
def test_an_earlier_draw_that_is_none_is_refused(
    case: tuple[str, Sequence[cs.Draw], str],
) -> None:
    frame = frame_of({"A": 5, "B": 5}, START.next())
    with pytest.raises(cs.errors.PlanError, match=case[2]):
        cs.draw(frame, plan_of(3, 3), seed_of(9), case[1])
    with pytest.raises(cs.errors.PlanError, match=r"got [12], and a plan without a rotation"):
        cs.draw(frame, cs.Plan(size=3), seed_of(9), case[1])


def test_a_month_before_the_start_is_refused() -> None:
    with pytest.raises(cs.errors.PlanError, match="start: got 2026-01, and 2025-12 is before it"):
        plan_of(3, 3).promise(frame_of({"A": 5}, START.previous()))


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """The folder of a block's second month."""
    sizes = {"A": 5, "B": 5, "C": 1}
    first = cs.draw(frame_of(sizes), plan_of(3, 3), seed_of(1))
    draw = cs.draw(frame_of(sizes, START.next()), plan_of(3, 3), seed_of(2), [first])
    draw.save(tmp_path / "2026-02")
    return tmp_path / "2026-02"


def test_a_month_that_depends_on_earlier_ones_is_verified_from_its_folder(second: Path) -> None:
    report = cs.verify(second)
    assert (report.ok, report.level) == (True, cs.verification.Level.REPRODUCED)
    assert any("earlier draws of it: 2026-01" in note for note in report.notes)
    loaded = cs.Draw.load(second)
    assert loaded.record == (second / "draw.json").read_bytes()
    record = json.loads(loaded.record)
    assert record["rotation"]["block"] == "2026-01"
    third = cs.draw(
        frame_of({"A": 2}, START.plus(2)), plan_of(2, 3), seed_of(3), [*loaded.earlier, loaded]
    )
    assert [entry["period"] for entry in third.to_dict()["rotation"]["earlier"]] == [  # type: ignore[index,call-overload,union-attr]
        "2026-01",
        "2026-02",
    ]


def test_an_earlier_record_that_was_changed_or_is_gone_is_found(second: Path) -> None:
    place = second / "earlier-2026-01.json"
    whole = place.read_bytes()
    place.write_bytes(whole.replace(b'"n":2', b'"n":0', 1))
    report = cs.verify(second)
    assert report.level == cs.verification.Level.COMMITMENT
    assert "earlier-2026-01.json: its SHA-256 is" in str(report.first_difference)
    place.unlink()
    assert cs.verify(second).level == cs.verification.Level.MALFORMED


def changed(record: bytes, change: Any) -> bytes:
    fields = json.loads(record)
    change(fields)
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


@pytest.mark.parametrize(
    ("change", "level"),
    [
        (lambda f: f["rotation"].update(block="2026-02"), cs.verification.Level.SELECTION),
        (lambda f: f["rotation"].update(unreached=[["Z"]]), cs.verification.Level.SELECTION),
        (lambda f: f["rotation"].update(earlier=[]), cs.verification.Level.COMMITMENT),
        (lambda f: f.pop("rotation"), cs.verification.Level.COMMITMENT),
        (lambda f: f["rotation"].pop("earlier"), cs.verification.Level.MALFORMED),
        (lambda f: f["selections"][0].update(line="neither"), cs.verification.Level.SELECTION),
        (lambda f: f["plan"]["rotation"].update(months=4), cs.verification.Level.ALLOCATION),
    ],
)
def test_a_changed_record_of_a_rotation_stops_where_it_differs(
    second: Path, change: Any, level: cs.verification.Level
) -> None:
    before = [(second / "earlier-2026-01.json").read_bytes()]
    record = (second / "draw.json").read_bytes()
    files = [(second / name).read_bytes() for name in ("manifest.csv", "exclusions.csv")]
    tampered = changed(record, change)
    named = json.loads(tampered).get("rotation", {}).get("earlier", [])
    report = cs.verification.verify_record(tampered, *files, earlier=before if named else [])
    assert not report.ok
    assert report.level == level, report.first_difference


def test_without_a_month_s_draw_a_verification_says_so() -> None:
    sizes: dict[str, int] = {"A": 5, "B": 5}
    draw = cs.draw(frame_of(sizes, START.next()), plan_of(4, 3), seed_of(1))
    manifest, excluded, record = draw.files().values()
    report = cs.verification.verify_record(record, manifest, excluded)
    assert report.ok
    assert any("no draw is named for 2026-01" in note for note in report.notes)


def test_a_draw_shows_whom_its_block_has_not_reached() -> None:
    draw = cs.draw(frame_of({"A": 30, "B": 30, "C": 1, "D": 1}), plan_of(3, 3), seed_of(1))
    missing: tuple[Stratum, ...] = draw.unreached
    assert missing
    named = ", ".join(stratum[0] for stratum in missing)
    assert f"\nnot reached so far in the block that began in 2026-01: {named}\n" in str(draw)
    assert f"2026-01: {named}<br>" in draw._repr_html_()


def test_a_chance_is_no_error_where_next_block_would_need_more_letters() -> None:
    sizes = dict.fromkeys(DIVISIONS, 5)
    draws = (cs.draw(frame_of(sizes), plan_of(7, 2), seed_of(number)) for number in range(99))
    first = next(draw for draw in draws if len(draw.unreached) == 2)
    promise = plan_of(3, 2).promise(frame_of(sizes, START.next()), [first])
    waiting = next(p for p in promise.pools if p.stratum in first.unreached)
    now = promise.chance(waiting.stratum, 2)
    assert 0 < now < 1
    assert promise.chance(waiting.stratum, 2, months=2) == now  # nothing is promised for then


def test_no_wait_is_told_from_one_month_of_a_rotation() -> None:
    promise = plan_of(3, 3).promise(frame_of({"A": 5, "B": 5, "C": 5, "D": 5}))
    assert "months between" not in str(promise)
    assert "months between" not in promise._repr_html_()


def test_the_size_that_is_named_in_a_block_s_last_month_is_possible() -> None:
    frame = frame_of(dict.fromkeys("ABCDE", 1))
    with refused(cs.errors.PlanError, nearest_size(5)):
        plan_of(4, 1).promise(frame)
    assert len(cs.draw(frame, plan_of(5, 1), seed_of(1))) == 5
    with pytest.raises(cs.errors.PlanError, match=r"nearest possible plan is of 20\.0"):
        cs.Plan.for_minutes(12, per_letter=4, rotation=cs.Rotation(1, START)).promise(frame)


def test_what_is_no_draw_is_no_earlier_draw() -> None:
    with pytest.raises(cs.errors.PlanError, match="earlier: got None; give draws"):
        plan_of(3, 3).promise(frame_of({"A": 5}), [None])  # type: ignore[list-item]
