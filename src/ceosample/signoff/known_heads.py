"""Whether a ledger knows every head that its population's folders of packs hold.

A backup that was put back knows less. Whoever draws with it has a second try at the seed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ceosample import files
from ceosample.canonical import is_digest, parse_json
from ceosample.errors import CeosampleError, ConflictError
from ceosample.letters.papers import PACK
from ceosample.sampling.names import DRAW

if TYPE_CHECKING:
    from ceosample.signoff.ledger import Ledger

#: The seeds that a ledger knows, by their population: a month and a value each.
_Seeds: TypeAlias = dict[str, list[tuple[str | None, Any]]]

_SHEET: Final = re.compile(r"(?:closing|interim)-([0-9a-f]{8,64})\.(?:html|pdf)")


def require_known_heads(ledger: Ledger, population: str, packs: Path) -> None:
    """Raise where a folder of packs was written with a newer ledger.

    Raises:
        ConflictError: the first file that names an event or a seed that the ledger does not have.
    """
    for what in unknown_heads(ledger, population, packs):
        raise ConflictError(
            f"{what}: this ledger is older than its packs, or another one, and they were left "
            "unchanged; restore the newest ledger"
        )


def unknown_heads(ledger: Ledger, population: str, packs: Path) -> Iterator[str]:
    """What the folders of packs name and the ledger does not have, in words.

    Args:
        ledger: which may be an old backup.
        population: whose packs; those of others are passed over.
        packs: the folder that holds the months' folders, whatever these are called.
    """
    seeds: _Seeds = {}
    months = sorted(path for path in packs.iterdir() if path.is_dir()) if packs.is_dir() else ()
    for month in months:
        for folder in (month, *sorted(month.glob("rework-*"))):
            yield from _unknown(ledger, population, folder, seeds)


def _unknown(ledger: Ledger, population: str, folder: Path, seeds: _Seeds) -> Iterator[str]:
    pack, draw = _fields(folder / PACK), _fields(folder / DRAW)
    about = [fields["population"] for fields in (pack, draw) if "population" in fields]
    if population not in about:
        return
    registration = str(pack.get("registration"))
    if is_digest(registration) and not ledger.holds(registration):
        yield f"{folder / PACK}: was made with the event {registration[:8]}, which is not there"
    if draw and not _was_revealed(ledger, draw, seeds):
        yield f"{folder / DRAW}: was drawn with a seed that is not there"
    for name in files.names(folder):
        sheet = _SHEET.fullmatch(name)
        if sheet is not None and not ledger.holds(sheet[1]):
            yield f"{folder / name}: was made at the head {sheet[1]}, which is not there"


def _was_revealed(ledger: Ledger, draw: Mapping[str, Any], seeds: _Seeds) -> bool:
    """Whether the seed of a draw was revealed for its month, by this ledger."""
    population, period = str(draw.get("population")), str(draw.get("period"))
    if population not in seeds:  # all of its months at once, and no other event of them
        events = ledger.events(population=population, kind="seed_revealed")
        seeds[population] = [(event.period, event.payload.get("value")) for event in events]
    seed = draw.get("seed")
    value = seed.get("value") if isinstance(seed, dict) else None
    return any(month == period and said == value for month, said in seeds[population])


def _fields(path: Path) -> Mapping[str, Any]:
    """What a file of JSON says; nothing where it cannot be read, which ``verify`` tells."""
    try:
        data = files.read_if_there(path)
        fields = {} if data is None else parse_json(data)
    except (CeosampleError, OSError, ValueError):
        return {}
    return fields if isinstance(fields, dict) else {}
