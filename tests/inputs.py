"""The files that a user has before a month begins, made of the invented bank."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import ceosample as cs
from ceosample.configuration import TEMPLATE
from ceosample.demo import month


def write_month(folder: Path, period: str, *, count: int = 160) -> None:
    """The table of responses and the letters' contents."""
    bank = month(period, count=count)
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, list(bank.responses[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(bank.responses)
    (folder / f"responses-{period}.csv").write_text(table.getvalue(), "utf-8")
    lines = [json.dumps({"unit_id": u, **fields}) for u, fields in bank.contents.items()]
    (folder / f"letters-{period}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def commit_to_letters(folder: Path, period: str) -> list[dict[str, Any]]:
    """Salt the letters' contents, and commit to each in the table's column ``digest``."""
    contents, table = folder / f"letters-{period}.jsonl", folder / f"responses-{period}.csv"
    letters: list[dict[str, Any]] = [
        json.loads(line) for line in contents.read_text("utf-8").splitlines()
    ]
    for letter in letters:
        letter["salt"] = hashlib.sha256(letter["unit_id"].encode()).hexdigest()
    digests = {x["unit_id"]: cs.content_digest(x["letter"], x["salt"]) for x in letters}
    head, *rows = table.read_text("utf-8").splitlines()
    column = head.split(",").index("response_id")
    table.write_text(
        "\n".join(
            [f"{head},digest", *(f"{r},{digests.get(r.split(',')[column], '')}" for r in rows)]
        ),
        "utf-8",
    )
    write_letters(folder, period, letters)
    configure(
        folder,
        ('# content = "content_digest"', 'content = "digest"  #'),
        ("# pdf = true", "pdf = false"),
    )
    return letters


def write_letters(folder: Path, period: str, letters: list[dict[str, Any]]) -> None:
    """The letters' contents, as they are now."""
    path = folder / f"letters-{period}.jsonl"
    path.write_text("\n".join(map(json.dumps, letters)), "utf-8")


def configure(folder: Path, *changes: tuple[str, str]) -> None:
    """Write the configuration, or change the one that is there."""
    path = folder / "ceosample.toml"
    text = path.read_text("utf-8") if path.exists() else TEMPLATE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
