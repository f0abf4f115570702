"""How often the monitor's bounds miss at any of 24 months, by simulation; at most 5 % may.

Run: ``python benchmarks/monitor.py [--runs N] [--vectors FILE]``. The months are those of FILE (the
shared ``inference.json``), or invented ones of the same kind. Truths: constant rates, clusters,
defects that answer to what was found, and defects where they are hardest to find. The frames are
the same in all runs, so the largest means are computed once, by the library's own ceilings. A rate
above 5 % by more than three standard errors is told as BROKEN.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ceosample.inference import Cell, monitor
from ceosample.inference.ceilings import CountCeiling
from ceosample.inference.monitoring import LOWER_MIXTURE
from ceosample.sampling.plans.clean import MIXTURE

Floats = NDArray[np.float64]
#: A truth gives the defects of each stratum, by the run's findings so far.
Truth = Callable[[np.random.Generator, int, Floats], NDArray[np.int64]]

RISK = 0.05


def invented() -> list[list[tuple[int, int]]]:
    """24 months of eight strata and twelve letters."""
    rng = random.Random(24)
    sizes = (430, 270, 150, 45, 70, 60, 6, 10)
    drawn = (3, 3, 1, 1, 1, 1, 1, 1)
    return [
        [(max(n, int(N * rng.uniform(0.7, 1.3))), n) for N, n in zip(sizes, drawn, strict=True)]
        for _ in range(24)
    ]


class Frames:
    """The months, and for each the logarithm of the largest mean of each total."""

    def __init__(self, months: list[list[tuple[int, int]]]) -> None:
        self.months = months
        cells = [[Cell(size, drawn) for size, drawn in month] for month in months]
        self.widest = max(Fraction(c.size, c.drawn) for c in cells[0] if c.sampled)
        ceilings = [CountCeiling() for _ in MIXTURE]
        self.powers: list[list[list[float]]] = []
        self.most: list[list[Floats]] = []
        sampled = 0
        for month in cells:
            partly = [cell for cell in month if cell.sampled]
            sampled += sum(cell.size for cell in partly)
            self.powers.append([self._powers(month, c) for _, c in MIXTURE])
            row = []
            for ceiling, (_, c) in zip(ceilings, MIXTURE, strict=True):
                ceiling.add(partly, self._powers(partly, c))
                ceiling.at(sampled)
                row.append(np.array([ceiling.at(total) for total in range(sampled + 1)]))
            self.most.append(row)

    def _powers(self, cells: list[Cell], c: Fraction | None) -> list[float]:
        if c is None:
            return [0.0] * len(cells)
        return [max(0.0, float(1 - c / self.widest * cell.size / cell.drawn)) for cell in cells]


def misses(frames: Frames, truth: Truth, runs: int, seed: int) -> tuple[float, float]:
    """The shares of runs in which the upper bound is too low at some month; the lower too high."""
    rng = np.random.default_rng(seed)
    shown = np.zeros((runs, len(MIXTURE)))
    gained = np.zeros((runs, len(LOWER_MIXTURE)))
    totals, found_so_far = np.zeros(runs, dtype=np.int64), np.zeros(runs)
    above, below = np.zeros(runs, dtype=bool), np.zeros(runs, dtype=bool)
    weights = np.array([float(weight) for weight, _ in MIXTURE])
    rates = np.array([float(c / frames.widest) for c in LOWER_MIXTURE])
    for number, month in enumerate(frames.months):
        defects = truth(rng, number, found_so_far)
        for place, (size, drawn) in enumerate(month):
            g = defects[:, place]
            found = rng.hypergeometric(g, size - g, drawn)
            found_so_far += found
            if drawn == size:
                continue
            totals += g
            for k in range(len(MIXTURE)):
                z = frames.powers[number][k][place]
                with np.errstate(invalid="ignore"):
                    gain = np.where(found > 0, found * (math.log(z) if z else -np.inf), 0.0)
                shown[:, k] += gain
            gained += found[:, None] * np.log1p(rates[None, :] * size / drawn)
        evidence = np.zeros(runs)
        for k in range(len(MIXTURE)):
            ratio = shown[:, k] - np.where(
                np.isfinite(shown[:, k]), frames.most[number][k][totals], 0.0
            )
            evidence += weights[k] * np.exp(np.minimum(ratio, 700.0))
        above |= evidence >= 1 / RISK
        below |= np.exp(gained - rates[None, :] * totals[:, None]).mean(axis=1) >= 1 / RISK
    return float(above.mean()), float(below.mean())


def truths(frames: Frames, runs: int) -> dict[str, Truth]:
    """The truths by their names."""

    def at(rates: Callable[[np.random.Generator, int, Floats], Floats]) -> Truth:
        def defects(rng: np.random.Generator, number: int, found: Floats) -> NDArray[np.int64]:
            sizes = np.array([size for size, _ in frames.months[number]])
            return rng.binomial(sizes[None, :], rates(rng, number, found))

        return defects

    def constant(rate: float) -> Truth:
        return at(lambda rng, number, found: np.full((runs, len(frames.months[number])), rate))

    def by_found(before: float, after: float, until: int) -> Truth:
        return at(
            lambda rng, number, found: np.repeat(
                np.where(found < until, before, after)[:, None], len(frames.months[number]), axis=1
            )
        )

    def clustered(rng: np.random.Generator, number: int, found: Floats) -> Floats:
        return np.where(rng.random((runs, len(frames.months[number]))) < 0.06, 0.5, 0.005)

    def hidden(rng: np.random.Generator, number: int, found: Floats) -> Floats:
        wide = [size / drawn >= 90 for size, drawn in frames.months[number]]
        return np.repeat(np.where(wide, 0.1, 0.0)[None, :], runs, axis=0)

    def adversary(rng: np.random.Generator, number: int, found: Floats) -> Floats:
        """All in the strata that are hardest to find, as long as none was found."""
        return hidden(rng, number, found) * np.where(found < 2, 3.0, 0.0)[:, None]

    return {
        **{f"rate {rate}": constant(rate) for rate in (0.01, 0.03, 0.1, 0.3)},
        "clustered": at(clustered),
        "hard to find": at(hidden),
        ".1 until one is found, then 0": by_found(0.1, 0.0, 1),
        ".02 until one is found, then .2": by_found(0.02, 0.2, 1),
        "adversary": at(adversary),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--vectors", type=Path)
    asked = parser.parse_args()
    months = invented()
    if asked.vectors:
        given = json.loads(asked.vectors.read_text("utf-8"))["monitor"]["months24"]
        months = [list(zip(month["N"], month["n"], strict=True)) for month in given]
    frames = Frames(months)
    for seed, (name, truth) in enumerate(truths(frames, asked.runs).items()):
        shares = misses(frames, truth, asked.runs, seed)
        for side, share in zip(("upper", "lower"), shares, strict=True):
            error = math.sqrt(max(share * (1 - share), 0.0001) / asked.runs)
            broken = " BROKEN" if share > RISK + 3 * error else ""
            print(f"{name:32} {side} misses {share:.4f} +- {error:.4f}{broken}", flush=True)
    rng = random.Random(1)
    wide = [
        [(rng.randint(20, 400), rng.choice([1, 1, 2, 3, 4]), int(rng.random() < 0.05))
         for _ in range(50)]
        for _ in range(100)
    ]  # fmt: skip
    begin = time.process_time()
    monitor(wide)
    print(f"100 months of 50 strata: {time.process_time() - begin:.2f} s of a processor")


if __name__ == "__main__":
    main()
