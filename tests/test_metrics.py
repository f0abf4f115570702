"""Every metric on months made by hand, its count and denominator worked out beside it."""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction
from typing import Any

import pytest

from book import CEO, POPULATION, Book, digest_of
from ceosample.errors import LedgerError, MalformedEventWarning, PlanError
from ceosample.period import Period
from ceosample.signoff.figures.metrics import Metrics, metrics
from ceosample.signoff.figures.ratio import Ratio
from ceosample.signoff.figures.turnaround import survival

AS_OF = dt.datetime(2026, 12, 31, 18, tzinfo=dt.UTC)


def at(day: str) -> dt.datetime:
    """The end of a day in London's winter."""
    return dt.datetime.fromisoformat(f"{day}T23:59:59+00:00")


def of(book: Book, **asked: Any) -> Metrics:
    asked.setdefault("as_of", AS_OF)
    return metrics(book.events, **asked)


def counts(ratio: Ratio) -> tuple[int, int]:
    return ratio.count, ratio.of


def cards(letters: int = 4, size: int = 100) -> Book:
    """A month whose one stratum is Cards."""
    book = Book()
    book.draw({"Cards": (size, letters)})
    return book


def ratios_in(value: Any) -> list[tuple[int, int]]:
    """Every ratio in what goes into JSON."""
    if isinstance(value, dict):
        if set(value) == {"count", "of", "what"}:
            return [(value["count"], value["of"])]
        return [pair for inner in value.values() for pair in ratios_in(inner)]
    return [pair for inner in value for pair in ratios_in(inner)] if isinstance(value, list) else []


# Nothing


def test_nothing_is_nothing_of_nothing() -> None:
    """'always count and denominator'"""
    found = of(Book(), budget=45)
    assert set(ratios_in(found.to_dict())) == {(0, 0)}
    assert (found.months, found.strata, dict(found.reading)) == ((), (), {})
    assert found.sample.turnaround.median is None
    assert "no month drawn" in str(found)
    assert "no month drawn" in found._repr_html_()


def test_a_month_that_is_frozen_and_not_drawn_is_nothing() -> None:
    book = Book()
    book.write("frozen", commitment="c" * 64)
    assert of(book).months == ()


# Sign-off coverage, completion, the sampling fraction


def test_the_sampling_fraction_is_n_of_all_eligible() -> None:
    """'sampling fraction: n / N'"""
    book = Book()
    book.draw({"Cards": (90, 3), "Loans": (10, 1), "Escalated": (5, 5)}, take_all=["Escalated"])
    found = of(book)
    assert counts(found.sample.fraction) == (4, 100)
    assert counts(found.take_all.fraction) == (5, 5)
    assert [counts(row.figures.fraction) for row in found.strata] == [(3, 90), (5, 5), (1, 10)]


def test_a_deputys_signature_completes_and_is_not_in_person() -> None:
    """'signed in person by the signatory'; 'places filled by signed, signed_by_deputy ...'"""
    book = cards(2)
    book.sent("R-1")
    book.write("delegated", "R-1", to="deputy")
    deputys: dict[str, Any] = {"letter": digest_of("R-1"), "for": CEO}
    book.write("signed_by_deputy", "R-1", actor="deputy", **deputys)
    book.sent("R-2")
    book.sign("R-2")
    sample = of(book).sample
    assert counts(sample.signoff) == (1, 2)
    assert counts(sample.by_deputy) == (1, 2)
    assert counts(sample.completion) == (2, 2)
    assert counts(sample.turnaround.signed) == (1, 2)


def test_an_approval_that_a_return_made_void_does_not_count() -> None:
    """'returned_for_rework (the approval is void)'"""
    book = cards(1)
    book.sent("R-1")
    book.sign("R-1")
    assert counts(of(book).sample.signoff) == (1, 1)
    book.write("returned_for_rework", "R-1", reason_code="tone")
    found = of(book)
    assert counts(found.sample.signoff) == (0, 1)
    assert counts(found.sample.completion) == (0, 1)
    assert counts(found.sample.turnaround.signed) == (0, 1)
    assert counts(found.reach.months) == (0, 1)
    assert found.strata[0].months_since_signed is None


def test_a_letter_signed_and_dispatched_is_still_signed() -> None:
    """'Metrics count states reached and not voided: a dispatched letter still counts as signed'"""
    book = cards(1)
    book.sent("R-1")
    book.sign("R-1")
    book.out("R-1")
    assert counts(of(book).sample.signoff) == (1, 1)


# Rates


def test_rates_are_over_all_letters_ever_selected_substitutes_included() -> None:
    """'letters it happened to / letters ever selected'"""
    book = cards(5)
    book.sent("R-1")
    book.write("replaced", "R-1", reason_code="duplicate")
    book.first("R-6", "Cards", "reserve")
    book.first("R-7", "Cards", "reserve")  # stays one, and counts nowhere
    book.write("selected", "R-6", replaces="R-1")
    book.sent("R-2")
    book.write("withdrawn", "R-2", reason_code="customer", approver="head")
    book.sent("R-3")
    book.write("lapsed", "R-3", letter=digest_of("R-3"), reason_code="deadline")
    book.sent("R-4")
    book.write("declined", "R-4", reason_code="policy")
    book.sent("R-5")
    for version in (2, 3):  # comes back twice, and is one letter
        book.write("returned_for_rework", "R-5", reason_code="tone")
        book.render("R-5", version)
        book.send("R-5", version)
    found = of(book).sample
    assert found.letters == 6
    assert {name: counts(ratio) for name, ratio in found.rates.items()} == {
        "replaced": (1, 6),
        "ineligible": (0, 6),
        "withdrawn": (1, 6),
        "lapsed": (1, 6),
        "declined": (1, 6),
        "reworked": (1, 6),
    }
    assert counts(found.signoff) == (0, 5)


# The random sample and the take-all letters apart


def test_letters_of_strata_read_in_full_are_apart_in_every_figure() -> None:
    """'the random sample and the take-all letters apart'"""
    book = Book()
    book.draw({"Cards": (50, 1), "Escalated": (2, 2)}, take_all=["Escalated"])
    book.sent("R-1", due="2026-11-10", words=238)
    book.sent("E-1", "Escalated", take_all=True, due="2026-11-10", words=476)
    book.sent("E-2", "Escalated", take_all=True, due="2026-11-10", words=476)
    book.sign("E-1", on="2026-11-04")
    book.out("E-1", on="2026-11-04")
    book.write("lapsed", "E-2", on="2026-11-12", letter=digest_of("E-2"), reason_code="deadline")
    found = of(book, budget=10)
    sample, full = found.sample, found.take_all
    assert (sample.letters, full.letters) == (1, 2)
    assert (counts(sample.signoff), counts(full.signoff)) == ((0, 1), (1, 2))
    assert (counts(sample.completion), counts(full.completion)) == ((0, 1), (1, 2))
    assert (counts(sample.rates["lapsed"]), counts(full.rates["lapsed"])) == ((0, 1), (1, 2))
    assert (counts(sample.on_time.ratio), counts(full.on_time.ratio)) == ((0, 1), (1, 2))
    assert (sample.turnaround.median, full.turnaround.median) == (None, 2)
    assert [sample.reading.minutes, full.reading.minutes] == [Fraction(1), Fraction(4)]
    assert counts(found.reach.months) == (1, 2)
    assert counts(found.take_all_reach.months) == (1, 1)
    # One executive reads them all, in one budget.
    assert found.reading[Period(2026, 10)].minutes == 5
    assert found.reading[Period(2026, 10)].share == Fraction(1, 2)


# On time


@pytest.mark.parametrize("kind", ["issued_under_other_name", "resolved_nonstandard", "lapsed"])
def test_a_letter_is_in_time_however_it_went_out(kind: str) -> None:
    """'letters that went out, however they ended, on or before due'"""
    book = cards(2)
    way = {"issued_under_other_name": "declined", "resolved_nonstandard": "taken_over"}
    for unit_id, day in (("R-1", "2026-11-20"), ("R-2", "2026-11-21")):
        book.sent(unit_id, due="2026-11-20")
        if kind in way:
            book.write(way[kind], unit_id)
        book.out(unit_id, kind, on=day)
    assert counts(of(book).sample.on_time.ratio) == (1, 2)


def test_open_and_overdue_letters_are_late() -> None:
    """'open and overdue count as late'"""
    book = cards(2)
    book.sent("R-1", due="2026-11-20")
    book.sent("R-2", due="2026-11-20")
    book.sign("R-2", on="2026-11-03")  # signed, and never dispatched
    assert counts(of(book, as_of=at("2026-11-21")).sample.on_time.ratio) == (0, 2)


def test_a_letter_is_counted_when_its_due_day_is_over_and_not_before() -> None:
    """To count early ones alone would flatter: the late ones come later."""
    book = cards(2)
    book.sent("R-1", due="2026-11-20")
    book.sent("R-2", due="2026-11-20")
    book.sign("R-1")
    book.out("R-1", on="2026-11-05")
    early = of(book, as_of=at("2026-11-20")).sample.on_time
    assert (counts(early.ratio), early.not_yet_due) == ((0, 0), 2)
    later = of(book, as_of=at("2026-11-21")).sample.on_time
    assert (counts(later.ratio), later.not_yet_due) == ((1, 2), 0)


def test_letters_left_out_of_on_time_are_counted_and_named() -> None:
    book = cards(5)
    book.sent("R-1")  # no due day
    book.sent("R-2", due="2026-11-01", sampling="after-issue")
    book.sent("R-3", due="2026-11-20")
    book.write("withdrawn", "R-3", on="2026-11-20", reason_code="customer", approver="head")
    book.sent("R-4", due="2026-11-20")  # withdrawn when it was late already
    book.write("withdrawn", "R-4", on="2026-11-21", reason_code="customer", approver="head")
    book.first("R-5", "Cards")  # never rendered, so it names no day
    found = of(book).sample
    assert counts(found.on_time.ratio) == (0, 1)
    assert str(found.on_time) == (
        "0 of 1 due letters on time; left out: 2 without a due day, 1 sampled after issue, "
        "1 withdrawn or replaced by then"
    )
    left_out = found.on_time.undated + found.on_time.after_issue + found.on_time.ended_before
    assert found.on_time.ratio.of + left_out + found.on_time.not_yet_due == found.letters


def test_the_day_that_a_letter_went_out_is_that_of_its_own_offset() -> None:
    """'"Went out" date is the date of `at` in its own offset'"""
    book = cards(2)
    for unit_id, time in (
        ("R-1", "2026-11-20T23:30:00-05:00"),  # the 21st in UTC
        ("R-2", "2026-11-21T00:30:00+09:00"),  # the 20th in UTC
    ):
        book.sent(unit_id, due="2026-11-20")
        book.sign(unit_id)
        book.out(unit_id, on=time)
    assert counts(of(book).sample.on_time.ratio) == (1, 2)


def test_the_newest_version_says_when_a_letter_is_due() -> None:
    book = cards(1)
    book.sent("R-1", due="2026-11-20")
    book.write("returned_for_rework", "R-1", reason_code="tone")
    book.render("R-1", 2, due="2026-11-25")
    book.send("R-1", 2)
    book.sign("R-1", 2)
    book.out("R-1", version=2, on="2026-11-24")
    assert counts(of(book).sample.on_time.ratio) == (1, 1)


# Turnaround


def five_letters() -> Book:
    """All sent on Monday 2 November 2026; three are signed, one is withdrawn, one waits."""
    book = cards(5)
    for number in range(1, 6):
        book.sent(f"R-{number}", on="2026-11-02")
    book.sign("R-1", on="2026-11-02")
    book.sign("R-2", on="2026-11-04")
    book.sign("R-3", on="2026-11-09")
    book.write("withdrawn", "R-4", on="2026-11-05", reason_code="customer", approver="head")
    return book


def test_turnaround_keeps_the_letters_that_wait_as_censored() -> None:
    """Worked out by hand:

    ====  ========================  =======  ===========================
    days  what happened             waiting  share that still waits
    ====  ========================  =======  ===========================
    0     R-1 signed on the day     5        1 - 1/5 = 4/5
    2     R-2 signed, Wednesday     4        4/5 * 3/4 = 3/5
    3     R-4 withdrawn, Thursday   3        (as before)
    5     R-3 signed, next Monday   2        3/5 * 1/2 = 3/10
    9     R-5 waits, Friday 13th    1        (as before)
    ====  ========================  =======  ===========================

    It falls to a half or below on day 5, and to a tenth never.
    """
    found = of(five_letters(), as_of=at("2026-11-13")).sample.turnaround
    assert survival([(0, True), (2, True), (3, False), (5, True), (9, False)]) == [
        (0, Fraction(4, 5)),
        (2, Fraction(3, 5)),
        (5, Fraction(3, 10)),
    ]
    assert (found.median, found.ninetieth, counts(found.signed)) == (5, None, (3, 5))
    assert str(found) == (
        "median 5 working days, 90th percentile not reached; 3 of 5 sent letters signed in person"
    )


def test_fewer_than_five_letters_have_a_median_for_machines_and_none_for_people() -> None:
    """'medians and 90th percentiles of fewer than 5 letters'"""
    book = cards(4)
    for number in range(4):
        book.sent(f"R-{number}", on="2026-11-02")
        book.sign(f"R-{number}", on="2026-11-04")
    found = of(book)
    assert (found.sample.turnaround.median, found.sample.turnaround.ninetieth) == (2, 2)
    assert found.to_dict()["sample"]["turnaround"]["median"] == 2  # type: ignore[index,call-overload]
    assert str(found.sample.turnaround) == (
        "no median of fewer than 5 letters; 4 of 4 sent letters signed in person"
    )
    assert found.strata[0].cells[6:8] == ["too few", "too few"]
    note = "of fewer than 5 letters no median"
    assert note in str(found)
    assert note in found._repr_html_()
    book.sent("R-4", on="2026-11-02")
    assert of(book).strata[0].cells[6:8] == ["2", "-"]
    assert note not in str(of(book))


def test_holidays_are_no_working_days() -> None:
    holidays = [dt.date(2026, 11, 3), dt.date(2026, 11, 6)]
    found = of(five_letters(), as_of=at("2026-11-13"), holidays=holidays).sample.turnaround
    assert found.median == 3


def test_without_censored_letters_the_curve_is_the_plain_share() -> None:
    book = cards(10)
    for number in range(10):
        book.sent(f"R-{number}", on="2026-11-02")
        book.sign(f"R-{number}", on=f"2026-11-{2 + number % 5:02}")  # 0 to 4 days, two of each
    found = of(book).sample.turnaround
    assert (found.median, found.ninetieth) == (2, 4)


def test_turnaround_runs_from_the_first_sending_to_the_signature_that_stands() -> None:
    book = cards(1)
    book.sent("R-1", on="2026-11-02")
    book.sign("R-1", on="2026-11-03")
    book.write("returned_for_rework", "R-1", on="2026-11-04", reason_code="tone")
    book.render("R-1", 2, on="2026-11-05")
    book.send("R-1", 2, on="2026-11-05")
    book.sign("R-1", 2, on="2026-11-06")
    assert of(book).sample.turnaround.median == 4


def test_letters_never_sent_are_not_in_the_turnaround() -> None:
    book = cards(1)
    book.first("R-1", "Cards")
    assert counts(of(book).sample.turnaround.signed) == (0, 0)


def test_a_sending_far_to_the_east_of_the_day_of_asking_waited_no_days() -> None:
    book = cards(1)
    book.sent("R-1", on="2026-11-03T01:00:00+14:00")
    found = of(book, as_of=dt.datetime.fromisoformat("2026-11-02T12:00:00+00:00"))
    assert counts(found.sample.turnaround.signed) == (0, 1)


# Reading load


def test_the_reading_load_is_words_a_minute_against_the_budget() -> None:
    """'words / words a minute, in minutes, against the budget'"""
    book = cards(3)
    book.sent("R-1", words=476)
    book.sent("R-2", words=119)
    book.sent("R-3")
    book.write("returned_for_rework", "R-1", reason_code="tone")
    book.render("R-1", 2, words=476)
    book.send("R-1", 2)  # read again
    book.write("returned_for_rework", "R-1", reason_code="tone")
    book.render("R-1", 3, words=10_000)  # never sent, so nobody had to read it
    found = of(book, budget=45).reading[Period(2026, 10)]
    assert found.minutes == Fraction(476 + 119 + 476, 238) == Fraction(9, 2)
    assert found.share == Fraction(1, 10)
    assert counts(found.counted) == (3, 4)
    assert str(found) == "4.5 min of 45.0 (10.0 %); 1 of 4 versions do not say how many words"
    assert of(book, words_a_minute="357").reading[Period(2026, 10)].minutes == 3


def test_months_in_which_no_version_says_its_words_have_no_minutes() -> None:
    book = cards(1)
    book.sent("R-1")
    assert str(of(book).sample.reading).startswith("not known")
    assert of(book).strata[0].cells[-2] == "-"


def test_a_budget_of_no_minutes_has_no_share() -> None:
    book = cards(1)
    book.sent("R-1", words=238)
    found = of(book, budget=0).reading[Period(2026, 10)]
    assert (found.share, str(found)) == (None, "1.0 min of 0.0")


# Reach and months since signed


def year() -> Book:
    """Loans signed in November 2025, Cards in October and December 2026; Savings never."""
    book = Book()
    for month, signed in (
        ("2025-10", ["Savings"]),
        ("2025-11", ["Loans"]),
        ("2026-10", ["Cards"]),
        ("2026-11", ["Cards"]),
    ):
        book.month = month
        day = f"{Period.parse(month).next()}-02"
        book.draw(dict.fromkeys(("Cards", "Loans", "Savings"), (10, 1)), on=day)
        for name in ("Cards", "Loans", "Savings"):
            book.sent(f"{name}-1", name, on=day)
            if name in signed:
                book.sign(f"{name}-1", on=day)
    return book


def test_reach_is_for_the_month_the_range_and_twelve_months() -> None:
    """'strata with at least one letter signed in person / strata with any letter; for the month
    and the last 12'"""
    reach = of(year(), first="2026-10", last="2026-10").reach
    assert (counts(reach.months), counts(reach.month), counts(reach.year)) == ((1, 3),) * 2 + (
        (2, 3),  # November 2025 is in, October 2025 is not
    )
    words = "1 of 3 divisions reached; in 2026-10 1 of 3; in the last twelve months 2 of 3"
    assert str(reach) == words
    assert counts(of(year()).reach.months) == (3, 3)
    assert of(year()).reach.last == Period(2026, 11)


def test_months_since_signed_count_to_the_last_month_asked_for() -> None:
    """'per stratum: months since the signatory last signed one of its letters'"""

    def since(**asked: Any) -> dict[str, int | None]:
        return {row.stratum[0]: row.months_since_signed for row in of(year(), **asked).strata}

    assert since(last="2026-11") == {"Cards": 0, "Loans": 12, "Savings": 13}
    assert since(first="2026-10", last="2026-10") == {"Cards": 0, "Loans": 11, "Savings": 12}
    assert since(first="2025-10", last="2025-10") == {"Cards": None, "Loans": None, "Savings": 0}
    assert since() == {"Cards": 1, "Loans": 13, "Savings": 14}  # as of December 2026
    assert "not in 1 month" in of(year(), last="2025-10").strata[0].cells


def test_months_are_counted_as_far_as_they_are_on_record() -> None:
    """'"in the 1 month on record" (n months on record, up to twelve)'"""
    words = {"2025-10": "the 1 month on record", "2025-11": "the 2 months on record",
             "2026-08": "the 2 months on record", "2026-09": "the last twelve months",
             "2026-11": "the last twelve months"}  # fmt: skip
    for last, said in words.items():
        assert of(year(), last=last).reach.when == f"in {said}"
    assert of(Book()).reach.when == "in the 0 months on record"
    assert [row.months_on_record for row in of(year(), first="2026-10").strata] == [4] * 3
    assert of(year(), last="2025-11").strata[0].since_signed == "not in 2 months"


def test_a_substitutes_signature_reaches_its_division_and_is_named_as_such() -> None:
    """'substitutes are counted and named as such'"""
    book = cards(1)
    book.sent("R-1")
    book.write("replaced", "R-1", reason_code="duplicate")
    book.first("R-2", "Cards", "reserve")
    book.write("selected", "R-2", replaces="R-1")
    book.render("R-2")
    book.send("R-2")
    book.sign("R-2")
    found = of(book, last="2026-10")
    assert str(found.reach.months) == "1 of 1 divisions reached, 1 by a substitute alone"
    assert counts(found.sample.signoff) == (0, 1)
    assert counts(found.sample.completion) == (1, 1)
    assert found.strata[0].months_since_signed == 0


# Ranges and populations


def test_a_range_counts_its_own_months_and_no_other() -> None:
    """'Each for a period, a stratum and any range of months'"""
    book = year()
    assert of(book, first="2026-10").months == (Period(2026, 10), Period(2026, 11))
    assert counts(of(book, first="2026-10").sample.signoff) == (2, 6)
    assert counts(of(book, first="2026-11", last=Period(2026, 11)).sample.signoff) == (1, 3)
    assert counts(of(book, last="2025-12").sample.signoff) == (2, 6)
    assert list(of(book, first="2026-10").reading) == [Period(2026, 10), Period(2026, 11)]


def test_a_population_is_counted_alone() -> None:
    book = cards(1)
    book.sent("R-1")
    book.population = "internal"
    book.draw({"Cards": (5, 1)})
    book.sent("R-1")
    book.sign("R-1")
    assert counts(of(book).sample.signoff) == (1, 2)
    assert counts(of(book, population="internal").sample.signoff) == (1, 1)
    assert counts(of(book, population="complaint-responses").sample.signoff) == (0, 1)


# As of a moment


def test_events_after_the_moment_do_not_count() -> None:
    """'`as_of` a moment'"""
    book = five_letters()
    signed = [
        counts(of(book, as_of=at(f"2026-11-{day:02}")).sample.signoff) for day in (1, 2, 4, 8, 9)
    ]
    assert signed == [(0, 0), (1, 5), (2, 5), (2, 5), (3, 5)]
    moment = dt.datetime.fromisoformat("2026-11-04T10:00:00+02:00")  # nine in London is eleven
    assert counts(of(book, as_of=moment).sample.signoff) == (1, 5)


def test_a_step_does_not_count_before_the_one_that_it_follows() -> None:
    """Times are claimed: one that is earlier than the step before it cannot be."""
    book = cards(1)
    book.first("R-1", "Cards", on="2026-11-02")
    book.render("R-1", on="2026-11-06")
    book.send("R-1", on="2026-11-04")
    assert counts(of(book, as_of=at("2026-11-05")).sample.turnaround.signed) == (0, 0)
    assert counts(of(book, as_of=at("2026-11-06")).sample.turnaround.signed) == (0, 1)


# Corrections and supersession


def test_what_was_corrected_is_as_if_never_said() -> None:
    """'that event is void, as if never said; it stays on record'"""
    book = cards(1)
    book.sent("R-1", due="2026-11-20")
    wrong = book.sign("R-1", on="2026-11-03")
    book.correct(wrong, on="2026-11-10")
    found = of(book)
    assert counts(found.sample.signoff) == (0, 1)
    assert found.corrected == 1
    assert "\ncorrected          1 events\n" in str(found)
    before = of(book, as_of=at("2026-11-09"))
    assert (counts(before.sample.signoff), before.corrected) == ((1, 1), 0)


def test_a_corrected_return_lets_the_approval_stand() -> None:
    book = cards(1)
    book.sent("R-1")
    book.sign("R-1")
    wrong = book.write("returned_for_rework", "R-1", reason_code="tone")
    book.correct(wrong)
    found = of(book).sample
    assert (counts(found.signoff), counts(found.rates["reworked"])) == ((1, 1), (0, 1))


def test_a_wrong_time_can_be_corrected_and_said_again() -> None:
    book = cards(1)
    book.sent("R-1")
    wrong = book.sign("R-1", on="2036-11-03")
    book.correct(wrong, on="2026-11-04")
    book.sign("R-1", on="2026-11-03")
    assert counts(of(book, as_of=at("2026-11-05")).sample.signoff) == (1, 1)


def superseded() -> Book:
    book = Book()
    book.draw({"Cards": (100, 2), "Loans": (20, 1)})
    book.sent("R-1")
    book.sign("R-1")
    book.write("superseded", on="2026-11-05", draw="d" * 64, reason_code="wrong-frame")
    book.draw({"Cards": (90, 1)}, on="2026-11-06")
    book.sent("R-1", on="2026-11-06")
    return book


def test_a_superseded_draw_and_its_letters_do_not_count() -> None:
    """'the month's draw no longer counts, nor do its letters'"""
    found = of(superseded())
    assert counts(found.sample.fraction) == (1, 90)
    assert counts(found.sample.signoff) == (0, 1)
    assert (found.superseded, len(found.strata)) == (1, 1)
    before = of(superseded(), as_of=at("2026-11-04"))
    assert counts(before.sample.fraction) == (3, 120)
    assert (counts(before.sample.signoff), before.superseded) == ((1, 1), 0)


# Frame reconciliation


def test_the_registers_counts_must_add_up_and_fit_the_month_before() -> None:
    """'opening + new - final = carried forward, against the register's counts, by stratum'"""
    book = cards(1)
    book.write(
        "reconciled",
        opening=800,
        new=1200,
        final=1100,
        carried=900,
        strata=[
            {"stratum": ["Cards"], "opening": 500, "new": 700, "final": 600, "carried": 600},
            {"stratum": ["Loans"], "opening": 300, "new": 500, "final": 500, "carried": 300},
        ],
    )
    assert counts(of(book).reconciled) == (1, 1)
    book.month = "2026-11"
    book.draw({"Cards": (100, 1)})
    assert counts(of(book).reconciled) == (1, 2)  # nobody has counted yet
    book.write("reconciled", opening=905, new=100, final=5, carried=1010)
    found = of(book)
    assert counts(found.reconciled) == (1, 2)
    row = found.reconciliations[-1]
    assert (row.difference, row.gap, row.ok) == (-10, 5, False)
    assert "wrong by -10; opens +5 against" in str(found)
    # The counts of the month before are known even where it was not asked for.
    assert of(book, first="2026-11").reconciliations[-1].gap == 5
    book.write("reconciled", opening=900, new=100, final=5, carried=995)
    assert counts(of(book).reconciled) == (2, 2)


def test_one_stratum_that_does_not_add_up_is_a_month_that_does_not() -> None:
    book = cards(1)
    wrong = {"stratum": ["Cards"], "opening": 5, "new": 5, "final": 5, "carried": 4}
    book.write("reconciled", opening=5, new=5, final=5, carried=5, strata=[wrong])
    found = of(book)
    assert counts(found.reconciled) == (0, 1)
    assert [row.difference for row in found.reconciliations] == [0, 1]
    assert "  Cards: 5 + 5 - 5 = 4, wrong by 1" in str(found)


# Signatories


def test_a_change_of_signatory_within_a_month_is_shown() -> None:
    book = cards(3)
    book.sent("R-1")
    book.sign("R-1")
    book.sent("R-2")
    assert of(book).signatories == ()
    book.sent("R-3", signatory="chair")
    assert [(s.period, s.signatory, counts(s.signed)) for s in of(book).signatories] == [
        ("2026-10", "ceo", (1, 2)),
        ("2026-10", "chair", (0, 1)),
    ]
    assert "2026-10: chair, 0 of 1 letters signed in person" in str(of(book))


# Out of policy


def test_resolutions_count_in_the_month_in_which_they_were_proposed() -> None:
    """'proposed, co-signed, adopted, review overdue'"""
    book = Book()
    for number, day in enumerate(("2026-10-31", "2026-11-01", "2026-11-02"), 1):
        book.write(
            "oop_proposed",
            on=day,
            actor="ann",
            monthly=False,
            resolution=f"X-{number}",
            policy="fees",
            review_by="2026-12-01",
        )
    for number in (2, 3):
        book.write(
            "oop_cosigned", on="2026-11-03", actor="bo", monthly=False, resolution=f"X-{number}"
        )
    book.write("oop_reviewed", on="2026-11-20", monthly=False, resolution="X-3", outcome="adopted")
    found = of(book).out_of_policy
    assert counts(found.cosigned) == (2, 3)
    assert counts(found.adopted) == (1, 1)
    assert counts(found.overdue) == (1, 1)
    november = of(book, first="2026-11", last="2026-11", as_of=at("2026-12-01")).out_of_policy
    assert (counts(november.cosigned), counts(november.overdue)) == ((2, 2), (0, 1))


# What is asked


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(LedgerError, match=r"as_of: .* has no time zone"):
        metrics([], as_of=dt.datetime(2026, 11, 1))  # noqa: DTZ001 - a naive time is the test
    with pytest.raises(LedgerError, match="got 2026-11 to 2026-10; give the earlier month first"):
        of(Book(), first="2026-11", last="2026-10")
    with pytest.raises(LedgerError, match="words_a_minute: got '0'; give a number above 0"):
        of(Book(), words_a_minute=0)
    with pytest.raises(LedgerError, match="budget: got '-1'"):
        of(Book(), budget=-1)
    with pytest.raises(PlanError, match="budget: got 'many'"):
        of(Book(), budget="many")
    with pytest.raises(ValueError, match="give an ISO month"):
        of(Book(), first="October")


def test_a_story_that_cannot_be_is_named() -> None:
    book = cards(1)
    book.first("R-1", "Cards")
    book.sign("R-1")
    with pytest.warns(MalformedEventWarning, match="event 3: letter R-1: cannot become signed"):
        found = of(book)
    assert counts(found.sample.signoff) == (0, 1)


# Displays


def test_the_displays_have_the_same_figures_and_html_is_escaped() -> None:
    book = Book()
    book.draw({"<b>Söhne</b>": (7, 1), "Escalated": (2, 2)}, take_all=["Escalated"])
    book.sent("R-1", "<b>Söhne</b>", words=238)
    book.sent("E-1", "Escalated", take_all=True, words=238)
    found = of(book, budget=4)
    text, html = str(found), found._repr_html_()
    assert "<b>" not in html
    for words in (
        "0 of 1 selected letters signed in person (0 %)",
        "2.0 min of 4.0 (50.0 %)",
        "in full: sign-off coverage",
        "Escalated (in full)",
    ):
        assert words in text
        assert words in html
    assert max(map(len, text.splitlines())) < 125


def test_the_figures_go_into_json_and_back() -> None:
    found = of(five_letters(), budget="45.5", holidays=[dt.date(2026, 11, 3)]).to_dict()
    assert json.loads(json.dumps(found)) == found
    assert found["as_of"] == AS_OF.isoformat()


def test_populations_that_share_the_names_of_their_divisions_are_kept_apart() -> None:
    """'`metrics` joins populations that share division names'"""
    book = cards(2)
    book.sent("R-1")
    book.sign("R-1")
    book.population = "internal"
    book.draw({"Cards": (7, 1)})
    book.sent("I-1")
    found = metrics(book.events, as_of=at("2026-12-01"))
    assert counts(found.reach.months) == (1, 2)
    assert counts(found.sample.signoff) == (1, 2)
    each = {one.population: one for one in found.populations}
    assert {name: counts(one.reach.months) for name, one in each.items()} == {
        POPULATION: (1, 1),
        "internal": (0, 1),
    }
    assert found.strata == (*each[POPULATION].strata, *each["internal"].strata)
    assert [row.months_since_signed for row in found.divisions] == [2, None]
    assert [one["population"] for one in json.loads(found.to_json())["populations"]] == [*each]
    for text in (str(found), found._repr_html_()):
        assert all(each[name].title in text for name in each)
    alone = metrics(book.events, population="internal", as_of=at("2026-12-01"))
    assert alone == each["internal"]
    assert "populations" not in alone.to_dict()
