"""What is due: every closed month since the last, each once and in order, however late a run is."""

from __future__ import annotations

import datetime as dt
import doctest
import json
import re
import shlex
import shutil
import signal
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ceosample as cs
import command
import forked
from ceosample.configuration import KEYS, Configuration
from ceosample.errors import ConfigurationError, ConflictError, FrameError, LedgerError
from ceosample.job import Month, render_again, run
from ceosample.job.due import due
from ceosample.job.seed_supply import SeedInputs
from ceosample.period import Period
from ceosample.sampling.seeds.beacon import TIMETABLES
from ceosample.sampling.seeds.seed_source import hashed
from ceosample.signoff.store.events import Event
from command import Ended
from due_months import (
    AT,
    MONTHS,
    POPULATION,
    events,
    everything,
    go,
    kinds,
    ledger_of,
    on,
    with_chain,
    write_months,
)  # fmt: skip
from inputs import configure
from kill_runs import drive
from refusals import (
    CHANGED_SINCE_THE_FREEZE,
    NO_TIME_ZONE,
    NOT_THERE,
    NOTHING_FROZEN_YET,
    had_a_seed,
    refused,
)
from thorough import some_of

QUICKNET = list(TIMETABLES)[1]
DICE = ("83019274650192837465", "19283746501928374650", "56473829105647382910")


@pytest.fixture(scope="module")
def three_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three closed months whose seeds come from a chain, and a pick-up folder."""
    folder = tmp_path_factory.mktemp("input")
    write_months(folder, *MONTHS)
    configure(folder, ('# pickup = "outbox" ', 'pickup = "outbox" '))
    with_chain(folder)
    return folder


@pytest.fixture(scope="module")
def rolled_by_hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two closed months for which dice are rolled."""
    folder = tmp_path_factory.mktemp("input")
    write_months(folder, *MONTHS[:2])
    return folder


@pytest.fixture
def chained(three_months: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(three_months, tmp_path / "months"))


@pytest.fixture
def diced(rolled_by_hand: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(rolled_by_hand, tmp_path / "months"))


def configured(folder: Path) -> Configuration:
    return Configuration.load(folder / "ceosample.toml")


def ceosample(folder: Path, *arguments: str, at: dt.datetime = AT) -> Ended:
    """The command, by a clock that says this moment."""
    with command.time_told(lambda: at):
        return command.asked(*arguments, folder=folder)


def rows(folder: Path, period: str) -> list[list[str]]:
    path = folder / f"responses-{period}.csv"
    return [line.split(",") for line in path.read_text("utf-8").splitlines()]


def put(folder: Path, period: str, table: list[list[str]]) -> None:
    text = "".join(",".join(row) + "\n" for row in table)
    (folder / f"responses-{period}.csv").write_text(text, "utf-8")


def add(folder: Path, period: str, unit_id: str, reason: str = "") -> None:
    """A row more in a month's table."""
    header, first, *rest = rows(folder, period)
    row = [*first]
    row[header.index("response_id")], row[header.index("why_excluded")] = unit_id, reason
    put(folder, period, [header, first, *rest, row])


# Which months


@pytest.fixture
def beginning(tmp_path: Path) -> Configuration:
    write_months(tmp_path, "2026-09")
    return configured(tmp_path)


def event(number: int, kind: str, period: str) -> Event:
    at = AT.isoformat()
    return Event(number, at, at, "sampling", kind, POPULATION, period, None, {}, "0" * 64)


def ledger_with(months: dict[str, tuple[str, ...]]) -> list[Event]:
    told = [(kind, period) for period, kinds in months.items() for kind in kinds]
    return [event(number, kind, period) for number, (kind, period) in enumerate(told, 1)]


SENT = ("frozen", "seed_revealed", "drawn", "sent_for_signature")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-08-31", []), ("2026-09-30", []), ("2026-10-01", ["2026-09"]),
        ("2026-10-31", ["2026-09"]), ("2027-01-01", ["2026-09", "2026-10", "2026-11", "2026-12"]),
    ],
)  # fmt: skip
def test_a_ledger_without_months_begins_with_the_first(
    beginning: Configuration, at: str, expected: list[str]
) -> None:
    """'every closed month ... each once and in order'"""
    assert [*map(str, due(beginning, [], on(at)))] == expected


def test_a_ledger_without_months_and_without_a_first_one_is_told_to_name_it(
    beginning: Configuration,
) -> None:
    unnamed = attrs.evolve(beginning, first=None)
    with pytest.raises(ConfigurationError, match=r"population\.first: missing.*--period"):
        due(unnamed, [], AT)
    assert due(unnamed, ledger_with({"2026-10": SENT}), AT) == [Period(2026, 11)]


def test_a_month_is_over_where_the_configuration_says(beginning: Configuration) -> None:
    """'A month is closed when the run's at, in [population] zone, is past its last day'"""
    last_evening = dt.datetime(2026, 9, 30, 12, 0, tzinfo=dt.UTC)
    there = attrs.evolve(beginning, zone="Pacific/Auckland")
    assert (due(beginning, [], last_evening), due(there, [], last_evening)) == (
        [], [Period(2026, 9)]
    )  # fmt: skip
    first_night = dt.datetime(2026, 10, 1, 2, 0, tzinfo=dt.UTC)
    there = attrs.evolve(beginning, zone="America/New_York")
    assert (due(beginning, [], first_night), due(there, [], first_night)) == ([Period(2026, 9)], [])


def test_a_moment_without_a_zone_is_no_moment(beginning: Configuration) -> None:
    with refused(LedgerError, NO_TIME_ZONE):
        due(beginning, [], AT.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ({"2026-09": SENT}, ["2026-10", "2026-11"]),
        ({"2026-09": ("frozen",), "2026-10": SENT}, ["2026-09", "2026-11"]),
        ({"2026-09": SENT, "2026-10": SENT[:3]}, ["2026-10", "2026-11"]),
        ({"2026-11": SENT}, []),
        ({"2026-12": ("frozen",)}, ["2026-12"]),
        ({"2026-09": (*SENT, "superseded"), "2026-10": SENT}, ["2026-11"]),
        ({"2026-09": (*SENT, "superseded", "frozen"), "2026-10": SENT}, ["2026-09", "2026-11"]),
        ({"2026-09": (*SENT, "superseded", *SENT), "2026-10": SENT}, ["2026-11"]),
    ],
)  # fmt: skip
def test_what_was_begun_goes_on_first_and_what_was_sent_is_done(
    beginning: Configuration, months: dict[str, tuple[str, ...]], expected: list[str]
) -> None:
    """'An unfinished month is gone on with first'; 'not done twice'"""
    assert [*map(str, due(beginning, ledger_with(months), AT))] == expected


def test_another_population_s_months_are_none_of_these(beginning: Configuration) -> None:
    others = [attrs.evolve(e, population="other") for e in ledger_with({"2026-11": SENT})]
    assert due(beginning, others, on("2026-10-15")) == [Period(2026, 9)]


@given(
    stages=st.lists(st.sampled_from([SENT, SENT[:1], SENT[:2], SENT[:3], ()]), max_size=14),
    days=st.integers(0, 900),
)
def test_after_what_is_due_nothing_is(stages: list[tuple[str, ...]], days: int) -> None:
    """'each once and in order': whatever the ledger holds, and however late the run is."""
    months = {str(Period(2026, 9).plus(n)): kinds for n, kinds in enumerate(stages) if kinds}
    at = dt.datetime(2026, 9, 15, tzinfo=dt.UTC) + dt.timedelta(days=days)
    found = due(_bare("2026-09"), ledger_with(months), at)
    assert found == sorted(set(found))
    assert not {*map(str, found)} & {p for p, kinds in months.items() if kinds == SENT}
    assert all(str(p) in months or p.last_day < at.date() for p in found)
    assert {p for p, kinds in months.items() if kinds != SENT} <= {*map(str, found)}
    done = {**months, **{str(period): SENT for period in found}}
    assert due(_bare("2026-09"), ledger_with(done), at) == []


def _bare(first: str) -> Configuration:
    """A configuration of which only the population, its first month and zone are looked at."""
    made = Configuration.__new__(Configuration)
    for name, value in (
        ("population", POPULATION), ("first", Period.parse(first)), ("zone", "UTC"),
    ):  # fmt: skip
        object.__setattr__(made, name, value)
    return made


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('name = "x"\nfirst = "October"', "population.first: got 'October'; give an ISO month"),
        ('name = "x"\nfirst = 2026-10-01', "population.first: got .*; give an ISO month"),
        ('name = "x"\nzone = "Mars/Base"', "population.zone: got 'Mars/Base'; give a time zone"),
        ('name = "x"\nzone = "../../etc"', "population.zone: got '../../etc'; give a time zone"),
        ('name = "x"\nzone = 1', "population.zone: got 1; give a time zone"),
    ],
)
def test_a_fault_of_the_calendar_is_named(tmp_path: Path, line: str, fault: str) -> None:
    write_months(tmp_path, "2026-09")
    configure(tmp_path, (f'name = "{POPULATION}" ', f"{line} #"), ('first = "2026-09" ', "# "))
    with pytest.raises(ConfigurationError, match=fault):
        configured(tmp_path)


def test_what_is_open_is_what_the_configuration_says(tmp_path: Path) -> None:
    write_months(tmp_path, "2026-09")
    assert configured(tmp_path).source.open == ("in-progress",)
    configure(tmp_path, ("[source]\n", '[source]\nopen = ["in-progress", "with-ombudsman"]\n'))
    assert configured(tmp_path).source.open == ("in-progress", "with-ombudsman")


@pytest.mark.parametrize("value", ['"in-progress"', "[1]", '["In progress"]', '[""]'])
def test_open_is_a_list_of_codes(tmp_path: Path, value: str) -> None:
    write_months(tmp_path, "2026-09")
    configure(tmp_path, ('# open = ["in-progress"] ', f"open = {value} "))
    with pytest.raises(ConfigurationError, match=r"source\.open: got .*; give a list of exclusion"):
        configured(tmp_path)


# A scheduler


def test_a_scheduler_that_fired_late_or_twice_draws_the_same(
    three_months: Path, tmp_path: Path
) -> None:
    """'a scheduler that fired late, twice or not at all changes nothing'"""
    schedules = {
        "monthly": ["2026-10-01", "2026-11-01", "2026-12-01"],
        "twice": ["2026-10-01", "2026-10-01", "2026-11-01", "2026-11-02", "2026-12-01"],
        "late": ["2026-12-24"],
        "daily, then not": ["2026-09-30", "2026-10-01", "2026-10-02", "2026-12-31"],
    }
    drawn = []
    for name, days in schedules.items():
        folder = Path(shutil.copytree(three_months, tmp_path / name))
        done = [outcome.period for day in days for outcome in go(folder, on(day)).months]
        expected = [*MONTHS, "2026-12"] if "2026-12-31" in days else [*MONTHS]
        assert done == expected[:3]
        drawn.append({m: (folder / "packs" / m / "draw.json").read_bytes() for m in MONTHS})
        assert all(cs.verify(folder / "packs" / month).ok for month in MONTHS)
    assert all(found == drawn[0] for found in drawn)


def test_with_nothing_due_a_run_says_what_comes_next(chained: Path) -> None:
    """'With nothing due: exit 0 and says so, with what comes next and when.'"""
    go(chained)
    ceosample(chained, "run")  # after which the configuration names its ledger
    before = everything(chained), events(chained)
    ended = ceosample(chained, "run")
    assert (ended.code, ended.out) == (
        0, "nothing is due; next is 2026-12, due from 2027-01-01T00:00:00+00:00\n"
    )  # fmt: skip
    report = ceosample(chained, "run", "--json").json
    jsonschema.validate(report, cs.schema("run"))
    assert (report["state"], report["months"], report["due"]) == ("nothing-due", [], [])
    assert (everything(chained), events(chained)) == before


def test_a_month_that_waits_stops_the_later_ones(diced: Path) -> None:
    """'a month that still waits stops the sequence there (exit 75, JSON says which)'"""
    ended = ceosample(diced, "run", "--json")
    report = ended.json
    jsonschema.validate(report, cs.schema("run"))
    assert (ended.code, report["state"]) == (75, "waiting")
    assert report["waiting"] == {
        "period": "2026-09", "for": [{"kind": "dice"}], "since": "2026-12-02T09:00:00.000000Z",
    }  # fmt: skip
    assert report["due"] == ["2026-09", "2026-10", "2026-11"]
    assert "waiting for the seed: run again with --dice" in ended.err
    assert kinds(diced, "2026-10") == []


def test_digits_go_to_the_month_that_waits_for_them(diced: Path) -> None:
    """'digits/beacon values given on the command line go to the one month that waits for them'"""
    at = on("2026-11-02")
    go(diced, at)
    first = go(diced, at, dice=DICE[0])
    assert [(o.period, o.state) for o in first.months] == [
        ("2026-09", "sent"), ("2026-10", "waiting"),
    ]  # fmt: skip
    second = go(diced, at, dice=DICE[1])
    assert [(o.period, o.state) for o in second.months] == [("2026-10", "sent")]
    assert second.state == "done"


def test_a_beacon_s_value_goes_to_the_month_whose_freeze_named_the_round(chained: Path) -> None:
    """Two months late: each is frozen for a round that is still to come, and takes two calls."""
    beacon = f'source = "chain+beacon"\nbeacon = "{QUICKNET}"\ndelay = 60\n'
    configure(chained, ('source = "chain"\n', beacon))
    start, values = on("2026-11-02"), [hashed(str(number) * 64, 1) for number in range(3)]
    waits = go(chained, start)
    first = waits.to_dict()["waiting"]
    jsonschema.validate(waits.to_dict(), cs.schema("run"))
    assert first == {
        "period": "2026-09",
        "for": [
            {"kind": "beacon", "beacon": QUICKNET, "round": first["for"][0]["round"],  # type: ignore[index, call-overload]
             "out": "2026-11-02T10:00:03Z"}
        ],
        "since": "2026-11-02T09:00:00.000000Z",
    }  # fmt: skip
    assert go(chained, start + dt.timedelta(minutes=30)).months == waits.months
    then = [
        go(chained, start + dt.timedelta(hours=2 * number), beacon=value)
        for number, value in enumerate(values[:2], 1)
    ]
    assert [[(o.period, o.state) for o in report.months] for report in then] == [
        [("2026-09", "sent"), ("2026-10", "waiting")],
        [("2026-10", "sent")],
    ]
    assert then[1].state == "done"


def test_digits_that_come_a_second_time_change_nothing(diced: Path) -> None:
    """A scheduler that repeats its last call gets the same answer; other digits are refused."""
    at = on("2026-10-02")
    go(diced, at)
    go(diced, at, dice=DICE[0])
    before = everything(diced), events(diced)
    again = go(diced, at, dice=DICE[0])
    assert [(o.period, o.state) for o in again.months] == [("2026-09", "done")]
    with refused(ConflictError, had_a_seed()):
        go(diced, at, dice=DICE[1])
    assert (everything(diced), events(diced)) == before


def test_digits_that_are_known_before_a_freeze_do_not_count(diced: Path) -> None:
    with refused(ConflictError, NOTHING_FROZEN_YET):
        go(diced, dice=DICE[0])


def test_a_month_that_was_passed_over_is_said_and_not_filled_in(chained: Path) -> None:
    """'A gap before the last draw ... is not filled silently: say it.'"""
    assert ceosample(chained, "run", "--period", "2026-10").code == 0
    ended = ceosample(chained, "run")
    assert "2026-09" not in kinds(chained, "2026-09")
    assert ended.out.count("sent for signature") == 1
    assert "passed over: 2026-09; run one with --period" in ended.out
    report = ceosample(chained, "run", "--json").json
    assert (report["passed_over"], report["due"]) == (["2026-09"], [])


def test_a_month_without_a_response_holds_no_later_one_up(chained: Path) -> None:
    put(chained, "2026-09", rows(chained, "2026-09")[:1])
    ended = ceosample(chained, "run", "--json")
    assert (ended.code, ended.json["passed_over"]) == (0, [])
    states = {month["period"]: month["state"] for month in ended.json["months"]}
    assert states == {"2026-09": "empty", "2026-10": "sent", "2026-11": "sent"}


def test_a_superseded_month_waits_for_somebody_to_begin_it_anew(diced: Path) -> None:
    """'Months that were superseded/begun anew: not done twice'"""
    at = on("2026-11-02")
    for dice in (None, *DICE[:2]):
        go(diced, at, dice=dice)
    with ledger_of(diced, at) as ledger:
        ledger.supersede(
            POPULATION, "2026-09", by="a-auditor", at=at, reason_code="wrong-table", approver="b"
        )
    report = go(diced, at)
    assert (report.state, report.agenda and report.agenda.set_aside) == (
        "nothing-due", (Period(2026, 9),)
    )  # fmt: skip
    assert "superseded and not begun again: 2026-09" in ceosample(diced, "run", at=at).out
    configuration = configured(diced)
    month = Month(configuration, "2026-09", at)
    with ledger_of(diced, at) as ledger:
        with pytest.raises(ConflictError, match="holds the draw that was superseded; move"):
            run(month, ledger)
        (diced / "packs" / "2026-09").rename(diced / "set-aside")
        assert run(month, ledger).state == "waiting"
    anew = go(diced, at, dice=DICE[2])
    assert [(o.period, o.state) for o in anew.months] == [("2026-09", "sent")]
    assert kinds(diced, "2026-09").count("reconciled") == 2
    assert go(diced, at).state == "nothing-due"


def test_a_superseded_month_opens_the_next_as_long_as_its_files_are_there(diced: Path) -> None:
    """'Superseding a month silences the next month's roll-forward warning'; its own frame may have
    been wrong, so it claims no response."""
    add(diced, "2026-09", "R-OPEN", "in-progress")
    add(diced, "2026-10", next(row[0] for row in rows(diced, "2026-09")[1:] if row[0] != "R-OPEN"))
    for dice in (None, DICE[0]):
        go(diced, on("2026-10-02"), dice=dice)
    with ledger_of(diced, on("2026-10-02")) as ledger:
        ledger.supersede(
            POPULATION,
            "2026-09",
            by="a-auditor",
            at=on("2026-10-02"),
            reason_code="wrong-table",
            approver="b",
        )

    def previewed() -> int:
        ended = ceosample(diced, "run", "--period", "2026-10", "--dry-run", "--json")
        return int(ended.json["months"][0]["roll_forward"]["opening"])

    folder, archive = diced / "packs" / "2026-09", diced / "archive"
    assert previewed() == 1
    folder.rename(archive)
    assert previewed() == 0
    archive.rename(folder)
    for dice in (None, DICE[1]):
        report = go(diced, on("2026-11-02"), dice=dice)
    assert [o.roll_forward and o.roll_forward.opening for o in report.months] == [1]


def test_a_failure_is_one_object_with_its_words(chained: Path) -> None:
    """'nothing else on standard output, also when it waits or fails'; '`--json` runs that fail
    print the words too'"""
    bad = rows(chained, "2026-10")[1][0]
    add(chained, "2026-10", bad)
    ended = ceosample(chained, "run", "--json")
    report = ended.json
    jsonschema.validate(report, cs.schema("run"))
    assert (ended.code, report["state"]) == (65, "failed")
    said = report["error"]["message"]
    assert report["error"] == {"code": "FrameError", "exit_code": 65, "message": said}
    assert ended.err == f"ceosample: {said}\n"
    assert [month["period"] for month in report["months"]] == ["2026-09"]
    assert report["due"] == ["2026-10", "2026-11"]
    assert bad in said
    with ledger_of(chained) as ledger:
        assert report["head"] == ledger.head


def test_a_ledger_that_cannot_be_opened_is_a_failure_in_json_too(chained: Path) -> None:
    (chained / "signoff.db").write_text("not a ledger", "utf-8")
    ended = ceosample(chained, "run", "--json")
    jsonschema.validate(ended.json, cs.schema("run"))
    assert (ended.json["state"], ended.json["head"], ended.json["next"]) == ("failed", None, None)
    assert ended.json["error"]["exit_code"] == ended.code


def test_a_database_that_does_not_answer_is_told_from_a_month_that_waits(diced: Path) -> None:
    """'75 busy, or waiting for the seed': the JSON says which."""
    waits = ceosample(diced, "run", "--json")
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    configure(diced, ("sqlite:///signoff.db", nowhere))
    dead = ceosample(diced, "run", "--json")
    for ended in (waits, dead):
        jsonschema.validate(ended.json, cs.schema("run"))
        assert ended.code == 75
    assert (waits.json["state"], waits.json["error"]) == ("waiting", None)
    assert (dead.json["state"], dead.json["waiting"]) == ("failed", None)
    error = dead.json["error"]
    assert (error["code"], error["exit_code"]) == ("BusyError", 75)
    assert "the database does not answer" in error["message"]
    assert error["message"] in dead.err


def test_the_schema_of_a_run_refuses_what_is_none(chained: Path) -> None:
    """A schema that takes everything would be none."""
    report = ceosample(chained, "run", "--json").json
    jsonschema.validate(report, cs.schema("run"))
    month = report["months"][0]
    wrongs: tuple[dict[str, Any], ...] = (
        {"state": "finished"}, {"head": "abc"}, {"due": ["2026-13"]}, {"unit_ids": []},
        {"months": [{**month, "letters": -1}]}, {"months": [{**month, "names": ["Ann"]}]},
        {"waiting": {"period": "2026-09", "for": []}},
        {"error": {"code": "x", "exit_code": 0, "message": "x"}},
        {"error": {"code": "BusyError", "exit_code": 75}},
    )  # fmt: skip
    for wrong in wrongs:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**report, **wrong}, cs.schema("run"))


# Opening + new - final = carried forward


def opened(folder: Path) -> None:
    """September leaves three open: October finishes one, keeps one and loses one."""
    for name in ("A-1", "A-2", "A-3"):
        add(folder, "2026-09", name, "in-progress")
    add(folder, "2026-10", "A-1", "out-of-scope")
    add(folder, "2026-10", "A-2", "in-progress")


def counts(folder: Path, period: str) -> list[tuple[int, int, int, int, str]]:
    with ledger_of(folder) as ledger:
        return [
            (*(e.payload[n] for n in ("opening", "new", "final", "carried")), e.actor)
            for e in ledger.events(period=period)
            if e.kind == "reconciled"
        ]


def in_progress(folder: Path, period: str) -> set[str]:
    header, *table = rows(folder, period)
    unit, why = header.index("response_id"), header.index("why_excluded")
    return {row[unit] for row in table if row[why] == "in-progress"}


def test_the_roll_forward_adds_up_from_month_to_month(chained: Path) -> None:
    """'opening + new - final = carried forward'"""
    opened(chained)
    report = go(chained)
    before: set[str] = set()
    for outcome in report.months:
        table = {row[0] for row in rows(chained, outcome.period)[1:]}
        now = in_progress(chained, outcome.period)
        expected = (len(before), len(table - before), len(table - now), len(now))
        assert counts(chained, outcome.period) == [(*expected, "sampling")]
        rolled = outcome.roll_forward
        assert rolled is not None
        assert (rolled.opening, rolled.new, rolled.final, rolled.carried) == expected
        assert rolled.difference == len(before - table)
        assert outcome.open == len(now)
        before = now
    assert {"A-1", "A-2", "A-3"} <= in_progress(chained, "2026-09")


def test_status_says_what_is_still_open_by_month(chained: Path) -> None:
    """'`status` shows what is still open by month'"""
    report = go(chained)
    found = ceosample(chained, "status", "--json").json["months"]
    words = ceosample(chained, "status").out
    for month, outcome in zip(found, report.months, strict=True):
        rolled = outcome.roll_forward
        assert rolled is not None
        assert month["responses"] == {"open": outcome.open, "roll_forward": rolled.to_dict()}
        assert f"still open at the freeze: {outcome.open}; roll-forward {rolled}\n" in words


def test_what_is_lost_from_sight_is_a_difference_and_its_ids_are_for_the_operator(
    diced: Path,
) -> None:
    opened(diced)
    at = on("2026-11-02")
    go(diced, at)
    go(diced, at, dice=DICE[0])
    preview = ceosample(diced, "run", "--dry-run", "--json", at=at).json["months"][0]
    lost = in_progress(diced, "2026-09") - {row[0] for row in rows(diced, "2026-10")}
    assert preview["period"] == "2026-10"
    assert "A-3" in preview["lost"]
    assert preview["lost"] == sorted(lost)
    assert preview["roll_forward"]["difference"] == len(lost)
    go(diced, at, dice=DICE[1])
    told = ceosample(diced, "status").out + ceosample(diced, "run", "--json", at=at).out
    assert f"and {len(lost)} lost from sight" in told
    assert "A-3" not in told
    assert b"A-3" not in b"".join(events(diced))


@pytest.mark.parametrize("when", ["before", "during", "after"])
def test_counts_that_a_person_entered_stay(diced: Path, when: str) -> None:
    """The register's own counts are better than what a table can tell."""
    at = on("2026-10-02")

    def enter(step: str) -> None:
        if step == ("draw" if when == "during" else when):
            with ledger_of(diced, at) as ledger:
                ledger.reconcile(
                    POPULATION, "2026-09", opening=7, new=5, final=4, carried=8, by="office", at=at
                )

    go(diced, at)
    enter("before")
    (sent,) = go(diced, at, dice=DICE[0], progress=enter).months
    assert sent.roll_forward is not None
    assert (sent.roll_forward.opening == 7) == (when != "after")
    enter("after")
    again = go(diced, at, dice=DICE[0])
    assert counts(diced, "2026-09")[-1] == (7, 5, 4, 8, "office")
    assert len(counts(diced, "2026-09")) == (2 if when == "after" else 1)
    assert again.months[0].roll_forward is not None
    assert again.months[0].roll_forward.opening == 7


def test_which_exclusions_are_open_is_the_configuration_s(chained: Path) -> None:
    configure(chained, ('# open = ["in-progress"] ', 'open = ["in-progress", "out-of-scope"] '))
    add(chained, "2026-09", "A-1", "out-of-scope")
    (first, *_) = go(chained, on("2026-10-02")).months
    header, *table = rows(chained, "2026-09")
    why = header.index("why_excluded")
    assert first.open == sum(row[why] in ("in-progress", "out-of-scope") for row in table)


# One frame ever


def test_a_response_that_stood_in_a_frame_is_refused(chained: Path) -> None:
    """'refuses an id that an earlier month's manifest holds'"""
    header, *september = rows(chained, "2026-09")
    why = header.index("why_excluded")
    twice = [row[0] for row in september if not row[why]][:2]
    for unit_id in twice:
        add(chained, "2026-11", unit_id)
    done: list[Any] = []
    with pytest.raises(FrameError) as refusal:
        go(chained, outcomes=done)
    assert [outcome.period for outcome in done] == ["2026-09", "2026-10"]
    said = str(refusal.value)
    assert "2026-11: got 2 responses that are in the frame of another month" in said
    assert all(f"{unit_id} (2026-09)" in said for unit_id in twice)
    assert kinds(chained, "2026-11") == []


def test_a_response_that_was_left_out_before_may_come_into_a_frame(diced: Path) -> None:
    """What was open is finished; what was left out for good comes back, which is shown."""
    add(diced, "2026-09", "A-1", "in-progress")
    add(diced, "2026-09", "A-2", "out-of-scope")
    header, *september = rows(diced, "2026-09")
    framed = next(row[0] for row in september if not row[header.index("why_excluded")])
    for unit_id, reason in (("A-1", ""), ("A-2", ""), (framed, "duplicate")):
        add(diced, "2026-10", unit_id, reason)
    at = on("2026-11-02")
    go(diced, at)
    go(diced, at, dice=DICE[0])
    preview = ceosample(diced, "run", "--dry-run", "--json", at=at).json["months"][0]
    assert preview["back"] == ["A-2"]
    assert go(diced, at, dice=DICE[1]).state == "done"


@pytest.mark.parametrize("name", ["manifest.csv", "exclusions.csv"])
@pytest.mark.parametrize("gone", [True, False])
def test_an_earlier_month_s_file_that_is_gone_or_changed_is_named(
    chained: Path, name: str, gone: bool
) -> None:
    """'a missing or changed file is an error that says which and what to do'"""
    go(chained, on("2026-10-02"))
    path = chained / "packs" / "2026-09" / name
    if gone:
        path.unlink()
    else:
        path.write_text("unit_id,reason\n", "utf-8")
    with pytest.raises(ConflictError) as refusal:
        go(chained)
    assert f"2026-09/{name}: " in str(refusal.value)
    assert (NOT_THERE if gone else CHANGED_SINCE_THE_FREEZE) in str(refusal.value)
    assert "restore it" in str(refusal.value)
    assert kinds(chained, "2026-10") == []


def test_a_month_before_the_ledger_s_is_compared_with_those_after_it(chained: Path) -> None:
    """'A response belongs to one frame ever', in whatever order the months are taken."""
    header, *october = rows(chained, "2026-10")
    twice = next(row[0] for row in october if not row[header.index("why_excluded")])
    ceosample(chained, "run", "--period", "2026-10")
    add(chained, "2026-09", twice)
    ended = ceosample(chained, "run", "--period", "2026-09")
    assert (ended.code, f"{twice} (2026-10)" in ended.err) == (65, True)


# A dry run


@contextmanager
def nothing_is_touched(folder: Path) -> Iterator[None]:
    """No byte, no time of change, no name, no lock."""

    def seen() -> dict[str, tuple[int, bytes | None]]:
        return {
            str(p): (p.stat().st_mtime_ns, p.read_bytes() if p.is_file() else None)
            for p in [folder, *folder.rglob("*")]
        }

    before = seen()
    yield
    assert seen() == before


def test_a_dry_run_says_what_will_be_frozen_and_writes_nothing(chained: Path) -> None:
    """'reads the source, writes nothing at all'"""
    with nothing_is_touched(chained):
        ended = ceosample(chained, "run", "--dry-run", "--json")
        assert ceosample(chained, "run", "--dry-run").code == 0
    found = ended.json
    report = go(chained)
    assert [month["period"] for month in found["months"]] == [*MONTHS]
    for said, outcome in zip(found["months"], report.months, strict=True):
        assert said["step"] == "frame"
        assert said["commitment"] == outcome.commitment
        assert outcome.roll_forward is not None
        assert said["roll_forward"] == outcome.roll_forward.to_dict()
        assert (said["open"], sum(s["n"] for s in said["letters"])) == (outcome.open, 2)
        drawn = cs.Draw.load(chained / "packs" / outcome.period)
        assert said["exclusions"] == dict(drawn.frame.exclusions)
        assert said["eligible"] == sum(drawn.frame.sizes().values())


def test_a_dry_run_needs_no_ledger_and_begins_none(diced: Path) -> None:
    with nothing_is_touched(diced):
        ended = ceosample(diced, "run", "--dry-run")
    assert ended.code == 0
    assert "2026-09: would begin at: frame" in ended.out
    assert "seed from    dice, for which it would wait" in ended.out
    assert "due after it: 2026-10" in ended.out


@pytest.mark.parametrize("step", ["seed", "draw", "render"])
def test_a_dry_run_says_where_a_month_goes_on(diced: Path, step: str) -> None:
    class Stopped(Exception):
        pass

    def stop(name: str) -> None:
        if name == step:
            raise Stopped

    go(diced, on("2026-10-02"))
    month = Month(configured(diced), "2026-09", on("2026-10-02"))
    supply = SeedInputs(dice=DICE[0], witnesses=("internal audit",))
    with ledger_of(diced) as ledger, pytest.raises(Stopped):
        run(month, ledger, supply=supply, progress=stop)
    with nothing_is_touched(diced):
        for more in ((), ("--period", "2026-09")):
            ended = ceosample(diced, "run", "--dry-run", "--json", *more, at=on("2026-10-02"))
            assert [m["step"] for m in ended.json["months"]] == [step]
            assert ended.json["months"][0]["waits"] == (step == "seed")


def test_a_dry_run_of_a_finished_month_says_that_there_is_nothing_to_do(chained: Path) -> None:
    go(chained)
    with nothing_is_touched(chained):
        ended = ceosample(chained, "run", "--dry-run", "--period", "2026-09")
        assert "2026-09: nothing to do" in ended.out
        ended = ceosample(chained, "run", "--dry-run")
    assert ended.out.startswith("nothing is due; next is 2026-12")


def test_a_dry_run_fails_as_the_run_would(chained: Path) -> None:
    add(chained, "2026-09", rows(chained, "2026-09")[1][0])
    with nothing_is_touched(chained):
        assert ceosample(chained, "run", "--dry-run").code == 65


def test_a_dry_run_does_not_foresee_what_depends_on_draws_to_come(tmp_path: Path) -> None:
    """A rotation's second month names the draw of its first."""
    write_months(tmp_path, *MONTHS, count=60)
    rotation = 'size = 5\nrotation = {months = 2, start = "2026-09"}'
    configure(tmp_path, ("size = 2", rotation), ("variables = []", 'variables = ["division"]'))
    with_chain(tmp_path)
    with nothing_is_touched(tmp_path):
        found = ceosample(tmp_path, "run", "--dry-run", "--json").json["months"]
        words = ceosample(tmp_path, "run", "--dry-run").out
    assert [month["commitment"] is None for month in found] == [False, True, False]
    assert "commitment and letters depend on draws still to come" in words
    report = go(tmp_path)
    for said, outcome in zip(found, report.months, strict=True):
        assert said["commitment"] in (None, outcome.commitment)


# The pick-up folder


def test_what_the_office_needs_is_put_out_and_named(chained: Path) -> None:
    """'ready.json last, so a mover that waits for ready.json never sees a half'"""
    configure(chained, ("pdf = false", "pdf = true"))
    (outcome,) = go(chained, on("2026-10-02")).months
    place = chained / "outbox" / "2026-09"
    ready = json.loads((place / "ready.json").read_text("utf-8"))
    assert sorted(p.name for p in place.iterdir()) == [
        "attendance.csv", "attendance.pdf", "pack.pdf", "ready.json", "room.html",
    ]  # fmt: skip
    for name, said in ready["files"].items():
        data = (place / name).read_bytes()
        assert cs.canonical.digest(data) == said
        assert data == (chained / "packs" / "2026-09" / name).read_bytes()
    assert sorted([*ready["files"], "ready.json"]) == sorted(p.name for p in place.iterdir())
    assert (ready["population"], ready["period"], ready["rework"], ready["pack"]) == (
        POPULATION, "2026-09", None, outcome.pack,
    )  # fmt: skip


def test_what_was_fetched_after_the_month_was_sent_is_not_put_out_again(chained: Path) -> None:
    go(chained)
    (chained / "outbox").rename(chained / "fetched")
    assert go(chained).state == "nothing-due"
    assert ceosample(chained, "run", "--period", "2026-09").code == 0
    assert not (chained / "outbox").exists()


def test_what_was_fetched_before_is_put_out_once_more(chained: Path) -> None:
    """'at-least-once before that'"""

    class Stopped(Exception):
        pass

    def stop(name: str) -> None:
        if name == "send":
            raise Stopped

    configuration = configured(chained)
    chain = cs.seeds.SeedChain.new(POPULATION, first=MONTHS[0], months=24, random=bytes)
    month = Month(configuration, "2026-09", on("2026-10-02"))
    with ledger_of(chained, month.at) as ledger, pytest.raises(Stopped):
        run(month, ledger, supply=SeedInputs(chain=lambda: chain), progress=stop)
    first = everything(chained / "outbox")
    shutil.rmtree(chained / "outbox")
    go(chained, on("2026-10-02"))
    assert everything(chained / "outbox") == first != {}


def test_another_pack_that_nobody_fetched_is_left_there(chained: Path) -> None:
    place = chained / "outbox" / "2026-09"
    place.mkdir(parents=True)
    (place / "ready.json").write_text('{"pack": "another"}', "utf-8")
    with pytest.raises(ConflictError, match="another pack, which was not fetched yet"):
        go(chained, on("2026-10-02"))
    assert "sent_for_signature" not in b"".join(events(chained)).decode()
    shutil.rmtree(place)
    assert go(chained, on("2026-10-02")).state == "done"


def test_a_rework_has_a_folder_of_its_own_once(chained: Path) -> None:
    """'(rework: outbox/PERIOD-rework-1/)'; stopped before it is sent, the next goes on with it"""
    go(chained, on("2026-10-02"))
    drawn = cs.Draw.load(chained / "packs" / "2026-09")
    first = drawn.unit_ids[0]
    month = Month(configured(chained), "2026-09", on("2026-10-05"))
    with ledger_of(chained) as ledger:
        ledger.record("returned_for_rework", first, by="ceo", at=AT, reason_code="tone")
        pack = render_again(month, ledger, [first])
    place = chained / "outbox" / "2026-09-rework-1"
    ready = json.loads((place / "ready.json").read_text("utf-8"))
    assert (ready["rework"], ready["pack"]) == (1, pack.digest)
    assert not (chained / "packs" / "2026-09" / "rework-2").exists()


def test_a_rework_that_was_stopped_before_it_was_sent_is_the_same_rework(
    chained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(chained, on("2026-10-02"))
    first = cs.Draw.load(chained / "packs" / "2026-09").unit_ids[0]
    month = Month(configured(chained), "2026-09", on("2026-10-05"))
    with ledger_of(chained) as ledger:
        ledger.record("returned_for_rework", first, by="ceo", at=AT, reason_code="tone")
        with monkeypatch.context() as patch:
            patch.setattr(cs.Ledger, "send", lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                render_again(month, ledger, [first])
        before = everything(chained)
        render_again(month, ledger, [first])
        assert everything(chained) == before
        assert ledger.history(first, population=POPULATION, period="2026-09").versions == 2


# Killed on the way


@pytest.fixture(scope="module")
def never_killed(three_months: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(three_months, tmp_path_factory.mktemp("never") / "months"))
    assert [outcome.state for outcome in go(folder).months] == ["sent"] * 3
    return folder


def assert_no_half_is_put_out(folder: Path, whole: Path) -> None:
    """'each whole or not at all': where ready.json is, all that it names is."""
    for path in (folder / "outbox").rglob("*"):
        if path.is_file() and path.suffix != ".part":
            assert path.read_bytes() == (whole / path.relative_to(folder)).read_bytes()
        if path.name == "ready.json":
            named = json.loads(path.read_text("utf-8"))["files"]
            assert {p.name for p in path.parent.iterdir()} >= {*named}


@pytest.mark.parametrize(
    ("where", "least", "first"), [("step", 18, 1), ("rename", 33, 3), ("commit", 15, 5)]
)
@pytest.mark.slow
def test_a_run_of_three_months_that_is_killed_anywhere_ends_as_if_it_never_was(
    three_months: Path, never_killed: Path, tmp_path: Path, where: str, least: int, first: int
) -> None:
    """'killed anywhere, it goes on where it stopped (a test kills it at every step)'"""
    counted = drive(Path(shutil.copytree(three_months, tmp_path / "0")), "due", where, 0)
    places = int(counted.stdout)
    assert places >= least
    files, told = everything(never_killed), events(never_killed)
    for number in some_of(places, first, every=12):
        folder = Path(shutil.copytree(three_months, tmp_path / str(number)))
        assert drive(folder, "due", where, number).returncode == -signal.SIGKILL
        assert_no_half_is_put_out(folder, never_killed)
        go(folder)
        assert everything(folder) == files
        assert events(folder) == told
        shutil.rmtree(folder)


def test_a_scheduler_whose_runs_are_killed_again_and_again_gets_there(
    three_months: Path, never_killed: Path, tmp_path: Path
) -> None:
    """Every third rename is its last, until there is nothing left to do."""
    folder = Path(shutil.copytree(three_months, tmp_path / "months"))
    for _ in range(60):
        ended = drive(folder, "due", "rename", 3)
        if ended.returncode == 0:
            break
        assert ended.returncode == -signal.SIGKILL
    assert ended.returncode == 0
    assert (everything(folder), events(folder)) == (everything(never_killed), events(never_killed))


# Two at once


@pytest.mark.slow
def test_two_schedulers_at_once_do_each_month_once(three_months: Path, tmp_path: Path) -> None:
    """'a lock': one works, the other is told to come back, and nothing is done twice."""
    # Both processes read the computer's clock, which must not be before it.
    order = ["ceosample", "run", "--json", "--at", on("2026-11-02").isoformat()]
    for number in range(3):
        folder = Path(shutil.copytree(three_months, tmp_path / str(number)))
        said = forked.run_together([order, order], folder=folder)
        codes = sorted(ended.returncode for ended in said)
        assert codes in ([0, 0], [0, 75]), said
        for ended in said:
            jsonschema.validate(json.loads(ended.stdout), cs.schema("run"))
        if codes == [0, 75]:
            assert "another run works on it" in "".join(ended.stderr for ended in said)
        for month in MONTHS[:2]:
            assert kinds(folder, month) == [
                "frozen", "method_stated", "seed_revealed", "drawn", "reconciled",
            ]  # fmt: skip
        (third,) = forked.run_together([order], folder=folder)
        assert json.loads(third.stdout)["state"] == "nothing-due"


def test_a_month_by_name_waits_for_the_run_of_what_is_due(chained: Path) -> None:
    """'One lock for all of a population's runs'"""
    configuration = configured(chained)
    with cs.files.locked(configuration.lock_folder):
        for more in ((), ("--period", "2026-09")):
            ended = ceosample(chained, "run", *more)
            assert (ended.code, "another run works on it" in ended.err) == (75, True)


# The page


def test_the_page_about_months_without_hands_says_what_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[1] / "docs/months-without-hands.md").read_text("utf-8")
    write_months(tmp_path, "2026-09", "2026-10", count=160, size=12)
    configure(tmp_path, ('# pickup = "outbox" ', 'pickup = "outbox" '))
    said = 0
    for block in re.findall(r"^```console\n(.*?)^```", page, re.M | re.S):
        for line, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M):
            done = command.ceosample(*shlex.split(line)[1:], folder=tmp_path)
            checker = doctest.OutputChecker()
            assert checker.check_output(expected, done.out, doctest.ELLIPSIS), done
            said += 1
    assert said == 6
    (mover,) = re.findall(r"^```sh\n(.*?)^```", page, re.M | re.S)
    subprocess.run(["sh", "-ec", mover], cwd=tmp_path, check=True)
    assert sorted(path.name for path in (tmp_path / "fetched").iterdir()) == ["2026-09", "2026-10"]
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"^```python\n(.*?)^```", page, re.M | re.S)
    exec(compile(code, "months-without-hands.md", "exec"), {})  # noqa: S102 - our own page
    assert capsys.readouterr().out == "[Period('2026-11')]\n"
    (toml,) = re.findall(r"^```toml\n(.*?)^```", page, re.M | re.S)
    named = tomllib.loads(toml)
    assert all(name in KEYS[table] for table, keys in named.items() for name in keys)
