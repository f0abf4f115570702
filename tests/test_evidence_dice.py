"""Time stamps and the minutes of the dice prove the order of a month, with the zip alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import ceosample as cs
import months
from ceosample.errors import RecordError
from ceosample.evidence import archive
from ceosample.verification import Evidence, EvidenceReport, verify_evidence
from command import asked
from stamping import answer, root
from test_evidence import made
from test_evidence_page import earlier

ROLLED = months.AT + dt.timedelta(hours=1)
BEFORE = ROLLED - dt.timedelta(minutes=30)
BOTH = ("2026-09", months.PERIOD)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """Two months, of which an authority stamped the commitment of the second before the dice."""
    folder = tmp_path_factory.mktemp("stamped")
    with made(folder) as (ledger, place):
        earlier(ledger, folder)
        freeze = next(e for e in ledger.events(period=months.PERIOD) if e.kind == "frozen")
        stamp = place / f"commitment-{freeze.hash[:8]}.tsr"
        stamp.write_bytes(answer(str(freeze.payload["commitment"]), at=BEFORE))
        return cs.verification.evidence(
            ledger, {BOTH[0]: folder / BOTH[0], BOTH[1]: place},
            population=months.POPULATION, first=BOTH[0], last=BOTH[1],
            as_of=months.LATER + dt.timedelta(days=1),
        )  # fmt: skip


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the month that was stamped, and the root's certificate next to it."""
    folder = tmp_path_factory.mktemp("one")
    with made(folder) as (ledger, place):
        freeze = next(e for e in ledger.events(period=months.PERIOD) if e.kind == "frozen")
        stamp = place / f"commitment-{freeze.hash[:8]}.tsr"
        stamp.write_bytes(answer(str(freeze.payload["commitment"]), at=BEFORE))
        cs.verification.evidence(
            ledger, {BOTH[1]: place}, population=months.POPULATION, first=BOTH[1], last=BOTH[1],
            as_of=months.LATER + dt.timedelta(days=1),
        ).save(folder / "evidence.zip")  # fmt: skip
    (folder / "root.pem").write_bytes(root().pem)
    return folder


def checked(folder: Path, rolled: dt.datetime | None) -> EvidenceReport:
    return verify_evidence(folder / "evidence.zip", stamp_roots=root().pem, rolled=rolled)


def test_the_time_of_the_dice_and_a_stamp_prove_the_order(one: Path) -> None:
    ended = asked(
        "verify", "evidence.zip", "--stamp-root", "root.pem", "--rolled", ROLLED.isoformat(),
        folder=one,
    )  # fmt: skip
    assert ended.code == 0, ended
    assert f"{months.PERIOD} ok: ORDER_PROVEN" in ended.out
    assert "not shown by this file, of" not in ended.out


def test_without_it_the_answer_says_what_to_give(one: Path) -> None:
    said = str(checked(one, None))
    assert f"{months.PERIOD} ok: REPRODUCED" in said
    assert "give its time by the minutes with --rolled" in said
    assert f"not shown by this file, of {months.PERIOD}: that the commitment is older" in said


def test_dice_that_were_rolled_before_the_stamp_prove_nothing(one: Path) -> None:
    report = checked(one, BEFORE - dt.timedelta(minutes=1))
    assert (report.ok, report.level.name) == (False, "MONTHS")


def test_a_time_needs_a_zone(one: Path) -> None:
    with pytest.raises(RecordError, match="rolled: no time zone"):
        checked(one, ROLLED.replace(tzinfo=None))


def test_one_time_is_not_that_of_two_months(file: Evidence, tmp_path: Path) -> None:
    (tmp_path / "evidence.zip").write_bytes(archive.packed(dict(file.files)))
    with pytest.raises(RecordError, match="one time for 2 months from dice, 2026-09, 2026-10"):
        checked(tmp_path, ROLLED)
