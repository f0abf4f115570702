"""The drawn letters' contents, from a file of JSON lines or a mail merge's table."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ceosample import files
from ceosample.configuration.keys import UNIT_ID, is_table
from ceosample.configuration.source import TableForm
from ceosample.errors import LetterError, raise_faults
from ceosample.job.sources import mail_merge
from ceosample.text import quoted

#: A table whose ids have the heading ``unit_id``, and every other column its field's.
_OWN_NAMES: Final = {UNIT_ID: UNIT_ID}

_PLAIN: Final = TableForm()


def read_contents(
    path: Path,
    unit_ids: Sequence[str],
    columns: Mapping[str, str] = _OWN_NAMES,
    form: TableForm = _PLAIN,
    told: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, dict[str, Any]]:
    """The contents of these letters alone, by id; the others in the file are ignored.

    Args:
        path: a file of JSON lines, or a table: ``.csv``, ``.csv.gz``, ``.xlsx``, ``.xlsm``.
        unit_ids: the letters' ids.
        columns: the fields of a table, each with its column's heading; see ``table_letters``.
        form: how a table is written.
        told: what a message calls a letter instead of its id, where that is not to be shown.

    Raises:
        LetterError: the file does not exist, a line cannot be read, or a letter appears twice.
    """
    found: dict[str, dict[str, Any]] = {}
    for unit_id, fields in _letters(path, set(unit_ids), columns, form, told):
        found[unit_id] = fields
    return found


def _letters(
    path: Path,
    wanted: Set[str],
    columns: Mapping[str, str],
    form: TableForm,
    told: Mapping[str, str],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The wanted letters, one by one; what is wrong with any row is raised at the end."""
    seen: set[str] = set()
    faults: list[str] = []
    try:
        for where, unit_id, fields in (
            mail_merge.table_letters(path, columns, form, wanted, faults)
            if is_table(path.name)
            else _line_letters(path, wanted, faults)
        ):
            if unit_id in seen:
                name = told.get(unit_id, unit_id)
                faults.append(
                    f"{where}: got {quoted(name)}: it appears in the file before; remove one"
                )
            seen.add(unit_id)
            yield unit_id, fields
    except FileNotFoundError:
        raise LetterError(
            f"{path}: not there; write the letters' contents to it, or correct letters.contents"
        ) from None
    except UnicodeDecodeError as error:
        raise LetterError(f"{path}: not UTF-8 ({error.reason}); save it as UTF-8") from None
    except (OSError, EOFError, zlib.error) as error:
        raise LetterError(f"{path}: cannot be read ({error}); restore it") from None
    raise_faults(LetterError, faults)


def _line_letters(
    path: Path, wanted: Set[str], faults: list[str]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The place of each wanted letter in the file, its id and its contents, from JSON lines."""
    with files.open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            where = f"{path.name}, line {number}"
            taken = _take_line(line, where, faults)
            if taken is not None and taken[0] in wanted:
                yield where, *taken


def _take_line(line: str, where: str, faults: list[str]) -> tuple[str, dict[str, Any]] | None:
    """The id and the fields of a line's letter; None if there is none."""
    if not line.strip():
        return None
    try:
        fields = json.loads(line)
        return str(fields.pop(UNIT_ID)), fields
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError):
        faults.append(f'{where}: not a JSON object with a "unit_id"; correct the line')
        return None
