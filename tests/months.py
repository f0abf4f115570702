"""A month that was drawn and sent, for tests of what people then say of its letters."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

import attrs

from ceosample import Frame, Pack, Plan, Seed, Signatory, draw, render
from ceosample.sampling.draw import Draw
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store.events import Event

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
    with Ledger.open(url, **given) as ledger:
        yield ledger


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
    ledger.freeze(frame_of(), PLAN, seed_source="dice", by=by, at=AT)
    return drawn_with(seed), ledger.register(drawn_with(seed), by=by, at=AT)


def sent(
    ledger: Ledger,
    *,
    seed: Seed = SEED,
    author: str = AUTHOR,
    signatory: str = CEO,
    sampler: str = SAMPLER,
) -> Month:
    found, registration = registered(ledger, seed=seed, by=sampler)
    pack = pack_of(seed, registration.hash, None, 1, author, signatory)
    ledger.send(pack, by=OFFICE, at=AT)
    return Month(ledger, found, registration, pack, seed)


@contextlib.contextmanager
def nothing_written(ledger: Ledger) -> Iterator[None]:
    before = ledger.head
    yield
    assert ledger.head == before


def kinds(ledger: Ledger, unit_id: str | None = None) -> list[str]:
    return [event.kind for event in ledger.events(unit_id=unit_id)]
