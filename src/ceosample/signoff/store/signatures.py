"""The signatures of recorders, next to the events: who recorded what, in a table of its own.

A signature is over an event's hash, so the event itself stays as it is. The table only grows.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ceosample.signoff.store import tables
from ceosample.signoff.store.events import Event
from ceosample.signoff.store.store import PAGE, Store
from ceosample.signoff.store.tables import EVENTS, SIGNATURES

#: What a recorder's key signs of an event begins with this line, so that it is nothing else.
SCHEME: Final = "ceosample-event/1"


class Signer(Protocol):
    """A private key: its public part, and what it signs."""

    @property
    def public(self) -> str:
        """The public key, 32 bytes in hexadecimal."""

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""


def message_of(event_hash: str) -> bytes:
    """The bytes that are signed for an event: two lines, the second its hash.

    >>> message_of("3f9a")
    b'ceosample-event/1\\n3f9a\\n'
    """
    return f"{SCHEME}\n{event_hash}\n".encode()


def sign(connection: Connection, event: Event, signer: Signer) -> None:
    """Sign an event in the transaction that appends it."""
    digest = event.hash
    signature = base64.b64encode(signer.sign(message_of(digest))).decode()
    row = {"sequence": event.sequence, "signer": signer.public}
    connection.execute(SIGNATURES.insert(), {**row, "event": digest, "signature": signature})


def has_table(connection: Connection) -> bool:
    """Whether the ledger can keep signatures; one that is older cannot until it is upgraded."""
    return connection.dialect.has_table(connection, SIGNATURES.name)


def may_create(connection: Connection) -> bool:
    """Whether this role may add the table, next to the events."""
    if connection.dialect.name != "postgresql":
        return True
    return bool(
        connection.exec_driver_sql(
            "SELECT has_schema_privilege(relnamespace, 'CREATE') FROM pg_class "
            "WHERE oid = to_regclass('events')"
        ).scalar()
    )


def create(connection: Connection) -> None:
    """Add the table to a ledger that was begun before it."""
    if not has_table(connection):  # another process may have been a moment faster
        tables.create_one(connection, SIGNATURES)


def statements() -> tuple[str, ...]:
    """The statements that add it in PostgreSQL, for the person who may."""
    return tables.statements_of(SIGNATURES)


def rows(store: Store, after: int = 0) -> Iterator[Any]:
    """The signatures of the events after a number, in order, a page a transaction."""
    place = sa.tuple_(SIGNATURES.c.sequence, SIGNATURES.c.signer)
    query = sa.select(SIGNATURES).order_by(SIGNATURES.c.sequence, SIGNATURES.c.signer).limit(PAGE)
    page_query = query.where(SIGNATURES.c.sequence > after)
    while True:
        with store.transaction() as connection:
            page = connection.execute(page_query).all() if has_table(connection) else []
        yield from page
        if len(page) < PAGE:
            return
        last = sa.tuple_(sa.literal(page[-1].sequence), sa.literal(page[-1].signer))
        page_query = query.where(place > last)


def event_rows(store: Store, first: int) -> Iterator[Any]:
    """The rows of the events from a number on, a page a transaction."""
    query = sa.select(EVENTS).order_by(EVENTS.c.sequence).limit(PAGE)
    while True:
        with store.transaction() as connection:
            page = connection.execute(query.where(EVENTS.c.sequence >= first)).all()
        yield from page
        if len(page) < PAGE:
            return
        first = page[-1].sequence + 1


def put_back(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keep a signature that was exported."""
    connection.execute(SIGNATURES.insert(), dict(row))
