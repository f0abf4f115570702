"""A table of complaints whose ids are blinded, before it becomes a frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from ceosample.errors import FrameError, raise_faults
from ceosample.got import Private, got
from ceosample.sampling.blinding.salts import Random, keep
from ceosample.sampling.frames import table as tables
from ceosample.sampling.frames.cells import is_empty, name_of_unit
from ceosample.text import quoted
from ceosample.unseen import fault_in_new_name


def blind(table: Any, *, unit_id: str, salts: str | Path, random: Random) -> Any:
    """The table with a blinded id in place of each complaint's number.

    Each number has a salt of 32 random bytes, which stays in the file of salts: the same file gives
    the same ids again, and new numbers get new salts. Freeze the table that comes back, and the
    frame can be published without the numbers.

    Args:
        table: a pandas, polars, pyarrow, ... table, as ``Frame.from_dataframe`` takes it, or a list
            of mappings.
        unit_id: the column of numbers. The table that comes back has the blinded ids there.
        salts: the file of salts. It is made with mode 0600 where it is not there, and kept private.
        random: returns a number of random bytes: ``secrets.token_bytes``.

    Returns:
        A table of the same kind, with all other columns as they were.

    Raises:
        FrameError: every number that cannot be one or is there twice, told by its row and never
            shown; a frame in place of its table; or bytes that are not random ones.
        RecordError: the file holds something else, or others can read it; it stays as it is.
        BusyError: another process is at work on the file.

    >>> import secrets, tempfile
    >>> from ceosample import blind
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     rows = blind([{"complaint": "CR-1042", "division": "Cards"}], unit_id="complaint",
    ...         salts=f"{folder}/salts.csv", random=secrets.token_bytes)
    >>> len(rows[0]["complaint"]), rows[0]["division"]
    (64, 'Cards')
    """
    if not isinstance(unit_id, str):
        raise FrameError(f"unit_id: {got(unit_id)}; give the name of a column")
    if not isinstance(salts, str | Path) or not str(salts):
        raise FrameError(f"salts: {got(salts)}; give the path of a file")
    if callable(getattr(table, "lowest", None)):
        raise FrameError(
            "table: got a frame, whose ids are settled; blind its table first, in a database its "
            "column of numbers, and make the frame of what comes back"
        )
    if isinstance(table, list):
        read = tables.from_records(table, [unit_id])
        ids = _kept(read, unit_id, Path(salts), random)
        rows = dict(zip((read.number(n) - 1 for n in range(read.count)), ids, strict=True))
        return [{**row, unit_id: rows.get(n)} for n, row in enumerate(table)]
    frame = tables.narwhal(table)
    tables.require_columns([unit_id], list(frame.columns))
    cells = tables.cells_of(frame, unit_id)
    ids = _kept(tables.Table({unit_id: cells}, len(cells)), unit_id, Path(salts), random)
    return tables.with_texts(frame, unit_id, ids)


def numbers_in(table: tables.Table, unit_id: str) -> list[str | None]:
    """The number of each row, as a unit id is written; None for an empty cell.

    Raises:
        FrameError: every cell that cannot be a number, and every number that is there twice; no
            message shows one.
    """
    rule: Callable[[object], str] = partial(
        name_of_unit, rule=fault_in_new_name, private=Private.CELL
    )
    found: list[str | None] = []
    first: dict[str, int] = {}
    faults = []
    for row, cell in enumerate(table.columns[unit_id]):
        where = f"row {table.number(row)}, column {quoted(unit_id)}"
        number = None
        try:
            number = None if is_empty(cell) else rule(cell)
        except ValueError as error:
            faults.append(f"{where}: {error}")
        found.append(number)
        if number is not None and first.setdefault(number, row) != row:
            faults.append(
                f"{where}: got the number of row {table.number(first[number])} again; give each "
                "complaint a number of its own"
            )
    raise_faults(FrameError, faults)
    return found


def _kept(table: tables.Table, unit_id: str, path: Path, random: Random) -> list[str | None]:
    """The blinded id of each row, once its salt is on the disk."""
    numbers = numbers_in(table, unit_id)
    salts = keep(path, filter(None, numbers), random)
    return [number and salts.id_of(number) for number in numbers]
