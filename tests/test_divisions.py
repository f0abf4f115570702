"""What a board reads of its divisions: one count of reach, whatever the plans made of them."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ceosample as cs
from book import POPULATION, Book
from ceosample.errors import RecordError
from ceosample.period import Period
from ceosample.report.board import BoardReport, board_report
from ceosample.report.outline import page_of
from ceosample.report.pictures import months_since
from ceosample.sampling.divisions import divisions_of
from ceosample.signoff.figures.month_summary import summarise
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.rules.forms import faults_of_form
from ceosample.signoff.store.events import Event
from thorough import examples

AT = dt.datetime(2027, 12, 1, tzinfo=dt.UTC)
SEED = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
NAMES = ("Cards", "Fraud", "Loans", "Savings")


# The divisions of a draw


def frame_of(sizes: Mapping[str, int], period: str = "2026-10") -> cs.Frame:
    """A frame with so many responses of each division, whose id begins with the division's name."""
    rows = [{"id": f"{name}-{n}", "division": name} for name in sizes for n in range(sizes[name])]
    return cs.Frame.from_records(
        rows, population=POPULATION, period=period, unit_id="id", strata=["division"]
    )


def draw_of(sizes: Mapping[str, int], **plan: Any) -> cs.Draw:
    return cs.draw(frame_of(sizes), cs.Plan(**plan), SEED)


@given(
    sizes=st.dictionaries(st.sampled_from(NAMES), st.integers(1, 9), min_size=2),
    plan=st.sampled_from(
        [
            {"merge_below": 5, "into": "Other"},
            {"allocation": "srs"},
            {"allocation": "srs", "take_all": ["Fraud"]},
            {"take_all": ["Fraud"], "merge_below": 8, "into": "Other"},
            {"rotation": {"months": 3, "start": "2026-10"}, "merge_below": 5, "into": "Other"},
            {},
        ]
    ),
    reserves=st.integers(0, 3),
)
@settings(max_examples=examples(60, one_in=4))
def test_a_drawn_letter_has_its_own_division(
    sizes: Mapping[str, int], plan: Mapping[str, Any], reserves: int
) -> None:
    """'the ledger carries the raw strata values of drawn letters'"""
    sampled = {n: s for n, s in sizes.items() if (n,) not in cs.Plan(size=1, **plan).take_all}
    size = min(4, sum(sampled.values()))
    draw = draw_of(sizes, size=size, reserves=reserves, minimum=0, **plan)
    found = divisions_of(draw)
    drawn = {unit.unit_id for unit in draw.selections} | {unit.unit_id for unit in draw.reserves}
    assert found.of_unit == {unit_id: (unit_id.split("-")[0],) for unit_id in drawn}
    whole = {division[0]: n for of in found.sizes.values() for division, n in of.items()}
    assert whole == sizes
    assert {name: sum(of.values()) for name, of in found.sizes.items()} == {
        pool.stratum: pool.size for pool in draw.pools
    }


def test_a_cut_value_is_the_division_and_never_the_number_itself() -> None:
    """A sum of money is no division; the band that the plan cuts it into is."""
    rows = [{"id": f"R-{n}", "owed": str(n * 10)} for n in range(12)]
    frame = cs.Frame.from_records(
        rows, population=POPULATION, period="2026-10", unit_id="id", strata=["owed"]
    )
    plan = cs.Plan(size=4, cuts={"owed": ["50"]}, merge_below=6, into="Other")
    bands = {
        division
        for of in divisions_of(cs.draw(frame, plan, SEED)).sizes.values()
        for division in of
    }
    assert len(bands) == 2
    assert not bands & {(str(n * 10),) for n in range(12)}


def test_the_divisions_of_a_table_that_changed_are_refused() -> None:
    draw = draw_of({"Cards": 4, "Fraud": 4}, size=3, allocation="srs")
    other = attrs.evolve(draw, frame=frame_of({"Loans": 4, "Savings": 4}))
    with pytest.raises(RecordError, match="not where they were drawn"):
        divisions_of(other)


# What the ledger keeps of them


def registered(ledger: cs.Ledger, draw: cs.Draw) -> list[Event]:
    """The events of a draw once it is registered."""
    at = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
    ledger.freeze(draw.frame, draw.plan, seed_source="dice", by="sampling", at=at)
    ledger.register(draw, by="sampling", at=at)
    return list(ledger.events(population=POPULATION, period=str(draw.period)))


MERGED: dict[str, Any] = {"size": 4, "minimum": 1, "merge_below": 5, "into": "Other"}


def test_the_ledger_holds_each_letters_own_division_and_all_that_there_were() -> None:
    """'the ledger carries the raw strata values of drawn letters (an event's field from rules 2
    on'"""
    draw = draw_of({"Cards": 9, "Fraud": 2, "Loans": 3}, **MERGED)
    with cs.Ledger.open("sqlite://") as ledger:
        events = registered(ledger, draw)
    strata = next(event for event in events if event.kind == "drawn").payload["strata"]
    assert [entry["divisions"] for entry in strata] == [
        [{"division": ["Cards"], "N": 9}],
        [{"division": ["Fraud"], "N": 2}, {"division": ["Loans"], "N": 3}],
    ]
    firsts = [event for event in events if event.kind in ("selected", "reserve")]
    assert len(firsts) == len(draw.selections) + len(draw.reserves)
    for event in firsts:
        assert event.payload["division"] == [str(event.unit_id).split("-")[0]]
        assert [*faults_of_form(event, 2)] == []


def test_an_old_ledger_is_gone_on_with_as_its_rules_have_it(tmp_path: Path) -> None:
    """'for older months the page says "strata as the plan made them"'"""
    old = shutil.copy(Path(__file__).parent / "golden" / "ledger.db", tmp_path / "ledger.db")
    fresh = cs.Seed.from_dice("11223344556677889900", witnesses=["internal audit"])
    draw = cs.draw(frame_of({"Cards": 9, "Fraud": 2}, "2027-03"), cs.Plan(**MERGED), fresh)
    with cs.Ledger.open(f"sqlite:///{old}") as ledger:
        events = registered(ledger, draw)
    assert not any("division" in event.payload for event in events)
    report = board_report(events, population=POPULATION, as_of=AT)
    said = next(s for s in page_of(report, {})["sections"] if s["id"] == "reach")["said"]
    assert "In March 2027 the ledger holds strata as the plan made them" in " ".join(said)
    assert [row.stratum for row in report.unreached] == [("Cards",), ("Other",)]
    assert "in 2027-03 the ledger holds strata as the plan made them" in str(report.metrics)


@pytest.mark.parametrize(
    "wrong",
    [
        [{"division": ["Cards"], "N": 8}],
        [{"division": ["Cards"], "N": 9}, {"division": ["Fraud"], "N": 0}],
        [{"division": "Cards", "N": 9}],
        [["Cards", 9]],
        {"Cards": 9},
    ],
)
def test_divisions_that_do_not_add_up_to_their_stratum_have_no_form(wrong: Any) -> None:
    book = Book()
    book.draw({"Cards": (9, 1)})
    entry = {**book.events[0].payload["strata"][0], "divisions": wrong}
    faults = list(
        faults_of_form(
            attrs.evolve(book.events[0], payload={**book.events[0].payload, "strata": [entry]}), 2
        )
    )
    assert any(fault.startswith("strata: ") for fault in faults)


# What was wrong


def divided(
    book: Book, month: str, strata: Mapping[tuple[str, ...], Mapping[str, int]], full: str = ""
) -> None:
    """A draw of a month in whose strata these divisions are joined."""
    book.month = month
    entries = [
        {
            "stratum": list(stratum), "N": sum(of.values()), "n": 1, "take_all": stratum == (full,),
            "divisions": [{"division": [name], "N": size} for name, size in of.items()],
        }
        for stratum, of in strata.items()
    ]  # fmt: skip
    book.write("drawn", draw="d" * 64, commitment="c" * 64, strata=entries)


def signed(
    book: Book, unit_id: str, stratum: tuple[str, ...], division: str, *, full: bool = False
) -> None:
    book.write("selected", unit_id, draw="d" * 64, stratum=list(stratum), division=[division],
               rank=1, take_all=full)  # fmt: skip
    book.render(unit_id)
    book.send(unit_id)
    book.sign(unit_id)


def test_a_division_that_was_merged_away_and_gave_no_letter_is_not_reached() -> None:
    """'With merge_below=5, into="Other" the page says "every division was reached" though one had
    no letter and never appears'"""
    book = Book()
    divided(book, "2026-10", {("Cards",): {"Cards": 40}, ("Other",): {"Fraud": 2, "Loans": 3}})
    signed(book, "C-1", ("Cards",), "Cards")
    signed(book, "L-1", ("Other",), "Loans")
    report = board_report(book.events, population=POPULATION, as_of=AT)
    assert str(report.metrics.reach.months) == "2 of 3 divisions reached"
    assert [row.name for row in report.unreached] == ["Fraud"]
    page = page_of(report, {})
    assert "every division was reached" not in str(page)
    tables = {t["title"]: t["rows"] for s in page["sections"] for t in s["tables"]}
    assert tables["Not reached in these months"] == [["Fraud", "2", "none drawn"]]
    assert tables["Divisions that the plan joined with others"] == [
        ["Fraud", "Other", "2", "none drawn", "-"],
        ["Loans", "Other", "3", "1 of 1", "-"],
    ]
    assert "By stratum" in tables
    assert "By division" not in tables


def test_a_month_drawn_from_all_at_once_has_divisions_and_no_nameless_one() -> None:
    """'under srs "1 of 1 divisions" ... an srs month adds a nameless division to the year'"""
    book = Book()
    divided(book, "2026-10", {(): {"Cards": 40, "Fraud": 9}})
    signed(book, "C-1", (), "Cards")
    report = board_report(book.events, population=POPULATION, last="2026-10", as_of=AT)
    assert str(report.metrics.reach.months) == "1 of 2 divisions reached"
    assert [row.name for row in report.unreached_year] == ["Fraud"]
    assert months_since(report.metrics).words == "Cards: 0; Fraud: not in 1 month"


def test_a_letter_counts_for_its_division_whatever_became_of_it() -> None:
    """One went out signed, one was replaced, its substitute waits, and a reserve was never used."""
    book = Book()
    divided(book, "2026-10", {("Cards",): {"Cards": 40}})
    signed(book, "C-1", ("Cards",), "Cards")
    book.out("C-1")
    first: Any = {"draw": "d" * 64, "stratum": ["Cards"], "division": ["Cards"], "rank": 2,
                  "take_all": False}  # fmt: skip
    for kind, unit_id in (("selected", "C-2"), ("reserve", "C-3"), ("reserve", "C-4")):
        book.write(kind, unit_id, **first)
    book.write("replaced", "C-2", reason_code="duplicate")
    book.write("selected", "C-3", **first, replaces="C-2")
    (found,) = cs.figures.metrics(book.events, population=POPULATION, as_of=AT).divisions
    row = found.coverage
    assert (row.selected, row.signed, row.substitutes, row.substitutes_signed) == (2, 1, 1, 0)


@pytest.mark.parametrize("october", [("Fraud",), ("Other",)])
def test_a_division_is_one_whether_it_is_read_in_full_merged_or_sampled(
    october: tuple[str, ...],
) -> None:
    """'A division that is take-all in October (all signed) and sampled in December is said to have
    had no letter signed in twelve months; one that was merged in November likewise'"""
    full = "Fraud" if october == ("Fraud",) else ""
    book = Book()
    divided(book, "2026-10", {october: {"Fraud": 2}}, full)
    signed(book, "F-1", october, "Fraud", full=bool(full))
    divided(book, "2026-12", {("Fraud",): {"Fraud": 30}})
    report = board_report(book.events, population=POPULATION, last="2026-12", as_of=AT)
    assert report.unreached_year == ()
    assert str(report.metrics.reach.months) == "1 of 1 divisions reached"
    newest = board_report(
        book.events, population=POPULATION, first="2026-12", last="2026-12", as_of=AT
    )
    assert [row.name for row in newest.unreached] == ["Fraud"]
    (row,) = newest.metrics.strata
    assert row.months_since_signed == newest.metrics.divisions[0].months_since_signed == 2


# Random years


@attrs.frozen
class Letter:
    """A letter of a month: its division, the plan's stratum, how it came in, whether it is signed.

    ``way`` is ``drawn``, ``in-full``, or ``substitute`` of the letter before it.
    """

    division: str
    stratum: tuple[str, ...]
    way: str
    signed: bool


@attrs.frozen
class Month:
    """A month: which divisions had letters, the plan's strata, and the letters of the newest draw.

    ``set_aside`` is a draw before it that counts no more.
    """

    period: Period
    strata: Mapping[tuple[str, ...], Mapping[str, int]]
    in_full: frozenset[tuple[str, ...]]
    letters: tuple[Letter, ...]
    set_aside: tuple[Letter, ...] | None

    def eligible(self) -> set[str]:
        return {name for of in self.strata.values() for name in of}


@st.composite
def months_of_a_year(data: st.DrawFn) -> list[Month]:
    """Up to five months within a year and a half, each of another plan."""
    offsets = data(st.lists(st.integers(0, 17), min_size=1, max_size=5, unique=True))
    return [data(a_month(Period(2026, 1).plus(offset))) for offset in sorted(offsets)]


@st.composite
def a_month(data: st.DrawFn, period: Period) -> Month:
    present = data(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    mode = data(st.sampled_from(["plain", "srs", "merging", "rotation"]))
    full = {(name,) for name in present if data(st.integers(0, 3)) == 0}
    strata: dict[tuple[str, ...], dict[str, int]] = {}
    for name in sorted(present):
        joined = (name,) not in full and (
            mode == "srs" or (mode == "merging" and data(st.booleans()))
        )
        stratum = (name,) if not joined else () if mode == "srs" else ("Other",)
        strata.setdefault(stratum, {})[name] = data(st.integers(1, 9))

    def drawn() -> tuple[Letter, ...]:
        found = []
        for stratum, of in strata.items():
            for _ in range(data(st.integers(0, 2))):
                one = Letter(
                    data(st.sampled_from(sorted(of))), stratum, "drawn", data(st.booleans())
                )
                if stratum in full:
                    one = attrs.evolve(one, way="in-full")
                found.append(one)
                if one.way == "drawn" and data(st.booleans()):
                    up = data(st.sampled_from(sorted(of)))
                    found.append(Letter(up, stratum, "substitute", data(st.booleans())))
        return tuple(found)

    before = drawn() if data(st.integers(0, 3)) == 0 else None
    return Month(period, strata, frozenset(full), drawn(), before)


def events_of(months: Iterable[Month]) -> list[Event]:
    """What a ledger holds of these months under rules 2."""
    book = Book()
    for month in months:
        book.month = str(month.period)
        day = f"{month.period.next()}-02"
        book.write("frozen", on=day, count=9, exclusions={}, control_total=None,
                   seed_source="dice", commitment="c" * 64)  # fmt: skip
        if month.set_aside is not None:
            write_draw(book, month, month.set_aside, day, "old")
            book.write("superseded", on=day, draw="d" * 64, reason_code="wrong-frame")
            book.write("frozen", on=day, count=9, exclusions={}, control_total=None,
                       seed_source="dice", commitment="c" * 64)  # fmt: skip
        write_draw(book, month, month.letters, day, "new")
    return book.events


def write_draw(book: Book, month: Month, letters: Sequence[Letter], day: str, name: str) -> None:
    places = [letter.stratum for letter in letters if letter.way != "substitute"]
    entries = [
        {
            "stratum": list(stratum),
            "N": sum(of.values()),
            "n": places.count(stratum),
            "take_all": stratum in month.in_full,
            "divisions": [{"division": [name], "N": size} for name, size in of.items()],
        }
        for stratum, of in month.strata.items()
    ]
    book.write("drawn", on=day, draw="d" * 64, commitment="c" * 64, strata=entries)
    for number, letter in enumerate(letters):
        unit_id = f"{name}-{number}"
        first: dict[str, Any] = {
            "draw": "d" * 64,
            "stratum": list(letter.stratum),
            "division": [letter.division],
            "rank": 1,
            "take_all": letter.way == "in-full",
        }
        if letter.way == "substitute":
            book.write("reserve", unit_id, on=day, **first)
            book.write("replaced", f"{name}-{number - 1}", on=day, reason_code="duplicate")
            book.write("selected", unit_id, on=day, **first, replaces=f"{name}-{number - 1}")
        else:
            book.write("selected", unit_id, on=day, **first)
        replaced = number + 1 < len(letters) and letters[number + 1].way == "substitute"
        if letter.signed and not replaced:
            book.render(unit_id, on=day)
            book.send(unit_id, on=day)
            book.sign(unit_id, on=day)


def counted_by_hand(months: Sequence[Month]) -> tuple[int, int, int]:
    """Divisions reached, how many there were, and how many a substitute alone reached."""
    original: set[str] = set()
    substitute: set[str] = set()
    for month in months:
        for number, letter in enumerate(month.letters):
            after = month.letters[number + 1 : number + 2]
            replaced = bool(after) and after[0].way == "substitute"
            if letter.signed and not replaced:
                (substitute if letter.way == "substitute" else original).add(letter.division)
    present = set[str]().union(*(month.eligible() for month in months))
    return len(original | substitute), len(present), len(substitute - original)


def numbers(ratio: Any) -> tuple[int, int, int]:
    """A reach as counts, from a result or from its JSON."""
    fields: Any = ratio.to_dict() if isinstance(ratio, Ratio) else ratio
    return fields["count"], fields["of"], fields["by_substitute"]


def figure_on(page: Mapping[str, Any]) -> tuple[int, int, int]:
    """The reach on the page's first sheet."""
    figure = next(part for part in page["figures"] if part["to"] == "reach")
    of = re.match(r"of (\d+) divisions", figure["of"])
    alone = re.match(r"(\d+) by a substitute alone", figure["note"] or "0 by a substitute alone")
    assert of
    assert alone
    return int(figure["count"]), int(of[1]), int(alone[1])


def missed_on(page: Mapping[str, Any], title: str) -> set[str]:
    """The divisions in a table of the page."""
    tables = [t for s in page["sections"] for t in s["tables"] if t["title"].startswith(title)]
    return {row[0].removesuffix(" (in full)") for t in tables for row in t["rows"]}


def in_picture(words: str, within: int) -> tuple[int, int]:
    """Divisions of a picture of months since, signed in the last so many months / all."""
    since = dict(part.rsplit(": ", 1) for part in words.split("; "))
    signed = [int(said) for said in since.values() if said.isdigit()]
    return sum(number < within for number in signed), len(since)


@given(months_of_a_year())
@settings(max_examples=examples(40, one_in=6), deadline=None)
def test_page_metrics_status_pictures_and_json_give_one_reach(months: list[Month]) -> None:
    """'one definition for page, metrics, status, pictures and JSON, and a property test that all
    five give the same figures over random years with merging, srs, take-all, rotation,
    substitutes and superseding'"""
    events, last = events_of(months), months[-1].period
    year = [month for month in months if month.period > last.plus(-12)]
    expected, of_year = counted_by_hand(months), counted_by_hand(year)
    present = set[str]().union(*(month.eligible() for month in year))
    # Metrics, and their JSON.
    found = cs.figures.metrics(events, population=POPULATION, last=last, as_of=AT)
    reach = found.reach
    assert [numbers(r) for r in (reach.months, reach.year)] == [expected, of_year]
    assert numbers(reach.month) == counted_by_hand(months[-1:])
    json: Any = found.to_dict()
    assert numbers(json["reach"]["months"]) == expected
    assert reach.as_planned == ()
    # The status of each month, and its JSON.
    summaries = {summary.period: summary for summary in summarise(events)}
    for month in months:
        summary = summaries[str(month.period)]
        assert numbers(summary.coverage.stratum_reach) == counted_by_hand([month])
        fields: Any = summary.to_dict()
        assert numbers(fields["coverage"]["stratum_reach"]) == counted_by_hand([month])
    # The page, and its JSON.
    report = of_year_on_page(events, months, year)
    page = page_of(report, {})
    assert figure_on(page) == of_year
    assert len(missed_on(page, "Not reached in these months")) == of_year[1] - of_year[0]
    unreached: Any = report.to_dict()["unreached"]
    assert {row["stratum"][0] for row in unreached} == missed_on(page, "Not reached in these")
    whole = next(s for s in page["sections"] if s["id"] == "reach")
    every = any("every division was reached" in words for words in whole["said"])
    assert every == (of_year[0] == of_year[1])
    # The picture.
    words = months_since(report.metrics).words
    assert in_picture(words, 12) == of_year[:2]
    assert {part.rsplit(": ", 1)[0] for part in words.split("; ")} == present


def of_year_on_page(
    events: Sequence[Event], months: Sequence[Month], year: Sequence[Month]
) -> BoardReport:
    first, last = year[0].period, months[-1].period
    return board_report(events, population=POPULATION, first=first, last=last, as_of=AT)
