"""The same frame in memory, in DuckDB, PostgreSQL, DataFusion and Spark: the same bytes."""

from __future__ import annotations

import bisect
import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import psycopg
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample.sampling import ticket
from ceosample.sampling.frames.cuts import Cut
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.ticket import draw_key
from ceosample.unseen import fault_in_new_name
from ceosample.warehouse import SqlFrame, faults, lines, questions, slices
from ceosample.warehouse import spark as spark_engine
from ceosample.warehouse.datafusion import DataFusion
from ceosample.warehouse.duckdb import DuckDb
from ceosample.warehouse.engine import Block
from months import AT, SEED, open_ledger
from refusals import CHANGED_AFTER_THE_FRAME, TRANSACTION_IS_OVER, refused
from storage import ENGINES
from thorough import examples
from warehouses import (
    POPULATION,
    InDataFusion,
    InPostgreSql,
    InSpark,
    Warehouse,
    in_memory,
    same,
    table_of,
)

#: Ids that an engine could change, confuse, sort or hash in another way.
ADVERSARIAL = [
    "1", "01", "-1", "1.0", "true", "null", "NULL", "NaN", "a", "A", "ä", "Ä", "z", "ß", "ſ", "İ",
    "a,b", 'a"b', '"', '""', ",", "'", "''", "a'b", "\\", "\\x41", "\\n", "%s", "%", "_", "$1", "?",
    "{}", "{unit}", ":v1", "`", "${env:HOME}", "a b", "-- ", "--x",
    "/*", "*/", "'; DROP TABLE t; --", "E'x'", "🙂", "👩🏽",
    "𝒳", "Gŵyn-77", "\u0301a", "שלום", "عربي", "ไทย", "中文", "\uffe6", "\U0001f600", "\ud7ff",
    "\ufdfd", "é", "x" * 200, "é" * 100, "=1+1", "@x", "+1", "a\u0323\u0307",
]  # fmt: skip
IDS = [unit_id for unit_id in dict.fromkeys(ADVERSARIAL) if fault_in_new_name(unit_id) is None]

names = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn", "Cf"],
        exclude_characters="\ufffd",  # Spark's sign for what is not text
    ),
    min_size=1,
    max_size=30,
).filter(lambda name: fault_in_new_name(name) is None)


@pytest.fixture
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def rows_of(count: int) -> list[dict[str, object]]:
    """Responses in strata of unequal sizes, one in nine left out."""
    divisions = ("Cards", "Loans, old", 'The "rest"', "Zürich")
    return [
        {
            "id": f"CR-{number}",
            "division": divisions[number % 7 % 4],
            "region": None if number % 5 == 0 else f"region {number % 3}",
            "why": "in-progress" if number % 9 == 0 else "",
        }
        for number in range(count)
    ]


ASKED: dict[str, Any] = {
    "unit_id": "id",
    "strata": ["division", "region"],
    "exclusion": "why",
    "missing": "none",
}


PLANS = {
    "merged": cs.Plan(size=24, merge_below=60, into="Other"),
    "take-all": cs.Plan(size=24, take_all=[("Cards", "none")]),
    "proportional": cs.Plan(size=20),
    "srs": cs.Plan(size=20, reserves=0, minimum=0, allocation="srs"),
    "rotation": cs.Plan(size=8, rotation=cs.Rotation(start="2026-10", months=3)),
    "everything": cs.Plan(size=790),
}


def on_each_engine(values: Sequence[object]) -> pytest.MarkDecorator:
    """Each value on each engine; in Spark, where each takes seconds, the first two."""
    cases = [
        pytest.param(
            engine, value, marks=[pytest.mark.thorough] if engine == "spark" and place > 1 else []
        )
        for engine in ENGINES
        for place, value in enumerate(values)
    ]
    return pytest.mark.parametrize(("home", "value"), cases, indirect=["home"])


@on_each_engine([*PLANS])
def test_every_plan_gives_the_same_bytes_on_each_engine(home: Warehouse, value: str) -> None:
    """'the same seed gives the same letters on every engine'"""
    rows, plan = rows_of(900), PLANS[value]
    if plan.size == 790:
        plan = cs.Plan(size=len(in_memory(rows, **ASKED).units))
    with home.frame(home.put(table_of(rows)), **ASKED) as frame:
        same(frame, in_memory(rows, **ASKED), plan)


def test_strata_cut_at_points_are_cut_alike(home: Warehouse) -> None:
    rows = [{"id": n, "amount": str(n % 40 * 25)} for n in range(400)]
    asked: dict[str, Any] = {"unit_id": "id", "strata": ["amount"]}
    plan = cs.Plan(size=12, cuts={"amount": ["100", "500"]})
    with home.frame(home.put(table_of(rows)), **asked) as frame:
        assert cs.draw(frame, plan, SEED).record == (
            cs.draw(in_memory(rows, **asked), plan, SEED).record
        )
        assert str(frame.cut({"amount": Cut(("100",))}).sizes()) == (
            str(in_memory(rows, **asked).cut({"amount": Cut(("100",))}).sizes())
        )


any_ids = given(
    ids=st.lists(names, min_size=1, max_size=40, unique=True),
    strata=st.lists(names, min_size=1, max_size=3),
    size=st.integers(1, 12),
)
difficult_ids = example(ids=IDS, strata=['Loans, "old"', "🙂", "\\"], size=12)


@pytest.mark.parametrize("home", [name for name in ENGINES if name != "spark"], indirect=True)
@settings(
    max_examples=examples(40, one_in=6), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@any_ids
@difficult_ids
@pytest.mark.slow
def test_any_ids_give_the_tickets_of_plain_hashlib_everywhere(
    home: Warehouse, ids: list[str], strata: list[str], size: int
) -> None:
    """'identical sizes, tickets, selections, reserves, manifest bytes and digests'"""
    same_as_hashlib(home, ids, strata, size)


@pytest.mark.parametrize("home", ["spark"], indirect=True)
@settings(max_examples=examples(5), suppress_health_check=[HealthCheck.function_scoped_fixture])
@any_ids
@difficult_ids
def test_any_ids_give_the_tickets_of_plain_hashlib_in_spark(
    home: Warehouse, ids: list[str], strata: list[str], size: int
) -> None:
    """Fewer of them: each takes it two seconds."""
    same_as_hashlib(home, ids, strata, size)


def same_as_hashlib(home: Warehouse, ids: list[str], strata: list[str], size: int) -> None:
    rows = [{"id": unit, "s": strata[place % len(strata)]} for place, unit in enumerate(ids)]
    memory = in_memory(rows, unit_id="id", strata=["s"])
    plan = cs.Plan(size=max(len(memory.sizes()), min(size, len(ids))))
    with home.frame(home.put(table_of(rows)), unit_id="id", strata=["s"]) as frame:
        same(frame, memory, plan)
        key = draw_key("complaint-responses", "2026-10", SEED.value)
        hashed = sorted(
            (hashlib.sha256(f"{key},{row['id']}".encode()).hexdigest(), row["id"], row["s"])
            for row in rows
        )
        every = frame.lowest(key, {stratum: len(ids) for stratum in frame.sizes()})
        for (stratum,), found in every.items():
            assert [(t, u) for t, u in found] == [(t, u) for t, u, s in hashed if s == stratum]


def test_whole_numbers_are_ids_in_decimal(home: Warehouse) -> None:
    ids = [0, -1, 7, 10, 9, 2**63 - 1, -(2**63), 10**15]
    rows = [{"id": number, "kind": number % 2} for number in ids]
    with home.frame(home.put(table_of(rows)), unit_id="id", strata=["kind"]) as frame:
        same(frame, in_memory(rows, unit_id="id", strata=["kind"]), cs.Plan(size=4))


def test_names_of_tables_and_columns_are_never_sql(home: Warehouse) -> None:
    """'hostile identifiers and ids are tests'"""
    for place, name in enumerate(
        ('a"; DROP TABLE victim; --', "%s $1 {0} ?", "Größe.🙂", "select")
    ):
        rows = [{name: f"{name}{n}", "unit": n % 3, "ticket": "", "s0": "x"} for n in range(60)]
        asked: dict[str, Any] = {
            "unit_id": name,
            "strata": ["unit", "s0"],
            "exclusion": "ticket",
        }
        table = home.put(table_of(rows), f"{name} {place}")
        with home.frame(table, **asked) as frame:
            same(frame, in_memory(rows, **asked), cs.Plan(size=7))


def test_values_of_strata_are_never_sql(home: Warehouse) -> None:
    """Strata of unequal sizes are asked for by their values, each with a bound of its own."""
    values = [
        "'; DROP TABLE t; --",
        "\\' OR 1=1 --",
        "\\\\'",
        "${env:HOME}",
        ":v1 $1 ?",
        '`"',
        "%s {}",
    ]
    rows = [
        {"id": f"{place}-{n}", "s": value}
        for place, value in enumerate(values)
        for n in range(150 + 50 * place)
    ]
    memory = in_memory(rows, unit_id="id", strata=["s"])
    counts: dict[Stratum, int] = {(value,): 3 + place for place, value in enumerate(values)}
    with home.frame(home.put(table_of(rows)), unit_id="id", strata=["s"]) as frame:
        assert frame.lowest("0" * 32, counts) == memory.lowest("0" * 32, counts)


#: Engines whose tables have names; a table in memory is given itself.
NAMED = [name for name in ENGINES if name != "arrow"]


@pytest.mark.parametrize("home", NAMED, indirect=True)
def test_a_table_can_be_named_with_its_schema(home: Warehouse) -> None:
    schema = {"duckdb": "main", "spark": "default"}.get(home.name, "public")
    table = home.put(table_of(rows_of(50)))
    if isinstance(home, InSpark):  # a view for a time is in no schema
        home.session.sql(f"CREATE TABLE default.stored USING parquet AS SELECT * FROM {table}")
        table = "stored"
    with home.frame([schema, table], unit_id="id") as frame:
        assert frame.sizes() == {(): 50}


def test_an_empty_table_is_a_frame_from_which_nothing_can_be_drawn(home: Warehouse) -> None:
    table = pa.table({"id": pa.array([], pa.string()), "division": pa.array([], pa.string())})
    for strata in ([], ["division"]):
        with home.frame(home.put(table), unit_id="id", strata=strata) as frame:
            assert frame.sizes() == {}
            assert frame.digest == in_memory([], unit_id="id", strata=strata).digest
            with pytest.raises(cs.errors.PlanError, match="no responses"):
                cs.draw(frame, cs.Plan(size=1), SEED)


def faults_in(home: Warehouse, rows: Any, **asked: Any) -> list[str]:
    """The faults of a table, which are found before anything is asked of its frame or after."""
    with (
        pytest.raises(cs.errors.FrameError) as caught,
        home.frame(home.put(table_of(rows)), unit_id="id", **asked) as frame,
    ):
        str(frame.digest), str(frame.excluded_digest)
    return list(caught.value.faults)


def test_ids_that_break_the_rules_are_reported_and_not_hashed(home: Warehouse) -> None:
    """'ids that break the rules are reported, not hashed'"""
    bad = [
        " a",
        "a ",
        "a\tb",
        "a\nb",
        "x\u200by",
        "e\u0301",
        "\u00a0a",
        "x" * 201,
        "é" * 101,
        "",
        None,
    ]
    good = ["a b", "é", "CR-1"]
    found = faults_in(home, [{"id": unit_id} for unit_id in [*bad, *good]])
    memory = [*_faults_in_memory([{"id": unit_id} for unit_id in bad[:-2]])]
    assert found[0] == "column 'id', 2 rows: got an empty cell; give it a value"
    # The words are those of a frame in memory, which has rows to name.
    assert sorted(found[1:]) == sorted(f"column 'id': {fault}" for fault in memory)


@pytest.mark.slow
def test_no_character_that_is_refused_in_memory_passes_an_engine(
    home: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "MOST_UNITS", 100_000)
    characters = [chr(number) for number in [*range(1, 0x3100), 0xFEFF, 0xFFFE, 0xE0001]]
    ids = [form.format(c) for c in characters for form in ("{}b", "a{}b", "a{}")]
    refused = {unit_id for unit_id in ids if fault_in_new_name(unit_id) is not None}
    assert len(refused) > 500
    found = faults_in(home, [{"id": unit_id} for unit_id in dict.fromkeys(ids)])
    expected = _faults_in_memory([{"id": unit_id} for unit_id in sorted(refused)])
    assert sorted(found) == sorted(f"column 'id': {fault}" for fault in expected)


def _faults_in_memory(rows: Any) -> list[str]:
    with pytest.raises(cs.errors.FrameError) as caught:
        in_memory(rows, unit_id="id")
    return [fault.partition("column 'id': ")[2] for fault in caught.value.faults]


def test_every_fault_of_a_table_is_said_at_once(home: Warehouse) -> None:
    rows = [
        {"id": "a", "s": None, "why": None, "salted": "0" * 64},
        {"id": "b", "s": "x ", "why": None, "salted": "A" * 64},
        {"id": "c", "s": "x", "why": "Not yet!", "salted": None},
        {"id": "d ", "s": "x", "why": None, "salted": None},
    ]
    found = faults_in(home, rows, strata=["s"], exclusion="why", content="salted")
    assert found == [
        "column 'id': got 'd ': white space at an end (U+0020); remove it",
        "column 's', 1 row: got an empty cell; give it a value, or name a label for all such cells "
        "with 'missing'",
        "column 's', 1 row: got text of 2 characters: white space at an end (U+0020); remove it",
        "column 'why', 1 row: got text of 8 characters; give a short code such as 'in-progress', "
        "or leave the cell empty for an eligible response",
        "unit 'b', column 'salted': got text of 64 characters; give SHA-256(salt || letter), 64 "
        "lower-case hex digits",
        "unit 'd ', column 'salted': got an empty cell; give it a value",
    ]


def test_digests_of_contents_are_in_the_manifest(home: Warehouse) -> None:
    rows = [
        {"id": n, "salted": hashlib.sha256(b"%d" % n).hexdigest(), "why": "" if n else "duplicate"}
        for n in range(30)
    ]
    asked: dict[str, Any] = {"unit_id": "id", "content": "salted", "exclusion": "why"}
    memory = in_memory(rows, **asked)
    with home.frame(home.put(table_of(rows)), **asked) as frame:
        same(frame, memory, cs.Plan(size=3))
        ids = ["3", "17", "0", "nobody", "'; --"]
        assert frame.committed(ids) == memory.committed(ids)
        assert set(frame.committed(ids)) == {"3", "17"}
        assert frame.committed([]) == {}


@on_each_engine([("", "late"), ("", ""), ("late", "late")])
def test_an_id_that_stands_twice_is_refused(home: Warehouse, value: tuple[str, str]) -> None:
    rows = [{"id": f"u{n}", "why": ""} for n in range(300)]
    rows += [{"id": "twice", "why": why} for why in value]
    assert faults_in(home, rows, exclusion="why") == [
        "column 'id': got 'twice' twice; give each response an id of its own"
    ]


def test_a_draw_without_a_manifest_refuses_what_it_sees_twice(home: Warehouse) -> None:
    rows = [{"id": "twice"}, {"id": "twice"}, {"id": "once"}]
    frame = home.frame(home.put(table_of(rows)), unit_id="id", manifest=False)
    with frame, pytest.raises(cs.errors.FrameError, match="got 'twice' twice"):
        cs.draw(frame, cs.Plan(size=2), SEED)


def test_an_id_that_ends_one_block_and_begins_the_next_stands_twice() -> None:
    blocks = [Block(b"a\nb\n", "a", "b", True), Block(b"b\nc\n", "b", "c", True)]
    with pytest.raises(cs.errors.FrameError, match="column 'id': got 'b' twice"):
        [*lines.lines_of(blocks, "id")]


def test_an_engine_that_sorts_otherwise_makes_no_manifest() -> None:
    for blocks in (
        [Block(b"b\n", "b", "b", True), Block(b"a\n", "a", "a", True)],
        [Block(b"b\na\n", "b", "c", False)],
    ):
        with pytest.raises(cs.errors.FrameError, match="does not sort by the bytes"):
            [*lines.lines_of(blocks, "id")]


def test_missing_columns_and_columns_of_other_kinds_are_refused(home: Warehouse) -> None:
    """'only text and integer id columns allowed: floats and booleans cast differently'"""
    table = home.put(table_of([{"id": 1.5, "yes": True, "n": 3, "t": "x"}]))
    with pytest.raises(cs.errors.FrameError) as caught:
        home.frame(table, unit_id="ID", strata=["t", "nowhere"])
    assert [fault.partition(";")[0] for fault in caught.value.faults] == [
        "column 'ID': not in the table",
        "column 'nowhere': not in the table",
    ]
    with pytest.raises(cs.errors.FrameError) as caught:
        home.frame(table, unit_id="id", strata=["yes", "t"], exclusion="n")
    found = [fault.partition(": ")[0] for fault in caught.value.faults]
    assert found == ["column 'id'", "column 'yes'", "column 'n'"]
    assert "convert it to text or whole numbers" in caught.value.faults[0]


@pytest.mark.parametrize("home", NAMED, indirect=True)
def test_a_table_that_is_not_there_is_a_frame_error(home: Warehouse) -> None:
    with pytest.raises(cs.errors.FrameError, match=r"^table 'nowhere': cannot be asked \("):
        home.frame("nowhere", unit_id="id")
    for name in ("", [], ["a", 3], 7, "a\0b"):
        with pytest.raises(cs.errors.FrameError, match="table: got"):
            home.frame(name, unit_id="id")  # type: ignore[arg-type]


@pytest.mark.thorough("spark")
def test_a_register_that_does_not_reconcile_is_refused(home: Warehouse) -> None:
    table = home.put(table_of(rows_of(90)))
    with pytest.raises(
        cs.errors.FrameError, match=r"91 responses, the table has 90 \(80 eligible and 10"
    ):
        home.frame(table, **ASKED, control_total=91)
    with home.frame(table, **ASKED, control_total=90) as frame:
        assert frame.control_total == 90


@pytest.mark.thorough("spark")
def test_too_many_reasons_are_refused_before_all_are_counted(home: Warehouse) -> None:
    rows = [{"id": n, "why": f"code-{n}"} for n in range(1100)]
    assert faults_in(home, rows[:60], exclusion="why") == [
        "column 'why': got 60 different reasons; group them under at most 50 codes"
    ]
    assert faults_in(home, rows, exclusion="why") == [
        "column 'why': got more than 1000 different reasons; group them under at most 50 codes"
    ]


@pytest.mark.thorough("spark")
def test_of_very_many_faults_the_first_are_named(
    home: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "MOST_UNITS", 3)
    found = faults_in(home, [{"id": f"u{n} "} for n in range(9)])
    assert [fault.partition(": white")[0] for fault in found] == [
        "column 'id': got 'u0 '",
        "column 'id': got 'u1 '",
        "column 'id': got 'u2 '",
        "table: the same of 6 more units",
    ]


@pytest.mark.thorough("spark")
def test_too_few_below_the_bound_are_asked_for_again(
    home: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'ask again should it ever be too few'"""
    key = draw_key("complaint-responses", "2026-10", SEED.value)
    # A stratum whose tickets are all high, as chance makes one in a million; one that is not.
    ids = [unit for unit in (f"h{n}" for n in range(4000)) if _share(key, unit) > 0.7]
    rows = [{"id": unit, "s": "high"} for unit in ids]
    rows += [{"id": f"u{n}", "s": "plain"} for n in range(2000)]
    asked: list[list[Stratum]] = []
    below = questions.Questions.below

    def watched(self: questions.Questions, key: str, bounds: Any, **more: Any) -> questions.Query:
        asked.append([*bounds])
        return below(self, key, bounds, **more)

    monkeypatch.setattr(questions.Questions, "below", watched)
    table = home.put(table_of(rows))
    with home.frame(table, unit_id="id", strata=["s"], manifest=False) as frame:
        found = frame.lowest(key, {("high",): 5, ("plain",): 5})
    assert found[("high",)] == sorted((ticket.ticket(key, one), one) for one in ids)[:5]
    assert (
        found[("plain",)] == sorted((ticket.ticket(key, f"u{n}"), f"u{n}") for n in range(2000))[:5]
    )
    assert asked[0] == [("high",), ("plain",)]
    assert asked[1:], "it was not asked again"
    assert all(strata == [("high",)] for strata in asked[1:])


def _share(key: str, unit_id: str) -> float:
    return int(hashlib.sha256(f"{key},{unit_id}".encode()).hexdigest()[:8], 16) / 2**32


@pytest.mark.thorough("spark")
def test_strata_that_are_too_many_for_one_statement_give_the_same_letters(
    home: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = rows_of(900)
    memory = in_memory(rows, **ASKED)
    with home.frame(home.put(table_of(rows)), **ASKED) as frame:
        monkeypatch.setattr(questions, "MOST_BOUNDS", 2)
        plan = cs.Plan(size=20)
        assert cs.draw(frame, plan, SEED).record == cs.draw(memory, plan, SEED).record


def test_only_a_few_more_than_are_wanted_come_out(home: Warehouse) -> None:
    """'only the selected rows come out'"""
    rows = [{"id": n, "s": f"s{n % 4}"} for n in range(20_000)]
    with home.frame(home.put(table_of(rows)), unit_id="id", strata=["s"]) as frame:
        sizes = dict(frame.sizes())
        bounds: dict[Stratum, int] = {name: ticket.bound(5, size) for name, size in sizes.items()}
        query = frame.questions.below("0" * 32, bounds, everywhere=True)
        assert 20 <= len([*frame.rows(query)]) < 250


@pytest.mark.thorough("spark")
def test_a_small_stratum_s_bound_brings_no_more_out_of_a_large_one(home: Warehouse) -> None:
    """'only the selected rows come out': the letters would be the same, and a tenth of all come."""
    rows = [{"id": n, "s": "small" if n < 300 else "large"} for n in range(20_000)]
    with home.frame(home.put(table_of(rows)), unit_id="id", strata=["s"]) as frame:
        bounds = {name: ticket.bound(5, size) for name, size in frame.sizes().items()}
        query = frame.questions.below("0" * 32, bounds, everywhere=True)
        assert 10 <= len([*frame.rows(query)]) < 120


def test_a_manifest_that_is_sorted_in_slices_has_the_same_bytes(
    home: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'a frame of 100 million ids needs bounded memory'; edges, quotes and reasons included."""
    rows = rows_of(900)
    memory = in_memory(rows, **ASKED)
    monkeypatch.setattr(slices, "FEW", 10)
    with home.frame(home.put(table_of(rows)), **ASKED) as frame:
        if home.name == "spark":
            monkeypatch.setattr(spark_engine, "_IN_A_RANGE", 40)
        else:
            monkeypatch.setattr(type(frame._home), "slice", 2_000)
            assert len(frame._slices("manifest.csv")) > 8
            assert len(frame._slices("exclusions.csv")) > 1
        assert b"".join(frame.manifest()) == b"".join(memory.manifest())
        assert b"".join(frame.excluded()) == b"".join(memory.excluded())
        assert frame.digest == memory.digest
    twice = table_of([*rows, rows[700]])
    with (
        home.frame(home.put(twice), **ASKED) as frame,
        pytest.raises(cs.errors.FrameError, match="twice; give each response"),
    ):
        _ = frame.digest, frame.excluded_digest


@given(
    st.lists(st.text(alphabet="abé😀-", min_size=1, max_size=9), max_size=60),
    st.integers(1, 400),
)
@pytest.mark.slow
def test_slices_are_the_whole_table_and_no_id_is_in_two(ids: list[str], size: int) -> None:
    found = slices.slices(size, slices.FEW + len(ids), 1000, lambda _: ids)
    assert (found[0][0], found[-1][1]) == (None, None)
    edges = [low or "" for low, _ in found[1:]]
    assert edges == [high for _, high in found[:-1]]
    assert edges == sorted(set(edges))
    assert "" not in edges


def test_slices_are_of_about_the_size_that_was_asked_for() -> None:
    """A million ids of which every 64th is in the sample: some ten slices, none twice as long."""
    ids = [f"R-{number:07}" for number in range(1_000_000)]
    found = slices.slices(3_000_000, len(ids), 12_000_000, lambda _: ids[::64])
    lengths = [
        bisect.bisect_left(ids, high or "S") - bisect.bisect_left(ids, low or "")
        for low, high in found
    ]
    assert sum(lengths) == len(ids)
    assert len(lengths) == 11
    assert max(lengths) < 100_000


def test_what_duckdb_stores_is_counted_once_and_a_view_twice(
    duck: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'What DuckDB stores does not change within' a transaction that may only read."""
    duck.execute("CREATE TABLE stored AS SELECT range AS id FROM range(90)")
    duck.execute("CREATE VIEW seen AS SELECT * FROM stored")
    asked: list[str] = []
    ask = DuckDb._ask

    def listen(home: DuckDb, query: questions.Query) -> Any:
        asked.append(query.text)
        return ask(home, query)

    monkeypatch.setattr(DuckDb, "_ask", listen)
    for table, counts in (("stored", 1), ("seen", 2)):
        asked.clear()
        with SqlFrame.from_duckdb(duck, table, **POPULATION, unit_id="id") as frame:
            cs.draw(frame, cs.Plan(size=5), SEED)
            assert sum("count(*)" in text for text in asked) == counts
            if table == "stored":
                with pytest.raises(duckdb.TransactionException, match="read-only"):
                    duck.execute("INSERT INTO stored VALUES (1000)")
    # In a transaction of the caller's the caller may write, so it is looked at again.
    duck.execute("BEGIN TRANSACTION")
    with SqlFrame.from_duckdb(duck, "stored", **POPULATION, unit_id="id") as frame:
        duck.execute("INSERT INTO stored VALUES (1000)")
        with pytest.raises(cs.errors.FrameError, match="got 91 units where 90 were counted"):
            cs.draw(frame, cs.Plan(size=5), SEED)


def test_it_asks_for_enough_in_all_but_one_case_in_a_million() -> None:
    """The number below the bound is binomial; its lower tail is computed exactly."""
    from math import comb

    size = 2000
    for count in (1, 2, 7, 40, 150):
        p = ticket.bound(count, size) / ticket.TICKETS
        tail = sum(comb(size, k) * p**k * (1 - p) ** (size - k) for k in range(count))
        assert tail < 1e-6


# The moment that is seen


def test_what_happens_in_postgresql_meanwhile_is_not_seen(pg: InPostgreSql) -> None:
    """'the frame must not change between questions'"""
    rows = rows_of(300)
    table = pg.put(table_of(rows))
    with psycopg.connect(pg.connection.info.dsn, autocommit=True) as other:
        with pg.frame(table, **ASKED) as frame:
            other.execute(f"DELETE FROM {table} WHERE id LIKE '%7'")
            same(frame, in_memory(rows, **ASKED), cs.Plan(size=24))
        with pg.frame(table, **ASKED) as frame:
            left = [row for row in rows if not str(row["id"]).endswith("7")]
            same(frame, in_memory(left, **ASKED), cs.Plan(size=24))


def test_a_frame_is_over_with_its_transaction(pg: InPostgreSql) -> None:
    table = pg.put(table_of(rows_of(300)))
    frame = pg.frame(table, **ASKED)
    pg.connection.execute("ROLLBACK")
    with psycopg.connect(pg.connection.info.dsn, autocommit=True) as other:
        other.execute(f"DELETE FROM {table} WHERE id LIKE '%7'")
    with refused(cs.errors.FrameError, TRANSACTION_IS_OVER):
        cs.draw(frame, cs.Plan(size=24), SEED)


def test_postgresql_s_transaction_is_ended_and_the_caller_s_is_not(pg: InPostgreSql) -> None:
    table = pg.put(table_of(rows_of(60)))
    idle, busy = psycopg.pq.TransactionStatus.IDLE, psycopg.pq.TransactionStatus.INTRANS
    with psycopg.connect(pg.connection.info.dsn) as other:  # not autocommit
        with SqlFrame.from_postgresql(other, table, **POPULATION, unit_id="id"):
            assert other.info.transaction_status == busy
        assert other.info.transaction_status == idle
        with pytest.raises(cs.errors.FrameError):
            SqlFrame.from_postgresql(other, table, **POPULATION, unit_id="nowhere")
        assert other.info.transaction_status == idle
        other.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
        with SqlFrame.from_postgresql(other, table, **POPULATION, unit_id="id") as frame:
            assert frame.count == 60
        assert other.info.transaction_status == busy
        other.rollback()
        other.execute("SELECT 1")
        with pytest.raises(
            cs.errors.FrameError, match="READ COMMITTED, within which a table may change"
        ):
            SqlFrame.from_postgresql(other, table, **POPULATION, unit_id="id")


def test_a_change_in_duckdb_is_not_seen_or_is_refused(duck: duckdb.DuckDBPyConnection) -> None:
    rows = rows_of(300)
    incoming = table_of(rows)
    duck.execute("CREATE TABLE t AS SELECT * FROM incoming")
    frame = SqlFrame.from_duckdb(duck, "t", **POPULATION | ASKED)
    with duck.cursor() as other:
        other.execute("DELETE FROM t WHERE id LIKE '%7'")
    same(frame, in_memory(rows, **ASKED), cs.Plan(size=24))
    frame.close()
    assert len(incoming) == 300
    with refused(cs.errors.FrameError, TRANSACTION_IS_OVER):
        cs.draw(frame, cs.Plan(size=24), SEED)


def test_a_transaction_of_the_caller_s_in_duckdb_stays_the_caller_s(
    duck: duckdb.DuckDBPyConnection,
) -> None:
    """It sees the caller's own rows, and closing the frame does not roll them back."""
    duck.execute("BEGIN TRANSACTION; CREATE TABLE t AS SELECT range AS id FROM range(40)")
    with SqlFrame.from_duckdb(duck, "t", **POPULATION, unit_id="id") as frame:
        assert frame.count == 40
    duck.execute("COMMIT")
    assert duck.execute("SELECT count(*) FROM t").fetchall() == [(40,)]


def test_files_that_change_under_a_frame_are_found_out(
    tmp_path: Path, duck: duckdb.DuckDBPyConnection
) -> None:
    """'a draw on a table that changed since is refused (digest compared)'"""
    rows = rows_of(300)
    file = tmp_path / "responses.parquet"
    for engine in ("duckdb", "datafusion"):
        pa.parquet.write_table(table_of(rows), file)
        if engine == "duckdb":
            duck.execute(f"CREATE VIEW v AS SELECT * FROM read_parquet('{file}')")
            frame = SqlFrame.from_duckdb(duck, "v", **POPULATION | ASKED)
        else:
            context = _context()
            context.register_parquet("v", str(file))
            frame = SqlFrame.from_datafusion(context, "v", **POPULATION | ASKED)
        same(frame, in_memory(rows, **ASKED), cs.Plan(size=24))
        # One letter more: its stratum's size is another one. One renamed: the digest is.
        pa.parquet.write_table(table_of([*rows, rows[1] | {"id": "new"}]), file)
        with pytest.raises(
            cs.errors.FrameError, match="sizes, so it changed after the frame was made"
        ):
            cs.draw(frame, cs.Plan(size=24), SEED)
        pa.parquet.write_table(table_of([*rows[:-1], rows[-1] | {"id": "renamed"}]), file)
        with pytest.raises(cs.errors.FrameError, match="another digest, so it changed"):
            cs.draw(frame, cs.Plan(size=24), SEED).save(tmp_path / engine)
        assert not [*(tmp_path / engine).iterdir()], "a file of a changed table was left"
        frame.close()


def _context() -> Any:
    import datafusion

    return datafusion.SessionContext()


@pytest.mark.parametrize("engine", ["duckdb", "datafusion"])
def test_a_letter_that_was_edited_with_its_digest_is_not_what_was_committed_to(
    engine: str, tmp_path: Path, duck: duckdb.DuckDBPyConnection
) -> None:
    """Whoever can rewrite the file would else pass another letter off as the one that was drawn."""
    file = tmp_path / "responses.parquet"
    rows = [{"id": f"C-{n}", "salted": hashlib.sha256(b"%d" % n).hexdigest()} for n in range(30)]
    pa.parquet.write_table(table_of(rows), file)
    asked: dict[str, Any] = {**POPULATION, "unit_id": "id", "content": "salted"}
    if engine == "duckdb":
        duck.execute(f"CREATE VIEW v AS SELECT * FROM read_parquet('{file}')")
        frame = SqlFrame.from_duckdb(duck, "v", **asked)
    else:
        context = _context()
        context.register_parquet("v", str(file))
        frame = SqlFrame.from_datafusion(context, "v", **asked)
    draw = cs.draw(frame, cs.Plan(size=2), SEED)
    assert draw.frame.committed(["C-7"]) == {"C-7": rows[7]["salted"]}
    rows[7]["salted"] = "e" * 64
    pa.parquet.write_table(table_of(rows), file)
    with refused(cs.errors.FrameError, CHANGED_AFTER_THE_FRAME):
        draw.frame.committed(["C-7"])


def test_what_no_manifest_holds_is_not_committed_to(home: Warehouse) -> None:
    rows = [{"id": n, "salted": "a" * 64} for n in range(3)]
    with pytest.raises(cs.errors.FrameError, match="content: got 'salted', and manifest=False"):
        home.frame(home.put(table_of(rows)), unit_id="id", content="salted", manifest=False)


@pytest.mark.thorough("spark")
def test_a_ledger_refuses_the_draw_of_a_table_that_changed(home: Warehouse) -> None:
    """'freeze computes the manifest digest; a draw on a table that changed since is refused'"""
    rows = rows_of(200)
    plan = cs.Plan(size=24)
    same_rows, fewer = home.put(table_of(rows[::-1])), home.put(table_of(rows[:-1]))
    with open_ledger() as ledger:
        with home.frame(home.put(table_of(rows)), **ASKED) as frame:
            ledger.freeze(frame, plan, seed_source="dice", by="audit", at=AT)
        refused = pytest.raises(
            cs.errors.ConflictError, match="another frame, plan or kind of seed"
        )
        with home.frame(fewer, **ASKED) as frame, refused:
            ledger.register(cs.draw(frame, plan, SEED), by="audit", at=AT)
        with home.frame(same_rows, **ASKED) as frame:
            draw = cs.draw(frame, plan, SEED)
            assert ledger.register(draw, by="audit", at=AT).payload["draw"] == draw.digest


# No manifest


def test_a_draw_without_a_manifest_says_so_and_verifies_lower(
    home: Warehouse, tmp_path: Path
) -> None:
    """'where a user asks for no manifest, the record says that the frame is not committed'"""
    rows = rows_of(300)
    plan = cs.Plan(size=24)
    committed = cs.draw(in_memory(rows, **ASKED), plan, SEED)
    fewer = home.put(table_of(rows[:-60]))
    with home.frame(home.put(table_of(rows)), **ASKED, manifest=False) as frame:
        draw = cs.draw(frame, plan, SEED)
        assert draw.unit_ids == committed.unit_ids
        assert b'"manifest":null' in draw.record
        assert [*draw.files()] == ["draw.json"]
        draw.save(tmp_path)
        alone = cs.verify(tmp_path)
        assert (alone.ok, alone.level) == (False, cs.verification.Level.FRAME)
        assert "not committed to its frame" in str(alone.first_difference)
        report = cs.verify(tmp_path, frame=frame)
        assert (report.ok, report.level) == (False, cs.verification.Level.UNCOMMITTED)
        assert "nothing shows that it was this one before the seed" in str(report.first_difference)
        assert cs.Draw.load(tmp_path, frame=frame).digest == draw.digest
        with pytest.raises(cs.errors.RecordError, match="give the frame that it was drawn from"):
            cs.Draw.load(tmp_path)
        with pytest.raises(cs.errors.FrameError, match="not made, as manifest=False asked"):
            frame.manifest()
        refused = pytest.raises(cs.errors.LedgerError, match="nothing would be frozen")
        with open_ledger() as ledger, refused:
            ledger.freeze(frame, plan, seed_source="dice", by="audit", at=AT)
        # Another frame under the same record is found out by its letters.
        other = home.frame(fewer, **ASKED, manifest=False)
        assert not cs.verify(tmp_path, frame=other).ok
        assert cs.verify(tmp_path, frame=other).level == cs.verification.Level.FRAME


def test_a_record_is_verified_where_its_frame_lives(home: Warehouse, tmp_path: Path) -> None:
    rows = rows_of(300)
    cs.draw(in_memory(rows, **ASKED), cs.Plan(size=24), SEED).save(tmp_path)
    (tmp_path / "manifest.csv").unlink()
    assert cs.verify(tmp_path).level == cs.verification.Level.MALFORMED
    with home.frame(home.put(table_of(rows)), **ASKED) as frame:
        report = cs.verify(tmp_path, frame=frame)
        assert (report.ok, report.level) == (True, cs.verification.Level.REPRODUCED)
    with home.frame(home.put(table_of([*rows[:-1], rows[-1] | {"id": "x"}])), **ASKED) as frame:
        report = cs.verify(tmp_path, frame=frame)
        assert (report.ok, report.level) == (False, cs.verification.Level.FRAME)
        assert "frame, manifest: the record has" in str(report.first_difference)
    with home.frame(home.put(table_of(rows)), **ASKED | {"period": "2026-11"}) as frame:
        report = cs.verify(tmp_path, frame=frame)
        assert "period: the record has '2026-10'" in str(report.first_difference)


@pytest.mark.thorough("spark")
def test_a_draw_is_saved_as_it_comes_and_read_back(home: Warehouse, tmp_path: Path) -> None:
    rows = rows_of(900)
    with home.frame(home.put(table_of(rows)), **ASKED) as frame:
        draw = cs.draw(frame, cs.Plan(size=24), SEED)
        draw.save(tmp_path)
        draw.save(tmp_path)  # again: nothing is changed and nothing complains
        (tmp_path / "manifest.csv").unlink()
        draw.save(tmp_path)  # what is gone is put back
        assert draw.files()["manifest.csv"] == b"".join(in_memory(rows, **ASKED).manifest())
    assert cs.verify(tmp_path).ok
    assert cs.Draw.load(tmp_path).digest == draw.digest


# What one engine does and the others do not


def test_a_collation_that_knows_no_case_merges_no_strata(
    pg: InPostgreSql, duck: duckdb.DuckDBPyConnection
) -> None:
    """'binary order needs COLLATE "C" on PostgreSQL'"""
    rows = [{"id": f"{'aAbB'[n % 4]}{n}", "s": "xX"[n % 2]} for n in range(80)]
    memory = in_memory(rows, unit_id="id", strata=["s"])
    pg.connection.execute(
        "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
    )
    pg.connection.execute("CREATE TABLE loose (id text COLLATE loose, s text COLLATE loose)")
    with pg.connection.cursor() as cursor:
        cursor.executemany("INSERT INTO loose VALUES (%(id)s, %(s)s)", rows)
    duck.execute("SET default_collation = 'nocase'; SET default_order = 'DESC'")
    duck.execute("CREATE TABLE loose (id VARCHAR COLLATE NOCASE, s VARCHAR COLLATE NOCASE)")
    duck.executemany("INSERT INTO loose VALUES ($id, $s)", rows)
    for frame in (
        pg.frame("loose", unit_id="id", strata=["s"]),
        SqlFrame.from_duckdb(duck, "loose", **POPULATION, unit_id="id", strata=["s"]),
    ):
        with frame:
            same(frame, memory, cs.Plan(size=6))


def test_types_that_only_postgresql_has(pg: InPostgreSql) -> None:
    pg.connection.execute("CREATE TYPE product AS ENUM ('Loans', 'Cards')")
    pg.connection.execute("CREATE DOMAIN case_number AS varchar(20)")
    pg.connection.execute("CREATE TABLE x (id case_number, s product, padded char(4), n numeric)")
    pg.connection.execute("INSERT INTO x VALUES ('a', 'Loans', 'a', 1), ('B', 'Cards', 'b', 2.5)")
    with pg.frame("x", unit_id="id", strata=["s"]) as frame:
        rows = [{"id": "a", "s": "Loans"}, {"id": "B", "s": "Cards"}]
        same(frame, in_memory(rows, unit_id="id", strata=["s"]), cs.Plan(size=2))
    for column in ("padded", "n"):
        with pytest.raises(cs.errors.FrameError, match="for example in a view"):
            pg.frame("x", unit_id=column)


def test_types_that_only_duckdb_has(duck: duckdb.DuckDBPyConnection) -> None:
    duck.execute("CREATE TABLE x (id HUGEINT, s ENUM('Loans', 'Cards'), u UTINYINT, b BLOB)")
    duck.execute(f"INSERT INTO x VALUES ({2**126}, 'Loans', 7, 'b'), (-1, 'Cards', 8, 'b')")
    rows = [{"id": 2**126, "s": "Loans", "u": 7}, {"id": -1, "s": "Cards", "u": 8}]
    asked: Any = {"unit_id": "id", "strata": ["s", "u"]}
    with SqlFrame.from_duckdb(duck, "x", **POPULATION | asked) as frame:
        same(frame, in_memory(rows, **asked), cs.Plan(size=2))
    with pytest.raises(cs.errors.FrameError, match="got the type BLOB"):
        SqlFrame.from_duckdb(duck, "x", **POPULATION, unit_id="b")


@pytest.mark.parametrize("home", ["datafusion", "arrow"], indirect=True)
def test_arrow_s_other_texts_are_text_in_datafusion(home: Warehouse) -> None:
    ids = pa.array(["a", "B", "ŵ"])
    for kind in (pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())):
        table = pa.table({"id": ids.cast(kind), "s": ids.dictionary_encode()})
        with home.frame(home.put(table), unit_id="id", strata=["s"]) as frame:
            same(frame, in_memory(table.to_pylist(), unit_id="id", strata=["s"]), cs.Plan(size=3))


@pytest.mark.parametrize(
    "given", [pd.DataFrame, pl.DataFrame, dict, lambda columns: pa.table(columns).to_reader()]
)
@pytest.mark.slow
def test_tables_of_any_library_that_speaks_arrow_are_taken(given: Any) -> None:
    """More rows than one core is given at a time."""
    rows = rows_of(40_000)
    table = given({name: [row[name] for row in rows] for name in rows[0]})
    with SqlFrame.from_arrow(table, **POPULATION | ASKED) as frame:
        same(frame, in_memory(rows, **ASKED), cs.Plan(size=40))


def test_what_is_no_arrow_table_is_refused() -> None:
    for thing in (7, [{"id": 1}], None, "responses"):
        with pytest.raises(
            cs.errors.FrameError, match=r"^table: got .*, which cannot be read as an Arr"
        ):
            SqlFrame.from_arrow(thing, **POPULATION, unit_id="id")
    twice = pa.table([pa.array(["a"]), pa.array(["b"])], names=["id", "id"])
    with pytest.raises(
        cs.errors.FrameError, match=r"^table 'table': cannot be asked \(.*duplicate"
    ):
        SqlFrame.from_arrow(twice, **POPULATION, unit_id="id")


@pytest.mark.parametrize("column", ["id", "s"])
def test_text_in_memory_that_is_not_utf_8_is_refused(column: str) -> None:
    """A reader of Parquet files does not look, and an engine hashes the bytes that it gets."""
    places = [pa.py_buffer(b"".join(n.to_bytes(4, "little") for n in (0, 2, 4)))]
    bad = pa.StringArray.from_buffers(2, *places, pa.py_buffer(b"\xc3\x28ok"))
    table = pa.table({"id": ["a", "b"], "s": ["x", "y"]} | {column: bad})
    with pytest.raises(
        cs.errors.FrameError, match=r"^table: got a value of type Table, .*Invalid UTF8 sequence"
    ):
        SqlFrame.from_arrow(table, **POPULATION, unit_id="id", strata=["s"])
    with pytest.raises(
        cs.errors.FrameError, match=f"^column '{column}': got text that is not UTF-8; correct it"
    ):
        cs.Frame.from_dataframe(table, **POPULATION, unit_id="id", strata=["s"])


def test_a_table_in_memory_needs_datafusion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datafusion", None)
    with pytest.raises(cs.errors.MissingPartError, match=r"pip install 'ceosample\[datafusion\]'"):
        SqlFrame.from_arrow(table_of(rows_of(9)), **POPULATION, unit_id="id")


def test_a_table_in_memory_is_not_counted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot change, so a draw from it is one question."""
    asked: list[str] = []
    rows = DataFusion.rows

    def counted(home: DataFusion, query: questions.Query) -> Any:
        asked.append(query.text)
        return rows(home, query)

    with SqlFrame.from_arrow(table_of(rows_of(900)), **POPULATION | ASKED, manifest=False) as frame:
        monkeypatch.setattr(DataFusion, "rows", counted)
        cs.draw(frame, cs.Plan(size=24), SEED)
    assert len(asked) == 1, asked


def test_files_larger_than_a_batch_are_read_by_datafusion(tmp_path: Path) -> None:
    """'DataFusion (Parquet, CSV, Arrow larger than memory)'"""
    rows = rows_of(20_000)
    memory = in_memory(rows, **ASKED)
    context = _context()
    pa.parquet.write_table(table_of(rows), tmp_path / "r.parquet", row_group_size=3000)
    pa.csv.write_csv(table_of(rows), tmp_path / "r.csv")
    context.register_parquet("p", str(tmp_path / "r.parquet"))
    context.register_csv("c", str(tmp_path / "r.csv"))
    for table in ("p", "c"):
        with SqlFrame.from_datafusion(context, table, **POPULATION | ASKED) as frame:
            same(frame, memory, cs.Plan(size=40))


def test_an_engine_that_reads_double_quotes_as_text_is_refused() -> None:
    """There every id would be the column's name, and every ticket the same."""
    import datafusion

    config = datafusion.SessionConfig().set("datafusion.sql_parser.dialect", "mysql")
    context = datafusion.SessionContext(config)
    InDataFusion(context).put(table_of(rows_of(9)), "t")
    with pytest.raises(cs.errors.FrameError, match="give it its usual dialect"):
        SqlFrame.from_datafusion(context, "t", **POPULATION, unit_id="id")


def test_a_database_in_another_encoding_is_refused(postgresql: Any) -> None:
    """There text would be sorted by other bytes."""
    with postgresql.connect() as admin:
        admin.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        with postgresql.connect("latin") as connection:
            with pytest.raises(cs.errors.FrameError, match="text is LATIN1"):
                SqlFrame.from_postgresql(connection, "t", **POPULATION, unit_id="id")
            assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    finally:
        with postgresql.connect() as admin:
            admin.execute("DROP DATABASE latin WITH (FORCE)")


def test_a_null_character_is_reported_where_text_can_hold_one(
    duck: duckdb.DuckDBPyConnection,
) -> None:
    duck.execute("CREATE TABLE t AS SELECT 'a' || chr(0) AS id")
    with pytest.raises(cs.errors.FrameError, match=r"control character \(U\+0000\)"):
        SqlFrame.from_duckdb(duck, "t", **POPULATION, unit_id="id")


def test_a_frame_shows_itself_without_an_id(home: Warehouse) -> None:
    with home.frame(home.put(table_of(rows_of(90))), **ASKED) as frame:
        assert repr(frame).startswith(
            "<SqlFrame complaint-responses 2026-10: 80 eligible in 16 strata, 10 left out, in "
        )
        assert "<td" in frame._repr_html_()
        assert "CR-" not in repr(frame) + frame._repr_html_()
