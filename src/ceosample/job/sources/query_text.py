"""Where in a query's text a parameter is one: outside of comments, literals and quoted names.

What these look like is another thing in each database, so that the dialect is asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

import attrs

_PARAMETER: Final = re.compile(r"(?<![:\w$\\]):([A-Za-z_]\w*)(?P<cast>\s*::)?")

#: A slice of an array, which SQLAlchemy would take for a parameter: ``days[:2]``.
_SLICE: Final = re.compile(r"(?<![:\w\\]):(\d\w*)(?![:\w])")

#: What SQLAlchemy takes for a parameter, wherever it stands.
_TAKEN_FOR_ONE: Final = re.compile(r"(?<![:\w\\]):(\w+)(?![:\w])")

#: The same, as it stands.
_MARKED: Final = r"\\\g<0>"

_BACKSLASHES: Final = frozenset(
    {"mysql", "mariadb", "bigquery", "databricks", "spark", "hive", "snowflake", "clickhouse"}
)
_BACKTICKS: Final = _BACKSLASHES - {"snowflake"} | {"sqlite"}
_BRACKETS: Final = frozenset({"mssql", "sqlite"})
_DOLLARS: Final = frozenset(
    {"postgresql", "cockroachdb", "redshift", "duckdb", "snowflake", "databricks"}
)
_NESTED: Final = frozenset({"postgresql", "cockroachdb", "redshift", "duckdb", "mssql"})

#: Who does not read ``x::date``.
_NO_CASTS: Final = frozenset(
    {"sqlite", "mysql", "mariadb", "oracle", "mssql", "bigquery", "trino", "presto", "ibm_db_sa"}
)


@attrs.frozen
class QueryText:
    """A query as SQLAlchemy reads it.

    Attributes:
        text: the query, in which what is no parameter is marked as such.
        names: the names of its parameters, each once.
        cast: the first parameter that is cast by ``::`` where the database knows no such cast.
    """

    text: str
    names: tuple[str, ...]
    cast: str | None = None


def read_query(text: str, dialect: str, known: Collection[str]) -> QueryText:
    """Find a query's parameters.

    Args:
        text: the query.
        dialect: the name of the database's dialect.
        known: the parameters that there are; one of them may be cast by ``::``.

    >>> read_query("SELECT ':a', :day::date -- :b", "postgresql", ["day"])
    QueryText(text="SELECT '\\\\:a', (:day)::date -- \\\\:b", names=('day',), cast=None)
    """
    names: dict[str, None] = {}
    casts: list[str] = []

    def taken(found: re.Match[str]) -> str:
        names[found[1]] = None
        if found["cast"] is None or found[1] not in known:
            return found[0]
        casts.append(found[1])
        return f"(:{found[1]}){found['cast']}"  # SQLAlchemy reads no parameter before a colon

    parts = [
        _SLICE.sub(_MARKED, _PARAMETER.sub(taken, part))
        if is_code
        else _TAKEN_FOR_ONE.sub(_MARKED, part)
        for part, is_code in _parts(text, dialect)
    ]
    cast = casts[0] if casts and dialect in _NO_CASTS else None
    return QueryText("".join(parts), tuple(names), cast)


def _parts(text: str, dialect: str) -> Iterator[tuple[str, bool]]:
    """The parts of a text, one behind the other, and whether each is code."""
    start = 0
    begins = _quoted(dialect)
    while found := begins.search(text, start):
        yield text[start : found.start()], True
        end = found.end()
        if found.lastgroup == "comment":
            end = _end_of_comment(text, found.start(), nested=dialect in _NESTED)
        yield text[found.start() : end], False
        start = end
    yield text[start:], True


def _quoted(dialect: str) -> re.Pattern[str]:
    """What begins with a comment, or is a literal or a quoted name whole; one not closed too."""
    escaped = r"(?:[^'\\]|\\.|'')*(?:'|\Z)"
    plain = r"(?:[^']|'')*(?:'|\Z)"
    forms = [r"(?P<comment>/\*)", r"--[^\n]*", r'"(?:[^"]|"")*(?:"|\Z)']
    if dialect in _BACKSLASHES:
        forms[2] = r'"(?:[^"\\]|\\.|"")*(?:"|\Z)'
    if dialect in ("mysql", "mariadb"):
        forms[1] = r"(?:--(?=\s|\Z)|\#)[^\n]*"
    if dialect == "oracle":
        forms.append(r"[qQ]'(?:\[.*?\]|\{.*?\}|\(.*?\)|<.*?>|(?P<mark>[^\s\[{(<]).*?(?P=mark))'")
    if dialect in _DOLLARS:
        forms += [rf"(?<![\w$])[eE]'{escaped}", r"(?<![\w$])\$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z)"]
    forms.append("'" + (escaped if dialect in _BACKSLASHES else plain))
    if dialect in _BACKTICKS:
        forms.append(r"`[^`]*(?:`|\Z)")
    if dialect in _BRACKETS:
        forms.append(r"\[(?:[^\]]|\]\])*(?:\]|\Z)")
    return re.compile("|".join(forms), re.S)


def _end_of_comment(text: str, start: int, *, nested: bool) -> int:
    """The place behind a comment; the end of the text where it is not closed."""
    depth = 0
    for mark in re.finditer(r"/\*|\*/", text[start:]):
        depth += (1 if nested or mark.start() == 0 else 0) if mark[0] == "/*" else -1
        if depth == 0:
            return start + mark.end()
    return len(text)
