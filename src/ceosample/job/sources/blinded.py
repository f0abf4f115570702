"""The numbers of a source, blinded where the configuration names a file of salts."""

from __future__ import annotations

from pathlib import Path

import attrs

from ceosample.sampling.blinding.blind import numbers_in
from ceosample.sampling.blinding.salts import Random, Salts, keep, load
from ceosample.sampling.frames.table import Table


def blinded(
    table: Table, unit_id: str, path: Path, random: Random, *, kept: bool
) -> tuple[Table, Salts]:
    """A month's rows with blinded ids, and the salts that lead back from them.

    Args:
        table: the rows.
        unit_id: the column of numbers.
        path: the file of salts.
        random: gives so many random bytes.
        kept: whether new salts go to the file; what only looks at a source writes nothing.

    Raises:
        FrameError: every number that cannot be one, or is there twice; none is shown.
        RecordError: the file holds something else, or others can read it.
    """
    numbers = numbers_in(table, unit_id)
    given = [number for number in numbers if number is not None]
    salts = keep(path, given, random) if kept else load(path).with_new(given, random)
    ids = [number and salts.id_of(number) for number in numbers]
    return attrs.evolve(table, columns={**table.columns, unit_id: ids}), salts
