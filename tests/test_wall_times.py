"""Times of an attendance table as the office's clock shows them, in the zone of the population."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import months
from ceosample.cli import cli
from ceosample.days import on_the_clock
from ceosample.errors import CeosampleError, LedgerError
from ceosample.signoff.intake.decisions import Decisions
from ceosample.signoff.ledger import Ledger

BERLIN = "Europe/Berlin"


@pytest.fixture
def month() -> Iterator[months.Month]:
    with months.open_ledger() as ledger:
        yield in_berlin(ledger)


def in_berlin(ledger: Ledger) -> months.Month:
    """A month that was frozen with its zone, and sent."""
    ledger.freeze(
        months.frame_of(), months.PLAN, seed_source="dice", by=months.SAMPLER, at=months.AT,
        zone=BERLIN,
    )  # fmt: skip
    found = months.drawn_with(months.SEED)
    registration = ledger.register(found, by=months.SAMPLER, at=months.AT)
    pack = months.pack_of(months.SEED, registration.hash, None, 1, months.AUTHOR, months.CEO)
    ledger.send(pack, by=months.OFFICE, at=months.AT)
    months.a_day_on(ledger)
    return months.Month(ledger, found, registration, pack)


def table(month: months.Month, at: str) -> bytes:
    code = month.digest()[:8]
    return f"unit_id,code,kind,at,by\n{month.first},{code},signed,{at},ceo\n".encode()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2026-11-02T14:05", "2026-11-02T14:05:00+01:00"),
        ("2026-11-02 14:05:30", "2026-11-02T14:05:30+01:00"),
        ("2026-11-02T14:05+00:00", "2026-11-02T14:05:00+00:00"),
        ("2026-11-02T14:05Z", "2026-11-02T14:05:00+00:00"),
    ],
)
def test_a_time_without_a_zone_is_in_the_population_s(
    month: months.Month, written: str, kept: str
) -> None:
    """'Attendance times without a zone are in the population's.'"""
    decisions = Decisions.from_csv(table(month, written))
    (event,) = month.ledger.record_all(decisions)
    assert event.at == kept
    with months.nothing_written(month.ledger):
        assert month.ledger.record_all(decisions) == (event,)


def test_a_time_given_once_for_all_rows_is_too(month: months.Month) -> None:
    at = dt.datetime.fromisoformat("2026-11-02T14:05")
    (event,) = month.ledger.record_all(Decisions.from_csv(table(month, ""), at=at))
    assert event.at == "2026-11-02T14:05:00+01:00"


@pytest.mark.parametrize("written", ["2026-11-02", "14:05", "02/11/2026 14:05", "20261102"])
def test_what_is_no_time_of_a_day_is_refused(month: months.Month, written: str) -> None:
    with pytest.raises(LedgerError, match=r"row 1, at: got '.*'; give a time with its zone, .*, or "
                       r"by the population's clocks, 2026-11-02T09:00$"):  # fmt: skip
        Decisions.from_csv(table(month, written))


def test_a_time_that_the_clock_showed_twice_is_refused(month: months.Month) -> None:
    with (
        months.nothing_written(month.ledger),
        pytest.raises(LedgerError, match=r"row 1 \(.*\), at: got 2026-10-25T02:30:00, which clocks "
                      r"in Europe/Berlin show twice; give its offset too"),
    ):  # fmt: skip
        month.ledger.record_all(Decisions.from_csv(table(month, "2026-10-25T02:30")))


def test_a_time_before_the_first_of_utc_is_refused(month: months.Month) -> None:
    with (
        months.nothing_written(month.ledger),
        pytest.raises(LedgerError, match="got 0001-01-01T00:10:00, which UTC does not have"),
    ):
        month.ledger.record_all(Decisions.from_csv(table(month, "0001-01-01T00:10")))


@pytest.mark.parametrize(
    ("wall", "zone", "words"),
    [
        ("2026-03-29T02:30", BERLIN, "never"),
        ("2026-10-25T02:30", BERLIN, "twice"),
        ("2026-03-29T01:30", "Europe/London", "never"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "never"),
    ],
)
def test_the_hours_around_a_change_of_the_clock(wall: str, zone: str, words: str) -> None:
    with pytest.raises(CeosampleError, match=f"show {words}; give its offset"):
        on_the_clock(dt.datetime.fromisoformat(wall), zone)


def test_a_month_without_a_zone_on_record_asks_for_the_offset() -> None:
    with pytest.raises(CeosampleError, match="which has no time zone; give its offset"):
        on_the_clock(dt.datetime.fromisoformat("2026-11-02T14:05"), None)


def test_the_command_takes_such_times_from_a_file_and_from_its_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["init"]).exit_code == 0
    text = Path("ceosample.toml").read_text()
    assert 'zone = "' in text
    with months.open_ledger("sqlite:///signoff.db") as ledger:
        month = in_berlin(ledger)
        Path("a.csv").write_bytes(table(month, ""))
    given = ["record", "--from", "a.csv", "--at", "2026-11-02T14:05"]
    done = CliRunner().invoke(cli, given, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    with months.open_ledger("sqlite:///signoff.db") as ledger:
        (event,) = [one for one in ledger.events() if one.kind == "signed"]
    assert event.at == "2026-11-02T14:05:00+01:00"
    other = ["record", "viewed", month.second, "--by", months.CEO, "--at", "2026-11-02"]
    assert CliRunner().invoke(cli, other).exit_code == 2
