"""Runs that kill themselves on the way, each a process of its own in the months' folder.

The run ends at the n-th step, rename or commit, whichever ``PLACE`` says. With 0 it is not killed
at all, and prints how many there are.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs
import sqlalchemy as sa

import due_months
import forked
import months
import needed
from ceosample import Ledger
from ceosample.configuration import Configuration
from ceosample.job import Month, run, run_due
from ceosample.job.seed_supply import SeedInputs
from ceosample.sampling.seeds.chain import secret_file


def drive(folder: Path, run: str, place: str, number: int) -> subprocess.CompletedProcess[str]:
    """One of the ``RUNS``, in a process of its own."""
    needed.sigkill()
    return forked.run("kill", run, place, str(number), folder=folder)


@attrs.define
class Way:
    """The places of one kind that a run comes past; it ends at the n-th.

    Attributes:
        place: ``step``, ``rename`` or ``commit``.
        number: at which of them it ends; 0 for none.
        passed: how many there were so far.
    """

    place: str
    number: int
    passed: int = 0
    _changes: dict[Any, int] = attrs.field(factory=dict)

    def at(self, place: str) -> None:
        if place == self.place:
            self.passed += 1
            if self.passed == self.number:
                os.kill(os.getpid(), signal.SIGKILL)

    def step(self, name: str) -> None:
        self.at("step")

    def audit(self, event: str, arguments: object) -> None:
        if event == "os.rename":
            self.at("rename")

    def commit(self, connection: sa.Connection) -> None:
        """A commit counts where there is something to be committed."""
        database: Any = connection.connection.dbapi_connection
        if database.total_changes != self._changes.get(database, 0):
            self._changes[database] = database.total_changes
            self.at("commit")


def month(step: Callable[[str], None]) -> None:
    """Both halves of a month: the freeze, and what the dice make of it."""
    with Ledger.open(configuration().ledger_url) as ledger:
        for seed in (None, months.SEED):
            run(one_month(), ledger, seed=seed, progress=step)


def refreeze(step: Callable[[str], None]) -> None:
    """A month's freeze, anew."""
    with Ledger.open(configuration().ledger_url) as ledger:
        run(attrs.evolve(one_month(), refreeze=True), ledger, progress=step)


def due(step: Callable[[str], None]) -> None:
    """Three due months on a chain; the recorder's clock stands, so that events can be compared."""
    chain = secret_file.load(Path("chain.json"))
    supply = SeedInputs(chain=lambda: chain)
    with due_months.ledger_of(Path.cwd()) as ledger:
        run_due(configuration(), ledger, at=due_months.AT, supply=supply, progress=step)


def configuration() -> Configuration:
    return Configuration.load("ceosample.toml")


def one_month() -> Month:
    return Month(configuration(), months.PERIOD, at=months.AT)


RUNS: Final[Mapping[str, Callable[[Callable[[str], None]], None]]] = {
    "month": month,
    "refreeze": refreeze,
    "due": due,
}


def main(run: str, place: str, number: int) -> None:
    """Run, and print how many places there were, if there is anybody left to print it."""
    way = Way(place, number)
    sys.addaudithook(way.audit)
    sa.event.listen(sa.Engine, "commit", way.commit)
    RUNS[run](way.step)
    print(way.passed)
