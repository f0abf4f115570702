"""Ways to a ledger's server: replicas, fail-over, TLS, a service file and a password file."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

import standby
from ceosample.errors import CeosampleError
from ceosample.signoff.ledger import Ledger
from command import ceosample
from due_months import MONTHS, write_months
from inputs import configure
from postgresql import Server
from standby import CLERK, PASSWORD, Standby
from test_databases import freeze

#: At one place each: a replica takes a moment to know what its server knows.
WRITABLE = "target_session_attrs=read-write"


@pytest.fixture(scope="module")
def database(postgresql: Server) -> Iterator[str]:
    """A database with a ledger of two events and a freeze, which a role may only read."""
    with postgresql.database() as name:
        with Ledger.open(postgresql.url(name)) as ledger:
            freeze(ledger)
        with postgresql.connect(name) as connection:
            connection.execute("GRANT SELECT ON events, texts TO PUBLIC")
        yield name


@pytest.fixture(scope="module")
def replica(postgresql: Server, database: str) -> Iterator[Standby]:
    """A replica of the server that has the database."""
    with standby.following(postgresql) as started:
        yield started


@pytest.fixture
def dead() -> int:
    """A port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def hosts(database: str, *ports: int, more: str = "") -> str:
    """The URL of a database that is at one of several ports."""
    named = "&".join(f"host=127.0.0.1:{port}" for port in ports)
    return f"postgresql+psycopg://ceosample@/{database}?{named}{more}"


def test_the_first_host_that_takes_writers_is_used(
    database: str, postgresql: Server, replica: Standby, dead: int
) -> None:
    url = hosts(database, dead, replica.server.port, postgresql.port, more=f"&{WRITABLE}")
    with Ledger.open(url) as ledger:
        assert freeze(ledger, 3).kind == "frozen"


def test_a_replica_is_read(
    tmp_path: Path, database: str, replica: Standby, dead: int, postgresql: Server
) -> None:
    """What a monitor or a report asks need not burden the server that is written to."""
    write_months(tmp_path, MONTHS[0])
    url = hosts(database, dead, replica.server.port, postgresql.port)
    configure(tmp_path, ("sqlite:///signoff.db", f"{url}&target_session_attrs=prefer-standby"))
    found = ceosample("status", "--check", folder=tmp_path)
    # The files of a month that another test froze are not in this folder, which status tells.
    assert ("ledger ok: INTACT" in found.out, found.err) == (True, "")
    with Ledger.open(replica.server.url(database)) as ledger:
        with pytest.raises(CeosampleError, match="ledger: "):
            freeze(ledger, 4)
        assert ledger.check().ok


def test_a_place_is_named_by_its_hosts(database: str, replica: Standby, dead: int) -> None:
    with pytest.raises(CeosampleError) as refusal:
        Ledger.open(hosts("nowhere", dead, dead, more="&connect_timeout=3"))
    assert "does not answer" in str(refusal.value)
    with Ledger.open(hosts(database, replica.server.port)) as ledger:
        assert repr(ledger) == f"<Ledger {database} at 127.0.0.1:{replica.server.port}>"


@pytest.fixture
def secrets(tmp_path: Path, replica: Standby, database: str) -> dict[str, str]:
    """An environment with a service file and a password file."""
    (tmp_path / "service.conf").write_text(
        f"[signoff]\nhost=127.0.0.1\nport={replica.server.port}\nuser={CLERK}\n"
        f"dbname={database}\nsslmode=verify-full\nsslrootcert={replica.authority}\n",
        "utf-8",
    )
    passwords = tmp_path / "passwords"
    passwords.touch(0o600)
    passwords.write_text(f"127.0.0.1:*:*:{CLERK}:{PASSWORD}\n", "utf-8")
    return {
        **os.environ,
        "PGSERVICEFILE": str(tmp_path / "service.conf"),
        "PGPASSFILE": str(passwords),
    }


def test_a_service_a_password_file_and_tls(
    tmp_path: Path,
    secrets: dict[str, str],
    database: str,
    replica: Standby,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The configuration names the service alone; TLS is checked against the authority."""
    for name in ("PGSERVICEFILE", "PGPASSFILE"):
        monkeypatch.setenv(name, secrets[name])
    with Ledger.open("postgresql+psycopg://?service=signoff", create=False) as ledger:
        assert "the service signoff" in repr(ledger)
        with ledger._store.transaction() as connection:
            driver = connection.connection.dbapi_connection
            assert driver is not None
            assert driver.pgconn.ssl_in_use
            assert driver.info.user == CLERK
    port, authority = replica.server.port, replica.authority
    clerk = f"postgresql+psycopg://{CLERK}@127.0.0.1:{port}/{database}"
    for more in ("sslmode=require", f"sslmode=verify-full&sslrootcert={authority}"):
        Ledger.open(f"{clerk}?{more}", create=False).close()
    for more, words in (
        ("sslmode=disable", "no encryption"),
        (f"sslmode=verify-full&sslrootcert={tmp_path / 'none.pem'}", "root certificate file"),
        ("password=hunter2", "password authentication failed"),
    ):
        with pytest.raises(CeosampleError, match=words) as refusal:
            Ledger.open(f"{clerk}?{more}", create=False)
        assert "hunter2" not in str(refusal.value)


def test_a_replica_that_was_promoted_is_written_to(
    database: str, replica: Standby, dead: int
) -> None:
    """Fail-over: the same URL, and the ledger that is open goes on. It is the last test of this
    replica, which is one no more."""
    url = hosts(database, dead, replica.server.port)
    with Ledger.open(url) as ledger:
        head = ledger.head
        with replica.server.connect() as connection:
            assert connection.execute("SELECT pg_promote(true, 600)").fetchone() == (True,)
        freeze(ledger, 5)
        assert ledger.head != head
        with Ledger.open(f"{url}&{WRITABLE}") as again:
            assert again.head == ledger.head
            assert again.check().ok
