"""What is said of a letter that was not drawn: where it was, or which one may be meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from ceosample.signoff.store.events import Event
from ceosample.unseen import fault_in_new_name, unseen_in

_SPARE_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


def as_read_out(unit_id: str) -> str:
    """An id without what gets lost on the telephone and in a spreadsheet: capital letters, zeros
    before a number, and what is neither letter nor figure.

    >>> as_read_out("CMP-00424"), as_read_out("cmp 424"), as_read_out("000")
    ('cmp424', 'cmp424', '0')
    """
    return "".join(filter(str.isalnum, _SPARE_ZEROS.sub("", unit_id.casefold())))


def by_sound(drawn: Iterable[Event]) -> dict[str, set[str]]:
    """The ids of the letters that were drawn, by what is left of them when they are read out."""
    found: dict[str, set[str]] = {}
    for event in drawn:
        found.setdefault(as_read_out(event.unit_id or ""), set()).add(event.unit_id or "")
    return found


def never_drawn(
    unit_id: str,
    given: Mapping[str, str],
    elsewhere: Iterable[str],
    known: Callable[[], Mapping[str, set[str]]],
) -> str:
    """Why there is no letter of this id.

    Args:
        unit_id: the id.
        given: the population and the month that were asked for, as far as they were.
        elsewhere: the populations and months in which this id was drawn.
        known: gives the ids of all letters, by sound.
    """
    places = "; ".join(elsewhere)
    if places:
        return (
            f"letter {unit_id}: was not drawn in {', '.join(given.values())}, but in {places}; "
            "give its own population and period"
        )
    what = "; check the id"
    if unseen_in(unit_id):
        what = f", and its id has {fault_in_new_name(unit_id)}"
    else:
        alike = known().get(as_read_out(unit_id), set())
        if len(alike) == 1:
            what += f" (did you mean {', '.join(alike)}?)"
    return f"letter {unit_id}: was not drawn in any month that this ledger holds{what}"
