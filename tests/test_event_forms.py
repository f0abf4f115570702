"""A stored event has the names of an event, each of its type, and no other name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from ceosample.canonical import canonical_json
from ceosample.errors import LedgerError
from ceosample.signoff.store.events import Event, UnreadEvent, unread
from ceosample.signoff.store.store import event_of_row

EVENT: dict[str, Any] = {
    "sequence": 1,
    "at": "2026-11-02T09:00:00+01:00",
    "recorded_at": "2026-11-02T08:00:00.000000Z",
    "actor": "office",
    "kind": "viewed",
    "population": "complaint-responses",
    "period": "2026-10",
    "unit_id": "C-1",
    "payload": {},
    "previous": "0" * 64,
}

READERS = [Event.read, Event.parse]

#: A change of the event, and what is then said of it.
CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "surplus": ({"note": "x"}, "its keys"),
    "surplus, first of all": ({"a": 1}, "its keys"),
    "surplus, last of all": ({"zz": None}, "its keys"),
    "sequence 0": ({"sequence": 0}, "its sequence"),
    "sequence -1": ({"sequence": -1}, "its sequence"),
    "sequence, a boolean": ({"sequence": True}, "its sequence"),
    "sequence, a text": ({"sequence": "1"}, "its sequence"),
    "actor, none": ({"actor": None}, "its actor"),
    "unit_id, a number": ({"unit_id": 1}, "its unit_id"),
    "payload, a list": ({"payload": []}, "its payload"),
    "previous, short": ({"previous": "0" * 63}, "its previous"),
    "previous, long": ({"previous": "0" * 65}, "its previous"),
    "previous, upper case": ({"previous": "A" * 64}, "its previous"),
}


@pytest.mark.parametrize("read", READERS)
def test_the_event_is_read(read: Callable[[bytes], Event]) -> None:
    event = read(canonical_json(EVENT))
    assert event.to_dict() == EVENT
    assert event.sequence == 1


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("change", CHANGES)
def test_another_form_is_a_value_error_that_names_the_field(
    read: Callable[[bytes], Event], change: str
) -> None:
    """'ValueError: the text is not JSON, or not an event'"""
    fields, says = CHANGES[change]
    with pytest.raises(ValueError, match=f"not an event: {says}"):
        read(canonical_json({**EVENT, **fields}))


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("name", EVENT)
def test_a_missing_name_is_a_value_error(read: Callable[[bytes], Event], name: str) -> None:
    with pytest.raises(ValueError, match="its keys are not those of an event"):
        read(canonical_json({key: value for key, value in EVENT.items() if key != name}))


@pytest.mark.parametrize("text", [b"[]", b"1", b'"x"', b"null"])
@pytest.mark.parametrize("read", READERS)
def test_what_is_no_object_is_no_event(read: Callable[[bytes], Event], text: bytes) -> None:
    with pytest.raises(ValueError, match="its keys are not those of an event"):
        read(text)


def test_a_subject_needs_all_three_of_its_parts() -> None:
    whole = Event(**EVENT)
    assert whole.subject == ("complaint-responses", "2026-10", "C-1")
    for name in ("population", "period", "unit_id"):
        assert Event(**{**EVENT, name: None}).subject is None


def test_of_an_unreadable_text_what_is_text_is_told_and_the_rest_is_empty() -> None:
    stored = json.dumps({**EVENT, "kind": 7, "note": "x"}).encode()
    event = unread(stored, 12, "not an event")
    assert (event.sequence, event.text, event.fault) == (12, stored, "not an event")
    assert (event.actor, event.kind, event.at) == ("office", "", EVENT["at"])
    assert (event.subject, event.population, event.payload) == (None, None, {})
    assert unread(b"[1]", 3, "x").actor == ""
    assert unread(b"{", 3, "x").previous == ""


@pytest.mark.parametrize("text", ["[" * 100_000, "{", "[1]", "not JSON"])
def test_a_stored_text_that_is_no_event_is_told_of_and_stops_nothing(text: str) -> None:
    """A text that is nested too deeply to be read is one of them."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    event = event_of_row(SimpleNamespace(sequence=4, text=text, hash=digest))
    assert isinstance(event, UnreadEvent)
    assert (event.sequence, event.hash) == (4, digest)
    assert event.fault.startswith("not an event: its ")


@pytest.mark.parametrize("text", ["{}", None, 7, b"{}"])
def test_a_stored_text_that_has_not_its_hash_is_refused(text: object) -> None:
    with pytest.raises(LedgerError, match=r"event 4 cannot be read \(its text "):
        event_of_row(SimpleNamespace(sequence=4, text=text, hash="0" * 64))
