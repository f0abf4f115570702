"""What is wrong with a table in a database, found by asking; ids that are right stay there.

Engines differ on normal forms and on what white space is. So they are asked only for what is not
plain ASCII, and Python judges that by the same rules as in memory. A table has no order of rows,
so units are named by their ids, and other faults by their number of rows.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from ceosample.errors import FrameError, raise_faults
from ceosample.got import got
from ceosample.lakes import DELTA, first_lake
from ceosample.sampling.frames.cells import (
    FILL,
    FILL_STRATUM,
    exclusion_code,
    fault_in_new_stratum,
    got_empty,
    name_of_unit,
    stratum_value,
)
from ceosample.sampling.frames.rows import (
    GROUP,
    ColumnNames,
    faults_of_reasons,
    faults_of_spaces,
    got_content,
)
from ceosample.text import quoted
from ceosample.unseen import fault_in_new_name
from ceosample.warehouse.engine import CODED, INTEGER, NUMBER, TEXT, Engine, asking, rows
from ceosample.warehouse.questions import Questions

#: So many units are named in one error; of the others their number is said.
MOST_UNITS: Final = 1000

#: How an engine reads a table of a lake as what it is.
_READERS: Final[Mapping[tuple[str, str], str]] = {
    (DELTA, "DuckDB"): "read it with delta_scan",
    (DELTA, "DataFusion"): "register deltalake's DeltaTable in its place",
    (DELTA, "Spark"): 'read it with format("delta")',
    ("Hudi", "Spark"): 'read it with format("hudi")',
    ("Iceberg", "DuckDB"): "read it with iceberg_scan",
    ("Iceberg", "Spark"): 'read it with format("iceberg")',
}

#: How an engine reads a file of CSV without guessing.
_AS_TEXT: Final[Mapping[str, str]] = {
    "DuckDB": "read the file with all_varchar = true, or name the type: types = {'id': 'VARCHAR'}",
    "DataFusion": "register the file with a schema in which it is text",
    "Spark": "read the file without inferSchema, or with a schema in which it is a string",
}

_ID: Final = partial(name_of_unit, rule=fault_in_new_name)
_VALUE: Final = partial(stratum_value, rule=fault_in_new_stratum)

#: More distinct reasons than this are not even counted; they are somebody's words.
MOST_REASONS_COUNTED: Final = 1000


def of_kinds(columns: ColumnNames, kinds: Mapping[str, str]) -> list[str]:
    """Columns of a kind of which engines do not write the same text."""
    only_text = {columns.exclusion: "reasons", columns.content: "digests of contents"}
    faults = []
    for name in columns.wanted:
        rule = only_text.get(name)
        if kinds[name] not in ((TEXT, CODED) if rule else (TEXT, CODED, INTEGER, NUMBER)):
            faults.append(
                f"column {quoted(name)}: got the type {kinds[name]}; convert it to text"
                + (f", which {rule} are" if rule else " or whole numbers")
                + ", for example in a view"
            )
    return faults


def of_files(home: Engine, questions: Questions, kinds: Mapping[str, str]) -> list[str]:
    """Files that hold more than the rows of a table, or less than the text of its cells."""
    with asking(home, "table"):
        files = home.files(questions.wanted())
    in_lake = first_lake(files.loose)
    if in_lake is not None:
        path, lake = in_lake
        instead = _READERS.get((lake.kind, home.dialect.name), "")
        return [f"table: {lake.refused(path, instead)}"]
    if not files.has_csv:
        return []
    how = _AS_TEXT.get(home.dialect.name, "read it as text")
    what = "in which 007 and 7 are two ids and the engine drops the zeros"
    found = [
        f"column {quoted(name)}: got whole numbers of a CSV file, {what}; {how}"
        for name, kind in kinds.items()
        if kind in (INTEGER, NUMBER)
    ]
    if files.has_casts and not found:
        found = [f"table: got text that a view makes of numbers of a CSV file, {what}; {how}"]
    return found


def of_fractions(home: Engine, questions: Questions, kinds: Mapping[str, str]) -> list[str]:
    """Columns of numbers in which some are not whole: 12.0 is another text than 12."""
    columns = [name for name, kind in kinds.items() if kind == NUMBER]
    if not columns:
        return []
    ((*counts,),) = rows(home, questions.fractions(columns))
    return [
        f"column {quoted(column)}, {_rows(count)}: got a number with digits after the point, or "
        "NaN; convert the column to numeric(38, 0) or to text, for example in a view"
        for column, count in zip(columns, counts, strict=True)
        if count
    ]


def of_texts(home: Engine, questions: Questions) -> list[str]:
    """Columns with texts that are not UTF-8, or were not once: their bytes are of no use."""
    columns = questions.broken_columns
    if not columns:
        return []
    ((*counts,),) = rows(home, questions.broken())
    return [
        f"column {quoted(column)}, {_rows(count)}: got bytes that are not UTF-8, or U+FFFD in "
        "their place; correct the text"
        for column, count in zip(columns, counts, strict=True)
        if count
    ]


def of_ids(home: Engine, questions: Questions, *, text: bool) -> list[str]:
    """Ids that are missing, or that no id may be."""
    column = f"column {quoted(questions.columns.unit_id)}"
    missing = 0

    def refused() -> Iterator[tuple[str, str]]:
        nonlocal missing
        for (unit,) in rows(home, questions.odd_ids(text=text)):
            if unit in (None, ""):
                missing += 1
            elif fault := _fault_of(_ID, unit):
                yield unit, fault

    named = _first(refused(), lambda unit: f"{column}: {unit[1]}")
    return _missing(column, missing) + named


def of_strata(columns: ColumnNames, sizes: Mapping[tuple[str | None, ...], int]) -> list[str]:
    """Values of strata that are missing, or that no stratum may have."""
    faults = []
    for place, name in enumerate(columns.strata):
        counts: dict[str | None, int] = {}
        for stratum, count in sizes.items():
            counts[stratum[place]] = counts.get(stratum[place], 0) + count
        column = f"column {quoted(name)}"
        faults += _missing(column, counts.pop(None, 0), FILL_STRATUM)
        refused: dict[str, int] = {}
        for value, count in sorted((v, c) for v, c in counts.items() if v is not None):
            if fault := _fault_of(_VALUE, value):
                refused[fault] = refused.get(fault, 0) + count
        faults += [f"{column}, {_rows(count)}: {fault}" for fault, count in refused.items()]
    told = {tuple(map(str, stratum)): size for stratum, size in sizes.items()}
    return faults + faults_of_spaces(columns.strata, told)


def of_reasons(columns: ColumnNames, counts: Mapping[str, int]) -> list[str]:
    """Reasons that are no codes, or are too many."""
    column = f"column {quoted(columns.exclusion)}"
    if len(counts) > MOST_REASONS_COUNTED:
        return [f"{column}: got more than {MOST_REASONS_COUNTED} different reasons; {GROUP}"]
    refused: dict[str, int] = {}
    for reason, count in counts.items():
        if fault := _fault_of(exclusion_code, reason):
            refused[fault] = refused.get(fault, 0) + count
    faults = [f"{column}, {_rows(count)}: {fault}" for fault, count in refused.items()]
    return faults + faults_of_reasons(columns.exclusion, counts)


def of_contents(home: Engine, questions: Questions) -> list[str]:
    """Eligible units whose content has no digest."""
    column = f"column {quoted(questions.columns.content)}"

    def said(unit: tuple[str, str | None]) -> str:
        fault = got_empty() if unit[1] is None else got_content(unit[1])
        return f"unit {quoted(unit[0])}, {column}: {fault}"

    refused = ((unit or "", content) for unit, content in rows(home, questions.odd_contents()))
    return _first(refused, said)


def raise_repeats(column: str, repeated: Iterable[str]) -> None:
    """Raise if an id appears more than once.

    Raises:
        FrameError: every one that does.
    """

    def said(unit: tuple[str, str | None]) -> str:
        return f"column {quoted(column)}: {got(unit[0])} twice; give each response an id of its own"

    raise_faults(FrameError, _first(((unit, None) for unit in dict.fromkeys(repeated)), said))


def changed(what: str) -> FrameError:
    """The table is not what it was."""
    return FrameError(
        f"table: {what}, so it changed after the frame was made; make the frame again, and give "
        "it a table that stays as it is"
    )


def _first(
    refused: Iterable[tuple[str, str | None]], said: Callable[[tuple[str, str | None]], str]
) -> list[str]:
    """The faults of the units with the lowest ids, whatever order they came in."""
    count = 0

    def counted() -> Iterator[tuple[str, str, str]]:
        nonlocal count
        for unit in refused:
            count += 1
            yield unit[0], unit[1] or "", said(unit)

    faults = [fault for *_, fault in heapq.nsmallest(MOST_UNITS, counted())]
    if count > MOST_UNITS:
        faults.append(f"table: the same of {count - MOST_UNITS} more units")
    return faults


def _fault_of(rule: Callable[[object], str], value: object) -> str | None:
    try:
        rule(value)
    except ValueError as error:
        return str(error)
    return None


def _missing(column: str, count: int, fill: str = FILL) -> list[str]:
    return [f"{column}, {_rows(count)}: {got_empty(fill)}"] if count else []


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
