"""Where a month's seed will come from, as a commitment names it: dice, a chain's link, a beacon.

source = part *("+" part)                  in the order in which contributions are combined
part   = "dice" / "chain:" link ":" end / "beacon:" name ":" round
"""

from __future__ import annotations

import re
from typing import ClassVar, Final, TypeAlias

import attrs

from ceosample.canonical import digest, is_digest
from ceosample.errors import SeedError, joined
from ceosample.got import got

#: What is said of a seed that somebody could foresee: whoever keeps the chain's secret.
CUSTODIAN_TRUSTED: Final = "custodian-trusted"

#: The most links that a chain has.
LONGEST_CHAIN: Final = 600

_NUMBER = re.compile(r"[1-9][0-9]{0,14}")
_BEACON = re.compile(
    r"drand-[0-9a-f]{64}|nist-[1-9][0-9]{0,8}|(?!drand-|nist-)[a-z][a-z0-9-]{0,79}"
)


@attrs.frozen
class Dice:
    """Decimal digits, rolled before witnesses after the freeze."""

    kind: ClassVar[str] = "dice"

    def __str__(self) -> str:
        return "dice"


@attrs.frozen
class Link:
    """A month's link of a chain whose end was published before.

    Attributes:
        number: 1 for the first month.
        end: what the link gives when it is hashed so many times.
    """

    kind: ClassVar[str] = "chain"
    number: int
    end: str

    def __str__(self) -> str:
        return f"chain:{self.number}:{self.end}"

    def gives(self, text: str) -> bool:
        """Whether a text is this link: hashed ``number`` times, it is the end."""
        return is_digest(text) and hashed(text, self.number) == self.end


def hashed(link: str, times: int) -> str:
    """The link that is ``times`` places before another: each is the SHA-256 of the next one's text.

    >>> hashed("00" * 32, 1)[:16]
    '60e05bd1b195af2f'
    """
    for _ in range(times):
        link = digest(link.encode("ascii"))
    return link


@attrs.frozen
class Round:
    """A round of a public beacon that was still to come when the frame was frozen.

    Attributes:
        beacon: ``drand-`` and the chain's hash, ``nist-`` and the pulses' chain, or another name.
        number: which round.
    """

    kind: ClassVar[str] = "beacon"
    beacon: str
    number: int

    def __str__(self) -> str:
        return f"beacon:{self.beacon}:{self.number}"


def is_beacon(name: object) -> bool:
    """Whether a text names a beacon."""
    return isinstance(name, str) and _BEACON.fullmatch(name) is not None


Part: TypeAlias = Dice | Link | Round


@attrs.frozen
class SeedSource:
    """What a seed is made of, in order; each kind appears once at most.

    >>> source = SeedSource.parse("dice+beacon:lottery-saturday:1042")
    >>> source.kinds, str(source)
    (('dice', 'beacon'), 'dice+beacon:lottery-saturday:1042')
    """

    parts: tuple[Part, ...]

    @classmethod
    def parse(cls, text: object) -> SeedSource:
        """Read a source.

        Raises:
            SeedError: it is not of the grammar, or a kind stands in it twice.
        """
        if not isinstance(text, str):
            raise SeedError(f"seed_source: {got(text)}; give text such as 'dice'")
        parts = [_part(part) for part in text.split("+")]
        kinds = [part.kind for part in parts]
        twice = sorted({kind for kind in kinds if kinds.count(kind) > 1})
        if twice:
            raise SeedError(
                f"seed_source: {got(text, most=200)}, with {joined(twice)} twice; name each once"
            )
        return cls(tuple(parts))

    def __str__(self) -> str:
        return "+".join(map(str, self.parts))

    @property
    def kinds(self) -> tuple[str, ...]:
        """What kinds of parts, in order."""
        return tuple(part.kind for part in self.parts)

    @property
    def link(self) -> Link | None:
        """The link of a chain, if there is one."""
        return next((part for part in self.parts if isinstance(part, Link)), None)

    @property
    def round(self) -> Round | None:
        """The round of a beacon, if there is one."""
        return next((part for part in self.parts if isinstance(part, Round)), None)

    @property
    def label(self) -> str | None:
        """``custodian-trusted`` for a chain alone, else None."""
        return CUSTODIAN_TRUSTED if self.kinds == (Link.kind,) else None


def _part(text: str) -> Part:
    kind, *fields = text.split(":")
    if (kind, fields) == ("dice", []):
        return Dice()
    if kind == "chain" and len(fields) == 2 and is_digest(fields[1]):
        number = _number(fields[0])
        if number is not None and number <= LONGEST_CHAIN:
            return Link(number, fields[1])
    if kind == "beacon" and len(fields) == 2 and is_beacon(fields[0]):
        number = _number(fields[1])
        if number is not None:
            return Round(fields[0], number)
    raise SeedError(
        f"seed_source: {got(text, most=100)}; use dice, chain:LINK:END or beacon:NAME:ROUND"
    )


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None
