"""Where a figure turns: the counts, days and months at which it begins to say something else."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any, NamedTuple

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from book import POPULATION, Book
from ceosample.period import Period
from ceosample.signoff.figures.coverage import signoff_coverage
from ceosample.signoff.figures.customers.asked_for import AskedFor
from ceosample.signoff.figures.customers.promised import causes_of
from ceosample.signoff.figures.divisions import Reached, total
from ceosample.signoff.figures.letter_facts import letter_facts
from ceosample.signoff.figures.metrics import metrics
from ceosample.signoff.figures.outside.casebook import CaseMonth, casebook_summary
from ceosample.signoff.figures.outside.co_signers import OFTEN, co_signers
from ceosample.signoff.figures.outside.open_cases import open_cases
from ceosample.signoff.figures.past_signoffs import ImportedCount, in_words
from ceosample.signoff.figures.ratio import Ratio, of_readings
from ceosample.signoff.figures.reach import reach
from ceosample.signoff.figures.reconciliation import Reconciliation
from ceosample.signoff.figures.set_aside import set_aside
from ceosample.signoff.figures.turnaround import TOO_FEW, Turnaround, calendar_of, turnaround
from ceosample.signoff.moved_figures import moved_figures
from ceosample.signoff.replay.cases import WAYS
from ceosample.signoff.replay.history import replay
from ceosample.signoff.replay.zones import Zones
from ceosample.signoff.store.events import Event
from thorough import examples

AS_OF = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
SIGNED = "letters signed"


# The casebook


@given(st.lists(st.integers(0, 99), max_size=16))
def test_the_trend_of_cases_holds_as_many_months_against_those_before(counts: list[int]) -> None:
    """'the newest months against those before. Only months that are over count.'"""
    empty = dict.fromkeys(WAYS, 0)
    months = [
        CaseMonth(Period(2026, 12).plus(place - len(counts)), {**empty, "letter": count}, empty)
        for place, count in enumerate(counts)
    ]
    this_month = CaseMonth(Period(2026, 12), {**empty, "letter": 1000}, empty)
    summary = attrs.evolve(
        casebook_summary([], population=POPULATION, as_of=AS_OF), months=(*months, this_month)
    )
    half = min(len(counts) // 2, 6)
    if len(counts) < 4:
        assert summary.trend == ""
        return
    backwards = counts[::-1]
    newest, before = sum(backwards[:half]), sum(backwards[half : 2 * half])
    assert f"{newest} in the last {half} whole months, {before} in the {half} mo" in summary.trend


def cases(*said: tuple[str | None, str | None]) -> list[Event]:
    """Cases of one day, each with its last date and the date on which it was answered."""
    book = Book()
    for number, (due, answered) in enumerate(said, 1):
        case: dict[str, Any] = {"unit_id": f"case-{number}", "monthly": False}
        fields: dict[str, Any] = {"came_by": "letter", "nature": "complaint"} | (
            {"due": due} if due else {}
        )
        book.write("case_referred", **case, on=f"2026-11-0{number}", **fields)
        if answered:
            book.write("case_dispatched", **case, on=answered)
    return book.events


@pytest.mark.parametrize(
    ("due", "answered", "kept"),
    [
        ("2026-11-20", "2026-11-20", (1, 1)),
        ("2026-11-20", "2026-11-21", (0, 1)),
        ("2026-12-05", "2026-11-21", (1, 1)),
        ("2026-11-30", None, (0, 1)),
        ("2026-12-01", None, (0, 0)),
        ("2026-12-02", None, (0, 0)),
        (None, "2026-11-21", (0, 0)),
        (None, None, (0, 0)),
    ],
)
def test_a_case_keeps_its_last_date_to_the_end_of_that_day(
    due: str | None, answered: str | None, kept: tuple[int, int]
) -> None:
    """'out of those of which it can be said'; one without a date says nothing of the next."""
    three = cases((None, None), (due, answered), ("2026-11-20", "2026-11-19"))
    for events, more in ((cases((due, answered)), 0), (three, 1)):
        found = casebook_summary(events, population=POPULATION, as_of=AS_OF)
        assert (found.on_time.count, found.on_time.of) == (kept[0] + more, kept[1] + more)
        assert (found.first, found.last) == (Period(2026, 11), Period(2026, 12))


def test_open_cases_have_the_first_last_date_first_and_then_those_without() -> None:
    found = open_cases(
        cases(
            (None, None), ("2026-12-09", None), ("2026-11-30", None), (None, None),
            ("2026-12-01", None), ("2026-11-08", "2026-11-08"),
        ),
        AS_OF,
    )  # fmt: skip
    assert [(case.case, case.days_left, case.overdue) for case in found] == [
        ("case-3", -1, True),
        ("case-5", 0, False),
        ("case-2", 8, False),
        ("case-1", None, False),
        ("case-4", None, False),
    ]
    assert [case.cells[-1] for case in found] == ["-1 (overdue)", "0", "8", "-", "-"]
    assert {case.cells[5] for case in found} == {"-"}
    assert attrs.evolve(found[0], owner="ann").cells[5] == "ann"


def test_what_was_asked_for_names_its_owner_and_the_tries() -> None:
    asked = AskedFor("contact", "C-1", "2026-10", dt.date(2026, 11, 2), 9, "ceo", "ann", 2)
    assert asked.cells == ["a contact (2 tried)", "C-1", "2026-10", "2026-11-02", "9", "ceo", "ann"]
    again = attrs.evolve(asked, owner=None, tries=0)
    assert (again.cells[0], again.cells[-1]) == ("a contact", "-")


# Pairs, causes, what was brought in


@pytest.mark.parametrize("times", [OFTEN - 1, OFTEN, OFTEN + 1])
def test_two_who_co_sign_are_a_pair_from_the_second_time_on(times: int) -> None:
    found = co_signers([*[("ann", "bo")] * times, ("cy", "di"), ("cy", "ed")])
    often = int(times >= OFTEN)
    assert (found.always.count, found.always.of) == (often, often)
    assert (found.repeated.count, found.repeated.of) == (times * often, times + 2)
    cells = {pair.first + pair.second: pair.cells[-1] for pair in found.pairs}
    assert cells == {"annbo": "always" * often, "cydi": "", "cyed": ""}


def test_the_commonest_cause_comes_first_and_of_two_the_first_by_name() -> None:
    book = Book()
    book.draw({"Cards": (9, 4)})
    for number, cause in enumerate(["b-form", "c-form", "a-form", "c-form"]):
        book.sent(f"R-{number}")
        book.write("finding", f"R-{number}", verdict="defective", cause=cause)
    found = causes_of(replay(book.events).values(), [])
    assert [one.cause for one in found] == ["c-form", "a-form", "b-form"]


def test_what_was_brought_in_is_told_from_its_first_month_to_its_last() -> None:
    def month(number: int, signed: int) -> ImportedCount:
        return ImportedCount(Period(2026, number), None, Ratio(signed, 4, SIGNED), {})

    assert in_words([]) is None
    assert "2026-01 to 2026-01, 3 of 4" in str(in_words([month(1, 3)]))
    assert "2026-01 to 2026-03, 4 of 12" in str(in_words([month(1, 3), month(2, 0), month(3, 1)]))


# Reach, sums, draws that were set aside


@given(st.integers(0, 3), st.integers(0, 3))
def test_a_reach_says_how_many_divisions_a_substitute_alone_reached(one: int, other: int) -> None:
    parts = [Reached(3, 4, "divisions reached", by_substitute=n) for n in (one, other)]
    whole = total(parts)
    assert (whole.count, whole.of, whole.by_substitute) == (6, 8, one + other)
    said = f"{one + other} by a substitute alone" if one + other else ""
    assert whole.note == said
    assert str(whole).endswith("divisions reached" + (f", {said}" if said else ""))


def test_a_reach_of_no_month_is_of_none_on_record() -> None:
    found = reach([], [], None, None)
    assert (found.on_record, found.year_words, found.months.of) == (0, "", 0)


@given(*[st.integers(0, 50)] * 4, st.none() | st.integers(0, 50))
def test_a_register_s_sums_fit_or_are_wrong_by_their_difference(
    opening: int, new: int, final: int, carried: int, before: int | None
) -> None:
    found = Reconciliation(POPULATION, "2026-10", None, opening, new, final, carried, before)
    assert found.carried + found.difference == opening + new - final
    assert found.ok == (opening + new == final + carried and before in (None, opening))
    assert ("wrong by" in found.sums) == (opening + new != final + carried)
    assert ("; opens" in found.sums) == (before not in (None, opening))


def test_a_draw_that_was_set_aside_is_told_only_where_a_letter_of_it_was_sent() -> None:
    book = Book()
    book.draw({"Cards": (9, 2)})
    book.first("R-1", "Cards")
    superseded: dict[str, Any] = {"draw": "d" * 64, "reason_code": "wrong-frame"}
    before = [*book.events]
    book.write("superseded", **superseded)
    assert (set_aside(book.events).words, set_aside(book.events).sent.of) == ("", 1)
    book.events = before
    book.sent("R-2")
    book.write("returned_for_rework", "R-2", reason_code="tone")
    assert set_aside(book.events).words == ""
    book.write("superseded", **superseded)
    assert set_aside(book.events).words == (
        "before it was superseded 1 of 2 letters sent: 1 read, 1 returned, 0 found defective"
    )


def test_a_figure_that_moves_is_named_of_all_months_and_of_its_own() -> None:
    book = Book()
    for month in ("2026-09", "2026-10"):
        book.month = month
        book.write("frozen", zone="Europe/London", count=9, exclusions={}, control_total=None,
                   seed_source="dice", commitment="c" * 64)  # fmt: skip
        book.draw({"Cards": (9, 1)})
        book.sent(f"R-{month}")
    before = [*book.events]
    book.sign("R-2026-10")
    moved = {
        name: (old, new)
        for name, old, new in moved_figures(before, book.events, POPULATION, as_of=AS_OF)
    }
    signed = {name for name, values in moved.items() if values == ("0 of 1", "1 of 1")}
    assert any(name.startswith(f"{POPULATION}, 2026-10, ") for name in signed)
    assert not any(name.startswith(f"{POPULATION}, 2026-09, ") for name in moved)
    assert ("0 of 2", "1 of 2") in moved.values()
    assert [*moved_figures(before, before, POPULATION, as_of=AS_OF)] == []


# Letters


def test_a_version_without_a_count_of_words_is_counted_as_such() -> None:
    book = Book()
    book.first("R-1", "Cards")
    for version, words in ((1, 200), (2, None), (3, 30)):
        said: dict[str, Any] = {} if words is None else {"words": words}
        book.render("R-1", version, **said)
        book.send("R-1", version)
    book.render("R-1", 4, words=999)
    (facts,) = letter_facts(replay(book.events).values(), Zones.of(book.events))
    assert (facts.words, facts.counted, facts.uncounted) == (230, 2, 1)


def test_letters_and_nothing_at_all_are_no_readings() -> None:
    """'Where there are letters too, readings are left out: the two are never added.'"""
    assert not signoff_coverage([]).is_reading
    book = Book()
    book.draw({"Cards": (9, 1)})
    book.sent("R-1")
    letters = [*book.events]
    book.population = "calls"
    book.write("frozen", reading=True, count=9, exclusions={}, control_total=None,
               seed_source="dice", commitment="c" * 64)  # fmt: skip
    calls = book.events[len(letters) :]
    assert [signoff_coverage(e).is_reading for e in (letters, calls, book.events)] == [
        False, True, False,
    ]  # fmt: skip


def test_letters_that_nobody_signed_are_counted_by_their_state() -> None:
    book = Book()
    book.draw({"Cards": (9, 4)})
    for unit_id in ("R-1", "R-2", "R-3"):
        book.sent(unit_id)
    book.sign("R-1")
    book.write("delegated", "R-2", actor="ceo", to="dep")
    book.write("signed_by_deputy", "R-2", actor="dep", letter=book.events[3].payload["letter"])
    (row,) = signoff_coverage(book.events).strata
    assert (row.signed, row.by_deputy, row.states) == (1, 1, {"sent_for_signature": 1})


def test_the_words_of_readings_change_counts_and_nothing_else() -> None:
    class Pair(NamedTuple):
        share: Ratio
        name: str

    ratio, pair = Ratio(1, 2, "letters signed"), Pair(Ratio(1, 2, "letters signed"), "letters")
    assert of_readings((ratio, "letters", 3)) == (Ratio(1, 2, "readings read"), "letters", 3)
    assert of_readings({"letters": ratio}) == {"letters": Ratio(1, 2, "readings read")}
    assert of_readings(pair) is pair


def test_two_populations_are_shown_one_after_the_other_and_one_alone() -> None:
    book = Book()
    own = []
    for population in ("calls", "letters"):
        book.population = population
        book.draw({"Cards": (9, 1)})
        book.sent(f"{population}-1")
        own.append(metrics(book.events, population=population, as_of=AS_OF))
    assert metrics(book.events[:4], as_of=AS_OF).populations == ()
    both = metrics(book.events, as_of=AS_OF)
    assert [each.title for each in both.populations] == [each.title for each in own]
    assert both._repr_html_().endswith("".join(each._repr_html_() for each in both.populations))


# Working days until a signature


@pytest.mark.parametrize(
    ("of", "cells"),
    [(0, ("2", "-")), (1, (TOO_FEW,) * 2), (4, (TOO_FEW,) * 2), (5, ("2", "-")), (6, ("2", "-"))],
)
def test_a_table_has_no_median_of_fewer_than_five_letters(of: int, cells: tuple[str, str]) -> None:
    found = Turnaround(Ratio(0, of, SIGNED), 2, None)
    assert found.cells == cells
    assert str(found).startswith("no median" if of < 5 else "median 2 working days, 90th perc")


@given(st.integers(1, 30), st.integers(0, 30))
@example(17, 2)  # two of nineteen still wait: less than a ninth, and more than a tenth
@settings(max_examples=examples(50, one_in=4))
def test_a_percentile_is_the_first_day_by_which_so_many_are_signed(
    letters: int, unsigned: int
) -> None:
    """One letter is signed each working day, and the rest wait still."""
    book, start = Book(), dt.date(2026, 1, 5)  # a Monday
    book.sent("R-1", on=start.isoformat())
    (waits,) = letter_facts(replay(book.events).values(), Zones.of(book.events))
    days = [start + dt.timedelta(days=7 * (n // 5) + n % 5) for n in range(letters)]
    facts = [*(attrs.evolve(waits, signed=day) for day in days), *[waits] * unsigned]
    found, of = turnaround(facts, AS_OF, calendar_of([])), letters + unsigned

    def first(share: Fraction) -> int | None:
        return next((n for n in range(letters) if Fraction(of - n - 1, of) <= share), None)

    assert (found.median, found.ninetieth) == (first(Fraction(1, 2)), first(Fraction(1, 10)))
