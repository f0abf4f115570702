"""Exports of a ledger with something changed in them and right hashes, and what becomes of them.

Each is made from a number, so that one that fails can be made again.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import random
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import rfc8785

import ceosample as cs
from ceosample.canonical import digest
from ceosample.errors import CeosampleError
from ceosample.signoff.check import check_rows
from ceosample.signoff.figures.month_summary import summarise
from ceosample.signoff.figures.past_signoffs import counts
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.letter_story import letter_story
from ceosample.signoff.replay.past_signoffs import KINDS
from ceosample.signoff.replay.people import people_of
from ceosample.signoff.rules.in_force import KIND as RULES
from ceosample.signoff.rules.judge import readable
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.store import Store, row_of

Fields = dict[str, Any]

#: Values that stand where another is expected.
ODD: Sequence[Any] = (
    *(None, True, False, 0, -1, 1, 2**53 - 1, "", " ", "\x00", "x" * 300, "ab" * 32, "\u202e"),
    *("yesterday", "1990-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00", "0001-01-01"),
    *("2026-13", "2026-10", "ceo", "sampling", "emperor", "1e9", "NaN", "-0"),
    *([], [[]], [None], {}, {"a": {}}, {"event": "x"}, ["Cards"], {"size": "x"}),
)

Change = Callable[[random.Random, list[Fields]], None]


def _value(chance: random.Random, events: list[Fields]) -> Any:
    """An odd value, or one that stands somewhere in the ledger."""
    if chance.random() < 0.6:
        return copy.deepcopy(chance.choice(ODD))
    event = chance.choice(events)
    return copy.deepcopy(chance.choice([*event.values(), *event["payload"].values()]))


def _field(chance: random.Random, events: list[Fields]) -> None:
    event = chance.choice(events)
    event[chance.choice([name for name in event if name not in ("sequence", "previous")])] = _value(
        chance, events
    )


def _payload(chance: random.Random, events: list[Fields]) -> None:
    payload = chance.choice(events)["payload"]
    if isinstance(payload, dict) and payload:
        payload[chance.choice([*payload, "else"])] = _value(chance, events)


def _inside(chance: random.Random, events: list[Fields]) -> None:
    """A value somewhere within a payload."""
    where: Any = chance.choice(events)["payload"]
    while True:
        places = [*where] if isinstance(where, dict) else [*range(len(where))]
        if not places:
            return
        place = chance.choice(places)
        if not isinstance(where[place], dict | list) or chance.random() < 0.2:
            where[place] = _value(chance, events)
            return
        where = where[place]


def _missing(chance: random.Random, events: list[Fields]) -> None:
    payload = chance.choice(events)["payload"]
    if isinstance(payload, dict) and payload:
        del payload[chance.choice([*payload])]


def _gone(chance: random.Random, events: list[Fields]) -> None:
    del events[chance.randrange(len(events))]


def _twice(chance: random.Random, events: list[Fields]) -> None:
    event = copy.deepcopy(chance.choice(events))
    events.insert(chance.randrange(len(events) + 1), event)


def _swapped(chance: random.Random, events: list[Fields]) -> None:
    one, other = chance.randrange(len(events)), chance.randrange(len(events))
    events[one], events[other] = events[other], events[one]


def _cut(chance: random.Random, events: list[Fields]) -> None:
    del events[chance.randrange(1, len(events)) :]


def _kind(chance: random.Random, events: list[Fields]) -> None:
    chance.choice(events)["kind"] = chance.choice(events)["kind"]


CHANGES: Sequence[Change] = (
    *(_field, _payload, _payload, _inside, _inside, _missing, _gone, _twice, _swapped, _cut, _kind),
)


def chained(events: list[Fields]) -> list[bytes]:
    """The lines of an export of these events, numbered and hashed again."""
    lines, previous = [], "0" * 64
    for number, event in enumerate(events, 1):
        text = rfc8785.dumps({**event, "sequence": number, "previous": previous})
        previous = digest(text)
        lines.append(text + b"\n")
    return lines


def changed(events: Sequence[Fields], number: int) -> list[bytes]:
    """The export of a number: one to three changes, and right hashes after them."""
    chance, found = random.Random(number), copy.deepcopy([*events])
    for _ in range(chance.randint(1, 3)):
        with contextlib.suppress(IndexError, ValueError, AttributeError, TypeError):
            chance.choice(CHANGES)(chance, found)
        if not found:
            break
    with contextlib.suppress(rfc8785.CanonicalizationError, UnicodeError):
        return chained(found)
    return chained([*events])


def outcome(lines: list[bytes], as_of: dt.datetime, population: str, *, whole: bool = True) -> str:
    """What becomes of an export: ``refused`` or ``taken``, after every figure was asked for.

    What is refused is read all the same, as if SQL had put it into a ledger. An exception that is
    not ours is raised.

    Args:
        lines: the export.
        as_of, population: what the figures are asked of.
        whole: False to import into no database, and to leave out what only a ledger answers.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not whole:
            return _outcome_without_database(lines, as_of, population)
        try:
            Ledger.restore("sqlite://", lines).close()
        except CeosampleError:
            said = "refused"
        else:
            said = "taken"
        with forged(lines) as ledger:
            events = list(ledger.events())
            _ask(_FIGURES, events, as_of, population)
            for ask in _QUESTIONS:
                with contextlib.suppress(CeosampleError):
                    ask(ledger, events, population)
            report = ledger.check()
            assert report.events < len(lines) or report.ok is (said == "taken"), report
    return said


def _outcome_without_database(lines: list[bytes], as_of: dt.datetime, population: str) -> str:
    events = []
    for line in lines:
        try:
            events.append(Event.parse(line.removesuffix(b"\n")))
        except (ValueError, TypeError):
            return "refused"
    rows = (SimpleNamespace(**row_of(e), hash=e.hash, text=e.text.decode()) for e in events)
    report = check_rows(rows, None)
    begun = [event for event in events if event.kind == RULES]
    _ask(_FIGURES, [*readable(events, begun)], as_of, population)
    return "taken" if report.ok else "refused"


def _ask(
    figures: Iterable[Callable[..., Any]],
    events: list[Event],
    as_of: dt.datetime,
    population: str,
) -> None:
    for ask in figures:
        with contextlib.suppress(CeosampleError):
            ask(events, as_of, population)


@contextlib.contextmanager
def forged(lines: list[bytes]) -> Iterator[Ledger]:
    """A ledger with the events of an export, whatever they hold."""
    store = Store.connect("sqlite://", create=True)
    with store.transaction(writing=True) as connection:
        store.create(connection)
        for line in lines:
            try:
                store.append(connection, Event.parse(line.removesuffix(b"\n")))
            except (CeosampleError, ValueError, TypeError):
                break
    with Ledger(store, lambda: dt.datetime(2030, 1, 1, tzinfo=dt.UTC)) as ledger:
        yield ledger


def _newest_letter(events: list[Event]) -> str:
    return next((e.unit_id for e in reversed(events) if e.unit_id), "none")


_FIGURES: Sequence[Callable[[list[Event], dt.datetime, str], Any]] = (
    lambda events, as_of, population: cs.figures.metrics(
        events, population=population, as_of=as_of
    ),
    lambda events, as_of, population: str(
        cs.report.board_report(events, population=population, as_of=as_of)
    ),
    lambda events, as_of, _: cs.figures.policy_summary(events, as_of),
    lambda events, as_of, _: cs.figures.at_risk(events, as_of=as_of, within=30),
    lambda events, *_: cs.figures.without_owner(events),
    lambda events, *_: cs.signoff_coverage(events),
    lambda events, *_: cs.figures.letters_table(events),
    lambda events, *_: [str(month) for month in summarise(events)],
    lambda events, *_: str(counts(event for event in events if event.kind in KINDS)),
    lambda events, *_: str(people_of(event for event in events if event.period is None)),
)

_QUESTIONS: Sequence[Callable[[Ledger, list[Event], str], Any]] = (
    lambda ledger, _, population: str(counts(ledger.imported(population))),
    lambda ledger, _, population: str(ledger.people(population)),
    lambda ledger, _, population: ledger.month_events(population),
    lambda ledger, *_: str(ledger.names()),
    lambda ledger, events, _: str(letter_story(ledger, _newest_letter(events))),
    lambda ledger, events, _: ledger.history(_newest_letter(events)),
)
