"""A replica of the tests' PostgreSQL server, with TLS and a role that needs a password."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

import postgresql
from postgresql import Server

#: Who may come over TLS alone, and with this password.
CLERK, PASSWORD = "clerk", "marmalade"

_RULES = f"""\
hostssl all {CLERK} 127.0.0.1/32 scram-sha-256
host all ceosample 127.0.0.1/32 trust
"""


@attrs.frozen
class Standby:
    """A replica that is running.

    Attributes:
        server: the replica.
        authority: the file of the certificate that its own leads to.
    """

    server: Server
    authority: Path


@contextlib.contextmanager
def following(primary: Server) -> Iterator[Standby]:
    """Start a replica of a server in a temporary folder, and stop it afterwards."""
    user = postgresql.ordinary_user()
    start = postgresql.as_user(user)
    folder = Path(tempfile.mkdtemp(prefix="ceosample-standby-"))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        with primary.connect() as connection:
            connection.execute(f"CREATE ROLE {CLERK} LOGIN PASSWORD '{PASSWORD}'".encode())
        subprocess.run(
            [*start, str(postgresql.find("pg_basebackup")), "--pgdata", str(folder / "data"),
             "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
             "--dbname", f"host=127.0.0.1 port={primary.port} user=ceosample"],
            check=True, cwd=folder,
        )  # fmt: skip
        authority = _certify(folder / "data")
        (folder / "data" / "pg_hba.conf").write_text(_RULES, "utf-8")
        if user is not None:
            for name in ("server.crt", "server.key"):
                os.chown(folder / "data" / name, user.pw_uid, user.pw_gid)
        program = str(postgresql.find("postgres"))
        with postgresql.started(start, program, folder, "-c", "ssl=on") as server:
            yield Standby(server, authority)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with primary.connect() as connection:
            connection.execute(f"DROP ROLE IF EXISTS {CLERK}".encode())


def _certify(data: Path) -> Path:
    """Give a server a certificate of its own for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "standby")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (data / "server.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    (data / "server.key").touch(0o600)
    (data / "server.key").write_bytes(secret)
    return data / "server.crt"
