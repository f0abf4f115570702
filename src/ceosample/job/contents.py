"""The drawn letters' contents, from a file of JSON lines."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence, Set
from pathlib import Path
from typing import Any

from ceosample import files
from ceosample.errors import LetterError, raise_all
from ceosample.text import shown


def read_contents(path: Path, unit_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The contents of these letters alone from a file of JSON lines; the others are passed over.

    Raises:
        LetterError: the file is not there, or a line cannot be read, or a letter stands twice.
    """
    found: dict[str, dict[str, Any]] = {}
    for unit_id, fields in _letters(path, set(unit_ids)):
        found[unit_id] = fields
    return found


def ids_with_contents(path: Path, unit_ids: Set[str]) -> set[str]:
    """Which of these letters have contents; what they say is read and not kept.

    Raises:
        LetterError: as :func:`read_contents` does.
    """
    return {unit_id for unit_id, _ in _letters(path, unit_ids)}


def _letters(path: Path, wanted: Set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The wanted letters, one by one; what is wrong with any line is raised at the end."""
    seen: set[str] = set()
    faults: list[str] = []
    try:
        with files.open_text(path) as lines:
            for number, line in enumerate(lines, 1):
                taken = _take_line(line, f"{path.name}, line {number}", wanted, seen, faults)
                if taken is not None:
                    yield taken
    except FileNotFoundError:
        raise LetterError(f"{path}: not there; it holds the letters' contents") from None
    except UnicodeDecodeError as error:
        raise LetterError(f"{path}: not UTF-8 ({error.reason}); save it as UTF-8") from None
    except (OSError, EOFError, zlib.error) as error:
        raise LetterError(f"{path}: cannot be read ({error}); restore it") from None
    raise_all(LetterError, faults)


def _take_line(
    line: str, where: str, wanted: Set[str], seen: set[str], faults: list[str]
) -> tuple[str, dict[str, Any]] | None:
    """The letter of a line, if it is a wanted one."""
    if not line.strip():
        return None
    try:
        fields = json.loads(line)
        unit_id = str(fields.pop("unit_id"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError):
        faults.append(f'{where}: not a JSON object with a "unit_id"')
        return None
    if unit_id not in wanted:
        return None
    if unit_id in seen:
        faults.append(f"{where}: the letter {shown(unit_id)} stands in the file already")
    seen.add(unit_id)
    return unit_id, fields
