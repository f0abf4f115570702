"""A real browser for the tests: the installed Chromium, headless; and a signing room open in it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FilePayload,
    Locator,
    Page,
    Request,
    sync_playwright,
)

from needed import PATIENCE

#: What Chromium is called, in the order of preference. The headless shell is the same engine
#: without a browser's windows around it: a signing room in it takes a quarter of the processor.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

ARGUMENTS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

#: What a saved file is called: the month, the pack's code, and the date and time.
SAVED = re.compile(r"decisions-\d{4}-\d\d-[0-9a-f]{8}-\d{4}-\d\d-\d\d-\d{6}\.json")

#: Run in the page before anything of its own: what its policy stopped is kept.
_LISTEN = """
window.stopped = [];
addEventListener("securitypolicyviolation", (event) =>
  window.stopped.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""


def find() -> str | None:
    """The path of Chromium."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextlib.contextmanager
def running(program: str) -> Iterator[Browser]:
    """Start Chromium with a profile of its own, and stop it afterwards."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []  # it refuses to be root's in a sandbox
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, headless=True, args=[*ARGUMENTS, *as_root]
        )
        yield browser
        browser.close()


@attrs.define
class Room:
    """A signing room, open in a browser.

    Attributes:
        page: the browser's.
        asked: what it asked for, by address.
        complaints: errors of its script, and what the browser wrote to its console.
    """

    page: Page
    asked: list[str]
    complaints: list[str]

    @property
    def stopped(self) -> list[str]:
        """What the page's policy stopped."""
        found: list[str] = self.page.evaluate("window.stopped")
        return found

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def choose(self, label: str, value: str) -> None:
        """Take an option of a list by its value; one's own where the list has no such option."""
        field = self.dialog.get_by_label(label, exact=True)
        options = field.locator("option").evaluate_all("all => all.map((one) => one.value)")
        field.select_option(value if value in options else "other")
        if value not in options:
            self.page.keyboard.type(value)  # the line for it has the focus

    def write(self, label: str, text: str) -> None:
        self.dialog.get_by_label(label, exact=True).fill(text)

    def submit(self) -> None:
        self.dialog.locator("button[type=submit]").click()

    def save(self) -> bytes:
        """The file that the room saves."""
        self.button("Save decisions").click()
        with self.page.expect_download() as download:
            self.button("Save the file").click()
        assert SAVED.fullmatch(download.value.suggested_filename)
        return Path(download.value.path()).read_bytes()

    def saved(self) -> list[dict[str, Any]]:
        """The decisions of the file that the room saves."""
        decisions: list[dict[str, Any]] = json.loads(self.save())["decisions"]
        return decisions

    def open(self, data: bytes, name: str = "decisions.json") -> None:
        """Give the room a saved file."""
        file: FilePayload = {"name": name, "mimeType": "application/json", "buffer": data}
        self.page.locator("#room-file").set_input_files(file)

    def text(self, name: str) -> str:
        """What stands in a part of the room, white space folded."""
        return " ".join(self.page.locator(f"#room-{name}").inner_text().split())

    @property
    def entries(self) -> list[str]:
        """What is decided about the letter on show, without the times."""
        found = self.page.locator(".current .said .what").all_inner_texts()
        return [line.partition(" ")[2] for line in found]


@contextlib.contextmanager
def opened(browser: Browser, file: Path, **context: Any) -> Iterator[Room]:
    """Open a page from the disk. Whatever happens, it asks for nothing else and nothing breaks."""
    with browser.new_context(**context) as made:
        page = made.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        room = Room(page, [], [])
        page.add_init_script(_LISTEN)
        page.on("request", lambda request: _note(room.asked, request))
        page.on("pageerror", lambda error: room.complaints.append(str(error)))
        page.on("console", lambda message: _hear(room.complaints, message))
        page.goto(file.as_uri())
        yield room
        # A worker that a page makes of its own text has an address in memory, blob:.
        assert {one for one in room.asked if not one.startswith("blob:")} == {file.as_uri()}
        assert room.complaints == []
        if context.get("java_script_enabled", True):
            assert room.stopped == []


def _note(asked: list[str], request: Request) -> None:
    asked.append(request.url)


def _hear(complaints: list[str], message: ConsoleMessage) -> None:
    complaints.append(message.text)
