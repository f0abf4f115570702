"""Notices: what they count, what they hide, and that jq alone finds the same."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import ceosample as cs
from book import POPULATION, Book
from ceosample.notices.counts import CHANGES
from ceosample.notices.suppression import LEAST, shown_parts, shown_total
from ceosample.signoff.store.events import Event
from notice_books import COLLEAGUES, by_jq, everywhere, some_consents, some_month
from test_rules import GOLDEN

AT = "2027-06-30T18:00:00+00:00"

#: The figures that count people.
PEOPLE = (*CHANGES, "contacted", "praised", "thanked")


def told(
    events: list[Event],
    audience: str = "public",
    first: str | None = None,
    last: str | None = None,
    as_of: str = AT,
) -> cs.report.Notice:
    return cs.report.notice(
        events, audience=audience, population=POPULATION, first=first, last=last,
        as_of=dt.datetime.fromisoformat(as_of),
        names={colleague: colleague.upper() for colleague in COLLEAGUES},
    )  # fmt: skip


def golden() -> list[Event]:
    lines = (GOLDEN / "release-0.1/expected/events.jsonl").read_bytes().splitlines()
    return [Event.parse(line) for line in lines if "payload" in json.loads(line)]


def books(count: int) -> Iterator[list[Event]]:
    """Ledgers of two months, the draw of one of them set aside where chance has it."""
    for number in range(count):
        chance, book = random.Random(number), Book()
        some_month(chance, book)
        some_month(chance, book, "2026-11")
        if chance.random() < 0.3:
            book.write("superseded", draw="d" * 64, reason_code="slip")
            some_month(chance, book, "2026-11")
        some_consents(chance, book)
        yield book.events


# What is hidden


def divided(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to divide a total into so many parts."""
    for cuts in itertools.combinations(range(total + parts - 1), parts - 1):
        yield tuple(b - a - 1 for a, b in itertools.pairwise((-1, *cuts, total + parts - 1)))


@pytest.mark.parametrize("parts", [2, 4])
def test_no_hidden_part_can_be_computed_by_who_knows_the_total_and_the_rule(parts: int) -> None:
    """Each total with its parts: whoever sees the rest, and tries every month that would look
    just so, is left with several values for each part that is hidden."""
    names = "abcd"[:parts]
    for total in range(1, 25):
        alike: dict[tuple[int | None, ...], list[tuple[int, ...]]] = defaultdict(list)
        for counts in divided(total, parts):
            shown = tuple(shown_parts(dict(zip(names, counts, strict=True))).values())
            assert all(one is None or one >= LEAST for one in shown)
            alike[shown].append(counts)
        for shown, months in alike.items():
            for place, one in enumerate(shown):
                if one is None:
                    assert len({counts[place] for counts in months}) > 1, (total, shown)


def test_the_number_thanked_gives_away_no_small_number_of_unnamed() -> None:
    """By staff, who know more names, and by the public; each knows the other's page too."""
    people = [str(number) for number in range(24)]
    for thanked, staff in itertools.product(range(16), range(16)):
        for public in range(min(thanked, staff) + 1):
            if staff > thanked:
                continue
            shown = shown_total(people[:thanked], people[:staff], people[:public])
            unnamed = {thanked - staff, thanked - public}
            assert (shown is None) == (thanked < LEAST or bool(unnamed & {1, 2, 3, 4}))
            if shown is None:
                alike = [
                    number
                    for number in range(staff, 24)
                    if shown_total(people[:number], people[:staff], people[:public]) is None
                ]
                assert len(alike) > 1


def test_no_page_of_a_month_shows_a_small_count_of_people_or_lets_it_be_computed() -> None:
    """All that two pages show of each month, the one of staff and the one of the public."""
    hidden = 0
    for events in books(60):
        for month in ("2026-10", "2026-11"):
            staff, public = (told(events, one, month, month) for one in ("staff", "public"))
            assert staff.figures == public.figures
            assert set(public.thanked) <= set(staff.thanked)
            counts = {name: one.count for name, one in public.figures.items()}
            assert not [name for name in PEOPLE if counts[name] in range(LEAST)]
            read = public.figures["contacted"].of or 0
            selected = public.figures["praised"].of or 0
            changes = {name: counts[name] for name in CHANGES}
            for parts, total in (
                (changes, read),
                ({"not": None, "contacted": counts["contacted"]}, read),
                ({"not": None, "praised": counts["praised"]}, selected),
            ):
                hidden += computed(parts, total)
    assert hidden > 300


def computed(parts: Mapping[str, int | None], total: int) -> int:
    """How many parts are hidden, if none of them can be computed from the total and the others."""
    names = [name for name, count in parts.items() if count is None]
    left = total - sum(count or 0 for count in parts.values())
    if "not" in parts and len(names) == 1:  # what is left is no line of the page
        assert min(left, total - left) >= LEAST
        return 0
    assert len(names) != 1
    # Nobody at all are no people: then every part is known to be nobody.
    assert not names or left >= min(LEAST, total)
    return len(names)


def test_whoever_withdraws_or_is_erased_is_named_in_no_later_notice_of_any_moment() -> None:
    for events in itertools.islice(books(30), 30):
        newest: dict[str, str] = {}
        for event in events:
            if event.population is None:
                newest[event.payload["person"]] = event.payload.get("audience", "")
        for audience, reaching in (("staff", ("staff", "public")), ("public", ("public",))):
            named = {name.lower() for name in told(events, audience).thanked}
            thanked = {e.payload["colleague"] for e in events if e.kind == "recognition"}
            assert named <= thanked
            assert {newest.get(one) for one in named} <= set(reaching)


def test_a_name_without_consent_and_a_consent_without_a_name_are_left_out() -> None:
    book = Book()
    book.draw({"Cards": (9, 1)})
    book.sent("R-1")
    for colleague in ("h-1", "h-2"):
        book.write("recognition", "R-1", actor="ceo", colleague=colleague, reason_code="kind")
    names = {"h-1": "Ann"}
    said = {"audience": "staff", "population": POPULATION, "as_of": dt.datetime.fromisoformat(AT)}
    assert cs.report.notice(book.events, names=names, **said).thanked == ()  # type: ignore[arg-type]
    everywhere(book, "naming_agreed", "h-2", person="h-2", audience="public", name="ab" * 32)
    assert cs.report.notice(book.events, names=names, **said).thanked == ()  # type: ignore[arg-type]


# What is counted


@pytest.mark.parametrize(
    ("first", "last", "as_of"),
    [
        (None, None, "2027-06-30T18:00:00+00:00"),
        ("2026-11", "2026-11", "2026-12-02T10:00:00+02:00"),
        ("2026-10", "2026-12", "2027-01-08T23:30:00-05:00"),
        (None, "2026-11", "2026-12-05T09:00:00.500000+00:00"),
        (None, None, "2026-01-15T09:00:00+00:00"),
    ],
)
def test_jq_alone_finds_the_figures_of_a_ledger_of_0_1(
    tmp_path: Path, first: str | None, last: str | None, as_of: str
) -> None:
    """'Every figure can be recomputed from the exported events with nothing but jq'"""
    events = golden()
    found = {
        name: one.to_dict()
        for name, one in told(events, "staff", first, last, as_of).figures.items()
    }
    assert by_jq(tmp_path, events, first, last, as_of) == found


@pytest.mark.parametrize("number", range(5))
def test_jq_alone_finds_the_figures_of_random_months(tmp_path: Path, number: int) -> None:
    """Corrected signatures, a draw set aside, consents given and taken back among them."""
    (events,) = itertools.islice(books(number + 1), number, number + 1)
    for first in (None, "2026-11"):
        found = {name: one.to_dict() for name, one in told(events, "staff", first).figures.items()}
        assert by_jq(tmp_path, events, first, None, AT) == found


def test_the_figures_are_those_of_the_board() -> None:
    events = golden()
    board = cs.report.board_report(
        events, population=POPULATION, as_of=dt.datetime.fromisoformat(AT)
    )
    figures = told(events).figures
    sample = board.metrics.sample
    assert str(figures["drawn"]) == sample.fraction.short
    assert str(figures["divisions"]) == board.metrics.reach.months.short
    assert figures["read"].of == sample.rates["lapsed"].of
    assert (figures["read"].count or 0) >= sample.signoff.count


def test_letters_that_only_a_deputy_or_the_office_touched_were_not_read() -> None:
    book = Book()
    book.draw({"Cards": (20, 4)})
    for number, (kind, actor) in enumerate(
        [("viewed", "ceo"), ("viewed", "pa"), ("finding", "qa"), ("delegated", "ceo")]
    ):
        book.sent(f"R-{number}")
        fields = {"finding": ("verdict", "sound"), "delegated": ("to", "deputy")}
        said: dict[str, Any] = dict([fields[kind]] if kind in fields else [])
        book.write(kind, f"R-{number}", actor=actor, **said)
    assert str(told(book.events).figures["read"]) == "1 of 4"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"audience": "press"}, "audience: got 'press'; use one of staff, public"),
        ({"language": "xx"}, "language: got 'xx', in which no words"),
        ({"language": "zh-hant"}, "did you mean zh-Hant"),
        ({"first": "2026-11", "last": "2026-10"}, "give the earlier month first"),
        ({"check_at": "a\nb"}, "check_at"),
        ({"firm": ""}, "firm"),
    ],
)
def test_what_no_notice_can_say_is_told(wrong: dict[str, str], said: str) -> None:
    given = {"audience": "staff", "population": POPULATION, **wrong}
    with pytest.raises(cs.errors.LedgerError, match=said):
        cs.report.notice([], as_of=dt.datetime.fromisoformat(AT), **given)  # type: ignore[arg-type]
