"""What a check found in a database that is not as this library made it."""

from __future__ import annotations

import attrs


@attrs.frozen
class Difference:
    """One thing that differs.

    Attributes:
        place: what differs, by our own name for it: ``index events_kind``.
        found: what was found there.
        is_repairable: whether ``repair`` can put it right.
    """

    place: str
    found: str
    is_repairable: bool = True

    def __str__(self) -> str:
        return f"{self.place}: {self.found}"
