"""What is wrong with the tables of a ``ceosample.toml``, all of it at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ceosample.configuration.keys import KEYS
from ceosample.errors import LetterError, PlanError
from ceosample.form import faults_of_keys
from ceosample.letters.letter import Signatory
from ceosample.sampling.plan import Plan
from ceosample.sampling.seed_source import Link, Round
from ceosample.text import shown


def faults_of(tables: Mapping[str, Any]) -> list[str]:
    faults = [
        f"{name}: not known; there are the tables {', '.join(KEYS)}"
        for name in tables
        if name not in KEYS
    ]
    for name, keys in KEYS.items():
        table = tables.get(name, {})
        if not isinstance(table, dict):
            faults.append(f"{name}: got {shown(table)}; write a table, [{name}]")
            continue
        faults += faults_of_keys(table, keys, f"{name}.")
    return faults or _faults_of_seed(tables["seed"])


def _faults_of_seed(table: Mapping[str, Any]) -> list[str]:
    """A key of [seed] goes with its kind of source."""
    kinds = table["source"].split("+")
    needs = {
        "secret": Link.kind,
        "passphrase": Link.kind,
        "beacon": Round.kind,
        "delay": Round.kind,
    }
    faults = [
        f"seed.{name}: goes with the source {kind}, and the source is {table['source']}"
        for name, kind in needs.items()
        if name in table and kind not in kinds
    ]
    for name, kind in (("secret", Link.kind), ("beacon", Round.kind)):
        if kind in kinds and name not in table:
            faults.append(f"seed.{name}: missing; the source {kind} needs it")
    return faults


def plan_of(table: Any, faults: list[str]) -> Any:
    """The plan; its own faults join the others, a key that it does not have is named there."""
    if not isinstance(table, dict):
        return None
    try:
        return Plan.from_dict({key: table[key] for key in table if key in KEYS["plan"]})
    except PlanError as error:
        faults += error.faults
        return None


def signatory_of(table: Any, faults: list[str]) -> Any:
    """The signatory, where the table is complete; its own faults join the others."""
    if not isinstance(table, dict) or any(fault.startswith("signatory.") for fault in faults):
        return None
    try:
        return Signatory(**table)
    except LetterError as error:
        faults += error.faults
        return None
