"""Tables of responses as columns of plain values, from whatever the user has.

Dataframes come in through narwhals, so no dataframe library is a dependency. A null becomes None
whatever the library calls it. Row 1 is the first row of data.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import attrs

from ceosample import files
from ceosample.errors import FrameError, joined, raise_faults
from ceosample.form import meant
from ceosample.got import Private, got, kind_of
from ceosample.spreadsheet import SEPARATORS, separated
from ceosample.text import quoted

#: Where no configuration names the columns.
NO_KEYS: Final[Mapping[str, str]] = MappingProxyType({})


@attrs.frozen
class Table:
    """The columns that were asked for, in row order.

    Attributes:
        columns: name to values; None where the value is null.
        count: the number of rows.
        numbers: the number of each row where it came from; None where these are all its rows.
    """

    columns: Mapping[str, Sequence[object]]
    count: int
    numbers: Sequence[int] | None = None

    def number(self, row: int) -> int:
        """What a message calls a row, counted from 0 here."""
        return row + 1 if self.numbers is None else self.numbers[row]

    def changed(self, names: Sequence[str], change: Callable[[str], str]) -> Table:
        """The table with the texts of some columns changed."""
        columns = dict(self.columns)
        for name in names:
            columns[name] = [change(v) if isinstance(v, str) else v for v in columns[name]]
        return attrs.evolve(self, columns=columns)


def from_dataframe(native: Any, wanted: Sequence[str]) -> Table:
    """Take columns out of a pandas, polars, pyarrow, ... table."""
    # Imported here because it is the one heavy import, and CSV and records do without.
    import narwhals.stable.v2 as nw

    try:
        frame = nw.from_native(native, eager_only=True)
        there = list(frame.columns)
    except Exception as error:  # each library has its own complaints about its own tables
        raise FrameError(
            f"table: got {kind_of(native)}, which cannot be read as a table of rows "
            f"({quoted(str(error), 200)}); give a pandas, polars or pyarrow table, and collect a "
            "lazy one first"
        ) from error
    require_columns(wanted, there)
    columns = {}
    for name in wanted:
        series = frame.get_column(name)
        try:
            values = series.to_list()
        except UnicodeDecodeError:  # an Arrow table may hold it, though Arrow forbids it
            raise FrameError(
                f"column {quoted(name)}: got text that is not UTF-8; correct it where the table is "
                "made"
            ) from None
        # pandas' nulls arrive as NaN in to_list(); is_null() knows them in every library.
        pairs = zip(values, series.is_null().to_list(), strict=True)
        columns[name] = [None if null else value for value, null in pairs]
    return Table(columns, len(frame))


def from_records(records: Iterable[Mapping[str, object]], wanted: Sequence[str]) -> Table:
    """Take columns out of mappings, one a row; a name that a row lacks is null there."""
    rows = list(records)
    raise_faults(
        FrameError,
        (
            f"row {number}: {got(row, Private.CELL)}; give a mapping of column to value"
            for number, row in enumerate(rows, 1)
            if not isinstance(row, Mapping)
        ),
    )
    there = dict.fromkeys(str(name) for row in rows for name in row)
    if rows:
        require_columns(wanted, list(there))
    return Table({name: [row.get(name) for row in rows] for name in wanted}, len(rows))


def from_csv(source: str | Path | Iterable[str], wanted: Sequence[str]) -> Table:
    """Take columns out of a CSV file (a path, or its lines); an empty cell is null."""
    columns: dict[str, list[object]] = {name: [] for name in wanted}
    kept = list(columns.values())
    count = 0
    for places, row in _picked(source, wanted, NO_KEYS):
        count += 1
        for column, place in zip(kept, places, strict=True):
            column.append(row[place] or None)
    return Table(columns, count)


def csv_rows(
    source: str | Path | Iterable[str], wanted: Sequence[str], keys: Mapping[str, str] = NO_KEYS
) -> Iterator[tuple[object, ...]]:
    """The cells of the wanted columns, row by row; what is wrong is raised at the end.

    Args:
        source: a path, or the lines.
        wanted: the columns.
        keys: which key of a configuration names a column, for the message about one that is not
            there.
    """
    for places, row in _picked(source, wanted, keys):
        yield tuple([row[place] or None for place in places])


def _picked(
    source: str | Path | Iterable[str], wanted: Sequence[str], keys: Mapping[str, str]
) -> Iterator[tuple[list[int], list[str]]]:
    """Each row as it is read, and where the wanted columns stand in it."""
    if not isinstance(source, str | Path | Iterable) or isinstance(source, bytes | Mapping):
        raise FrameError(f"table: got {kind_of(source)}; give a path, or the lines of a CSV file")
    if not isinstance(source, str | Path):
        yield from _read_csv(source, wanted, "table", keys)
        return
    if "\0" in str(source):
        raise FrameError(f"table: {got(str(source))}; give a path without a null character")
    try:
        with files.open_text(Path(source)) as lines:
            yield from _read_csv(lines, wanted, str(source), keys)
    except FileNotFoundError:
        raise FrameError(f"{source}: not there; give the path of the table of responses") from None
    except (OSError, EOFError, zlib.error) as error:
        raise FrameError(f"{source}: cannot be read ({error})") from None
    except UnicodeDecodeError as error:
        raise FrameError(f"{source}: not UTF-8 ({error.reason}); save it as UTF-8") from None


def _read_csv(
    lines: Iterable[str], wanted: Sequence[str], where: str, keys: Mapping[str, str]
) -> Iterator[tuple[list[int], list[str]]]:
    mark, reader = separated(lines, wanted)
    faults: list[str] = []
    count = 0
    try:
        header = next(reader, None)
        if header is None:
            raise FrameError(f"{where}: empty; the first line must name the columns")
        require_columns(wanted, header, keys)
        places = [header.index(name) for name in wanted]
        for count, row in enumerate(filter(None, reader), 1):
            if len(row) != len(header):
                faults.append(
                    f"row {count}: got {len(row)} cells, and the header names {len(header)}; "
                    f"quote a cell that holds {SEPARATORS[mark]}"
                )
                continue
            yield places, row
    except csv.Error as error:
        faults.append(
            f"row {count + 1}: {error}; the rest was not read: look for a quotation mark that is "
            "not closed"
        )
    raise_faults(FrameError, faults)


def require_columns(
    wanted: Sequence[str], there: Sequence[str], keys: Mapping[str, str] = NO_KEYS
) -> None:
    """Raise unless a table has every column that is wanted, and has it once."""
    missing = [name for name in wanted if name not in there]
    twice = [name for name in wanted if list(there).count(name) > 1]
    has = f"use one of {joined([quoted(name) for name in there])}" if there else "it has no columns"
    named = {name: f" (of {keys[name]})" for name in keys}
    raise_faults(
        FrameError,
        [
            *(
                f"column {quoted(name)}{named.get(name, '')}: not in the table; {has}"
                f"{meant(name, map(str, there))}"
                for name in missing
            ),
            *(
                f"column {quoted(name)}: appears more than once; rename one of them"
                for name in twice
            ),
        ],
    )
