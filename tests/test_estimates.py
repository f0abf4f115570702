"""Estimates against R's survey package, its printed figures, and every sample of small designs."""

from __future__ import annotations

import csv
import io
import itertools
import json
import random
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import pytest

import ceosample as cs
from ceosample.inference import SampledLetter, estimates
from ceosample.inference.estimator import Estimator
from ceosample.inference.sampled import Sample

LONELY = {"adjust": "adjust", "average": "average", "remove": "remove", "certainty": "remove"}
ESTIMATED = {"svymean": "mean", "svytotal": "total", "svyratio": "ratio"}
#: Our names of R's intervals; its others are not offered.
INTERVALS = {"svyciprop:beta": "beta", "svyciprop:xlogit": "logit"}


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "vectors" / "inference.json").read_text())
    return found


def rows_of(published: dict[str, Any], name: str) -> list[dict[str, str]]:
    data = published["own_data"][name]
    return [dict(zip(data["columns"], row, strict=True)) for row in data["rows"]]


def is_near(found: Any, expected: float, digits: float = 1e-9) -> bool:
    return abs(float(found) - expected) <= digits * max(1e-12, abs(expected))


def letter_of(row: dict[str, str], value: Any, per: Any, inside: bool) -> SampledLetter:
    period = cs.Period.parse(row["month"]) if "month" in row else None
    stratum = (row.get("stratum", "all"),)
    return SampledLetter(stratum, int(row["N"]), value, per, inside, period)


def test_the_figures_of_r_on_the_shared_rows(published: dict[str, Any]) -> None:
    """Each figure that we offer, to R's printed digits."""
    compared = 0
    for figure in published["figures"]:
        name, *words = figure["design"].split()
        rows, method = rows_of(published, name.lower()), figure["method"]
        if method.startswith("svyciprop") and method not in INTERVALS:
            continue
        if figure.get("se") == 0:  # R's trap, which we refuse: see below
            continue
        lonely: Any = LONELY.get(words[0]) if words else None
        if "collapsed" in words:
            alike = {(row["stratum"],): row["stratum"] for row in rows}
            lonely = "collapse" if name == "D2" else alike
        domain = " ".join(words[words.index("domain") + 1 :]) if "domain" in words else None
        of = "size" if figure["of"] == "count" else ESTIMATED.get(method, "proportion")
        above, _, below = figure["of"].partition("/")
        letters = [
            letter_of(
                row,
                row.get(above, 1),
                row[below] if below else 1,
                domain is None
                or domain in (row.get("channel"), row.get("stratum"), row.get("month"))
                or row.get(domain) == "1",
            )
            for row in rows
        ]
        found = cs.inference.estimate(
            letters, of=of, lonely=lonely, interval=INTERVALS.get(method, "beta"), few=True
        )
        at = (figure["design"], figure["of"], method)
        assert is_near(found.value, figure["estimate"]), at
        if "se" in figure:
            assert is_near(found.standard_error, figure["se"]), at
        if figure.get("deff"):
            assert found.design_effect is not None
            assert is_near(found.design_effect, figure["deff"]), at
        if "df" in figure:
            assert found.degrees_of_freedom == figure["df"], at
        if found.interval == "t" or method in INTERVALS:
            assert is_near(found.low, figure["lo"]), at
            assert is_near(found.high, figure["hi"]), at
        compared += 1
    assert compared == 61


def generated(count: int) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Designs with strata of one letter, read in full, and domains that miss strata."""
    chance = random.Random(20)
    for number in range(count):
        rows = []
        for cell in range(chance.randint(2, 7)):
            n = chance.choice([1, 1, 2, 3, 5, 8])
            size = n if chance.random() < 0.15 else n + chance.randint(1, 300)
            for _ in range(n):
                rows.append(
                    {
                        "cell": f"s{cell}",
                        "N": size,
                        "bad": int(chance.random() < 0.3),
                        "amount": chance.randint(0, 500),
                        "words": chance.randint(50, 400),
                        "inside": int(chance.random() < 0.8),
                    }
                )
        inside = [row for row in rows if row["inside"]]
        cells = {row["cell"] for row in inside}
        told = any(
            len({row["bad"] for row in inside if row["cell"] == cell}) == 2 for cell in cells
        )
        if len(inside) - len(cells) >= 2 and told:
            yield str(number), chance.choice(["adjust", "average", "remove"]), rows


@pytest.mark.slow
def test_r_says_the_same_of_designs_that_it_never_saw() -> None:
    """One process of R for all designs; both as they are and as their domain."""
    designs = list(generated(36))
    assert len(designs) > 15
    table = io.StringIO()
    writer = csv.DictWriter(
        table, ["id", "lonely", "cell", "N", "bad", "amount", "words", "inside"]
    )
    writer.writeheader()
    for number, lonely, rows in designs:
        writer.writerows({"id": number, "lonely": lonely, **row} for row in rows)
    script = Path(__file__).with_name("survey.R")
    told = subprocess.run(
        ["Rscript", "--vanilla", str(script)],
        input=table.getvalue(),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    answers = {tuple(line.split()[:2]): line.split()[2:] for line in told.splitlines()}
    assert len(answers) == 5 * len(designs)
    kept = 0
    for number, lonely, rows in designs:
        for what in ("mean", "total", "ratio", "beta", "xlogit"):
            estimate, error, effect, freedom, low, high = answers[number, what]
            share = what in ("beta", "xlogit")
            letters = [
                SampledLetter(
                    (row["cell"],),
                    row["N"],
                    row["bad" if share else "amount"],
                    row["words"] if what == "ratio" else 1,
                    bool(row["inside"]),
                )
                for row in rows
            ]
            if float(error) < 1e-12:  # all read in full, or lonely strata that were removed
                continue
            found = cs.inference.estimate(
                letters,
                of="proportion" if share else what,
                lonely=lonely,
                interval="logit" if what == "xlogit" else "beta",
                few=True,
            )
            at = (number, lonely, what)
            assert is_near(found.value, float(estimate)), at
            assert is_near(found.standard_error, float(error)), at
            assert found.degrees_of_freedom == int(freedom), at
            assert is_near(found.low, float(low), 1e-8), at
            assert is_near(found.high, float(high), 1e-8), at
            if effect != "NA" and found.design_effect is not None:
                assert is_near(found.design_effect, float(effect), 1e-8), at
            kept += 1
    assert kept > 75


def test_over_all_samples_an_estimated_total_and_its_variance_are_right_on_average() -> None:
    """Two strata, a domain that is neither: each sample that could be drawn, in fractions."""
    strata = {
        "a": [(1, True), (0, True), (1, False), (1, True)],
        "b": [(0, True), (1, True), (5, True)],
    }
    true = sum(value for units in strata.values() for value, inside in units if inside)
    found, variances = [], []
    for some in itertools.combinations(strata["a"], 2):
        for others in itertools.combinations(strata["b"], 2):
            letters = tuple(
                SampledLetter((name,), len(strata[name]), value, 1, inside)
                for name, sample in (("a", some), ("b", others))
                for value, inside in sample
            )
            estimator = Estimator(Sample(letters), "total", None, Fraction(19, 20), "beta")
            found.append(estimator.value)
            variances.append(estimator.variance)
    mean = sum(found) / len(found)
    assert mean == true
    assert sum((one - mean) ** 2 for one in found) / len(found) == sum(variances) / len(variances)


SIZES = {"Cards": 120, "Loans": 45, "Savings": 30, "Escalated": 9}
PLAN = cs.Plan(
    size=30,
    allocation={("Cards",): 16, ("Loans",): 8, ("Savings",): 6},
    take_all=["Escalated"],
)


def drawn(month: int = 10, plan: cs.Plan = PLAN, sizes: dict[str, int] = SIZES) -> cs.Draw:
    frame = cs.Frame.from_records(
        [
            {"id": f"{month}-{name}-{number}", "division": name}
            for name, size in sizes.items()
            for number in range(size)
        ],
        population="complaint-responses",
        period=f"2026-{month}",
        unit_id="id",
        strata=["division"],
    )
    return cs.draw(frame, plan, cs.Seed.from_dice(f"{month:020}", witnesses=["audit"]))


def judged(draw: cs.Draw, *bad: int) -> dict[str, Any]:
    return {
        unit_id: "defective" if place in bad else "sound"
        for place, unit_id in enumerate(draw.unit_ids)
    }


def test_a_draw_and_its_folder_and_its_letters_have_the_same_estimate(tmp_path: Path) -> None:
    draw = drawn()
    verdicts = judged(draw, 0, 3, 30, 33)
    found = cs.inference.estimate(draw, verdicts)
    draw.save(tmp_path / "2026-10")
    assert cs.inference.estimate(tmp_path / "2026-10", verdicts) == found
    letters = [
        SampledLetter(
            s.stratum, SIZES[s.stratum[0]], verdicts[s.unit_id] == "defective", 1, True, draw.period
        )
        for s in draw
    ]
    assert cs.inference.estimate(letters) == found
    assert (found.letters, found.drawn, found.eligible, found.found) == (39, 39, 204, 4)
    assert found.months == (cs.Period(2026, 10),)
    assert "4 of 39 letters were found defective: an estimated" in found.sentence
    assert found.to_dict()["low"] == str(found.low)


def test_ineligible_letters_are_outside_and_substitutes_do_not_count() -> None:
    """'one found ineligible is outside the domain (0), N_h stays as it was'"""
    draw = drawn()
    verdicts = judged(draw, 0, 3) | {draw.unit_ids[1]: "ineligible"}
    reserve = draw.reserves[0].unit_id
    found = cs.inference.estimate(draw, verdicts | {reserve: "defective"})
    outside = [unit_id for unit_id in draw.unit_ids if unit_id != draw.unit_ids[1]]
    plain = cs.inference.estimate(draw, judged(draw, 0, 3), domain=outside)
    assert (found.value, found.variance) == (plain.value, plain.variance)
    assert (found.ineligible, found.letters, found.eligible) == (1, 38, 204)
    assert "1 letter of the reserve has a value; none counts." in found.assumptions


def test_a_letter_without_a_verdict_counts_by_the_rule() -> None:
    draw = drawn()
    verdicts = judged(draw, 0, 3)
    del verdicts[draw.unit_ids[7]]
    bad = cs.inference.estimate(draw, verdicts)
    good = cs.inference.estimate(draw, verdicts, missing="sound")
    assert (bad.found, good.found, bad.missing) == (3, 2, 1)
    for arguments in ({"missing": "refuse"}, {"of": "mean", "missing": "defective"}):
        numbers = {i: 7 if "of" in arguments else value for i, value in verdicts.items()}
        with pytest.raises(cs.errors.InferenceError, match="missing; give its value"):
            cs.inference.estimate(draw, numbers, **arguments)  # type: ignore[arg-type]


def test_several_months_are_strata_by_month() -> None:
    draws = [drawn(month) for month in (10, 11, 12)]
    verdicts = {i: v for draw in draws for i, v in judged(draw, 0, 4, 31).items()}
    found = cs.inference.estimate(draws, verdicts, of="total")
    each = [cs.inference.estimate(draw, judged(draw, 0, 4, 31), of="total") for draw in draws]
    assert found.value == sum(one.value for one in each)
    assert found.variance == sum(one.variance for one in each)
    assert found.degrees_of_freedom == sum(one.degrees_of_freedom for one in each)
    assert 0 < found.low < found.value < found.high < found.eligible


def test_the_size_of_a_group_that_is_no_stratum() -> None:
    draw = drawn()
    group = [i for place, i in enumerate(draw.unit_ids) if place % 3]
    found = cs.inference.estimate(draw, of="size", domain=[*group, "not drawn at all"], few=True)
    assert found.value == sum(s.weight for s in draw if s.unit_id in group)
    assert found.found is None
    assert found.interval == "beta"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"of": "median"}, "of: got 'median'; use one of mean"),
        ({"interval": "wald"}, "interval: got 'wald'; use one of beta"),
        ({"lonely": "certainty"}, "lonely: got 'certainty'; use one of adjust"),
        ({"lonely": {"Trusts": "Other"}}, "lonely, 'Trusts': not a stratum of the draws"),
        ({"confidence": 1}, "confidence: got 1"),
        ({"missing": "ignore"}, "missing: got 'ignore'"),
        ({"per": {}}, "per: got a mapping, and of is 'proportion'"),
        ({"domain": "vulnerable"}, "domain: got 'vulnerable'; give a collection"),
        ({"values": {"10-Cards-0 ": 1}}, "values, '10-Cards-0 ': not drawn"),
        ({"values": None}, "values: got None"),
    ],
)
def test_what_cannot_be_asked_is_refused(arguments: dict[str, Any], says: str) -> None:
    draw = drawn()
    with pytest.raises(cs.errors.InferenceError) as caught:
        cs.inference.estimate(draw, **{"values": judged(draw, 0, 4), **arguments})
    assert says in str(caught.value)


def test_a_ratio_below_the_line_must_be_there_and_above_0() -> None:
    draw = drawn()
    paid = {i: place for place, i in enumerate(draw.unit_ids)}
    with pytest.raises(cs.errors.InferenceError, match="39 problems"):
        cs.inference.estimate(draw, paid, of="ratio", per={})
    with pytest.raises(cs.errors.InferenceError, match="per: got numbers that come to 0"):
        cs.inference.estimate(draw, paid, of="ratio", per=dict.fromkeys(draw.unit_ids, 0))


def test_a_rotation_has_no_estimate() -> None:
    plan = cs.Plan(size=3, rotation=cs.Rotation(3, "2026-10"))
    draw = drawn(plan=plan)
    with pytest.raises(cs.errors.InferenceError, match="drawn under a rotation"):
        cs.inference.estimate(draw, judged(draw, 0), few=True)


def test_one_month_given_twice_is_refused() -> None:
    draw = drawn()
    with pytest.raises(cs.errors.InferenceError, match="given twice"):
        cs.inference.estimate([draw, draw], judged(draw, 0))


CELLS = [(120, 16), (9, 9), (45, 8), (30, 6)]


@pytest.mark.parametrize("of", ["proportion", "total", "mean"])
def test_without_a_finding_the_exact_bound_comes_instead(of: str) -> None:
    """'With no defect found no variance estimate means anything: refuse, and hand over the exact
    bound'"""
    draw = drawn()
    with pytest.raises(cs.errors.NoEstimateError, match="no letter of 39 was found") as caught:
        cs.inference.estimate(draw, judged(draw), of=of)
    exact = cs.inference.bound([(size, n, 0) for size, n in CELLS])
    assert caught.value.bound.upper == exact.upper
    assert f"at most {exact.upper} of 204 letters are defective (exact bound)" in str(caught.value)
    with pytest.raises(cs.errors.NoEstimateError, match="every letter of 39 was found"):
        cs.inference.estimate(draw, judged(draw, *range(39)), of=of)


def test_a_domain_of_one_letter_has_no_interval() -> None:
    draw = drawn()
    one = draw.unit_ids[0]
    with pytest.raises(cs.errors.NoEstimateError, match="one letter of the domain") as caught:
        cs.inference.estimate(draw, judged(draw, 0, 4), domain=[one])
    assert caught.value.bound.found == 1  # the other finding is outside the domain
    with pytest.raises(cs.errors.NoEstimateError, match="no letter of the domain was drawn"):
        cs.inference.estimate(draw, judged(draw, 0, 4), domain=["nobody"])
    apart = [next(s.unit_id for s in draw if s.stratum == (name,)) for name in ("Cards", "Loans")]
    bad = dict.fromkeys(draw.unit_ids, "sound") | {apart[0]: "defective"}
    with pytest.raises(cs.errors.NoEstimateError, match="no stratum has two letters"):
        cs.inference.estimate(draw, bad, domain=apart, few=True)


def test_twelve_letters_are_too_few_and_below_30_no_percentage_is_printed() -> None:
    plan = cs.Plan(size=12, allocation={("Cards",): 5, ("Loans",): 4, ("Savings",): 3})
    draw = drawn(plan=plan, sizes={"Cards": 120, "Loans": 45, "Savings": 30})
    with pytest.raises(cs.errors.NoEstimateError, match="12 letters are fewer than 30") as caught:
        cs.inference.estimate(draw, judged(draw, 0))
    found = cs.inference.estimate(draw, judged(draw, 0), few=True)
    assert found.bound() == caught.value.bound
    assert found.sentence == (
        "1 of 12 letters was found defective. With 95 % confidence, at most "
        f"{found.bound().upper} of 195 letters are defective (exact bound)."
    )
    assert found.low > 0
    coarse = attrs.evolve(found.bound(), slack=9)
    assert estimates._words_of(coarse).endswith("defective (upper bound, at most 9 too large).")
    numbers = cs.inference.estimate(
        draw, {i: place for place, i in enumerate(draw.unit_ids)}, of="mean", few=True
    )
    assert numbers.cells == ()
    with pytest.raises(cs.errors.InferenceError, match="the values are no verdicts"):
        numbers.bound()


def test_lonely_strata_are_refused_until_the_caller_chooses() -> None:
    plan = cs.Plan(size=38, allocation={("Cards",): 29, ("Loans",): 8, ("Savings",): 1})
    draw = drawn(plan=plan, sizes={"Cards": 120, "Loans": 45, "Savings": 30})
    verdicts = judged(draw, 0, 30)
    with pytest.raises(cs.errors.NoEstimateError) as caught:
        cs.inference.estimate(draw, verdicts)
    assert "one letter was drawn in 1 stratum ('Savings, 2026-10')" in str(caught.value)
    assert "choose lonely: adjust, average, remove, collapse" in str(caught.value)
    kept = {}
    for lonely in ("adjust", "average", "remove", "collapse"):
        found = cs.inference.estimate(draw, verdicts, lonely=lonely)
        assert (found.lonely, found.alone) == (lonely, ("Savings, 2026-10",))
        kept[lonely] = found.variance
    assert kept["remove"] < kept["adjust"]
    assert kept["average"] == kept["remove"] * Fraction(3, 2)
    # The only one left joins the smallest of the others: Loans.
    named: Any = {"Savings": "Small", "Loans": "Small"}
    assert cs.inference.estimate(draw, verdicts, lonely=named).variance == kept["collapse"]


def test_strata_that_are_alike_within_have_no_variance() -> None:
    plan = cs.Plan(size=31, allocation={("Cards",): 20, ("Loans",): 10, ("Savings",): 1})
    draw = drawn(plan=plan, sizes={"Cards": 120, "Loans": 45, "Savings": 30})
    only = [place for place, s in enumerate(draw) if s.stratum == ("Savings",)]
    with pytest.raises(cs.errors.NoEstimateError, match="alike, so no variance"):
        cs.inference.estimate(draw, judged(draw, *only), of="total", lonely="remove")


def test_waiting_has_no_estimate() -> None:
    draw = drawn(plan=cs.Plan(size=2, allocation="waiting"))
    with pytest.raises(cs.errors.InferenceError, match="drawn under 'waiting'"):
        cs.inference.estimate(draw, judged(draw, 0), few=True)
