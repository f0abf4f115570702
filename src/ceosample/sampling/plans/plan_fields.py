"""The fields of a plan: how they may be written, and how the record writes them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ceosample.canonical import Json
from ceosample.errors import PlanError
from ceosample.rational import as_fraction, fraction_text
from ceosample.sampling.frames.cuts import as_point
from ceosample.sampling.frames.strata import as_stratum
from ceosample.sampling.plans.at_most import AtMost, as_whole
from ceosample.sampling.plans.rotation import Rotation

# Converters: what cannot be converted is left as it is, for the faults below to name.


def as_strata(value: Any) -> Any:
    """A list of strata; a set has no order, and the record needs one."""
    return tuple(map(as_stratum, value)) if isinstance(value, list | tuple) else value


def as_pairs(value: Any) -> Any:
    """A mapping from strata, or the list of pairs that the record makes of one."""
    found = _mapping(value)
    if not isinstance(found, Mapping):
        return found
    return {as_stratum(stratum): as_whole(number) for stratum, number in found.items()}


def as_exact(value: Any) -> Any:
    """A number as its exact fraction, and so each of a list or a mapping of numbers."""
    if value is None or isinstance(value, Fraction):
        return value
    if isinstance(value, Mapping):
        return {name: as_exact(number) for name, number in value.items()}
    if isinstance(value, list | tuple):
        return tuple(map(as_exact, value))
    try:
        return as_fraction(value, "plan")
    except PlanError:
        return value


def as_exact_pairs(value: Any) -> Any:
    """A mapping from strata to numbers, exact."""
    return as_exact(as_pairs(value))


def as_cuts(value: Any) -> Any:
    """A mapping from variables to points."""
    found = _mapping(value)
    if not isinstance(found, Mapping):
        return found
    return {
        name: tuple(map(as_point, points)) if isinstance(points, list | tuple) else points
        for name, points in found.items()
    }


def as_texts(value: Any) -> Any:
    """A list of texts as a tuple."""
    return tuple(value) if isinstance(value, list | tuple) else value


def as_rotation(value: Any) -> Any:
    """A rotation, or what the record makes of one."""
    known = {"months", "start"}
    return Rotation(**value) if isinstance(value, Mapping) and set(value) == known else value


def _mapping(value: Any) -> Any:
    """A mapping, or the list of pairs that the record makes of one."""
    if not isinstance(value, list | tuple):
        return value
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in value):
        return value
    try:
        found = {as_stratum(key) if isinstance(key, list) else key: entry for key, entry in value}
    except TypeError:  # a key that no mapping can have
        return value
    return found if len(found) == len(value) else value


def as_json(value: Any) -> Json:
    """A field as the record writes it."""
    if isinstance(value, Rotation | AtMost):
        return value.to_dict()
    if isinstance(value, Mapping):
        return [[as_json(key), as_json(value[key])] for key in sorted(value)]
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    if isinstance(value, Fraction):
        return fraction_text(value)
    plain: Json = int(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return plain


def as_given(value: Any) -> Any:
    """A field as a message shows it: exact numbers as text, ``1/20``, wherever they are in it."""
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, AtMost):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {key: as_given(number) for key, number in value.items()}
    if isinstance(value, tuple):
        return [as_given(item) for item in value]
    return value


def in_words(plan: Mapping[str, Any]) -> str:
    """The fields of a plan, as the record writes them, in a line for people.

    >>> in_words({"size": 5, "take_all": [["Escalated"]], "per_letter": "4/1"})
    'size 5, take all Escalated, per letter 4'
    """
    return ", ".join(f"{name.replace('_', ' ')} {said(value)}" for name, value in plan.items())


def said(value: Any) -> str:
    """The value of one field, in words for people."""
    if isinstance(value, dict):
        return " ".join(f"{name} {said(entry)}".replace("_", " ") for name, entry in value.items())
    if not isinstance(value, list):
        return str(value).removesuffix("/1")
    if all(isinstance(entry, list) and len(entry) == 2 and _is_pair(entry) for entry in value):
        return " and ".join(f"{_stratum_said(key)}: {said(entry)}" for key, entry in value)
    return " and ".join(_stratum_said(entry) for entry in value)


def _is_pair(entry: list[Any]) -> bool:
    """Whether it is a key of a mapping and its value, and not a stratum of two variables."""
    return isinstance(entry[0], list) or not isinstance(entry[1], str)


def _stratum_said(stratum: Any) -> str:
    return " / ".join(stratum) if isinstance(stratum, list) else said(stratum)


# Faults.
