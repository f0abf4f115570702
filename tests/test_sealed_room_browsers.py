"""A sealed room in Chromium, Firefox and WebKit: its form, and what is typed stays sealed."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser

import webdriver
from browser import Room, opened
from ceosample import Decisions
from ceosample.sealed import envelope
from rooms import PACK
from thorough import first_of
from webdriver import Driven

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
PASSPHRASE = "abcd-efgh-jkmn-pqrs-tv00"
WORDS = "Say sorry to Ms Quillfeather first."


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sealed") / "room.html"
    path.write_bytes(PACK.room(passphrase=PASSPHRASE))
    return path


def unlock(room: Room, typed: str = PASSPHRASE) -> None:
    room.page.get_by_label("Passphrase", exact=True).fill(typed)
    room.press("Enter")


def wait_until_open(room: Room) -> None:
    room.button("Save decisions").wait_for()


def save(room: Room) -> tuple[str, bytes]:
    room.button("Save decisions").click()
    with room.page.expect_download() as download:
        room.button("Save the file").click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_the_form_is_said_and_does_what_it_says(browser: Browser, file: Path) -> None:
    """'has a label, can be pasted into, shows what is typed on request, speaks its error'"""
    with opened(browser, file, viewport={"width": 1200, "height": 800}) as room:
        page = room.page
        field = page.get_by_label("Passphrase", exact=True)
        assert field.evaluate("(one) => one === document.activeElement")
        assert (field.get_attribute("type"), field.get_attribute("autocomplete")) == (
            "password",
            "off",
        )
        assert "Five groups of four" in page.locator("#room-hint").inner_text()
        for typed, said in (
            ("", "Type or paste the passphrase."),
            ("abcd", "has 20 letters and digits, and this has 4"),
            ("abcd-efgh-jkmn-pqrs-tvu!", "has no u and no !"),
            ("0000-0000-0000-0000-0000", "does not open the room"),
        ):
            unlock(room, typed)
            alert = page.get_by_role("alert").filter(has_text=said)
            alert.wait_for()
            assert field.get_attribute("aria-invalid") == "true"
            described = str(field.get_attribute("aria-describedby")).split()
            assert alert.get_attribute("id") in described
            assert field.evaluate("(one) => one === document.activeElement")
        page.get_by_label("Show the passphrase").check()
        assert field.get_attribute("type") == "text"
        for width, scheme in ((1200, "light"), (390, "dark"), (320, "light")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.evaluate(AXE)
            found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
            assert [one["id"] for one in found["violations"]] == []
        assert page.evaluate("document.querySelectorAll('article, [data-kind]').length") == 0
        assert "setTimeout" not in page.locator("script").last.inner_text().split("openRoom")[0]


def test_a_paste_opens_it_and_nothing_that_is_typed_stays_in_clear(
    browser: Browser, file: Path, tmp_path: Path
) -> None:
    """'what is typed in the open room is not stored in clear', 'saved sealed with a fresh nonce'"""
    with opened(browser, file, permissions=["clipboard-read", "clipboard-write"]) as room:
        page = room.page
        copied = f"  {PASSPHRASE.upper().replace('-', ' ')} "
        page.evaluate("(text) => navigator.clipboard.writeText(text)", copied)
        page.get_by_label("Passphrase", exact=True).focus()
        room.press("Control+v")
        room.press("Enter")
        wait_until_open(room)
        assert page.evaluate("document.activeElement.matches('body > header h1')")
        room.press("n", "r")
        room.choose("Why", "tone")
        room.write("Comment for the writer (optional)", WORDS)
        assert page.locator("#room-form-form").get_attribute("autocomplete") == "off"
        room.submit()
        room.press("n", "s")
        names, files = zip(*(save(room) for _ in range(2)), strict=True)
        assert all(re.fullmatch(r"decisions-2026-10-.*-sealed\.json", name) for name in names)
        boxes = [base64.b64decode(json.loads(data)["sealed"]) for data in files]
        assert boxes[0][:68] == boxes[1][:68]
        assert boxes[0][68:80] != boxes[1][68:80]
        (tmp_path / names[0]).write_bytes(files[0])
        found = Decisions.read(tmp_path / names[0], passphrase=PASSPHRASE)
        assert [one.kind for one in found.decisions] == ["returned_for_rework", "signed"]
        assert found.decisions[0].what["text"] == WORDS

        kept = json.dumps(page.evaluate("history.state"))
        stored = page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
        assert stored == [0, 0, ""]
        for text in (WORDS, "tone", "returned", PACK.letters[0].unit_id + '"'):
            assert text not in kept
            assert all(text.encode() not in data for data in files)

        page.reload()
        unlock(room)
        wait_until_open(room)
        assert room.text("tally").startswith("2 of 3 decided")
        room.press("h", "n")
        assert room.entries == [f"Returned: tone. “{WORDS}”"]

        # A file of a room that was sealed before, with the same passphrase, and one with another.
        again = envelope.opened(boxes[0], envelope.DECISIONS, PASSPHRASE, "x")[1]
        for passphrase, said in ((PASSPHRASE, "is open"), ("0" * 20, "cannot be opened")):
            seal = envelope.Seal(passphrase, lambda n: b"n" * n)
            data = envelope.as_json(envelope.sealed(envelope.DECISIONS, PACK.digest, again, seal))
            room.open(data)
            page.get_by_text(f"decisions.json {said}").wait_for()


def test_where_the_browser_has_no_cryptography_the_page_says_what_to_do(
    browser: Browser, file: Path
) -> None:
    """`crypto.subtle` needs a secure context, which an address with http is not."""
    with browser.new_context() as context:
        page = context.new_page()
        page.route(
            re.compile("^http:"), lambda route: route.fulfill(path=file, content_type="text/html")
        )
        page.goto("http://intranet.example/room.html")
        assert page.evaluate("[isSecureContext, typeof crypto.subtle]") == [False, "undefined"]
        assert page.get_by_text("The letters cannot be opened at this address.").is_visible()
        assert page.locator("input:visible").count() == 0


def test_where_its_script_does_not_run_it_says_so(browser: Browser, file: Path) -> None:
    with opened(browser, file, java_script_enabled=False) as room:
        text = room.page.locator("body").inner_text()
        assert "this page cannot open them: its script did not run" in text
        assert room.page.locator("input:visible").count() == 0


@pytest.fixture(scope="module", params=first_of(1, ["webkit", "firefox"]))
def other_browser(request: pytest.FixtureRequest, drivers: Callable[[str], Driven]) -> Driven:
    return drivers(request.param)


def test_another_browser_opens_it_from_the_disk_and_saves_sealed(
    other_browser: Driven, file: Path
) -> None:
    other_browser.open(file)
    other_browser.press(*PASSPHRASE.upper(), "Enter")

    def said(script: str) -> Any:
        return other_browser.run(f"return {script}")

    webdriver.waited_for(lambda: said("!!document.querySelector('#room-bar')"), "the open room")
    other_browser.press("n", "s", "n", "t")
    for doing in ("review", "save"):
        other_browser.run(f"document.querySelector('[data-do={doing}]').focus()")
        other_browser.press("Enter")
    found = Decisions.from_json(other_browser.saved(), passphrase=PASSPHRASE)
    assert [one.kind for one in found.decisions] == ["signed", "taken_over"]
    webdriver.waited_for(lambda: said("history.state?.state"), "the state")
    assert "taken_over" not in json.dumps(said("history.state"))
