"""A role is revoked for one person or for all; what never began is void; the answer names it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

import ceosample as cs
from ceosample.errors import LedgerError
from months import AT, open_ledger

DAY = dt.date(2026, 11, 2)
LATER = dt.date(2027, 2, 5)
NEXT = dt.date(2027, 5, 1)


@pytest.fixture
def ledger() -> Iterator[cs.Ledger]:
    """The deputy of one executive now, of another now, and of a third from May on."""
    with open_ledger() as opened:
        for of, since in (("ceo", DAY), ("coo", DAY), ("cro", NEXT)):
            opened.grant("cfo", "deputy", of=of, since=since, by="board", at=AT)
        yield opened


def now(ledger: cs.Ledger) -> list[tuple[str | None, dt.date | None]]:
    return [(grant.of, grant.until) for grant in ledger.people().grants]


def test_one_deputyship_is_revoked_and_the_others_stay(ledger: cs.Ledger) -> None:
    """'`revoke cfo deputy` ends every deputyship of that person ... (`--of`)'"""
    event = ledger.revoke("cfo", "deputy", of="coo", since=LATER, by="board", at=AT)
    assert now(ledger) == [("ceo", None), ("coo", dt.date(2027, 2, 4)), ("cro", None)]
    (ended,) = ledger.ended_by(event)
    assert (ended.grant.of, ended.last) == ("coo", dt.date(2027, 2, 4))
    assert ledger.revoke("cfo", "deputy", of="coo", since=LATER, by="board", at=AT) == event
    assert ledger.check().ok


def test_without_it_all_end_and_one_that_never_began_is_void(ledger: cs.Ledger) -> None:
    """'a grant that never began is void; the answer names what ended'"""
    event = ledger.revoke("cfo", "deputy", since=LATER, by="board", at=AT)
    assert now(ledger) == [("ceo", dt.date(2027, 2, 4)), ("coo", dt.date(2027, 2, 4))]
    assert [str(one) for one in ledger.ended_by(event)] == [
        "ended: cfo as deputy of ceo, from 2026-11-02, is over after 2027-02-04",
        "ended: cfo as deputy of coo, from 2026-11-02, is over after 2027-02-04",
        "void: cfo as deputy of cro, which was to begin on 2027-05-01",
    ]
    assert [one.to_dict()["void"] for one in ledger.ended_by(event)] == [False, False, True]


def test_a_deputyship_that_has_not_begun_is_made_void_by_its_own_date(ledger: cs.Ledger) -> None:
    ledger.revoke("cfo", "deputy", of="cro", since=NEXT, by="board", at=AT)
    assert [of for of, _ in now(ledger)] == ["ceo", "coo"]


def test_a_deputyship_that_is_none_is_refused_by_its_name(ledger: cs.Ledger) -> None:
    with pytest.raises(LedgerError, match="'cfo' is not deputy of 'cto' on 2027-02-05"):
        ledger.revoke("cfo", "deputy", of="cto", since=LATER, by="board", at=AT)
    with pytest.raises(LedgerError, match="only a deputy stands in"):
        ledger.revoke("cfo", "signatory", of="ceo", since=LATER, by="board", at=AT)


def test_granting_again_what_another_revocation_left_is_the_same_grant(ledger: cs.Ledger) -> None:
    head = ledger.revoke("cfo", "deputy", of="coo", since=LATER, by="board", at=AT).hash
    ledger.grant("cfo", "deputy", of="ceo", since=DAY, by="board", at=AT)
    assert ledger.head == head
