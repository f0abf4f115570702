"""A PostgreSQL server of the tests' own: from the installed binaries, on loopback, for a while."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs
import psycopg
from psycopg import sql

from needed import PATIENCE


def find(program: str) -> str | None:
    """The path of a server's program; Debian keeps them off the path, a folder a version."""
    found = shutil.which(program)
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=_version)
    return found or (str(kept[-1]) if kept else None)


def _version(path: Path) -> int:
    name = path.parts[4]
    return int(name) if name.isdecimal() else 0


def ordinary_user() -> pwd.struct_passwd | None:
    """Whom to run it as: initdb refuses root. None if we are ordinary ourselves."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres")
    return pwd.getpwnam("nobody")


#: To empty a database: whoever is connected goes, then every schema; the usual one is made again.
_CUT_OFF: Final = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_SCHEMAS: Final = """SELECT nspname FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"""
_PUBLIC: Final = """CREATE SCHEMA public AUTHORIZATION pg_database_owner;
    GRANT USAGE ON SCHEMA public TO PUBLIC"""

#: What no schema holds: settings and rights of the database, and what is made in it as a whole.
_AS_NEW: Final = """SELECT datacl IS NULL
    AND NOT EXISTS (SELECT FROM pg_db_role_setting WHERE setdatabase = d.oid)
    AND NOT EXISTS (SELECT FROM pg_default_acl)
    AND NOT EXISTS (SELECT FROM pg_event_trigger)
    AND NOT EXISTS (SELECT FROM pg_largeobject_metadata)
    AND NOT EXISTS (SELECT FROM pg_publication)
    AND (SELECT count(*) FROM pg_extension) = 1
    AND current_setting('server_version_num')::int >= 150000
    FROM pg_database d WHERE datname = current_database()"""


@attrs.define
class Server:
    """A server that is running.

    Attributes:
        port: where it listens, on 127.0.0.1.
        process: the server itself.
    """

    port: int
    process: subprocess.Popen[bytes]
    _numbers: Iterator[int] = attrs.field(factory=lambda: itertools.count(1))
    _empty: list[str] = attrs.field(factory=list)

    def url(self, database: str, *, user: str = "ceosample") -> str:
        """The URL of a database."""
        return f"postgresql+psycopg://{user}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A plain connection that commits each statement."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="ceosample",
            dbname=database,
            autocommit=True,
            connect_timeout=PATIENCE,
        )

    @contextlib.contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The name of a fresh database, a copy of another one; nobody has it afterwards.

        One with nothing in it is emptied and used again: to make one and to drop it costs the
        server four times as much, for each of some hundred tests.
        """
        plain = template == "template1"
        name = self._empty.pop() if plain and self._empty else self._made(template)
        try:
            yield name
        finally:
            if plain and self._emptied(name):
                self._empty.append(name)
            else:
                with self.connect() as connection:
                    drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
                    connection.execute(drop.format(sql.Identifier(name)))

    def _made(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with self.connect() as connection:
            connection.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _emptied(self, name: str) -> bool:
        """Drop all that is in a database; whether it then is as it was when it was new."""
        try:
            with self.connect(name) as connection:
                connection.execute(_CUT_OFF)
                schemas = [schema for (schema,) in connection.execute(_SCHEMAS)]
                drop = sql.SQL("DROP SCHEMA {} CASCADE")
                for schema in schemas:
                    connection.execute(drop.format(sql.Identifier(schema)))
                connection.execute(_PUBLIC)
                return connection.execute(_AS_NEW).fetchone() == (True,)
        except psycopg.Error:
            return False


@contextlib.contextmanager
def running(initdb: str, postgres: str) -> Iterator[Server]:
    """Start a server in a temporary folder, and stop it afterwards."""
    user = ordinary_user()
    folder = Path(tempfile.mkdtemp(prefix="ceosample-postgresql-"))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        start = as_user(user)
        subprocess.run(
            [*start, initdb, "--pgdata", str(folder / "data"), "--username=ceosample",
             "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
            check=True, cwd=folder, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        with started(start, postgres, folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def as_user(user: pwd.struct_passwd | None) -> list[str]:
    """What makes a command an ordinary user's, and end when we are killed."""
    if shutil.which("setpriv") is None:
        return []
    start = ["setpriv", "--pdeathsig", "INT"]
    if user is None:
        return start
    return [*start, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


@contextlib.contextmanager
def started(as_user: list[str], postgres: str, folder: Path, *more: str) -> Iterator[Server]:
    """Start a server on what is in a folder's ``data``, and stop it afterwards."""
    log = folder / "log"
    for _ in range(3):  # another program may take the port in the moment between
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*as_user, postgres, "-D", str(folder / "data"), "-p", str(port),
                 "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                 # Tests kill writers and never the machine, so nothing waits for the disk.
                 "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "autovacuum=off",
                 "-c", "log_min_messages=fatal", *more],
                cwd=folder, stdout=output, stderr=output,
            )  # fmt: skip
        server = Server(port, process)
        try:
            if _is_up(server):
                yield server
                return
        finally:
            _stop(process)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text('utf-8', 'replace')[-2000:]}")


def _is_up(server: Server) -> bool:
    until = time.monotonic() + PATIENCE
    while server.process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(psycopg.OperationalError):
            server.connect().close()
            return True
        time.sleep(0.05)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)  # "fast": whoever is connected is cut off
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(PATIENCE)
