"""The strata of a frame: how many units each has, and which of them have the lowest tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeAlias

import attrs

from ceosample.sampling.ticket import TICKETS, Numbered, Ticketed, bound, ranked, wider
from ceosample.text import quoted

#: The values of the stratum variables, in their order; ``()`` where there are none.
Stratum: TypeAlias = tuple[str, ...]


def as_stratum(value: Any) -> Any:
    """A stratum may be given as its one value or as a sequence of values."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list | tuple) else value


def stratum_said(value: Any) -> str:
    """What was given as a stratum, for a message: the one value of one, else the list of them."""
    if isinstance(value, tuple):
        value = value[0] if len(value) == 1 else [*value]
    return quoted(value)


class Strata(Protocol):
    """What a draw asks of units, in memory or in a database."""

    def sizes(self) -> Mapping[Stratum, int]:
        """The number of eligible units in each stratum, by the bytes of its values."""
        ...

    def lowest(self, key: str, counts: Mapping[Stratum, int]) -> Mapping[Stratum, list[Ticketed]]:
        """The asked number of units with the lowest tickets in each stratum, in order."""
        ...

    def merged(self, names: Mapping[Stratum, Stratum]) -> Strata:
        """The same units with their strata under other names, those of one name as one."""
        ...


class HasStrata(Protocol):
    """A frame whose units can be asked for by other names of their strata."""

    def sizes(self) -> Mapping[Stratum, int]: ...

    def lowest_among(
        self, names: Mapping[Stratum, Stratum], key: str, counts: Mapping[Stratum, int]
    ) -> dict[Stratum, list[Ticketed]]: ...


@attrs.frozen
class Renamed:
    """The strata of a frame under other names.

    Attributes:
        frame: where the units are.
        names: its strata to their names here; the units of one without a name are left out.
    """

    frame: HasStrata
    names: Mapping[Stratum, Stratum]

    def sizes(self) -> dict[Stratum, int]:
        """The number of units in each stratum, by the bytes of its values."""
        found: dict[Stratum, int] = {}
        raw = self.frame.sizes()
        for stratum, name in self.names.items():
            found[name] = found.get(name, 0) + raw.get(stratum, 0)
        return dict(sorted(found.items()))

    def lowest(self, key: str, counts: Mapping[Stratum, int]) -> dict[Stratum, list[Ticketed]]:
        """The asked number of units with the lowest tickets in each stratum, in order."""
        return self.frame.lowest_among(self.names, key, counts)

    def merged(self, names: Mapping[Stratum, Stratum]) -> Renamed:
        """The same units with their strata under other names, those of one name as one."""
        kept = {s: names[name] for s, name in self.names.items() if name in names}
        return Renamed(self.frame, kept)


def lowest_below(
    counts: Mapping[Stratum, int],
    sizes: Mapping[Stratum, int],
    ask: Callable[[Mapping[Stratum, int]], Mapping[Stratum, Iterable[Numbered]]],
    changed: Callable[[], Exception],
) -> dict[Stratum, list[Ticketed]]:
    """In each stratum so many units with the lowest tickets, in order; all of a smaller one.

    All below a bound are asked for, and should they be too few, asked for again below a wider one.

    Args:
        counts: how many are wanted of each stratum.
        sizes: how many it has.
        ask: the units whose tickets are below the bounds of their strata.
        changed: what to raise where fewer come than were counted.
    """
    wanted = {stratum: min(count, sizes.get(stratum, 0)) for stratum, count in counts.items()}
    found: dict[Stratum, list[Ticketed]] = {stratum: [] for stratum in counts}
    bounds = {stratum: bound(few, sizes[stratum]) for stratum, few in wanted.items() if few}
    while bounds:
        for stratum, units in ask(bounds).items():
            found[stratum] = ranked(units, wanted[stratum])
        short = {stratum for stratum in bounds if len(found[stratum]) < wanted[stratum]}
        if any(bounds[stratum] == TICKETS for stratum in short):
            raise changed()
        bounds = {stratum: wider(bounds[stratum]) for stratum in short}
    return found
