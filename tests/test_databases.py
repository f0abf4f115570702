"""PostgreSQL beside SQLite: what each database refuses, and what is said when it fails."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from books import Book
from ceosample import Frame, Plan
from ceosample.errors import BusyError, LedgerError, MissingPartError
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store import databases, postgresql, tables
from ceosample.signoff.store.store import Store
from postgresql import Server

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=45)))


def freeze(ledger: Ledger, size: int = 2) -> Any:
    """One more event."""
    frame = Frame.from_records(
        [{"id": f"C-{i}"} for i in range(9)],
        population="complaint-responses",
        period="2026-10",
        unit_id="id",
    )
    return ledger.freeze(frame, Plan(size=size), seed_source="dice", by="sampling", at=AT)


@pytest.fixture
def database(postgresql: Server) -> Iterator[str]:
    with postgresql.database() as name:
        yield name


@pytest.fixture
def book(postgresql: Server, database: str) -> Book:
    found = Book.of_server(postgresql, database)
    with Ledger.open(found.url) as ledger:
        freeze(ledger)
    return found


# What the database refuses


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET text = '{}' WHERE sequence = 2",
        "UPDATE events SET kind = 'signed' WHERE sequence = 99",
        "DELETE FROM events WHERE sequence = 2",
        "DELETE FROM events",
        "TRUNCATE events",
        "TRUNCATE events CASCADE",
        "INSERT INTO events VALUES (5, 'h', 'k', NULL, NULL, NULL, 't')",
        "INSERT INTO events VALUES (0, 'h', 'k', NULL, NULL, NULL, 't')",
        "INSERT INTO events SELECT sequence, 'h', kind, NULL, NULL, NULL, 't' FROM events "
        "ON CONFLICT (sequence) DO UPDATE SET text = 't'",
        "MERGE INTO events USING (VALUES (1)) AS v (n) ON sequence = 2 WHEN MATCHED THEN DELETE",
    ],
)
def test_postgresql_itself_refuses_to_change_an_event(book: Book, statement: str) -> None:
    """'append-only enforced in the database (triggers on UPDATE and DELETE, and TRUNCATE ...)'"""
    before = book.read()
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"), book.open() as execute:
        execute(statement, {})
    assert book.read() == before


def test_an_insert_of_several_rows_that_follow_each_other_is_taken(book: Book) -> None:
    with book.open() as execute:
        execute("INSERT INTO events SELECT n, n::text, 'k', NULL, NULL, NULL, 't' "
                "FROM generate_series(4, 9) AS n", {})  # fmt: skip
    assert len(book.read()) == 9


def test_names_compare_by_their_bytes(book: Book) -> None:
    """'Text columns must sort and compare by bytes'"""
    with book.open() as execute:
        found = execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT "
            "FROM 'C'",
            {},
        ).fetchall()
    assert found == []


# Time


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/St_Johns"])
def test_a_time_keeps_its_offset_whatever_the_server_s_zone_is(
    postgresql: Server, database: str, zone: str
) -> None:
    """'time zones kept'"""
    with postgresql.connect() as connection:
        connection.execute(f"ALTER DATABASE {database} SET timezone TO '{zone}'".encode())
    with Ledger.open(postgresql.url(database)) as ledger:
        freeze(ledger)
        event = [*ledger.events()][-1]
    assert event.at == "2026-11-02T09:00:00+05:45"
    assert event.recorded_at.endswith("Z")


# Writers and readers


def test_a_writer_that_waits_too_long_for_the_lock_says_so(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'lock_timeout = PATIENCE -> BusyError'"""
    monkeypatch.setattr(databases, "PATIENCE", 50)
    holder = Store.connect(book.url, create=False)
    with Ledger.open(book.url) as ledger:
        with holder.transaction(writing=True), pytest.raises(BusyError, match="another run"):
            freeze(ledger, 3)
        freeze(ledger, 3)
    holder.close()


def test_a_writer_takes_its_turn_once_another_is_done_and_asks_as_often_as_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "PATIENCE", 3 * databases.TURN)
    waits: list[float] = []
    with (
        Ledger.open(f"sqlite:///{tmp_path}/signoff.db") as ledger,
        contextlib.closing(sqlite3.connect(tmp_path / "signoff.db", isolation_level=None)) as other,
    ):

        def wait(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 5:
                other.execute("COMMIT")

        monkeypatch.setattr(time, "sleep", wait)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError):
            freeze(ledger)
        assert waits == [databases.TURN / 1000] * 3
        freeze(ledger)
        assert (len(waits), [event.kind for event in ledger.events()][-1]) == (5, "frozen")


def test_ledgers_of_two_schemas_do_not_wait_for_each_other(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'a fixed key combined with the schema'"""
    monkeypatch.setattr(databases, "PATIENCE", 5_000)
    with book.open() as execute:
        execute('CREATE SCHEMA "of Ours"', {})
    other = book.url + '?options=-csearch_path%3D"of\\ Ours"'
    with Ledger.open(other) as ledger:
        holder = Store.connect(book.url, create=False)
        with holder.transaction(writing=True):
            freeze(ledger)
        holder.close()
        assert [event.kind for event in ledger.events()] == ["opened", "rules", "frozen"]
    assert len(book.read()) == 3


def test_a_reader_sees_one_moment_of_the_book(book: Book) -> None:
    """'readers in REPEATABLE READ'"""
    store = Store.connect(book.url, create=False)
    with Ledger.open(book.url) as ledger, store.transaction() as connection:
        before = store.last(connection)
        freeze(ledger, 3)
        assert store.last(connection) == before
        with pytest.raises(sa.exc.DBAPIError, match="read-only"):
            connection.execute(sa.text("DELETE FROM texts"))
        connection.rollback()
    store.close()


def test_writers_at_once_leave_no_gap(book: Book) -> None:
    """'sequence gaps impossible (chain continues from max)'"""

    def write(first: int) -> None:
        with Ledger.open(book.url) as ledger:
            for size in range(first, 10, 2):
                freeze(ledger, size)

    threads = [threading.Thread(target=write, args=(first,)) for first in (1, 2, 1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sequences = [row["sequence"] for row in book.read()]
    assert sequences == [*range(1, len(sequences) + 1)]
    assert len(sequences) > 10
    assert book.check().ok


# Connections that fail


def test_a_connection_that_dies_between_two_calls_is_replaced(
    book: Book, postgresql: Server
) -> None:
    with Ledger.open(book.url) as ledger:
        head = ledger.head
        _cut_off(postgresql, book)
        assert ledger.head == head


def test_a_connection_that_dies_during_a_call_is_told_in_words(
    book: Book, postgresql: Server
) -> None:
    """'Connection loss -> BusyError or LedgerError in words, never a raw driver error'"""
    store = Store.connect(book.url, create=False)

    def cut_off_in_the_middle(writing: bool) -> None:
        with store.transaction(writing=writing) as connection:
            _cut_off(postgresql, book)
            store.last(connection)

    for writing in (True, False):
        with pytest.raises(BusyError, match="connection to the database was lost; run it again"):
            cut_off_in_the_middle(writing)
    store.close()
    assert book.check().ok


def _cut_off(server: Server, book: Book) -> None:
    database = sa.make_url(book.url).database
    with server.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 600000) FROM pg_stat_activity WHERE datname = %s",
            [database],
        )


def test_a_server_that_is_not_there_is_busy_and_a_password_is_never_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """'password never printed in an error or repr'"""
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"postgresql://clerk:hunter2@127.0.0.1:{port}/signoff?connect_timeout=3"
    for address in (url, f"{url}&password=hunter2", sa.make_url(url)):
        for create in (True, False):
            with pytest.raises(BusyError, match="does not answer; try again") as refusal:
                Ledger.open(address, create=create)
            assert "hunter2" not in str(refusal.value)
            assert refusal.value.__suppress_context__
    assert list(tmp_path.iterdir()) == []  # the name of a server's database is that of no file


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("sqlite:///books/signoff.db", "books/signoff.db"),
        ("sqlite:///signoff.db?key=hunter2", "signoff.db"),
        ("sqlite://", "in memory"),
        ("postgresql://clerk:hunter2@db/signoff", "signoff at db"),
        ("postgresql:///signoff", "signoff at the local server"),
        ("postgresql:///signoff?host=/run/pg", "signoff at /run/pg"),
        ("postgresql:///signoff?host=one&host=two", "signoff at one, two"),
        ("postgresql:///signoff?service=firm", "signoff of the service firm"),
        ("postgresql:///?service=firm", "the database of the service firm"),
        ("postgresql://db/signoff?service=firm", "signoff at db"),
        ("postgresql:///signoff?host=one&service=firm", "signoff at one"),
        ("postgresql://db", "the database at db"),
    ],
)
def test_a_message_names_where_a_ledger_is_and_no_password(url: str, place: str) -> None:
    assert databases.place(databases.parse(url)) == place


def test_events_are_counted_from_none_on() -> None:
    store = Store(databases.engine(databases.parse("sqlite://")))
    with contextlib.closing(store):
        with store.transaction(writing=True) as connection:
            tables.create(connection)
        assert store.count() == 0
    with Ledger.open("sqlite://") as ledger:
        assert ledger.count == len(list(ledger.events())) == 2


def test_an_empty_file_is_no_ledger_and_one_that_is_not_there_can_be_begun(tmp_path: Path) -> None:
    file = tmp_path / "signoff.db"
    with pytest.raises(LedgerError, match="does not exist; 'ceosample run' creates one"):
        Ledger.open(f"sqlite:///{file}", create=False)
    assert not file.exists()
    file.touch()
    with pytest.raises(LedgerError, match="is not a ledger and was left unchanged; check the URL"):
        Ledger.open(f"sqlite:///{file}", create=False)
    assert file.read_bytes() == b""


def test_a_server_is_waited_for_as_long_as_the_url_says_or_as_we_do() -> None:
    for url, seconds in (("postgresql://db/a", 5), ("postgresql://db/a?connect_timeout=3", None)):
        given = postgresql.connect_args(sa.make_url(url), 5_999)
        assert given.get("connect_timeout") == seconds


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://ceosample@127.0.0.1:{port}/nowhere", 'database "nowhere" does not exist'),
        ("postgresql://hunter2:hunter2@127.0.0.1:{port}/postgres", "role .* does not exist"),
        ("postgresql://u:hunter2@127.0.0.1:{port}/postgres?nonsense=hunter2", "ledger: "),
        ("postgresql://u:hunter2@127.0.0.1:hunter2/postgres", "ledger: got .*; give a URL"),
    ],
)
def test_a_database_that_does_not_let_us_in_is_told_in_words(
    postgresql: Server, url: str, words: str
) -> None:
    with pytest.raises(LedgerError, match=words) as refusal:
        Ledger.open(url.format(port=postgresql.port))
    assert "hunter2" not in str(refusal.value)


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """'MissingPartError naming the extra postgresql if psycopg is missing'"""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingPartError, match=r"pip install 'ceosample\[postgresql\]'"):
        Ledger.open("postgresql://clerk:hunter2@127.0.0.1/signoff")


# Databases that are no ledger


def test_an_empty_database_holds_no_ledger_unless_one_may_be_begun(
    postgresql: Server, database: str
) -> None:
    url = postgresql.url(database).replace("+psycopg", "")
    with pytest.raises(LedgerError, match=f"{database} at 127.0.0.1 holds no ledger"):
        Ledger.open(url, create=False)
    with Ledger.open(url) as ledger:
        assert [event.kind for event in ledger.events()] == ["opened", "rules"]
    Ledger.open(url, create=False).close()


@pytest.mark.parametrize(
    "table",
    [
        "customers (name text)",
        "events (starts text, place text)",
        "events (sequence int, hash text, kind text, population text, period text, unit_id text, "
        "text text)",
    ],
)
def test_a_database_of_somebody_else_is_left_as_it_is(
    postgresql: Server, database: str, table: str
) -> None:
    with postgresql.connect(database) as connection:
        connection.execute(f"CREATE TABLE {table}".encode())
    for create in (True, False):
        with pytest.raises(LedgerError, match="ledger"):
            Ledger.open(postgresql.url(database), create=create)
    with postgresql.connect(database) as connection:
        found = connection.execute(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchone()
    assert found == (1,)


def test_a_database_that_cannot_keep_every_name_is_refused(postgresql: Server) -> None:
    with postgresql.connect() as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        with pytest.raises(LedgerError, match=r"encoding LATIN1.*ENCODING 'UTF8'"):
            Ledger.open(postgresql.url("latin"))
    finally:
        with postgresql.connect() as connection:
            connection.execute("DROP DATABASE latin WITH (FORCE)")


def test_a_role_that_may_only_read_and_append_can_do_so_and_nothing_else(
    book: Book, postgresql: Server
) -> None:
    """What docs/ledger.md advises."""
    database = str(sa.make_url(book.url).database)
    with book.open() as execute:
        execute("DROP ROLE IF EXISTS writer", {})
        execute("CREATE ROLE writer LOGIN", {})
        execute("GRANT SELECT, INSERT ON events TO writer", {})
        execute("GRANT SELECT, INSERT, DELETE ON texts TO writer", {})
    with Ledger.open(postgresql.url(database, user="writer")) as ledger:
        freeze(ledger, 3)
        assert ledger.check().ok
    with psycopg.connect(
        host="127.0.0.1", port=postgresql.port, user="writer", dbname=database, autocommit=True
    ) as connection:
        for statement in (
            b"DELETE FROM events",
            b"TRUNCATE events",
            b"ALTER TABLE events DISABLE TRIGGER USER",
            b"DROP TRIGGER events_no_change ON events",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
    with book.open() as execute:
        execute("DROP OWNED BY writer", {})
        execute("DROP ROLE writer", {})


# Look-ups and schemas, on both


@pytest.fixture
def crowded(address: str) -> str:
    """A book of 100 months, as far as the columns for look-ups go."""
    Ledger.open(address).close()
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        rows = [
            {"sequence": n, "hash": str(n), "kind": "viewed", "text": "x" * 300, "population": "p",
             "period": f"{n // 100}", "unit_id": f"C-{n}"}
            for n in range(3, 10_000)
        ]  # fmt: skip
        connection.execute(tables.EVENTS.insert(), rows)
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("ANALYZE events"))
    engine.dispose()
    return address


@pytest.mark.parametrize(
    ("subject", "indexes"),
    [
        ({"population": "p", "period": "50"}, ["events_month"]),
        # Few events are about no letter, so PostgreSQL may begin with those.
        ({"population": "p", "period": "50", "unit_id": None}, ["events_subject", "events_unit"]),
        ({"unit_id": "C-1"}, ["events_unit"]),
        ({"kind": "seed_revealed"}, ["events_kind"]),
    ],
    ids=str,
)
def test_a_look_up_uses_an_index(
    crowded: str, subject: dict[str, str | None], indexes: list[str]
) -> None:
    """'find/pages for one month must use an index on both databases'"""
    engine = sa.create_engine(crowded)
    query = tables.EVENTS.select().order_by("sequence").limit(1000)
    for name, value in subject.items():
        query = query.where(tables.EVENTS.c[name] == value)
    explain = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}[engine.dialect.name]
    compiled = query.compile(engine, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        plan = [str(row) for row in connection.exec_driver_sql(f"{explain} {compiled}")]
    engine.dispose()
    assert any(index in line for line in plan for index in indexes), plan


def test_a_ledger_begun_before_there_were_texts_gets_their_table(
    address: str, postgresql: Server
) -> None:
    """'a ledger written by this release stays readable', and so does one of a while ago"""
    with Ledger.open(address) as ledger:
        freeze(ledger)
        head = ledger.head
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("DROP TABLE texts"))
        for index in ("events_month", "events_kind"):
            connection.execute(sa.text(f"DROP INDEX {index}"))
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("DROP FUNCTION texts_refuse()"))
    with contextlib.closing(Store.connect(address, create=False)) as store:
        assert store.tables() == ["events", "signatures"]
    with Ledger.open(address, create=False) as ledger:
        assert (ledger.head, ledger.check().ok) == (head, True)
    with engine.connect() as connection:
        found = {index["name"] for index in sa.inspect(connection).get_indexes("events")}
    engine.dispose()
    assert found >= {"events_month", "events_kind", "events_unit", "events_subject"}


def test_a_hash_is_found_by_its_first_digits(book: Book) -> None:
    """As it stands in the name of a closing sheet."""
    with Ledger.open(book.url) as ledger:
        head = ledger.head
        assert ledger.holds(head)
        assert ledger.holds(head[:8])
        assert not ledger.holds(f"{head[:7]}{'0' if head[7] != '0' else '1'}")
