"""What engines say differently in SQL, in one table; all else is the same text for each."""

from __future__ import annotations

from functools import reduce
from typing import Final

import attrs

from ceosample.sampling.ticket import TICKETS

#: The blank and ASCII's control characters, which no quotation mark is among.
_INVISIBLE: Final = "".join(map(chr, [*range(0x21), 0x7F]))


@attrs.frozen
class Dialect:
    """How an engine says what others say otherwise. Texts with holes are filled by ``format``.

    Attributes:
        name: the engine, for messages.
        text: a column as text that compares by its bytes, whatever the column's collation is.
        plain: the same of a column that is text already.
        ticket: the ticket of a unit under a key and its comma.
        odd: whether a unit holds anything but ASCII's visible characters, which Python looks at.
        octets: the length of a text in bytes of UTF-8.
        digits_are_bytes: whether a ticket is 32 bytes here, or 64 hexadecimal digits.
        quote: what stands around a name, and twice for one within it.
        marker: what stands for the value of a number.
        unicode: whether a text is one in Unicode, where an engine takes others in; else empty.
        own: what stands before a function's name, so that it is the engine's own: a database can
            hold functions of the same names, and whoever wrote it could decide who is drawn.
        joined: two texts as one.
        contains: whether a text has a comma, or a quotation mark, in it.
    """

    name: str
    text: str
    plain: str
    ticket: str
    odd: str
    octets: str
    digits_are_bytes: bool
    quote: str = '"'
    marker: str = "${}"
    unicode: str = ""
    own: str = ""
    joined: str = "{} || {}"
    contains: str = "{text} LIKE '%{part}%'"

    def join(self, *texts: str) -> str:
        """Texts one behind the other.

        >>> SPARK.join("a", "','", "b")
        "a || ',' || b"
        """
        return reduce(self.joined.format, texts)

    def quoted(self, name: str) -> str:
        """An identifier in SQL, whatever it holds.

        >>> print(DUCKDB.quoted('a"; DROP TABLE responses; --'))
        "a""; DROP TABLE responses; --"
        """
        return self.quote + name.replace(self.quote, 2 * self.quote) + self.quote

    def bound(self, number: int) -> str | bytes:
        """What tickets are compared with: they are below it as numbers and as the engine's values.

        >>> DUCKDB.bound(TICKETS)  # above every digit
        'g'
        """
        if number >= TICKETS:
            return b"\xff" * 33 if self.digits_are_bytes else "g"
        digits = f"{number:064x}"
        return bytes.fromhex(digits) if self.digits_are_bytes else digits


DUCKDB: Final = Dialect(
    name="DuckDB",
    # A column's collation, or default_collation, would merge strata and change the order.
    text="CAST({} AS VARCHAR) COLLATE C",
    plain="{} COLLATE C",
    ticket='system.main.sha256(system.main."||"({key}, {unit}))',
    odd="system.main.regexp_matches({}, '[^!-~]')",
    octets="system.main.strlen({})",
    digits_are_bytes=False,
    own="system.main.",
    joined='system.main."||"({}, {})',
    contains="system.main.contains({text}, '{part}')",
)

POSTGRESQL: Final = Dialect(
    name="PostgreSQL",
    text='CAST({} AS pg_catalog.text) COLLATE "C"',
    # A cast even so, which costs nothing: PostgreSQL's own operators are those of text, and one of
    # somebody's for varchar or a domain would be taken before them.
    plain='CAST({} AS pg_catalog.text) COLLATE "C"',
    # A cast to bytea would read a backslash as an escape; convert_to does not.
    ticket="pg_catalog.sha256(pg_catalog.convert_to({key} || {unit}, 'UTF8'))",
    odd="{} ~ '[^!-~]'",
    octets="pg_catalog.octet_length({})",
    digits_are_bytes=True,
    own="pg_catalog.",
)

DATAFUSION: Final = Dialect(
    name="DataFusion",
    text="CAST({} AS VARCHAR)",
    plain="{}",  # a cast would copy every text
    # concat() would take a null for nothing and hash the key alone; || gives null.
    ticket="sha256({key} || {unit})",
    # Half the time of a regular expression: what is not visible, or not ASCII.
    odd="(translate({0}, '" + _INVISIBLE + "', '') <> {0} "
    "OR octet_length({0}) <> character_length({0}))",
    octets="octet_length({})",
    digits_are_bytes=True,
)

SPARK: Final = Dialect(
    name="Spark",
    text="CAST({} AS STRING COLLATE UTF8_BINARY)",
    plain="{}",  # a column of another collation is not text here
    ticket="sha2({key} || {unit}, 256)",
    odd="{} RLIKE '[^!-~]'",
    octets="octet_length({})",
    digits_are_bytes=False,
    quote="`",
    marker=":v{}",
    # It takes any bytes for text. For a lone surrogate of Python's it has put U+FFFD already.
    unicode="(is_valid_utf8({0}) AND position('\ufffd' IN {0}) = 0)",
)
