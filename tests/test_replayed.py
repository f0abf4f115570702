"""What the events of letters, months and people come to, read one after the other."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from book import CEO, Book, digest_of
from ceosample.errors import LedgerError, MalformedEventWarning
from ceosample.signoff.replay.history import History, follow, replay
from ceosample.signoff.replay.methods import is_confidence, is_month_number, is_rate
from ceosample.signoff.replay.people import ended_by, people_of
from ceosample.signoff.replay.titles import title_of
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event

START = dt.date(2026, 11, 2)


def history(book: Book) -> History:
    """Of the first letter."""
    return next(iter(replay(book.events).values()))


def letter(*, versions: int = 1) -> Book:
    """A letter whose newest version is out for signature."""
    book = Book()
    book.first("R-1", "Cards")
    for version in range(1, versions + 1):
        book.render("R-1", version)
        book.send("R-1", version)
    return book


# Letters


@pytest.mark.parametrize("versions", [1, 2, 3])
def test_what_goes_out_is_the_version_that_was_signed(versions: int) -> None:
    """'dispatch that one'"""
    book = letter(versions=versions)
    assert history(book).versions == versions
    book.sign("R-1", versions)
    signed = history(book)
    signed.require("dispatched", "office", {"letter": digest_of("R-1", versions)})
    for other in (digest_of("R-1", versions + 1), digest_of("R-1", versions - 1), None):
        with pytest.raises(LedgerError, match="not that of the letter that was signed"):
            signed.require("dispatched", "office", {"letter": other})


def test_only_the_version_that_is_out_is_signed() -> None:
    book = letter(versions=2)
    out = history(book)
    out.require("signed", CEO, {"letter": digest_of("R-1", 2)})
    with pytest.raises(LedgerError, match="the version out for signature is"):
        out.require("signed", CEO, {"letter": digest_of("R-1", 1)})
    with pytest.raises(LedgerError, match=f"was sent to '{CEO}' for signature"):
        out.require("signed", "coo", {"letter": digest_of("R-1", 2)})
    with pytest.raises(LedgerError, match="may sign it only after taking it over"):
        out.require("signed", CEO, {"letter": digest_of("R-1", 2), "own_letter": True})


def test_an_impossible_step_is_named_with_its_event_and_left_out() -> None:
    book = letter()
    book.sign("R-1")
    wrong = book.write("viewed", "R-1")
    book.out("R-1")
    with pytest.warns(MalformedEventWarning, match=f"event {wrong.sequence}: letter R-1: cannot"):
        assert history(book).state == "dispatched"
    assert next(iter(replay(book.events, tell=False).values())).state == "dispatched"


@pytest.mark.parametrize("kind", ["note", "finding", "corrected"])
def test_what_is_said_of_a_letter_needs_the_letter(kind: str) -> None:
    payload: dict[str, Any] = {"event": "0" * 64} if kind == "corrected" else {}
    book = Book()
    event = book.write(kind, "R-1", **payload)
    with pytest.raises(LedgerError, match="event 1: letter R-1: was not drawn"):
        follow({}, event)
    book = letter()
    if kind != "corrected":
        event = book.write(kind, "R-1", **payload)
        assert history(book).annotations == [event]


def test_a_payload_that_does_not_fit_its_kind_is_named_with_its_event() -> None:
    for lacking in ("stratum", "take_all"):
        first = letter().events[0]
        payload = {name: value for name, value in first.payload.items() if name != lacking}
        with pytest.raises(LedgerError, match="event 1: its payload does not fit its kind"):
            follow({}, attrs.evolve(first, payload=payload))


# Months


def frozen(*months: tuple[str, str, dict[str, Any]]) -> list[Event]:
    """Freezes of months, each of a population."""
    book = Book()
    for population, month, said in months:
        book.population, book.month = population, month
        book.write("selected", "R-1")  # says nothing of a zone or a title
        book.write("frozen", **said)
    return book.events


def test_a_month_has_its_zone_and_what_is_of_no_month_the_newest_one_s() -> None:
    events = frozen(
        ("letters", "2026-09", {"zone": "Europe/Berlin"}),
        ("letters", "2026-10", {"zone": "Europe/London"}),
        ("calls", "2026-10", {"zone": "Europe/London"}),
    )
    zones = Zones.of(events)
    assert zones.zone("letters", "2026-09") == "Europe/Berlin"
    for population in ("letters", "calls", None):
        assert zones.zone(population) == "Europe/London"
    assert zones.zone("chats", unknown="UTC") == "UTC"
    assert len(zones.months) == 3
    assert Zones.of(events[:4]).zone(None) == "Europe/London"
    two = Zones.of([*events, *frozen(("chats", "2026-10", {"zone": "Asia/Tokyo"}))])
    assert two.zone(None, unknown="UTC") == "UTC"


def test_a_population_has_the_title_of_its_newest_month() -> None:
    before = ("letters", "2026-09", {"title": "Old"})
    assert title_of(frozen(before, ("letters", "2026-10", {"title": "Replies"}))) == "Replies"
    assert title_of(frozen(before, ("letters", "2026-10", {}))) is None
    assert title_of(frozen(before, ("letters", "2026-10", {"title": "a\u202eb"}))) is None
    assert title_of([], frozen(before)) == "Old"
    assert title_of([]) is None


@pytest.mark.parametrize(
    ("is_one", "right", "wrong"),
    [
        (is_month_number, [1, 2, 12], [0, 13, -1, True, "1", 1.0, None]),
        (is_confidence, ["0.51", "0.95", "0.999"], ["0.5", "0.49", "1", "1.0", 0.95, "95 %", None]),
        (is_rate, ["0.01", "0.5", "0.99"], ["0", "0.0", "1", "-0.1", 0.05, "5 %", "", None]),
    ],
)
def test_a_method_is_stated_in_numbers_between_their_bounds(
    is_one: Any, right: list[Any], wrong: list[Any]
) -> None:
    assert [is_one(value) for value in right] == [True] * len(right)
    assert [is_one(value) for value in wrong] == [False] * len(wrong)


# People


def granted(
    book: Book, person: str, role: str = "deputy", since: str = "2026-01-01", **more: Any
) -> Event:
    said = {"person": person, "role": role, "from": since, **more}
    return book.write("role_granted", monthly=False, **said)


def test_a_revocation_ends_the_grants_of_that_person_and_role_and_no_others() -> None:
    book = Book()
    granted(book, "ann", **{"for": "ceo"})
    granted(book, "ann", **{"for": "coo"})
    granted(book, "ann", "auditor")
    granted(book, "bo", **{"for": "ceo"})
    granted(book, "ann", since="2027-01-01", **{"for": "ceo"})
    granted(book, "ann", until="2026-11-01", **{"for": "ceo"})
    revoked = book.write("role_revoked", monthly=False, person="ann", role="deputy",
                         **{"from": "2026-11-02", "for": "ceo"})  # fmt: skip
    granted(book, "ann", since="2026-12-01", **{"for": "ceo"})
    ended = ended_by(book.events, revoked)
    assert [(one.grant.of, one.grant.since, one.last) for one in ended] == [
        ("ceo", dt.date(2026, 1, 1), dt.date(2026, 11, 1)),
        ("ceo", dt.date(2027, 1, 1), None),
    ]
    assert [str(one).partition(" as ")[2].partition(",")[0] for one in ended] == [
        "deputy of ceo"
    ] * 2
    people = people_of(book.events)
    assert [people.deputies_of("ceo", START + dt.timedelta(days=n)) for n in (-1, 0, 29, 60)] == [
        ["ann", "bo"], ["bo"], ["bo", "ann"], ["bo", "ann"],
    ]  # fmt: skip
    assert people.deputies_of("coo", START) == ["ann"]
    assert people.having("ann", ["auditor"], START)
