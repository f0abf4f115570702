"""What is said of letters beside their states; corrections, superseded months, holds, erasure."""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample.errors import CeosampleError, ConflictError, LedgerError
from ceosample.signoff.figures.coverage import signoff_coverage
from ceosample.signoff.figures.month_summary import summarise
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.lifecycle import ANNOTATIONS, RECORDED_STATES
from ceosample.signoff.rules.fields import FIELDS, LONGEST_TEXT
from months import (
    AT,
    CEO,
    FRESH_SEED,
    LATER,
    MONTH,
    OFFICE,
    PERIOD,
    PLAN,
    POPULATION,
    SAMPLER,
    SEED,
    Clock,
    Month,
    Salts,
    a_day_on,
    drawn_with,
    frame_of,
    kinds,
    nothing_written,
    open_ledger,
    registered,
    sent,
)
from refusals import DRAW_SUPERSEDED, NO_DRAW, NOT_DRAWN, NOTHING_FROZEN, refused
from thorough import examples

BY: Any = {"by": "exec", "at": AT}
SECRET = "Mrs Quillfeather sings in the choir"

#: Something valid of each kind beside the states.
SAID: dict[str, dict[str, Any]] = {
    "finding": {"verdict": "defective", "codes": ["tone", "wrong-sum"], "text": SECRET},
    "recognition": {"colleague": "h-077", "reason_code": "kindness", "text": SECRET},
    "contact": {"channel": "telephone", "outcome": "satisfied", "text": SECRET},
    "eligibility_questioned": {"reason_code": "duplicate", "text": SECRET},
    "board_answer": {"outcome": "pay", "text": SECRET},
    "note": {"text": SECRET},
    "promise": {"promise": "call-back", "due": "2026-11-30", "to": "h-077", "text": SECRET},
    "promise_kept": {"promise": "call-back", "evidence": "0" * 64, "text": SECRET},
    "promise_broken": {"promise": "call-back", "reason_code": "forgotten", "text": SECRET},
    "action": {
        "cause": "old-form", "action": "rewrite", "due": "2026-12-31", "to": "h-077",
        "text": SECRET,
    },
    "action_done": {"action": "rewrite", "evidence": "0" * 64, "text": SECRET},
}  # fmt: skip


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    with open_ledger("sqlite://" if address.startswith("sqlite") else address) as opened:
        for person in (CEO, "coo"):
            opened.grant(person, "board", since=AT.date(), by="chair", at=AT)
        yield opened


@pytest.fixture
def month() -> Iterator[Month]:
    """A month in memory, where the database makes no difference."""
    with open_ledger() as opened:
        opened.grant(CEO, "board", since=AT.date(), by="chair", at=AT)
        yield sent(opened)


def texts(ledger: Ledger, unit_id: str) -> list[str]:
    return sorted(ledger.texts(unit_id, **MONTH).values())


# Beside the states


@pytest.mark.parametrize("kind", sorted(ANNOTATIONS))
def test_what_is_said_beside_the_states_is_kept_and_moves_no_letter(
    ledger: Ledger, kind: str
) -> None:
    """'Beside the states, and at any time: a finding, recognition, contact, a note'"""
    month = sent(ledger)
    month.prepare(kind)
    event = month.say(kind, **SAID[kind])
    salt = Salts()()
    digest = hashlib.sha256(salt + SECRET.encode()).hexdigest()
    assert event.payload == {**SAID[kind], "text": digest}
    assert ledger.texts(month.first, **MONTH) == {digest: SECRET}
    history = ledger.history(month.first)
    assert (history.state, history.annotations[-1]) == ("sent_for_signature", event)
    month.sign()
    month.say("dispatched", by=OFFICE)
    a_day_on(ledger)
    after = month.say(kind, at=LATER, **SAID[kind])
    assert month.state() == "dispatched"
    assert after.payload["text"] != digest  # a salt of its own, so that nobody sees they are equal
    assert ledger.check().ok


@pytest.mark.parametrize("kind", sorted(ANNOTATIONS))
def test_saying_the_same_twice_keeps_one_event_and_one_text(ledger: Ledger, kind: str) -> None:
    """'saying the same thing twice changes nothing: the event of the first time is given back'"""
    month = sent(ledger)
    for unit_id in (month.first, month.second):
        month.prepare(kind, unit_id)
    first = month.say(kind, **SAID[kind])
    month.sign()
    with nothing_written(ledger):
        assert month.say(kind, **SAID[kind]) == first
    assert texts(ledger, month.first) == [SECRET]
    a_day_on(ledger)
    others = [
        month.say(kind, **{**SAID[kind], "text": "other words"}),
        month.say(kind, at=LATER, **SAID[kind]),
        month.say(kind, by="coo", **SAID[kind]),
        month.say(kind, month.second, **SAID[kind]),
    ]
    assert len({event.hash for event in (first, *others)}) == 5


def test_the_words_are_in_the_table_that_can_be_erased_and_nowhere_else(tmp_path: Path) -> None:
    """'Free text and names stay out: the ledger holds ids, roles, codes and salted digests'"""
    file = tmp_path / "signoff.db"
    with open_ledger(f"sqlite:///{file}") as ledger:
        ledger.grant(CEO, "board", since=AT.date(), by="chair", at=AT)
        month = sent(ledger)
        for kind, said in SAID.items():
            # What ends a promise, and what rests on another action, is said of the second letter.
            unit_id = month.second if kind in ("promise_broken", "action_done") else month.first
            if kind in ("promise_broken", "action", "action_done"):
                month.prepare(kind, unit_id)
            month.say(kind, unit_id, **said)
        month.say("returned_for_rework", reason_code="tone", text=SECRET)
    with sqlite3.connect(file) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master")]
        for table in tables:
            if table not in ("events", "texts"):
                continue
            rows = database.execute(f"SELECT * FROM {table}").fetchall()
            assert any("Quillfeather" in str(row) for row in rows) is (table == "texts")
    database.close()
    with Ledger.open(f"sqlite:///{file}") as ledger:
        assert texts(ledger, month.first) == [SECRET] * (len(SAID) - 2 + 1)
        assert texts(ledger, month.second) == [SECRET] * 2
        for unit_id in (month.first, month.second):
            ledger.forget(unit_id, **MONTH, reason_code="asked", **BY)
        assert ledger.check().ok
    assert b"Quillfeather" not in file.read_bytes()


def test_a_letter_that_was_not_drawn_is_not_spoken_of(ledger: Ledger) -> None:
    month = sent(ledger)
    with nothing_written(ledger):
        for unit_id in ("C-404", month.draw.reserves[0].unit_id):
            with refused(LedgerError, NOT_DRAWN):
                month.say("note", unit_id, text=SECRET)
    assert texts(ledger, month.first) == []


# Faults


@pytest.mark.parametrize("kind", sorted({**RECORDED_STATES, **ANNOTATIONS}))
def test_every_field_that_is_missing_or_too_much_is_named_at_once(month: Month, kind: str) -> None:
    """'A check of a table reports every fault it found, not only the first'"""
    saying = {**RECORDED_STATES, **ANNOTATIONS}[kind]
    known = (*saying.needs, *saying.may)
    valid: dict[str, Any] = {
        "letter": "0" * 64, "reason_code": "a", "outcome": "a", "channel": "a", "to": "b",
        "approver": "c", "amount": "1", "currency": "GBP", "verdict": "sound", "codes": [],
        "colleague": "d", "own_code": "f", "text": "e", "file": "1" * 64, "certificate": "2" * 64,
        "image": "3" * 64, "severity": "0.5", "promise": "p", "cause": "c", "action": "n",
        "due": "2026-11-30", "evidence": "4" * 64,
    }  # fmt: skip
    assert valid.keys() == FIELDS.keys()
    too_much = {name: value for name, value in valid.items() if name not in known}
    with nothing_written(month.ledger), pytest.raises(LedgerError) as refusal:
        month.say(kind, **too_much)
    told = refusal.value.faults
    where = f"letter {month.first}, {kind!r}"
    for name in too_much:
        ours = [fault for fault in told if fault.startswith(f"{where}, {name}: got ")]
        assert len(ours) == 1
        assert f"; remove it, since {kind} takes none" in ours[0]
    missing = [n for n in saying.needs if n != "letter" or kind.startswith("signed")]
    for name in missing:
        assert sum(fault.startswith(f"{where}, {name}: missing; give ") for fault in told) == 1
    assert all(fault.startswith(f"{where}, ") for fault in told)
    pairs = len({"amount", "currency"} & too_much.keys()) == 1
    assert len(told) == len(too_much) + len(missing) + pairs


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("finding", {"verdict": "brilliant", "codes": "tone"}),
        ("finding", {"verdict": ["sound"], "codes": ["tone", "tone"]}),
        ("finding", {"verdict": 1, "codes": [["tone"]]}),
        ("finding", {"verdict": "", "codes": ["Not A Code"]}),
        ("finding", {"verdict": True, "codes": {"tone": 1}}),
        ("recognition", {"colleague": " h", "reason_code": "Kind!"}),
        ("recognition", {"colleague": 7, "reason_code": ""}),
        ("contact", {"channel": "x" * 41, "outcome": "ŵ"}),
        ("contact", {"channel": ["a"], "outcome": {"a": 1}}),
        ("note", {"text": " \n"}),
        ("note", {"text": "x" * (LONGEST_TEXT + 1)}),
        ("note", {"text": f"{SECRET}\0"}),
        ("note", {"text": f"{SECRET}\ud800"}),
        ("note", {"text": 7}),
        ("resolved_nonstandard", {"amount": 1.5, "currency": "gbp"}),
        ("resolved_nonstandard", {"amount": True, "currency": "GB"}),
        ("resolved_nonstandard", {"amount": 10**5000, "currency": "£"}),
        ("resolved_nonstandard", {"amount": "NaN", "currency": 7}),
        ("delegated", {"to": "\ud800"}),
        ("signed", {"letter": "ABC"}),
    ],
)  # fmt: skip
def test_every_field_that_is_wrong_is_named_and_a_text_is_not_repeated(
    month: Month, kind: str, said: dict[str, Any]
) -> None:
    """'An error says where, what it got and what to do'"""
    with nothing_written(month.ledger), pytest.raises(LedgerError) as refusal:
        month.say(kind, **said)
    assert len(refusal.value.faults) == len(said)
    for name, fault in zip(sorted(said), sorted(refusal.value.faults), strict=False):
        assert "; give " in fault, (name, fault)
    assert "Quillfeather" not in str(refusal.value)
    assert texts(month.ledger, month.first) == []


@settings(max_examples=examples(60, one_in=6))
@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: st.none() | st.integers() | st.text(max_size=8) | st.lists(st.text(max_size=3))
            | st.dictionaries(st.text(max_size=2), st.integers(), max_size=1) | st.booleans()
            for name in FIELDS
        },
    ),
    st.sampled_from(sorted({**RECORDED_STATES, **ANNOTATIONS})),
)  # fmt: skip
def test_nothing_that_is_said_ends_in_anything_but_an_event_or_a_refusal(
    said: dict[str, Any], kind: str
) -> None:
    month = _shared_month()
    before = month.ledger.head
    refused = False
    try:
        month.say(kind, month.second, at=LATER, **said)
    except CeosampleError:
        refused = True
    assert not refused or month.ledger.head == before
    assert month.ledger.check().ok


_SHARED: list[Month] = []


def _shared_month() -> Month:
    """One month for all examples of a property; it is never closed, being in memory."""
    if not _SHARED:
        _SHARED.append(sent(Ledger.open("sqlite://", clock=Clock(), salts=Salts())))
    return _SHARED[0]


@pytest.mark.parametrize("kind", ["forgotten", "held", "corrected", "opened", "", "Note"])
def test_what_is_no_saying_is_refused_with_what_there_is(month: Month, kind: str) -> None:
    with (
        nothing_written(month.ledger),
        pytest.raises(LedgerError, match="a kind of event; use one of"),
    ):
        month.say(kind)


# Corrections


def test_a_corrected_step_takes_the_letter_back_to_where_it_was(ledger: Ledger) -> None:
    """'that event is void, as if never said; it stays on record'"""
    month = sent(ledger)
    signed = month.sign()
    corrected = ledger.correct(signed.hash, reason_code="wrong-letter", **BY)
    assert month.state() == "sent_for_signature"
    assert corrected.payload == {"event": signed.hash, "reason_code": "wrong-letter"}
    assert corrected.subject == signed.subject
    assert kinds(ledger, month.first)[-2:] == ["signed", "corrected"]
    assert signoff_coverage(ledger.events()).signoff.count == 0
    again = month.sign()
    assert again.hash != signed.hash
    assert month.state() == "signed"
    assert ledger.check().ok


def test_a_correction_is_said_once(ledger: Ledger) -> None:
    month = sent(ledger)
    signed = month.sign()
    first = ledger.correct(signed.hash, reason_code="slip", **BY)
    with nothing_written(ledger):
        assert ledger.correct(signed.hash, reason_code="slip", by="exec", at=LATER) == first
        for who, why in (("coo", "slip"), ("exec", "other")):
            with pytest.raises(LedgerError, match="was corrected by event"):
                ledger.correct(signed.hash, by=who, at=AT, reason_code=why)
        with pytest.raises(LedgerError, match="corrected cannot be corrected"):
            ledger.correct(first.hash, reason_code="slip", **BY)


def test_what_later_events_stand_on_cannot_be_corrected_before_them(ledger: Ledger) -> None:
    month = sent(ledger)
    signed = month.sign()
    posted = month.say("dispatched", by=OFFICE)
    with nothing_written(ledger), pytest.raises(LedgerError) as refusal:
        ledger.correct(signed.hash, reason_code="slip", **BY)
    told = str(refusal.value)
    assert f"without it event {posted.sequence} (dispatched) would be impossible" in told
    assert "correct that one first" in told
    ledger.correct(posted.hash, reason_code="slip", **BY)
    ledger.correct(signed.hash, reason_code="slip", **BY)
    assert month.state() == "sent_for_signature"
    assert ledger.check().ok


@pytest.mark.parametrize("kind", sorted(ANNOTATIONS))
def test_what_was_said_beside_the_states_can_be_corrected(ledger: Ledger, kind: str) -> None:
    month = sent(ledger)
    month.prepare(kind)
    before = ledger.history(month.first).annotations
    wrong = month.say(kind, **SAID[kind])
    month.sign()
    ledger.correct(wrong.hash, reason_code="slip", **BY)
    assert (month.state(), ledger.history(month.first).annotations) == ("signed", before)
    again = month.say(kind, **SAID[kind])
    assert again.hash != wrong.hash
    assert ledger.history(month.first).annotations == [*before, again]


@pytest.mark.parametrize("kind", ["opened", "frozen", "seed_revealed", "drawn"])
def test_what_fixed_the_draw_is_superseded_and_not_corrected(ledger: Ledger, kind: str) -> None:
    month = sent(ledger)
    event = next(event for event in ledger.events() if event.kind == kind)
    with nothing_written(ledger), pytest.raises(LedgerError, match="with supersede"):
        ledger.correct(event.hash, reason_code="slip", **BY)
    first = ledger.history(month.second).events[0]
    with nothing_written(ledger), pytest.raises(LedgerError, match="that drew or replaced it"):
        ledger.correct(first.hash, reason_code="slip", **BY)
    with open_ledger() as ledger:
        drawn, _ = registered(ledger)
        said: dict[str, Any] = {"reason_code": "duplicate", "approver": "second"}
        replaced = ledger.record("replaced", drawn.unit_ids[0], **BY, **said)
        first = ledger.history(drawn.unit_ids[1]).events[0]
        for wrong in (replaced, first):
            with pytest.raises(LedgerError, match="drew or replaced it cannot be corrected"):
                ledger.correct(wrong.hash, reason_code="slip", **BY)


@pytest.mark.parametrize("event", ["", "0" * 64, "\ud800", "\0", None, 7])
def test_a_hash_that_is_no_event_s_is_refused(ledger: Ledger, event: Any) -> None:
    with nothing_written(ledger), pytest.raises(LedgerError):
        ledger.correct(event, reason_code="slip", **BY)


@pytest.mark.parametrize("code", ["", "Not A Code", None, 7, "x" * 41])
def test_a_reason_that_is_no_code_is_refused_everywhere(month: Month, code: Any) -> None:
    signed = month.sign()
    month.say("note", text=SECRET)
    ledger = month.ledger
    about = {**MONTH, **BY, "reason_code": code}
    with nothing_written(ledger):
        calls: list[Callable[[], Any]] = [
            lambda: ledger.correct(signed.hash, reason_code=code, **BY),
            lambda: ledger.supersede(POPULATION, PERIOD, reason_code=code, approver="second", **BY),
            lambda: ledger.hold(month.first, **about),
            lambda: ledger.forget(month.first, **about),
            lambda: ledger.forget_person("h", reason_code=code, **BY),
        ]
        for call in calls:
            with pytest.raises(LedgerError, match=r"reason_code: got"):
                call()
    assert texts(ledger, month.first) == [SECRET]  # the erasure was undone with its event


def test_a_reconciliation_can_be_corrected_and_said_again(ledger: Ledger) -> None:
    counts: dict[str, Any] = {"opening": 3, "new": 10, "final": 9, "carried": 4}
    sent(ledger)
    first = ledger.reconcile(POPULATION, PERIOD, **counts, **BY)
    assert first.payload == counts
    with nothing_written(ledger):
        assert ledger.reconcile(POPULATION, PERIOD, **counts, by="other", at=LATER) == first
    ledger.correct(first.hash, reason_code="slip", **BY)
    again = ledger.reconcile(POPULATION, PERIOD, **counts, **BY)
    assert again.hash != first.hash
    newer = ledger.reconcile(POPULATION, PERIOD, **{**counts, "new": 11}, **BY)
    assert newer.payload["new"] == 11


@pytest.mark.parametrize("wrong", [-1, True, 1.5, "3", None])
def test_every_count_that_is_none_is_named(month: Month, wrong: Any) -> None:
    with nothing_written(month.ledger), pytest.raises(LedgerError) as refusal:
        month.ledger.reconcile(
            POPULATION, PERIOD, opening=wrong, new=1, final=wrong, carried=0, **BY
        )
    assert len(refusal.value.faults) == 2


# A superseded month


def superseded(ledger: Ledger) -> Month:
    month = sent(ledger)
    month.sign()
    month.say("note", month.second, text=SECRET)
    ledger.supersede(POPULATION, PERIOD, approver="second", reason_code="wrong-frame", **BY)
    return month


def test_a_superseded_draw_and_its_letters_count_no_more_and_stay_on_record(
    ledger: Ledger,
) -> None:
    """'superseded: the month's draw no longer counts, nor do its letters'"""
    month = superseded(ledger)
    assert {"signed", "drawn", "superseded"} <= set(kinds(ledger))
    with nothing_written(ledger):
        for unit_id in month.draw.unit_ids:
            with refused(LedgerError, DRAW_SUPERSEDED):
                ledger.history(unit_id)
        with refused(LedgerError, DRAW_SUPERSEDED):
            month.say("signed", letter=month.digest())
        with refused(LedgerError, NO_DRAW):
            ledger.send(month.pack, by=OFFICE, at=AT)
    assert ledger.check().ok


def test_superseding_twice_is_once_and_by_another_is_nothing_to_do(ledger: Ledger) -> None:
    superseded(ledger)
    newest = list(ledger.events())[-1]
    with nothing_written(ledger):
        again = ledger.supersede(
            POPULATION, PERIOD, approver="second", reason_code="wrong-frame", **BY
        )
        assert again == newest
        with pytest.raises(LedgerError, match="nothing to supersede"):
            ledger.supersede(
                POPULATION, PERIOD, by="coo", at=AT, reason_code="slip", approver="second"
            )
        with pytest.raises(LedgerError, match="nothing to supersede"):
            ledger.supersede(
                POPULATION, "2026-11", by="coo", at=AT, reason_code="slip", approver="second"
            )


def test_after_it_a_new_freeze_needs_a_fresh_seed(ledger: Ledger) -> None:
    """'a new freeze and a fresh seed may follow'"""
    superseded(ledger)
    a_day_on(ledger)
    with nothing_written(ledger), refused(LedgerError, NOTHING_FROZEN):
        ledger.reveal(FRESH_SEED, **MONTH, by=SAMPLER, at=AT)
    frozen = ledger.freeze(frame_of(), PLAN, seed_source="dice", by=SAMPLER, at=LATER)
    assert frozen.at == LATER.isoformat()
    with nothing_written(ledger):
        with pytest.raises(ConflictError, match="so it was known; roll a fresh one"):
            ledger.reveal(SEED, **MONTH, by=SAMPLER, at=LATER)
        with pytest.raises(ConflictError, match="so it was known; roll a fresh one"):
            ledger.register(drawn_with(SEED), by=SAMPLER, at=LATER)


def test_the_same_responses_drawn_anew_begin_anew(ledger: Ledger) -> None:
    old = superseded(ledger)
    new = sent(ledger, seed=FRESH_SEED)
    both = sorted(set(old.draw.unit_ids) & set(new.draw.unit_ids))
    assert both  # ten responses, four and four of them
    for unit_id in new.draw.unit_ids:
        history = ledger.history(unit_id)
        assert (history.state, history.versions, history.annotations) == (
            "sent_for_signature",
            1,
            [],
        )
        assert history.letter == new.pack[unit_id].digest
    new.sign(both[0])
    assert new.state(both[0]) == "signed"
    coverage = signoff_coverage(ledger.events())
    assert (coverage.signoff.count, coverage.signoff.of) == (1, 4)
    old_signature = next(e for e in ledger.events(unit_id=old.first) if e.kind == "signed")
    with nothing_written(ledger), pytest.raises(LedgerError):
        ledger.correct(old_signature.hash, reason_code="slip", **BY)
    assert ledger.check(ledger.head).ok


def test_receipts_and_verify_still_work_for_the_new_draw(ledger: Ledger) -> None:
    """'ledger.check(head=None) and verify(...) return reports'"""
    superseded(ledger)
    frozen = ledger.freeze(frame_of(), PLAN, seed_source="dice", by=SAMPLER, at=AT)
    draw = drawn_with(FRESH_SEED)
    rolled = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    ledger.register(draw, by=SAMPLER, at=AT)
    receipt = ledger.receipt(draw, head=frozen.hash, dated=AT, rolled=rolled)
    with pytest.raises(LedgerError, match="the ledger holds no evidence for this draw"):
        ledger.receipt(drawn_with(SEED), head=frozen.hash, dated=AT, rolled=rolled)
    manifest, excluded, record = draw.files().values()
    report = cs.verification.verify_record(record, manifest, excluded, receipt=receipt)
    assert (report.ok, report.level) == (True, cs.verification.Level.ORDER_PROVEN)


def test_a_second_supersession_may_follow(ledger: Ledger) -> None:
    superseded(ledger)
    new = sent(ledger, seed=FRESH_SEED)
    ledger.supersede(POPULATION, PERIOD, approver="second", reason_code="again", **BY)
    with nothing_written(ledger), refused(LedgerError, DRAW_SUPERSEDED):
        ledger.history(new.first)
    assert ledger.check().ok


# Holds and erasure


def test_under_a_hold_nothing_is_erased(ledger: Ledger) -> None:
    """'held / hold_lifted: a legal hold on a letter'"""
    month = sent(ledger)
    month.say("note", text=SECRET)
    held = ledger.hold(month.first, **MONTH, reason_code="court", **BY)
    with nothing_written(ledger):
        assert ledger.hold(month.first, **MONTH, reason_code="court", **BY) == held
        with pytest.raises(LedgerError, match="under a legal hold; lift it"):
            ledger.forget(month.first, **MONTH, reason_code="asked", **BY)
        with pytest.raises(LedgerError, match=r"held cannot be corrected; .* lift a hold"):
            ledger.correct(held.hash, reason_code="slip", **BY)
    assert texts(ledger, month.first) == [SECRET]
    lifted = ledger.hold(month.first, **MONTH, reason_code="court-over", lift=True, **BY)
    with nothing_written(ledger):
        again = ledger.hold(month.first, **MONTH, reason_code="court-over", lift=True, **BY)
        assert again == lifted
    ledger.forget(month.first, **MONTH, reason_code="asked", **BY)
    assert texts(ledger, month.first) == []


def test_a_hold_that_never_was_cannot_be_lifted(ledger: Ledger) -> None:
    month = sent(ledger)
    with nothing_written(ledger), pytest.raises(LedgerError, match="has no legal hold"):
        ledger.hold(month.first, **MONTH, reason_code="court", lift=True, **BY)


def test_after_forgetting_the_chain_verifies_and_every_figure_is_the_same(ledger: Ledger) -> None:
    """'so a customer can be forgotten and the chain still verifies'"""
    month = sent(ledger)
    month.sign()
    month.say("finding", **SAID["finding"])
    month.say("note", month.second, text="other words")
    before = signoff_coverage(ledger.events()).to_dict()
    gone = ledger.forget(month.first, **MONTH, reason_code="asked", **BY)
    assert gone.payload == {"texts": 1, "reason_code": "asked"}
    assert texts(ledger, month.first) == []
    assert texts(ledger, month.second) == ["other words"]
    assert signoff_coverage(ledger.events()).to_dict() == before
    assert ledger.check().ok
    with nothing_written(ledger):
        assert ledger.forget(month.first, **MONTH, reason_code="asked", **BY) == gone
        # What was said before is not written down again after its words were erased.
        month.say("finding", **SAID["finding"])
    assert texts(ledger, month.first) == []


@pytest.mark.parametrize("unit_id", ["C-404", "", None, 7, "\0", "\ud800", " C-1"])
def test_a_letter_that_is_not_there_is_neither_held_nor_forgotten(
    ledger: Ledger, unit_id: Any
) -> None:
    sent(ledger)
    with nothing_written(ledger):
        for call in (ledger.hold, ledger.forget):
            with pytest.raises(LedgerError, match=r"is not in this ledger|unit_id: got"):
                call(unit_id, **MONTH, reason_code="asked", **BY)


def test_texts_of_a_superseded_draw_can_be_erased_too(ledger: Ledger) -> None:
    month = superseded(ledger)
    assert texts(ledger, month.second) == [SECRET]
    ledger.forget(month.second, **MONTH, reason_code="asked", **BY)
    assert texts(ledger, month.second) == []


# Together


def test_what_is_said_together_is_taken_together(ledger: Ledger) -> None:
    month = sent(ledger)
    with ledger.transaction() as same:
        assert same is ledger
        month.sign()
        month.say("note", text=SECRET)
        assert month.state() == "signed"
        assert ledger.head == ledger.history(month.first).annotations[0].hash
        assert texts(ledger, month.first) == [SECRET]
    assert (month.state(), texts(ledger, month.first)) == ("signed", [SECRET])
    assert ledger.check().ok


def test_of_what_fails_together_nothing_is_taken(ledger: Ledger) -> None:
    """'Take everything that is said in this block, or nothing of it'"""
    month = sent(ledger)

    def several() -> None:
        with ledger.transaction():
            month.sign()
            month.say("note", text=SECRET)
            month.sign("C-404")

    with nothing_written(ledger), pytest.raises(LedgerError, match="C-404"):
        several()
    assert (month.state(), texts(ledger, month.first)) == ("sent_for_signature", [])
    month.sign()
    assert ledger.check().ok


def test_a_block_in_a_block_belongs_to_the_outer_one(ledger: Ledger) -> None:
    month = sent(ledger)

    def nested() -> None:
        with ledger.transaction():
            with ledger.transaction():
                month.sign()
            month.say("note", text=SECRET)
            raise ZeroDivisionError

    with nothing_written(ledger), pytest.raises(ZeroDivisionError):
        nested()
    assert texts(ledger, month.first) == []
    assert month.state() == "sent_for_signature"


def test_a_call_that_is_refused_inside_a_block_leaves_nothing_of_itself(ledger: Ledger) -> None:
    """'Every method that writes takes its events whole or not at all'"""
    month = sent(ledger)
    month.say("returned_for_rework", reason_code="tone")
    with ledger.transaction():
        month.sign(month.second)
        with pytest.raises(LedgerError):
            # Its first two events were written when it is refused, in the block's transaction.
            ledger.record("note", month.first, by="\0", at=AT, text=SECRET)
        month.say("viewed", month.draw.unit_ids[2])
    assert texts(ledger, month.first) == []
    assert kinds(ledger)[-2:] == ["signed", "viewed"]
    assert ledger.check().ok


def test_the_recorder_s_clock_and_words_of_any_script_do_no_harm(ledger: Ledger) -> None:
    month = sent(ledger)
    words = "Ŵ 🦜 \u202e עברית\n\n=cmd|' /C calc'!A0"
    month.say("note", text=words)
    assert texts(ledger, month.first) == [words]
    assert ledger.check().ok


def test_the_summary_of_a_superseded_month_says_so(ledger: Ledger) -> None:
    superseded(ledger)
    (found,) = summarise(ledger.events())
    assert (found.stage, found.letters, found.coverage.signoff.of) == ("superseded", (), 0)
    ledger.freeze(frame_of(), PLAN, seed_source="dice", by=SAMPLER, at=AT)
    assert summarise(ledger.events())[0].stage == "waiting for the seed"


def test_a_month_of_which_the_register_s_counts_alone_are_known_is_no_draw(ledger: Ledger) -> None:
    ledger.reconcile(POPULATION, PERIOD, opening=0, new=1, final=1, carried=0, **BY)
    assert summarise(ledger.events()) == []
