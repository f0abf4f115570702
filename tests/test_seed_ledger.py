"""What the ledger refuses of chains and rounds: each rule alone, then any sequence of steps."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

import ceosample as cs
from books import Book
from ceosample.errors import CeosampleError
from ceosample.sampling.seeds.beacon import TIMETABLES, round_after
from ceosample.signoff.ledger import Ledger
from months import nothing_written
from refusals import ROLL_AGAIN, refused
from thorough import examples

POPULATION = "complaint-responses"
PLAN = cs.Plan(size=2, reserves=0)
QUICKNET = list(TIMETABLES)[1]

#: When chains are published, and a day on which all of the months are over.
BEFORE = dt.datetime(2026, 10, 20, 9, tzinfo=dt.UTC)
AFTER = dt.datetime(2027, 6, 1, 9, tzinfo=dt.UTC)
JUNE = dt.datetime(2027, 6, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
WHO: dict[str, Any] = {"by": "sampling", "at": AFTER}


def chain_of(name: str = "one", first: str = "2026-11", months: int = 5) -> cs.seeds.SeedChain:
    secret = hashlib.sha256(name.encode()).digest()
    return cs.seeds.SeedChain.new(POPULATION, first=first, months=months, random=lambda _: secret)


CHAIN = chain_of()


@cache
def frame(period: str, size: int = 4, population: str = POPULATION) -> cs.Frame:
    rows = [{"id": f"C-{number}"} for number in range(size)]
    return cs.Frame.from_records(rows, population=population, period=period, unit_id="id")


@attrs.define
class Time:
    """The recorder's clock, set by hand."""

    now: dt.datetime = BEFORE

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def ledger(time: Time) -> Iterator[Ledger]:
    """A ledger in which the chain is published; it is the day after its last month."""
    with Ledger.open("sqlite://", clock=time, ledger_id="0" * 32) as found:
        found.publish(CHAIN, by="custodian", at=BEFORE)
        time.now = AFTER
        yield found
        assert found.check().ok


def freeze(ledger: Ledger, period: str, source: str | None = None, **change: Any) -> None:
    frozen = frame(period, change.pop("size", 4))
    source = source or CHAIN.source(period)
    ledger.freeze(frozen, PLAN, seed_source=source, **{**WHO, **change})


def reveal(ledger: Ledger, seed: cs.Seed, period: str, **change: Any) -> None:
    ledger.reveal(seed, population=POPULATION, period=period, **{**WHO, **change})


# A chain is published


def test_a_month_runs_on_its_link_alone(ledger: Ledger) -> None:
    freeze(ledger, "2026-11")
    draw = cs.draw(frame("2026-11"), PLAN, CHAIN.seed("2026-11"))
    ledger.register(draw, **WHO)
    kinds = [event.kind for event in ledger.events()]
    assert kinds[:6] == ["opened", "rules", "chain_published", "frozen", "seed_revealed", "drawn"]
    revealed = next(event for event in ledger.events() if event.kind == "seed_revealed")
    assert revealed.payload["value"] == CHAIN.link("2026-11")


def test_the_end_is_published_and_nothing_else(ledger: Ledger) -> None:
    (event,) = ledger.chains(POPULATION)
    assert event.payload == {"end": CHAIN.end, "first": "2026-11", "months": 5}
    assert ledger.publish(CHAIN, by="custodian", at=AFTER) == event


@pytest.mark.parametrize(
    ("at", "clock"),
    [(BEFORE, AFTER), (JUNE + MINUTE, JUNE - MINUTE), (AFTER, AFTER)],
)
def test_a_chain_whose_first_month_has_begun_is_not_published(
    ledger: Ledger, time: Time, at: dt.datetime, clock: dt.datetime
) -> None:
    """Neither the claim nor the recorder's clock may say that the month has begun."""
    time.now = clock
    late = chain_of("two", first="2027-06", months=3)
    with nothing_written(ledger), pytest.raises(cs.errors.LedgerError, match="2027-06 has begun"):
        ledger.publish(late, by="custodian", at=at, reason_code="loss")
    time.now = AFTER  # the book's times never go back
    early = chain_of("two", first="2027-07", months=3)
    ledger.publish(early, by="custodian", at=BEFORE)


def test_a_second_chain_for_the_same_months_needs_a_reason(time: Time) -> None:
    """'a second chain of the population only with a reason code (loss/compromise)'"""
    second = chain_of("two", first="2027-01")
    with Ledger.open("sqlite://", clock=time) as ledger:
        with (
            nothing_written(ledger),
            pytest.raises(cs.errors.LedgerError, match="reason_code: got"),
        ):
            ledger.publish(CHAIN, by="custodian", at=BEFORE, reason_code="loss")
        ledger.publish(CHAIN, by="custodian", at=BEFORE)
        with (
            nothing_written(ledger),
            pytest.raises(cs.errors.ConflictError, match="to replace it, give reason_code="),
        ):
            ledger.publish(second, by="custodian", at=BEFORE)
        with (
            nothing_written(ledger),
            pytest.raises(cs.errors.LedgerError, match="loss or compromise"),
        ):
            ledger.publish(second, by="custodian", at=BEFORE, reason_code="whim")
        ledger.publish(second, by="custodian", at=BEFORE, reason_code="compromise")
        time.now = AFTER
        freeze(ledger, "2027-01", second.source("2027-01"))
        assert ledger.attempts(POPULATION, "2027-01") == "frozen 1 time, 2 seed chains published"
        # The one before gives no month its seed any more.
        with (
            nothing_written(ledger),
            pytest.raises(cs.errors.LedgerError, match="no chain with this"),
        ):
            freeze(ledger, "2026-11")
        with nothing_written(ledger), pytest.raises(cs.errors.ConflictError, match="got chain:4"):
            freeze(ledger, "2027-02")
        assert ledger.check().ok


@pytest.mark.parametrize("reason", ["loss", "compromise"])
def test_a_chain_that_was_replaced_gives_a_month_that_waits_no_seed(
    ledger: Ledger, reason: str
) -> None:
    """'From then on the old chain gives no month its seed.'"""
    freeze(ledger, "2026-11")
    second = chain_of("two", first="2027-07")
    ledger.publish(second, by="custodian", at=AFTER, reason_code=reason)
    draw = cs.draw(frame("2026-11"), PLAN, CHAIN.seed("2026-11"))
    with nothing_written(ledger), pytest.raises(cs.errors.ConflictError, match="took the place of"):
        ledger.register(draw, **WHO)
    freeze(ledger, "2026-11", "dice")
    reveal(ledger, cs.Seed.from_dice("8" * 20, witnesses=["audit"]), "2026-11")


def test_a_chain_that_begins_after_the_last_one_needs_no_reason(time: Time) -> None:
    after = chain_of("two", first="2027-04")
    with Ledger.open("sqlite://", clock=time) as ledger:
        ledger.publish(CHAIN, by="custodian", at=BEFORE)
        ledger.publish(after, by="custodian", at=BEFORE)
        time.now = AFTER
        freeze(ledger, "2026-11")
        freeze(ledger, "2027-05", after.source("2027-05"))


def test_a_population_has_a_chain_of_its_own(ledger: Ledger, time: Time) -> None:
    """One month's link would give the other population's earlier ones away."""
    theirs = attrs.evolve(CHAIN.published, population="letters", first=cs.Period(2027, 8))
    with (
        nothing_written(ledger),
        pytest.raises(cs.errors.ConflictError, match="make a new chain"),
    ):
        ledger.publish(theirs, by="custodian", at=AFTER)


# A month is frozen


def test_a_chain_that_nobody_published_freezes_nothing(ledger: Ledger) -> None:
    other = chain_of("two")
    with (
        nothing_written(ledger),
        pytest.raises(cs.errors.ConflictError, match="of the published chain"),
    ):
        freeze(ledger, "2026-11", other.source("2026-11"))
    with (
        nothing_written(ledger),
        pytest.raises(cs.errors.ConflictError, match="of the published chain"),
    ):
        freeze(ledger, "2026-11", CHAIN.source("2026-12"))
    with (
        nothing_written(ledger),
        pytest.raises(cs.errors.LedgerError, match="no chain with this month"),
    ):
        freeze(ledger, "2026-10", f"chain:1:{CHAIN.end}")


@pytest.mark.parametrize("period", ["2026-11", "2026-12", "2027-01"])
def test_no_frame_is_frozen_for_a_month_whose_link_is_out(ledger: Ledger, period: str) -> None:
    """'No frame is frozen for a month whose link is out.'"""
    freeze(ledger, "2027-01")
    reveal(ledger, CHAIN.seed("2027-01"), "2027-01")
    with (
        nothing_written(ledger),
        pytest.raises(cs.errors.ConflictError, match=r"revealed .*event 5"),
    ):
        freeze(ledger, period, size=5)
    freeze(ledger, "2027-02")
    if period != "2027-01":
        freeze(ledger, period, "dice")


def test_a_month_that_was_superseded_takes_another_source(ledger: Ledger) -> None:
    freeze(ledger, "2026-11")
    ledger.register(cs.draw(frame("2026-11"), PLAN, CHAIN.seed("2026-11")), **WHO)
    ledger.supersede(
        POPULATION, "2026-11", by="office", at=AFTER, reason_code="wrong-frame", approver="b"
    )
    with (
        nothing_written(ledger),
        pytest.raises(cs.errors.ConflictError, match="dice or a beacon"),
    ):
        freeze(ledger, "2026-11")
    freeze(ledger, "2026-11", "dice")
    assert ledger.attempts(POPULATION, "2026-11") == "frozen 2 times, superseded 1 time"


def test_several_frames_are_counted(ledger: Ledger) -> None:
    """'Trying several seeds or several frames leaves events'"""
    for size in (4, 5, 6):
        freeze(ledger, "2026-11", size=size)
    assert ledger.attempts(POPULATION, "2026-11") == "frozen 3 times"


def test_what_is_revealed_is_from_where_the_freeze_said(ledger: Ledger) -> None:
    freeze(ledger, "2026-12")
    dice = cs.Seed.from_dice("8" * 20, witnesses=["internal audit"])
    for seed in (dice, CHAIN.seed("2026-11"), chain_of("two").seed("2026-12")):
        with (
            nothing_written(ledger),
            pytest.raises(cs.errors.ConflictError, match="which the freeze names"),
        ):
            reveal(ledger, seed, "2026-12")
    reveal(ledger, CHAIN.seed("2026-12"), "2026-12")


def test_a_part_of_an_earlier_seed_is_not_fresh(ledger: Ledger) -> None:
    dice, source = "8" * 20, "dice+beacon:lottery:7"
    freeze(ledger, "2026-11", "dice")
    reveal(ledger, cs.Seed.from_dice(dice, witnesses=["audit"]), "2026-11")
    freeze(ledger, "2026-12", source)
    again = cs.Seed.from_source(source, [dice, "1" * 20], witnesses=["audit"])
    with nothing_written(ledger), refused(cs.errors.ConflictError, ROLL_AGAIN):
        reveal(ledger, again, "2026-12")


# Rounds


def quicknet(moment: dt.datetime) -> str:
    return str(round_after(QUICKNET, moment))


def value_of(text: str = "x") -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("late", ["at", "clock"])
def test_a_round_that_is_out_is_not_named(ledger: Ledger, time: Time, late: str) -> None:
    """'a round that is already past at the freeze is refused'"""
    source = quicknet(AFTER)
    soon = AFTER + 5 * MINUTE
    if late == "clock":
        time.now = soon
    with nothing_written(ledger), pytest.raises(cs.errors.ConflictError, match="was published at"):
        freeze(ledger, "2026-11", source, at=soon if late == "at" else AFTER)
    freeze(ledger, "2026-12", quicknet(soon), at=soon)


def test_a_value_is_not_taken_before_its_round(ledger: Ledger, time: Time) -> None:
    source = quicknet(AFTER + 5 * MINUTE)
    freeze(ledger, "2026-11", source)
    seed = cs.Seed.from_source(source, [value_of()])
    with (
        nothing_written(ledger),
        pytest.raises(cs.errors.ConflictError, match="which will be published at"),
    ):
        reveal(ledger, seed, "2026-11")
    with (
        nothing_written(ledger),
        pytest.raises(cs.errors.ConflictError, match="which will be published at"),
    ):
        reveal(ledger, seed, "2026-11", at=AFTER + 9 * MINUTE)  # a claim alone
    time.now = AFTER + 9 * MINUTE
    reveal(ledger, seed, "2026-11")


def test_once_its_round_is_out_a_month_is_not_frozen_again(ledger: Ledger, time: Time) -> None:
    """From then on its seed exists."""
    freeze(ledger, "2026-11", quicknet(AFTER))
    freeze(ledger, "2026-11", quicknet(AFTER), size=5)
    time.now = later = AFTER + dt.timedelta(minutes=1)
    for source in (quicknet(later), "dice", CHAIN.source("2026-11")):
        with (
            nothing_written(ledger),
            pytest.raises(cs.errors.ConflictError, match="its seed exists"),
        ):
            freeze(ledger, "2026-11", source, size=6)


def test_a_round_that_the_book_has_is_not_named_again(ledger: Ledger) -> None:
    freeze(ledger, "2026-11", "beacon:lottery:7")
    freeze(ledger, "2026-12", "beacon:lottery:7")
    reveal(ledger, cs.Seed.from_source("beacon:lottery:7", ["1" * 20]), "2026-11")
    other = cs.Seed.from_source("beacon:lottery:7", ["2" * 20])
    with nothing_written(ledger), pytest.raises(cs.errors.ConflictError, match="another value"):
        reveal(ledger, other, "2026-12")
    reveal(ledger, cs.Seed.from_source("beacon:lottery:7", ["1" * 20]), "2026-12")
    with (
        nothing_written(ledger),
        pytest.raises(cs.errors.ConflictError, match="lottery was revealed"),
    ):
        freeze(ledger, "2027-01", "beacon:lottery:7")
    freeze(ledger, "2027-01", "beacon:lottery:8")
    stale = cs.Seed.from_source("beacon:lottery:8", ["1" * 20])
    with nothing_written(ledger), pytest.raises(cs.errors.ConflictError, match="so it was known"):
        reveal(ledger, stale, "2027-01")


# The book is checked by the same rules


@pytest.mark.parametrize(
    ("event", "payload", "says"),
    [
        (3, {"first": "2026-10"}, "has begun"),
        (3, {"months": "5"}, "event 3: months: got '5'"),
        (3, {"end": "0" * 64}, "event 4: complaint-responses, 2026-11: got chain:1:b7a68d"),
        (4, {"seed_source": "guess"}, "event 4: seed_source"),
        (5, {"value": "0" * 64}, "event 5: seed: got text of 64 digits; give link 1"),
        (5, {"source": "dice"}, "event 5"),
    ],
)
def test_a_forged_book_is_found_out(
    tmp_path: Path, event: int, payload: dict[str, Any], says: str
) -> None:
    time = Time()
    file = tmp_path / "book.db"
    with Ledger.open(f"sqlite:///{file}", clock=time) as ledger:
        ledger.publish(CHAIN, by="custodian", at=BEFORE)
        time.now = AFTER
        freeze(ledger, "2026-11")
        reveal(ledger, CHAIN.seed("2026-11"), "2026-11")
        told = [dict(found.payload) for found in ledger.events()]
    book = Book.of_file(file)
    assert book.check().ok
    book.forge(event, payload={**told[event - 1], **payload})
    report = book.check()
    assert not report.ok
    assert says in str(report.first_difference)


def test_a_role_for_chains_is_needed_once_it_is_given(time: Time) -> None:
    with Ledger.open("sqlite://", clock=time) as ledger:
        ledger.grant("c-1", "seed-custodian", since=BEFORE.date(), by="board", at=BEFORE)
        with nothing_written(ledger), pytest.raises(cs.errors.LedgerError, match="seed-custodian"):
            ledger.publish(CHAIN, by="somebody", at=BEFORE)
        ledger.publish(CHAIN, by="c-1", at=BEFORE)


# Any sequence of steps

MONTHS = [f"2026-{month}" for month in ("11", "12")] + ["2027-01", "2027-02", "2027-03"]


class Chains(RuleBasedStateMachine):
    """A ledger and a model of it: what is out, and what each month is frozen for."""

    def __init__(self) -> None:
        super().__init__()
        self.time = Time()
        self.ledger = Ledger.open("sqlite://", clock=self.time, ledger_id="0" * 32)
        self.ledger.publish(CHAIN, by="custodian", at=BEFORE)
        self.time.now = AFTER
        self.out = 0  # the highest link
        self.frozen: dict[str, tuple[str, int]] = {}
        self.revealed: set[str] = set()
        self.freezes: dict[str, int] = dict.fromkeys(MONTHS, 0)

    def teardown(self) -> None:
        assert self.ledger.check().ok
        for period, count in self.freezes.items():
            said = self.ledger.attempts(POPULATION, period)
            assert said == f"frozen {count} time{'s' * (count != 1)}"
        self.ledger.close()

    def expect(self, allowed: bool, step: Callable[[], object]) -> None:
        head = self.ledger.head
        if allowed:
            step()
            return
        with pytest.raises(CeosampleError):
            step()
        assert self.ledger.head == head

    @rule(
        place=st.integers(0, 4),
        kind=st.sampled_from(["chain", "chain", "dice", "chain+beacon", "another month's link"]),
        size=st.integers(3, 5),
    )
    def freeze(self, place: int, kind: str, size: int) -> None:
        """'freeze with a chain source must name the published end and the month's own link'"""
        period, beacon = MONTHS[place], "beacon:lottery:7"
        link = CHAIN.source(period)
        other = CHAIN.source(MONTHS[place - 1])
        source = {"chain": link, "dice": "dice", "chain+beacon": f"{link}+{beacon}"}.get(
            kind, other
        )
        same = self.frozen.get(period) == (source, size)
        allowed = same or (
            period not in self.revealed
            and source != other
            and (kind == "dice" or place + 1 > self.out)
            and not (kind == "chain+beacon" and "beacon" in self.revealed)
        )
        self.expect(allowed, lambda: freeze(self.ledger, period, source, size=size))
        if allowed and not same:
            self.frozen[period] = (source, size)
            self.freezes[period] += 1

    @rule(place=st.integers(0, 4), right=st.booleans())
    def reveal(self, place: int, right: bool) -> None:
        """'reveal checks that the value is the link'"""
        period = MONTHS[place]
        source, _ = self.frozen.get(period, (CHAIN.source(period), 0))
        if source == "dice":
            digits = f"{place if right else 9}" * 20
            seed = cs.Seed.from_dice(digits, witnesses=["audit"])
            right = digits not in self.revealed
            told = {digits}
        else:
            used = period if right else MONTHS[place - 1]
            texts = [CHAIN.link(used), "7" * 20][: source.count("+") + 1]  # nobody rolls sevens
            try:
                seed = cs.Seed.from_source(source, texts)
            except cs.errors.SeedError:
                assert not right
                return
            told = {"beacon"} if "+" in source else set()
        if period in self.revealed:
            return  # the same again is given back, and another one is refused: test_ledger.py
        allowed = right and period in self.frozen
        self.expect(allowed, lambda: reveal(self.ledger, seed, period))
        if allowed:
            self.revealed |= {period, *told}
            if source != "dice":
                self.out = max(self.out, place + 1)

    @invariant()
    def no_secret_is_in_the_book(self) -> None:
        """Of the links, those alone are in the book that were revealed."""
        book = b"".join(self.ledger.export())
        for number, period in enumerate(MONTHS, 1):
            if number > self.out:
                assert CHAIN.link(period).encode() not in book


@pytest.mark.slow
def test_any_sequence_of_freezes_and_reveals_is_as_the_rules_say() -> None:
    run_state_machine_as_test(
        Chains,
        settings=settings(
            max_examples=examples(40, one_in=8), stateful_step_count=20, deadline=None
        ),
    )
