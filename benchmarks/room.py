"""How long a signing room takes to open in Chromium: until it is painted, and until it is loaded.

Run: ``python benchmarks/room.py [--rounds N] [LETTERS | FILE.html ...]``, a room of 500 letters and
five rounds by default. Files are rooms that were saved before, by another release for example: all
are opened in turns, so that other work on the machine meets each alike. The times are those that
the browser itself keeps (Navigation Timing, Paint Timing), the best of the rounds and their median.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import statistics
import tempfile
from pathlib import Path

from packs import contents, drawn
from playwright.sync_api import Browser, sync_playwright

import ceosample as cs

#: In the page, once it is painted: milliseconds since the address was given.
TIMES = """() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => {
  const [loaded] = performance.getEntriesByType("navigation");
  const [painted] = performance.getEntriesByName("first-contentful-paint");
  done([loaded.loadEventEnd, painted?.startTime ?? NaN]);
}, 0)))"""


def room(letters: int, folder: Path) -> Path:
    """The signing room of so many letters of a page, as a file."""
    pack = cs.render(
        drawn(letters), contents, date=dt.date(2026, 11, 2), pdf=False,
        signatory=cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive"),
    )  # fmt: skip
    file = folder / f"{letters}-letters.html"
    file.write_bytes(pack.room())
    return file


def opened(browser: Browser, file: Path) -> tuple[float, float]:
    """The milliseconds until the room is loaded, and until it is painted, in its own window."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.goto(file.resolve().as_uri())
        loaded, painted = page.evaluate(TIMES)
        return loaded, painted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("rooms", nargs="*", default=["500"])
    given = parser.parse_args()
    programs = ("chromium-headless-shell", "chromium", "chromium-browser")
    program = next(filter(None, map(shutil.which, programs)), None)
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        files = [
            room(int(text), Path(folder)) if text.isdigit() else Path(text) for text in given.rooms
        ]
        browser = playwright.chromium.launch(
            executable_path=program, headless=True, args=["--disable-gpu", *as_root]
        )
        rounds = [[opened(browser, file) for file in files] for _ in range(given.rounds)]
        for file, times in zip(files, zip(*rounds, strict=True), strict=True):
            loaded, painted = zip(*times, strict=True)
            print(
                f"{file.name}: {file.stat().st_size / 2**20:.1f} MB; "
                f"loaded in {min(loaded):.0f} ms "
                f"(median {statistics.median(loaded):.0f}), painted in {min(painted):.0f} ms "
                f"(median {statistics.median(painted):.0f})"
            )
        browser.close()


if __name__ == "__main__":
    main()
