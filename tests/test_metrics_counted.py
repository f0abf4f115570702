"""Metrics of any story against a plain count that shares no code with them."""

from __future__ import annotations

import datetime as dt
import time
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from book import Book, digest_of
from ceosample.signoff.figures.by_stratum import Figures
from ceosample.signoff.figures.metrics import Metrics, metrics
from ceosample.signoff.replay.lifecycle import TRANSITIONS
from thorough import examples

pytestmark = pytest.mark.slow

MONDAY = dt.date(2026, 11, 2)
HOLIDAY = dt.date(2026, 11, 5)
OUT = ("dispatched", "issued_under_other_name", "resolved_nonstandard", "lapsed")
WITH_LETTER = {*OUT, "signed", "signed_by_deputy", "sent_for_signature"}
STRATA = ("Cards", "Loans", "Escalated")


@attrs.frozen
class Tale:
    """A letter: where it is, and the day of each state that it came to."""

    month: str
    stratum: str
    walk: tuple[tuple[str, dt.date], ...]
    due: dt.date | None
    after_issue: bool
    words: int | None

    @property
    def substitute(self) -> bool:
        return self.walk[0][0] == "reserve"

    def until(self, day: dt.date) -> list[tuple[str, dt.date]]:
        return [step for step in self.walk if step[1] <= day]


@st.composite
def tales(data: st.DrawFn) -> Tale:
    """A walk through the table of states, a few days between steps."""
    month = data(st.sampled_from(["2026-09", "2026-10"]))
    stratum = data(st.sampled_from(STRATA))
    substitute = stratum != "Escalated" and data(st.booleans())
    kinds = ["reserve", "selected"] if substitute else ["selected"]
    for _ in range(data(st.integers(0, 9))):
        following = TRANSITIONS[kinds[-1]]
        if not following:
            break
        kinds.append(data(st.sampled_from(following)))
    day, walk = MONDAY, []
    for kind in kinds:
        day += dt.timedelta(days=data(st.integers(0, 4)))
        walk.append((kind, day))
    due = data(st.none() | st.integers(0, 20).map(lambda n: MONDAY + dt.timedelta(days=n)))
    words = data(st.none() | st.integers(0, 900))
    return Tale(month, stratum, tuple(walk), due, data(st.integers(0, 5)) == 0, words)


def written(found: list[Tale]) -> Book:
    """The tales as a ledger would write them: each month's draw, then its letters."""
    book = Book()
    for month in ("2026-09", "2026-10"):
        book.month = month
        drawn = [t.stratum for t in found if t.month == month and not t.substitute]
        sizes = {name: (50, drawn.count(name)) for name in STRATA}
        book.draw(sizes, take_all=["Escalated"], on=MONDAY.isoformat())
        for number, tale in enumerate(found):
            if tale.month == month:
                tell(book, f"R-{number}", tale)
    return book


def tell(book: Book, unit_id: str, tale: Tale) -> None:
    version = 0
    for number, (kind, day) in enumerate(tale.walk):
        on = day.isoformat()
        if number == 0:
            full = tale.stratum == "Escalated"
            book.first(unit_id, tale.stratum, kind, take_all=full, on=on)
        elif kind == "rendered":
            version += 1
            said: dict[str, Any] = {"due": tale.due and tale.due.isoformat(), "words": tale.words}
            if tale.after_issue:
                said["sampling"] = "after-issue"
            said = {name: value for name, value in said.items() if value is not None}
            book.render(unit_id, version, on=on, **said)
        elif kind in WITH_LETTER:
            book.write(kind, unit_id, on=on, letter=digest_of(unit_id, version))
        else:
            book.write(kind, unit_id, on=on)


# The plain count


def stands(steps: list[tuple[str, dt.date]], kind: str) -> dt.date | None:
    """The day of a state that no return made void."""
    day = None
    for name, when in steps:
        if name == "returned_for_rework":
            day = None
        elif name == kind:
            day = when
    return day


def working_days(first: dt.date, until: dt.date) -> int:
    """Working days from the first day, counted, to the last, not counted."""
    days = (first + dt.timedelta(n) for n in range((until - first).days))
    return sum(day.weekday() < 5 and day != HOLIDAY for day in days)


def plain(found: list[Tale], as_of: dt.date) -> dict[str, tuple[int, int]]:
    """Each ratio of these letters, letter by letter."""
    stories = [(tale, tale.until(as_of)) for tale in found]
    ever = [(t, s) for t, s in stories if s and s[-1][0] != "reserve"]
    first = [(t, s) for t, s in ever if not t.substitute]
    planned = sum(not tale.substitute for tale in found)
    filled = [
        s
        for _, s in ever
        if s[-1][0] not in ("replaced", "found_ineligible")
        and any(stands(s, k) for k in ("signed", "signed_by_deputy", "resolved_nonstandard"))
    ]
    counted = {
        "signoff": (sum(stands(s, "signed") is not None for _, s in first), len(first)),
        "completion": (len(filled), planned),
    }
    names = {"reworked": "returned_for_rework", "ineligible": "found_ineligible"}
    for rate in ("replaced", "ineligible", "withdrawn", "lapsed", "declined", "reworked"):
        kind = names.get(rate, rate)
        counted[rate] = (sum(kind in dict(s) for _, s in ever), len(ever))
    late = early = 0
    for tale, steps in ever:
        rendered = "rendered" in dict(steps)
        if not rendered or tale.after_issue or tale.due is None or as_of <= tale.due:
            continue
        kind, day = steps[-1]
        if kind in ("withdrawn", "replaced") and day <= tale.due:
            continue
        in_time = kind in OUT and day <= tale.due
        early, late = early + in_time, late + (not in_time)
    counted["on time"] = (early, early + late)
    return counted


def plain_quantiles(found: list[Tale], as_of: dt.date) -> tuple[int | None, int | None]:
    """Median and 90th percentile: the product over all days, taken anew for each day."""
    waits = []
    for tale in found:
        steps = tale.until(as_of)
        sent = [day for kind, day in steps if kind == "sent_for_signature"]
        if not sent:
            continue
        signed = stands(steps, "signed")
        ended = None if TRANSITIONS[steps[-1][0]] else steps[-1][1]
        waits.append((working_days(sent[0], signed or ended or as_of), signed is not None))
    quantiles: list[int | None] = []
    for most in (Fraction(1, 2), Fraction(1, 10)):
        answer = None
        for day in range(60):
            share = Fraction(1)
            for earlier in range(day + 1):
                at_risk = sum(wait >= earlier for wait, _ in waits)
                came = sum(wait == earlier and real for wait, real in waits)
                share *= 1 - Fraction(came, at_risk) if at_risk else 1
            if share <= most:
                answer = day
                break
        quantiles.append(answer)
    return quantiles[0], quantiles[1]


# The two together


def asked(book: Book, day: dt.date, **more: Any) -> Metrics:
    as_of = dt.datetime.combine(day, dt.time(20), dt.UTC)
    return metrics(book.events, as_of=as_of, holidays=[HOLIDAY], **more)


def told(figures: Figures) -> dict[str, tuple[int, int]]:
    ratios = {
        "signoff": figures.signoff,
        "completion": figures.completion,
        **figures.rates,
        "on time": figures.on_time.ratio,
    }
    return {name: (ratio.count, ratio.of) for name, ratio in ratios.items()}


def ratios_in(value: Any) -> list[tuple[int, int]]:
    if isinstance(value, dict):
        if set(value) == {"count", "of", "what"}:
            return [(value["count"], value["of"])]
        return [pair for inner in value.values() for pair in ratios_in(inner)]
    return [pair for inner in value for pair in ratios_in(inner)] if isinstance(value, list) else []


DAYS = st.integers(0, 45).map(lambda n: MONDAY + dt.timedelta(days=n))
STORIES = st.lists(tales(), max_size=10)


@settings(max_examples=examples(150, one_in=6))
@given(STORIES, DAYS)
def test_every_ratio_is_a_plain_count(found: list[Tale], day: dt.date) -> None:
    """The definitions of 'Metrics', counted again letter by letter."""
    metrics_ = asked(written(found), day)
    sample = [tale for tale in found if tale.stratum != "Escalated"]
    full = [tale for tale in found if tale.stratum == "Escalated"]
    assert told(metrics_.sample) == plain(sample, day)
    assert told(metrics_.take_all) == plain(full, day)
    for row in metrics_.strata:
        own = [tale for tale in found if (tale.stratum,) == row.stratum]
        assert told(row.figures) == plain(own, day)


@settings(max_examples=examples(150, one_in=6))
@given(STORIES, DAYS)
def test_turnaround_is_the_product_over_the_days(found: list[Tale], day: dt.date) -> None:
    """'median and 90th percentile, unsigned letters kept as censored'"""
    sample = [tale for tale in found if tale.stratum != "Escalated"]
    turnaround = asked(written(found), day).sample.turnaround
    assert (turnaround.median, turnaround.ninetieth) == plain_quantiles(sample, day)


@given(STORIES, DAYS)
def test_months_since_signed_is_a_plain_count(found: list[Tale], day: dt.date) -> None:
    for row in asked(written(found), day, last="2026-10").strata:
        signed = [
            tale.month
            for tale in found
            if (tale.stratum,) == row.stratum and stands(tale.until(day), "signed")
        ]
        expected = (0 if "2026-10" in signed else 1) if signed else None
        assert row.months_since_signed == expected


@given(STORIES, DAYS)
def test_no_count_exceeds_its_denominator(found: list[Tale], day: dt.date) -> None:
    """'always count and denominator'"""
    # A substitute moves up only when a letter was replaced; a tale knows nothing of the others.
    drawn = [tale for tale in found if not tale.substitute]
    fields = asked(written(drawn), day, budget=45).to_dict()
    for count, total in ratios_in(fields):
        assert 0 <= count <= total


@given(STORIES, DAYS)
def test_the_strata_add_up_to_the_whole(found: list[Tale], day: dt.date) -> None:
    """'Each for a period, a stratum ...'"""
    metrics_ = asked(written(found), day)
    for whole, take_all in ((metrics_.sample, False), (metrics_.take_all, True)):
        parts = [told(row.figures) for row in metrics_.strata if row.take_all == take_all]
        for name, (count, total) in told(whole).items():
            assert count == sum(part[name][0] for part in parts)
            assert total == sum(part[name][1] for part in parts)
        rows = [row.figures for row in metrics_.strata if row.take_all == take_all]
        assert whole.letters == sum(row.letters for row in rows)
        assert whole.reading.words == sum(row.reading.words for row in rows)


@given(STORIES, DAYS)
def test_the_months_add_up_to_the_whole(found: list[Tale], day: dt.date) -> None:
    """'... and any range of months'"""
    book = written(found)
    whole = told(asked(book, day).sample)
    parts = [told(asked(book, day, first=m, last=m).sample) for m in ("2026-09", "2026-10")]
    for name, (count, total) in whole.items():
        assert (count, total) == tuple(sum(part[name][i] for part in parts) for i in (0, 1))


@given(STORIES, DAYS, DAYS)
def test_what_was_reached_stays_reached(found: list[Tale], one: dt.date, other: dt.date) -> None:
    """'Metrics count states reached'"""
    book = written(found)
    before, after = (asked(book, day).sample for day in sorted((one, other)))
    for name, ratio in before.rates.items():
        assert ratio.count <= after.rates[name].count
        assert ratio.of <= after.rates[name].of
    assert before.on_time.ratio.of <= after.on_time.ratio.of + after.on_time.ended_before
    if not after.rates["reworked"].count:
        assert before.signoff.count <= after.signoff.count


@given(STORIES, DAYS)
def test_letters_on_time_and_left_out_are_all_letters(found: list[Tale], day: dt.date) -> None:
    sample = asked(written(found), day).sample
    timed = sample.on_time
    left_out = timed.not_yet_due + timed.undated + timed.after_issue + timed.ended_before
    assert timed.ratio.of + left_out == sample.letters


def test_a_month_of_five_thousand_letters_takes_well_under_a_second() -> None:
    book = Book()
    book.draw({f"S-{n}": (1000, 100) for n in range(50)})
    for number in range(5000):
        unit_id = f"R-{number}"
        book.sent(unit_id, f"S-{number % 50}", due="2026-11-20", words=300)
        book.sign(unit_id, on=f"2026-11-{2 + number % 20:02}")
        book.out(unit_id, on=f"2026-11-{3 + number % 20:02}")
    book.correct(book.events[-1])
    begun = time.process_time()
    found = asked(book, dt.date(2026, 11, 30))
    assert time.process_time() - begun < 3  # about 0.3; a shared machine is slower
    assert (found.sample.signoff.count, found.corrected) == (5000, 1)
