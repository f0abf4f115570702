"""Cells: letters that were sampled by themselves, and what was found among those that were read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Final, Protocol, TypeAlias

import attrs

from ceosample.errors import InferenceError, PlanError, raise_faults
from ceosample.form import is_count
from ceosample.got import got
from ceosample.period import Period
from ceosample.rational import Rational, as_fraction
from ceosample.result import Result
from ceosample.sampling.frames.strata import Stratum
from ceosample.show import exact_percent, percent, stratum_words

#: No bound is computed for more letters than this.
MOST_LETTERS: Final = 10_000_000


def _as_found(value: Any) -> Any:
    """A score as an exact fraction; anything else as it is, for the faults to name."""
    if is_count(value):
        return int(value)
    try:
        exact = as_fraction(value, "found")
    except PlanError:
        return value
    return int(exact) if exact.denominator == 1 else exact


def _as_scores(value: Any) -> Any:
    return tuple(Fraction(found) if _is_score(found := _as_found(v)) else v for v in value)


def _is_score(value: object) -> bool:
    whole = isinstance(value, int | Fraction) and not isinstance(value, bool)
    return whole and 0 <= value <= 1  # type: ignore[operator]  # it is a number here


def _as_stratum(value: str | Stratum) -> Stratum:
    return (value,) if isinstance(value, str) else tuple(value)


@attrs.frozen
class Cell(Result):
    """A stratum of a month: a simple random sample of its letters, and what it showed.

    Attributes:
        size: the eligible letters, N.
        drawn: the letters that were drawn from them, n; 0 where none had a chance.
        found: the defective ones among those, y; those without a verdict are counted in it if the
            rule says so. For scores, their sum.
        stratum: what the record calls it; ``()`` for everything.
        period: the month, or None.
        scores: for scores, that of each letter drawn; ``found`` is their sum.

    Raises:
        InferenceError: counts that cannot be.

    >>> Cell(432, 4, 1, ("Cards",))
    Cell(size=432, drawn=4, found=1, stratum=('Cards',), period=None, scores=())
    """

    size: int
    drawn: int
    found: int | Fraction = attrs.field(default=0, converter=_as_found)
    stratum: Stratum = attrs.field(default=(), converter=_as_stratum)
    period: Period | None = None
    scores: tuple[Fraction, ...] = attrs.field(default=(), converter=_as_scores)

    def __attrs_post_init__(self) -> None:
        faults = [
            f"{name}: got {got(value)[4:]}; give a whole number from 0 to {MOST_LETTERS}"
            for name, value in (("N", self.size), ("n", self.drawn))
            if not is_count(value) or value > MOST_LETTERS
        ]
        if not faults and self.drawn > self.size:
            faults.append(f"n: got {self.drawn} drawn of {self.size} letters; give at most N")
        if not isinstance(self.found, int | Fraction) or isinstance(self.found, bool):
            faults.append(f"y: {got(self.found)}; give the number of defective letters found")
        elif not faults and not 0 <= self.found <= self.drawn:
            faults.append(f"y: got {self.found} found of {self.drawn} letters; give 0 to n")
        if self.scores:
            faults += self._faults_of_scores()
        raise_faults(InferenceError, faults)

    def _faults_of_scores(self) -> list[str]:
        wrong = [score for score in self.scores if not _is_score(score)]
        if wrong:
            return [f"scores: {got(wrong[0])}; give numbers from 0 to 1"]
        if len(self.scores) != self.drawn or sum(self.scores) != self.found:
            given = f"{len(self.scores)} with a sum of {sum(self.scores)}"
            return [f"scores: got {given}; give one for each letter drawn, with y as their sum"]
        return []

    @property
    def read_in_full(self) -> bool:
        """Whether every letter was drawn, so that nothing is left to infer."""
        return self.drawn == self.size

    @property
    def without_chance(self) -> bool:
        """Whether no letter could be drawn, so that all of them may be defective."""
        return self.drawn == 0 < self.size

    @property
    def sampled(self) -> bool:
        """Whether some letters were drawn and others were not."""
        return 0 < self.drawn < self.size

    @property
    def name(self) -> str:
        """The stratum, and the month where there is one, as people read them."""
        words = stratum_words(self.stratum)
        return words if self.period is None else f"{words}, {self.period}"


def names_of(cells: Sequence[Cell]) -> list[str]:
    """What people read of each cell: its name, or its place where several were given without one.

    >>> names_of([Cell(432, 4), Cell(245, 2)])
    ['cell 1', 'cell 2']
    """
    several = len(cells) > 1
    return [
        f"cell {place}" if several and not cell.stratum and cell.period is None else cell.name
        for place, cell in enumerate(cells, 1)
    ]


#: A cell, or N, n and y.
AnyCell: TypeAlias = Cell | tuple[int, int, int]


class SampledPool(Protocol):
    """A stratum of a month's draw, as the draw or the ledger has it."""

    @property
    def stratum(self) -> Stratum: ...
    @property
    def size(self) -> int: ...
    @property
    def take_all(self) -> bool: ...


def cells_of_month(
    pools: Iterable[SampledPool],
    letters: Iterable[tuple[Stratum, bool, Fraction]],
    period: Period,
    *,
    rotates: bool,
    scores: bool,
) -> Iterator[Cell]:
    """What was sampled by itself: a stratum each, but under a rotation.

    There each called letter is a cell of one letter that was read, and the open ones are a simple
    random sample of all others. Under ``waiting`` a stratum that gave no letter counts whole: which
    strata give one hangs on tickets and earlier draws, and on no verdict.

    Args:
        pools: the strata.
        letters: of each that was drawn its stratum, whether it was open to all under a rotation,
            and what it counts: 1 for a defective one, or its score.
        period: the month.
        rotates: whether the month was drawn under a rotation.
        scores: whether cells keep each letter's score, for ``monitor(..., scores=True)``.
    """
    pools, letters = list(pools), list(letters)
    of_strata: dict[Stratum, list[Fraction]] = {}
    for stratum, is_open, value in letters:
        if not is_open:
            of_strata.setdefault(stratum, []).append(value)

    def cell(size: int, stratum: Stratum, found: Sequence[Fraction]) -> Cell:
        kept = tuple(found) if scores else ()
        return Cell(size, len(found), sum(found, Fraction(0)), stratum, period, kept)

    for pool in pools:
        if not rotates or pool.take_all:
            yield cell(pool.size, pool.stratum, of_strata.get(pool.stratum, []))
    if not rotates:
        return
    in_full = {pool.stratum for pool in pools if pool.take_all}
    called = [(s, value) for s, is_open, value in letters if not is_open and s not in in_full]
    for stratum, value in called:
        yield cell(1, stratum, [value])
    rotating = sum(pool.size for pool in pools if not pool.take_all)
    yield cell(rotating - len(called), (), [value for _, is_open, value in letters if is_open])


def as_cells(given: Iterable[AnyCell], where: str, *, scores: bool = False) -> tuple[Cell, ...]:
    """Cells, of which triples are made ones.

    Args:
        given: the cells.
        where: what a message calls them.
        scores: whether what was found may be a fraction.

    Raises:
        InferenceError: every cell that cannot be.
    """
    cells: list[Cell] = []
    faults: list[str] = []
    for number, item in enumerate(given, 1):
        try:
            cell = item if isinstance(item, Cell) else _of_triple(item)
        except InferenceError as error:
            faults += [f"{where} {number}, {fault}" for fault in error.faults]
            continue
        if not scores and not is_count(cell.found):
            faults.append(
                f"{where} {number}, y: got {cell.found}; give a whole number, since scores are for "
                "monitor(..., scores=True)"
            )
        cells.append(cell)
    if not cells and not faults:
        faults.append(f"{where}s: got none; give at least one, such as (432, 4, 0)")
    if sum(cell.size for cell in cells) > MOST_LETTERS:
        faults.append(f"{where}s: got more than {MOST_LETTERS} letters in all; give fewer")
    raise_faults(InferenceError, faults)
    return tuple(cells)


def _of_triple(item: object) -> Cell:
    if isinstance(item, tuple | list) and len(item) == 3:
        return Cell(*item)
    raise InferenceError(f"cell: {got(item)}; give N, n and y, such as (432, 4, 0), or a Cell")


def risk_of(confidence: Rational) -> Fraction:
    """One minus the confidence, exactly.

    Raises:
        InferenceError: it is not between 0 and 1.
    """
    try:
        sure = as_fraction(confidence, "confidence")
    except PlanError as error:
        raise InferenceError(*error.faults) from None
    if not 0 < sure < 1:
        raise InferenceError(
            f"confidence: {got(confidence)}; give a number above 0 and below 1, such as '0.95'"
        )
    return 1 - sure


def sure_words(confidence: Fraction) -> str:
    """A confidence as a percentage, with the decimals that it has.

    >>> sure_words(Fraction(19, 20))
    '95 %'
    """
    whole = (confidence * 100).denominator == 1
    return exact_percent(confidence) if whole else percent(confidence)
