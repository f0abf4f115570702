"""What the book says of seeds: chains that were published, links and rounds that are out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

import attrs

from ceosample.canonical import Json
from ceosample.errors import ConflictError, LedgerError, SeedError
from ceosample.period import Period
from ceosample.sampling.seeds.beacon import time_of
from ceosample.sampling.seeds.chain import Published
from ceosample.sampling.seeds.seed import Seed
from ceosample.sampling.seeds.seed_source import Link, Part, Round, SeedSource
from ceosample.signoff.store.events import Event
from ceosample.text import quoted

#: Why a chain may take the place of one whose months are not over.
REASONS: Final = ("loss", "compromise")

#: The kinds of events that tell of seeds.
KINDS: Final = ("chain_published", "frozen", "seed_revealed", "superseded")


@attrs.define
class Seeds:
    """The seeds of a book so far, event by event.

    Attributes:
        chains: the chains that a population's months can have, oldest first.
        links: of each end, the highest link that is out, and by which event.
        rounds: of each round that is out, the value, and by which event.
        texts: of each contribution that is out, by which event.
        waiting: the source that each month's newest freeze named, while there is no seed.
    """

    chains: dict[str, list[Published]] = attrs.field(factory=dict)
    links: dict[str, tuple[int, Event]] = attrs.field(factory=dict)
    rounds: dict[Part, tuple[str, Event]] = attrs.field(factory=dict)
    texts: dict[str, tuple[Part, Event]] = attrs.field(factory=dict)
    waiting: dict[tuple[str | None, str | None], SeedSource] = attrs.field(factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event]) -> Seeds:
        """What these events come to."""
        seeds = cls()
        for event in sorted(events, key=lambda event: event.sequence):
            seeds.take(event)
        return seeds

    def take(self, event: Event) -> None:
        """One more event; those of other kinds change nothing.

        Raises:
            SeedError: it tells of a seed, a source or a chain that is none.
        """
        month = event.population, event.period
        if event.kind == "chain_published":
            self._take_chain(published_by(event), replaces="reason_code" in event.payload)
        elif event.kind == "frozen":
            self.waiting[month] = SeedSource.parse(event.payload["seed_source"])
        elif event.kind == "superseded":
            self.waiting.pop(month, None)
        elif event.kind == "seed_revealed":
            self.waiting.pop(month, None)
            for part, text in Seed.from_dict(event.payload).parts:
                self._take_part(part, text, event)

    def _take_chain(self, chain: Published, *, replaces: bool) -> None:
        """A chain that was lost, or that somebody else has, gives no month its seed any more."""
        before = [] if replaces else self.chains.get(chain.population, [])
        self.chains[chain.population] = [*before, chain]

    def _take_part(self, part: Part, text: str, event: Event) -> None:
        self.texts.setdefault(text, (part, event))
        if isinstance(part, Round):
            self.rounds.setdefault(part, (text, event))
        if isinstance(part, Link) and part.number > self.links.get(part.end, (0, event))[0]:
            self.links[part.end] = part.number, event

    def require(self, event: Event) -> None:
        """Raise if an event that tells of seeds cannot follow on those so far.

        Raises:
            LedgerError, ConflictError, SeedError: as the three questions below do.
        """
        if event.kind == "chain_published":
            self.require_can_publish(event)
        elif event.kind == "frozen":
            self.require_can_freeze(event)
        elif event.kind == "seed_revealed":
            self.require_fresh(event)

    def require_can_publish(self, event: Event) -> None:
        """Raise unless a chain may be published.

        Whoever knew a month's frame before the chain is public could try secrets until one draws
        what they like, so its first month must not have begun.

        Raises:
            LedgerError: its first month has begun, or the reason is none.
            ConflictError: another population has it, or a chain is there for some of its months.
        """
        chain, reason, now = published_by(event), event.payload.get("reason_code"), _latest(event)
        where = f"{chain.population}, chain {chain.end[:8]}"
        month = Period(now.year, now.month)
        if chain.first <= month:
            raise LedgerError(
                f"{where}: its first month {chain.first} has begun; make one that begins with "
                f"{month.next()} or later, and roll dice until then"
            )
        others = [(name, other) for name, found in self.chains.items() for other in found]
        for name, other in others:
            if other.end == chain.end:
                raise ConflictError(
                    f"{where}: is the chain of {name} from {other.first} on; make one of its own"
                )
        mine = self.chains.get(chain.population, [])
        if reason is not None and (reason not in REASONS or not mine):
            raise LedgerError(
                f"{where}: got {quoted(reason)} as reason code; give {' or '.join(REASONS)} where "
                "the chain takes the place of another, else none"
            )
        overlap = next((other for other in mine if chain.first <= other.last), None)
        if overlap is not None and reason is None:
            raise ConflictError(
                f"{where}: the chain {overlap.end[:8]} has the months {overlap.first} to "
                f"{overlap.last}; another takes its place only with a reason code, "
                f"{' or '.join(REASONS)}"
            )

    def require_can_freeze(self, event: Event) -> None:
        """Raise unless a month may be frozen with the source that its freeze names.

        Raises:
            LedgerError: no chain of the month is published.
            ConflictError: the link is another month's or another chain's, or the link or the round
                is out.
        """
        population, period = str(event.population), str(event.period)
        where, now = f"{population}, {period}", _latest(event)
        source = SeedSource.parse(event.payload["seed_source"])
        if source.link is not None:
            self._require_link(where, population, period, source.link)
        if source.round is not None:
            self._require_to_come(where, source.round, now)
        before = self.waiting.get((population, period))
        if before is not None and before.round is not None and _is_past(before.round, now):
            raise ConflictError(
                f"{where}: is frozen for round {before.round.number} of {before.round.beacon}, "
                "which is out, so its seed exists; draw it, and supersede the draw if it must not "
                "count"
            )

    def _require_link(self, where: str, population: str, period: str, link: Link) -> None:
        covering = [c for c in self.chains.get(population, []) if c.covers(Period.parse(period))]
        if not covering:
            raise LedgerError(
                f"{where}: no chain with this month is published; 'ceosample seed publish' does "
                "that before a chain's first month begins; until then roll dice"
            )
        if str(link) != covering[-1].source(period):
            raise ConflictError(
                f"{where}: its link of the published chain is {covering[-1].source(period)}; "
                f"got {link}"
            )
        newest, event = self.links.get(link.end, (0, None))
        if event is not None and newest >= link.number:
            raise ConflictError(
                f"{where}: link {newest} of the chain is out since event {event.sequence}, and "
                f"with it link {link.number}; name dice or a beacon"
            )

    def _require_to_come(self, where: str, named: Round, now: dt.datetime) -> None:
        if named in self.rounds:
            raise ConflictError(
                f"{where}: round {named.number} of {named.beacon} is out, by event "
                f"{self.rounds[named][1].sequence}; name a later one"
            )
        if _is_past(named, now):
            raise ConflictError(
                f"{where}: round {named.number} of {named.beacon} is out since "
                f"{time_of(named):%Y-%m-%dT%H:%M:%SZ}; name a later one"
            )

    def require_fresh(self, event: Event) -> None:
        """Raise unless a seed is from where the freeze said, and each contribution to it is new.

        A round may serve several populations.

        Raises:
            ConflictError: another source was named; or another chain took the place of the one that
                was named, a contribution was another month's seed, a round's value is another one,
                or the round is still to come.
        """
        where, seed = f"{event.population}, {event.period}", Seed.from_dict(event.payload)
        named = self.waiting.get((event.population, event.period))
        if named is not None and str(named) != seed.source:
            raise ConflictError(
                f"{where}: the freeze named a seed from {named}; got one from {seed.source}"
            )
        for part, text in seed.parts:
            if isinstance(part, Link) and not self._has(event.population, part.end):
                raise ConflictError(
                    f"{where}: another chain took the place of {part.end[:8]} since the freeze, "
                    "because it was lost or others may have it; freeze again, and name dice or a "
                    "beacon"
                )
            if isinstance(part, Round) and (due := time_of(part)) and due > _recorded(event):
                raise ConflictError(
                    f"{where}: round {part.number} of {part.beacon} comes out at "
                    f"{due:%Y-%m-%dT%H:%M:%SZ}; nobody can have its value yet"
                )
            if part in self.rounds and self.rounds[part][0] != text:
                raise ConflictError(
                    f"{where}: event {self.rounds[part][1].sequence} has another value for "
                    f"{part}; ask the beacon which is right"
                )
            known = self.texts.get(text)
            if known is not None and not (isinstance(part, Round) and known[0] == part):
                raise ConflictError(
                    f"{where}: the seed was {known[1].population}'s of {known[1].period} (event "
                    f"{known[1].sequence}), so it was known; roll a fresh one"
                )

    def _has(self, population: str | None, end: str) -> bool:
        """Whether a population's months can still have the seeds of a chain."""
        return any(chain.end == end for chain in self.chains.get(str(population), []))


def published_by(event: Event) -> Published:
    """The chain that an event published.

    Raises:
        SeedError: it is none.
    """
    said = event.payload
    try:
        first = Period.parse(said["first"])
    except ValueError as error:
        raise SeedError(f"chain, first: {error}") from None
    return Published(str(event.population), first, said["months"], said["end"])


def _latest(event: Event) -> dt.datetime:
    """The later of when it happened, as claimed, and when it was written down; in UTC."""
    times = (dt.datetime.fromisoformat(text) for text in (event.at, event.recorded_at))
    return max(times).astimezone(dt.UTC)


def _recorded(event: Event) -> dt.datetime:
    """When it was written down: nobody can claim to have had a value before there was one."""
    return dt.datetime.fromisoformat(event.recorded_at).astimezone(dt.UTC)


def publication(chain: Published, reason: str | None) -> dict[str, Json]:
    """What the event of a published chain holds."""
    return chain.to_dict() | ({} if reason is None else {"reason_code": reason})


def _is_past(named: Round, now: dt.datetime) -> bool:
    time = time_of(named)
    return time is not None and time <= now
