"""The hash on a dated commitment sheet, with the evidence file alone: by command, and by page."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import ceosample as cs
import months
from browser import Room, opened
from ceosample.errors import LedgerError, RecordError
from ceosample.verification import verify_evidence
from command import asked
from pages import PROJECT
from test_evidence import MONTH, made
from test_evidence_page import earlier
from test_verifier_browsers import given, page_file, verdict_of

__all__ = ["page_file"]

DATED, ROLLED = "2026-11-02T09:10:00+00:00", "2026-11-02T09:30:00+00:00"
TIMES: dict[str, Any] = {
    "dated": dt.datetime.fromisoformat(DATED),
    "rolled": dt.datetime.fromisoformat(ROLLED),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip and its unpacked files, where there is no configuration and no ledger."""
    folder = tmp_path_factory.mktemp("handed")
    with made(folder / "firm") as (ledger, place):
        earlier(ledger, folder / "firm")
        periods = ("2026-09", months.PERIOD)
        found = cs.verification.evidence(
            ledger,
            {periods[0]: folder / "firm" / periods[0], periods[1]: place},
            population=months.POPULATION, first=periods[0], last=periods[1],
            as_of=months.LATER + dt.timedelta(days=1),
        )  # fmt: skip
    home = folder / "auditor"
    home.mkdir()
    found.save(home / "evidence.zip")
    for name, data in found.files.items():
        (home / "u" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "u" / name).write_bytes(data)
    return home


def events(home: Path) -> list[dict[str, Any]]:
    lines = (home / "u/events.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def hash_of(home: Path, kind: str, period: str = months.PERIOD) -> str:
    """The hash of an event, which the next one holds."""
    found = events(home)
    place = next(n for n, e in enumerate(found) if (e["kind"], e["period"]) == (kind, period))
    return str(found[place + 1]["previous"])


def commitment(home: Path, period: str = months.PERIOD) -> str:
    return str(json.loads((home / f"u/months/{period}/draw.json").read_bytes())["commitment"])


def paper(head: str, dated: str = DATED) -> list[str]:
    return ["--head", head, "--dated", dated, "--rolled", ROLLED]


# The command


def test_the_zip_and_a_sheet_prove_the_order_of_the_month_that_it_froze(home: Path) -> None:
    """'an auditor cannot reach ORDER_PROVEN by command with the evidence file alone'"""
    head = hash_of(home, "frozen")
    ended = asked("verify", "evidence.zip", *paper(head), folder=home)
    assert ended.code == 0, ended.err
    assert "2026-09 ok: REPRODUCED" in ended.out
    assert f"{months.PERIOD} ok: ORDER_PROVEN" in ended.out
    assert f"under the head {head} on dated paper: there by {DATED}" in ended.out


def test_a_sheet_that_is_younger_than_the_dice_is_a_difference(home: Path) -> None:
    head = hash_of(home, "frozen")
    ended = asked("verify", "evidence.zip", *paper(head, "2026-11-02T09:31:00+00:00"), folder=home)
    assert (ended.code, "which is not before the seed's" in ended.out) == (1, True), ended.out


def test_the_zip_says_which_line_of_the_sheet_it_takes(home: Path) -> None:
    told = asked("verify", "evidence.zip", *paper(commitment(home)), folder=home)
    assert told.code == 1
    assert "it is the commitment that event 3 froze; give the hash on the sheet's line Event" in (
        told.out
    )
    told = asked("verify", "evidence.zip", *paper(hash_of(home, "signed")), folder=home)
    wanted = "(signed); give the hash on a commitment sheet's line Event"
    assert (told.code, wanted in told.err) == (65, True), told.err
    # The freeze of a month of the ledger that the file does not hold.
    told = asked("verify", "evidence.zip", *paper(hash_of(home, "frozen", "2026-08")), folder=home)
    assert (told.code, "2026-08, and this file has no draw of that commitment" in told.err) == (
        65, True,
    )  # fmt: skip


def test_a_month_of_the_zip_is_verified_without_a_configuration(home: Path) -> None:
    """'`verify u/months/2026-10 --head E ... --ledger u/events.jsonl` works'"""
    line = ["verify", f"u/{MONTH}", *paper(hash_of(home, "frozen"))]
    ended = asked(*line, "--ledger", "u/events.jsonl", folder=home)
    assert (ended.code, ended.out.splitlines()[0]) == (0, "ok: ORDER_PROVEN"), ended
    assert "this folder holds no letters, so none was compared" in ended.out
    assert "give --ledger with its URL" in asked(*line, folder=home).err
    line = ["verify", f"u/{MONTH}", *paper(commitment(home))]
    ended = asked(*line, "--ledger", "u/events.jsonl", folder=home)
    assert (ended.code, "give the hash on the sheet's line Event" in ended.err) == (65, True)
    # One letter's page is enough for the ledger to be asked what it sent.
    (home / f"u/{MONTH}/pack.html").write_bytes(b"")
    line = ["verify", f"u/{MONTH}", *paper(hash_of(home, "frozen"))]
    ended = asked(*line, "--ledger", "u/events.jsonl", folder=home)
    (home / f"u/{MONTH}/pack.html").unlink()
    assert (ended.code, "NOT ok: pack MALFORMED" in ended.out) == (1, True)


def test_a_file_of_events_that_was_changed_is_refused(home: Path, tmp_path: Path) -> None:
    data = (home / "u/events.jsonl").read_bytes()
    changed = data.replace(b'"kind":"signed"', b'"kind":"rework"', 1)
    assert changed != data
    (tmp_path / "events.jsonl").write_bytes(changed)
    line = ["verify", str(home / f"u/{MONTH}"), *paper(hash_of(home, "frozen"))]
    ended = asked(*line, "--ledger", "events.jsonl", folder=tmp_path)
    assert ended.code == 65, ended
    assert "events.jsonl" in ended.err


def test_times_go_with_the_hash(home: Path) -> None:
    for more in ({"dated": TIMES["dated"]}, TIMES, {"head": "0" * 64, "rolled": TIMES["rolled"]}):
        with pytest.raises(RecordError, match="give all three"):
            verify_evidence(home / "evidence.zip", **more)
    naive = {"head": "0" * 64, **TIMES, "dated": TIMES["dated"].replace(tzinfo=None)}
    with pytest.raises(RecordError, match="dated: no time zone"):
        verify_evidence(home / "evidence.zip", **naive)


def test_a_ledger_says_which_line_of_the_sheet_a_head_is_on() -> None:
    """'`verify --head` given the commitment: say so'"""
    with months.open_ledger() as ledger:
        month = months.sent(ledger)
        with pytest.raises(LedgerError, match="event 3 froze; give the hash on the sheet's line"):
            ledger.receipt(month.draw, head=month.draw.commitment, **TIMES)
        receipt = cs.verification.Receipt(ledger.head or "", TIMES["dated"], TIMES["rolled"], "it")
        drawn = month.draw
        told = cs.verification.verify_record(
            drawn.files()["draw.json"], drawn.files()["manifest.csv"],
            drawn.files()["exclusions.csv"], receipt=receipt,
        )  # fmt: skip
        assert str(told.first_difference).endswith("; give the hash on the sheet's line Commitment")


@pytest.mark.parametrize("page", ["auditor.md", "evidence.md"])
def test_the_commands_of_the_pages_run(page: str, home: Path) -> None:
    """Each line of the documentation with --dated, where the reader has what it says."""
    text = (PROJECT / "docs" / page).read_text("utf-8")
    lines = re.findall(r"^ceosample (verify .*--dated.*)$", text, re.M)
    assert len(lines) == {"auditor.md": 1, "evidence.md": 2}[page]
    for line in lines:
        place = home if "evidence.zip" in line else home / "u"
        ended = asked(*line.replace("HASH", hash_of(home, "frozen")).split(), folder=place)
        assert (ended.code, "ORDER_PROVEN" in ended.out) == (0, True), (line, ended)


# The page


@pytest.fixture(scope="module")
def room(browser: Browser, page_file: Path) -> Iterator[Room]:
    with opened(browser, page_file) as found:
        yield found


def shown(room: Room, home: Path, value: str) -> list[str]:
    """The verdict, what it means and the first difference, with a value of the sheet."""
    given(room, {"evidence.zip": (home / "evidence.zip").read_bytes()})
    room.page.evaluate("document.querySelector('details').open = true")
    room.page.get_by_label("Hash on the sheet’s line Commitment").fill(value)
    room.page.get_by_label("Time on the paper").fill(DATED)
    room.page.get_by_label("Time of the seed").fill(ROLLED)
    room.page.evaluate("document.getElementById('verdict').textContent = ''")
    room.press("Enter")
    return [verdict_of(room)] + [
        room.page.locator(part).text_content() or "" for part in ("#meaning", "#difference")
    ]


def test_the_page_takes_either_line_of_the_sheet(room: Room, home: Path) -> None:
    """'Make the page accept either where it can know (it has events.jsonl in an evidence file)'"""
    for value in (commitment(home), hash_of(home, "frozen")):
        assert shown(room, home, value)[0].startswith("ok: REPRODUCED")  # the other month is that
        step = room.page.locator("#steps li").last.inner_text()
        assert "passes" in step
        assert room.page.locator("#month option:checked").inner_text() == "2026-10: ORDER_PROVEN"
    assert f"under the head {value} on the paper that was given" in step
    # The month that it is for is the one that is shown.
    shown(room, home, hash_of(home, "frozen", "2026-09"))
    assert room.page.locator("#month option:checked").inner_text() == "2026-09: ORDER_PROVEN"


def test_the_page_says_which_line_a_value_should_be_from(room: Room, home: Path) -> None:
    verdict, meaning, difference = shown(room, home, "0" * 64)
    assert verdict == "NOT ok: REPRODUCED"
    assert meaning.endswith("What you gave of the paper does not show the order.")
    assert difference.endswith("; give the hash on the sheet's line Commitment")
    difference = shown(room, home, hash_of(home, "signed"))[2]
    assert "(signed), which is no freeze; give the hash on the sheet's line" in difference
    difference = shown(room, home, hash_of(home, "frozen", "2026-08"))[2]
    assert "which froze complaint-responses, 2026-08, under the commitment" in difference
