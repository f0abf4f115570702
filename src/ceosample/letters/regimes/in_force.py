"""Which text of a law holds on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Protocol


class InForce(Protocol):
    """What a regime says of the days on which it holds."""

    @property
    def version(self) -> str: ...
    @property
    def in_force(self) -> dt.date | None: ...
    @property
    def until(self) -> dt.date | None: ...
    @property
    def earlier(self) -> str | None: ...
    @property
    def later(self) -> str | None: ...


def fault_of_day(regime: InForce, day: dt.date) -> str | None:
    """What is wrong with a regime for complaints of a day; None if it was in force."""
    if regime.in_force is not None and day < regime.in_force:
        return (
            f"got {day}, and version {regime.version} is in force from {regime.in_force}; use the "
            f"regime that was in force then{_named(regime.earlier)}"
        )
    if regime.until is not None and day > regime.until:
        return (
            f"got {day}, and version {regime.version} was in force until {regime.until}; use the "
            f"regime that came after it{_named(regime.later)}"
        )
    return None


def text_of(texts: Iterable[dt.date], day: dt.date) -> dt.date | None:
    """The day from which the text held that holds on a day; None if no text is listed for it."""
    return max((text for text in texts if text <= day), default=None)


def _named(regime: str | None) -> str:
    return "" if regime is None else f", {regime}"
