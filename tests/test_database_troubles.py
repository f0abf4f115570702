"""What a database's error means for whoever runs this, on real servers: try again, or correct."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import postgresql as servers
from ceosample import Ledger
from ceosample.errors import AccessError, BusyError, CeosampleError, LedgerError
from ceosample.job.sources.query import query_rows
from ceosample.period import Period
from ceosample.reasons import REASONS
from ceosample.signoff.store.troubles import reason_of
from postgresql import Server


@pytest.fixture(scope="module")
def locked(postgresql: Server) -> Server:
    """The server, which asks one role for a password, keeps another out, and gives a third none."""
    with postgresql.connect() as connection:
        for statement in (
            "CREATE ROLE locked LOGIN PASSWORD 'right'",
            "CREATE ROLE outcast LOGIN",
            "CREATE ROLE few LOGIN CONNECTION LIMIT 0",
            "CREATE ROLE reader LOGIN",
        ):
            connection.execute(statement)
        ((path,),) = connection.execute("SHOW hba_file").fetchall()
        rules = Path(path)
        first = "host all locked 127.0.0.1/32 scram-sha-256\nhost all outcast 127.0.0.1/32 reject\n"
        rules.write_text(first + rules.read_text("utf-8"), "utf-8")
        connection.execute("SELECT pg_reload_conf()")
    return postgresql


@pytest.fixture
def database(postgresql: Server) -> Iterator[str]:
    with postgresql.database() as name:
        yield name


def refused(url: str, *, create: bool = False) -> CeosampleError:
    with pytest.raises(CeosampleError) as caught:
        Ledger.open(url, create=create)
    assert "right" not in str(caught.value).replace("rights", "")
    return caught.value


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("locked:wrong@127.0.0.1:{port}/{database}", "database-password"),
        ("locked@127.0.0.1:{port}/{database}", "database-password"),
        ("outcast@127.0.0.1:{port}/{database}", "database-password"),
        ("nobody@127.0.0.1:{port}/{database}", "database-password"),
        ("ceosample@127.0.0.1:{port}/nowhere", "database-missing"),
        ("ceosample@127.0.0.1:{port}/{database}?sslmode=require", "database-ssl"),
        ("ceosample@127.0.0.1:{port}/{database}?sslmode=verify-full&sslrootcert=/no/such",
         "database-ssl"),
        ("ceosample@127.0.0.1:{port}/{database}?nonsense=1", "database-settings"),
        ("ceosample@127.0.0.1:{port}/{database}?service=nowhere", "database-settings"),
        ("few@127.0.0.1:{port}/{database}", "database-away"),
        ("ceosample@nowhere.invalid:{port}/{database}", "database-away"),
        ("ceosample@127.0.0.1:{port}/{database}?target_session_attrs=standby", None),
    ],
)  # fmt: skip
def test_a_server_that_does_not_let_us_in(
    locked: Server, database: str, address: str, reason: str | None
) -> None:
    """'wrong password, missing database, rights and SSL are 78; timeouts, DNS, ... are 75'"""
    error = refused(f"postgresql://{address.format(port=locked.port, database=database)}")
    if reason is None:  # it leads to no standby: it waits for one, or the address is wrong
        assert error.exit_code in (75, 78)
        return
    assert (error.reason, error.exit_code) == (reason, REASONS[reason])
    assert isinstance(error, BusyError if error.exit_code == 75 else AccessError)


def test_missing_rights_are_a_matter_of_the_set_up(locked: Server, database: str) -> None:
    reader = f"postgresql://reader@127.0.0.1:{locked.port}/{database}"
    assert refused(reader, create=True).reason == "database-rights"  # to create in the schema
    Ledger.open(locked.url(database)).close()
    assert refused(reader).reason == "database-rights"  # to read the events


@pytest.mark.slow
def test_a_server_that_accepts_and_never_answers_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        error = refused(f"postgresql://a@127.0.0.1:{port}/b?connect_timeout=2")
    assert (error.reason, error.exit_code) == ("database-away", 75)


@contextlib.contextmanager
def standby_of(server: Server) -> Iterator[Server]:
    """A replica of the server, which follows it and takes no writes."""
    backup, postgres = servers.find("pg_basebackup"), servers.find("postgres")
    user = servers.ordinary_user()
    folder = Path(tempfile.mkdtemp(prefix="ceosample-standby-"))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = servers.as_user(user)
        subprocess.run(
            [*as_user, str(backup), "--pgdata", str(folder / "data"), "-R", "--no-sync",
             "--checkpoint=fast", "-h", "127.0.0.1", "-p", str(server.port), "-U", "ceosample"],
            check=True, cwd=folder, capture_output=True,
        )  # fmt: skip
        with servers.started(as_user, str(postgres), folder) as standby:
            yield standby
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
def test_a_standby_is_tried_again_and_can_be_read(postgresql: Server, database: str) -> None:
    """'fail-over to a standby is 75 and not 65'"""
    Ledger.open(postgresql.url(database)).close()
    with standby_of(postgresql) as standby, Ledger.open(standby.url(database)) as ledger:
        assert ledger.check().ok
        with pytest.raises(BusyError) as caught:
            ledger.name("h-1", "A Name", by="ceo", at=dt.datetime.now(dt.UTC))
        assert (caught.value.reason, caught.value.exit_code) == ("database-standby", 75)
        writes = f"{standby.url(database)}?target_session_attrs=read-write"
        assert refused(writes).reason == "database-standby"


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("40001", "database-busy"), ("40P01", "database-busy"), ("55P03", "database-busy"),
        ("57014", "database-busy"), ("53300", "database-away"), ("53400", "database-away"),
        ("53100", "disk-full"), ("57P03", "database-away"), ("57P01", "database-lost"),
        ("08006", "database-lost"), ("25006", "database-standby"), ("28P01", "database-password"),
        ("28000", "database-password"), ("3D000", "database-missing"), ("42501", "database-rights"),
        ("XX001", "ledger-damaged"), ("42601", None), ("23505", None), ("22021", None),
    ],
)  # fmt: skip
def test_each_sqlstate_has_its_reason(state: str, reason: str | None) -> None:
    error = psycopg.errors.lookup(state)("in whatever language the server speaks")
    assert reason_of(error, str(error)) == reason


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("connection to server at ... failed: FATAL:  the database system is starting up",
         "database-away"),
        ("FATAL:  the database system is shutting down", "database-away"),
        ("connection failed: SSL SYSCALL error: EOF detected", "database-lost"),
        ("connection failed: SSL error: certificate verify failed", "database-ssl"),
        ("connection failed: FATAL:  sorry, too many clients already", "database-away"),
        ("connection failed: FATAL:  etwas anderes", "database-settings"),
        ("the query returned nonsense", None),
    ],
)  # fmt: skip
def test_words_count_where_there_is_no_sqlstate(said: str, reason: str | None) -> None:
    assert reason_of(psycopg.OperationalError(said), said) == reason


def test_sqlite_s_results_have_their_reasons(tmp_path: Path) -> None:
    nowhere = refused(f"sqlite:///{tmp_path}/no/such/folder/signoff.db", create=True)
    assert (nowhere.reason, nowhere.exit_code) == ("database-rights", 78)
    file = tmp_path / "signoff.db"
    Ledger.open(f"sqlite:///{file}").close()
    with contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as reader:
        with pytest.raises(sqlite3.Error) as caught:
            reader.execute("DELETE FROM events")
        assert reason_of(caught.value, str(caught.value)) == "database-rights"
    with (
        contextlib.closing(sqlite3.connect(file, isolation_level=None)) as first,
        contextlib.closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as second,
    ):
        first.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.Error) as held:
            second.execute("BEGIN IMMEDIATE")
        assert reason_of(held.value, str(held.value)) == "database-busy"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("locked:wrong@127.0.0.1:{port}/{database}", 78),
        ("ceosample@127.0.0.1:{port}/nowhere", 78),
        ("reader@127.0.0.1:{port}/{database}", 78),
        ("ceosample@nowhere.invalid:{port}/{database}", 75),
        ("few@127.0.0.1:{port}/{database}", 75),
        ("ceosample@127.0.0.1:{port}/{database}", 65),  # the query itself is wrong
    ],
)
def test_a_source_s_database_is_told_apart_as_the_ledger_s_is(
    locked: Server, database: str, tmp_path: Path, address: str, code: int
) -> None:
    with locked.connect(database) as connection:
        connection.execute("CREATE TABLE responses (id text)")
    query = tmp_path / "query.sql"
    query.write_text(f"SELECT id{', nonsense' if code == 65 else ''} FROM responses", "utf-8")
    url = f"postgresql://{address.format(port=locked.port, database=database)}"
    with pytest.raises(CeosampleError) as caught:
        list(query_rows(query, url, Period(2026, 10), {"id": "source.id"}))
    assert caught.value.exit_code == code
    assert not isinstance(caught.value, LedgerError)
