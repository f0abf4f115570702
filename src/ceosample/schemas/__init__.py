"""The JSON Schemas of the files that other systems read and write."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any, Final

#: The public record, a file of decisions, an event of the ledger's export, the history of a letter,
#: a run of what was due, a run of several populations, what the verdicts say, a command that
#: failed, and what other commands print with ``--json``.
NAMES: Final = (
    *("draw", "decisions", "event", "letter", "run", "runs", "infer", "failure"),
    *("status", "at-risk", "check", "metrics", "health"),
    *("verify", "verify-evidence", "compare", "key-list", "ledger-head"),
    *("explain", "verify-all", "verifier-page", "plan", "people"),
)


def schema(name: str) -> dict[str, Any]:
    """A JSON Schema (draft 2020-12).

    Args:
        name: ``draw`` for ``draw.json``, ``decisions`` for ``decisions.json``, ``event`` for a line
            of ``ceosample export``, ``letter`` for what ``ceosample ledger letter --json`` prints,
            ``run`` for ``ceosample run --json``, ``runs`` for the same of several populations,
            ``infer`` for ``ceosample infer --json``, ``failure`` for any other command with
            ``--json`` that fails; ``status``, ``at-risk``, ``check``, ``metrics``, ``health``,
            ``compare``, ``key-list``, ``ledger-head``, ``explain``, ``plan`` and ``people`` for
            what these commands print with ``--json``; ``verify`` for the same of a folder,
            ``verify-evidence`` of a file of evidence, ``verify-all`` of ``verify --all``, and
            ``verifier-page`` of ``verify --page``.

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
