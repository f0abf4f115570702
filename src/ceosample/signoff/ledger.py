"""The ledger: who did what to which letter, and when, in a book that can only grow."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import secrets
from collections.abc import Iterable, Iterator
from decimal import Decimal
from types import TracebackType
from typing import Final, Unpack

from sqlalchemy.engine import URL

from ceosample.errors import CeosampleError, LedgerError
from ceosample.letters.papers.pack import Pack
from ceosample.period import Period, as_period
from ceosample.progress import Progress
from ceosample.renamed import OldName
from ceosample.sampling.commitment import commit
from ceosample.sampling.draw import Draw
from ceosample.sampling.frames.frame import AnyFrame
from ceosample.sampling.plans.plan import Plan
from ceosample.sampling.plans.rotation import HasPast
from ceosample.sampling.seeds.chain import Published, SeedChain
from ceosample.sampling.seeds.seed import Seed
from ceosample.sampling.verify import Receipt
from ceosample.show import html_table, text_table
from ceosample.signoff import opening
from ceosample.signoff.check import ChainReport, check_book
from ceosample.signoff.figures import month_summary
from ceosample.signoff.intake.decisions import Decisions, record_decisions
from ceosample.signoff.intake.past_signoffs import import_tracker, withdraw
from ceosample.signoff.intake.tracker import Tracker
from ceosample.signoff.receipts import receipt_for
from ceosample.signoff.recording import letters, month, names, resolutions, roles
from ceosample.signoff.recording.event_fields import EventDetails
from ceosample.signoff.recording.transaction import Clock, Salts, Transaction
from ceosample.signoff.replay import titles
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.past_signoffs import KINDS
from ceosample.signoff.replay.people import People
from ceosample.signoff.store.events import Event, Subject
from ceosample.signoff.store.store import Store
from ceosample.text import fault_in_name, quoted

#: Bytes of salt before a text whose digest an event holds.
SALT_BYTES = 32

#: So many of the newest events a ledger shows.
SHOWN: Final = 8

_HEADER = ["event", "at", "kind", "month", "letter", "by"]
_ALIGN = "rlllll"


class Ledger:
    """An append-only book of events, each bound to the one before by its hash.

    Every method that writes takes its events whole or not at all, and saying the same thing twice
    changes nothing: the event of the first time is given back. ``at`` is when something happened,
    as claimed; when it was written down is the recorder's own clock.

    >>> with Ledger.open("sqlite://") as ledger:
    ...     ledger.check().level.name
    'INTACT'
    """

    def __init__(
        self, store: Store, clock: Clock, *, salts: Salts | None = None, recorder: str | None = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._salts = salts or _salt
        self._recorder = recorder
        self._transaction: Transaction | None = None

    @classmethod
    def open(
        cls,
        url: str | URL,
        *,
        create: bool = True,
        clock: Clock | None = None,
        ledger_id: str | None = None,
        recorder: str | None = None,
        salts: Salts | None = None,
    ) -> Ledger:
        """Open the ledger of a URL; a new one begins with the event ``opened``.

        Args:
            url: ``sqlite:///signoff.db``, ``sqlite://`` for one in memory, or
                ``postgresql+psycopg://user@host/database``.
            create: whether a ledger that is not there may be begun.
            clock: the recorder's clock, for tests; the system's by default.
            ledger_id: the new ledger's name, for tests; 32 random hexadecimal digits by default.
            recorder: the id of the person who writes things down, noted in every event in which
                they are not the one who acts.
            salts: gives 32 bytes for each text that is kept, for tests; random by default.

        Raises:
            LedgerError: the URL or what it leads to is not a ledger that this release reads.
            MissingPartError: psycopg is needed and not installed.
            BusyError: another run holds it.
        """
        if recorder is not None and (not isinstance(recorder, str) or fault_in_name(recorder)):
            raise LedgerError(f"recorder: got {quoted(recorder)}; give a person's id")
        clock, salts = clock or _now, salts or _salt
        name = ledger_id or secrets.token_hex(16)
        store = opening.opened(url, create=create, clock=clock, salts=salts, ledger_id=name)
        return cls(store, clock, salts=salts, recorder=recorder)

    @classmethod
    def open_readonly(cls, url: str | URL) -> Ledger | None:
        """A ledger to be looked at: nothing is begun, and no old form of one is brought up to date.

        Returns:
            The ledger; None where a run would begin one.

        Raises:
            LedgerError, MissingPartError, BusyError: as :meth:`open` does.
        """
        store = opening.opened_readonly(url)
        return None if store is None else cls(store, _now)

    @classmethod
    def restore(
        cls, url: str | URL, lines: Iterable[bytes], *, clock: Clock | None = None
    ) -> Ledger:
        """A new ledger with the events that :meth:`export` gave, every one of them checked.

        Texts are not among them; they stay where they can be erased.

        Args:
            url: where there is no ledger yet.
            lines: JSON Lines, an event each.
            clock: as :meth:`open` takes it.

        Raises:
            LedgerError: a line is no event, or the events are not a whole book; nothing is kept.
            ConflictError: there is a ledger already, which stays as it is.
        """
        return cls(opening.restored(url, lines), clock or _now)

    def close(self) -> None:
        """Let the database go."""
        self._store.close()

    def __repr__(self) -> str:
        return f"<Ledger {self._store.place}>"

    def __str__(self) -> str:
        return f"{repr(self)[1:-1]}\n{text_table(_HEADER, self._newest(), _ALIGN)}"

    def _repr_html_(self) -> str:
        return html_table(repr(self)[1:-1], _HEADER, self._newest(), _ALIGN)

    def _newest(self) -> list[list[str]]:
        """What happened last, newest first; a book may be too long to be looked through."""
        try:
            with self._store.transaction() as connection:
                newest = self._store.newest(connection, SHOWN)
        except CeosampleError:
            return []  # a display does not fail: whoever asks the book next hears why
        return [
            [str(e.sequence), e.at, e.kind, e.period or "", e.unit_id or "", e.actor]
            for e in newest
        ]

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Ledger]:
        """Take everything that is said in this block, or nothing of it.

        >>> with Ledger.open("sqlite://") as ledger, ledger.transaction():
        ...     _ = ledger.grant("ceo", "signatory", since=dt.date(2026, 1, 1), by="board",
        ...                      at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        """
        with self._writing() as transaction:
            outer, self._transaction = self._transaction, transaction
            try:
                yield self
            finally:
                self._transaction = outer

    # A month.

    def publish(
        self,
        chain: Published | SeedChain,
        *,
        by: str,
        at: dt.datetime,
        reason_code: str | None = None,
    ) -> Event:
        """Write the public end of a chain of seeds down, before its first month begins.

        Args:
            chain: its public part is what counts; no secret is written anywhere.
            by, at: who published it, and when; aware.
            reason_code: ``loss`` or ``compromise``, where it takes the place of a chain whose
                months are not over; that one gives no month its seed any more.

        Raises:
            LedgerError: its first month has begun.
            ConflictError: the population has a chain for these months, or another one has this.
        """
        published = chain.published if isinstance(chain, SeedChain) else chain
        with self._writing() as transaction:
            return month.publish(transaction, published, by, at, reason_code)

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
    ) -> Event:
        """Write the commitment down, before the seed exists.

        A second freeze with other contents is taken while there is no seed, stays on record, and
        is the one that counts.

        Args:
            frame, plan, seed_source: what is committed to.
            by, at: who froze it, and when; aware.
            earlier: under a rotation, the draws of the block's earlier months: all that are
                registered here, and no other.
            title: the population as people read it, on one line; None shows its id. It is kept in
                this event alone, and stays: the same freeze with another title changes nothing.

        Raises:
            ConflictError: the seed of the period is out already, its link or its round is, or the
                block has other draws.
            LedgerError: no chain with this month is published, or the title is empty, too long, or
                holds what does not print.
            PlanError, SeedError: the plan or the source of the seed is impossible.
        """
        commitment = commit(frame, plan, seed_source=seed_source, earlier=earlier)
        with self._writing() as transaction:
            return month.freeze(transaction, frame, commitment, by, at, title)

    def reveal(
        self, seed: Seed, *, population: str, period: str | Period, by: str, at: dt.datetime
    ) -> Event:
        """Write the seed down, after the freeze and before anyone sees what it draws.

        Raises:
            LedgerError: nothing is frozen for the period.
            ConflictError: the period has another seed already, another source was named, or the
                seed was known.
        """
        with self._writing() as transaction:
            return month.reveal(transaction, seed, (population, str(period)), by, at)

    def register(self, draw: Draw, *, by: str, at: dt.datetime) -> Event:
        """Register a draw: the event ``drawn``, and one for each selection and reserve.

        It is drawn again first, so that nothing but what the tickets give can be registered.

        Returns:
            The event ``drawn``; its hash is the one that the cover sheet prints.

        Raises:
            LedgerError: nothing is frozen for the period.
            ConflictError: the draw is not the frozen one's, or the period has another.
        """
        month.require_what_the_seed_draws(draw)
        with self._writing() as transaction:
            return month.register(transaction, draw, by, at)

    def supersede(
        self,
        population: str,
        period: str | Period,
        *,
        by: str,
        at: dt.datetime,
        reason_code: str,
    ) -> Event:
        """Set a month's draw aside, with all its letters; it and they stay on record.

        A new freeze, with a fresh seed, may follow.

        Args:
            population, period: the month.
            by: a named person, who had no hand in the draw or in any of its letters.
            at: when; aware.
            reason_code: why.

        Raises:
            LedgerError: no draw is registered, or this person may not decide it.
        """
        with self._writing() as transaction:
            return month.supersede(transaction, (population, str(period)), by, at, reason_code)

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
        """Write the register's counts of a month down: opening + new - final = carried forward.

        They are kept as they are given; whether they agree is for the metrics to show.

        Raises:
            LedgerError: a count that is none.
        """
        counts = {"opening": opening, "new": new, "final": final, "carried": carried}
        with self._writing() as transaction:
            return month.reconcile(transaction, (population, str(period)), by, at, counts)

    # What there was before it.

    def import_history(
        self, tracker: Tracker, *, population: str, by: str, at: dt.datetime
    ) -> tuple[Event, ...]:
        """Write down what an office's own table says of earlier months, as claims.

        They are marked as unverified and counted in no figure of what was signed. What stands in
        the ledger already is not written twice, from whichever file it came, so a table that has
        grown can be brought in again.

        Args:
            tracker: what ``read_tracker`` gives.
            population: the stream that its letters belong to.
            by, at: who brings it in, and when; aware.

        Returns:
            The event of each row, in the table's order.

        Raises:
            ConflictError: the ledger froze one of its months itself.
            LedgerError: every row that says another thing than was brought in before, or of a day
                that is still to come.
        """
        with self._writing() as transaction:
            return import_tracker(transaction, tracker, population, by, at)

    def withdraw_history(
        self, file: str, *, population: str, by: str, at: dt.datetime, reason_code: str
    ) -> tuple[Event, ...]:
        """Make void all that was brought in from a file; it stays on record.

        Args:
            file: its SHA-256, as its events have it.
            population: the stream.
            by, at, reason_code: who found it wrong, when and why.

        Returns:
            An event for each of its months.

        Raises:
            LedgerError: nothing was brought in from this file.
        """
        with self._writing() as transaction:
            return withdraw(transaction, file, population, by, at, reason_code)

    # Its letters.

    def send(self, pack: Pack, *, by: str, at: dt.datetime) -> tuple[Event, ...]:
        """Write down that these letters, in exactly these bytes, went to the signatory.

        Returns:
            For each letter its event ``sent_for_signature``, in the pack's order.

        Raises:
            LedgerError: every letter that cannot be sent from the state it is in.
            ConflictError: the pack is not of the registered draw, or does not name the event.
        """
        with self._writing() as transaction:
            return letters.send(transaction, pack, by, at)

    def sign(
        self,
        unit_id: str,
        *,
        letter: str,
        by: str,
        at: dt.datetime,
        population: str | None = None,
        period: str | Period | None = None,
    ) -> Event:
        """Write down a signature, bound to the digest of the letter that was read.

        Args:
            unit_id: the response.
            letter: the SHA-256 of the letter, ``pack[unit_id].digest``.
            by: the id of the signatory to whom it was sent.
            at: when it was signed; aware.
            population, period: needed only where several open letters have this id.

        Raises:
            LedgerError: the letter was never sent in these bytes, not to this person, or is not
                out for signature; the message says what is allowed.
        """
        return self.record(
            "signed", unit_id, by=by, at=at, letter=letter, population=population, period=period
        )

    def record(
        self,
        kind: str,
        unit_id: str,
        *,
        by: str,
        at: dt.datetime,
        population: str | None = None,
        period: str | Period | None = None,
        **what: Unpack[EventDetails],
    ) -> Event:
        """Write down that a letter reached a state, or what was found, done or noted about it.

        ``lifecycle.RECORDED_STATES`` and ``ANNOTATIONS`` list what each needs, and
        ``event_fields.EventDetails`` what that is.
        A replaced letter's place goes to the next reserve of its line (its stratum, but under a
        rotation), in the same transaction.

        Args:
            kind: a state, ``returned_for_rework`` for example, or ``finding``, ``recognition``,
                ``contact``, ``board_answer``, ``note``.
            unit_id: the response.
            by: who did it.
            at: when; aware.
            population, period: needed only where several open letters have this id.
            what: the fields that this kind needs: ``letter``, ``reason_code``, ``to``, ... Where a
                letter goes out, ``letter`` is by default its newest version.

        Raises:
            LedgerError: the step is not allowed, this person may not take it, or something that it
                needs is missing.
        """
        with self._writing() as transaction:
            return letters.record(transaction, kind, unit_id, by, at, population, period, what)

    def record_all(self, decisions: Decisions) -> tuple[Event, ...]:
        """Write down a file of decisions, whole or not at all; a second time changes nothing.

        Args:
            decisions: what ``Decisions.read(path)`` gives.

        Returns:
            The event of each decision, in the file's order.

        Raises:
            LedgerError: every decision that cannot be taken, each with its place in the file.
        """
        with self._writing() as transaction:
            return record_decisions(transaction, decisions)

    def correct(self, event: str, *, by: str, at: dt.datetime, reason_code: str) -> Event:
        """Make an event void, as if it had never been said; both stay on record.

        Args:
            event: its hash.
            by, at, reason_code: who found it wrong, when and why.

        Raises:
            LedgerError: no such event, one that cannot be corrected, or what came after it would
                have been impossible.
        """
        with self._writing() as transaction:
            return letters.correct(transaction, event, by, at, reason_code)

    def hold(
        self,
        unit_id: str,
        *,
        population: str,
        period: str | Period,
        by: str,
        at: dt.datetime,
        reason_code: str,
        lift: bool = False,
    ) -> Event:
        """Place a legal hold on a letter's texts, or lift it; under one they cannot be erased.

        Raises:
            LedgerError: no such letter, or no hold to lift.
        """
        subject = Subject(population, str(period), unit_id)
        with self._writing() as transaction:
            return letters.hold(
                transaction, "hold_lifted" if lift else "held", subject, by, at, reason_code
            )

    def forget(
        self,
        unit_id: str,
        *,
        population: str,
        period: str | Period,
        by: str,
        at: dt.datetime,
        reason_code: str,
    ) -> Event:
        """Erase a letter's texts; the events keep their salted digests, so the chain still holds.

        Raises:
            LedgerError: no such letter, or it is under a legal hold.
        """
        with self._writing() as transaction:
            subject = Subject(population, str(period), unit_id)
            return letters.forget(transaction, subject, by, at, reason_code)

    def texts(self, unit_id: str, *, population: str, period: str | Period) -> dict[str, str]:
        """The texts that are kept about a letter, by the digest that its events hold."""
        with self._reading() as transaction:
            return transaction.texts(population=population, period=str(period), unit_id=unit_id)

    # People.

    def grant(
        self,
        person: str,
        role: str,
        *,
        since: dt.date,
        until: dt.date | None = None,
        of: str | None = None,
        limit: str | int | Decimal | None = None,
        currency: str | None = None,
        population: str | None = None,
        by: str,
        at: dt.datetime,
    ) -> Event:
        """Give somebody a role from one day to another.

        Args:
            person: their id.
            role: one of ``people.ROLES``.
            since, until: the first and the last day; no last one by default.
            of: for a deputy, the id of the person they stand in for.
            limit, currency: for an executive, up to what a non-standard resolution may cost.
            population: where it holds; everywhere by default.
            by, at: who gave it, and when; aware.

        Raises:
            LedgerError: every field that is none.
        """
        payload = roles.grant_payload(person, role, since, until, of, limit, currency)
        with self._writing() as transaction:
            return roles.say(transaction, "role_granted", payload, population, by, at)

    def revoke(
        self,
        person: str,
        role: str,
        *,
        since: dt.date,
        population: str | None = None,
        by: str,
        at: dt.datetime,
    ) -> Event:
        """Take a role away from a day on.

        Raises:
            LedgerError: a field that is none, or a role that they do not hold on that day.
        """
        payload = roles.revoke_payload(person, role, since)
        with self._writing() as transaction:
            return roles.say(transaction, "role_revoked", payload, population, by, at)

    def people(self, population: str | None = None) -> People:
        """Who holds which role, everywhere or in this population."""
        with self._reading() as transaction:
            return transaction.people(population)

    def name(self, person: str, name: str, *, by: str, at: dt.datetime) -> Event:
        """Keep a person's name, where it can be erased."""
        with self._writing() as transaction:
            return names.keep(transaction, person, name, by, at)

    def names(self) -> dict[str, str]:
        """The names that are kept, by person; of several the newest."""
        with self._reading() as transaction:
            return names.kept(transaction)

    def forget_person(self, person: str, *, by: str, at: dt.datetime, reason_code: str) -> Event:
        """Erase a person's name; their id stays, and every figure with it."""
        with self._writing() as transaction:
            return names.forget(transaction, person, by, at, reason_code)

    # Out-of-policy resolutions.

    def propose(
        self,
        resolution: str,
        *,
        population: str,
        policy: str,
        review_by: dt.date,
        by: str,
        at: dt.datetime,
        unit_id: str | None = None,
        division: str | None = None,
        amount: str | int | Decimal | None = None,
        currency: str | None = None,
    ) -> Event:
        """Propose a resolution that no policy foresees; a second colleague's agreement applies it.

        Args:
            resolution: an id for it.
            population: the stream that it belongs to.
            policy: the policy that it departs from.
            review_by: the day by which it is to be reviewed for wider use.
            by, at: the colleague, and when; aware.
            unit_id, division: the response and the division, where they are to be known.
            amount, currency: what it costs.

        Raises:
            LedgerError: every field that is none.
            ConflictError: the id is another resolution's.
        """
        with self._writing() as transaction:
            return resolutions.propose(
                transaction,
                resolution,
                population=population,
                policy=policy,
                review_by=review_by,
                unit_id=unit_id,
                division=division,
                amount=amount,
                currency=currency,
                by=by,
                at=at,
            )

    def cosign(self, resolution: str, *, population: str, by: str, at: dt.datetime) -> Event:
        """Agree to a proposed resolution, which approves it at once.

        Raises:
            LedgerError: nobody proposed it, or this colleague did.
            ConflictError: somebody else co-signed it already.
        """
        with self._writing() as transaction:
            return resolutions.cosign(transaction, resolution, population=population, by=by, at=at)

    def review(
        self, resolution: str, outcome: str, *, population: str, by: str, at: dt.datetime
    ) -> Event:
        """Say what the review of a resolution came to: ``adopted``, ``kept`` or ``refused``.

        Raises:
            LedgerError: nobody co-signed it, or this person had a hand in it.
            ConflictError: it was reviewed with another outcome.
        """
        with self._writing() as transaction:
            return resolutions.review(
                transaction, resolution, outcome, population=population, by=by, at=at
            )

    # Reading.

    def events(
        self,
        *,
        population: str | None = None,
        period: str | Period | None = None,
        unit_id: str | None = None,
    ) -> Iterator[Event]:
        """The events, oldest first, read a page at a time so that no writer has to wait."""
        month = None if period is None else str(period)
        wanted = {"population": population, "period": month, "unit_id": unit_id}
        return self._store.pages(**{n: value for n, value in wanted.items() if value is not None})

    def events_for(
        self, population: str, first: str | Period, last: str | Period
    ) -> Iterator[Event]:
        """What the metrics of a range of months need, and no more, however long the history is.

        The events of these months and of the eleven before the last, and those that are about no
        month: people, and resolutions outside policy.
        """
        try:
            begin, end = as_period(first), as_period(last)
        except ValueError as error:
            raise LedgerError(str(error)) from None
        yield from self._store.pages(population=population, period=None)
        month = min(begin, end.plus(-11))
        while month <= end:
            yield from self._store.pages(population=population, period=str(month))
            month = month.next()

    def month_events(self, population: str) -> list[Event]:
        """What says how far each month of a population came, oldest first, and not all of it.

        The events that are about no single letter, which letters were sent, and corrections.
        """
        found = [*self._store.pages(population=population, unit_id=None)]
        for kind in ("sent_for_signature", "corrected"):
            found += self._store.pages(population=population, kind=kind)
        return sorted({event.sequence: event for event in found}.values(), key=_sequence)

    def chains(self, population: str) -> list[Event]:
        """The events that published the chains of a population's seeds, oldest first."""
        return list(self._store.pages(population=population, kind="chain_published"))

    def imported(self, population: str) -> list[Event]:
        """The events about what was brought in from older tables, and withdrawn, oldest first."""
        found = (self._store.pages(population=population, kind=kind) for kind in KINDS)
        return sorted(itertools.chain(*found), key=lambda event: event.sequence)

    def attempts(self, population: str, period: str | Period) -> str:
        """How often a month was frozen and set aside, and its population's chains made anew.

        It is what ``render`` prints on the cover sheet: ``frozen 1 time`` is how it should be.
        """
        month = self.events(population=population, period=period)
        return month_summary.attempts([*month, *self.chains(population)])

    def title(self, population: str, period: str | Period) -> str | None:
        """The title that a month was frozen with, for ``render``; None if there is none."""
        return titles.title_of(self.events(population=population, period=period))

    def export(self) -> Iterator[bytes]:
        """All events as JSON Lines, oldest first: the hashed texts, a line each."""
        for event in self._store.pages():
            yield event.text + b"\n"

    def history(
        self,
        unit_id: str,
        *,
        population: str | None = None,
        period: str | Period | None = None,
    ) -> History:
        """What has happened to one letter so far.

        Raises:
            LedgerError: no letter or several have this id.
        """
        with self._reading() as transaction:
            return transaction.history(unit_id, population, period)

    @property
    def head(self) -> str:
        """The hash of the newest event."""
        with self._reading() as transaction:
            return transaction.head

    def check(self, head: str | None = None, *, progress: Progress | None = None) -> ChainReport:
        """Walk the whole book and report the first event that is not what it was.

        Args:
            head: a hash from paper; only with one would a cut tail show.
            progress: called after each event with the number checked, and of all; by default a bar
                on a terminal or in a notebook.
        """
        return check_book(self._store, head, progress)

    def receipt(self, draw: Draw, *, head: str, dated: dt.datetime, rolled: dt.datetime) -> Receipt:
        """A receipt for ``verify``, from a head of this ledger that stands on dated paper.

        Args:
            draw: whose commitment.
            head: the hash on the paper: that of the freeze, or of a later event before the seed.
            dated: when the paper was dated; aware.
            rolled: when the seed came to be, by the witnesses' minutes; aware.

        Raises:
            LedgerError: the book is broken, has no such event, or that event is older than the
                freeze of this commitment.
        """
        report = self.check(head)
        if not report.ok:
            raise LedgerError(f"ledger: {report.first_difference}")
        of_month = self.events(population=draw.population, period=draw.period)
        return receipt_for(draw, of_month, self._store.pages(), head, dated, rolled)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Transaction]:
        """The book for one transaction, or a part of the block in which all goes together."""
        if self._transaction is not None:
            with (
                self._transaction.part() as transaction
            ):  # whoever catches its error in the block keeps nothing
                yield transaction
            return
        with self._store.transaction(writing=True) as connection:
            yield Transaction(self._store, connection, self._clock, self._salts, self._recorder)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Transaction]:
        if self._transaction is not None:
            yield self._transaction
            return
        with self._store.transaction() as connection:
            yield Transaction(self._store, connection, self._clock, self._salts, self._recorder)

    # The names of 0.1.
    take = OldName("record_all")
    together = OldName("transaction")
    as_it_is = OldName("open_readonly")
    tried = OldName("attempts")
    months = OldName("month_events")
    events_around = OldName("events_for")


def _sequence(event: Event) -> int:
    return event.sequence


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)
