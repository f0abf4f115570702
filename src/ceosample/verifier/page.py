"""The verifier's page, put together from its parts: the same bytes wherever it is made.

Its checks are JavaScript that was written against ``docs/record.md``, and share no code with the
library. The page loads nothing: its policy names its style and its script by their SHA-256, and
lets a worker run that the page makes itself.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib import resources
from typing import Final

from ceosample.canonical import digest

#: The file's name in a pack's folder.
VERIFIER: Final = "verifier.html"

#: Every edition that a release shipped: its date, and its SHA-256. The last is this release's, and
#: a page that changes has a new edition.
_EDITIONS: Final = "editions.json"

#: The parts of the checks, from the ground up.
_CHECKS: Final = (
    *("sha256", "names", "words", "causes", "json", "fractions", "table", "csv", "frame"),
    *("tickets", "cuts", "plan", "plan_faults", "allocation", "turns", "design", "seed", "record"),
    *("explained", "told", "archive", "unchecked"),
    *("verify", "story", "blind", "evidence", "papers", "left", "index", "handed"),
    "worker",
)
_SCRIPTS: Final = ("asking", "files", "picture", "page")

_PLACE: Final = re.compile("@([A-Z]+)@")


@cache
def verifier_page() -> bytes:
    """The verifier as one HTML file, which checks a month's public files in any browser.

    It opens from a disk, loads nothing and sends nothing. ``ceosample verify --page`` writes it,
    and each pack is saved with it. ``docs/auditor.md`` says why an auditor's copy should come from
    somewhere else than the firm.

    >>> verifier_page().startswith(b"<!doctype html>")
    True
    """
    style, script = _part("page.css"), _joined("page", _SCRIPTS)
    edition = editions()[-1]
    parts = {
        "POLICY": _policy(style, script),
        "STYLE": style,
        "EDITION": edition["edition"],
        "DATE": edition["date"],
        "DIGEST": "",
        "CHECKS": checks(),
        "SCRIPT": script,
    }
    blank = _filled(parts)
    return _filled(parts | {"DIGEST": digest(blank.encode())}).encode()


def editions() -> list[dict[str, str]]:
    """The editions that releases shipped, oldest first: number, date and SHA-256 of each."""
    found: list[dict[str, str]] = json.loads(_part(_EDITIONS, "."))
    return found


def is_shipped(page: bytes) -> bool:
    """Whether a release shipped a page."""
    return digest(page) in {edition["sha256"] for edition in editions()}


@cache
def checks() -> str:
    """The worker's script: tables of code points, and all checks."""
    tables = {"UNICODE14": "unicode14.txt", "UNSEEN14": "unseen14.txt"}
    home = resources.files("ceosample")
    known = "".join(
        f"const {name} = {json.dumps(home.joinpath(file).read_text('ascii'))};\n"
        for name, file in tables.items()
    )
    return f'"use strict";\n{known}{_joined("checks", _CHECKS)}'


def _filled(parts: dict[str, str]) -> str:
    """The page with each part in its place; what is put in is not looked into again."""
    return _PLACE.sub(lambda found: parts[found[1]], _part("page.html"))


def _policy(style: str, script: str) -> str:
    """What the page may do: run its script, show its style, and start the worker it makes."""
    return (
        f"default-src 'none'; script-src {_source(script)}; style-src {_source(style)}; "
        "worker-src blob:; base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    hashed = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{hashed}'"


def _joined(folder: str, names: tuple[str, ...]) -> str:
    return "\n".join(_part(f"{name}.js", folder) for name in names)


def _part(name: str, folder: str = "page") -> str:
    return resources.files("ceosample.verifier").joinpath(folder, name).read_text("utf-8")
