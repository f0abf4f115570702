"""The states of a drawn letter and the steps between them, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from ceosample.errors import LedgerError
from ceosample.period import Period
from ceosample.signoff.store.events import Event

#: What is wrong with an event that the ledger itself would not have written.
WRONG_PAYLOAD: Final = "its payload does not fit its kind"

#: Where a letter's history starts.
INITIAL: Final = frozenset({"selected", "reserve"})

_OUT_FOR_SIGNATURE: Final = (
    *("viewed", "signed", "returned_for_rework", "declined", "escalated_to_board", "taken_over"),
    *("delegated", "rendered", "replaced", "found_ineligible", "withdrawn", "lapsed"),
)

#: From a state to the states that may follow it; a state that leads nowhere is an end.
TRANSITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "reserve": ("selected",),
    "selected": ("rendered", "replaced", "found_ineligible", "withdrawn", "lapsed"),
    "rendered": (
        *("rendered", "sent_for_signature", "replaced", "found_ineligible"),
        *("withdrawn", "lapsed"),
    ),
    "sent_for_signature": _OUT_FOR_SIGNATURE,
    "viewed": _OUT_FOR_SIGNATURE,
    "delegated": (
        *("signed_by_deputy", "returned_for_rework", "sent_for_signature"),
        *("found_ineligible", "withdrawn", "lapsed"),
    ),
    "returned_for_rework": (
        *("rendered", "taken_over", "replaced", "found_ineligible"),
        *("withdrawn", "lapsed"),
    ),
    "declined": (
        *("rendered", "issued_under_other_name", "found_ineligible"),
        *("withdrawn", "lapsed"),
    ),
    "escalated_to_board": (
        *("rendered", "signed", "resolved_nonstandard", "found_ineligible"),
        *("withdrawn", "lapsed"),
    ),
    "taken_over": (
        *("rendered", "signed", "resolved_nonstandard", "found_ineligible"),
        *("withdrawn", "lapsed"),
    ),
    "signed": ("dispatched", "returned_for_rework", "found_ineligible", "withdrawn", "lapsed"),
    "signed_by_deputy": (
        *("dispatched", "returned_for_rework", "found_ineligible"),
        *("withdrawn", "lapsed"),
    ),
    "dispatched": (),
    "issued_under_other_name": (),
    "resolved_nonstandard": (),
    "lapsed": (),
    "replaced": (),
    "found_ineligible": (),
    "withdrawn": (),
}

#: States that letters alone have: nobody signs a reading, or sends it out.
OF_LETTERS: Final = frozenset(
    {"signed", "signed_by_deputy", "returned_for_rework", "declined", "delegated", "dispatched"}
    | {"issued_under_other_name", "lapsed"}
)

#: The end of a reading, in place of a signature.
READ: Final = "read"

#: The same table for readings, which are no letters: a call, a chat, a post.
OF_READINGS: Final[Mapping[str, tuple[str, ...]]] = {
    **{
        state: (
            *(step for step in following if step not in OF_LETTERS),
            *([READ] if "signed" in following else []),
        )
        for state, following in TRANSITIONS.items()
        if state not in OF_LETTERS
    },
    READ: (),
}

#: What the executive does in person: signs a letter, or reads what is no letter.
IN_PERSON: Final = ("signed", READ)

#: Ends that leave a letter's own place unfilled, whatever it was before.
UNFILLED: Final = ("replaced", "found_ineligible")

#: What *was never eligible* means, from rules 2 on; a firm's own codes map to one of these.
INELIGIBLE: Final = ("duplicate", "out-of-scope", "not-of-this-period", "not-a-response")

#: Every state that a letter, or a reading, can be in.
STATES: Final = frozenset({*TRANSITIONS, *OF_READINGS})

#: States in which its story is over.
ENDS: Final = frozenset(
    state
    for table in (TRANSITIONS, OF_READINGS)
    for state, following in table.items()
    if not following
)

#: Ends in which a letter went out, so its digest is on record.
WENT_OUT: Final = frozenset(
    {"dispatched", "issued_under_other_name", "resolved_nonstandard", "lapsed"}
)


@attrs.frozen
class EventFields:
    """The names of the fields of an event; ``rules.fields`` holds each field's own rule.

    Attributes:
        needs: the fields that must be given.
        may: the fields that may be given.
    """

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


#: What goes with a digital signature: the signed file, the certificate, an image of a signature.
DIGITALLY: Final = ("file", "certificate", "image")

#: The states that people record, and the fields of each.
RECORDED_STATES: Final[Mapping[str, EventFields]] = {
    "viewed": EventFields(),
    "read": EventFields(("letter",)),
    "signed": EventFields(("letter",), DIGITALLY),
    "returned_for_rework": EventFields(("reason_code",), ("text",)),
    "declined": EventFields(("reason_code",), ("text",)),
    "escalated_to_board": EventFields((), ("reason_code", "text")),
    "taken_over": EventFields(),
    "delegated": EventFields(("to",)),
    "sent_for_signature": EventFields(),
    "signed_by_deputy": EventFields(("letter",), DIGITALLY),
    "dispatched": EventFields(("letter",), ("file",)),
    "issued_under_other_name": EventFields(("letter",)),
    "resolved_nonstandard": EventFields(("letter",), ("amount", "currency", "text")),
    "lapsed": EventFields(("letter", "reason_code")),
    "replaced": EventFields(("reason_code",), ("approver", "own_code")),
    "found_ineligible": EventFields(("reason_code", "approver"), ("own_code", "text")),
    "withdrawn": EventFields(("reason_code", "approver")),
}

#: The steps of a resolution outside policy, in order.
RESOLUTION_STEPS: Final = ("oop_proposed", "oop_cosigned", "oop_reviewed")

#: What a review of a resolution outside policy can come to.
REVIEW_OUTCOMES: Final = ("adopted", "kept", "refused")

#: What people record about a letter at any time, next to its states.
ANNOTATIONS: Final[Mapping[str, EventFields]] = {
    "finding": EventFields(("verdict",), ("codes", "severity", "cause", "text")),
    "recognition": EventFields(("colleague", "reason_code"), ("text",)),
    "contact": EventFields(("channel", "outcome"), ("text",)),
    "eligibility_questioned": EventFields(("reason_code",), ("own_code", "text")),
    "board_answer": EventFields(("outcome",), ("text",)),
    "note": EventFields(("text",)),
    "promise": EventFields(("promise", "due"), ("to", "text")),
    "promise_kept": EventFields(("promise", "evidence"), ("text",)),
    "promise_broken": EventFields(("promise", "reason_code"), ("evidence", "text")),
    "action": EventFields(("cause", "action", "due"), ("to", "text")),
    "action_done": EventFields(("action",), ("evidence", "text")),
}

#: Outcomes of a contact that say that none came about: one was asked for, or nobody was reached.
CONTACT_ASKED: Final = "asked"
CONTACT_FAILED: Final = "not-reached"
NO_CONTACT: Final = (CONTACT_ASKED, CONTACT_FAILED)

#: Outcomes of a contact that say whether the customer stayed; any other leaves that unknown.
KEPT, LEFT = "kept", "left"

#: What is promised to customers, what is to be done about a cause, and what came of both.
PROMISED: Final = ("promise", "promise_kept", "promise_broken", "action", "action_done")

#: How the other states come about, for the message to a person who asks for one of them.
AUTOMATIC_STATES: Final[Mapping[str, str]] = {
    "reserve": "which registering a draw records",
    "selected": "which registering a draw records, or replacing the letter before it",
    "rendered": "which sending a pack records",
}


def require_step(unit_id: str, state: str | None, kind: str, *, is_reading: bool = False) -> None:
    """Raise unless a letter, or a reading, in ``state`` may go to ``kind``.

    Raises:
        LedgerError: it may not; the message says what it may do.
    """
    if kind in (OF_LETTERS if is_reading else (READ,)):
        what = (
            "is a reading, which is no letter: nobody signs it or sends it out; record 'read'"
            if is_reading
            else "is a letter, and only a reading is recorded as read; record 'signed' or 'viewed'"
        )
        raise LedgerError(f"letter {unit_id}: cannot become {kind}; it {what}")
    steps = OF_READINGS if is_reading else TRANSITIONS
    allowed: Iterable[str] = INITIAL if state is None else steps[state]
    if kind in allowed:
        return
    if state in ENDS:
        raise LedgerError(f"letter {unit_id}: cannot become {kind}; it is {state}, which is final")
    before = "as its first state" if state is None else f"from {state}"
    raise LedgerError(
        f"letter {unit_id}: cannot become {kind} {before}; it can become "
        + ", ".join(sorted(allowed))
    )


def is_empty(frozen: Event) -> bool:
    """Whether nothing was eligible in a month, by the event that froze it: it has no draw."""
    return frozen.payload.get("count") == 0


def empty_months(events: Iterable[Event]) -> set[Period]:
    """The months in which nothing was eligible, by the events that count."""
    newest = {event.period: event for event in events if event.kind == "frozen" and event.period}
    return {Period.parse(str(period)) for period, frozen in newest.items() if is_empty(frozen)}
