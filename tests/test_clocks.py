"""The times of events: a claim is near the recorder's clock, and that clock goes forward."""

from __future__ import annotations

import contextlib
import datetime as dt
import inspect
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace as Namespace
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
from ceosample.duration import as_option, from_option, in_words
from ceosample.errors import ClockError, ConflictError, LedgerError
from ceosample.job.due import month_states
from ceosample.sampling.seeds.beacon import round_after
from ceosample.sampling.ticket import SCHEME
from ceosample.signoff.figures.month_summary import summarise
from ceosample.signoff.intake.tracker import TrackerRow
from ceosample.signoff.recording.event_fields import RECORDABLE
from ceosample.signoff.replay.seeds import Seeds
from ceosample.signoff.rules.clock import BEHIND, PAUSE
from months import (
    AT,
    CEO,
    MONTH,
    OFFICE,
    PLAN,
    POPULATION,
    SAMPLER,
    SEED,
    Clock,
    Month,
    drawn_with,
    frame_of,
    kinds,
    nothing_written,
    open_ledger,
    pack_of,
    sent,
)
from thorough import examples

#: A value of each field that a kind of event needs.
VALUES = {
    "letter": "0" * 64, "reason_code": "tone", "to": "dep", "approver": "bo", "verdict": "sound",
    "colleague": "h-1", "channel": "post", "outcome": "asked", "text": "words",
    "promise": "call-back", "cause": "old-form", "action": "rewrite", "due": "2026-12-31",
    "evidence": "5" * 64,
}  # fmt: skip
YEAR = dt.timedelta(days=365)
AHEAD = dt.timedelta(minutes=10)
HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)
TOO_LATE = AT + AHEAD + SECOND
NINE = "2026-11-02T08:00:00.000000Z"
FIELDS: dict[str, dict[str, Any]] = {
    kind: {name: VALUES[name] for name in fields.needs} for kind, fields in RECORDABLE.items()
}
BOARD: dict[str, Any] = {"by": "board", "reason_code": "slip"}


@attrs.define
class Hand:
    """A recorder's clock that is set by hand."""

    now: dt.datetime = AT

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def ledger(hand: Hand) -> Iterator[cs.Ledger]:
    """A ledger whose clock is set by hand; whatever a test does to it, its check is content."""
    with open_ledger(clock=hand) as opened:
        yield opened
        assert opened.check().ok


@pytest.fixture
def month(ledger: cs.Ledger) -> Month:
    return sent(ledger)


def old(hand: Callable[[], dt.datetime]) -> cs.Ledger:
    """A ledger of 0.1: nothing in it says that it is under rules 2."""
    with open_ledger(clock=Clock()) as new:
        first = next(new.export())
    return cs.Ledger.restore("sqlite://", [first], clock=hand)


def grant(ledger: cs.Ledger, at: dt.datetime, person: str = "ann") -> cs.Event:
    return ledger.grant(person, "sampler", since=dt.date(2026, 1, 1), by="board", at=at)


#: What stands for a field that the file does not have.
LEFT_OUT = "left out"


def saved(month: Month, ahead: dt.timedelta, *more: dict[str, Any], **top: Any) -> bytes:
    """A file of the signing room, of a computer whose clock is so far ahead."""
    about = {**MONTH, "unit_id": month.first, "letter": month.digest(), "by": CEO}
    entries = [{**about, "kind": "signed"}, {**about, "kind": "note", "text": "well said"}, *more]
    for place, entry in enumerate(entries):
        entry["at"] = (AT + ahead + dt.timedelta(minutes=place)).isoformat()
    saved_at = (AT + ahead + dt.timedelta(minutes=5)).isoformat()
    file = {"scheme": SCHEME, "pack": month.pack.digest, "saved_at": saved_at}
    whole = {**file, "decisions": entries, **top}
    return json.dumps({name: value for name, value in whole.items() if value != LEFT_OUT}).encode()


# What is claimed


def claims() -> dict[str, Callable[[Month, dt.datetime], object]]:
    """For each method of the ledger's face that takes a time, a call that nothing else refuses."""
    of: dict[str, Any] = {"population": POPULATION, "by": "ann"}
    row = TrackerRow(1, "X-1", cs.Period(2026, 8), None, "signed", None, None)
    tracker = cs.tracker.Tracker("f" * 64, 1, (row,), 0)
    resolution: dict[str, Any] = {"policy": "late-fee", "review_by": dt.date(2026, 12, 1)}

    def imported(month: Month, at: dt.datetime) -> object:
        return month.ledger.import_history(tracker, **of, at=at)

    def withdrawn(month: Month, at: dt.datetime) -> object:
        imported(month, AT)
        said: dict[str, Any] = {**of, "reason_code": "wrong-file"}
        return month.ledger.withdraw_history(tracker.file, **said, at=at)

    def reviewed(month: Month, at: dt.datetime) -> object:
        month.ledger.propose("O-1", **resolution, **of, at=AT)
        month.ledger.cosign("O-1", **{**of, "by": "bo"}, at=AT)
        return month.ledger.review("O-1", "kept", **{**of, "by": "cy"}, at=at)

    def cosigned(month: Month, at: dt.datetime) -> object:
        month.ledger.propose("O-1", **resolution, **of, at=AT)
        return month.ledger.cosign("O-1", **{**of, "by": "bo"}, at=at)

    def corrected(month: Month, at: dt.datetime) -> object:
        return month.ledger.correct(month.say("viewed").hash, **BOARD, at=at)

    def revoked(month: Month, at: dt.datetime) -> object:
        grant(month.ledger, AT)
        return month.ledger.revoke("ann", "sampler", since=dt.date(2026, 11, 2), by="b", at=at)

    case: dict[str, Any] = {"population": POPULATION, "by": CEO}

    def said_of_a_case(month: Month, at: dt.datetime) -> object:
        month.ledger.refer("letter", **case, at=AT)
        return month.ledger.record_case("note", "case-1", **case, text="words", at=at)

    def withdrew(month: Month, at: dt.datetime) -> object:
        month.ledger.agree_to_naming("ann", "Ann", "staff", at=AT)
        return month.ledger.withdraw_naming("ann", by="bo", at=at)

    def words_gone(month: Month, at: dt.datetime) -> object:
        month.ledger.propose("O-1", **resolution, **of, at=AT, what="paid back")
        return month.ledger.forget_resolution("O-1", **of, at=at, reason_code="asked")

    fresh = cs.Frame.from_records([{"id": "F"}], **{**MONTH, "period": "2026-09"}, unit_id="id")
    chain = cs.seeds.SeedChain.new(POPULATION, first="2027-01", months=2, random=bytes)
    letter: dict[str, Any] = {**MONTH, "by": "ann", "reason_code": "claim"}
    counts: dict[str, Any] = {"opening": 1, "new": 1, "final": 1, "carried": 1}
    return {
        "agree_to_naming": lambda m, at: m.ledger.agree_to_naming("ann", "Ann", "staff", at=at),
        "allow_ahead": lambda m, at: m.ledger.allow_ahead(dt.timedelta(0), by="ann", at=at),
        "correct": corrected,
        "cosign": cosigned,
        "forget": lambda m, at: m.ledger.forget(m.first, **letter, at=at),
        "forget_person": lambda m, at: m.ledger.forget_person("ann", **BOARD, at=at),
        "forget_resolution": words_gone,
        "freeze": lambda m, at: m.ledger.freeze(
            fresh, cs.Plan(size=1), seed_source="dice", by="a", at=at
        ),
        "grant": lambda m, at: grant(m.ledger, at),
        "hold": lambda m, at: m.ledger.hold(m.first, **letter, at=at),
        "import_history": imported,
        "name": lambda m, at: m.ledger.name("ann", "Ann", by="board", at=at),
        "propose": lambda m, at: m.ledger.propose("O-1", **resolution, **of, at=at),
        "publish": lambda m, at: m.ledger.publish(chain, by="ann", at=at),
        "reconcile": lambda m, at: m.ledger.reconcile(**MONTH, **counts, by="ann", at=at),
        "record": lambda m, at: m.say("viewed", at=at),
        "record_case": said_of_a_case,
        "refer": lambda m, at: m.ledger.refer("letter", **case, at=at),
        "review": reviewed,
        "revoke": revoked,
        "seal_room": lambda m, at: m.ledger.seal_room(m.pack, b"room", by="ann", at=at),
        "sign": lambda m, at: m.ledger.sign(m.first, letter=m.digest(), by=CEO, at=at),
        "state_method": lambda m, at: m.ledger.state_method(**MONTH, by="ann", at=at),
        "supersede": lambda m, at: m.ledger.supersede(**MONTH, **BOARD, approver="b", at=at),
        "withdraw_history": withdrawn,
        "withdraw_naming": withdrew,
    }


#: Methods that each have a test of their own below.
BY_THEMSELVES = {"register", "repair", "reveal", "send", "upgrade"} | {
    f"{verb}_key" for verb in ("register", "revoke", "rotate")
}


def with_a_time() -> set[str]:
    """The public methods of a ledger that are told when something happened."""
    return {
        name
        for kind in cs.Ledger.__mro__
        for name, method in vars(kind).items()
        if inspect.isfunction(method) and not name.startswith("_")
        if "at" in inspect.signature(method).parameters
    }


def test_every_method_that_takes_a_time_is_tried() -> None:
    assert claims().keys() | BY_THEMSELVES == with_a_time()


@pytest.mark.parametrize("method", sorted(claims()))
def test_nothing_is_claimed_for_later_than_the_clock_allows(month: Month, method: str) -> None:
    """'`at` more than 10 minutes (a key) later than the recorder's clock is refused'"""
    call = claims()[method]
    with pytest.raises(LedgerError, match=r"at: got .* after the recorder's clock") as refused:
        call(month, TOO_LATE)
    assert refused.value.exit_code == 65
    head = month.ledger.head
    call(month, AT + AHEAD)
    assert month.ledger.head != head


@pytest.mark.parametrize("kind", sorted(RECORDABLE))
def test_no_kind_of_event_is_claimed_for_later(month: Month, kind: str) -> None:
    """Every kind that people record, though some are refused for more than their time."""
    with nothing_written(month.ledger), pytest.raises(LedgerError):
        month.say(kind, **FIELDS[kind], at=TOO_LATE)


def test_no_key_is_registered_rotated_or_revoked_later() -> None:
    old = cs.verification.RecorderKey.new(lambda count: b"\x07" * count)
    new = cs.verification.RecorderKey.new(lambda count: b"\x08" * count)
    with cs.Ledger.open("sqlite://", clock=lambda: AT, key=old) as ledger:
        with nothing_written(ledger), pytest.raises(LedgerError, match="at: got"):
            ledger.register_key(old, by="ann", at=TOO_LATE)
        ledger.register_key(old, by="ann", at=AT)
        with nothing_written(ledger), pytest.raises(LedgerError, match="at: got"):
            ledger.rotate_key(new, by="ann", at=TOO_LATE)
        said: dict[str, Any] = {"by": "ann", "approver": "bob", "reason_code": "lost"}
        with nothing_written(ledger), pytest.raises(LedgerError, match="at: got"):
            ledger.revoke_key(old.public, **said, at=TOO_LATE)


def test_a_month_is_not_revealed_registered_or_sent_later(ledger: cs.Ledger) -> None:
    ledger.freeze(frame_of(), PLAN, seed_source="dice", by=SAMPLER, at=AT)
    with nothing_written(ledger), pytest.raises(LedgerError, match="at: got"):
        ledger.reveal(SEED, **MONTH, by=SAMPLER, at=TOO_LATE)
    with nothing_written(ledger), pytest.raises(LedgerError, match="at: got"):
        ledger.register(drawn_with(SEED), by=SAMPLER, at=TOO_LATE)
    registration = ledger.register(drawn_with(SEED), by=SAMPLER, at=AT)
    pack = pack_of(SEED, registration.hash, None, 1, "handler-1", CEO)
    with nothing_written(ledger), pytest.raises(LedgerError, match="at: got"):
        ledger.send(pack, by=OFFICE, at=TOO_LATE)


def test_a_repair_is_not_recorded_later_and_changes_nothing(hand: Hand, tmp_path: Path) -> None:
    file = tmp_path / "signoff.db"
    with cs.Ledger.open(f"sqlite:///{file}", clock=hand) as ledger:
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("DROP TRIGGER events_no_delete")
        with pytest.raises(LedgerError, match="after the recorder's clock"):
            ledger.repair(by="ann", at=TOO_LATE, backup=tmp_path / "first.backup")
        assert ledger.check().database
        assert ledger.repair(by="ann", at=AT, backup=tmp_path / "second.backup").done
        assert ledger.check().ok


def test_rules_2_do_not_begin_later_than_the_clock_says(hand: Hand, tmp_path: Path) -> None:
    with old(hand) as before, pytest.raises(LedgerError, match="at: got"):
        before.upgrade(by="ann", at=AT + 36 * YEAR, backup=tmp_path / "backup")


@given(ahead=st.timedeltas(dt.timedelta(0), dt.timedelta(hours=1)))
@settings(max_examples=examples(25, one_in=3))
def test_a_claim_is_taken_exactly_as_far_ahead_as_is_on_record(ahead: dt.timedelta) -> None:
    with open_ledger(clock=Hand()) as opened:
        if ahead <= AHEAD:
            grant(opened, AT + ahead)
        else:
            with nothing_written(opened), pytest.raises(LedgerError, match="at: got"):
                grant(opened, AT + ahead)


def test_how_far_a_claim_may_be_ahead_is_on_record(ledger: cs.Ledger) -> None:
    """The same rule judges an event when it is recorded and when it is checked."""
    hour = dt.timedelta(hours=1)
    wide = ledger.allow_ahead(hour, by="ann", at=AT)
    assert (wide.kind, wide.actor, wide.payload) == (
        "rules", "ann", {"rules": 2, "ahead_seconds": 3600}
    )  # fmt: skip
    assert ledger.allow_ahead(hour, by="bo", at=AT) == wide
    grant(ledger, AT + hour)
    ledger.allow_ahead(dt.timedelta(0), by="ann", at=AT)
    with nothing_written(ledger), pytest.raises(LedgerError, match="which is 1 second after"):
        grant(ledger, AT + dt.timedelta(seconds=1), "bo")
    for wrong in (hour * 25, -hour, 60):
        with nothing_written(ledger), pytest.raises(LedgerError, match="ahead: got"):
            ledger.allow_ahead(wrong, by="ann", at=AT)  # type: ignore[arg-type]


def test_a_month_that_has_not_begun_is_neither_frozen_nor_reconciled(ledger: cs.Ledger) -> None:
    """A mistyped year is refused at once, in the period too; in Kiritimati it is December."""
    of: dict[str, Any] = {"population": POPULATION, "unit_id": "id"}
    for period in ("2026-12", "2062-10"):
        frame = cs.Frame.from_records([{"id": "C-1"}], **of, period=period)
        with nothing_written(ledger), pytest.raises(LedgerError, match="has not begun"):
            ledger.freeze(frame, cs.Plan(size=1), seed_source="dice", by="ann", at=AT)
        with nothing_written(ledger), pytest.raises(LedgerError, match="has not begun"):
            ledger.reconcile(
                POPULATION, period, opening=1, new=1, final=1, carried=1, by="ann", at=AT
            )


# A computer whose clock is ahead


def test_a_file_of_a_wrong_clock_is_refused_once_and_says_by_how_much(month: Month) -> None:
    """'where that is ahead, the refusal says by how much, once for the file'"""
    decisions = cs.Decisions.from_json(saved(month, YEAR + 2 * HOUR))
    with nothing_written(month.ledger), pytest.raises(LedgerError) as refused:
        month.ledger.record_all(decisions)
    (fault,) = refused.value.faults
    assert fault.startswith("decisions.json: got a file saved at 2027-11-02T11:05:00+01:00")
    assert "365 days and 2 hours ahead of the clock here" in fault
    assert "--clock-ahead 365d2h5m " in fault
    with nothing_written(month.ledger), pytest.raises(LedgerError, match="is 365 days and 2 hours"):
        month.ledger.record_all(decisions, clock_ahead=YEAR)


def test_what_a_wrong_clock_claimed_is_taken_less_the_difference(month: Month) -> None:
    """'`at` is what was claimed less the difference, the claim stays on record'"""
    decisions = cs.Decisions.from_json(saved(month, YEAR))
    events = month.ledger.record_all(decisions, clock_ahead=YEAR)
    assert [event.at for event in events] == [
        AT.isoformat(), (AT + dt.timedelta(minutes=1)).isoformat()
    ]  # fmt: skip
    assert [event.payload["claimed_at"] for event in events] == [
        (AT + YEAR).isoformat(), (AT + YEAR + dt.timedelta(minutes=1)).isoformat()
    ]  # fmt: skip
    with nothing_written(month.ledger):
        assert month.ledger.record_all(decisions, clock_ahead=YEAR) == events


def test_a_file_is_recorded_once_however_far_ahead_its_clock_is_said_to_be(
    month: Month, hand: Hand
) -> None:
    """A day later the same file looks a day less ahead: what is on record stays, once."""
    file = saved(month, YEAR)
    events = month.ledger.record_all(cs.Decisions.from_json(file), clock_ahead=YEAR)
    hand.now += dt.timedelta(days=1)
    with nothing_written(month.ledger):
        again = month.ledger.record_all(
            cs.Decisions.from_json(file), clock_ahead=YEAR - dt.timedelta(days=1)
        )
        assert again == events
    about = {**MONTH, "unit_id": month.second, "letter": month.digest(month.second), "by": CEO}
    longer = cs.Decisions.from_json(saved(month, YEAR, {**about, "kind": "viewed"}))
    assert [event.kind for event in month.ledger.record_all(longer, clock_ahead=YEAR)] == [
        "signed", "note", "viewed"
    ]  # fmt: skip
    assert kinds(month.ledger).count("note") == 1


def test_a_file_without_the_time_of_its_saving_is_taken_as_before(month: Month) -> None:
    """A room of 0.1 saves no `saved_at`: the newest decision is the latest that is known."""
    ahead = cs.Decisions.from_json(saved(month, YEAR, saved_at=LEFT_OUT))
    with nothing_written(month.ledger), pytest.raises(LedgerError, match="--clock-ahead 365d1m "):
        month.ledger.record_all(ahead)
    right = cs.Decisions.from_json(saved(month, dt.timedelta(0), saved_at=LEFT_OUT))
    assert [event.kind for event in month.ledger.record_all(right)] == ["signed", "note"]


def test_a_decision_that_is_ahead_by_itself_is_named_with_its_place(month: Month) -> None:
    """All of them at once, where the clock that saved the file was right."""
    file = json.loads(saved(month, dt.timedelta(0)))
    for entry in file["decisions"]:
        entry["at"] = TOO_LATE.isoformat()
    with nothing_written(month.ledger), pytest.raises(LedgerError) as refused:
        month.ledger.record_all(cs.Decisions.from_json(json.dumps(file).encode()))
    assert len(refused.value.faults) == 2
    assert all("10 minutes and 1 second after" in fault for fault in refused.value.faults)


@pytest.mark.parametrize("wrong", ["yesterday", "2026-11-02T09:00:00", 5, None])
def test_the_time_of_a_files_saving_has_its_zone(month: Month, wrong: object) -> None:
    with pytest.raises(LedgerError, match=r"saved_at: got .*; give a time with its zone"):
        cs.Decisions.from_json(saved(month, YEAR, saved_at=wrong))


def test_a_length_that_is_none_is_refused(month: Month, hand: Hand) -> None:
    decisions = cs.Decisions.from_json(saved(month, YEAR))
    for wrong in (-YEAR, dt.timedelta(0), 365):
        with nothing_written(month.ledger), pytest.raises(LedgerError, match="clock_ahead: got"):
            month.ledger.record_all(decisions, clock_ahead=wrong)  # type: ignore[arg-type]
    with nothing_written(month.ledger), pytest.raises(LedgerError, match="too early"):
        month.ledger.record_all(decisions, clock_ahead=YEAR * 2700)


@given(st.timedeltas(dt.timedelta(0), dt.timedelta(days=99_999)))
def test_a_length_is_read_as_it_is_written(length: dt.timedelta) -> None:
    read = from_option(as_option(length))
    assert dt.timedelta(0) <= read - length < dt.timedelta(minutes=1)
    assert in_words(length)


@pytest.mark.parametrize("wrong", ["", "d", "365", "2h365d", "-1d", "1.5h", "1y"])
def test_another_text_is_no_length(wrong: str) -> None:
    with pytest.raises(ValueError, match="give days, hours and minutes, such as 365d2h"):
        from_option(wrong)


# The recorder's clock


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        (-BEHIND - SECOND, "5 minutes and 1 second before event 2"),
        (-27 * YEAR, "9855 days before event 2"),
        (PAUSE + SECOND, "because nothing was recorded for so long, a person"),
        (73 * YEAR, "26645 days after event 2"),
    ],
)
def test_a_clock_that_goes_back_or_on_by_years_is_refused_until_a_person_says_so(
    ledger: cs.Ledger, hand: Hand, moved: dt.timedelta, words: str
) -> None:
    """'refused unless a person says so by name: an event `clock_corrected` with who and why'"""
    hand.now += moved
    with nothing_written(ledger), pytest.raises(ClockError, match=words) as refused:
        grant(ledger, hand.now)
    assert refused.value.exit_code == 75
    assert "'ceosample run --clock-is-right ID'" in str(refused.value)
    said = ledger.correct_clock(by="pat", reason_code="asked-the-time-server")
    assert (said.kind, said.actor) == ("clock_corrected", "pat")
    assert said.payload == {
        "reason_code": "asked-the-time-server", "newest": "2026-11-02T08:00:00.000000Z"
    }  # fmt: skip
    assert dt.datetime.fromisoformat(said.recorded_at) == hand.now
    grant(ledger, hand.now)


@pytest.mark.parametrize("moved", [-BEHIND, dt.timedelta(0), PAUSE])
def test_a_clock_within_its_bounds_records_and_needs_no_word(
    ledger: cs.Ledger, hand: Hand, moved: dt.timedelta
) -> None:
    hand.now += moved
    with nothing_written(ledger), pytest.raises(LedgerError, match="leave out --clock-is-right"):
        ledger.correct_clock(by="pat")
    event = grant(ledger, hand.now)
    assert dt.datetime.fromisoformat(event.recorded_at) == max(AT, hand.now)


STEPS = st.one_of(
    st.timedeltas(-2 * BEHIND, 2 * BEHIND),
    st.timedeltas(-2 * PAUSE, 2 * PAUSE),
)


@given(st.lists(STEPS, min_size=1, max_size=8))
@settings(max_examples=examples(30, one_in=3))
def test_recorded_at_goes_back_at_clock_corrected_and_nowhere_else(
    steps: list[dt.timedelta],
) -> None:
    """'`recorded_at` may go back at such an event and nowhere else'"""
    hand = Hand()
    with open_ledger(clock=hand) as opened:
        for place, step in enumerate(steps):
            hand.now += step
            try:
                grant(opened, hand.now, f"p-{place}")
            except ClockError:
                opened.correct_clock(by="pat")
                grant(opened, hand.now, f"p-{place}")
        events = list(opened.events())
        assert opened.check().ok
    for before, event in itertools.pairwise(events):
        went = moment(event) - moment(before)
        if event.kind == "clock_corrected":
            assert went < -BEHIND or went > PAUSE
        else:
            assert dt.timedelta(0) <= went <= PAUSE


def moment(event: cs.Event) -> dt.datetime:
    return dt.datetime.fromisoformat(event.recorded_at)


def test_a_correction_of_the_clock_that_nothing_needed_is_named(ledger: cs.Ledger) -> None:
    """With it a clock could be set back by a little, again and again."""
    grant(ledger, AT)
    lines = [
        *ledger.export(),
        forged(ledger, "clock_corrected", {"reason_code": "x", "newest": NINE}),
    ]
    with pytest.raises(LedgerError, match="event 4: corrects a clock that was right"):
        cs.Ledger.restore("sqlite://", lines)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("role_granted", {"person": "ann", "role": "sampler", "from": "2026-01-01"}),
        ("rules", {"rules": 2, "ahead_seconds": 60}),
    ],
)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"at": "2062-11-02T09:00:00+01:00"},
            "which is 13149 days after the recorder",
        ),
        ({"recorded_at": "2025-11-02T08:00:00.000000Z"}, "earlier time than the event before it"),
        ({"recorded_at": "2099-11-02T08:00:00.000000Z"}, "26663 days after event 2"),
    ],
)
def test_what_recording_refuses_for_its_times_is_named_by_the_check(
    hand: Hand, kind: str, said: dict[str, Any], change: dict[str, str], words: str
) -> None:
    with open_ledger(clock=hand) as opened:
        lines = [*opened.export(), forged(opened, kind, said, **change)]
    with pytest.raises(LedgerError, match=words):
        cs.Ledger.restore("sqlite://", lines)


def forged(ledger: cs.Ledger, kind: str, payload: dict[str, Any], **change: Any) -> bytes:
    """The next event, chained as it should be, that the ledger itself did not record."""
    newest = list(ledger.events())[-1]
    event = attrs.evolve(
        newest, sequence=newest.sequence + 1, kind=kind, payload=payload, previous=newest.hash,
        **{"at": AT.isoformat(), "recorded_at": NINE, **change},
    )  # fmt: skip
    return event.text + b"\n"


# After the clock was set right


@pytest.fixture
def misled(ledger: cs.Ledger, hand: Hand) -> cs.Ledger:
    """A ledger in which a clock that said 2099 granted a deputy; then it was set right."""
    hand.now = AT + 73 * YEAR
    ledger.correct_clock(by="a person who did not look")
    ledger.grant("dep", "deputy", of=CEO, since=dt.date(2026, 1, 1), by="board", at=hand.now)
    hand.now = AT
    ledger.correct_clock(by="pat")
    return ledger


def test_a_deputy_of_a_clock_that_was_ahead_is_one_from_its_correction_on(
    misled: cs.Ledger,
) -> None:
    month = sent(misled)
    month.say("delegated", to="dep")
    month.say("signed_by_deputy", by="dep", letter=month.digest())
    assert [g.recorded_at for g in misled.people().grants] == [NINE]


def test_a_chain_is_published_after_a_clock_that_was_ahead(misled: cs.Ledger) -> None:
    chain = cs.seeds.SeedChain.new(POPULATION, first="2026-12", months=12, random=bytes)
    assert misled.publish(chain, by="custodian", at=AT).sequence == 6


QUICKNET = "drand-52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"


def test_a_round_that_was_published_only_for_a_wrong_clock_can_be_named(
    ledger: cs.Ledger, hand: Hand
) -> None:
    """What was revealed as its value was none: there is no value yet."""
    hour = round_after(QUICKNET, AT + dt.timedelta(hours=1))
    ledger.freeze(frame_of(), PLAN, seed_source=str(hour), by="ann", at=AT)
    hand.now = AT + YEAR
    ledger.reveal(cs.Seed.from_source(str(hour), ["0" * 64]), **MONTH, by="ann", at=hand.now)
    hand.now = AT
    ledger.correct_clock(by="pat")
    november = cs.Frame.from_records(
        [{"id": "C-1"}], population=POPULATION, period="2026-11", unit_id="id"
    )
    ledger.freeze(november, cs.Plan(size=1), seed_source=str(hour), by="ann", at=AT)
    hand.now = AT + dt.timedelta(hours=2)
    seed = cs.Seed.from_source(str(hour), ["1" * 64])
    ledger.reveal(seed, population=POPULATION, period="2026-11", by="ann", at=hand.now)


def test_what_happened_under_a_clock_that_was_ahead_goes_on_and_can_be_corrected(
    ledger: cs.Ledger, hand: Hand
) -> None:
    """A step is claimed for 2027; what follows it happened after the clock was set right."""
    month = sent(ledger)
    hand.now = AT + YEAR
    viewed = month.say("viewed", at=hand.now)
    hand.now = AT + dt.timedelta(days=1)
    ledger.correct_clock(by="pat")
    with nothing_written(ledger), pytest.raises(LedgerError, match="would be before event"):
        month.sign(at=AT)
    ledger.correct(viewed.hash, by=CEO, at=hand.now, reason_code="wrong-clock")
    month.sign(at=hand.now)
    month.say("dispatched", by=OFFICE, at=hand.now)


# A freeze with a wrong year


def wrong_year(hand: Hand, source: str = "dice") -> cs.Ledger:
    """A ledger of 0.1, now under rules 2, whose month was frozen for 2062."""
    ledger = old(hand)
    ledger.freeze(frame_of(), PLAN, seed_source=source, by=SAMPLER, at=AT + 36 * YEAR)
    return ledger


def upgraded(ledger: cs.Ledger, folder: Path) -> cs.Ledger:
    ledger.upgrade(by="ann", at=AT, backup=folder / "backup.jsonl")
    return ledger


def test_an_old_freeze_with_a_wrong_year_goes_on_after_an_upgrade(
    hand: Hand, tmp_path: Path
) -> None:
    """'A freeze with a wrong year has a truthful way back'"""
    with wrong_year(hand) as ledger:
        with nothing_written(ledger), pytest.raises(LedgerError, match="would be before event 2"):
            ledger.reveal(SEED, **MONTH, by=SAMPLER, at=AT)
        upgraded(ledger, tmp_path)
        ledger.register(drawn_with(SEED), by=SAMPLER, at=AT)
        (note,) = ledger.check().notes
        assert note.startswith("event 2: at: got 2062-10-24T09:00:00+01:00, which is 13140 days")


def test_a_freeze_is_corrected_before_its_seed_and_counted(hand: Hand, tmp_path: Path) -> None:
    with wrong_year(hand) as ledger:
        wrong = list(ledger.events())[-1]
        said: dict[str, Any] = {"by": SAMPLER, "at": AT, "reason_code": "wrong-year"}
        with nothing_written(ledger), pytest.raises(LedgerError, match="'ceosample upgrade' first"):
            ledger.correct(wrong.hash, **said)
        upgraded(ledger, tmp_path)
        ledger.correct(wrong.hash, **said)
        with nothing_written(ledger), pytest.raises(LedgerError, match="nothing is frozen"):
            ledger.reveal(SEED, **MONTH, by=SAMPLER, at=AT)
        again = ledger.freeze(frame_of(), PLAN, seed_source="dice", by=SAMPLER, at=AT)
        assert again.at == AT.isoformat()
        assert ledger.attempts(**MONTH) == "frozen 2 times"
        ledger.register(drawn_with(SEED), by=SAMPLER, at=AT)
        with nothing_written(ledger), pytest.raises(LedgerError, match="its month has a seed"):
            ledger.correct(again.hash, **said)
        assert ledger.check().ok


def test_a_freeze_whose_round_is_published_is_not_corrected(ledger: cs.Ledger, hand: Hand) -> None:
    """Its seed exists: whoever could take the freeze back could wait for a better round."""
    soon = str(round_after(QUICKNET, AT + dt.timedelta(minutes=30)))
    frozen = ledger.freeze(frame_of(), PLAN, seed_source=soon, by="ann", at=AT)
    hand.now = AT + dt.timedelta(hours=1)
    with nothing_written(ledger), pytest.raises(ConflictError, match="so its seed exists"):
        ledger.correct(frozen.hash, by="ann", at=hand.now, reason_code="wrong-year")


def test_a_month_that_was_frozen_by_mistake_was_never_frozen(hand: Hand, tmp_path: Path) -> None:
    """Its round may be published: nothing that counts is drawn for a month that has not begun."""
    soon = str(round_after(QUICKNET, AT + dt.timedelta(minutes=30)))
    with old(hand) as ledger:
        frame = cs.Frame.from_records(
            [{"id": "C-1"}], population=POPULATION, period="2062-10", unit_id="id"
        )
        plan = cs.Plan(size=1)
        wrong = ledger.freeze(frame, plan, seed_source=soon, by=SAMPLER, at=AT)
        upgraded(ledger, tmp_path)
        hand.now = AT + dt.timedelta(days=2)
        ledger.correct(wrong.hash, by=SAMPLER, at=hand.now, reason_code="wrong-year")
        (summary,) = summarise(ledger.events())
        assert summary.stage == "freeze corrected"
        named: Any = Namespace(population=POPULATION)
        months = month_states(named, ledger.month_events(POPULATION))
        assert months == {}
        ledger.freeze(frame_of(), PLAN, seed_source="dice", by=SAMPLER, at=hand.now)
        assert ledger.check().ok


def test_a_chain_with_a_wrong_year_is_replaced_as_a_mistake(ledger: cs.Ledger, hand: Hand) -> None:
    """'loss' and 'compromise' would be lies about it."""
    wrong = cs.seeds.SeedChain.new(POPULATION, first="2062-12", months=12, random=bytes)
    right = cs.seeds.SeedChain.new(
        POPULATION, first="2026-12", months=12, random=lambda count: b"x" * count
    )
    ledger.publish(wrong, by="custodian", at=AT)
    ledger.publish(right, by="custodian", at=AT, reason_code="mistake")
    assert Seeds.of(ledger.events()).chains[POPULATION] == [right.published]
    with old(hand) as before:
        before.publish(wrong, by="custodian", at=AT)
        with nothing_written(before), pytest.raises(LedgerError, match="rules 1 do not know"):
            before.publish(right, by="custodian", at=AT, reason_code="mistake")


# A ledger of 0.1


def test_an_old_ledger_goes_on_as_before_and_its_check_names_such_events(hand: Hand) -> None:
    """'`check` names such events in old ledgers', as notes: they count as before"""
    with old(hand) as ledger:
        grant(ledger, AT + YEAR)
        hand.now = AT + 73 * YEAR
        grant(ledger, AT, "bo")
        hand.now = AT
        late = grant(ledger, AT, "cy")
        assert late.recorded_at == "2099-10-15T08:00:00.000000Z"
        report = ledger.check()
        assert report.ok
        assert [note.partition(" got")[0] for note in report.notes] == [
            "event 2: at:", "event 3: recorded_at:"
        ]  # fmt: skip
        assert str(report).count("note: event") == 2
        assert "event 3: recorded_at: got 2099" in report._repr_html_()
        assert report.to_dict()["notes"] == list(report.notes)
        with nothing_written(ledger), pytest.raises(LedgerError, match="'ceosample upgrade'"):
            ledger.correct_clock(by="pat")
        with nothing_written(ledger), pytest.raises(LedgerError, match="'ceosample upgrade'"):
            ledger.allow_ahead(AHEAD, by="pat", at=AT)


def test_an_old_ledger_that_a_clock_spoilt_is_set_right_after_an_upgrade(
    hand: Hand, tmp_path: Path
) -> None:
    with old(hand) as ledger:
        hand.now = AT + 73 * YEAR
        grant(ledger, AT)
        hand.now = AT
        upgraded(ledger, tmp_path)
        with nothing_written(ledger), pytest.raises(ClockError, match="before event 3"):
            grant(ledger, AT, "bo")
        ledger.correct_clock(by="pat")
        assert grant(ledger, AT, "bo").recorded_at == NINE
        assert ledger.check().ok
