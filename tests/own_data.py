"""A firm that never saw the project: a table of all its complaints, and its mail merge's."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import existing
from workbooks import saved_book

TEAMS = ("Cards", "Loans", "Savings", "Branches")


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def complaints() -> list[list[str]]:
    """September to November; what is not answered yet has no date, and some have no team."""
    rows = []
    for number in range(240):
        month, day = 9 + number % 3, 1 + number % 28
        team = "" if number % 60 == 1 else TEAMS[number * number % 7 % 4]
        pending = number % 16 == 4
        answered = "" if pending else f"2026-{month:02}-{day:02}"
        opened = f"2026-{month - 1:02}-{day:02}"
        rows.append(
            [f"C{4000 + number}", team, opened, answered, "Pending" if pending else "Answered"]
        )
    return rows


def letters(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """The mail merge's rows for those that were answered in October."""
    return [
        [
            *(row[0], f"Ms Ann Example {row[0]}", f"{row[0][1:]} High Street\nAnytown"),
            f"Your complaint {row[0]}",
            f"You wrote to us on {row[2]}.\n\nWe were wrong, and have put it right.",
            f"h-{int(row[0][1:]) % 9}",
            row[2],
        ]
        for row in rows
        if row[3].startswith("2026-10")
    ]


def give(folder: Path) -> None:
    """Both files."""
    rows = complaints()
    write(folder / "complaints.csv", ["Case no", "Team", "Opened", "Answered", "Status"], rows)
    merged = ["Case no", "Customer", "Postal address", "Re", "Letter text", "Handler", "Received"]
    write(folder / "letters-2026-10.csv", merged, letters(rows))


def register() -> list[list[Any]]:
    """A register as people keep it in Excel: numbers for ids, dates, and a title above it."""
    rows = [
        [int(row[0][1:]), row[1] or None, *map(_date, row[2:4]), row[4], f"h-{n % 9}"]
        for n, row in enumerate(complaints()[:60])
    ]
    return [
        ["Complaints"],
        [],
        ["Case no", "Team", "Opened", "Answered", "Status", "Staff no"],
        *rows,
    ]


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def give_excel(folder: Path) -> None:
    """The register, and a PDF of each letter that was ready in October."""
    rows = register()
    formats = {f"A{row}": '"CMP-"00000' for row in range(4, len(rows) + 1)}
    (folder / "register.xlsx").write_bytes(saved_book("Register", rows, formats))
    (folder / "letters").mkdir()
    for row in rows[3:]:
        if row[3] is not None and row[3].month == 10:
            unit_id = f"CMP-{row[0]:05}"
            (folder / "letters" / f"{unit_id}.pdf").write_bytes(existing.letter_of(unit_id))
