"""The drawn letters' contents, from a file of JSON lines."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
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
    wanted = set(unit_ids)
    found: dict[str, dict[str, Any]] = {}
    faults: list[str] = []
    try:
        with files.open_text(path) as lines:
            for number, line in enumerate(lines, 1):
                _take_line(line, f"{path.name}, line {number}", wanted, found, faults)
    except FileNotFoundError:
        raise LetterError(f"{path}: not there; it holds the letters' contents") from None
    except UnicodeDecodeError as error:
        raise LetterError(f"{path}: not UTF-8 ({error.reason}); save it as UTF-8") from None
    except (OSError, EOFError, zlib.error) as error:
        raise LetterError(f"{path}: cannot be read ({error}); restore it") from None
    raise_all(LetterError, faults)
    return found


def _take_line(
    line: str,
    where: str,
    wanted: set[str],
    found: dict[str, dict[str, Any]],
    faults: list[str],
) -> None:
    if not line.strip():
        return
    try:
        fields = json.loads(line)
        unit_id = str(fields.pop("unit_id"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError):
        faults.append(f'{where}: not a JSON object with a "unit_id"')
        return
    if unit_id not in wanted:
        return
    if unit_id in found:
        faults.append(f"{where}: the letter {shown(unit_id)} stands in the file already")
    found[unit_id] = fields
