"""What can be wrong with a plan's fields, before any frame is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

from ceosample.canonical import LARGEST_INTEGER
from ceosample.form import is_count
from ceosample.got import got, got_name
from ceosample.sampling.frames.cuts import Cut
from ceosample.sampling.frames.strata import Stratum, as_stratum
from ceosample.sampling.plans.allocation import METHODS, faults_of_power
from ceosample.sampling.plans.at_most import AT_MOST, AtMost, Resolved
from ceosample.sampling.plans.plan_fields import as_given
from ceosample.sampling.plans.rotation import Rotation
from ceosample.sampling.plans.waiting import WAITING
from ceosample.text import quoted

#: Fields that bound or make strata, and what they are where they do not.
_OF_STRATA: Final[Mapping[str, tuple[Any, ...]]] = {
    "minimum": (0, 1),
    "cap": (None,),
    "merge_below": (None,),
    "cuts": (None, {}),
}

#: All that a plan's allocation may be called.
ALLOCATIONS: Final = (*METHODS, WAITING)

#: The same for fields that a rotation does without.
_NOT_UNDER_A_ROTATION: Final[Mapping[str, tuple[Any, ...]]] = {
    "allocation": ("proportional",),
    "minimum": (0, 1),
    "cap": (None,),
    "detect": (None,),
}

#: The same for fields that ``waiting`` does without.
_NOT_WHILE_WAITING: Final[Mapping[str, tuple[Any, ...]]] = {
    "minimum": (0, 1),
    "cap": (None,),
    "detect": (None,),
}


def faults_of(plan: Mapping[str, Any]) -> list[str]:
    """Everything in a plan's fields, by name, that no frame could carry out."""
    return [
        *_faults_of_counts(plan),
        *_faults_of_numbers(plan),
        *_faults_of_purpose(plan),
        *_faults_of_allocation(plan),
        *_faults_of_take_all(plan["take_all"]),
        *_faults_of_rotation(plan),
        *_faults_of_merging(plan),
        *_faults_of_cuts(plan),
    ]


def _faults_of_counts(plan: Mapping[str, Any]) -> list[str]:
    bounds = {"minimum": 0, "reserves": 0}
    least = {"size": _least_size(plan), "cap": 1, "merge_below": 2, "rest": 1}
    bounds |= {name: low for name, low in least.items() if plan[name] is not None}
    return [
        f"plan, {_named(name, plan[name])}: {got(value)}; give a whole number of at least {low}"
        for name, low in bounds.items()
        if not is_count(value := _count(plan[name]), low) or value > LARGEST_INTEGER
    ]


def _least_size(plan: Mapping[str, Any]) -> int:
    """The smallest size: none besides strata that are read in full, or in a month without any."""
    return 0 if plan["take_all"] or isinstance(plan["size"], Resolved) else 1


def _count(value: Any) -> Any:
    return value.at_most if isinstance(value, AtMost) else value


def _named(name: str, value: Any) -> str:
    return f"{name}, {AT_MOST}" if isinstance(value, AtMost) else name


def _faults_of_numbers(plan: Mapping[str, Any]) -> list[str]:
    faults = [
        f"plan, {name}: {got(as_given(value))}; give a number such as '0.05' or '1/20'"
        for name in ("power", "minutes", "per_letter")
        if (value := plan[name]) is not None and not isinstance(value, Fraction)
    ]
    detect = plan["detect"]
    if detect is not None and not (
        isinstance(detect, tuple)
        and len(detect) == 2
        and all(isinstance(value, Fraction) and 0 < value < 1 for value in detect)
    ):
        faults.append(
            f"plan, detect: {got(as_given(detect))}; give a rate and a confidence, each above 0 "
            "and below 1, such as ['0.05', '0.9']"
        )
    if plan["variances"] is not None and not _are_numbers(plan["variances"]):
        faults.append(
            f"plan, variances: {got(as_given(plan['variances']))}; give a mapping of stratum to "
            "number"
        )
    return faults


def _are_numbers(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and bool(value)
        and all(
            _fault_of_stratum(key) is None and isinstance(number, Fraction)
            for key, number in value.items()
        )
    )


def _faults_of_purpose(plan: Mapping[str, Any]) -> list[str]:
    given = [
        f"{name} {quoted(as_given(plan[name]))}"
        for name in ("size", "minutes", "detect")
        if plan[name] is not None
    ]
    faults = []
    if len(given) != 1:
        named = " and ".join(given) or "None for each of them"
        faults.append(f"plan: got {named}; give one of size, minutes, detect")
    if plan["minutes"] is not None and plan["per_letter"] is None:
        faults.append("plan, per_letter: missing; give the number of minutes that a letter takes")
    faults += [
        f"plan, {name}: {got(as_given(plan[name]))}; give minutes above 0"
        for name in ("minutes", "per_letter")
        if isinstance(plan[name], Fraction) and plan[name] <= 0
    ]
    return faults


def _faults_of_allocation(plan: Mapping[str, Any]) -> list[str]:
    method = plan["allocation"]
    if isinstance(method, Mapping):
        if not isinstance(plan["size"], int):
            return [
                f"plan, allocation: {got(method)}, letters per stratum; give their sum as the size"
            ]
        if not method or not all(_fault_of_stratum(key) is None for key in method):
            return [f"plan, allocation: {got(method)}; give a mapping of stratum to letters"]
        return []
    if not isinstance(method, str) or method not in ALLOCATIONS:
        named = ", ".join(ALLOCATIONS)
        return [f"plan, allocation: {got(method)}; use one of {named}, or a mapping"]
    faults = []
    if method == "srs":
        faults += [
            f"plan, {name}: {got(as_given(plan[name]))}, and 'srs' has no strata; leave it out"
            for name, unset in _OF_STRATA.items()
            if plan[name] not in unset
        ]
    if method == WAITING:
        faults += [
            f"plan, {name}: {got(as_given(plan[name]))}, and 'waiting' picks the strata by lot; "
            "leave it out"
            for name, unset in _NOT_WHILE_WAITING.items()
            if plan[name] not in unset
        ]
    for name, needed in (("variances", "neyman"), ("power", "power")):
        if method == needed and plan[name] is None:
            faults.append(f"plan, {name}: missing; give what allocation={needed!r} needs")
        elif method != needed and plan[name] is not None:
            faults.append(
                f"plan, {name}: {got(as_given(plan[name]))}, which only allocation={needed!r} "
                "uses; leave it out"
            )
    if isinstance(plan["power"], Fraction):
        faults += faults_of_power(plan["power"])
    return faults


def _faults_of_take_all(take_all: Any) -> list[str]:
    if not isinstance(take_all, tuple):
        return [f"plan, take_all: {got(take_all)}; give a list of strata"]
    faults = []
    for place, stratum in enumerate(take_all, 1):
        where = f"plan, take_all, stratum {place}"
        if fault := _fault_of_stratum(stratum):
            faults.append(f"{where}: {fault}")
        elif stratum in take_all[: place - 1]:
            faults.append(f"{where}: {got([*stratum])} a second time; name it once")
    return faults


def _faults_of_rotation(plan: Mapping[str, Any]) -> list[str]:
    rotation = plan["rotation"]
    if rotation is None:
        return []
    if not isinstance(rotation, Rotation):
        return [f"plan, rotation: {got(rotation)}; give months and start, as Rotation takes them"]
    return [
        f"plan, {name}: {got(as_given(plan[name]))}, and a rotation calls the strata by lot; "
        "leave it out"
        for name, unset in _NOT_UNDER_A_ROTATION.items()
        if plan[name] not in unset
    ]


def _faults_of_merging(plan: Mapping[str, Any]) -> list[str]:
    if (plan["merge_below"] is None) != (plan["into"] is None):
        absent, given = sorted(("merge_below", "into"), key=lambda name: plan[name] is not None)
        what = f"missing, and {given} is {quoted(plan[given])}; give both, or leave both out"
        return [f"plan, {absent}: {what}"]
    into = as_stratum(plan["into"])
    fault = None if into is None else _fault_of_stratum(into)
    return [] if fault is None else [f"plan, into: {fault}"]


def _faults_of_cuts(plan: Mapping[str, Any]) -> list[str]:
    if plan["cuts"] is None:
        what = f"plan, uncut: {got(plan['uncut'])}, which only cuts uses; leave it out"
        return [what] if plan["uncut"] else []
    if not isinstance(plan["cuts"], Mapping) or not plan["cuts"]:
        return [f"plan, cuts: {got(plan['cuts'])}; give a mapping of variable to points"]
    faults = []
    for name, points in plan["cuts"].items():
        if not isinstance(name, str) or not isinstance(points, tuple):
            faults.append(f"plan, cuts, {quoted(name)}: {got(points)}; give a list of points")
        else:
            faults += [f"plan, cuts, {quoted(name)}: {fault}" for fault in Cut(points).faults()]
    if not isinstance(plan["uncut"], tuple) or not all(
        isinstance(text, str) for text in plan["uncut"]
    ):
        faults.append(f"plan, uncut: {got(plan['uncut'])}; give a list of values as text")
    return faults


def _fault_of_stratum(stratum: Any) -> str | None:
    if not isinstance(stratum, tuple) or not all(isinstance(value, str) for value in stratum):
        return f"{got(stratum)}; give the stratum's values as text"
    return next((said for value in stratum if (said := got_name(value))), None)


def faults_of_width(what: str, strata: Iterable[Stratum], width: int) -> list[str]:
    """A stratum that is named may have no letters this month, but it must be one that could."""
    return [
        f"plan, {what}: {got([*stratum])}, values of {len(stratum)} variables; give a "
        f"value for each of the frame's {width} stratum variables"
        for stratum in strata
        if len(stratum) != width
    ]
