"""How many mutants of the sources the tests notice.

Run in the project's folder: ``python benchmarks/mutation`` tries each mutant of ``mutants.jsonl``
that has no outcome yet, with ``--again`` also those that survived. It can be stopped, and continues
where it was. ``--only src/ceosample/sampling`` keeps to a part of the sources, ``--also
postgresql`` asks the tests with this mark too, ``--sample 600 --seed 26`` draws a new list, and
``--score`` only counts. A mutant whose line has gone since the list was drawn is ``gone``, and
counts as little as one that was never tried. So does one that no chosen test was asked about, which
is ``untested``.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from forks import BUDGET, Try
from fresh import in_a_process
from mutant import PROJECT, Mutant
from tests_for import LEFT_OUT, selected, tests_for

LIST = Path(__file__).with_name("mutants.jsonl")

FIELDS = ("module", "line", "operator", "before", "after")


class Mutants:
    """The list, each mutant with what came of it; read and written with each outcome.

    A survivor is explained by a ``remark``: ``equivalent: why``, or ``display: what`` where only
    text for people changes. One that is killed at a second look, mostly by a test that was written
    for it, keeps ``survived_first``. One whose line was changed since is ``gone``.
    """

    def rows(self) -> list[dict[str, Any]]:
        """The lines of the file."""
        return [json.loads(line) for line in LIST.read_text("utf-8").splitlines()]

    def having(self, outcome: str) -> list[Mutant]:
        """Those with an outcome, empty for none yet, and without a remark."""
        found = [row for row in self.rows() if row.get("outcome", "") == outcome]
        return [mutant_of(row) for row in found if "remark" not in row]

    def mark_gone(self) -> None:
        """Say ``gone`` of each whose line is, whatever came of it while it was there."""
        rows = self.rows()
        for row in rows:
            if mutant_of(row).source() is None:
                row["outcome"] = "gone"
                row.pop("by", None)
        write(rows)

    def keep(self, mutant: Mutant, told: dict[str, Any]) -> None:
        """Write down what came of one."""
        rows = self.rows()
        for row in rows:
            if all(row[name] == getattr(mutant, name) for name in FIELDS):
                if row.get("outcome") == "survived":
                    row["survived_first"] = True
                row.pop("by", None)
                row |= {name: value for name, value in told.items() if name != "ran"}
        write(rows)
        print(told["outcome"], mutant.module, mutant.line, told.get("by", ""), flush=True)

    def score(self) -> str:
        """What was tried, and what part of it that changes more than text or nothing was killed."""
        rows = [row for row in self.rows() if mutant_of(row).source() is not None]
        tried = [row for row in rows if row.get("outcome") in ("killed", "survived")]
        killed = [row for row in tried if row["outcome"] == "killed"]
        since = sum("survived_first" in row for row in killed)
        survived = [row for row in tried if row["outcome"] == "survived"]
        named = Counter(row.get("remark", "unexplained").partition(":")[0] for row in survived)
        real = len(tried) - named["display"] - named["equivalent"]
        percent = f" ({100 * len(killed) / real:.1f} %)" if real else ""
        return (
            f"{len(tried)} of {len(rows)} mutants were tried. {named['display']} change text for "
            f"people and {named['equivalent']} nothing. Of the other {real}, {len(killed)} were "
            f"killed{percent}, {since} of them at a second look."
        )


def mutant_of(row: dict[str, Any]) -> Mutant:
    """The mutant of a line of the file."""
    return Mutant(*(row[name] for name in FIELDS))


def write(rows: list[dict[str, Any]]) -> None:
    """The file, whole."""
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    LIST.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def main() -> None:
    """Draw, try or count."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sample", type=int)
    asked.add_argument("--seed", type=int, default=26)
    asked.add_argument("--again", action="store_true")
    asked.add_argument("--budget", type=float, default=BUDGET, help="seconds of a processor each")
    asked.add_argument("--only", default="", metavar="PATH", help="the sources below this path")
    asked.add_argument("--also", action="append", default=[], metavar="MARK", choices=LEFT_OUT)
    asked.add_argument("--score", action="store_true")
    given = asked.parse_args()
    if given.sample:
        from places import sample  # needs Cosmic Ray, which nothing else does

        write([vars(mutant) for mutant in sample(given.sample, given.seed)])
        return
    mutants, marks = Mutants(), selected(given.also)
    if not given.score:
        mutants.mark_gone()
        wanted = [*mutants.having(""), *mutants.having("untested")]
        random.Random(given.seed).shuffle(wanted)  # those that were tried are a sample at any time
        wanted = [*(mutants.having("survived") if given.again else ()), *wanted]
        wanted = [mutant for mutant in wanted if mutant.module.startswith(given.only)]
        files = dict.fromkeys(file for mutant in wanted for file in tests_for(mutant.module))
        there = [file for file in files if (PROJECT / file).exists()]
        options = ["-n0", "-q", "--capture=sys", "-p", "no:cacheprovider", "-p", "few_examples"]
        if wanted:
            with tempfile.TemporaryDirectory() as folder:
                options += [f"--basetemp={folder}/tests", "-m", marks]
                pytest.main([*options, *there], plugins=[Try(wanted, mutants.keep, given.budget)])
        for mutant in mutants.having("import"):
            if mutant.module.startswith(given.only):
                mutants.keep(mutant, in_a_process(mutant, tests_for(mutant.module), marks))
    print(mutants.score())


if __name__ == "__main__":
    main()
