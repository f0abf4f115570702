"""The ledger: who did what to which letter, and when, in a book that can only grow."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any

from sqlalchemy.engine import URL, Connection

from ceosample.canonical import Json
from ceosample.errors import CeosampleError, ConflictError, LedgerError, raise_all
from ceosample.letters.pack import Pack
from ceosample.period import Period
from ceosample.sampling.commitment import commit
from ceosample.sampling.draw import Draw
from ceosample.sampling.draw import draw as redraw
from ceosample.sampling.frame import AnyFrame
from ceosample.sampling.plan import Plan
from ceosample.sampling.record import difference
from ceosample.sampling.rotation import HasPast
from ceosample.sampling.seed import Seed
from ceosample.sampling.verify import Receipt
from ceosample.signoff import steps
from ceosample.signoff.check import ChainReport, check_rows
from ceosample.signoff.events import NOTHING_BEFORE, Event, History, Subject, moment, replay
from ceosample.signoff.lifecycle import ENDS
from ceosample.signoff.store import SCHEMA, Store
from ceosample.text import fault_in_name, shown

Clock = Callable[[], dt.datetime]


class Ledger:
    """An append-only book of events, each bound to the one before by its hash.

    Every method that writes takes its events whole or not at all, and saying the same thing twice
    changes nothing: the event of the first time is given back. ``at`` is when something happened,
    as claimed; when it was written down is the recorder's own clock.

    >>> with Ledger.open("sqlite://") as ledger:
    ...     ledger.check().level.name
    'INTACT'
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @classmethod
    def open(
        cls,
        url: str | URL,
        *,
        create: bool = True,
        clock: Clock | None = None,
        ledger_id: str | None = None,
    ) -> Ledger:
        """Open the ledger of a URL; a new one begins with the event ``opened``.

        Args:
            url: ``sqlite:///signoff.db``, or ``sqlite://`` for one in memory.
            create: whether a ledger that is not there may be begun.
            clock: the recorder's clock, for tests; the system's by default.
            ledger_id: the new ledger's name, for tests; 32 random hexadecimal digits by default.

        Raises:
            LedgerError: the URL or what it leads to is not a ledger that this release reads.
            BusyError: another run holds it.
        """
        ledger = cls(Store.connect(url, create=create), clock or _now)
        try:
            if not ledger._store.tables():
                ledger._begin(ledger_id or secrets.token_hex(16))
            ledger._require_schema()
            ledger._store.settle()
        except BaseException:
            ledger.close()
            raise
        return ledger

    def close(self) -> None:
        """Let the database go."""
        self._store.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def freeze(
        self,
        frame: AnyFrame,
        plan: Plan,
        *,
        seed_source: str,
        by: str,
        at: dt.datetime,
        earlier: Iterable[HasPast] = (),
    ) -> Event:
        """Write the commitment down, before the seed exists.

        A second freeze with other contents is taken while there is no seed, stays on record, and
        is the one that counts.

        Args:
            frame, plan, seed_source: what is committed to.
            by, at: who froze it, and when; aware.
            earlier: under a rotation, the draws of the block's earlier months: all that are
                registered here, and no other.

        Raises:
            ConflictError: the seed of the period is out already, or the block has other draws.
            PlanError, SeedError: the plan or the kind of seed is impossible.
        """
        commitment = commit(frame, plan, seed_source=seed_source, earlier=earlier)
        subject = (frame.population, str(frame.period))
        payload = steps.frozen(frame, commitment)
        with self._store.transaction(writing=True) as connection:
            before = self._month(connection, subject)
            newest = before.get("frozen")
            if newest is not None and newest.payload == payload:
                return newest
            if "seed_revealed" in before:
                raise ConflictError(
                    f"{subject[0]}, {subject[1]}: its seed is out since event "
                    f"{before['seed_revealed'].sequence}, so nothing can be frozen any more"
                )
            drawn = self._store.find(connection, population=subject[0], kind="drawn")
            steps.require_whole_block(commitment, drawn)
            return self._append(connection, "frozen", by, at, payload, *subject)

    def reveal(
        self, seed: Seed, *, population: str, period: str | Period, by: str, at: dt.datetime
    ) -> Event:
        """Write the seed down, after the freeze and before anyone sees what it draws.

        Raises:
            LedgerError: nothing is frozen for the period.
            ConflictError: the period has another seed already, or another kind was named.
        """
        with self._store.transaction(writing=True) as connection:
            return self._reveal(connection, seed, (population, str(period)), by, at)

    def register(self, draw: Draw, *, by: str, at: dt.datetime) -> Event:
        """Register a draw: the event ``drawn``, and one for each selection and reserve.

        It is drawn again first, so that nothing but what the tickets give can be registered.

        Returns:
            The event ``drawn``; its hash is the one that the cover sheet prints.

        Raises:
            LedgerError: nothing is frozen for the period.
            ConflictError: the draw is not the frozen one's, or the period has another.
        """
        subject = (draw.population, str(draw.period))
        again = redraw(draw.frame, draw.plan, draw.seed, draw.earlier)
        found = difference(again.to_dict(), draw.to_dict())
        if found is not None:
            raise ConflictError(f"{subject[0]}, {subject[1]}: not what the seed draws; {found}")
        with self._store.transaction(writing=True) as connection:
            month = self._month(connection, subject)
            drawn = month.get("drawn")
            if drawn is not None and drawn.payload["draw"] == draw.digest:
                return drawn
            if drawn is not None:
                raise ConflictError(
                    f"{subject[0]}, {subject[1]}: the draw {drawn.payload['draw'][:8]} is "
                    f"registered since event {drawn.sequence}; got {draw.digest[:8]}, another one"
                )
            steps.require_frozen_draw(_require_frozen(month, subject), draw)
            self._reveal(connection, draw.seed, subject, by, at)
            drawn = self._append(connection, "drawn", by, at, steps.drawn(draw), *subject)
            for kind, unit_id, payload in steps.units(draw):
                self._append(connection, kind, by, at, payload, *subject, unit_id)
            return drawn

    def send(self, pack: Pack, *, by: str, at: dt.datetime) -> tuple[Event, ...]:
        """Write down that these letters, in exactly these bytes, went to the signatory.

        Returns:
            For each letter its event ``sent_for_signature``, in the pack's order.

        Raises:
            LedgerError: every letter that cannot be sent from the state it is in.
            ConflictError: the pack is not of the registered draw, or does not name the event.
        """
        subject = (pack.population, pack.period)
        with self._store.transaction(writing=True) as connection:
            steps.require_pack(pack, self._month(connection, subject).get("drawn"))
            histories = replay(
                self._store.find(connection, population=subject[0], period=subject[1])
            )
            sent: list[Event] = []
            faults: list[str] = []
            for letter in pack:
                history = histories.get(Subject(*subject, letter.unit_id))
                try:
                    found, new = steps.send(history, letter, pack)
                except LedgerError as error:
                    faults += error.faults
                    continue
                for kind, payload in new:
                    found = self._append(
                        connection, kind, by, at, payload, *subject, letter.unit_id
                    )
                if found is not None:
                    sent.append(found)
            raise_all(LedgerError, faults)  # inside the transaction, which is then undone
            return tuple(sent)

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
        letter: str | None = None,
        reason_code: str | None = None,
        population: str | None = None,
        period: str | Period | None = None,
    ) -> Event:
        """Write down that a letter reached a state; ``lifecycle.STEPS`` lists what each needs.

        A replaced letter's place goes to the next reserve of its line (its stratum, but under a
        rotation), in the same transaction.

        Args:
            kind: a state, ``returned_for_rework`` for example.
            unit_id: the response.
            by: who did it.
            at: when; aware.
            letter: the digest of the letter that was signed, or that went out; by default, where
                a letter goes out, its newest version.
            reason_code: up to 40 lower-case letters, digits and hyphens, where one is needed.
            population, period: needed only where several open letters have this id.

        Raises:
            LedgerError: the step is not allowed, or something that it needs is missing.
        """
        moment(at, "at")
        with self._store.transaction(writing=True) as connection:
            history = self._history(connection, unit_id, population, period)
            payload = steps.payload(history, kind, letter, reason_code)
            said = history.said_before(kind, by, payload)
            if said is not None:
                return said
            history.require(kind, by, payload)
            event = self._append(connection, kind, by, at, payload, *history.subject)
            if kind == "replaced":
                self._move_up(connection, history, by, at)
            return event

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
        with self._store.transaction() as connection:
            return self._history(connection, unit_id, population, period)

    @property
    def head(self) -> str:
        """The hash of the newest event."""
        with self._store.transaction() as connection:
            newest = self._store.last(connection)
        return NOTHING_BEFORE if newest is None else newest.hash

    def check(self, head: str | None = None) -> ChainReport:
        """Walk the whole book and report the first event that is not what it was.

        Args:
            head: a hash from paper; only with one would a cut tail show.
        """
        return check_rows(self._store.rows(), head)

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
        month = [*self.events(population=draw.population, period=draw.period)]
        drawn = next((event for event in month if event.kind == "drawn"), None)
        if drawn is None or drawn.payload["draw"] != draw.digest:
            raise LedgerError(
                f"ledger: the draw {draw.digest[:8]} is not the one registered for "
                f"{draw.population}, {draw.period}, so nothing in it speaks for this one"
            )
        seed_at = next(event.sequence for event in month if event.kind == "seed_revealed")
        frozen_at: int | None = None
        for event in self._store.pages():
            if event.kind == "frozen" and event.payload["commitment"] == draw.commitment:
                frozen_at = event.sequence
            if event.hash == head:
                break
        if event.sequence >= seed_at:
            raise LedgerError(
                f"ledger: the event {head[:8]} on the paper is not older than the seed, which is "
                f"event {seed_at}; give a head from between the freeze and the seed"
            )
        if frozen_at is None:
            raise LedgerError(
                f"ledger: the event {head[:8]} on the paper is older than any freeze of the "
                f"commitment {draw.commitment[:8]}, so the paper does not prove it"
            )
        evidence = f"event {frozen_at} of the ledger, under the head {head} on dated paper"
        return Receipt(draw.commitment, dated, rolled, evidence)

    # What follows happens inside a transaction that its caller opened.

    def _begin(self, ledger_id: str) -> None:
        with self._store.transaction(writing=True) as connection:
            if connection.dialect.has_table(connection, "events"):
                return  # somebody else was a moment faster
            self._store.create(connection)
            payload: dict[str, Json] = {"ledger": ledger_id, "schema": SCHEMA}
            self._append(connection, "opened", "ceosample", self._clock(), payload)

    def _require_schema(self) -> None:
        first = next(self._store.pages(), None)
        if first is None or first.kind != "opened" or first.payload.get("schema") != SCHEMA:
            raise LedgerError(
                "ledger: its first event is not that of a ledger of this release "
                f"(schema {SCHEMA}); it was left as it is"
            )

    def _append(
        self,
        connection: Connection,
        kind: str,
        actor: str,
        at: dt.datetime,
        payload: Mapping[str, Json],
        population: str | None = None,
        period: str | None = None,
        unit_id: str | None = None,
    ) -> Event:
        fault = fault_in_name(actor) if isinstance(actor, str) else "give text"
        if fault is not None:
            raise LedgerError(f"by: got {shown(actor)}: {fault}")
        newest = self._store.last(connection)
        recorded_at = _utc(self._clock())
        event = Event(
            sequence=1 if newest is None else newest.sequence + 1,
            at=moment(at, "at"),
            recorded_at=recorded_at if newest is None else max(recorded_at, newest.recorded_at),
            actor=actor,
            kind=kind,
            population=population,
            period=period,
            unit_id=unit_id,
            payload=payload,
            previous=NOTHING_BEFORE if newest is None else newest.hash,
        )
        self._store.append(connection, event)
        return event

    def _month(self, connection: Connection, subject: tuple[str, str]) -> dict[str, Event]:
        """The newest event of each kind that is about a month as a whole."""
        events = self._store.find(
            connection, population=subject[0], period=subject[1], unit_id=None
        )
        return {event.kind: event for event in events}

    def _reveal(
        self,
        connection: Connection,
        seed: Seed,
        subject: tuple[str, str],
        by: str,
        at: dt.datetime,
    ) -> Event:
        month = self._month(connection, subject)
        revealed, payload = month.get("seed_revealed"), seed.to_dict()
        if revealed is not None and revealed.payload == payload:
            return revealed
        if revealed is not None:
            raise ConflictError(
                f"{subject[0]}, {subject[1]}: has had a seed since event {revealed.sequence}, and "
                "the one given is another; a period has one"
            )
        for event in self._store.find(connection, kind="seed_revealed"):
            if event.payload["value"] == seed.value:
                raise ConflictError(
                    f"{subject[0]}, {subject[1]}: the seed was {event.population}'s of "
                    f"{event.period} (event {event.sequence}), so it was known; roll a fresh one"
                )
        frozen = _require_frozen(month, subject)
        if frozen.payload["seed_source"] != seed.source:
            raise ConflictError(
                f"{subject[0]}, {subject[1]}: the freeze named a seed from "
                f"{frozen.payload['seed_source']}; got one from {seed.source}"
            )
        drawn = self._store.find(connection, population=subject[0], kind="drawn")
        steps.require_block_as_frozen(frozen, drawn)
        return self._append(connection, "seed_revealed", by, at, payload, *subject)

    def _history(
        self,
        connection: Connection,
        unit_id: str,
        population: str | None,
        period: str | Period | None,
    ) -> History:
        """The one letter that is meant."""
        if not isinstance(unit_id, str) or fault_in_name(unit_id):
            raise LedgerError(f"letter {shown(unit_id)}: is no id; give the response's id as text")
        wanted = {"population": population, "period": None if period is None else str(period)}
        given = {name: value for name, value in wanted.items() if value is not None}
        histories = replay(self._store.find(connection, unit_id=unit_id, **given))
        drawn = [history for history in histories.values() if history.state != "reserve"]
        fitting = [h for h in drawn if h.state not in ENDS] or drawn
        if len(fitting) == 1:
            return fitting[0]
        if not fitting:
            raise LedgerError(
                f"letter {shown(unit_id)}: was not drawn, as far as this ledger knows"
            )
        candidates = "; ".join(
            f"{history.subject.population}, {history.subject.period}" for history in fitting
        )
        raise LedgerError(
            f"letter {unit_id}: {len(fitting)} letters have this id ({candidates}); "
            "name population and period"
        )

    def _move_up(self, connection: Connection, replaced: History, by: str, at: dt.datetime) -> None:
        """Give a replaced letter's place to the next reserve of its line, if there is one."""
        population, period, unit_id = replaced.subject
        histories: Sequence[History] = [
            *replay(self._store.find(connection, population=population, period=period)).values()
        ]
        waiting = [
            history
            for history in histories
            if history.state == "reserve" and history.line == replaced.line
        ]
        if waiting:
            up = min(waiting, key=lambda history: history.events[0].payload["rank"])
            payload = {**up.events[0].payload, "replaces": unit_id}
            self._append(connection, "selected", by, at, payload, *up.subject)


def _require_frozen(month: Mapping[str, Event], subject: tuple[str, str]) -> Event:
    frozen = month.get("frozen")
    if frozen is None:
        raise LedgerError(
            f"{subject[0]}, {subject[1]}: nothing is frozen; freeze frame and plan before the seed"
        )
    return frozen


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _utc(moment_: Any) -> str:
    if not isinstance(moment_, dt.datetime) or moment_.utcoffset() is None:
        raise CeosampleError("clock: it gave no aware datetime")
    return moment_.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
