"""The plan: how many letters, from which strata, decided before anybody knows which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import attrs

from ceosample.canonical import Json
from ceosample.errors import PlanError, raise_all
from ceosample.rational import Rational, as_fraction
from ceosample.sampling.allocation import METHODS, allocate
from ceosample.sampling.frame import AnyFrame, Stratum
from ceosample.sampling.pool import Pool
from ceosample.sampling.promise import Promise, worst_miss
from ceosample.text import fault_in_name, shown


def _stratum(value: Any) -> Any:
    """A stratum may be given as its one value or as a sequence of values."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, Iterable) else value


def _strata(value: Any) -> Any:
    if not isinstance(value, Iterable) or isinstance(value, str):
        return value
    return tuple(map(_stratum, value))


def _pairs(value: Any) -> Any:
    """A mapping from strata, or the list of pairs that the record makes of one."""
    if isinstance(value, Mapping):
        value = list(value.items())
    if not isinstance(value, list | tuple):
        return value
    return {_stratum(stratum): number for stratum, number in value}


def _exact(value: Any) -> Any:
    """A number as its exact fraction, and so each of a list or a mapping of numbers."""
    if value is None or isinstance(value, Fraction):
        return value
    if isinstance(value, Mapping):
        return {name: _exact(number) for name, number in value.items()}
    if isinstance(value, list | tuple):
        return tuple(map(_exact, value))
    return as_fraction(value, "plan")


def _exact_pairs(value: Any) -> Any:
    return _exact(_pairs(value))


@attrs.frozen
class Plan:
    """The sampling design of a month.

    One of ``size``, ``minutes`` and ``detect`` says how many letters there are; see also
    :meth:`for_minutes` and :meth:`to_detect`.

    Attributes:
        size: the number of letters, n; take-all strata come beside it.
        allocation: how they are shared among the strata, as ``allocate`` has it: ``proportional``,
            ``neyman``, ``equal``, ``power``, ``srs``, or letters per stratum.
        minimum: the letters that each stratum is given first, 0 or more.
        reserves: the units kept next in line in each stratum, 0 or more.
        take_all: strata that are signed in full; each as its value or a sequence of its values.
        cap: the most letters of a stratum that is not taken in full, or None.
        variances: for ``neyman``, S squared of each stratum.
        power: for ``power``, from 0 to 1.
        minutes: the reading budget; it covers the take-all strata's letters too.
        per_letter: the minutes that a letter takes; with ``size``, for the promise alone.
        detect: a rate of defective letters, and the confidence with which the draw is to hold at
            least one of them, however they are spread over the strata.

    Raises:
        PlanError: every field that no frame could carry out.

    >>> Plan(size=12, take_all=["Escalated"]).take_all
    (('Escalated',),)
    """

    size: int | None = None
    allocation: str | Mapping[Stratum, int] = attrs.field(default="proportional", converter=_pairs)
    minimum: int = 1
    reserves: int = 2
    take_all: tuple[Stratum, ...] = attrs.field(default=(), converter=_strata)
    cap: int | None = None
    variances: Mapping[Stratum, Fraction] | None = attrs.field(default=None, converter=_exact_pairs)
    power: Fraction | None = attrs.field(default=None, converter=_exact)
    minutes: Fraction | None = attrs.field(default=None, converter=_exact)
    per_letter: Fraction | None = attrs.field(default=None, converter=_exact)
    detect: tuple[Fraction, ...] | None = attrs.field(default=None, converter=_exact)

    def __attrs_post_init__(self) -> None:
        raise_all(PlanError, _faults(self))

    @classmethod
    def for_minutes(cls, minutes: Rational, *, per_letter: Rational, **other: Any) -> Plan:
        """A plan of as many letters as can be read in the time.

        >>> plan = Plan.for_minutes(45, per_letter=4)
        >>> sum(pool.letters for pool in plan.pools({("Cards",): 300, ("Loans",): 90}))
        11
        """
        return cls(minutes=minutes, per_letter=per_letter, **other)

    @classmethod
    def to_detect(cls, rate: Rational, *, confidence: Rational, **other: Any) -> Plan:
        """A plan of the fewest letters that hold a defective one with confidence.

        The worst case over the strata counts: the defective letters may stand wherever they are
        hardest to find.

        >>> plan = Plan.to_detect("0.05", confidence="0.9")
        >>> sum(pool.letters for pool in plan.pools({("all",): 1200}))
        45
        """
        return cls(detect=(rate, confidence), **other)

    def pools(self, sizes: Mapping[Stratum, int]) -> list[Pool]:
        """What the plan comes to on strata of these sizes, in the order of the strata.

        Raises:
            PlanError: it cannot be carried out on them.
        """
        _require_values(self.take_all, sizes)
        if self.size is not None:
            return self._pools(sizes, self.size)
        in_full = sum(size for stratum, size in sizes.items() if stratum in self.take_all)
        if self.minutes is not None and self.per_letter is not None:
            return self._pools(sizes, max(0, int(self.minutes / self.per_letter) - in_full))
        return self._detecting(sizes, sum(sizes.values()) - in_full)

    def promise(self, frame: AnyFrame) -> Promise:
        """What the plan promises on a frame, before anything is drawn.

        Raises:
            PlanError: it cannot be carried out on it.
        """
        pools = self.pools(frame.sizes())
        letters = sum(pool.letters for pool in pools)
        minutes = None if self.per_letter is None else self.per_letter * letters
        return Promise(tuple(pools), minutes, frame.exclusions)

    def to_dict(self) -> dict[str, Json]:
        """``size`` and the fields that differ from their defaults, as the record holds them."""
        fields: dict[str, Json] = {}
        for field in attrs.fields(Plan):
            value = getattr(self, field.name)
            if value != field.default:
                fields[field.name] = _as_json(value)
        return fields

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Plan:
        """The plan that a record holds.

        Raises:
            PlanError: a field is unknown (a plan that is half understood is not understood) or
                impossible.
        """
        known = [field.name for field in attrs.fields(cls)]
        unknown = [name for name in fields if name not in known]
        raise_all(
            PlanError,
            (f"plan, {name!r}: not known here; it has {', '.join(known)}" for name in unknown),
        )
        try:
            return cls(**fields)
        except (TypeError, ValueError) as error:
            if isinstance(error, PlanError):
                raise
            raise PlanError("plan: a field is of the wrong kind") from None

    def _pools(self, sizes: Mapping[Stratum, int], size: int) -> list[Pool]:
        taken = [stratum for stratum in sorted(sizes) if stratum in self.take_all]
        rest = [stratum for stratum in sorted(sizes) if stratum not in self.take_all]
        pools = [Pool(s, (s,), sizes[s], sizes[s], take_all=True) for s in taken]
        if self.allocation == "srs" and rest:
            total = sum(sizes[stratum] for stratum in rest)
            pools.append(Pool((), tuple(rest), total, allocate({(): total}, size)[()]))
        else:
            letters = allocate(
                {stratum: sizes[stratum] for stratum in rest},
                size,
                method="proportional" if self.allocation == "srs" else self.allocation,
                variances=self.variances,
                power=self.power,
                minimum=self.minimum,
                cap=self.cap,
            )
            pools += [Pool(s, (s,), sizes[s], letters[s]) for s in rest]
        return sorted(pools, key=lambda pool: pool.stratum)

    def _detecting(self, sizes: Mapping[Stratum, int], most: int) -> list[Pool]:
        """The pools with the fewest letters that meet ``detect``; more letters never hurt."""
        rate, confidence = self.detect or (Fraction(), Fraction())
        total = sum(sizes.values())
        defective = -(-total * rate.numerator // rate.denominator)
        strata = len(sizes) - len([s for s in sizes if s in self.take_all])
        low = min(1 if self.allocation == "srs" else self._fewest(sizes), most) if strata else 0
        high = most if self.cap is None else min(most, self._most(sizes))

        def enough(size: int) -> bool:
            return 1 - worst_miss(self._pools(sizes, size), defective) >= confidence

        if not enough(high):
            raise PlanError(
                f"plan, detect: {confidence} cannot be reached with at most {high} letters; raise "
                "the cap, or lower the confidence"
            )
        while low < high:
            middle = (low + high) // 2
            if enough(middle):
                high = middle
            else:
                low = middle + 1
        return self._pools(sizes, low)

    def _fewest(self, sizes: Mapping[Stratum, int]) -> int:
        rest = (size for stratum, size in sizes.items() if stratum not in self.take_all)
        return sum(max(1, min(self.minimum, size)) for size in rest)

    def _most(self, sizes: Mapping[Stratum, int]) -> int:
        rest = (size for stratum, size in sizes.items() if stratum not in self.take_all)
        return sum(min(self.cap or size, size) for size in rest)


def _as_json(value: Any) -> Json:
    if isinstance(value, Mapping):
        return [[_as_json(key), _as_json(value[key])] for key in sorted(value)]
    if isinstance(value, tuple):
        return [_as_json(item) for item in value]
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    plain: Json = int(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return plain


def _faults(plan: Plan) -> list[str]:
    bounds = {"minimum": 0, "reserves": 0}
    if plan.size is not None:
        bounds["size"] = 0 if plan.take_all else 1
    if plan.cap is not None:
        bounds["cap"] = 1
    faults = [
        f"plan, {name}: got {shown(value)}; give a whole number of at least {low}"
        for name, low in bounds.items()
        if not _is_count(value := getattr(plan, name), low)
    ]
    return [
        *faults,
        *_faults_of_purpose(plan),
        *_faults_of_allocation(plan),
        *_faults_of_take_all(plan.take_all),
    ]


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
        if getattr(plan, name) is not None and getattr(plan, name) <= 0
    ]
    if plan.detect is not None and (
        len(plan.detect) != 2 or not all(0 < value < 1 for value in plan.detect)
    ):
        faults.append("plan, detect: give a rate and a confidence, each above 0 and below 1")
    return faults


def _faults_of_allocation(plan: Plan) -> list[str]:
    method = plan.allocation
    if isinstance(method, Mapping):
        if plan.size is None:
            return ["plan, allocation: letters per stratum go with their sum as the size"]
        return []
    if not isinstance(method, str) or method not in METHODS:
        named = ", ".join(METHODS)
        return [f"plan, allocation: got {shown(method)}; it is one of {named}, or a mapping"]
    faults = []
    if method == "srs" and (plan.minimum not in (0, 1) or plan.cap is not None):
        faults.append("plan, minimum, cap: 'srs' has no strata to bound; leave them out")
    for name, needed in (("variances", "neyman"), ("power", "power")):
        if (getattr(plan, name) is not None) != (method == needed):
            faults.append(f"plan, {name}: goes with allocation={needed!r}, and it needs it")
    return faults


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
