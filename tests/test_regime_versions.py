"""A new version of a regime: what stays on record, and which open letters ``check`` tells of."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

import ceosample as cs
from ceosample import job
from ceosample.configuration import Configuration
from ceosample.letters.contents.moved_due_dates import moved_due_date
from inputs import configure, write_month
from months import SEED

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)

OWN = """
id = "fca-disp-1.6.2r"
name = "Our reading of the rule"
version = "{version}"
source = "the board"
checked = "yes"
fits = ["before-issue"]
{more}
[ombudsman]
name = "The Umpire"
website = "www.umpire.example"
[[deadline]]
name = "final"
amount = {weeks}
unit = "weeks"
from = "received"
roll = "none"
zone = "Europe/London"
"""


def regime(version: str, weeks: int, more: str = "") -> str:
    return OWN.format(version=version, weeks=weeks, more=more)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month whose letters are out for signature, dated by version 1 of a regime."""
    folder = tmp_path_factory.mktemp("sent")
    write_month(folder, "2026-10")
    configure(
        folder,
        ("# pdf = true", "pdf = false"),
        ("# [deadlines]", "[deadlines]"),
        ('# regimes = ["our-own.toml"]', 'regimes = ["our-own.toml"]'),
    )
    (folder / "our-own.toml").write_text(regime("1", 8), "utf-8")
    configuration = Configuration.load(folder / "ceosample.toml")
    month = job.Month(configuration, "2026-10", AT)
    with cs.Ledger.open(configuration.ledger_url) as ledger:
        job.run(month, ledger)
        job.run(month, ledger, seed=SEED)
    return folder


@pytest.fixture
def folder(sent: Path, tmp_path: Path) -> Path:
    shutil.copytree(sent, tmp_path / "month")
    return tmp_path / "month"


def deadlines(folder: Path) -> Any:
    """What ``check`` says of the deadlines."""
    configuration = Configuration.load(folder / "ceosample.toml")
    report = job.check(job.Month(configuration, "2026-10", AT))
    return next(part for part in report.parts if part.name == "deadlines")


def rendered(folder: Path) -> dict[str, Any]:
    """What the ledger holds of each letter's rendering."""
    url = Configuration.load(folder / "ceosample.toml").ledger_url
    with cs.Ledger.open(url) as ledger:
        return {str(e.unit_id): e.payload for e in ledger.events() if e.kind == "rendered"}


def test_a_new_version_that_moves_dates_is_told_and_the_record_stays(folder: Path) -> None:
    """'`check` tells which open letters a new version moves'"""
    before = rendered(folder)
    assert deadlines(folder).state == "ok"
    (folder / "our-own.toml").write_text(regime("2", 6), "utf-8")
    part = deadlines(folder)
    assert part.state == "look"
    count = len(before)
    assert f"{count} of {count} open letters" in part.said[1]
    told = {line.split()[1]: line for line in part.said[2:]}
    assert told.keys() == before.keys()
    for unit_id, payload in before.items():
        now = dt.date.fromisoformat(payload["received"]) + dt.timedelta(42)
        assert told[unit_id] == (
            f"letter {unit_id} of 2026-10: due {payload['due']} by version 1 of fca-disp-1.6.2r, "
            f"and {now} by version 2"
        )
    assert rendered(folder) == before
    assert {payload["regime_version"] for payload in before.values()} == {"1"}


def test_a_new_version_that_gives_the_same_dates_moves_nothing(folder: Path) -> None:
    (folder / "our-own.toml").write_text(regime("2", 8), "utf-8")
    part = deadlines(folder)
    assert (part.state, len(part.said)) == ("ok", 1)


def test_a_version_that_is_not_for_these_complaints_is_told(folder: Path) -> None:
    (folder / "our-own.toml").write_text(regime("2", 8, "in_force = 2026-12-01"), "utf-8")
    part = deadlines(folder)
    assert part.state == "look"
    assert (
        "and version 2 gives no date (regime fca-disp-1.6.2r, final, received: got" in part.said[2]
    )


def test_letters_whose_contents_are_gone_are_compared_by_their_record(folder: Path) -> None:
    (folder / "letters-2026-10.jsonl").unlink()
    (folder / "our-own.toml").write_text(regime("2", 6), "utf-8")
    assert deadlines(folder).state == "look"
    (folder / "our-own.toml").write_text(regime("2", 8), "utf-8")
    assert deadlines(folder).state == "ok"


def test_letters_that_have_gone_are_not_told(folder: Path) -> None:
    url = Configuration.load(folder / "ceosample.toml").ledger_url
    gone, *others = sorted(rendered(folder))
    with cs.Ledger.open(url) as ledger:
        subject = {"population": "complaint-responses", "period": "2026-10"}
        ledger.record("lapsed", gone, **subject, by="someone", at=AT, reason_code="no-time-to-sign")
    (folder / "our-own.toml").write_text(regime("2", 6), "utf-8")
    assert {line.split()[1] for line in deadlines(folder).said[2:]} == {*others}


RECORDED = {
    "regime": "housing-ombudsman",
    "regime_version": "1",
    "received": "2026-10-01",
    "due": "2026-10-15",
}


@pytest.mark.parametrize(
    ("changes", "docket", "said"),
    [
        # Without its docket any deadline of the regime can be meant.
        ({}, None, None),
        (
            {"due": "2026-10-16"},
            None,
            "due 2026-10-16 by version 1 of housing-ombudsman, and 2026-10-08 or 2026-10-15 or "
            "2026-10-29 or 2026-11-26 by version 2",
        ),
        ({}, {"regime": "housing-ombudsman:stage-1", "received": "2026-10-01"}, None),
        (
            {},
            {"regime": "housing-ombudsman:stage-2", "received": "2026-10-01"},
            "due 2026-10-15 by version 1 of housing-ombudsman, and 2026-10-29 by version 2",
        ),
        ({"regime_version": "2", "due": "2026-12-31"}, None, None),
        ({"regime": "House rules"}, None, None),
        ({"due": None, "received": None}, None, None),
    ],
)
def test_what_a_new_version_makes_of_one_letter(
    changes: dict[str, Any], docket: dict[str, Any] | None, said: str | None
) -> None:
    assert moved_due_date({**RECORDED, **changes}, cs.regimes.DueDatePolicy(), docket) == said
