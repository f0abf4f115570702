"""What a run has for a month's seed: the source that its freeze names, and the seed itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import attrs

from ceosample.canonical import Json
from ceosample.configuration import Configuration
from ceosample.errors import ConfigurationError, SeedError
from ceosample.period import Period
from ceosample.sampling.seeds import drand
from ceosample.sampling.seeds.beacon import round_after, time_of
from ceosample.sampling.seeds.chain.seed_chain import SeedChain
from ceosample.sampling.seeds.seed import Seed
from ceosample.sampling.seeds.seed_source import Dice, Link, Part, Round, SeedSource
from ceosample.text import quoted


@attrs.frozen
class SeedInputs:
    """What the operator or the scheduler has for a month's seed.

    Attributes:
        chain: opens the file of the chain; called only if a link is needed.
        dice: the digits that were rolled; None without any.
        witnesses: the roles of those who saw it.
        beacon: the value of the round that the freeze named; None without one.
        signature: that round's signature; None if it is not kept. Of drand it suffices alone: its
            SHA-256 is the value.
        previous_signature: that of the round before, which drand's default chain signs too.
        answered: the number of the round that these are of, if the answer of the beacon says it.
        round: the number of the round to name; None to count it from the time.
    """

    chain: Callable[[], SeedChain] | None = attrs.field(default=None, repr=False)
    dice: str | None = None
    witnesses: tuple[str, ...] = ()
    beacon: str | None = None
    signature: str | None = None
    previous_signature: str | None = None
    answered: int | None = None
    round: int | None = None

    @property
    def known(self) -> bool:
        """Whether it holds what must not exist before a frame is frozen."""
        return self.dice is not None or self.value is not None

    @property
    def value(self) -> str | None:
        """The value of the beacon's round; None without one."""
        if self.beacon is None and drand.is_hex(self.signature):
            return drand.value_of(str(self.signature))
        return self.beacon if self.beacon is not None else self.signature

    @property
    def without_values(self) -> SeedInputs:
        """This supply for a month whose digits, or whose round's value, are still to come."""
        return SeedInputs(chain=self.chain)

    def source(self, configuration: Configuration, period: Period, at: dt.datetime) -> str:
        """The source that a freeze at this time names.

        Raises:
            SeedError: the chain has no link for the month, or the round must be named.
            ConfigurationError: the chain is another population's.
        """
        parts: list[str] = []
        for kind in configuration.seed_source.split("+"):
            if kind == Link.kind:
                parts.append(self._chain(configuration).source(period))
            elif kind == Round.kind:
                parts.append(str(self._round(configuration, at)))
            else:
                parts.append(kind)
        return "+".join(parts)

    def seed(self, configuration: Configuration, source: str, period: Period) -> Seed | None:
        """The seed of a frozen month; None while a part of it is still to come.

        Raises:
            SeedError: a part that was given is not what the freeze named.
        """
        self._require_wanted(source)
        named = SeedSource.parse(source)
        parts = named.parts
        if named.round is not None and self.answered not in (None, named.round.number):
            raise SeedError(
                f"seed, round: got the answer for round {self.answered}, and the freeze named "
                f"{named.round.number}; fetch that one"
            )
        if any(self._missing(part) for part in parts):
            return None
        return Seed.from_source(
            source,
            [self._text(part, configuration, period) for part in parts],
            witnesses=self.witnesses,
            signature=self.signature,
            previous_signature=self.previous_signature,
        )

    def _missing(self, part: Part) -> bool:
        return (isinstance(part, Dice) and self.dice is None) or (
            isinstance(part, Round) and self.value is None
        )

    def _text(self, part: Part, configuration: Configuration, period: Period) -> str:
        if isinstance(part, Link):
            return self._chain(configuration).link(period)
        return (self.dice if isinstance(part, Dice) else self.value) or ""

    def _require_wanted(self, source: str) -> None:
        """Raise for a part that the freeze did not name."""
        kinds = SeedSource.parse(source).kinds
        for kind, given in ((Dice.kind, self.dice), (Round.kind, self.value)):
            if given is not None and kind not in kinds:
                raise SeedError(
                    f"seed: got {kind}, and the freeze named {quoted(source, 100)}; give that one"
                )

    def _chain(self, configuration: Configuration) -> SeedChain:
        if self.chain is None:
            raise SeedError("seed: got no chain, and its source is one; give the chain's file")
        chain = self.chain()
        if chain.published.population != configuration.population:
            raise ConfigurationError(
                f"seed.secret: got the chain of {chain.published.population}; give one that was "
                f"made for {configuration.population}"
            )
        return chain

    def _round(self, configuration: Configuration, at: dt.datetime) -> Round:
        name = str(configuration.seeding["beacon"])
        if self.round is not None:
            return Round(name, self.round)
        delay = dt.timedelta(minutes=configuration.seeding.get("delay", 0))
        return round_after(name, at + delay)


def awaited(source: str) -> list[Json]:
    """What a frozen month's seed still needs from outside, in the order of its source.

    >>> awaited("dice")
    [{'kind': 'dice'}]
    """
    found: list[Json] = []
    for part in SeedSource.parse(source).parts:
        if isinstance(part, Dice):
            found.append({"kind": Dice.kind})
        elif isinstance(part, Round):
            out = time_of(part)
            found.append(
                {
                    "kind": Round.kind,
                    "beacon": part.beacon,
                    "round": part.number,
                    "out": None if out is None else f"{out:%Y-%m-%dT%H:%M:%SZ}",
                }
            )
    return found
