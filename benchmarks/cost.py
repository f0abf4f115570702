"""How cost grows with the number of rows: the way that README shows, the command, and peers.

Run: ``python benchmarks/cost.py`` (some minutes), or in parts: ``--rows 1e4 1e5 1e6 1e7``, ``--runs
1e3 1e4`` for ``ceosample run``, ``--only growth peers kinds run``, ``--kinds-at 1e5``. ``--write
docs/cost.md`` puts the tables in place of those of the page. What is not there, takes
too much, or did not begin ``--within`` so many seconds is named with its reason.

Each line is a process of its own, measured in seconds of the processor, so that other work on the
machine matters little. What ends quickly is done again, and the best counts. Ours is a frame
(freeze), its commitment, a draw of 400 letters, saved, and verified from its files. Ratios are to a
bare loop over the same ids that computes each one's SHA-256 and nothing else, in the same run.
Peers draw and no more: none checks an id, commits to a frame, or can be verified by others.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import hashlib
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE / "tests"))

LETTERS = 400
PHASES = ("freeze", "commit", "draw", "save", "verify")
KINDS = ("pyarrow", "pandas", "polars", "csv", "records")
PARTS = ("growth", "peers", "kinds", "run")
#: The marks between which a page has the tables.
BEGIN, END = "<!-- benchmarks/cost.py: begin -->", "<!-- benchmarks/cost.py: end -->"
#: Seconds of the processor that a measurement takes, if it is done again for that.
AT_LEAST = 0.3
#: Above it a dict for each row, and a peer that is Python throughout, are left out.
MOST_IN_PYTHON = 1_000_000
SEED = "83019274650192837465"

Work = Callable[[], object]


def columns_of(rows: int, strata: int, names: str) -> dict[str, list[str]]:
    """Ids in no order, in strata of about equal sizes; the same on each machine."""
    chance = random.Random(7)
    form = {"ascii": "CR-%08d", "not-ascii": "Gw\u0175n-%08d"}[names]
    ids = [form % number for number in range(rows)]
    chance.shuffle(ids)
    return {"id": ids, "division": [f"Division {chance.randrange(strata)}" for _ in ids]}


def best(work: Work) -> float:
    """The fewest seconds of the processor that some work takes."""
    taken: list[float] = []
    while not taken or sum(taken) < AT_LEAST:
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def chain(rows: int, strata: int, names: str, kind: str) -> dict[str, float]:
    """Seconds of each step from a table to a draw that is verified."""
    import ceosample as cs

    columns = columns_of(rows, strata, names)
    plan = cs.Plan(size=LETTERS) if strata <= LETTERS else cs.Plan(size=LETTERS, allocation="srs")
    named: dict[str, Any] = {
        "population": "complaint-responses",
        "period": "2026-10",
        "unit_id": "id",
        "strata": ["division"],
    }
    seed = cs.Seed.from_dice(SEED, witnesses=["benchmark"])
    _ = cs.Frame, cs.draw, cs.verify, cs.commit  # loads what is loaded late
    with tempfile.TemporaryDirectory() as folder:
        table = _table(kind, columns, Path(folder))
        del columns
        freeze: Any = {"csv": cs.Frame.from_csv, "records": cs.Frame.from_records}.get(
            kind, cs.Frame.from_dataframe
        )
        found: dict[str, Any] = {}

        def done_again(name: str, work: Work) -> float:
            began = time.process_time()
            found[name] = work()
            return time.process_time() - began

        steps: dict[str, Work] = {
            "freeze": lambda: freeze(table, **named),
            "commit": lambda: cs.commit(found["freeze"], plan, seed_source="dice"),
            "draw": lambda: cs.draw(found["freeze"], plan, seed=seed),
            "save": lambda: found["draw"].save(f"{folder}/draw"),
            "verify": lambda: cs.verify(f"{folder}/draw"),
        }
        rounds: list[dict[str, float]] = []
        # The first of a quick one pays for what is loaded late.
        while len(rounds) < 1 + (rows <= 100_000) or sum(map(_sum, rounds)) < AT_LEAST:
            rounds.append({name: done_again(name, work) for name, work in steps.items()})
        assert found["verify"].level.name == "REPRODUCED", found["verify"]
    return {name: min(one[name] for one in rounds) for name in PHASES}


def _sum(steps: dict[str, float]) -> float:
    return sum(steps.values())


def _table(kind: str, columns: dict[str, list[str]], folder: Path) -> Any:
    if kind == "csv":
        with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([[*columns], *zip(*columns.values(), strict=True)])
        return folder / "table.csv"
    if kind == "records":
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    if kind == "pyarrow":
        import pyarrow

        return pyarrow.table(columns)
    if kind == "pandas":
        import pandas

        return pandas.DataFrame(columns)
    import polars

    return polars.DataFrame(columns)


def peer(tool: str, rows: int, strata: int) -> dict[str, float]:
    """Seconds of one peer: those of ``benchmarks/warehouse.py``, and the bare loop."""
    import pyarrow
    import warehouse

    columns = columns_of(rows, strata, "ascii")
    if tool == "hashlib":
        return {tool: best(lambda: bare(columns["id"]))}
    with warehouse.TOOLS[tool](pyarrow.table(columns), LETTERS, strata) as work:
        return {tool: best(work)}


def bare(ids: list[str]) -> None:
    """The SHA-256 of each id behind a key, and nothing else."""
    new = hashlib.sha256(b"0" * 32 + b",").copy
    for unit_id in ids:
        number = new()
        number.update(unit_id.encode())
        number.digest()


def whole_run(rows: int) -> dict[str, float]:
    """``ceosample run`` of a month from its CSV file: it freezes and draws; then it sends.

    Between the two the texts of the letters that were drawn are written, as a case system does.
    """
    import ceosample as cs
    import due_months

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        due_months.write_months(folder, "2026-10", size=12)
        due_months.with_chain(folder, "2026-10")
        table, letters = folder / "responses-2026-10.csv", folder / "letters-2026-10.jsonl"
        text = json.loads(letters.read_text("utf-8").splitlines()[0])
        head, *few = table.read_text("utf-8").splitlines()
        with table.open("w", encoding="utf-8") as file:
            file.write(f"{head}\n")
            file.writelines(
                f"CR-{number:08},{few[number % len(few)].partition(',')[2]}\n"
                for number in range(rows)
            )
        letters.write_text(json.dumps(text) + "\n", "utf-8")
        first = _run(folder, 65)
        drawn = cs.Draw.load(folder / "packs" / "2026-10").unit_ids
        lines = [json.dumps({**text, "unit_id": unit_id}) for unit_id in drawn]
        letters.write_text("\n".join(lines) + "\n", "utf-8")
        second = _run(folder, 0)
    return {
        "freeze and draw": first[0],
        "render and send": second[0],
        "MB": max(first[1], second[1]),
    }


def _run(folder: Path, code: int) -> tuple[float, float]:
    """Seconds of the processor and the most megabytes that one run takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "ceosample", "run", "--config", "ceosample.toml"]
    command += ["--at", "2026-11-02T09:00:00+00:00"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss / 1024


ONES: dict[str, Callable[..., dict[str, float]]] = {"chain": chain, "peer": peer, "run": whole_run}


def asked(within: float, what: str, *arguments: object) -> dict[str, float] | str:
    """What a process of its own measures, or why it does not."""
    if time.monotonic() > within:
        return "the seconds of `--within` were over"
    command = [sys.executable, __file__, "--one", json.dumps([what, *arguments])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=3600)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no reason given"])[-1][:160]
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


class Tables:
    """The lines of the page, printed as they come."""

    def __init__(self, within: float) -> None:
        self._within = time.monotonic() + within
        self.lines: list[str] = []
        self._waiting: list[str] = []
        self.skipped: dict[str, list[str]] = {}
        self._hash: dict[int, float] = {}

    def say(self, *lines: str) -> None:
        """Add lines, below the heading that waits for them if they are of its table."""
        added = [*(self._waiting if lines[0].startswith("|") else []), *lines]
        self._waiting = []
        self.lines += added
        print(*added, sep="\n", flush=True)

    def section(self, *lines: str) -> None:
        """Begin a section, which is left out if its table has no line."""
        self._waiting = [*lines]

    def table(self, *head: str) -> None:
        """Begin a table."""
        self._waiting += ["", row(head), row(["---"] * len(head))]

    def skip(self, what: str, why: str) -> None:
        """Name what is not measured."""
        self.skipped.setdefault(why, []).append(what)

    def asked(self, what: str, *arguments: object) -> dict[str, float] | str:
        """What is measured, or why not."""
        return asked(self._within, what, *arguments)

    def hashing(self, rows: int) -> float:
        """Seconds of the bare loop over so many ids, whatever the time is."""
        if rows not in self._hash:
            found = asked(float("inf"), "peer", "hashlib", rows, 8)
            assert not isinstance(found, str), found
            self._hash[rows] = found["hashlib"]
        return self._hash[rows]

    def chain(self, words: str, rows: int, *asked_for: object) -> None:
        """A line of ours."""
        found = self.asked("chain", rows, *asked_for)
        if isinstance(found, str):
            self.skip(f"{words}, {rows:,} rows", found)
            return
        whole = sum(found.values())
        each = [f"{found[name]:.3f}" for name in PHASES]
        ratio = f"{whole / self.hashing(rows):.1f}"
        self.say(row([words, *each, f"{whole:.3f}", f"{whole / rows * 1e6:.1f}", ratio]))


def row(cells: Any) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def growth(tables: Tables, given: argparse.Namespace) -> None:
    """Ours, by the number of rows."""
    tables.section("", "## By the number of rows", "", "pyarrow, 8 strata, ids in ASCII.")
    tables.table("rows", *PHASES, "all", "microseconds a row", "times a bare hash")
    for rows in given.rows:
        tables.chain(f"{rows:,}", rows, 8, "ascii", "pyarrow")


def kinds(tables: Tables, given: argparse.Namespace) -> None:
    """Ours, by the kind of table, and what is in it."""
    rows = given.kinds_at
    tables.section("", "## By the kind of table", "", f"{rows:,} rows.")
    tables.table("table", *PHASES, "all", "microseconds a row", "times a bare hash")
    for kind in KINDS:
        if kind == "records" and rows > MOST_IN_PYTHON:
            tables.skip(f"records, {rows:,} rows", "a dict for each row takes gigabytes")
            continue
        for names, strata in (("ascii", 8), ("not-ascii", 8), ("ascii", 10_000)):
            said = {"ascii": "", "not-ascii": ", not ASCII"}[names]
            many = f", {strata:,} strata" if strata > 8 else ""
            tables.chain(f"{kind}{said}{many}", rows, strata, names, kind)


def peers(tables: Tables, given: argparse.Namespace) -> None:
    """What others take for a draw of as many letters."""
    import warehouse

    tables.section("", "## Peers", "", f"Seconds for a draw of {LETTERS} from 8 strata.")
    tables.table("tool", *(f"{rows:,} rows" for rows in given.rows))
    for tool in ("hashlib", *warehouse.PEERS):
        cells = []
        for rows in given.rows:
            if tool == "consistent-sampler" and rows > MOST_IN_PYTHON:
                tables.skip(f"{tool}, {rows:,} rows", "it takes minutes")
                cells.append("")
                continue
            found = {tool: tables.hashing(rows)} if tool == "hashlib" else None
            answer = found or tables.asked("peer", tool, rows, 8)
            if isinstance(answer, str):
                tables.skip(f"{tool}, {rows:,} rows", answer)
                cells.append("")
            else:
                ratio = answer[tool] / tables.hashing(rows)
                cells.append(f"{answer[tool]:.4f} ({ratio:.2f} of a bare hash)")
        words = {
            "hashlib": "a bare loop of hashlib",
            "duckdb sample": "DuckDB `USING SAMPLE`, which knows no strata",
        }
        if any(cells):
            tables.say(row([words.get(tool, tool), *cells]))


def run(tables: Tables, given: argparse.Namespace) -> None:
    """The command, from a CSV file to letters that are sent."""
    tables.section("", "## `ceosample run`", "", "A month's CSV file of eight columns, 12 letters.")
    tables.table("rows", "freeze and draw", "render and send", "peak MB", "microseconds a row")
    for rows in given.runs:
        found = tables.asked("run", rows)
        if isinstance(found, str):
            tables.skip(f"ceosample run, {rows:,} rows", found)
            continue
        seconds = [found["freeze and draw"], found["render and send"]]
        each = f"{sum(seconds) / rows * 1e6:.1f}"
        tables.say(
            row([f"{rows:,}", *(f"{one:.2f}" for one in seconds), f"{found['MB']:.0f}", each])
        )


def machine() -> str:
    """What it was measured on, and what else it had to do."""
    model = ""
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        model = next((x.partition(": ")[2] for x in lines if x.startswith("model name")), "")
    names = ("pyarrow", "pandas", "polars", "duckdb", "scikit-learn", "consistent-sampler")
    versions = ", ".join(_versions(names))
    return (
        f"{os.cpu_count()} cores {model or platform.machine()}".strip()
        + f", load {os.getloadavg()[0]:.1f} at the end, Python {platform.python_version()}, "
        + versions
    )


def _versions(names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        with contextlib.suppress(metadata.PackageNotFoundError):
            yield f"{name} {metadata.version(name)}"


def write(page: Path, lines: list[str]) -> None:
    """Put the tables between the marks of a page."""
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page}: got no '{BEGIN}' and '{END}'; give a page that has both")
    page.write_text(before + begin + "\n" + "\n".join(lines) + "\n\n" + end + after, "utf-8")


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    number = {"type": lambda text: int(float(text)), "nargs": "+"}
    parser.add_argument("--rows", **number, default=[10_000, 100_000])  # type: ignore[arg-type]
    parser.add_argument("--runs", **number, default=[1_000, 10_000])  # type: ignore[arg-type]
    parser.add_argument("--kinds-at", type=lambda text: int(float(text)), default=10_000)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--within", type=float, default=540, help="seconds; then no more begins")
    parser.add_argument("--write", type=Path, help="a page whose tables are to be replaced")
    parser.add_argument("--one", type=json.loads, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        what, *arguments = given.one
        print(json.dumps(ONES[what](*arguments)))
        return
    tables = Tables(given.within)
    parts = {"growth": growth, "peers": peers, "kinds": kinds, "run": run}
    for name in PARTS:
        if name in given.only:
            parts[name](tables, given)
    left = [
        line
        for why, what in tables.skipped.items()
        for line in textwrap.wrap(
            f"- {why}: {'; '.join(what)}.", 100, subsequent_indent="  ", break_on_hyphens=False
        )
    ]
    command = "python benchmarks/cost.py " + " ".join(sys.argv[1:])
    tables.say("", "## How it was measured", "", f"`{command.strip()}`", "", f"{machine()}.")
    tables.say("", "Left out:", "", *(left or ["- nothing that was asked for"]))
    if given.write:
        write(given.write, tables.lines)


if __name__ == "__main__":
    main()
