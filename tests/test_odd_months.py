"""Months with fewer responses than letters, and months in which nothing was eligible."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ceosample as cs
import command
from ceosample.configuration import Configuration
from ceosample.errors import ConfigurationError, ConflictError, PlanError
from ceosample.job import Month, run
from ceosample.job.seed_supply import SeedInputs
from ceosample.signoff.verify_folder import verify
from command import Ended
from due_months import AT, MONTHS, events, go, kinds, ledger_of, on, with_chain, write_months
from inputs import configure

SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["audit"])

#: Three months of which the one in the middle has no eligible response.
EMPTY = MONTHS[1]


def frame_of(sizes: Iterable[int], left_out: int = 0, period: str = "2026-10") -> cs.Frame:
    rows: list[dict[str, Any]] = [
        {"id": f"R-{stratum}-{n}", "division": f"D{stratum}", "why": None}
        for stratum, size in enumerate(sizes)
        for n in range(size)
    ]
    rows += [{"id": f"X-{n}", "division": "D0", "why": "duplicate"} for n in range(left_out)]
    rows = rows or [{"id": "none", "division": "D0", "why": "duplicate"}]
    return cs.Frame.from_records(
        rows, population="complaint-responses", period=period, unit_id="id",
        strata=["division"], exclusion="why",
    )  # fmt: skip


def empty_the_month(folder: Path, period: str, *, left_out: int = 1) -> None:
    """Leave of a month's table its header and some responses that are in progress."""
    path = folder / f"responses-{period}.csv"
    header, *rows = path.read_text("utf-8").splitlines()
    kept = [",".join([*row.split(",")[:-2], "in-progress", "h-1"]) for row in rows[:left_out]]
    path.write_text("\n".join([header, *kept]) + "\n", "utf-8")


def three_months(folder: Path, size: str) -> None:
    write_months(folder, *MONTHS)
    configure(folder, ("size = 2 ", f"size = {size} "))
    with_chain(folder)


def ceosample(folder: Path, *arguments: str) -> Ended:
    with command.time_told(lambda: AT):
        return command.asked(*arguments, folder=folder)


# The plan


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=5),
    st.integers(5, 60),
    st.sampled_from(["proportional", "equal", "srs", "power"]),
    st.sampled_from([None, 4]),
)
def test_a_limit_is_the_fixed_size_that_the_month_allows(
    sizes: list[int], limit: int, allocation: str, cap: int | None
) -> None:
    """Whatever the allocation, the draw, its record and its commitment are those of that size."""
    other: dict[str, Any] = {"allocation": allocation}
    other |= {"power": "0.5"} if allocation == "power" else {}
    other |= {} if allocation == "srs" else {"cap": cap}
    frame = frame_of(sizes)
    possible = sum(min(size, other.get("cap") or size) for size in sizes)
    plan = cs.Plan.for_at_most(limit, **other)
    fixed = cs.Plan(size=min(limit, possible), **other)
    drawn = cs.draw(frame, plan, SEED)
    assert drawn.record == cs.draw(frame, fixed, SEED).record
    assert json.loads(drawn.record)["plan"]["size"] == min(limit, possible)
    committed = cs.commit(frame, plan, seed_source="dice")
    assert committed == cs.commit(frame, fixed, seed_source="dice")
    assert plan.resolved(frame) == fixed


@pytest.mark.parametrize(
    ("other", "sizes", "size"),
    [
        ({"take_all": ["D0"]}, [3, 4], 4),
        ({"take_all": ["D0"]}, [3], 0),
        ({"minimum": 3}, [2, 9], 11),
        ({"merge_below": 5, "into": "Other"}, [2, 9], 11),
        ({"allocation": "neyman", "variances": {"D0": 1, "D1": 4}}, [2, 3], 5),
        ({"allocation": "waiting"}, [5, 5, 5], 3),
        ({"rotation": {"months": 3, "start": "2026-10"}}, [2, 2, 1], 5),
        ({"rotation": {"months": 3, "start": "2026-10"}}, [9, 9, 9], 12),
    ],
)
def test_a_limit_goes_with_every_way_to_share_letters(
    other: dict[str, Any], sizes: list[int], size: int
) -> None:
    frame = frame_of(sizes)
    plan = cs.Plan.for_at_most(12, **other)
    drawn = cs.draw(frame, plan, SEED)
    assert drawn.plan.size == size
    assert len(drawn) == size + (sizes[0] if "take_all" in other else 0)
    assert cs.verification.verify_record(drawn.record, *_tables(drawn)).ok
    assert cs.Plan.from_dict(drawn.plan.to_dict()) == drawn.plan


def _tables(drawn: cs.Draw) -> tuple[bytes, bytes]:
    files = drawn.files()
    return files["manifest.csv"], files["exclusions.csv"]


def test_a_limit_gives_no_stratum_less_than_a_fixed_size_must() -> None:
    """'12 letters cannot reach 13 strata': a limit that is too low is told as that, not passed."""
    with pytest.raises(PlanError, match=r"cannot reach 13 strata.*nearest possible size is 13"):
        cs.draw(frame_of([2] * 13), cs.Plan.for_at_most(12), SEED)


@pytest.mark.parametrize(
    ("size", "says"),
    [
        ({"at_most": 0}, "plan, size, at_most: got 0; give a whole number of at least 1"),
        ({"at_most": "12"}, "plan, size, at_most: got '12'"),
        ({"at_most": 1.5}, "plan, size, at_most: got 1.5"),
        ({"at_least": 12}, "plan, size: got"),
        ({"at_most": 12, "more": 1}, "plan, size: got"),
    ],
)
def test_a_limit_that_is_none_is_refused(size: Any, says: str) -> None:
    with pytest.raises(PlanError) as caught:
        cs.Plan(size=size)
    assert says in str(caught.value)


def test_a_limit_next_to_letters_for_each_stratum_is_refused() -> None:
    with pytest.raises(PlanError, match="give their sum as the size"):
        cs.Plan(size={"at_most": 12}, allocation={"D0": 3})


def test_a_limit_takes_a_month_without_responses_and_a_fixed_size_does_not() -> None:
    frame = frame_of([], left_out=2)
    drawn = cs.draw(frame, cs.Plan.for_at_most(12), SEED)
    assert (len(drawn), drawn.plan.size, drawn.pools) == (0, 0, ())
    assert cs.verification.verify_record(drawn.record, *_tables(drawn)).ok
    with pytest.raises(PlanError, match="at_most"):
        cs.draw(frame, cs.Plan(size=12), SEED)


def test_a_size_of_none_is_of_records_alone(tmp_path: Path) -> None:
    write_months(tmp_path, MONTHS[0], size=0)
    with pytest.raises(ConfigurationError, match="plan, size: got 0"):
        Configuration.load(tmp_path / "ceosample.toml")
    with pytest.raises(PlanError, match="nearest possible size is 1"):
        cs.draw(frame_of([3]), cs.Plan.from_dict({"size": 0}), SEED)


# A month without responses


@pytest.mark.parametrize("size", ["{at_most = 12}", "2"])
def test_a_month_without_responses_is_frozen_and_the_next_goes_on(
    tmp_path: Path, size: str
) -> None:
    """'frozen, recorded and reported as empty, and the next one goes on'"""
    three_months(tmp_path, size)
    empty_the_month(tmp_path, EMPTY, left_out=3)
    report = go(tmp_path)
    assert [(o.period, o.state) for o in report.months] == [
        (MONTHS[0], "sent"), (EMPTY, "empty"), (MONTHS[2], "sent"),
    ]  # fmt: skip
    assert (report.months[1].letters, report.months[1].left_out) == (0, {"in-progress": 3})
    assert report.months[1].to_dict()["left_out"] == {"in-progress": 3}
    assert kinds(tmp_path, EMPTY) == ["frozen", "reconciled"]
    with ledger_of(tmp_path) as ledger:
        frozen, counts = ledger.events(period=EMPTY)
    assert (frozen.payload["count"], frozen.payload["plan"]["size"]) == (0, 0)
    assert frozen.payload["exclusions"] == {"in-progress": 3}
    assert (counts.payload["carried"], counts.payload["final"]) == (3, 0)
    assert report.agenda is not None
    assert (report.agenda.due, report.agenda.passed_over) == ((), ())
    before = events(tmp_path)
    assert go(tmp_path).state == "nothing-due"
    assert events(tmp_path) == before


@pytest.fixture(scope="module")
def with_an_empty_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty")
    three_months(folder, "{at_most = 12}")
    empty_the_month(folder, EMPTY)
    go(folder)
    return folder


@pytest.mark.slow
def test_every_command_that_counts_takes_an_empty_month(with_an_empty_month: Path) -> None:
    folder = with_an_empty_month
    status = ceosample(folder, "status", "--json").json
    month = status["months"][1]
    assert month["stage"] == "empty, nothing was eligible"
    assert (month["left_out"], month["letters"]) == ({"in-progress": 1}, [])
    assert "left_out" not in status["months"][0]
    assert "left out: 1 (in-progress 1)" in ceosample(folder, "status", "--period", EMPTY).out
    found = ceosample(folder, "metrics", "--json").json
    # The second month opens with one response, which the third has lost.
    assert (found["reconciled"]["count"], found["reconciled"]["of"]) == (2, 3)
    assert (found["months"], found["sample"]["signoff"]["of"]) == ([MONTHS[0], MONTHS[2]], 24)
    said = ceosample(folder, "infer", "--first", MONTHS[0], "--last", MONTHS[2], "--json").json
    assert said["undrawn"] == []
    refused = ceosample(folder, "infer", "--period", EMPTY)
    assert (refused.code, "nothing was eligible" in refused.err) == (65, True)
    assert "nothing is eligible" in ceosample(folder, "plan", "--period", EMPTY).out
    assert ceosample(folder, "check", "--period", EMPTY).code == 0
    again = ceosample(folder, "run", "--period", EMPTY)
    assert (again.code, "empty, nothing was eligible (1 left out" in again.out) == (0, True)
    assert "nothing to witness" in ceosample(folder, "sheets", "--period", EMPTY).err


def test_the_report_tells_an_empty_month_from_one_that_was_left_undrawn(
    with_an_empty_month: Path, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    assert ceosample(with_an_empty_month, "report", "--no-pictures", "--out", str(page)).code == 0
    text = page.read_text("utf-8")
    assert "Nothing was eligible in October 2026, so no letter was drawn." in text
    assert "No draw counts" not in text


def test_an_empty_month_has_a_closing_sheet(with_an_empty_month: Path) -> None:
    ended = ceosample(with_an_empty_month, "close", "--period", EMPTY)
    assert ended.code == 0
    (sheet,) = (with_an_empty_month / "packs" / EMPTY).glob("closing-*.html")
    text = sheet.read_text("utf-8")
    assert "nothing was eligible in it, so no letter was drawn" in text
    assert "in-progress" in text


def test_an_empty_months_folder_is_verified(with_an_empty_month: Path, tmp_path: Path) -> None:
    folder = with_an_empty_month / "packs" / EMPTY
    alone = verify(folder)
    assert (alone.ok, alone.level.name) == (True, "UNCOMMITTED")
    with ledger_of(with_an_empty_month) as ledger:
        found = verify(folder, ledger=ledger)
        assert (found.ok, found.level.name) == (True, "REPRODUCED")
        assert f"complaint-responses, {EMPTY}" in str(found)
        other = tmp_path / "other"
        other.mkdir()
        (other / "manifest.csv").write_bytes((folder / "manifest.csv").read_bytes())
        (other / "exclusions.csv").write_bytes(b"unit_id,reason\n")
        changed = verify(other, ledger=ledger)
        assert (changed.ok, changed.level.name) == (False, "FRAME")
    full = with_an_empty_month / "packs" / MONTHS[0]
    (other / "manifest.csv").write_bytes((full / "manifest.csv").read_bytes())
    assert verify(other).level.name == "MALFORMED"  # a month with responses needs its draw


def test_digits_for_an_empty_month_are_kept_for_another(tmp_path: Path) -> None:
    write_months(tmp_path, *MONTHS[:2])
    empty_the_month(tmp_path, MONTHS[0])
    first = go(tmp_path, on("2026-11-03"))
    assert [(o.period, o.state) for o in first.months] == [
        (MONTHS[0], "empty"), (MONTHS[1], "waiting"),
    ]  # fmt: skip
    drawn = go(tmp_path, on("2026-11-04"), dice="83019274650192837465")
    assert [(o.period, o.state) for o in drawn.months] == [(MONTHS[1], "sent")]
    month = Month(Configuration.load(tmp_path / "ceosample.toml"), MONTHS[0], AT)
    supply = SeedInputs(dice="83019274650192837466", witnesses=("internal audit",))
    with (
        ledger_of(tmp_path) as ledger,
        pytest.raises(ConflictError, match="no seed is used; keep the digits"),
    ):
        run(month, ledger, supply=supply)


def test_responses_that_come_late_are_frozen_again(tmp_path: Path) -> None:
    write_months(tmp_path, MONTHS[0])
    table = tmp_path / f"responses-{MONTHS[0]}.csv"
    full = table.read_text("utf-8")
    empty_the_month(tmp_path, MONTHS[0], left_out=0)
    assert go(tmp_path, on("2026-10-02")).months[0].state == "empty"
    table.write_text(full, "utf-8")
    month = Month(
        Configuration.load(tmp_path / "ceosample.toml"), MONTHS[0], on("2026-10-03"), refreeze=True
    )
    with ledger_of(tmp_path, month.at) as ledger:
        assert run(month, ledger).state == "waiting"
    drawn = go(tmp_path, on("2026-10-04"), dice="83019274650192837465")
    assert drawn.months[0].state == "sent"


@pytest.mark.parametrize(
    "plan", ['1\nallocation = "waiting"', '4\nrotation = {months = 3, start = "2026-09"}']
)
def test_what_is_carried_on_from_month_to_month_passes_over_an_empty_one(
    tmp_path: Path, plan: str
) -> None:
    write_months(tmp_path, *MONTHS)
    configure(
        tmp_path, ("variables = []", 'variables = ["channel"]'), ("size = 2 ", f"size = {plan} # ")
    )
    with_chain(tmp_path)
    empty_the_month(tmp_path, EMPTY)
    assert [o.state for o in go(tmp_path).months] == ["sent", "empty", "sent"]
    assert verify(tmp_path / "packs" / MONTHS[2]).ok


# A month with fewer responses than the plan's fixed size


def test_a_month_with_too_few_responses_holds_no_later_month_up(tmp_path: Path) -> None:
    three_months(tmp_path, "2")
    path = tmp_path / f"responses-{EMPTY}.csv"
    header, *rows = path.read_text("utf-8").splitlines()
    eligible = [row for row in rows if row.split(",")[-2] == ""]
    path.write_text("\n".join([header, eligible[0]]) + "\n", "utf-8")
    # While it is the last, there is time to change the plan.
    told = f"complaint-responses, {EMPTY}: plan: got 2 letters, and 1 responses can be drawn"
    for _ in range(2):
        with pytest.raises(PlanError, match=told) as caught:
            go(tmp_path, on("2026-11-03"))
        assert "size = {at_most = 2}" in str(caught.value)
    ended = ceosample(tmp_path, "run", "--json")
    assert ended.code == 65
    assert [month["period"] for month in ended.json["months"]] == [MONTHS[2]]
    assert ended.json["error"]["message"].startswith(told)
    later = ceosample(tmp_path, "run", "--json")
    assert (later.code, later.json["passed_over"]) == (0, [EMPTY])
    configure(tmp_path, ("size = 2 ", "size = {at_most = 2} "))
    assert ceosample(tmp_path, "run", "--period", EMPTY).code == 3  # its chain's link is known


# The same id in two months


def test_a_frame_is_held_against_the_frames_of_other_months() -> None:
    """In the library it is asked for; a run asks it of all months of its ledger."""
    october, later = frame_of([2, 3]), frame_of([1], period="2026-11")
    with pytest.raises(cs.errors.FrameError) as caught:
        october.require_apart(later)
    assert "got 1 responses that are in the frame of another month" in str(caught.value)
    assert "R-0-0 (2026-11)" in str(caught.value)
    october.require_apart()
    october.require_apart(frame_of([], left_out=1, period="2026-11"))
