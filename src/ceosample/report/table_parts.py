"""The parts that sections are made of, as plain values that both shells print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ceosample.period import Period

Part = dict[str, Any]


def section(
    to: str,
    title: str,
    said: Sequence[str],
    tables: Sequence[Part] = (),
    facts: Sequence[Sequence[str]] = (),
) -> Part:
    """A section; empty sentences and tables without a row are left out."""
    return {
        "id": to,
        "title": title,
        "said": [words for words in said if words],
        "tables": [table for table in tables if table["rows"]],
        "facts": list(facts),
    }


def table(
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    totals: Iterable[Sequence[str]] = (),
    words: Sequence[int] = (),
) -> Part:
    """A table. Its first column names the row; the others hold figures, but for ``words``."""
    return {
        "title": title,
        "header": list(header),
        "rows": [list(row) for row in rows],
        "totals": [list(row) for row in totals],
        "words": [0, *words],
    }


def each(counts: Mapping[str, int], total: int) -> list[list[str]]:
    """A row for each count."""
    return [[name, f"{count} of {total}"] for name, count in counts.items()]


def listed(months: Iterable[Period]) -> str:
    """Months as people read them."""
    return ", ".join(month.words for month in months)
