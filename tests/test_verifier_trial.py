"""The verifier's page where somebody wants it to err: files, zips, ids, and what it leaves open."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import ceosample as cs
from browser import Room, opened
from ceosample.canonical import canonical_file
from ceosample.errors import CeosampleError, RecordError
from ceosample.evidence.archive import packed, unpacked
from ceosample.verification import DrawOutcome, explain
from generated_months import generated
from rooms import SEED
from test_verifier_browsers import given, page_file
from verifier_cases import RUN, Case

__all__ = ["page_file"]

QUICKNET = "drand-52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def room(browser: Browser, page_file: Path) -> Iterator[Room]:
    with opened(browser, page_file) as found:
        yield found


def drawn_of(ids: list[str], plan: cs.Plan, seed: cs.Seed = SEED) -> dict[str, bytes]:
    frame = cs.Frame.from_records(
        [{"id": one, "division": MARKUP} for one in ids],
        population="p", period="2026-10", unit_id="id", strata=["division"],
    )  # fmt: skip
    return dict(cs.draw(frame, plan, seed).files())


# One response's story


def told(folder: Path, unit_id: str, code: str | None = None) -> list[list[str]]:
    """What ``explain`` says, for staff and for the customer."""
    try:
        found = explain(folder, unit_id, code=code)
    except RecordError as error:
        return [[str(error)], []]
    return [
        [line.removeprefix("  ") for line in found.words().split("\n")],
        found.words("customer").split("\n"),
    ]


def asked_of(files: dict[str, bytes]) -> list[str]:
    """Ids of every kind: in the tables, in reserve, nearly one, none, and no id at all."""
    record = json.loads(files["draw.json"])
    rows = [
        next(iter(row))
        for name in ("manifest.csv", "exclusions.csv")
        for row in [*csv.reader(io.StringIO(files[name].decode(), newline=""))][1:]
    ]
    kept = [one["unit_id"] for one in record["reserves"][:3] + record["selections"][:3]]
    near = [
        rows[0].lower(),
        rows[-1].swapcase(),
        "UNIT_ID",
        "unit_id",
        rows[0][:-1],
        f"{rows[0]}x",
        "R",
        MARKUP,
        "constructor",
        "__proto__",
    ]
    return [*rows[::9], rows[-1], *kept, *near, "e\u0301", " x", "", "\u0378", "a\u200bb"]


def test_the_page_tells_a_response_s_story_in_the_words_of_explain(
    room: Room, tmp_path: Path
) -> None:
    """Staff and customer, drawn, in reserve, left out, absent; under rotation and ``waiting``."""
    outcomes = set()
    for number in (0, 1, 5, 9, 12, 28):  # of each kind of plan
        folder, files = tmp_path / str(number), generated(number)
        folder.mkdir()
        for name, data in files.items():
            (folder / name).write_bytes(data)
        given(room, files)
        ids = asked_of(files)
        shown = room.page.evaluate(
            """async (ids) => Promise.all(ids.map(async (number) => {
              const { lines, customer } = await ask("story", { number, code: "" });
              return [lines, customer];
            }))""",
            ids,
        )
        for unit_id, found in zip(ids, shown, strict=True):
            assert found == told(folder, unit_id), (number, unit_id)
            outcomes.add(found[0][0].rpartition(": ")[2].partition(" (")[0])
    assert {"drawn", "in reserve, not drawn", "not drawn", "left out of the frame"} <= outcomes


def test_a_number_and_its_code_are_read_as_explain_reads_them(room: Room, tmp_path: Path) -> None:
    """White space around a number, its form, and dashes that a program made of hyphens."""
    blinded = "432a83ac867fa5fd3cc632b5eb920ad1950518264abd8871ec8aeadda7a30e73"
    code = "000g-40r4-0m30-e209-185g-r38e-1w81-24gk-2gah-c5rr-34d1-p70x-3rfp"
    files = drawn_of(["a", blinded], cs.Plan(size=1))
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    given(room, files)
    for number in ("Beschwerde Nº 7", "\u0085 Beschwerde Nº 7\u3000", "Beschwerde No\u0308 7"):
        for typed in (code, code.upper().replace("-", "\u2013"), code.replace("-", "\u00a0")):
            shown = room.page.evaluate(
                "async (more) => ask('story', more)", {"number": number, "code": typed}
            )
            assert [shown["lines"], shown["customer"]] == told(tmp_path, number, typed)
    assert room.page.evaluate(
        "async (more) => (await ask('story', more)).lines[0]",
        {"number": "CR-1", "code": code.replace("-", "\u2028")},
    ).startswith("The code cannot be right")


def test_data_is_never_code_on_the_page(room: Room) -> None:
    """An id and a stratum of markup, in the story, in the picture and in its titles."""
    names = [MARKUP, "</title><script>alert(1)</script>", "javascript:alert(1)", "&lt;b&gt;"]
    assert given(room, drawn_of(names, cs.Plan(size=2))) == "ok: REPRODUCED"
    for name in names:
        room.page.locator("#id").fill(name)
        room.press("Enter")
        room.page.locator("#story").get_by_text(f"{name}: ", exact=False).first.wait_for()
        assert room.page.locator("#picture .mine title").text_content() == (
            f"{name}: {cs.draw(_frame(names), cs.Plan(size=4), SEED)[name].ticket}"
        )
    assert room.page.locator("#picture .name").first.inner_text().startswith(MARKUP)
    assert room.page.locator("main img, #story script, #picture script, main a").count() == 0
    count = room.page.evaluate("document.scripts.length")
    assert count == 2  # the page's own


def _frame(names: list[str]) -> cs.Frame:
    return cs.Frame.from_records(
        [{"id": one, "division": MARKUP} for one in names],
        population="p", period="2026-10", unit_id="id", strata=["division"],
    )  # fmt: skip


# Files


def chosen(room: Room, names: list[str], files: dict[str, bytes]) -> tuple[str, str]:
    """Give files under these paths, in this order, and read verdict and difference."""
    room.page.evaluate("document.getElementById('verdict').textContent = ''")
    room.page.evaluate(
        "(given) => take(given.map(([name, text]) => ({ name, file: new File([text], name) })))",
        [[name, files[name.rpartition("/")[2].lower()].decode("latin-1")] for name in names],
    )
    room.page.locator("#verdict:not(:empty)").wait_for()
    room.page.locator("#working").wait_for(state="hidden")
    return (
        room.page.locator("#verdict").inner_text(),
        room.page.locator("#difference").inner_text(),
    )


def test_files_of_which_one_would_be_passed_over_are_refused(room: Room) -> None:
    files = {**drawn_of([f"R-{n}" for n in range(9)], cs.Plan(size=2)), "evidence.zip": b"PK"}
    plain = ["draw.json", "manifest.csv", "exclusions.csv"]
    cannot = "This page could not check the files"
    assert chosen(room, [f"2026-10/{name}" for name in plain], files)[0] == "ok: REPRODUCED"
    verdict, why = chosen(room, [*plain, "old/draw.json"], files)
    assert (verdict, "are of two months" in why) == (cannot, True)
    assert not room.page.locator("#pictured, #one").first.is_visible()
    verdict, why = chosen(room, [*plain, "manifest.csv"], files)
    assert (verdict, why) == (cannot, "manifest.csv: is given twice; give each file once")
    for names in ([*plain, "evidence.zip"], ["evidence.zip", "EVIDENCE.ZIP"]):
        assert chosen(room, names, files)[0] == cannot
    assert chosen(room, ["EVIDENCE.ZIP"], files)[0] == "NOT ok: MALFORMED"
    verdict, why = chosen(room, plain[:1], files)
    assert (verdict, "manifest.csv: not there" in why) == ("NOT ok: MALFORMED", True)
    # The record of the choice before would be verified with tables of this one.
    verdict, why = chosen(room, ["DRAW.JSON", *plain[1:]], files)
    assert (verdict, why) == (cannot, "DRAW.JSON: is not called draw.json; give it that name")


def zips() -> Iterator[tuple[str, bytes]]:
    """Zips that another reader of zips would take, or that lost or got a byte."""
    files = {"SHA256SUMS": b"x\n", "index.json": b"{}\n", "months/2026-10/draw.json": b"{}" * 50}
    sound = packed(files)
    for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", kind) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        yield f"made by another program, {kind}", made.getvalue()
    other = packed({**files, "index.json": b"[]\n"})
    index = sound.index(b"PK\1\2")
    yield "with the index of another", sound[:index] + other[other.index(b"PK\1\2") :]
    for place in range(0, len(sound), 11):
        changed = bytes([sound[place] ^ 1])
        yield f"byte {place} changed", sound[:place] + changed + sound[place + 1 :]
    for name in ("../a", "/a", "a/../b", ".a", "a b", "é", "a" * 201, "__MACOSX/._a"):
        yield f"a name {name[:9]}", packed({**files, name: b""})
    yield "two names of one folder", packed({**files, "MONTHS": b""})
    yield "two names that differ by capitals", packed({**files, "INDEX.json": b""})
    yield from ((f"cut at {end}", sound[:end]) for end in (0, 4, 29, 60, 200, len(sound) - 1))
    yield from (("a byte more", sound + b"\0"), ("a byte before", b"\0" + sound))


def test_a_zip_that_the_library_does_not_read_is_read_by_no_page(room: Room) -> None:
    """One list of files has one zip: with the same words for each other one."""
    import base64

    wanted = []
    corpus = []
    for what, data in zips():
        try:
            unpacked(data, "evidence.zip")
        except CeosampleError as error:
            corpus.append({"evidence.zip": base64.b64encode(data).decode()})
            wanted.append((what, ["NOT ok: MALFORMED", f"First difference: {error.faults[0]}", []]))
    assert len(wanted) > 40
    script = RUN.replace("CASES", json.dumps(corpus))
    shown: list[Any] = room.page.evaluate(f"() => {{ {script} }}")
    for (what, told_there), found in zip(wanted, shown, strict=True):
        assert found == told_there, what


# What is left open


def test_what_the_page_does_not_check_is_named_and_counted(room: Room) -> None:
    """A round that no beacon signed: the library refuses it, and the page calls it open."""
    signature = "ab" * 48
    value = hashlib.sha256(bytes.fromhex(signature)).hexdigest()
    files = drawn_of([f"R-{n}" for n in range(9)], cs.Plan(size=2))
    record = json.loads(files["draw.json"])
    record["seed"] = {
        "value": value, "source": f"beacon:{QUICKNET}:7", "witnesses": [], "signature": signature,
    }  # fmt: skip
    frame = record["frame"]
    fields = {name: record[name] for name in ("scheme", "population", "period", "plan")} | {
        "manifest": frame["manifest"], "excluded": frame["excluded"], "earlier": [],
        "seed_source": record["seed"]["source"],
    }  # fmt: skip
    record["commitment"] = hashlib.sha256(canonical_file(fields)).hexdigest()
    with pytest.MonkeyPatch.context() as patch:  # the draw of a round that is made up
        patch.setattr(cs.Seed, "require_signed", lambda self: None)
        files = drawn_of([f"R-{n}" for n in range(9)], cs.Plan(size=2), cs.Seed(**record["seed"]))
    assert Case.of("forged", files).report.level is cs.verification.Level.SEED
    given_too = {"commitment-3fa9c1d2.tsr": b"0", "events.jsonl": b"{}\n"}
    assert given(room, {**files, **given_too}) == "ok: REPRODUCED; not checked here: 3"
    assert room.page.locator("#verdict").get_attribute("class") == "part"
    named = room.page.locator("#unchecked-list").inner_text()
    for words in (
        f"round 7 of {QUICKNET}",
        "with the extra beacon",
        "--stamp-root",
        "events.jsonl",
    ):
        assert words in named
    assert given(room, drawn_of(["a"], cs.Plan(size=1))) == "ok: REPRODUCED"
    assert not room.page.locator("#unchecked").is_visible()


def test_an_explanation_is_of_files_that_verify(tmp_path: Path) -> None:
    """A reason that no response has, and a round that its beacon did not sign."""
    files = drawn_of([f"R-{n}" for n in range(9)], cs.Plan(size=2))
    record = json.loads(files["draw.json"])
    record["frame"]["exclusions"]["duplicate"] = 3
    for name, data in {**files, "draw.json": canonical_file(record)}.items():
        (tmp_path / name).write_bytes(data)
    found = explain(tmp_path, "R-1")
    assert (found.outcome, found.level) == (DrawOutcome.UNPROVED, cs.verification.Level.FRAME)
