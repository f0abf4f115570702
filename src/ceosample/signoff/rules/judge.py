"""The one judge of events: what is recorded, imported and checked goes by the same rules.

A rule is a function that raises, and a line of ``RULES`` with the number that brings it. To add one
to the newest rules, write the function and the line ``EventRule(2, the_function, "kind", ...)``.
What it refuses cannot be recorded under those rules, is a problem of a check where it stands under
them, and a note where it stands under earlier ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import attrs

from ceosample.errors import CeosampleError, LedgerError
from ceosample.signoff.replay import keys, naming
from ceosample.signoff.replay.cases import CASE_TEXTS, OF_A_CASE, PREFIX, REFERRED
from ceosample.signoff.replay.lifecycle import ANNOTATIONS, RECORDED_STATES
from ceosample.signoff.rules import (
    clock,
    corrections,
    eligibility,
    letters,
    months,
    people,
    times,
)
from ceosample.signoff.rules.context import Context
from ceosample.signoff.rules.forms import KINDS, faults_of_form
from ceosample.signoff.rules.in_force import FIRST, require_begun, rules_after
from ceosample.signoff.rules.outside import cases, resolutions
from ceosample.signoff.store.events import Event, warn_left_out
from ceosample.text import quoted


@attrs.frozen
class Verdict:
    """What the rules say of an event.

    Attributes:
        fault: why its own rules refuse it; None where they allow it.
        malformed: whether its form alone is wrong, so that nothing can be read from it.
        notes: why later rules would refuse it; under its own it counts.
    """

    fault: CeosampleError | None = None
    malformed: bool = False
    notes: tuple[str, ...] = ()


_ALLOWED: Final = Verdict()


class EventRule:
    """A rule: from which number on it holds, what it asks, and the kinds of events it is about."""

    def __init__(self, since: int, require: Callable[[Event, Context], None], *kinds: str) -> None:
        self.since, self.require, self.kinds = since, require, kinds or tuple(KINDS)


#: The kind of event with which a ledger begins.
OPENED: Final = "opened"


def _require_place(event: Event, context: Context) -> None:
    """Raise unless a ledger is opened once, by its first event."""
    first = context.last is None
    if (event.kind == OPENED) != first:
        raise LedgerError(
            f"got {quoted(event.kind)}; a ledger begins with 'opened'" if first else "opened again"
        )


def _require_rules(event: Event, context: Context) -> None:
    """Raise unless an event begins rules after those in force."""
    require_begun(event, context.rules)


def _require_finished(event: Event, context: Context) -> None:
    """Raise if the step before was to be continued, and this event is none of it."""
    step = context.unfinished
    missing = None if step is None or step.accepts(event) else step.missing()
    if missing is not None:
        raise LedgerError(missing)


_STEPS: Final = tuple(RECORDED_STATES)
_INELIGIBLE: Final = ("replaced", "found_ineligible")
_OF_A_LETTER: Final = (*_STEPS, *ANNOTATIONS)
_CASE_STEPS: Final = tuple(PREFIX + kind for kind in OF_A_CASE)
_BY_ROLE: Final = (
    *("chain_published", "frozen", "seed_revealed", "drawn", "superseded", "imported"),
    *("import_withdrawn", "method_stated"),
)

#: Every rule, in the order in which they are asked; the first that refuses is the one that is told.
RULES: Final = (
    EventRule(1, times.require_forward),
    EventRule(2, times.require_times),
    EventRule(1, _require_finished),
    EventRule(1, _require_rules, "rules"),
    # Months.
    EventRule(1, months.require_no_seed, "frozen"),
    EventRule(1, months.require_committed, "frozen"),
    EventRule(1, months.require_whole_block, "frozen"),
    EventRule(1, months.require_frozen_before, "seed_revealed"),
    EventRule(1, months.require_block_as_frozen, "seed_revealed"),
    EventRule(1, months.require_revealed_before, "drawn"),
    EventRule(1, months.require_of_the_draw, "selected", "reserve"),
    EventRule(1, months.require_importable, "imported"),
    EventRule(2, months.require_zone_unknown, "zone_stated"),
    EventRule(2, months.require_method_unknown, "method_stated"),
    EventRule(1, months.require_imported, "import_withdrawn"),
    EventRule(1, months.require_role_of, *_BY_ROLE),
    EventRule(1, months.require_draw_to_supersede, "superseded"),
    EventRule(1, months.require_seeds, "chain_published", "frozen", "seed_revealed", "corrected"),
    # Letters.
    EventRule(1, letters.require_step, "rendered", *_STEPS),
    EventRule(1, letters.require_next_version, "rendered"),
    EventRule(2, letters.require_another_allows, "rendered"),
    EventRule(1, months.require_sent_whole, "sent_for_signature"),
    EventRule(1, letters.require_recall, "sent_for_signature"),
    EventRule(1, letters.require_time, *_STEPS),
    EventRule(1, letters.require_drawn, *ANNOTATIONS),
    EventRule(1, letters.require_duties_of, *_OF_A_LETTER),
    EventRule(1, letters.require_known, "held", "hold_lifted", "forgotten"),
    EventRule(1, letters.require_hold, "held", "hold_lifted"),
    EventRule(1, letters.require_erasable, "forgotten"),
    EventRule(1, corrections.require_correction, "corrected"),
    # What was seen stays seen.
    EventRule(2, eligibility.require_listed_reason, *_INELIGIBLE, "eligibility_questioned"),
    EventRule(2, eligibility.require_never_sent, "replaced"),
    EventRule(2, eligibility.require_sent, "found_ineligible"),
    EventRule(2, eligibility.require_two_persons, *_INELIGIBLE),
    EventRule(2, eligibility.require_not_the_executive, *_INELIGIBLE),
    EventRule(2, eligibility.require_an_independent_person, "found_ineligible"),
    EventRule(2, months.require_approver_of_superseding, "superseded"),
    EventRule(2, letters.require_for_the_board, "board_answer"),
    EventRule(2, letters.require_a_limit, "resolved_nonstandard"),
    EventRule(2, letters.require_open_promise, "promise_kept", "promise_broken"),
    EventRule(2, letters.require_cause, "action"),
    EventRule(2, letters.require_open_action, "action_done"),
    EventRule(2, letters.require_nothing_rests_on, "corrected"),
    # Cases.
    EventRule(2, cases.require_next_case, REFERRED),
    EventRule(2, cases.require_step_of_case, *_CASE_STEPS),
    EventRule(2, cases.require_duties_of_case, *_CASE_STEPS),
    EventRule(2, cases.require_texts_of_case, *CASE_TEXTS),
    # People and resolutions.
    EventRule(1, people.require_grant, "role_granted"),
    EventRule(1, people.require_held, "role_revoked"),
    EventRule(2, people.require_own_word, naming.AGREED),
    EventRule(2, people.require_agreed, naming.WITHDRAWN),
    EventRule(2, people.require_own_key, keys.REGISTERED, keys.ROTATED),
    EventRule(2, people.require_new_key, keys.REGISTERED, keys.ROTATED),
    EventRule(2, people.require_revocable, keys.REVOKED),
    EventRule(1, resolutions.require_new_resolution, "oop_proposed"),
    EventRule(1, resolutions.require_second_colleague, "oop_cosigned"),
    EventRule(1, resolutions.require_reviewer, "oop_reviewed"),
    EventRule(2, resolutions.require_customer_facing, "oop_proposed", "oop_cosigned"),
    EventRule(2, resolutions.require_inside_limit, "oop_cosigned"),
    EventRule(2, resolutions.require_erasable, "oop_forgotten"),
)

_RULES_OF: Final = {kind: [rule for rule in RULES if kind in rule.kinds] for kind in KINDS}


def judge(event: Event, context: Context, right_under: int | None = None) -> Verdict:
    """What the rules say of an event that follows on what the context holds.

    Args:
        event: the event.
        context: the ledger before it.
        right_under: the number of rules under which its form was proved right; None for no proof.
    """
    rules, before = rules_after(event, context.rules), context.last
    if before is None or event.kind == OPENED:
        try:
            _require_place(event, context)
        except LedgerError as error:
            return Verdict(error, malformed=True)
    faults = [] if right_under == rules else list(faults_of_form(event, rules))
    if faults:
        return Verdict(LedgerError(*faults), malformed=True)
    notes: list[str] = []
    is_in_order = before is not None and clock.are_in_order(event, before)
    for rule in _RULES_OF[event.kind]:
        if is_in_order and rule.require in times.PROVED:
            continue
        try:
            rule.require(event, context)
        except CeosampleError as refusal:
            if rule.since <= rules:
                return Verdict(refusal, notes=tuple(notes))
            notes += refusal.faults
    return Verdict(notes=tuple(notes)) if notes else _ALLOWED


def readable(
    events: Iterable[Event], begun: Sequence[Event], *, tell: bool = True
) -> Iterator[Event]:
    """The events whose form their own rules allow.

    Args:
        events: events of a ledger.
        begun: its events ``rules``, which say which rules were in force where.
        tell: True to warn of each event that is left out, with its number.
    """
    for event in events:
        fault = fault_of_form(event, begun)
        if fault is None:
            yield event
        elif tell:
            warn_malformed(event, fault)


def warn_malformed(event: Event, fault: str) -> None:
    """Warn of an event whose form is wrong."""
    warn_left_out(f"event {event.sequence}: is malformed ({fault})")


def fault_of_form(event: Event, begun: Sequence[Event]) -> str | None:
    """What is wrong with an event's form under its own rules; None where nothing is."""
    rules = FIRST
    for beginning in begun:
        if beginning.sequence <= event.sequence:
            rules = rules_after(beginning, rules)
    return next(faults_of_form(event, rules), None)
