"""The ledger: who did what to which letter, and when, in events that can only be added."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
import warnings
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Unpack

from ceosample.canonical import digest
from ceosample.errors import CeosampleError, LedgerError
from ceosample.period import Period, as_period
from ceosample.plain import is_theirs
from ceosample.renamed import OldName
from ceosample.show import html_table, text_table
from ceosample.signoff import opening
from ceosample.signoff.proving.readers import readable_rows
from ceosample.signoff.recording import (
    cases,
    clock,
    keys,
    letters,
    month,
    names,
    naming,
    resolutions,
    roles,
)
from ceosample.signoff.recording.event_fields import EventDetails
from ceosample.signoff.recording.times import Clock
from ceosample.signoff.recording.transaction import Salts, Transaction
from ceosample.signoff.replay import titles, zones
from ceosample.signoff.replay.cases import CASE_KINDS, CaseHistory
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.keys import Keys
from ceosample.signoff.replay.methods import Method
from ceosample.signoff.replay.past_signoffs import KINDS
from ceosample.signoff.replay.people import Ended, People, ended_by
from ceosample.signoff.rules.in_force import KIND as RULES
from ceosample.signoff.rules.judge import fault_of_form, warn_malformed
from ceosample.signoff.store import signatures
from ceosample.signoff.store.events import Event, Subject
from ceosample.signoff.store.signatures import Signer
from ceosample.signoff.store.store import Store
from ceosample.text import counted, fault_in_name, quoted

# What a single method needs is loaded by it: whoever reads a ledger needs no draw, no tracker of
# others and no pack, and a command would wait for all of them.
if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection

    from ceosample.letters.papers.pack import Pack
    from ceosample.progress import Progress
    from ceosample.sampling.draw import Draw
    from ceosample.sampling.frames.frame import AnyFrame
    from ceosample.sampling.plans.plan import Plan
    from ceosample.sampling.plans.rotation import HasPast
    from ceosample.sampling.seeds.chain import Published, SeedChain
    from ceosample.sampling.seeds.seed import Seed
    from ceosample.sampling.verify import Receipt
    from ceosample.signoff.check import ChainReport
    from ceosample.signoff.intake.decisions import Decisions
    from ceosample.signoff.intake.tracker import Tracker
    from ceosample.signoff.keys.compare import Comparison
    from ceosample.signoff.keys.head_note import HeadNote
    from ceosample.signoff.repair import Repair
    from ceosample.signoff.upgrade import Upgrade

#: Bytes of salt before a text whose digest an event holds.
SALT_BYTES = 32

#: The number of newest events that a ledger shows.
SHOWN: Final = 8

_HEADER = ["event", "at", "kind", "month", "letter", "by"]
_ALIGN = "rlllll"


class Ledger:
    """An append-only ledger of events, each bound to the one before by its hash.

    Every method that writes keeps its events whole or not at all. Recording the same thing twice
    returns the original event. ``at`` is when something happened, as you claim it; the event also
    holds when it was recorded, by the recorder's own clock.

    >>> with Ledger.open("sqlite://") as ledger:
    ...     ledger.check().level.name
    'INTACT'
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        salts: Salts | None = None,
        recorder: str | None = None,
        key: Signer | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._salts = salts or _salt
        self._recorder = recorder
        self._key = key
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
        late: bool = False,
        key: Signer | None = None,
    ) -> Ledger:
        """The ledger of a URL; a new one begins with the events ``opened``, ``rules``.

        Args:
            url: ``sqlite:///signoff.db``, ``sqlite://`` for one in memory, or
                ``postgresql+psycopg://user@host/database``.
            create: False to refuse a URL without a ledger, True to create one there.
            clock: the recorder's clock, for tests; the system's by default.
            ledger_id: the new ledger's name, for tests; 32 random hexadecimal digits by default.
            recorder: the id of the person who records, noted in every event in which another
                person acts; None for no such note.
            salts: returns 32 bytes for each text that is kept, for tests; random by default.
            late: True to create a missing ledger together with its first event, so that what is
                refused before it leaves nothing behind.
            key: the recorder's private key, a ``cs.verification.RecorderKey``, which signs every
                event that is recorded; its holder is then the recorder. None for no signatures.

        Raises:
            LedgerError: the URL or what it leads to is not a ledger that this release reads.
            MissingPartError: psycopg is needed and not installed.
            BusyError: another run holds it.
        """
        if recorder is not None and (not isinstance(recorder, str) or fault_in_name(recorder)):
            raise LedgerError(f"recorder: got {quoted(recorder)}; give a person's id")
        clock, salts = clock or _now, salts or _salt
        name = ledger_id or secrets.token_hex(16)
        store = opening.opened(
            url,
            create=create,
            clock=clock,
            salts=salts,
            ledger_id=name,
            recorder=recorder,
            late=late,
        )
        return cls(store, clock, salts=salts, recorder=recorder, key=key)

    @classmethod
    def open_readonly(cls, url: str | URL) -> Ledger | None:
        """The ledger of a URL, to read only: nothing is created, and an old form stays as it is.

        Returns:
            The ledger; None where a run would create one.

        Raises:
            LedgerError, MissingPartError, BusyError: for the reasons of :meth:`open`.
        """
        store = opening.opened_readonly(url)
        return None if store is None else cls(store, _now)

    @classmethod
    def restore(
        cls,
        url: str | URL,
        lines: Iterable[bytes],
        *,
        signed: Iterable[bytes] = (),
        clock: Clock | None = None,
    ) -> Ledger:
        """A new ledger with the events that :meth:`export` returned, every one of them checked.

        Texts are not among them; they stay where they can be erased.

        Args:
            url: a URL without a ledger.
            lines: JSON Lines, an event each.
            signed: JSON Lines, a signature each, as :meth:`export_signatures` returned them.
            clock: the recorder's clock, for tests; the system's by default.

        Raises:
            LedgerError: a line is not an event, or events are missing; nothing is kept.
            ConflictError: a ledger already exists there; it is left unchanged.
        """
        return cls(opening.restored(url, lines, signed), clock or _now)

    def close(self) -> None:
        """Close the database."""
        self._store.close()

    def __repr__(self) -> str:
        return f"<Ledger {self._store.place}>"

    def __str__(self) -> str:
        return f"{repr(self)[1:-1]}\n{text_table(_HEADER, self._newest(), _ALIGN)}"

    def _repr_html_(self) -> str:
        return html_table(repr(self)[1:-1], _HEADER, self._newest(), _ALIGN)

    def _newest(self) -> list[list[str]]:
        """The newest events as rows, newest first: a ledger may be too long to show whole."""
        try:
            with self._store.transaction() as connection:
                newest = self._store.newest(connection, SHOWN)
        except CeosampleError:
            return []  # a display does not fail: the next method that is called raises
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
        """A block whose events are all recorded, or none of them.

        >>> with Ledger.open("sqlite://") as ledger, ledger.transaction():
        ...     _ = ledger.grant("ceo", "signatory", since=dt.date(2026, 1, 1), by="board",
        ...                      at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        """
        key = self._key
        try:
            with self._writing() as transaction:
                outer, self._transaction = self._transaction, transaction
                try:
                    yield self
                finally:
                    self._transaction = outer
        except BaseException:
            self._key = key  # one that was rotated inside is not
            raise

    # A month.

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
        from ceosample.sampling.seeds.chain import SeedChain

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
            return month.reveal(transaction, seed, (population, _iso(period)), by, at)

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
                transaction, (population, _iso(period)), by, at, reason_code, approver
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
            return month.reconcile(transaction, (population, _iso(period)), by, at, counts)

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
            return month.state_method(transaction, (population, _iso(period)), by, at, method)

    # What there was before it.

    def import_history(
        self,
        tracker: Tracker,
        *,
        population: str,
        by: str,
        at: dt.datetime,
        zone: str | None = None,
    ) -> tuple[Event, ...]:
        """Record an office's own table of earlier months, as claims.

        They are marked as unverified and counted in no figure of what was signed. A row that was
        imported before is not recorded again, from whichever file it came, so you can import a
        table again after it has grown.

        Args:
            tracker: what ``read_tracker`` returns.
            population: the population to which its letters belong.
            by, at: who imports it, and when; aware.
            zone: the time zone of its dates; None for that of the population's newest freeze, or
                UTC.

        Returns:
            The event of each row, in the table's order.

        Raises:
            ConflictError: one of its months was frozen in this ledger.
            LedgerError: every row that conflicts with an earlier import, or has a date that is
                still to come.
        """
        from ceosample.signoff.intake.past_signoffs import import_tracker

        with self._writing() as transaction:
            return import_tracker(transaction, tracker, population, by, at, zone)

    def withdraw_history(
        self, file: str, *, population: str, by: str, at: dt.datetime, reason_code: str
    ) -> tuple[Event, ...]:
        """Make void everything that was imported from a file; it stays on record.

        Args:
            file: its SHA-256, which its events hold.
            population: the population.
            by, at, reason_code: who found it wrong, when and why.

        Returns:
            An event for each of its months.

        Raises:
            LedgerError: nothing was imported from this file.
        """
        from ceosample.signoff.intake.past_signoffs import withdraw

        with self._writing() as transaction:
            return withdraw(transaction, file, population, by, at, reason_code)

    # Its letters.

    def send(self, pack: Pack, *, by: str, at: dt.datetime) -> tuple[Event, ...]:
        """Record that these letters, in exactly these bytes, went to the signatory.

        Returns:
            For each letter its event ``sent_for_signature``, in the pack's order.

        Raises:
            LedgerError: every letter that cannot be sent from the state it is in.
            ConflictError: the pack is not of the registered draw, or does not name its event.
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
        """Record a signature, bound to the digest of the letter that was read.

        Args:
            unit_id: the response.
            letter: the SHA-256 of the letter, ``pack[unit_id].digest``.
            by: the id of the signatory to whom it was sent.
            at: when it was signed; aware.
            population, period: the month; None where only one open letter has this id.

        Raises:
            LedgerError: the letter was never sent in these bytes, was sent to another person, or
                is not out for signature; the message names what is allowed.
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
        """Record that a letter or a case reached a state, or what was found, done or noted of it.

        ``lifecycle.RECORDED_STATES`` and ``ANNOTATIONS`` list the fields that each kind needs, and
        ``event_fields.EventDetails`` describes each field.
        A replaced letter's place goes to the next reserve of its line, in the same transaction.
        The line is its stratum, except under a rotation.
        An id such as ``case-1`` can be a case's: see :meth:`record_case`.

        Args:
            kind: a state, ``returned_for_rework`` for example, or ``finding``, ``recognition``,
                ``contact``, ``board_answer``, ``note``.
            unit_id: the response, or a case such as ``case-1``.
            by: who did it.
            at: when; aware.
            population, period: the month; None where only one open letter has this id, and for a
                case.
            what: the fields that this kind needs: ``letter``, ``reason_code``, ``to``, ... Where a
                letter goes out, ``letter`` is by default its newest version.

        Raises:
            LedgerError: the step is not allowed, this person may not take it, or something that it
                needs is missing.
        """
        with self._writing() as transaction:
            if cases.is_a_case(transaction, unit_id, population, period):
                found = cases.find(transaction, unit_id, population)
                return cases.record(transaction, kind, found, by, at, what)
            return letters.record(transaction, kind, unit_id, by, at, population, period, what)

    def record_all(
        self, decisions: Decisions, *, clock_ahead: dt.timedelta | None = None
    ) -> tuple[Event, ...]:
        """Record a file of decisions, whole or not at all; a second time changes nothing.

        Args:
            decisions: what ``Decisions.read(path)`` returns.
            clock_ahead: how far the clock was ahead of the computer that saved the file: each
                event's ``at`` is the claimed time less that, and its payload keeps the claim. None
                where that clock was right.

        Returns:
            The event of each decision, in the file's order.

        Raises:
            LedgerError: every decision that is not allowed, each with its place in the file; or
                the file was saved later than now, and the message tells by how much.
        """
        from ceosample.signoff.intake.decisions import record_decisions

        with self._writing() as transaction:
            return record_decisions(transaction, decisions, clock_ahead)

    def correct(self, event: str, *, by: str, at: dt.datetime, reason_code: str) -> Event:
        """Make an event void, as if it had never been recorded; it and its correction stay.

        Args:
            event: its hash.
            by, at, reason_code: who found it wrong, when and why.

        Raises:
            LedgerError: no such event, one that cannot be corrected, or one on which later events
                depend.
        """
        with self._writing() as transaction:
            return letters.correct(transaction, event, by, at, reason_code)

    def hold(
        self,
        unit_id: str,
        *,
        population: str,
        period: str | Period | None,
        by: str,
        at: dt.datetime,
        reason_code: str,
        lift: bool = False,
    ) -> Event:
        """Place a legal hold on a letter's texts, or lift it; under a hold they cannot be erased.

        Args:
            unit_id, population, period: the letter; a case has no period, which is None.
            by, at, reason_code: who decided it, when and why.
            lift: True to lift the hold.

        Raises:
            LedgerError: no such letter, or no hold to lift.
        """
        with self._writing() as transaction:
            if period is None:
                case = (unit_id, population, by, at, reason_code)
                return cases.hold(transaction, *case, lift=lift)
            subject = Subject(population, _iso(period), unit_id)
            return letters.hold(
                transaction, "hold_lifted" if lift else "held", subject, by, at, reason_code
            )

    def forget(
        self,
        unit_id: str,
        *,
        population: str,
        period: str | Period | None,
        by: str,
        at: dt.datetime,
        reason_code: str,
    ) -> Event:
        """Erase a letter's texts; the events keep their salted digests, so the chain still holds.

        Args:
            unit_id, population, period: the letter; a case has no period, which is None.
            by, at, reason_code: who decided it, when and why.

        Raises:
            LedgerError: no such letter, or it is under a legal hold.
        """
        with self._writing() as transaction:
            if period is None:
                return cases.forget(transaction, unit_id, population, by, at, reason_code)
            subject = Subject(population, _iso(period), unit_id)
            return letters.forget(transaction, subject, by, at, reason_code)

    def texts(
        self, unit_id: str, *, population: str, period: str | Period | None
    ) -> dict[str, str]:
        """The texts that are kept about a letter, by the digest that its events hold.

        Args:
            unit_id, population, period: the letter; a case has no period, which is None.
        """
        month = None if period is None else _iso(period)
        with self._reading() as transaction:
            return transaction.texts(population=population, period=month, unit_id=unit_id)

    # What reached the executive without being drawn.

    def refer(
        self,
        came_by: str,
        *,
        population: str,
        by: str,
        at: dt.datetime,
        nature: str = "complaint",
        owner: str | None = None,
        division: str | None = None,
        due: dt.date | None = None,
        text: str | None = None,
    ) -> Event:
        """Open a case: something that reached the executive without being drawn.

        The ledger gives it an id, ``case-`` and the next number. No figure of the sample counts it.

        Args:
            came_by: ``letter``, ``social``, ``board``, ``colleague`` or ``walk-in``.
            population: the population to which it belongs.
            by: who refers it.
            at: when it came; aware.
            nature: ``complaint`` or ``compliment``.
            owner: the id of the person who owns it; None without an owner.
            division: the division that it concerns; None to leave it out.
            due: the last date for an answer; None where there is none.
            text: words, kept in a table that can be erased; None for none.

        Raises:
            LedgerError: every field with a wrong value; or the ledger is under rules 1.
        """
        given = {"came_by": came_by, "nature": nature, "owner": owner, "division": division}
        with self._writing() as transaction:
            return cases.refer(
                transaction, population=population, due=due, by=by, at=at, text=text, **given
            )

    def record_case(
        self,
        kind: str,
        case: str,
        *,
        by: str,
        at: dt.datetime,
        population: str | None = None,
        **what: Unpack[EventDetails],
    ) -> Event:
        """Record that a case reached a state, or what was done or noted of it.

        ``replay.cases.OF_A_CASE`` lists the kinds and their fields: ``taken_over``,
        ``escalated_to_board``, ``resolved_nonstandard``, ``dispatched``, ``withdrawn``,
        ``recognition``, ``contact``, ``board_answer``, ``note``.

        Args:
            kind: one of these.
            case: its id, ``case-1``, also where a letter that was drawn has the same.
            by: who did it.
            at: when; aware.
            population: where to look; None for everywhere.
            what: the fields that this kind needs, or may have.

        Raises:
            LedgerError: there is no such case, the step is not allowed, this person may not take
                it, or something that it needs is missing.
        """
        with self._writing() as transaction:
            found = cases.find(transaction, case, population)
            return cases.record(transaction, kind, found, by, at, what)

    def is_a_case(
        self,
        unit_id: str,
        *,
        population: str | None = None,
        period: str | Period | None = None,
    ) -> bool:
        """Whether an id means a case, and no letter.

        Args:
            unit_id: the id.
            population: where to look; None for everywhere.
            period: the letter's month, which no case has; None for none.

        Raises:
            LedgerError: a letter that was drawn has the id of a case, and nothing tells them apart.
        """
        with self._reading() as transaction:
            return cases.is_a_case(transaction, unit_id, population, period)

    def case(self, case: str, *, population: str | None = None) -> CaseHistory:
        """What has happened to a case so far, by the events that are valid.

        Args:
            case: its id, ``case-1``.
            population: where to look; None for everywhere.

        Raises:
            LedgerError: there is no such case, or its opening was corrected.
        """
        with self._reading() as transaction:
            return cases.find(transaction, case, population)

    def case_events(self, population: str) -> list[Event]:
        """The events about the cases of a population, and corrections of them, oldest first."""
        found = self._of_kinds(CASE_KINDS, population)
        corrected = self._pages(population=population, period=None, kind="corrected")
        return sorted([*found, *corrected], key=_sequence)

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
        """Grant a person a role from one date to another.

        Args:
            person: their id.
            role: one of ``people.ROLES``.
            since, until: the first and the last date; None for no last date.
            of: for a deputy, the id of the person for whom they stand in; None for any other role.
            limit, currency: for an executive, what a non-standard resolution may cost at most;
                None for no limit.
            population: where it holds; None for everywhere.
            by, at: who granted it, and when; aware.

        Raises:
            LedgerError: every field with a wrong value.
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
        of: str | None = None,
        population: str | None = None,
        by: str,
        at: dt.datetime,
    ) -> Event:
        """Revoke a role from a date on; :meth:`ended_by` says which grants that ended.

        Args:
            person, role: whose role, and which.
            since: the first date without it. A grant that begins later is void.
            of: for a deputy, the id of the person for whom they stand in no longer; None for
                everyone for whom they do.
            population: where; None for everywhere.
            by, at: who decided it, and when; aware.

        Raises:
            LedgerError: a field with a wrong value, or a role that they do not hold on that date.
        """
        payload = roles.revoke_payload(person, role, since, of)
        with self._writing() as transaction:
            return roles.say(transaction, "role_revoked", payload, population, by, at)

    def ended_by(self, revoked: Event) -> tuple[Ended, ...]:
        """The grants that a revocation ended, and those that it made void.

        Args:
            revoked: what :meth:`revoke` returned.
        """
        with self._reading() as transaction:
            return ended_by(transaction.of_people(revoked.population), revoked)

    def people(self, population: str | None = None) -> People:
        """Who holds which role, everywhere or in this population."""
        with self._reading() as transaction:
            return transaction.people(population)

    def name(self, person: str, name: str, *, by: str, at: dt.datetime) -> Event:
        """Keep a person's name, where it can be erased."""
        with self._writing() as transaction:
            return names.keep(transaction, person, name, by, at)

    def names(self) -> dict[str, str]:
        """The names that are kept, by person; a person's newest where there are several."""
        with self._reading() as transaction:
            return names.kept(transaction)

    def forget_person(self, person: str, *, by: str, at: dt.datetime, reason_code: str) -> Event:
        """Erase a person's name; their id stays, and every figure with it."""
        with self._writing() as transaction:
            return names.forget(transaction, person, by, at, reason_code)

    def agree_to_naming(self, person: str, name: str, audience: str, *, at: dt.datetime) -> Event:
        """Record that a person agrees to be named in notices, and by which name.

        Their newest consent counts. The name is kept where it can be erased.

        Args:
            person: the id of the person, who alone can agree.
            name: how they want to be named.
            audience: ``staff``, or ``public``, which includes staff.
            at: when they agreed; aware.

        Raises:
            LedgerError: every field with a wrong value.
        """
        with self._writing() as transaction:
            return naming.agree(transaction, person, name, audience, at)

    def withdraw_naming(self, person: str, *, by: str, at: dt.datetime) -> Event:
        """Record that a person is named in no later notice; anybody may say so for them.

        Raises:
            LedgerError: they have not agreed to be named.
        """
        with self._writing() as transaction:
            return naming.withdraw(transaction, person, by, at)

    def may_be_named(self, audience: str) -> dict[str, str]:
        """The names of those who agreed to be named before ``staff`` or ``public``, by person."""
        with self._reading() as transaction:
            return naming.kept(transaction, audience)

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
        what: str | None = None,
        why: str | None = None,
    ) -> Event:
        """Propose a resolution that no policy foresees; a second colleague's agreement applies it.

        Args:
            resolution: an id for it.
            population: the population to which it belongs.
            policy: a code for the policy from which it departs.
            review_by: the date by which it must be reviewed for wider use.
            by, at: the colleague, and when; aware.
            unit_id, division: the response and the division; None to leave them out.
            amount, currency: what it costs; None where it costs nothing.
            what, why: what was done and why, in words that its review and later colleagues read:
                without names of customers and the response's id. They are kept in a table that can
                be erased; None for none.

        Raises:
            LedgerError: every field with a wrong value.
            ConflictError: another resolution has this id.
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
                what=what,
                why=why,
            )

    def cosign(self, resolution: str, *, population: str, by: str, at: dt.datetime) -> Event:
        """Record a second colleague's agreement to a resolution, which approves it at once.

        Raises:
            LedgerError: it was not proposed, or this colleague proposed it; or it costs more than
                the limit of either, once people who deal with customers have limits.
            ConflictError: another colleague has co-signed it.
        """
        with self._writing() as transaction:
            return resolutions.cosign(transaction, resolution, population=population, by=by, at=at)

    def review(
        self,
        resolution: str,
        outcome: str,
        *,
        population: str,
        by: str,
        at: dt.datetime,
        text: str | None = None,
    ) -> Event:
        """Record the outcome of a resolution's review: ``adopted``, ``kept`` or ``refused``.

        Args:
            resolution, population: which.
            outcome: what the review came to.
            by, at: who reviewed it, and when; aware.
            text: its words, kept in a table that can be erased; None for none.

        Raises:
            LedgerError: it was not co-signed, or this person proposed or co-signed it.
            ConflictError: it was reviewed with another outcome.
        """
        with self._writing() as transaction:
            return resolutions.review(
                transaction, resolution, outcome, population=population, by=by, at=at, text=text
            )

    def forget_resolution(
        self, resolution: str, *, population: str, by: str, at: dt.datetime, reason_code: str
    ) -> Event:
        """Erase the words of a resolution; the events keep their salted digests.

        Raises:
            LedgerError: it was not proposed, or its response is under a legal hold.
        """
        with self._writing() as transaction:
            return resolutions.forget(
                transaction,
                resolution,
                population=population,
                by=by,
                at=at,
                reason_code=reason_code,
            )

    def resolution_texts(self, population: str) -> dict[str, str]:
        """The words of a population's resolutions that are kept, by the digest in their events."""
        with self._reading() as transaction:
            return transaction.texts(population=population, period=None)

    # The recorder's clock.

    def correct_clock(self, *, by: str, reason_code: str | None = None) -> Event:
        """Record that the recorder's clock is right, though the newest event says otherwise.

        Under rules 2 nothing is recorded while the clock is more than 5 minutes before the newest
        event, or more than 400 days after it. This event lets the ledger continue: at it alone
        ``recorded_at`` may go back. What was recorded by a clock that was ahead then counts as
        recorded by now.

        Args:
            by: the person who looked at the clock.
            reason_code: why it is right, as a code; None for ``events-were-ahead`` or
                ``ledger-rested``.

        Raises:
            LedgerError: the clock agrees with the newest event, or the ledger is under rules 1.
        """
        with self._writing() as transaction:
            return clock.correct_clock(transaction, by, reason_code)

    def allow_ahead(self, ahead: dt.timedelta, *, by: str, at: dt.datetime) -> Event:
        """Record how far ``at`` may be ahead of the recorder's clock from now on.

        Args:
            ahead: the length; a new ledger has 10 minutes.
            by, at: who decided it, and when; aware.

        Returns:
            The event ``rules`` that holds it; the one in force where nothing changes.

        Raises:
            LedgerError: not a length from 0 to a day, or the ledger is under rules 1.
        """
        with self._writing() as transaction:
            return clock.allow_ahead(transaction, ahead, by, at)

    @property
    def rules(self) -> int:
        """The number of the rules in force: 2, or 1 in a ledger of 0.1 that was not upgraded."""
        with self._reading() as transaction:
            return transaction.rules

    def require_clock(self) -> None:
        """Raise if the recorder's clock and the newest event are too far apart to record anything.

        Raises:
            ClockError: they are; the message says what to do.
        """
        with self._reading() as transaction:
            transaction.times.require_clock()

    # Keys of recorders.

    def register_key(self, key: Signer, *, by: str, at: dt.datetime) -> Event:
        """Record a person's key, with which they sign from then on; the event is signed by it.

        Args:
            key: the private key; only its public part is recorded.
            by, at: whose it is, and when they register it; aware. Nobody registers another's key.

        Raises:
            LedgerError: the key was registered before, the person has one that goes on, or the
                ledger keeps no signatures yet: run ``upgrade``.
        """
        with self._writing() as transaction:
            return keys.register(transaction, key, by, at)

    def rotate_key(self, new: Signer, *, by: str, at: dt.datetime) -> Event:
        """Record that a person signs with a new key; the old one, which is this ledger's, signs it.

        Events that are recorded afterwards are signed by the new key.

        Args:
            new: the new private key; only its public part is recorded.
            by, at: whose keys they are, and when; aware.

        Raises:
            LedgerError: the ledger was not opened with the key with which the person signs, or the
                new one was registered before.
        """
        with self._writing() as transaction:
            event = keys.rotate(transaction, new, by, at)
        if self._key is not None and event.payload["key"] == new.public:
            self._key = new
        return event

    def revoke_key(
        self,
        key: str,
        *,
        by: str,
        approver: str,
        at: dt.datetime,
        reason_code: str,
        approver_key: Signer | None = None,
    ) -> Event:
        """Record that a lost or stolen key signs nothing more.

        Args:
            key: the public key in hexadecimal, or its first 8 digits or more.
            by, approver: the two persons who revoke it.
            at: when; aware.
            reason_code: why: ``lost``, ``stolen``, ``left``.
            approver_key: the approver's private key, which signs it too; None where the approver
                has none.

        Raises:
            LedgerError: no such key, it ended, or the two are one, or may not; or the approver
                signs with a key, and it was not given.
        """
        with self._writing() as transaction:
            return keys.revoke(transaction, key, by, approver, at, reason_code, approver_key)

    def keys(self) -> Keys:
        """The keys that were ever registered, each with the events that it can sign."""
        with self._reading() as transaction:
            return transaction.keys()

    # Reading.

    def events(
        self,
        *,
        population: str | None = None,
        period: str | Period | None = None,
        unit_id: str | None = None,
        kind: str | None = None,
    ) -> Iterator[Event]:
        """The events, oldest first, read a page at a time so that no writer must wait.

        Args:
            population, period, unit_id, kind: which events; None for any.
        """
        month = None if period is None else _iso(period)
        wanted = {"population": population, "period": month, "unit_id": unit_id, "kind": kind}
        return self._pages(**{n: value for n, value in wanted.items() if value is not None})

    def substitute_of(self, replaced: Event) -> Event | None:
        """The event by which a reserve took the place of a letter that was replaced.

        None if no reserve was left: the place stays empty, and counts.

        Args:
            replaced: what ``record("replaced", ...)`` returned.
        """
        month = {"population": replaced.population, "period": replaced.period}
        later = (e for e in self._store.pages(**month) if e.sequence > replaced.sequence)
        moved = (e for e in later if e.payload.get("replaces") == replaced.unit_id)
        return next((e for e in moved if e.kind == "selected"), None)

    def events_for(
        self, population: str, first: str | Period, last: str | Period
    ) -> Iterator[Event]:
        """The events that the metrics of a range of months need, however long the history is.

        They are the events of these months and of the eleven before the last, and those about no
        month: people, and resolutions outside policy.
        """
        try:
            begin, end = as_period(first), as_period(last)
        except ValueError as error:
            raise LedgerError(str(error)) from None
        yield from self._pages(population=population, period=None)
        month = min(begin, end.plus(-11))
        while month <= end:
            yield from self._pages(population=population, period=str(month))
            month = month.next()

    def report_events(
        self,
        population: str,
        first: str | Period | None,
        last: str | Period | None,
        *,
        as_of: dt.datetime,
        until: int,
    ) -> list[Event]:
        """The events that a report of a range of months needs, however long the history is.

        Each is hashed as it is read.

        Args:
            population: whose months.
            first, last: the months, both included. Without a first one, all of the population's
                events are needed; without a last one, the range ends with the newest month.
            as_of: the moment of the report; aware.
            until: the number of the newest event that counts, ``ledger.check().events``.

        Raises:
            LedgerError: a text of a month that is none.
        """

        def read(**wanted: str | None) -> Iterator[Event]:
            for event in self._pages(**wanted):
                if event.sequence > until:
                    return
                yield event

        if first is None:
            return list(read(population=population))
        try:
            begin, end = as_period(first), None if last is None else as_period(last)
        except ValueError as error:
            raise LedgerError(str(error)) from None
        from ceosample.signoff.range_events import range_events

        return range_events(read, population, begin, end, as_of)

    def month_events(self, population: str) -> list[Event]:
        """The events that show how far each month of a population came, oldest first.

        They are the events about no single letter, those of letters whose texts were erased,
        corrections, and the newest event that sent a letter of each pack. Of a month in which a
        letter's text was erased or an event of a letter corrected, all that sent letters are there.
        """
        found = [*self._pages(population=population, unit_id=None)]
        found += self._of_kinds(("forgotten", "corrected"), population)
        whole = {event.period for event in found if event.unit_id is not None}
        rows = self._store.newest_by_digest("sent_for_signature", "pack", population=population)
        newest = [*readable_rows([rows], self._rules_begun())]
        if len(newest) < len(rows):  # of a pack whose newest cannot be read an older one counts
            whole |= {row.period for row in rows}
        for period in whole:
            newest += self._pages(population=population, period=period, kind="sent_for_signature")
        found += newest
        return sorted({event.sequence: event for event in found}.values(), key=_sequence)

    def chains(self, population: str) -> list[Event]:
        """The events that published the chains of a population's seeds, oldest first."""
        return list(self._pages(population=population, kind="chain_published"))

    def imported(self, population: str) -> list[Event]:
        """The events about what was imported from older trackers, and withdrawn, oldest first."""
        return list(self._of_kinds(KINDS, population))

    def attempts(self, population: str, period: str | Period) -> str:
        """How often a month was frozen and set aside, and its population's chains replaced.

        ``render`` prints it on the cover sheet: ``frozen 1 time`` is how it should be.
        """
        from ceosample.signoff.figures import month_summary

        month = self.events(population=population, period=period)
        return month_summary.attempts([*month, *self.chains(population)])

    def title(self, population: str, period: str | Period) -> str | None:
        """The title that a month was frozen with, for ``render``; None if there is none."""
        return titles.title_of(self.events(population=population, period=period))

    def zone(self, population: str, period: str | Period) -> str | None:
        """The time zone by whose dates a month counts, for ``render``; None if none is on record.

        Months of 0.1 have none until one is stated: their dates are those of the offsets in which
        their events are written.
        """
        return zones.zone_of(self.events(population=population, period=period))

    def export(self) -> Iterator[bytes]:
        """All events as JSON Lines, oldest first: each line is an event's hashed text.

        An event that is malformed under its own rules is named in a warning, and is among them:
        without it the next one's hash would follow from nothing.
        """
        begun = self._rules_begun()
        for event in self._store.pages():
            fault = fault_of_form(event, begun)
            if fault is not None:
                warn_malformed(event, fault)
            yield event.text + b"\n"

    def texts_of_events(self) -> Iterator[bytes]:
        """The text of each event as its row has it, unread, for a comparison that trusts none."""
        for page in self._store.row_pages():
            for row in page:
                yield str(row.text).encode(errors="surrogateescape")

    def export_signatures(self) -> Iterator[bytes]:
        """All signatures as JSON Lines, in the order of their events; none without keys."""
        from ceosample.signoff.keys import exported

        return exported.exported(self._store)

    def history(
        self,
        unit_id: str,
        *,
        population: str | None = None,
        period: str | Period | None = None,
    ) -> History:
        """The history of one letter: its states, annotations and events so far.

        Raises:
            LedgerError: no letter or several have this id.
        """
        with self._reading() as transaction:
            return transaction.history(unit_id, population, period)

    def upgrade(
        self,
        *,
        by: str,
        at: dt.datetime,
        backup: Path,
        dry_run: bool = False,
        zone: str | None = None,
        population: str | None = None,
    ) -> Upgrade:
        """Bring an old ledger under the newest rules, after a backup, with a table of signatures.

        What was recorded before is judged by the rules of its time, and no figure changes but those
        that a zone moves. You can repeat it: a ledger that is up to date is left as it is, and no
        backup is made.

        Args:
            by, at: who decided it, and when; aware.
            backup: a new file for the ledger as it is now, texts included: keep it as you keep the
                ledger. One of PostgreSQL is written as JSON Lines.
            dry_run: True to return what it would change, and change nothing.
            zone: the IANA time zone to state for the months of ``population`` that were frozen
                without one; None to state none. The result lists each figure that it moves.
            population: whose months; needed with ``zone``.

        Raises:
            ConflictError: there is a file at ``backup``, or another zone was stated; the file is
                left unchanged, and so is the ledger.
            LedgerError: no such zone, or a population of which no month was frozen.
        """
        from ceosample.signoff import upgrade

        with self._reading() as transaction:
            changes = upgrade.changes_of(transaction, zone, population)
            table = upgrade.missing_table(transaction.connection)
        moved = upgrade.moved_by(list(self.events(population=population)), changes, at)
        adds_table = table is not None and table.is_ours
        if dry_run or not (changes or adds_table):
            return upgrade.report(changes, backup=None, moved=moved, table=table)
        self._store.back_up(backup)
        with self._writing() as transaction:
            # Another process may have been a moment faster.
            if adds_table:
                signatures.create(transaction.connection)
            upgrade.make(transaction, upgrade.changes_of(transaction, zone, population), by, at)
        return upgrade.report(changes, backup=backup, moved=moved, table=table)

    def repair(self, *, by: str, at: dt.datetime, backup: Path, dry_run: bool = False) -> Repair:
        """Make the database's indexes and triggers again where a check finds that they differ.

        The events and texts stay as they are, and the event ``repaired`` follows them. You can
        repeat it: where nothing differs, nothing is recorded and no backup is made.

        Args:
            by, at: who decided it, and when; aware.
            backup: a new file for the ledger as it is now, texts included: keep it as you keep the
                ledger. One of PostgreSQL is written as JSON Lines.
            dry_run: True to return what differs, and change nothing.

        Raises:
            LedgerError: the events themselves are broken, or what differs cannot be made again;
                nothing is changed.
            ConflictError: there is a file at ``backup``; it is left unchanged, and so is the
                ledger.
        """

        from ceosample.signoff import repair

        def record(store: Store, connection: Connection, rebuilt: Sequence[str]) -> None:
            transaction = self._begun_in(connection, store)
            transaction.append("repaired", by, at, {"rebuilt": [*rebuilt]})

        return repair.repair(self._store, record, backup, dry_run=dry_run)

    @property
    def ledger_id(self) -> str:
        """The ledger's name, which its first event holds; a copy has the same."""
        with self._store.transaction() as connection:
            first, *_ = self._store.find(connection, kind="opened")
        return str(first.payload.get("ledger"))

    @property
    def begun(self) -> bool:
        """Whether its database holds it; False before the first event of one opened ``late``."""
        return self._store.begun

    @property
    def head(self) -> str:
        """The hash of the newest event."""
        with self._reading() as transaction:
            return transaction.head

    def note(self, *, at_event: int | None = None) -> HeadNote:
        """What a signed note of the head says; ``note().sign(person, key)`` signs it.

        Args:
            at_event: the number of the event whose hash it holds; None for the newest.

        Raises:
            LedgerError: there is no such event.
        """
        from ceosample.signoff.keys.head_note import HeadNote

        size = self.count if at_event is None else at_event
        found = self._store.at(size)
        if found is None:
            raise LedgerError(
                f"at_event: got {quoted(at_event)}; give a number from 1 to {self.count}"
            )
        return HeadNote(self.ledger_id, size, found.hash)

    def compare(self, other: Ledger | str) -> Comparison:
        """How this ledger and another copy of it stand to each other, or a head kept elsewhere.

        Args:
            other: a ledger, the text of a signed note, or a head of 64 digits.

        Raises:
            ConflictError: they are two different ledgers.
            SignatureError: the note is none, or no key of this ledger signed it.
        """
        from ceosample.signoff.keys.compare import BareHead, Chain, compare_chains, compare_head
        from ceosample.signoff.keys.head_note import read_note

        chain = Chain("this ledger", self.texts_of_events)
        if isinstance(other, Ledger):
            return compare_chains(chain, Chain("the other ledger", other.texts_of_events))
        if "\n" in other:
            note = read_note(other.encode(errors="surrogateescape"), self.keys())
            return compare_head(chain, note, "the note")
        return compare_head(chain, BareHead(other), "the head")

    @property
    def count(self) -> int:
        """The number of events, which is the number of the newest."""
        return self._store.count()

    def holds(self, digits: str) -> bool:
        """Whether an event has this hash, or one that begins with these hexadecimal digits."""
        return self._store.holds(digits)

    def check(
        self,
        head: str | None = None,
        *,
        checked_head: str | None = None,
        progress: Progress | None = None,
    ) -> ChainReport:
        """The result of checking every event: the first that was changed, if one was.

        Args:
            head: a hash from paper, without which a cut tail does not show; None to check without.
                The text of a signed note will do too.
            checked_head: the head of an earlier check, which you keep where nobody who can write to
                the ledger can write. It proves the events up to its own, and only later ones are
                read and judged. None to judge all. The text of a signed note will do too.
            progress: called after each event with the number checked and the number of all; by
                default a bar on a terminal or in a notebook.
        """
        from ceosample.signoff.check import check_book

        head, checked_head = self._hash_in(head), self._hash_in(checked_head)
        return check_book(self._store, head, progress, checked_head)

    def _hash_in(self, head: str | None) -> str | None:
        """A head as it is, or the one of a note that a recorder of this ledger signed."""
        if head is None or "\n" not in head:
            return head
        from ceosample.signoff.keys.head_note import read_note

        note = read_note(head.encode(errors="surrogateescape"), self.keys())
        if note.ledger != self.ledger_id:
            raise LedgerError(
                f"note: got one of the ledger {note.ledger}, and this is {self.ledger_id}; give a "
                "note of this ledger"
            )
        return note.head

    def receipt(
        self,
        draw: Draw,
        *,
        head: str,
        dated: dt.datetime,
        rolled: dt.datetime,
        proof: str = "on dated paper",
    ) -> Receipt:
        """A receipt for ``verify``, from a head of this ledger that is on dated paper.

        Args:
            draw: whose commitment.
            head: the hash on the paper: that of the freeze, or of a later event before the seed.
            dated: when the paper was dated; aware.
            rolled: when the seed came to be, by the witnesses' minutes; aware.
            proof: what dates the head, in words for the report.

        Raises:
            LedgerError: the ledger is broken, has no such event, or that event is older than the
                freeze of this commitment.
        """
        from ceosample.signoff.receipts import receipt_for

        report = self.check(head)
        if not report.ok:
            raise LedgerError(f"ledger: {report.first_difference}")
        of_month = self.events(population=draw.population, period=draw.period)
        return receipt_for(draw, of_month, self._pages(), head, dated, rolled, proof)

    def _pages(self, **wanted: str | None) -> Iterator[Event]:
        """The events with these values that can be read; the others are named in warnings."""
        return readable_rows(self._store.row_pages(**wanted), self._rules_begun())

    def _of_kinds(self, kinds: Sequence[str], population: str) -> Iterator[Event]:
        """The same of these kinds, oldest first."""
        pages = self._store.pages_of_kinds(kinds, population=population)
        return readable_rows(pages, self._rules_begun())

    def _rules_begun(self) -> list[Event]:
        return list(self._store.pages(kind=RULES))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Transaction]:
        """The ledger for one transaction, or a part of the block that is recorded as a whole."""
        if self._transaction is not None:
            # A caller who catches the error of a part keeps nothing of that part.
            with self._transaction.part() as transaction:
                yield transaction
            return
        with self._store.transaction(writing=True) as connection:
            yield self._begun_in(connection)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Transaction]:
        if self._transaction is not None:
            yield self._transaction
            return
        with self._store.transaction() as connection:
            yield self._begun_in(connection)

    def _begun_in(self, connection: Connection, store: Store | None = None) -> Transaction:
        return Transaction(
            store or self._store, connection, self._clock, self._salts, self._recorder, self._key
        )

    # The names of 0.1.
    take = OldName("record_all")
    together = OldName("transaction")
    as_it_is = OldName("open_readonly")
    tried = OldName("attempts")
    months = OldName("month_events")
    events_around = OldName("events_for")


def _sequence(event: Event) -> int:
    return event.sequence


def _iso(period: str | Period) -> str:
    """A month as text; what is none stays as it is, for the message that refuses it."""
    return str(period) if isinstance(period, Period) or is_theirs(period) else period


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)
