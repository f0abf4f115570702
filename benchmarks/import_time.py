"""How long ``import ceosample`` and each command keep a processor, beside another release's.

Run: ``python benchmarks/import_time.py``, or with ``--against PATH`` of another release's ``src``.
``--commands`` measures the commands in the demonstration's month; ``--events N`` then also those
that read a ledger of ten years and about so many events, which each release writes itself;
``--only status verify`` measures what begins like one of these.

Fresh interpreters take turns, so a busy machine slows all alike; medians and the best are compared.
Seconds are those of the processor, of the system's calls too. Bytecode is compiled before.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

ROUNDS: Final = 21
HERE: Final = Path(__file__).resolve().parents[1] / "src"
COMMAND: Final = "from ceosample.cli import main; main()"
PERIOD: Final = "2026-10"

#: What a command ends with that did its work, whatever it found.
DONE: Final = (0, 1)

#: What is timed: the import alone, then with what a month needs, then with every public name.
IMPORTS: Final = {
    "the import alone": "import ceosample",
    "what draws a month": "from ceosample import Frame, Plan, Seed, commit, draw, render, verify",
    "every public name": "from ceosample import *",
}

#: What is asked in the demonstration's month.
ASKED: Final = (
    *("--help", "--version", f"verify packs/{PERIOD}", "check", "status", "at-risk", "health"),
    *(f"explain {{id}} packs/{PERIOD}", "record note {id} --by ceo --text Seen.", "run"),
)

#: What is asked in a ledger of ten years: of one month, of all, and of what is open.
OF_TEN_YEARS: Final = (
    *("status --period 2026-12", "metrics --first 2026-12 --last 2026-12", "status", "at-risk"),
)


def seconds(arguments: list[str], source: Path, folder: Path) -> float:
    """What a fresh interpreter takes of the processor.

    Raises:
        ValueError: it refused, since a release may not have a command yet.
    """
    environment = {**os.environ, "PYTHONPATH": str(source)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)  # it was waited for
    if process.returncode not in DONE:
        raise ValueError(f"exit code {process.returncode}")
    return used.ru_utime + used.ru_stime


def made(source: Path, folder: Path) -> Path:
    """The demonstration's month, as this release makes it."""
    seconds(["-c", COMMAND, "demo", "--folder", str(folder)], source, folder.parent)
    return folder


def made_old(source: Path, folder: Path, events: int) -> Path:
    """The same with a ledger of ten years in place of its own, and no packs."""
    made(source, folder)
    lines = (folder / "ceosample.toml").read_text("utf-8").splitlines(keepends=True)
    (folder / "ceosample.toml").write_text("".join(x for x in lines if not _is_pin(x)), "utf-8")
    (folder / "signoff.db").unlink()
    write = f"import ledger_scale; ledger_scale.build('sqlite:///signoff.db', {events})"
    path = os.pathsep.join(map(str, (source, source.parent / "benchmarks")))
    environment = {**os.environ, "PYTHONPATH": path}
    subprocess.run([sys.executable, "-c", write], cwd=folder, env=environment, check=True)
    return folder


def _is_pin(line: str) -> bool:
    """Whether a line of a configuration names a ledger by its id, of 32 digits."""
    name, _, value = line.partition(" = ")
    return name == "id" and len(value.split('"')[1]) == 32


def compare(what: str, rounds: int, timed: Mapping[str, Callable[[], float]]) -> None:
    """Let the releases take turns, and print what each took that can do it."""
    for name in [*timed]:
        try:
            timed[name]()
        except ValueError as error:
            print(f"{what}, {name}: {error}", flush=True)
            timed = {other: once for other, once in timed.items() if other != name}
    if not timed:
        return
    turns = [[once() for once in timed.values()] for _ in range(rounds)]
    taken = dict(zip(timed, zip(*turns, strict=True), strict=True))
    medians = {name: statistics.median(of) for name, of in taken.items()}
    said = [f"{name} {medians[name]:.3f} s, best {min(of):.3f}" for name, of in taken.items()]
    if len(said) == 2:
        here, there = medians.values()
        said.append(f"{there / here:.2f} times as fast")
    print(f"{what}: {'; '.join(said)} (median of {rounds})", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure imports and commands of ceosample.")
    parser.add_argument("--against", type=Path, help="the src of another release")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--commands", action="store_true", help="measure the commands too")
    parser.add_argument("--events", type=int, help="measure them in a ledger of ten years too")
    parser.add_argument("--only", nargs="+", default=[""], help="measure what begins like this")
    given = parser.parse_args()
    sources = {"here": HERE} | ({"there": given.against.resolve()} if given.against else {})
    for source in sources.values():
        compileall.compile_dir(source, quiet=2)

    def measure(what: str, arguments: list[str], folders: Mapping[str, Path]) -> None:
        if not what.startswith(tuple(given.only)):
            return
        timed: dict[str, Callable[[], float]] = {
            name: lambda source=source, folder=folders[name]: seconds(arguments, source, folder)
            for name, source in sources.items()
        }
        compare(what, given.rounds, timed)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for what, statement in IMPORTS.items():
            measure(what, ["-c", statement], dict.fromkeys(sources, folder))
        if not (given.commands or given.events):
            return
        months = {name: made(source, folder / name) for name, source in sources.items()}
        record = json.loads((months["here"] / "packs" / PERIOD / "draw.json").read_bytes())
        one = record["selections"][0]["unit_id"]
        for asked in ASKED:
            measure(asked, ["-c", COMMAND, *asked.format(id=one).split()], months)
        if given.events:
            old = {
                name: made_old(source, folder / f"old-{name}", given.events)
                for name, source in sources.items()
            }
            for asked in OF_TEN_YEARS:
                measure(f"{asked}, ten years", ["-c", COMMAND, *asked.split()], old)


if __name__ == "__main__":
    main()
