"""The JSON of checks keeps to its schema: verify, compare, the head and the keys of a ledger."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

import ceosample as cs
import months
from ceosample.configuration import TEMPLATE
from ceosample.schemas import NAMES
from command import asked
from pages import PROJECT
from test_evidence import found, month
from test_heads_compared import ANN, AT
from test_json_schemas import places, validators

__all__ = ["found", "month"]

#: The line of each name of a schema. One of ``verify`` stops, for what it has to say then.
LINES = {
    "compare": "compare export.jsonl --json",
    "key-list": "key list --json",
    "ledger-head": "ledger head --json",
    "verify": "verify 2026-10 --json",
    "verify-evidence": "verify evidence.zip --json",
    "verify-all": "verify --all --json",
    "verifier-page": "verify --page page.html --json",
    "explain": "explain C-0 2026-10 --json",
    "people": "people --json",
    "plan": "plan --period 2026-10 --json",
}

#: Names that are in no JSON where there is nothing to say, or whose names are a user's own.
OPTIONAL = {"notes", "checked_from", "signatures", "2026-10", "by", "ann"} | {
    *("duplicate", "in-progress", "out-of-scope"),
}


@pytest.fixture(scope="module")
def printed(
    tmp_path_factory: pytest.TempPathFactory, month: Any, found: Any, demonstration: Path
) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("printed")
    (folder / "ceosample.toml").write_text(TEMPLATE, "utf-8")
    url = f"sqlite:///{folder}/signoff.db"
    with cs.Ledger.open(url, clock=lambda: AT, key=ANN) as ledger:
        ledger.register_key(ANN, by="ann", at=AT)
        (folder / "export.jsonl").write_bytes(b"".join(ledger.export()))
        ledger.grant("bob", "handler", since=AT.date(), by="ann", at=AT)
    found.save(folder / "evidence.zip")
    (folder / months.PERIOD).symlink_to(month[1])
    return {
        name: asked(*line.split(), folder=demonstration if name == "plan" else folder).json
        for name, line in LINES.items()
    }


@pytest.mark.parametrize("name", LINES)
def test_what_is_printed_is_valid_by_both(name: str, printed: dict[str, Any]) -> None:
    for validator in validators(name):
        validator.validate(printed[name])
        assert validator.is_valid({**printed[name], "brand_new": 1})


@pytest.mark.parametrize("name", LINES)
def test_a_name_that_is_gone_or_has_another_type_is_refused_by_both(
    name: str, printed: dict[str, Any]
) -> None:
    document = copy.deepcopy(printed[name])
    both = validators(name)
    count = 0
    for holder, key in [*places(document)]:
        kept = holder[key]
        holder[key] = 0.5
        assert not any(one.is_valid(document) for one in both), key
        if isinstance(holder, dict) and key not in OPTIONAL:
            del holder[key]
            assert not any(one.is_valid(document) for one in both), key
        holder[key] = kept
        count += 1
    assert count >= 4


def test_a_stop_is_valid_too(tmp_path: Path) -> None:
    (tmp_path / "evidence.zip").write_bytes(b"no zip")
    stopped = asked("verify", "evidence.zip", "--json", folder=tmp_path)
    (tmp_path / "empty").mkdir()
    malformed = asked("verify", "empty", "--json", folder=tmp_path)
    assert (stopped.code, malformed.code) == (1, 1)
    for validator in validators("verify-evidence"):
        validator.validate(stopped.json)
    for validator in validators("verify"):
        validator.validate(malformed.json)


def test_the_page_lists_each_schema() -> None:
    page = (PROJECT / "docs/library.md").read_text("utf-8")
    assert [name for name in NAMES if f'`"{name}"`' not in page] == []
