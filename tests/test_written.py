"""What a pattern proves of an event's text is so: its bytes are canonical, its form is right."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ceosample.canonical import canonical_json
from ceosample.signoff.proving.written import WrittenEvents, pattern_of
from ceosample.signoff.replay.past_signoffs import OUTCOMES
from ceosample.signoff.rules.fields import Field
from ceosample.signoff.rules.forms import KINDS, LETTER, faults_of_form
from ceosample.signoff.rules.in_force import NEWEST
from ceosample.signoff.store.events import Event

GOLDEN = Path(__file__).parent / "golden" / "ledger.jsonl"

#: The kinds of events about a letter, each with its form.
OF_A_LETTER = {kind: form for kind, form in KINDS.items() if form.about == (LETTER,)}

#: Every field of theirs that has a pattern, by a name that tells it.
FIELDS: dict[str, Field] = {
    f"{kind}.{name}": field
    for kind, form in OF_A_LETTER.items()
    for name in sorted(form.names)
    if (field := form.field(name, NEWEST)) is not None and field.written is not None
}
#: The same without those of one pattern and one reader twice.
DIFFERENT = {(field.read, field.written): name for name, field in FIELDS.items()}

HEAD: dict[str, Any] = {
    "sequence": 7,
    "at": "2026-11-02T09:00:00+01:00",
    "recorded_at": "2026-11-02T08:00:00.000000Z",
    "actor": "office",
    "population": "complaint-responses",
    "period": "2026-10",
    "unit_id": "C-1",
    "previous": "0" * 64,
}

#: Texts that a field may hold, or nearly.
TEXTS: list[str] = [
    *(
        "",
        "x",
        " x",
        "x ",
        "a b",
        "é",
        "a\x7f",
        "\x1f",
        'a"b',
        "a\\b",
        "x" * 200,
        "x" * 201,
    ),
    *("a" * 64, "a" * 63, "A" * 64, "tone", "no_code", "a" * 40, "a" * 41, "GBP", "gbp", "{", "}"),
    *("2026-02-28", "2026-02-29", "2024-02-29", "2026-04-31", "2026-12-31", "0000-01-01"),
    *(
        "2026-1-01",
        "２026-01-01",
        "0",
        "1",
        "0.25",
        "0.12345",
        "1.0",
        "1.1",
        "250.00",
        "01.5",
        "-1",
    ),
    *("sound", "defective", "2026-11-02T09:00:00+00:00", "2026-10", OUTCOMES[0]),
]

#: The same with other values.
VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 2, 10**14, 10**15, 2**53 - 1, *TEXTS),
    *([], ["x"], ["x", ""], ["a" * 64], ["tone"], ["tone", "tone"], ["tone", "length"], [1]),
    *({}, {"x": 1}, {"b": 2, "a": 1}, {"x": -1}, {"x": "y"}, {"a": "2026-02-28"}),
    *({"a": "2026-02-30"}, {"A": "2026-02-28"}, {"x": {}}),
]


def reader() -> WrittenEvents:
    return WrittenEvents(few=0)


def written(fields: Any) -> str:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def right(read: Event, text: str) -> bool:
    """Whether reading in full finds the same event, and nothing wrong with its form."""
    return Event.parse(text.encode()) == read and not [*faults_of_form(read, NEWEST)]


@pytest.mark.parametrize("name", DIFFERENT.values())
def test_a_value_that_fits_its_fields_pattern_is_allowed(name: str) -> None:
    pattern, read = re.compile(str(FIELDS[name].written)), FIELDS[name].read
    fitting = [value for value in VALUES if pattern.fullmatch(written(value))]
    assert [value for value in fitting if read(value) != value] == []
    assert fitting != []


@given(st.sampled_from(sorted(OF_A_LETTER)), st.data())
def test_what_a_pattern_proves_is_so(kind: str, data: st.DataObject) -> None:
    """Of any text: of values that fit and others, of fields that are missing, of any head"""
    form, payload = OF_A_LETTER[kind], {}
    for name in sorted(form.names):
        field = form.field(name, NEWEST)
        if field is not None and data.draw(st.integers(0, 9)) < (9 if name in form.needs else 4):
            fits = [v for v in VALUES if field.written and re.fullmatch(field.written, written(v))]
            payload[name] = data.draw(st.sampled_from(fits or VALUES))
    head = {**HEAD, "kind": kind, "payload": payload}
    change = data.draw(st.sampled_from(["none", "none", "head", "payload", "text"]))
    if change == "head":
        head[data.draw(st.sampled_from(sorted(head)))] = data.draw(st.sampled_from(VALUES))
    elif change == "payload":
        payload[data.draw(st.sampled_from(sorted({*form.names, "x"})))] = data.draw(
            st.sampled_from(VALUES)
        )
    text = written(head)
    if change == "text":
        place = data.draw(st.integers(0, len(text)))
        text = text[:place] + data.draw(st.sampled_from(list('", {}0\\'))) + text[place:]
    read = reader().read(kind, text)
    assert read is None or right(read, text)


def test_what_a_release_writes_is_proved() -> None:
    """All events of letters of a golden ledger, so that the proof is quick where it matters"""
    kinds = {text: json.loads(text).get("kind") for text in GOLDEN.read_text("utf-8").splitlines()}
    read = {t: reader().read(kind, t) for t, kind in kinds.items() if kind in OF_A_LETTER}
    assert len(read) > 20
    assert [text for text, event in read.items() if event is None] == []
    assert all(right(event, text) for text, event in read.items() if event is not None)


#: A version's docket, with all that it can hold.
RENDERED: dict[str, Any] = {
    "letter": "a" * 64,
    "signatory": "ceo",
    "version": 1,
    "words": 32,
    "contacts": {"letter": 1, "telephone": 3},
    "passed_between": 2,
    "promises": {"a": "2026-10-31", "b": "2026-11-30"},
    "recorder": "clerk",
}


def test_names_inside_a_payload_must_be_in_their_order_and_once() -> None:
    """A pattern cannot tell either"""
    text = written({**HEAD, "kind": "rendered", "payload": RENDERED})
    event = reader().read("rendered", text)
    assert event is not None
    assert event.payload == RENDERED
    for wrong in ('{"telephone":3,"letter":1}', '{"letter":1,"letter":1}'):
        changed = re.sub(r'{"letter":1,"telephone":3}', wrong, text)
        assert changed != text
        assert reader().read("rendered", changed) is None


def test_a_kind_is_read_in_full_until_a_pattern_pays() -> None:
    texts = WrittenEvents(few=2)
    text = written({**HEAD, "kind": "viewed", "payload": {}})
    assert [texts.read("viewed", text) is None for _ in range(4)] == [True, True, False, False]


def test_each_kind_about_a_letter_has_a_pattern_unless_a_field_of_it_has_none() -> None:
    without = {kind for kind in OF_A_LETTER if pattern_of(kind) is None}
    assert without == set()
    assert pattern_of("drawn") is None
    assert pattern_of("no such kind") is None
    assert canonical_json({"a": 1}) == written({"a": 1}).encode()
