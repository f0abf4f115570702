"""The table of states on the page of the ledger is the one by which the ledger goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from ceosample.signoff.replay.cases import CASE_STEPS
from ceosample.signoff.replay.lifecycle import TRANSITIONS

PAGE = Path(__file__).parents[1] / "docs" / "ledger.md"


@pytest.mark.parametrize(("what", "steps"), [("letter", TRANSITIONS), ("case", CASE_STEPS)])
def test_the_page_has_every_state_and_its_steps(
    what: str, steps: Mapping[str, tuple[str, ...]]
) -> None:
    _, table = PAGE.read_text("utf-8").split(f"| a {what} that is | can become |\n|---|---|\n")
    found: dict[str, tuple[str, ...]] = {}
    for row in table.partition("\n\n")[0].splitlines():
        states, after = (re.findall("`([a-z_]+)`", cell) for cell in row.strip("|").split("|"))
        found |= dict.fromkeys(states, tuple(after))
    assert found == steps
