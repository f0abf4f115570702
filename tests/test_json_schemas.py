"""The JSON of status, at-risk, check, metrics and health keeps to its schema, by two validators."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

import ceosample as cs
from command import asked, time_told
from due_months import AT, write_months
from release_0_1 import FOLDER
from thorough import THOROUGH

#: Two days after the demonstration's month was drawn.
THEN = dt.datetime(2026, 11, 5, 9, tzinfo=dt.UTC)

LINES = {
    "status": "status --check --json",
    "at-risk": "at-risk --json",
    "check": "check --period 2026-10 --json",
    "metrics": "metrics --check --json",
    "health": "health --check --json",
}


def printed(line: str, folder: Path, moment: dt.datetime = THEN) -> Any:
    with time_told(lambda: moment):
        return asked(*line.split(), folder=folder).json


@pytest.fixture(scope="module")
def found(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    # A check leaves word for a monitor, and the folder is every test's.
    folder = Path(shutil.copytree(demonstration, tmp_path_factory.mktemp("printed") / "month"))
    return {name: printed(line, folder) for name, line in LINES.items()}


def validators(name: str) -> tuple[Any, Any]:
    schema = cs.schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema), jsonschema_rs.Draft202012Validator(schema)


@pytest.mark.parametrize("name", LINES)
def test_what_a_month_prints_is_valid_by_both(name: str, found: dict[str, Any]) -> None:
    """'`status`, `at-risk`, `check` and `metrics` JSON have schemas, ... by two validators'"""
    for validator in validators(name):
        validator.validate(found[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", LINES)
def test_a_ledger_of_0_1_and_a_new_firm_print_valid_json_too(name: str, tmp_path: Path) -> None:
    old = Path(shutil.copytree(FOLDER, tmp_path / "old"))
    new = tmp_path / "new"
    new.mkdir()
    write_months(new, "2026-09", "2026-10", "2026-11")
    with time_told(lambda: AT):
        asked("run", folder=new)
    for folder in (old, new):
        for validator in validators(name):
            validator.validate(printed(LINES[name], folder, AT))


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a document: what it is in, and its key; of a list the first alone."""
    inside = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))[:1]
        if isinstance(value, list)
        else []
    )
    for key, inner in inside:
        yield value, key
        yield from places(inner)


def with_short_lists(value: Any) -> Any:
    """A copy of a document whose lists have their first alone: its places, without what each would
    be judged with a hundred times over."""
    if isinstance(value, dict):
        return {name: with_short_lists(inner) for name, inner in value.items()}
    return [with_short_lists(inner) for inner in value[:1]] if isinstance(value, list) else value


@pytest.mark.parametrize("name", LINES)
def test_a_name_that_is_gone_or_has_another_type_is_refused_by_both(
    name: str, found: dict[str, Any]
) -> None:
    document = with_short_lists(found[name])
    first, second = validators(name)
    tried = 0
    for number, (holder, key) in enumerate([*places(document)]):
        # One of them needs a hundred times as long as the other.
        judges = (first, second) if THOROUGH or number % 6 == 0 else (second,)
        kept = holder[key]
        holder[key] = 0.5  # no figure of ours is a fraction of JSON, and no name has this type
        assert not any(judge.is_valid(document) for judge in judges), key
        holder[key] = kept
        if isinstance(holder, dict) and key in NEEDED:
            del holder[key]
            assert not any(judge.is_valid(document) for judge in judges), key
            holder[key] = kept
        tried += 1
    assert tried > 10
    assert first.is_valid(document)


#: Names that programs go by; where they are, they are always there.
NEEDED = {
    *("head", "months", "period", "letters", "count", "of", "what", "ok", "level", "parts"),
    *("state", "exit_code", "at_risk", "without_owner", "sample", "findings", "facts", "overdue"),
}


@pytest.mark.parametrize("name", LINES)
def test_a_later_release_may_add_names(name: str, found: dict[str, Any]) -> None:
    document = {**found[name], "brand_new": 1}
    assert all(validator.is_valid(document) for validator in validators(name))
