"""A page of rows that is proved at once gives what its rows give one by one, right or wrong."""

from __future__ import annotations

import itertools
import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ceosample.canonical import are_canonical, digest, read_quickly
from ceosample.errors import LedgerError
from ceosample.signoff.proving.readers import readable_rows
from ceosample.signoff.proving.written import WrittenEvents
from ceosample.signoff.rules import forms
from ceosample.signoff.rules.judge import readable
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.read_rows import BEGINNING, After, is_bound, read_pages, read_rows
from ceosample.signoff.store.store import event_of_row

GOLDEN = Path(__file__).parent / "golden"
TEXTS = (GOLDEN / "ledger.jsonl").read_text("utf-8").splitlines()[:41]


class Row(NamedTuple):
    """A row as SQLAlchemy gives it: by name and in the order of the table."""

    sequence: int
    hash: str
    kind: str
    population: str | None
    period: str | None
    unit_id: str | None
    text: str


def row_of(text: str, number: int) -> Row:
    """The row that has its text's hash and columns, as far as the text has any."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    told: dict[str, Any] = found if isinstance(found, dict) else {}
    about: dict[str, Any] = {
        name: told.get(name) for name in ("kind", "population", "period", "unit_id")
    }
    stored = digest(text.encode(errors="surrogateescape"))
    return Row(sequence=number, hash=stored, text=text, **about)


ROWS = [row_of(text, number) for number, text in enumerate(TEXTS, 1)]


def written(fields: dict[str, Any]) -> str:
    """Canonical JSON, but for names beyond the first plane."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def with_text(number: int, text: str) -> list[Row]:
    """The rows with another text at a place, and all that follows chained to it again."""
    rows = [*ROWS[:number], row_of(text, number + 1)]
    for old in TEXTS[number + 1 :]:
        new = {**json.loads(old), "previous": rows[-1].hash}
        rows.append(row_of(written(new), len(rows) + 1))
    return rows


def both(rows: list[Row]) -> None:
    """Pages of any length find what rows find."""
    one_by_one = list(read_rows(rows))
    for length in (1, 7, 1000):
        pages = [rows[begin : begin + length] for begin in range(0, len(rows), length)]
        assert list(read_pages(pages)) == one_by_one
        proved = read_pages(pages, quick=WrittenEvents(few=0).read)
        assert [read[:3] for read in proved] == [read[:3] for read in one_by_one]


WRONG: dict[str, Callable[[str], str]] = {
    "white space": lambda text: text.replace('":', '": ', 1),
    "a new line at its end": lambda text: text + "\n",
    "another order": lambda text: json.dumps(dict(reversed(json.loads(text).items()))),
    "an escape that is not needed": lambda text: text.replace("2026", "\\u0032026", 1),
    "a name twice": lambda text: text.replace('"at":', '"actor":"x","at":', 1),
    "a float": lambda text: text.replace('"sequence":', '"sequence":1e0,"s":', 1),
    "a large number": lambda text: text.replace('"payload":{', '"payload":{"a":9007199254740992,'),
    "no JSON": lambda text: text[:-1],
    "a list": lambda text: f"[{text}]",
    "a key more": lambda text: text.replace('"at":', '"a":1,"at":', 1),
    "an actor of another type": lambda text: text.replace('"actor":"', '"actor":["', 1).replace(
        '","at"', '"],"at"', 1
    ),
    "nothing": lambda text: "",
    "bytes that are not UTF-8": lambda text: text.replace("2026", "\udcff026", 1),
    "half of a pair": lambda text: text.replace("2026", "\\ud800026", 1),
    "deep": lambda text: text.replace('"payload":{', '"payload":{"a":' + "[" * 9999 + "]" * 9999),
}


@pytest.mark.parametrize("how", WRONG)
@pytest.mark.parametrize("number", [0, 20, 40])
def test_what_is_wrong_in_a_page_is_told_as_it_is_of_the_row(how: str, number: int) -> None:
    both(with_text(number, WRONG[how](TEXTS[number])))


def test_a_right_page_is_right_also_with_letters_beyond_the_first_plane() -> None:
    """Python sorts names as RFC 8785 does only up to U+FFFF"""
    both(ROWS)
    names = {"\U0001f99c": 1, "\uff5e": 2}
    text = json.loads(TEXTS[5])
    text["payload"] |= names
    for ordered in (True, False):
        payload = dict(sorted(text["payload"].items(), key=lambda pair: pair[0].encode(
            "utf-16-be" if ordered else "utf-8")))  # fmt: skip
        both(with_text(5, json.dumps({**text, "payload": payload}, ensure_ascii=False,
                                     separators=(",", ":"))))  # fmt: skip


@pytest.mark.parametrize("column", ["sequence", "hash", "kind", "population", "period", "unit_id"])
@pytest.mark.parametrize("number", [0, 20, 40])
def test_a_column_that_differs_is_told_by_either_way(column: str, number: int) -> None:
    rows = [*ROWS]
    other: dict[str, Any] = {column: 99 if column == "sequence" else "else"}
    rows[number] = rows[number]._replace(**other)
    both(rows)
    place = After(number, ROWS[number - 1].hash) if number else BEGINNING
    assert is_bound(ROWS[number], place)
    assert not is_bound(rows[number], place)


@pytest.mark.parametrize("gone", [1, 7, 39])
def test_events_that_were_left_out_are_told_though_the_rest_is_chained_again(gone: int) -> None:
    rows = ROWS[:gone]
    for number, text in enumerate(TEXTS[gone + 1 :], gone + 2):
        rows.append(row_of(written({**json.loads(text), "previous": rows[-1].hash}), number))
    both(rows)
    *_, last = read_rows(rows)
    assert last.fault == (f"event {gone + 1}: missing; the next one there is event {gone + 2}")


def test_texts_whose_ends_are_moved_are_not_canonical() -> None:
    """Joined they look like an array of as many values: each must be one value by itself"""
    moved = ['{"a":1},{"b":2}', '{"c":3', '"d":4}']
    assert json.loads(f"[{','.join(moved)}]") == [{"a": 1}, {"b": 2}, {"c": 3, "d": 4}]
    for text in moved:
        with pytest.raises(ValueError, match=r"more than one value|Expecting"):
            read_quickly(text)
    assert are_canonical(['{"a":1}', "[]"], [{"a": 1}, []])
    assert not are_canonical(['{"a":1}', "[ ]"], [{"a": 1}, []])


def test_a_row_without_text_is_told() -> None:
    row: Any = SimpleNamespace(**{**ROWS[0]._asdict(), "text": None})
    (read,) = read_rows([row])
    assert read.fault == "event 1: its text is not text"
    assert not is_bound(ROWS[0]._replace(text=None), BEGINNING)  # type: ignore[arg-type]


# Forms

#: What makes an event begin rules 2.
BEGINS: dict[str, Any] = {"kind": "rules", "payload": {"rules": 2}}

EVENTS = [Event.read(text.encode()) for text in TEXTS]
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 9), st.text(max_size=3), st.just("a" * 64),
    st.lists(st.text(max_size=2), max_size=2), st.dictionaries(st.text(max_size=2), st.integers(0)),
)  # fmt: skip


@given(st.sampled_from(EVENTS), st.integers(1, 2), st.data())
def test_the_quick_proof_of_a_form_is_the_slow_one_s(
    event: Event, rules: int, data: st.DataObject
) -> None:
    """Whatever is changed: a form is proved right just where nothing is told of it"""
    payload = dict(event.payload)
    change = data.draw(st.sampled_from(["none", "drop", "set", "add", "head"]))
    if change == "drop" and payload:
        del payload[data.draw(st.sampled_from(sorted(payload)))]
    elif change == "set" and payload:
        payload[data.draw(st.sampled_from(sorted(payload)))] = data.draw(VALUES)
    elif change == "add":
        payload[data.draw(st.text(max_size=4))] = data.draw(VALUES)
    changed = attrs.evolve(event, payload=payload)
    if change == "head":
        name = data.draw(st.sampled_from(["at", "recorded_at", "actor", "kind", "period"]))
        head: dict[str, Any] = {name: data.draw(st.text(max_size=12))}
        changed = attrs.evolve(changed, **head)
    assert forms._is_right(changed, rules) == (not list(forms._faults(changed, rules)))


# Readers

MALFORMED = '{"letter":"a"}'


@pytest.mark.parametrize("since", [None, 1, 30])
def test_readers_are_given_the_same_events_quickly_or_not(since: int | None) -> None:
    """Whichever rules were in force, with what is left out named; often enough for patterns"""
    begun = [] if since is None else [attrs.evolve(EVENTS[0], sequence=since, **BEGINS)]
    wrong = [row_of(re.sub(r'"payload":{.*?}', f'"payload":{MALFORMED}', t), 9) for t in TEXTS]
    newer = [row_of(t.replace('"payload":{', '"payload":{"division":["Cards"],'), 9) for t in TEXTS]
    pages = [ROWS, wrong, *[ROWS] * 45, wrong, newer]
    with warnings.catch_warnings(record=True) as quickly:
        warnings.simplefilter("always")
        found = list(readable_rows(pages, begun))
    with warnings.catch_warnings(record=True) as slowly:
        warnings.simplefilter("always")
        rows = itertools.chain.from_iterable(pages)
        assert found == list(readable(map(event_of_row, rows), begun))
    assert [str(one.message) for one in quickly] == [str(one.message) for one in slowly]
    assert len(found) > len(ROWS)
    assert len(slowly) > 10


def test_a_reader_refuses_a_row_whose_text_was_changed() -> None:
    changed = ROWS[5]._replace(text=ROWS[5].text.replace("2026", "2027", 1))
    with pytest.raises(LedgerError, match="its text was changed, or its hash"):
        list(readable_rows([[*ROWS[:5], changed]], []))
