"""The table of states against the specification's, written out again by hand."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ceosample.errors import LedgerError
from ceosample.signoff.replay.lifecycle import (
    AUTOMATIC_STATES,
    ENDS,
    INITIAL,
    OF_READINGS,
    READ,
    RECORDED_STATES,
    STATES,
    TRANSITIONS,
    WENT_OUT,
    require_step,
)

#: 'States of a drawn letter' in SIGNOFF.md, one line a state, in the words that stand there; and
#: ``found_ineligible`` of rules 2, which takes the place of ``replaced`` once a letter was sent.
SPECIFICATION = {
    "reserve": "selected",
    "selected": "rendered, replaced, found_ineligible, withdrawn, lapsed",
    "rendered": ("rendered, sent_for_signature, replaced, found_ineligible, withdrawn, lapsed"),
    "sent_for_signature": (
        "viewed, signed, returned_for_rework, declined, escalated_to_board, taken_over, "
        "delegated, rendered, replaced, found_ineligible, withdrawn, lapsed"
    ),
    "viewed": (
        "viewed, signed, returned_for_rework, declined, escalated_to_board, taken_over, "
        "delegated, rendered, replaced, found_ineligible, withdrawn, lapsed"
    ),
    "delegated": (
        "signed_by_deputy, returned_for_rework, sent_for_signature, found_ineligible, "
        "withdrawn, lapsed"
    ),
    "returned_for_rework": "rendered, taken_over, replaced, found_ineligible, withdrawn, lapsed",
    "declined": "rendered, issued_under_other_name, found_ineligible, withdrawn, lapsed",
    "escalated_to_board": (
        "rendered, signed, resolved_nonstandard, found_ineligible, withdrawn, lapsed"
    ),
    "taken_over": ("rendered, signed, resolved_nonstandard, found_ineligible, withdrawn, lapsed"),
    "signed": "dispatched, returned_for_rework, found_ineligible, withdrawn, lapsed",
    "signed_by_deputy": "dispatched, returned_for_rework, found_ineligible, withdrawn, lapsed",
    "dispatched": "",
    "issued_under_other_name": "",
    "resolved_nonstandard": "",
    "lapsed": "",
    "replaced": "",
    "found_ineligible": "",
    "withdrawn": "",
}


def _words(line: str) -> set[str]:
    return set(line.split(", ")) if line else set()


def _reachable(start: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        state = waiting.pop()
        if state not in found:
            found.add(state)
            waiting += TRANSITIONS[state]
    return found


def test_the_table_has_the_states_of_the_specification() -> None:
    """'States of a drawn letter'"""
    assert set(TRANSITIONS) == set(SPECIFICATION) == STATES - {READ}


@pytest.mark.parametrize("state", sorted(SPECIFICATION))
def test_a_state_leads_where_the_specification_says(state: str) -> None:
    """'from | to'"""
    assert set(TRANSITIONS[state]) == _words(SPECIFICATION[state])
    assert len(TRANSITIONS[state]) == len(set(TRANSITIONS[state]))


def test_every_step_leads_to_a_state_of_the_table() -> None:
    assert {state for following in TRANSITIONS.values() for state in following} <= STATES


def test_every_state_can_be_reached_from_where_a_letter_begins() -> None:
    """'reserve | selected (only when its stratum's selected letter was replaced, in order)'"""
    assert {"selected", "reserve"} == INITIAL
    assert _reachable(INITIAL) == STATES - {READ}


def test_every_state_but_reserve_can_be_reached_by_a_letter_that_was_drawn() -> None:
    assert _reachable(["selected"]) == STATES - {"reserve", READ}


def test_the_ends_are_those_of_the_specification_and_lead_nowhere() -> None:
    """'(end: a letter went out; its digest and time are recorded)', '(end: none did)'"""
    went_out = {"dispatched", "issued_under_other_name", "resolved_nonstandard", "lapsed"}
    assert went_out == WENT_OUT
    assert went_out | {"read", "replaced", "found_ineligible", "withdrawn"} == ENDS
    assert all(TRANSITIONS[state] == () for state in ENDS - {READ})


@pytest.mark.parametrize("state", sorted(set(TRANSITIONS) - ENDS))
def test_from_every_other_state_an_end_can_be_reached(state: str) -> None:
    assert _reachable([state]) & ENDS


def test_a_state_is_brought_about_by_saying_so_or_otherwise_and_never_both() -> None:
    assert set(RECORDED_STATES) | set(AUTOMATIC_STATES) == STATES
    assert set(RECORDED_STATES) & set(AUTOMATIC_STATES) == set()


@pytest.mark.parametrize("state", sorted(WENT_OUT))
def test_an_end_in_which_a_letter_went_out_records_its_digest(state: str) -> None:
    """'(end: a letter went out; its digest and time are recorded)'"""
    assert "letter" in RECORDED_STATES[state].needs


@pytest.mark.parametrize("state", ["lapsed", "withdrawn"])
def test_a_lapse_and_a_withdrawal_need_a_reason_code(state: str) -> None:
    """'It needs a named releaser and a reason code'; 'It needs a reason code and an approver'"""
    assert "reason_code" in RECORDED_STATES[state].needs


@pytest.mark.parametrize("state", sorted(SPECIFICATION))
def test_a_step_is_allowed_exactly_where_the_table_has_it(state: str) -> None:
    _require_steps(state, _words(SPECIFICATION[state]), is_reading=False)


@pytest.mark.parametrize("state", sorted(OF_READINGS))
def test_nobody_signs_or_posts_a_reading_and_it_is_read_where_a_letter_is_signed(
    state: str,
) -> None:
    of_letters = {
        *("signed", "signed_by_deputy", "returned_for_rework", "declined", "delegated"),
        *("dispatched", "issued_under_other_name", "lapsed"),
    }
    assert set(OF_READINGS) == STATES - of_letters
    allowed = _words(SPECIFICATION.get(state, ""))
    ends = {READ} if "signed" in allowed else set[str]()
    _require_steps(state, (allowed - of_letters) | ends, is_reading=True)


def _require_steps(state: str, allowed: set[str], *, is_reading: bool) -> None:
    for kind in sorted(STATES):
        if kind in allowed:
            require_step("R-1", state, kind, is_reading=is_reading)
        else:
            with pytest.raises(LedgerError, match=rf"letter R-1: cannot become {kind}"):
                require_step("R-1", state, kind, is_reading=is_reading)


@pytest.mark.parametrize("kind", sorted(STATES - {"read"}))
def test_a_story_begins_with_a_draw(kind: str) -> None:
    if kind in ("selected", "reserve"):
        require_step("R-1", None, kind)
    else:
        with pytest.raises(LedgerError, match="as its first state; it can become reserve, selecte"):
            require_step("R-1", None, kind)


def test_a_refusal_says_what_is_allowed() -> None:
    """'An error says where, what it got and what to do'"""
    with pytest.raises(LedgerError) as refusal:
        require_step("R-1", "declined", "signed")
    assert str(refusal.value) == (
        "letter R-1: cannot become signed from declined; it can become "
        "found_ineligible, issued_under_other_name, lapsed, rendered, withdrawn"
    )
    with pytest.raises(LedgerError, match="it is dispatched, which is final"):
        require_step("R-1", "dispatched", "signed")
