"""What is wrong with the tables of a ``ceosample.toml``, all of it at once."""

from __future__ import annotations

from collections.abc import Mapping
from os.path import normpath
from typing import Any, Final

from ceosample.configuration.keys import EXCLUSION, KEYS, TITLES, is_table, kind_of
from ceosample.configuration.source import KINDS, TESTS
from ceosample.errors import LetterError, PlanError
from ceosample.form import faults_of_keys, meant
from ceosample.letters.letter import Signatory
from ceosample.sampling.plans.plan import Plan
from ceosample.sampling.seeds.seed_source import Link, Round
from ceosample.signoff.intake.tracker_columns import faults_of_columns
from ceosample.text import fault_in_title, quoted


def faults_of(tables: Mapping[str, Any]) -> list[str]:
    """Every fault, each beginning with the key that has it; those of the plan and the signatory
    are found where they are made."""
    faults = [
        f"{name}: not known; there are the tables {', '.join(KEYS)}{meant(name, KEYS)}"
        for name in tables
        if name not in KEYS
    ]
    for name, keys in KEYS.items():
        table = tables.get(name, {})
        if name == "tracker" and name not in tables:
            continue  # who had no older table names no columns of one
        if not isinstance(table, dict):
            faults.append(f"{name}: got {quoted(table)}; write a table, [{name}]")
            continue
        found = faults_of_keys(table, keys, f"{name}.") + _faults_of_title(name, table)
        faults += found or _AMONG_KEYS.get(name, _nothing)(table)
    return faults or _faults_of_older_strata(tables)


def _faults_of_title(name: str, table: Mapping[str, Any]) -> list[str]:
    """The fault of the table's line for people, if it has one."""
    key = TITLES.get(name, "")
    fault = fault_in_title(table[key], f"{name}.{key}") if key in table else None
    return [] if fault is None else [fault]


def _nothing(_table: Mapping[str, Any]) -> list[str]:
    return []


def _faults_of_source(table: Mapping[str, Any]) -> list[str]:
    """One source; a URL with a query and with nothing else; the stated exclusions."""
    given = [kind for kind in KINDS if kind in table]
    faults = []
    if len(given) != 1:
        got = f"got {' and '.join(given)}" if given else "missing"
        faults.append(f"source: {got}; give one of {', '.join(KINDS)}")
    if "sql" in given and "url" not in table:
        faults.append("source.url: missing; sql needs the database that it asks")
    if "url" in table and given and "sql" not in given:
        faults.append(f"source.url: goes with sql, and the source is {given[0]}")
    for number, entry in enumerate(table.get("exclusions", ()), 1):
        faults += _faults_of_exclusion(entry, f"source.exclusions[{number}]")
    return faults


def _faults_of_exclusion(entry: Mapping[str, Any], where: str) -> list[str]:
    faults = faults_of_keys(entry, EXCLUSION, f"{where}.")
    if faults:
        return faults
    asked = [name for name in TESTS if name in entry]
    if not asked:
        return [f"{where}: no condition; give one or more of {', '.join(TESTS)}"]
    bounds = [entry[name] for name in ("from", "before") if name in entry]
    if len({kind_of(bound) for bound in bounds}) > 1:
        return [f"{where}: from and before are a number and a date; give two of a kind"]
    if len(bounds) == 2 and bounds[0] >= bounds[1]:
        return [f"{where}: nothing is from {bounds[0]} and before {bounds[1]}"]
    if entry.get("missing") is True and len(asked) > 1:
        return [f"{where}.missing: a value that is missing is nothing else; state two exclusions"]
    return []


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


def _faults_of_output(table: Mapping[str, Any]) -> list[str]:
    """What is fetched is moved away, and a month's record must not be."""
    pickup = table.get("pickup")
    if pickup is None or normpath(pickup) != normpath(table["folder"]):
        return []
    return ["output.pickup: is the folder of the months' records, which are not to be moved away; "
            "give another"]  # fmt: skip


def _faults_of_letters(table: Mapping[str, Any]) -> list[str]:
    """Columns are those of a table."""
    if "columns" not in table or is_table(table["contents"]):
        return []
    return ["letters.columns: goes with contents that are a table, letters-{period}.csv"]


def _faults_of_tracker(table: Mapping[str, Any]) -> list[str]:
    return faults_of_columns(table, "tracker.")


def _faults_of_older_strata(tables: Mapping[str, Any]) -> list[str]:
    """An older table has the strata of the frame, or none."""
    named = tables.get("tracker", {}).get("strata")
    variables = tables.get("strata", {}).get("variables", [])
    if not named or set(named) == set(variables):
        return []
    return [
        f"tracker.strata: names {', '.join(named)}; give each of the variables of [strata] its "
        f"heading: {', '.join(variables) or 'there are none'}"
    ]


#: What the keys of a table must be to each other.
_AMONG_KEYS: Final = {
    "source": _faults_of_source,
    "seed": _faults_of_seed,
    "letters": _faults_of_letters,
    "tracker": _faults_of_tracker,
    "output": _faults_of_output,
}


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
