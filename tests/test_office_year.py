"""A year of the executive's office: what it does beside the sample is in the year's report."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from functools import cache
from typing import Any

import pytest

import ceosample as cs
from ceosample import Event, Frame, Plan, Seed, draw
from ceosample.report import board_report, notice
from firm import POPULATION, YEAR, Fate, Firm, year

AT = dt.datetime(2027, 2, 1, 9, tzinfo=dt.UTC)
CALLS = "calls"
EVIDENCE = "ab" * 32


class Office(Firm):
    """The firm, with what reaches its executive without being drawn, and what comes of letters.

    It acts on the last letters of each month that are still on record, by days and by no chance,
    so the firm's own year goes as it always does.
    """

    def live(self) -> None:
        for number in range(len(YEAR)):
            start = dt.datetime(2026, number + 1, 27, 15, tzinfo=dt.UTC)
            self.begin(self.case(number), start)
            if number:
                self.begin(self.promise(YEAR[number - 1], number), start)
        self.begin(self.calls(), dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC))
        self.begin(self.naming(), dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC))
        super().live()

    def case(self, number: int) -> Fate:
        """Fewer letters to the executive in the second half of the year."""
        for came_by in ["letter", "social"][: 2 if number < 6 else 1]:
            told = self.ledger.refer(
                came_by, population=POPULATION, by="office", at=self.now, owner="h-3",
                nature="compliment" if number == 4 else "complaint",
                due=self.now.date() + dt.timedelta(days=20), text="Nine weeks without an answer.",
            )  # fmt: skip
            case = str(told.unit_id)
            yield 2
            by: Any = {"population": POPULATION, "period": None, "at": self.now}
            if number == 4:
                self.ledger.record(
                    "recognition", case, by=self.chief, colleague="h-7", reason_code="kind", **by
                )
                continue
            self.ledger.record("taken_over", case, by=self.chief, **by)
            self.ledger.record(
                "contact", case, by=self.chief, channel="phone", outcome="kept", **by
            )

    def promise(self, month: str, number: int) -> Fate:
        """A call-back for a letter that was signed; kept in every month but each third."""
        signed = []
        for unit_id in self.draws[month].unit_ids:
            history = self.ledger.history(unit_id, population=POPULATION, period=month)
            judged = any(event.kind == "finding" for event in history.annotations)
            if history.state in ("signed", "dispatched") and not judged:
                signed.append(unit_id)
        for unit_id in signed[-1:]:
            due = (self.now.date() + dt.timedelta(days=9)).isoformat()
            self.say("promise", unit_id, "office", promise="call-back", due=due, to="h-9")
            self.say("contact", unit_id, self.chief, channel="phone", outcome="kept")
            cause: Any = {"verdict": "defective", "codes": ["facts"], "cause": "old-form"}
            self.say("finding", unit_id, self.chief, **cause)
            what: Any = {"cause": "old-form", "action": "new-form", "due": due, "to": "h-5"}
            self.say("action", unit_id, "office", **what)
            yield 4
            if number % 3:
                self.say("promise_kept", unit_id, "h-9", promise="call-back", evidence=EVIDENCE)
                self.say("action_done", unit_id, "h-5", action="new-form", evidence=EVIDENCE)
            else:
                self.say(
                    "promise_broken", unit_id, "h-9", promise="call-back", reason_code="no-answer"
                )

    def naming(self) -> Fate:
        self.ledger.agree_to_naming("h-3", "Sam of the card team", "staff", at=self.now)
        yield from ()

    def calls(self) -> Fate:
        """A month of telephone calls, which are read and not signed."""
        frame = Frame.from_records(
            [{"id": f"call-{number}"} for number in range(9)],
            population=CALLS, period="2026-10", unit_id="id",
        )  # fmt: skip
        plan = Plan(size=3, reserves=0)
        say: Any = {"by": "sam", "at": self.now}
        self.ledger.freeze(frame, plan, seed_source="dice", reading=True, **say)
        seed = Seed.from_dice("83019274650192837465", witnesses=["audit"])
        self.ledger.register(draw(frame, plan, seed), **say)
        yield from ()


@cache
def office_year() -> tuple[Event, ...]:
    office = Office("sqlite://", 7)
    with office.ledger:
        office.live()
        assert office.ledger.check().ok
        return tuple(office.ledger.events())


@pytest.fixture(scope="module")
def page() -> str:
    found = board_report(office_year(), population=POPULATION, as_of=AT)
    return " ".join(re.sub(r"<[^>]+>", " ", found.to_html(pictures=False).decode()).split())


def test_the_report_of_the_year_has_what_the_office_did(page: str) -> None:
    """'a simulated year shows them in the report', each figure a plain count of its events"""
    kinds = Counter(event.kind for event in office_year())
    assert kinds["case_referred"] == 18
    assert min(kinds[kind] for kind in ("promise", "promise_kept", "promise_broken", "action")) > 2
    of = kinds["promise"]
    assert f"Kept {kinds['promise_kept']} of {of} Broken {kinds['promise_broken']} of {of}" in page
    late = kinds["action"] - kinds["action_done"]
    assert f"Of {kinds['action']} actions, {late} are open, {late} of these past the date" in page
    assert "Complaints taken over 16 of 16" in page
    assert "Compliments after which a colleague was recognised 2 of 2" in page


def test_no_figure_of_the_sample_has_a_case_or_a_reading_in_it() -> None:
    ours, plain = office_year(), year()
    for events in (ours, plain):
        assert {event.kind for event in events} >= {"signed", "drawn"}
    ask: Any = {"population": POPULATION, "as_of": AT}
    with_office = cs.figures.metrics(ours, **ask)
    without = cs.figures.metrics(plain, **ask)
    assert with_office.sample == without.sample
    assert with_office.reach == without.reach
    assert with_office.strata == without.strata


def test_the_notice_to_staff_names_only_who_agreed() -> None:
    told = notice(
        office_year(),
        audience="staff",
        population=POPULATION,
        as_of=AT,
        names={"h-3": "Sam, cards"},
    )
    assert "Sam, cards" in str(told)
    assert "h-3" not in str(told)
