"""Tables of responses as columns of plain values, from whatever the user has.

Dataframes come in through narwhals, so no dataframe library is a dependency. A null becomes None
whatever the library calls it. Row 1 is the first row of data. A row in which every cell is empty,
of the whole table and not of the columns that were asked for alone, is no row; the others keep
their numbers.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import attrs

from ceosample import files
from ceosample.encoded import fault_in_encoding, fault_of_bytes
from ceosample.errors import FrameError, joined, raise_faults
from ceosample.form import meant
from ceosample.got import Private, got, kind_of
from ceosample.plain import shortest_floats
from ceosample.spreadsheet import LONGEST_CELL, SEPARATORS, is_blank, separated
from ceosample.text import quoted
from ceosample.workbook.cell import SheetCell
from ceosample.workbook.package import is_workbook

#: Where no configuration names the columns.
NO_KEYS: Final[Mapping[str, str]] = MappingProxyType({})


#: Floats whose own shortest decimal form counts, as narwhals calls them, and their bits.
_NARROW: Final[Mapping[str, int]] = {"Float16": 16, "Float32": 32}

#: So many rows become columns at once: few enough to stay in a processor's cache, and to be gone
#: before Python looks for garbage among them. With 8,192 a row takes twice the time.
_AT_ONCE: Final = 256

#: A row's number, as messages call it, and its cells.
NumberedRow: TypeAlias = "tuple[int, tuple[object, ...]]"

#: The numbers of some rows, and the columns that they make.
Part: TypeAlias = "tuple[Sequence[int], Sequence[Sequence[object]]]"


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
            columns[name] = [_changed(value, change) for value in columns[name]]
        return attrs.evolve(self, columns=columns)


def _changed(value: object, change: Callable[[str], str]) -> object:
    """A text, changed; the text of a workbook's cell too."""
    if isinstance(value, SheetCell) and isinstance(value.value, str):
        return attrs.evolve(value, value=change(value.value))
    return change(value) if isinstance(value, str) else value


def from_dataframe(native: Any, wanted: Sequence[str]) -> Table:
    """Take columns out of a pandas, polars, pyarrow, ... table."""
    frame = narwhal(native)
    there = list(frame.columns)
    require_columns(wanted, there)
    columns = {name: cells_of(frame, name) for name in wanted}
    empty = _blank_rows([*columns.values()])
    if not empty:
        return Table(columns, len(frame))
    # What was not asked for says whether such a row is a row.
    asked = _rows_at(frame.select([name for name in there if name not in wanted]), empty)
    others = [cells_of(asked, name) for name in asked.columns]
    blank = {row for n, row in enumerate(empty) if is_blank(cells[n] for cells in others)}
    return _without(columns, len(frame), blank)


def _rows_at(frame: Any, rows: list[int]) -> Any:
    """Some rows of a table."""
    try:
        return frame[rows]
    except NotImplementedError:  # pyarrow cuts views of texts, but takes no rows out of them
        import narwhals.stable.v2 as nw

        return nw.concat([frame[row : row + 1] for row in rows])


def _blank_rows(columns: Sequence[Sequence[object]]) -> list[int]:
    """The rows, counted from 0, in which every cell is empty."""
    if any(map(_is_full, columns)):
        return []
    return [row for row, cells in enumerate(zip(*columns, strict=True)) if is_blank(cells)]


def _is_full(cells: Sequence[object]) -> bool:
    """Whether it is plain that no cell is empty, as in the ids of most tables."""
    from ceosample.sampling.frames.native import NativeTexts  # here for its numpy

    if isinstance(cells, NativeTexts):
        return cells.lines is not None and cells.lines.are_names
    kinds = {*map(type, cells)}
    if kinds == {str}:
        return all(cells) and not any(map(str.isspace, cells))  # type: ignore[arg-type]
    return kinds == {int}


def dataframe_rows(native: Any) -> Iterator[dict[str, object]]:
    """The rows of a dataframe, as mappings; a null is None whatever the library calls it.

    Raises:
        FrameError: it is no table.
    """
    frame = narwhal(native)
    columns = {name: _objects(frame.get_column(name), name) for name in frame.columns}
    for row in range(len(frame)):
        yield {name: cells[row] for name, cells in columns.items()}


def narwhal(native: Any) -> Any:
    """A dataframe as narwhals has it.

    Raises:
        FrameError: it is no table of rows.
    """
    # Imported here because it is the one heavy import, and CSV and records do without.
    import narwhals.stable.v2 as nw

    try:
        frame = nw.from_native(native, eager_only=True)
        list(frame.columns)
    except Exception as error:  # each library has its own complaints about its own tables
        raise FrameError(
            f"table: got {kind_of(native)}, which cannot be read as a table of rows "
            f"({quoted(str(error), 200)}); give a pandas, polars or pyarrow table, and collect a "
            "lazy one first"
        ) from error
    return frame


def cells_of(frame: Any, name: str) -> Sequence[object]:
    """The cells of a dataframe's column, in Python's kinds.

    Raises:
        FrameError: it holds text that is not UTF-8.
    """
    from ceosample.sampling.frames.native import native_texts  # here for its numpy

    series = frame.get_column(name)
    return native_texts(series, lambda: _objects(series, name)) or _objects(series, name)


def with_texts(frame: Any, name: str, texts: Sequence[str | None]) -> Any:
    """The dataframe of its own library, with these texts as one of its columns."""
    import narwhals.stable.v2 as nw

    column = nw.new_series(name, [*texts], nw.String, backend=frame.implementation)
    return frame.with_columns(column).to_native()


def _objects(series: Any, name: str) -> list[object]:
    try:
        values = series.to_list()
    except UnicodeDecodeError:  # an Arrow table may hold it, though Arrow forbids it
        raise FrameError(
            f"column {quoted(name)}: got text that is not UTF-8; correct it where the table is made"
        ) from None
    if str(series.dtype) in _NARROW:
        values = shortest_floats(values, _NARROW[str(series.dtype)])
    # pandas' nulls arrive as NaN in to_list(); is_null() knows them in every library.
    if not series.null_count():
        return list(values)
    pairs = zip(values, series.is_null().to_list(), strict=True)
    return [None if null else value for value, null in pairs]


def _without(columns: Mapping[str, Sequence[object]], count: int, blank: Set[int]) -> Table:
    """The table without the rows that are no rows; the others keep their numbers."""
    kept = [row for row in range(count) if row not in blank]
    return Table(
        {name: [cells[row] for row in kept] for name, cells in columns.items()},
        len(kept),
        [row + 1 for row in kept],
    )


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
    blank = {number for number, row in enumerate(rows) if is_blank(row.values())}
    columns = {name: [row.get(name) for row in rows] for name in wanted}
    return _without(columns, len(rows), blank) if blank else Table(columns, len(rows))


def from_csv(
    source: str | Path | Iterable[str], wanted: Sequence[str], encoding: str | None = None
) -> Table:
    """Take columns out of a CSV file (a path, or its lines); an empty cell is null."""
    return _from_parts(_csv_parts(source, wanted, NO_KEYS, encoding), wanted)


def from_rows(rows: Iterable[NumberedRow], wanted: Sequence[str]) -> Table:
    """A table of rows that are read one by one, with their numbers."""
    return _from_parts(_parts_of(iter(rows)), wanted)


def _parts_of(rows: Iterator[NumberedRow]) -> Iterator[Part]:
    while some := [*islice(rows, _AT_ONCE)]:
        numbers, cells = zip(*some, strict=True)
        yield numbers, [*zip(*cells, strict=True)]


def _from_parts(parts: Iterable[Part], wanted: Sequence[str]) -> Table:
    columns: dict[str, list[object]] = {name: [] for name in wanted}
    numbers: list[int] = []
    for of_rows, cells in parts:
        numbers += of_rows
        for column, more in zip(columns.values(), cells, strict=True):
            column += more
    return Table(columns, len(numbers), numbers)


def csv_rows(
    source: str | Path | Iterable[str],
    wanted: Sequence[str],
    keys: Mapping[str, str] = NO_KEYS,
    encoding: str | None = None,
) -> Iterator[NumberedRow]:
    """The cells of the wanted columns, row by row; what is wrong is raised at the end.

    Args:
        source: a path, or the lines.
        wanted: the columns.
        keys: which key of a configuration names a column, for the message about one that is not
            there.
        encoding: the one that was asked for by name; None for UTF-8.
    """
    for numbers, columns in _csv_parts(source, wanted, keys, encoding):
        yield from zip(numbers, zip(*columns, strict=True), strict=True)


def _csv_parts(
    source: str | Path | Iterable[str],
    wanted: Sequence[str],
    keys: Mapping[str, str],
    encoding: str | None,
) -> Iterator[Part]:
    if encoding is not None and (said := fault_in_encoding(encoding)):
        raise FrameError(f"encoding: {said}")
    if not isinstance(source, str | Path | Iterable) or isinstance(source, bytes | Mapping):
        raise FrameError(f"table: got {kind_of(source)}; give a path, or the lines of a CSV file")
    if not isinstance(source, str | Path):
        yield from _read_csv(source, wanted, "table", keys)
        return
    if "\0" in str(source):
        raise FrameError(f"table: {got(str(source))}; give a path without a null character")
    path = Path(source)
    try:
        if encoding is not None:
            _require_encoding(path, encoding)
        with files.open_text(path, encoding) as lines:
            yield from _read_csv(lines, wanted, str(source), keys)
    except FileNotFoundError:
        raise FrameError(f"{source}: not there; give the path of the table of responses") from None
    except (OSError, EOFError, zlib.error) as error:
        raise FrameError(f"{source}: cannot be read ({error})") from None
    except UnicodeError as error:  # of UTF-16, too: a file of an odd number of bytes
        _require_encoding(path, encoding)
        raise FrameError(f"{source}: cannot be read ({error})") from None


def _require_encoding(path: Path, encoding: str | None) -> None:
    """Raise unless a file is in its encoding.

    Raises:
        FrameError: it is not, or is a workbook.
    """
    with files.open_unpacked(path) as file:
        if is_workbook(file.read(8)):
            raise FrameError(
                f"{path}: got a workbook, and CSV was asked for; name it as an Excel file (excel "
                "in a configuration, Frame.from_excel), or save it as CSV"
            )
    said = fault_of_bytes(lambda: files.open_unpacked(path), encoding)
    if said is not None:
        raise FrameError(f"{path}: {said}")


def _read_csv(
    lines: Iterable[str], wanted: Sequence[str], where: str, keys: Mapping[str, str]
) -> Iterator[Part]:
    mark, reader = separated(lines, wanted)
    faults: list[str] = []
    count = 0
    try:
        header = next(reader, None)
        if header is None:
            raise FrameError(f"{where}: empty; the first line must name the columns")
        require_columns(wanted, header, keys)
        places = [header.index(name) for name in wanted]
        taken, rows = _taking(places), filter(None, reader)
        read, broken = _some(rows)
        while read:
            as_long = {*map(len, read)} == {len(header)}
            columns = [*zip(*read, strict=True)] if as_long else []
            # A row that has more than white space in one column is no blank one.
            if columns and all(map(str.strip, columns[places[0]])):
                numbers = range(count + 1, count + len(read) + 1)
                yield numbers, [_with_nulls(columns[place]) for place in places]
            elif told := [*_one_by_one(read, count, header, taken, mark, faults)]:
                yield from _parts_of(iter(told))
            count += len(read)
            read, broken = _some(rows) if broken is None else ([], broken)
        if broken is not None:
            raise broken
    except csv.Error as error:
        faults.append(f"row {count + 1}: {_in_our_words(error)}")
    raise_faults(FrameError, faults)


def _some(rows: Iterator[list[str]]) -> tuple[list[list[str]], csv.Error | None]:
    """The next rows, and what kept the one behind them from being read."""
    read: list[list[str]] = []
    try:
        for row in islice(rows, _AT_ONCE):
            read.append(row)
    except csv.Error as error:
        return read, error
    return read, None


def _with_nulls(cells: Sequence[str]) -> Sequence[object]:
    return [cell or None for cell in cells] if "" in cells else cells


def _one_by_one(
    rows: Iterable[list[str]],
    before: int,
    header: Sequence[str],
    taken: Callable[[list[str]], tuple[str, ...]],
    mark: str,
    faults: list[str],
) -> Iterator[NumberedRow]:
    """The rows that are no blank ones; what is wrong with another is added to the faults."""
    for count, row in enumerate(rows, before + 1):
        said = "".join(row)
        if not said or said.isspace():  # is_blank, of texts alone
            continue
        if len(row) == len(header):
            yield count, tuple([c or None for c in taken(row)])
        else:
            faults.append(
                f"row {count}: got {len(row)} cells, and the header names {len(header)}; "
                f"quote a cell that holds {SEPARATORS[mark]}"
            )


def _taking(places: Sequence[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """What takes the cells in some places out of a row."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda row: tuple([row[place] for place in places])


def _in_our_words(error: csv.Error) -> str:
    if "field larger than" in str(error):
        said = f"got a cell of more than {LONGEST_CELL} characters; shorten it"
    else:
        said = str(error)
    return f"{said}; the rest was not read: look for a quotation mark that is not closed"


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
