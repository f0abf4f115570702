"""Where a table lives: an engine that is asked over a connection, and a moment that is held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, Protocol, TypeAlias, runtime_checkable

import attrs

from ceosample.errors import CeosampleError, FrameError
from ceosample.text import quoted
from ceosample.warehouse.dialect import Dialect
from ceosample.warehouse.questions import Query

#: Bytes, or what can be hashed and written like them without a copy.
Buffer: TypeAlias = "bytes | memoryview"

#: So many rows come at a time, and no more of them are ever held.
BATCH = 16_384

#: What a column may be; anything else is called what the engine calls it.
TEXT, CODED, INTEGER = "text", "text by codes", "whole numbers"

#: Numbers of which each must be looked at: some may have a digit after the point.
NUMBER = "numbers"


@attrs.frozen
class Files:
    """What an engine tells of the files that it would read.

    Attributes:
        loose: paths of Parquet files or their folders that are read as they lie.
        has_csv: whether a file of CSV is among them.
        has_casts: whether a view makes text of what is read, which may have been a number.
    """

    loose: tuple[str, ...] = ()
    has_csv: bool = False
    has_casts: bool = False


@attrs.frozen
class Block:
    """Neighbouring lines of a file, in the order in which the engine gave them.

    Attributes:
        data: their bytes.
        first, last: the ids of the first and of the last of them.
        ascending: whether each id is above the one before it.
        repeated: ids that stand more than once, next to each other.
    """

    data: Buffer
    first: str
    last: str
    ascending: bool
    repeated: Sequence[str] = ()


def block_of(rows: Sequence[tuple[str, str]]) -> Block:
    """A block of rows of an id and a line."""
    units = [unit for unit, _ in rows]
    # Text in Python compares by code point, which is the order of its UTF-8 bytes.
    ascending = all(a < b for a, b in pairwise(units))
    return Block(
        data="".join(line for _, line in rows).encode(),
        first=units[0],
        last=units[-1],
        ascending=ascending,
        repeated=[] if ascending else [a for a, b in pairwise(units) if a == b],
    )


@contextmanager
def asking(home: Engine, where: str) -> Iterator[None]:
    """Raise what the engine says, when it cannot answer, as a problem of ``where`` on one line.

    Raises:
        FrameError: it could not.
    """
    try:
        yield
    except CeosampleError:
        raise
    except home.errors as error:
        raise FrameError(f"{where}: cannot be asked ({said(error)})") from None


def said(error: Exception) -> str:
    """What an engine says, on one line."""
    return quoted(" ".join(str(error).split()), 200)


def rows(home: Engine, query: Query) -> Iterator[tuple[Any, ...]]:
    """The rows of an answer, fetched as they are taken.

    Raises:
        FrameError: the engine cannot answer.
    """
    with asking(home, "table"):
        yield from home.rows(query)


def blocks(home: Sorting, query: Query) -> Iterator[Block]:
    """The lines of a file, fetched as they are taken.

    Raises:
        FrameError: the engine cannot answer.
    """
    with asking(home, "table"):
        yield from home.blocks(query)


def pieces(home: Cluster, lines: Query, count: int) -> Iterator[tuple[str, bytes]]:
    """The lines of a file by ranges of ids, fetched as they are taken.

    Raises:
        FrameError: the engine cannot answer.
    """
    with asking(home, "table"):
        yield from home.pieces(lines, count)


class Engine(Protocol):
    """An engine and a table's moment in it."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What the engine raises when it cannot answer."""
        ...

    def files(self, query: Query) -> Files:
        """The files that a query would read, as far as the engine tells; it is not run."""
        ...

    def holds(self, table: str) -> bool:
        """Whether nothing in a table, by its quoted name, can change while the moment lasts."""
        ...

    def columns(self, query: Query) -> list[tuple[str, str]]:
        """Name and kind of each column of a query without rows."""
        ...

    def rows(self, query: Query) -> Iterator[tuple[Any, ...]]:
        """The rows of an answer, fetched as they are taken."""
        ...

    def moment(self) -> str | None:
        """The name of the moment that is seen, which changes when it is over; None without one."""
        ...

    def close(self) -> None:
        """End the moment, if it was begun here."""
        ...


class Sorting(Engine, Protocol):
    """One that gives the lines of a file in order, as often as it is asked."""

    @property
    def slice(self) -> int | None:
        """How many bytes of ids and lines are sorted at once; None if not in this process."""
        ...

    def blocks(self, query: Query) -> Iterator[Block]:
        """The lines of a file, fetched as they are taken; the query gives id and line."""
        ...


@runtime_checkable
class Cluster(Engine, Protocol):
    """One of many machines, where to sort a table is dear: it is read once, in pieces."""

    def pieces(self, lines: Query, count: int) -> Iterator[tuple[str, bytes]]:
        """The lowest id of each range of ids and its lines in order; the ranges in any order.

        Args:
            lines: gives id and line.
            count: the number of lines, or about that.
        """
        ...
