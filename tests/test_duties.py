"""Who may do what with a letter, at the edges: limits, deputies, and hands in a letter."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import attrs
import pytest

from book import CEO, POPULATION, Book
from ceosample.errors import LedgerError
from ceosample.signoff.replay.history import History, replay
from ceosample.signoff.replay.people import Grant, People, people_of
from ceosample.signoff.rules.duties import faults_of_limit, require_duties, require_hands_off
from ceosample.signoff.store.events import Subject

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
SAMPLER, OWNER, FIRST_AUTHOR, AUTHOR = "sampling", "owner-1", "handler-1", "handler-2"


def grant(person: str, role: str, **said: Any) -> Grant:
    """A role of 2026, recorded on New Year's Day."""
    fields: dict[str, Any] = {
        "since": dt.date(2026, 1, 1),
        "until": dt.date(2026, 12, 31),
        "of": None,
        "limit": None,
        "currency": None,
        "population": None,
        "recorded_at": "2026-01-01T09:00:00.000000Z",
    }
    return Grant(person, role, **{**fields, **said})


def deputy(person: str, of: str, recorded_at: str = "2026-01-01T09:00:00.000000Z") -> Grant:
    return grant(person, "deputy", of=of, recorded_at=recorded_at)


def limit(amount: str, currency: str = "GBP") -> Grant:
    return grant(CEO, "signatory", limit=Decimal(amount), currency=currency)


def letter() -> Book:
    """A letter that was written anew by another, and is out for signature."""
    book = Book()
    book.draw({"Cards": (9, 1)})
    book.first("R-1", "Cards")
    for version, author in ((1, FIRST_AUTHOR), (2, AUTHOR)):
        book.render("R-1", version, owner=OWNER, author=author)
        book.send("R-1", version)
        if version == 1:
            book.write("returned_for_rework", "R-1", actor=CEO, reason_code="tone")
    return book


def history() -> History:
    return replay(letter().events)[Subject(POPULATION, "2026-10", "R-1")]


def require(kind: str, by: str, *grants: Grant, sampler: str = SAMPLER, **payload: Any) -> None:
    require_duties(history(), kind, by, AT, payload, People(grants), sampler, "UTC")


# Limits


@pytest.mark.parametrize(
    ("limits", "amount", "allowed"),
    [
        (["250.00"], "250.00", True),
        (["250.00"], "250.01", False),
        (["500", "250"], "250.01", False),
        (["250", "500"], "500", True),
    ],
)
def test_the_newest_grant_says_what_a_resolution_may_cost_at_most(
    limits: list[str], amount: str, allowed: bool
) -> None:
    """Neither the first nor the highest of several limits counts."""
    grants = [limit(one) for one in limits]
    said = {"amount": amount, "currency": "GBP"}
    assert (faults_of_limit(grants, said, People(tuple(grants)), CEO) == []) is allowed
    if allowed:
        require("resolved_nonstandard", CEO, *grants, **said)
    else:
        with pytest.raises(LedgerError, match=f"authority .at most {limits[-1]} GBP"):
            require("resolved_nonstandard", CEO, *grants, **said)


def test_a_limit_in_one_currency_allows_nothing_in_another() -> None:
    said = {"amount": "1", "currency": "EUR"}
    with pytest.raises(LedgerError, match="nothing in EUR"):
        require("resolved_nonstandard", CEO, limit("250"), **said)
    require("resolved_nonstandard", CEO, limit("1", "EUR"), limit("0"), **said)
    require("resolved_nonstandard", CEO, **said)  # where nobody has a role nothing is limited
    require("resolved_nonstandard", CEO, limit("250"), reason_code="goodwill")


# Deputies


def test_only_the_deputy_of_the_one_it_was_sent_to_stands_in_for_them() -> None:
    other = deputy("dep", "another-chief")
    for kind, by, payload in (
        ("signed_by_deputy", "dep", {"letter": "0" * 64}),
        ("delegated", CEO, {"to": "dep"}),
    ):
        with pytest.raises(LedgerError, match=f"'dep' is not registered as deputy of '{CEO}'"):
            require(kind, by, other, **payload)
        require(kind, by, other, deputy("dep", CEO), **payload)


def test_of_two_registrations_the_one_before_counts_and_both_after_do_not() -> None:
    """'a deputy registered beforehand'"""
    now, after = (f"2026-11-02T09:00:00.00000{n}Z" for n in (0, 1))
    for one, other in ((now, after), (after, now)):
        require("delegated", CEO, deputy("dep", CEO, one), deputy("dep", CEO, other), to="dep")
    with pytest.raises(LedgerError, match="registered as deputy only after"):
        require("delegated", CEO, *[deputy("dep", CEO, after)] * 2, to="dep")


def test_a_register_of_deputies_alone_is_none_of_those_who_send_letters_back() -> None:
    require("returned_for_rework", CEO, deputy("dep", CEO))
    with pytest.raises(LedgerError, match=f"'{CEO}' is not signatory or accountable-executive"):
        require("returned_for_rework", CEO, deputy("dep", CEO), grant("x", "executive-office"))
    with pytest.raises(LedgerError, match="'x' is not deputy"):
        require("signed_by_deputy", "x", deputy("dep", CEO), letter="0" * 64)


# Hands in a letter


@pytest.mark.parametrize("kind", ["signed", "signed_by_deputy", "read"])
def test_nobody_signs_or_reads_who_drew_the_letter_or_may_draw(kind: str) -> None:
    own = [grant("x", "signatory"), deputy("x", CEO)]
    require(kind, "x", *own)
    with pytest.raises(LedgerError, match="'x' registered the draw, and may not sign"):
        require(kind, "x", *own, sampler="x")
    with pytest.raises(LedgerError, match="'x' registered the draw, and may not sign"):
        require(kind, "x", *own, grant("x", "sampler"))
    require(kind, "x", *own, grant("x", "sampler", until=dt.date(2026, 11, 1)))


@pytest.mark.parametrize("kind", ["lapsed", "replaced"])
def test_who_wrote_an_earlier_version_has_a_hand_in_the_letter(kind: str) -> None:
    hands = ((SAMPLER, "sampler"), (OWNER, "owner"), (AUTHOR, "author"), (FIRST_AUTHOR, "author"))
    for person, hand in hands:
        with pytest.raises(LedgerError, match=f"'{person}' is the {hand}, and may not decide"):
            require(kind, person)
        with pytest.raises(LedgerError, match=f"'{person}' is the {hand}, and may not decide"):
            require_hands_off(letter().events, kind, person, SAMPLER)
    require(kind, "office")


@pytest.mark.parametrize("approver", [OWNER, None])
def test_a_withdrawal_is_approved_by_somebody_else_than_the_owner(approver: str | None) -> None:
    said: dict[str, Any] = {} if approver is None else {"approver": approver}
    with pytest.raises(LedgerError, match="may not approve its withdrawal"):
        require("withdrawn", "office", **said)
    require("withdrawn", "office", approver="another")


def test_a_role_counts_as_recorded_before_the_clock_was_set_right() -> None:
    """'a clock that was set right later shows that it was before that'"""
    granted: dict[str, Any] = {"person": "dep", "role": "deputy", "for": CEO, "from": "2026-01-01"}
    for first, times in ((0, ["02T09", "02T10"]), (1, ["05T09", "02T09"])):
        book = Book()
        book.write("role_granted", monthly=False, **granted)
        book.write("clock_corrected", monthly=False, reason_code="power-cut", newest="")
        events = [
            attrs.evolve(event, recorded_at=f"2026-11-{time}:00:00.000000Z")
            for event, time in zip(book.events, times, strict=True)
        ]
        (only,) = people_of(events).grants
        assert only.recorded_at == events[first].recorded_at
