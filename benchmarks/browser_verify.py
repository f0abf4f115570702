"""How long the verifier's page takes for a large month, next to ``cs.verify``, in one run.

Run: ``python benchmarks/browser_verify.py [--rows N] [--rounds N]``, a million rows and three
rounds by default. Each round verifies the same files with the library (Python, no engine) and with
the page in Chromium, one after the other. The browser's time is from the choice of the files to the
verdict. Its long tasks are those of the page's main thread, as the browser itself reports them
(Long Tasks API: 50 ms and more). On Linux it prints processor time as well, of the library and of
all of the browser's processes: on a machine with other work, that is the ratio to go by.
"""

from __future__ import annotations

import argparse
import os
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


def processor_time_below() -> float:
    """Seconds of processor time of all processes that this one started; 0 where /proc is not."""
    used: dict[int, float] = {}
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(") ")[2].split()
        except OSError:
            continue  # it ended meanwhile
        number = int(stat.parent.name)
        parents[number] = int(fields[1])
        used[number] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return sum(seconds for number, seconds in used.items() if _is_below(number, parents))


def _is_below(number: int, parents: dict[int, int]) -> bool:
    while number in parents:
        number = parents[number]
        if number == os.getpid():
            return True
    return False


def in_browser(running: Browser, page_file: Path, folder: Path) -> tuple[float, float, float]:
    """Seconds from the choice to the verdict, ms of the longest task, and processor time."""
    with running.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(600_000)
        page.add_init_script(WATCH)
        page.goto(page_file.as_uri())
        before = processor_time_below()
        page.locator("#files").set_input_files([folder / name for name in NAMES])
        page.locator("#verdict:not(:empty)").wait_for()
        page.locator("#working").wait_for(state="hidden")
        verdict = page.locator("#verdict").inner_text()
        assert verdict == "ok: REPRODUCED", verdict
        took: float = page.evaluate("(window.ended - window.began) / 1000")
        longest: float = page.evaluate("Math.max(0, ...window.tasks)")
        return took, longest, processor_time_below() - before


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    ours, theirs, longest = [], [], []
    library_used, page_used = [], []
    with (
        tempfile.TemporaryDirectory() as place,
        chromium.running(str(chromium.find())) as running,
    ):
        folder, page_file = Path(place, "month"), Path(place, "verifier.html")
        month(given.rows, folder)
        page_file.write_bytes(cs.verification.verifier_page())
        for _ in range(given.rounds):
            began, used = time.perf_counter(), time.process_time()
            assert cs.verify(folder).ok
            ours.append(time.perf_counter() - began)
            library_used.append(time.process_time() - used)
            took, task, used = in_browser(running, page_file, folder)
            theirs.append(took)
            longest.append(task)
            page_used.append(used)
    ratios = [page / library for page, library in zip(theirs, ours, strict=True)]
    print(f"{given.rows} rows, {given.rounds} rounds, medians")
    print(f"cs.verify, no engine: {statistics.median(ours):.2f} s")
    print(f"the page in Chromium: {statistics.median(theirs):.2f} s")
    print(f"ratio: {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    print(
        f"processor time: {statistics.median(library_used):.2f} s, "
        f"and {statistics.median(page_used):.2f} s of all the browser's processes"
    )
    print(f"longest task of the main thread: {max(longest):.0f} ms")


if __name__ == "__main__":
    main()
