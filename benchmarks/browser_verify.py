"""How long the verifier's page takes for a large month, next to ``cs.verify``, in one run.

Run: ``python benchmarks/browser_verify.py [--rows N] [--rounds N]``, a million rows and three
rounds by default. Each round verifies the same files with the library (Python, no engine) and with
the page in Chromium, one after the other. The browser's time is from the choice of the files to the
verdict. Its long tasks are those of the page's main thread, as the browser itself reports them
(Long Tasks API: 50 ms and more).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from playwright.sync_api import Browser

import browser as chromium
import ceosample as cs

DIVISIONS = (
    "Cards",
    "Loans",
    "Savings",
    "Mortgages",
    "Insurance",
    "Payments",
    "Online",
    "Branches",
)
NAMES = ("draw.json", "manifest.csv", "exclusions.csv")

#: In the page, before anything of its own: when the verdict is there, and what took long.
WATCH = """
window.tasks = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.tasks.push(entry.duration);
}).observe({ type: "longtask", buffered: true });
addEventListener("DOMContentLoaded", () => {
  document.getElementById("files").addEventListener("change", () => {
    window.tasks.length = 0;
    window.began = performance.now();
  }, true);
  new MutationObserver(() => { window.ended ??= performance.now(); }).observe(
    document.getElementById("verdict"), { childList: true });
});
"""


def month(rows: int, folder: Path) -> None:
    """The public files of a month of so many responses."""
    frame = cs.Frame.from_records(
        (
            {
                "id": f"CR-{number:08d}",
                "division": DIVISIONS[number * 7919 % 8],
                "why": "duplicate" if number % 50 == 0 else None,
            }
            for number in range(rows)
        ),
        population="complaint-responses", period="2026-10", unit_id="id", strata=["division"],
        exclusion="why",
    )  # fmt: skip
    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    cs.draw(frame, cs.Plan(size=60), seed).save(folder)


def in_browser(running: Browser, page_file: Path, folder: Path) -> tuple[float, float]:
    """Seconds from the choice to the verdict, and milliseconds of the longest task."""
    with running.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(600_000)
        page.add_init_script(WATCH)
        page.goto(page_file.as_uri())
        page.locator("#files").set_input_files([folder / name for name in NAMES])
        page.locator("#verdict:not(:empty)").wait_for()
        page.locator("#working").wait_for(state="hidden")
        verdict = page.locator("#verdict").inner_text()
        assert verdict == "ok: REPRODUCED", verdict
        took: float = page.evaluate("(window.ended - window.began) / 1000")
        longest: float = page.evaluate("Math.max(0, ...window.tasks)")
        return took, longest


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    ours, theirs, longest = [], [], []
    with (
        tempfile.TemporaryDirectory() as place,
        chromium.running(str(chromium.find())) as running,
    ):
        folder, page_file = Path(place, "month"), Path(place, "verifier.html")
        month(given.rows, folder)
        page_file.write_bytes(cs.verification.verifier_page())
        for _ in range(given.rounds):
            began = time.perf_counter()
            assert cs.verify(folder).ok
            ours.append(time.perf_counter() - began)
            took, task = in_browser(running, page_file, folder)
            theirs.append(took)
            longest.append(task)
    ratios = [page / library for page, library in zip(theirs, ours, strict=True)]
    print(f"{given.rows} rows, {given.rounds} rounds, medians")
    print(f"cs.verify, no engine: {statistics.median(ours):.2f} s")
    print(f"the page in Chromium: {statistics.median(theirs):.2f} s")
    print(f"ratio: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    print(f"longest task of the main thread: {max(longest):.0f} ms")


if __name__ == "__main__":
    main()
