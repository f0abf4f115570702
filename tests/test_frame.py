"""A frame takes what the specification allows, names every row that it does not, and is the same
bytes whatever the rows came in."""

from __future__ import annotations

import hashlib
import pickle
import random
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ceosample import Frame, Period
from ceosample.errors import FrameError
from ceosample.text import UNICODE_VERSION, is_assigned
from ceosample.unseen import fault_in_new_name
from refusals import NOT_THERE, refused

HERE: dict[str, Any] = {
    "population": "complaint-responses",
    "period": "2026-10",
    "unit_id": "id",
    "strata": ["division"],
}

RECORDS: list[dict[str, object]] = [
    {"id": "CR-3", "division": "Loans", "why": None},
    {"id": "CR-1", "division": 'Cards, "gold"', "why": None},
    {"id": "Gŵyn-77", "division": "Loans", "why": None},
    {"id": "CR-9", "division": None, "why": "in-progress"},
    {"id": "CR-2", "division": "Loans", "why": "duplicate"},
]

names = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn", "Cf"]),
    min_size=1,
    max_size=20,
).filter(lambda name: fault_in_new_name(name) is None)


def frame_of(records: Any = RECORDS, **other: Any) -> Frame:
    return Frame.from_records(records, **{**HERE, "exclusion": "why", **other})


def test_the_manifest_is_written_as_the_specification_has_it() -> None:
    """'a field is quoted only if it holds a comma or a quotation mark (which is doubled); rows
    sorted by the bytes of unit_id'"""
    manifest = b"".join(frame_of().manifest()).decode()
    assert manifest == ('unit_id,division\nCR-1,"Cards, ""gold"""\nCR-3,Loans\nGŵyn-77,Loans\n')


def test_exclusions_are_written_with_their_reasons_and_counted() -> None:
    frame = frame_of()
    excluded = b"".join(frame.excluded())
    assert excluded == b"unit_id,reason\nCR-2,duplicate\nCR-9,in-progress\n"
    assert frame.exclusions == {"duplicate": 1, "in-progress": 1}
    assert frame.sizes() == {('Cards, "gold"',): 1, ("Loans",): 2}


def test_the_digests_are_those_that_sha256sum_gives() -> None:
    """'The digest of each is the SHA-256 of the file'"""
    frame = frame_of()
    assert frame.digest == hashlib.sha256(b"".join(frame.manifest())).hexdigest()
    assert frame.excluded_digest == hashlib.sha256(b"".join(frame.excluded())).hexdigest()


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, pa.Table.from_pylist])
def test_every_library_gives_the_same_frame(library: Any) -> None:
    frame = Frame.from_dataframe(library(RECORDS), **HERE, exclusion="why")
    assert frame == frame_of()
    assert frame.digest == frame_of().digest


def test_a_csv_file_gives_the_same_frame_plain_or_packed(tmp_path: Path) -> None:
    import gzip

    text = pd.DataFrame(RECORDS).to_csv(index=False).encode()
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbf" + text)  # Excel's byte order mark
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text))
    for name in ("t.csv", "t.csv.gz"):
        frame = Frame.from_csv(tmp_path / name, **HERE, exclusion="why")
        assert frame == frame_of()


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_file_gives_the_same_frame_whatever_separates_its_cells(mark: str) -> None:
    """A spreadsheet saves CSV as its language has it."""
    lines = pd.DataFrame(RECORDS).to_csv(index=False, sep=mark).splitlines(keepends=True)
    assert Frame.from_csv(lines, **HERE, exclusion="why") == frame_of()


@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(shuffler: random.Random) -> None:
    rows = RECORDS.copy()
    shuffler.shuffle(rows)
    assert frame_of(rows) == frame_of()


@given(st.dictionaries(names, st.tuples(names, st.booleans()), max_size=30))
def test_a_frame_comes_back_whole_from_its_files(rows: dict[str, tuple[str, bool]]) -> None:
    records = [
        {"id": unit_id, "division": stratum, "why": "duplicate" if out else None}
        for unit_id, (stratum, out) in rows.items()
    ]
    frame = frame_of(records)
    again = Frame.from_manifest(
        b"".join(frame.manifest()),
        b"".join(frame.excluded()),
        population=frame.population,
        period=frame.period,
    )
    assert again.units == frame.units
    assert again.left_out == frame.left_out


def test_an_integer_and_its_decimal_text_are_one_id_and_so_a_duplicate() -> None:
    """'`1` and `"1"` are the same id, and so a duplicate.' (vectors: peer-02)"""
    with pytest.raises(FrameError, match=r"row 2, column 'id': got '1' as in row 1; give"):
        frame_of([{"id": 1, "division": "a"}, {"id": "1", "division": "a"}], exclusion=None)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (1.0, "float"),
        (np.float64(7), "float"),
        (True, "got True"),
        (np.bool_(True), "True"),
        (b"x", "got b'x'"),
        (None, "got an empty cell"),
        (float("nan"), "got an empty cell"),
        ("", "got an empty cell"),
        (" a", "white space at an end (U+0020)"),
        ("a\u3000", "white space at an end (U+3000)"),
        ("a\tb", "control character (U+0009)"),
        ("a\u202eb", "bidirectional control character (U+202E)"),
        ("a\u200db", "character without width (U+200D)"),
        ("a\u2028b", "line separator"),
        ("a\u2029b", "paragraph separator"),
        ("a\ud800b", "surrogate"),
        ("a\u0378b", "does not assign"),
        ("e\u0301", "normal form NFC"),
        ("a" * 201, "201 bytes"),
        ("ŵ" * 101, "202 bytes"),
        (10**200, "201 bytes"),
    ],
)
def test_an_id_that_breaks_a_rule_is_refused_with_its_row(value: object, says: str) -> None:
    with pytest.raises(FrameError) as caught:
        frame_of([{"id": "ok", "division": "a"}, {"id": value, "division": "a"}], exclusion=None)
    assert caught.value.faults[0].startswith("row 2, column 'id': ")
    assert says in str(caught.value)


@pytest.mark.parametrize("value", ["a" * 200, "x" + "ŵ" * 99, 7, -3, np.int64(7), "=1+1", "a b"])
def test_an_id_that_keeps_the_rules_is_taken_as_it_is(value: object) -> None:
    frame = frame_of([{"id": value, "division": "a"}], exclusion=None)
    assert frame.units[0].unit_id == str(value)


def test_pandas_numbers_with_gaps_are_refused_with_the_remedy() -> None:
    """'Floats, nulls and pandas' `123.0` are refused as ids, with the remedy in the message.'"""
    table = pd.DataFrame({"id": [123, None], "division": ["a", "b"]})
    with pytest.raises(FrameError) as caught:
        Frame.from_dataframe(table, **HERE)
    assert "row 1, column 'id': got 123.0, a float" in caught.value.faults[0]
    assert ".astype('Int64')" in caught.value.faults[0]
    assert "row 2, column 'id': got an empty cell" in caught.value.faults[1]
    repaired = table.dropna().astype({"id": "Int64"})
    assert Frame.from_dataframe(repaired, **HERE).units[0].unit_id == "123"


def test_every_faulty_row_is_in_one_error() -> None:
    records = [{"id": f"A-{i}" if i % 3 else None, "division": "a"} for i in range(1, 301)]
    with pytest.raises(FrameError) as caught:
        frame_of(records, exclusion=None)
    assert len(caught.value.faults) == 100
    for row, fault in zip(range(3, 301, 3), caught.value.faults, strict=True):
        assert fault.startswith(f"row {row}, column 'id': ")
    assert str(caught.value).startswith("rows 3, 6, 9 and 97 more, column 'id': ")


def test_a_total_that_does_not_reconcile_gives_both_counts() -> None:
    assert frame_of(control_total=5).control_total == 5
    with pytest.raises(FrameError, match=r"register has 6 .* table has 5 \(3 eligible and 2 left"):
        frame_of(control_total=6)


@pytest.mark.parametrize("column", ["Id", "unit"])
def test_a_missing_column_is_named_with_those_there_are(column: str) -> None:
    with pytest.raises(FrameError, match=f"column '{column}': not in the table; use one of"):
        frame_of(unit_id=column)


def test_a_missing_stratum_is_an_error_unless_the_caller_labels_it() -> None:
    records = [{"id": "1", "division": None}]
    with pytest.raises(FrameError, match=r"row 1, column 'division': got an empty .* 'missing'"):
        frame_of(records, exclusion=None)
    assert frame_of(records, exclusion=None, missing="not stated").sizes() == {("not stated",): 1}


@pytest.mark.parametrize("reason", ["In progress", "x" * 41, 3, "a_b", "é"])
def test_a_reason_that_is_no_code_is_refused_and_a_long_one_never_quoted(reason: object) -> None:
    with pytest.raises(FrameError, match=r"row 1, column 'why'") as caught:
        frame_of([{"id": "1", "division": "a", "why": reason}])
    assert "x" * 41 not in str(caught.value)


def test_more_than_fifty_reasons_are_refused() -> None:
    records = [{"id": i, "division": "a", "why": f"reason-{i}"} for i in range(51)]
    for more in ([], [{"id": 99, "division": "a", "why": None}]):
        with pytest.raises(FrameError, match="got 51 different reasons; group them under at most"):
            frame_of([*records, *more])


@pytest.mark.parametrize(
    ("argument", "value", "says"),
    [
        ("population", "Complaints", "population: got 'Complaints'"),
        ("population", "", "population"),
        ("period", "2026-13", "period: got '2026-13'"),
        ("period", "2026-1", "period"),
        ("period", 202610, "period"),
        ("strata", ["unit_id"], "a column of the manifest's own"),
        ("strata", ["content"], "a column of the manifest's own"),
        ("strata", ["division", "division"], "got 'division' a second time"),
        ("strata", "division", "give a list"),
        ("control_total", -1, "control_total"),
        ("control_total", 3.0, "control_total"),
        ("missing", " x", "missing: got ' x': white space"),
    ],
)
def test_an_argument_that_cannot_be_meant_is_refused(
    argument: str, value: object, says: str
) -> None:
    records = [{"id": "1", "division": "a", "unit_id": "x", "content": "y", "why": None}]
    with pytest.raises(FrameError) as caught:
        frame_of(records, **{argument: value})
    assert says in str(caught.value)


def test_contents_are_committed_to_by_their_digests() -> None:
    digest = "ab" * 32
    record = {"id": "1", "division": "a", "letter": digest}
    frame = frame_of([record], exclusion=None, content="letter")
    assert b"".join(frame.manifest()) == f"unit_id,division,content\n1,a,{digest}\n".encode()
    with pytest.raises(
        FrameError,
        match="row 1, column 'letter': got text of 64 characters; give SHA-",
    ):
        frame_of([{**record, "letter": digest.upper()}], exclusion=None, content="letter")


def test_a_frame_without_strata_has_the_one_stratum_without_values() -> None:
    assert frame_of(strata=[]).sizes() == {(): 3}


def test_csv_faults_are_all_named() -> None:
    with pytest.raises(FrameError) as caught:
        Frame.from_csv(["id,division\n", "1\n", "2,a\n", "3,b,c\n"], **HERE)
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["row 1", "row 3"]


@pytest.mark.parametrize("data", [b"", b"id,division\n1,\xff\n", b'id,division\n"1,a\n'])
def test_a_file_that_is_no_table_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(FrameError):
        Frame.from_csv(tmp_path / "t.csv", **HERE)


def test_a_file_that_is_not_there_or_is_torn_is_said_to_be(tmp_path: Path) -> None:
    with refused(FrameError, NOT_THERE):
        Frame.from_csv(tmp_path / "none.csv", **HERE)
    (tmp_path / "torn.csv.gz").write_bytes(b"\x1f\x8b\x08\x00 and no more")
    with pytest.raises(FrameError, match="cannot be read"):
        Frame.from_csv(tmp_path / "torn.csv.gz", **HERE)


@pytest.mark.parametrize("table", [42, "text", pl.LazyFrame({"id": ["1"], "division": ["a"]})])
def test_what_is_no_table_of_rows_is_refused_with_what_to_give(table: object) -> None:
    with pytest.raises(FrameError, match="give a pandas, polars or pyarrow table"):
        Frame.from_dataframe(table, **HERE)


def test_an_error_can_be_pickled_and_keeps_its_faults() -> None:
    error = FrameError("row 1: a", "row 2: b")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert again.faults == error.faults
    assert str(again) == str(error)


@pytest.mark.slow
def test_the_table_of_assigned_characters_is_that_of_the_oldest_python() -> None:
    """'unassigned code points of the oldest supported version are refused'"""
    here = {code for code in range(0x110000) if unicodedata.category(chr(code)) != "Cn"}
    table = {code for code in range(0x110000) if is_assigned(chr(code))}
    if unicodedata.unidata_version == UNICODE_VERSION:
        assert table == here
    else:  # a newer Python knows more; Unicode never takes an assignment back
        assert table < here


def test_periods_follow_one_another() -> None:
    assert Period.parse("2026-12").next() == Period.parse("2027-01")
    assert Period.parse("2026-01").previous() == Period.parse("2025-12")
    assert str(Period.parse("2024-02").last_day) == "2024-02-29"
    assert Period.parse("2026-10").words == "October 2026"


def test_a_label_that_is_no_text_and_a_path_that_is_none_are_refused_in_words() -> None:
    with pytest.raises(FrameError, match="missing: got 5; give the label as text"):
        frame_of(missing=5)
    with pytest.raises(FrameError, match=r"got .*; give a path without a null character"):
        Frame.from_csv(
            "responses\0.csv", population="complaint-responses", period="2026-10", unit_id="id"
        )


def test_a_cell_that_never_ends_says_what_to_look_for() -> None:
    lines = ["id,division\n", '1,"' + "x" * 140_000 + "\n"]
    with pytest.raises(FrameError, match=r"row 1: unexpected end of data; .*quotation mark"):
        Frame.from_csv(lines, population="complaint-responses", period="2026-10", unit_id="id")
