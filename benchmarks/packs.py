"""Packs of letters: seconds, and the most memory that all processes together can have had.

Run: ``python benchmarks/packs.py [--existing] [LETTERS ...]``, 60 and 5000 letters by default. Each
letter has a page of 350 words and a docket with a table; each is set twice, once for posting and
once in the pack. With ``--existing`` each letter is a PDF of two such pages that is read, shown,
and joined to its slip, and 60 letters are the default. Each figure is taken in a process of its
own, so that peaks of memory are its own. Only rendering is timed, from contents to the bytes of all
files: nothing is drawn or saved meanwhile. Next to the seconds stand those of processors, which
other work on the machine changes little; looking at memory is not counted.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import multiprocessing
import os
import resource
import sys
import threading
import time
from pathlib import Path
from typing import Any

import typst
from tqdm import tqdm

import ceosample as cs

SENTENCE = "We have looked again at what happened, and at what you told us on the telephone. "
LETTER = {
    "address": ["1 High Street", "Exampleton"],
    "salutation": "Dear Customer,",
    "subject": "Your complaint about a fee",
    "body": "\n\n".join([SENTENCE * 5] * 4),
    "closing": "Yours sincerely,",
}
DOCKET = {
    "owner": "h-001", "author": "h-002", "division": "Cards", "received": "2026-09-02",
    "contacts": {"telephone": 3, "email": 1},
}  # fmt: skip


def drawn(letters: int) -> cs.Draw:
    """All of a month of so many responses."""
    rows = [{"id": f"R-{number:05}", "division": "Cards"} for number in range(letters)]
    frame = cs.Frame.from_records(
        rows, population="responses", period="2026-10", unit_id="id", strata=["division"]
    )
    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    return cs.draw(frame, cs.Plan(size=letters), seed)


def existing(unit_ids: Any) -> dict[str, Any]:
    """Each letter is a finished PDF of two pages, made before anything is timed."""
    return {unit_id: {"letter": {"pdf": PDFS[unit_id]}, "docket": DOCKET} for unit_id in unit_ids}


#: The finished letters.
PDFS: dict[str, bytes] = {}


def write_letters(unit_ids: Any) -> None:
    """Set the letters that a case system would have."""
    page = "\n\n".join([SENTENCE * 5] * 4)
    for unit_id in unit_ids:
        source = f"Our reference: {unit_id}\n\n{page}\n#pagebreak()\n{page}"
        PDFS[unit_id] = typst.compile(source.encode(), format="pdf")


def contents(unit_ids: Any) -> dict[str, Any]:
    """One letter is not another's: its recipient is its own."""
    return {
        unit_id: {"letter": {**LETTER, "recipient": f"Customer of {unit_id}"}, "docket": DOCKET}
        for unit_id in unit_ids
    }


class Memory(threading.Thread):
    """The most memory that this process and its children have had together, looked at 50 times a
    second; Linux alone tells it."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0.0
        self.busy = 0.0  # the seconds of a processor that looking has taken

    def run(self) -> None:
        while Path("/proc/self").exists():
            self.most = max(self.most, sum(map(resident, ["self", *children()])))
            self.busy = time.thread_time()
            time.sleep(0.02)


def children() -> list[str]:
    """The processes that this one has started, by any of its threads."""
    found: list[str] = []
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended
            found += (task / "children").read_text("ascii").split()
    return found


def resident(pid: str) -> float:
    """The megabytes that a process holds; 0 if it has ended."""
    try:
        pages = int(Path("/proc", pid, "statm").read_text("ascii").split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return pages * resource.getpagesize() / 2**20


def processors() -> float:
    """The seconds of processors that this process and those that it ended have used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def measure(letters: int, exist: bool) -> None:
    """Render so many letters, and say how long it took and what it needed."""
    draw = drawn(letters)
    if exist:
        write_letters(draw.unit_ids)
    memory = Memory()
    memory.start()
    with tqdm(desc=f"{letters} letters", unit="pdf", file=sys.stderr) as bar:

        def progress(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        started, busy = time.perf_counter(), processors()
        pack = cs.render(
            draw, existing if exist else contents, date=dt.date(2026, 11, 2), pdf=True,
            progress=progress,
            signatory=cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive"),
        )  # fmt: skip
        seconds, busy = time.perf_counter() - started, processors() - busy - memory.busy
    page = len(pack.rendered["pack.html"]) / 2**20
    pdfs = [data for name, data in pack.files().items() if name.endswith(".pdf")]
    print(
        f"{letters:>6} letters: {seconds:6.1f} s, {busy:6.1f} s of processors "
        f"({letters / busy:.1f} letters for each), "
        f"{len(pdfs)} PDFs of {sum(map(len, pdfs)) / 2**20:.0f} MB; "
        f"a page of {page:.1f} MB; "
        f"memory of all processes at most {memory.most:.0f} MB"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("letters", nargs="*", type=int)
    parser.add_argument("--existing", action="store_true", help="letters that are PDFs already")
    asked = parser.parse_args()
    for size in asked.letters or ([60] if asked.existing else [60, 5000]):
        how = (size, asked.existing)
        process = multiprocessing.get_context("spawn").Process(target=measure, args=how)
        process.start()
        process.join()
        if process.exitcode:
            sys.exit(process.exitcode)
