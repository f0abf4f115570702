"""Several populations in one file: each ``[[population]]``, and what all of them share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ceosample.configuration.source import KINDS
from ceosample.errors import joined
from ceosample.period import Period
from ceosample.text import quoted

#: The tables that a population can have of its own: ``[population.plan]`` after its name.
OWN: Final = (
    "source", "strata", "plan", "seed", "inference", "signatory", "letters", "deadlines", "tracker",
    "notice",
)  # fmt: skip

#: Keys of which a table has one: a population's own one replaces whichever is shared.
_ONE_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "source": KINDS,
    "plan": ("size", "minutes", "detect"),
}

#: What keys of one kind of seed are, which another kind has no use for.
_OF_SEEDS: Final = ("secret", "passphrase", "beacon", "delay")

#: Names that Windows gives to devices, so that no folder can have them.
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}
)


def are_several(tables: Mapping[str, Any]) -> bool:
    """Whether a file has a list of populations, one of them perhaps."""
    return isinstance(tables.get("population"), list)


def tables_of_each(tables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tables of each population, as a file of that one alone would have them."""
    if not are_several(tables):
        return [dict(tables)]
    return [_merged(tables, entry) for entry in tables["population"] if isinstance(entry, dict)]


def _merged(tables: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """The shared tables, with a population's own keys in place of the shared ones."""
    found = {**tables, "population": {key: entry[key] for key in entry if key not in OWN}}
    for name in OWN:
        if name not in entry:
            continue
        shared, own = tables.get(name, {}), entry[name]
        both = isinstance(shared, dict) and isinstance(own, dict)
        found[name] = _with_own(name, shared, own) if both else own
    return found


def _with_own(name: str, shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    one_of = _ONE_OF.get(name, ())
    gone = {*one_of} if any(key in own for key in one_of) else set()
    if name == "source" and gone and "sql" not in own:
        gone.add("url")
    if name == "seed" and own.get("source", shared.get("source")) != shared.get("source"):
        gone = {*_OF_SEEDS}
    return {**{key: value for key, value in shared.items() if key not in gone}, **own}


def faults_of_names(tables: Mapping[str, Any]) -> list[str]:
    """The problems of the list itself: each population has one name, which can be a folder's."""
    entries = tables["population"]
    if not entries or not all(isinstance(entry, dict) for entry in entries):
        return [f"population: got {quoted(entries)}; give each population as [[population]]"]
    faults = []
    names = [entry.get("name") for entry in entries]
    for number, name in enumerate(names, 1):
        where = f"population {number}, name"
        if name in names[: number - 1]:
            faults.append(f"{where}: got {quoted(name)} a second time; name each population once")
        elif isinstance(name, str) and (name in _DEVICES or _is_month(name)):
            what = "a month" if _is_month(name) else "a device of Windows"
            faults.append(
                f"{where}: got {quoted(name)}, the name of {what}; give another, since a folder is "
                "called so"
            )
    return faults


def told_once(found: Sequence[tuple[Any, Sequence[str]]]) -> list[str]:
    """The problems of all populations: what is wrong for each of them is told once, without a name.

    Args:
        found: each population's name, and its problems.
    """
    shared = [fault for fault in found[0][1] if all(fault in faults for _, faults in found)]
    own = [
        f"population {quoted(name)}, {fault}" if isinstance(name, str) else fault
        for name, faults in found
        for fault in faults
        if fault not in shared
    ]
    return [*shared, *own]


def choice(names: Sequence[str], name: str | None) -> str | None:
    """What is wrong with a choice among the populations of a file; None if nothing is."""
    if name is None and len(names) > 1:
        return (
            f"population: missing, and this file has {joined(names)}; choose one, --population "
            f"{names[0]}"
        )
    if name is not None and name not in names:
        return f"population: got {quoted(name)}; this file has {joined(names)}"
    return None


def _is_month(name: str) -> bool:
    try:
        return bool(Period.parse(name))
    except ValueError:
        return False
