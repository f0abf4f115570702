"""A month in the ledger: frozen, its seed revealed, drawn, reconciled; superseded if it must be."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from ceosample.canonical import LARGEST_INTEGER, Json
from ceosample.days import UTC
from ceosample.errors import ConflictError, LedgerError, RotationWarning, raise_faults
from ceosample.form import is_count
from ceosample.period import Period
from ceosample.plain import plain_count
from ceosample.sampling.names import POPULATION
from ceosample.sampling.plans.plan import Plan
from ceosample.sampling.plans.waiting import MONTHS
from ceosample.signoff.recording import requirements
from ceosample.signoff.recording.event_fields import code
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.replay import methods, readings, seeds, titles, zones
from ceosample.signoff.replay.methods import Method
from ceosample.signoff.rules.in_force import FIRST
from ceosample.signoff.store.events import PROGRAM, Event, same
from ceosample.text import printable, quoted

if TYPE_CHECKING:  # whoever reads a ledger, or records a decision, draws nothing
    from ceosample.sampling.commitment import Commitment
    from ceosample.sampling.divisions import Divisions
    from ceosample.sampling.draw import Draw
    from ceosample.sampling.frames.frame import AnyFrame
    from ceosample.sampling.seeds.chain.published import Published
    from ceosample.sampling.seeds.seed import Seed

#: The rules from which on a draw's events hold the responses' own strata.
DIVISIONS_SINCE: Final = 2


def freeze(
    transaction: Transaction,
    frame: AnyFrame,
    commitment: Commitment,
    by: str,
    at: dt.datetime,
    title: str | None,
    zone: str | None,
    program: str | None,
    is_reading: bool = False,
) -> Event:
    """Record a commitment; see ``Ledger.freeze``."""
    requirements.require_manifest(frame)
    titles.require(title)
    zones.require(zone)
    subject = (frame.population, str(frame.period))
    payload = requirements.frozen(frame, commitment)
    before = transaction.month(*subject)
    newest = before.get("frozen")
    if newest is not None and same(_fixed(newest), payload):
        return newest  # another title or zone is no other freeze: the first one's stay
    Plan.from_dict(commitment.plan).require_own_name(frame)
    if zone is None and transaction.rules > FIRST:
        zone = UTC
    if is_reading and transaction.rules == FIRST:
        raise LedgerError(
            f"kind: the ledger is under rules {FIRST}, which know no readings; run 'ceosample "
            "upgrade' first"
        )
    payload = _with_program(transaction, zones.zoned(titles.titled(payload, title), zone), program)
    payload = readings.marked(payload, is_reading)
    return transaction.append("frozen", by, at, payload, *subject)


def _fixed(frozen: Event) -> dict[str, Json]:
    """What a freeze fixes: not its title, its zone, and whether it is of readings, which stay."""
    return readings.unmarked(zones.unzoned(titles.untitled(frozen.payload)))


def reveal(
    transaction: Transaction, seed: Seed, subject: tuple[str, str], by: str, at: dt.datetime
) -> Event:
    """Record a seed; see ``Ledger.reveal``."""
    before = transaction.month(*subject)
    revealed, payload = before.get("seed_revealed"), seed.to_dict()
    where = _where(subject)
    if revealed is not None and same(revealed.payload, payload):
        return revealed
    if revealed is not None:
        raise ConflictError(
            f"{where}: already has a seed (event {revealed.sequence}), and this is a different one"
        )
    _require_frozen(before, subject)
    seed.require_signed()
    return transaction.append("seed_revealed", by, at, payload, *subject)


def publish(
    transaction: Transaction,
    chain: Published,
    by: str,
    at: dt.datetime,
    reason_code: str | None,
    zone: str | None,
) -> Event:
    """Record a chain's public end; see ``Ledger.publish``."""
    zones.require(zone)
    payload = seeds.publication(chain, reason_code, zone)
    for event in transaction.find(population=chain.population, kind="chain_published"):
        if seeds.published_by(event) == chain:
            return event
    return transaction.append("chain_published", by, at, payload, chain.population)


def register(
    transaction: Transaction,
    draw: Draw,
    divisions: Divisions,
    by: str,
    at: dt.datetime,
    program: str | None,
) -> Event:
    """Register a draw that was drawn again before; see ``Ledger.register``."""
    subject = (draw.population, str(draw.period))
    before = transaction.month(*subject)
    drawn = before.get("drawn")
    if drawn is not None and drawn.payload["draw"] == draw.digest:
        return drawn
    if drawn is not None:
        raise ConflictError(
            f"{_where(subject)}: already has a draw (event {drawn.sequence}, "
            f"{drawn.payload['draw'][:8]}), and got a different one, {draw.digest[:8]}; supersede "
            "the first if it must not count"
        )
    frozen = _require_frozen(before, subject)
    requirements.require_frozen_draw(frozen, draw)
    reveal(transaction, draw.seed, subject, by, at)
    kept = divisions if transaction.rules >= DIVISIONS_SINCE else None
    payload = _with_program(transaction, requirements.drawn(draw, kept), program)
    drawn = transaction.append("drawn", by, at, payload, *subject)
    for kind, unit_id, payload in requirements.units(draw, kept):
        payload = readings.marked(payload, readings.is_of_readings(frozen))
        transaction.append(kind, by, at, payload, *subject, unit_id)
    return drawn


def _with_program(
    transaction: Transaction, payload: Mapping[str, Json], program: str | None
) -> dict[str, Json]:
    """A payload that names the program of the run, where the rules in force know that field."""
    noted = {PROGRAM: program} if program is not None and transaction.rules > FIRST else {}
    return {**payload, **noted}


def require_what_the_seed_draws(draw: Draw) -> None:
    """Raise unless drawing again gives the same.

    Raises:
        ConflictError: it gives another draw; the message names the first difference.
    """
    from ceosample.sampling.draw import draw_again
    from ceosample.sampling.record import difference

    again = draw_again(draw.frame, draw.plan, draw.seed, draw.earlier)
    found = difference(again.to_dict(), draw.to_dict())
    if found is not None:
        raise ConflictError(
            f"{draw.population}, {draw.period}: the draw is not what the seed draws; {found}"
        )


def supersede(
    transaction: Transaction,
    subject: tuple[str, str],
    by: str,
    at: dt.datetime,
    reason_code: str,
    approver: str | None,
) -> Event:
    """Set a month's draw aside; see ``Ledger.supersede``."""
    before = transaction.month(*subject)
    drawn = before.get("drawn")
    where = _where(subject)
    superseded = before.get("superseded")
    if drawn is None and superseded is not None and superseded.actor == by:
        return superseded
    if drawn is None:
        raise LedgerError(f"{where}: no draw is registered, so there is nothing to supersede")
    reason = code(reason_code)
    payload: dict[str, Json] = {"draw": drawn.payload["draw"], "reason_code": reason}
    if approver is not None:
        payload["approver"] = approver
    counted_on = _counted_on(before.get("frozen"), transaction.draws(subject[0]))
    if counted_on is not None:
        # Before it is recorded: a caller that makes errors of warnings records nothing.
        warnings.warn(counted_on, RotationWarning, stacklevel=3)
    return transaction.append("superseded", by, at, payload, *subject)


def _counted_on(frozen: Event | None, drawn: Iterable[Event]) -> str | None:
    """What superseding a month does to later draws that carry it on; None if there are none."""
    if frozen is None or "block" not in frozen.payload:
        return None
    period, rotation = str(frozen.period), frozen.payload["plan"].get("rotation")
    months = rotation["months"] if rotation else 1 + 2 * MONTHS
    last = str(Period.parse(frozen.payload["block"]).plus(months - 1))
    later = sorted({str(event.period) for event in drawn if period < str(event.period) <= last})
    if not later:
        return None
    if not rotation:
        return (
            f"{frozen.population}, {period}: superseded after {', '.join(later)}, whose chances "
            "counted on what it drew; their draws stay as they are, and later months name the "
            "draws that count"
        )
    said = (
        f"{frozen.population}, {period}: superseded after {', '.join(later)} of its rotation's "
        "block, which counted on the strata that it drew"
    )
    if last in later:
        return f"{said}; draw {period} again, or they may have no letter in this block"
    return (
        f"{said}, so {last} may have to call more strata than it has letters; draw {period} again "
        f"before {last} is frozen, and give {last} more letters (plan, size)"
    )


def reconcile(
    transaction: Transaction,
    subject: tuple[str, str],
    by: str,
    at: dt.datetime,
    counts: Mapping[str, int],
) -> Event:
    """Record the register's counts; see ``Ledger.reconcile``."""
    require_population(subject[0])
    counts = {name: plain_count(count) for name, count in counts.items()}
    try:
        Period.parse(subject[1])
    except ValueError as error:
        raise LedgerError(str(error)) from None
    raise_faults(
        LedgerError,
        (
            f"{_where(subject)}, {name}: got {quoted(count)}; give a whole number "
            f"from 0 to {LARGEST_INTEGER}"
            for name, count in counts.items()
            if not is_count(count) or count > LARGEST_INTEGER
        ),
    )
    newest = transaction.month(*subject).get("reconciled")
    if newest is not None and same(newest.payload, counts):
        return newest
    return transaction.append("reconciled", by, at, dict(counts), *subject)


def seal_room(
    transaction: Transaction,
    subject: tuple[str, str],
    pack: str,
    room: str,
    by: str,
    at: dt.datetime,
) -> Event:
    """Record that a pack's room was sealed again; see ``Ledger.seal_room``."""
    population, period = subject
    sent = transaction.find(population=population, period=period, kind="sent_for_signature")
    if pack not in {event.payload["pack"] for event in sent}:
        raise LedgerError(
            f"{_where(subject)}: no letter was sent in the pack {pack[:8]}; give a pack that was"
        )
    return transaction.append("room_sealed", by, at, {"pack": pack, "room": room}, *subject)


def state_method(
    transaction: Transaction, subject: tuple[str, str], by: str, at: dt.datetime, method: Method
) -> Event:
    """Record how a month's verdicts will be read; see ``Ledger.state_method``."""
    method.require()
    stated = transaction.month(*subject).get(methods.STATED)
    if stated is not None and Method.of(stated) == method:
        return stated
    return transaction.append(methods.STATED, by, at, method.payload, *subject)


def require_population(population: object) -> None:
    """Raise unless a value can be a population's id.

    Raises:
        LedgerError: it cannot.
    """
    if not isinstance(population, str) or POPULATION.fullmatch(population) is None:
        raise LedgerError(
            f"population: got {quoted(population)}; use lower-case letters, digits and hyphens"
        )


def _require_frozen(before: Mapping[str, Event], subject: Iterable[str]) -> Event:
    frozen = before.get("frozen")
    if frozen is None:
        population, period = subject
        raise LedgerError(
            f"{population}, {period}: nothing is frozen; freeze the frame and the plan before you "
            "reveal the seed"
        )
    return frozen


def _where(subject: tuple[str, str]) -> str:
    """The month of a message; it may be none that there can be."""
    return ", ".join(printable(str(part)) for part in subject)
