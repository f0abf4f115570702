"""A ledger behind PgBouncer: tests of the ledger's own suite, and what a pooler could do to it.

A test that is imported here is run again with the fixtures below: what it says of a ledger, it
says of one behind a pooler in each of its modes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa

import poolers
from books import Book
from ceosample.configuration import Configuration
from ceosample.job import Month, read_source
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.store import postgresql as sessions
from ceosample.warehouse import SqlFrame
from command import ceosample
from due_months import MONTHS, write_months
from inputs import configure
from needed import need
from poolers import Pooler
from postgresql import Server
from test_databases import (
    freeze,
    test_a_connection_that_dies_between_two_calls_is_replaced,
    test_a_reader_sees_one_moment_of_the_book,
    test_a_writer_that_waits_too_long_for_the_lock_says_so,
    test_ledgers_of_two_schemas_do_not_wait_for_each_other,
    test_writers_at_once_leave_no_gap,
)
from test_ledger import (
    ledger,
    test_a_clock_that_goes_backwards_leaves_the_book_in_order,
    test_a_letter_comes_back_is_written_anew_and_signed_once,
    test_a_month_is_written_as_freeze_then_seed_then_draw_then_letters,
    test_a_reader_in_the_middle_of_the_book_keeps_no_writer_waiting,
    test_a_substitute_is_rendered_sent_and_signed_like_any_other,
    test_replacing_twice_moves_one_reserve_up,
    test_sending_is_all_or_nothing,
    test_two_writers_at_once_write_a_draw_once,
)

#: Fixtures and tests of other files that pytest finds by their names here.
__all__ = [
    "ledger",
    "test_a_clock_that_goes_backwards_leaves_the_book_in_order",
    "test_a_connection_that_dies_between_two_calls_is_replaced",
    "test_a_letter_comes_back_is_written_anew_and_signed_once",
    "test_a_month_is_written_as_freeze_then_seed_then_draw_then_letters",
    "test_a_reader_in_the_middle_of_the_book_keeps_no_writer_waiting",
    "test_a_reader_sees_one_moment_of_the_book",
    "test_a_substitute_is_rendered_sent_and_signed_like_any_other",
    "test_a_writer_that_waits_too_long_for_the_lock_says_so",
    "test_ledgers_of_two_schemas_do_not_wait_for_each_other",
    "test_replacing_twice_moves_one_reserve_up",
    "test_sending_is_all_or_nothing",
    "test_two_writers_at_once_write_a_draw_once",
    "test_writers_at_once_leave_no_gap",
]

#: psycopg prepares a statement that a connection executes for the sixth time.
OFTEN = 8


@pytest.fixture(scope="module", params=poolers.MODES)
def pooler(request: pytest.FixtureRequest, postgresql: Server) -> Iterator[Pooler]:
    """PgBouncer before the tests' server, in each of its modes."""
    program = poolers.find()
    need(program, "no pgbouncer: install it (Debian: pgbouncer)")
    with poolers.running(str(program), postgresql, request.param) as started:
        yield started


@pytest.fixture
def database(postgresql: Server) -> Iterator[str]:
    with postgresql.database() as name:
        yield name


@pytest.fixture
def address(pooler: Pooler, database: str) -> str:
    """The URL of an empty database behind the pooler."""
    return pooler.url(database)


@pytest.fixture
def book(pooler: Pooler, postgresql: Server, database: str) -> Book:
    """A ledger behind the pooler, which the library reaches by it and a forger does not."""
    found = attrs.evolve(Book.of_server(postgresql, database), url=pooler.url(database))
    with Ledger.open(found.url) as opened:
        freeze(opened)
    return found


def test_clients_that_share_the_servers_connections_do_not_meet(address: str) -> None:
    """The symptom was: prepared statement "_pg3_0" already exists."""
    with contextlib.ExitStack() as stack:
        # In session mode each keeps a connection of the pool, which has two.
        clients = [stack.enter_context(Ledger.open(address)) for _ in range(2)]
        for size in range(1, OFTEN):
            for client in clients:
                freeze(client, size)
                assert client.head
        # Each freeze by the second is the first one's, on record already.
        assert len([*clients[0].events()]) == 1 + OFTEN


def test_nothing_is_prepared_on_the_server(book: Book, database: str, postgresql: Server) -> None:
    """What a session of the server keeps would be another client's a moment later."""
    with Ledger.open(book.url) as opened:
        for _ in range(OFTEN):
            assert opened.head
        store = opened._store
        with store.transaction() as connection:
            kept = connection.execute(sa.text("SELECT name FROM pg_prepared_statements")).all()
            path = connection.execute(sa.text("SHOW search_path")).scalar_one()
    assert kept == []
    assert path == '"$user", public'


@pytest.mark.parametrize("pooler", ["transaction"], indirect=True)
def test_a_month_is_run_and_read_through_a_pooler(
    tmp_path: Path, pooler: Pooler, database: str, postgresql: Server
) -> None:
    """Responses and ledger in one database, each command a client of its own."""
    write_months(tmp_path, MONTHS[0])
    with postgresql.connect(database) as connection:
        connection.execute("CREATE SCHEMA crm; CREATE TABLE crm.responses (id text, month text)")
        connection.execute(
            "INSERT INTO crm.responses SELECT 'R-' || n, '2026-09' FROM generate_series(1, 5000) n"
        )
    url = pooler.url(database)
    (tmp_path / "responses.sql").write_text(
        "SELECT id AS response_id, '' AS why_excluded FROM crm.responses WHERE month = :period",
        "utf-8",
    )
    configure(tmp_path, ("sqlite:///signoff.db", url))
    run = ("run", "--period", MONTHS[0])
    assert ceosample(*run, folder=tmp_path).code == 75
    for _ in range(2):  # the second finds all of it done
        rolled = ceosample(
            *run, "--dice", "83019274650192837465", "--witness", "audit", folder=tmp_path
        )
        assert rolled.code == 0, rolled.err
    checked = ceosample("status", "--check", folder=tmp_path)
    assert "ledger ok: INTACT" in checked.out
    configure(
        tmp_path,
        ('csv = "responses-{period}.csv"', f'sql = "responses.sql"\nurl = "{url}"'),
    )
    month = Month(
        Configuration.load(tmp_path / "ceosample.toml"),
        MONTHS[0],
        dt.datetime(2026, 12, 2, tzinfo=dt.UTC),
    )
    for _ in range(OFTEN):
        assert read_source(month).frame.count == 5000


def test_frames_are_read_through_a_pooler(
    pooler: Pooler, database: str, postgresql: Server
) -> None:
    """Connections are the caller's, and what is asked on them prepares nothing either."""
    import psycopg

    with postgresql.connect(database) as connection:
        connection.execute(
            "CREATE TABLE responses AS SELECT 'R-' || n AS id FROM generate_series(1, 9) n"
        )
    wanted = pooler.url(database).replace("+psycopg", "")
    with psycopg.connect(wanted) as one, psycopg.connect(wanted) as other:
        for client in (one, other, one):
            with SqlFrame.from_postgresql(
                client, "responses", population="p", period="2026-10", unit_id="id"
            ) as frame:
                for _ in range(OFTEN):
                    assert b"".join(frame.manifest()).count(b"R-") == 9
                kept = client.execute("SELECT name FROM pg_prepared_statements", prepare=False)
                assert kept.fetchall() == []


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ("-csearch_path=signoff", {"search_path": "signoff"}),
        (
            "-c search_path=a,b --statement-timeout=5s",
            {"search_path": "a,b", "statement_timeout": "5s"},
        ),
        (r'-csearch_path="of\ Ours"', {"search_path": '"of Ours"'}),
        (r"-csearch_path=it\'s", {"search_path": "it's"}),
    ],
)
def test_settings_of_a_url_are_for_each_transaction(options: str, settings: dict[str, str]) -> None:
    url = sa.make_url("postgresql+psycopg://u@h/d").update_query_dict({"options": options})
    reached, found = sessions.without_settings(url)
    assert found == settings
    assert "options" not in reached.query


@pytest.mark.parametrize("options", ["-B 4", "-c search_path", "-csearch_path=a -S 3", "\\"])
def test_options_that_are_no_settings_stay_as_they_are(options: str) -> None:
    url = sa.make_url("postgresql+psycopg://u@h/d").update_query_dict({"options": options})
    assert sessions.without_settings(url) == (url, {})
