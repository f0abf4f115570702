"""The tickets of a frame in memory, by an engine that was asked for by name.

The frame's own columns are handed over as an Arrow table; what is in them was checked before, and
its bytes and digests stay its own affair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.frames.units import Units
from ceosample.sampling.ticket import Ticketed
from ceosample.warehouse.datafusion import require_datafusion
from ceosample.warehouse.frame import SqlFrame

if TYPE_CHECKING:
    import pyarrow as pa

#: The names of the columns: no variable of a frame is called like the first.
_UNIT = "unit_id"


def require_engine() -> None:
    """Raise unless the engine is installed.

    Raises:
        MissingPartError: with the command that installs it.
    """
    require_datafusion('engine="datafusion"')


def lowest_among(
    units: Units,
    variables: Sequence[str],
    names: Mapping[Stratum, Stratum],
    key: str,
    counts: Mapping[Stratum, int],
) -> dict[Stratum, list[Ticketed]]:
    """In each stratum so many units with the lowest tickets, under other names of the strata."""
    with SqlFrame.from_arrow(
        _table(units, variables),
        population="columns",  # whose they are is in the key, and nothing else is asked
        period="2000-01",
        unit_id=_UNIT,
        strata=variables,
        manifest=False,
    ) as frame:
        return frame.lowest_among(names, key, counts)


def _table(units: Units, variables: Sequence[str]) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    ends = np.flatnonzero(np.frombuffer(units.ids, np.uint8) == ord("\n"))
    offsets = np.concatenate(([0], ends + 1)) - np.arange(len(ends) + 1)  # without the line feeds
    texts = pa.py_buffer(units.ids.replace(b"\n", b""))
    ids = pa.LargeStringArray.from_buffers(len(ends), pa.py_buffer(offsets), texts)
    places = pa.array(np.frombuffer(units.places, np.intc))
    values = [*zip(*units.strata, strict=True)]
    columns = {
        name: pa.DictionaryArray.from_arrays(places, pa.array(of_one, pa.string()))
        for name, of_one in zip(variables, values, strict=True)
    }
    return pa.table({_UNIT: ids, **columns})
