"""A month that was drawn and sent, for tests of what people then say of its letters."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, Final, TypeVar

import attrs

from ceosample import Frame, Pack, Plan, Seed, Signatory, draw, render
from ceosample.sampling.draw import Draw
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.store import Store

POPULATION = "complaint-responses"
PERIOD = "2026-10"
MONTH: dict[str, Any] = {"population": POPULATION, "period": PERIOD}
AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
LATER = AT + dt.timedelta(days=1)
SEED = Seed.from_dice("83019274650192837465", witnesses=["internal audit", "executive office"])
FRESH_SEED = Seed.from_dice("22222222222222222222", witnesses=["internal audit"])
PLAN = Plan(size=4, reserves=2)

#: Who has which hand in every letter.
SAMPLER, OFFICE, OWNER, AUTHOR, CEO = "sampling", "office", "owner-1", "handler-1", "ceo"


#: What must be on record before an event of a kind: kinds and their fields.
_PROMISE: Final = ("promise", {"promise": "call-back", "due": "2026-11-30"})
_FINDING: Final = ("finding", {"verdict": "defective", "cause": "old-form"})
_ACTION: Final = ("action", {"cause": "old-form", "action": "rewrite", "due": "2026-12-31"})
RESTS_ON: Final[dict[str, list[tuple[str, dict[str, Any]]]]] = {
    "promise_kept": [_PROMISE],
    "promise_broken": [_PROMISE],
    "action": [_FINDING],
    "action_done": [_FINDING, _ACTION],
}


@attrs.define
class Clock:
    """The recorder's: a second later each time it is read.

    It begins a little before the month of the tests is frozen and sent.
    """

    now: dt.datetime = AT - dt.timedelta(minutes=5)

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=1)
        return self.now


def a_day_on(ledger: Ledger) -> None:
    """The recorder's clock goes on, so that what is claimed for LATER has happened."""
    clock = ledger._clock
    assert isinstance(clock, Clock)
    clock.now += LATER - AT


@attrs.define
class Salts:
    """Bytes that differ each time and are the same in every run."""

    count: int = 0

    def __call__(self) -> bytes:
        self.count += 1
        return hashlib.sha256(b"%d" % self.count).digest()


@contextlib.contextmanager
def open_ledger(url: str = "sqlite://", **more: Any) -> Iterator[Ledger]:
    given = {"clock": Clock(), "salts": Salts(), "ledger_id": "0" * 32, **more}
    with _opened(url, **given) as ledger:
        yield ledger


T = TypeVar("T")

#: The events of a ledger that is new: two begin it, and a few may name the people of the month.
NEW: Final = 6


@attrs.frozen
class _Done:
    """What a ledger was once something was done to it: its pages, its clocks, what came of it."""

    pages: bytes
    now: dt.datetime
    salts: int
    came: Any

    @classmethod
    def of(cls, driver: sqlite3.Connection, clock: Clock, salts: Salts, came: object) -> _Done:
        return cls(driver.serialize(), clock.now, salts.count, came)

    def put(self, driver: sqlite3.Connection, clock: Clock, salts: Salts) -> None:
        with contextlib.closing(sqlite3.connect(":memory:")) as pages:
            pages.deserialize(self.pages)
            pages.backup(driver)
        clock.now, salts.count = self.now, self.salts


_DONE: Final[dict[tuple[object, ...], _Done]] = {}


def once(ledger: Ledger, what: tuple[object, ...], do: Callable[[], T]) -> T:
    """Do something to a new ledger; if it was done to one like it before, copy what that became.

    The same events by the same clock give the same bytes, so a thousand tests need not wait until
    each has frozen, drawn and sent its month. Any other ledger gets its events one by one: one in
    PostgreSQL, one with a key, one in which something is recorded already.
    """
    clock, salts, store = ledger._clock, ledger._salts, ledger._store
    ours = isinstance(clock, Clock) and isinstance(salts, Salts)
    copied = type(store) is Store and store.dialect == "sqlite" and not ledger._key
    if not ours or not copied or ledger._transaction or store.count() > NEW:
        return do()
    assert isinstance(clock, Clock)
    assert isinstance(salts, Salts)
    key = (*what, ledger.head, clock.now, salts.count, ledger._recorder)
    if key in _DONE:
        _DONE[key].put(_driver(store), clock, salts)
    else:
        came = do()
        _DONE[key] = _Done.of(_driver(store), clock, salts, came)
    came_: T = _DONE[key].came
    return came_


def _opened(url: str, *, clock: Any, salts: Any, ledger_id: str, **more: Any) -> Ledger:
    """``Ledger.open``; of those in memory that begin alike, the first is begun and then copied."""
    given: dict[str, Any] = {"clock": clock, "salts": salts, **more}
    ours = type(clock) is Clock and type(salts) is Salts and more.keys() <= {"recorder"}
    key = ("begun", ledger_id, *more.items(), getattr(clock, "now", None))
    if url != "sqlite://" or not ours or key not in _DONE:
        ledger = Ledger.open(url, ledger_id=ledger_id, **given)
        if url == "sqlite://" and ours:
            _DONE[key] = _Done.of(_driver(ledger._store), clock, salts, None)
        return ledger
    store = Store.connect(url, create=True)
    _DONE[key].put(_driver(store), clock, salts)
    return Ledger(store, **given)


def _driver(store: Store) -> sqlite3.Connection:
    """What the store of a ledger in SQLite talks to."""
    with store._engine.connect() as connection:
        driver = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def frame_of() -> Frame:
    rows = [{"id": f"C-{i}", "division": "Cards"} for i in range(6)]
    rows += [{"id": f"L-{i}", "division": "Loans"} for i in range(4)]
    return Frame.from_records(rows, **MONTH, unit_id="id", strata=["division"])


@cache
def drawn_with(seed: Seed) -> Draw:
    return draw(frame_of(), PLAN, seed)


def contents(unit_ids: Iterable[str], author: str) -> dict[str, dict[str, Any]]:
    return {
        unit_id: {
            "letter": {
                "recipient": f"Blodwen Quillfeather of {unit_id}",
                "address": ["14 Marmalade Crescent", "Zanzifield ZZ9 9ZZ"],
                "salutation": "Dear Ms Quillfeather,",
                "subject": "The parrot insurance",
                "body": "We are sorry about the parrot.",
                "closing": "Yours sincerely,",
            },
            "docket": {"owner": OWNER, "author": author, "division": "Cards"},
        }
        for unit_id in unit_ids
    }


@cache
def pack_of(
    seed: Seed, head: str, unit_ids: tuple[str, ...] | None, version: int, author: str, person: str
) -> Pack:
    return render(
        drawn_with(seed),
        lambda ids: contents(ids, author),
        signatory=Signatory(person, "Margaret Llewelyn", "Chief Executive"),
        date=AT.date(),
        registration=head,
        unit_ids=None if unit_ids is None else list(unit_ids),
        version=version,
        pdf=False,
    )


@attrs.frozen
class Month:
    """A month that was registered and sent."""

    ledger: Ledger
    draw: Draw
    registration: Event
    pack: Pack
    seed: Seed = SEED

    @property
    def first(self) -> str:
        return self.draw.unit_ids[0]

    @property
    def second(self) -> str:
        return self.draw.unit_ids[1]

    def state(self, unit_id: str | None = None) -> str:
        return self.ledger.history(unit_id or self.first).state

    def say(self, kind: str, unit_id: str | None = None, **what: Any) -> Event:
        """Something about the first letter, by the signatory, unless it is said otherwise."""
        by, at = what.pop("by", CEO), what.pop("at", AT)
        return self.ledger.record(kind, unit_id or self.first, by=by, at=at, **what)

    def prepare(self, kind: str, unit_id: str | None = None) -> None:
        """Say what must be on record before an event of a kind."""
        for before, fields in RESTS_ON.get(kind, ()):
            self.say(before, unit_id, **fields)

    def digest(self, unit_id: str | None = None) -> str:
        return self.pack[unit_id or self.first].digest

    def sign(self, unit_id: str | None = None, *, by: str = CEO, **what: Any) -> Event:
        letter = what.pop("letter", None) or self.ledger.history(unit_id or self.first).letter
        return self.say("signed", unit_id, by=by, letter=letter, **what)

    def send_anew(self, unit_id: str | None = None, *, author: str = AUTHOR) -> Pack:
        """A new version of a letter, sent."""
        name = unit_id or self.first
        version = self.ledger.history(name).versions + 1
        head = self.registration.hash
        pack = pack_of(self.seed, head, (name,), version, author, CEO)
        self.ledger.send(pack, by=OFFICE, at=AT)
        return pack


def registered(ledger: Ledger, *, seed: Seed = SEED, by: str = SAMPLER) -> tuple[Draw, Event]:
    def register() -> Event:
        ledger.freeze(frame_of(), PLAN, seed_source="dice", by=by, at=AT)
        return ledger.register(drawn_with(seed), by=by, at=AT)

    return drawn_with(seed), once(ledger, ("registered", seed, by), register)


def sent(
    ledger: Ledger,
    *,
    seed: Seed = SEED,
    author: str = AUTHOR,
    signatory: str = CEO,
    sampler: str = SAMPLER,
) -> Month:
    def send() -> tuple[Draw, Event, Pack]:
        found, registration = registered(ledger, seed=seed, by=sampler)
        pack = pack_of(seed, registration.hash, None, 1, author, signatory)
        ledger.send(pack, by=OFFICE, at=AT)
        return found, registration, pack

    what = ("sent", seed, author, signatory, sampler)
    found, registration, pack = once(ledger, what, send)
    return Month(ledger, found, registration, pack, seed)


@contextlib.contextmanager
def nothing_written(ledger: Ledger) -> Iterator[None]:
    before = ledger.head
    yield
    assert ledger.head == before


def kinds(ledger: Ledger, unit_id: str | None = None) -> list[str]:
    return [event.kind for event in ledger.events(unit_id=unit_id)]
