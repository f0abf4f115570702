"""The fields of a plan: how they may be written, how the record writes them, what may be wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from numbers import Integral
from typing import TYPE_CHECKING, Any

from ceosample.canonical import LARGEST_INTEGER, Json
from ceosample.errors import PlanError
from ceosample.rational import as_fraction
from ceosample.sampling.allocation import METHODS, faults_of_power
from ceosample.sampling.cuts import Cut, as_point
from ceosample.sampling.rotation import Rotation
from ceosample.sampling.strata import Stratum, as_stratum
from ceosample.text import fault_in_name, shown

if TYPE_CHECKING:
    from ceosample.sampling.plan import Plan

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


def as_whole(value: Any) -> Any:
    """A whole number of whatever library as one of Python's."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    return int(value) if whole else value


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
    found = {as_stratum(key) if isinstance(key, list) else key: entry for key, entry in value}
    return found if len(found) == len(value) else value


def as_json(value: Any) -> Json:
    """A field as the record writes it."""
    if isinstance(value, Rotation):
        return value.to_dict()
    if isinstance(value, Mapping):
        return [[as_json(key), as_json(value[key])] for key in sorted(value)]
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    plain: Json = int(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return plain


def in_words(plan: Mapping[str, Any]) -> str:
    """The fields of a plan, as the record writes them, in a line for people.

    >>> in_words({"size": 5, "take_all": [["Escalated"]], "per_letter": "4/1"})
    'size 5, take all Escalated, per letter 4'
    """
    return ", ".join(f"{name.replace('_', ' ')} {said(value)}" for name, value in plan.items())


def said(value: Any) -> str:
    """The value of one field, likewise."""
    if isinstance(value, dict):
        return " ".join(f"{name} {said(entry)}" for name, entry in value.items())
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


def faults_of(plan: Plan) -> list[str]:
    """Everything that no frame could carry out."""
    return [
        *_faults_of_counts(plan),
        *_faults_of_numbers(plan),
        *_faults_of_purpose(plan),
        *_faults_of_allocation(plan),
        *_faults_of_take_all(plan.take_all),
        *_faults_of_rotation(plan),
        *_faults_of_merging(plan),
        *_faults_of_cuts(plan),
    ]


def _faults_of_counts(plan: Plan) -> list[str]:
    bounds = {"minimum": 0, "reserves": 0}
    least = {"size": 0 if plan.take_all else 1, "cap": 1, "merge_below": 2, "rest": 1}
    bounds |= {name: low for name, low in least.items() if getattr(plan, name) is not None}
    return [
        f"plan, {name}: got {shown(value)}; give a whole number of at least {low}"
        for name, low in bounds.items()
        if not is_count(value := getattr(plan, name), low)
    ]


def _faults_of_numbers(plan: Plan) -> list[str]:
    faults = [
        f"plan, {name}: got {shown(value)}; give a number, as '0.05' or '1/20'"
        for name in ("power", "minutes", "per_letter")
        if (value := getattr(plan, name)) is not None and not isinstance(value, Fraction)
    ]
    detect = plan.detect
    if detect is not None and not (
        isinstance(detect, tuple)
        and len(detect) == 2
        and all(isinstance(value, Fraction) and 0 < value < 1 for value in detect)
    ):
        faults.append(
            "plan, detect: give a rate and a confidence, each above 0 and below 1, as "
            "['0.05', '0.9']"
        )
    if plan.variances is not None and not _are_numbers(plan.variances):
        faults.append(
            f"plan, variances: got {shown(plan.variances)}; give a mapping of stratum to number"
        )
    return faults


def _are_numbers(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        _fault_of_stratum(key) is None and isinstance(number, Fraction)
        for key, number in value.items()
    )


def _faults_of_purpose(plan: Plan) -> list[str]:
    given = [name for name in ("size", "minutes", "detect") if getattr(plan, name) is not None]
    faults = []
    if len(given) != 1:
        got = " and ".join(given) or "none of them"
        faults.append(f"plan: got {got}; give one of size, minutes, detect")
    if plan.minutes is not None and plan.per_letter is None:
        faults.append("plan, per_letter: missing; say how many minutes a letter takes")
    faults += [
        f"plan, {name}: got {getattr(plan, name)}; give minutes above 0"
        for name in ("minutes", "per_letter")
        if isinstance(getattr(plan, name), Fraction) and getattr(plan, name) <= 0
    ]
    return faults


def _faults_of_allocation(plan: Plan) -> list[str]:
    method = plan.allocation
    if isinstance(method, Mapping):
        if plan.size is None:
            return ["plan, allocation: letters per stratum go with their sum as the size"]
        if not all(_fault_of_stratum(key) is None for key in method):
            return [f"plan, allocation: got {shown(method)}; give letters per stratum"]
        return []
    if not isinstance(method, str) or method not in METHODS:
        named = ", ".join(METHODS)
        return [f"plan, allocation: got {shown(method)}; it is one of {named}, or a mapping"]
    faults = []
    if method == "srs" and (plan.minimum not in (0, 1) or plan.cap is not None):
        faults.append("plan, minimum, cap: 'srs' has no strata to bound; leave them out")
    if method == "srs" and (plan.merge_below is not None or plan.cuts):
        faults.append("plan, merge_below, cuts: 'srs' has no strata to make; leave them out")
    for name, needed in (("variances", "neyman"), ("power", "power")):
        if (getattr(plan, name) is not None) != (method == needed):
            faults.append(f"plan, {name}: goes with allocation={needed!r}, and it needs it")
    if isinstance(plan.power, Fraction):
        faults += faults_of_power(plan.power)
    return faults


def _faults_of_take_all(take_all: Any) -> list[str]:
    if not isinstance(take_all, tuple):
        return [f"plan, take_all: got {shown(take_all)}; give a list of strata"]
    faults = []
    for place, stratum in enumerate(take_all, 1):
        where = f"plan, take_all, stratum {place}"
        if fault := _fault_of_stratum(stratum):
            faults.append(f"{where}: {fault}")
        elif stratum in take_all[: place - 1]:
            faults.append(f"{where}: {shown(' / '.join(stratum))} stands twice; name it once")
    return faults


def _faults_of_rotation(plan: Plan) -> list[str]:
    rotation = plan.rotation
    if rotation is None:
        return []
    if not isinstance(rotation, Rotation):
        return [f"plan, rotation: got {shown(rotation)}; give months and start, as Rotation does"]
    without = {
        "allocation": plan.allocation != "proportional",
        "minimum": plan.minimum not in (0, 1),
        "cap": plan.cap is not None,
        "detect": plan.detect is not None,
    }
    return [
        f"plan, {name}: does not go with a rotation, which calls the strata by lot; leave it out"
        for name, given in without.items()
        if given
    ]


def _faults_of_merging(plan: Plan) -> list[str]:
    if (plan.merge_below is None) != (plan.into is None):
        return ["plan, merge_below, into: go together; say below which size, and into what"]
    into = as_stratum(plan.into)
    fault = None if into is None else _fault_of_stratum(into)
    return [] if fault is None else [f"plan, into: {fault}"]


def _faults_of_cuts(plan: Plan) -> list[str]:
    if plan.cuts is None:
        return ["plan, uncut: goes with cuts"] if plan.uncut else []
    if not isinstance(plan.cuts, Mapping) or not plan.cuts:
        return [f"plan, cuts: got {shown(plan.cuts)}; give a mapping of variable to points"]
    faults = []
    for name, points in plan.cuts.items():
        if not isinstance(name, str) or not isinstance(points, tuple):
            faults.append(f"plan, cuts, {shown(name)}: got {shown(points)}; give a list of points")
        else:
            faults += [f"plan, cuts, {shown(name)}: {fault}" for fault in Cut(points).faults()]
    if not isinstance(plan.uncut, tuple) or not all(isinstance(text, str) for text in plan.uncut):
        faults.append(f"plan, uncut: got {shown(plan.uncut)}; give a list of values as text")
    return faults


def _fault_of_stratum(stratum: Any) -> str | None:
    if not isinstance(stratum, tuple) or not all(isinstance(value, str) for value in stratum):
        return f"got {shown(stratum)}; give the stratum's values as text"
    return next((fault for value in stratum if (fault := fault_in_name(value))), None)


def faults_of_width(what: str, strata: Iterable[Stratum], width: int) -> list[str]:
    """A stratum that is named may have no letters this month, but it must be one that could."""
    return [
        f"plan, {what}: {shown(' / '.join(stratum))} has {len(stratum)} values; "
        f"the frame has {width} stratum variables"
        for stratum in strata
        if len(stratum) != width
    ]


def is_count(value: object, least: int) -> bool:
    """Whether it is a whole number of at least so much, and not larger than a record can hold."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, int) and whole and least <= value <= LARGEST_INTEGER
