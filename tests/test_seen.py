"""What an executive has seen stays seen: substitutes, superseding, the board, money."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ceosample as cs
from book import POPULATION, Book
from ceosample.errors import LedgerError
from ceosample.report.board import board_report
from ceosample.report.outline import page_of
from ceosample.signoff.figures.coverage import signoff_coverage
from ceosample.signoff.figures.month_summary import summarise
from ceosample.signoff.figures.set_aside import set_aside
from ceosample.signoff.intake.decisions import Decisions
from ceosample.signoff.replay.lifecycle import INELIGIBLE
from months import (
    AT,
    AUTHOR,
    CEO,
    FRESH_SEED,
    LATER,
    MONTH,
    OFFICE,
    OWNER,
    Month,
    kinds,
    nothing_written,
    open_ledger,
    registered,
    sent,
)

SECOND = "second-1"


@pytest.fixture
def month() -> Iterator[Month]:
    """A month whose letters are out for signature."""
    with open_ledger() as ledger:
        yield sent(ledger)


def replace(ledger: cs.Ledger, unit_id: str, **said: Any) -> cs.Event:
    given = {"by": OFFICE, "at": AT, "reason_code": "duplicate", "approver": SECOND, **said}
    return ledger.record("replaced", unit_id, **given)


def find_ineligible(month: Month, unit_id: str | None = None, **said: Any) -> cs.Event:
    given = {"by": OFFICE, "at": AT, "reason_code": "duplicate", "approver": SECOND, **said}
    return month.ledger.record("found_ineligible", unit_id or month.first, **given)


# Substitutes


def test_before_it_is_sent_a_letter_is_replaced_for_a_listed_reason_by_two_persons() -> None:
    """'replacement reasons are a fixed list that means *was never eligible* ... and a second
    person confirms'"""
    with open_ledger() as ledger:
        draw, _ = registered(ledger)
        first = draw.unit_ids[0]
        for said, fault in (
            ({"reason_code": "letter-was-embarrassing"}, "use one of duplicate, out-of-scope"),
            ({"approver": None}, "a second person who confirms it"),
            ({"approver": OFFICE}, "a second person who confirms it"),
        ):
            with nothing_written(ledger), pytest.raises(LedgerError, match=fault):
                replace(ledger, first, **said)
        event = replace(ledger, first)
        up = ledger.substitute_of(event)
        assert up is not None
        assert ledger.history(str(up.unit_id)).state == "selected"


@pytest.mark.parametrize("reason", INELIGIBLE)
def test_every_listed_reason_is_taken(reason: str) -> None:
    with open_ledger() as ledger:
        draw, _ = registered(ledger)
        assert replace(ledger, draw.unit_ids[0], reason_code=reason).kind == "replaced"


@pytest.mark.parametrize("step", [None, "viewed", "returned_for_rework"])
def test_a_letter_that_was_sent_has_no_substitute_whatever_came_after(
    month: Month, step: str | None
) -> None:
    """'From `sent_for_signature` on (not `viewed`, which opening the room does not write, and paper
    never) there is no substitute'"""
    if step is not None:
        month.say(step, **({"reason_code": "tone"} if step == "returned_for_rework" else {}))
    with nothing_written(month.ledger), pytest.raises(LedgerError, match="record found_ineligible"):
        replace(month.ledger, month.first)


def test_correcting_the_sending_makes_no_way_round(month: Month) -> None:
    """The letter lay on the desk, whatever the ledger says of it since."""
    sending = next(
        e for e in month.ledger.events(unit_id=month.first) if e.kind == "sent_for_signature"
    )
    month.ledger.correct(sending.hash, by=OFFICE, at=AT, reason_code="slip")
    assert month.state() == "rendered"
    with nothing_written(month.ledger), pytest.raises(LedgerError, match="record found_ineligible"):
        replace(month.ledger, month.first)
    assert find_ineligible(month).kind == "found_ineligible"


def test_nor_does_a_new_draw_in_which_it_was_drawn_again(month: Month) -> None:
    month.ledger.supersede(**MONTH, by=OFFICE, at=AT, reason_code="wrong-frame", approver=SECOND)
    draw, _ = registered(month.ledger, seed=FRESH_SEED)
    again = next(unit_id for unit_id in draw.unit_ids if unit_id in month.draw.unit_ids)
    with nothing_written(month.ledger), pytest.raises(LedgerError, match="record found_ineligible"):
        replace(month.ledger, again)
    new = next(unit_id for unit_id in draw.unit_ids if unit_id not in month.draw.unit_ids)
    assert replace(month.ledger, new).kind == "replaced"


# Found ineligible


def test_a_sent_letter_that_was_never_eligible_keeps_its_empty_place(month: Month) -> None:
    """'its place stays empty, it stays in every denominator and in a figure of its own'"""
    find_ineligible(month)
    events = list(month.ledger.events())
    found = signoff_coverage(events)
    assert (found.signoff.of, found.completion.of) == (4, 4)
    assert [e.kind for e in events].count("selected") == 4
    figures = cs.figures.metrics(events, as_of=LATER)
    assert str(figures.sample.rates["ineligible"]) == "1 of 4 letters ineligible"
    (summary,) = summarise(month.ledger.events())
    assert "places that stay empty: 1 (Cards 1)" in str(summary)
    fields: Any = summary.to_dict()
    assert fields["empty_places"] == [{"stratum": ["Cards"], "places": 1}]
    report = board_report(events, population=POPULATION, as_of=LATER)
    page = str(page_of(report, {}))
    assert "1 of 4 letters were found never to have been eligible" in page
    assert "1 letter found ineligible after they were sent" in page


def test_a_signed_letter_that_is_found_ineligible_fills_no_place(month: Month) -> None:
    month.sign()
    find_ineligible(month)
    found = signoff_coverage(month.ledger.events())
    assert (found.signoff.count, found.completion.count) == (1, 0)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"reason_code": "embarrassing"}, "use one of duplicate"),
        ({"approver": OFFICE}, "a second person who confirms"),
        ({"approver": None}, "approver: missing"),
        ({"by": CEO}, "may ask whether it was eligible"),
        ({"approver": CEO}, "may ask whether it was eligible"),
        ({"by": OWNER, "approver": AUTHOR}, "choose one person who is none of these"),
    ],
)
def test_who_may_not_find_a_letter_ineligible(month: Month, said: Any, fault: str) -> None:
    """'by two persons of whom one is not its owner, division or author, with a reason of the list
    ... The executive may ask for it, and does not decide it'"""
    with nothing_written(month.ledger), pytest.raises(LedgerError, match=fault):
        find_ineligible(month, **said)


def test_one_of_the_two_may_own_the_letter(month: Month) -> None:
    assert find_ineligible(month, by=OWNER, approver=SECOND).actor == OWNER


def test_people_of_the_divisions_are_two_of_one_hand(month: Month) -> None:
    """Who holds a role for a division is of a division; so is who has its name."""
    month.ledger.grant("h-9", "handler", since=AT.date(), by="board", at=AT)
    with pytest.raises(LedgerError, match="choose one person who is none of these"):
        find_ineligible(month, by=OWNER, approver="h-9")
    with pytest.raises(LedgerError, match="choose one person who is none of these"):
        find_ineligible(month, by="Cards", approver=AUTHOR)


def test_an_executive_by_role_does_not_decide_either(month: Month) -> None:
    month.ledger.grant("coo", "accountable-executive", since=AT.date(), by="board", at=AT)
    month.ledger.grant(OFFICE, "executive-office", since=AT.date(), by="board", at=AT)
    with pytest.raises(LedgerError, match="'coo' signs letters or decides"):
        find_ineligible(month, approver="coo")
    asked = month.say(
        "eligibility_questioned", by="coo", reason_code="out-of-scope", text="Why me?"
    )
    assert month.state() == "sent_for_signature"
    month.ledger.correct(asked.hash, by="coo", at=AT, reason_code="slip")


def test_a_letter_that_was_never_sent_is_replaced_and_not_found_ineligible() -> None:
    with open_ledger() as ledger:
        draw, _ = registered(ledger)
        with nothing_written(ledger), pytest.raises(LedgerError, match="record replaced"):
            ledger.record(
                "found_ineligible", draw.unit_ids[0], by=OFFICE, at=AT, reason_code="duplicate",
                approver=SECOND,
            )  # fmt: skip


def test_each_new_kind_can_be_corrected(month: Month) -> None:
    """'Each new kind of event can be corrected'"""
    event = find_ineligible(month)
    month.ledger.correct(event.hash, by=OFFICE, at=AT, reason_code="slip")
    assert month.state() == "sent_for_signature"
    asked = month.say("eligibility_questioned", reason_code="duplicate")
    month.ledger.correct(asked.hash, by=CEO, at=AT, reason_code="slip")
    assert month.ledger.history(month.first).annotations == []
    month.ledger.check()
    assert month.sign().kind == "signed"


def test_the_firms_own_codes_mean_one_of_the_list_by_configuration(month: Month) -> None:
    """'the firm's own codes map to one of them'"""
    row = f"unit_id,kind,at,by,reason_code,approver\n{month.first},found_ineligible,"
    row += f"{AT.isoformat()},{OFFICE},crm-7,{SECOND}\n"
    decisions = Decisions.from_csv(row.encode())
    with pytest.raises(LedgerError, match="got 'crm-7'"):
        month.ledger.record_all(decisions)
    (event,) = month.ledger.record_all(decisions.with_listed_codes({"crm-7": "duplicate"}))
    assert event.payload == {"reason_code": "duplicate", "own_code": "crm-7", "approver": SECOND}


# Superseding


def read_and_found_defective(month: Month) -> None:
    month.say("viewed", month.first)
    month.say("finding", month.first, verdict="defective")
    month.say("returned_for_rework", month.second, reason_code="tone")


def test_what_was_sent_before_a_draw_was_set_aside_stays_in_figures_of_its_own(
    month: Month,
) -> None:
    """'A letter once sent stays, after superseding, in a figure of its own (read, returned,
    defective) on cover sheet, status and report'"""
    read_and_found_defective(month)
    month.ledger.supersede(**MONTH, by=OFFICE, at=AT, reason_code="wrong-frame", approver=SECOND)
    words = "before it was superseded 4 of 4 letters sent: 2 read, 1 returned, 1 found defective"
    assert words in month.ledger.attempts(**MONTH)
    (summary,) = summarise(month.ledger.events())
    assert words in str(summary)
    fields: Any = summary.to_dict()
    assert {name: ratio["count"] for name, ratio in fields["set_aside"].items()} == {
        "sent": 4, "read": 2, "returned": 1, "defective": 1,
    }  # fmt: skip
    events = list(month.ledger.events())
    report = board_report(events, population=POPULATION, as_of=LATER)
    assert words in str(report.metrics)
    page = page_of(report, {})
    assert words in str(page)
    attention = [item["words"] for item in page["attention"]]
    assert "4 letters sent before the draw was set aside" in attention
    assert set_aside(e for e in events if e.kind != "superseded").sent.count == 0


def test_what_was_corrected_before_the_draw_was_set_aside_was_never_said(month: Month) -> None:
    said = month.say("returned_for_rework", month.second, reason_code="tone")
    month.ledger.correct(said.hash, by=CEO, at=AT, reason_code="slip")
    month.ledger.supersede(**MONTH, by=OFFICE, at=AT, reason_code="wrong-frame", approver=SECOND)
    assert set_aside(month.ledger.events()).returned.count == 0


@pytest.mark.parametrize(
    ("approver", "fault"),
    [
        (None, "give the id of a person who approves it"),
        (OFFICE, "besides the one who asks for it"),
        (OWNER, "who is the owner"),
        (AUTHOR, "who is the author"),
        ("sampling", "who is the sampler"),
    ],
)
def test_superseding_needs_an_approver_besides_the_one_who_asks(
    month: Month, approver: str | None, fault: str
) -> None:
    with nothing_written(month.ledger), pytest.raises(LedgerError, match=fault):
        month.ledger.supersede(
            **MONTH, by=OFFICE, at=AT, reason_code="wrong-frame", approver=approver
        )


# The board, money, colleagues


def test_only_who_holds_a_role_for_the_board_answers_for_it(month: Month) -> None:
    """'`board_answer` is for who holds a role for the board (a letter's own owner could answer for
    it)'"""
    month.say("escalated_to_board")
    for person in (OWNER, "secretary"):
        with pytest.raises(LedgerError, match="ceosample role grant PERSON board"):
            month.say("board_answer", by=person, outcome="agreed")
    for person in (OWNER, "secretary"):
        month.ledger.grant(person, "board", since=AT.date(), by="chair", at=AT)
    with pytest.raises(LedgerError, match="is its owner"):
        month.say("board_answer", by=OWNER, outcome="agreed")
    answer = month.say("board_answer", by="secretary", outcome="agreed")
    month.ledger.correct(answer.hash, by="secretary", at=AT, reason_code="slip")


def test_an_amount_needs_a_granted_limit(month: Month) -> None:
    """'Without a granted limit a non-standard resolution with an amount is refused and names
    `role grant ... --limit` (9,999,999 was taken)'"""
    month.say("taken_over")
    much: dict[str, Any] = {"amount": "9999999", "currency": "GBP"}
    with (
        nothing_written(month.ledger),
        pytest.raises(LedgerError, match=r"role grant ceo .*--limit"),
    ):
        month.say("resolved_nonstandard", **much)
    month.ledger.grant(
        CEO, "signatory", since=AT.date(), by="board", at=AT, limit="500", currency="GBP"
    )
    with pytest.raises(LedgerError, match="beyond this person's authority"):
        month.say("resolved_nonstandard", **much)
    with pytest.raises(LedgerError, match=r"nothing in EUR.*role grant ceo"):
        month.say("resolved_nonstandard", amount="5", currency="EUR")
    assert month.say("resolved_nonstandard", amount="500", currency="GBP").kind


def test_two_cosigners_deal_with_customers_where_the_ledger_says_who_does() -> None:
    """'Two co-signers of a resolution are customer-facing where that role exists'"""
    said: dict[str, Any] = {"population": POPULATION, "at": AT}
    proposal: dict[str, Any] = {"policy": "fees", "review_by": LATER.date(), **said}
    with open_ledger() as ledger:
        ledger.propose("OOP-1", by="auditor-1", **proposal)  # nobody has the role yet
        ledger.grant("h-1", "handler", since=AT.date(), by="board", at=AT)
        ledger.grant("h-2", "complaint-owner", since=AT.date(), by="board", at=AT)
        with pytest.raises(LedgerError, match="does not deal with customers"):
            ledger.propose("OOP-2", by="auditor-1", **proposal)
        ledger.propose("OOP-2", by="h-1", **proposal)
        with pytest.raises(LedgerError, match="does not deal with customers"):
            ledger.cosign("OOP-2", by="auditor-1", **said)
        assert ledger.cosign("OOP-2", by="h-2", **said).kind == "oop_cosigned"


def test_a_second_readers_contrary_verdict_is_a_disagreement() -> None:
    """'A second reader's contrary verdict is counted and shown as a disagreement, not swallowed'"""
    book = Book()
    book.draw({"Cards": (9, 3)})
    for unit_id in ("C-1", "C-2", "C-3"):
        book.sent(unit_id)
    for unit_id, reader, verdict in (
        ("C-1", "ceo", "defective"), ("C-1", "coo", "sound"),
        ("C-2", "ceo", "sound"), ("C-2", "coo", "sound"),
        ("C-3", "ceo", "defective"), ("C-3", "ceo", "sound"),
    ):  # fmt: skip
        book.write("finding", unit_id, actor=reader, verdict=verdict)
    report = board_report(book.events, population=POPULATION, as_of=LATER)
    assert (report.disagreements.count, report.disagreements.of) == (1, 2)
    page = page_of(report, {})
    assert "1 of 2 letters with several readers' verdicts that disagree" in str(page)
    assert "1 letter on whose quality readers disagree" in str(page["attention"])
    fields: Any = report.to_dict()
    assert fields["disagreements"]["count"] == 1


# Old ledgers


def test_an_old_ledger_goes_on_under_its_own_rules(tmp_path: Path) -> None:
    """'what exists keeps its figures'; 'Old ledgers (rules 1) keep the old behaviour'"""
    old = shutil.copy(Path(__file__).parent / "golden" / "ledger.db", tmp_path / "ledger.db")
    with cs.Ledger.open(f"sqlite:///{old}") as ledger:
        unit_id = next(
            h.subject.unit_id for h in summarise(ledger.events())[0].letters if h.state == "signed"
        )
        ledger.record("returned_for_rework", unit_id, by="ceo", at=LATER, reason_code="tone")
        said: dict[str, Any] = {"by": "office", "at": LATER}
        assert ledger.record("replaced", unit_id, reason_code="embarrassing", **said)
        with pytest.raises(LedgerError, match="approver"):
            ledger.supersede(**MONTH, reason_code="wrong-frame", approver="b", **said)
        ledger.supersede(**MONTH, reason_code="wrong-frame", **said)
        assert ledger.check().ok
        assert "letters sent" in str(summarise(ledger.events())[0])


def test_after_an_upgrade_what_was_done_before_counts_and_is_done_no_more(tmp_path: Path) -> None:
    old = shutil.copy(Path(__file__).parent / "golden" / "ledger.db", tmp_path / "ledger.db")
    with cs.Ledger.open(f"sqlite:///{old}") as ledger:
        before = signoff_coverage(ledger.events())
        ledger.upgrade(by="office", at=LATER, backup=tmp_path / "backup.db")
        assert signoff_coverage(ledger.events()) == before
        assert "replaced" in kinds(ledger)
        assert ledger.check().ok
        unit_id = next(
            h.subject.unit_id
            for h in summarise(ledger.events())[0].letters
            if h.state == "returned_for_rework"
        )
        with pytest.raises(LedgerError, match="record found_ineligible"):
            replace(ledger, unit_id, at=LATER)
