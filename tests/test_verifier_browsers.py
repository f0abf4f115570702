"""The verifier's page in Chromium and Firefox: what it finds is what the library finds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, FilePayload

import ceosample as cs
from browser import Room, opened
from ceosample import verification
from generated_months import generated, tampered
from rooms import PACK, SEED
from verifier_cases import Case, script_for
from verifier_strange import strange
from webdriver import Driven

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")

#: Months tried in a run; ``benchmarks/three_ways.py`` tries as many as one likes.
MONTHS = 12


def changed(files: dict[str, bytes], name: str, before: bytes, after: bytes) -> dict[str, bytes]:
    """Files of which one is changed and, if it is a table, named by the record as it then is."""
    assert before in files[name]
    found = {**files, name: files[name].replace(before, after, 1)}
    if name.endswith(".csv"):
        old, new = (hashlib.sha256(one[name]).hexdigest().encode() for one in (files, found))
        found["draw.json"] = files["draw.json"].replace(old, new)
    return found


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    found = [Case.of(f"month {n}", generated(n)) for n in range(MONTHS)]
    for n in range(2 * MONTHS):
        what, files = tampered(found[n % MONTHS].files, n)
        found.append(Case.of(f"month {n % MONTHS}, {what}", files))
    month = next(case.files for case in found if b'"size":' in case.files["draw.json"])
    edits = [
        ("draw.json", b"{", b"{ "),
        ("draw.json", b"{", b'{"a":1.5,'),
        ("draw.json", b"{", b'{"a":1,"a":1,'),
        ("draw.json", b"{", b"{\xff"),
        ("draw.json", b"}\n", b',"zz":"the board"}\n'),
        ("draw.json", b'"size":', b'"siez":'),
        ("draw.json", b'"size":', b'"cap":0,"minimum":-1,"power":"x","size":'),
        ("draw.json", b"ceosample/1", b"ceosample/2"),
        ("manifest.csv", b"\n", b"\r\n"),
        ("manifest.csv", b"\n", b"\nR\xc3,x\n"),
        ("manifest.csv", b"\n", b'\n"R\n'),
        ("manifest.csv", b"\n", b"\n\n"),
        ("manifest.csv", b"\nR", b"\n R"),
        ("manifest.csv", b"\nR", "\nR\u0378".encode()),
        ("manifest.csv", b"unit_id", b"id"),
        ("exclusions.csv", b"reason", b"why"),
        ("draw.json", b'"exclusions":{', b'"exclusions":{"a-reason":46,'),
        ("exclusions.csv", b"-", b"!"),
    ]
    found += [
        Case.of(str(edit), changed(month, *edit)) for edit in edits if edit[1] in month[edit[0]]
    ]
    return [*found, *strange()]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verifier") / "verifier.html"
    path.write_bytes(verification.verifier_page())
    return path


def as_the_library(cases: list[Case], shown: list[Any]) -> None:
    assert len(shown) == len(cases)
    for case, found in zip(cases, shown, strict=True):
        assert found == case.told, case.what
    levels = {case.report.level.name for case in cases}
    assert levels >= {"MALFORMED", "FRAME", "COMMITMENT", "ALLOCATION", "SELECTION", "REPRODUCED"}


def test_chromium_finds_what_the_library_finds(
    browser: Browser, page_file: Path, cases: list[Case]
) -> None:
    with opened(browser, page_file) as room:
        as_the_library(cases, room.page.evaluate(f"() => {{ {script_for(cases)} }}"))


def test_firefox_finds_what_the_library_finds(
    drivers: Callable[[str], Driven], page_file: Path, cases: list[Case]
) -> None:
    some = cases[::2]  # each kind of change is there more than once
    firefox = drivers("firefox")
    firefox.open(page_file)
    as_the_library(some, firefox.run(script_for(some)))


def asked(room: Room, kind: str, **more: Any) -> Any:
    """What the page's worker answers."""
    return room.page.evaluate("([kind, more]) => ask(kind, more)", [kind, more])


def test_its_sha_256_is_that_of_nist_and_of_the_browser(browser: Browser, page_file: Path) -> None:
    """FIPS 180-4's examples, as NIST's *SHA256.pdf* and *SHA2_Additional.pdf* have them."""
    vectors = {
        "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq": (
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        "a" * 1_000_000: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    }
    with opened(browser, page_file) as room:
        assert {text: asked(room, "hash", data=text) for text in vectors} == vectors
        differing = room.page.evaluate("""async () => {
          const found = [];
          for (let size = 0; size < 200; size++) {
            const data = Uint8Array.from({ length: size }, (_, i) => (i * 37 + size) % 256);
            const theirs = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
            const hex = [...theirs].map((one) => one.toString(16).padStart(2, "0")).join("");
            if ((await ask("hash", { data })) !== hex) found.push(size);
          }
          return found;
        }""")
        assert differing == []


def test_ids_are_in_the_order_of_their_bytes(browser: Browser, page_file: Path) -> None:
    """JavaScript orders by UTF-16, in which U+1F600 is before U+FB02."""
    texts = [
        "\ufb02",
        "\U0001f600",
        "a",
        "é",
        "\uffee",
        "\U00010000",
        "",
        "a\U0001f600",
        "a\ufb02",
        "\ud7ff",
    ]
    with opened(browser, page_file) as room:
        assert asked(room, "order", texts=texts) == sorted(texts)
        assert room.page.evaluate("(texts) => [...texts].sort()", texts) != sorted(texts)


def payloads(files: dict[str, bytes]) -> list[FilePayload]:
    return [
        {"name": Path(name).name, "mimeType": "application/octet-stream", "buffer": data}
        for name, data in files.items()
    ]


def given(room: Room, files: dict[str, bytes]) -> str:
    """Choose files, and wait for the verdict."""
    room.page.evaluate("document.getElementById('verdict').textContent = ''")
    room.page.locator("#files").set_input_files(payloads(files))
    return verdict_of(room)


def verdict_of(room: Room) -> str:
    room.page.locator("#verdict:not(:empty)").wait_for()
    room.page.locator("#working").wait_for(state="hidden")
    return room.page.locator("#verdict").inner_text()


def violations(room: Room) -> list[Any]:
    room.page.evaluate(AXE)
    found = room.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (390, "dark")])
def test_anyone_can_use_it(
    browser: Browser, page_file: Path, width: int, scheme: Any, cases: list[Case]
) -> None:
    """By keyboard, at both widths, in both colours; axe finds nothing."""
    sound, wrong = cases[0], next(case for case in cases if case.report.level.name == "SELECTION")
    view = {"width": width, "height": 800}
    with opened(browser, page_file, viewport=view, color_scheme=scheme) as room:
        assert violations(room) == []
        room.press("Tab")
        assert room.page.evaluate("document.activeElement.id") == "files"
        assert given(room, sound.files) == "ok: REPRODUCED"
        assert room.page.evaluate("document.activeElement.id") == "verdict"
        unit = json.loads(sound.files["draw.json"])["selections"][0]
        room.page.get_by_label("Its number, or its id in the record").fill(unit["unit_id"])
        room.press("Enter")
        story = room.page.locator("#story")
        story.get_by_text(f"{unit['unit_id']}: drawn (").wait_for()
        assert unit["ticket"] in story.inner_text()
        assert room.page.locator("#picture .mine").count() == 1
        assert violations(room) == []
        assert given(room, wrong.files) == "NOT ok: SELECTION"
        assert room.page.locator("#steps .bad").count() == 1
        assert violations(room) == []
        assert room.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_folder_is_chosen_and_files_are_dropped(
    browser: Browser, page_file: Path, tmp_path: Path, cases: list[Case]
) -> None:
    files = cases[0].files
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with opened(browser, page_file) as room:
        room.page.get_by_label("or choose the folder").set_input_files(tmp_path)
        assert verdict_of(room) == "ok: REPRODUCED"
        assert room.page.locator("#given li").count() == len(files)
        room.page.evaluate("document.getElementById('verdict').textContent = ''")
        room.page.evaluate(
            """(files) => {
              const dataTransfer = new DataTransfer();
              for (const [name, text] of files) dataTransfer.items.add(new File([text], name));
              document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
            }""",
            [[name, data.decode()] for name, data in files.items() if name != "manifest.csv"],
        )
        assert verdict_of(room) == "NOT ok: MALFORMED"
        assert "manifest.csv: not there" in room.page.locator("#difference").inner_text()


def test_a_code_finds_its_line(browser: Browser, page_file: Path) -> None:
    """The vectors of docs/record.md, "Blinded ids"."""
    blinded = "f8b24f4f820e9d26b2ad6c6425cfee26bb22b3b921d403bc367863de0ec458ca"
    code = "000g-40r4-0m30-e209-185g-r38e-1w81-24gk-2gah-c5rr-34d1-p70x-3rfp"
    frame = cs.Frame.from_records(
        [{"id": unit_id} for unit_id in ("a", blinded, "z")],
        population="complaint-responses", period="2026-10", unit_id="id",
    )  # fmt: skip
    with opened(browser, page_file) as room:
        given(room, cs.draw(frame, cs.Plan(size=1), SEED).files())
        room.page.get_by_label("Its number, or its id in the record").fill("CR-1042")
        room.page.get_by_label("The code in your letter").fill(code.upper().replace("-", " "))
        room.press("Enter")
        room.page.locator("#story").get_by_text(blinded).wait_for()
        room.page.get_by_label("The code in your letter").fill(code[:-1] + "q")
        room.press("Enter")
        room.page.locator("#story").get_by_text("cannot be right").wait_for()


def test_what_else_is_given_is_compared(browser: Browser, page_file: Path) -> None:
    """The pack and its letters, and what the dated paper says."""
    frame_files = {name: data for name, data in PACK.files().items() if not name.endswith(".pdf")}
    with opened(browser, page_file) as room:
        draw = draw_of_the_pack()
        assert given(room, {**draw, **frame_files}) == "ok: REPRODUCED; not checked here: 1"
        told = room.page.locator("#evidence-list").inner_text()
        assert "all 3 letters that were drawn are in the pack" in told
        letter = next(name for name in frame_files if name.startswith("letters/"))
        other = frame_files[letter].replace(b"fee", b"fie", 1)
        assert given(room, {**draw, **frame_files, letter: other}) == "NOT ok: REPRODUCED"
        assert letter in room.page.locator("#evidence-list .bad + div").first.inner_text()
        commitment = json.loads(draw["draw.json"])["commitment"]
        assert ordered(room, draw, commitment, "09:00") == "ok: ORDER_PROVEN"
        assert ordered(room, draw, commitment, "15:00") == "NOT ok: REPRODUCED"
        assert ordered(room, draw, "0" * 64, "09:00") == "NOT ok: REPRODUCED"
        assert ordered(room, draw, commitment, "25:00") == "NOT ok: REPRODUCED"
        assert "give date and time" in room.page.locator("#difference").inner_text()


def ordered(room: Room, draw: dict[str, bytes], commitment: str, time: str) -> str:
    given(room, draw)
    room.page.evaluate("document.querySelector('details').open = true")
    room.page.get_by_label("Hash on the sheet’s line Commitment").fill(commitment)
    room.page.get_by_label("Time on the paper").fill(f"2026-11-02T{time}:00+00:00")
    room.page.get_by_label("Time of the seed").fill("2026-11-02T14:30:00+00:00")
    room.page.evaluate("document.getElementById('verdict').textContent = ''")
    room.press("Enter")
    return verdict_of(room)


def draw_of_the_pack() -> dict[str, bytes]:
    """The public files of the draw whose letters the pack holds."""
    frame = cs.Frame.from_records(
        [{"id": f"R-{n}", "division": "Cards"} for n in (1, 2, 3)],
        population="complaint-responses", period="2026-10", unit_id="id", strata=["division"],
    )  # fmt: skip
    drawn = cs.draw(frame, cs.Plan(size=3), SEED)
    assert drawn.digest == PACK.draw
    return drawn.files()
