"""A chain of seeds for unattended months: made once, its end published, a link revealed a month.

Link i is the SHA-256 of link i + 1, so what was revealed says nothing of what is to come, and the
published end leaves one text that a month's link can be. The last link gives all the others.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from ceosample.errors import SeedError
from ceosample.got import Private, got, kind_of
from ceosample.period import Period
from ceosample.plain import plain_count
from ceosample.sampling.seeds.chain.published import Published, month_of
from ceosample.sampling.seeds.seed import Seed
from ceosample.sampling.seeds.seed_source import LONGEST_CHAIN, Link, hashed
from ceosample.show import Described

#: The random bytes of which a chain is made.
SECRET_BYTES = 32


@attrs.frozen
class SeedChain(Described):
    """A chain with its secret, which appears in no repr and in no message.

    Attributes:
        published: the public part.
        secret: the last link, from which all the others follow.

    Raises:
        SeedError: the secret does not give the end.

    >>> chain = SeedChain.new("complaint-responses", first="2026-11", months=60, random=bytes)
    >>> chain.source("2026-12")[:24], chain.seed("2026-12").label
    ('chain:2:f4d926dbe411d745', 'custodian-trusted')
    """

    published: Published
    secret: str = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        if not Link(self.published.months, self.published.end).gives(self.secret):
            raise SeedError(
                f"chain, secret: {got(self.secret, Private.SECRET)}, and it does not give the "
                "chain's end; restore the file from a copy"
            )

    @classmethod
    def new(
        cls,
        population: str,
        *,
        first: Period | str,
        months: int = 60,
        random: Callable[[int], bytes],
    ) -> SeedChain:
        """A new chain of seeds.

        Args:
            population: whose seeds they will be.
            first: the first month, which must not have begun when the end is published.
            months: how many; each has one link.
            random: returns a number of random bytes: ``secrets.token_bytes``.
        """
        data = random(SECRET_BYTES)
        if not isinstance(data, bytes) or len(data) != SECRET_BYTES:
            raise SeedError(
                f"chain, random: got {kind_of(data)} from it; give a function that returns "
                f"{SECRET_BYTES} random bytes, such as secrets.token_bytes"
            )
        secret = data.hex()
        months = plain_count(months)
        count = months if isinstance(months, int) and 0 < months <= LONGEST_CHAIN else 0
        return cls(
            Published(population, month_of(first, "chain, first"), months, hashed(secret, count)),
            secret,
        )

    @property
    def end(self) -> str:
        """The public end, which is published before the first month."""
        return self.published.end

    def source(self, period: Period | str) -> str:
        """What a freeze of a month names: ``chain:LINK:END``."""
        return self.published.source(period)

    def link(self, period: Period | str) -> str:
        """A month's link, which is secret until that month's frame is frozen.

        Raises:
            SeedError: the month has none.
        """
        return hashed(self.secret, self.published.months - self.published.number(period))

    def seed(self, period: Period | str) -> Seed:
        """The seed of a month that has this chain alone; secret like the link.

        Raises:
            SeedError: the month has no link.
        """
        return Seed.from_source(self.source(period), [self.link(period)])

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        return self.published._facts()
