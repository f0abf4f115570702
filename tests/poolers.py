"""A PgBouncer of the tests' own before their PostgreSQL server: on loopback, for a while."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import psycopg

import postgresql
from needed import PATIENCE
from postgresql import Server

#: How a pooler hands out the server's connections: for a transaction, or for a session.
MODES = ("transaction", "session")


def find() -> str | None:
    """The path of PgBouncer, which Debian keeps with the administrator's programs."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@attrs.frozen
class Pooler:
    """A PgBouncer that is running.

    Attributes:
        port: where it listens, on 127.0.0.1.
        mode: how it hands out connections.
    """

    port: int
    mode: str

    def url(self, database: str) -> str:
        """The URL of a database behind it."""
        return f"postgresql+psycopg://ceosample@127.0.0.1:{self.port}/{database}"


@contextlib.contextmanager
def running(program: str, server: Server, mode: str) -> Iterator[Pooler]:
    """Start a pooler in a temporary folder, and stop it afterwards."""
    user = postgresql.ordinary_user()  # PgBouncer refuses root, as initdb does
    folder = Path(tempfile.mkdtemp(prefix="ceosample-pgbouncer-"))
    try:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        file = folder / "pgbouncer.ini"
        # Two connections for all clients of a database: what one leaves behind, another meets.
        file.write_text(
            "[databases]\n"
            f"* = host=127.0.0.1 port={server.port} user=ceosample\n"
            "[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = any\npool_mode = {mode}\ndefault_pool_size = 2\nmax_client_conn = 200\n",
            "utf-8",
        )
        if user is not None:
            for path in (folder, file):
                os.chown(path, user.pw_uid, user.pw_gid)
        with (folder / "log").open("wb") as output:
            process = subprocess.Popen(
                [*postgresql.as_user(user), program, str(file)],
                cwd=folder, stdout=output, stderr=output,
            )  # fmt: skip
        try:
            _wait(port, process, folder / "log")
            yield Pooler(port, mode)
        finally:
            process.kill()
            process.wait(PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(
                host="127.0.0.1", port=port, user="ceosample", dbname="postgres",
                connect_timeout=PATIENCE,
            ).close()  # fmt: skip
            return
        time.sleep(0.05)
    raise RuntimeError(f"PgBouncer did not start: {log.read_text('utf-8', 'replace')[-2000:]}")
