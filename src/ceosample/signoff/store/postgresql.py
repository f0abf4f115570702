"""What a connection and a transaction of PostgreSQL begin with, also behind a connection pooler.

A pooler may give each transaction another connection of the server, so nothing of ours outlasts a
transaction: no prepared statement, no setting of the session, no lock of the session.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy.engine import URL, Connection

#: The upper half of the writers' advisory lock; the lower half is the schema that holds the book.
_LOCK: Final = 0x43454F  # "CEO"

# The schema that the table is found in or else would be made in, whatever the search path is.
_ONE_WRITER: Final = (
    f"SELECT pg_advisory_xact_lock(({_LOCK}::bigint << 32) | COALESCE("  # noqa: S608
    "(SELECT relnamespace FROM pg_class WHERE oid = to_regclass('events')), "
    "(SELECT oid FROM pg_namespace WHERE nspname = current_schema()))::bigint)"
)

#: A setting as libpq's ``options`` has it: ``-c name=value``, ``-cname=value``, ``--name=value``.
_SETTING: Final = re.compile(r"(?:-c|--)([A-Za-z_][\w.-]*)=(.*)", re.S)

#: The argument of a connection after which no statement is prepared on the server: the name of one
#: would meet another client's there.
NOT_PREPARED: Final[Mapping[str, Any]] = {"prepare_threshold": None}


def connect_args(url: URL, patience: int) -> dict[str, Any]:
    """The arguments of a connection that its URL does not set.

    Args:
        url: the database's.
        patience: how long to wait for the server, in milliseconds.
    """
    defaults = {
        "connect_timeout": patience // 1000,
        "application_name": "ceosample",
        **NOT_PREPARED,
    }
    return {name: value for name, value in defaults.items() if name not in url.query}


def without_settings(url: URL) -> tuple[URL, dict[str, str]]:
    """A URL without the settings of its ``options``, and those, for each transaction.

    Poolers refuse ``options``, or drop them without a word, and then a ledger of a schema would be
    looked for in another. Where they hold more than settings they stay as they are.
    """
    said = url.query.get("options")
    settings = _settings(said) if isinstance(said, str) else None
    if settings is None:
        return url, {}
    return url.difference_update_query(["options"]), settings


def begin(
    connection: Connection, settings: Mapping[str, str], patience: int, *, writing: bool
) -> None:
    """Say what a transaction is, before its first statement, and take the writers' lock.

    Args:
        connection: in a transaction that has just begun.
        settings: what holds in it, by name.
        patience: how long to wait for another writer, in milliseconds.
        writing: whether it writes; a reader sees one moment.
    """
    say: Callable[..., object] = connection.exec_driver_sql
    # Each statement after the lock must see what the writer before committed.
    level = "READ COMMITTED, READ WRITE" if writing else "REPEATABLE READ, READ ONLY"
    say(f"SET TRANSACTION ISOLATION LEVEL {level}")
    for name, value in settings.items():
        say("SELECT set_config(%s, %s, true)", (name, value))
    if not writing:
        return
    say(f"SET LOCAL lock_timeout = {patience}")
    # A server may be set to acknowledge what is not on its disk yet.
    say(
        "SELECT set_config('synchronous_commit', 'on', true) "
        "WHERE current_setting('synchronous_commit') = 'off'"
    )
    say(_ONE_WRITER)


def _settings(options: str) -> dict[str, str] | None:
    """The settings of libpq's ``options``, in which a backslash keeps a blank; None for others."""
    reader = shlex.shlex(options, posix=True)
    reader.whitespace_split, reader.quotes, reader.commenters = True, "", ""
    found = {}
    try:
        words = iter([*reader])
    except ValueError:  # it ends in a backslash
        return None
    for word in words:
        setting = _SETTING.fullmatch(word + next(words, "") if word == "-c" else word)
        if setting is None:
            return None
        found[setting[1].replace("-", "_")] = setting[2]
    return found
