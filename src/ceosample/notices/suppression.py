"""Small counts of people are not shown, nor what they could be computed from.

Who reads a notice knows this rule, so it must not give away what it hides: which cells are hidden
depends on nothing but which counts are small and, of those that are hidden, on their sum.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

#: The least count of people that is shown.
LEAST: Final = 5


def shown_parts(parts: Mapping[str, int]) -> dict[str, int | None]:
    """The parts of a total that is known, None for those that are not shown.

    A part below ``LEAST`` is not shown. What the total and the other parts leave for those that are
    hidden must be ``LEAST`` people at least in two parts at least: else the sum would be a small
    count itself, or a hidden part could be computed. So further parts are hidden, in the order in
    which they are given, the first of them always: if the smallest were chosen, the choice itself
    would say something of it.

    >>> shown_parts({"as it was": 20, "sent back": 3, "taken over": 9})
    {'as it was': None, 'sent back': None, 'taken over': 9}
    """
    hidden = {name for name, count in parts.items() if count < LEAST}
    if not hidden:
        return dict(parts)
    for place, name in enumerate(parts):
        enough = len(hidden) > 1 and sum(parts[one] for one in hidden) >= LEAST
        if place and enough:
            break
        hidden.add(name)
    return {name: None if name in hidden else count for name, count in parts.items()}


def shown_total(people: Collection[str], *named: Collection[str]) -> int | None:
    """How many people these are, None if that is not shown.

    Args:
        people: all of them.
        named: those of them that each of several readers knows by name. The number is shown if
            those whom a reader cannot name are ``LEAST`` at least, or nobody, for each of them.
    """
    rest = (len(set(people) - set(names)) for names in named)
    is_shown = len(people) >= LEAST and all(left == 0 or left >= LEAST for left in rest)
    return len(people) if is_shown else None
