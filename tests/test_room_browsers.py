"""One script in Chromium, Firefox and WebKit: every action, by keyboard; the file to the byte."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from playwright.sync_api import Browser, Download, Page

import webdriver
from rooms import pack_of, plain, written
from test_room_locked import NOTE, one_byte_of_the_script, stripped
from webdriver import Driven

PACK = pack_of(plain(12))
TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d")


@attrs.define
class Played:
    """Chromium, by the same commands as the others."""

    page: Page
    downloads: list[Download] = attrs.Factory(list)

    def open(self, file: Path) -> None:
        self.page.on("download", lambda download: self.downloads.append(download))
        self.page.goto(file.as_uri())

    def press(self, *keys: str) -> None:
        for key in keys:
            if key.isascii():
                self.page.keyboard.press(key)
            else:  # no key of its keyboard
                self.page.keyboard.insert_text(key)

    def run(self, script: str) -> Any:
        return self.page.evaluate(f"() => {{ {script} }}")

    def saved(self) -> bytes:
        while not self.downloads:
            self.page.wait_for_timeout(20)
        return Path(self.downloads.pop().path()).read_bytes()


@pytest.fixture(scope="module")
def chromium(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[str]]:
    """What Chromium saves, and what it then shows of each letter."""
    with browser.new_context() as context:
        driven = Played(context.new_page())
        driven.open(written(tmp_path_factory.mktemp("chromium"), PACK))
        return decided(driven)


@pytest.fixture(scope="module", params=webdriver.OTHERS)
def other_browser(request: pytest.FixtureRequest, drivers: Callable[[str], Driven]) -> Driven:
    return drivers(request.param)


def test_another_browser_saves_the_same_file(
    other_browser: Driven, chromium: tuple[bytes, list[str]], tmp_path: Path
) -> None:
    """'Every action, keyboard, saving, and the saved file the same to the byte', times apart."""
    other_browser.open(written(tmp_path, PACK))
    data, shown = decided(other_browser)
    assert shown == chromium[1]
    assert TIME.sub(b"", data) == TIME.sub(b"", chromium[0])
    assert (
        len(TIME.findall(data)) == len(TIME.findall(chromium[0])) == 17
    )  # the file, and 16 entries
    kinds = {entry["kind"] for entry in json.loads(data)["decisions"]}
    actions = re.findall(r'kind: "(\w+)", key', written(tmp_path, PACK).read_text("utf-8"))
    assert kinds == set(actions)
    assert len(kinds) == 12

    other_browser.run("location.reload()")  # what is saved is kept with the tab
    webdriver.waited_for(lambda: "Loaded again" in text(other_browser, "#room-news"), "the state")
    assert text(other_browser, "#room-place") == "Letter 12 of 12"
    assert text(other_browser, "#room-tally").startswith("10 of 12 decided")


@pytest.mark.parametrize("change", [stripped, one_byte_of_the_script])
def test_another_browser_says_that_the_script_did_not_run(
    other_browser: Driven, tmp_path: Path, change: Any
) -> None:
    file = written(tmp_path, PACK)
    file.write_text(change(file.read_text("utf-8")), "utf-8")
    other_browser.open(file)
    assert NOTE in text(other_browser, "#room-locked")
    seen = (
        "return [...document.querySelectorAll('button')].filter((b) => b.checkVisibility()).length"
    )
    assert other_browser.run(seen) == 0


# ---- The script --------------------------------------------------------------------------------


def decided(on: Driven) -> tuple[bytes, list[str]]:
    """Every action in turn, by keys; the file that is saved, and each letter's entries on show."""
    shown = []
    for keys, fields, words in STEPS:
        on.press("n", *keys)
        for name, value in fields.items():
            chosen(on, name, value)
        if words is not None:
            on.run("document.querySelector('#room-form textarea').focus()")
            on.press(*words)
        if fields or words is not None:
            on.run("document.querySelector('#room-form-submit').focus()")
            on.press("Enter")
        shown.append(re.sub(r"\d\d:\d\d ", "", text(on, ".current .said")))
    on.press("o")
    on.press("s", "n", "d")  # typed nowhere: the title has the focus, and a dialog takes no keys
    on.press("Escape", "x", "ArrowLeft")
    assert text(on, "#room-place") == "Letter 11 of 12"
    on.press("ArrowRight", "u")  # what was put off is decided at last
    on.press("l")
    on.run("document.querySelector('[data-do=review]').focus()")
    on.press("Enter")
    on.run("document.querySelector('[data-do=save]').focus()")
    on.press("Enter")
    return on.saved(), shown


#: For each letter: the keys, the fields that are chosen, the words that are typed.
STEPS: list[tuple[str, dict[str, str], list[str] | None]] = [
    ("s", {}, None),
    ("r", {"reason_code": "tone"}, [*"Say sorry: 'Grüße' <b>", "Enter", *'& "Ω" first.']),
    ("d", {"reason_code": "not-mine"}, None),
    ("e", {"reason_code": "systemic"}, [*"The third."]),
    ("t", {}, None),
    ("g", {"to": "other=dep-1"}, None),
    ("sf", {"verdict": "defective"}, [*"Late."]),
    ("sw", {"colleague": "h-2", "reason_code": "kind-tone"}, None),
    ("sc", {"outcome": "asked", "channel": "telephone"}, None),
    ("so", {}, [*"Look again."]),
    ("i", {"reason_code": "duplicate"}, [*"Twice?"]),
    ("l", {}, None),
]


def chosen(on: Driven, name: str, value: str) -> None:
    """Take an option of a list, or write another value than those of the list."""
    option, _, own = value.partition("=")
    on.run(
        f"const list = document.getElementById('room-{name}'); list.value = {json.dumps(option)};"
        "list.dispatchEvent(new Event('change'));"
    )
    on.press(*own)


def text(on: Driven, selector: str) -> str:
    found = on.run(f"return document.querySelector({json.dumps(selector)})?.textContent ?? ''")
    return " ".join(str(found).split())
