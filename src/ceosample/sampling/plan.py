"""The plan: how many letters, from which strata, decided before anybody knows which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

import attrs

from ceosample.canonical import Json
from ceosample.errors import PlanError, raise_all
from ceosample.sampling.allocation import allocate
from ceosample.sampling.frame import Stratum
from ceosample.text import fault_in_name, shown

ALLOCATIONS: Final = ("proportional", "srs")


def _strata(value: Any) -> Any:
    """A stratum may be given as its one value or as a sequence of values."""
    if not isinstance(value, Iterable) or isinstance(value, str):
        return value
    return tuple(
        (stratum,) if isinstance(stratum, str)
        else tuple(stratum) if isinstance(stratum, Iterable)
        else stratum
        for stratum in value
    )  # fmt: skip


@attrs.frozen
class Pool:
    """Units that compete for the same letters: a stratum, or under ``srs`` the whole frame.

    Attributes:
        stratum: what the record calls it; ``()`` under ``srs``.
        members: the frame's strata that it is made of.
        size: the number of units, N.
        letters: the number to be drawn, n.
        take_all: whether it is signed in full, beside the plan's size.
    """

    stratum: Stratum
    members: tuple[Stratum, ...]
    size: int
    letters: int
    take_all: bool = False

    @property
    def probability(self) -> Fraction:
        """The inclusion probability of each of its units, n/N."""
        return Fraction(self.letters, self.size)


@attrs.frozen
class Plan:
    """The sampling design of a month.

    Attributes:
        size: the number of letters, n; take-all strata come beside it.
        allocation: ``proportional`` (exact whole letters in proportion to the strata's sizes) or
            ``srs`` (no strata: the lowest tickets of the whole frame).
        minimum: the letters that each stratum is given first, 0 or more.
        reserves: the units kept next in line in each stratum, 0 or more.
        take_all: strata that are signed in full; each as its value or a sequence of its values.

    Raises:
        PlanError: every field that no frame could carry out.

    >>> Plan(size=12, take_all=["Escalated"]).take_all
    (('Escalated',),)
    """

    size: int
    allocation: str = "proportional"
    minimum: int = 1
    reserves: int = 2
    take_all: tuple[Stratum, ...] = attrs.field(default=(), converter=_strata)

    def __attrs_post_init__(self) -> None:
        raise_all(PlanError, _faults(self))

    def pools(self, sizes: Mapping[Stratum, int]) -> list[Pool]:
        """What the plan comes to on strata of these sizes, in the order of the strata.

        Raises:
            PlanError: it cannot be carried out on them.
        """
        _require_values(self.take_all, sizes)
        taken = [stratum for stratum in sorted(sizes) if stratum in self.take_all]
        rest = [stratum for stratum in sorted(sizes) if stratum not in self.take_all]
        groups: dict[Stratum, tuple[Stratum, ...]] = (
            {(): tuple(rest)} if self.allocation == "srs" and rest else {s: (s,) for s in rest}
        )
        totals = {name: sum(sizes[s] for s in members) for name, members in groups.items()}
        letters = allocate(totals, self.size, minimum=self.minimum)
        pools = [Pool(s, (s,), sizes[s], sizes[s], take_all=True) for s in taken]
        pools += [Pool(name, groups[name], totals[name], letters[name]) for name in groups]
        return sorted(pools, key=lambda pool: pool.stratum)

    def to_dict(self) -> dict[str, Json]:
        """``size`` and the fields that differ from their defaults, as the record holds them."""
        fields: dict[str, Json] = {"size": self.size}
        for field in attrs.fields(Plan)[1:]:
            value = getattr(self, field.name)
            if value != field.default:
                fields[field.name] = _as_json(value)
        return fields

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Plan:
        """The plan that a record holds.

        Raises:
            PlanError: a field is missing, unknown (a plan that is half understood is not
                understood) or impossible.
        """
        known = [field.name for field in attrs.fields(cls)]
        unknown = [name for name in fields if name not in known]
        faults = [f"plan, {name!r}: not known here; it has {', '.join(known)}" for name in unknown]
        if "size" not in fields:
            faults.append("plan: 'size' is missing")
        raise_all(PlanError, faults)
        return cls(**fields)


def _as_json(value: Any) -> Json:
    if isinstance(value, tuple):
        return [_as_json(item) for item in value]
    plain: Json = value
    return plain


def _faults(plan: Plan) -> list[str]:
    least = 0 if plan.take_all else 1
    bounds = {"size": least, "minimum": 0, "reserves": 0}
    faults = [
        f"plan, {name}: got {shown(value)}; give a whole number of at least {low}"
        for name, low in bounds.items()
        if not _is_count(value := getattr(plan, name), low)
    ]
    if plan.allocation not in ALLOCATIONS:
        faults.append(
            f"plan, allocation: got {shown(plan.allocation)}; it is one of {', '.join(ALLOCATIONS)}"
        )
    elif plan.allocation == "srs" and plan.minimum not in (0, 1):
        faults.append("plan, minimum: 'srs' has no strata to give a minimum to; leave it out")
    return faults + _faults_of_take_all(plan.take_all)


def _faults_of_take_all(take_all: Any) -> list[str]:
    if not isinstance(take_all, tuple):
        return [f"plan, take_all: got {shown(take_all)}; give a list of strata"]
    faults = []
    for place, stratum in enumerate(take_all, 1):
        where = f"plan, take_all, stratum {place}"
        if not isinstance(stratum, tuple) or not all(isinstance(v, str) for v in stratum):
            faults.append(f"{where}: got {shown(stratum)}; give the stratum's values as text")
        elif found := [fault for value in stratum if (fault := fault_in_name(value))]:
            faults.append(f"{where}: {found[0]}")
        elif stratum in take_all[: place - 1]:
            faults.append(f"{where}: {shown(' / '.join(stratum))} stands twice; name it once")
    return faults


def _require_values(take_all: tuple[Stratum, ...], sizes: Mapping[Stratum, int]) -> None:
    """A take-all stratum may have no letters this month, but it must be one that could."""
    variables = len(next(iter(sizes), ()))
    raise_all(
        PlanError,
        (
            f"plan, take_all: {shown(' / '.join(stratum))} has {len(stratum)} values; "
            f"the frame has {variables} stratum variables"
            for stratum in take_all
            if sizes and len(stratum) != variables
        ),
    )


def _is_count(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
