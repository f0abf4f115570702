"""Signatures out of a ledger and into another one, as JSON Lines next to its events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy.engine import Connection

from ceosample.canonical import canonical_file, is_digest, parse_json
from ceosample.errors import LedgerError, raise_faults
from ceosample.form import faults_of_form, is_count, is_text
from ceosample.signoff.store import signatures
from ceosample.signoff.store.store import Store

_FORM: Final[dict[str, Any]] = {
    "sequence": lambda value: is_count(value, 1),
    "signer": is_digest,
    "event": is_digest,
    "signature": is_text,
}


def exported(store: Store) -> Iterator[bytes]:
    """The signatures of a ledger, a line each, in the order of their events."""
    for row in signatures.rows(store):
        yield canonical_file({name: row._mapping[name] for name in _FORM})


def put_back(connection: Connection, lines: Iterable[bytes]) -> None:
    """Keep the signatures of exported lines; ``check`` says which of them are right.

    Raises:
        LedgerError: a line is no signature, or comes twice.
    """
    seen = set()
    for number, line in enumerate(lines, 1):
        where = f"signatures, line {number}"
        try:
            fields = parse_json(line)
        except ValueError:
            raise LedgerError(f"{where}: not JSON; give the file of the export") from None
        if not isinstance(fields, dict):
            raise LedgerError(f"{where}: not an object; give the file of the export")
        raise_faults(LedgerError, faults_of_form(fields, _FORM, where))
        place = fields["sequence"], fields["signer"]
        if place in seen:
            raise LedgerError(f"{where}: comes twice; give each signature once")
        seen.add(place)
        signatures.put_back(connection, {name: fields[name] for name in _FORM})
