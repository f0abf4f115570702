"""Past sign-offs from an older tracker: which claims hold, and what their events must look like."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ceosample.signoff.replay.lifecycle import STATES
from ceosample.signoff.store.events import Event

#: A claim that an older table makes of a letter; the withdrawal of a file's claims; both.
CLAIM: Final = "imported"
WITHDRAWN: Final = "import_withdrawn"
KINDS: Final = (CLAIM, WITHDRAWN)

#: What a row can hold about a letter; ``unknown`` is the outcome of a row that gives none.
OUTCOMES: Final = (*sorted(STATES - {"selected", "reserve"}), "unknown")


def standing(events: Iterable[Event]) -> list[Event]:
    """The claims of these events that no later one withdrew."""
    found: list[Event] = []
    for event in events:
        if event.kind == CLAIM:
            found.append(event)
        elif event.kind == WITHDRAWN:
            gone = (event.population, event.period, event.payload["file"])
            found = [e for e in found if (e.population, e.period, e.payload["file"]) != gone]
    return found


def take(claims: dict[str, str], event: Event) -> None:
    """Take an event into the claims of its month: each letter's id, and the digest of its file."""
    file = str(event.payload["file"])
    if event.kind == CLAIM:
        claims[str(event.unit_id)] = file
    elif event.kind == WITHDRAWN:
        for unit_id in [unit_id for unit_id, of in claims.items() if of == file]:
            del claims[unit_id]
