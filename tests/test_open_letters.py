"""Letters that need somebody: at risk, without an owner; and contacts by channel."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from book import Book, digest_of
from ceosample.errors import LedgerError
from ceosample.signoff.figures.open_letters import at_risk, contacts_by_channel, without_owner
from ceosample.signoff.figures.ratio import Ratio

TENTH = dt.datetime(2026, 11, 10, 12, tzinfo=dt.UTC)


def counts(ratio: Ratio) -> tuple[int, int]:
    return ratio.count, ratio.of


def month() -> Book:
    book = Book()
    book.draw({"Cards": (50, 7)})
    book.sent("R-1", sign_by="2026-11-10", due="2026-11-14", owner="ann")
    book.sent("R-2", sign_by="2026-11-11", due="2026-11-15")
    book.sent("R-3", sign_by="2026-11-05", due="2026-11-09", owner="bo")
    book.sent("R-4", sign_by="2026-11-01", due="2026-11-05")
    book.write("lapsed", "R-4", letter=digest_of("R-4"), reason_code="deadline")
    book.sent("R-5", owner="cy")  # does not say
    book.sent("R-6", sign_by="2026-11-04", due="2026-11-20", owner="ann")
    book.sign("R-6")
    book.first("R-7", "Cards")  # not rendered yet
    book.first("R-8", "Cards", "reserve")
    return book


def test_letters_at_risk_are_open_and_their_day_has_come_overdue_ones_first() -> None:
    found = at_risk(month().events, as_of=TENTH)
    assert [letter.unit_id for letter in found] == ["R-3", "R-6", "R-1"]
    assert counts(found.ratio) == (3, 4)
    assert (len(found), found.undated) == (3, 2)
    first = found.letters[0]
    assert (first.days_left, first.overdue, first.state) == (-5, True, "sent_for_signature")
    assert (first.owner, first.signatory, first.due) == ("bo", "ceo", dt.date(2026, 11, 9))
    assert found.letters[1].state == "signed"


def test_letters_whose_day_comes_soon_are_asked_for() -> None:
    found = at_risk(month().events, as_of=TENTH, within=1)
    assert [(letter.unit_id, letter.days_left) for letter in found][-1] == ("R-2", 1)
    assert counts(found.ratio) == (4, 4)


def test_letters_are_at_risk_as_of_the_moment() -> None:
    book = month()
    book.out("R-6", on="2026-11-12")
    assert "R-6" in [letter.unit_id for letter in at_risk(book.events, as_of=TENTH)]
    later = dt.datetime(2026, 11, 13, tzinfo=dt.UTC)
    assert "R-6" not in [letter.unit_id for letter in at_risk(book.events, as_of=later)]


@pytest.mark.parametrize("within", [-1, 1.5, True])
def test_days_are_whole_and_not_negative(within: int) -> None:
    with pytest.raises(LedgerError, match="within: got"):
        at_risk([], as_of=TENTH, within=within)


def test_letters_without_an_owner_are_named_with_their_denominator() -> None:
    """'letters without an owner reported'"""
    book = month()
    found = without_owner(book.events)
    assert found.letters == ("R-2", "R-4")
    assert str(found) == "2 of 6 letters without an owner: R-2, R-4"
    book.write("returned_for_rework", "R-2", reason_code="tone")
    book.render("R-2", 2, owner="ann")
    assert without_owner(book.events).letters == ("R-4",)


def test_contacts_add_up_by_channel() -> None:
    """'thirteen calls and four emails without anyone owning the query'"""
    book = Book()
    book.draw({"Cards": (50, 3)})
    book.sent("R-1", contacts={"call": 13, "email": 4})
    book.sent("R-2", contacts={"letter": 4, "call": 1})
    book.sent("R-3")
    found = contacts_by_channel(book.events)
    assert dict(found.channels) == {"call": 14, "email": 4, "letter": 4}
    assert str(found) == (
        "22 contacts (14 call, 4 email, 4 letter); 2 of 3 letters say how many there were"
    )


def test_the_displays_say_nothing_of_nothing_and_escape() -> None:
    assert str(at_risk([], as_of=TENTH)) == "0 of 0 open letters at risk"
    assert str(without_owner([])) == "0 of 0 letters without an owner"
    assert str(contacts_by_channel([])).startswith("0 contacts (none); 0 of 0")
    book = Book()
    book.draw({"<i>": (5, 2)})
    book.sent("R-1", "<i>", sign_by="2026-11-03", contacts={"<i>": 1})
    book.sent("R-2", "<i>")
    risky = at_risk(book.events, as_of=TENTH)
    assert str(risky).splitlines() == [
        "1 of 1 open letters at risk; 1 more do not say by when",
        "",
        "letter  stratum  state               signatory  owner  sign by     due  days left",
        "R-1     <i>      sent_for_signature  ceo        -      2026-11-03  -           -7",
    ]
    for thing in (risky, without_owner(book.events), contacts_by_channel(book.events)):
        assert "<i>" not in thing._repr_html_()
        assert json.loads(json.dumps(thing.to_dict())) == thing.to_dict()
