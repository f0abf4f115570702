"""A file of decisions: what was decided about many letters, recorded whole or not at all.

JSON binds each decision to the pack and the letter that were read, CSV to the code that is printed
on the letter. Recording a file twice changes nothing.
"""

from __future__ import annotations

import codecs
import contextlib
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import attrs

from ceosample import files
from ceosample.canonical import is_digest, parse_json
from ceosample.days import on_the_clock
from ceosample.duration import as_option, in_words
from ceosample.errors import CeosampleError, LedgerError, RecordError, raise_faults
from ceosample.form import is_count, meant
from ceosample.got import got
from ceosample.letters.letter import CODE_DIGITS
from ceosample.sampling.ticket import SCHEME
from ceosample.sealed import envelope
from ceosample.signoff.intake import decisions_csv
from ceosample.signoff.recording import letters
from ceosample.signoff.recording.event_fields import RECORDABLE
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import DIGITALLY
from ceosample.signoff.rules.clock import is_clock_time, moment_of
from ceosample.signoff.rules.fields import FIELDS
from ceosample.signoff.store.events import Event
from ceosample.text import quoted

#: A passphrase, or what returns it once it is needed.
Passphrase: TypeAlias = str | Callable[[], str | None] | None

#: The columns that every decision has, and those that it may have next to the event fields.
NEEDED: Final = ("unit_id", "kind", "at", "by")
PLACE: Final = ("population", "period", "code")

#: A file can hold every field but those of a checked signature, which the check itself records.
_SAID: Final = tuple(name for name in FIELDS if name not in DIGITALLY)

#: What to do where a table's row lacks what may be given for all rows of a session.
_ONCE: Final = {
    name: f"fill it in, or give it once for all rows that leave it empty ({name}=, --{name})"
    for name in ("at", "by")
}


@attrs.frozen
class Decision:
    """One decision.

    Attributes:
        where: its place in the file, for messages.
        unit_id, kind, by: which letter, what, who.
        at: when; aware, or of a CSV file as a clock shows it, in the zone of the letter's month.
        population, period: the month; None where the file does not give it.
        code: the code printed on the letter that was read, or None.
        what: the fields of the kind; ``letter`` is the digest of what was read.
    """

    where: str
    unit_id: str
    kind: str
    by: str
    at: dt.datetime
    population: str | None
    period: str | None
    code: str | None
    what: Mapping[str, Any]


@attrs.frozen
class Decisions:
    """The decisions of a file.

    Attributes:
        decisions: in the file's order.
        pack: the digest of the pack that was read, or None in a CSV file.
        undecided: the number of rows of a CSV file that name a letter and no decision yet.
        saved_at: when it was saved, by the clock of the computer that saved it; aware. A JSON file
            of 0.1 does not hold it, and has the time of its newest decision here. None in a CSV
            file.
        name: the file's, for messages.
    """

    decisions: tuple[Decision, ...]
    pack: str | None = None
    undecided: int = 0
    saved_at: dt.datetime | None = None
    name: str = "decisions.json"

    def with_listed_codes(self, own_codes: Mapping[str, str]) -> Decisions:
        """The same, with codes of the fixed list in place of the firm's own; see ``listed``."""
        found = [attrs.evolve(d, what=listed(d.kind, d.what, own_codes)) for d in self.decisions]
        return attrs.evolve(self, decisions=tuple(found))

    @classmethod
    def read(
        cls,
        path: str | Path,
        *,
        kind: str | None = None,
        by: str | None = None,
        at: dt.datetime | None = None,
        passphrase: Passphrase = None,
    ) -> Decisions:
        """The decisions of a file, by the end of its name: ``.json``, or else CSV.

        Args:
            path: the file.
            kind, by, at: what a CSV file leaves open, or None; see ``from_csv``.
            passphrase: opens a file that a sealed room saved, or a function that returns it, which
                is called for such a file alone.

        Raises:
            RecordError: the file does not exist, or is sealed and the passphrase does not open it.
            LedgerError: every problem of its form.
        """
        place = Path(path)
        data = files.read(place)
        if place.suffix.lower() != ".json":
            return cls.from_csv(data, place.name, kind=kind, by=by, at=at)
        given = {"kind": kind, "by": by, "at": at}
        raise_faults(
            LedgerError,
            (
                f"{place.name}, {name}: got {quoted(value)}, which a JSON file gives itself; "
                "remove it"
                for name, value in given.items()
                if value is not None
            ),
        )
        return cls.from_json(data, place.name, passphrase=passphrase)

    @classmethod
    def from_json(
        cls, data: bytes, name: str = "decisions.json", *, passphrase: Passphrase = None
    ) -> Decisions:
        """The decisions of a signing room's file: ``{scheme, pack, saved_at, count, decisions}``.

        Args:
            data: the file: UTF-8, with or without a byte order mark, or UTF-16 with one.
            name: its name, for messages.
            passphrase: opens a sealed file, or a function that returns it; None for no sealed file.

        Raises:
            RecordError: it is sealed, and the passphrase is missing or does not open it.
            LedgerError: every problem of its form.
        """
        about, data = _unsealed(data, name, passphrase)
        try:
            fields: Any = parse_json(_in_utf8(data))
        except ValueError as error:
            raise LedgerError(f"{name}: {error}") from None
        if not isinstance(fields, dict):
            raise LedgerError(f"{name}: {got(fields)}; give an object")
        pack, rows = fields.get("pack"), fields.get("decisions", ())
        saved = fields.get("saved_at")
        saved_at = moment_of(saved) if isinstance(saved, str) else None
        checks = {
            "scheme": (fields.get("scheme") == SCHEME, f"{SCHEME!r}"),
            "pack": (
                is_digest(pack) and about in (None, pack),
                "the SHA-256 of the pack that was read",
            ),
            "saved_at": (
                "saved_at" not in fields or saved_at is not None,
                "a time with its zone, 2026-11-02T09:00:00+00:00",
            ),
            "decisions": (isinstance(rows, list), "a list of decisions"),
            "count": (
                "count" not in fields or not isinstance(rows, list) or _is_count_of(fields, rows),
                f"the number of its decisions, {len(rows) if isinstance(rows, list) else 0}, or "
                "find the whole file: this one was changed or cut",
            ),
        }
        raise_faults(
            LedgerError,
            (
                f"{name}, {key}: {got(fields.get(key))}; give {allowed}"
                for key, (is_right, allowed) in checks.items()
                if not is_right
            ),
        )
        found = _decisions(list(enumerate(rows, 1)), f"{name}, decision")
        newest = max((decision.at for decision in found), default=None)
        return cls(found, pack, saved_at=saved_at or newest, name=name)

    @classmethod
    def from_csv(
        cls,
        data: bytes,
        name: str = "decisions.csv",
        *,
        kind: str | None = None,
        by: str | None = None,
        at: dt.datetime | None = None,
    ) -> Decisions:
        """The decisions of a CSV file: ``unit_id,code,kind,at,by,reason_code,text`` and others.

        A row without a kind is not decided yet and is left out, if its other cells are empty.

        Args:
            data: the file, as a spreadsheet saves it.
            name: its name, for messages.
            kind: the decision about every letter, in a file without a column of kinds.
            by: who decided, for rows without it.
            at: when, for rows without it; without an offset, in the zone of each letter's month.

        Raises:
            LedgerError: every problem of its form.

        >>> file = b"unit_id;code;kind;at\\nR-5HFQJQ;3FA9-C1D2;signed;\\nR-KSHVJT;90ab12cd;;\\n"
        >>> when = dt.datetime(2026, 11, 2, 14, 5, tzinfo=dt.UTC)
        >>> found = Decisions.from_csv(file, by="ceo", at=when)
        >>> [(one.unit_id, one.code, one.kind, one.by) for one in found.decisions]
        [('R-5HFQJQ', '3fa9c1d2', 'signed', 'ceo')]
        >>> found.undecided
        1
        """
        moment = None if at is None else at.isoformat()
        given = {"kind": kind, "by": by, "at": moment}
        rows, undecided = decisions_csv.read_rows(
            data,
            name,
            NEEDED,
            [*NEEDED, *PLACE, *_SAID],
            {column: value for column, value in given.items() if value is not None},
        )
        found = _decisions(rows, f"{name}, row", _ONCE, on_the_wall=True)
        return cls(found, undecided=undecided, name=name)


def _unsealed(data: bytes, name: str, passphrase: Passphrase) -> tuple[str | None, bytes]:
    """What a sealed file holds, and the digest of the pack that it is bound to; else the file."""
    with contextlib.suppress(ValueError):
        data = _in_utf8(data)
    sealed = envelope.in_json(data, name)
    if sealed is None:
        return None, data
    found = passphrase() if callable(passphrase) else passphrase
    if found is None:
        raise RecordError(
            f"{name}: got a sealed file and no passphrase; give its file with --passphrase-file "
            "(passphrase=), or as output.passphrase"
        )
    return envelope.opened(sealed, envelope.DECISIONS, found, name)


def _in_utf8(data: bytes) -> bytes:
    """A text file in UTF-8 without a mark, as which editors may save it otherwise.

    Raises:
        ValueError: it begins as UTF-16 and is not.
    """
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-16").encode() or data  # a mark alone is no text in UTF-16 either
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-16 at byte {error.start}; save it as UTF-8") from None


def _is_count_of(fields: Mapping[str, Any], rows: Sequence[Any]) -> bool:
    return is_count(fields["count"]) and fields["count"] == len(rows)


def listed(kind: str, said: Mapping[str, Any], own_codes: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an event with a code of the fixed list in place of the firm's own for it.

    Args:
        kind: the event's kind; only those that say that a letter was not eligible have the list.
        said: the fields, by name.
        own_codes: the firm's codes, each with the one that it means.

    >>> listed("replaced", {"reason_code": "crm-7"}, {"crm-7": "duplicate"})
    {'reason_code': 'duplicate', 'own_code': 'crm-7'}
    """
    own = str(said.get("reason_code"))
    if own not in own_codes or "own_code" not in RECORDABLE[kind].may:
        return dict(said)
    return {**said, "reason_code": own_codes[own], "own_code": own}


def record_decisions(
    transaction: Transaction, decisions: Decisions, clock_ahead: dt.timedelta | None = None
) -> tuple[Event, ...]:
    """Record all decisions, or none; see ``Ledger.record_all``."""
    ahead = _length(clock_ahead)
    _require_saved_in_time(transaction, decisions, ahead)
    events: list[Event] = []
    faults: list[str] = []
    for decision in decisions.decisions:
        try:
            events.append(_take(transaction, decision, decisions.pack, ahead))
        except LedgerError as error:
            faults += [_in_file(decision, fault) for fault in error.faults]
    raise_faults(LedgerError, faults)  # inside the transaction, which is then undone
    return tuple(events)


def _length(clock_ahead: object) -> dt.timedelta:
    """How far the clock was ahead that gave the decisions their times; 0 where none was given.

    Raises:
        LedgerError: not a length of time, or none.
    """
    if clock_ahead is None:
        return dt.timedelta(0)
    if not isinstance(clock_ahead, dt.timedelta) or clock_ahead <= dt.timedelta(0):
        raise LedgerError(
            f"clock_ahead: got {quoted(clock_ahead)}; give a datetime.timedelta of more than 0"
        )
    return clock_ahead


def _require_saved_in_time(
    transaction: Transaction, decisions: Decisions, ahead: dt.timedelta
) -> None:
    """Raise if a file was saved later than now: one clock is wrong, and with it every decision.

    Raises:
        LedgerError: it was; the message tells by how much, once for the file.
    """
    saved_at = decisions.saved_at
    over = None if saved_at is None else transaction.times.over(saved_at, less=ahead)
    if saved_at is not None and over is not None:
        whole = ahead + over
        raise LedgerError(
            f"{decisions.name}: got a file saved at {saved_at.isoformat()}, by a computer whose "
            f"clock is {in_words(whole)} ahead of the clock here; if this one is right, run again "
            f"with --clock-ahead {as_option(whole)} (clock_ahead=), which is taken off each "
            "decision's time. The claimed time stays on record"
        )


def _in_file(decision: Decision, fault: str) -> str:
    """A letter's problem with its place in the file: ``row 3 (R-1): was not drawn``."""
    letter = f"letter {decision.unit_id}"
    said = fault.removeprefix(letter) if fault.startswith(letter) else f": {fault}"
    return f"{decision.where} ({decision.unit_id}){said}"


def _take(
    transaction: Transaction, decision: Decision, pack: str | None, ahead: dt.timedelta
) -> Event:
    place = decision.population, decision.period
    history, recorded = transaction.letter(decision.unit_id, *place)
    decision = _zoned(transaction, decision, history)
    digests = [event.payload["letter"] for event in history.events if event.kind == "rendered"]
    read = decision.what.get("letter")
    if decision.code is not None:
        fitting = [digest for digest in digests if digest[:CODE_DIGITS] == decision.code]
        if not fitting:
            raise LedgerError(
                f"letter {decision.unit_id}, code: got {quoted(decision.code)}, which no version "
                "of it has; give the code on the letter that was read"
            )
        read = read or fitting[-1]
        if read not in fitting:
            raise LedgerError(
                f"letter {decision.unit_id}, code: got {quoted(decision.code)}, which is not that "
                f"of the letter {quoted(read, 64)}; give the code on the letter that was read"
            )
    if pack is not None:
        _require_of_pack(history, pack, read)
    what = dict(decision.what)
    if "letter" not in (*RECORDABLE[decision.kind].needs, *RECORDABLE[decision.kind].may):
        what.pop("letter", None)
    elif read is not None:
        what["letter"] = read
    return letters.record_of(
        transaction,
        history,
        decision.kind,
        decision.by,
        _earlier(decision, ahead),
        what,
        read=read,
        recorded=recorded,
        claimed=decision.at if ahead else None,
    )


def _zoned(transaction: Transaction, decision: Decision, history: History) -> Decision:
    """The decision with its time in the zone of its letter's month, if it has no offset."""
    if decision.at.utcoffset() is not None:
        return decision
    month = history.subject
    try:
        moment = on_the_clock(decision.at, transaction.zone(month.population, month.period))
        moment.astimezone(dt.UTC)
    except OverflowError:
        raise LedgerError(
            f"letter {decision.unit_id}, at: got {decision.at.isoformat()}, which UTC does not "
            "have; correct it"
        ) from None
    except CeosampleError as error:
        raise LedgerError(f"letter {decision.unit_id}, at: {error}") from None
    return attrs.evolve(decision, at=moment)


def _earlier(decision: Decision, ahead: dt.timedelta) -> dt.datetime:
    """When a decision was made: its claimed time, less how far the clock was ahead."""
    try:
        return decision.at - ahead
    except OverflowError:
        raise LedgerError(
            f"letter {decision.unit_id}, at: got {decision.at.isoformat()}, which is too early for "
            "a clock so far ahead; correct clock_ahead="
        ) from None


def _require_of_pack(history: History, pack: str, read: str | None) -> None:
    where = f"letter {history.subject.unit_id}"
    sent = [event.payload for event in history.events if event.kind == "sent_for_signature"]
    if pack not in (payload["pack"] for payload in sent):
        raise LedgerError(
            f"{where}: was not in the pack {pack[:8]}; give the decisions about the pack that was "
            "sent"
        )
    if (read, pack) not in [(payload["letter"], payload["pack"]) for payload in sent]:
        digest = "no digest" if read is None else quoted(read, 64)
        raise LedgerError(
            f"{where}, letter: got {digest}, which is not that of the letter in the pack "
            f"{pack[:8]}; give the digest of the letter that was read"
        )


def _decisions(
    rows: Sequence[tuple[int, Any]],
    where: str,
    hints: Mapping[str, str] = MappingProxyType({}),
    *,
    on_the_wall: bool = False,
) -> tuple[Decision, ...]:
    """The decisions of these rows.

    Args:
        rows: numbered.
        where: what messages call them.
        hints: what to do about a missing field, by name.
        on_the_wall: whether times may be without an offset.
    """
    faults: list[str] = []
    found = [
        _decision(row, f"{where} {number}", faults, hints, on_the_wall=on_the_wall)
        for number, row in rows
    ]
    raise_faults(LedgerError, faults)
    return tuple(decision for decision in found if decision is not None)


def _decision(
    row: Any, where: str, faults: list[str], hints: Mapping[str, str], *, on_the_wall: bool
) -> Decision | None:
    if not isinstance(row, dict):
        faults.append(f"{where}: got {quoted(row)}; give an object")
        return None
    known = (*NEEDED, *PLACE, *_SAID)
    found = [
        f"{where}, {quoted(name)}: not known; use one of {', '.join(known)}{meant(name, known)}"
        for name in row
        if name not in known
    ]
    found += [
        f"{where}, {name}: missing; {hints.get(name, 'give it')}"
        for name in NEEDED
        if not row.get(name)
    ]
    found += [
        f"{where}, {name}: got {quoted(row[name])}; give text"
        for name in (*NEEDED, *PLACE)
        if row.get(name) is not None and not isinstance(row[name], str)
    ]
    at = None
    if not found:
        at = moment_of(row["at"])
        if at is None and on_the_wall and is_clock_time(row["at"]):
            at = dt.datetime.fromisoformat(row["at"])
        if at is None:
            found.append(
                f"{where}, at: got {quoted(row['at'])}; give a time with its zone, "
                "2026-11-02T09:00:00+00:00"
                + ", or by the population's clocks, 2026-11-02T09:00"
                * on_the_wall
            )
        if row["kind"] not in RECORDABLE:
            kinds = ", ".join(sorted(RECORDABLE))
            found.append(f"{where}, kind: got {quoted(row['kind'])}; use one of {kinds}")
    faults += found
    if found or at is None:
        return None
    what = {name: row[name] for name in _SAID if row.get(name) is not None}
    return Decision(
        where=where,
        unit_id=row["unit_id"],
        kind=row["kind"],
        by=row["by"],
        at=at,
        population=row.get("population"),
        period=row.get("period"),
        code=row.get("code"),
        what=what,
    )
