"""The plan: how many letters, from which strata, decided before anybody knows which."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import attrs

from ceosample.canonical import Json
from ceosample.errors import PlanError, raise_faults
from ceosample.form import is_count, meant
from ceosample.got import got
from ceosample.rational import Rational
from ceosample.result import Result
from ceosample.sampling.frames.cuts import Cut
from ceosample.sampling.frames.strata import Strata, Stratum, stratum_said
from ceosample.sampling.names import AT_REST
from ceosample.sampling.plans import plan_faults, plan_fields
from ceosample.sampling.plans.allocation import allocate
from ceosample.sampling.plans.at_most import AtMost, Resolved, as_size, as_whole
from ceosample.sampling.plans.chances import worst_miss
from ceosample.sampling.plans.pool import Pool
from ceosample.sampling.plans.promise import Promise
from ceosample.sampling.plans.rotation import HasPast, Rotation, Turn
from ceosample.sampling.plans.waiting import WAITING, AnyTurn, Waiting
from ceosample.show import Described, decimal, percent
from ceosample.text import quoted

if TYPE_CHECKING:  # a plan of a configuration meets no frame until a month is run
    from ceosample.sampling.frames.frame import AnyFrame

#: Sizes below which a promise tries to merge strata.
_MERGE_BELOW: Final = (20, 50, 120, 300, 1000)


@attrs.frozen
class Design:
    """A plan worked out on a frame.

    Attributes:
        strata: the frame's units in the plan's strata.
        pools: the letters or the chances of each stratum, by the bytes of its values.
        turn: the month's place in its rotation's block, or how long its strata have waited; None
            under other plans.
        size: the letters, those of the take-all strata left out.
    """

    strata: Strata
    pools: tuple[Pool, ...]
    turn: AnyTurn | None
    size: int


@attrs.frozen
class Plan(Described, Result):
    """The sampling design of a month.

    One of ``size``, ``minutes`` and ``detect`` says how many letters there are; see also
    :meth:`for_at_most`, :meth:`for_minutes` and :meth:`to_detect`.

    Attributes:
        size: the number of letters, n; those of take-all strata come on top. ``{"at_most": 12}``
            is a limit: :meth:`resolved` makes the whole number of it that a month allows.
        allocation: how they are shared among the strata, as ``allocate`` has it: ``proportional``,
            ``neyman``, ``equal``, ``power``, ``srs``, or letters per stratum. Or ``waiting``, for
            fewer letters than strata: a stratum's chance grows with the months since it gave one.
        minimum: the letters that each stratum is given first, 0 or more.
        reserves: the units kept next in line in each stratum, 0 or more.
        take_all: strata that are signed in full; each as its value or a sequence of its values.
        cap: the most letters of a stratum that is not taken in full, or None.
        variances: for ``neyman``, S squared of each stratum.
        power: for ``power``, from 0 to 1.
        minutes: the most time for reading; it covers the take-all strata's letters too. A month
            with fewer letters than that is read whole.
        per_letter: the minutes that a letter takes; with ``size``, for the promise alone.
        detect: a rate of defective letters, and the confidence with which the draw is to hold at
            least one of them, however they are spread over the strata.
        rotation: blocks of months in which each stratum gets its turn, for fewer letters than
            strata; see ``docs/plan.md``. ``minimum`` does not go with it.
        rest: a person's letters are drawn at most once within so many months; the caller says
            who rests, with ``frame.rest``. None, the default, leaves all in.
        cuts: variables to points: numbers or ISO dates at which their values are cut into strata.
        uncut: values of such variables that stay as they are, the label of a missing one say.
        merge_below: strata of fewer units this month become one, ``into``; not take-all ones.
        into: what the merged stratum is called: one text for each variable, or their sequence. A
            stratum that has this name already takes them in.

    Raises:
        PlanError: every field that no frame could carry out.

    >>> Plan(size=12, take_all=["Escalated"]).take_all
    (('Escalated',),)
    """

    size: int | AtMost | None = attrs.field(default=None, converter=as_size)
    allocation: str | Mapping[Stratum, int] = attrs.field(
        default="proportional", converter=plan_fields.as_pairs
    )
    minimum: int = attrs.field(default=1, converter=as_whole)
    reserves: int = attrs.field(default=2, converter=as_whole)
    take_all: tuple[Stratum, ...] = attrs.field(default=(), converter=plan_fields.as_strata)
    cap: int | None = attrs.field(default=None, converter=as_whole)
    variances: Mapping[Stratum, Fraction] | None = attrs.field(
        default=None, converter=plan_fields.as_exact_pairs
    )
    power: Fraction | None = attrs.field(default=None, converter=plan_fields.as_exact)
    minutes: Fraction | None = attrs.field(default=None, converter=plan_fields.as_exact)
    per_letter: Fraction | None = attrs.field(default=None, converter=plan_fields.as_exact)
    detect: tuple[Fraction, ...] | None = attrs.field(default=None, converter=plan_fields.as_exact)
    rotation: Rotation | None = attrs.field(default=None, converter=plan_fields.as_rotation)
    rest: int | None = attrs.field(default=None, converter=as_whole)
    cuts: Mapping[str, tuple[str, ...]] | None = attrs.field(
        default=None, converter=plan_fields.as_cuts
    )
    uncut: tuple[str, ...] = attrs.field(default=(), converter=plan_fields.as_texts)
    merge_below: int | None = attrs.field(default=None, converter=as_whole)
    into: str | Stratum | None = attrs.field(default=None, converter=plan_fields.as_texts)

    def __attrs_post_init__(self) -> None:
        raise_faults(PlanError, plan_faults.faults_of(attrs.asdict(self, recurse=False)))

    @classmethod
    def for_at_most(cls, letters: int, **other: Any) -> Plan:
        """A plan of so many letters, or of all that a month has if those are fewer.

        A commitment and a draw hold the whole number that the month's frame gives: 0 where nothing
        is eligible.

        >>> plan = Plan.for_at_most(12)
        >>> sum(pool.letters for pool in plan.pools({("Cards",): 3, ("Loans",): 4}))
        7
        """
        return cls(size=AtMost(letters), **other)

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
        """A plan of the fewest letters that hold a defective one with this confidence.

        The worst case over the strata counts: the defective letters may stand wherever they are
        hardest to find.

        >>> plan = Plan.to_detect("0.05", confidence="0.9")
        >>> sum(pool.letters for pool in plan.pools({("all",): 1200}))
        45
        """
        return cls(detect=(rate, confidence), **other)

    @classmethod
    def for_bound(cls, rate: Rational, *, confidence: Rational, **other: Any) -> Plan:
        """A plan of the fewest letters that bound the rate of defects if none is found.

        If no defect is found, fewer than this rate of all letters are defective, with this
        confidence. It is the plan of :meth:`to_detect`: a rate is excluded exactly where it would
        have shown, wherever its defects were.

        >>> plan = Plan.for_bound("0.05", confidence="0.95")
        >>> sum(pool.letters for pool in plan.pools({("all",): 1200}))
        57
        """
        return cls.to_detect(rate, confidence=confidence, **other)

    def design(self, frame: AnyFrame, earlier: Iterable[HasPast] = ()) -> Design:
        """The plan worked out on a frame, before anything is drawn.

        Args:
            frame: what could be chosen.
            earlier: under a rotation, the draws of the earlier months of its block; under
                ``waiting``, those of the 24 months before.

        Raises:
            PlanError: it cannot be carried out on it.
            FrameError: it is no frame, or a value that cannot be cut.
        """
        from ceosample.sampling.frames.frame import require_frame

        require_frame(frame)
        earlier = tuple(earlier)
        if self.rest is None and frame.exclusions.get(AT_REST):
            raise PlanError(
                f"plan, rest: missing, and the frame leaves out {frame.exclusions[AT_REST]} units "
                f"as {AT_REST}; give the number of months that a unit rests, or another reason"
            )
        strata = self._strata_of(frame)
        turn: AnyTurn | None = None
        identity = frame.population, frame.period, tuple(frame.variables)
        if self.rotation is not None:
            turn = Turn.of(self.rotation, *identity, earlier)
        elif self.allocation == WAITING:
            turn = Waiting.of(*identity, earlier)
        elif earlier:
            raise PlanError(
                f"earlier: got {len(earlier)}, and a plan without a rotation or 'waiting' uses "
                "none; leave earlier out"
            )
        pools, size = self._pools_and_size(strata.sizes(), turn)
        return Design(strata, tuple(pools), turn, size)

    def resolved(self, frame: AnyFrame, earlier: Iterable[HasPast] = ()) -> Plan:
        """The plan with a size that is a whole number, as a freeze of this frame holds it.

        Args:
            frame: what could be chosen.
            earlier: as :meth:`design` takes it.

        Raises:
            PlanError, FrameError: for the reasons of :meth:`design`.

        >>> from ceosample import Frame
        >>> frame = Frame.from_records([{"id": 7}, {"id": 8}],
        ...     population="complaint-responses", period="2026-10", unit_id="id")
        >>> Plan.for_at_most(12).resolved(frame).size
        2
        """
        return self.carried_out(self.design(frame, earlier)) if self._is_limit else self

    def carried_out(self, design: Design) -> Plan:
        """The same for a design of it that exists already."""
        return attrs.evolve(self, size=Resolved(design.size)) if self._is_limit else self

    def without_letters(self) -> Plan:
        """The plan of a month in which nothing is eligible, whatever it says of others: size 0."""
        by_stratum = isinstance(self.allocation, Mapping)
        return attrs.evolve(
            self,
            size=Resolved(0),
            minutes=None,
            detect=None,
            allocation="proportional" if by_stratum else self.allocation,
        )

    @property
    def _is_limit(self) -> bool:
        return isinstance(self.size, AtMost)

    @property
    def _is_of_nothing(self) -> bool:
        return isinstance(self.size, Resolved) and self.size == 0

    def _strata_of(self, frame: AnyFrame) -> Strata:
        """The frame's strata, cut."""
        if self.cuts is None:
            return frame
        return frame.cut({n: Cut(points, self.uncut) for n, points in self.cuts.items()})

    def require_own_name(self, frame: AnyFrame) -> None:
        """Raise if small strata would be merged into a stratum that the frame has itself.

        Asked before a seed exists: what was frozen so by release 0.1 stays drawn as it was.

        Raises:
            PlanError: they would; the stratum would vanish among them.
        """
        from ceosample.sampling.frames.frame import require_frame

        require_frame(frame)
        raw = self._strata_of(frame).sizes()
        for name, merged in self._members(raw).items():
            if len(merged) > 1 and name in raw:
                raise PlanError(
                    f"plan, into: got {stratum_said(name)}, and the frame has a stratum of that "
                    f"name ({raw[name]} responses), which would take in {len(merged) - 1} small "
                    "ones; give a name that no stratum has"
                )

    def pools(self, sizes: Mapping[Stratum, int]) -> list[Pool]:
        """The plan worked out on strata of these sizes, in the order of the strata.

        Raises:
            PlanError: it cannot be carried out on them, or has a rotation or ``waiting``, which ask
                for more.
        """
        carries = WAITING if self.allocation == WAITING else self.rotation and "rotation"
        if carries:
            raise PlanError(f"plan, {carries}: needs a frame and its month; use promise(frame)")
        return self._pools_and_size(sizes, None)[0]

    def promise(self, frame: AnyFrame, earlier: Iterable[HasPast] = ()) -> Promise:
        """What the plan promises on a frame, before anything is drawn.

        Args:
            frame: what could be chosen.
            earlier: as :meth:`design` takes it.

        Raises:
            PlanError: it cannot be carried out on it.
        """
        design = self.design(frame, earlier)
        self.require_own_name(frame)
        return self.promise_of(design, frame)

    def promise_of(self, design: Design, frame: AnyFrame) -> Promise:
        """The promise of a design that exists already."""
        letters = sum(pool.size for pool in design.pools if pool.take_all) + design.size
        minutes = None if self.per_letter is None else self.per_letter * letters
        present = {pool.stratum for pool in design.pools}
        return Promise(
            design.pools,
            minutes,
            dict(frame.exclusions),
            design.turn,
            design.size,
            tuple(stratum for stratum in self.take_all if stratum not in present),
            tuple(self._merged(design)),
        )

    def _merged(self, design: Design) -> Iterator[tuple[int, tuple[Pool, ...]]]:
        """The pools if strata below some sizes were merged, where that changes them."""
        if design.turn is not None or self.allocation == "srs":
            return
        raw, before = design.strata.sizes(), len(design.pools)
        average = sum(raw.values()) // max(design.size, 1)
        into = self.into or tuple("merged" for _ in next(iter(raw), ()))
        for below in _MERGE_BELOW:
            if (self.merge_below or 0) < below <= 2 * average:
                fewer = attrs.evolve(
                    self,
                    size=design.size,
                    minutes=None,
                    detect=None,
                    merge_below=below,
                    into=into,
                )
                with contextlib.suppress(PlanError):  # letters or spreads are named by stratum
                    pools = tuple(fewer._pools_and_size(raw, None)[0])
                    if len(pools) < before:
                        before = len(pools)
                        yield below, pools

    def to_dict(self) -> dict[str, Json]:
        """``size`` and the fields that differ from their defaults, as the record holds them."""
        found: dict[str, Json] = {}
        for field in attrs.fields(Plan):
            value = getattr(self, field.name)
            if value != field.default:
                found[field.name] = plan_fields.as_json(value)
        return found

    @property
    def words(self) -> str:
        """The fields of :meth:`to_dict` in a line for people."""
        return plan_fields.in_words(self.to_dict())

    def _facts(self) -> tuple[str, list[tuple[str, str]]]:
        facts: dict[str, str] = {}
        for name in attrs.fields_dict(Plan):
            value = plan_fields.as_json(getattr(self, name))
            if value not in (None, [], {}):
                facts[name.replace("_", " ")] = plan_fields.said(value)
        return "Plan", list(facts.items())

    @classmethod
    def from_dict(cls, given: Mapping[str, Any], *, new: bool = False) -> Plan:
        """The plan that a record holds.

        Args:
            given: its fields.
            new: True for a plan of months to come. A record can hold the size 0, of a month in
                which nothing was eligible; a new plan cannot.

        Raises:
            PlanError: a field is unknown (a plan that is half understood is not understood) or
                impossible.
        """
        known = [field.name for field in attrs.fields(cls)]
        unknown = [name for name in given if name not in known]
        raise_faults(
            PlanError,
            (
                f"plan, {quoted(name)}: not known; use one of {', '.join(known)}"
                f"{meant(str(name), known)}"
                for name in unknown
            ),
        )
        if not new and is_count(given.get("size")):
            given = {**given, "size": Resolved(given["size"])}
        try:
            return cls(**given)
        except PlanError:
            raise
        except (TypeError, ValueError, LookupError, AttributeError):
            raise PlanError(f"plan: {got(dict(given))}; give each field as a plan has it") from None

    def _pools_and_size(
        self, raw: Mapping[Stratum, int], turn: AnyTurn | None
    ) -> tuple[list[Pool], int]:
        """The pools, and how many letters they give beside those of the take-all strata."""
        members = self._members(raw)
        sizes = {name: sum(raw[stratum] for stratum in found) for name, found in members.items()}
        in_full = [
            Pool(name, members[name], size, size, take_all=True)
            for name, size in sizes.items()
            if name in self.take_all
        ]
        rest = {name: size for name, size in sizes.items() if name not in self.take_all}
        if not raw:
            if not self._is_limit and not self._is_of_nothing:
                raise PlanError(
                    "plan: the frame has no responses, so there is nothing to draw; give the size "
                    "as {at_most = ...}, which takes a month without any"
                )
            return [], 0
        n = self._size(members, rest, in_full, turn)
        sampled = self._sampled(members, rest, n) if turn is None else turn.pools(members, rest, n)
        return sorted([*in_full, *sampled], key=lambda pool: pool.stratum), n

    def _members(self, raw: Mapping[Stratum, int]) -> dict[Stratum, tuple[Stratum, ...]]:
        """The plan's strata, in order, each with those of the frame that it is made of."""
        width = len(next(iter(raw), ()))
        into = (self.into,) * width if isinstance(self.into, str) else self.into or ()
        faults = plan_faults.faults_of_width("take_all", self.take_all, width) if raw else []
        if raw and self.merge_below is not None:
            faults += plan_faults.faults_of_width("into", [into], width)
        raise_faults(PlanError, faults)
        found: dict[Stratum, list[Stratum]] = {}
        for stratum in sorted(raw):
            small = raw[stratum] < (self.merge_below or 0) and stratum not in self.take_all
            found.setdefault(into if small else stratum, []).append(stratum)
        return {name: tuple(found[name]) for name in sorted(found)}

    def _size(
        self,
        members: Mapping[Stratum, tuple[Stratum, ...]],
        rest: Mapping[Stratum, int],
        in_full: Sequence[Pool],
        turn: AnyTurn | None,
    ) -> int:
        """The letters beside those of the take-all strata."""
        if isinstance(self.size, AtMost):
            most = self._bounds(rest)[1] if turn is None else turn.most(rest)
            return min(self.size.at_most, most)
        if self.size is not None:
            return self.size
        if self.minutes is not None and self.per_letter is not None:
            return self._readable(self.minutes, self.per_letter, rest, in_full, turn)
        return self._detecting(members, rest, in_full)

    def _bounds(self, rest: Mapping[Stratum, int]) -> tuple[int, int]:
        """The fewest and the most letters that strata of these sizes can give."""
        fewest = sum(max(1, min(self.minimum, size)) for size in rest.values())
        if self.allocation == "srs":
            fewest = min(1, len(rest))
        return fewest, sum(min(self.cap or size, size) for size in rest.values())

    def _readable(
        self,
        minutes: Fraction,
        per_letter: Fraction,
        rest: Mapping[Stratum, int],
        in_full: Sequence[Pool],
        turn: AnyTurn | None,
    ) -> int:
        """The letters that the time is enough for, once those of take-all strata are read."""
        taken = sum(pool.size for pool in in_full)
        fewest, most = self._bounds(rest)
        if turn is not None:
            fewest, most = turn.fewest(rest), turn.most(rest)
        readable = int(minutes / per_letter) - taken
        if readable < fewest:
            enough = (fewest + taken) * per_letter
            raise PlanError(
                f"plan, minutes: {decimal(minutes)} are enough for {int(minutes / per_letter)} "
                f"letters; {fewest} are needed next to the {taken} of strata that are read in "
                f"full, so the nearest possible plan is of {decimal(_up(enough))}"
            )
        return min(readable, most)

    def _sampled(
        self, members: Mapping[Stratum, tuple[Stratum, ...]], rest: Mapping[Stratum, int], n: int
    ) -> list[Pool]:
        """The pools of strata that are not taken in full, with so many letters."""
        if self.allocation == "srs" and rest:
            total = sum(rest.values())
            every = tuple(stratum for name in rest for stratum in members[name])
            return [Pool((), every, total, allocate({(): total}, n)[()])]
        letters = allocate(
            rest,
            n,
            method="proportional" if self.allocation == "srs" else self.allocation,
            variances=self.variances,
            power=self.power,
            minimum=self.minimum,
            cap=self.cap,
        )
        return [Pool(name, members[name], size, letters[name]) for name, size in rest.items()]

    def _detecting(
        self,
        members: Mapping[Stratum, tuple[Stratum, ...]],
        rest: Mapping[Stratum, int],
        in_full: Sequence[Pool],
    ) -> int:
        """The fewest letters that meet ``detect``; more letters never hurt."""
        rate, confidence = self.detect or (Fraction(), Fraction())
        total = sum(rest.values()) + sum(pool.size for pool in in_full)
        defective = ceil(total * rate)
        low, high = self._bounds(rest)

        def reached(n: int) -> Fraction:
            return 1 - worst_miss([*in_full, *self._sampled(members, rest, n)], defective)

        # The fewest letters are mostly far fewer than can be read, and large samples take long.
        most, step = high, low
        while low + step < most and reached(low + step) < confidence:
            low, step = low + step + 1, step * 2
        high = min(low + step, most)
        if high == most and reached(high) < confidence:
            possible = Fraction(int(reached(high) * 10_000), 10_000)
            raise PlanError(
                f"plan, detect: {percent(confidence)} cannot be reached with at most {high} "
                f"letters; the nearest possible confidence is {decimal(possible, 4)}, or raise "
                "the cap"
            )
        while low < high:
            middle = (low + high) // 2
            if reached(middle) >= confidence:
                high = middle
            else:
                low = middle + 1
        return low


def _up(minutes: Fraction) -> Fraction:
    """Up to the next tenth, so that the plan that is named is possible."""
    return Fraction(ceil(minutes * 10), 10)


def require_plan(plan: object) -> None:
    """Raise unless it is a plan.

    Raises:
        PlanError: it is something else.
    """
    if not isinstance(plan, Plan):
        raise PlanError(f"plan: {got(plan)}; give a Plan, such as Plan(size=30)")
