"""Each shipped regime's dates, worked out by hand: both sides, weekends, holidays, days off."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ceosample as cs
from test_regimes import DAYS, HOLIDAYS, NEAR, due, england, own

RegimeError = cs.errors.RegimeError


def off(country: str, part: str | None = None) -> tuple[dt.date, ...]:
    return cs.regimes.public_holidays(country, part, first="2025-12-01", last="2027-12-31")


#: A regime and its deadline, whose holidays count, the day of the event, and the latest day.
TABLE = [
    # Eight weeks are 56 days, whatever is off; a Saturday or Christmas stays what it is.
    ("fca-disp-1.6.2r", "", "2026-10-01", "2026-11-26"),
    ("fca-disp-1.6.2r", "ENG", "2026-10-30", "2026-12-25"),
    ("fca-disp-1.6.2r", "", "2026-10-03", "2026-11-28"),
    ("fca-disp-1.6.2r", "", "2028-01-04", "2028-02-29"),
    ("ofgem-2008", "ENG", "2026-10-30", "2026-12-25"),
    # Saturday 3 October: Monday 5 is day one. Fifteen end on Friday 23, thirty-five on Friday
    # 20 November.
    ("fca-disp-1.6.2ar", "ENG", "2026-10-03", "2026-10-23"),
    ("fca-disp-1.6.2ar:holding-reply", "ENG", "2026-10-03", "2026-10-23"),
    ("fca-disp-1.6.2ar:exceptional", "ENG", "2026-10-03", "2026-11-20"),
    # Friday 18 December in England, Scotland and Northern Ireland: 4 January is off in Scotland,
    # where 2 January falls on a Saturday.
    ("fca-disp-1.6.2ar", "ENG", "2026-12-18", "2027-01-13"),
    ("fca-disp-1.6.2ar", "SCT", "2026-12-18", "2027-01-14"),
    # Monday 9 March: St Patrick's Day is off in Northern Ireland alone.
    ("fca-disp-1.6.2ar", "ENG", "2026-03-09", "2026-03-30"),
    ("fca-disp-1.6.2ar", "NIR", "2026-03-09", "2026-03-31"),
    # Monday 20 July: 3 August is off in Scotland, 31 August in the others.
    ("fca-disp-1.6.2ar", "SCT", "2026-07-20", "2026-08-11"),
    ("fca-disp-1.6.2ar", "ENG", "2026-07-20", "2026-08-10"),
    # Three days after the day of receipt; one that is off does not roll.
    ("fca-disp-1.5", "ENG", "2026-10-02", "2026-10-07"),
    ("fca-disp-1.5", "ENG", "2026-10-03", "2026-10-07"),
    ("fca-disp-1.5", "ENG", "2026-10-04", "2026-10-07"),
    ("fca-disp-1.5", "ENG", "2026-10-05", "2026-10-08"),
    ("fca-disp-1.5", "ENG", "2026-04-02", "2026-04-09"),
    ("fca-disp-1.5", "SCT", "2026-04-02", "2026-04-08"),
    # Acknowledged on Wednesday 1 April; Good Friday and Easter Monday are off.
    ("housing-ombudsman:acknowledgement", "ENG", "2026-04-01", "2026-04-10"),
    ("housing-ombudsman:stage-1", "ENG", "2026-04-01", "2026-04-17"),
    ("housing-ombudsman:stage-1-extended", "ENG", "2026-04-01", "2026-05-01"),
    ("housing-ombudsman:stage-2-acknowledgement", "ENG", "2026-04-04", "2026-04-13"),
    ("housing-ombudsman:stage-2", "ENG", "2026-04-01", "2026-05-01"),
    ("housing-ombudsman:stage-2-extended", "ENG", "2026-04-01", "2026-06-02"),
    ("lgsco:acknowledgement", "ENG", "2026-04-01", "2026-04-10"),
    ("lgsco:stage-1", "ENG", "2026-04-01", "2026-04-17"),
    ("lgsco:stage-1-extended", "ENG", "2026-04-01", "2026-05-01"),
    ("lgsco:stage-2-acknowledgement", "ENG", "2026-04-04", "2026-04-13"),
    ("lgsco:stage-2", "ENG", "2026-04-01", "2026-05-01"),
    ("lgsco:stage-2-extended", "ENG", "2026-04-01", "2026-06-02"),
    # Six weeks are 42 days, eight are 56.
    ("ofcom-c4", "", "2026-04-08", "2026-05-20"),
    ("ofcom-c4-2018", "", "2026-04-07", "2026-06-02"),
    # Day one is the day after: Thursday 24 December; 25 and 28 are off.
    ("water-guaranteed-standards", "ENG", "2026-12-23", "2027-01-11"),
    ("water-guaranteed-standards", "ENG", "2026-10-04", "2026-10-16"),
    # From the day on which the CFPB sent it; Thanksgiving and Christmas move nothing.
    ("cfpb-portal", "", "2026-11-15", "2026-11-30"),
    ("cfpb-portal:in-progress", "", "2026-11-15", "2027-01-14"),
    ("cfpb-portal:in-progress", "", "2028-01-15", "2028-03-15"),
    ("asic-rg-271", "", "2026-10-01", "2026-10-31"),
    ("asic-rg-271:hardship", "", "2026-10-01", "2026-10-22"),
    ("asic-rg-271:superannuation", "", "2026-10-01", "2026-11-15"),
    ("asic-rg-271:death-benefits", "", "2026-10-01", "2026-12-30"),
    # Sunday 25 January 2026: Monday is Australia Day.
    ("asic-rg-271:acknowledgement", "NSW", "2026-01-25", "2026-01-27"),
    ("asic-rg-271:acknowledgement", "NSW", "2026-10-01", "2026-10-02"),
    # Six months commencing on the day: to the day before the same date.
    ("nhs-england-2009", "", "2026-10-01", "2027-03-31"),
    ("nhs-england-2009", "", "2026-09-30", "2027-03-29"),
    ("nhs-england-2009", "", "2026-10-02", "2027-04-01"),
    ("nhs-england-2009", "", "2026-09-01", "2027-02-28"),
    ("nhs-england-2009", "", "2027-09-01", "2028-02-29"),
    ("nhs-england-2009", "", "2026-07-01", "2026-12-31"),
    # 31 August and 28 February: the date is not there, and the earlier day is taken.
    ("nhs-england-2009", "", "2026-08-31", "2027-02-27"),
    ("nhs-england-2009", "", "2028-02-29", "2028-08-28"),
    ("nhs-england-2009:acknowledgement", "ENG", "2026-04-02", "2026-04-09"),
    # Thirty days beginning with the day: 29 after it.
    ("uk-data-protection", "", "2026-06-19", "2026-07-18"),
    ("uk-data-protection", "", "2026-10-01", "2026-10-30"),
    ("uk-data-protection", "", "2028-02-01", "2028-03-01"),
    ("eu-psd2", "", "2026-10-03", "2026-10-23"),
    ("eu-psd2:holding-reply", "", "2026-10-03", "2026-10-23"),
    ("eu-psd2:exceptional", "", "2026-10-03", "2026-11-20"),
    # Monday 26 October is off in Ireland.
    ("ie-cpc-2025:acknowledgement", "IE", "2026-10-21", "2026-10-29"),
    ("ie-cpc-2025:update", "IE", "2026-10-05", "2026-11-03"),
    ("ie-cpc-2025", "IE", "2026-10-05", "2026-12-01"),
    ("scotland-spso:stage-1", "SCT", "2026-12-30", "2027-01-08"),
    ("scotland-spso:stage-1", "ENG", "2026-12-30", "2027-01-07"),
    ("scotland-spso:stage-2-acknowledgement", "SCT", "2026-04-02", "2026-04-08"),
    ("scotland-spso:stage-2", "SCT", "2026-04-02", "2026-05-01"),
    ("us-ca-insurance:claimant", "", "2026-10-01", "2026-10-16"),
    ("us-ca-insurance:department", "", "2026-10-01", "2026-10-22"),
    ("ca-bank-act", "", "2026-10-01", "2026-11-26"),
    ("in-rbi-2026", "", "2026-07-01", "2026-07-31"),
    # Lunar New Year 2026 is on 17 and 18 February.
    ("sg-faa-2021:acknowledgement", "SG", "2026-02-16", "2026-02-20"),
    ("sg-faa-2021", "SG", "2026-02-14", "2026-03-17"),
]

HOLIDAYS_OF = {
    "": (),
    **{part: off("GB", part) for part in ("ENG", "SCT", "NIR")},
    "NSW": off("AU", "NSW"),
    "IE": off("IE"),
    "SG": off("SG"),
}


@pytest.mark.parametrize(("name", "place", "start", "latest"), TABLE)
def test_each_deadline_gives_the_day_that_counting_gives(
    name: str, place: str, start: str, latest: str
) -> None:
    regime, _, rule = name.partition(":")
    assert due(regime, start, rule or None, HOLIDAYS_OF[place]) == latest


def test_every_deadline_of_every_regime_is_in_the_table() -> None:
    counted = set()
    for name, *_ in TABLE:
        regime, _, rule = name.partition(":")
        counted.add((regime, cs.regimes.Regime.named(regime).rule(rule or None).name))
    assert counted == {(x.id, rule.name) for x in cs.regimes.shipped() for rule in x.deadlines}


def test_each_deadline_names_its_event_and_how_day_one_is_found() -> None:
    said = {
        (regime.id, rule.name): (rule.since, rule.first_day)
        for regime in cs.regimes.shipped()
        for rule in regime.deadlines
    }
    others = {name: way for name, way in said.items() if way != ("received", "next")}
    assert others == {
        ("asic-rg-271", "death-benefits"): ("objections-closed", "next"),
        ("cfpb-portal", "final"): ("sent-by-the-cfpb", "next"),
        ("cfpb-portal", "in-progress"): ("sent-by-the-cfpb", "next"),
        **{
            (regime, rule): (since, "next")
            for regime in ("housing-ombudsman", "lgsco")
            for rule, since in {
                "stage-1": "acknowledged",
                "stage-1-extended": "acknowledged",
                "stage-2-acknowledgement": "stage-2-requested",
                "stage-2": "stage-2-acknowledged",
                "stage-2-extended": "stage-2-acknowledged",
            }.items()
        },
        ("nhs-england-2009", "final"): ("received", "same"),
        ("scotland-spso", "stage-2-acknowledgement"): ("stage-2-received", "next"),
        ("scotland-spso", "stage-2"): ("stage-2-received", "next"),
        ("uk-data-protection", "acknowledgement"): ("received", "same"),
        ("us-ca-insurance", "department"): ("inquiry-received", "next"),
    }


# Day one


@pytest.mark.parametrize(
    ("amount", "unit", "start", "after", "beginning"),
    [
        (1, "calendar-days", "2026-10-01", "2026-10-02", "2026-10-01"),
        (1, "weeks", "2026-10-01", "2026-10-08", "2026-10-07"),
        (1, "months", "2026-10-01", "2026-11-01", "2026-10-31"),
        (12, "months", "2028-02-29", "2029-02-28", "2029-02-27"),
        (1, "working-days", "2026-10-01", "2026-10-02", "2026-10-01"),
        # From a Saturday, day one is Monday in either way.
        (1, "working-days", "2026-10-03", "2026-10-05", "2026-10-05"),
        (3, "working-days", "2026-10-03", "2026-10-07", "2026-10-07"),
        (3, "working-days", "2026-10-02", "2026-10-07", "2026-10-06"),
    ],
)
def test_beginning_with_a_day_takes_it_in_and_after_leaves_it_out(
    amount: int, unit: str, start: str, after: str, beginning: str
) -> None:
    ways = {word: due(counted(amount, unit, word), start) for word in ("next", "same")}
    assert ways == {"next": after, "same": beginning}
    assert due(own(amount, unit), start) == after


def counted(amount: int, unit: str, first_day: str, roll: str = "none") -> cs.regimes.Regime:
    return own(amount, unit, roll, more=f'first_day = "{first_day}"')


@given(st.integers(1, 60), st.sampled_from(["none", "forward"]), NEAR, HOLIDAYS)
def test_working_days_that_begin_with_the_day_are_what_counting_gives(
    amount: int, roll: str, received: dt.date, closed: list[dt.date]
) -> None:
    deadline = counted(amount, "working-days", "same", roll).deadline(received, holidays=closed)
    day, left = received - dt.timedelta(1), amount
    while left:
        day += dt.timedelta(1)
        left -= day.weekday() < 5 and day not in closed
    assert deadline.due == day


@given(st.integers(1, 60), st.sampled_from(["calendar-days", "weeks", "months"]), DAYS)
def test_beginning_with_the_day_ends_one_day_before(amount: int, unit: str, day: dt.date) -> None:
    ends = [counted(amount, unit, word).deadline(day).due for word in ("same", "next")]
    assert ends[1] - ends[0] == dt.timedelta(1)


# The days on which it was in force

IN_FORCE = {
    "asic-rg-271": "2021-10-05",
    "ca-bank-act": "2022-06-30",
    "cfpb-portal": "2012-01-01",
    "eu-psd2": "2018-01-13",
    "fca-disp-1.5": "2016-06-30",
    "fca-disp-1.6.2ar": "2018-01-13",
    "fca-disp-1.6.2r": "2007-12-02",
    "housing-ombudsman": "2024-04-01",
    "ie-cpc-2025": "2026-03-24",
    "in-rbi-2026": "2026-07-01",
    "lgsco": "2026-04-01",
    "nhs-england-2009": "2009-04-01",
    "ofcom-c4": "2026-04-08",
    "ofcom-c4-2018": "2018-10-01",
    "ofgem-2008": "2008-10-01",
    "scotland-spso": "2021-04-01",
    "sg-faa-2021": "2022-01-03",
    "uk-data-protection": "2026-06-19",
    "water-guaranteed-standards": "2008-04-01",
}


@pytest.mark.parametrize(("name", "first"), IN_FORCE.items())
def test_a_complaint_of_the_first_day_is_counted_and_one_of_the_day_before_is_not(
    name: str, first: str
) -> None:
    regime = cs.regimes.Regime.named(name)
    before = dt.date.fromisoformat(first) - dt.timedelta(1)
    for rule in regime.deadlines:
        assert regime.deadline(first, rule.name).start == dt.date.fromisoformat(first)
        with pytest.raises(RegimeError, match=f"got {before}, and version .* from {first}; use "):
            regime.deadline(before, rule.name)


def test_the_telecoms_limits_meet_on_the_day_of_the_change() -> None:
    """'Ofcom's 6 weeks from 8 April 2026 and its 8 weeks until the day before'"""
    assert due("ofcom-c4-2018", "2018-10-01") == "2018-11-26"
    with pytest.raises(RegimeError) as early:
        due("ofcom-c4", "2026-04-07")
    assert str(early.value) == (
        "regime ofcom-c4, final, received: got 2026-04-07, and version 2 is in force from "
        "2026-04-08; use the regime that was in force then, ofcom-c4-2018"
    )
    with pytest.raises(RegimeError) as late:
        due("ofcom-c4-2018", "2026-04-08")
    assert str(late.value) == (
        "regime ofcom-c4-2018, final, received: got 2026-04-08, and version 1 was in force until "
        "2026-04-07; use the regime that came after it, ofcom-c4"
    )


def test_a_moment_is_on_the_side_of_its_own_zone() -> None:
    """At 23:30 UTC on 7 April it is half past midnight on the 8th in London."""
    assert due("ofcom-c4", "2026-04-07T23:30:00Z") == "2026-05-20"
    assert due("ofcom-c4-2018", "2026-04-07T22:59:59Z") == "2026-06-02"
    for name, moment in (
        ("ofcom-c4", "2026-04-07T22:59:59Z"),
        ("ofcom-c4-2018", "2026-04-07T23:00:00Z"),
    ):
        with pytest.raises(RegimeError):
            due(name, moment)


def test_a_name_of_0_1_that_has_moved_says_what_to_write() -> None:
    with pytest.raises(RegimeError) as caught:
        due("ofcom-c4", "2026-03-01", "before-april-2026")
    assert str(caught.value) == (
        "regime ofcom-c4: got the deadline 'before-april-2026', which is now the regime "
        "ofcom-c4-2018; write ofcom-c4-2018 without a deadline"
    )


def test_the_day_of_the_complaint_decides_where_a_later_event_starts_the_count() -> None:
    housing = cs.regimes.Regime.named("housing-ombudsman")
    found = housing.deadline("2024-04-03", "stage-1", complaint="2024-04-01")
    assert (found.start, found.due) == (dt.date(2024, 4, 3), dt.date(2024, 4, 17))
    with pytest.raises(RegimeError, match="stage-1, received: got 2024-03-31, and version 2 is in"):
        housing.deadline("2024-04-03", "stage-1", complaint="2024-03-31")


@pytest.mark.parametrize(
    ("received", "text"),
    [
        ("2026-03-16", None),
        ("2026-03-17", "2026-03-17"),
        ("2026-05-31", "2026-03-17"),
        ("2026-06-01", "2026-06-01"),
    ],
)
@pytest.mark.parametrize("name", ["fca-disp-1.6.2r", "fca-disp-1.6.2ar"])
def test_the_record_has_the_text_of_the_handbook_that_held(
    name: str, received: str, text: str | None
) -> None:
    deadline = cs.regimes.Regime.named(name).deadline(received)
    assert deadline.to_dict()["text"] == text
    assert (f"text of   {text}" in str(deadline)) == (text is not None)


# Which deadline is meant


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("fca-disp-1.5", "resolved"),
        ("water-guaranteed-standards", "stage"),
        ("uk-data-protection", "acknowledgement"),
        ("fca-disp-1.6.2ar", "final"),
        ("asic-rg-271", "final"),
    ],
)
def test_an_only_deadline_is_the_default_and_final_is_where_there_are_several(
    name: str, meant: str
) -> None:
    regime = cs.regimes.Regime.named(name)
    assert regime.deadline("2026-10-01") == regime.deadline("2026-10-01", meant)
    assert regime.rule().name == meant


def test_several_deadlines_without_a_final_one_have_to_be_named() -> None:
    with pytest.raises(RegimeError, match="no deadline 'final'; use one of stage-1, stage-2-ack"):
        cs.regimes.Regime.named("scotland-spso").deadline("2026-10-01")
    with pytest.raises(RegimeError, match="no deadline 'stage-3'; use one of resolved"):
        cs.regimes.Regime.named("fca-disp-1.5").deadline("2026-10-01", "stage-3")


def test_a_docket_can_say_from_which_event_its_deadline_counts() -> None:
    policy = cs.regimes.DueDatePolicy(holidays=england("2026-10-01", "2027-01-31"))
    docket: dict[str, Any] = {"regime": "housing-ombudsman:stage-1", "received": "2026-10-01"}
    assert policy.facts(docket)["due"] == "2026-10-15"
    assert policy.facts({**docket, "counted_from": "2026-10-08"})["due"] == "2026-10-22"
    with pytest.raises(cs.errors.LetterError, match="counted_from: got 2026-09-30, which is befo"):
        policy.facts({**docket, "counted_from": "2026-09-30"})
    sent = {"regime": "cfpb-portal", "counted_from": "2026-10-05"}
    assert policy.facts(sent)["due"] == "2026-10-20"


def test_a_docket_s_complaint_decides_and_not_the_event() -> None:
    docket = {
        "regime": "lgsco:stage-1",
        "received": "2026-03-31",
        "counted_from": "2026-04-02",
    }
    with pytest.raises(cs.errors.LetterError, match="got 2026-03-31, and version 2 is in force"):
        cs.regimes.DueDatePolicy().facts(docket)
