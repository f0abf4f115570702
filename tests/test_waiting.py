"""A letter a month: chances that grow with the wait, against every start and in plain hashlib."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.plans import waiting
from ceosample.sampling.plans.rotation import Past
from ceosample.sampling.plans.waiting import (
    Waiting,
    expected_letters,
    picked_strata,
    sets_of_strata,
)
from refusals import nearest_size, refused
from thorough import examples

START = cs.Period(2026, 1)
SIZES = {"Cards": 9, "Loans": 4, "Savings": 2, "Trusts": 1}
PLAN = cs.Plan(size=1, allocation="waiting")


def seed_of(number: int) -> cs.Seed:
    return cs.Seed.from_dice(f"{number:020}", witnesses=["audit"])


def frame_of(months: int = 0, sizes: Mapping[str, int] = SIZES) -> cs.Frame:
    period = START.plus(months)
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
    )


def months_of(count: int, plan: cs.Plan = PLAN, first_seed: int = 0) -> list[cs.Draw]:
    draws: list[cs.Draw] = []
    for place in range(count):
        draws.append(cs.draw(frame_of(place), plan, seed_of(first_seed + place), draws))
    return draws


lots_of_strata = st.lists(st.integers(1, 7), min_size=1, max_size=5).map(
    lambda counts: {(f"s{i}",): count for i, count in enumerate(counts)}
)


@given(lots_of_strata, st.data())
def test_over_all_starts_each_stratum_gives_a_letter_with_the_chance_that_is_stated(
    lots: dict[Stratum, int], data: st.DataObject
) -> None:
    """The lowest of as many tickets as there are numbers is each number equally often."""
    n = data.draw(st.integers(1, len(lots)))
    shares = expected_letters(lots, n)
    assert sum(shares.values()) == n
    assert all(0 < share <= 1 for share in shares.values())
    open_lots = [count for name, count in lots.items() if shares[name] < 1]
    starts: list[int | None] = list(range(sum(open_lots))) or [None]
    found = Counter[Stratum]()
    sets = Counter[tuple[Stratum, ...]]()
    for start in starts:
        picked = picked_strata(lots, n, start)
        assert len(picked) == len(set(picked)) == n
        found.update(picked)
        sets[tuple(picked)] += 1
    assert {name: Fraction(found[name], len(starts)) for name in lots} == shares
    told: dict[tuple[Stratum, ...], Fraction] = {}
    for chance, picked in sets_of_strata(lots, n):
        told[tuple(picked)] = told.get(tuple(picked), Fraction(0)) + chance
    assert told == {picked: Fraction(times, len(starts)) for picked, times in sets.items()}


@given(lots_of_strata, st.data())
def test_more_lots_are_no_smaller_chance(lots: dict[Stratum, int], data: st.DataObject) -> None:
    n = data.draw(st.integers(1, len(lots)))
    shares = expected_letters(lots, n)
    for one, other in itertools.combinations(lots, 2):
        if lots[one] <= lots[other]:
            assert shares[one] <= shares[other]


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 2])
def test_every_unit_is_drawn_as_often_as_its_record_says(size: int) -> None:
    plan = cs.Plan(size=size, allocation="waiting", reserves=0)
    earlier = months_of(3, plan)
    frame, draws = frame_of(3), 2500
    counts: Counter[str] = Counter()
    for number in range(draws):
        drawn = cs.draw(frame, plan, seed_of(1000 + number), earlier)
        assert len(drawn) == size
        counts.update(drawn.unit_ids)
    pools = {pool.stratum: pool for pool in drawn.pools}
    assert sum(pool.expected for pool in pools.values()) == size
    for unit in frame.units:
        chance = float(pools[unit.stratum].probability)
        assert chance > 0
        allowed = 4.5 * (draws * chance * (1 - chance)) ** 0.5
        assert abs(counts[unit.unit_id] - draws * chance) <= allowed, unit.unit_id


def by_hand(frame: cs.Frame, seed: cs.Seed, waited: Mapping[str, int]) -> str:
    """docs/verify-by-hand.md, in plain hashlib, for one letter."""

    def key(*purpose: str) -> str:
        parts = ["ceosample/1", frame.population, str(frame.period), seed.value, *purpose]
        text = "".join(f"{len(part.encode())}:{part}," for part in parts)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def ticket(own_key: str, text: str) -> str:
        return hashlib.sha256(f"{own_key},{text}".encode()).hexdigest()

    line = [name for name in sorted(waited) for _ in range(1 + waited[name])]
    start = min(range(len(line)), key=lambda number: ticket(key("waiting"), str(number)))
    ids = [unit.unit_id for unit in frame.units if unit.stratum == (line[start],)]
    return min(ids, key=lambda unit_id: ticket(key(), unit_id))


def test_a_year_in_plain_hashlib_gives_the_same_letters() -> None:
    waited = dict.fromkeys(SIZES, 0)
    for place, drawn in enumerate(months_of(12)):
        frame = frame_of(place)
        assert list(drawn.unit_ids) == [by_hand(frame, seed_of(place), waited)]
        [selection] = drawn
        whole = sum(1 + months for months in waited.values())
        [name] = selection.stratum
        assert selection.probability == Fraction(1 + waited[name], whole * SIZES[name])
        waited = {one: 0 if one == name else months + 1 for one, months in waited.items()}
    assert selection.line is None
    assert [reserve.stratum for reserve in drawn.reserves] == [selection.stratum] * min(
        2, SIZES[name] - 1
    )


def test_months_without_letters_do_not_count_and_other_plans_do() -> None:
    """'waited': months in which it had letters and gave none, since it last gave one."""
    strata = frame_of(sizes={"Cards": 9, "Loans": 4, "Savings": 2})
    first = cs.draw(strata, cs.Plan(size=3), seed_of(1))  # each gives one
    alone = {"Cards": 9, "Savings": 2}
    second = cs.draw(frame_of(1, alone), PLAN, seed_of(2), [first])
    third = PLAN.design(frame_of(2), [second, first]).turn
    assert isinstance(third, Waiting)
    [drawn] = [name for (name,) in second.past.drawn]
    assert third.lots([(name,) for name in SIZES]) == {
        ("Cards",): 1 if drawn == "Cards" else 2,
        ("Loans",): 1,
        ("Savings",): 1 if drawn == "Savings" else 2,
        ("Trusts",): 1,
    }
    simple = cs.draw(frame_of(1), cs.Plan(size=2, allocation="srs"), seed_of(3))
    without = PLAN.design(frame_of(2), [simple]).turn
    assert isinstance(without, Waiting)
    assert set(without.lots([(name,) for name in SIZES]).values()) == {1}


def past_of(months: int, present: Sequence[str], drawn: Sequence[str]) -> Past:
    return Past(
        population="complaint-responses",
        period=START.plus(months),
        variables=("division",),
        rotation=None,
        digest=f"{months:064}",
        present=frozenset((name,) for name in present),
        drawn=frozenset((name,) for name in drawn),
        data=b"",
    )


def after(turn: Waiting, present: Sequence[Stratum], drawn: Sequence[Stratum]) -> Waiting:
    """The next month, if these gave a letter."""
    past = past_of(turn.period.months_since(START), [n for (n,) in present], [n for (n,) in drawn])
    first = turn.period.plus(1 - waiting.MONTHS)
    kept = tuple(one for one in (*turn.earlier, past) if one.period >= first)
    return attrs.evolve(turn, period=turn.period.next(), earlier=kept)


def exactly(
    turn: Waiting, strata: list[Stratum], name: Stratum, n: int, share: Fraction, months: int
) -> Fraction:
    """The chance that none of a share of a stratum's letters is drawn, over all that can happen."""
    if not months:
        return Fraction(1)
    total = Fraction(0)
    for chance, picked in sets_of_strata(turn.lots(strata), n):
        missed = 1 - share if name in picked else Fraction(1)
        if missed:
            later = exactly(after(turn, strata, picked), strata, name, n, share, months - 1)
            total += chance * missed * later
    return total


@settings(max_examples=examples(40, one_in=4), deadline=None)
@given(
    st.integers(2, 4),
    st.lists(st.sets(st.integers(0, 3)), max_size=3),
    st.integers(1, 2),
    st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 9)]),
    st.integers(1, 4),
    st.sampled_from([2, 3, 24]),
    st.integers(1, 2),
)
def test_what_is_promised_to_a_stratum_and_an_author_is_never_too_much(
    count: int,
    history: list[set[int]],
    n: int,
    share: Fraction,
    months: int,
    window: int,
    apart: int,
) -> None:
    """Against all that can happen, with windows so short that months drop out of them, and with
    months that had no draw."""
    n = min(n, count)
    names = [f"s{i}" for i in range(count)]
    strata: list[Stratum] = [(name,) for name in names]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waiting, "MONTHS", window)
        now = len(history) * apart
        pasts = tuple(
            past_of(place * apart, names, [names[i] for i in drawn if i < count])
            for place, drawn in enumerate(history)
            if place * apart >= now - window
        )
        turn = Waiting(START.plus(now), pasts, ("division",))
        for stratum in strata:
            told = turn.reaches(strata, stratum, n, months)
            true = 1 - exactly(turn, strata, stratum, n, Fraction(1), months)
            assert told == true if months == 1 else told <= true
            told = turn.finds(strata, stratum, n, share, months)
            true = 1 - exactly(turn, strata, stratum, n, share, months)
            assert told == true if months == 1 else told <= true
            assert told > 0


@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_rate_is_found_as_often_as_the_promise_says(size: int) -> None:
    plan = cs.Plan(size=size, allocation="waiting")
    promise = plan.promise(frame_of(2), months_of(2, plan))
    assert isinstance(promise.turn, Waiting)
    lots = promise.turn.lots([(name,) for name in SIZES])

    def missed(spread: Sequence[int]) -> Fraction:
        sound: dict[Stratum, Fraction] = {
            (name,): Fraction(total - bad, total)
            for (name, total), bad in zip(SIZES.items(), spread, strict=True)
        }
        return sum(
            (
                c * prod((sound[one] for one in picked), start=Fraction(1))
                for c, picked in sets_of_strata(lots, size)
            ),
            Fraction(0),
        )

    spreads = [
        spread
        for spread in itertools.product(*(range(total + 1) for total in SIZES.values()))
        if sum(spread) == 4
    ]
    worst = max(map(missed, spreads))
    rate = Fraction(4, 16)
    assert promise.detects(rate) <= 1 - worst <= promise.detects(rate, spread="found")
    if size == 1:
        assert promise.detects(rate) == 1 - worst
    assert 1 - promise.detects(rate, spread="proportional") == missed((2, 1, 1, 0))


def test_the_promise_says_the_lots_and_what_a_stratum_can_count_on() -> None:
    promise = PLAN.promise(frame_of(3), months_of(3))
    text = str(promise)
    assert "1 of 16 letters a month" in text
    least = min(promise.reaches(name, 12) for name in SIZES)
    assert f"within 12 months with a chance of {cs.figures.percent(least)} or more" in text
    assert promise.to_dict()["waiting"] is not None
    assert promise.to_dict()["rotation"] is None
    assert promise.reaches("Trusts") == promise.chance("Trusts", 1)
    with pytest.raises(cs.errors.PlanError, match="reaches: got a stratum whose letters are not"):
        cs.Plan(size=4).promise(frame_of()).reaches("Trusts")
    with pytest.raises(cs.errors.PlanError, match="months: got 0"):
        promise.reaches("Trusts", 0)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"minimum": 2}, "plan, minimum: got 2, and 'waiting' picks"),
        ({"cap": 1}, "plan, cap: got 1, and 'waiting' picks"),
        ({"size": None, "detect": ("0.1", "0.9")}, "plan, detect: got ['1/10', '9/10'], and"),
        ({"rotation": {"months": 3, "start": "2026-01"}}, "plan, allocation: got 'waiting', and a"),
        ({"power": "0.5"}, "plan, power: got '1/2', which only"),
    ],
)
def test_what_does_not_go_with_waiting_is_refused(other: dict[str, Any], says: str) -> None:
    with pytest.raises(cs.errors.PlanError) as caught:
        cs.Plan(**{"size": 1, "allocation": "waiting", **other})
    assert says in str(caught.value)


def test_more_letters_than_strata_are_refused_with_the_size_that_works() -> None:
    with refused(cs.errors.PlanError, nearest_size(4)):
        cs.Plan(size=5, allocation="waiting").promise(frame_of())
    everything = cs.draw(frame_of(), cs.Plan(size=4, allocation="waiting"), seed_of(1))
    assert sorted(s.stratum[0] for s in everything) == sorted(SIZES)
    assert [pool.expected for pool in everything.pools] == [1] * 4
    minutes = cs.Plan(minutes=60, per_letter=4, allocation="waiting")
    assert len(cs.draw(frame_of(), minutes, seed_of(1))) == 4
    with pytest.raises(cs.errors.PlanError, match="plan, waiting: needs a frame and its month"):
        PLAN.pools({("Cards",): 3})


def test_strata_that_are_read_in_full_stay_out_of_the_lot() -> None:
    plan = cs.Plan(size=1, allocation="waiting", take_all=["Trusts"])
    drawn = cs.draw(frame_of(), plan, seed_of(4))
    assert len(drawn) == 2
    assert [s.unit_id for s in drawn if s.stratum == ("Trusts",)] == ["2026-01-Trusts-0"]
    lots = drawn.to_dict()["waiting"]["lots"]  # type: ignore[index,call-overload]
    assert [entry["stratum"] for entry in lots] == [["Cards"], ["Loans"], ["Savings"]]  # type: ignore[index,call-overload,union-attr]


@pytest.mark.parametrize(
    ("earlier", "says"),
    [
        (lambda draws: [draws[0], draws[0]], "is one of two draws of one month"),
        (lambda draws: [cs.draw(frame_of(9), PLAN, seed_of(1))], "not of one of the 24 months"),
        (lambda _: ["2026-01"], "earlier: got '2026-01'; give draws"),
    ],
)
def test_an_earlier_draw_that_is_none_is_refused(earlier: Any, says: str) -> None:
    with pytest.raises(cs.errors.PlanError, match=says):
        cs.draw(frame_of(2), PLAN, seed_of(9), earlier(months_of(2)))


@pytest.fixture
def third(tmp_path: Path) -> Path:
    """The folder of a third month."""
    months_of(3)[2].save(tmp_path / "2026-03")
    return tmp_path / "2026-03"


def test_a_month_is_verified_from_its_folder(third: Path) -> None:
    assert sorted(path.name for path in third.glob("earlier-*")) == [
        "earlier-2026-01.json",
        "earlier-2026-02.json",
    ]
    report = cs.verify(third)
    assert (report.ok, report.level) == (True, cs.verification.Level.REPRODUCED)
    assert any("waiting: draws count from 2024-03; earlier" in note for note in report.notes)
    assert cs.Draw.load(third).record == (third / "draw.json").read_bytes()
    fields = json.loads((third / "draw.json").read_text())
    assert fields["plan"] == {"size": 1, "allocation": "waiting"}
    assert sum(entry["lots"] for entry in fields["waiting"]["lots"]) > fields["waiting"]["start"]
    (third / "earlier-2026-01.json").write_bytes(b"{}\n")
    assert cs.verify(third).level == cs.verification.Level.COMMITMENT


def test_a_gap_between_earlier_draws_is_named() -> None:
    first = months_of(1)
    drawn = cs.draw(frame_of(2), PLAN, seed_of(5), first)
    manifest, excluded, *before, record = drawn.files().values()
    report = cs.verification.verify_record(record, manifest, excluded, earlier=before)
    assert any("waiting: no draw is named for 2026-02" in note for note in report.notes)


@pytest.mark.parametrize(
    ("change", "level"),
    [
        (lambda f: f["waiting"]["lots"][0].update(lots=9), cs.verification.Level.SELECTION),
        (lambda f: f["waiting"].update(start=None), cs.verification.Level.SELECTION),
        (lambda f: f["waiting"].update(block="2024-04"), cs.verification.Level.SELECTION),
        (lambda f: f["waiting"].update(earlier=[]), cs.verification.Level.COMMITMENT),
        (lambda f: f["waiting"]["lots"][0].update(lots=0), cs.verification.Level.MALFORMED),
        (lambda f: f["strata"][0].update(probability="1/9"), cs.verification.Level.ALLOCATION),
        (lambda f: f["plan"].update(size=2), cs.verification.Level.COMMITMENT),
        (lambda f: f["plan"].update(allocation="queue"), cs.verification.Level.MALFORMED),
    ],
)
def test_a_changed_record_stops_where_it_differs(
    third: Path, change: Any, level: cs.verification.Level
) -> None:
    fields = json.loads((third / "draw.json").read_text())
    change(fields)
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    (third / "draw.json").write_text(text + "\n")
    report = cs.verify(third)
    assert not report.ok
    assert report.level == level, report.first_difference


def test_a_ledger_wants_every_draw_that_counts(tmp_path: Path) -> None:
    """A person who could leave one out could make a stratum more likely."""
    draws, when = months_of(2), dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
    with cs.Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", create=True) as ledger:
        for place, drawn in enumerate(draws):
            before = draws[:place]
            if before:
                with pytest.raises(cs.errors.ConflictError, match="counts, as all from 2024-02"):
                    ledger.freeze(drawn.frame, PLAN, seed_source="dice", by="sampling", at=when)
            ledger.freeze(
                drawn.frame, PLAN, seed_source="dice", by="sampling", at=when, earlier=before
            )
            ledger.register(drawn, by="sampling", at=when)
        with pytest.warns(cs.errors.RotationWarning, match="whose chances counted on what it drew"):
            ledger.supersede(
                "complaint-responses",
                "2026-01",
                by="head",
                approver="audit",
                at=when,
                reason_code="wrong-table",
            )
        assert ledger.check().ok


def test_what_a_clean_month_leaves_open_is_what_its_bound_says() -> None:
    """The strata that gave no letter count whole; the promise takes the worst that can be read."""
    draws = months_of(3)
    promise = PLAN.promise(frame_of(3), draws)
    left = []
    for number in range(12):
        drawn = cs.draw(frame_of(3), PLAN, seed_of(100 + number), draws)
        found = cs.inference.bound(drawn, dict.fromkeys(drawn.unit_ids, "sound"))
        [own] = [cell for cell in found.cells if cell.drawn]
        assert found.upper is not None
        alone = cs.inference.bound([(own.size, 1, 0)]).upper
        assert alone is not None
        assert found.upper == 16 - own.size + alone
        assert len(found.without_chance) == 3
        left.append(found.upper)
    assert max(left) <= promise.bound()
    assert f"if nothing is found, at most {promise.bound()} of 16 may be" in str(promise)
    with pytest.raises(cs.errors.PlanError, match="months: got 12, and under 'waiting'"):
        promise.bound(months=12)
