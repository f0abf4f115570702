"""The parts of a room's page: its script, its texts, and the policy that allows them alone."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import Final

#: The parts of the script of an open room, what others use at their start first.
OPEN: Final = (
    *("start.js", "fields.js", "actions.js", "decisions.js", "dialogs.js", "saving.js"),
    *("page.js", "kept.js", "keys.js"),
)

#: Those of a sealed one, which keeps and saves nothing in clear.
SEALED: Final = tuple(
    {"saving.js": "sealed-saving.js", "kept.js": "sealed-kept.js"}.get(name, name) for name in OPEN
)


def part(name: str) -> str:
    """The text of a part."""
    return (resources.files("ceosample.letters") / "templates" / "room" / name).read_text("utf-8")


def body_of(names: tuple[str, ...]) -> str:
    """Parts of a script as one."""
    return "\n".join(part(name) for name in names)


def script(*bodies: str) -> str:
    """A script with names of its own."""
    return "\n".join(["", '"use strict";', "(() => {", *bodies, "})();", ""])


def source(text: str) -> str:
    """What a policy names a script or a style by."""
    sha256 = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(sha256).decode()}'"
