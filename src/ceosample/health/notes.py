"""Small files next to the months' folders, in which a call leaves word for the ones after it.

They hold times, codes and digests. One that is missing or damaged says nothing. They end in
``.lock`` as the runs' locks do, so that who compares or copies folders passes over all of them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from pathlib import Path
from typing import Any

from ceosample import file_modes, files
from ceosample.canonical import canonical_file
from ceosample.configuration import Configuration
from ceosample.errors import CeosampleError


def leave(configuration: Configuration, name: str, fields: dict[str, Any]) -> None:
    """Leave word, where there is a folder of packs and it can be written to."""
    if not configuration.packs.is_dir():
        return
    said = {n: v.isoformat() if isinstance(v, dt.datetime) else v for n, v in fields.items()}
    with (
        contextlib.suppress(OSError, CeosampleError),
        file_modes.for_group(configuration.for_group),
    ):
        files.write_whole(_place(configuration, name), canonical_file({"scheme": name, **said}))


def left(configuration: Configuration, name: str, *moments: str) -> dict[str, Any] | None:
    """The word that was left, with these of its fields as times; None if there is none."""
    try:
        said: Any = json.loads(files.read_if_there(_place(configuration, name)) or b"null")
        if not isinstance(said, dict) or said.pop("scheme", None) != name:
            return None
        times = {n: said[n] and dt.datetime.fromisoformat(said[n]) for n in moments}
    except (OSError, CeosampleError, ValueError, TypeError, KeyError):
        return None
    return {**said, **times}


def _place(configuration: Configuration, name: str) -> Path:
    kind = name.partition("/")[0].removeprefix("ceosample-")
    return configuration.packs / f".{configuration.population}.{kind}.lock"
