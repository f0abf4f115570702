"""A moment becomes a day by a zone, in one place, however the moment is written."""

from __future__ import annotations

import ast
import datetime as dt
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from book import Book
from ceosample.days import AS_WRITTEN, date_of, day_of, is_zone, local, midnight, month_of
from ceosample.errors import CeosampleError
from ceosample.period import Period
from ceosample.signoff.closing_sheet import _row
from ceosample.signoff.figures.metrics import metrics
from ceosample.signoff.figures.open_letters import at_risk
from ceosample.signoff.figures.policies import policy_summary
from ceosample.signoff.letters_table import letters_table
from ceosample.signoff.replay.history import replay
from ceosample.signoff.replay.zones import Zones, zone_of
from thorough import examples

SOURCE = Path(__file__).resolve().parents[1] / "src" / "ceosample"

SYDNEY, NEW_YORK, LONDON = "Australia/Sydney", "America/New_York", "Europe/London"

#: Zones whose clocks change in both halves of the year, by half an hour, at midnight, never.
ZONES = (
    *(SYDNEY, NEW_YORK, LONDON, "Australia/Lord_Howe", "America/Santiago", "America/Havana"),
    *("Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Apia", "UTC"),
)


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


# One function


@pytest.mark.parametrize(
    ("text", "zone", "day"),
    [
        ("2026-11-30T22:30:00+00:00", SYDNEY, "2026-12-01"),
        ("2026-11-30T22:30:00+00:00", None, "2026-11-30"),
        ("2026-10-17T00:30:00+00:00", NEW_YORK, "2026-10-16"),
        ("2026-10-16T20:30:00-04:00", NEW_YORK, "2026-10-16"),
        ("2026-10-16T20:30:00-04:00", None, "2026-10-17"),
        ("2026-10-16T20:30:00-04:00", AS_WRITTEN, "2026-10-16"),
        ("2026-07-14T23:30:00+00:00", LONDON, "2026-07-15"),
        ("9999-12-31T23:30:00+00:00", SYDNEY, "9999-12-31"),
        ("0001-01-01T00:30:00+00:00", NEW_YORK, "0001-01-01"),
    ],
)
def test_a_day_is_the_zones(text: str, zone: str | None, day: str) -> None:
    """'one function that turns a moment into a day, given the zone'"""
    assert str(day_of(moment(text), zone)) == day
    assert month_of(moment(text), zone) == Period.parse(day[:7])


def test_a_moment_without_an_offset_and_an_unknown_zone_are_refused() -> None:
    with pytest.raises(CeosampleError, match=r"got 2026-10-16T20:30:00, which has no time zone"):
        day_of(moment("2026-10-16T20:30:00"))
    with pytest.raises(CeosampleError, match=r"got 'Europe/Lodnon'.*did you mean Europe/London"):
        day_of(moment("2026-10-16T20:30:00+00:00"), "Europe/Lodnon")


@pytest.mark.parametrize(
    "name", ["", "localtime", "right/UTC", "posix/UTC", "Europe", "../etc/passwd", AS_WRITTEN, 1]
)
def test_a_name_that_means_another_zone_elsewhere_is_none(name: object) -> None:
    assert not is_zone(name)


def test_every_zone_of_the_database_is_one() -> None:
    assert {name for name in zoneinfo.available_timezones() if not is_zone(name)} <= {"localtime"}


def test_what_is_no_moment_keeps_its_date() -> None:
    day = dt.date(2026, 7, 14)
    assert date_of(day, SYDNEY) == date_of("2026-07-14", SYDNEY) == day
    assert date_of(moment("2026-07-14T23:30:00"), SYDNEY) == day  # a clock on a wall
    assert date_of("yesterday") is date_of(None) is date_of(12) is None


@settings(max_examples=examples(60, one_in=4), deadline=None)
@given(some.dates(dt.date(1990, 1, 1), dt.date(2037, 12, 31)), some.sampled_from(ZONES))
def test_a_day_begins_once(day: dt.date, zone: str) -> None:
    """'both clock changes, ambiguous and missing local times', midnight among them"""
    if (zone, day) == ("Pacific/Apia", dt.date(2011, 12, 30)):
        return  # a day that Samoa never had
    begun = midnight(day, zone).astimezone(dt.UTC)
    assert day_of(begun, zone) == day
    assert day_of(begun - dt.timedelta(microseconds=1), zone) < day


# Nowhere else

#: How a moment loses its time elsewhere: a method, and what may be called for it.
_REFUSED = {"date", "today", "toordinal", "fromordinal", "utcfromtimestamp", "utcnow"}
_ZONES_OWN = SOURCE / "days.py"

#: Uses that turn no moment into a day, by file and line.
_ALLOWED = {
    ("sampling/frames/cuts.py", "toordinal"),  # of a date's own text
    # A month more than that of the moment in any zone.
    ("signoff/range_events.py", "Period(moment.year, ...)"),
    ("demo/year.py", "date"),  # of an invented clock, which is UTC's
    ("job/sources/exclusions.py", "Period(moment.year, ...)"),  # as 0.1 read it, to tell of it
    # What a message tells people to write, and what the user's query has.
    ("job/sources/midnights.py", "a cast in SQL"),
    ("job/sources/query.py", "a cast in SQL"),
    ("job/sources/query_text.py", "a cast in SQL"),
}


def refused(tree: ast.AST) -> Iterator[str]:
    """The ways in which a file takes the day of a moment by itself."""
    for node in ast.walk(tree):
        name = node.attr if isinstance(node, ast.Attribute) else ""
        if name in _REFUSED and _is_called(tree, node):
            yield name
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            upper = node.slice.upper
            if isinstance(upper, ast.Constant) and upper.value == 10:
                yield "[:10]"
        if isinstance(node, ast.Call) and _name(node.func) == "Period":
            said = {_name(part) for part in ast.walk(node) if isinstance(part, ast.Attribute)}
            if {"year", "month"} <= said and not _is_of_a_date(node):
                yield "Period(moment.year, ...)"
        if isinstance(node, ast.Attribute) and node.attr in ("dt", "strftime"):
            yield node.attr
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value.lower()
            if any(cast in text for cast in ("::date", "as date)", "date_trunc", "to_date(")):
                yield "a cast in SQL"


def _is_called(tree: ast.AST, wanted: ast.AST) -> bool:
    """Whether it is called, without an argument: then it cannot have been given a zone."""
    return any(
        isinstance(node, ast.Call) and node.func is wanted and not node.args
        for node in ast.walk(tree)
    )


def _name(node: ast.AST) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def _is_of_a_date(node: ast.Call) -> bool:
    """Whether the year is that of something called a day: a date has no offset."""
    return all(
        isinstance(part.value, ast.Name) and part.value.id in ("day", "self")
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and part.attr in ("year", "month")
    )


#: Where a moment is printed whole, in UTC, and where a moment's own writing is made.
_PRINTED = {"strftime": {"signatures/appearance.py", "recording/times.py"}}


@pytest.mark.slow
def test_no_other_module_takes_a_moments_day() -> None:
    """'every place where .date() is said of a moment uses it: search them all'"""
    found = {
        (str(path.relative_to(SOURCE)), way)
        for path in SOURCE.rglob("*.py")
        if path != _ZONES_OWN
        for way in refused(ast.parse(path.read_text("utf-8")))
        if not any(str(path).endswith(place) for place in _PRINTED.get(way, ()))
    }
    assert found - _ALLOWED == set()


@pytest.mark.parametrize(
    "line",
    [
        "at.date()", "dt.datetime.now().date()", "date.today()", "dt.date.today()",
        "event.at[:10]", "when(event).date()", "Period(at.year, at.month)", "at.toordinal()",
        "frame['at'].dt.date", "at.strftime('%Y-%m-%d')", "sql = 'SELECT at::date'",
        "sql = 'SELECT CAST(at AS DATE)'", "at.astimezone(zone).date()",
    ],
)  # fmt: skip
def test_the_search_finds_what_it_looks_for(line: str) -> None:
    assert list(refused(ast.parse(line)))


@pytest.mark.parametrize(
    "line", ["dt.date(2026, 1, 1)", "self.date", "Period(day.year, day.month)"]
)
def test_the_search_passes_over_dates(line: str) -> None:
    assert not list(refused(ast.parse(line)))


# Figures


def month(zone: str | None, due: str, out: str) -> Book:
    """A month with one letter that was dispatched at ``out``."""
    book = Book()
    said: dict[str, Any] = {} if zone is None else {"zone": zone}
    book.write("frozen", on="2026-10-01", commitment="c" * 64, **said)
    book.draw({"Cards": (100, 1)}, on="2026-10-01")
    book.sent("R-1", on="2026-10-02", due=due, sign_by=due)
    book.sign("R-1", on=out)
    book.out("R-1", on=out)
    return book


LATER = moment("2026-11-30T12:00:00+00:00")


@pytest.mark.parametrize(
    ("zone", "out", "in_time"),
    [
        (NEW_YORK, "2026-10-17T00:30:00+00:00", True),
        (NEW_YORK, "2026-10-16T20:30:00-04:00", True),
        (NEW_YORK, "2026-10-17T00:30:00-04:00", False),
        (SYDNEY, "2026-10-16T13:30:00+00:00", False),
        (SYDNEY, "2026-10-17T00:30:00+11:00", False),
        (SYDNEY, "2026-10-16T12:30:00+00:00", True),
        # Months of 0.1: the day is that of the offset, until a zone is stated.
        (None, "2026-10-17T00:30:00+00:00", False),
        (None, "2026-10-16T20:30:00-04:00", True),
    ],
)
def test_a_letter_is_in_time_by_the_days_of_its_zone(
    zone: str | None, out: str, in_time: bool
) -> None:
    """'A letter due 16 October and dispatched at 20:30 that day in New York ...'"""
    found = metrics(month(zone, "2026-10-16", out).events, as_of=LATER).sample.on_time.ratio
    assert (found.count, found.of) == (int(in_time), 1)


def test_a_month_of_01_has_the_zone_that_is_stated_for_it() -> None:
    book = month(None, "2026-10-16", "2026-10-17T00:30:00+00:00")
    assert (zone_of(book.events), Zones.of(book.events).zone("others")) == (None, "UTC")
    stated = book.write("zone_stated", on="2026-12-01", zone=NEW_YORK)
    assert zone_of(book.events) == NEW_YORK
    # What is stated holds for what was, whenever one asks.
    assert metrics(book.events, as_of=LATER).sample.on_time.ratio.count == 1
    book.correct(stated, on="2026-12-02")
    assert zone_of(book.events) is None


def test_what_is_stated_changes_no_month_that_was_frozen_with_a_zone() -> None:
    book = month(SYDNEY, "2026-10-16", "2026-10-16T13:30:00+00:00")
    book.write("zone_stated", on="2026-12-01", zone=NEW_YORK)
    assert zone_of(book.events) == SYDNEY


def test_each_month_has_its_own_zone_and_the_newest_is_the_populations() -> None:
    book = month(SYDNEY, "2026-10-16", "2026-10-16T13:30:00+00:00")
    book.month = "2026-11"
    book.write("frozen", on="2026-12-01", commitment="c" * 64, zone=NEW_YORK)
    zones = Zones.of(book.events)
    assert zones.zone(book.population, "2026-10") == SYDNEY
    assert zones.zone(book.population, "2026-11") == zones.zone(book.population) == NEW_YORK
    assert Zones.of(book.events, LATER).zone(book.population) == SYDNEY
    assert zones.zone("others") == "UTC"


def test_the_closing_sheet_and_the_table_of_letters_have_the_zones_day() -> None:
    book = month(SYDNEY, "2026-10-16", "2026-10-16T13:30:00+00:00")
    (history,) = replay(event for event in book.events if event.unit_id).values()
    assert _row(history, Zones.of(book.events))[3] == "2026-10-17"
    (row,) = letters_table(book.events).letters
    assert row["signed_on"] == "2026-10-17"


def test_a_review_is_overdue_by_the_populations_day() -> None:
    book = month(SYDNEY, "2026-10-16", "2026-10-16T12:30:00+00:00")
    said: dict[str, Any] = {"monthly": False, "on": "2026-10-05"}
    book.write(
        "oop_proposed", actor="a", resolution="X", policy="fee", review_by="2026-11-15", **said
    )
    book.write("oop_cosigned", actor="b", resolution="X", **said)
    over = moment("2026-11-15T13:30:00+00:00")  # the 16th there
    for asked in (over, local(over, NEW_YORK), local(over, SYDNEY)):
        assert policy_summary(book.events, asked).total.overdue.count == 1
        assert metrics(book.events, as_of=asked).out_of_policy.overdue.count == 1
    assert policy_summary(book.events, over - dt.timedelta(hours=1)).total.overdue.count == 0


# However it is written


@some.composite
def spellings(draw: some.DrawFn) -> tuple[dt.datetime, dt.datetime]:
    """A moment, by the clock of some zone, ambiguous and missing times too; and again otherwise."""
    zone = zoneinfo.ZoneInfo(draw(some.sampled_from(ZONES)))
    # Clock changes of 2026 in these zones, and days on which figures turn.
    near = draw(some.sampled_from(["10-04T02", "10-25T01", "11-01T01", "10-16T00", "10-17T00"]))
    minutes = draw(some.integers(-180, 180))
    clock = moment(f"2026-{near}:00:00") + dt.timedelta(minutes=minutes)
    first = clock.replace(tzinfo=zone, fold=draw(some.integers(0, 1)))
    offset = draw(
        some.one_of(
            some.integers(-12 * 60, 14 * 60).map(lambda m: dt.timezone(dt.timedelta(minutes=m))),
            some.sampled_from(ZONES).map(zoneinfo.ZoneInfo),
        )
    )
    return first, first.astimezone(dt.UTC).astimezone(offset)


def written(book: Book, moments: list[dt.datetime], zone: str | None) -> Book:
    """A year's worth of kinds of events, at these moments in their order."""
    at = iter(sorted(moments, key=lambda one: one.astimezone(dt.UTC)))
    said: dict[str, Any] = {} if zone is None else {"zone": zone}
    book.write("frozen", on="2026-09-01", commitment="c" * 64, **said)
    book.draw({"Cards": (100, 3)}, on="2026-09-01")
    for unit_id in ("R-1", "R-2", "R-3"):
        book.sent(unit_id, on="2026-09-02", due="2026-10-16", sign_by="2026-10-16", words=300)
    book.write("oop_proposed", actor="a", monthly=False, resolution="X", policy="fee",
               review_by="2026-10-16", on=next(at).isoformat())  # fmt: skip
    book.write("oop_cosigned", actor="b", monthly=False, resolution="X", on=next(at).isoformat())
    book.sign("R-1", on=next(at).isoformat())
    book.out("R-1", on=next(at).isoformat())
    book.sign("R-2", on=next(at).isoformat())
    return book


@settings(max_examples=examples(50, one_in=4), deadline=None)
@given(
    some.lists(spellings(), min_size=5, max_size=5), spellings(), some.sampled_from([None, *ZONES])
)
def test_equal_moments_give_equal_figures(
    pairs: list[tuple[dt.datetime, dt.datetime]],
    asked: tuple[dt.datetime, dt.datetime],
    zone: str | None,
) -> None:
    """'equal instants give equal figures however they are spelt'"""
    zone = zone or "UTC"
    books = [written(Book(), [pair[side] for pair in pairs], zone) for side in (0, 1)]
    for of in (
        lambda book, at: metrics(book.events, as_of=at).to_dict(),
        lambda book, at: policy_summary(book.events, at).to_dict(),
        lambda book, at: at_risk(book.events, as_of=at, within=3).to_dict(),
        lambda book, _: attrs.asdict(letters_table(book.events)),
    ):
        assert of(books[0], asked[0]) == of(books[1], asked[1])
