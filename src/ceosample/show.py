"""Figures and tables for people: plain text for a terminal, HTML for a notebook."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import floor
from typing import TYPE_CHECKING, Any, Final

from ceosample.errors import PlanError
from ceosample.got import got
from ceosample.rational import Rational, as_fraction
from ceosample.text import printable

if TYPE_CHECKING:
    import jinja2

#: Out of fewer, a count is printed without its percentage: one letter more would move it by points.
FEWEST_FOR_PERCENT: Final = 30

#: The most decimals of a percentage.
_MOST_PLACES: Final = 6


def stratum_words(stratum: Sequence[str]) -> str:
    """A stratum as people read it; the one without values is everything."""
    return " / ".join(stratum) or "all"


def ratio_text(count: int, total: int, what: str, *, always: bool = False) -> str:
    """A count with its denominator, and its percentage where there are enough for one.

    >>> ratio_text(12, 886, "eligible responses")
    '12 of 886 eligible responses (1.4 %)'
    >>> ratio_text(7, 12, "letters due")
    '7 of 12 letters due'
    """
    share = share_text(count, total, always=always)
    return f"{count} of {total} {what}{share and f' ({share})'}"


def share_text(count: int, total: int, *, always: bool = False) -> str:
    """A count as a percentage; empty where it is out of fewer than ``FEWEST_FOR_PERCENT``.

    ``always`` prints the percentage of fewer too, but not of nothing.
    """
    enough = total >= (1 if always else FEWEST_FOR_PERCENT)
    return percent(Fraction(count, total)) if enough else ""


def percent(share: Rational) -> str:
    """A share of 0 or more as a percentage; ``0 %`` and ``100 %`` are exact.

    It has one decimal, and more where one would not do: below 1 % two digits that count, next to
    100 % as many as show that it is not 100 %.

    >>> percent(Fraction(41, 60)), percent(Fraction(3, 380)), percent(Fraction(1999, 2000))
    ('68.3 %', '0.79 %', '99.95 %')
    >>> percent(Fraction(0)), percent(Fraction(1)), percent(Fraction(1, 10**12))
    ('0 %', '100 %', 'under 0.000001 %')

    Raises:
        PlanError: no number, or one below 0.
    """
    value = as_fraction(share, "share") * 100
    if value < 0:
        raise PlanError(f"share: {got(share)}; give a number of 0 or more")
    if value in (0, 100):
        return f"{value} %"
    finest = Fraction(1, 10**_MOST_PLACES)
    if value < finest:
        return f"under {decimal(finest, _MOST_PLACES)} %"
    if abs(100 - value) < finest:
        return f"over {decimal(100 - finest, _MOST_PLACES)} %" if value < 100 else "over 100 %"
    places = 1
    while places < _MOST_PLACES and min(value / 10, abs(100 - value)) * 10**places < 1:
        places += 1
    return f"{decimal(value, places)} %"


def decimal(value: Fraction, places: int = 1) -> str:
    """An exact fraction, 0 or more, in decimals, a half rounded up: no float is involved.

    What is not 0 is not printed as 0: it gets the places that its first digit needs.

    >>> decimal(Fraction(2, 3)), decimal(Fraction(25, 4)), decimal(Fraction(1, 300))
    ('0.7', '6.3', '0.003')
    """
    while value and value * 10**places < Fraction(1, 2):
        places += 1
    whole, rest = divmod(floor(value * 10**places + Fraction(1, 2)), 10**places)
    return f"{whole}.{rest:0{places}}"


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """A table in columns, two spaces apart; ``align`` has a letter a column, ``l`` or ``r``.

    >>> print(text_table(["division", "n"], [["Cards", "3"], ["Mortgages", "12"]], "lr"))
    division    n
    Cards       3
    Mortgages  12
    """
    grid = [list(header), *(list(row) for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*grid, strict=True)]
    lines = (
        "  ".join(
            _padded(cell, width, side) for cell, width, side in zip(row, widths, align, strict=True)
        )
        for row in grid
    )
    return "\n".join(line.rstrip() for line in lines)


def html_table(
    title: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    align: str,
    notes: Sequence[str] = (),
) -> str:
    """The same as HTML, everything in it escaped, readable on a light page and a dark one.

    ``notes`` are sentences below the table.
    """
    return _html(title, header=header, rows=rows, align=align, notes=notes)


def text_fields(title: str, facts: Sequence[tuple[str, str]]) -> str:
    """What can be said of a value, a name and its words a line; a terminal obeys none of it.

    >>> print(text_fields("Seed from dice", [("value", "83019"), ("witnesses", "internal audit")]))
    Seed from dice
      value      83019
      witnesses  internal audit
    """
    width = max((_width(name) for name, _ in facts), default=0)
    lines = (f"  {_padded(name, width, 'l')}  {printable(words)}" for name, words in facts)
    return "\n".join([printable(title), *lines])


def html_facts(title: str, facts: Sequence[tuple[str, str]], notes: Sequence[str] = ()) -> str:
    """The fields as HTML, escaped as in :func:`html_table`."""
    return _html(title, facts=facts, notes=notes)


def exact_percent(share: Fraction) -> str:
    """A share as a percentage with all the decimals that it has.

    >>> exact_percent(Fraction(19, 20)), exact_percent(Fraction(1, 200))
    ('95 %', '0.5 %')
    """
    hundred = share * 100
    exact = Decimal(hundred.numerator) / Decimal(hundred.denominator)
    return f"{exact.normalize():f} %"


class Described:
    """A value that shows itself as a title and its fields, one a line."""

    __slots__ = ()

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        """The title; names and words."""
        raise NotImplementedError

    def __str__(self) -> str:
        return text_fields(*self._facts())

    def _repr_html_(self) -> str:
        return html_facts(*self._facts())


def _html(title: str, **parts: Any) -> str:
    absent: dict[str, Any] = {"header": (), "facts": (), "rows": (), "notes": ()}
    return _template().render(absent | parts, title=title)


@cache
def _template() -> jinja2.Template:
    # For notebooks alone: the command prints text.
    from importlib import resources

    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    text = resources.files("ceosample").joinpath("show.html").read_text("utf-8")
    return environment.from_string(text)


def _padded(cell: str, width: int, side: str) -> str:
    space = " " * (width - _width(cell))
    return space + cell if side == "r" else cell + space


def _width(text: str) -> int:
    """The cells that a terminal gives to ``text``: wide letters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
