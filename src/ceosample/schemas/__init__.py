"""The JSON Schemas of the files that other systems read and write."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any, Final

#: Which there are: the public record, a file of decisions, an event of the
#: ledger's export, a run of what was due.
NAMES: Final = ("draw", "decisions", "event", "run")


def schema(name: str) -> dict[str, Any]:
    """A JSON Schema (draft 2020-12).

    Args:
        name: ``draw`` for ``draw.json``, ``decisions`` for ``decisions.json``, ``event`` for a line
            of ``ceosample export``, ``run`` for what ``ceosample run --json`` prints.

    Raises:
        KeyError: there is none of that name.

    >>> schema("draw")["title"]
    'draw.json'
    """
    if name not in NAMES:
        raise KeyError(f"{name!r}: there are {', '.join(NAMES)}")
    path = resources.files("ceosample.schemas") / f"{name}.schema.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
