"""What is wrong with the tables of a ``ceosample.toml``, all of it at once."""

from __future__ import annotations

from collections.abc import Mapping
from os.path import normpath
from pathlib import PurePath
from re import fullmatch
from typing import Any, Final

from ceosample.configuration.keys import (
    EXCLUSION,
    FILTER,
    KEYS,
    TITLES,
    UNIT,
    is_excel,
    is_table,
    kind_of,
)
from ceosample.configuration.source import FORM, KINDS, TESTS, faults_of_table_form
from ceosample.errors import LetterError, PlanError
from ceosample.form import Key, faults_of_keys, meant
from ceosample.letters.contents.docket_fields import DocketField, require_fields
from ceosample.letters.signatory import Signatory
from ceosample.sampling.plans.plan import Plan
from ceosample.sampling.seeds.seed_source import Link, Round
from ceosample.signoff.intake.tracker_columns import faults_of_columns
from ceosample.signoff.replay.readings import READING
from ceosample.text import fault_in_title, quoted

#: The keys of one of [[letters.docket]]; the field itself says what is wrong with them.
_DOCKET_FIELD: Final[Mapping[str, Key]] = {
    "field": Key("the name of a field of the docket", lambda _: True, needed=True),
    "label": Key("a line of text", lambda _: True, needed=True),
    "long": Key("true or false", lambda value: isinstance(value, bool)),
}


def faults_of(tables: Mapping[str, Any]) -> list[str]:
    """Every problem, each with the key that has it first; ``plan_of`` and ``signatory_of`` find
    those of the plan and the signatory."""
    faults = [
        f"{name}: not known; use one of the tables {', '.join(KEYS)}{meant(name, KEYS)}"
        for name in tables
        if name not in KEYS
    ]
    for name, keys in KEYS.items():
        table = tables.get(name, {})
        if name == "tracker" and name not in tables:
            continue  # the one table that can be left out
        if not isinstance(table, dict):
            faults.append(f"{name}: got {quoted(table)}; give a table, [{name}]")
            continue
        found = faults_of_keys(table, keys, f"{name}.") + _faults_of_title(name, table)
        faults += found or _AMONG_KEYS.get(name, _nothing)(table)
    return faults or [
        *_faults_of_older_strata(tables),
        *_faults_of_readings(tables),
        *_faults_of_salts(tables),
    ]


def _faults_of_salts(tables: Mapping[str, Any]) -> list[str]:
    """The problem of salts in a folder whose files are handed out."""
    salts = tables["source"].get("salts")
    folders = [(key, tables["output"].get(key)) for key in ("folder", "pickup")]
    return [
        f"source.salts: got {quoted(salts)}, a path in output.{key}, from which files are handed "
        "out; name one outside it"
        for key, folder in folders
        if salts is not None
        and folder is not None
        and PurePath(normpath(salts)).is_relative_to(normpath(folder))
    ]


def _faults_of_readings(tables: Mapping[str, Any]) -> list[str]:
    """The problems of what only letters have, in a population of readings."""
    if tables["population"].get("kind") != READING:
        return []
    return [
        f"letters.{name}: got a key that only letters have, and population.kind is {READING}; "
        "remove it"
        for name in ("existing", "kind", "posted", "word")
        if name in tables["letters"]
    ]


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
        faults.append("source.url: missing; give the URL of the database that source.sql asks")
    if "url" in table and given and "sql" not in given:
        faults.append(
            f"source.url: got a URL for the source {given[0]}; remove it, or give source.sql"
        )
    if len(given) == 1:
        faults += faults_of_table_form(table, given[0], "source.")
    for key, keys in (("exclusions", EXCLUSION), ("filter", FILTER)):
        for number, entry in enumerate(table.get(key, ()), 1):
            faults += _faults_of_condition(entry, keys, f"source.{key}[{number}]")
    return faults


def _faults_of_condition(
    entry: Mapping[str, Any], keys: Mapping[str, Key], where: str
) -> list[str]:
    faults = faults_of_keys(entry, keys, f"{where}.")
    if faults:
        return faults
    asked = [name for name in TESTS if name in entry]
    if not asked:
        return [f"{where}: no condition; give one or more of {', '.join(TESTS)}"]
    bounds = [entry[name] for name in ("from", "before") if name in entry]
    if len({kind_of(bound) for bound in bounds}) > 1:
        return [
            f"{where}: got from {bounds[0]} and before {bounds[1]}; give two numbers or two dates"
        ]
    if len(bounds) == 2 and bounds[0] >= bounds[1]:
        return [
            f"{where}: got from {bounds[0]} and before {bounds[1]}; give a later before than from"
        ]
    if entry.get("missing") is True and len(asked) > 1:
        others = " and ".join(name for name in asked if name != "missing")
        return [
            f"{where}.missing: got true next to {others}, which no empty cell fulfils; state two "
            "exclusions"
        ]
    return []


def _faults_of_seed(table: Mapping[str, Any]) -> list[str]:
    """The problems of keys of [seed] that need another kind of source."""
    kinds = table["source"].split("+")
    needs = {
        "secret": Link.kind,
        "passphrase": Link.kind,
        "beacon": Round.kind,
        "delay": Round.kind,
    }
    faults = [
        f"seed.{name}: needs the source {kind}, and seed.source is {quoted(table['source'])}; "
        "remove it, or change seed.source"
        for name, kind in needs.items()
        if name in table and kind not in kinds
    ]
    for name, kind in (("secret", Link.kind), ("beacon", Round.kind)):
        if kind in kinds and name not in table:
            faults.append(f"seed.{name}: missing; give it, since seed.source is {kind}")
    return faults


def _faults_of_output(table: Mapping[str, Any]) -> list[str]:
    """The problems of one folder for two purposes (fetched files are moved away, records stay), and
    of a seal without a passphrase."""
    faults = []
    if table.get("seal") and "passphrase" not in table:
        faults.append(
            "output.passphrase: missing; give the path of a file, since output.seal is true; "
            "'ceosample passphrase --to FILE' writes one"
        )
    pickup = table.get("pickup")
    if pickup is None or normpath(pickup) != normpath(table["folder"]):
        return faults
    return [
        *faults,
        f"output.pickup: got {quoted(pickup)}, which is output.folder too; give another folder, "
        "since fetched files are moved away",
    ]


def _is_searched(existing: str) -> bool:
    """Whether a path's ``*`` are all in the name of the file, and the id is too."""
    folder, _, name = existing.rpartition("/")
    return UNIT in name and "*" not in folder and UNIT not in folder


def _faults_of_letters(table: Mapping[str, Any]) -> list[str]:
    """The problems of letters that come from nowhere, and of columns without a table."""
    contents, existing = table.get("contents"), table.get("existing")
    if contents is None and (existing is None or UNIT not in existing):
        return [
            "letters.contents: missing; give the file of the letters' contents, or with "
            f"letters.existing a path with {UNIT} for each letter's PDF"
        ]
    faults = []
    if existing is not None and fullmatch(rf"([^{{}}]|{UNIT}|{{period}})*", existing) is None:
        faults.append(
            f"letters.existing: got {quoted(existing)}; use {UNIT} and {{period}} alone in braces"
        )
    elif existing is not None and "*" in existing and not _is_searched(existing):
        faults.append(
            f"letters.existing: got {quoted(existing)}; use * in the name of the file alone, next "
            f"to {UNIT}, such as letters/*{UNIT}*.pdf"
        )
    if contents is not None and is_table(contents):
        kind = "excel" if is_excel(contents) else "csv"
        return faults + faults_of_table_form(table, kind, "letters.")
    return faults + [
        f"letters.{name}: needs contents that are a table, and letters.contents is "
        f"{quoted(contents)}; remove it, or give letters-{{period}}.csv or .xlsx"
        for name in ("columns", *FORM)
        if name in table
    ]


def docket_of(table: Any, faults: list[str]) -> tuple[DocketField, ...]:
    """The docket's fields of the firm's own; their problems go into ``faults``."""
    entries = table.get("docket", []) if isinstance(table, dict) else []
    if any(fault.startswith("letters.docket:") for fault in faults):
        return ()
    fields = []
    for number, entry in enumerate(entries, 1):
        where = f"letters.docket[{number}]"
        unknown = faults_of_keys(entry, _DOCKET_FIELD, f"{where}.")
        faults += unknown
        if unknown:
            continue
        try:
            fields.append(
                DocketField(entry["field"], entry["label"], long=entry.get("long", False))
            )
        except LetterError as error:
            faults += [f"{where}, {fault.removeprefix('docket field, ')}" for fault in error.faults]
    try:
        return require_fields(fields)
    except LetterError as error:
        faults += [f"letters.{fault}" for fault in error.faults]
        return ()


def _faults_of_tracker(table: Mapping[str, Any]) -> list[str]:
    return faults_of_columns(table, "tracker.")


def _faults_of_older_strata(tables: Mapping[str, Any]) -> list[str]:
    """The problem of an older table with other strata than the frame's."""
    named = tables.get("tracker", {}).get("strata")
    variables = tables.get("strata", {}).get("variables", [])
    if not named or set(named) == set(variables):
        return []
    return [
        f"tracker.strata: got {', '.join(named)}; "
        + (
            f"give a heading for each of strata.variables: {', '.join(variables)}"
            if variables
            else "remove it, since strata.variables has none"
        )
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
    """The plan; its problems go into ``faults``, but for unknown keys, which are there already."""
    if not isinstance(table, dict):
        return None
    given = {key: table[key] for key in table if key in KEYS["plan"]}
    try:
        return Plan.from_dict(given, new=True)
    except PlanError as error:
        faults += error.faults
        return None


def signatory_of(table: Any, faults: list[str]) -> Any:
    """The signatory, if the table is complete; its problems go into ``faults``."""
    if not isinstance(table, dict) or any(fault.startswith("signatory.") for fault in faults):
        return None
    try:
        return Signatory(**table)
    except LetterError as error:
        faults += error.faults
        return None
