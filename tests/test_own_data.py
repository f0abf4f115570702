"""A stranger's first month: the page's commands on a firm's table, and on a real bank's."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import re
import subprocess
import time
import tomllib
from pathlib import Path

from playwright.sync_api import Browser

import own_data
from browser import opened
from ceosample import Draw
from ceosample.configuration import TEMPLATE
from pages import PROJECT, blocks, lines_of, run_console

PAGE = PROJECT / "docs/your-own-data.md"

#: The page's headings, and those of the bureau's table.
BUREAU = {
    '"complaints.csv"': '"complaints.csv.gz"',
    "Case no": "Complaint ID",
    "Answered": "Date submitted",
    "Status": "Company response to consumer",
    "Pending": "In progress",
    "Team": "Product",
    "size = 8": "size = 12",
}


#: Where the page's second way begins, and where its executive sits down at a browser.
SECOND = "## Begin with an Excel register and PDF letters"
ROOM = "### Sign in the browser"

FIRST_WAY = lines_of(PAGE, "", SECOND)


def configuration(lines: range = FIRST_WAY) -> str:
    (text,) = blocks(PAGE, "toml", lines)
    return text


def test_the_commands_of_the_page_end_in_a_closed_month(tmp_path: Path, commands: Path) -> None:
    """'gets from a clean clone to their own data's first signed-off month'"""
    own_data.give(tmp_path)
    (tmp_path / "ceosample.toml").write_text(configuration(), "utf-8")
    run_console(PAGE, tmp_path, lines=FIRST_WAY, commands=commands)
    assert list((tmp_path / "packs/2026-10").glob("closing-*.html"))
    first = (tmp_path / "packs/2026-10/pack.html").read_text("utf-8")
    assert "h-8" in first
    assert "We were wrong, and I am sorry." not in first
    again = (tmp_path / "packs/2026-10/rework-1/pack.html").read_text("utf-8")
    assert "We were wrong, and I am sorry." in again


def test_the_second_way_ends_in_a_month_that_was_signed_in_a_browser(
    browser: Browser, tmp_path: Path, commands: Path
) -> None:
    """'begins with an Excel register and a folder of PDF letters and ends with a signed, closed
    month, run by a test in a real browser'"""
    own_data.give_excel(tmp_path)
    (tmp_path / "ceosample.toml").write_text(configuration(lines_of(PAGE, SECOND)), "utf-8")
    run_console(PAGE, tmp_path, lines=lines_of(PAGE, SECOND, ROOM), commands=commands)
    month = tmp_path / "packs/2026-10"
    drawn = Draw.load(month).unit_ids
    with opened(browser, month / "room.html") as room:
        for unit_id in drawn:
            room.press("n")
            assert f"Our reference: {unit_id}" in room.page.locator(".current").inner_text()
            room.press("s")
        (tmp_path / "decisions.json").write_bytes(room.save())
    time.sleep(1)  # the page posts with `date -Iseconds`, which is no later in the same second
    run_console(PAGE, tmp_path, lines=lines_of(PAGE, ROOM), commands=commands)
    posted = {path.read_bytes() for path in (month / "letters").glob("*.pdf")}
    assert posted >= {(tmp_path / f"letters/{one}.pdf").read_bytes() for one in drawn}
    assert list(month.glob("closing-*.html"))


def test_every_key_of_the_page_is_in_what_init_writes() -> None:
    both = [configuration(), configuration(lines_of(PAGE, SECOND))]
    for name, table in (pair for text in both for pair in tomllib.loads(text).items()):
        assert f"[{name}]" in TEMPLATE
        for key in table:
            assert re.search(rf"^(# )?(\[\[source\.)?{key}( = |\]\])", TEMPLATE, re.M), key


def test_a_real_banks_month_goes_the_same_way(tmp_path: Path, shared: Path, commands: Path) -> None:
    """'12 letters of 886 eligible', in the bank's table of two months.

    Each of a dozen commands reads it; the whole table is read once, in test_real_data.py.
    """
    data = shared / "data/cfpb-one-bank-2017-05-to-2023-08.csv.gz"
    text = configuration()
    for ours, theirs in BUREAU.items():
        assert ours in text
        text = text.replace(ours, theirs)
    (tmp_path / "ceosample.toml").write_text(text, "utf-8")
    with gzip.open(data, "rt", encoding="utf-8", newline="") as lines:
        recent = [row for row in csv.DictReader(lines) if row["Date submitted"] >= "2023-06"]
    with gzip.open(tmp_path / "complaints.csv.gz", "wt", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, [*recent[0]])
        table.writeheader()
        table.writerows(recent)
    rows = [row for row in recent if row["Date submitted"] >= "2023-07"]
    own_data.write(
        tmp_path / "letters-2023-07.csv",
        ["Complaint ID", "Customer", "Postal address", "Re", "Letter text", "Handler", "Received"],
        (
            [row["Complaint ID"], "Ms Ann Example", f"1 High Street\n{row['State']}", row["Issue"],
             f"About your {row['Product']}.\n\nWe have put it right.", "h-1", row["Date submitted"]]
            for row in rows
        ),
    )  # fmt: skip

    def go(*words: str, ends: int = 0) -> str:
        command = [str(commands / "ceosample"), *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == ends, done.stderr
        return done.stdout

    month = ("--period", "2023-07")
    said = go("check", *month)
    assert "3484 rows: 886 eligible, 863 left out, 1735 of other months" in said
    assert "886 of 886 eligible letters have contents" in said
    go("run", *month, ends=75)
    dice = ("--dice", "83019274650192837465", "--witness", "audit", "--witness", "office")
    assert "12 letters, sent for signature" in go("run", *month, *dice)
    folder = tmp_path / "packs/2023-07"
    first, *others = Draw.load(folder).unit_ids
    assert len(others) == 11
    go("record", "returned_for_rework", first, "--by", "ceo", "--reason-code", "tone")
    go("rework", first, *month)
    sheet = csv.reader((folder / "attendance.csv").read_text("utf-8-sig").splitlines())
    header, *signed = (row[:2] for row in sheet if row[0].removeprefix("'") != first)
    own_data.write(tmp_path / "signed.csv", header, signed)
    of_others = ("--from", "signed.csv", "--at", dt.datetime.now(dt.UTC).isoformat())
    go("record", "signed", *of_others, "--by", "ceo")
    go("record", "signed", first, "--by", "ceo")
    assert "12 of 12 selected letters signed in person (100 %)" in go("status")
    go("close", *month, ends=3)
    of_others = (*of_others[:-1], dt.datetime.now(dt.UTC).isoformat())
    go("record", "dispatched", *of_others, "--by", "post-room")
    go("record", "dispatched", first, "--by", "post-room")
    assert "print it, sign it, keep it" in go("close", *month)
    assert go("verify", str(folder)).startswith("ok: REPRODUCED; pack PAGE: ")
