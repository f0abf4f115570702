"""What a database's error means for whoever runs this: the one table of SQLSTATEs, codes and words.

The reason of an error says whether to try again (75), to correct how it is set up (78), or neither.
A server tells an SQLSTATE once it let a client in; before, libpq has words alone.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Final

#: SQLSTATEs of PostgreSQL, or the classes that they begin with, by reason. The longest one counts.
_STATES: Final[Mapping[str, str]] = {
    # Another session has what is wanted, or the server chose this one to begin again.
    "40": "database-busy",
    "55P03": "database-busy",
    "55006": "database-busy",
    "57014": "database-busy",
    # The server is full, starting up or shutting down.
    "53": "database-away",
    "53100": "disk-full",
    "57P03": "database-away",
    # The connection ended on the way.
    "08": "database-lost",
    "25P03": "database-lost",
    "25P04": "database-lost",
    "57P01": "database-lost",
    "57P02": "database-lost",
    "57P05": "database-lost",
    # A standby, which another server's place is to be taken by, or was taken from.
    "25006": "database-standby",
    # It lets us not in, or not do what we must.
    "28": "database-password",
    "3D000": "database-missing",
    "57P04": "database-missing",
    "3F000": "database-missing",
    "42501": "database-rights",
    "0L": "database-rights",
    "0P": "database-rights",
    # What it holds is damaged.
    "XX001": "ledger-damaged",
    "XX002": "ledger-damaged",
}

#: Results of SQLite by reason; https://www.sqlite.org/rescode.html
_CODES: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_BUSY: "database-busy",
    sqlite3.SQLITE_LOCKED: "database-busy",
    sqlite3.SQLITE_FULL: "disk-full",
    sqlite3.SQLITE_IOERR: "disk",
    sqlite3.SQLITE_CORRUPT: "ledger-damaged",
    sqlite3.SQLITE_PERM: "database-rights",
    sqlite3.SQLITE_READONLY: "database-rights",
    sqlite3.SQLITE_CANTOPEN: "database-rights",
}

#: What a server or libpq says where there is no SQLSTATE, by reason: the first that fits counts.
_WORDS: Final = tuple(
    (re.compile(words, re.IGNORECASE), reason)
    for words, reason in (
        # A connection of SSL that is cut off is no trouble with SSL.
        (r"SSL SYSCALL|SSL connection has been closed", "database-lost"),
        (r"server closed the connection|connection reset", "database-lost"),
        (r"broken pipe|terminating connection|could not receive", "database-lost"),
        (r"during recovery|read-only|hot standby", "database-standby"),
        (r"connection refused|timeout|timed out|time out", "database-away"),
        (r"starting up|shutting down|not yet accepting|in recovery mode", "database-away"),
        (r"too many (clients|connections)|connection slots|connection limit", "database-away"),
        (r"no more connections allowed|server_login_retry|server is down", "database-away"),
        (r"resolve|translate host name|name resolution|name or service", "database-away"),
        (r"network is unreachable|no route to host|host is down", "database-away"),
        (r"no such file or directory\s+is the server running", "database-away"),
        (r"pg_hba|password|authentication", "database-password"),
        (r"role .* does not exist|no such user", "database-password"),
        (r"database .* does not exist|no such database", "database-missing"),
        (r"permission denied|must be owner|not permitted", "database-rights"),
        (r"\bSSL\b|\bTLS\b|certificate|private key", "database-ssl"),
    )
)  # fmt: skip

#: How a refusal begins that libpq makes before there is a connection.
_NOT_CONNECTED: Final = re.compile(r"connection (failed|to server|is bad)|FATAL:", re.IGNORECASE)


def reason_of(error: BaseException | None, said: str, *, lost: bool = False) -> str | None:
    """The reason of a database's error; None where it is about what was asked.

    Args:
        error: the driver's error.
        said: all of its words.
        lost: whether the connection is known to be broken.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, sqlite3.Error):
        return _CODES.get((code or 0) & 0xFF)
    state = getattr(error, "sqlstate", None) or ""
    found = next((_STATES[state[:n]] for n in (5, 2) if state[:n] in _STATES), None)
    if found is None and "during recovery" in said:
        found = "database-standby"  # to SET TRANSACTION READ WRITE, which has another SQLSTATE
    if found is None and not state:
        found = next((reason for words, reason in _WORDS if words.search(said)), None)
    if found is None and lost:
        return "database-lost"
    if found is None and not state and _is_about_connecting(error, said):
        return "database-settings"
    return found


def _is_about_connecting(error: BaseException | None, said: str) -> bool:
    """Whether it was refused before there was a session: nothing was asked yet."""
    kind = type(error)
    return kind.__module__.startswith("psycopg") and (
        kind.__name__ == "ProgrammingError" or _NOT_CONNECTED.search(said) is not None
    )
