"""The files that a user has before a month begins, made of the invented bank."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

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


def configure(folder: Path, *changes: tuple[str, str]) -> None:
    """Write the configuration, or change the one that is there."""
    path = folder / "ceosample.toml"
    text = path.read_text("utf-8") if path.exists() else TEMPLATE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
