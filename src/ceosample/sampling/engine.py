"""An engine for the tickets, where one is asked for by name.

None is ever taken because its package is there: it changes memory, threads and what happens after a
fork. The floor of sampling knows engines by name alone; each is loaded when it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias, cast

from ceosample.errors import FrameError
from ceosample.got import got
from ceosample.sampling.frames.strata import Stratum
from ceosample.sampling.ticket import Ticketed

if TYPE_CHECKING:
    from ceosample.sampling.frames.units import Units

EngineName: TypeAlias = Literal["datafusion"]

#: An engine's name, and the module of the house that asks it.
ENGINES: Final[Mapping[str, str]] = {"datafusion": "ceosample.warehouse.columns"}

#: So many responses make the question for an engine worthwhile, and a printed frame names it.
MANY: Final = 1_000_000


class _Engine(Protocol):
    def require_engine(self) -> None: ...
    def lowest_among(
        self,
        units: Units,
        variables: Sequence[str],
        names: Mapping[Stratum, Stratum],
        key: str,
        counts: Mapping[Stratum, int],
    ) -> dict[Stratum, list[Ticketed]]: ...


def engine_of(name: str) -> _Engine:
    """The engine of a name that was checked."""
    return cast("_Engine", import_module(ENGINES[name]))


def require_engine(name: str | None) -> None:
    """Raise unless it is an engine that is installed, or None.

    Raises:
        FrameError: another name.
        MissingPartError: with the command that installs it.
    """
    if name is None:
        return
    if name not in list(ENGINES):  # whatever it is, a list too
        raise FrameError(f"engine: {got(name)}; use 'datafusion', or None")
    engine_of(name).require_engine()


def words_on_engine(name: str | None, count: int) -> str | None:
    """What a printed frame of so many responses says of engines; None for nothing."""
    if name is not None:
        return f'tickets by engine="{name}"'
    if count <= MANY:
        return None
    return 'engine="datafusion" draws from so many responses in less time, and draws the same'
