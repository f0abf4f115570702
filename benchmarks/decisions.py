"""A file of 60 decisions into a ledger of 100,000 events, beside another release.

Run: ``python benchmarks/decisions.py --against PATH [--events N]``; PATH is a checkout of the other
release, 0.1 or later. The ledger is a file of SQLite with 119 finished months, a register of people
and a last month of which every letter waits for its signature. Both releases take in the same
decisions, as the signing room's JSON and as an office's CSV, into copies of the same ledger, in
turns, each time in a process of its own; opening the ledger and reading the file are not in the
time. Medians are printed, and their ratio.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ledger_scale

DECISIONS = 60
ROUNDS = 9
FORMS = ("json", "csv")
LAST = f"{2017 + (ledger_scale.MONTHS - 1) // 12}-12"
AT = ledger_scale.END.isoformat()
COLUMNS = ("kind", "reason_code", "by", "at", "period")

#: Runs under either release: the names of 0.1 where there are no others.
TAKE = """
import datetime as dt, sys, time
from pathlib import Path
import ceosample
# A path without the package would leave the installed one to be measured in its place.
if not Path(ceosample.__file__).is_relative_to(sys.argv[3]):
    sys.exit(f"{sys.argv[3]}: got the code of {ceosample.__file__}; give a checkout of a release")
try:
    from ceosample.signoff.intake.decisions import Decisions
except ImportError:
    from ceosample.signoff.decisions import Decisions
from ceosample.signoff.ledger import Ledger

at = dt.datetime.fromisoformat(sys.argv[4])
with Ledger.open(sys.argv[1], create=False, clock=lambda: at) as ledger:
    decisions = Decisions.read(Path(sys.argv[2]))
    record_all = ledger.record_all if hasattr(ledger, "record_all") else ledger.take
    begin = time.perf_counter()
    events = record_all(decisions)
    print(time.perf_counter() - begin, len(events), events[-1].hash)
"""


def unfinished(events: int) -> Iterator[ledger_scale.Said]:
    """The events of ``ledger_scale`` with people, and the last month just sent."""
    role = {"from": "2016-01-01"}
    for number, said in enumerate(ledger_scale.said(events)):
        if said[3] != LAST or said[1] not in ("signed", "dispatched", "returned_for_rework"):
            yield said
        if number == 0:
            for person in range(120):
                payload = {"person": f"h-{person:03d}", "role": "handler", **role}
                yield "office", "role_granted", None, None, None, payload
            ceo = {"person": "ceo", "role": "signatory", **role}
            yield "office", "role_granted", None, None, None, ceo


def decisions(folder: Path, events: int) -> int:
    """50 signatures and ten letters sent back: what the signing room saves, and as a table.

    Returns how many there are: fewer in a ledger of small months.
    """
    sent: dict[str, dict[str, Any]] = {}
    for _, kind, _, period, unit_id, payload in unfinished(events):
        if period == LAST and kind == "sent_for_signature":
            sent[str(unit_id)] = payload
        elif period == LAST and kind == "withdrawn":
            del sent[str(unit_id)]
    pack = next(iter(sent.values()))["pack"]
    first = {unit_id: said for unit_id, said in sent.items() if said["pack"] == pack}
    rows = []
    for place, unit_id in enumerate([*first][:DECISIONS]):
        row = {"unit_id": unit_id, "letter": first[unit_id]["letter"], "kind": "signed"}
        if place % 6 == 5:
            row |= {"kind": "returned_for_rework", "reason_code": "tone"}
        rows.append({**row, "by": "ceo", "at": AT, "period": LAST})
    fields = {"scheme": "ceosample/1", "pack": pack, "decisions": rows}
    (folder / "decisions.json").write_text(json.dumps(fields), "utf-8")
    with (folder / "decisions.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, ["unit_id", "code", *COLUMNS])
        table.writeheader()
        for one in rows:
            cells = {name: one[name] for name in COLUMNS if name in one}
            table.writerow({"unit_id": one["unit_id"], "code": one["letter"][:8], **cells})
    return len(rows)


def seconds(tree: Path, ledger: Path, file: Path) -> tuple[float, str]:
    """One file taken in by a release, and what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(ledger, folder))
        source = str(tree.resolve() / "src")
        command = [sys.executable, "-c", TAKE, f"sqlite:///{copy}", str(file), source, AT]
        environment = {**os.environ, "PYTHONPATH": source}
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
    time, _, rest = done.stdout.partition(" ")
    return float(time), rest.split()[0]


def compare(trees: dict[str, Path], ledger: Path, file: Path, many: int, rounds: int) -> None:
    """One file with each release, in turns, and what that says."""
    times: dict[str, list[float]] = {name: [] for name in trees}
    for _ in range(rounds):
        for name, tree in trees.items():
            time, count = seconds(tree, ledger, file)
            assert count == str(many)
            times[name].append(time)
    for name, found in times.items():
        low, high = min(found), max(found)
        print(f"{name:6} {statistics.median(found) * 1000:7.1f} ms ({low:.3f} to {high:.3f} s)")
    ratio = statistics.median(times["other"]) / statistics.median(times["this"])
    print(f"{file.name}: {ratio:.1f} times as fast, {many} decisions, median of {rounds}")


def main() -> None:
    """Build, then measure both forms of the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, required=True)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    trees = {"other": asked.against, "this": Path(__file__).resolve().parents[1]}
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "signoff.db"
        # Both releases read what this one writes: the events' bytes never change.
        print(ledger_scale.build(f"sqlite:///{ledger}", asked.events, unfinished))
        many = decisions(ledger.parent, asked.events)
        for form in FORMS:
            compare(trees, ledger, ledger.with_name(f"decisions.{form}"), many, asked.rounds)


if __name__ == "__main__":
    main()
