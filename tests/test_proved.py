"""A frame is proved in columns; where that fails, its cells are looked at one by one.

Both ways give the same frame, the same bytes and the same words; the laws below hold one to the
other on tables and files of every kind.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ceosample.errors import FrameError, RecordError
from ceosample.sampling.frames import proved as proofs
from ceosample.sampling.frames import saved_frame, strata
from ceosample.sampling.frames.frame import Frame
from ceosample.sampling.frames.lines import Lines, is_stable
from ceosample.sampling.frames.manifest import rows_to_csv
from ceosample.sampling.frames.proved import proved
from ceosample.sampling.frames.proved_files import proved_files
from ceosample.sampling.frames.rows import ColumnNames
from ceosample.sampling.frames.saved_frame import SavedFrame
from ceosample.sampling.frames.table import Table
from ceosample.sampling.frames.units import Units
from ceosample.sampling.ticket import Ticketed, draw_key, ticket
from ceosample.unseen import fault_in_new_name
from thorough import examples

HERE: dict[str, Any] = {"population": "complaint-responses", "period": "2026-10"}
KEY = draw_key("complaint-responses", "2026-10", "83019274650192837465")

#: Names that nothing is wrong with, alike at their beginnings, short, long, and in other scripts.
GOOD = st.sampled_from(
    ["7", "8", "A", "AB", "A,B", 'A"', "A B", "a" * 200, "é" * 100, "Gŵyn", "Łódź", "東京",
     "Žižkov", "क्षेत्र", "ครั้ง", "ọ̀ṣọ́", 'Savings, "old"',
     "CR-0000001", "CR-0000002", "CR-00000020", "-", "~", "!", "A-", "A~", "x" * 64, "x" * 65]
)  # fmt: skip
#: Cells that some rule speaks of.
ODD = st.sampled_from(
    [None, "", " ", "A ", " A", "A\n", "A\r", "\x00", "\x7f", "é", "a" * 201, "é" * 101, "\u200b",
     "\u3164", "Home\xa0Loans", "\ud800", "\U0010ffff", 0, 7, -1, 2**64, 10**201, True, False, 1.0,
     float("nan"), b"7", "가", "\u1100\u1161", "in-progress", "In progress"]
)  # fmt: skip
CELLS = st.one_of(GOOD, GOOD, GOOD, st.integers(0, 30), ODD)
REASONS = st.sampled_from([None, None, None, "", "in-progress", "duplicate", "No code", 7, " "])
DIGESTS = st.sampled_from(["0" * 64, "f" * 64, "0123456789abcdef" * 4, "F" * 64, "0" * 63, None, 1])
ROWS = st.lists(
    st.fixed_dictionaries(
        {"id": CELLS, "division": CELLS, "region": CELLS, "reason": REASONS, "content": DIGESTS}
    ),
    max_size=12,
)
ASKED = st.fixed_dictionaries(
    {
        "strata": st.sampled_from([(), ("division",), ("division", "region"), ("id",)]),
        "exclusion": st.sampled_from([None, "reason"]),
        "content": st.sampled_from([None, None, "content"]),
        "missing": st.sampled_from([None, "none given", "A"]),
        "clean": st.sampled_from([None, "spaces"]),
    }
)


def outcome(rows: list[dict[str, object]], asked: Mapping[str, Any]) -> object:
    """The frame of rows and the bytes of its files, or what is said of them."""
    try:
        frame = Frame.from_records(rows, unit_id="id", **asked, **HERE)
    except FrameError as error:
        return error.faults
    return frame, frame.units, b"".join(frame.manifest()), b"".join(frame.excluded())


@given(ROWS, ASKED)
@example([{"id": "A", "division": True, "region": 1, "reason": None}], {"strata": ("division",)})
@example(
    [{"id": n, "division": value} for n, value in enumerate([1, True, "1"])],
    {"strata": ("division",)},
)
@settings(max_examples=examples(2000))
def test_a_table_that_is_proved_is_the_one_whose_cells_were_looked_at(
    rows: list[dict[str, object]], asked: Mapping[str, Any]
) -> None:
    ours = outcome(rows, asked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proofs, "proved", lambda *_: None)
        assert outcome(rows, asked) == ours


def reading(manifest: bytes, excluded: bytes) -> object:
    """What two files hold, or what is said of them."""
    try:
        frame = SavedFrame.of(manifest, excluded, **HERE)
    except (FrameError, RecordError) as error:
        return type(error), error.faults
    counts = dict.fromkeys(frame.sizes(), 2)
    return (
        frame.variables, frame.sizes(), frame.exclusions, frame.digest, frame.excluded_digest,
        frame.unseen, frame.content, frame.lowest(KEY, counts),
    )  # fmt: skip


@given(
    st.lists(st.tuples(GOOD, GOOD), unique_by=lambda row: row[0], max_size=12),
    st.lists(GOOD, unique=True, max_size=3),
    st.booleans(),
    st.lists(
        st.tuples(
            st.booleans(),
            st.integers(0, 400),
            st.sampled_from([b"", b"\n", b",", b'"', b"\r", b" ", b"\xff", b"A", b"\xe2\x80\x8b"]),
            st.integers(0, 2),
        ),
        max_size=2,
    ),
)
@settings(max_examples=examples(2000))
def test_files_that_are_proved_are_those_whose_lines_were_looked_at(
    rows: list[tuple[str, str]], out: list[str], content: bool, edits: list[Any]
) -> None:
    lines = sorted(
        (unit_id, *([value] if content else [value, "0" * 64])) for unit_id, value in rows
    )
    header = ["unit_id", "division"] if content else ["unit_id", "division", "content"]
    files = [
        b"".join(rows_to_csv(header, lines)),
        b"".join(rows_to_csv(["unit_id", "reason"], [(one, "spam") for one in sorted(out)])),
    ]
    for which, place, data, gone in edits:
        files[which] = files[which][:place] + data + files[which][place + gone :]
    ours = reading(*files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(saved_frame, "proved_files", lambda *_: None)
        assert reading(*files) == ours


@pytest.mark.parametrize(
    "name",
    [
        *("CR-{}", "{}", "Gŵyn {}", "Łódź-{}", "東京{}", "ελ{}", "{}" + "x" * 70),
        *("क्षेत्र {}", "ครั้ง {}", "ọ̀ṣọ́ {}", "Savings, {}", '"{}", it says', 'the "{}"'),
    ],
)
def test_ordinary_names_are_proved(name: str) -> None:
    """Else every frame would be looked at cell by cell, and only be slow."""
    ids = [name.format(number) for number in range(30)]
    table = Table({"id": ids, "division": [name.format(0)] * 29 + [None]}, 30)
    found = proved(table, ColumnNames("id", ("division",), None, None), "none")
    assert found is not None
    assert [unit.unit_id for unit in found.units] == sorted(ids)
    division = name.format("Loans")
    rows = [
        {"id": one, "division": division, "region": "North", "content": f"{number:064x}"}
        for number, one in enumerate(ids)
    ]
    for asked, content in product(([], ["division"], ["region", "division"]), (None, "content")):
        frame = Frame.from_records(rows, unit_id="id", strata=asked, content=content, **HERE)
        files = proved_files(b"".join(frame.manifest()), b"".join(frame.excluded()))
        assert files is not None
        assert files.sizes == frame.sizes()


@pytest.mark.parametrize(
    "excluded", [b"unit_id,reason\n", b"unit_id,reason\nC,spam\n", b"unit_id\n"]
)
@pytest.mark.parametrize(
    "manifest",
    [
        *(b"", b"\n", b"\nA\n", b"unit_id\n", b"content\nA\nB\n", b"content\nB\nA\n"),
        *(b"content\nA\nA\nB\nB\n", b"content,unit_id\nA,x\n", b"unit_id,a,a\nA,x,y\n"),
        *(b'unit_id\n"A,",\n', b'unit_id\n"A","x"\n', b'unit_id,a\n"A,B"\n', b'unit_id,a\nA,"x\n'),
        *(
            b'unit_id,a\nA",x\n',
            b'unit_id,a\nA,x"\n',
            b'unit_id,a\nA,"x,y",z\n',
            b'"unit_id",a\nA,x\n',
        ),
        *(b'unit_id,"a,b"\nA,x\n', b'unit_id,a\nA,"x\ny"\n', b'unit_id,a\nA,"x""y"\nB,"x,"\n'),
        b"unit_id," + b"x" * 200_000 + b"\nA,b\n",
    ],
)
def test_files_of_odd_lines_are_told_of_in_the_same_words(manifest: bytes, excluded: bytes) -> None:
    ours = reading(manifest, excluded)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(saved_frame, "proved_files", lambda *_: None)
        assert reading(manifest, excluded) == ours


@given(
    st.lists(st.characters(blacklist_categories=["Cs"]).filter(is_stable), min_size=1, max_size=9)
)
def test_what_is_stable_makes_names_whatever_stands_beside_it(characters: list[str]) -> None:
    """'NFC': no two such characters join, and none moves."""
    name = "".join(characters)
    assert unicodedata.is_normalized("NFC", name)
    assert fault_in_new_name(name) is None


def test_no_character_that_ends_a_decomposition_is_stable() -> None:
    for number in (*range(0xD800), *range(0xE000, 0x20000)):
        parts = unicodedata.normalize("NFD", chr(number))
        if len(parts) > 1:
            assert not any(map(is_stable, parts[1:])), f"U+{number:04X}"


@given(st.lists(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FF), max_size=9)))
@example(["x" * 65, "x" * 64, "x"])
@example(["A", "AB", "A!"])
def test_the_order_of_lines_is_that_of_their_bytes(texts: list[str]) -> None:
    """'rows sorted by the bytes of `unit_id`', and None where two are the same."""
    lines = Lines.of(texts) if all(texts) and texts else None
    if lines is not None:
        order = lines.order()
        assert (order is None) == (len({*texts}) < len(texts))
        if order is not None:
            assert lines.taken(order).decode() == "".join(f"{one}\n" for one in sorted(texts))


def lowest(ids: list[str], count: int) -> list[Ticketed]:
    """The lowest tickets of a frame of these ids."""
    frame = Frame.from_records([{"id": one} for one in ids], unit_id="id", **HERE)
    return frame.lowest(KEY, {(): count})[()]


def test_the_lowest_tickets_of_many_are_those_of_a_sort_of_all() -> None:
    """So many that a bound leaves most out."""
    ids = [f"CR-{number}" for number in range(5000)]
    every = sorted((ticket(KEY, one), one) for one in ids)
    for count in (1, 2, 40, 4999, 5000, 6000):
        assert lowest(ids, count) == every[:count]


def test_a_bound_that_was_too_low_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [f"CR-{number}" for number in range(50)]
    every = sorted((ticket(KEY, one), one) for one in ids)
    monkeypatch.setattr(strata, "bound", lambda count, size: 1)
    frame = Frame.from_records([{"id": one} for one in ids], unit_id="id", **HERE)
    assert frame.lowest(KEY, {(): 3}) == {(): every[:3]}
    saved = SavedFrame.of(b"".join(frame.manifest()), b"".join(frame.excluded()), **HERE)
    assert saved.lowest(KEY, {(): 3}) == {(): every[:3]}


@pytest.mark.parametrize("changed", [b"unit_id\nA\nB\nD\n", b"unit_id\nA\nB", b"unit_id\nA,B\nC\n"])
def test_a_file_that_changes_between_two_readings_is_said_to_have(changed: bytes) -> None:
    whole = b"unit_id\nA\nB\nC\n"
    times = iter([whole, whole, changed])  # its lines are counted, then looked at
    saved = SavedFrame.of(lambda: [next(times)], b"unit_id,reason\n", **HERE)
    with pytest.raises(FrameError, match="changed while they were read"):
        saved.lowest(KEY, {(): 2})


def test_units_are_made_when_they_are_asked_for() -> None:
    """A million small objects would be walked by every collection of garbage."""
    frame = Frame.from_records([{"id": "A"}, {"id": "B"}], unit_id="id", **HERE)
    frame.sizes(), frame.digest, frame.lowest(KEY, {(): 1})
    assert "units" not in vars(frame)
    assert [unit.unit_id for unit in frame.units] == ["A", "B"]


def test_the_columns_of_a_frame_show_neither_ids_nor_digests() -> None:
    """Either may be a customer's, or long."""
    shown = repr(Units(ids=b"SECRET-1\n", places=bytes(4), strata=((),), contents=b"abcdef\n"))
    assert "SECRET" not in shown
    assert "abcdef" not in shown
