"""The parts of a room's page: its script, its texts, and the policy that allows them alone."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import Final

#: The parts of the script of an open room, what others use at their start first.
OPEN: Final = (
    *("start.js", "fields.js", "actions.js", "decisions.js", "dialogs.js", "saving.js"),
    *("opening.js", "page.js", "kept.js", "keys.js"),
)

#: Those of a sealed one, which keeps and saves nothing in clear.
SEALED: Final = tuple(
    {"saving.js": "sealed-saving.js", "kept.js": "sealed-kept.js"}.get(name, name) for name in OPEN
)

#: What a sealed room does where an open one reads a file as it is.
UNSEALING: Final = ("entries = read(data)", "entries = read(await textOfFile(data))")

#: What follows the actions of a letter where there is none: those of a reading.
_READINGS: Final = "readings.js"

#: What a room says of letters, and of readings instead; each place is in some part.
_WORDS: Final = {
    "Letter ${place}": "Reading ${place}",
    "This is the last letter.": "This is the last reading.",
    "Next letter": "Next reading",
    "Previous letter": "Previous reading",
    "entry about this letter": "entry about this reading",
    "Go to a letter and say": "Go to a reading and say",
    '"letter is", "letters are"': '"reading is", "readings are"',
    "Every letter is decided.": "Everything is decided.",
    '"The letters"': '"The readings"',
    'data-kind="signed"': 'data-kind="read"',
    "Decide about this letter": "Decide about this reading",
    "What becomes of the letter": "What becomes of the reading",
    "Letters decided": "Readings decided",
    "Read each letter beside its docket": "Read each beside its docket",
    "You can read the letters here": "You can read everything here",
    "Print the letters and decide": "Print the pack and decide",
    "it is about a letter that is not": "it is about a reading that is not",
    "says of a letter what": "says of a reading what",
    "decided before the letters were sent": "decided before they were sent",
    "and the letters are dated": "and the pack is dated",
}


def part(name: str, is_reading: bool = False) -> str:
    """The text of a part; of a room of readings, in its words."""
    place = resources.files("ceosample.letters") / "templates" / "room" / name
    text = place.read_text("utf-8")
    for of_letters, of_readings in _WORDS.items() if is_reading else ():
        text = text.replace(of_letters, of_readings)
    return text


def body_of(names: tuple[str, ...], is_reading: bool = False) -> str:
    """Parts of a script as one."""
    more = {"actions.js": [_READINGS]} if is_reading else {}
    every = [one for name in names for one in (name, *more.get(name, []))]
    return "\n".join(part(name, is_reading) for name in every)


def script(*bodies: str) -> str:
    """A script with names of its own."""
    return "\n".join(["", '"use strict";', "(() => {", *bodies, "})();", ""])


def source(text: str) -> str:
    """What a policy names a script or a style by."""
    sha256 = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(sha256).decode()}'"
