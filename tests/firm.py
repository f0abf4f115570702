"""A year of a firm that keeps a ledger: everything that can happen to a letter happens, by a seed.

Each letter's fate is a generator that gives the days until something happens to it next, so that
the whole firm goes through the year day by day, as one does.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import heapq
import random
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ceosample import Draw, Event, Frame, Period, Plan, Seed, Signatory, draw, render
from ceosample.errors import LedgerError
from ceosample.signoff.ledger import Ledger

POPULATION = "complaint-responses"
YEAR = [f"2026-{month:02}" for month in range(1, 13)]
DIVISIONS = {"Cards": 7, "Loans": 6, "Mortgages": 5, "Savings": 6, "Escalated": 2}
PLAN = Plan(size=12, reserves=2, take_all=["Escalated"])
SECOND_CEO = dt.date(2026, 7, 8)
BODY = "We are sorry about what happened, and this is what we will do about it."

Fate = Iterator[int]


class Firm:
    """A firm, its people and its ledger."""

    def __init__(self, url: str, seed: int) -> None:
        self.luck = random.Random(seed)
        self.now = dt.datetime(2025, 12, 1, 9, tzinfo=dt.UTC)
        self.salted = self.delegated = 0
        self.ledger = Ledger.open(
            url, clock=lambda: self.now, ledger_id="5e" * 16, salts=self.salt, recorder="clerk"
        )
        self.agenda: list[tuple[dt.datetime, int, str | None, int, Fate]] = []
        self.turn = 0
        self.months = YEAR
        self.draws: dict[str, Draw] = {}
        self.registered: dict[str, str] = {}
        self.draw_number: dict[str, int] = {}
        self.version: dict[str, int] = {}
        self.digest: dict[str, str] = {}
        self.addressed: dict[str, str] = {}
        self.fates: list[Callable[[Firm, str], Fate]] = []

    def salt(self) -> bytes:
        self.salted += 1
        return hashlib.sha256(str(self.salted).encode()).digest()

    # The year

    def live(self) -> None:
        self.hire()
        if "2026-06" in self.months:
            self.begin(self.change_the_signatory(), dt.datetime(2026, 7, 8, 8, tzinfo=dt.UTC))
        for month in self.months:
            first = dt.datetime.combine(Period.parse(month).next().first_day, dt.time(9), dt.UTC)
            self.begin(self.month(month), first + dt.timedelta(days=self.luck.randint(0, 3)))
        for number in range(len(self.months) + 2):
            day = dt.datetime(2026, 1, 10, 11, tzinfo=dt.UTC) + dt.timedelta(days=number * 24)
            self.begin(self.beyond_policy(number), day)
        while self.agenda:
            self.now, _, month_, number, fate = heapq.heappop(self.agenda)
            if month_ is not None and self.draw_number[month_] != number:
                continue  # its draw was set aside
            days = next(fate, None)
            if days is not None:
                self.begin(fate, self.now + dt.timedelta(days=days, minutes=7), month_)

    def begin(self, fate: Fate, when: dt.datetime, month: str | None = None) -> None:
        self.turn += 1
        number = self.draw_number.get(month or "", 0)
        heapq.heappush(self.agenda, (when, self.turn, month, number, fate))

    def hire(self) -> None:
        day = dt.date(2025, 12, 1)
        say: dict[str, Any] = {"by": "board", "at": self.now}
        for person, role in (
            ("office", "executive-office"), ("desk", "dispatcher"), ("sam", "sampler"),
            ("cust", "seed-custodian"), ("aud", "auditor"), ("board", "board"),
        ):  # fmt: skip
            self.ledger.grant(person, role, since=day, **say)
        self.ledger.grant(
            "ceo", "signatory", since=day, limit="500.00", currency="GBP", by="board", at=self.now
        )
        self.ledger.grant(
            "dep", "deputy", since=dt.date(2026, 3, 1), until=dt.date(2026, 3, 31), of="ceo",
            by="board", at=self.now,
        )  # fmt: skip
        wrong = self.ledger.grant("aud", "sampler", since=day, by="board", at=self.now)
        self.ledger.correct(wrong.hash, by="board", at=self.now, reason_code="slip")
        self.ledger.name("ceo", "Margaret Llewelyn", by="board", at=self.now)

    def change_the_signatory(self) -> Fate:
        say: dict[str, Any] = {"since": SECOND_CEO, "by": "board", "at": self.now}
        self.ledger.revoke("ceo", "signatory", **say)
        self.ledger.grant("heir", "signatory", limit="300.00", currency="GBP", **say)
        for unit_id in self.draws["2026-06"].unit_ids:
            history = self.ledger.history(unit_id, population=POPULATION, period=unit_id[:7])
            if history.state == "sent_for_signature" and self.luck.random() < 0.7:
                self.send([unit_id], self.version[unit_id] + 1)
        yield 200
        self.ledger.forget_person("ceo", by="aud", at=self.now, reason_code="left")

    @property
    def chief(self) -> str:
        return "ceo" if self.now.date() < SECOND_CEO else "heir"

    def month(self, month: str) -> Fate:
        self.draw_month(month, anew=False)
        yield 1
        self.send_month(month)
        if month == "2026-05":
            yield 6
            say: dict[str, Any] = {"at": self.now, "reason_code": "wrong-frame", "approver": "aud"}
            self.ledger.supersede(POPULATION, month, by="office", **say)
            self.draw_number[month] += 1
            yield 1
            self.draw_month(month, anew=True)
            yield 1
            self.send_month(month)
        yield 20
        self.reconcile(month)

    def draw_month(self, month: str, *, anew: bool) -> None:
        frame = Frame.from_records(
            [
                {"id": f"{month}-{division[0]}{number}", "division": division}
                for division, size in DIVISIONS.items()
                for number in range(size + anew)
            ],
            population=POPULATION, period=month, unit_id="id", strata=["division"],
        )  # fmt: skip
        dice = "".join(self.luck.choice("0123456789") for _ in range(24))
        seed = Seed.from_dice(dice, witnesses=["internal audit"])
        self.ledger.freeze(frame, PLAN, seed_source="dice", by="sam", at=self.now)
        self.ledger.reveal(seed, population=POPULATION, period=month, by="cust", at=self.now)
        self.draws[month] = draw(frame, PLAN, seed)
        event = self.ledger.register(self.draws[month], by="sam", at=self.now)
        self.registered[month] = event.hash
        self.draw_number.setdefault(month, 0)

    def send_month(self, month: str) -> None:
        for unit_id in self.draws[month].unit_ids:
            self.version.pop(unit_id, None)
        ids = [u for u in self.draws[month].unit_ids if u != self.draws[month].unit_ids[-1]]
        if month != "2026-08":  # the last one of August is never sent
            ids = self.replaced_before_sending(list(self.draws[month].unit_ids))
        self.send(ids, 1)
        for unit_id in ids:
            if not self.fates:
                self.fates = [*FATES]
                self.luck.shuffle(self.fates)
            fate = self.fates.pop()(self, unit_id)
            self.begin(fate, self.now + dt.timedelta(days=self.luck.randint(0, 5)), month)

    def replaced_before_sending(self, ids: list[str]) -> list[str]:
        """Those to send, once two that were never eligible made room for the next reserves."""
        for unit_id in ids[:2]:
            said = self.say("replaced", unit_id, "office", reason_code="duplicate", approver="aud")
            up = self.ledger.substitute_of(said)
            ids = [*(one for one in ids if one != unit_id), *([str(up.unit_id)] if up else [])]
        return ids

    def send(self, ids: list[str], version: int, *, author: str = "") -> None:
        month, chief = ids[0][:7], self.chief
        names = {"ceo": "Margaret Llewelyn", "heir": "Owain Pryce"}
        pack = render(
            self.draws[month],
            lambda asked: {unit_id: self.content(unit_id, author) for unit_id in asked},
            signatory=Signatory(chief, names[chief], "Chief Executive"),
            date=self.now.date(), registration=self.registered[month], unit_ids=ids,
            version=version,
            pdf=False,
        )  # fmt: skip
        self.ledger.send(pack, by="desk", at=self.now)
        for unit_id in ids:
            self.version[unit_id] = version
            self.digest[unit_id] = pack[unit_id].digest
            self.addressed[unit_id] = chief

    def content(self, unit_id: str, author: str) -> dict[str, Any]:
        own = random.Random(unit_id)
        received = Period.parse(unit_id[:7]).first_day + dt.timedelta(days=own.randint(0, 27))
        docket: dict[str, Any] = {
            "author": author or f"h-{own.randint(1, 9)}",
            "received": received,
            "regime": "uk-disp",
            "contacts": {"phone": own.randint(0, 13), "email": own.randint(0, 4)},
        }
        if own.random() < 0.85:
            docket["owner"] = f"o-{own.randint(1, 9)}"
        if own.random() < 0.9:
            docket["due"] = received + dt.timedelta(days=own.randint(25, 56))
        letter = {
            "recipient": "Blodwen Quillfeather",
            "address": ["14 Marmalade Crescent"],
            "salutation": "Dear Ms Quillfeather,",
            "subject": "The parrot",
            "body": " ".join([BODY] * own.randint(1, 9)),
            "closing": "Yours sincerely,",
        }
        return {"letter": letter, "docket": docket}

    def reconcile(self, month: str) -> None:
        number = YEAR.index(month)
        opening, new = 10 + number, sum(DIVISIONS.values())
        counts = {"opening": opening, "new": new, "final": new - 1, "carried": opening + 1}
        if month == "2026-04":
            counts["carried"] += 2  # the clerk miscounts, which nobody notices
        if month == "2026-09":
            wrong = dict(counts, opening=99)
            event = self.ledger.reconcile(POPULATION, month, **wrong, by="office", at=self.now)
            self.ledger.correct(event.hash, by="office", at=self.now, reason_code="slip")
        if month != "2026-11":
            self.ledger.reconcile(POPULATION, month, **counts, by="office", at=self.now)

    def beyond_policy(self, number: int) -> Fate:
        name, first, second = f"oop-{number}", f"h-{number}", f"h-{number + 1}"
        self.ledger.propose(
            name, population=POPULATION, policy=self.luck.choice(["fees", "delay"]),
            review_by=self.now.date() + dt.timedelta(days=self.luck.randint(20, 60)),
            by=first, at=self.now, amount="75.00", currency="GBP",
        )  # fmt: skip
        if number % 5 == 4:
            return
        yield self.luck.randint(0, 4)
        self.ledger.cosign(name, population=POPULATION, by=second, at=self.now)
        if number % 4 == 3:
            return
        yield self.luck.randint(5, 80)
        said: dict[str, Any] = {"population": POPULATION, "by": "panel"}
        outcome = ("adopted", "kept", "refused")[number % 3]
        if number == 2:
            event = self.ledger.review(name, "kept", at=self.now, **said)
            yield 9
            self.ledger.correct(event.hash, by="panel", at=self.now, reason_code="slip")
        self.ledger.review(name, outcome, at=self.now, **said)

    # What is said of a letter

    def say(self, kind: str, unit_id: str, by: str, **more: Any) -> Any:
        more.setdefault("at", self.now)
        about: dict[str, Any] = {"population": POPULATION, "period": unit_id[:7]}
        return self.ledger.record(kind, unit_id, by=by, **about, **more)

    def ask(self, kind: str, unit_id: str, **more: Any) -> Any:
        """The chief executive of the day does it; what is addressed to another goes out anew."""
        if self.addressed[unit_id] != self.chief:
            self.send([unit_id], self.version[unit_id] + 1)
        if kind == "signed":
            more["letter"] = self.digest[unit_id]
        return self.say(kind, unit_id, self.chief, **more)

    def is_in_reach_of_the_deputy(self) -> bool:
        return self.now.date().isoformat()[:7] == "2026-03" and self.now.day < 27


def sign(firm: Firm, unit_id: str) -> Fate:
    firm.ask("viewed", unit_id)
    yield firm.luck.randint(0, 4)
    firm.ask("signed", unit_id)
    if firm.luck.random() < 0.5:
        firm.say("finding", unit_id, firm.chief, verdict="sound")
        firm.say(
            "recognition",
            unit_id,
            firm.chief,
            colleague="h-3",
            reason_code="kind",
            text="Well put.",
        )
    yield firm.luck.randint(0, 6)
    firm.say("dispatched", unit_id, "desk")


def rework(firm: Firm, unit_id: str) -> Fate:
    finding = {"verdict": "defective", "codes": ["tone", "facts"], "text": f"{unit_id} is stiff."}
    firm.ask("returned_for_rework", unit_id, reason_code="tone", text="Too stiff.")
    firm.say("finding", unit_id, firm.chief, **finding)
    yield firm.luck.randint(1, 5)
    firm.send([unit_id], firm.version[unit_id] + 1)
    yield firm.luck.randint(0, 3)
    firm.ask("signed", unit_id)
    yield 1
    firm.say("dispatched", unit_id, "desk")


def approval_is_void(firm: Firm, unit_id: str) -> Fate:
    firm.ask("signed", unit_id)
    yield 2
    firm.say("returned_for_rework", unit_id, "office", reason_code="new-facts")
    yield firm.luck.randint(1, 5)
    firm.send([unit_id], firm.version[unit_id] + 1)
    if firm.luck.random() < 0.5:
        yield 1
        firm.ask("signed", unit_id)


def decline(firm: Firm, unit_id: str) -> Fate:
    firm.ask("declined", unit_id, reason_code="not-mine")
    yield firm.luck.randint(1, 9)
    firm.say("issued_under_other_name", unit_id, "desk")


def escalate(firm: Firm, unit_id: str) -> Fate:
    firm.ask("escalated_to_board", unit_id, reason_code="pattern")
    yield 4
    firm.say("board_answer", unit_id, "board", outcome="policy-changes", text="It changes.")
    yield 1
    firm.ask("signed", unit_id)
    yield 1
    firm.say("dispatched", unit_id, "desk")


def resolve(firm: Firm, unit_id: str) -> Fate:
    firm.ask("taken_over", unit_id)
    firm.say("contact", unit_id, firm.chief, channel="phone", outcome="reached", text="She wept.")
    with pytest.raises(LedgerError, match="beyond this person's authority"):
        firm.say(
            "resolved_nonstandard", unit_id, firm.chief, letter=firm.digest[unit_id],
            amount="500.01", currency="GBP",
        )  # fmt: skip
    firm.say(
        "resolved_nonstandard", unit_id, firm.chief, letter=firm.digest[unit_id],
        amount="299.99", currency="GBP",
    )  # fmt: skip
    yield 0


def own_letter(firm: Firm, unit_id: str) -> Fate:
    firm.ask("taken_over", unit_id)
    firm.send([unit_id], firm.version[unit_id] + 1, author=firm.chief)
    assert firm.ask("signed", unit_id).payload["own_letter"] is True
    yield 1
    firm.say("dispatched", unit_id, "desk")


def lapse(firm: Firm, unit_id: str) -> Fate:
    yield firm.luck.randint(3, 30)
    firm.say("lapsed", unit_id, "office", reason_code="deadline")


def find_ineligible(firm: Firm, unit_id: str) -> Fate:
    firm.say("finding", unit_id, firm.chief, verdict="sound")
    firm.say("eligibility_questioned", unit_id, firm.chief, reason_code="duplicate")
    yield firm.luck.randint(0, 9)
    firm.say("found_ineligible", unit_id, "office", reason_code="duplicate", approver="aud")


def withdraw(firm: Firm, unit_id: str) -> Fate:
    yield firm.luck.randint(0, 40)
    firm.say("withdrawn", unit_id, "office", reason_code="customer", approver="aud")


def delegate(firm: Firm, unit_id: str) -> Fate:
    if not firm.is_in_reach_of_the_deputy():
        yield from sign(firm, unit_id)
        return
    firm.ask("delegated", unit_id, to="dep")
    firm.delegated += 1
    if firm.delegated == 2:
        yield 1
        firm.say("sent_for_signature", unit_id, "ceo")
        firm.ask("signed", unit_id)
        return
    yield 1
    firm.say("signed_by_deputy", unit_id, "dep", letter=firm.digest[unit_id])
    yield 1
    firm.say("dispatched", unit_id, "desk")


def mistaken(firm: Firm, unit_id: str) -> Fate:
    """The clerk writes a signature down; days later it turns out that it was declined that day."""
    wrong, then, chief = firm.ask("signed", unit_id), firm.now, firm.chief
    yield firm.luck.randint(3, 12)
    firm.ledger.correct(wrong.hash, by="office", at=firm.now, reason_code="misheard")
    firm.say("declined", unit_id, chief, reason_code="tone", at=then)


def forget(firm: Firm, unit_id: str) -> Fate:
    about: dict[str, Any] = {"population": POPULATION, "period": unit_id[:7], "by": "aud"}
    firm.say("note", unit_id, "office", text=f"About {unit_id}: rang in tears.")
    firm.ledger.hold(unit_id, at=firm.now, reason_code="court", **about)
    firm.ask("signed", unit_id)
    yield 3
    with pytest.raises(LedgerError, match="legal hold"):
        firm.ledger.forget(unit_id, at=firm.now, reason_code="asked", **about)
    firm.ledger.hold(unit_id, at=firm.now, reason_code="settled", lift=True, **about)
    yield 2
    firm.ledger.forget(unit_id, at=firm.now, reason_code="asked", **about)


def wait(firm: Firm, unit_id: str) -> Fate:
    yield from ()


FATES: list[Callable[[Firm, str], Fate]] = [
    *(sign, sign, sign, rework, approval_is_void, decline, escalate, resolve, own_letter, lapse),
    *(find_ineligible, withdraw, delegate, delegate, delegate, mistaken, forget, wait),
]


@cache
def ledger_of_the_year() -> bytes:
    """The file of a ledger after one such year, lived once."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "year.db")
        firm = Firm(f"sqlite:///{file}", 7)
        with firm.ledger:
            firm.live()
        return file.read_bytes()


@cache
def year() -> tuple[Event, ...]:
    """The events of that year."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "year.db")
        file.write_bytes(ledger_of_the_year())
        with Ledger.open(f"sqlite:///{file}", create=False) as ledger:
            return tuple(ledger.events())
