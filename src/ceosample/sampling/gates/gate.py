"""The gate: whether one response, as it is drafted, goes to the executive.

For responses that cannot wait for the month's end. The answer is a ticket below a threshold, under
a seed that is secret while the period lasts, committed to before it and revealed after it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, TypeAlias

import attrs

from ceosample.canonical import Json, canonical_file, digest
from ceosample.errors import GateError, PlanError, joined, raise_faults
from ceosample.got import Private, got
from ceosample.period import Period
from ceosample.rational import Rational, as_fraction, fraction_text
from ceosample.sampling.frames.cells import name_of_unit, stratum_value
from ceosample.sampling.frames.strata import Stratum, stratum_said
from ceosample.sampling.names import POPULATION
from ceosample.sampling.ticket import SCHEME, TICKETS, draw_key
from ceosample.show import html_table, percent, stratum_words, text_table
from ceosample.text import printable, quoted

PURPOSE: Final = "gate"

#: A commitment to fewer digits could be opened by trying them all.
_SEED = re.compile(r"[0-9a-f]{32,}")


def _as_text(period: Any) -> Any:
    """A month as text; what is no month is left as it is, for the check to name."""
    return str(period) if isinstance(period, Period) else period


def _as_chances(given: Any) -> Mapping[Stratum, Rational]:
    """One chance for everything is that of the stratum without values."""
    return given if isinstance(given, Mapping) else {(): given}


#: A stratum as it is asked for: its values, or the one value.
AnyStratum: TypeAlias = str | int | Sequence[str | int]


def _values(stratum: Any) -> tuple[Any, ...]:
    """A stratum's values; one value may stand by itself."""
    return tuple(stratum) if isinstance(stratum, list | tuple) else (stratum,)


@attrs.frozen
class Gate:
    """The rule by which one response at a time goes to the executive, or does not.

    Attributes:
        population: the sampled stream's name.
        period: the ISO month in which it answers.
        chances: the probability of each stratum's responses, 0 to 1, exact, with a denominator of
            at most 2**256; a stratum is a tuple of values, or one value. A single number is for all
            responses, whose stratum is ``()``.
        seed: at least 32 lower-case hex digits, secret until the period is over; a link of a seed
            chain is one.

    Raises:
        GateError: every argument that cannot be so.

    >>> gate = Gate("complaint-responses", "2026-10", {"Cards": "1/40", "Loans": "0.1"}, "5e" * 32)
    >>> gate.selects("CR-1042", "Cards"), gate.selects("CR-1044", "Loans")
    (False, False)
    """

    population: str
    period: str = attrs.field(converter=_as_text)
    chances: Mapping[Stratum, Fraction] = attrs.field(converter=_as_chances)
    seed: str = attrs.field(repr=False)
    _thresholds: Mapping[Stratum, int] = attrs.field(init=False, repr=False, eq=False)
    _key: bytes = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        chances = _checked(self)
        object.__setattr__(self, "chances", chances)
        thresholds = {stratum: threshold(chance) for stratum, chance in chances.items()}
        object.__setattr__(self, "_thresholds", thresholds)
        key = draw_key(self.population, self.period, self.seed, purpose=PURPOSE)
        object.__setattr__(self, "_key", f"{key},".encode())

    @property
    def seed_commitment(self) -> str:
        """The SHA-256 of the seed's text: what is published before the period begins.

        For link i of a seed chain it is link i - 1, which the month before revealed.
        """
        return digest(self.seed.encode())

    def to_dict(self) -> dict[str, Json]:
        """What is committed to, without the seed; the canonical JSON of it is hashed."""
        return {
            "scheme": SCHEME,
            "purpose": PURPOSE,
            "population": self.population,
            "period": self.period,
            "chances": [
                {"stratum": list(stratum), "probability": fraction_text(p)}
                for stratum, p in sorted(self.chances.items())
            ],
            "seed_commitment": self.seed_commitment,
        }

    @property
    def commitment(self) -> str:
        """The SHA-256 of the canonical JSON and its final newline."""
        return digest(canonical_file(self.to_dict()))

    def selects(self, unit_id: str | int, stratum: AnyStratum = ()) -> bool:
        """Whether a response goes to the executive. It records nothing: ask a register for that.

        Args:
            unit_id: the response.
            stratum: its stratum's values, or the one value.

        Raises:
            GateError: no id, or a stratum that has no chance.
        """
        return self.selects_named(*self.named(unit_id, stratum))

    def named(self, unit_id: object, stratum: AnyStratum) -> tuple[str, Stratum]:
        """The id as text and the stratum as a tuple.

        Raises:
            GateError: no id, or a stratum that has no chance.
        """
        try:
            name = name_of_unit(unit_id)
        except ValueError as error:
            raise GateError(f"unit_id: {error}") from None
        try:
            values = tuple([stratum_value(value, None) for value in _values(stratum)])
        except ValueError as error:
            raise GateError(f"response {name}, stratum: {error}") from None
        if values not in self._thresholds:
            known = joined([stratum_words(one) for one in self.chances])
            raise GateError(
                f"response {name}, stratum: got {stratum_said(values)}; use one of {known}"
            )
        return name, values

    def selects_named(self, unit_id: str, stratum: Stratum) -> bool:
        """Whether a response goes to the executive, by what ``named`` returned."""
        number = hashlib.sha256(self._key + unit_id.encode()).digest()
        return int.from_bytes(number) < self._thresholds[stratum]

    def _caption(self) -> str:
        return f"Gate of {self.population}, {self.period}; commitment {self.commitment[:8]}"

    def _rows(self) -> list[list[str]]:
        return [
            [stratum_words(stratum), str(chance), percent(chance)]
            for stratum, chance in sorted(self.chances.items())
        ]

    def __str__(self) -> str:
        return f"{self._caption()}\n{text_table(['stratum', 'chance', ''], self._rows(), 'lrr')}"

    def _repr_html_(self) -> str:
        return html_table(self._caption(), ["stratum", "chance", ""], self._rows(), "lrr")


def threshold(chance: Fraction) -> int:
    """``floor(p * 2^256)``: a response is selected if and only if its ticket is below it.

    >>> threshold(Fraction(1, 2)) == 2**255
    True
    """
    return TICKETS * chance.numerator // chance.denominator


def _checked(gate: Gate) -> dict[Stratum, Fraction]:
    faults = []
    if not isinstance(gate.population, str) or POPULATION.fullmatch(gate.population) is None:
        faults.append(
            f"population: {got(gate.population)}; use lower-case letters, digits and hyphens"
        )
    try:
        Period.parse(gate.period)
    except ValueError as error:
        faults.append(str(error))
    if not isinstance(gate.seed, str) or _SEED.fullmatch(gate.seed) is None:
        faults.append(
            f"seed: {got(gate.seed, Private.SEED)}; give at least 32 lower-case hex digits, as "
            "secrets.token_hex(32) makes them"
        )
    chances: dict[Stratum, Fraction] = {}
    for stratum, given in gate.chances.items():
        where = f"chances, {printable(stratum_words([str(one) for one in _values(stratum)]))}"
        try:
            name = tuple(stratum_value(value, None) for value in _values(stratum))
            if name in chances:
                faults.append(f"{where}: got {quoted(given)} as a second chance; give it one")
            chances[name] = as_fraction(given, where)
        except (PlanError, TypeError) as error:
            faults.append(str(error))
        except ValueError as error:
            faults.append(f"{where}: {error}")
        else:
            if not 0 <= chances[name] <= 1:
                faults.append(f"{where}: {got(given)}; give a chance from 0 to 1")
            elif chances[name].denominator > TICKETS:
                faults.append(f"{where}: {got(given)}, finer than the tickets' 1/2^256; round it")
    if not gate.chances:
        faults.append("chances: got {}; give each stratum its own, or one number for all")
    widths = sorted({str(len(stratum)) for stratum in chances})
    if len(widths) > 1:
        faults.append(f"chances: got strata of {joined(widths)} values; give all as many")
    raise_faults(GateError, (f"gate, {fault}" for fault in faults))
    return chances
