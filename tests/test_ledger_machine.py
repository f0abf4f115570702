"""The ledger against a model: any sequence of calls, legal or not, from the draw onwards.

The model is a dictionary of letters and the table of states, written out again. Whatever is asked,
the ledger does it exactly when the model says that it may, and otherwise writes nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import attrs
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from ceosample import Draw, Frame, Pack, Plan, Seed, Signatory, draw, render
from ceosample.errors import LedgerError
from ceosample.signoff.coverage import signoff_coverage
from ceosample.signoff.events import Event
from ceosample.signoff.history import replay
from ceosample.signoff.ledger import Ledger
from postgresql import Server

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
CEO = Signatory("ceo", "Margaret Llewelyn", "Chief Executive")
PLAN = Plan(size=4, reserves=2, take_all=["Escalated"])
SIZES = {"Cards": 4, "Escalated": 2, "Loans": 3}

#: 'States of a drawn letter', again.
OUT = (
    "viewed signed returned_for_rework declined escalated_to_board taken_over delegated rendered "
    "replaced withdrawn lapsed"
)
TABLE = {
    "reserve": "selected",
    "selected": "rendered replaced withdrawn lapsed",
    "rendered": "rendered sent_for_signature replaced withdrawn lapsed",
    "sent_for_signature": OUT,
    "viewed": OUT,
    "returned_for_rework": "rendered taken_over replaced withdrawn lapsed",
    "declined": "rendered issued_under_other_name withdrawn lapsed",
    "escalated_to_board": "rendered signed resolved_nonstandard withdrawn lapsed",
    "taken_over": "rendered signed resolved_nonstandard withdrawn lapsed",
    "signed": "dispatched returned_for_rework withdrawn lapsed",
    "dispatched": "",
    "issued_under_other_name": "",
    "resolved_nonstandard": "",
    "lapsed": "",
    "replaced": "",
    "withdrawn": "",
}
NEED_A_REASON = {"returned_for_rework", "declined", "lapsed", "replaced", "withdrawn"}
NAME_A_LETTER = {
    "signed", "dispatched", "issued_under_other_name", "resolved_nonstandard", "lapsed"
}  # fmt: skip
SAID_BY_HAND = sorted(
    {kind for following in TABLE.values() for kind in following.split()}
    - {"selected", "rendered", "sent_for_signature", "delegated"}
)
#: Ends come seldom, or every story would be over before it began.
OFTEN = [kind for kind in SAID_BY_HAND if TABLE[kind]]
NEVER_SAID = ("selected", "rendered", "sent_for_signature", "delegated", "signed_by_deputy", "x")


@cache
def frame() -> Frame:
    return Frame.from_records(
        [
            {"id": f"{name[0]}-{number}", "division": name}
            for name, size in SIZES.items()
            for number in range(size)
        ],
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
        strata=["division"],
    )


@cache
def drawn() -> Draw:
    seed = Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    return draw(frame(), PLAN, seed)


def begin(address: str = "sqlite://") -> tuple[Ledger, Event]:
    """A ledger with the draw in it; the same events, byte for byte, each time."""
    ledger = Ledger.open(address, clock=lambda: AT, ledger_id="00" * 16)
    ledger.freeze(frame(), PLAN, seed_source="dice", by="sampling", at=AT)
    return ledger, ledger.register(drawn(), by="sampling", at=AT)


@cache
def pack(unit_ids: tuple[str, ...] | None, version: int) -> Pack:
    """Rendered once: the registration's hash is the same in every ledger of this test."""
    ledger, registration = begin()
    ledger.close()
    return render(
        drawn(),
        lambda ids: {unit_id: {"letter": LETTER, "docket": {}} for unit_id in ids},
        signatory=CEO,
        date=AT.date(),
        head=registration.hash,
        unit_ids=unit_ids,
        version=version,
        pdf=False,
    )


LETTER = {
    "recipient": "Blodwen Quillfeather",
    "address": ["14 Marmalade Crescent"],
    "salutation": "Dear Ms Quillfeather,",
    "subject": "The parrot",
    "body": "We are sorry.",
    "closing": "Yours sincerely,",
}


@attrs.define
class Letter:
    """What the model knows of a letter."""

    stratum: str
    original: bool
    story: list[str]
    digests: list[str] = attrs.field(factory=list)
    said: tuple[str, str, str | None, str | None] | None = None
    standing: dict[str, tuple[str, str, str | None, str | None]] = attrs.field(factory=dict)

    @property
    def state(self) -> str:
        return self.story[-1]

    def stands(self, *kinds: str) -> bool:
        """Whether one of these states was reached after the last return."""
        since: list[str] = []
        for kind in self.story:
            since = [] if kind == "returned_for_rework" else [*since, kind]
        return any(kind in since for kind in kinds)


#: Which letter: 0 is the one that something happened to last, so that stories become long.
WHICH = st.sampled_from([0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, -1])
KINDS = st.sampled_from([*OFTEN, *OFTEN, *OFTEN, *OFTEN, *SAID_BY_HAND])
WHO = st.sampled_from(["ceo", "ceo", "ceo", "office"])
REASONS = st.sampled_from(["tone", "duplicate", None])


class LedgerMachine(RuleBasedStateMachine):
    """Random calls; ``self.letters`` is what must be true after each."""

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a database with nothing in it."""
        yield "sqlite://"

    @initialize(sent=st.sampled_from([True, True, True, False]))
    def draw_the_month(self, sent: bool) -> None:
        self.stack = contextlib.ExitStack()
        self.ledger, _ = begin(self.stack.enter_context(self.database()))
        self.letters = {
            s.unit_id: Letter(s.stratum[0], True, ["selected"]) for s in drawn().selections
        } | {r.unit_id: Letter(r.stratum[0], False, ["reserve"]) for r in drawn().reserves}
        self.count = 4 + len(self.letters)
        self.touched = sorted(self.letters)
        if sent:
            self.send_everything()

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            self.ledger.close()
            self.stack.close()

    def attempt(self, call: Callable[[], Any], *, allowed: bool) -> Any:
        """Ask; the ledger must agree with the model on whether that may be."""
        try:
            found = call()
        except LedgerError:
            assert not allowed
            return None
        assert allowed
        return found

    def pick(self, which: int) -> str:
        """The id of a letter; -1 is one that was never drawn."""
        return self.touched[which % len(self.touched)] if which >= 0 else "R-404"

    # What may be asked

    @rule(
        kind=KINDS,
        which=WHICH,
        by=WHO,
        reason=REASONS,
        digest=st.sampled_from(["newest", "newest", "newest", "older", "none", "another"]),
    )
    def record(self, kind: str, which: int, by: str, reason: str | None, digest: str) -> None:
        self.say(kind, self.pick(which), by, reason, digest)

    @rule(which=WHICH, kind=KINDS)
    def record_with_all_it_needs(self, kind: str, which: int) -> None:
        """The same without slips: only the table can say no."""
        self.say_all(kind, self.pick(which))

    @rule(which=WHICH, choice=st.integers(0, 59))
    def take_a_step_that_the_table_has(self, which: int, choice: int) -> None:
        unit_id = self.pick(max(which, 0))
        steps = [k for k in TABLE[self.letters[unit_id].state].split() if k in SAID_BY_HAND]
        steps += [kind for kind in steps if kind in OFTEN] * 4
        if steps:
            self.say_all(steps[choice % len(steps)], unit_id)

    @rule(which=WHICH)
    def sign(self, which: int) -> None:
        self.say("signed", self.pick(which), "ceo", None, "newest")

    @rule(which=WHICH)
    def replace(self, which: int) -> None:
        self.say("replaced", self.pick(which), "office", "duplicate", "none")

    @rule(which=WHICH, kind=st.sampled_from(NEVER_SAID))
    def say_what_nobody_says(self, which: int, kind: str) -> None:
        """'delegated and signed_by_deputy only to a deputy registered beforehand'"""
        self.attempt(
            lambda: self.ledger.record(kind, self.pick(which), by="ceo", at=AT, reason_code="tone"),
            allowed=False,
        )

    @rule(which=WHICH, slip=st.sampled_from(["", "by", "reason", "digest"]))
    def say_it_again(self, which: int, slip: str) -> None:
        """'saying the same thing twice changes nothing', and another thing is not the same."""
        unit_id = self.pick(max(which, 0))
        said = self.letters[unit_id].said
        if said is not None:
            kind, by, _, reason = said
            self.say(
                kind,
                unit_id,
                "somebody" if slip == "by" else by,
                "slip" if slip == "reason" else reason,
                ("another" if slip == "digest" else "newest") if kind in NAME_A_LETTER else "none",
            )

    @rule()
    def send_everything(self) -> None:
        self.send([*drawn().unit_ids], pack(None, 1), 1)

    @rule(which=WHICH, ahead=st.sampled_from([0, 1, 1, 1, 2]))
    def send_one(self, which: int, ahead: int) -> None:
        """A substitute's first version, or a new one of a letter that came back."""
        unit_id = self.pick(max(which, 0))
        version = len(self.letters[unit_id].digests) + ahead
        if version:
            self.send([unit_id], pack((unit_id,), version), version)

    @rule()
    def register_again(self) -> None:
        """'Running the same draw again changes nothing'"""
        assert self.ledger.register(drawn(), by="sampling", at=AT).sequence == 4

    # What it does to the model

    def happened_to(self, unit_id: str) -> None:
        self.touched.remove(unit_id)
        self.touched.insert(0, unit_id)

    def say_all(self, kind: str, unit_id: str) -> None:
        reason = "tone" if kind in NEED_A_REASON else None
        self.say(kind, unit_id, "ceo", reason, "newest" if kind in NAME_A_LETTER else "none")

    def say(self, kind: str, unit_id: str, by: str, reason: str | None, which: str) -> None:
        letter = self.letters.get(unit_id)
        digest = self.digest(letter, which)
        call = lambda: self.ledger.record(  # noqa: E731
            kind, unit_id, by=by, at=AT, letter=digest, reason_code=reason
        )
        if letter is None or letter.state == "reserve":
            self.attempt(call, allowed=False)
            return
        if kind in NAME_A_LETTER and kind != "signed" and digest is None and letter.digests:
            digest_on_record: str | None = letter.digests[-1]  # by default its newest version
        else:
            digest_on_record = digest
        complete = (reason is not None) == (kind in NEED_A_REASON) and (
            digest_on_record is not None
        ) == (kind in NAME_A_LETTER)
        said = (kind, by, digest_on_record, reason)
        stands = letter.standing.get(kind) == said and kind not in TABLE[letter.state].split()
        if complete and (letter.said == said or stands):
            before = self.ledger.head
            event = self.attempt(call, allowed=True)
            assert event.kind == kind
            assert self.ledger.head == before
            return
        allowed = complete and kind in TABLE[letter.state].split()
        if kind == "signed":
            out = letter.stands("sent_for_signature")
            allowed = allowed and by == "ceo" and out and digest == letter.digests[-1]
        if kind == "dispatched":
            allowed = allowed and digest_on_record == letter.digests[-1]
        if self.attempt(call, allowed=allowed) is None:
            return
        letter.story.append(kind)
        letter.said = said
        if kind == "returned_for_rework":
            letter.standing.clear()
        letter.standing[kind] = said
        self.count += 1
        self.happened_to(unit_id)
        if kind == "replaced":
            self.move_up(letter)

    def digest(self, letter: Letter | None, which: str) -> str | None:
        if which == "none" or letter is None:
            return None
        if which == "another" or not letter.digests:
            return "ab" * 32
        return letter.digests[-1] if which == "newest" else letter.digests[0]

    def move_up(self, replaced: Letter) -> None:
        """'The substitute is the next reserve of the stratum, never chosen'"""
        for reserve in drawn().reserves:
            letter = self.letters[reserve.unit_id]
            if letter.stratum == replaced.stratum and letter.state == "reserve":
                letter.story.append("selected")
                letter.said = None
                self.count += 1
                self.happened_to(reserve.unit_id)
                return

    def send(self, unit_ids: Sequence[str], letters: Pack, version: int) -> None:
        """Sent before in these bytes: nothing. Else every letter must be at this version."""
        new = [u for u in unit_ids if letters[u].digest not in self.letters[u].digests]
        allowed = all(
            "rendered" in TABLE[self.letters[u].state].split()
            and version == len(self.letters[u].digests) + 1
            for u in new
        )
        events = self.attempt(
            lambda: self.ledger.send(letters, by="office", at=AT), allowed=allowed
        )
        if events is None:
            return
        assert [event.unit_id for event in events] == list(unit_ids)
        assert [event.payload["letter"] for event in events] == [x.digest for x in letters]
        for unit_id in new:
            letter = self.letters[unit_id]
            letter.story += ["rendered", "sent_for_signature"]
            letter.digests.append(letters[unit_id].digest)
            letter.said = None
            self.count += 2
            self.happened_to(unit_id)

    # What must be true after each

    @invariant()
    def the_ledger_is_the_model(self) -> None:
        events = list(self.ledger.events())
        self.compare_replay(events)
        self.compare_coverage(events)
        self.compare_chain()

    def compare_replay(self, events: list[Event]) -> None:
        """'State is a replay of events'"""
        assert len(events) == self.count
        histories = {s.unit_id: history for s, history in replay(events).items()}
        assert {u: [e.kind for e in h.events] for u, h in histories.items()} == {
            unit_id: letter.story for unit_id, letter in self.letters.items()
        }
        for unit_id, letter in self.letters.items():
            assert histories[unit_id].state == letter.state
            assert histories[unit_id].original is letter.original
            assert histories[unit_id].versions == len(letter.digests)
            assert histories[unit_id].letter == (letter.digests[-1] if letter.digests else None)

    def compare_coverage(self, events: list[Event]) -> None:
        """'originally selected letters signed in person / originally selected letters'"""
        coverage = signoff_coverage(events)
        original = [letter for letter in self.letters.values() if letter.original]
        sample = [letter for letter in original if letter.stratum != "Escalated"]
        in_full = [letter for letter in original if letter.stratum == "Escalated"]
        signed = [letter for letter in sample if letter.stands("signed")]
        filled = [
            letter
            for letter in self.letters.values()
            if letter.stratum != "Escalated"
            and letter.state != "replaced"
            and letter.stands("signed", "resolved_nonstandard")
        ]
        assert (coverage.signoff.count, coverage.signoff.of) == (len(signed), 4)
        assert (coverage.completion.count, coverage.completion.of) == (len(filled), 4)
        reached = {letter.stratum for letter in signed}
        assert (coverage.stratum_reach.count, coverage.stratum_reach.of) == (len(reached), 2)
        read = sum(letter.stands("signed") for letter in in_full)
        assert (coverage.take_all.count, coverage.take_all.of) == (read, 2)

    def compare_chain(self) -> None:
        report = self.ledger.check()
        assert report.ok
        assert report.events == self.count
        assert report.head == self.ledger.head


#: Making a failing story short takes minutes, for which CI does not wait.
PHASES = [phase for phase in Phase if phase is not Phase.shrink or os.environ.get("CI") != "true"]

LedgerMachine.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, phases=PHASES
)
TestLedgerMachine = LedgerMachine.TestCase


def test_the_machine_runs_on_postgresql_as_well(postgresql: Server) -> None:
    """'The tests run the same suite on both'; fewer stories, for each has a database of its own."""

    class OnPostgresql(LedgerMachine):
        @contextlib.contextmanager
        def database(self) -> Iterator[str]:
            with postgresql.database() as name:
                yield postgresql.url(name)

    run_state_machine_as_test(
        OnPostgresql,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, phases=PHASES, database=None
        ),
    )


def test_the_month_of_the_machine_has_six_letters_and_reserves() -> None:
    assert len(drawn()) == 6
    assert [r.stratum[0] for r in drawn().reserves].count("Cards") == 2
    assert {s.stratum[0] for s in drawn().selections} == set(SIZES)
