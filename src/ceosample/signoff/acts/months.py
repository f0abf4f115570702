"""A month in the ledger, from the chain of its seeds to the counts of its register."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ceosample.canonical import digest
from ceosample.period import Period
from ceosample.signoff.acts.opened import OpenedLedger, iso
from ceosample.signoff.recording import month
from ceosample.signoff.replay.methods import Method
from ceosample.signoff.store.events import Event
from ceosample.text import counted

if TYPE_CHECKING:
    from ceosample.letters.papers.pack import Pack
    from ceosample.sampling.draw import Draw
    from ceosample.sampling.frames.frame import AnyFrame
    from ceosample.sampling.plans.plan import Plan
    from ceosample.sampling.plans.rotation import HasPast
    from ceosample.sampling.seeds.chain.published import Published
    from ceosample.sampling.seeds.chain.seed_chain import SeedChain
    from ceosample.sampling.seeds.seed import Seed


class MonthActs(OpenedLedger):
    """What is recorded of a month: its chain, freeze, seed, draw, method and counts."""

    def publish(
        self,
        chain: Published | SeedChain,
        *,
        by: str,
        at: dt.datetime,
        reason_code: str | None = None,
        zone: str | None = None,
    ) -> Event:
        """Record the public end of a chain of seeds, before its first month begins.

        Args:
            chain: the chain; only its public part is recorded, never its secret.
            by, at: who published it, and when; aware.
            reason_code: ``loss``, ``compromise`` or ``mistake`` if it replaces a chain whose months
                are not over, which then gives no more seeds; None if it replaces no chain.
            zone: the IANA time zone in which its months begin; None for UTC.

        Raises:
            LedgerError: its first month has begun.
            ConflictError: the population has a chain for these months, or another population has
                this chain.
        """
        from ceosample.sampling.seeds.chain.seed_chain import SeedChain

        published = chain.published if isinstance(chain, SeedChain) else chain
        with self._writing() as transaction:
            return month.publish(transaction, published, by, at, reason_code, zone)

    def freeze(
        self,
        frame: AnyFrame,
        plan: Plan,
        *,
        seed_source: str,
        by: str,
        at: dt.datetime,
        earlier: Iterable[HasPast] = (),
        title: str | None = None,
        zone: str | None = None,
        program: str | None = None,
        reading: bool = False,
    ) -> Event:
        """Record the commitment to a frame and a plan, before the seed exists.

        While there is no seed you can freeze again with other contents. Both freezes stay on
        record, and the newest counts.

        Args:
            frame, plan, seed_source: what you commit to.
            by, at: who froze it, and when; aware.
            earlier: under a rotation, the draws of the block's earlier months: all that are
                registered here, and no other.
            title: the population as people read it, on one line; None shows its id. It is kept in
                this event alone, and stays: the same freeze with another title changes nothing.
            zone: the IANA time zone by whose dates the month counts, ``Europe/London``; None for
                UTC. It is kept in this event, and stays as the title does.
            program: the program that freezes it and its release, ``ceosample 0.2.0``; None for no
                such note. Under rules 1 there is none.
            reading: whether its units are no letters but calls, chats or posts, which are read and
                not signed. It is kept in this event, and stays as the title does.

        Raises:
            ConflictError: the period's seed, its link or its round has been revealed, or the block
                has other draws.
            LedgerError: no chain with this month is published, or the title is empty, too long, or
                holds what does not print, or this machine does not know the zone.
            PlanError, SeedError: the plan or the source of the seed is impossible.
        """
        from ceosample.sampling.commitment import commit_again

        commitment = commit_again(frame, plan, seed_source=seed_source, earlier=earlier)
        with self._writing() as transaction:
            event = month.freeze(
                transaction, frame, commitment, by, at, title, zone, program, reading
            )
            claims = len(transaction.claims(frame.population, str(frame.period)))
        if claims:
            warnings.warn(
                f"{frame.population}, {frame.period}: {counted(claims, 'letter')} of this month "
                "were imported as history; the draw counts from now on, and they in no figure",
                stacklevel=2,
            )
        return event

    def reveal(
        self, seed: Seed, *, population: str, period: str | Period, by: str, at: dt.datetime
    ) -> Event:
        """Record the seed, after the freeze and before anyone sees what it draws.

        Raises:
            LedgerError: nothing is frozen for the period.
            ConflictError: the period already has another seed, the freeze names another source, or
                the seed was known.
        """
        with self._writing() as transaction:
            return month.reveal(transaction, seed, (population, iso(period)), by, at)

    def register(
        self, draw: Draw, *, by: str, at: dt.datetime, program: str | None = None
    ) -> Event:
        """Register a draw: the event ``drawn``, and one for each selection and reserve.

        The draw is made again first, so you can register only what the tickets give.

        Args:
            draw: the draw.
            by, at: who drew it, and when; aware.
            program: the program that drew it and its release; None for no such note.

        Returns:
            The event ``drawn``; its hash is the one that the cover sheet prints.

        Raises:
            LedgerError: nothing is frozen for the period.
            ConflictError: the draw is not the frozen one's, or the period has another.
        """
        from ceosample.sampling.divisions import divisions_of

        month.require_what_the_seed_draws(draw)
        divisions = divisions_of(draw)  # before the ledger is locked: a frame may be a database
        with self._writing() as transaction:
            return month.register(transaction, draw, divisions, by, at, program)

    def supersede(
        self,
        population: str,
        period: str | Period,
        *,
        by: str,
        at: dt.datetime,
        reason_code: str,
        approver: str | None = None,
    ) -> Event:
        """Set a month's draw aside, with all its letters; they stay on record.

        You can then freeze the month again, with a fresh seed. Letters that were sent by then stay
        in figures of their own. Where later months of a rotation's block were drawn, a
        ``RotationWarning`` says so before anything is recorded.

        Args:
            population, period: the month.
            by: a named person who had no hand in the draw or in any of its letters.
            approver: the id of another such person, who approves it; needed from rules 2 on.
            at: when; aware.
            reason_code: why, as a code.

        Raises:
            LedgerError: no draw is registered, or this person may not decide it.
        """
        with self._writing() as transaction:
            return month.supersede(
                transaction, (population, iso(period)), by, at, reason_code, approver
            )

    def reconcile(
        self,
        population: str,
        period: str | Period,
        *,
        opening: int,
        new: int,
        final: int,
        carried: int,
        by: str,
        at: dt.datetime,
    ) -> Event:
        """Record the register's counts of a month: opening + new - final = carried forward.

        They are kept as you give them; the metrics show whether they agree.

        Raises:
            LedgerError: a count that is not a whole number of at least 0.
        """
        counts = {"opening": opening, "new": new, "final": final, "carried": carried}
        with self._writing() as transaction:
            return month.reconcile(transaction, (population, iso(period)), by, at, counts)

    def seal_room(self, pack: Pack, room: bytes, *, by: str, at: dt.datetime) -> Event:
        """Record that the room of a pack was sealed again; the passphrase stays outside.

        Args:
            pack: the pack, which was sent.
            room: the bytes of its new ``room.html``; the event holds their SHA-256.
            by, at: who asked for it, and when; aware.

        Raises:
            LedgerError: no letter of the month was sent in this pack.
        """
        with self._writing() as transaction:
            return month.seal_room(
                transaction, (pack.population, pack.period), pack.digest, digest(room), by, at
            )

    def state_method(
        self,
        population: str,
        period: str | Period,
        *,
        confidence: str = "0.95",
        missing: str = "defective",
        tolerable: str | None = None,
        year_begins: int = 1,
        by: str,
        at: dt.datetime,
    ) -> Event:
        """Record how a frozen month's verdicts will be read, before anyone knows a verdict.

        Args:
            population, period: the month.
            confidence: of the bounds, as a decimal.
            missing: what a letter without a verdict counts as, ``defective`` or ``sound``.
            tolerable: the share of defective letters that you can tolerate, as a decimal; None to
                state none.
            year_begins: the month with which your year begins, from 1 to 12.
            by, at: who states it, and when; aware.

        Raises:
            LedgerError: every field with a wrong value; nothing is frozen for the period; or the
                ledger is under rules 1.
            ConflictError: another method is stated for the month.
        """
        method = Method(confidence, missing, tolerable, year_begins)
        with self._writing() as transaction:
            return month.state_method(transaction, (population, iso(period)), by, at, method)
