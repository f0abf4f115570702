"""A day is by the newest rules of its zone, whichever of its two databases a machine keeps up."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

import pytest
import tzdata

from ceosample import days, zone_rules
from ceosample.days import day_of, local
from ceosample.zone_rules import machine_version

#: Half an hour after the end of June in Alberta, and before it in Arizona.
EDGE = dt.datetime(2026, 7, 1, 6, 30, tzinfo=dt.UTC)
EDMONTON = "America/Edmonton"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine's database whose Alberta has the rules of Arizona: no summer time, UTC-7."""
    (tmp_path / "Europe").mkdir()
    (tmp_path / "America").mkdir()
    package = Path(str(tzdata.__file__)).parent / "zoneinfo" / "America"
    (tmp_path / EDMONTON).write_bytes((package / "Phoenix").read_bytes())
    caches = (zone_rules.zone, zone_rules.machine_version, days._zone, days._day)
    for one in caches:
        one.cache_clear()
    with monkeypatch.context() as patch:
        before = list(zoneinfo.TZPATH)
        zoneinfo.reset_tzpath(to=[str(tmp_path)])
        zoneinfo.ZoneInfo.clear_cache()
        yield tmp_path
        patch.undo()
        zoneinfo.reset_tzpath(to=before)
        zoneinfo.ZoneInfo.clear_cache()
    for one in caches:
        one.cache_clear()


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ("# version 1999a\n", "2026-07-01"),  # the package is newer
        ("# version 9999a\n", "2026-06-30"),
        (f"# version {tzdata.IANA_VERSION}\n", "2026-06-30"),
        ("", "2026-07-01"),
    ],
)
def test_a_day_is_by_the_newer_rules(database: Path, stated: str, day: str) -> None:
    (database / "tzdata.zi").write_text(stated)
    assert str(day_of(EDGE, EDMONTON)) == day
    assert repr(zone_rules.zone(EDMONTON)) == f"zoneinfo.ZoneInfo(key={EDMONTON!r})"


def test_a_zone_that_the_package_lacks_is_the_machine_s(database: Path) -> None:
    (database / "America" / "Atlantis").write_bytes((database / EDMONTON).read_bytes())
    assert str(day_of(EDGE, "America/Atlantis")) == "2026-06-30"


def test_a_moment_in_a_zone_of_the_package_can_be_copied(database: Path) -> None:
    moment = local(EDGE, EDMONTON)
    assert moment.isoformat() == "2026-07-01T00:30:00-06:00"
    for copied in (copy.deepcopy(moment), pickle.loads(pickle.dumps(moment))):  # noqa: S301
        assert (copied, copied.isoformat()) == (moment, moment.isoformat())


def test_a_version_is_what_the_first_database_states(tmp_path: Path) -> None:
    assert machine_version(()) == machine_version((str(tmp_path),)) == ""
    (tmp_path / "Europe").mkdir()
    (tmp_path / "+VERSION").write_text("2025b\n")
    assert machine_version(("/nowhere", str(tmp_path))) == "2025b"
