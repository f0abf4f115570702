"""What a ledger holds about seeds: chains that were published, links and rounds revealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

import attrs

from ceosample.canonical import Json
from ceosample.days import month_of
from ceosample.errors import ConflictError, LedgerError, SeedError
from ceosample.period import Period
from ceosample.sampling.seeds.beacon import time_of
from ceosample.sampling.seeds.chain.published import Published
from ceosample.sampling.seeds.seed import Seed
from ceosample.sampling.seeds.seed_source import Link, Part, Round, SeedSource
from ceosample.signoff.replay.zones import ZONE, zoned
from ceosample.signoff.store.events import Event
from ceosample.text import quoted

#: Why a chain may take the place of one whose months are not over: its secret was lost, or others
#: know it, or it was published by mistake (with a wrong year, say; under rules 2).
MISTAKE: Final = "mistake"
REASONS: Final = ("loss", "compromise", MISTAKE)

#: The kinds of events about seeds, and those that change what they tell.
KINDS: Final = (
    *("chain_published", "frozen", "seed_revealed", "superseded"),
    *("corrected", "clock_corrected"),
)

#: A month begins in the first time zone so long before it does in UTC.
_FIRST_ZONE: Final = dt.timedelta(hours=14)


@attrs.define
class Seeds:
    """The seeds of a ledger so far, event by event.

    Attributes:
        chains: the chains that a population's months can have, oldest first.
        links: the highest revealed link of each chain's end, and the event that revealed it.
        rounds: the value of each revealed round, and the event that revealed it.
        texts: each revealed contribution, and the event that revealed it.
        waiting: each month's freezes that count, newest last, while there is no seed.
    """

    chains: dict[str, list[Published]] = attrs.field(factory=dict)
    links: dict[str, tuple[int, Event]] = attrs.field(factory=dict)
    rounds: dict[Part, tuple[str, Event]] = attrs.field(factory=dict)
    texts: dict[str, tuple[Part, Event]] = attrs.field(factory=dict)
    waiting: dict[tuple[str | None, str | None], list[Event]] = attrs.field(factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event]) -> Seeds:
        """The seeds that these events come to."""
        seeds = cls()
        for event in sorted(events, key=lambda event: event.sequence):
            seeds.take(event)
        return seeds

    def take(self, event: Event) -> None:
        """Take one more event; those of other kinds change nothing.

        Raises:
            SeedError: its seed, source or chain is malformed.
        """
        month = event.population, event.period
        if event.kind == "chain_published":
            self._take_chain(published_by(event), replaces="reason_code" in event.payload)
        elif event.kind == "frozen":
            SeedSource.parse(event.payload["seed_source"])
            self.waiting.setdefault(month, []).append(event)
        elif event.kind == "corrected":
            freeze = self._corrected_freeze(event)
            if freeze is not None:
                self.waiting[month].remove(freeze)
        elif event.kind == "clock_corrected":
            self._take_clock(dt.datetime.fromisoformat(event.recorded_at))
        elif event.kind == "superseded":
            self.waiting.pop(month, None)
        elif event.kind == "seed_revealed":
            self.waiting.pop(month, None)
            for part, text in Seed.from_dict(event.payload).parts:
                self._take_part(part, text, event)

    def _take_clock(self, now: dt.datetime) -> None:
        """Forget the rounds that counted as published by a clock that was ahead."""
        self.rounds = {
            part: said
            for part, said in self.rounds.items()
            if not isinstance(part, Round) or (due := time_of(part)) is None or due <= now
        }

    def _corrected_freeze(self, event: Event) -> Event | None:
        """The freeze that a correction makes void, while its month has no seed; None for others."""
        freezes = self.waiting.get((event.population, event.period), [])
        if event.unit_id is not None or not freezes:
            return None
        return next((f for f in freezes if f.hash == event.payload["event"]), None)

    def _take_chain(self, chain: Published, *, replaces: bool) -> None:
        """Take a chain; one that it replaces gives no month its seed any more."""
        before = [] if replaces else self.chains.get(chain.population, [])
        self.chains[chain.population] = [*before, chain]

    def _take_part(self, part: Part, text: str, event: Event) -> None:
        self.texts.setdefault(text, (part, event))
        if isinstance(part, Round):
            self.rounds.setdefault(part, (text, event))
        if isinstance(part, Link) and part.number > self.links.get(part.end, (0, event))[0]:
            self.links[part.end] = part.number, event

    def require(self, event: Event) -> None:
        """Raise if an event about seeds cannot follow those so far.

        Raises:
            LedgerError, ConflictError, SeedError: for the reasons of the four methods below.
        """
        if event.kind == "chain_published":
            self.require_can_publish(event)
        elif event.kind == "frozen":
            self.require_can_freeze(event)
        elif event.kind == "seed_revealed":
            self.require_fresh(event)
        elif event.kind == "corrected":
            self.require_can_unfreeze(event)

    def require_can_publish(self, event: Event) -> None:
        """Raise unless a chain may be published.

        A person who knew a month's frame before the chain is public could try secrets until one
        draws what they like, so its first month must not have begun.

        Raises:
            LedgerError: its first month has begun, or the reason code is not allowed.
            ConflictError: another population has it, or a chain covers some of its months.
        """
        chain, reason, now = published_by(event), event.payload.get("reason_code"), _latest(event)
        where = f"{chain.population}, chain {chain.end[:8]}"
        month = month_of(now, event.payload.get(ZONE))
        if chain.first <= month:
            raise LedgerError(
                f"{where}: its first month {chain.first} has begun; make a chain that begins with "
                f"{month.next()} or later, and roll dice until then"
            )
        others = [(name, other) for name, found in self.chains.items() for other in found]
        for name, other in others:
            if other.end == chain.end:
                raise ConflictError(
                    f"{where}: already belongs to {name}, from {other.first}; make a new chain for "
                    "this population"
                )
        mine = self.chains.get(chain.population, [])
        if reason is not None and (reason not in REASONS or not mine):
            raise LedgerError(
                f"{where}, reason_code: got {quoted(reason)}; give {' or '.join(REASONS)} if the "
                "chain replaces another, and leave it out if it does not"
            )
        overlap = next((other for other in mine if chain.first <= other.last), None)
        if overlap is not None and reason is None:
            raise ConflictError(
                f"{where}: the chain {overlap.end[:8]} covers the months {overlap.first} to "
                f"{overlap.last}; to replace it, give reason_code={' or '.join(REASONS)}"
            )

    def require_can_freeze(self, event: Event) -> None:
        """Raise unless a month may be frozen with the source that its freeze names.

        Raises:
            LedgerError: no chain of the month is published.
            ConflictError: the link is another month's or another chain's, or the link or the round
                was revealed.
        """
        population, period = str(event.population), str(event.period)
        where, now = f"{population}, {period}", _latest(event)
        source = SeedSource.parse(event.payload["seed_source"])
        if source.link is not None:
            self._require_link(where, population, period, source.link)
        if source.round is not None:
            self._require_to_come(where, source.round, now)
        freezes = self.waiting.get((population, period))
        if freezes:
            _require_no_seed(where, freezes[-1], now)

    def require_can_unfreeze(self, event: Event) -> None:
        """Raise unless a correction may make a freeze void: its seed must not exist.

        The freeze of a month that has not begun is a slip, whatever its seed: nothing that counts
        is drawn with it.

        Raises:
            ConflictError: the round that it names has been published.
        """
        freeze = self._corrected_freeze(event)
        if freeze is None:
            return
        now = _latest(event)
        latest = now + _FIRST_ZONE
        if Period.parse(str(freeze.period)) <= month_of(latest):
            _require_no_seed(f"{freeze.population}, {freeze.period}", freeze, now)

    def _require_link(self, where: str, population: str, period: str, link: Link) -> None:
        covering = [c for c in self.chains.get(population, []) if c.covers(Period.parse(period))]
        if not covering:
            raise LedgerError(
                f"{where}: no chain with this month is published; publish one with 'ceosample seed "
                "publish' before its first month begins, and roll dice until then"
            )
        if str(link) != covering[-1].source(period):
            raise ConflictError(
                f"{where}: got {link}; its link of the published chain is "
                f"{covering[-1].source(period)}"
            )
        newest, event = self.links.get(link.end, (0, None))
        if event is not None and newest >= link.number:
            raise ConflictError(
                f"{where}: link {newest} of the chain was revealed in event {event.sequence}, and "
                f"with it link {link.number}; use dice or a beacon"
            )

    def _require_to_come(self, where: str, named: Round, now: dt.datetime) -> None:
        if named in self.rounds:
            raise ConflictError(
                f"{where}: round {named.number} of {named.beacon} was revealed in event "
                f"{self.rounds[named][1].sequence}; choose a later one"
            )
        if _is_past(named, now):
            raise ConflictError(
                f"{where}: round {named.number} of {named.beacon} was published at "
                f"{time_of(named):%Y-%m-%dT%H:%M:%SZ}; choose a later one"
            )

    def require_fresh(self, event: Event) -> None:
        """Raise unless a seed is from the source that was frozen, and each part of it is new.

        A round may serve several populations.

        Raises:
            ConflictError: another source was named; or another chain took the place of the one that
                was named, a contribution was another month's seed, a round's value is another one,
                or the round is still to come.
        """
        where, seed = f"{event.population}, {event.period}", Seed.from_dict(event.payload)
        freezes = self.waiting.get((event.population, event.period))
        named = SeedSource.parse(freezes[-1].payload["seed_source"]) if freezes else None
        if named is not None and str(named) != seed.source:
            raise ConflictError(
                f"{where}: got a seed from {seed.source}; give one from {named}, which the freeze "
                "names"
            )
        for part, text in seed.parts:
            if isinstance(part, Link) and not self._has(event.population, part.end):
                raise ConflictError(
                    f"{where}: another chain took the place of {part.end[:8]} after the freeze, "
                    "because it was lost or may be known; freeze again with dice or a beacon"
                )
            if isinstance(part, Round) and (due := time_of(part)) and due > _recorded(event):
                raise ConflictError(
                    f"{where}: got a value of round {part.number} of {part.beacon}, which will be "
                    f"published at {due:%Y-%m-%dT%H:%M:%SZ}; give its value after that"
                )
            if part in self.rounds and self.rounds[part][0] != text:
                raise ConflictError(
                    f"{where}: event {self.rounds[part][1].sequence} has another value for "
                    f"{part}; check with the beacon which is right"
                )
            known = self.texts.get(text)
            if known is not None and not (isinstance(part, Round) and known[0] == part):
                raise ConflictError(
                    f"{where}: the seed was used for {known[1].population}, {known[1].period} "
                    f"(event {known[1].sequence}), so it was known; roll a fresh one"
                )

    def _has(self, population: str | None, end: str) -> bool:
        """Whether a population's months can still have the seeds of a chain."""
        return any(chain.end == end for chain in self.chains.get(str(population), []))


def published_by(event: Event) -> Published:
    """The chain that an event published.

    Raises:
        SeedError: the event does not hold a chain.
    """
    said = event.payload
    try:
        first = Period.parse(said["first"])
    except ValueError as error:
        raise SeedError(f"chain, first: {error}") from None
    return Published(str(event.population), first, said["months"], said["end"])


def _latest(event: Event) -> dt.datetime:
    """The later of when it happened, as claimed, and when it was recorded; in UTC."""
    times = (dt.datetime.fromisoformat(text) for text in (event.at, event.recorded_at))
    return max(times).astimezone(dt.UTC)


def _recorded(event: Event) -> dt.datetime:
    """When it was recorded: a claimed time could be before the value existed."""
    return dt.datetime.fromisoformat(event.recorded_at).astimezone(dt.UTC)


def publication(chain: Published, reason: str | None, zone: str | None) -> dict[str, Json]:
    """What the event of a published chain holds; its months begin by the zone, or in UTC."""
    return zoned(chain.to_dict() | ({} if reason is None else {"reason_code": reason}), zone)


def _require_no_seed(where: str, freeze: Event, now: dt.datetime) -> None:
    """Raise if the seed of a freeze exists: the round that it names has been published."""
    named = SeedSource.parse(freeze.payload["seed_source"]).round
    if named is not None and _is_past(named, now):
        raise ConflictError(
            f"{where}: is frozen for round {named.number} of {named.beacon}, which has been "
            "published, so its seed exists; draw it, and supersede the draw if it must not count"
        )


def _is_past(named: Round, now: dt.datetime) -> bool:
    time = time_of(named)
    return time is not None and time <= now
