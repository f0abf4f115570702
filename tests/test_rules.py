"""What an event may be: its form, by the one table of kinds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from ceosample.signoff.replay.cases import CASE_KINDS
from ceosample.signoff.replay.lifecycle import PROMISED
from ceosample.signoff.rules.forms import KINDS, faults_of_form
from ceosample.signoff.store.events import Event

GOLDEN = Path(__file__).parent / "golden"


def golden_events() -> Iterator[Event]:
    """Every event that 0.1 recorded in the ledgers that are kept."""
    for path in (GOLDEN / "ledger.jsonl", GOLDEN / "release-0.1/expected/events.jsonl"):
        for line in path.read_bytes().splitlines():
            if "payload" in json.loads(line):
                yield Event.parse(line)


def test_what_0_1_recorded_has_the_form_of_rules_1_and_of_rules_2() -> None:
    events = list(golden_events())
    assert len(events) > 100
    assert {e.kind for e in events} >= KINDS.keys() - {
        *("rules", "clock_corrected", "zone_stated", "repaired", "superseded"),
        *("named", "hold_lifted", "found_ineligible", "eligibility_questioned", "method_stated"),
        *CASE_KINDS,
        *PROMISED,
        *("oop_forgotten", "read", "room_sealed"),
        *("naming_agreed", "naming_withdrawn"),
        *("key_registered", "key_rotated", "key_revoked"),
    }
    assert [fault for event in events for fault in faults_of_form(event, 1)] == []
    assert [fault for event in events for fault in faults_of_form(event, 2)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_field_of_each_kind_is_read(kind: str) -> None:
    """A field that every value fits would be no form."""
    form = KINDS[kind]
    event = next((e for e in golden_events() if e.kind == kind), None)
    if event is None:
        return
    for name in event.payload:
        wrong = attrs.evolve(event, payload={**event.payload, name: {"a": [None]}})
        faults = [*faults_of_form(wrong, 2)]
        assert [fault.partition(":")[0] for fault in faults] == [name] or name in ("plan",)
    for name in form.needs:
        payload = {n: v for n, v in event.payload.items() if n != name}
        (fault,) = faults_of_form(attrs.evolve(event, payload=payload), 2)
        assert fault.startswith(f"{name}: missing")
    (fault,) = faults_of_form(attrs.evolve(event, payload={**event.payload, "else": 1}), 2)
    assert fault.startswith("'else': ")


#: The fields that rules 2 brought to kinds of rules 1. A ledger of 0.1 that has one was forged.
OF_RULES_2 = {
    "frozen": {"program", "reading"},
    "seed_revealed": {"previous_signature"},
    "drawn": {"program"},
    "superseded": {"approver"},
    "selected": {"division", "reading"},
    "reserve": {"division", "reading"},
    "rendered": {"edited_by", "edited_for", "passed_between", "promises"},
    "dispatched": {"claimed_at", "file"},
    "replaced": {"approver", "claimed_at", "own_code"},
    "finding": {"cause", "claimed_at", "severity"},
    "role_revoked": {"for"},
    "oop_proposed": {"what", "why"},
    "oop_reviewed": {"text"},
}
_CLAIMED = ("viewed", "signed", "returned_for_rework", "declined", "escalated_to_board",
            "taken_over", "delegated", "sent_for_signature", "signed_by_deputy", "lapsed",
            "issued_under_other_name", "resolved_nonstandard", "withdrawn", "recognition",
            "contact", "board_answer", "note")  # fmt: skip


def test_rules_1_know_no_field_that_rules_2_brought() -> None:
    brought = OF_RULES_2 | {kind: {"claimed_at"} for kind in _CLAIMED}
    for kind, form in KINDS.items():
        if form.since == 1:
            names = {*form.needs, *form.may}
            assert {n for n in names if form.field(n, 1) is None} == brought.get(kind, set())
            assert all(form.field(name, 2) is not None for name in names)
