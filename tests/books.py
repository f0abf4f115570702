"""A ledger's database as somebody sees it who may write to it and does not use the library."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import rfc8785

from ceosample.canonical import digest
from ceosample.signoff.check import ChainReport
from ceosample.signoff.ledger import Ledger
from postgresql import Server

COLUMNS = ("sequence", "hash", "kind", "population", "period", "unit_id", "text")

Execute = Callable[[str, Mapping[str, object]], Any]


@attrs.frozen
class Book:
    """A database with a ledger in it.

    Attributes:
        url: where the library finds it.
        kind: ``sqlite`` or ``postgresql``.
        open: a plain connection, as a function that executes a statement.
    """

    url: str
    kind: str
    open: Callable[[], contextlib.AbstractContextManager[Execute]]

    @classmethod
    def of_file(cls, file: Path) -> Book:
        """A book in a file of SQLite."""

        @contextlib.contextmanager
        def plain() -> Iterator[Execute]:
            with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
                yield connection.execute

        return cls(f"sqlite:///{file}", "sqlite", plain)

    @classmethod
    def of_server(cls, server: Server, database: str) -> Book:
        """A book in a database of PostgreSQL."""

        @contextlib.contextmanager
        def plain() -> Iterator[Execute]:
            with server.connect(database) as connection:
                yield lambda statement, values: connection.execute(
                    _for_psycopg(statement, values).encode(), values or None
                )

        return cls(server.url(database), "postgresql", plain)

    def read(self) -> list[dict[str, Any]]:
        """The rows of its events, as they are stored."""
        with self.open() as execute:
            statement = f"SELECT {', '.join(COLUMNS)} FROM events ORDER BY sequence"
            found: Sequence[Any] = execute(statement, {}).fetchall()
        return [dict(zip(COLUMNS, row, strict=True)) for row in found]

    def tamper(self, *statements: str, **values: object) -> None:
        """Do what somebody may who is careful: anything, without the triggers for a moment."""
        with self.open() as execute, self._disarmed(execute):
            for statement in statements:
                execute(statement, {n: v for n, v in values.items() if f":{n}" in statement})

    def forge(self, first: int, **changes: object) -> None:
        """Change event ``first`` and hash everything after it anew, as a careful forger would."""
        found = self.read()
        events = [json.loads(row["text"]) for row in found]
        events[first - 1].update(changes)
        with self.open() as execute, self._disarmed(execute):
            for place in range(first - 1, len(events)):
                event = events[place]
                if place:
                    event["previous"] = found[place - 1]["hash"]
                text = rfc8785.dumps(event)
                found[place]["hash"] = digest(text)
                execute(
                    "UPDATE events SET text = :text, hash = :hash, kind = :kind, "
                    "unit_id = :unit_id WHERE sequence = :sequence",
                    {
                        "text": text.decode(),
                        "hash": digest(text),
                        "kind": event["kind"],
                        "unit_id": event["unit_id"],
                        "sequence": place + 1,
                    },
                )

    def append(self, kind: str, payload: Mapping[str, object], **fields: object) -> None:
        """Add an event at the end with the right hashes, as a forger does who knows the format."""
        found = self.read()
        last = found[-1]
        told = (json.loads(row["text"]) for row in reversed(found))
        before = next(one for one in told if len(one) == 10 and isinstance(one["recorded_at"], str))
        event = {
            **before,
            **dict.fromkeys(("population", "period", "unit_id")),
            "sequence": last["sequence"] + 1,
            "previous": last["hash"],
            "kind": kind,
            "payload": dict(payload),
            **fields,
        }
        text = rfc8785.dumps(event)
        row = {
            name: event[name] if isinstance(event[name], str | int | None) else None
            for name in COLUMNS
            if name in event
        }
        values = {**row, "hash": digest(text), "text": text.decode()}
        names = ", ".join(f":{name}" for name in COLUMNS)
        with self.open() as execute:
            execute(f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES ({names})", values)

    def check(self, head: str | None = None) -> ChainReport:
        """What the library says of it."""
        with Ledger.open(self.url, create=False) as ledger:
            return ledger.check(head)

    @contextlib.contextmanager
    def _disarmed(self, execute: Execute) -> Iterator[None]:
        """A block in which no trigger stands in the way."""
        if self.kind == "postgresql":
            for table in ("events", "texts", "signatures"):
                execute(f"ALTER TABLE {table} DISABLE TRIGGER USER", {})
            yield
            for table in ("events", "texts", "signatures"):
                execute(f"ALTER TABLE {table} ENABLE TRIGGER USER", {})
            return
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = execute(query, {}).fetchall()
        for name, _ in triggers:
            execute(f"DROP TRIGGER {name}", {})
        yield
        for _, statement in triggers:
            execute(statement, {})


def _for_psycopg(statement: str, values: Mapping[str, object]) -> str:
    """``:name`` as psycopg writes it, for the names that are given."""
    if not values:
        return statement
    names = "|".join(values)
    return re.sub(rf":({names})\b", r"%(\1)s", statement.replace("%", "%%"))
