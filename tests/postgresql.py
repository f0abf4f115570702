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
        """The name of a fresh database, a copy of another one; it goes afterwards."""
        name = f"test_{next(self._numbers)}"
        names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
        with self.connect() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names)
            )
        try:
            yield name
        finally:
            with self.connect() as connection:
                connection.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))


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
                 "-c", "fsync=off", "-c", "log_min_messages=fatal", *more],
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
