"""A month's title: what people read where machines read the population's id.

It is a field of the event that froze the month. A month without it shows the id, as all months of
0.1 do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ceosample.canonical import Json
from ceosample.errors import LedgerError
from ceosample.signoff.store.events import Event
from ceosample.text import fault_in_title

_TITLE: Final = "title"


def title_of(events: Iterable[Event], otherwise: Sequence[Event] = ()) -> str | None:
    """The title of the newest month that the events froze, by its newest freeze.

    Args:
        events: those of the months that are shown.
        otherwise: those of all months, which are asked if ``events`` froze none.

    Returns:
        The title; None where that freeze has none, or one that no page should show.
    """
    frozen = [event for event in events if event.kind == "frozen"]
    if not frozen:
        return title_of(otherwise) if otherwise else None
    newest = max(frozen, key=lambda event: (event.period or "", event.sequence))
    title = newest.payload.get(_TITLE)
    return title if fault_in_title(title, _TITLE) is None else None


def titled(payload: Mapping[str, Json], title: str | None) -> dict[str, Json]:
    """What the event of a freeze holds; without a title no field says so."""
    return {**payload, **({} if title is None else {_TITLE: title})}


def untitled(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What a freeze fixes: all that its event holds but the title."""
    return {name: value for name, value in payload.items() if name != _TITLE}


def require(title: object) -> None:
    """Raise unless people can read a title; None is no title.

    Raises:
        LedgerError: with what is wrong with it.
    """
    fault = None if title is None else fault_in_title(title, _TITLE)
    if fault is not None:
        raise LedgerError(fault)
