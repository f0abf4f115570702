"""Ticket numbers: the SHA-256 of public text, which anyone can compute again.

Nothing but the seed, the population, the period and the id is in a ticket, so a unit keeps its
ticket whatever happens to the rest of the frame.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from math import isqrt
from typing import Final, NamedTuple, Protocol, TypeAlias, TypeVar

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


K = TypeVar("K")
K_contra = TypeVar("K_contra", contravariant=True)


class TicketLimits(Protocol[K_contra]):
    """A list or a mapping of limits."""

    def __getitem__(self, kind: K_contra, /) -> bytes: ...


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


def ranked(units: Iterable[Numbered], count: int) -> list[Ticketed]:
    """The first units by ticket; equal tickets by the id's bytes."""
    # Text in Python compares by code point, which is the order of its UTF-8 bytes.
    return [Ticketed(number.hex(), unit_id) for number, unit_id in sorted(units)[:count]]


def limit_bytes(limit: int) -> bytes:
    """What the bytes of the tickets below a number are below."""
    return limit.to_bytes(_SIZE) if limit < TICKETS else _ABOVE_ALL


def below(
    key: str,
    unit_ids: Iterable[bytes],
    kinds: Iterable[K],
    limits: TicketLimits[K],
    highest: bytes,
) -> Iterator[tuple[K, bytes, bytes]]:
    """The units whose tickets are below the limits of their kinds: kind, ticket and id.

    Args:
        key: the draw key.
        unit_ids: the ids in UTF-8.
        kinds: the kind of each.
        limits: of each kind, what the tickets that are wanted are below; nothing is below ``b""``.
        highest: the highest of the limits. Most tickets are above it, whatever their kind.
    """
    new = hashlib.sha256(f"{key},".encode()).copy
    for unit_id, kind in zip(unit_ids, kinds, strict=True):
        number = new()  # here goes the time of a draw, so there is no call more than it needs
        number.update(unit_id)
        if (digits := number.digest()) < highest and digits < limits[kind]:
            yield kind, digits, unit_id


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
