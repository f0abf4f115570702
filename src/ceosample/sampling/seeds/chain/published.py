"""What of a chain of seeds is published: whose it is, its months, and the end."""

from __future__ import annotations

import attrs

from ceosample.canonical import Json, is_digest
from ceosample.errors import SeedError, raise_faults
from ceosample.form import is_count
from ceosample.got import got
from ceosample.period import Period, as_period
from ceosample.sampling.names import POPULATION
from ceosample.sampling.seeds.seed_source import LONGEST_CHAIN, Link
from ceosample.show import Described


@attrs.frozen
class Published(Described):
    """The public part of a chain.

    Attributes:
        population: whose seeds they are: a population has one chain at a time.
        first: its first month, whose link has the number 1.
        months: how many links there are.
        end: the SHA-256 of the first month's link.
    """

    population: str
    first: Period
    months: int
    end: str

    def __attrs_post_init__(self) -> None:
        raise_faults(SeedError, (f"chain, {fault}" for fault in _faults(self)))

    @property
    def last(self) -> Period:
        """Its last month."""
        return self.first.plus(self.months - 1)

    def covers(self, period: Period) -> bool:
        """Whether a month has a link of it."""
        return self.first <= period <= self.last

    def number(self, period: Period | str) -> int:
        """The number of a month's link.

        Raises:
            SeedError: the month has none.
        """
        month = month_of(period, "chain")
        if not self.covers(month):
            raise SeedError(f"chain: got {month}; give a month from {self.first} to {self.last}")
        return month.months_since(self.first) + 1

    def source(self, period: Period | str) -> str:
        """What a freeze of a month names: ``chain:LINK:END``.

        Raises:
            SeedError: the month has no link.
        """
        return str(Link(self.number(period), self.end))

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        months = f"{self.first} to {self.last}, a link each"
        return f"Chain of seeds, {self.population}", [("months", months), ("end", self.end)]

    def to_dict(self) -> dict[str, Json]:
        """The fields of the ledger's event, without the population."""
        return {"end": self.end, "first": str(self.first), "months": self.months}


def month_of(value: Period | str, where: str) -> Period:
    try:
        return as_period(value)
    except ValueError as error:
        raise SeedError(f"{where}: {str(error).removeprefix('period: ')}") from None


def _faults(chain: Published) -> list[str]:
    faults = []
    if not isinstance(chain.population, str) or POPULATION.fullmatch(chain.population) is None:
        faults.append(
            f"population: {got(chain.population)}; use lower-case letters, digits and hyphens"
        )
    months = chain.months
    if not is_count(months, 1) or months > LONGEST_CHAIN:
        faults.append(f"months: {got(months)}; give 1 to {LONGEST_CHAIN}")
    elif (chain.first.year * 12 + chain.first.month - 1 + months - 1) // 12 > 9999:
        faults.append(f"months: got {months}; give fewer, for the last is after the year 9999")
    if not is_digest(chain.end):
        faults.append(f"end: {got(chain.end)}; give 64 lower-case hex digits")
    return faults
