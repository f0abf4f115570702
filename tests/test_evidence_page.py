"""From an evidence file to a verdict without Python: a zip, a browser, the documented steps."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import ceosample as cs
import months
from authority import SECRET, authority
from browser import Room, opened
from ceosample.evidence import archive
from ceosample.sampling.stamps.request import request
from ceosample.verification import Evidence, evidence
from needed import need
from pages import PROJECT
from stamping import answer, root
from test_evidence import AS_OF, agreeing, made, ran
from test_verifier_browsers import given, page_file, violations

__all__ = ["page_file"]

POPULATION = months.POPULATION
EARLIER = {"2026-08": "11112222333344445555", "2026-09": "24681357902468135790"}
STAMPED = "2026-09"


def earlier(ledger: cs.Ledger, folder: Path) -> None:
    """Two more months; the authority stamped the commitment of the second."""
    for period, digits in EARLIER.items():
        rows = [{"id": f"{period}-{n}", "division": "Cards"} for n in range(9)]
        frame = cs.Frame.from_records(
            rows, population=POPULATION, period=period, unit_id="id", strata=["division"]
        )
        frozen = ledger.freeze(frame, cs.Plan(size=2), seed_source="dice", by="sam", at=months.AT)
        draw = cs.draw(frame, cs.Plan(size=2), cs.Seed.from_dice(digits, witnesses=["audit"]))
        ledger.register(draw, by="sam", at=months.AT)
        draw.save(folder / period)
        if period == STAMPED:
            path = folder / period / f"commitment-{frozen.hash[:8]}.tsr"
            path.write_bytes(answer(draw.commitment))
            path.with_suffix(".tsq").write_bytes(request(draw.commitment, nonce=7))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    folder = tmp_path_factory.mktemp("three")
    with made(folder) as (ledger, place):
        earlier(ledger, folder)
        yield evidence(
            ledger,
            {**{period: folder / period for period in EARLIER}, months.PERIOD: place},
            population=POPULATION,
            first=min(EARLIER),
            last=months.PERIOD,
            as_of=AS_OF,
            key=cs.signing.SigningKey.from_pkcs12(authority().ceo.pkcs12(), SECRET),
        )


@pytest.fixture(scope="module")
def room(browser: Browser, page_file: Path) -> Iterator[Room]:
    with contextlib.ExitStack() as stack:
        yield stack.enter_context(opened(browser, page_file))


def told(room: Room, part: str) -> str:
    return " ".join(room.page.locator(f"#{part}").inner_text().split())


def shown(room: Room, files: dict[str, bytes]) -> str:
    return given(room, {"evidence.zip": archive.packed(files)})


def steps() -> list[str]:
    """The lines for the shell that the page of documentation tells an auditor to run, in order."""
    page = (PROJECT / "docs/evidence.md").read_text("utf-8")
    part = page.partition("## From the file to a verdict")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```", part, re.M | re.S)
    return [line for block in blocks for line in block.splitlines() if line]


def test_an_auditor_comes_from_the_zip_to_a_verdict_by_the_documented_steps(
    room: Room, found: Evidence, tmp_path: Path
) -> None:
    """'a page for an auditor goes from an evidence file to a verdict ... without Python'"""
    need(all(map(shutil.which, ("unzip", "openssl", "sha256sum"))), "no unzip, openssl, sha256sum")
    (tmp_path / "EVIDENCE.zip").write_bytes(found.to_zip())
    roots = {"-purpose any": authority().root.pem, "openssl ts": root().pem}
    done = []
    for line in steps():
        for part, pem in roots.items():
            if part in line:
                (tmp_path / "root.pem").write_bytes(pem)
        ended = ran(_filled(line, tmp_path), tmp_path)
        assert ended.returncode == 0, (line, ended.stderr)
        done.append((line.split()[0], ended.stdout + ended.stderr))
    said = dict(done)
    assert [program for program, _ in done] == [
        "sha256sum", "unzip", "sha256sum", "openssl", "p=$(printf", "openssl", "openssl",
    ]  # fmt: skip
    assert done[2][1] == ""
    assert "CMS Verification successful" in done[3][1]
    assert said["p=$(printf"] == f"head {found.check.head}\n"
    assert "Verification: OK" in done[5][1]
    assert "Time stamp: Nov  2 09:12:30 2026 GMT" in done[6][1]

    # Step 6: the page, by its own copy, and the zip as it was handed over.
    verdict = given(room, {"EVIDENCE.zip": (tmp_path / "EVIDENCE.zip").read_bytes()})
    count = room.page.locator("#left-list li, #unchecked-list li").count()
    assert verdict == f"ok: REPRODUCED; not checked here: {count}"
    assert told(room, "meaning") == "All 3 months: Drawn again, everything came out the same."
    assert str(found.check.head) in told(room, "whole-list")


def _filled(line: str, folder: Path) -> str:
    """A line with what an auditor puts in the place of the example."""
    (stamp,) = (folder / "months").glob("*/*.tsr") if (folder / "months").is_dir() else (None,)
    if stamp is None:
        return line
    index = (folder / "index.html").read_text("utf-8")
    (digest,) = re.findall(rf"-digest ([0-9a-f]{{64}}) -in months/{STAMPED}/{stamp.name} ", index)
    path = str(stamp.relative_to(folder))
    return re.sub(r"months/2026-10/commitment-\w+\.tsr", path, line).replace("DIGEST", digest)


def test_the_page_says_what_it_left_to_others_and_how_to_check_it(
    room: Room, found: Evidence
) -> None:
    shown(room, dict(found.files))
    listed = room.page.locator("#left-list .what").all_inner_texts()
    named = {name for names in listed for name in names.split(", ")}
    here = re.compile(r"SHA256SUMS|.*\.csv|.*\.tsq|.*/draw\.json")
    assert named == {name for name in found.files if not here.fullmatch(name)}
    lines = room.page.locator("#left-list pre").all_inner_texts()
    assert any(line.startswith("openssl cms -verify") for line in lines)
    (stamp,) = (line for line in lines if line.startswith("openssl ts"))
    record = found.files[f"months/{STAMPED}/draw.json"]
    assert f'"commitment":"{stamp.split()[4]}"'.encode() in record
    assert "2 files for time stamps, each of a digest of these events" in told(room, "whole-list")


def test_the_page_shows_which_file_answers_which_question(room: Room, found: Evidence) -> None:
    shown(room, dict(found.files))
    standards = room.page.locator("#standards details")
    assert standards.count() == 6
    first = standards.first
    first.locator("summary").click()
    assert "ISO 10002" in first.locator("summary").inner_text()
    assert "not checked against its source" in first.locator("summary").inner_text()
    assert "events.jsonl" in first.locator("dd").first.inner_text()


def test_each_month_can_be_looked_at(room: Room, found: Evidence) -> None:
    shown(room, dict(found.files))
    options = room.page.locator("#month option").all_inner_texts()
    assert [option.split(":")[0] for option in options] == [*EARLIER, months.PERIOD]
    assert "2026-10" in told(room, "notes")
    room.page.locator("#month").select_option(label="2026-08: REPRODUCED")
    room.page.get_by_text("complaint-responses, 2026-08").first.wait_for()
    room.page.locator("#id").fill("2026-08-3")
    room.page.locator("#look-up button").click()
    room.page.locator("#story p").first.wait_for()
    assert "2026-08-3" in told(room, "story")


CHANGES: dict[str, Any] = {
    "a month that is gone": ("months/2026-08/", None, "2026-08, ledger manifest.csv: is not"),
    "a sheet of no event": ("dice-", "months/2026-10/dice-00000000.html", "no event has a hash"),
    "a stamp of no event": (".tsr", "months/2026-09/head-00000000.tsr", "no event has a hash"),
    "a stamp of another digest": (".tsr", b"no token", "is no time stamp of"),
    "a sheet without its hash": ("dice-", b"<html>", "does not show the hash"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_page_names_a_change_that_the_index_agrees_with(
    what: str, room: Room, found: Evidence
) -> None:
    part, to, said = CHANGES[what]
    files = dict(found.files)
    for name in [name for name in files if part in name]:
        data = files.pop(name)
        if to is not None:
            files.update({name: to} if isinstance(to, bytes) else {to: data})
    files = agreeing(files)
    index = files["index.json"]
    files["index.json"] = re.sub(rb'"signed_by":"\w+"', b'"signed_by":null', index)
    verdict = shown(room, agreeing(files))
    assert verdict.startswith("NOT ok: "), verdict
    assert said in told(room, "whole-list")


def test_a_signature_that_was_taken_away_is_missed(room: Room, found: Evidence) -> None:
    files = {name: data for name, data in found.files.items() if name != "SHA256SUMS.p7s"}
    assert shown(room, files).startswith("NOT ok: ")
    assert "names a signature, and the file holds none" in told(room, "meaning")


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (390, "dark")])
def test_anyone_can_use_it(
    browser: Browser, page_file: Path, found: Evidence, width: int, scheme: Any
) -> None:
    with opened(browser, page_file) as room:
        room.page.set_viewport_size({"width": width, "height": 900})
        room.page.emulate_media(color_scheme=scheme)
        shown(room, dict(found.files))
        for one in room.page.locator("#standards summary").all():
            one.click()
        assert violations(room) == []
        assert room.page.evaluate("document.documentElement.scrollWidth") <= width
