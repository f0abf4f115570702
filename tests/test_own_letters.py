"""Who may sign what they wrote, and the moments at which a permission begins and ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from ceosample.errors import LedgerError
from ceosample.signoff.intake.decisions import Decision, Decisions
from ceosample.signoff.ledger import Ledger
from months import (
    AT,
    AUTHOR,
    CEO,
    OWNER,
    PERIOD,
    POPULATION,
    SAMPLER,
    Clock,
    a_day_on,
    nothing_written,
    open_ledger,
    sent,
)

START = dt.date(2026, 1, 1)
BY: Any = {"by": "board", "at": AT}
MOMENT = dt.timedelta(microseconds=1)


@pytest.fixture
def book() -> Iterator[Ledger]:
    with open_ledger() as opened:
        yield opened


@pytest.mark.parametrize("kind", ["viewed", "returned_for_rework"])
def test_the_author_who_did_something_else_to_a_letter_did_not_take_it_over(
    book: Ledger, kind: str
) -> None:
    """'The one exception is a letter that the executive took over and wrote'"""
    month = sent(book)
    month.say(kind, **({"reason_code": "tone"} if kind == "returned_for_rework" else {}))
    if kind == "viewed":
        month.say("returned_for_rework", by="office", reason_code="tone")
    month.send_anew(author=CEO)
    with nothing_written(book), pytest.raises(LedgerError, match="'ceo' wrote the letter"):
        month.sign()


@pytest.mark.parametrize("other", ["a-chief", "z-chief"])
def test_a_letter_that_another_took_over_is_no_letter_of_its_author(
    book: Ledger, other: str
) -> None:
    """Their ids come before the author's and after it."""
    month = sent(book)
    month.say("taken_over", by=other)
    assert not book.history(month.first).took_over(CEO)
    assert book.history(month.first).took_over(other)
    month.send_anew(author=CEO)
    with nothing_written(book), pytest.raises(LedgerError, match="'ceo' wrote the letter"):
        month.sign()


def test_one_letter_that_was_taken_over_excuses_no_other(book: Ledger) -> None:
    month = sent(book)
    month.say("taken_over", month.second)
    month.send_anew(month.second, author=CEO)
    assert month.sign(month.second).payload["own_letter"] is True
    month.say("returned_for_rework", by="office", reason_code="tone")
    month.send_anew(author=CEO)
    with nothing_written(book), pytest.raises(LedgerError, match="'ceo' wrote the letter"):
        month.sign()


@pytest.mark.parametrize("person", ["a-chief", "z-chief"])
def test_only_the_person_it_was_sent_to_signs_or_delegates(book: Ledger, person: str) -> None:
    month = sent(book)
    for kind, what in (("signed", {"letter": month.digest()}), ("delegated", {"to": "deputy"})):
        with nothing_written(book), pytest.raises(LedgerError, match="only they can sign or"):
            month.say(kind, by=person, **what)


@pytest.mark.parametrize("person", ["a-deputy", "z-deputy"])
def test_only_the_deputy_it_was_delegated_to_signs_for_another(book: Ledger, person: str) -> None:
    for deputy in ("m-deputy", person):
        book.grant(deputy, "deputy", of=CEO, since=START, **BY)
    month = sent(book)
    month.say("delegated", to="m-deputy", at=AT + dt.timedelta(seconds=1))
    with nothing_written(book), pytest.raises(LedgerError, match="sign in their own name"):
        month.say("signed_by_deputy", by=person, letter=month.digest(), at=AT)


def test_a_deputy_counts_from_the_moment_of_the_registration_and_no_earlier() -> None:
    """'a deputy registered beforehand'"""
    clock = Clock()
    with open_ledger(clock=clock) as book:
        month = sent(book)
        clock.now = AT + dt.timedelta(hours=1)
        granted = book.grant("deputy", "deputy", of=CEO, since=START, **BY)
        registered = dt.datetime.fromisoformat(granted.recorded_at)
        a_day_on(book)
        with nothing_written(book), pytest.raises(LedgerError, match="as deputy only after"):
            month.say("delegated", to="deputy", at=registered - MOMENT)
        assert month.say("delegated", to="deputy", at=registered)


def test_a_delegation_is_taken_back_by_the_one_it_was_sent_to_once_a_version(book: Ledger) -> None:
    """By hand, and by a file that is recorded again."""

    def file(by: str, at: dt.datetime) -> Decisions:
        place: Any = (POPULATION, PERIOD, None, {})
        return Decisions((Decision("1", month.first, "sent_for_signature", by, at, *place),))

    book.grant("dep", "deputy", of=CEO, since=START, **BY)
    month = sent(book)
    for version, at in ((1, AT), (2, AT + MOMENT)):
        month.say("delegated", to="dep", at=at)
        recalled = month.say("sent_for_signature", at=at)
        assert recalled.payload["letter"] == book.history(month.first).letter
        with nothing_written(book):
            assert month.say("sent_for_signature", at=at) == recalled
            assert book.record_all(file(CEO, at)) == (recalled,)
            for other in ("a-chief", "z-chief"):
                with pytest.raises(LedgerError, match="cannot become sent_for_signature"):
                    book.record_all(file(other, at))
                with pytest.raises(LedgerError, match="cannot become sent_for_signature"):
                    month.say("sent_for_signature", by=other, at=at)
        if version == 1:
            month.say("returned_for_rework", reason_code="tone")
            month.send_anew()
    assert book.check().ok


def test_a_mistake_is_corrected_at_the_moment_it_happened_and_no_earlier(book: Ledger) -> None:
    month = sent(book)
    viewed = month.say("viewed")
    with nothing_written(book), pytest.raises(LedgerError, match="after this correction"):
        book.correct(viewed.hash, reason_code="slip", by=CEO, at=AT - MOMENT)
    assert book.correct(viewed.hash, reason_code="slip", by=CEO, at=AT)
    assert book.check().ok


def test_another_corrects_who_had_no_hand_in_the_letter(book: Ledger) -> None:
    """'Its actor, or someone without a hand in it', who is told which hand they had."""
    month = sent(book)
    for person, hand in ((OWNER, "owner"), (AUTHOR, "author"), (SAMPLER, "sampler")):
        viewed = month.say("viewed")
        with nothing_written(book), pytest.raises(LedgerError) as refused:
            book.correct(viewed.hash, reason_code="slip", by=person, at=AT)
        assert len(refused.value.faults) == 1
        assert f"{person!r} is the {hand}, and may not" in str(refused.value)
        assert book.correct(viewed.hash, reason_code="slip", by="auditor", at=AT)


def test_only_a_role_under_which_nobody_acted_since_can_be_corrected(book: Ledger) -> None:
    """'a grant that was used is revoked and not corrected'"""
    roles = ("auditor", "signatory")
    unused, used = (book.grant(CEO, role, since=START, **BY) for role in roles)
    signed = sent(book).sign()
    said = f"'ceo' acted as signatory in event {signed.sequence}; revoke the role instead"
    with nothing_written(book), pytest.raises(LedgerError, match=said):
        book.correct(used.hash, reason_code="slip", **BY)
    later = book.grant(CEO, "signatory", since=START, until=dt.date(2027, 1, 1), **BY)
    for grant in (unused, later):
        assert book.correct(grant.hash, reason_code="slip", **BY).kind == "corrected"


def test_an_id_that_is_not_there_is_told_with_what_cannot_be_seen_in_it(book: Ledger) -> None:
    sent(book)
    with pytest.raises(LedgerError, match=r"R-404: was not drawn in any month .*; check the id$"):
        book.history("R-404")
    with pytest.raises(LedgerError, match=r"was not drawn .*, and its id has .*U.00AD"):
        book.history("R-4\u00ad04")


def test_an_id_that_lost_what_nobody_reads_out_is_told(book: Ledger) -> None:
    """A spreadsheet drops the zeros of 000424, and a hand writes what it hears."""
    drawn = sent(book).first
    kind, number = drawn.split("-")
    for wrote in (drawn.lower(), f"{kind}-00{number}", f"{kind} {number}", kind + number):
        with pytest.raises(LedgerError, match=rf"; check the id \(did you mean {drawn}\?\)$"):
            book.record("signed", wrote, **BY)
    for wrote in (f"{drawn}9", number):
        with pytest.raises(LedgerError, match=r"; check the id$"):
            book.record("signed", wrote, **BY)


def test_an_id_of_another_month_is_not_said_to_be_in_none(book: Ledger) -> None:
    """'place: got VALUE; do THIS': the id is right, and the month is not."""
    drawn = sent(book).first
    for given in ({"period": "2030-01"}, {"population": "internal-complaints"}):
        (asked,) = given.values()
        said = f"^letter {drawn}: was not drawn in {asked}, but in {POPULATION}, {PERIOD}; give its"
        with pytest.raises(LedgerError, match=said):
            book.history(drawn, **given)
    with pytest.raises(LedgerError, match="was not drawn in any month"):
        book.history("R-404", period="2030-01")
