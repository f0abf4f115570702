#!/usr/bin/env bash
# hyperMCI 0.1.0 gives 95% intervals that miss the truth in 8% of the draws, if half of an even register is defective.
#
# The package has exact intervals for the defects in a register, from a draw without replacement, by the method of
# Bartroff, Lorden and Wang (2022), and promises their coverage. It fills its table of accepted outcomes for M and for
# N - M at once. Where both are one row, at half of an even register, the second assignment reads what the first has
# overwritten, and outcomes that the row needs are gone: of 12 letters from 40, half of them defective, 91.8% of the
# draws have intervals with the 20 in it. Odd registers are right. So are the intervals from two one-sided tests, here
# in fractions. An audit's report that calls its level exact should work it out for its own register, defect by defect.
#
# Seen 2026-11-30 with hyperMCI 0.1.0, Python 3.11. Fails if that changes.
set -euo pipefail
room=$(mktemp -d); trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check hyperMCI==0.1.0
cd "$room"
"$room/venv/bin/python" - <<'PYTHON'
from fractions import Fraction
from math import comb

from hyperMCI import get_success_confidence_interval

LEVEL, TAIL = Fraction(95, 100), Fraction(25, 1000)


def chances(size, defects, drawn):
    ways = [comb(defects, found) * comb(size - defects, drawn - found) for found in range(drawn + 1)]
    return [Fraction(way, comb(size, drawn)) for way in ways]


def two_tests(size, drawn):
    tables = [chances(size, defects, drawn) for defects in range(size + 1)]
    for found in range(drawn + 1):
        held = [m for m, table in enumerate(tables) if min(sum(table[found:]), sum(table[: found + 1])) > TAIL]
        yield held[0], held[-1]


def least_coverage(size, drawn, intervals):
    coverage = {}
    for defects in range(size + 1):
        table = chances(size, defects, drawn)
        coverage[defects] = sum(p for p, (low, high) in zip(table, intervals) if low <= defects <= high)
    worst = min(coverage, key=coverage.get)
    return coverage[worst], worst


for size, drawn, holds in [(40, 12, False), (100, 48, False), (39, 12, True), (101, 48, True)]:
    package = [get_success_confidence_interval(x=found, n=drawn, N=size, alpha=0.05) for found in range(drawn + 1)]
    least, defects = least_coverage(size, drawn, package)
    plain, _ = least_coverage(size, drawn, list(two_tests(size, drawn)))
    print(f"{drawn} of {size}: two tests cover {float(plain):.4f}, hyperMCI {float(least):.4f} at {defects} defects")
    assert plain >= LEVEL
    assert (least >= LEVEL) == holds
    assert holds or 2 * defects == size
PYTHON
