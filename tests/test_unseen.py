"""New frames refuse what is not seen in ids and strata; records that were saved with it verify."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from datafusion import SessionContext
from hypothesis import given
from hypothesis import strategies as st

import ceosample as cs
from ceosample import warehouse
from ceosample.text import BIDI_CONTROLS, WHITE_SPACE, ZERO_WIDTH, fault_in_name, is_assigned
from ceosample.unseen import cleaned, fault_in_new_name, spaces, unseen_in

GOLDEN = Path(__file__).parent / "golden"
HERE: dict[str, Any] = {
    "population": "complaint-responses",
    "period": "2026-10",
    "unit_id": "id",
    "strata": ["division"],
}

#: Something that is not seen, and the name to use in place of one that has it.
UNSEEN = {
    "CR-\u00ad1": "CR-1",  # soft hyphen
    "CR\u034f-1": "CR-1",  # combining grapheme joiner
    "CR-1\u3164": "CR-1",  # Hangul filler
    "\u115fCR-1": "CR-1",
    "CR\u1160-1": "CR-1",
    "CR-1\uffa0": "CR-1",
    "CR\u2800-1": "CR -1",  # braille's blank
    "CR-1\ufe0f": "CR-1",  # a variation selector
    "CR-1\U000e0041": "CR-1",  # a tag
    "CR-1\U000e01ef": "CR-1",
    "CR-\u180b1": "CR-1",
    "CR-\u17b41": "CR-1",
    "CR-\ufffa1": "CR-1",
    "CR-\u200b1": "CR-1",
    "CR\u200d-1": "CR-1",
    "CR-\u202e1": "CR-1",
    "CR\u00a01": "CR 1",
    "CR\u202f1": "CR 1",
    "CR\u20071": "CR 1",
    "CR\u20091": "CR 1",
    "CR\u30001": "CR 1",
    "CR\u00a0\u00ad1": "CR 1",
    "e\u034f\u0301": "é",  # what was between them kept it from NFC
}


def csv_lines(rows: list[dict[str, str]], **asked: Any) -> cs.Frame:
    lines = ["id,division", *(f"{row['id']},{row['division']}" for row in rows)]
    return cs.Frame.from_csv(lines, **asked)


def in_duckdb(rows: list[dict[str, str]], **asked: Any) -> warehouse.SqlFrame:
    connection = duckdb.connect()
    connection.register("responses", pa.Table.from_pylist(rows))
    return warehouse.SqlFrame.from_duckdb(connection, "responses", **asked)


def in_datafusion(rows: list[dict[str, str]], **asked: Any) -> warehouse.SqlFrame:
    context = SessionContext()
    context.register_record_batches("responses", [pa.Table.from_pylist(rows).to_batches()])
    return warehouse.SqlFrame.from_datafusion(context, "responses", **asked)


MEMORY: dict[str, Callable[..., Any]] = {
    "records": cs.Frame.from_records,
    "pandas": lambda rows, **asked: cs.Frame.from_dataframe(pd.DataFrame(rows), **asked),
    "polars": lambda rows, **asked: cs.Frame.from_dataframe(pl.DataFrame(rows), **asked),
    "arrow": lambda rows, **asked: cs.Frame.from_dataframe(pa.Table.from_pylist(rows), **asked),
    "csv": csv_lines,
}
ENGINES: dict[str, Callable[..., Any]] = {
    "arrow, asked": lambda rows, **asked: warehouse.SqlFrame.from_arrow(
        pa.Table.from_pylist(rows), **asked
    ),
    "duckdb": in_duckdb,
    "datafusion": in_datafusion,
}


def faults_of(make: Callable[..., Any], rows: list[dict[str, str]], **other: Any) -> list[str]:
    with pytest.raises(cs.errors.FrameError) as caught:
        make(rows, **HERE, **other)
    return list(caught.value.faults)


@pytest.mark.parametrize("name", UNSEEN)
def test_each_is_named_with_its_row_and_the_value_to_use(name: str) -> None:
    """'refused in the ids and strata of new frames, with code point, row and the cleaned value'"""
    (fault,) = faults_of(
        cs.Frame.from_records,
        [{"id": "CR-0", "division": "Cards"}, {"id": name, "division": "Cards"}],
    )
    assert fault.startswith("row 2, column 'id': got ")
    assert all(f"(U+{ord(one):04X})" in fault for one in unseen_in(name))
    assert fault.endswith(f"; use {UNSEEN[name]!r}")


@pytest.mark.parametrize("make", MEMORY.values(), ids=MEMORY)
def test_every_frame_in_memory_refuses_them(make: Callable[..., Any]) -> None:
    rows = [
        {"id": "CR-1\u3164", "division": "Cards"},
        {"id": "CR-2", "division": "Ca\u00adrds"},
        {"id": "CR-3", "division": "Cards"},
    ]
    assert faults_of(make, rows) == [
        "row 1, column 'id': got 'CR-1\u3164': a code point that is not seen (U+3164); use 'CR-1'",
        "row 2, column 'division': got text of 6 characters: a code point that is not seen "
        "(U+00AD); use 'Cards'",
    ]


@pytest.mark.parametrize("make", ENGINES.values(), ids=ENGINES)
def test_every_frame_in_an_engine_refuses_them(make: Callable[..., Any]) -> None:
    rows = [
        {"id": "CR-1\u3164", "division": "Cards"},
        {"id": "CR-2", "division": "Ca\u00adrds"},
        {"id": "CR-3", "division": "Home\u00a0Loans"},
    ]
    assert faults_of(make, rows) == [
        "column 'id': got 'CR-1\u3164': a code point that is not seen (U+3164); use 'CR-1'",
        "column 'division', 1 row: got text of 6 characters: a code point that is not seen "
        "(U+00AD); use 'Cards'",
        "column 'division', 1 row: got a space other than U+0020 (U+00A0); use 'Home Loans', or "
        'replace all such spaces with clean="spaces" ([strata] of a configuration)',
    ]


SPACED = [
    {"id": "CR-1", "division": "Cards"},
    {"id": "CR-2", "division": "Home\u00a0Loans"},
    {"id": "CR-3", "division": "Home Loans"},
    {"id": "CR-4", "division": "Home\u00a0Loans"},
    {"id": "CR-5", "division": "Car\u202fLoans"},
]


def test_odd_spaces_are_told_once_for_the_column() -> None:
    """'told once for the column'"""
    assert faults_of(cs.Frame.from_records, SPACED) == [
        "column 'division', 3 rows from row 2 on: got a space other than U+0020 (U+00A0, U+202F); "
        "use 'Home Loans', 'Car Loans', or replace all such spaces with clean=\"spaces\" "
        "([strata] of a configuration)"
    ]


@pytest.mark.parametrize("make", [*MEMORY.values(), *ENGINES.values()], ids=[*MEMORY, *ENGINES])
def test_they_are_replaced_where_that_is_asked_for(make: Callable[..., Any]) -> None:
    """'`[strata] clean = "spaces"` replaces it'"""
    frame = make(SPACED, **HERE, clean="spaces")
    assert frame.sizes() == {("Car Loans",): 1, ("Cards",): 1, ("Home Loans",): 3}
    plain = [{**row, "division": cleaned(row["division"])} for row in SPACED]
    assert frame.digest == cs.Frame.from_records(plain, **HERE).digest


def test_cleaning_spaces_leaves_ids_and_other_code_points_refused() -> None:
    rows = [{"id": "CR\u00a01", "division": "Home\u00a0Lo\u00adans"}]
    assert [fault.partition(":")[0] for fault in faults_of(csv_lines, rows, clean="spaces")] == [
        "row 1, column 'id'",
        "row 1, column 'division'",
    ]
    with pytest.raises(cs.errors.FrameError, match=r"clean: got 'all'; give 'spaces', or None"):
        cs.Frame.from_records(SPACED, **{**HERE, "clean": "all"})


def test_a_column_s_name_and_a_label_obey_too() -> None:
    rows = [{"id": "CR-1", "my\u00a0division": "Cards"}]
    with pytest.raises(cs.errors.FrameError, match=r"strata, variable 1: .*U\+00A0.* 'my division"):
        cs.Frame.from_records(rows, **{**HERE, "strata": ["my\u00a0division"]})
    with pytest.raises(cs.errors.FrameError, match=r"missing: .*U\+00AD.*; use 'none'"):
        cs.Frame.from_records(SPACED, **HERE, missing="no\u00adne")


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1)
    | st.sampled_from([*UNSEEN])
)
def test_a_new_name_is_seen_whole_and_the_value_to_use_is_one(name: str) -> None:
    """'Code points that are not seen ... are refused ... and the cleaned value to use'"""
    fault = fault_in_new_name(name)
    if unseen_in(name):
        assert fault is not None
    elif fault is None:
        assert fault_in_name(name) is None
    better = cleaned(name)
    assert not unseen_in(better)
    if fault is not None and fault.endswith(f"; use {better!r}"):
        assert fault_in_new_name(better) is None


@pytest.mark.slow
def test_the_table_has_all_that_the_scheme_calls_without_width_and_every_space() -> None:
    assert unseen_in(ZERO_WIDTH + BIDI_CONTROLS) == ZERO_WIDTH + BIDI_CONTROLS
    there = [chr(number) for number in range(0x110000) if is_assigned(chr(number))]
    blanks = {one for one in there if unicodedata.category(one) == "Zs"} - {" "}
    assert set(spaces()) == blanks < set(WHITE_SPACE)
    # Every variation selector and tag, of which the table has the ranges.
    selectors = [one for one in there if unicodedata.name(one, "").startswith("VARIATION SEL")]
    assert len(selectors) == 256
    assert unseen_in("".join(selectors)) == "".join(selectors)


@pytest.mark.parametrize(
    ("record", "points"),
    [
        ("unseen-ids", "U+3164, U+FE0F, U+00AD, U+00A0"),
        ("unseen-strata", "U+00A0, U+034F, U+2800, U+115F"),
    ],
)
def test_a_saved_record_with_them_verifies_with_a_note(record: str, points: str) -> None:
    """'saved `/1` records that have them verify with a note'"""
    report = cs.verify(GOLDEN / record)
    assert report.level == cs.verification.Level.REPRODUCED
    assert report.ok
    (note,) = [note for note in report.notes if "not seen" in note]
    assert note.startswith(f"frame: ids or strata hold {points}")
    assert not [note for note in cs.verify(GOLDEN).notes if "not seen" in note]
    assert len(cs.Draw.load(GOLDEN / record).selections) > 0


def test_a_saved_frame_in_memory_takes_them_too() -> None:
    folder = GOLDEN / "unseen-strata"
    frame = cs.Frame.from_manifest(
        (folder / "manifest.csv").read_bytes(),
        (folder / "exclusions.csv").read_bytes(),
        population="complaint-responses",
        period="2026-10",
    )
    assert ("Home\u00a0Loans",) in frame.sizes()
    assert len(cs.draw(frame, cs.Plan(size=5, reserves=1), cs.Draw.load(folder).seed)) == 5


def test_a_gate_asks_no_new_question_of_such_an_id(tmp_path: Path) -> None:
    gate = cs.gate.Gate("complaint-responses", "2026-10", "1/2", "5e" * 32)
    register = cs.gate.Register(tmp_path / "gate.jsonl", gate)
    with pytest.raises(cs.errors.GateError, match=r"U\+3164\); use 'CR-1'"):
        register.ask("CR-1\u3164", at=dt.datetime(2026, 10, 5, tzinfo=dt.UTC))
