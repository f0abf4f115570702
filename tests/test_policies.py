"""Out-of-policy resolutions: replayed by hand-made events, counted by policy."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from book import Book
from ceosample.errors import LedgerError, MalformedEventWarning
from ceosample.signoff.figures.policies import PolicySummary, policy_summary
from ceosample.signoff.figures.ratio import Ratio
from refusals import NO_TIME_ZONE, refused

AS_OF = dt.datetime(2026, 12, 31, 18, tzinfo=dt.UTC)


def counts(ratio: Ratio) -> tuple[int, int]:
    return ratio.count, ratio.of


def propose(book: Book, name: str, policy: str, *, by: str = "2026-12-15", **more: Any) -> None:
    unit_id = more.pop("unit_id", None)
    fields = {"resolution": name, "policy": policy, "review_by": by, **more}
    book.write("oop_proposed", unit_id, monthly=False, actor="ann", **fields)


def cosign(book: Book, name: str, *, actor: str = "bo", on: str = "2026-11-02") -> None:
    book.write("oop_cosigned", monthly=False, actor=actor, on=on, resolution=name)


def review(book: Book, name: str, outcome: str, *, on: str = "2026-11-20") -> None:
    book.write("oop_reviewed", monthly=False, on=on, resolution=name, outcome=outcome)


def of(book: Book, as_of: dt.datetime = AS_OF) -> PolicySummary:
    return policy_summary(book.events, as_of)


def several() -> Book:
    """fees is overridden three times of three, refunds once of four, limits never."""
    book = Book()
    for number in range(3):
        propose(book, f"F-{number}", "fees")
        cosign(book, f"F-{number}")
    for number in range(4):
        propose(book, f"R-{number}", "refunds")
    propose(book, "L-0", "limits")
    cosign(book, "R-0")
    review(book, "F-0", "adopted")
    review(book, "F-1", "kept")
    review(book, "R-0", "refused")
    return book


def test_nothing_is_nothing_of_nothing() -> None:
    found = of(Book())
    assert found.policies == {}
    assert [counts(ratio) for ratio in found.total.ratios.values()] == [(0, 0)] * 5


def test_the_policy_that_is_overridden_most_often_is_first() -> None:
    """'sorted by how often it is overridden'"""
    found = of(several())
    assert list(found.policies) == ["fees", "refunds", "limits"]
    fees, refunds = found.policies["fees"], found.policies["refunds"]
    assert (fees.proposed, counts(fees.cosigned)) == (3, (3, 3))
    assert (counts(fees.adopted), counts(fees.kept), counts(fees.refused)) == (
        (1, 2),
        (1, 2),
        (0, 2),
    )
    assert counts(fees.overdue) == (1, 1)
    assert (counts(refunds.cosigned), counts(refunds.refused)) == ((1, 4), (1, 1))
    assert counts(found.total.cosigned) == (4, 8)


def test_a_review_is_overdue_once_its_last_day_is_over() -> None:
    book = Book()
    propose(book, "F-0", "fees", by="2026-12-15")
    on_the_day, after = (dt.datetime(2026, 12, day, tzinfo=dt.UTC) for day in (15, 16))
    assert counts(of(book, after).total.overdue) == (0, 0)  # nobody co-signed it, so it never held
    cosign(book, "F-0")
    assert counts(of(book, on_the_day).total.overdue) == (0, 1)
    assert counts(of(book, after).total.overdue) == (1, 1)
    review(book, "F-0", "kept", on="2026-12-20")
    assert counts(of(book, after).total.overdue) == (1, 1)
    assert counts(of(book).total.overdue) == (0, 0)


def test_each_resolution_is_replayed() -> None:
    book = Book()
    propose(book, "F-0", "fees", amount="120.50", currency="GBP", unit_id="R-1")
    cosign(book, "F-0")
    (found,) = of(book).resolutions
    assert (found.proposer, found.cosigner, found.state) == ("ann", "bo", "approved")
    assert (found.amount, found.currency, found.unit_id) == (Decimal("120.50"), "GBP", "R-1")
    assert found.review_by == dt.date(2026, 12, 15)
    review(book, "F-0", "adopted")
    cosign(book, "F-0", actor="cy")
    assert of(book).resolutions[0].state == "adopted"


def test_one_id_in_two_populations_is_two_resolutions() -> None:
    book = Book()
    propose(book, "F-0", "fees")
    book.population = "internal"
    propose(book, "F-0", "fees")
    cosign(book, "F-0")
    assert counts(of(book).total.cosigned) == (1, 2)


def test_a_corrected_step_does_not_count() -> None:
    book = Book()
    propose(book, "F-0", "fees")
    cosign(book, "F-0")
    book.correct(book.events[-1], on="2026-11-05")
    assert counts(of(book).total.cosigned) == (0, 1)


def test_a_story_that_cannot_be_is_named() -> None:
    book = Book()
    propose(book, "F-0", "fees")
    cosign(book, "F-0", actor="ann")
    with pytest.warns(MalformedEventWarning, match="event 2: resolution 'F-0': 'ann' proposed it"):
        assert counts(of(book).total.cosigned) == (0, 1)
    with pytest.warns(MalformedEventWarning, match="event 2: resolution 'F-0': was never proposed"):
        assert policy_summary(book.events[1:], AS_OF).total.proposed == 0
    with refused(LedgerError, NO_TIME_ZONE):
        policy_summary([], dt.datetime(2026, 11, 1))  # noqa: DTZ001 - a naive time is the test


def test_the_displays_have_every_count_with_its_denominator() -> None:
    book = several()
    propose(book, "X-0", "<b>")
    found = of(book)
    assert str(found).splitlines()[:4] == [
        "4 of 9 proposed resolutions co-signed; 1 of 3 reviewed resolutions adopted; "
        "1 of 1 approved resolutions overdue for review",
        "",
        "policy   proposed  co-signed  adopted    kept  refused  review overdue",
        "fees            3     3 of 3   1 of 2  1 of 2   0 of 2          1 of 1",
    ]
    pairs = "\n\ncolleague  co-signs with  of the first's  of the second's\nann        bo"
    assert pairs in str(found)
    alone = Book()
    propose(alone, "F-0", "fees")
    assert "co-signs with" not in str(of(alone))
    html = found._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()
