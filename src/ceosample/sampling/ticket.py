"""Ticket numbers: the SHA-256 of public text, which anyone can compute again.

Nothing but the seed, the population, the period and the id is in a ticket, so a unit keeps its
ticket whatever happens to the rest of the frame.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from math import isqrt
from typing import Final, NamedTuple, TypeAlias

from ceosample.canonical import digest, netstring

#: The scheme whose arithmetic this is. Another arithmetic would have another name.
SCHEME: Final = "ceosample/1"

#: The number of different tickets: one more than the largest.
TICKETS: Final = 2**256

#: The bytes of a ticket, and text that is behind all of them.
_SIZE: Final = 32
_ABOVE_ALL: Final = b"\xff" * (_SIZE + 1)

#: A draw key is this many hexadecimal digits, which keeps an ordinary preimage in one block.
KEY_DIGITS: Final = 32


#: The bytes of a ticket, and the unit's id.
Numbered: TypeAlias = "tuple[bytes, str]"


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
    ids = [*unit_ids]
    few = min(count, len(ids))
    if few <= 0:
        return []
    limit = bound(few, len(ids))
    while len(low := below(key, ids, limit)) < few:
        limit = wider(limit)
    return ranked(low, few)


def ranked(units: Iterable[Numbered], count: int) -> list[Ticketed]:
    """The first units by ticket; equal tickets by the id's bytes."""
    # Text in Python compares by code point, which is the order of its UTF-8 bytes.
    return [Ticketed(number.hex(), unit_id) for number, unit_id in sorted(units)[:count]]


def below(key: str, unit_ids: Iterable[str], limit: int) -> list[Numbered]:
    """The units whose tickets are below a number."""
    new = hashlib.sha256(f"{key},".encode()).copy
    least = limit.to_bytes(_SIZE) if limit < TICKETS else _ABOVE_ALL
    found = []
    for unit_id in unit_ids:  # here goes the time of a draw, so there is no call more than it needs
        number = new()
        number.update(unit_id.encode())
        if (digits := number.digest()) < least:
            found.append((digits, unit_id))
    return found


def bound(count: int, size: int) -> int:
    """A number that at least ``count`` of ``size`` tickets are below, but for one case in 10^6.

    >>> bound(2, 10) == TICKETS  # of so few units all are asked for
    True
    """
    # The number below it is as good as Poisson of mean m, and m - 5 sqrt(m) is above the count.
    enough = count + 5 * (isqrt(count) + 1) + 12
    return TICKETS if enough >= size else TICKETS * enough // size


def wider(limit: int) -> int:
    """The next bound, where fewer tickets were below one than are wanted."""
    return min(TICKETS, 8 * limit)
