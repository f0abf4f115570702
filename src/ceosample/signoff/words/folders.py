"""Where slips and notes are kept: a folder for each time that they say something else."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ceosample import files
from ceosample.canonical import Json, canonical_file, digest, is_digest, parse_json
from ceosample.errors import RecordError, raise_faults
from ceosample.form import faults_of_form, is_text
from ceosample.sampling.ticket import SCHEME
from ceosample.signoff.words.slips import Paper

#: The file that lists the others, with their digests and the letters that each is about.
INDEX: Final = "slips.json"

_FORM: Final[dict[str, Any]] = {
    "population": is_text,
    "period": is_text,
    "files": lambda value: isinstance(value, dict) and all(map(_is_file, value.items())),
    "letters": lambda value: isinstance(value, dict) and all(map(_are_texts, value.values())),
}


#: The names that files of the folder have: one that led elsewhere could delete what is there.
_FILE: Final = re.compile(r"(slip|thanks)-[0-9]{4,}-[A-Za-z0-9._-]+\.(txt|html|pdf)")


def _is_file(item: tuple[str, object]) -> bool:
    return _FILE.fullmatch(item[0]) is not None and is_digest(item[1])


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(is_text, value))


def write(
    month: Path, population: str, period: str, papers: Sequence[Paper], made: Mapping[str, bytes]
) -> Path:
    """Write the files into the month's folder ``slips-1``, ``slips-2``, ...; where it did.

    What says the same as a folder that is there is not written again.

    Args:
        month: the month's folder.
        population, period: the month.
        papers: what the files are of.
        made: the files by name.
    """
    index: Json = {
        "scheme": SCHEME,
        "population": population,
        "period": period,
        "files": {name: digest(data) for name, data in made.items()},
        "letters": {paper.name: [*paper.letters] for paper in papers},
    }
    data = canonical_file(index)
    folder = next(one for one in _folders(month) if _fits(one, data))
    files.write_set(folder, {**made, INDEX: data}, index=INDEX)
    return folder


def _folders(month: Path) -> Iterator[Path]:
    return (month / f"slips-{number}" for number in itertools.count(1))


def _fits(folder: Path, data: bytes) -> bool:
    """Whether a folder is free, or has just this."""
    return files.read_if_there(folder / INDEX) in (None, data)


def erase(month: Path, unit_id: str) -> list[Path]:
    """Delete the slips and notes of a month that are about a letter; which they were.

    The other letters of an owner's slip lose theirs too: write the slips again for these.

    Raises:
        RecordError: an index cannot be read; nothing of its folder was deleted.
    """
    gone = []
    for folder in itertools.takewhile(lambda one: (one / INDEX).is_file(), _folders(month)):
        index = _read(folder / INDEX)
        about = {name for name, letters in index["letters"].items() if unit_id in letters}
        gone += _delete(folder, index, about)
    return gone


def erase_named(packs: Path, person: str) -> list[Path]:
    """Delete the slips and notes that print a person by name; which they were.

    A name is printed with the person's id in brackets, and never without it.

    Args:
        packs: the folder of a population's months.
        person: the id.

    Raises:
        RecordError: an index cannot be read; nothing of its folder was deleted.
    """
    gone = []
    for path in sorted([*packs.glob(f"*/*/{INDEX}"), *packs.glob(f"*/*/*/{INDEX}")]):
        index = _read(path)
        about = {
            name
            for name in index["letters"]
            if f"({person})".encode() in (files.read_if_there(path.parent / f"{name}.txt") or b"")
        }
        gone += _delete(path.parent, index, about)
    return gone


def _delete(folder: Path, index: dict[str, Any], about: set[str]) -> list[Path]:
    """Delete the files of some slips and notes, and take them out of the index; which they were."""
    gone = [folder / name for name in sorted(index["files"]) if name.rpartition(".")[0] in about]
    for path in gone:
        path.unlink(missing_ok=True)
    if about:
        files.write_whole(folder / INDEX, canonical_file(_without(index, about)))
    return gone


def _read(path: Path) -> dict[str, Any]:
    try:
        found: Any = parse_json(files.read(path))
    except ValueError as error:
        raise RecordError(f"{path}: {error}") from None
    if not isinstance(found, dict) or found.get("scheme") != SCHEME:
        raise RecordError(f"{path}: got a file that does not list slips; delete its folder by hand")
    raise_faults(RecordError, faults_of_form(found, _FORM, str(path)))
    return found


def _without(index: dict[str, Any], names: set[str]) -> Json:
    kept = {n: said for n, said in index["files"].items() if n.rpartition(".")[0] not in names}
    letters = {name: ids for name, ids in index["letters"].items() if name not in names}
    return {**index, "files": kept, "letters": letters}
