"""The public digits that fix a draw, fresh each period."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ceosample.canonical import Json
from ceosample.errors import SeedError, raise_all
from ceosample.sampling.commitment import SEED_SOURCES
from ceosample.text import fault_in_name, shown

#: Fewer decimal digits could be tried one by one.
FEWEST_DIGITS = 20

_DIGITS = re.compile(r"[0-9]*")


def _as_tuple(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(names)


@attrs.frozen
class Seed:
    """A seed and where it came from.

    Attributes:
        value: at least 20 decimal digits, as text; leading zeros count.
        source: ``dice``.
        witnesses: the roles (not the names) of those who saw the dice.

    Raises:
        SeedError: every field that breaks these rules.
    """

    value: str
    source: str
    witnesses: tuple[str, ...] = attrs.field(converter=_as_tuple)

    @classmethod
    def from_dice(cls, value: str, *, witnesses: Sequence[str]) -> Seed:
        """Decimal digits rolled in front of witnesses, after the freeze.

        >>> seed = Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
        >>> seed.source
        'dice'
        """
        if isinstance(witnesses, str):
            raise SeedError(f"seed, witnesses: got the text {shown(witnesses)}; give a list")
        return cls(value, "dice", witnesses)

    def __attrs_post_init__(self) -> None:
        raise_all(SeedError, _faults(self))

    def to_dict(self) -> dict[str, Json]:
        """As the record holds it."""
        return {"value": self.value, "source": self.source, "witnesses": list(self.witnesses)}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Seed:
        """The seed that a record holds; fields that it does not know are passed over."""
        return cls(fields["value"], fields["source"], fields["witnesses"])


def _faults(seed: Seed) -> list[str]:
    faults = []
    value = seed.value
    if not isinstance(value, str):
        faults.append(
            f"seed: got {type(value).__name__}; give the digits as text, so that zeros in front "
            "are kept"
        )
    elif _DIGITS.fullmatch(value) is None:
        faults.append("seed: something other than the digits 0 to 9 stands in it; give them alone")
    elif len(value) < FEWEST_DIGITS:
        faults.append(
            f"seed: got {len(value)} digits; roll at least {FEWEST_DIGITS}, so that nobody can try "
            "all seeds beforehand"
        )
    if seed.source not in SEED_SOURCES:
        faults.append(
            f"seed, source: got {shown(seed.source)}; it is one of {', '.join(SEED_SOURCES)}"
        )
    return faults + _faults_of_witnesses(seed.witnesses)


def _faults_of_witnesses(witnesses: tuple[str, ...]) -> list[str]:
    if not witnesses:
        return ["seed, witnesses: nobody; name the role of at least one who saw the dice"]
    faults = []
    for place, role in enumerate(witnesses, 1):
        where = f"seed, witness {place}"
        if not isinstance(role, str):
            faults.append(f"{where}: got {type(role).__name__}; name a role as text")
        elif fault := fault_in_name(role):
            faults.append(f"{where}: {fault}")
        elif role in witnesses[: place - 1]:
            faults.append(f"{where}: {shown(role)} stands twice; name each once")
    return faults
