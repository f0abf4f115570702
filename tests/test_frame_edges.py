"""Small things of frames at their bounds: intervals, names, strata, and what a total must be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pytest

import ceosample as cs
from ceosample.errors import FrameError
from ceosample.sampling.frames.cuts import Cut
from ceosample.sampling.frames.lines import Lines, is_stable
from ceosample.sampling.frames.manifest import field, has_content
from ceosample.sampling.frames.native import bytes_of
from ceosample.sampling.frames.strata import Stratum, as_stratum, lowest_below, stratum_said
from ceosample.sampling.ticket import TICKETS, ticket

KEY = "a" * 64


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("9", "under 10"),
        ("-3", "under 10"),
        ("9.99", "under 10"),
        ("10", "10 to under 20"),
        ("19.5", "10 to under 20"),
        ("20", "20 to under 40"),
        ("39", "20 to under 40"),
        ("40", "40 and over"),
        ("1000", "40 and over"),
        ("unknown", "unknown"),
    ],
)
def test_an_interval_begins_at_its_lower_point(text: str, label: str) -> None:
    assert Cut(("10", "20", "40"), ("unknown",)).label(text) == label


def test_dates_are_before_a_point_or_after_it() -> None:
    cut = Cut(("2026-01-01", "2026-07-01"))
    days = ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01")
    assert [cut.label(day) for day in days] == [
        "before 2026-01-01",
        "2026-01-01 to before 2026-07-01",
        "2026-01-01 to before 2026-07-01",
        "2026-07-01 and after",
    ]
    assert [Cut(("5",)).label(text) for text in ("4", "5")] == ["under 5", "5 and over"]
    for text in ("5", "2026-13-01", "", "soon"):
        with pytest.raises(ValueError):
            cut.label(text)


def test_points_are_there_ascending_and_of_one_kind() -> None:
    assert Cut(("1", "2")).faults() == []
    wrong: list[Any] = [(), ("2", "1"), ("1", "1"), ("1", "2026-01-01"), ("x",), ("1", None)]
    for points in wrong:
        assert len(Cut(points).faults()) == 1


def test_a_stratum_is_told_as_its_one_value_or_as_the_list_of_them() -> None:
    assert stratum_said(("Cards",)) == "'Cards'"
    assert stratum_said(("Cards", "email")) == "['Cards', 'email']"
    assert stratum_said(()) == "[]"
    assert stratum_said("Cards") == "'Cards'"
    assert as_stratum("Cards") == as_stratum(["Cards"]) == ("Cards",)


def test_the_lowest_of_a_stratum_that_is_not_there_are_none() -> None:
    ids: dict[Stratum, list[str]] = {("A",): [f"a{n}" for n in range(40)], ("B",): ["b1", "b2"]}
    asked: list[dict[Stratum, int]] = []

    def ask(bounds: Mapping[Stratum, int]) -> Iterator[Any]:
        asked.append(dict(bounds))
        for stratum, bound in bounds.items():
            numbers = [(ticket(KEY, unit), unit) for unit in ids[stratum]]
            yield (
                stratum,
                [(bytes.fromhex(t), u.encode()) for t, u in numbers if int(t, 16) < bound],
            )

    sizes = {stratum: len(units) for stratum, units in ids.items()}
    counts: dict[Stratum, int] = {("A",): 3, ("B",): 9, ("gone",): 4, ("none",): 0}
    found = lowest_below(counts, sizes, lambda bounds: dict(ask(bounds)), lambda: KeyError())
    lowest = sorted((ticket(KEY, unit), unit) for unit in ids[("A",)])[:3]
    names: list[Any] = [unit.unit_id for unit in found[("A",)]]
    assert names == [unit.encode() for _, unit in lowest]
    assert [len(units) for units in found.values()] == [3, 2, 0, 0]
    assert asked[0][("B",)] == TICKETS


def test_units_that_went_away_while_they_were_asked_for_are_told_of() -> None:
    with pytest.raises(FrameError, match="changed"):
        lowest_below(
            {("A",): 2}, {("A",): 2}, lambda _: {("A",): []}, lambda: FrameError("changed")
        )


@pytest.mark.parametrize("character", ["é", "ß", "ŵ", "中", "😀"])
def test_a_character_that_is_whole_by_itself_is_stable(character: str) -> None:
    assert is_stable(character)


@pytest.mark.parametrize("character", ["\u0301", "\u09be", "\u1161", "\u200b", "\u0344", "\ufb1d"])
def test_one_that_joins_with_what_is_before_it_or_is_not_seen_is_not(character: str) -> None:
    assert not is_stable(character)


@pytest.mark.parametrize(
    ("cells", "lines"), [(["a"], 1), (["a", "b"], 2), ([], None), (["a\nb"], None), ([1, 2], 2)]
)
def test_texts_are_lines_where_each_is_one(cells: list[Any], lines: int | None) -> None:
    found = Lines.of(cells)
    assert (found and found.count) == lines
    joined = Lines.of_bytes(b"a\nb\n", 2)
    assert joined is not None
    assert joined.count == 2
    assert Lines.of_bytes(b"a\nb\n", 1) is None
    assert Lines.of_bytes(b"", 0) is None


def test_a_manifest_has_contents_where_its_last_column_is_theirs() -> None:
    assert has_content(["unit_id", "content"])
    assert has_content(["unit_id", "division", "content"])
    assert not has_content(["unit_id", "content", "division"])
    assert not has_content(["content", "division"])
    assert [field(text) for text in ("a", "a,b", 'a"b', "a b")] == ["a", '"a,b"', '"a""b"', "a b"]


@pytest.mark.parametrize(("eligible", "left_out"), [(1, 1), (3, 1), (5, 3), (2, 0)])
def test_a_control_total_is_the_sum_of_what_is_eligible_and_what_is_left_out(
    eligible: int, left_out: int
) -> None:
    reasons = [""] * eligible + ["in-progress"] * left_out
    rows = [{"id": f"C-{n}", "reason": reason} for n, reason in enumerate(reasons)]

    def frame(total: int) -> cs.Frame:
        return cs.Frame.from_records(
            rows,
            population="complaint-responses",
            period="2026-10",
            unit_id="id",
            control_total=total,
            exclusion="reason",
        )

    total = eligible + left_out
    assert frame(total).control_total == total
    for wrong in (total - 1, total + 1):
        with pytest.raises(FrameError, match=rf"{total} \({eligible} eligible and {left_out} left"):
            frame(wrong)


@pytest.mark.parametrize(("start", "count"), [(0, 4), (1, 2), (3, 1), (2, 0), (4, 0)])
def test_a_part_of_a_column_of_texts_is_its_own_bytes(start: int, count: int) -> None:
    texts = ["a", "bc", "", "é"]
    column = pa.array(texts, pa.large_string()).slice(start, count)
    assert bytes(bytes_of(column)) == "".join(texts[start : start + count]).encode()


@pytest.mark.parametrize("strata", [[], ["division"], ["division", "channel"]])
@pytest.mark.parametrize("content", [None, "digest"])
def test_a_frame_is_verified_with_any_number_of_strata_and_with_contents_or_without(
    strata: list[str], content: str | None
) -> None:
    rows = [
        {"id": f"C-{n}", "division": "AB"[n % 2], "channel": "xyz"[n % 3], "digest": f"{n:064x}"}
        for n in range(12)
    ]
    frame = cs.Frame.from_records(
        rows,
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
        strata=strata,
        content=content,
    )
    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["audit"])
    manifest, excluded, record = cs.draw(frame, cs.Plan(size=6), seed).files().values()
    report = cs.verification.verify_record(record, manifest, excluded)
    assert report.ok, report.first_difference
    assert has_content(manifest.partition(b"\n")[0].decode().split(",")) == (content is not None)
