"""A file of decisions: what was decided about many letters, recorded whole or not at all.

JSON binds each decision to the pack and the letter that were read, CSV to the code that is printed
on the letter. Recording a file twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import attrs

from ceosample import files
from ceosample.canonical import is_digest, parse_json
from ceosample.errors import LedgerError, raise_faults
from ceosample.form import meant
from ceosample.got import got
from ceosample.letters.letter import CODE_DIGITS
from ceosample.sampling.ticket import SCHEME
from ceosample.signoff.intake import decisions_csv
from ceosample.signoff.recording import letters
from ceosample.signoff.recording.event_fields import RECORDABLE
from ceosample.signoff.recording.transaction import Transaction
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import DIGITALLY
from ceosample.signoff.rules.fields import FIELDS
from ceosample.signoff.store.events import Event
from ceosample.text import quoted

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
        at: when; aware.
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
    """

    decisions: tuple[Decision, ...]
    pack: str | None = None
    undecided: int = 0

    @classmethod
    def read(
        cls,
        path: str | Path,
        *,
        kind: str | None = None,
        by: str | None = None,
        at: dt.datetime | None = None,
    ) -> Decisions:
        """The decisions of a file, by the end of its name: ``.json``, or else CSV.

        Args:
            path: the file.
            kind, by, at: what a CSV file leaves open, or None; see ``from_csv``.

        Raises:
            RecordError: the file does not exist.
            LedgerError: every problem of its form.
        """
        place = Path(path)
        data = files.read(place)
        if place.suffix != ".json":
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
        return cls.from_json(data, place.name)

    @classmethod
    def from_json(cls, data: bytes, name: str = "decisions.json") -> Decisions:
        """The decisions of ``decisions.json``: ``{scheme, pack, decisions: [...]}``."""
        try:
            fields: Any = parse_json(data)
        except ValueError as error:
            raise LedgerError(f"{name}: {error}") from None
        if not isinstance(fields, dict):
            raise LedgerError(f"{name}: {got(fields)}; give an object")
        pack, rows = fields.get("pack"), fields.get("decisions", ())
        checks = {
            "scheme": (fields.get("scheme") == SCHEME, f"{SCHEME!r}"),
            "pack": (is_digest(pack), "the SHA-256 of the pack that was read"),
            "decisions": (isinstance(rows, list), "a list of decisions"),
        }
        raise_faults(
            LedgerError,
            (
                f"{name}, {key}: {got(fields.get(key))}; give {allowed}"
                for key, (is_right, allowed) in checks.items()
                if not is_right
            ),
        )
        return cls(_decisions(list(enumerate(rows, 1)), f"{name}, decision"), pack)

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
            at: when, for rows without it; aware.

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
        return cls(_decisions(rows, f"{name}, row", _ONCE), undecided=undecided)


def record_decisions(transaction: Transaction, decisions: Decisions) -> tuple[Event, ...]:
    """Record all decisions, or none; see ``Ledger.record_all``."""
    events: list[Event] = []
    faults: list[str] = []
    for decision in decisions.decisions:
        try:
            events.append(_take(transaction, decision, decisions.pack))
        except LedgerError as error:
            faults += [_in_file(decision, fault) for fault in error.faults]
    raise_faults(LedgerError, faults)  # inside the transaction, which is then undone
    return tuple(events)


def _in_file(decision: Decision, fault: str) -> str:
    """A letter's problem with its place in the file: ``row 3 (R-1): was not drawn``."""
    letter = f"letter {decision.unit_id}"
    said = fault.removeprefix(letter) if fault.startswith(letter) else f": {fault}"
    return f"{decision.where} ({decision.unit_id}){said}"


def _take(transaction: Transaction, decision: Decision, pack: str | None) -> Event:
    place = decision.population, decision.period
    history, recorded = transaction.letter(decision.unit_id, *place)
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
        decision.at,
        what,
        read=read,
        recorded=recorded,
    )


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
    rows: Sequence[tuple[int, Any]], where: str, hints: Mapping[str, str] = MappingProxyType({})
) -> tuple[Decision, ...]:
    """The decisions of these rows; ``hints`` hold what to do about a missing field, by name."""
    faults: list[str] = []
    found = [_decision(row, f"{where} {number}", faults, hints) for number, row in rows]
    raise_faults(LedgerError, faults)
    return tuple(decision for decision in found if decision is not None)


def _decision(row: Any, where: str, faults: list[str], hints: Mapping[str, str]) -> Decision | None:
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
        at = _moment(row["at"])
        if at is None:
            found.append(
                f"{where}, at: got {quoted(row['at'])}; give a time with its zone, "
                "2026-11-02T09:00:00+00:00"
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


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.utcoffset() is None else moment
