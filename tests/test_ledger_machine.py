"""The ledger against a model: any sequence of calls, legal or not, from the draw onwards.

The model is a dictionary of letters and the table of states, written out again. Whatever is asked,
the ledger does it exactly when the model says that it may, and otherwise writes nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import attrs
import pytest
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
from ceosample.signoff.figures.coverage import signoff_coverage
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.letters_table import letters_table
from ceosample.signoff.replay.history import replay
from ceosample.signoff.store.events import Event
from postgresql import Server
from thorough import examples

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
CEO = Signatory("ceo", "Margaret Llewelyn", "Chief Executive")
PLAN = Plan(size=4, reserves=2, take_all=["Escalated"])
SIZES = {"Cards": 4, "Escalated": 2, "Loans": 3}

#: 'States of a drawn letter', again.
OUT = (
    "viewed signed returned_for_rework declined escalated_to_board taken_over delegated rendered "
    "replaced found_ineligible withdrawn lapsed"
)
TABLE = {
    "reserve": "selected",
    "selected": "rendered replaced found_ineligible withdrawn lapsed",
    "rendered": "rendered sent_for_signature replaced found_ineligible withdrawn lapsed",
    "sent_for_signature": OUT,
    "viewed": OUT,
    "delegated": (
        "signed_by_deputy returned_for_rework sent_for_signature found_ineligible withdrawn lapsed"
    ),
    "returned_for_rework": "rendered taken_over replaced found_ineligible withdrawn lapsed",
    "declined": "rendered issued_under_other_name found_ineligible withdrawn lapsed",
    "escalated_to_board": "rendered signed resolved_nonstandard found_ineligible withdrawn lapsed",
    "taken_over": "rendered signed resolved_nonstandard found_ineligible withdrawn lapsed",
    "signed": "dispatched returned_for_rework found_ineligible withdrawn lapsed",
    "signed_by_deputy": "dispatched returned_for_rework found_ineligible withdrawn lapsed",
    "dispatched": "",
    "issued_under_other_name": "",
    "resolved_nonstandard": "",
    "lapsed": "",
    "replaced": "",
    "found_ineligible": "",
    "withdrawn": "",
}
INELIGIBLE = ("replaced", "found_ineligible")
NEED_A_REASON = {"returned_for_rework", "declined", "lapsed", "withdrawn", *INELIGIBLE}
NAME_A_LETTER = {
    "signed", "signed_by_deputy", "dispatched", "issued_under_other_name", "resolved_nonstandard",
    "lapsed",
}  # fmt: skip
#: Beside the letter's digest and a reason: who approves, and who is to sign.
NAME_SOMEBODY = {"withdrawn": "approver", "delegated": "to"} | dict.fromkeys(INELIGIBLE, "approver")
SAID_BY_HAND = sorted(
    {kind for following in TABLE.values() for kind in following.split()} - {"selected", "rendered"}
)
#: Ends come seldom, or every story would be over before it began.
OFTEN = [kind for kind in SAID_BY_HAND if TABLE[kind]]
NEVER_SAID = ("selected", "rendered", "reserve", "x")
ONLY_THE_CEO = {"signed", "escalated_to_board", "taken_over", "delegated", "resolved_nonstandard"}
BESIDE: dict[str, dict[str, Any]] = {
    "finding": {"verdict": "defective", "codes": ["tone"]},
    "recognition": {"colleague": "h-7", "reason_code": "kind"},
    "contact": {"channel": "call", "outcome": "reached"},
    "eligibility_questioned": {"reason_code": "duplicate"},
    "note": {"text": "The parrot was found."},
}


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
    since = dt.date(2026, 1, 1)
    ledger.grant("ceo", "signatory", since=since, by="board", at=AT)
    ledger.grant("dep", "deputy", since=since, of="ceo", by="board", at=AT)
    ledger.grant("old", "deputy", since=since, until=since, of="ceo", by="board", at=AT)
    ledger.freeze(frame(), PLAN, seed_source="dice", by="sampling", at=AT)
    return ledger, ledger.register(drawn(), by="sampling", at=AT)


@cache
def pack(unit_ids: tuple[str, ...] | None, version: int) -> Pack:
    """Rendered once: the registration's hash is the same in every ledger of this test."""
    ledger, registration = begin()
    ledger.close()
    return render(
        drawn(),
        lambda ids: {unit_id: {"letter": LETTER, "docket": DOCKET} for unit_id in ids},
        signatory=CEO,
        date=AT.date(),
        registration=registration.hash,
        unit_ids=unit_ids,
        version=version,
        pdf=False,
    )


DOCKET = {"owner": "own", "author": "aut"}
LETTER = {
    "recipient": "Blodwen Quillfeather",
    "address": ["14 Marmalade Crescent"],
    "salutation": "Dear Ms Quillfeather,",
    "subject": "The parrot",
    "body": "We are sorry.",
    "closing": "Yours sincerely,",
}


@attrs.frozen
class Step:
    """What somebody did; ``hash`` is its event's."""

    kind: str
    by: str = ""
    letter: str | None = None
    reason: str | None = None
    somebody: str | None = None
    hash: str = attrs.field(default="", eq=False)


@attrs.define
class Letter:
    """What the model knows of a letter."""

    stratum: str
    original: bool
    story: list[Step]
    beside: dict[tuple[str, str], str] = attrs.field(factory=dict)
    was_sent: bool = False

    @property
    def state(self) -> str:
        return self.story[-1].kind

    @property
    def digests(self) -> list[str]:
        return [str(step.letter) for step in self.story if step.kind == "rendered"]

    def can_become(self, kind: str) -> bool:
        return kind in TABLE[self.state].split()

    def stands(self, *kinds: str) -> Step | None:
        """The last such step, unless the letter came back after it."""
        found = None
        for step in self.story:
            if step.kind in kinds:
                found = step
            elif step.kind == "returned_for_rework":
                found = None
        return found

    def allows(self, step: Step) -> bool:
        """What the table says, and what a signature and a dispatch are bound to."""
        if not self.can_become(step.kind):
            return False
        sent = self.stands("sent_for_signature")
        if step.kind in ("signed", "signed_by_deputy") and (not sent or sent.letter != step.letter):
            return False
        if step.kind in ("signed", "delegated"):
            return step.by == "ceo" and sent is not None
        if step.kind == "signed_by_deputy":
            return self.story[-1].somebody == step.by
        if step.kind == "dispatched":
            signed = self.stands("signed", "signed_by_deputy")
            return signed is not None and signed.letter == step.letter
        return True

    def permits(self, step: Step) -> bool:
        """Whether this person may do it: roles, and duties that are not to be in one hand."""
        hands = {"own", "aut"} if self.digests else set()
        if step.kind in ONLY_THE_CEO:
            return step.by == "ceo" and step.somebody in (None, "dep")
        if step.kind in ("returned_for_rework", "declined"):
            return step.by in ("ceo", "dep")
        if step.kind in INELIGIBLE:
            return self.may_be_ineligible(step, hands)
        if step.kind == "lapsed":
            return step.by not in {"sampling", *hands}
        if step.kind == "signed_by_deputy":
            return step.by == "dep"
        return step.kind != "withdrawn" or not self.digests or step.somebody != "own"

    def may_be_ineligible(self, step: Step, hands: set[str]) -> bool:
        """'a second person confirms'; 'there is no substitute' once it was sent; 'The executive ...
        does not decide it'"""
        two = {step.by, str(step.somebody)}
        if step.reason != "duplicate" or len(two) == 1 or two & {"ceo", "dep"}:
            return False
        if step.kind == "found_ineligible":
            return self.was_sent and not two <= hands
        return not self.was_sent and step.by not in {"sampling", *hands}

    def without(self, hash: str) -> list[Step] | None:  # noqa: A002
        """The story as if a step had not been said; None where it could not be."""
        kept = Letter(self.stratum, self.original, self.story[:1])
        for step in self.story[1:]:
            if step.hash == hash:
                if step.kind in ("selected", "replaced"):
                    return None
            elif kept.allows(step):
                kept.story.append(step)
            else:
                return None
        fixed = self.story[0].hash == hash or len(kept.story) == len(self.story)
        return None if fixed else kept.story


#: Which letter: 0 is the one that something happened to last, so that stories become long.
WHICH = st.sampled_from([0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, -1])
KINDS = st.sampled_from([*OFTEN, *OFTEN, *OFTEN, *OFTEN, *SAID_BY_HAND])
WHO = st.sampled_from(["ceo", "ceo", "ceo", "office", "dep", "own", "aut", "sampling"])
SOMEBODY = st.sampled_from(["audit", "dep", "own", "old", None])
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
            s.unit_id: Letter(s.stratum[0], True, [Step("selected")]) for s in drawn().selections
        } | {r.unit_id: Letter(r.stratum[0], False, [Step("reserve")]) for r in drawn().reserves}
        self.count = 8 + len(self.letters)
        self.void: dict[str, tuple[str, str]] = {}
        self.touched = sorted(self.letters)
        if sent:
            self.send_everything()

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            try:
                self.compare_chain()
            finally:
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
        somebody=SOMEBODY,
    )
    def record(
        self, kind: str, which: int, by: str, reason: str | None, digest: str, somebody: str | None
    ) -> None:
        self.say(kind, self.pick(which), by, reason, digest, somebody)

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

    @rule(which=WHICH, kind=st.sampled_from(sorted(BESIDE)), by=WHO)
    def say_beside(self, which: int, kind: str, by: str) -> None:
        """'Beside the states, and at any time'"""
        unit_id = self.pick(which)
        letter = self.letters.get(unit_id)
        drawn_ = letter is not None and letter.state != "reserve"
        said = letter is not None and (kind, by) in letter.beside
        reader = ("finding", "recognition", "eligibility_questioned")
        free = kind not in reader or by in ("ceo", "dep")
        event = self.attempt(
            lambda: self.ledger.record(kind, unit_id, by=by, at=AT, **BESIDE[kind]),
            allowed=drawn_ and free,
        )
        if event is not None and letter is not None:
            self.count += not said
            assert letter.beside.setdefault((kind, by), event.hash) == event.hash

    @rule(
        which=WHICH, back=st.sampled_from([1, 1, 1, 2, 3, 5]), reason=REASONS, again=st.booleans()
    )
    def correct(self, which: int, back: int, reason: str | None, again: bool) -> None:
        """'void, as if never said', unless 'what came after it would have been impossible'"""
        unit_id = self.pick(max(which, 0))
        letter = self.letters[unit_id]
        said = [step.hash for step in letter.story if step.hash] + [*letter.beside.values()]
        if again:
            said = [*self.void] or said
        if not said or reason is None:
            return
        found, made = said[-min(back, len(said))], ("office", reason)
        call = lambda: self.ledger.correct(  # noqa: E731
            found, by="office", at=AT, reason_code=reason
        )
        if found in self.void:
            self.attempt(call, allowed=self.void[found] == made)
            return
        beside = {key: value for key, value in letter.beside.items() if value != found}
        story = letter.story if beside != letter.beside else letter.without(found)
        if letter.state == "reserve":
            story = None
        if self.attempt(call, allowed=story is not None) is not None and story is not None:
            letter.story, letter.beside = story, beside
            self.void[found] = made
            self.count += 1
            self.happened_to(unit_id)

    @rule(which=WHICH)
    def sign(self, which: int) -> None:
        self.say("signed", self.pick(which), "ceo", None, "newest", None)

    @rule(which=WHICH)
    def replace(self, which: int) -> None:
        self.say("replaced", self.pick(which), "office", "duplicate", "none", "audit")

    @rule(which=WHICH, kind=st.sampled_from(NEVER_SAID))
    def say_what_nobody_says(self, which: int, kind: str) -> None:
        self.attempt(
            lambda: self.ledger.record(kind, self.pick(which), by="ceo", at=AT, reason_code="tone"),
            allowed=False,
        )

    @rule(which=WHICH, slip=st.sampled_from(["", "by", "reason", "digest"]))
    def say_it_again(self, which: int, slip: str) -> None:
        """'saying the same thing twice changes nothing', and another thing is not the same."""
        unit_id = self.pick(max(which, 0))
        last = self.letters[unit_id].story[-1]
        if last.kind in SAID_BY_HAND and last.by:
            self.say(
                last.kind,
                unit_id,
                "somebody" if slip == "by" else last.by,
                "slip" if slip == "reason" else last.reason,
                ("another" if slip == "digest" else "newest")
                if last.kind in NAME_A_LETTER
                else "none",
                last.somebody,
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
        assert self.ledger.register(drawn(), by="sampling", at=AT).sequence == 8

    # What it does to the model

    def happened_to(self, unit_id: str) -> None:
        self.touched.remove(unit_id)
        self.touched.insert(0, unit_id)

    def say_all(self, kind: str, unit_id: str) -> None:
        reason = "tone" if kind in NEED_A_REASON else None
        reason = "duplicate" if kind in INELIGIBLE else reason
        office = dict.fromkeys(("lapsed", *INELIGIBLE), "office")
        by = {"signed_by_deputy": "dep", **office}.get(kind, "ceo")
        somebody = {n: "dep" if n == "delegated" else "audit" for n in NAME_SOMEBODY}.get(kind)
        which = "newest" if kind in NAME_A_LETTER else "none"
        self.say(kind, unit_id, by, reason, which, somebody)

    def say(
        self, kind: str, unit_id: str, by: str, reason: str | None, which: str, somebody: str | None
    ) -> None:
        letter = self.letters.get(unit_id)
        said = digest = self.digest(letter, which)
        if kind not in NAME_SOMEBODY:
            somebody = None
        more: Any = {NAME_SOMEBODY.get(kind, "to"): somebody}
        call = lambda: self.ledger.record(  # noqa: E731
            kind, unit_id, by=by, at=AT, letter=said, reason_code=reason, **more
        )
        if letter is None or letter.state == "reserve":
            self.attempt(call, allowed=False)
            return
        complete = (reason is None or kind in NEED_A_REASON or kind == "escalated_to_board") and (
            reason is not None or kind not in NEED_A_REASON
        )
        complete = complete and (somebody is not None) == (kind in NAME_SOMEBODY)
        if kind in NAME_A_LETTER and not kind.startswith("signed") and digest is None:
            # By default its newest version.
            digest = letter.digests[-1] if letter.digests else None
        complete = complete and (digest is not None) == (kind in NAME_A_LETTER)
        if kind == "sent_for_signature":  # the letter that is out already
            sent = letter.stands(kind)
            digest = None if sent is None else sent.letter
            complete = complete and sent is not None
        step = Step(kind, by, digest, reason, somebody)
        before = letter.stands(kind)
        same = before == step and (before is letter.story[-1] or not letter.can_become(kind))
        if kind == "sent_for_signature" and same:  # that the pack was sent is not said by hand
            place = next(n for n, s in enumerate(letter.story) if s is before)
            same = letter.story[place - 1].kind == "delegated"
        if complete and same and before is not None:
            head = self.ledger.head
            event = self.attempt(call, allowed=True)
            assert (event.hash, event.kind) == (before.hash, kind)
            assert self.ledger.head == head
            return
        allowed = complete and letter.allows(step) and letter.permits(step)
        if kind == "sent_for_signature":  # said by hand, it takes back a delegation alone
            allowed = allowed and letter.state == "delegated"
        event = self.attempt(call, allowed=allowed)
        if event is None:
            return
        letter.story.append(attrs.evolve(step, hash=event.hash))
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
                letter.story.append(Step("selected"))
                self.count += 1
                self.happened_to(reserve.unit_id)
                return

    def send(self, unit_ids: Sequence[str], letters: Pack, version: int) -> None:
        """Sent before in these bytes: nothing. Else every letter must be at this version."""

        def sent(unit_id: str) -> bool:
            digest = letters[unit_id].digest
            story = self.letters[unit_id].story
            return any((s.kind, s.letter) == ("sent_for_signature", digest) for s in story)

        new = [unit_id for unit_id in unit_ids if not sent(unit_id)]
        allowed = all(
            self.letters[u].can_become("rendered") and version == len(self.letters[u].digests) + 1
            for u in new
        )
        events = self.attempt(
            lambda: self.ledger.send(letters, by="office", at=AT), allowed=allowed
        )
        if events is None:
            return
        assert [event.unit_id for event in events] == list(unit_ids)
        assert [event.payload["letter"] for event in events] == [x.digest for x in letters]
        for event in events:
            if event.unit_id in new:
                rendered = Step("rendered", "office", event.payload["letter"], hash=event.previous)
                out = attrs.evolve(rendered, kind="sent_for_signature", hash=event.hash)
                self.letters[event.unit_id].story += [rendered, out]
                self.letters[event.unit_id].was_sent = True
                self.count += 2
                self.happened_to(event.unit_id)

    # What must be true after each

    @invariant()
    def the_ledger_is_the_model(self) -> None:
        events = list(self.ledger.events())
        self.compare_replay(events)
        self.compare_coverage(events)

    def compare_replay(self, events: list[Event]) -> None:
        """'State is a replay of events'"""
        assert len(events) == self.count
        histories = {s.unit_id: history for s, history in replay(events).items()}
        assert {u: [e.kind for e in h.events] for u, h in histories.items()} == {
            unit_id: [step.kind for step in letter.story]
            for unit_id, letter in self.letters.items()
        }
        for unit_id, letter in self.letters.items():
            assert histories[unit_id].state == letter.state
            assert [e.hash for e in histories[unit_id].annotations] == [*letter.beside.values()]
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
            and letter.state not in INELIGIBLE
            and letter.stands("signed", "signed_by_deputy", "resolved_nonstandard")
        ]
        assert (coverage.signoff.count, coverage.signoff.of) == (len(signed), 4)
        assert (coverage.completion.count, coverage.completion.of) == (len(filled), 4)
        reached = {x.stratum for x in self.letters.values() if x.stands("signed")}
        assert (coverage.stratum_reach.count, coverage.stratum_reach.of) == (len(reached), 3)
        read = sum(letter.stands("signed") is not None for letter in in_full)
        assert (coverage.take_all.count, coverage.take_all.of) == (read, 2)
        rows = [row for row in letters_table(events).letters if row["in_full"] == "no"]
        assert sum(int(row["counted_signed"] or 0) for row in rows) == len(signed)

    def compare_chain(self) -> None:
        report = self.ledger.check()
        assert report.ok
        assert report.events == self.count
        assert report.head == self.ledger.head


#: Making a failing story short takes minutes, for which nobody waits.
PHASES = [phase for phase in Phase if phase not in (Phase.shrink, Phase.explain)]

LedgerMachine.TestCase.settings = settings(
    max_examples=examples(200, one_in=40), stateful_step_count=40, deadline=None, phases=PHASES
)
TestLedgerMachine = pytest.mark.slow(LedgerMachine.TestCase)


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
            max_examples=examples(8, one_in=4),
            stateful_step_count=25,
            deadline=None,
            phases=PHASES,
            database=None,
        ),
    )


def test_the_month_of_the_machine_has_six_letters_and_reserves() -> None:
    assert len(drawn()) == 6
    assert [r.stratum[0] for r in drawn().reserves].count("Cards") == 2
    assert {s.stratum[0] for s in drawn().selections} == set(SIZES)
