"""What paper is printed on: A4, or US Letter."""

from __future__ import annotations

from typing import Final

from ceosample.got import got

A4: Final = "a4"
LETTER: Final = "letter"
PAPERS: Final = (A4, LETTER)


def fault_of_paper(value: object, where: str = "paper_size") -> str | None:
    """What is wrong with a size of paper; None if nothing.

    >>> fault_of_paper("A3")
    "paper_size: got 'A3'; use a4 or letter"
    """
    if isinstance(value, str) and value in PAPERS:
        return None
    return f"{where}: {got(value)}; use {A4} or {LETTER}"
