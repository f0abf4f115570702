"""The page's commands on ids that mean something to a shell, to sed, to awk, to CSV and to JSON."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import ceosample as cs
from pages import PROJECT, blocks

PAGE = PROJECT / "docs" / "verify-by-hand.md"

MARKS = (
    "/", "&", "\\", "\\\\", "\\1", "\\n", "\\t", "%s", "%%", "*", "$HOME", "`id`", "$(id)", "'",
    '"', '""', ",", '","', ', "', "a b", "  ", "-n", "--", "#", ";", "|", "[a-z]", "^", "$", "~",
    "é", "٣", "🙂", "=1+1", '"unit_id":"x"', '"selections":[', "{}", "\\\"", "0x1", "1e1",
)  # fmt: skip
STRATA = ("A/B & C", 'say "no", or', "10", "1e1", "a\\b", "x.*", "Private bank")


def month(folder: Path) -> cs.Draw:
    """A month of the page's population and period, with ids of every kind in every stratum."""
    rows = [
        {"id": f"{mark.strip() or 'x'}{number}{place}{mark}.", "s": stratum, "t": f"{place},"}
        for place, stratum in enumerate(STRATA)
        for number, mark in enumerate(MARKS)
    ]  # fmt: skip
    frame = cs.Frame.from_records(
        rows, population="complaint-responses", period="2026-10", unit_id="id", strata=["s", "t"]
    )
    seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    drawn = cs.draw(frame, cs.Plan(size=12), seed)
    drawn.save(folder)
    return drawn


@pytest.mark.slow
def test_the_page_s_commands_take_any_id(tmp_path: Path) -> None:
    """'`docs/verify-by-hand.md` breaks for ids with `/`, `&` or `\\`'; and for quoted cells."""
    drawn = month(tmp_path)
    lines = "".join(blocks(PAGE, "console")).splitlines()
    commands = [
        line[2:] for line in lines if line.startswith("$ ") and not line.startswith("$ cd ")
    ]
    assert len(commands) > 25
    done = subprocess.run(
        ["bash", "-eu"], input="\n".join(commands), cwd=tmp_path, capture_output=True, text=True,
        check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert drawn.commitment in done.stdout
    redrawn = (tmp_path / "redrawn.txt").read_text("utf-8").splitlines()
    assert redrawn == [*drawn.unit_ids]
    assert (tmp_path / "recorded.txt").read_text("utf-8").splitlines() == redrawn
    assert len((tmp_path / "strata.txt").read_text("utf-8").splitlines()) == len(
        drawn.frame.sizes()
    )
