"""Figures and tables for people: plain text for a terminal, HTML for a notebook."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from html import escape

_ALIGN = {"l": "left", "r": "right"}


def stratum_words(stratum: Sequence[str]) -> str:
    """A stratum as people read it; the one without values is everything."""
    return " / ".join(stratum) or "all"


def of(count: int, total: int, what: str) -> str:
    """A count with its denominator.

    >>> of(12, 886, "eligible responses")
    '12 of 886 eligible responses (1.4 %)'
    """
    share = f" ({percent(Fraction(count, total))})" if total else ""
    return f"{count} of {total} {what}{share}"


def percent(share: Fraction) -> str:
    """An exact share to one decimal: ``68.3 %``."""
    return f"{decimal(share * 100)} %"


def decimal(value: Fraction, places: int = 1) -> str:
    """An exact fraction, 0 or more, in decimals, halves to even: no float is involved.

    >>> decimal(Fraction(2, 3)), decimal(Fraction(1, 30), 2)
    ('0.7', '0.03')
    """
    whole, rest = divmod(round(value * 10**places), 10**places)
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
    caption: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    align: str,
    notes: Sequence[str] = (),
) -> str:
    """The same as HTML, every cell escaped, readable on a light page and a dark one.

    ``notes`` are sentences below the table.
    """
    sides = [f' style="text-align:{_ALIGN[side]}"' for side in align]
    head = "".join(
        f'<th scope="col"{side}>{escape(cell)}</th>'
        for cell, side in zip(header, sides, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{side}><bdi>{escape(cell)}</bdi></td>"
            for cell, side in zip(row, sides, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<table><caption style="text-align:left">{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        + "".join(f"<p>{escape(note)}</p>" for note in notes)
    )


def _padded(cell: str, width: int, side: str) -> str:
    space = " " * (width - _width(cell))
    return space + cell if side == "r" else cell + space


def _width(text: str) -> int:
    """The cells that a terminal gives to ``text``: wide letters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
