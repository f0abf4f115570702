"""The demonstration: a month of the invented bank, from the frame to the coverage table.

It goes the way of a user's own month: files and a configuration in a folder, the job run once
without the seed and once with it, and then what the executive did. Times are given, whatever the
computer's clock says, so the demo is the same bytes on every machine. Its figures are asked as of
the time at which it ends.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import attrs

from ceosample import files
from ceosample.configuration import TEMPLATE, Configuration
from ceosample.demo.bank import BankMonth, month
from ceosample.errors import ConflictError
from ceosample.job import OFFICE, Outcome, run
from ceosample.job import Month as Job
from ceosample.letters.papers.pack import Pack
from ceosample.period import Period
from ceosample.sampling.seeds.seed import Seed
from ceosample.signoff.figures.coverage import SignoffCoverage, signoff_coverage
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.verify_folder import FolderReport, verify

PERIOD: Final = "2026-10"
POPULATION: Final = "complaint-responses"

#: Rolled for the demonstration; these are the digits of the scheme's published vectors.
DICE: Final = "83019274650192837465"
WITNESSES: Final = ("internal audit", "executive office")

#: The id of its ledger, which the configuration names.
_LEDGER: Final = "d3" * 16

_LETTERHEAD = ["Hafren & Vale Bank", "1 Quay Parade", "Aberwen  XQ1 1AA"]

#: The office's day, in hours after it begins: the executive reads, and the demonstration ends.
_READ, _ENDS = dt.timedelta(hours=5), dt.timedelta(hours=8)

#: What becomes of the letters, by their place in the pack; all others are signed.
_OTHERWISE: Final = {
    3: ("returned_for_rework", "tone"),
    7: ("escalated_to_board", None),
    10: ("viewed", None),
}


@attrs.frozen
class Demonstration:
    """What the demonstration made.

    Attributes:
        folder: where everything is.
        outcome: how the month's run ended.
        report: what re-checking the draw from its files alone gave.
        coverage: what was signed.
        as_of: when it ends: figures are asked as of then, and not by the computer's clock.
    """

    folder: Path
    outcome: Outcome
    report: FolderReport
    coverage: SignoffCoverage
    as_of: dt.datetime


def perform(
    folder: Path, progress: Callable[[str], None] = lambda step: None, *, period: str = PERIOD
) -> Demonstration:
    """Make the month in ``folder``; in a folder where it was made before, nothing changes.

    Args:
        folder: where everything is written.
        progress: called with the name of each step before it.
        period: the ISO month. It is run on the second day of the next one.
    """
    start = _start(period)
    _write_input(folder, month(period), period)
    configuration = Configuration.load(folder / "ceosample.toml")
    clock = _Clock(start)
    with Ledger.open(configuration.ledger_url, clock=clock, ledger_id=_LEDGER) as ledger:
        for event in ledger.events():  # of an earlier run of the demonstration
            clock.reach(dt.datetime.fromisoformat(event.recorded_at))
        job = Job(configuration, period, at=start, control_total=1200)
        run(job, ledger)
        later = attrs.evolve(job, at=start + dt.timedelta(minutes=30))
        clock.reach(later.at)
        seed = Seed.from_dice(DICE, witnesses=WITNESSES)
        outcome = run(later, ledger, seed=seed, progress=progress)
        _sign_most(ledger, clock, Pack.load(outcome.folder), start + _READ)
        coverage = signoff_coverage(ledger.events(population=POPULATION, period=period))
    return Demonstration(folder, outcome, verify(outcome.folder), coverage, start + _ENDS)


def _start(period: str) -> dt.datetime:
    """Nine in the morning of the second day of the month after it, in UTC."""
    first = Period.parse(period).next().first_day
    return dt.datetime(first.year, first.month, 2, 9, tzinfo=dt.UTC)


def _write_input(folder: Path, bank: BankMonth, period: str) -> None:
    """The files that a user would have: a table, the letters' contents, a configuration."""
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, list(bank.responses[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(bank.responses)
    lines = (
        json.dumps({"unit_id": unit_id, **fields}, ensure_ascii=False)
        for unit_id, fields in bank.contents.items()
    )
    letterhead = f"letterhead = {json.dumps(_LETTERHEAD)}\n"
    kept = [line for line in TEMPLATE.splitlines(keepends=True) if "letterhead =" not in line]
    at = next(number for number, line in enumerate(kept) if line.startswith("contents ="))
    configuration = "".join([*kept[: at + 1], letterhead, *kept[at + 1 :]])
    contents = {
        f"responses-{period}.csv": table.getvalue(),
        f"letters-{period}.jsonl": "\n".join(lines) + "\n",
        "ceosample.toml": configuration.replace('id = "" ', f'id = "{_LEDGER}" '),
    }
    for name, text in contents.items():
        there = files.read_if_there(folder / name)
        if there is not None and there != text.encode():
            raise ConflictError(
                f"{folder / name}: is not the demonstration's and was left unchanged; name an "
                "empty folder with --folder"
            )
    for name, text in contents.items():
        files.write_whole(folder / name, text.encode())


def _sign_most(ledger: Ledger, clock: _Clock, pack: Pack, read_at: dt.datetime) -> None:
    """The executive reads; most letters are signed and dispatched, some are not."""
    for number, letter in enumerate(pack, 1):
        kind, reason = _OTHERWISE.get(number, ("signed", None))
        at = read_at + dt.timedelta(minutes=3 * number)
        state = ledger.history(letter.unit_id, population=POPULATION, period=pack.period).state
        if state == "dispatched":
            continue  # an earlier run of the demonstration came this far
        clock.reach(at)
        if kind == "signed":
            ledger.sign(letter.unit_id, letter=letter.digest, by="ceo", at=at)
        else:
            ledger.record(kind, letter.unit_id, by="ceo", at=at, reason_code=reason)
        if kind == "signed" and number % 2:
            out = at + dt.timedelta(hours=1)
            clock.reach(out)
            ledger.record("dispatched", letter.unit_id, by=OFFICE, at=out)


@attrs.define
class _Clock:
    """The recorder's clock of the demonstration: a second for each event, and on to what happens.

    Attributes:
        now: what it says next.
    """

    now: dt.datetime

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=1)
        return self.now - dt.timedelta(seconds=1)

    def reach(self, moment: dt.datetime) -> None:
        """Go on to a moment, unless it is past."""
        self.now = max(self.now, moment)
