"""Exact bounds against full enumeration, and what they cost in a real month and in a year.

Run: ``python benchmarks/bounds.py [--designs N] [--findings N]``. Random designs of up to four
strata are enumerated: every way to spread defects, every sample. Then every outcome of up to so
many findings in a month of 886 letters in 8 strata, 12 of them read, is bounded on both sides; a
processor's seconds are counted. A bound that enumeration does not give is told as BROKEN.
"""

from __future__ import annotations

import argparse
import itertools
import random
import time
from fractions import Fraction
from math import comb, lcm

from ceosample.inference import Cell
from ceosample.inference.exact.extremes import fewest_defects, most_defects

#: July 2023 of a large bank: N and n.
MONTH = [(432, 4), (245, 2), (98, 1), (44, 1), (38, 1), (15, 1), (10, 1), (4, 1)]


def design(number: int) -> tuple[list[Cell], Fraction]:
    """A random design that can be enumerated, and a risk."""
    rng = random.Random(number)
    strata = rng.randint(1, 4)
    cells = []
    for _ in range(strata):
        drawn = rng.randint(1, 3)
        size = drawn + rng.randint(1, 5 if strata == 4 else 9)
        cells.append(Cell(size, drawn, rng.choice([0, 0, 0, 1, rng.randint(0, drawn)])))
    if strata > 1 and rng.random() < 0.2:
        cells[1] = cells[0]
    return cells, Fraction(1, rng.choice([5, 10, 20, 40, 100]))


def enumerated(cells: list[Cell], risk: Fraction) -> tuple[int, int]:
    """The most and the fewest defects that explain what was found, counted out."""
    scale = lcm(*(cell.drawn for cell in cells))
    weights = [scale // cell.drawn * cell.size for cell in cells]
    found = sum(w * int(cell.found) for w, cell in zip(weights, cells, strict=True))
    tables = [
        [
            [comb(g, y) * comb(c.size - g, c.drawn - y) for y in range(c.drawn + 1)]
            for g in range(c.size + 1)
        ]
        for c in cells
    ]
    below, above = [], []
    for counts in itertools.product(*(range(cell.drawn + 1) for cell in cells)):
        total = sum(w * y for w, y in zip(weights, counts, strict=True))
        below += [counts] if total <= found else []
        above += [counts] if total >= found else []
    whole = 1
    for cell in cells:
        whole *= comb(cell.size, cell.drawn)
    line = risk * whole
    most, fewest = 0, sum(cell.size for cell in cells)
    for spread in itertools.product(*(range(cell.size + 1) for cell in cells)):
        total = sum(spread)
        rows = [table[g] for table, g in zip(tables, spread, strict=True)]
        if total > most and ways(rows, below) > line:
            most = total
        if total < fewest and ways(rows, above) > line:
            fewest = total
    return most, fewest


def ways(rows: list[list[int]], samples: list[tuple[int, ...]]) -> int:
    """The samples with these counts, over all strata."""
    total = 0
    for counts in samples:
        product = 1
        for row, y in zip(rows, counts, strict=True):
            product *= row[y]
        total += product
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--designs", type=int, default=2000)
    parser.add_argument("--findings", type=int, default=2)
    asked = parser.parse_args()

    right = 0
    for number in range(asked.designs):
        cells, risk = design(number)
        most, fewest = most_defects(cells, risk), fewest_defects(cells, risk)
        known = enumerated(cells, risk)
        if (most.defects, fewest.defects) == known and most.slack == fewest.slack == 0:
            right += 1
        else:
            print(f"BROKEN: design {number}: {cells}, {risk}: {known}, {most}, {fewest}")
    print(f"{right} of {asked.designs} designs are as enumerated", flush=True)

    outcomes = [
        counts
        for counts in itertools.product(*(range(drawn + 1) for _, drawn in MONTH))
        if sum(counts) <= asked.findings
    ]
    upper, lower, exact = [], [], 0
    for counts in outcomes:
        cells = [Cell(*pair, y) for pair, y in zip(MONTH, counts, strict=True)]
        begin = time.process_time()
        most = most_defects(cells, Fraction(1, 20))
        middle = time.process_time()
        fewest = fewest_defects(cells, Fraction(1, 20))
        upper.append(middle - begin)
        lower.append(time.process_time() - middle)
        exact += most.slack == fewest.slack == 0
    print(
        f"{exact} of {len(outcomes)} outcomes of up to {asked.findings} findings are exact; upper "
        f"{max(upper):.2f} s at most, {sum(upper) / len(upper):.2f} s on average; lower "
        f"{max(lower):.2f} s at most, {sum(lower) / len(lower):.2f} s on average"
    )


if __name__ == "__main__":
    main()
