"""Ticket numbers: the SHA-256 of public text, which anyone can compute again.

Nothing but the seed, the population, the period and the id is in a ticket, so a unit keeps its
ticket whatever happens to the rest of the frame.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from ceosample.canonical import digest, netstring

#: The scheme whose arithmetic this is. Another arithmetic would have another name.
SCHEME: Final = "ceosample/1"

#: A draw key is this many hexadecimal digits, which keeps an ordinary preimage in one block.
KEY_DIGITS: Final = 32


class Ticketed(NamedTuple):
    """A unit and its ticket; tuples compare as the specification orders them."""

    ticket: str
    unit_id: str


def draw_key(population: str, period: str, seed: str, *, purpose: str | None = None) -> str:
    """The key of a draw: 32 lower-case hexadecimal digits.

    Args:
        population: the sampled stream's name.
        period: the ISO month.
        seed: the public digits.
        purpose: the name of another use of the same seed; None for the draw itself.

    >>> draw_key("complaint-responses", "2026-10", "83019274650192837465")
    '983636e5b569db2482ef3a501d89e1ba'
    """
    parts = [SCHEME, population, period, seed]
    if purpose is not None:
        parts.append(purpose)
    return digest(b"".join(netstring(part) for part in parts))[:KEY_DIGITS]


def ticket(key: str, unit_id: str) -> str:
    """The ticket of a unit under a key: 64 lower-case hexadecimal digits.

    >>> ticket("983636e5b569db2482ef3a501d89e1ba", "CR-1042")[:16]
    'e521b36e358cb6dd'
    """
    return digest(f"{key},{unit_id}".encode())


def numbering(key: str) -> Callable[[str], bytes]:
    """Tickets under a key, as the 32 bytes of each, for whoever needs many of them."""
    start = hashlib.sha256(f"{key},".encode())

    def number_of(unit_id: str) -> bytes:
        number = start.copy()
        number.update(unit_id.encode())
        return number.digest()

    return number_of


def lowest_tickets(key: str, unit_ids: Iterable[str], count: int) -> list[Ticketed]:
    """The ``count`` units with the lowest tickets, in order; equal tickets by the id's bytes."""
    number_of = numbering(key)
    # Text in Python compares by code point, which is the order of its UTF-8 bytes.
    lowest = heapq.nsmallest(count, ((number_of(unit_id), unit_id) for unit_id in unit_ids))
    return [Ticketed(number.hex(), unit_id) for number, unit_id in lowest]
