"""URLs of databases in a configuration: relative files, and passwords that are not repeated."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_FILE: Final = re.compile(r"sqlite(?:\+pysqlite)?:///(.+)", re.S)

#: A URL that is one beyond doubt. SQLAlchemy is asked about any other, and takes a while to load:
#: commands that open no ledger do without it.
_PLAIN_FILE: Final = re.compile(r"sqlite:///[\w./-]+", re.A)


def without_password(url: str | None) -> str:
    """A URL for a repr: what could be a password does not stand in it."""
    if url is None:
        return repr(url)
    return repr(re.sub(r"//.*@|\?.*", lambda found: "//***@" if "@" in found[0] else "?***", url))


def url_in(home: Path, url: str) -> str | URL:
    """A URL whose file of SQLite, if it is one, is relative to a folder."""
    file = _FILE.fullmatch(url)
    if file is None:
        return url
    from sqlalchemy.engine import URL

    # Made of its parts, since a folder's name may hold what means something in a URL.
    return URL.create("sqlite", database=str(home / file[1]))


def is_url(value: Any) -> bool:
    """Whether it is a URL as SQLAlchemy reads them."""
    if _is_plain_file(value):
        return True
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return isinstance(value, str) and bool(make_url(value).drivername)
    except (ArgumentError, ValueError):
        return False


def is_lasting_url(value: Any) -> bool:
    """Whether it is one, and what is written there is still there after the run."""
    if _is_plain_file(value):
        return True
    if not is_url(value):
        return False
    from sqlalchemy.engine import make_url

    url = make_url(value)
    return url.get_backend_name() != "sqlite" or bool(url.database)


def _is_plain_file(value: Any) -> bool:
    return isinstance(value, str) and _PLAIN_FILE.fullmatch(value) is not None
