"""Deadlines: dates worked out by hand, laws that hold for all dates, and files with faults."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import holidays as package
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ceosample as cs
from before_release import checked_too_long_ago
from ceosample.letters.regimes import regime as module
from ceosample.letters.regimes.workdays import WEEK, WorkingDays
from refusals import NOT_THERE, refused

FOLDER = Path(module.__file__).parent

#: England and Wales, weekdays off, as gov.uk publishes them.
ENGLAND_2026 = ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"]

OWN = """
id = "ours"
name = "Our own promise"
version = "2"
source = "the board, March 2026"
checked = true
fits = ["after-issue"]

[[deadline]]
name = "final"
amount = {amount}
unit = "{unit}"
from = "received"
roll = "{roll}"
zone = "{zone}"
"""


def own(
    amount: int = 15,
    unit: str = "working-days",
    roll: str = "none",
    zone: str = "Europe/London",
    more: str = "",
) -> cs.regimes.Regime:
    text = OWN.format(amount=amount, unit=unit, roll=roll, zone=zone) + more
    return cs.regimes.Regime.parse(text.encode(), "own.toml")


def england(first: str, last: str) -> tuple[dt.date, ...]:
    return cs.regimes.public_holidays("GB", "ENG", first=first, last=last)


def due(regime: cs.regimes.Regime | str, *args: Any, **kwargs: Any) -> str:
    found = cs.regimes.Regime.named(regime) if isinstance(regime, str) else regime
    return found.deadline(*args, **kwargs).due.isoformat()


def faults(text: str) -> list[str]:
    with pytest.raises(cs.errors.RegimeError) as caught:
        cs.regimes.Regime.parse(text.encode(), "own.toml")
    assert caught.value.exit_code == 78
    return list(caught.value.faults)


# Dates worked out by hand


def test_eight_weeks_are_fifty_six_days() -> None:
    # Thursday 1 October; 31 October is day 30, so day 56 is 26 November, a Thursday again.
    assert due("fca-disp-1.6.2r", "2026-10-01") == "2026-11-26"
    assert due("ofgem-2008", dt.date(2026, 10, 1)) == "2026-11-26"


def test_fifteen_working_days_over_christmas() -> None:
    # Friday 18 December. 21-24: days 1-4. 25 and 28 are off, the 28th for Boxing Day on Saturday.
    # 29-31: 5-7. 1 January is off. 4-8: 8-12. 11, 12, 13: 13-15.
    off = england("2026-12-18", "2027-03-01")
    assert due("fca-disp-1.6.2ar", "2026-12-18", holidays=off) == "2027-01-13"


def test_fifteen_working_days_over_easter_differ_between_england_and_scotland() -> None:
    # Friday 20 March. 23-27: 1-5. 30, 31, 1, 2: 6-9. Good Friday is off in both, Easter Monday in
    # England alone. England: 7-10: 10-13; 13, 14: 14-15. Scotland: 6-10: 10-14; 13: 15.
    span = {"first": "2026-03-20", "last": "2026-06-30"}
    at = {part: cs.regimes.public_holidays("GB", part, **span) for part in ("ENG", "SCT")}
    assert due("fca-disp-1.6.2ar", "2026-03-20", holidays=at["ENG"]) == "2026-04-14"
    assert due("fca-disp-1.6.2ar", "2026-03-20", holidays=at["SCT"]) == "2026-04-13"


def test_fifteen_working_days_in_the_united_states_over_new_year() -> None:
    # Friday 17 December 2021. 20-23: 1-4. Friday 24 is kept for Christmas, a Saturday. 27-30: 5-8.
    # Friday 31 is kept for New Year 2022, a Saturday. 3-7: 9-13. 10, 11: 14, 15.
    off = cs.regimes.public_holidays("US", first="2021-12-17", last="2022-03-01")
    assert due(own(zone="America/New_York"), "2021-12-17", holidays=off) == "2022-01-11"


def test_three_working_days_from_a_friday_end_on_wednesday() -> None:
    assert due("fca-disp-1.5", "2026-10-02", "resolved") == "2026-10-07"


def test_a_month_too_short_for_the_day_gives_its_last_day() -> None:
    regime = own(6, "months")
    assert due(regime, "2026-08-31") == "2027-02-28"
    assert due(regime, "2027-08-31") == "2028-02-29"
    assert due(regime, "2026-03-31") == "2026-09-30"
    assert due(regime, "2026-12-15") == "2027-06-15"


def test_calendar_days_run_over_days_off() -> None:
    assert due("cfpb-portal", "2026-12-20", holidays=["2026-12-25"]) == "2027-01-04"
    assert due("asic-rg-271", "2026-10-01") == "2026-10-31"  # a Saturday, and it stays one


def test_stages_run_from_their_acknowledgement() -> None:
    housing = cs.regimes.Regime.named("housing-ombudsman")
    assert housing.rule("stage-1").since == "acknowledged"
    assert housing.rule("stage-2-acknowledgement").since == "stage-2-requested"
    assert due(housing, "2026-10-01", "acknowledgement") == "2026-10-08"
    assert due(housing, "2026-10-08", "stage-1") == "2026-10-22"
    assert due(housing, "2026-11-02", "stage-2") == "2026-11-30"


# Day zero


def test_two_readings_of_fifteen_working_days_from_a_saturday() -> None:
    """'two readings of "15 working days" from a Saturday differ by a day or more'"""
    # none: Monday 5 October is day one, Friday 23 day fifteen.
    # forward: Monday 5 is day zero, Friday 23 day fourteen, Monday 26 day fifteen.
    stays, rolls = own().deadline("2026-10-03"), own(roll="forward").deadline("2026-10-03")
    assert (stays.day_zero.isoformat(), stays.due.isoformat()) == ("2026-10-03", "2026-10-23")
    assert (rolls.day_zero.isoformat(), rolls.due.isoformat()) == ("2026-10-05", "2026-10-26")
    assert rolls.start == stays.start == dt.date(2026, 10, 3)


def test_a_late_evening_in_summer_is_the_next_day_in_london() -> None:
    regime = cs.regimes.Regime.named("fca-disp-1.6.2r")
    assert regime.deadline("2026-07-14T23:30:00Z").start == dt.date(2026, 7, 15)
    assert regime.deadline("2026-12-14T23:30:00Z").start == dt.date(2026, 12, 14)
    # The clocks go back on 25 October 2026 at 01:00 UTC: the same hour, another date.
    assert regime.deadline("2026-10-24T23:30:00+00:00").start == dt.date(2026, 10, 25)
    assert regime.deadline("2026-10-25T23:30:00+00:00").start == dt.date(2026, 10, 25)


def test_the_same_moment_is_another_day_in_sydney() -> None:
    moment = dt.datetime(2026, 10, 1, 20, tzinfo=dt.UTC)
    assert cs.regimes.Regime.named("asic-rg-271").deadline(moment).start == dt.date(2026, 10, 2)
    assert cs.regimes.Regime.named("cfpb-portal").deadline(moment).start == dt.date(2026, 10, 1)


@pytest.mark.parametrize(
    "received",
    [
        "2026-10-01T12:00:00",
        dt.datetime(2026, 10, 1),  # noqa: DTZ001 - without an offset, which is the case
        "1 October",
        "2026-02-30",
        "",
        20261001,
        None,
    ],
)
def test_what_is_no_day_is_refused(received: Any) -> None:
    with pytest.raises(
        cs.errors.RegimeError, match=r"ofgem-2008, final, received: got .*; give a date"
    ):
        cs.regimes.Regime.named("ofgem-2008").deadline(received)


def test_a_slip_in_the_year_is_refused() -> None:
    with pytest.raises(
        cs.errors.RegimeError, match="got 0026-10-01; give a date from 1900 to 2199"
    ):
        own().deadline("0026-10-01")


def test_a_day_before_the_regime_was_in_force_is_refused() -> None:
    text = "in_force = 2026-04-01\n" + OWN.format(
        amount=6, unit="weeks", roll="none", zone="Europe/London"
    )
    regime = cs.regimes.Regime.parse(text.encode(), "own.toml")
    assert due(regime, "2026-04-01") == "2026-05-13"
    with pytest.raises(cs.errors.RegimeError, match="version 2 is in force from 2026-04-01"):
        regime.deadline("2026-03-31")


def test_an_end_on_a_day_off_goes_where_the_file_says() -> None:
    # Six weeks from Sunday 15 November 2026 is Sunday 27 December; Friday 25 and Monday 28 are off.
    off = england("2026-11-01", "2027-02-01")
    ends = {
        word: due(own(6, "weeks", more=f'roll_end = "{word}"'), "2026-11-15", holidays=off)
        for word in ("none", "forward", "backward")
    }
    assert ends == {"none": "2026-12-27", "forward": "2026-12-29", "backward": "2026-12-24"}


def test_a_week_may_be_another_one() -> None:
    text = 'working_week = ["Sun", "Mon", "Tue", "Wed", "Thu"]\n' + OWN.format(
        amount=2, unit="working-days", roll="none", zone="Asia/Riyadh"
    )
    # Thursday 1 October; Friday and Saturday are off.
    assert due(cs.regimes.Regime.parse(text.encode(), "own.toml"), "2026-10-01") == "2026-10-05"


# What a deadline keeps


def test_sign_by_counts_back_over_days_off() -> None:
    # Due Wednesday 13 January 2027. Three working days before: 12, 11, and 8, a Friday.
    off = england("2026-12-18", "2027-03-01")
    deadline = cs.regimes.Regime.named("fca-disp-1.6.2ar").deadline("2026-12-18", holidays=off)
    assert deadline.sign_by(0) == deadline.due
    assert deadline.sign_by(3) == dt.date(2027, 1, 8)
    assert deadline.sign_by(3, holidays=["2027-01-08", "2027-01-11"]) == dt.date(2027, 1, 6)


def test_sign_by_begins_on_the_last_working_day_when_the_due_date_is_off() -> None:
    deadline = cs.regimes.Regime.named("asic-rg-271").deadline(
        "2026-10-01"
    )  # due Saturday 31 October
    assert deadline.sign_by(0) == dt.date(2026, 10, 30)
    assert deadline.sign_by(1) == dt.date(2026, 10, 29)


@pytest.mark.parametrize("margin", [-1, 1.5, True, "3", 1001, None])
def test_a_margin_is_a_whole_number_of_days(margin: Any) -> None:
    with pytest.raises(cs.errors.RegimeError, match=r"margin: got .*; give 0 to 1000 working days"):
        own().deadline("2026-10-01").sign_by(margin)


def test_the_record_names_the_version_and_the_holidays_that_counted() -> None:
    """'The date computed and the regime's version go on record with the letter.'"""
    off = england("2026-01-01", "2027-12-31")
    record = (
        cs.regimes.Regime.named("fca-disp-1.6.2ar").deadline("2026-12-18", holidays=off).to_dict()
    )
    assert record == {
        "regime": "fca-disp-1.6.2ar",
        "version": "2",
        "name": "final",
        "amount": 15,
        "unit": "working-days",
        "from": "received",
        "first_day": "next",
        "roll": "none",
        "roll_end": "none",
        "zone": "Europe/London",
        "working_week": ["Mon", "Tue", "Wed", "Thu", "Fri"],
        "holidays": ["2026-12-25", "2026-12-28", "2027-01-01"],
        "start": "2026-12-18",
        "day_zero": "2026-12-18",
        "due": "2027-01-13",
        "checked": "partly",
        "text": "2026-06-01",
    }


def test_the_record_keeps_the_holidays_over_which_an_end_rolled_back() -> None:
    # Six weeks from Monday 16 November 2026 are Monday 28 December, which is off, as is Friday 25.
    off = england("2026-11-01", "2027-02-01")
    deadline = own(6, "weeks", more='roll_end = "backward"').deadline("2026-11-16", holidays=off)
    assert (deadline.name, deadline.due) == ("final", dt.date(2026, 12, 24))
    assert [f"{day:%m-%d}" for day in deadline.holidays] == ["12-25", "12-28"]


# Laws

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
HOLIDAYS = st.lists(st.dates(dt.date(2025, 12, 1), dt.date(2026, 4, 30)), max_size=40)
NEAR = st.dates(dt.date(2025, 12, 1), dt.date(2026, 4, 30))
UNIT = st.sampled_from(["calendar-days", "working-days", "weeks", "months"])
ROLL = st.sampled_from(["none", "forward"])
ROLL_END = st.sampled_from(["none", "forward", "backward"])
AMOUNT = st.integers(1, 60)


@st.composite
def regimes(draw: st.DrawFn) -> cs.regimes.Regime:
    unit = draw(UNIT)
    end = "none" if unit == "working-days" else draw(ROLL_END)
    return own(draw(AMOUNT), unit, draw(ROLL), more=f'roll_end = "{end}"')


@given(regimes(), NEAR, NEAR, HOLIDAYS)
def test_who_complains_later_is_never_answered_earlier(
    regime: cs.regimes.Regime, one: dt.date, other: dt.date, off: list[dt.date]
) -> None:
    first, second = sorted([one, other])
    assert due(regime, first, holidays=off) <= due(regime, second, holidays=off)


@given(AMOUNT, ROLL, NEAR, HOLIDAYS)
def test_a_count_of_working_days_ends_on_one_and_is_what_counting_gives(
    amount: int, roll: str, received: dt.date, off: list[dt.date]
) -> None:
    deadline = own(amount, roll=roll).deadline(received, holidays=off)
    day, left = received, amount

    def works(day: dt.date) -> bool:
        return day.weekday() < 5 and day not in off

    while roll == "forward" and not works(day):
        day += dt.timedelta(1)
    assert deadline.day_zero == day
    while left:
        day += dt.timedelta(1)
        left -= works(day)
    assert deadline.due == day
    assert works(deadline.due)


@given(AMOUNT, UNIT, ROLL, NEAR, HOLIDAYS, NEAR)
def test_a_holiday_more_never_brings_a_date_forward(
    amount: int, unit: str, roll: str, received: dt.date, off: list[dt.date], more: dt.date
) -> None:
    regime = own(amount, unit, roll)
    assert due(regime, received, holidays=off) <= due(regime, received, holidays=[*off, more])


@given(regimes(), NEAR, HOLIDAYS, st.integers(0, 30), HOLIDAYS)
def test_the_signature_comes_before_the_letter_is_due_on_a_working_day(
    regime: cs.regimes.Regime,
    received: dt.date,
    off: list[dt.date],
    margin: int,
    leave: list[dt.date],
) -> None:
    """'sign_by = due - margin'"""
    deadline = regime.deadline(received, holidays=off)
    signed = deadline.sign_by(margin, holidays=leave)
    assert signed < deadline.due or margin == 0
    assert signed <= deadline.due
    assert WorkingDays(holidays=tuple({*off, *leave})).works(signed)
    assert signed <= deadline.sign_by(margin)
    assert deadline.sign_by(margin + 1) < deadline.sign_by(margin)


@given(regimes(), NEAR, HOLIDAYS)
def test_the_record_is_enough_to_count_again(
    regime: cs.regimes.Regime, received: dt.date, off: list[dt.date]
) -> None:
    record: Any = regime.deadline(received, holidays=off).to_dict()
    again = regime.deadline(record["start"], holidays=record["holidays"])
    assert again.to_dict() == record


@given(DAYS, st.integers(1, 24))
def test_months_keep_the_day_or_end_the_month(received: dt.date, months: int) -> None:
    end = own(months, "months").deadline(received).due
    gone = (end.year - received.year) * 12 + end.month - received.month
    assert gone == months
    assert end.day == received.day or (end + dt.timedelta(1)).day == 1


# Holidays


def test_england_has_the_days_that_gov_uk_publishes() -> None:
    found = england("2026-01-01", "2026-12-31")
    assert [f"{day:%m-%d}" for day in found if day.weekday() < 5] == ENGLAND_2026


def test_a_span_over_new_year_has_both_years_and_no_more() -> None:
    # Christmas 2021 fell on a weekend, and so did New Year's Day.
    found = [day.isoformat() for day in england("2021-12-27", "2022-01-03")]
    assert found == ["2021-12-27", "2021-12-28", "2022-01-01", "2022-01-03"]


def test_a_holiday_kept_in_the_year_before_is_found() -> None:
    found = cs.regimes.public_holidays("US", first="2021-12-31", last="2021-12-31")
    assert found == (dt.date(2021, 12, 31),)


def test_the_years_around_the_span_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def country_holidays(*_: Any, years: range, **__: Any) -> dict[dt.date, str]:
        asked.extend(years)
        return {}

    monkeypatch.setattr(package, "country_holidays", country_holidays)
    assert cs.regimes.public_holidays("GB", first="2026-10-01", last="2027-03-31") == ()
    assert asked == [2025, 2026, 2027, 2028]


def test_without_the_extra_the_message_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(cs.errors.MissingPartError, match=r"pip install 'ceosample\[deadlines\]'"):
        england("2026-01-01", "2026-12-31")


def test_places_and_spans_that_are_not_are_refused() -> None:
    with pytest.raises(cs.errors.RegimeError, match="Country XX not available"):
        cs.regimes.public_holidays("XX", first="2026-01-01", last="2026-12-31")
    with pytest.raises(cs.errors.RegimeError, match="does not have subdivision XX"):
        cs.regimes.public_holidays("GB", "XX", first="2026-01-01", last="2026-12-31")
    with pytest.raises(
        cs.errors.RegimeError, match="got 2026-01-01, which is before the first date, 2026-12-31"
    ):
        england("2026-12-31", "2026-01-01")
    with pytest.raises(cs.errors.RegimeError) as caught:
        england("January", "2026-13-01")
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "public holidays, first",
        "public holidays, last",
    ]


def test_holidays_are_dates_and_every_other_is_named() -> None:
    wrong: list[Any] = ["2026-12-25", "Christmas", dt.datetime(2026, 1, 1, tzinfo=dt.UTC), 7]
    with pytest.raises(cs.errors.RegimeError) as caught:
        own().deadline("2026-10-01", holidays=wrong)
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        f"holidays, entry {number}" for number in (2, 3, 4)
    ]


@pytest.mark.parametrize("value", [package.country_holidays("GB"), "2026-12-25"])
def test_a_calendar_that_would_be_read_as_empty_is_refused(value: Any) -> None:
    with pytest.raises(cs.errors.RegimeError, match="give a list of dates"):
        own().deadline("2026-10-01", holidays=value)


# Files


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_a_shipped_file_is_whole_and_called_by_its_id(path: Path) -> None:
    regime = cs.regimes.Regime.load(path)
    assert regime == cs.regimes.Regime.named(path.stem)
    assert regime.id == path.stem
    text = path.read_text("utf-8")
    assert regime.checked == "yes" or "# Not checked" in text
    assert regime.checked_on is not None
    assert all(address.startswith("https://") for address in regime.addresses)
    assert regime.addresses
    # An address is a page that was read, or else the file says that it is only a front page.
    front = any(not urlsplit(address).path.strip("/") for address in regime.addresses)
    assert front == ("front page" in " ".join(text.replace("\n#", "").split()))
    assert regime.in_force or "has\n# no in_force" in text
    day = regime.until or dt.date(2026, 10, 1)
    for rule in regime.deadlines:
        assert regime.deadline(day, rule.name).due > day
        assert f'first_day = "{rule.first_day}"' in text


def test_every_row_of_the_design_s_table_is_shipped_and_says_whether_it_was_checked() -> None:
    """'`checked` = yes, partly, no': the regulator's text, some of it, neither."""
    assert {regime.id: regime.checked for regime in cs.regimes.shipped()} == {
        "asic-rg-271": "partly",
        "ca-bank-act": "partly",
        "cfpb-portal": "partly",
        "eu-psd2": "yes",
        "fca-disp-1.5": "yes",
        "fca-disp-1.6.2ar": "partly",
        "fca-disp-1.6.2r": "partly",
        "housing-ombudsman": "partly",
        "ie-cpc-2025": "partly",
        "in-rbi-2026": "no",
        "lgsco": "partly",
        "nhs-england-2009": "partly",
        "ofcom-c4": "partly",
        "ofcom-c4-2018": "partly",
        "ofgem-2008": "partly",
        "scotland-spso": "partly",
        "sg-faa-2021": "partly",
        "uk-data-protection": "yes",
        "us-ca-insurance": "yes",
        "water-guaranteed-standards": "partly",
    }


def test_what_was_not_compared_in_full_says_so_wherever_it_is_printed() -> None:
    words = "compare with the source before you rely on it"
    for regime in cs.regimes.shipped():
        deadline = regime.deadline(regime.until or "2026-10-01", regime.deadlines[0].name)
        said = [words in text for text in (regime.standing, str(regime), str(deadline))]
        assert said == [regime.checked != "yes"] * 3, regime.id
    assert cs.regimes.Regime.named("fca-disp-1.6.2r").standing == f"partly, on 2026-11-29; {words}"


@pytest.mark.parametrize(
    ("given", "read"), [("true", "yes"), ("false", "no"), ('"partly"', "partly")]
)
def test_a_file_of_0_1_says_true_or_false_and_is_read_as_before(given: str, read: str) -> None:
    text = OWN.format(amount=8, unit="weeks", roll="none", zone="Europe/London")
    regime = cs.regimes.Regime.parse(
        text.replace("checked = true", f"checked = {given}").encode(), "own.toml"
    )
    assert regime.checked == read
    assert due(regime, "2026-10-01") == "2026-11-26"
    assert (regime.in_force, regime.until, regime.checked_on, regime.addresses) == (None,) * 3 + (
        (),
    )
    (rule,) = regime.deadlines
    assert (rule.first_day, rule.kinds) == ("next", ())


@pytest.mark.parametrize("given", ["1", '"true"', '"Yes"', "[]", "2026-11-29"])
def test_another_standing_is_refused(given: str) -> None:
    text = OWN.format(amount=8, unit="weeks", roll="none", zone="Europe/London")
    (fault,) = faults(text.replace("checked = true", f"checked = {given}"))
    assert fault.startswith("own.toml, checked: got ")
    assert fault.endswith('give "yes", "partly" or "no"')


@pytest.mark.parametrize(
    ("today", "checked_on", "is_old"),
    [
        ("2027-11-29", "2026-11-29", False),
        ("2027-11-30", "2026-11-29", True),
        ("2028-02-29", "2027-02-28", False),
        ("2028-02-29", "2027-02-27", True),
        ("2026-11-29", None, True),
    ],
)
def test_a_release_is_stopped_by_a_regime_that_was_checked_more_than_a_year_ago(
    today: str, checked_on: str | None, is_old: bool
) -> None:
    text = OWN.format(amount=8, unit="weeks", roll="none", zone="Europe/London")
    if checked_on is not None:
        text = text.replace("checked = true", f"checked = true\nchecked_on = {checked_on}")
    regime = cs.regimes.Regime.parse(text.encode(), "own.toml")
    found = checked_too_long_ago([regime], dt.date.fromisoformat(today))
    assert [line.split(":")[0] for line in found] == ["regime ours"] * is_old


def test_nothing_is_signed_before_issue_where_there_are_three_days() -> None:
    after_alone = [regime.id for regime in cs.regimes.shipped() if regime.fits == ("after-issue",)]
    assert after_alone == ["fca-disp-1.5"]


def test_an_unknown_name_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(
        cs.errors.RegimeError, match=r"regime '\.\./ours': not shipped; use one of asic-rg-271"
    ):
        cs.regimes.Regime.named("../ours")
    with pytest.raises(
        cs.errors.RegimeError, match="no deadline 'final'; use one of acknowledgement, "
    ):
        cs.regimes.Regime.named("lgsco").deadline("2026-10-01")
    with refused(cs.errors.RegimeError, NOT_THERE):
        cs.regimes.Regime.load(tmp_path / "none.toml")


def test_a_file_that_is_no_toml_says_so(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_bytes(b"\xff")
    with pytest.raises(cs.errors.RegimeError, match=r"own\.toml: not TOML"):
        cs.regimes.Regime.load(tmp_path / "own.toml")
    assert faults("id = ")[0].startswith("own.toml: not TOML")


def test_every_fault_of_a_file_is_told_at_once() -> None:
    text = """
        id = "Our Promise"
        name = " "
        version = 1
        in_force = "2026-04-01"
        checked = "maybe"
        checked_on = "today"
        decided_by = "The Post"
        texts = [2026-06-01, 2026-06-01]
        addresses = []
        moved = {old = "The New"}
        fits = ["after-issue", "month-end"]
        working_week = ["Mon", "Mon"]
        colour = "red"
        kinds = []
        [[deadline]]
        name = "final"
        amount = 0
        unit = "days"
        from = "received"
        roll = "backward"
        zone = "Europe"
        [[deadline]]
        name = "final"
        amount = true
        unit = "working-days"
        roll = "none"
        roll_end = "forward"
        zone = "Mars/Olympus"
        start = "received"
        first_day = "second"
        kinds = ["answer"]
        [[element]]
        id = "Right to refer"
        text = ""
        [[element]]
        id = "reasons"
        text = "why"
        source = "us"
        kinds = ["rejected"]
        [[element]]
        id = "reasons"
        text = "why"
        source = "us"
        when = "rejected"
        deadlines = ["stage-9"]
        in_force = 2026-06-01
        until = 2026-05-31
        phrases = ["Why It Was"]
        [ombudsman]
        name = ""
        phone = "0"
    """
    found = faults(text)
    assert all(fault.startswith("own.toml, ") for fault in found)
    assert [fault.removeprefix("own.toml, ").split(":")[0] for fault in found] == [
        "colour",
        "id",
        "name",
        "version",
        "in_force",
        "decided_by",
        "texts",
        "source",
        "addresses",
        "checked",
        "checked_on",
        "fits",
        "working_week",
        "kinds",
        "moved",
        "deadline 1, amount",
        "deadline 1, unit",
        "deadline 1, roll",
        "deadline 1, zone",
        "deadline 2, start",
        "deadline 2, amount",
        "deadline 2, from",
        "deadline 2, first_day",
        "deadline 2, zone",
        "deadline 2, kinds",
        "deadline, name",
        "element 1, id",
        "element 1, text",
        "element 1, source",
        "element 2, kinds",
        "element 3, when",
        "element 3, phrases",
        "element, id",
        "ombudsman.phone",
        "ombudsman.name",
        "ombudsman.website",
        "deadline 2, roll_end",
        "element 3, until",
        "element 3, deadlines",
    ]
    assert "own.toml, deadline 1, unit: got 'days'; give one of " in "\n".join(found)


@pytest.mark.parametrize(
    "entries", ["deadline = 3", "deadline = []", "[deadline]\nname = 'final'", "deadline = ['x']"]
)
def test_a_deadline_that_is_no_list_of_tables_is_a_fault(entries: str) -> None:
    head = OWN.partition("[[deadline]]")[0]
    (fault,) = faults(head + entries)
    assert fault.endswith("give one table [[deadline]] or more")


def test_a_file_of_one_s_own_is_read_as_it_says(tmp_path: Path) -> None:
    element = '[[element]]\nid = "sorry"\ntext = "an apology"\nsource = "us"\nkinds = ["upheld"]\n'
    text = OWN.format(amount=10, unit="working-days", roll="forward", zone="Europe/Paris")
    (tmp_path / "own.toml").write_text(text + element, "utf-8")
    regime = cs.regimes.Regime.load(tmp_path / "own.toml")
    assert (regime.id, regime.version, regime.in_force) == ("ours", "2", None)
    assert regime.rule().words == "10 working days from received"
    assert regime.elements[0].kinds == ("upheld",)
    assert regime.working_week == WEEK[:5]


ELEMENT = '[[element]]\nid = "sorry"\ntext = "an apology"\nsource = "us"\n{more}\n'


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        ('kinds = ["upheld"]', 'kinds = ["not-upheld"]', False),
        ('kinds = ["upheld"]', 'kinds = ["upheld", "holding"]', True),
        ('kinds = ["upheld"]', "", True),
        ('kinds = ["holding"]', "", False),
        ('deadlines = ["final"]', 'deadlines = ["later"]', False),
        ('deadlines = ["final"]', "", True),
        ("until = 2026-05-31", "in_force = 2026-06-01", False),
        ("until = 2026-06-01", "in_force = 2026-06-01", True),
    ],
)
def test_an_element_can_have_several_texts_if_no_letter_needs_two(
    first: str, second: str, meet: bool
) -> None:
    more = '[[deadline]]\nname = "later"\namount = 9\nunit = "weeks"\nfrom = "received"\n'
    more += 'roll = "none"\nzone = "Europe/London"\n'
    text = OWN.format(amount=8, unit="weeks", roll="none", zone="Europe/London") + more
    text += ELEMENT.format(more=first) + ELEMENT.format(more=second)
    if meet:
        (fault,) = faults(text)
        assert "element, id: got 'sorry' 2 times" in fault
    else:
        assert len(cs.regimes.Regime.parse(text.encode(), "own.toml").elements) == 2


def test_an_element_holds_for_its_days_its_deadlines_and_its_kinds() -> None:
    regime = own(
        8,
        "weeks",
        more=ELEMENT.format(more='until = 2026-05-31\nkinds = ["upheld"]')
        + ELEMENT.format(more='in_force = 2026-06-01\nkinds = ["upheld", "holding"]'),
    )
    assert [
        len([x for x in regime.elements_of(kind, on=day) if x.id == "sorry"])
        for kind in ("upheld", "holding", "not-upheld")
        for day in ("2026-05-31", "2026-06-01", None)
    ] == [1, 1, 1, 0, 1, 1, 0, 0, 0]
    with pytest.raises(cs.errors.RegimeError, match="no deadline 'stage-1'; use one of final"):
        regime.elements_of("upheld", "stage-1")
