"""Past sign-offs from an older tracker: which claims hold, and what their events must look like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ceosample.canonical import is_digest
from ceosample.errors import LedgerError
from ceosample.form import is_count
from ceosample.signoff.replay.lifecycle import STATES, WRONG_PAYLOAD
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


def require(event: Event) -> None:
    """Raise unless an event of these kinds is one that the ledger would have recorded.

    Raises:
        LedgerError: its payload does not fit its kind.
    """
    payload: Mapping[str, Any] = event.payload
    file, stratum = payload.get("file"), payload.get("stratum")
    right = is_digest(file)
    if event.kind == CLAIM:
        right = (
            right
            and event.subject is not None
            and payload.get("verified") is False
            and payload.get("outcome") in OUTCOMES
            and (stratum is None or isinstance(stratum, list))
            and is_count(payload.get("row"))
        )
    if not right:
        raise LedgerError(WRONG_PAYLOAD)
